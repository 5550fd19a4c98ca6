"""A device of any platform over real SSH, told as data: how it greets, asks, pages, ends its lines and breaks them off.

What it does not prove: that a vendor's device does just this. It proves what the program does when one does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import asyncssh

from playbooks.network import platforms
from tests.playbooks.network.doubles import Double, filtered
from tests.playbooks.network.readers import printed, stored
from tests.playbooks.network.samples import NAMES

__all__ = ["NAMES", "PROMPTS", "Dialogue", "Way", "named", "paged"]

_PLAIN, _ANGLE, _SHELL = "NAME#", "<NAME>", "otomasi@NAME:~$ "
PROMPTS = dict.fromkeys(NAMES, _PLAIN) | {
    "fortinet": "NAME # ",
    "hp_comware": _ANGLE,
    "hp_procurve": "NAME# ",
    "huawei_vrp": _ANGLE,
    "juniper_junos": "otomasi@NAME> ",
    "linux": _SHELL,
    "mikrotik_routeros": "[otomasi@NAME] > ",
    "ubiquiti_edgerouter": _SHELL,
    "ubiquiti_edgeswitch": "(NAME) #",
    "vyatta_vyos": _SHELL,
}
"""As a platform shows it to who may read everything; NAME stands for its host name."""


def named(platform: str, name: str) -> str:
    """A whole configuration of the platform, as it is stored, of a device with this name."""
    pattern = re.compile(platforms.get(platform).hostname, re.MULTILINE)

    def renamed(found: re.Match[str]) -> str:
        start, end = (at - found.start() for at in found.span(1))
        return found[0][:start] + name + found[0][end:]

    return pattern.sub(renamed, stored(platform, printed(platform)))


@dataclass(frozen=True)
class Way:
    """How an answer is shown. Each of the defaults is how a well-behaved device does it."""

    ends: str = "\r\n"
    piece: int = 0
    """Bytes a write; 0 for all at once."""
    pager: str = ""
    wipe: str = ""
    """The pager's question, and what takes it off the screen again."""
    page: int = 9
    columns: int = 0
    """Where the echo of a command is broken, as readline does."""
    log: str = ""
    """A line printed into the middle of the answer, and again right before the prompt."""
    late: str = ""
    """Printed behind the prompt."""
    cut: float = 1.0
    """Part of the answer after which the session ends."""
    coding: str = "utf-8"


def paged(pager: str, wipe: str) -> Way:
    return Way(pager=pager, wipe=wipe)


@dataclass
class Dialogue(Double):
    """`config` is shown in the way that is set when it is asked for."""

    platform: str = "cisco_ios"
    config: str = ""
    way: Way = Way()
    banner_pieces: Sequence[str] = ()
    """What is shown before the first prompt, a moment between each two."""
    questions: dict[str, str] = field(default_factory=dict)
    """Asked at log-in one after the other, with the keys that go on; anything else ends the session."""
    keys: list[str] = field(default_factory=list)
    """What was typed at a question."""
    enable: str = ""
    """Password of the privileged mode; with one a log-in lands below that mode, where `paging` is not known."""
    goodbye: str = ""
    """Asked when the session is left."""

    async def speak(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        typing = _Typed(process)
        top, self.prompt = self.prompt, self.prompt.replace("#", ">") if self.enable else self.prompt
        for piece in self.banner_pieces:
            await self.show(process, piece)
            await asyncio.sleep(0.002)
        for question, keys in self.questions.items():
            await self.show(process, question)
            self.keys.append(await typing.keys(len(keys)))
            if self.keys[-1] != keys:
                return
        await self.show(process, f"\r\n{self.prompt}")
        while (line := await typing.line()) is not None:
            self.asked.append(line.strip())
            if self.asked[-1] in ("exit", "/quit"):
                await self.show(process, self.goodbye)
                self.keys.append(await typing.keys(1) if self.goodbye else "")
                return
            if self.asked[-1] == "enable" and self.enable:
                await self.show(process, "enable\r\nPassword: ")
                self.prompt = top if await typing.line() == self.enable else self.prompt
                await self.show(process, f"\r\n{self.prompt}")
                continue
            if not await self.reply(process, typing, self.way):
                return

    async def reply(self, process: asyncssh.SSHServerProcess[bytes], typing: _Typed, way: Way) -> bool:
        """Answer the line typed last; False when the session ended in its middle."""
        shape, command = platforms.get(self.platform), self.asked[-1]
        if command != shape.config_command:
            known = not command or (command in shape.paging and not (self.enable and ">" in self.prompt))
            said = filtered(command, self.config) or ("" if known else self.refuse)
            await self.show(process, f"{command}\r\n{said}{self.prompt}".replace("\r\n", "\n").replace("\n", "\r\n"))
            return True
        await self.show(process, self.echo(command, way) + way.ends, way)
        for page in self.pages(way):
            await self.show(process, page, way)
            if page.endswith(way.pager) and way.pager:
                self.keys.append(await typing.keys(1))
                await self.show(process, way.wipe, way)
        if way.cut < 1:
            return False
        await self.show(process, f"{self.prompt}{way.late}", way)
        return True

    def echo(self, command: str, way: Way) -> str:
        if not way.columns:
            return command
        width, text = way.columns, self.prompt + command
        return " \r".join(text[at : at + width] for at in range(0, len(text), width)).removeprefix(self.prompt)

    def pages(self, way: Way) -> Iterator[str]:
        lines = self.config.rstrip("\n").split("\n")
        if way.log:
            lines = [*lines[: len(lines) // 2], way.log, *lines[len(lines) // 2 :], way.log]
        text = "".join(line + way.ends for line in lines)
        if way.cut < 1:
            yield text[: int(len(text) * way.cut)]
            return
        if not way.pager:
            yield text
            return
        step = way.page
        for at in range(0, len(lines), step):
            last = at + step >= len(lines)
            yield "".join(line + way.ends for line in lines[at : at + step]) + ("" if last else way.pager)

    async def show(self, process: asyncssh.SSHServerProcess[bytes], text: str, way: Way = Way()) -> None:
        data = text.encode(way.coding)
        size = way.piece or self.piece or max(1, len(data))
        for at in range(0, len(data), size):
            process.stdout.write(data[at : at + size])
            if size < len(data):
                await process.stdout.drain()


class _Typed:
    """What the other side types, by lines or by keys."""

    def __init__(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        self.process, self.text, self.over = process, "", False

    async def more(self) -> bool:
        data = await self.process.stdin.read(4096)
        self.text += data.decode().replace("\r\n", "\r").replace("\n", "\r")
        return bool(data)

    async def line(self) -> str | None:
        while "\r" not in self.text:
            if not await self.more():
                return None
        line, _, self.text = self.text.partition("\r")
        return line

    async def keys(self, count: int) -> str:
        while len(self.text) < count and await self.more():
            pass
        keys, self.text = self.text[:count], self.text[count:]
        return keys
