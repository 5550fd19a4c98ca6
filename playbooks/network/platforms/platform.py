"""The shape of a platform file: data and pure parsers, no talking."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from playbooks.findings import Finding
from playbooks.network.facts import Facts, Neighbor
from playbooks.network.platforms.credible import checked
from playbooks.network.platforms.proof import Proof
from playbooks.network.ports import Spellings, same_port, united
from playbooks.plans import Ladder

ARMED_MINUTES = 3
OUR_END = "! pelihara: end of configuration"

Parser = Callable[[str], dict[str, Any]]
"""One command's output -> the fields of `Facts` it tells. Raises ValueError (or a kin) for what it cannot read."""


@dataclass(frozen=True)
class Situation:
    """What a repair may look at: the finding, the device now and when it last worked, its (redacted) configuration."""

    finding: Finding
    facts: Facts
    before: Facts
    config: str
    gateway: str = ""
    """What the inventory names as the right gateway."""


@dataclass(frozen=True)
class Change:
    """Commands that put one finding right, and those that undo them."""

    commands: tuple[str, ...]
    inverse: tuple[str, ...]
    summary: str
    interface: str = ""
    """The interface it touches, if one."""
    ladder: Ladder = Ladder.B
    exec: bool = False
    """Typed outside configuration mode."""


Repair = Callable[[Situation], Change | None]
"""What would put a finding right on this platform; None when nothing safe is known."""


class UnknownPlatform(ValueError):
    """No file in platforms/ has this name."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"platform {name!r} belum dikenal; yang ada: {', '.join(known)}")


def _unarmed(inverse: tuple[str, ...]) -> tuple[str, ...]:
    del inverse
    return ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Platform:
    """What is special about one operating system. Patterns are searched line by line (re.MULTILINE) in \\n text."""

    name: str
    """As netmiko names it."""
    netmiko: str = ""
    """netmiko's name where it has none for this one and speaks as to another."""
    aliases: tuple[str, ...] = ()
    """Other names of netmiko's for the same."""
    config_command: str
    reads: tuple[str, ...]
    """Commands of a diagnosis, in the order they are asked."""
    parsers: Mapping[str, Parser]
    """By command; only whole, known outputs."""
    prompt: str = ""
    """Any prompt of the device, modes included; NAME stands for its name. Empty: it has a terminal class of its own."""
    paging: tuple[str, ...] = ()
    """Sent at log-in, in one write: no paging, no wrapping, for this session only."""
    napalm: str = ""
    """Name of the NAPALM driver, where one exists."""
    own_driver: str = ""
    """Our NAPALM driver for it, over the session's connection: "module:class"."""
    drill: str = ""
    """What loads a whole configuration into a fresh system of its kind (`drill.drill`): "module:function"."""
    shown_on: str = ""
    """What stood behind the tests: "a real part", "recordings" (of real output), or "" (manuals only)."""
    first_line: str
    """A complete configuration has such a line near its beginning."""
    last_line: str
    """A complete configuration ends with this line; empty where the device prints none: `proof` has to stand for it."""
    mark_asked: bool = False
    """`config_command` itself makes the device print `last_line`; one that does not know how may still be whole."""
    proof: Proof | None = None
    """How the device is asked where its configuration ends, where it printed no `last_line`."""
    hostname: str
    """Group 1 is a host name that the configuration gives."""
    sections: tuple[str, ...] = ()
    """Lines that no complete configuration lacks."""
    noise: str = r"(?!)"
    """What is not configuration at all: headings before it."""
    volatile: str = r"(?!)"
    """Lines that differ from one reading to the next although nothing was changed."""
    secrets: tuple[str, ...] = ()
    """Group "secret" is what the redacted view hides."""
    refused: str = r"(?!)"
    """How the device says that it did not accept a command."""
    enter_config: tuple[str, ...] = ()
    leave_config: tuple[str, ...] = ()
    """Out of configuration mode, what was typed in force; where a change is put in force at once by itself, first."""
    abandon: tuple[str, ...] = ()
    """In place of `leave_config` after a refused line, where leaving alone would keep what was typed before it."""
    questions: Mapping[str, str] = field(default_factory=dict)
    """Patterns of what a command that changes something may ask, at the end of a line, and the answers."""
    enable: str = ""
    save: tuple[str, ...] = ()
    """Commands that make the running configuration survive a reboot; empty where every change is saved at once."""
    saved: str = r"(?!)"
    """How the device says that it was saved."""
    saved_commands: tuple[str, ...] = ()
    """Show the saved configuration; the first that shows a whole one counts."""
    saved_by_exec: bool = False
    """`saved_commands` are answered on an exec channel only."""
    saved_without_end: bool = False
    """The saved configuration lacks the `last_line` that the running one has."""
    nothing_saved: str = r"(?!)"
    """How the device says that there is no saved configuration."""
    ping: str = ""
    """With {address} and, where it takes one, {count}; quick, and at most a second for an echo that is lost."""
    ping_endless: bool = False
    """It takes no count and does not end by itself."""
    resolve: str = ""
    """Asks the DNS server {server} for {name}; empty where no command can choose the server."""
    resolved: str = r"(?!)"
    """In the output when the server answered, be it that there is no such name."""
    unresolved: str = r"(?!)"
    """In the output when it did not."""
    repairs: Mapping[str, Repair] = field(default_factory=dict)
    """By finding code, of class A and B."""
    arm: Callable[[tuple[str, ...]], tuple[str, ...]] = _unarmed
    """Commands (outside configuration mode) that make the device itself run `inverse` after `ARMED_MINUTES`."""
    guard_by_exec: bool = False
    """`arm` and `disarm` are for an exec channel. A login that does not know them has no way back of its own."""
    guarded: str = ""
    """How the device says that the way back stands, where it may not; empty: it does unless it refused."""
    enter_armed: tuple[str, ...] = ()
    """In place of `enter_config`, where the device arms the way back with the change itself."""
    leave_armed: tuple[str, ...] = ()
    """In place of `leave_config` then."""
    arms_where: str = ""
    """A line of the configuration without which the device cannot arm; empty: it always can."""
    disarm: tuple[str, ...] = ()
    """Commands that keep the change for good."""
    difference: Callable[[str, str], tuple[str, ...]] | None = None
    """Lines that lead from one configuration (first) to another; None where no safe way is known."""
    undo_now: tuple[str, ...] = ()
    """Commands that make an armed way back be taken at once."""
    undo: str = ""
    """Which way back a change has, in words for the plan (Indonesian)."""

    @property
    def end_mark(self) -> str:
        """Last line of a stored, whole configuration: the device's own, or ours once its end was proven."""
        return self.last_line or OUR_END

    @property
    def may_lack_mark(self) -> bool:
        """Whether a device of this kind may show all of its configuration and no end mark."""
        return not self.last_line or self.mark_asked

    def can_arm(self, config: str) -> bool:
        """Whether a device with this running configuration takes a change back by itself, if its kind can at all."""
        return re.search(self.arms_where, config, re.MULTILINE) is not None

    def refuses(self, answer: str) -> bool:
        """Whether `answer` says that the command was not accepted."""
        return re.search(self.refused, tamed(answer), re.MULTILINE) is not None

    def parse(self, raw: Mapping[str, str]) -> Facts:
        """Facts of the outputs in `raw` (by command). An output that cannot be read tells nothing; it never raises."""
        return Facts(**self.known(raw))

    def known(self, raw: Mapping[str, str]) -> dict[str, Any]:
        """The fields of `Facts` that the outputs tell."""
        known: dict[str, Any] = {}
        for command, output in raw.items():
            for name, value in self.parse_one(command, output).items():
                known[name] = merged(name, known.get(name), value)
        return united(known)

    def parse_one(self, command: str, output: str) -> dict[str, Any]:
        """The fields of `Facts` that one output tells; empty when the command is unknown or was refused."""
        parser, output = self.parser_of(command), tamed(output)
        if parser is None or self.refuses(output):
            return {}
        try:
            return checked(parser(output))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError):
            return {}

    def parser_of(self, command: str) -> Parser | None:
        """The parser of a command, be it shortened (`sh ip int br`) as long as only one is meant."""
        key = self.command_key(command)
        if exact := self.parsers.get(key):
            return exact
        meant = {parser for full, parser in self.parsers.items() if _shortened(key, full)}
        return meant.pop() if len(meant) == 1 else None

    def command_key(self, command: str) -> str:
        """`command` as `parsers` spells it: case, spacing, and the modifiers that change no content left out.

        The name of a template or of a recorded file is one too: cisco_ios_show_version.textfsm.
        """
        text = re.sub(r"\.(?:textfsm|raw|txt)$", "", command.strip().lower())
        for name in (self.name, *self.aliases):
            text = text.removeprefix(f"{name}_")
        words = text.lstrip("/").replace("_", " ").split()
        return " ".join(word for word in words if word != "without-paging")


def tamed(output: str) -> str:
    """`output` without blanks by the hundred: no device prints them, and patterns go over them again and again."""
    return re.sub(rf"(?<!\s)\s{{{BLANKS},}}", _few, output)


BLANKS = 120


def _few(run: re.Match[str]) -> str:
    """Some of them; the indentation of what follows stays."""
    _, newline, indentation = run[0].rpartition("\n")
    return ("\n\n" if newline else "") + indentation[:BLANKS]


def _shortened(typed: str, full: str) -> bool:
    words, whole = typed.split(), full.split()
    return len(words) == len(whole) and all(each.startswith(word) for word, each in zip(words, whole, strict=True))


def merged(name: str, have: Any, new: Any) -> Any:
    """Two commands about one thing: ports and neighbours are joined, complaints added up, else the later counts."""
    if not have:
        return new
    if name == "interfaces":
        return _joined(have, new)
    if name == "neighbors":
        return _met(have, new)
    if name in ADDED_UP:
        return (*have, *(each for each in new if each not in have))
    return new


ADDED_UP = ("alarms", "address_conflicts", "loops", "tunnels", "dhcp_strangers")


def _joined(have: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a later command does not tell of an interface (its field is as by default) stays as it was."""
    known = {interface.name: interface for interface in have}
    names = Spellings(known)
    for interface in new:
        name, blank = names.of(interface.name), type(interface)(interface.name)
        told = {each.name: getattr(interface, each.name) for each in fields(interface)}
        changed = {key: value for key, value in told.items() if value != getattr(blank, key) and key != "name"}
        known[name] = replace(known.get(name, blank), **changed)
    return tuple(known.values())


def _met(have: tuple[Neighbor, ...], new: tuple[Neighbor, ...]) -> tuple[Neighbor, ...]:
    """Neighbours of two protocols (CDP and LLDP): one that both tell of once, with all that either tells."""
    known = list(have)
    for one in new:
        at = next((at for at, other in enumerate(known) if _same_neighbor(one, other)), None)
        if at is None:
            known.append(one)
        else:
            blanks = {key.name: getattr(one, key.name) for key in fields(one) if not getattr(known[at], key.name)}
            known[at] = replace(known[at], **blanks)
    return tuple(known)


def _same_neighbor(one: Neighbor, other: Neighbor) -> bool:
    names = {each.name.lower().partition(".")[0] for each in (one, other)} - {""}
    return same_port(one.interface, other.interface) and (
        len(names) == 1 or (bool(one.address) and one.address == other.address)
    )


def duration_s(text: str) -> float:
    """Seconds of 10w2d6h21m59s, 1d02h03m, 00:14:29 or `2 weeks, 3 days, 1 hour`. ValueError for anything else."""
    if match := re.fullmatch(r"(\d+):(\d\d):(\d\d)", text.strip()):
        hours, minutes, seconds = map(int, match.groups())
        return hours * 3600 + minutes * 60 + seconds
    parts = re.findall(r"(\d+)\s*(ms|us|[ywdhms])", text)
    if not parts:
        raise ValueError(f"not a duration: {text!r}")
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


_UNITS = {"y": 31536000, "w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0, "us": 0}
