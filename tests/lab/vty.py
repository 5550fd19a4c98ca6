"""FRR's daemons asked directly, as vtysh asks them, but without its start of 20 ms of processor time for each question.

A daemon's command line is a Unix socket. A command ends with a NUL, its answer with three and a status (FRR lib/vty.c,
vtysh/vtysh.c).
"""

from __future__ import annotations

import socket
from pathlib import Path

END = b"\0\0\0"
WAIT_S = 10.0


def ask(door: Path, command: str) -> str:
    """What the daemon behind the socket says to a command of the enable mode; OSError when nobody is there."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(WAIT_S)
        line.connect(str(door))
        _said(line, "enable")
        return _said(line, command)


def _said(line: socket.socket, command: str) -> str:
    line.sendall(command.encode() + b"\0")
    said = b""
    while said[-4:-1] != END:
        more = line.recv(65536)
        if not more:
            raise ConnectionResetError(f"the daemon hung up at {command!r}")
        said += more
    return said[:-4].decode(errors="replace")
