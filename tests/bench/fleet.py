"""A pretended fleet: Cisco IOS switches and RouterOS routers behind real SSH, a loopback address each, in one process.

Only what a backup asks is answered. What a device is, shows and does wrong follows from its number, so every run has
the same fleet. `python -m tests.bench.fleet COUNT KEY [--faulty]` prints READY and serves until it is ended.

Of a faulty fleet one device in twenty hangs (half of them before they say a word, half once asked), one hangs up in the
middle of its configuration, one prints log lines into it, and each fourth is a RouterOS router.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

import asyncssh

USER, PASSWORD = "otomasi", "rahasia-bangku"
PORT = 2222
SIZE = 8192
"""Bytes of a config, about."""
FAULTS = {1: "silent", 6: "drop", 11: "syslog", 21: "hang", 26: "drop", 31: "syslog"}
"""By number, modulo 40: 5 % of each kind."""
LOG = "*Nov 20 10:0{0}:00.123: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/{0}, changed state to up"
ROUTER_LOG = "10:0{0}:00 echo: interface,info ether{0} link up"


@dataclass(frozen=True)
class Device:
    number: int
    faulty: bool = False
    """Whether its fleet is."""

    @property
    def is_router(self) -> bool:
        return self.faulty and self.number % 4 == 2

    @property
    def name(self) -> str:
        return f"{'rt' if self.is_router else 'sw'}-{self.number:04d}"

    @property
    def platform(self) -> str:
        return "mikrotik_routeros" if self.is_router else "cisco_ios"

    @property
    def address(self) -> str:
        return f"127.1.{self.number // 250}.{self.number % 250 + 1}"

    @property
    def fault(self) -> str:
        return FAULTS.get(self.number % 40, "") if self.faulty else ""

    @property
    def command(self) -> str:
        return "/export" if self.is_router else "show running-config"

    @property
    def prompt(self) -> str:
        return f"[{USER}@{self.name}] > " if self.is_router else f"{self.name}#"

    def config(self) -> str:
        """What a backup has to hold, letter by letter; an IOS shows three more lines before it, a router one."""
        return self._routers() if self.is_router else self._switchs()

    def _switchs(self) -> str:
        chance = random.Random(self.number)
        lines = [
            "!",
            "version 15.2",
            "!",
            f"hostname {self.name}",
            "!",
            "enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0",
        ]
        for port in range(1, 1000):
            if sum(map(len, lines)) + len(lines) >= SIZE:
                break
            lines += [
                f"interface GigabitEthernet{1 + port // 48}/0/{1 + port % 48}",
                f" description lantai {chance.randrange(1, 5)} meja {port}",
                f" switchport access vlan {chance.randrange(2, 400)}",
                "!",
            ]
        return "\n".join([*lines, "line vty 0 4", " transport input ssh", "!", "end"])

    def _routers(self) -> str:
        chance = random.Random(self.number)
        lines = [
            f"# software id = {self.number:04d}-BENCH",
            "#",
            "/interface bridge",
            "add name=bridge1",
            "/ip address",
        ]
        for number in range(1, 1000):
            if sum(map(len, lines)) + len(lines) >= SIZE:
                break
            network = f"10.{chance.randrange(256)}.{number % 256}"
            lines.append(f'add address={network}.1/24 comment="meja {number}" interface=ether{number % 24 + 1}')
        return "\n".join([*lines, "/system identity", f"set name={self.name}"])

    def answer(self, command: str) -> str:
        if self.is_router:
            return self._export(command) if command.startswith("/export") else "bad command name\n"
        if command in ("show running-config", "show startup-config", "write term"):
            body = self.config()
            return f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n{body}\n\n"
        if command == "show version":
            return "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E4, RELEASE SOFTWARE\n"
        if command.startswith("terminal "):
            return ""
        return "                 ^\n% Invalid input detected at '^' marker.\n\n"

    def _export(self, command: str) -> str:
        """With the mark of its end, where that is asked for."""
        _, put, mark = command.partition(':put "')
        end = mark.partition('"')[0] + "\n" if put else ""
        return f"# 2026-11-20 10:00:00 by RouterOS 7.15.3\n{self.config()}\n{end}"


@dataclass
class Talk:
    """One session at a terminal."""

    device: Device
    process: asyncssh.SSHServerProcess[str]

    async def go_on(self) -> None:
        if self.process.command:
            self.process.stdout.write(self.device.answer(self.process.command))
            self.process.exit(0)
            return
        self.process.stdout.write("\r\n" + self.device.prompt)
        typed = ""
        while text := await self.process.stdin.read(4096):
            typed += text.replace("\r\n", "\n").replace("\r", "\n")
            while "\n" in typed:
                command, _, typed = typed.partition("\n")
                if not await self.obey(command.strip()):
                    return

    async def obey(self, command: str) -> bool:
        """Answer a line; False when the session is over."""
        if command in ("exit", "/quit"):
            self.write(f"{command}\n")
            self.process.exit(0)
            return False
        said = self.device.answer(command) if command else ""
        if len(said) > SIZE // 2 and self.device.fault == "hang":
            await asyncio.sleep(3600)
        if len(said) > SIZE // 2 and self.device.fault == "drop":
            self.write(f"{command}\n{said[: len(said) // 2]}")
            await self.process.stdout.drain()
            self.process.channel.get_connection().abort()
            return False
        if len(said) > SIZE // 2 and self.device.fault == "syslog":
            said = _interrupted(said, ROUTER_LOG if self.device.is_router else LOG)
        self.write(f"{command}\n{said}{self.device.prompt}")
        return True

    def write(self, text: str) -> None:
        self.process.stdout.write(text.replace("\n", "\r\n"))


def _interrupted(said: str, log: str) -> str:
    lines = said.split("\n")
    for place in (1, 2, 3):
        lines.insert(len(lines) * place // 4, log.format(place))
    return "\n".join(lines)


class Door(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        # RouterOS takes settings of the terminal behind a plus sign.
        return username.partition("+")[0] == USER

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username.partition("+")[0], password) == (USER, PASSWORD)


def fleet(count: int, faulty: bool) -> list[Device]:
    return [Device(number, faulty) for number in range(count)]


def make_key(path: Path) -> str:
    """A host key for all; returns its public half as known_hosts has it."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(str(path))
    path.chmod(0o600)
    return " ".join(key.export_public_key().decode().split()[:2])


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the connection and never says who it is."""
    del writer
    while await reader.read(4096):
        pass


async def serve(devices: list[Device], key: str) -> None:
    for device in devices:
        if device.fault == "silent":
            await asyncio.start_server(_silent, device.address, PORT)
            continue
        await asyncssh.create_server(
            *(Door, device.address, PORT),
            server_host_keys=[key],
            process_factory=lambda process, device=device: Talk(device, process).go_on(),
            line_editor=False,
            encoding="utf-8",
        )
    print("READY", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(serve(fleet(int(sys.argv[1]), "--faulty" in sys.argv), sys.argv[2]))
