"""Who is connected to whom in an agency's network, and where it is broken: from facts, pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_interface, ip_network

from inventory.models import Device
from playbooks.findings import TITLES, explained, nested
from playbooks.network.facts import Facts, Interface, Neighbor
from playbooks.network.ports import same_port
from playbooks.network.rules.case import is_address

STRANGERS = 6
"""Of a device's neighbours outside the inventory so many are drawn; the rest is counted."""
_TWINS = 4
"""Links between the same two; more is a flood of announcements."""
_GRAVE = {"critical": "fault", "major": "fault", "warning": "warning"}
_RANKS = (
    (3.0, ("ap", "wifi", "wi-fi", "wireless", "access point", "access_point", "titik akses")),
    (4.0, ("server", "host", "pc", "printer", "kamera", "camera", "cctv", "nvr")),
    (2.0, ("switch", "sakelar", "bridge")),
)
_ROUTER, _TOP, _BELOW = 1.0, 0.0, 0.5


@dataclass(frozen=True)
class Seen:
    """A device of the agency as it was read last.

    `facts` are None when it could not be read (then `reason` says why) or nobody tried, `before` those of its last good
    run. `findings` as JSON.
    """

    name: str
    device: Device
    facts: Facts | None = None
    before: Facts | None = None
    findings: tuple[Mapping[str, str], ...] = ()
    reason: str = ""

    @property
    def readings(self) -> Iterator[tuple[Facts, bool]]:
        """What is known, and whether it is of now."""
        if self.facts:
            yield self.facts, True
        if self.before:
            yield self.before, False


@dataclass
class Node:
    """A device, a neighbour that the inventory does not know, or a subnet that more than two share (`lan`)."""

    id: str
    kind: str
    """device, gateway, stranger, lan"""
    title: str
    lines: tuple[str, ...] = ()
    rank: float = _ROUTER
    """What stands higher is drawn higher."""
    state: str = ""
    """fault, warning, silent (could not be read), unread (nobody tried), or nothing"""
    marks: list[int] = field(default_factory=list)


@dataclass
class Link:
    """Between two nodes; a port is empty where nobody tells it."""

    ends: tuple[str, str]
    ports: list[str]
    seen: bool = False
    """Now; else only at the last good run."""
    state: str = ""
    marks: list[int] = field(default_factory=list)

    def port(self, node: str) -> str:
        return self.ports[self.ends.index(node)]

    def other(self, node: str) -> str:
        return self.ends[1 - self.ends.index(node)]


@dataclass
class Mark:
    """A fault in words, under the number that stands in the picture."""

    number: int
    state: str
    target: str
    words: str
    about: str = ""
    """Device, code and subject, as another device's finding names its cause."""
    consequences: list[str] = field(default_factory=list)


@dataclass
class Topology:
    nodes: dict[str, Node]
    links: list[Link]
    marks: list[Mark] = field(default_factory=list)

    def at(self, node: str) -> list[Link]:
        return [link for link in self.links if node in link.ends]

    def between(self, one: str, other: str) -> list[Link]:
        return [link for link in self.links if {*link.ends} == {one, other}]


def topology(seen: Sequence[Seen]) -> Topology:
    """Links as neighbours tell them (LLDP, CDP, MNDP), else as shared subnets show them; faults on what they are at."""
    devices = {each.name: each for each in seen}
    found = Topology({each.name: _device(each) for each in seen}, [])
    known = _Known(devices.values())
    for each in seen:
        _announced(found, known, each)
    for each in seen:
        _spoken_to(found, known, each)
    announced = tuple(found.links)
    for network, members in sorted(_subnets(seen, known).items()):
        _share(found, announced, network, members)
    for each in seen:
        _far_gateway(found, known, each)
    _set_apart(found, devices)
    for each in seen:
        _mark(found, known, each)
    for each in seen:
        _mark_follow(found, known, each)
    return found


def _device(seen: Seen) -> Node:
    about = f"{seen.device.role} · {seen.device.platform.partition('_')[0]}"
    rank = next((rank for rank, words in _RANKS if any(_named(seen.device.role, word) for word in words)), _ROUTER)
    state = "silent" if seen.reason else "" if seen.facts else "unread"
    return Node(seen.name, "device", seen.name, (seen.device.address, about), rank, state)


def _named(role: str, word: str) -> bool:
    return role.lower() == word if len(word) < 4 else word in role.lower()


class _Known:
    """Which node a name or an address belongs to. What two claim belongs to neither."""

    def __init__(self, devices: Iterable[Seen]) -> None:
        names, addresses = defaultdict(set), defaultdict(set)
        for each in devices:
            names[each.name.lower()].add(each.name)
            addresses[each.device.address].add(each.name)
            for facts, _ in each.readings:
                names[_short(facts.hostname)].add(each.name)
                for own in _addresses(facts):
                    addresses[own].add(each.name)
        self.names = {name: one for name, (one, *more) in names.items() if name and not more}
        self.addresses = {address: one for address, (one, *more) in addresses.items() if not more}
        self.shared = {address for address, owners in addresses.items() if len(owners) > 1}

    def node(self, name: str, address: str = "") -> str | None:
        return self.names.get(name.lower()) or self.names.get(_short(name)) or self.addresses.get(address)


def _short(hostname: str) -> str:
    return hostname.lower() if is_address(hostname) else hostname.lower().partition(".")[0]


def _addresses(facts: Facts) -> Iterator[str]:
    for link in facts.interfaces:
        yield from (own.partition("/")[0] for own in link.addresses)


def _announced(found: Topology, known: _Known, seen: Seen) -> None:
    """Neighbours that tell their name."""
    strangers: set[str] = set()
    left_out: set[str] = set()
    for facts, now in seen.readings:
        for each in facts.neighbors:
            peer = known.node(each.name, each.address) or _stranger(seen, each)
            if peer.startswith("?") and peer not in strangers:
                if len(strangers) == STRANGERS:
                    left_out.add(peer)
                    continue
                strangers.add(peer)
                _meet(found, known, peer, each)
            if peer != seen.name:
                _join(found, (seen.name, each.interface), (peer, each.port), now)
    if left_out:
        more = f"? {seen.name}"
        found.nodes[more] = Node(more, "stranger", f"{len(left_out)} tetangga lain")
        _join(found, (seen.name, ""), (more, ""), now=True)


def _stranger(seen: Seen, each: Neighbor) -> str:
    """One with an address is the same whoever tells of it; a mere name may be that of many (MikroTik)."""
    return f"? {each.name} {each.address or f'{seen.name} {each.interface}'}"


def _meet(found: Topology, known: _Known, peer: str, each: Neighbor) -> None:
    lines = tuple(text for text in (each.address if each.name else "", each.platform) if text)
    found.nodes.setdefault(peer, Node(peer, "stranger", each.name or each.address, lines))
    if is_address(each.address) and each.address not in known.shared:
        known.addresses.setdefault(each.address, peer)


def _join(found: Topology, here: tuple[str, str], there: tuple[str, str], now: bool) -> None:
    """One link, however many tell of it: from both ends, in other spellings, now and before."""
    twins = found.between(here[0], there[0])
    for link in twins:
        if all(_agrees(link.port(end), port) for end, port in (here, there)):
            for end, port in (here, there):
                link.ports[link.ends.index(end)] = link.port(end) or port
            link.seen |= now
            return
    if len(twins) < _TWINS:
        found.links.append(Link((here[0], there[0]), [here[1], there[1]], now))


def _agrees(one: str, other: str) -> bool:
    return not one or not other or same_port(one, other)


def _spoken_to(found: Topology, known: _Known, seen: Seen) -> None:
    """Gateways, and routers that are spoken to, by address: strangers until a subnet shows where they are."""
    for facts, _ in seen.readings:
        peers = [*(one.address for one in facts.ospf_neighbors), *(one.address for one in facts.bgp_peers)][:STRANGERS]
        for address, kind in [(each, "gateway") for each in _gateways(seen, facts)] + [(a, "stranger") for a in peers]:
            port = _port_toward(facts, address)
            if not is_address(address) or not port or address in known.shared:
                continue
            node = known.addresses.get(address) or _unaddressed(found, seen.name, port)
            node = node or f"? {address}"
            known.addresses[address] = node
            fresh = found.nodes.setdefault(node, Node(node, kind, address))
            if kind == "gateway" and fresh.kind == "stranger":
                fresh.kind = "gateway"
            if fresh.kind == "gateway":
                fresh.lines = tuple(text for text in (address, "gerbang") if text != fresh.title)


def _gateways(seen: Seen, facts: Facts) -> list[str]:
    routes = (route.gateway for route in facts.default_routes or ())
    return [*dict.fromkeys(each for each in (seen.device.expect.gateway, facts.gateway, *routes) if each)]


def _port_toward(facts: Facts, address: str) -> str:
    return next((link.name for link in facts.interfaces if link.reaches(address) and not link.holds(address)), "")


def _unaddressed(found: Topology, device: str, port: str) -> str | None:
    """The stranger at a port that told its name but no address."""
    peers = [link.other(device) for link in found.at(device) if same_port(link.port(device), port)]
    return next((peer for peer in peers if found.nodes[peer].kind == "stranger" and not found.nodes[peer].lines), None)


_Member = tuple[str, str, bool]
"""Node, its port, whether it is so now."""


def _subnets(seen: Sequence[Seen], known: _Known) -> dict[str, list[_Member]]:
    """Who has an address in which subnet; each node once in each."""
    subnets: dict[str, dict[str, _Member]] = defaultdict(dict)
    for each in seen:
        for facts, now in each.readings:
            for link in facts.interfaces:
                for network in _networks(link, known):
                    subnets[network].setdefault(each.name, (each.name, link.name, now))
    devices = {each.name for each in seen}
    # A device that was never read stands where its address in the inventory says.
    unread = {each.name for each in seen if not any(True for _ in each.readings)}
    for address, node in known.addresses.items():
        for network in subnets if node in unread or node not in devices else ():
            if is_address(address) and ip_address(address) in ip_network(network):
                subnets[network].setdefault(node, (node, "", node not in unread))
    return {network: [*members.values()] for network, members in subnets.items() if len(members) > 1}


def _networks(link: Interface, known: _Known) -> Iterator[str]:
    for own in link.addresses:
        try:
            address = ip_interface(own)
        except ValueError:
            continue
        lonely = address.network.num_addresses == 1 or address.is_loopback or address.is_link_local
        if not lonely and str(address.ip) not in known.shared:
            yield str(address.network)


def _share(found: Topology, announced: Sequence[Link], network: str, members: list[_Member]) -> None:
    """A subnet of two is a link, one of more is a node; nothing new where those who share it are connected anyhow."""
    sharing = {node for node, _, _ in members}
    islands = {node: _island(found, announced, node, sharing) for node in sharing}
    if len({*islands.values()}) == 1:
        return
    if len(members) == 2:
        (one, port, now), (other, its_port, its_now) = members
        _join(found, (one, port), (other, its_port), now and its_now)
        return
    highest = min(found.nodes[node].rank for node in sharing)
    found.nodes[network] = Node(network, "lan", network, rank=highest)
    told: set[str] = set()
    for node, port, now in sorted(members, key=lambda each: (found.nodes[each[0]].rank, each[0])):
        if islands[node] not in told:
            told.add(islands[node])
            _join(found, (node, port), (network, ""), now)


def _island(found: Topology, announced: Sequence[Link], node: str, sharing: set[str]) -> str:
    """The first of all nodes that a node is cabled to: past switches, and past routers that share the subnet."""
    reached, ahead = {node}, [node]
    while ahead:
        here = ahead.pop()
        if here not in sharing and found.nodes[here].rank == _ROUTER:
            continue
        there = {link.other(here) for link in announced if here in link.ends} - reached
        reached |= there
        ahead += there
    return min(reached & sharing)


def _far_gateway(found: Topology, known: _Known, seen: Seen) -> None:
    """A gateway that lies in no subnet of the device's: behind a tunnel or PPPoE, or of a device never read."""
    for facts, now in seen.readings:
        for route in facts.default_routes or ():
            port = route.interface or ("" if is_address(route.gateway) else route.gateway)
            if port and not any(same_port(link.port(seen.name), port) for link in found.at(seen.name)):
                address = route.gateway if is_address(route.gateway) else ""
                node = known.addresses.get(address) or f"? internet {address}"
                if node != seen.name and not found.between(seen.name, node):
                    found.nodes.setdefault(node, Node(node, "gateway", address or "Internet"))
                    _join(found, (seen.name, port), (node, ""), now)


def _set_apart(found: Topology, devices: Mapping[str, Seen]) -> None:
    """Gateways and what is behind an uplink stand on top, other strangers under whom they are connected to."""
    for node in found.nodes.values():
        if node.kind not in ("gateway", "stranger"):
            continue
        hosts = [(each, link.port(each)) for link in found.at(node.id) if (each := link.other(node.id)) in devices]
        upward = any(same_port(port, uplink) for each, port in hosts for uplink in devices[each].device.uplinks)
        lowest = max((found.nodes[each].rank for each, _ in hosts), default=_ROUTER)
        node.rank = _TOP if upward or node.kind == "gateway" else lowest + _BELOW
    found.nodes = {key: node for key, node in found.nodes.items() if key in devices or found.at(key)}


def _mark(found: Topology, known: _Known, seen: Seen) -> None:
    """Each probable cause gets a number, on the link or device it is about."""
    if seen.reason:
        words = f"tidak terbaca: {explained(seen.reason)}"
        found.nodes[seen.name].marks.append(_numbered(found, "fault", seen.name, words))
    for cause, consequences in _groups(seen.findings):
        if not cause.get("cause"):
            _mark_cause(found, known, seen, cause, consequences)


def _mark_follow(found: Topology, known: _Known, seen: Seen) -> None:
    """What another device's fault explains is told with that one, and gets no number of its own."""
    for first, consequences in _groups(seen.findings):
        if not first.get("cause"):
            continue
        behind = next((mark for mark in found.marks if mark.about == first["cause"]), None)
        if behind:
            behind.consequences.append(f"{seen.name}: {_words(first)}")
        else:
            _mark_cause(found, known, seen, first, consequences)


def _mark_cause(
    found: Topology, known: _Known, seen: Seen, cause: Mapping[str, str], consequences: Sequence[Mapping[str, str]]
) -> None:
    state = _GRAVE.get(_worst(cause, *consequences))
    if state is None:
        return
    number = _numbered(found, state, seen.name, _words(cause))
    found.marks[-1].about = f"{seen.name} {cause['code']} {cause['subject']}"
    found.marks[-1].consequences += [_words(each) for each in consequences]
    for place in _places(found, known, seen, cause["subject"]):
        place.marks.append(number)
        place.state = place.state if place.state in ("silent", "fault") else state


def _groups(findings: Sequence[Mapping[str, str]]) -> Iterator[tuple[Mapping[str, str], list[Mapping[str, str]]]]:
    """A first cause with all that stands under it."""
    groups: list[list[Mapping[str, str]]] = []
    for depth, finding in nested(findings):
        groups.append([finding]) if depth == 0 or not groups else groups[-1].append(finding)
    for cause, *consequences in groups:
        yield cause, consequences


def _worst(*findings: Mapping[str, str]) -> str:
    return min((each["severity"] for each in findings), key=("critical", "major", "warning", "info").index)


def _words(finding: Mapping[str, str]) -> str:
    return f"{TITLES.get(finding['code'], finding['code'])} ({finding['subject']})"


def _numbered(found: Topology, state: str, target: str, words: str) -> int:
    found.marks.append(Mark(len(found.marks) + 1, state, target, words))
    return len(found.marks)


def _places(found: Topology, known: _Known, seen: Seen, subject: str) -> Sequence[Link | Node]:
    """The links at a port or toward an address; else the device itself."""
    own = found.at(seen.name)
    if at_port := [link for link in own if same_port(link.port(seen.name), subject)]:
        return at_port
    peers = {known.addresses.get(address) for address in _known_as(seen, subject)} - {None, seen.name}
    if to_peer := [link for link in own if link.other(seen.name) in peers]:
        return to_peer
    ports = {_port_toward(facts, address) for facts, _ in seen.readings for address in _known_as(seen, subject)} - {""}
    toward = [link for link in own if any(same_port(link.port(seen.name), port) for port in ports)]
    return toward or [found.nodes[seen.name]]


def _known_as(seen: Seen, subject: str) -> list[str]:
    """An address, or the addresses of the neighbour that bears this router-id."""
    routers = [each.address for facts, _ in seen.readings for each in facts.ospf_neighbors if each.router_id == subject]
    return [each for each in (subject, *routers) if is_address(each)]
