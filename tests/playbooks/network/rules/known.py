"""A healthy router, and how a row of a table is put to the rules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from inventory.models import Device, Expectation
from playbooks.findings import Finding
from playbooks.network.facts import BgpPeer, Facts, Interface, OspfInterface, OspfNeighbor, Route
from playbooks.network.rules import findings

ETH1 = Interface("eth1", addresses=("10.1.12.1/30",), mtu=1500, line="eth1 is up")
ETH2 = Interface("eth2", addresses=("203.0.113.2/30",), mtu=1500, line="eth2 is up")
OSPF1 = OspfInterface("eth1", "0.0.0.0", 1, 4, 1500, kind="POINTOPOINT", neighbors=1)
NEIGHBOR = OspfNeighbor("10.255.0.2", "10.1.12.2", "eth1", "Full/-")
PEER = BgpPeer("10.1.13.2", "65003", "Established")
DEFAULT = Route("0.0.0.0/0", "203.0.113.1", "eth2", "static")
GOOD = Facts(
    hostname="r1",
    uptime_s=5000,
    interfaces=(ETH1, ETH2),
    ospf_interfaces=(OSPF1,),
    ospf_neighbors=(NEIGHBOR,),
    bgp_peers=(PEER,),
    default_routes=(DEFAULT,),
    gateway="203.0.113.1",
    gateway_answers=True,
    running_digest="a",
    saved_digest="a",
    config_lines=100,
    cpu_percent=5,
    memory_percent=40,
    storage_percent=20,
)
LATER = replace(GOOD, uptime_s=9000)
DOWN = replace(ETH1, up=False, line="eth1 is down")
SWITCH = Facts(hostname="sw1", uptime_s=9000)
"""Nothing but what a row adds."""

Told = tuple[str, str, str]
"""Code, severity, subject."""


def device(**changes: Any) -> Device:
    return Device.model_validate({"opd": "x", "address": "10.0.0.1", "platform": "frr", "credentials": "c", **changes})


def told(facts: Facts, before: Facts | None = GOOD, **expect: Any) -> list[Told]:
    return shown(findings(facts, device(expect=Expectation.model_validate(expect)), before))


def shown(found: list[Finding]) -> list[Told]:
    return [(one.code, str(one.severity), one.subject) for one in found]


def ports(facts: Facts, *interfaces: Interface) -> Facts:
    return replace(facts, interfaces=interfaces)


@dataclass(frozen=True)
class Row:
    """Facts in, all findings out. `code` is the rule it is about; near misses expect none."""

    code: str
    why: str
    facts: Facts
    expected: str = ""
    """Code, severity, subject; one after the other."""
    before: Facts | None = None
    about: dict[str, Any] = field(default_factory=dict)
    """Keys of the inventory's entry."""

    def __str__(self) -> str:
        return f"{self.code}: {self.why}"

    def told(self) -> str:
        return ", ".join(" ".join(one) for one in shown(findings(self.facts, device(**self.about), self.before)))
