"""What only several devices seen together show: ends of one link that disagree, one address on two devices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import permutations, product

from playbooks.findings import Finding, Severity
from playbooks.network.facts import Facts, Interface, Neighbor
from playbooks.network.ports import same_port
from playbooks.network.rules.routing import mismatches
from playbooks.network.rules.services import SHARED_MACS, bare, conflict

Heard = dict[str, list[tuple[str, str]]]
"""Port and hardware address of who answers, by address."""


def between(facts: Mapping[str, Facts]) -> dict[str, list[Finding]]:
    """Findings of pairs, by device, for both ends."""
    found: dict[str, list[Finding]] = {name: [] for name in facts}
    heard = {name: _heard(told) for name, told in facts.items()}
    for name, other in permutations(facts, 2):
        own, far = facts[name], facts[other]
        found[name] += [*_ospf(own, other, far), *_duplex(own, other, far), *_shared_address(own, other, far, facts)]
        for address in sorted(heard[name].keys() & heard[other].keys()):
            found[name] += _two_owners(address, own, heard[name], other, far, heard[other])
    return found


def meant(seen: Neighbor, name: str, facts: Facts) -> bool:
    """Whether the neighbour that was seen is this device: by its name, with or without domain, or its address."""
    names = {name.lower(), facts.hostname.lower()} - {""}
    told = seen.name.lower()
    by_address = bool(seen.address) and any(link.holds(seen.address) for link in facts.interfaces)
    return told in names or told.partition(".")[0] in names or by_address


def _ospf(own: Facts, other: str, far: Facts) -> Iterator[Finding]:
    for one in own.ospf_interfaces:
        for theirs in far.ospf_interfaces:
            mine, link = own.interface(one.name), far.interface(theirs.name)
            if mine and link and _same_subnet(mine, link):
                yield from mismatches(one, theirs, f"{other} {theirs.name}")


def _same_subnet(one: Interface, other: Interface) -> bool:
    return any(other.reaches(address.partition("/")[0]) for address in one.addresses)


def _duplex(own: Facts, other: str, far: Facts) -> Iterator[Finding]:
    for seen in own.neighbors:
        mine = own.interface(seen.interface)
        theirs = next((link for link in far.interfaces if same_port(link.name, seen.port)), None)
        if not mine or not theirs or not seen.name or seen.name.partition(".")[0] not in (other, far.hostname):
            continue
        if {mine.duplex, theirs.duplex} == {"half", "full"}:
            evidence = f"{mine.name}: {mine.duplex}; {other} {theirs.name}: {theirs.duplex}"
            advice = f"Setel {mine.name} dan {theirs.name} di {other} sama: keduanya auto, atau keduanya full."
            yield Finding("link.duplex", Severity.MAJOR, mine.name, evidence, advice, at=(mine.name,))


def _shared_address(own: Facts, other: str, far: Facts, everyone: Mapping[str, Facts]) -> Iterator[Finding]:
    """One address on both, and a witness: each other's name, a third in that subnet, or a router between both.

    Without a witness two offices just use the same private addresses.
    """
    theirs = {held.partition("/")[0]: link.name for link in far.interfaces if link.up for held in link.addresses}
    for link in own.interfaces:
        for address in (held.partition("/")[0] for held in link.addresses if link.up and not _lone(held)):
            port = theirs.get(address, "")
            if port and (_see(own, link.name, other, far) or _third(address, everyone) or _meet(own, far, everyone)):
                told = conflict(address, f"{address} di {link.name} dan di {other} {port}", Severity.MAJOR)
                yield replace(told, at=(link.name,))


def _lone(held: str) -> bool:
    return held.startswith("127.") or held.endswith(("/32", "/128"))


def _see(own: Facts, port: str, other: str, far: Facts) -> bool:
    return any(
        same_port(one.interface, port) and one.name in (other, far.hostname) for one in own.neighbors if one.name
    )


def _third(address: str, everyone: Mapping[str, Facts]) -> bool:
    links = [link for told in everyone.values() for link in told.interfaces]
    return any(link.up and link.reaches(address) and not link.holds(address) for link in links)


def _meet(own: Facts, far: Facts, everyone: Mapping[str, Facts]) -> bool:
    """A third is OSPF neighbour of both: in one routing domain no address may stand twice."""
    around = ({one.address for one in told.ospf_neighbors if one.adjacent} for told in everyone.values())
    return any(_holds_one(own, addresses) and _holds_one(far, addresses) for addresses in around)


def _holds_one(facts: Facts, addresses: set[str]) -> bool:
    return any(link.holds(address) for link in facts.interfaces for address in addresses)


def _two_owners(address: str, own: Facts, heard: Heard, other: str, far: Facts, told: Heard) -> Iterator[Finding]:
    """Two devices of one subnet are told different owners of an address in it."""
    for (port, mac), (far_port, far_mac) in product(heard[address], told[address]):
        mine, theirs = (own.interface(port), far.interface(far_port)) if mac != far_mac else (None, None)
        if mine and theirs and _neighbours(mine, theirs, address):
            evidence = f"{address}: {mac} menurut {port}, {far_mac} menurut {other} {far_port}"
            yield conflict(address, evidence, Severity.MAJOR)


def _heard(facts: Facts) -> Heard:
    heard: Heard = {}
    for one in facts.arp:
        mac = bare(one.mac)
        if mac and not mac.startswith(SHARED_MACS):
            heard.setdefault(one.address, []).append((one.interface, mac))
    return heard


def _neighbours(mine: Interface, theirs: Interface, address: str) -> bool:
    """In one subnet with the address and with each other, under addresses of their own."""
    own = {held.partition("/")[0] for held in mine.addresses} & {held.partition("/")[0] for held in theirs.addresses}
    return not own and mine.reaches(address) and theirs.reaches(address) and _same_subnet(mine, theirs)
