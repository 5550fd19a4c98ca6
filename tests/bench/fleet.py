"""A pretended fleet: Cisco IOS switches behind real SSH, one loopback address each, in one process.

Only what a backup asks is answered. The configs are made from the number alone, so every run has the same fleet.
`python -m tests.bench.fleet COUNT KEY` prints READY and serves until it is ended.
"""

from __future__ import annotations

import asyncio
import random
import sys
from dataclasses import dataclass

import asyncssh

USER, PASSWORD = "otomasi", "rahasia-bangku"
SIZE = 8192
"""Bytes of a config, about."""


@dataclass(frozen=True)
class Switch:
    number: int

    @property
    def name(self) -> str:
        return f"sw-{self.number:04d}"

    @property
    def address(self) -> str:
        return f"127.1.{self.number // 250}.{self.number % 250 + 1}"

    def config(self) -> str:
        """The running config, as `show running-config` shows it after its first lines."""
        chance = random.Random(self.number)
        lines = [
            "!",
            "version 15.2",
            "!",
            f"hostname {self.name}",
            "!",
            "enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0",
        ]
        port = 0
        while sum(map(len, lines)) + len(lines) < SIZE:
            port += 1
            lines += [
                f"interface GigabitEthernet{1 + port // 48}/0/{1 + port % 48}",
                f" description lantai {chance.randrange(1, 5)} meja {port}",
                f" switchport access vlan {chance.randrange(2, 400)}",
                "!",
            ]
        return "\n".join([*lines, "line vty 0 4", " transport input ssh", "!", "end"])

    def answer(self, command: str) -> str:
        if command in ("show running-config", "show startup-config"):
            body = self.config()
            return f"Building configuration...\n\nCurrent configuration : {len(body)} bytes\n{body}\n\n"
        if command.startswith("terminal "):
            return ""
        return "                 ^\n% Invalid input detected at '^' marker.\n\n"

    async def serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        if process.command:
            process.stdout.write(self.answer(process.command))
            process.exit(0)
            return
        prompt, typed = f"{self.name}#", ""
        process.stdout.write(prompt)
        while text := await process.stdin.read(4096):
            typed += text.replace("\r", "\n")
            while "\n" in typed:
                command, _, typed = typed.partition("\n")
                if command.strip() == "exit":
                    process.exit(0)
                    return
                said = f"{command}\n{self.answer(command.strip()) if command.strip() else ''}{prompt}"
                process.stdout.write(said.replace("\n", "\r\n"))


class Door(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return username == USER

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


async def serve(count: int, key: str) -> None:
    for number in range(count):
        switch = Switch(number)
        await asyncssh.create_server(
            *(Door, switch.address, 22),
            server_host_keys=[key],
            process_factory=switch.serve,
            line_editor=False,
            encoding="utf-8",
        )
    print("READY", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
