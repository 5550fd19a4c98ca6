"""paramiko's transport, made to cost less where a fleet is read; nothing of what SSH proves is left out.

Saved with each log-in: a thread that watches the handshake, half of the system calls, the authentication of packets in
Python, where the cipher can do it (RFC 5647), and what is worked out or told anew a dozen times.
"""

from __future__ import annotations

import logging
import socket
from contextlib import suppress
from functools import cache
from typing import Any

import paramiko
from paramiko.packet import Packetizer

CHUNK = 16384


class _Ahead:
    """A socket from which is read what is there, and not each header and body of a packet by itself."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._rest = connection, b""

    def recv(self, size: int) -> bytes:
        data = self._rest or self._connection.recv(CHUNK)
        self._rest = data[size:]
        return data[:size]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class _Packets(Packetizer):
    """Without a clock of its own for the handshake, which is a thread: who connects has a time limit."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(_Ahead(connection))  # type: ignore[arg-type]

    def start_handshake(self, timeout: float) -> None:
        del timeout


class Transport(paramiko.Transport):
    """As strict as paramiko's; ciphers that authenticate by themselves are offered first."""

    # types-paramiko leaves out what begins with an underscore.
    _preferred_ciphers = tuple(sorted(paramiko.Transport._preferred_ciphers, key=lambda name: "gcm" not in name))  # type: ignore[attr-defined]
    _active_check_timeout = 1.0
    """Whoever closes shuts the socket down, so nobody has to look often."""

    def __init__(self, sock: Any, **options: Any) -> None:
        super().__init__(sock, packetizer_class=_Packets, **options)

    def _filter_algorithm(self, kind: str) -> tuple[str, ...]:
        """What is offered, and not disabled; asked for at each of a dozen looks a log-in."""
        return _without(getattr(self, f"_preferred_{kind}"), tuple((self.disabled_algorithms or {}).get(kind, ())))

    def _log(self, level: int, msg: str, *args: Any) -> None:
        """Not the thirty lines a log-in that nobody reads."""
        if level >= logging.WARNING:
            super()._log(level, msg, *args)  # type: ignore[misc]

    def stop_thread(self) -> None:
        # The other side may have hung up already.
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        super().stop_thread()


@cache
def _without(offered: tuple[str, ...], disabled: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in offered if name not in disabled)


class Client(paramiko.SSHClient):
    """A client over such a transport."""

    def connect(self, *where: Any, **login: Any) -> None:
        super().connect(*where, **{**login, "transport_factory": Transport})
