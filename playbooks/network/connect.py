"""The one way to a device: netmiko talks, host keys are checked, everything has an end in time.

RFC 4251 section 4.1 (host keys), RFC 8332 and RFC 9142 (why SHA-1 is refused unless the inventory says `legacy_ssh`).
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import paramiko
from netmiko.exceptions import (
    NetmikoAuthenticationException,
    NetmikoBaseException,
    NetmikoTimeoutException,
    ReadException,
    ReadTimeout,
)
from paramiko.hostkeys import HostKeyEntry

from inventory.causes import cause
from playbooks.findings import Reason, TargetError
from playbooks.network import alarms, platforms
from playbooks.network.drivers import driver
from playbooks.network.endpoints import Endpoint
from playbooks.network.greeting import Stopped
from playbooks.network.terminal import Closed

CONNECT_S, LOGIN_S = 10.0, 25.0
"""For each step of a log-in, and for all of it."""
GRACE_S = 1.0
"""After the deadline the line is cut; until then a reader may still say which command was not answered."""
ORDER_S = 90.0
"""A commit on a small Junos switch takes a minute."""
INTERRUPTED_S = 2.0
"""How long an interrupted command may take to sum up."""
LEGACY = {
    "kex": ["diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"],
    "keys": ["ssh-rsa", "ssh-dss"],
    "ciphers": ["3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc", "blowfish-cbc"],
    "macs": ["hmac-md5", "hmac-md5-96", "hmac-sha1", "hmac-sha1-96"],
}
"""Algorithms offered only to a device marked `legacy_ssh: true`."""


class Session:
    """A logged-in device. Made by `open_session`; every method raises TargetError, never with a secret in it."""

    def __init__(self, endpoint: Endpoint, connection: Any) -> None:
        self.endpoint, self.connection = endpoint, connection
        self.platform = platforms.get(endpoint.platform)
        self._driver: Any = None

    @property
    def prompt(self) -> str:
        """The device's name as its prompt shows it."""
        return str(self.connection.base_prompt)

    def ask(self, command: str, timeout_s: float = 20.0, careful: bool = False) -> str:
        """The answer to one command, echo and prompt removed; `careful` when a line of it may look like the prompt."""
        with _classified(self.endpoint, self.connection.end_of_time):
            return str(self.connection.ask(command, timeout_s, careful))

    def configure(self, commands: Iterable[str], armed: bool = False) -> str:
        """Send configuration lines one by one; returns what the device said.

        `armed`: enter configuration in the way that makes the device itself undo it when not confirmed, where the
        platform has one. A refused line stops it with TargetError(REFUSED_OUTPUT) that names the line; lines before it
        are in force, so callers keep a way back.
        """
        platform = self.platform
        enter, leave = platform.enter_config, platform.leave_config
        if armed and platform.enter_armed:
            enter, leave = platform.enter_armed, platform.leave_armed
        return "\n".join(self.order(command) for command in (*enter, *commands, *leave))

    def order(self, command: str) -> str:
        """`ask` for what must not be refused: TargetError(REFUSED_OUTPUT), with configuration mode left.

        What the device asks back is answered as its platform says; putting a change in force may take minutes.
        """
        with _classified(self.endpoint):
            answer = str(self.connection.order(command, ORDER_S))
        if self.platform.refuses(answer):
            self._abandon()
            raise TargetError(self.endpoint.name, Reason.REFUSED_OUTPUT, f"{command!r}: {answer.strip()[:200]}")
        return answer

    def _abandon(self) -> None:
        for command in self.platform.abandon or self.platform.leave_config:
            self.ask(command)

    def run(self, command: str, timeout_s: float = 10.0, until: str = "") -> str:
        """Output of `command` on an exec channel of the same connection: no terminal, no prompt.

        With `until` (a pattern) the command is cut off once that came, and running out of time is no error: whatever
        came is returned.
        """
        with _classified(self.endpoint, self.connection.end_of_time):
            channel = self.connection.remote_conn.get_transport().open_session(timeout=timeout_s)
            with channel:
                channel.exec_command(command)
                end = min(time.monotonic() + timeout_s, self.connection.end_of_time)
                return _read_all(channel, end, until).replace("\r\n", "\n")

    def run_endless(self, command: str, times: int, apart_s: float, cut_s: float) -> list[str]:
        """What `times` runs of a command that never ends said, each interrupted (Ctrl-C) after `cut_s` seconds.

        One that ends by itself, say because the device refuses it, is not waited for.
        They run side by side, started `apart_s` seconds apart, each on a channel with a terminal of its own, so that
        the device ends them when the channel is closed. A device that allows fewer channels runs fewer.
        """
        with _classified(self.endpoint, self.connection.end_of_time), ExitStack() as stack:
            running: list[tuple[float, paramiko.Channel]] = []
            transport = self.connection.remote_conn.get_transport()
            for _ in range(times):
                try:
                    channel = stack.enter_context(transport.open_session(timeout=cut_s))
                    channel.get_pty()
                    channel.exec_command(command)
                except paramiko.SSHException:
                    break
                running.append((time.monotonic() + cut_s, channel))
                channel.status_event.wait(apart_s)
            return [_interrupted(channel, min(at, self.connection.end_of_time)) for at, channel in running]

    @property
    def driver(self) -> Any:
        """Our NAPALM driver of the platform on this very connection, loaded for who asks; None where there is none."""
        if self._driver is None and self.platform.own_driver:
            build = resolve_name(self.platform.own_driver)
            shared = {"connection": self.connection}
            self._driver = build(self.endpoint.address, self.endpoint.username, "", optional_args=shared)
        return self._driver

    def close(self) -> None:
        self.connection.disconnect()


def _read_all(channel: paramiko.Channel, end: float, until: str) -> str:
    data = b""
    while not (until and re.search(until.encode(), data)):
        channel.settimeout(max(0.01, end - time.monotonic()))
        try:
            chunk = channel.recv(65536)
        except TimeoutError:
            if until:
                break
            raise
        if not chunk:
            break
        data += chunk
    return data.decode("utf-8", "latin1")


def _interrupted(channel: paramiko.Channel, at: float) -> str:
    """What it said until the moment `at`, and in answer to Ctrl-C."""
    channel.status_event.wait(max(0.0, at - time.monotonic()))
    with suppress(OSError):  # it may have ended by itself
        channel.sendall(b"\x03")
    return _read_all(channel, at + INTERRUPTED_S, until=r"\bmdev = .*\n").replace("\r\n", "\n")


@contextmanager
def open_session(endpoint: Endpoint, deadline_s: float = 60) -> Iterator[Session]:
    """Log in; within `deadline_s` seconds from now everything asked of the session must be done.

    Raises TargetError: UNREACHABLE, TIMEOUT, LOGIN_REFUSED, HOST_KEY_CHANGED, HOST_KEY_UNKNOWN, LEGACY_SSH_REFUSED.
    """
    end, patience = time.monotonic() + deadline_s, min(LOGIN_S, deadline_s)
    with ExitStack() as stack:
        with _classified(endpoint, time.monotonic() + patience):
            line = stack.enter_context(_line(endpoint, min(CONNECT_S, deadline_s)))
            with _hung_up_after(line, patience):
                session = Session(endpoint, _connect(endpoint, line, min(CONNECT_S, deadline_s)))
        stack.enter_context(_hung_up_after(line, end - time.monotonic() + GRACE_S))
        stack.callback(session.close)
        session.connection.end_of_time = end
        _enable(session)
        yield session


def _line(endpoint: Endpoint, timeout_s: float) -> socket.socket:
    line = socket.create_connection((endpoint.address, endpoint.port), timeout_s)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _hung_up_after(line: socket.socket, seconds: float) -> AbstractContextManager[None]:
    """A connection that ends after so many seconds, whoever still waits for something on it.

    paramiko waits without end for a terminal, a shell or a command to be granted.
    """
    return alarms.after(seconds, lambda: _hang_up(line))


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _connect(endpoint: Endpoint, line: socket.socket, timeout_s: float) -> Any:
    platform = platforms.get(endpoint.platform)
    return driver(platform)(
        device_type=platform.netmiko or platform.name,
        host=endpoint.address,
        port=endpoint.port,
        username=endpoint.username,
        password=endpoint.password,
        secret=endpoint.enable,
        use_keys=bool(endpoint.key_path),
        key_file=endpoint.key_path or None,
        allow_agent=False,
        ssh_strict=True,
        system_host_keys=False,
        host_keys=_known_keys(endpoint),
        disabled_algorithms=_disabled(endpoint),
        conn_timeout=timeout_s,
        banner_timeout=timeout_s,
        auth_timeout=timeout_s,
        sock=line,
    )


def _known_keys(endpoint: Endpoint) -> paramiko.HostKeys:
    """The recorded keys of this host alone. Raises TargetError(HOST_KEY_UNKNOWN) when there is none.

    paramiko would compare every line of the file with every other one, for each connection of a fleet.
    """
    known = paramiko.HostKeys()
    for entry in filter(None, map(HostKeyEntry.from_line, _lines_about(endpoint))):
        for name in entry.hostnames:
            if entry.key.get_name() not in (known.lookup(name) or {}):
                known.add(name, entry.key.get_name(), entry.key)
    if not known.lookup(endpoint.host_key_name):
        raise TargetError(
            endpoint.name,
            Reason.HOST_KEY_UNKNOWN,
            f"{endpoint.host_key_name}; jalankan `pelihara inventory enrol {endpoint.name}`",
        )
    return known


def _lines_about(endpoint: Endpoint) -> list[str]:
    """Lines of the known hosts that may be about this one; a hashed name (`|1|`) may be anybody's."""
    if not endpoint.known_hosts.is_file():
        return []
    status = endpoint.known_hosts.stat()
    by_name = _by_name(endpoint.known_hosts, status.st_mtime_ns, status.st_size)
    return [*by_name.get(endpoint.host_key_name, ()), *by_name.get("", ())]


@lru_cache(maxsize=2)
def _by_name(known_hosts: Path, changed: int, size: int) -> dict[str, list[str]]:
    """Lines of the file as it is now, by the host names they give; under "" those whose names are hashed."""
    del changed, size
    lines: dict[str, list[str]] = {}
    for line in known_hosts.read_text().splitlines():
        for name in [""] if line.startswith("|") else line.partition(" ")[0].split(","):
            lines.setdefault(name, []).append(line)
    return lines


def _disabled(endpoint: Endpoint) -> dict[str, list[str]]:
    return {} if endpoint.legacy_ssh else {kind: list(names) for kind, names in LEGACY.items()}


def _enable(session: Session) -> None:
    """Privileged mode, where the platform has one and the login lands below it; there paging is told off again.

    Below it ArubaOS-Switch and EdgeSwitch do not know the commands that do.
    """
    command, prompt = session.platform.enable, session.connection
    if not command or not session.endpoint.enable or prompt.greeting.endswith("#"):
        return
    with _classified(session.endpoint):
        prompt.write_channel(command + prompt.RETURN)
        if not prompt.read_until_pattern(r"(?i)password: ?\Z|# ?\Z", CONNECT_S).rstrip().endswith("#"):
            prompt.write_channel(session.endpoint.enable + prompt.RETURN)
            if not prompt.read_until_pattern(r"[>#:] ?\Z", CONNECT_S).rstrip().endswith("#"):
                raise TargetError(session.endpoint.name, Reason.LOGIN_REFUSED, "kata sandi enable")
        for each in session.platform.paging:
            prompt.ask(each, CONNECT_S)


@contextmanager
def _classified(endpoint: Endpoint, end: float = float("inf")) -> Iterator[None]:
    """Whatever SSH or netmiko raises becomes a TargetError; the cause is cut off, for it may quote what was sent.

    After the moment `end` the line is cut, so whatever is raised then, the time was up.
    """
    try:
        yield
    except TargetError:
        raise
    except (OSError, EOFError, paramiko.SSHException, NetmikoBaseException, ValueError) as error:
        reason, detail = classify(error) if time.monotonic() < end else (Reason.TIMEOUT, "")
        raise TargetError(endpoint.name, reason, _without_secrets(detail, endpoint)) from None


def classify(error: BaseException) -> tuple[Reason, str]:
    """Why connecting or asking failed, in the stable vocabulary, with a line for a technician (Indonesian)."""
    if isinstance(error, Stopped):
        return error.reason, error.detail
    text = " ".join(str(error).split())
    for kinds, pattern, reason, detail in _CAUSES:
        if isinstance(error, kinds) and re.search(pattern, text):
            return reason, detail
    if isinstance(error, OSError):
        return Reason.UNREACHABLE, cause(error)
    return Reason.ERROR, f"sambungan gagal; pesan aslinya: {(text[:200] or type(error).__name__)!r}"


_Cause = tuple[tuple[type[BaseException], ...], str, Reason, str]
_CAUSES: tuple[_Cause, ...] = (
    ((paramiko.SSHException,), "not found in known_hosts", Reason.HOST_KEY_UNKNOWN, ""),
    (
        (paramiko.SSHException,),
        "Host key for server .* does not match",
        Reason.HOST_KEY_CHANGED,
        "bukan kunci yang dicatat",
    ),
    (
        (paramiko.SSHException,),
        r"(?i)host key.*(?:acceptable|incompatible)|no acceptable host key",
        Reason.HOST_KEY_CHANGED,
        "perangkat tidak lagi menawarkan jenis kunci host yang tercatat",
    ),
    (
        (paramiko.SSHException,),
        r"(?i)incompatible|no acceptable|no matching",
        Reason.LEGACY_SSH_REFUSED,
        "perbarui firmware, atau izinkan dengan legacy_ssh: true bila memang perlu",
    ),
    ((NetmikoAuthenticationException, paramiko.AuthenticationException), "(?i)timeout", Reason.TIMEOUT, ""),
    (
        (NetmikoAuthenticationException, paramiko.AuthenticationException),
        "",
        Reason.LOGIN_REFUSED,
        "",
    ),
    ((Closed,), "", Reason.INCOMPLETE, "perangkat memutus sambungan di tengah jawaban"),
    ((ReadTimeout, TimeoutError), "", Reason.TIMEOUT, ""),
    (
        (paramiko.SSHException,),
        r"(?i)time[d ]*out|No existing session|banner",
        Reason.TIMEOUT,
        "sambungan SSH tidak selesai",
    ),
    ((EOFError, ReadException), "", Reason.INCOMPLETE, "perangkat memutus sambungan"),
    ((NetmikoTimeoutException,), "TCP connection", Reason.UNREACHABLE, ""),
)


def _without_secrets(text: str, endpoint: Endpoint) -> str:
    for secret in (endpoint.password, endpoint.enable):
        text = text.replace(secret, "***") if secret else text
    return text
