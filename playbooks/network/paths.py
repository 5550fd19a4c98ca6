"""What a device's way out and our way in lead over: the interfaces that no repair may touch. Pure.

Worked out from the inventory (uplinks, gateway), addresses and default routes, bridge and bond members, and who the
neighbours are (LLDP, CDP, MNDP), as far as the other devices of the OPD tell where they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from inventory.models import Device
from playbooks.network.facts import Facts, Interface
from playbooks.network.ports import same_port
from playbooks.network.rules.ends import meant

NOBODY: Mapping[str, Facts] = MappingProxyType({})


def protected(facts: Facts, endpoint_address: str, device: Device, others: Mapping[str, Facts] = NOBODY) -> set[str]:
    """Interfaces of `device` that no repair touches: its uplinks and what our session comes in by.

    `endpoint_address`: where we reach it; `others`: facts of the other devices of its OPD, by name. An interface is
    named as the facts name it; an uplink that they do not know as the inventory does.
    """
    ways = {*uplinks(facts, device, others), *management(facts, endpoint_address)}
    return ways | set(_carrying(facts, ways)) | set(device.uplinks)


def uplinks(facts: Facts, device: Device, others: Mapping[str, Facts] = NOBODY) -> set[str]:
    """Interfaces that lead out of the OPD: those that the inventory names, and the way to the default gateway."""
    named = {link.name for link in facts.interfaces if any(same_port(link.name, uplink) for uplink in device.uplinks)}
    routes = [route for route in facts.default_routes or () if route.active]
    gateways = {route.gateway for route in routes if route.gateway} | {device.expect.gateway} - {""}
    direct = {route.interface for route in routes if route.interface}
    direct |= {link.name for link in facts.interfaces if any(link.reaches(gateway) for gateway in gateways)}
    return named | direct | set(_toward(facts, gateways, others))


def management(facts: Facts, endpoint_address: str) -> set[str]:
    """Interfaces with the address that we log in to, or in its subnet."""
    return {one.name for one in facts.interfaces if one.holds(endpoint_address) or one.reaches(endpoint_address)}


def _toward(facts: Facts, gateways: set[str], others: Mapping[str, Facts]) -> Iterator[str]:
    """Ports behind which, over one neighbour or several, a gateway stands."""
    behind = _reaching(facts, gateways, others)
    for one in facts.neighbors:
        if one.address in gateways or any(meant(one, name, told) for name, told in behind.items()):
            yield _own(facts, one.interface)


def _reaching(facts: Facts, gateways: set[str], others: Mapping[str, Facts]) -> dict[str, Facts]:
    """The other devices that hold a gateway or see a device that does, without going through this one."""
    far = {name: told for name, told in others.items() if not told.hostname or told.hostname != facts.hostname}
    found = {name: told for name, told in far.items() if any(_holds(told, gateway) for gateway in gateways)}
    while more := {
        name: told
        for name, told in far.items()
        if name not in found and any(_sees(told, name, other, found[other]) for other in found)
    }:
        found |= more
    return found


def _holds(facts: Facts, address: str) -> bool:
    return any(link.holds(address) for link in facts.interfaces)


def _sees(one: Facts, name: str, other: str, far: Facts) -> bool:
    """Whether two devices are neighbours, as either tells."""
    return any(meant(seen, other, far) for seen in one.neighbors) or any(
        meant(seen, name, one) for seen in far.neighbors
    )


def _own(facts: Facts, port: str) -> str:
    return next((link.name for link in facts.interfaces if same_port(link.name, port)), port)


def _carrying(facts: Facts, ways: Iterable[str]) -> Iterator[str]:
    """What carries them: the port of a subinterface, the members of a bridge or bond, the bridge of a member."""
    for name in ways:
        parent, dot, _ = name.rpartition(".")
        if dot and parent and facts.interface(parent):
            yield parent
            yield from _members(facts, parent)
        yield from _members(facts, name)
        link = facts.interface(name)
        yield from (link.master,) if link and link.master else ()


def _members(facts: Facts, name: str) -> Iterator[str]:
    """Members that are up: over one that is down no session comes."""
    yield from (link.name for link in facts.interfaces if _joins(link, name) and link.up)


def _joins(link: Interface, name: str) -> bool:
    return bool(link.master) and same_port(link.master, name)
