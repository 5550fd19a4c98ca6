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
    keyboard = _Keyboard(console)
    with suppress(asyncssh.Error, ConnectionError):
        while not keyboard.over and (typed := await _typed(process)):
            process.stdout.write(_crlf("".join(map(keyboard.press, typed))))
    process.exit(0)


async def _typed(process: asyncssh.SSHServerProcess[str]) -> str:
    """What was typed; empty when nothing will follow."""
    while True:
        try:
            return await process.stdin.read(4096)
        except asyncssh.TerminalSizeChanged:
            continue


class _Keyboard:
    """What has been typed since the last prompt; `over` once the session was ended."""

    def __init__(self, console: Console) -> None:
        self._console, self._text, self._after_return, self.over = console, "", False, False

    def press(self, mark: str) -> str:
        """What one key shows on the screen."""
        second_half, self._after_return = self._after_return and mark == "\n", mark == "\r"
        if second_half or self.over:
            return ""
        if mark in "\r\n":
            return self._enter()
        if mark == "\x03":
            self._text = ""
            return "^C\n" + self._console.prompt
        if not mark.isprintable():
            return ""
        self._text += mark
        return mark

    def _enter(self) -> str:
        entered, self._text = self._text, ""
        repaint = f"\r{self._console.prompt}{entered}" if self._console.repaints and entered else ""
        output = self._console.execute(entered)
        self.over = output is None
        return repaint + "\n" + ("" if output is None else output + self._console.prompt)


def _crlf(text: str) -> str:
    return text.replace("\n", "\r\n")
