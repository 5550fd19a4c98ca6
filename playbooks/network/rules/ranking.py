"""Which finding explains which, and the order in which a technician reads them.

`EXPLAINS` is the whole knowledge. A finding is tied to its cause by where both are (`Finding.at`): one port, a way
that leads through it, one address, or the device as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from playbooks.findings import Finding, Severity
from playbooks.network.ports import same_port
from playbooks.network.rules.case import Case, is_address

ORDER = (
    "loop.detected errdisabled.port link.admin_down link.down link.duplex optic.low_power link.errors link.flapping "
    "stp.blocked_uplink ip.conflict pppoe.down ospf.area_mismatch ospf.mtu_mismatch ospf.timer_mismatch "
    "ospf.neighbor_lost route.default_missing gateway.unreachable bgp.peer_down vpn.down dhcp.rogue_server "
    "dhcp.pool_exhausted dns.not_answering path.loss environment.alarm device.rebooted config.lost config.unsaved "
    "config.changed uplink.saturated cpu.high memory.high storage.low wifi.clients_none clock.unsynchronised "
    "firmware.eol"
).split()
"""Cause before consequence, among findings of one weight that nothing ties."""

ELSEWHERE = "*"
"""In `Finding.at`: what it is about lies in none of the device's own subnets."""

JUST_STARTED = "^"
"""In `Finding.at` of a restart: so short ago that its neighbours may still be on their way back."""
SETTLING_S = 120.0

Tie = Callable[[Finding, Finding], bool]
"""Whether a cause (first) touches a consequence (second)."""


def same_interface(cause: Finding, consequence: Finding) -> bool:
    """The cause is about a port, and the consequence is about it too or lies behind it."""
    return any(same_port(cause.subject, port) for port in consequence.at)


def same_subnet(cause: Finding, consequence: Finding) -> bool:
    """Both are about one address, or lie behind one port."""
    return cause.subject == consequence.subject or bool(set(cause.at) & set(consequence.at) - {ELSEWHERE})


def beyond_gateway(cause: Finding, consequence: Finding) -> bool:
    """The consequence is reached over a route only."""
    del cause
    return ELSEWHERE in consequence.at


def next_hop(cause: Finding, consequence: Finding) -> bool:
    """The cause lies in an own subnet: no route is needed to reach it."""
    return ELSEWHERE not in cause.at and same_subnet(cause, consequence)


def still_settling(cause: Finding, consequence: Finding) -> bool:
    """The device started moments ago."""
    del consequence
    return JUST_STARTED in cause.at


def same_device(cause: Finding, consequence: Finding) -> bool:
    del cause, consequence
    return True


_BEHIND_A_PORT = (
    "link.down ospf.neighbor_lost route.default_missing gateway.unreachable bgp.peer_down pppoe.down vpn.down "
    "dns.not_answering path.loss wifi.clients_none dhcp.pool_exhausted"
).split()
_OVER_A_LINK = "ospf.neighbor_lost gateway.unreachable bgp.peer_down vpn.down dns.not_answering path.loss".split()
_OSPF = "ospf.area_mismatch ospf.mtu_mismatch ospf.timer_mismatch".split()


def _pairs(causes: str | Sequence[str], consequences: str | Sequence[str], tie: Tie) -> Iterator[tuple[str, str, Tie]]:
    of, to = (words.split() if isinstance(words, str) else words for words in (causes, consequences))
    for cause, consequence in product(of, to):
        yield cause, consequence, tie


EXPLAINS: tuple[tuple[str, str, Tie], ...] = (
    *_pairs("loop.detected", "errdisabled.port", same_interface),
    *_pairs("errdisabled.port", _BEHIND_A_PORT, same_interface),
    *_pairs("optic.low_power", "link.down link.errors link.flapping path.loss", same_interface),
    *_pairs("link.admin_down link.down", _BEHIND_A_PORT, same_interface),
    *_pairs("stp.blocked_uplink", _BEHIND_A_PORT, same_interface),
    *_pairs("link.duplex", "link.errors path.loss uplink.saturated", same_interface),
    *_pairs("link.errors link.flapping", _OVER_A_LINK, same_interface),
    *_pairs("pppoe.down", "route.default_missing gateway.unreachable bgp.peer_down vpn.down", same_interface),
    *_pairs("pppoe.down", "dns.not_answering", same_interface),
    *_pairs("ip.conflict", _OVER_A_LINK, same_subnet),
    *_pairs("dhcp.rogue_server", "ip.conflict", same_device),
    *_pairs(_OSPF, "ospf.neighbor_lost", same_interface),
    *_pairs("ospf.neighbor_lost", "route.default_missing", same_subnet),
    *_pairs("gateway.unreachable", "route.default_missing", next_hop),
    *_pairs("route.default_missing", "gateway.unreachable bgp.peer_down vpn.down dns.not_answering", beyond_gateway),
    *_pairs("gateway.unreachable", "bgp.peer_down vpn.down dns.not_answering", beyond_gateway),
    *_pairs("ospf.neighbor_lost", "gateway.unreachable bgp.peer_down vpn.down dns.not_answering", beyond_gateway),
    *_pairs("route.default_missing gateway.unreachable", "clock.unsynchronised", same_device),
    *_pairs("uplink.saturated", "path.loss dns.not_answering", same_interface),
    *_pairs("loop.detected", "cpu.high uplink.saturated path.loss gateway.unreachable link.flapping", same_device),
    *_pairs("cpu.high", "path.loss", same_device),
    *_pairs("dhcp.pool_exhausted dhcp.rogue_server", "wifi.clients_none", same_device),
    *_pairs("environment.alarm", "device.rebooted", same_device),
    *_pairs("device.rebooted", "config.lost config.changed clock.unsynchronised", same_device),
    *_pairs("device.rebooted", _OVER_A_LINK, still_settling),
    *_pairs("device.rebooted", "route.default_missing pppoe.down", still_settling),
    *_pairs("config.lost", "config.unsaved config.changed", same_device),
    *_pairs("config.unsaved", "config.changed", same_device),
)
"""Cause, consequence, what has to tie them; where several could explain a finding, the first does."""


def placed(case: Case, finding: Finding) -> Finding:
    """The finding with the interfaces that it is about or lies behind."""
    return replace(finding, at=tuple(dict.fromkeys(_where(case, finding))))


def _where(case: Case, finding: Finding) -> Iterator[str]:
    subject = finding.subject
    if finding.code == "ip.conflict":
        yield from (link.name for link in case.facts.interfaces if link.holds(subject))
    elif finding.code == "device.rebooted":
        yield from (JUST_STARTED,) if (case.facts.uptime_s or 0.0) < SETTLING_S else ()
    elif finding.code in ("route.default_missing", "gateway.unreachable", "path.loss"):
        yield from _way_to(case, case.gateway if finding.code == "route.default_missing" else subject)
        yield from () if finding.code == "path.loss" else _interface_gateways(case)
    elif finding.code == "ospf.neighbor_lost" and is_address(subject):
        yield from _ospf_port(case, subject)
    elif is_address(subject):
        yield from _way_to(case, subject)
    else:
        yield subject
        yield from _under(subject)
        yield from case.ways_out if finding.code in ("pppoe.down", "vpn.down") else ()


def _way_to(case: Case, address: str) -> Iterator[str]:
    """Ports toward an address: its own subnet's, or the ways out. An address of the provider's may be on a bridge."""
    direct = case.toward(address)
    yield from direct if direct else (ELSEWHERE, *case.ways_out)
    for port in direct:
        yield from _under(port)
        yield from (link.name for link in case.facts.interfaces if link.master == port and case.is_uplink(link.name))
    if direct and address == case.gateway and not any(case.is_uplink(port) for port in direct):
        yield from case.uplinks


def _interface_gateways(case: Case) -> Iterator[str]:
    """A default route may name an interface in place of an address (PPPoE)."""
    routes = [route for reading in case.readings for route in reading.default_routes or ()]
    yield from (route.gateway for route in routes if route.gateway and not is_address(route.gateway))


def _ospf_port(case: Case, neighbor: str) -> Iterator[str]:
    """Where a neighbour is or was; of one never seen, any wanted port that is down will do."""
    known = [
        one for reading in case.readings for one in reading.ospf_neighbors if neighbor in (one.router_id, one.address)
    ]
    ports = [*(one.interface for one in known), *case.toward(neighbor)]
    lost = [link.name for link in case.facts.interfaces if not link.up and case.wanted_up(link)]
    for port in ports or lost:
        yield port
        yield from _under(port)


def _under(port: str) -> Iterator[str]:
    """The port that carries a subinterface: eth0 of eth0.100."""
    parent, dot, _ = port.rpartition(".")
    if dot and parent:
        yield parent


def explained(found: Iterable[Finding]) -> list[Finding]:
    """Each finding with its cause, where one of the others is it. One code and subject is told once, at its worst."""
    ones = _once(found)
    causes: dict[str, str] = {}
    for index, one in enumerate(ones):
        for cause in _candidates(ones, index):
            if one.name not in _chain(cause.name, causes):
                causes[one.name] = cause.name
                break
    return [replace(one, cause=causes.get(one.name, "")) for one in ones]


def _once(found: Iterable[Finding]) -> list[Finding]:
    worst: dict[str, Finding] = {}
    for one in found:
        if one.name not in worst or one.severity > worst[one.name].severity:
            worst[one.name] = one
    return sorted(worst.values(), key=_own_rank)


def _candidates(ones: list[Finding], index: int) -> Iterator[Finding]:
    for cause, consequence, tie in EXPLAINS:
        if consequence == ones[index].code:
            yield from (one for one in ones if one.code == cause and one is not ones[index] and tie(one, ones[index]))


def _chain(name: str, causes: dict[str, str]) -> set[str]:
    """`name`, its cause, the cause of that, and so on."""
    seen: set[str] = set()
    while name and name not in seen:
        seen.add(name)
        name = causes.get(name, "")
    return seen


def ranked(found: Iterable[Finding]) -> list[Finding]:
    """Causes with their consequences right under them; groups by the worst in them: serious ones in the order of
    `ORDER`, then warnings, then information. The same whatever order they were found in."""
    ones = sorted(found, key=_own_rank)
    causes = {one.name: one.cause for one in ones if one.cause}
    names = {one.name for one in ones}
    under: dict[str, list[Finding]] = defaultdict(list)
    roots: list[Finding] = []
    for one in ones:
        is_root = one.cause not in names or one.name in _chain(one.cause, causes)
        (roots if is_root else under[one.cause]).append(one)
    told: set[str] = set()
    groups = [_group(root, under, told) for root in roots]
    return [one for group in sorted(groups, key=_group_rank) for one in group]


def _group(root: Finding, under: dict[str, list[Finding]], told: set[str]) -> list[Finding]:
    """The finding and all that follows from it, once even where several bear its name."""
    if root.name in told:
        return [root]
    told.add(root.name)
    branches = sorted((_group(one, under, told) for one in under[root.name]), key=_group_rank)
    return [root, *(one for branch in branches for one in branch)]


def _group_rank(group: list[Finding]) -> tuple[int, bool, int, int, *tuple[str, ...]]:
    """What begins on this device before what another device explains."""
    worst, root = max(one.severity for one in group), group[0]
    return -min(worst, Severity.MAJOR), bool(root.cause), _place(root.code), -worst, *_words(root)


def _own_rank(one: Finding) -> tuple[int, int, int, *tuple[str, ...]]:
    return -min(one.severity, Severity.MAJOR), _place(one.code), -one.severity, *_words(one)


def _words(one: Finding) -> tuple[str, ...]:
    return one.subject, one.evidence, one.advice, one.cause


def _place(code: str) -> int:
    return ORDER.index(code) if code in ORDER else len(ORDER)
