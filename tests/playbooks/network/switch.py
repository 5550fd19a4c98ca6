"""A switch that is not there: what changing it and putting it right are tried on, without SSH."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from inventory.models import Device
from playbooks.findings import Finding, Reason, Severity, TargetError
from playbooks.network import platforms
from playbooks.network.backup import ConfigCopy, copy_of
from playbooks.network.change import Proof, Steps, Work
from playbooks.network.endpoints import Endpoint
from playbooks.network.platforms import Platform
from playbooks.plans import Ladder, Plan

IOS = platforms.get("cisco_ios")
HERE = Endpoint("sw1", "10.0.0.1", 22, "cisco_ios", "otomasi", known_hosts=Path("known_hosts"))
DOWN = Finding("link.admin_down", Severity.MAJOR, "Gi0/1", "shutdown", "Aktifkan.")
UNSAVED = Finding("config.unsaved", Severity.WARNING, "konfigurasi", "+ shutdown", "Simpan.")
HOT = Finding("cpu.high", Severity.WARNING, "cpu", "91%", "Periksa.")
HEAD = "version 15.2\nhostname sw1\narchive\n path flash:sw1\n"
INTENDED = ("interface Gi0/1", "no shutdown")
INVERSE = ("interface Gi0/1", "shutdown")


@dataclass
class Switch:
    """A device whose configuration is the list of lines it was told, and its own session."""

    lines: list[str] = field(default_factory=list)
    stubborn: bool = False
    """The way back does not lead back."""
    breaks: bool = False
    """Ends the session after a change was typed."""
    endpoint: Endpoint = HERE
    platform: Platform = IOS

    def ask(self, *_: object) -> str:
        return ""

    def order(self, _: str) -> str:
        return "[OK]"

    def configure(self, commands: tuple[str, ...], **_: bool) -> str:
        if tuple(commands) == INVERSE:
            self.lines = self.lines if self.stubborn else []
            return ""
        self.lines = [*self.lines, *commands]
        if self.breaks:
            raise TargetError("sw1", Reason.REFUSED_OUTPUT, "ditolak")
        return ""

    def copy(self) -> ConfigCopy:
        return copy_of("cisco_ios", HEAD + "\n".join([*self.lines, "end"]) + "\n")


def a_plan(base: str, ladder: Ladder = Ladder.B) -> Plan:
    details = {"faults": [[DOWN.code, DOWN.subject]], "commands": list(INTENDED), "save": False, "before": {}}
    return Plan("repair", "sw1", ladder, "Aktifkan Gi0/1", INTENDED, INVERSE, DOWN.code, base, details)


def work(base: str, permit: Callable[[], None], wrong: str = "") -> Work:
    return Work(a_plan(base), HERE, permit, lambda _: Proof(wrong), Steps(None))


def permitted() -> None:
    """An approval that stands."""


class Withdrawn(Exception):
    """What a permit raises."""


def withdrawn() -> None:
    raise Withdrawn


def a_device(*uplinks: str) -> Device:
    return Device(opd="dinkes", address="10.0.0.1", platform="cisco_ios", credentials="opd-router", uplinks=uplinks)
