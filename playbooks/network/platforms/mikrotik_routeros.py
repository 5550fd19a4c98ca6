"""MikroTik RouterOS 6 and 7 over its console. help.mikrotik.com/docs (Command Line Interface, Ethernet, OSPF, BGP,
DHCP, Health, Bridging and Switching), wiki.mikrotik.com for version 6. Thresholds of optics: SFF-8472 table 9-5.

An export has no end mark of its own; a comment is printed behind it by the same line of input, and kept, so that a
stored configuration can be proven whole again later.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, ip_interface
from math import log10
from typing import Any

from playbooks.network.facts import (
    Arp,
    BgpPeer,
    Interface,
    Neighbor,
    Note,
    OspfInterface,
    OspfNeighbor,
    Pool,
    Radio,
    Route,
    StpPort,
    Tunnel,
)
from playbooks.network.platforms.platform import ARMED_MINUTES, Change, Parser, Platform, Situation, duration_s
from playbooks.network.platforms.routeros_print import Table, blocks, entries, plain, properties, some, table
from playbooks.plans import Ladder

__all__ = ["PLATFORM", "entries"]

END = "# end of export"
_ADDRESS = r"\d+\.\d+\.\d+\.\d+"
_MAC = r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}"

Told = dict[str, str]


def identity(output: str) -> dict[str, Any]:
    told = properties(output)
    if len(told) > 1:
        raise ValueError("more than a name")
    return {"hostname": told["name"]}


def resource(output: str) -> dict[str, Any]:
    told = properties(output)
    shares = {
        "memory_percent": ("free-memory", "total-memory"),
        "storage_percent": ("free-hdd-space", "total-hdd-space"),
    }
    used = {
        fact: _used(told[free], told[total]) for fact, (free, total) in shares.items() if {free, total} <= set(told)
    }
    load = {"cpu_percent": float(told["cpu-load"].rstrip("%"))} if "cpu-load" in told else {}
    return {"version": told["version"], "uptime_s": duration_s(told["uptime"]), **load, **used}


def _used(free: str, total: str) -> float:
    """Per cent. Raises ValueError."""
    if not _size(total):
        raise ValueError("nothing in all")
    return round(100 * (1 - _size(free) / _size(total)), 1)


def _size(text: str) -> float:
    match = re.fullmatch(r"([\d.]{1,12})([KMGT]i)?B", text)
    if match is None:
        raise ValueError(f"not a size: {text!r}")
    return float(match[1]) * 1024.0 ** " KMGT".index((match[2] or " ")[0])


def routerboard(output: str) -> dict[str, Any]:
    told = properties(output)
    return {"model": told["model"], "serial": told.get("serial-number", "")}


def interfaces(output: str) -> dict[str, Any]:
    """Interfaces of any menu; where the type is told, also the dialled sessions among them."""
    found = some(output, "mtu|actual-mtu|mac-address|rx-byte|link-downs")
    facts: dict[str, Any] = {"interfaces": tuple(_interface(flags, told) for flags, told in found)}
    if any("type" in told for _, told in found):
        dialled = (_tunnel(told["type"], flags, told) for flags, told in found if told.get("type") in DIALLED)
        facts["tunnels"] = tuple(each for each in dialled if each)
    return facts


def _interface(flags: str, told: Told) -> Interface:
    mtu = told.get("actual-mtu") or told.get("mtu", "")
    return Interface(
        name=told["name"],
        enabled="X" not in flags,
        up="R" in flags and "X" not in flags,
        description=told.get("comment", ""),
        mtu=int(mtu) if mtu.isdigit() else 0,
        errors=_count(told, "rx-error") + _count(told, "tx-error"),
        flaps=int(told.get("link-downs") or 0),
        line=f"{flags or '-'} name={told['name']} link-downs={told.get('link-downs', '?')}",
    )


def _count(told: Told, key: str) -> int:
    """A counter; RouterOS parts the thousands by spaces."""
    return int(told.get(key, "").replace(" ", "") or 0)


DIALLED = {"pppoe-out": "pppoe", "pptp-out": "vpn", "l2tp-out": "vpn", "sstp-out": "vpn", "ovpn-out": "vpn"}
"""Interfaces that run only while their session stands; others (GRE, WireGuard) run whether or not anybody answers."""


def _tunnel(kind: str, flags: str, told: Told) -> Tunnel | None:
    line = f"{flags or '-'} name={told['name']} type={kind}"
    return None if "X" in flags else Tunnel(told["name"], DIALLED[kind], "R" in flags, line)


def clients(kind: str) -> Callable[[str], dict[str, Any]]:
    """Parser of `/interface ...-client print`, whose entries all are of one type."""

    def parse(output: str) -> dict[str, Any]:
        found = (_tunnel(kind, flags, told) for flags, told in some(output, "connect-to|user|interface"))
        return {"tunnels": tuple(each for each in found if each)}

    return parse


HANDSHAKE_S = 180
"""After so long without one WireGuard throws its keys away (Donenfeld, "WireGuard", section 6.1)."""


def wireguard_peers(output: str) -> dict[str, Any]:
    """Peers of which it is sure: a fresh handshake, or none although the peer is to be kept alive."""
    found = (_wireguard_peer(told) for flags, told in some(output) if "X" not in flags)
    return {"tunnels": tuple(each for each in found if each)}


def _wireguard_peer(told: Told) -> Tunnel | None:
    last = told.get("last-handshake", "")
    fresh = bool(last) and duration_s(last) <= HANDSHAKE_S
    if not fresh and not told.get("persistent-keepalive"):
        return None
    name = told.get("name") or told["interface"]
    return Tunnel(name, "vpn", fresh, f"interface={told['interface']} name={name} last-handshake={last or 'never'}")


def interface_table(output: str) -> dict[str, Any]:
    told = table(output)
    mtu = "ACTUAL-MTU" if "ACTUAL-MTU" in told.headings else "MTU"
    if told.headings[0] != "NAME" or mtu not in told.headings:
        raise ValueError("no interfaces in the table")
    rows = ((comment, *told.cells(line)) for comment, line in told.lines)
    return {
        "interfaces": tuple(
            _interface(flags, {"name": cells["NAME"], "mtu": cells.get(mtu, ""), "comment": comment})
            for comment, flags, cells in rows
        )
    }


def ethernet(output: str) -> dict[str, Any]:
    """`/interface ethernet monitor`, one port or one after the other."""
    ports = (_port(properties(block), block) for block in blocks(output, "name"))
    return {"interfaces": tuple(port for port in ports if port)}


def _port(told: Told, block: str) -> Interface | None:
    """Raises ValueError for several ports side by side, whose columns have gaps."""
    if len(told["status"].split()) != 1:
        raise ValueError(f"not a status: {told['status']!r}")
    if told["status"] not in ("link-ok", "no-link"):
        return None
    linked = told["status"] == "link-ok"
    light = re.fullmatch(r"(-?[\d.]+)dBm", told.get("sfp-rx-power", ""))
    rx = float(light[1]) if light else None
    return Interface(
        name=told["name"],
        up=linked,
        duplex={"yes": "full", "no": "half"}.get(told.get("full-duplex", ""), "") if linked else "",
        speed_mbps=_mbps(told["rate"]) if linked and told.get("rate") else 0,
        rx_dbm=rx,
        rx_low_dbm=None if rx is None else _warns_below(block, rx),
        line=" ".join(f"{key}={told[key]}" for key in ("name", "status", "rate", "full-duplex") if told.get(key)),
    )


def _mbps(rate: str) -> int:
    match = re.fullmatch(r"([\d.]{1,6})([MG])bps", rate)
    if match is None:
        raise ValueError(f"not a rate: {rate!r}")
    return int(float(match[1]) * (1000 if match[2] == "G" else 1))


def _warns_below(block: str, rx_dbm: float) -> float | None:
    """The optic's own low warning. RouterOS shows its monitoring page from byte 128 on; that it is this page is proven
    by the received power in it, which has to be the one that RouterOS read.
    """
    rows = re.findall(r"\b(00[0-9a-f]0): ((?:[0-9a-f]{2} +){16})", block)
    page = bytes.fromhex("".join(row for at, row in rows if at >= "0080"))
    if [at for at, _ in rows] != [f"00{digit:x}0" for digit in range(16)]:
        return None
    received, low = _dbm(page[104:106]), _dbm(page[38:40])
    return low if received is not None and low is not None and abs(received - rx_dbm) < 0.5 else None


def _dbm(raw: bytes) -> float | None:
    """Tenths of a microwatt, as SFF-8472 counts light."""
    power = int.from_bytes(raw, "big")
    return round(10 * log10(power / 10000), 1) if power else None


def addresses(output: str) -> dict[str, Any]:
    return _held(
        [(flags, told["interface"], told["address"]) for flags, told in some(output, "network|actual-interface")]
    )


def address_table(output: str) -> dict[str, Any]:
    told = table(output)
    if told.headings not in (("ADDRESS", "NETWORK", "INTERFACE"), ("ADDRESS", "NETWORK", "INTERFACE", "VRF")):
        raise ValueError(f"columns {told.headings}")
    vrf = r" +\S+" if "VRF" in told.headings else ""
    rows = _rows(told, rf"(?P<address>{_ADDRESS}/\d+) +{_ADDRESS} +(?P<interface>\S.*?){vrf}")
    return _held([(row["flags"], row["interface"], row["address"]) for row in rows])


def _rows(told: Table, shape: str) -> list[re.Match[str]]:
    """Lines of a table by what their cells look like: a longer flag or address pushes the rest out of its column."""
    found = [re.fullmatch(rf"\s*\d* *(?P<flags>[A-Za-z+ ]{{0,6}}?) *\b{shape} *", line) for _, line in told.lines]
    if not all(found):
        raise ValueError("a line that does not fit its headings")
    return [row for row in found if row]


def _held(rows: list[tuple[str, str, str]]) -> dict[str, Any]:
    held: dict[str, tuple[str, ...]] = {}
    for flags, interface, address in rows:
        if not set(flags) & {"X", "I"}:
            held[interface] = (*held.get(interface, ()), address)
    return {"interfaces": tuple(Interface(name=name, addresses=own) for name, own in held.items())}


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
    shape = rf"(?P<address>{_ADDRESS})(?: +(?P<mac>{_MAC}))? +(?P<interface>\S.*?){status}"
    rows = [(row["flags"], row.groupdict(default="")) for row in _rows(told, shape)]
    return {"arp": _answering((flags, cells | {"mac-address": cells["mac"]}) for flags, cells in rows)}


def _answering(rows: Any) -> tuple[Arp, ...]:
    told = [
        row for flags, row in rows if not set(flags) & {"X", "I"} and row.get("status") not in ("failed", "incomplete")
    ]
    known = [row for row in told if row.get("mac-address", "").strip("0:")]
    return tuple(Arp(row["address"], row["mac-address"], row["interface"]) for row in known)


def bridge_ports(output: str) -> dict[str, Any]:
    """The list of bridge ports and behind it each one's monitor; only one that is in its bridge has a role."""
    listed, *monitored = re.split(r"^(?=\s*interface: )", plain(output), maxsplit=1, flags=re.MULTILINE)
    ports = some(listed, "path-cost|priority|pvid|hw")
    members = [told for flags, told in ports if "X" not in flags and not told["interface"].startswith("*")]
    states = [properties(block) for text in monitored for block in blocks(text, "interface")]
    return {
        "interfaces": tuple(Interface(told["interface"], master=told["bridge"]) for told in members),
        "stp_ports": tuple(_stp_port(told) for told in states if told["status"] == "in-bridge"),
    }


def _stp_port(told: Told) -> StpPort:
    """IEEE 802.1D table 17-1: what neither learns nor forwards discards."""
    role = re.fullmatch(r"(root|designated|alternate|backup|disabled)-port", told["role"])
    if role is None or {told["learning"], told["forwarding"]} - {"yes", "no"}:
        raise ValueError(f"not a port: {told}")
    active = ("forwarding", told["forwarding"]), ("learning", told["learning"])
    return StpPort(told["interface"], role[1], next((state for state, on in active if on == "yes"), "discarding"))


def pools(output: str) -> dict[str, Any]:
    """Servers, pools and what is taken, printed one behind the other; newer versions of 7 count by themselves."""
    told = [told for _, told in some(output)]
    served = {each["address-pool"] for each in told if "address-pool" in each}
    taken = [each["pool"] for each in told if "pool" in each]
    found = (_pool(each, taken) for each in told if "ranges" in each and each["name"] in served)
    return {"dhcp_pools": tuple(found)}


def _pool(told: Told, taken: list[str]) -> Pool:
    size = sum(_range(each) for each in told["ranges"].split(","))
    used = int(told["used"]) if told.get("used") else taken.count(told["name"])
    return Pool(told["name"], int(told.get("total") or size), used)


def _range(text: str) -> int:
    if match := re.fullmatch(rf"{_ADDRESS}/(\d+)", text):
        return int(2 ** (32 - int(match[1])))
    first, _, last = text.partition("-")
    return _number(last or first) - _number(first) + 1


def _number(address: str) -> int:
    return int(IPv4Address(address))


def leases(output: str) -> dict[str, Any]:
    """A lease in conflict: the server found somebody else answering at its address."""
    told = [told for _, told in some(output, "server|status|last-seen")]
    if any("address" not in each and "mac-address" not in each for each in told):
        raise ValueError("not a lease")
    lines = ((each, each.get("active-address") or each["address"]) for each in told if each.get("status") == "conflict")
    return {
        "address_conflicts": tuple(
            Note(address, f"address={address} server={each.get('server', '')} status=conflict")
            for each, address in lines
        )
    }


def lease_table(output: str) -> dict[str, Any]:
    told = table(output)
    if told.headings[0] != "ADDRESS" or told.headings[-2:] != ("STATUS", "LAST-SEEN"):
        raise ValueError(f"columns {told.headings}")
    states = "(?: (?P<status>waiting|testing|authorizing|busy|offered|bound|declined|conflict))?"
    shape = rf"\s*\d+ +(?:[XRDB]+ +)?(?P<address>{_ADDRESS})? *.*?{states}(?: +(?:never|[\dwdhms]+))? *"
    found = [re.fullmatch(shape, line) for _, line in told.lines]
    if not all(found):
        raise ValueError("a line that is no lease")
    rows = [
        (row["address"], line.strip())
        for row, (_, line) in zip(found, told.lines, strict=True)
        if row and row["status"] == "conflict"
    ]
    return {"address_conflicts": tuple(Note(address, line) for address, line in rows)}


_TIME = r"(?:\w{3}/\d\d(?:/\d{4})? |\d{4}-\d\d-\d\d |\d\d-\d\d )?\d\d:\d\d:\d\d"
_DETAIL = re.compile(rf'\s*(?:\d+ )?time={_TIME} topics=(?P<topics>\S+) message="?(?P<message>.*?)"?\s*')
_PLAIN = re.compile(rf"\s*{_TIME} (?P<topics>[a-z0-9,!-]+) (?P<message>.*?)\s*")


def log(output: str) -> dict[str, Any]:
    """Loops that bridges and loop protection saw, addresses that the DHCP server found taken, servers it does not know.

    What no line of it speaks of is not denied: other commands tell how it stands now.
    """
    lines = [line for line in plain(output).splitlines() if line.strip()]
    told = [match for line in lines if (match := _DETAIL.fullmatch(line) or _PLAIN.fullmatch(line))]
    if lines and not told:
        raise ValueError("no line of a log")
    loops = r"(?:.*\bon )?(\S+?)(?=[: ]).*(?:probably loop|\bloop detected|looped packet)"
    seen = {
        "address_conflicts": _notes(told, "dhcp", rf"\bconflict\b.*?\bfor ({_ADDRESS})"),
        "dhcp_strangers": _notes(told, "dhcp", rf"unknown dhcp server.*?\bip ({_ADDRESS})"),
    }
    found = {name: notes for name, notes in seen.items() if notes}
    return {"loops": _notes(told, "interface|bridge|loop-protect", loops), **found}


def _notes(told: list[re.Match[str]], topic: str, shape: str) -> tuple[Note, ...]:
    about = [each for each in told if re.search(rf"\b(?:{topic})\b", each["topics"])]
    found = [(re.search(shape, each["message"]), each[0].strip()) for each in about]
    return tuple({match[1]: Note(match[1], line) for match, line in found if match}.values())


def strangers(output: str) -> dict[str, Any]:
    """DHCP servers that an alert of the device sees and does not know; it tells their MAC address."""
    alerts = [told for flags, told in some(output, "unknown-server|valid-server|alert-timeout") if "X" not in flags]
    found = [(told["interface"], told.get("unknown-server", "")) for told in alerts]
    seen = [(port, mac) for port, macs in found for mac in re.findall(_MAC, macs)]
    return {"dhcp_strangers": tuple(Note(mac, f"interface={port} unknown-server={mac}") for port, mac in seen)}


def health(output: str) -> dict[str, Any]:
    """Power supplies and fans that say that they are not well. Version 6 prints properties, version 7 a list."""
    states = _sensors(output)
    bad = [(name, value) for name, value in states.items() if name.endswith("-state") and value != "ok"]
    return {"alarms": tuple(Note(name, f"{name}: {value}") for name, value in bad)}


def _sensors(output: str) -> Told:
    if found := list(entries(output)):
        return {told["name"]: told["value"] for _, told in found}
    if "NAME" not in output:
        return _measured(properties(output)) if output.strip() else {}
    told = table(output)
    if told.headings[:2] != ("NAME", "VALUE"):
        raise ValueError(f"columns {told.headings}")
    rows = [re.fullmatch(r"\s*\d+ +(\S+)(?: +(\S+))?(?: +\S+)?", line) for _, line in told.lines]
    return {row[1]: row[2] or "" for row in rows if row}


def _measured(told: Told) -> Told:
    """Properties as version 6 prints them. Raises ValueError when none is a sensor's."""
    if not any(re.search(r"temperature|voltage|current$|consumption|^fan|^psu|-state$", name) for name in told):
        raise ValueError("no sensor in the output")
    return told


def clock(output: str) -> dict[str, Any]:
    """Whether NTP has set the clock. Who has turned NTP off may take the time from elsewhere (/ip cloud, GPS)."""
    told = properties(output)
    if told["enabled"] != "yes":
        return {"clock_synchronised": None, "clock_line": f"enabled: {told['enabled']}"}
    if "status" in told:
        return {"clock_synchronised": told["status"] == "synchronized", "clock_line": f"status: {told['status']}"}
    last = told.get("last-update-before", "")
    return {"clock_synchronised": bool(last), "clock_line": f"last-update-before: {last}"}


_RADIO = {"ssid", "mode", "radio-name", "radio-mac", "configuration", "configuration.mode", "configuration.ssid"}


def radios(output: str) -> dict[str, Any]:
    """`/interface wireless print` (or wifi) and behind it the registration table; stations are left out."""
    found = some(output)
    seen = [told["interface"] for _, told in found if "interface" in told and "name" not in told]
    own = [(flags, told) for flags, told in found if "name" in told]
    if not all(_RADIO & set(told) for _, told in own):
        raise ValueError("an interface that is no radio")
    own = [(flags, told) for flags, told in own if _serves(told)]
    return {"radios": tuple(Radio(told["name"], "X" not in flags, seen.count(told["name"])) for flags, told in own)}


def _serves(told: Told) -> bool:
    """Whether it is an access point: a profile that only is named does not say, and a CAPsMAN has the clients."""
    if told.get("comment", "").startswith("managed by CAPsMAN"):
        return False
    mode = told.get("mode") or told.get("configuration.mode") or ("" if told.get("configuration") else "ap")
    return mode in ("ap", "ap-bridge", "bridge")


GUARD = "pelihara-batal"
"""Name of the schedule that undoes an unconfirmed change."""


def enable_port(now: Situation) -> Change | None:
    name = now.finding.subject
    if not re.fullmatch(r"[A-Za-z0-9._/@+-]+", name):
        return None
    return Change((f"/interface enable {name}",), (f"/interface disable {name}",), f"Aktifkan {name}", name)


def add_default(now: Situation) -> Change | None:
    """A default route where none is left; one that leads elsewhere is for a person to judge."""
    then = (route.gateway for route in now.before.default_routes or () if route.protocol == "static")
    gateway = now.gateway or next(then, "")
    out = next((one for one in now.facts.interfaces if one.up and one.reaches(gateway)), None)
    if out is None or out.holds(gateway) or now.facts.default_routes:
        return None
    add = f"/ip route add dst-address=0.0.0.0/0 gateway={gateway} comment=pelihara"
    return Change((add,), ("/ip route remove [find comment=pelihara]",), f"Pasang rute default ke {gateway}")


def redial(now: Situation) -> Change | None:
    """Class A, once: hang up a session that does not come about, and dial again, in one line of input."""
    name = now.finding.subject
    if not re.fullmatch(r"[A-Za-z0-9._@+-]+", name) or not re.search(rf"\bname={re.escape(name)}(?=\s)", now.config):
        return None
    again = f"/interface pppoe-client disable {name}; /interface pppoe-client enable {name}"
    return Change((again,), (f"/interface pppoe-client enable {name}",), f"Dial ulang {name} satu kali", name, Ladder.A)


def forget_conflict(now: Situation) -> Change | None:
    """Class A: a lease that the server holds back, for somebody else answered at its address once."""
    address = now.finding.subject
    if not re.fullmatch(_ADDRESS, address) or "status=conflict" not in now.finding.evidence:
        return None
    remove = f"/ip dhcp-server lease remove [find where address={address} and status=conflict]"
    return Change((remove,), (), f"Lepaskan alamat {address} yang ditahan server DHCP", ladder=Ladder.A)


def widen_pool(now: Situation) -> Change | None:
    """Up to as many addresses again behind a pool's last one, as far as its own subnet goes and nobody is there."""
    name, links = now.finding.subject, now.facts.interfaces
    range_of = rf"^add (?:.* )?name={re.escape(name)} ranges=({_ADDRESS})-({_ADDRESS})(?= |$)"
    found = re.search(range_of, now.config, re.MULTILINE)
    if found is None or not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        return None
    first, last = IPv4Address(found[1]), IPv4Address(found[2])
    own = [ip_interface(address) for link in links if link.reaches(found[1]) for address in link.addresses]
    taken = {one.address for one in now.facts.arp} | {str(each.ip) for each in own}
    homes = [each.network for each in own if first in each.network]
    end = last
    while homes and int(end) - int(last) <= int(last) - int(first) and _free(end + 1, homes[0], taken):
        end += 1
    if end == last:
        return None
    menu = f'/ip pool set [find name="{name}"] ranges='
    summary = f"Perluas kolam DHCP {name} dari {last} sampai {end}"
    return Change((f"{menu}{first}-{end}",), (f"{menu}{first}-{last}",), summary)


def _free(address: IPv4Address, home: Any, taken: set[str]) -> bool:
    return address in home and address != home.broadcast_address and str(address) not in taken


def arm(inverse: tuple[str, ...]) -> tuple[str, ...]:
    """A schedule that runs once: it takes itself away with the change."""
    event = "; ".join((*inverse, f"/system scheduler remove {GUARD}")).replace("\\", "\\\\").replace('"', '\\"')
    return (f'/system scheduler add name={GUARD} interval={ARMED_MINUTES}m on-event="{event}"',)


EACH_PORT = ":foreach i in=[/interface ethernet find] do={/interface ethernet monitor $i once}"
"""One after the other: side by side their columns have gaps."""
BRIDGE_PORTS = (
    "/interface bridge port print terse without-paging; "
    ":foreach i in=[/interface bridge port find] do={/interface bridge port monitor $i once}"
)
OSPF = "/routing ospf interface print terse; /routing ospf neighbor print terse without-paging"
POOLS = "/ip dhcp-server print terse; /ip pool print terse; /ip pool used print terse without-paging"
CONFLICTS = "/ip dhcp-server lease print terse without-paging where status=conflict"
LOG = '/log print without-paging where message~"conflict|loop|unknown dhcp"'
WIRELESS = "/interface wireless print terse; /interface wireless registration-table print terse without-paging"
WIFI = "/interface wifi print terse; /interface wifi registration-table print terse without-paging"


LINKS = tuple(f"interface {menu}" for menu in "ethernet bridge vlan bonding wireguard vrrp gre eoip ipip".split())
"""Menus that show a part of the interfaces with what is special about them."""


def _printed(menu: str, read: Parser, columns: Parser | None = None) -> dict[str, Parser]:
    """Every form of `print`: in columns or as entries, whichever the version and the menu prefer."""

    def parse(output: str) -> dict[str, Any]:
        in_columns = columns and re.search(r"^\s*#\s+[A-Z]", output, re.MULTILINE)
        return columns(output) if columns and in_columns else read(output)

    return {f"{menu} print{form}": parse for form in ("", " brief", " terse", " detail")}


def _key(command: str) -> str:
    """As `Platform.command_key` spells it."""
    words = command.lower().lstrip("/").split()
    return " ".join(word for word in words if word != "without-paging")


_VALUE = (
    r"(?:\\\n\s*)?(?P<secret>\"(?s:[^\"\\]|\\.)*\"(?![^\s\\;)\]},])|\\\"(?s:[^\"])*?\\\""
    r"|(?:\\\n\s*|[^\s\"\\]|\\(?![\n\"]))+)"
)
"""A value in quotes, in a script's escaped quotes, or bare; it may begin on the next line."""
_KEYED = (
    r"(?<![\w-])(?:(?:[\w-]*-)?(?:password|secrets?|passphrase|pre-shared-key|preshared-key|private-key|protection-key"
    rf"|authentication-key|auth-key|md5-key|wep-key|static-key-\d)|key|pin|cak)={_VALUE}"
)
_COMMUNITY = (
    r"^/snmp community\n(?:(?:add|set) (?:[^\n\\]|\\[\s\S])*\n){%d}(?:add|set) (?:[^\n\\]|\\[\s\S])*?(?<![\w-])name="
    + _VALUE
)
"""The name of one entry of the list is a password too; which entry is left open."""


PLATFORM = Platform(
    name="mikrotik_routeros",
    config_command=f'/export; :put "{END}"',
    napalm="ros",
    shown_on="recordings",
    reads=(
        "/system identity print",
        "/system resource print",
        "/system routerboard print",
        "/interface print terse without-paging",
        "/interface print stats-detail without-paging",
        EACH_PORT,
        "/ip address print terse without-paging",
        "/ip route print terse without-paging",
        OSPF,
        "/routing bgp session print terse without-paging",
        "/routing bgp peer print status without-paging",
        "/ip neighbor print detail without-paging",
        "/ip arp print terse without-paging",
        BRIDGE_PORTS,
        POOLS,
        CONFLICTS,
        "/ip dhcp-server alert print terse without-paging",
        LOG,
        "/system health print",
        "/system ntp client print",
        WIRELESS,
        WIFI,
        "/interface wireguard peers print terse without-paging",
    ),
    parsers={
        "system identity print": identity,
        "system resource print": resource,
        "system routerboard print": routerboard,
        "system health print": health,
        "system ntp client print": clock,
        **_printed("interface", interfaces, interface_table),
        **{key: parser for menu in LINKS for key, parser in _printed(menu, interfaces, interface_table).items()},
        **{
            key: parser
            for kind in DIALLED
            for key, parser in _printed(f"interface {kind.removesuffix('-out')}-client", clients(kind)).items()
        },
        **_printed("interface wireguard peers", wireguard_peers),
        **_printed("ip address", addresses, address_table),
        **_printed("ip route", default_routes, route_table),
        **_printed("ip arp", arp, arp_table),
        **_printed("ip neighbor", neighbors),
        **_printed("ip dhcp-server lease", leases, lease_table),
        **_printed("ip dhcp-server alert", strangers),
        **_printed("routing ospf neighbor", ospf_neighbors),
        **_printed("routing ospf interface", ospf_interfaces),
        **_printed("routing ospf interface-template", ospf_interfaces),
        **_printed("routing bgp session", bgp_peers),
        "routing bgp peer print status": bgp_peers,
        "log print": log,
        "log print detail": log,
        "interface print stats-detail": interfaces,
        "interface ethernet monitor name once": ethernet,
        _key(EACH_PORT): ethernet,
        _key(BRIDGE_PORTS): bridge_ports,
        _key(OSPF): ospf,
        _key(POOLS): pools,
        _key(CONFLICTS): leases,
        _key(LOG): log,
        _key(WIRELESS): radios,
        _key(WIFI): radios,
    },
    first_line=r"^# .* by RouterOS ",
    last_line=END,
    section=r"^/[a-z].*",
    hostname=r"^/system identity\n(?:add|set) name=\"?([^\"\n]+?)\"?$",
    sections=(r"^/[a-z]",),
    volatile=rf"^(?:# .* by RouterOS .*|# software id = .*|{END}|\s*)$",
    secrets=(_KEYED, *(_COMMUNITY % place for place in range(12))),
    refused=r"^[ \t]*(?:bad command name|syntax error|expected |failure: |input does not match|invalid value"
    r"|no such item|ambiguous value|bad parameter|not enough permissions|interrupted|missing value|value of )",
    resolve=":put [:resolve {name} server={server}]",
    resolved=r"^(?:\d+\.\d+\.\d+\.\d+|[0-9a-f:]*:[0-9a-f:]+)\s*$|\bname (?:does not exist|exists)\b",
    unresolved=r"^failure: .*\b(?:timeout|timed out|server failure|refused)\b",
    ping="/ping {address} count={count} interval=100ms",
    repairs={
        "link.admin_down": enable_port,
        "route.default_missing": add_default,
        "pppoe.down": redial,
        "ip.conflict": forget_conflict,
        "dhcp.pool_exhausted": widen_pool,
    },
    arm=arm,
    disarm=(f"/system scheduler remove {GUARD}",),
    undo="penjadwal kebalikan dipasang di perangkat sebelum perubahan dan dihapus setelah terbukti baik",
)
