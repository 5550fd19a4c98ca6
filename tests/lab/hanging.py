"""A host that takes every connection and then never says anything whole: run as a program."""

from __future__ import annotations

import socket
import threading
import time

SILENT, DRIPPING, DRIPPING_TLS = 7001, 7002, 7003
"""Ports: one that never answers, one that drips a page, one that drips a TLS handshake, a byte at a time."""
EVERY_S = 0.3
_HELLO = b"\x16\x03\x03\x20\x00" + b"\x02\x00\x10\x00" + b"\0" * 4096
"""A TLS record that says it is 8 KB long and begins with a ServerHello."""
_DRIPS = {SILENT: b"", DRIPPING: b"HTTP/1.1 200 OK\r\nX-Page: " + b"x" * 4096, DRIPPING_TLS: _HELLO}


def serve(port: int) -> None:
    with socket.create_server(("", port), backlog=64) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_drip, args=(connection, _DRIPS[port]), daemon=True).start()


def _drip(connection: socket.socket, text: bytes) -> None:
    try:
        for byte in text:
            connection.sendall(bytes([byte]))
            time.sleep(EVERY_S)
        while connection.recv(4096):
            pass
    except OSError:
        connection.close()


if __name__ == "__main__":
    for each in _DRIPS:
        threading.Thread(target=serve, args=(each,)).start()
