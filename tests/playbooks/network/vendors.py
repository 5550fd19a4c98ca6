"""Pretended IOS, Junos, EOS and VRP over real SSH: running, saved and candidate configuration, and a timer.

Written after the vendors' manuals (Cisco: Configuration Rollback Confirmed Change; Juniper: CLI User Guide, `commit
confirmed`; Arista: EOS User Manual, Configure Session; Huawei: `save`). They prove what the program does with sessions
that commit, abandon, confirm and revert by themselves. They do not prove that a vendor's device words its answers so,
nor that a configuration beyond the one port they know would be taken.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field

import asyncssh

from tests.playbooks.network.doubles import Double, _input, filtered

PORT = "GigabitEthernet0/1"
MINUTE_S = 0.4
"""A minute of the device's clock."""


@dataclass
class Place:
    """Where one session stands."""

    mode: str = ""
    candidate: frozenset[str] = frozenset()
    question: str = ""


@dataclass
class Vendor(Double):
    """The lines that are set on the one port are all there is to its configuration."""

    running: frozenset[str] = frozenset({"description lantai 2", "shutdown"})
    saved: frozenset[str] = frozenset({"description lantai 2", "shutdown"})
    before: frozenset[str] | None = None
    """What an unconfirmed change is taken back to."""
    revert_at: float = 0.0
    sessions: dict[str, frozenset[str]] = field(default_factory=dict)
    """EOS: candidates by name; they outlive the terminal that wrote them."""
    cuts: bool = False
    """A change of the port ends every session, and until it is taken back nobody gets in."""
    open: list[asyncssh.SSHServerProcess[bytes]] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)

    def now(self) -> frozenset[str]:
        if self.before is not None and time.monotonic() >= self.revert_at:
            self.running, self.before = self.before, None
        return self.running

    def put(self, lines: frozenset[str], minutes: int = 0) -> None:
        self.before = self.running if minutes else None
        self.revert_at = time.monotonic() + minutes * MINUTE_S
        self.running = lines

    @property
    def deaf(self) -> bool:
        return self.cuts and "shutdown" not in self.now()

    async def speak(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        if self.deaf:
            return
        place, typed = Place(), b""
        self.open.append(process)
        process.stdout.write(f"\r\n{self.prompted(place)} ".encode())
        async for data in _input(process):
            typed += data.replace(b"\r\n", b"\r").replace(b"\n", b"\r")
            while b"\r" in typed:
                line, _, typed = typed.partition(b"\r")
                command = line.decode().strip()
                self.typed.append(command)
                answer = self.reply(place, command)
                if self.deaf:
                    for each in self.open:
                        each.close()
                    return
                shown = place.question or f"{self.prompted(place)} "
                process.stdout.write(
                    f"{command}\r\n{answer}{shown}".replace("\n", "\r\n").replace("\r\r", "\r").encode()
                )
                await asyncio.sleep(0)

    def prompted(self, place: Place) -> str:
        return f"sw-contoh({place.mode})#" if place.mode else "sw-contoh#"

    def reply(self, place: Place, command: str) -> str:
        raise NotImplementedError

    def edited(self, lines: frozenset[str], command: str) -> frozenset[str] | None:
        """`lines` after a command at the port; None when it is none."""
        if command in ("shutdown", "no shutdown"):
            return lines - {"shutdown"} if command.startswith("no ") else lines | {"shutdown"}
        if match := re.fullmatch(r"description (.+)", command):
            kept = {line for line in lines if not line.startswith("description ")}
            return frozenset({*kept, f"description {match[1]}"})
        return None


def block(lines: frozenset[str]) -> str:
    return "".join(f" {line}\n" for line in sorted(lines))


class Ios(Vendor):
    archive = True

    def shown(self, lines: frozenset[str]) -> str:
        archive = "archive\n path flash:sw-contoh\n!\n" if self.archive else ""
        return f"version 15.2\nhostname sw-contoh\n!\n{archive}interface {PORT}\n{block(lines)}!\nend\n"

    def reply(self, place: Place, command: str) -> str:
        now = self.now()
        if place.question:
            place.question, self.saved = "", now
            return "Building configuration...\n[OK]\n"
        if command == "show running-config":
            return self.shown(now)
        if command == "write memory":
            place.question = "Overwrite the previous NVRAM configuration?[confirm]"
            return "Warning: Attempting to overwrite an NVRAM configuration previously written\n"
        known = self.guarded(place, command) or self.configured(place, command) or not command
        return "" if known or command.startswith("terminal ") else "% Invalid input detected at '^' marker.\n"

    def guarded(self, place: Place, command: str) -> bool:
        if match := re.fullmatch(r"configure terminal(?: revert timer (\d+))?", command):
            place.mode = "config"
            self.put(self.now(), int(match[1] or 0))
        elif command == "configure confirm":
            self.before = None
        elif command == "configure revert now":
            self.revert_at = 0.0
        else:
            return False
        return True

    def configured(self, place: Place, command: str) -> bool:
        lines = self.edited(self.now(), command) if place.mode == "config-if" else None
        if place.mode and command == "end":
            place.mode = ""
        elif place.mode and command == f"interface {PORT}":
            place.mode = "config-if"
        elif lines is not None:
            self.running = lines
        else:
            return False
        return True


INSIDE = "-if-Gi0/1"


class Eos(Vendor):
    def reply(self, place: Place, command: str) -> str:
        now, words = self.now(), command.split()
        name = words[2] if command.startswith("configure session ") else ""
        if command == "show running-config":
            head = "! device: sw-contoh (vEOS, EOS-4.28.0F)\n!\nhostname sw-contoh\n!\n"
            return f"{head}interface {PORT}\n{block(now)}!\nend\n"
        if command == "write memory":
            self.saved = now
            return "Copy completed successfully.\n"
        known = self.session(place, name, words[3:]) if name else self.configured(place, command)
        return "" if known or not command or command.startswith("terminal ") else "% Invalid input\n"

    def session(self, place: Place, name: str, rest: list[str]) -> bool:
        if rest[:2] == ["commit", "timer"]:
            self.put(self.sessions.pop(name), int(rest[2].split(":")[1]))
        elif rest == ["commit"]:
            self.before, self.running = None, self.sessions.pop(name, self.running)
        elif rest == ["abort"]:
            self.sessions.pop(name, None)
            self.revert_at = 0.0
        else:
            place.mode = f"config-s-{name}"
            self.sessions.setdefault(name, self.running)
        return True

    def configured(self, place: Place, command: str) -> bool:
        if command == "configure terminal":
            place.mode = "config"
        elif place.mode and command in ("end", "abort"):
            if command == "abort":
                self.sessions.pop(place.mode.split("-")[2], None)
            place.mode = ""
        elif place.mode and command == f"interface {PORT}":
            place.mode = place.mode.removesuffix(INSIDE) + INSIDE
        elif place.mode.endswith(INSIDE) and self.edited(self.running, command) is not None:
            self.change(place, command)
        else:
            return False
        return True

    def change(self, place: Place, command: str) -> None:
        if place.mode.startswith("config-s-"):
            name = place.mode.split("-")[2]
            self.sessions[name] = self.edited(self.sessions[name], command) or frozenset()
        else:
            self.running = self.edited(self.running, command) or frozenset()


class Junos(Vendor):
    def prompted(self, place: Place) -> str:
        return "\r\n[edit]\r\notomasi@sw-contoh#" if place.mode else "otomasi@sw-contoh>"

    def reply(self, place: Place, command: str) -> str:
        now = self.now()
        if command.startswith("show configuration | "):
            return filtered(command, self.reply(place, "show configuration")) or ""
        if command == "show configuration":
            inner = "".join(f"        {line.replace('shutdown', 'disable')};\n" for line in sorted(now))
            head = "version 18.4R1;\nsystem {\n    host-name sw-contoh;\n}\n"
            return f"{head}interfaces {{\n    ge-0/0/1 {{\n{inner}    }}\n}}\n"
        match = re.fullmatch(r"(set|delete) interfaces ge-0/0/1 (.+)", command)
        if command == "configure exclusive":
            place.mode, place.candidate = "edit", now
        elif place.mode and match:
            verb = "" if match[1] == "set" else "no "
            edited = self.edited(place.candidate, verb + match[2].replace("disable", "shutdown"))
            if edited is None:
                return "               ^\nsyntax error.\n"
            place.candidate = edited
        elif place.mode and command.startswith("commit"):
            self.put(place.candidate, int(command.split()[2]) if "confirmed" in command else 0)
            return "commit complete\n"
        elif place.mode and command == "rollback 0":
            place.candidate = now
            return "load complete\n"
        elif place.mode and command == "exit configuration-mode":
            place.mode = ""
            return "Exiting configuration mode\n"
        elif command and not command.startswith("set cli "):
            return "unknown command.\n"
        return ""


class Vrp(Vendor):
    def prompted(self, _: Place) -> str:
        return "<sw-contoh>"

    def reply(self, place: Place, command: str) -> str:
        if place.question:
            place.question = ""
            if command != "y":
                return "Error: the configuration was not saved.\n"
            self.saved = self.running
            return "Now saving the current configuration to the slot 0.\nSave the configuration successfully.\n"
        if command == "save":
            place.question = "Are you sure to continue?[Y/N]"
            return "The current configuration will be written to the device.\n"
        return "" if not command or command.startswith("screen-") else "Error: Unrecognized command found.\n"
