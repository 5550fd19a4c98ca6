"""A pretended network device over real SSH, for faults that a real one does not produce on demand.

What it does not prove: that a vendor's device prints what is written here. It proves what the program does with text
that comes late, in pieces, twice, or not at all, and with keys, passwords and algorithms that do not fit.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

from playbooks.network import enrol
from playbooks.network.endpoints import Endpoint

PASSWORD = "sandi-uji-7261"

IOS_CONFIG = """Building configuration...

Current configuration : 412 bytes
!
version 15.2
service timestamps log datetime msec
!
hostname sw-contoh
!
enable secret 5 $1$abcd$efghijklmnopqrstuvwxy1
!
username otomasi privilege 15 secret 5 $1$zzzz$0123456789012345678901
!
interface GigabitEthernet0/1
 description uplink – gedung A
 ip address 10.20.1.2 255.255.255.0
!
snmp-server community rahasia-snmp RO
line vty 0 4
 password 7 02050D480809
!
end
"""


@dataclass
class Double:
    """How the pretended device behaves. `answers` maps a command to its output, which it also shows filtered.

    Anything else is refused.
    """

    answers: dict[str, str] = field(
        default_factory=lambda: {"show running-config": IOS_CONFIG, "show version": "IOS\n"}
    )
    prompt: str = "sw-contoh#"
    banner: str = ""
    hang: str = ""
    """Command that is never answered."""
    trickle: str = ""
    """Command that is answered for ever, a character at a time."""
    stuck: str = ""
    """Where it hangs at log-in: at its "greeting", the "password", the "channel" or the "prompt"."""
    endless: dict[str, list[str]] = field(default_factory=dict)
    """Pieces of an answer on an exec channel that only Ctrl-C ends."""
    drop: str = ""
    """Command in whose middle the session ends."""
    stale: bool = False
    """Prints one prompt more than it should, before the answers."""
    piece: int = 0
    """Bytes a write; 0 for all at once."""
    pager: str = ""
    """Asked in the middle of each long answer; a space goes on, and the question is wiped away with blanks."""
    unread: str = ""
    """What stands behind the pager's question."""
    repaint: float = 0.0
    """Paints prompt and command again, as RouterOS does, with so many seconds between the two."""
    kex: tuple[str, ...] = ()
    key_type: str = "ssh-ed25519"
    refuse: str = "% Invalid input detected at '^' marker.\n"
    asked: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)
    """What callers offered to log in with."""

    async def speak(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        if self.stuck == "prompt":
            await asyncio.sleep(3600)
        if process.command in self.endless:
            await self.go_on(process, self.endless[process.command])
            return
        if process.command:
            process.stdout.write(self.answers.get(process.command, self.refuse).encode())
            return
        process.stdout.write(f"{self.banner}\r\n{self.prompt} ".encode())
        typed = b""
        async for data in _input(process):
            typed += data.replace(b"\r\n", b"\r").replace(b"\n", b"\r")
            if self.unread and typed.startswith(b" "):
                await self.write(process, f"\r{' ' * len(self.pager)}\r{self.unread}{self.prompt} ")
                typed, self.unread = typed[1:], ""
            while b"\r" in typed:
                line, _, typed = typed.partition(b"\r")
                if not await self.obey(process, line.decode().strip()):
                    return

    async def go_on(self, process: asyncssh.SSHServerProcess[bytes], pieces: list[str]) -> None:
        for piece in pieces:
            await self.write(process, piece.replace("\n", "\r\n"))
        with suppress(asyncssh.BreakReceived, asyncssh.TerminalSizeChanged):
            while b"\x03" not in await process.stdin.read(64):
                pass

    async def obey(self, process: asyncssh.SSHServerProcess[bytes], command: str) -> bool:
        """Answer one line; False ends the session."""
        self.asked.append(command)
        if self.stale and command:
            await self.write(process, f"\r\n{self.prompt} ")
        await self.write(process, f"{command}\r\n")
        if command in ("exit", "/quit"):
            return False
        if command and command == self.hang:
            await asyncio.sleep(3600)
        while command and command == self.trickle:
            await self.write(process, "x")
            await asyncio.sleep(0.05)
        if self.repaint and command:
            await self.write(process, f"\r{self.prompt} ")
            await asyncio.sleep(self.repaint)
            await self.write(process, f"{command}\r\n")
        known = command.startswith(("terminal ", "screen-length ", "set cli ")) or not command
        said = self.said(command)
        answer = (("" if known else self.refuse) if said is None else said).replace("\n", "\r\n")
        if command and command == self.drop:
            await self.write(process, answer[: len(answer) // 2])
            return False
        if self.pager and answer.count("\n") > 4:
            half = answer.index("\n", len(answer) // 2) + 1
            answer, self.unread = answer[:half], answer[half:]
        await self.write(process, f"{answer}{self.pager if self.unread else self.prompt} ")
        return True

    def said(self, command: str) -> str | None:
        """None for what it does not know."""
        if command in self.answers:
            return self.answers[command]
        return filtered(command, self.answers.get(command.partition(" | ")[0], ""))

    async def write(self, process: asyncssh.SSHServerProcess[bytes], text: str) -> None:
        data = text.encode()
        size = self.piece or max(1, len(data))
        for at in range(0, len(data), size):
            process.stdout.write(data[at : at + size])
            if self.piece:
                await process.stdout.drain()
                await asyncio.sleep(0)


def filtered(command: str, text: str) -> str | None:
    """What a filter makes of the whole output: all from the first line with a word on, or how many lines match.

    RouterOS's `:put` is no filter, and tells as much. None for what is no such command, and where there is no text.
    """
    if not text:
        return None
    if command.startswith(':put "'):
        return command.split('"')[1] + "\n"
    match command.rpartition(" | ")[2].replace('"', "").split():
        case ["begin" | "find", word] | ["grep", "-A", "99999", word]:
            lines = text.rstrip("\n").split("\n")
            found = [at for at, line in enumerate(lines) if word.lower() in line.lower()]
            return "".join(f"{line}\n" for line in lines[found[0] :]) if found else ""
        case ["grep", "-c", pattern]:
            return f"{len(re.findall(pattern, text, re.MULTILINE))}\n"
    return None


async def _input(process: asyncssh.SSHServerProcess[bytes]) -> Any:
    while data := await process.stdin.read(4096):
        yield data


class _Door(asyncssh.SSHServer):
    def __init__(self, double: Double) -> None:
        self._double = double

    def begin_auth(self, username: str) -> bool:
        del username
        return True

    def password_auth_supported(self) -> bool:
        return True

    async def session_requested(self) -> bool:
        await asyncio.sleep(3600)
        return False

    async def validate_password(self, username: str, password: str) -> bool:
        self._double.passwords.append(password)
        if self._double.stuck == "password":
            await asyncio.sleep(3600)
        return username.partition("+")[0] == "otomasi" and password == PASSWORD


@contextmanager
def serving(double: Double) -> Iterator[int]:
    """The port on loopback where the double answers, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(_listen(double), loop).result(10)
    try:
        yield server.get_port()
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


async def _listen(double: Double) -> asyncssh.SSHAcceptor | _Deaf:
    if double.stuck == "greeting":
        return _Deaf(await asyncio.start_server(lambda *_: None, "127.0.0.1", 0))

    async def talk(process: asyncssh.SSHServerProcess[bytes]) -> None:
        try:
            await double.speak(process)
        except (asyncssh.Error, ConnectionError):
            return
        process.exit(0)

    options: dict[str, Any] = {"kex_algs": double.kex} if double.kex else {}
    return await asyncssh.create_server(
        lambda: _Door(double),
        "127.0.0.1",
        0,
        server_host_keys=[asyncssh.generate_private_key(double.key_type)],
        process_factory=None if double.stuck == "channel" else talk,
        line_editor=False,
        encoding=None,
        **options,
    )


@dataclass(frozen=True)
class _Deaf:
    """A port that takes a connection and says nothing."""

    server: asyncio.Server

    def get_port(self) -> int:
        return int(self.server.sockets[0].getsockname()[1])

    def close(self) -> None:
        self.server.close()


async def _close(server: asyncssh.SSHAcceptor | _Deaf) -> None:
    server.close()
    for task in [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]:
        task.cancel()


@contextmanager
def device(double: Double, folder: Path, enrolled: bool = True, **changes: Any) -> Iterator[Endpoint]:
    """An endpoint of a running double, its host key recorded unless `enrolled` is False."""
    known_hosts = folder / "known_hosts"
    with serving(double) as port:
        if enrolled:
            enrol.record(known_hosts, "127.0.0.1", port, enrol.fetch_host_keys("127.0.0.1", port))
        facts: dict[str, Any] = {"platform": "cisco_ios", "password": PASSWORD, **changes}
        yield Endpoint("sw-contoh", "127.0.0.1", port, username="otomasi", known_hosts=known_hosts, **facts)
