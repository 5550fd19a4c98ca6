"""Which finding of one device explains one of another device of the same OPD.

As in `ranking`, the table is the whole knowledge: cause, consequence, what has to tie the two. Only findings that
nothing on their own device explains are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from playbooks.findings import Finding
from playbooks.network.facts import Facts
from playbooks.network.ports import same_port
from playbooks.network.rules.ends import meant
from playbooks.network.rules.ranking import ELSEWHERE, JUST_STARTED, ranked


@dataclass(frozen=True)
class Told:
    """A device: what is known of it, now and when it last worked, and what was found."""

    name: str
    facts: Facts
    before: Facts | None
    findings: tuple[Finding, ...]

    @property
    def readings(self) -> tuple[Facts, ...]:
        return (self.facts, self.before) if self.before else (self.facts,)

    @property
    def gateways(self) -> set[str]:
        routes = {route.gateway for one in self.readings for route in one.default_routes or ()}
        return {*routes, *(one.gateway for one in self.readings)} - {""}

    def holds(self, address: str) -> bool:
        return any(link.holds(address) for one in self.readings for link in one.interfaces)

    def reaches(self, address: str) -> bool:
        return any(link.reaches(address) for one in self.readings for link in one.interfaces)


Tie = Callable[[Told, Finding, Told, Finding], bool]
"""Where the cause is and the cause; where the consequence is and the consequence."""


def other_end(there: Told, cause: Finding, here: Told, consequence: Finding) -> bool:
    """The cause is about the port at the other end of what the consequence is about or lies behind."""
    ports = set(_ports(here, consequence))
    return any(same_port(end, at) for end in _opposite(there, here, ports) for at in _about(cause))


def started(there: Told, cause: Finding, here: Told, consequence: Finding) -> bool:
    """The device at the other end started moments ago."""
    return JUST_STARTED in cause.at and bool(_opposite(there, here, set(_ports(here, consequence))))


def on_the_way_out(there: Told, cause: Finding, here: Told, consequence: Finding) -> bool:
    """The other device is the gateway, and what is lost lies beyond it."""
    del cause
    beyond = consequence.code == "clock.unsynchronised" or ELSEWHERE in consequence.at
    return beyond and any(there.holds(gateway) for gateway in here.gateways)


def default_learned(there: Told, cause: Finding, here: Told, consequence: Finding) -> bool:
    """A default route that a routing protocol had brought, by way of the other device."""
    del cause, consequence
    routes = (here.before.default_routes or ()) if here.before else ()
    return any(there.holds(route.gateway) for route in routes if route.protocol.lower() not in OWN_ROUTES)


def nearer(there: Told, cause: Finding, here: Told, consequence: Finding) -> bool:
    """Both miss the same address, and the other device is the one that is next to it."""
    return cause.subject == consequence.subject and there.reaches(cause.subject) and not here.reaches(cause.subject)


def shut_session(there: Told, cause: Finding, here: Told, consequence: Finding) -> bool:
    """The other end of one BGP session, where it is switched off."""
    off = any(peer.address == cause.subject and "admin" in peer.state.lower() for peer in there.facts.bgp_peers)
    return off and there.holds(consequence.subject) and here.holds(cause.subject)


def silent_end(there: Told, cause: Finding, here: Told, consequence: Finding) -> bool:
    """The other end of one OSPF link, which speaks no OSPF there (passive, or not enabled) while this end does."""
    speaking = {one.name for one in here.facts.ospf_interfaces if not one.passive}
    heard = {one.name for one in there.facts.ospf_interfaces if not one.passive}
    ports = {port for port in _ports(here, consequence) if port in speaking}
    return any(end not in heard and end in cause.at for end in _opposite(there, here, ports))


def serving(there: Told, cause: Finding, here: Told, consequence: Finding) -> bool:
    """The other device is the server that gave no answer."""
    del cause, here
    return any(there.holds(server) for server in consequence.subject.split(", "))


def same_segment(there: Told, cause: Finding, here: Told, consequence: Finding) -> bool:
    """Both are in one subnet, or neighbours."""
    del cause, consequence
    return bool(_opposite(there, here, {link.name for link in here.facts.interfaces}))


OWN_ROUTES = ("", "static", "s", "connected", "dhcp", "kernel", "boot")
"""Protocols whose default route nobody else takes away."""
_BEYOND = "dns.not_answering bgp.peer_down vpn.down clock.unsynchronised".split()
_OVER_A_LINK = "link.down ospf.neighbor_lost gateway.unreachable bgp.peer_down route.default_missing path.loss".split()


def _pairs(causes: str, consequences: str | Sequence[str], tie: Tie) -> Iterator[tuple[str, str, Tie]]:
    to = consequences.split() if isinstance(consequences, str) else consequences
    for cause, consequence in product(causes.split(), to):
        yield cause, consequence, tie


ACROSS: tuple[tuple[str, str, Tie], ...] = (
    *_pairs("link.admin_down errdisabled.port", _OVER_A_LINK, other_end),
    *_pairs("loop.detected", "errdisabled.port cpu.high path.loss gateway.unreachable link.flapping", same_segment),
    *_pairs("stp.blocked_uplink link.duplex", "ospf.neighbor_lost gateway.unreachable path.loss", other_end),
    *_pairs("link.duplex", "link.errors", other_end),
    *_pairs("link.down", _OVER_A_LINK[1:], other_end),
    *_pairs("link.errors link.flapping optic.low_power", "ospf.neighbor_lost path.loss", other_end),
    *_pairs("device.rebooted", _OVER_A_LINK, started),
    *_pairs("ospf.neighbor_lost", "ospf.neighbor_lost", silent_end),
    *_pairs("bgp.peer_down", "bgp.peer_down", shut_session),
    *_pairs("dhcp.pool_exhausted", "dhcp.pool_exhausted", serving),
    *_pairs("gateway.unreachable path.loss", "gateway.unreachable path.loss", nearer),
    *_pairs("route.default_missing gateway.unreachable pppoe.down", _BEYOND, on_the_way_out),
    *_pairs("route.default_missing gateway.unreachable pppoe.down", "route.default_missing", default_learned),
    *_pairs("path.loss uplink.saturated", "path.loss", on_the_way_out),
)
"""Cause, consequence, what has to tie them; where several could explain a finding, the first does."""


def across(devices: Iterable[Told]) -> dict[str, tuple[Finding, ...]]:
    """The findings of each device, ranked anew; `cause` names the device too where it is another one."""
    known = {one.name: one for one in devices}
    causes: dict[tuple[str, str], tuple[str, str]] = {
        (one.name, each.name): (one.name, each.cause) for one in known.values() for each in one.findings if each.cause
    }
    roots = [(one, each) for one in known.values() for each in one.findings if not each.cause]
    for here, each in roots:
        own = (here.name, each.name)
        found = (where for where in _causes(known, here, each) if own not in _chain(where, causes))
        if cause := next(found, None):
            causes[own] = cause
    return {name: _with_causes(one, causes) for name, one in known.items()}


def _causes(known: Mapping[str, Told], here: Told, consequence: Finding) -> Iterator[tuple[str, str]]:
    for cause, effect, tie in ACROSS:
        if effect == consequence.code:
            for there in known.values():
                if there is not here:
                    found = (one for one in there.findings if one.code == cause and tie(there, one, here, consequence))
                    yield from ((there.name, one.name) for one in found)


def _chain(where: tuple[str, str], causes: Mapping[tuple[str, str], tuple[str, str]]) -> set[tuple[str, str]]:
    """A finding, its cause, the cause of that, and so on."""
    seen: set[tuple[str, str]] = set()
    while where not in seen:
        seen.add(where)
        where = causes.get(where, where)
    return seen


def _with_causes(one: Told, causes: Mapping[tuple[str, str], tuple[str, str]]) -> tuple[Finding, ...]:
    def named(each: Finding) -> Finding:
        device, cause = causes.get((one.name, each.name), (one.name, ""))
        return each if device == one.name else replace(each, cause=f"{device} {cause}")

    return tuple(ranked(map(named, one.findings)))


def _about(finding: Finding) -> tuple[str, ...]:
    return (finding.subject, *finding.at)


def _ports(here: Told, finding: Finding) -> Iterator[str]:
    """The ports a finding is about or lies behind, with the members of a bridge or bond among them."""
    about = _about(finding)
    for link in (link for one in here.readings for link in one.interfaces):
        if any(same_port(link.name, at) or (link.master and same_port(link.master, at)) for at in about):
            yield link.name


def _opposite(there: Told, here: Told, ports: set[str]) -> set[str]:
    """Ports of the other device that face these: as neighbours tell now or told last, or in one subnet."""
    ends: set[str] = set()
    for own, far in product(here.readings, there.readings):
        seen = [one for one in own.neighbors if meant(one, there.name, far)]
        ends |= {one.port for one in seen if any(same_port(one.interface, port) for port in ports)}
        back = [one for one in far.neighbors if meant(one, here.name, own)]
        ends |= {one.interface for one in back if any(same_port(one.port, port) for port in ports)}
        ends |= {end for port in ports for end in _in_subnet(own, port, far)}
    return ends - {""}


def _in_subnet(own: Facts, port: str, far: Facts) -> Iterator[str]:
    link = own.interface(port)
    for address in (held.partition("/")[0] for held in (link.addresses if link else ())):
        yield from (one.name for one in far.interfaces if one.reaches(address) and not one.holds(address))
