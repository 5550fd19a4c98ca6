"""RouterOS's ways: default routes, OSPF, BGP, neighbours and who answers for an address."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from playbooks.network.facts import Arp, BgpPeer, Neighbor, OspfInterface, OspfNeighbor, Route
from playbooks.network.platforms.platform import duration_s
from playbooks.network.platforms.routeros_print import ADDRESS, MAC, Told, rows_like, some, table


def default_routes(output: str) -> dict[str, Any]:
    """Ways out for what has no other: those of the main table that lead somewhere."""
    routes = (_routes(flags, told) for flags, told in some(output, "dst-address") if _is_default(told))
    return {"default_routes": tuple(route for several in routes for route in several)}


def _is_default(told: Told) -> bool:
    main = not told.get("routing-mark") and told.get("routing-table", "main") == "main"
    return told.get("dst-address") in ("0.0.0.0/0", "::/0") and main and "gateway" in told


def _routes(flags: str, told: Told) -> list[Route]:
    """One for each gateway: several share the load."""
    return [_route(flags, told, gateway) for gateway in told["gateway"].split(",")]


def _route(flags: str, told: Told, gateway: str) -> Route:
    hop, _, out = re.sub(r"@[\w.-]+$", "", gateway).partition("%")
    via = re.search(rf"{re.escape(hop)} reachable via +([^,]+)", told.get("gateway-status", ""))
    immediate = re.search(rf"(?:^|,){re.escape(hop)}%([^,]+)", told.get("immediate-gw", ""))
    named = "" if re.match(r"[\d.]+$|[0-9a-fA-F]*:", hop) else hop
    return Route(
        prefix=told["dst-address"],
        gateway=hop,
        interface=out or (via or immediate or ["", ""])[1] or named or told.get("vrf-interface", ""),
        protocol=_protocol(flags),
        active="A" in flags,
        distance=int(told.get("distance") or 1),
    )


def _protocol(flags: str) -> str:
    """Static is what somebody wrote; version 6 marks a default route learnt by DHCP or PPPoE as dynamic and static."""
    words = {"s": "static", "S": "static", "d": "dhcp", "v": "vpn", "o": "ospf", "b": "bgp", "r": "rip"}
    return "" if {"D", "S"} <= set(flags) else next((words[flag] for flag in flags if flag in words), "")


def route_table(output: str) -> dict[str, Any]:
    told = table(output)
    expected = ("DST-ADDRESS", "PREF-SRC", "GATEWAY", "DISTANCE"), ("DST-ADDRESS", "GATEWAY", "DISTANCE")
    if told.headings not in (*expected, ("DST-ADDRESS", "GATEWAY", "ROUTING-TABLE", "DISTANCE")):
        raise ValueError(f"columns {told.headings}")
    mark = r" +(?P<table>\S+)" if "ROUTING-TABLE" in told.headings else ""
    shape = rf"\s*\d* *(?P<flags>[A-Za-z+ ]*?) *\b0\.0\.0\.0/0 +(?P<gateway>\S+){mark} +(?P<distance>\d+)"
    lines = [line for _, line in told.lines if re.search(r"(?<![\d.])0\.0\.0\.0/0\s", line)]
    found = [re.fullmatch(shape, line) for line in lines]
    routes = [(row["flags"], row.groupdict(default="")) for row in found if row]
    if len(routes) < len(lines):
        raise ValueError("a default route that does not fit the headings")
    main = [
        (flags, cells | {"dst-address": "0.0.0.0/0"}) for flags, cells in routes if cells.get("table") in (None, "main")
    ]
    return {"default_routes": tuple(route for flags, cells in main for route in _routes(flags, cells))}


def ospf_neighbors(output: str) -> dict[str, Any]:
    return {"ospf_neighbors": tuple(_neighbor(told) for _, told in some(output, "router-id"))}


def _neighbor(told: Told) -> OspfNeighbor:
    address, _, interface = told["address"].partition("%")
    return OspfNeighbor(told.get("router-id", ""), address, told.get("interface", interface), told["state"])


def ospf_interfaces(output: str) -> dict[str, Any]:
    live = [
        (flags, told)
        for flags, told in some(output, "area|hello-interval|network-type|type")
        if not set(flags) & {"X", "I"}
    ]
    return {"ospf_interfaces": tuple(one for flags, told in live for one in _ospf_interfaces(flags, told))}


def _ospf_interfaces(flags: str, told: Told) -> list[OspfInterface]:
    """Version 6 names the interface, version 7 writes it behind its address; a template is for several."""
    names = told.get("interfaces") or told.get("interface") or told["address"].partition("%")[2]
    return [_ospf_interface(name, flags, told) for name in names.split(",") if name]


def _ospf_interface(name: str, flags: str, told: Told) -> OspfInterface:
    kind = told.get("network-type") or told.get("type", "")
    return OspfInterface(
        name=name,
        area=told.get("area", ""),
        hello_s=int(duration_s(told.get("hello-interval", "0s"))),
        dead_s=int(duration_s(told.get("dead-interval", "0s"))),
        passive="P" in flags or any("passive" in value.split() for key, value in told.items() if key != "comment"),
        kind=kind.partition(" ")[0],
    )


def ospf(output: str) -> dict[str, Any]:
    """Interfaces and behind them neighbours, so that each link knows how many it has."""
    found = some(output)
    around = tuple(_neighbor(told) for _, told in found if "router-id" in told)
    links = [one for flags, told in found if "hello-interval" in told and not set(flags) & {"X", "I"}
             for one in _ospf_interfaces(flags, told)]  # fmt: skip
    if len(around) + sum("hello-interval" in told for _, told in found) < len(found):
        raise ValueError("neither a link nor a neighbour")
    return {"ospf_interfaces": tuple(_counted(one, around) for one in links), "ospf_neighbors": around}


def _counted(link: OspfInterface, around: tuple[OspfNeighbor, ...]) -> OspfInterface:
    """Version 7 does not say on which link a neighbour is: then not the kind either, lest a link counts as alone."""
    if any(not neighbor.interface for neighbor in around):
        return replace(link, kind="")
    return replace(link, neighbors=sum(neighbor.interface == link.name for neighbor in around))


def bgp_peers(output: str) -> dict[str, Any]:
    return {
        "bgp_peers": tuple(
            _peer(flags, told) for flags, told in some(output, "remote-as|remote.as") if "X" not in flags
        )
    }


def _peer(flags: str, told: Told) -> BgpPeer:
    """Peers of version 6, sessions of version 7. One that is not established and says no more has no state."""
    address = (told.get("remote-address") or told["remote.address"]).partition("@")[0]
    remote_as = told.get("remote-as") or told.get("remote.as", "")
    state = told.get("state") or ("established" if "E" in flags else "")
    return BgpPeer(address, remote_as, state, f"{address} AS {remote_as} {state or 'belum established'}")


def neighbors(output: str) -> dict[str, Any]:
    return {"neighbors": tuple(_seen(told) for _, told in some(output, "identity|platform|age"))}


def _seen(told: Told) -> Neighbor:
    """The port comes before the bridge it belongs to."""
    return Neighbor(
        interface=told["interface"].partition(",")[0],
        name=told.get("identity") or told["mac-address"],
        port=told.get("interface-name", ""),
        address=told.get("address4") or told.get("address", ""),
        platform=told.get("platform", ""),
    )


def arp(output: str) -> dict[str, Any]:
    return {"arp": _answering((flags, told) for flags, told in some(output, "address", "interface"))}


def arp_table(output: str) -> dict[str, Any]:
    told = table(output)
    if told.headings not in (
        ("ADDRESS", "MAC-ADDRESS", "INTERFACE"),
        ("ADDRESS", "MAC-ADDRESS", "INTERFACE", "STATUS"),
    ):
        raise ValueError(f"columns {told.headings}")
    status = r"(?: +(?P<status>[a-z]+))?" if "STATUS" in told.headings else ""
    shape = rf"(?P<address>{ADDRESS})(?: +(?P<mac>{MAC}))? +(?P<interface>\S.*?){status}"
    rows = [(row["flags"], row.groupdict(default="")) for row in rows_like(told, shape)]
    return {"arp": _answering((flags, cells | {"mac-address": cells["mac"]}) for flags, cells in rows)}


def _answering(rows: Any) -> tuple[Arp, ...]:
    told = [
        row for flags, row in rows if not set(flags) & {"X", "I"} and row.get("status") not in ("failed", "incomplete")
    ]
    known = [row for row in told if row.get("mac-address", "").strip("0:")]
    return tuple(Arp(row["address"], row["mac-address"], row["interface"]) for row in known)
