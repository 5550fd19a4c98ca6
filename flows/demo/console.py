"""An SSH server that shows a command line as a router does: prompt, echo, one command at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import asyncssh

from flows.demo.parts import LOOPBACK, Loop


class Console(Protocol):
    """One login on a device: what it shows and how it answers. Each login has its own, the device is shared."""

    banner: str
    repaints: bool
    """RouterOS draws the whole line again when it is entered."""

    @property
    def prompt(self) -> str: ...

    def execute(self, line: str) -> str | None:
        """Output of one command, lines ending in newline; None when the session is over."""


async def serve(
    loop: Loop, host_key: Path, username: str, password: str, open_console: Callable[[], Console], port: int = 0
) -> int:
    """Port of an SSH server for one device."""
    server = await asyncssh.listen(
        LOOPBACK,
        port,
        server_factory=lambda: _Login(username, password),
        server_host_keys=[str(host_key)],
        process_factory=lambda process: _converse(process, open_console()),
        line_editor=False,
        encoding="utf-8",
        errors="replace",
    )

    async def close() -> None:
        server.close()

    loop.on_close(close)
    return server.get_port()


class _Login(asyncssh.SSHServer):
    def __init__(self, username: str, password: str) -> None:
        self._username, self._password = username, password

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        name = username.partition("+")[0]  # RouterOS takes terminal options after a plus sign
        return (name, password) == (self._username, self._password)


async def _converse(process: asyncssh.SSHServerProcess[str], console: Console) -> None:
    if process.command is not None:
        process.stdout.write(_crlf(console.execute(process.command) or ""))
        process.exit(0)
        return
    process.stdout.write(_crlf(console.banner) + console.prompt)
    line = _Line()
    with suppress(asyncssh.Error, ConnectionError):
        while typed := await _typed(process):
            if not all(_take(process, console, line, mark) for mark in typed):
                break
    process.exit(0)


async def _typed(process: asyncssh.SSHServerProcess[str]) -> str:
    """What was typed; empty when nothing will follow."""
    while True:
        try:
            return await process.stdin.read(4096)
        except asyncssh.TerminalSizeChanged:
            continue


class _Line:
    """What has been typed since the last prompt."""

    def __init__(self) -> None:
        self.text, self.after_return = "", False


def _take(process: asyncssh.SSHServerProcess[str], console: Console, line: _Line, mark: str) -> bool:
    """One key; False when the session is over."""
    write = process.stdout.write
    second_half, line.after_return = line.after_return and mark == "\n", mark == "\r"
    if second_half:
        return True
    if mark in "\r\n":
        entered, line.text = line.text, ""
        write((f"\r{console.prompt}{entered}" if console.repaints and entered else "") + "\r\n")
        output = console.execute(entered)
        if output is None:
            return False
        write(_crlf(output) + console.prompt)
    elif mark == "\x03":
        line.text = ""
        write("^C\r\n" + console.prompt)
    elif mark.isprintable():
        line.text += mark
        write(mark)
    return True


def _crlf(text: str) -> str:
    return text.replace("\n", "\r\n")
