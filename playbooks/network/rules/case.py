"""What a rule may look at, and the few questions that many rules ask of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address

from inventory.models import Expectation
from playbooks.findings import Finding, Severity
from playbooks.network.facts import Facts, Interface
from playbooks.network.ports import same_port


@dataclass(frozen=True)
class Case:
    """Everything a rule may look at. `before` are the facts of the last good run; None when there was none."""

    facts: Facts
    expect: Expectation = field(default_factory=Expectation)
    uplinks: tuple[str, ...] = ()
    before: Facts | None = None
    platform: str = ""
    role: str = "router"

    @property
    def readings(self) -> tuple[Facts, ...]:
        return (self.facts, self.before) if self.before else (self.facts,)

    def earlier(self, interface: str) -> Interface | None:
        return self.before.interface(interface) if self.before else None

    def wanted_up(self, interface: Interface) -> bool:
        """Whether somebody counts on it: the inventory, the last good run, or an address on it."""
        if said := self.said(interface.name):
            return said == "up"
        if self.is_uplink(interface.name):
            return True
        earlier = self.earlier(interface.name)
        return earlier.up if earlier else bool(interface.addresses)

    def said(self, interface: str) -> str:
        """What the inventory expects of it: up, down, or nothing."""
        return next((state for name, state in self.expect.interfaces.items() if same_port(name, interface)), "")

    def is_uplink(self, interface: str) -> bool:
        return any(same_port(interface, uplink) for uplink in self.uplinks)

    def weight(self, interface: str) -> Severity:
        """How bad its loss is. A port behind which no device and no address is known may just be a computer's."""
        if self.is_uplink(interface):
            return Severity.CRITICAL
        if self.said(interface) == "up" or any(_carries(each, interface) for each in self.readings):
            return Severity.MAJOR
        return Severity.WARNING if self.role == "router" else Severity.INFO

    @property
    def gateway(self) -> str:
        """The one that the inventory names, that was asked, or that the last good run used; empty when unknown."""
        earlier = (self.before.default_routes or ()) if self.before else ()
        return (
            self.expect.gateway or next((route.gateway for route in earlier if route.gateway), "") or self.facts.gateway
        )

    @property
    def ways_out(self) -> tuple[str, ...]:
        """Uplinks; where the inventory names none, the interfaces of the default route."""
        if self.uplinks:
            return self.uplinks
        routes = [route for reading in self.readings for route in reading.default_routes or ()]
        direct = {port for route in routes for port in (route.interface, *self.toward(route.gateway)) if port}
        return tuple(sorted(direct))

    def toward(self, address: str) -> tuple[str, ...]:
        """Interfaces in whose subnet `address` lies, now or at the last good run."""
        links = [link for reading in self.readings for link in reading.interfaces]
        return tuple(sorted({link.name for link in links if link.reaches(address) and not _alone(link)}))


Rule = Callable[[Case], Iterator[Finding]]


def grown(now: int, then: int | None) -> int:
    """How much a counter counted since; one that is smaller now began anew."""
    return now - then if then is not None and then <= now else now


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _carries(facts: Facts, interface: str) -> bool:
    link = facts.interface(interface)
    seen = {one.interface for one in facts.neighbors} | {one.interface for one in facts.ospf_neighbors}
    return bool(link and link.addresses) or interface in seen


def _alone(link: Interface) -> bool:
    return all(own.endswith(("/32", "/128")) for own in link.addresses)
