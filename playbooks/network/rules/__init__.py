"""From facts to findings: one short pure function a rule. Nothing here talks to a device or reads a clock.

A rule looks at `Case` (facts, what the inventory expects, the last good run) and yields findings; `findings` collects
and ranks them, what follows under its cause. Evidence is the device's own words, advice is for the technician.
"""

from __future__ import annotations

from collections.abc import Sequence

from inventory.models import Device
from playbooks.findings import Finding
from playbooks.network.facts import Facts
from playbooks.network.rules import configuration, health, links, routing, services
from playbooks.network.rules.across import ACROSS, Told, across
from playbooks.network.rules.case import Case, Rule
from playbooks.network.rules.configuration import holding, unfit_to_save
from playbooks.network.rules.ends import between
from playbooks.network.rules.ranking import EXPLAINS, ORDER, explained, placed, ranked

RULES: tuple[Rule, ...] = (
    *links.RULES,
    *routing.RULES,
    *services.RULES,
    *health.RULES,
    *configuration.RULES,
)


def findings(facts: Facts, device: Device | None = None, before: Facts | None = None) -> list[Finding]:
    """All findings, each under its cause, the most serious group first.

    `before`: facts of the last good run. Without `Facts.read_at` nothing is said about the age of the software.
    """
    known = Case(facts, before=before)
    if device:
        known = Case(facts, device.expect, device.uplinks, before, device.platform, device.role)
    found = [placed(known, finding) for rule in RULES for finding in rule(known)]
    return holding(ranked(explained(found)))


def joined(own: Sequence[Finding], shared: Sequence[Finding]) -> list[Finding]:
    """A device's findings with those seen from both ends; the same mismatch is told once, both ends' words win."""
    told = {finding.name for finding in shared}
    return holding(ranked(explained([*shared, *(finding for finding in own if finding.name not in told)])))


__all__ = [
    "ACROSS",
    "EXPLAINS",
    "ORDER",
    "RULES",
    "Case",
    "Told",
    "across",
    "between",
    "findings",
    "joined",
    "ranked",
    "unfit_to_save",
]
