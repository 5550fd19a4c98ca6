"""Facts that cannot be facts: a table of another kind, a line cut in two. Whoever reads one has misread the output."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_address, ip_interface
from typing import Any

from playbooks.network.facts import (
    Arp,
    BgpPeer,
    Interface,
    Neighbor,
    OspfInterface,
    OspfNeighbor,
    Pool,
    Radio,
    Route,
    StpPort,
    Tunnel,
)

OSPF_STATES = ("down", "attempt", "init", "2", "two", "exstart", "exchange", "loading", "full")
"""How the states of RFC 2328 section 10.1 begin: 2-Way, 2WAY, TwoWay."""
BGP_STATES = ("idle", "connect", "active", "opensent", "openconfirm", "estab", "shut", "clos", "clear", "no neg")
"""How the states of RFC 4271 section 8.2.2 begin, and what NX-OS, FRR and VRP add; RouterOS 7 tells only who is up."""
STP_ROLES = ("root", "designated", "alternate", "backup", "disabled", "master", "")
STP_STATES = ("forwarding", "blocking", "learning", "listening", "discarding", "disabled", "")
LARGEST_MTU = 65600
"""Bytes; Linux gives a VRF 65575."""
COMPLAINTS = ("alarms", "address_conflicts", "loops", "dhcp_strangers", "default_routes", "dhcp_offers")
"""Fields that tell something by being empty; an empty list of anything else is a heading without lines."""


def checked(known: Mapping[str, Any]) -> dict[str, Any]:
    """`known` (fields of `Facts`) without empty lists that tell nothing. ValueError for what cannot be so."""
    for name, value in known.items():
        for each in value if isinstance(value, tuple) else (value,):
            if type(each) in _CHECKS and not _CHECKS[type(each)](each):
                raise ValueError(f"{name} cannot be {each!r}")
    for name in ("cpu_percent", "memory_percent", "storage_percent"):
        if not 0 <= (known.get(name) or 0) <= 100:
            raise ValueError(f"{name} cannot be {known[name]!r}")
    return {name: value for name, value in known.items() if value != () or name in COMPLAINTS}


def _interface(one: Interface) -> bool:
    return (
        _name(one.name)
        and all(map(_network, one.addresses))
        and 0 <= one.mtu <= LARGEST_MTU
        and one.duplex in ("", "full", "half")
        and min(one.errors, one.flaps, one.speed_mbps) >= 0
        and (one.load_percent or 0) >= 0
        and all(-60 <= level <= 20 for level in (one.rx_dbm, one.rx_low_dbm) if level is not None)
    )


def _ospf_interface(one: OspfInterface) -> bool:
    return _name(one.name) and re.fullmatch(r"\S*", one.area) is not None


def _ospf_neighbor(one: OspfNeighbor) -> bool:
    known = one.state.lower().startswith(OSPF_STATES)
    return known and _address(one.router_id) and (not one.address or _address(one.address))


def _bgp_peer(one: BgpPeer) -> bool:
    known = not one.state or one.state.lower().startswith(BGP_STATES)
    return known and _address(one.address) and (not one.remote_as or re.fullmatch(r"[\d.]+", one.remote_as) is not None)


def _route(one: Route) -> bool:
    return not re.match(r"[\d.]+$|[\da-fA-F]*:", one.gateway) or _address(one.gateway)


def _neighbor(one: Neighbor) -> bool:
    """Some tell no port of their own, some no name; one who tells neither end of the link tells nothing."""
    ends = [one.interface or one.port, one.name or one.port or one.address]
    return all(map(_name, ends))


def _stp_port(one: StpPort) -> bool:
    return _name(one.interface) and one.role in STP_ROLES and one.state in STP_STATES


def _pool(one: Pool) -> bool:
    return bool(one.name) and one.size >= 0 and one.used >= 0


def _arp(one: Arp) -> bool:
    return _address(one.address) and len(re.sub(r"[^0-9a-fA-F]", "", one.mac)) == 12


def _name(text: str) -> bool:
    return bool(re.search(r"[^\W_]", text)) and len(text) <= 128 and "\n" not in text


def _address(text: str) -> bool:
    return _is(ip_address, text.partition("%")[0])


def _network(text: str) -> bool:
    return _is(ip_interface, text)


def _is(kind: Callable[[str], object], text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


_CHECKS: dict[type, Callable[[Any], bool]] = {
    Interface: _interface,
    OspfInterface: _ospf_interface,
    OspfNeighbor: _ospf_neighbor,
    BgpPeer: _bgp_peer,
    Route: _route,
    Neighbor: _neighbor,
    StpPort: _stp_port,
    Pool: _pool,
    Tunnel: lambda one: bool(one.name),
    Radio: lambda one: bool(one.name),
    Arp: _arp,
}
