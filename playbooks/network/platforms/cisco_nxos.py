"""Cisco NX-OS (Nexus). ntc-templates read the tables; what they cannot read is not a fact.

cisco.com: Nexus 9000 Series NX-OS Command References; System Management Configuration Guide, "Configuring Rollback" and
"Configuring the Scheduler". No way back that the switch takes by itself is small enough: the scheduler wants a feature
and jobs written into the configuration, `configure replace ... commit-timeout` replaces all of it. So no repairs here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from playbooks.network.facts import Arp, BgpPeer, Interface, Neighbor, Note, OspfInterface, OspfNeighbor, Route, StpPort
from playbooks.network.platforms import tables
from playbooks.network.platforms.cisco_tables import bundles
from playbooks.network.platforms.platform import Platform, duration_s
from playbooks.network.platforms.proof import Rest
from playbooks.network.platforms.text import needed, optional

_HEAD = re.compile(
    r"^(?P<name>[A-Za-z]\S*\d) is (?P<state>up|trunking|down|administratively down)"
    r"(?: \((?P<why>.*?)\))?"
    r"(?:, line protocol is (?P<protocol>up|down)(?:, autostate \w+)?)?,?\s*$",
    re.MULTILINE,
)
_IP_HEAD = re.compile(
    r"^(?P<name>\S+), Interface status: protocol-(?P<protocol>up|down)/link-(?P<link>up|down)/admin-(?P<admin>up|down)",
    re.MULTILINE,
)
_BRIEF = (
    re.compile(r"(?P<name>(?:Eth|Po)\S+) +\S+ +eth +\S+ +(?P<state>up|down) +(?P<why>\S.*?) +(?P<speed>\S+\(.\)) +\S+"),
    re.compile(r"(?P<name>mgmt\d+) +\S+ +(?P<state>up|down) +(?P<why>\S+) +(?P<speed>\S+) +\d+"),
    re.compile(r"(?P<name>Vlan\d+) +\S+ +(?P<state>up|down) +(?P<why>\S.*)"),
    re.compile(r"(?P<name>(?:nve|mti)\d+) +(?P<state>up|down) +(?P<why>\S.*?) +\d+(?: +\S+)?"),
    re.compile(r"(?P<name>Lo\d+) +(?P<state>up|down)(?P<why>(?: .*)?)"),
)
_BRIEF_HEADS = re.compile(r"-+|(?:Port|Ethernet|Interface|Port-channel)\b.*|pw\d+ .*|")
_HOP = re.compile(
    r"^ +(?P<best>\*{0,2})via (?P<to>[\d.]+|Null0)(?:%[^,\s]+)?,(?: (?P<out>[A-Z][^,\s]*),)? "
    r"\[(?P<distance>\d+)/\d+\], [^,]+, (?P<protocol>[^,\s]+)"
)
_RX = re.compile(r"^ *Rx Power +(-?[\d.]+) dBm *(?:[-+]{1,2} *)?((?:-?[\d.]+ dBm\s*){4})$", re.MULTILINE)
_STP = re.compile(r"(?P<port>[A-Z][a-z]+\d\S*) +(?P<role>[A-Z][a-z]{3}) +(?P<state>[A-Z]{3})\*? *\d+ +\d+\.\d+ ")
_ROLES = {"Root": "root", "Desg": "designated", "Altn": "alternate", "Back": "backup", "Disa": "disabled"}
_STATES = {"FWD": "forwarding", "BLK": "blocking", "LRN": "learning", "LIS": "listening", "DIS": "disabled"}
_WELL = {"ok", "powered-up", "present", "absent", "none", "n/a", "--"}
"""An empty slot is no fault."""

_rows = partial(tables.rows, "cisco_nxos")
_first = partial(optional, flags=re.IGNORECASE)


def version(output: str) -> dict[str, Any]:
    (told,) = _rows("show version", output)
    return {
        "hostname": told["hostname"],
        "version": told["os"].partition(" ")[0],
        "uptime_s": duration_s(told["uptime"]),
        "restart_reason": told["last_reboot_reason"],
        "model": _first(r"^ +cisco (\S.*?)(?: chassis\b.*| \(\".*)?\s*$", output),
    }


def inventory(output: str) -> dict[str, Any]:
    told = needed(r'^NAME: "Chassis", .*\n *PID: (\S+) *, *VID: .*, *SN: (\S+)', output)
    return {"model": told[1], "serial": told[2]}


def interfaces(output: str) -> dict[str, Any]:
    heads = list(_HEAD.finditer(output))
    if not heads or len(heads) != len(re.findall(r"^(?!admin )\S[^:\n]* is ", output, re.MULTILINE)):
        raise ValueError("an interface whose state cannot be read")
    return {"interfaces": tuple(_interface(head, body) for head, body in _bodies(heads, output))}


def _bodies(heads: list[re.Match[str]], output: str) -> Iterator[tuple[re.Match[str], str]]:
    ends = [*(head.start() for head in heads[1:]), len(output)]
    return ((head, output[head.end() : end]) for head, end in zip(heads, ends, strict=True))


def _interface(head: re.Match[str], body: str) -> Interface:
    if not body.strip():
        raise ValueError(f"{head['name']} is cut off")
    up = head["state"] in ("up", "trunking") and head["protocol"] in (None, "up")
    why = head["why"] or ""
    admin = _first(r"^ *admin state(?: is|:) (up|down)", body)
    speed = _first(r"-duplex, ([\d.]+ ?[GM])b/s", body)
    mbps = _mbps(speed.replace(" ", ""))
    return Interface(
        name=head["name"],
        enabled=admin != "down" and "administratively" not in f"{head['state']} {why}".lower(),
        up=up,
        description=_first(r"^ +(?:Port )?description(?: is|:) (.*?)\s*$", body),
        mtu=int(_first(r"^ +MTU (\d+) bytes", body) or 0),
        addresses=tuple(re.findall(r"^ +Internet [Aa]ddress is ([\d.]+/\d+)", body, re.MULTILINE)),
        errors=sum(map(int, re.findall(r"\b(\d+) (?:(?:in|out)put error\b|errors$)", body, re.MULTILINE))),
        duplex=_first(r"^ +(full|half)-duplex", body),
        speed_mbps=mbps,
        error_disabled=why if re.search(r"err(or)?[ -]?disabled?", why, re.IGNORECASE) else "",
        load_percent=_load(body, mbps) if up and mbps else None,
        master=_first(r"^ +Belongs to (\S+)", body),
        line=head[0].strip(),
    )


def _load(body: str, mbps: int) -> float | None:
    rates = [_first(rf"\b{way} rate (\d+) bits/sec", body) for way in ("input", "output")]
    return round(max(map(int, rates)) / mbps / 10_000, 1) if all(rates) else None


def _mbps(text: str) -> int:
    """Mbit/s of 10G, a-1000, 40G(D) or 1000M; 0 when none is told (auto)."""
    match = re.fullmatch(r"(?:a-)?([\d.]+)([GM]?)(?:\(.\))?", text)
    return int(float(match[1]) * (1000 if match[2] == "G" else 1)) if match else 0


def interface_status(output: str) -> dict[str, Any]:
    """Tunnels stand in a table of their own, whose reason tells what was switched off."""
    off = set(re.findall(r"^(Tunnel\d+) .* admin down +\S", output, re.MULTILINE))
    rows = _rows("show interface status", output)
    return {"interfaces": tuple(_status(row, row["port"] in off) for row in rows)}


def _status(told: dict[str, Any], off: bool) -> Interface:
    status = told["status"]
    return Interface(
        name=told["port"],
        enabled=status != "disabled" and not off,
        up=status == "connected",
        description="" if told["name"] == "--" else told["name"],
        duplex=told["duplex"] if told["duplex"] in ("full", "half") else "",
        speed_mbps=_mbps(told["speed"]),
        error_disabled=status if "err" in status.lower() else "",
        line=f"{told['port']} {status}",
    )


def errdisabled(output: str) -> dict[str, Any]:
    head = needed(r"^Port +Name +Status +(?=Reason)", output)
    lines = re.findall(r"^([A-Z][a-z]+\d\S*) .*$", output, re.MULTILINE)
    reasons = [line[len(head[0]) :].strip() for line in output.splitlines() if re.match(r"[A-Z][a-z]+\d", line)]
    if not all(reasons):
        raise ValueError("a port without a reason")
    return {
        "interfaces": tuple(
            Interface(name, up=False, error_disabled=why, line=f"{name} {why}")
            for name, why in zip(lines, reasons, strict=True)
        )
    }


def interface_brief(output: str) -> dict[str, Any]:
    lines = [line.strip() for line in output.splitlines()]
    return {"interfaces": tuple(_brief(line) for line in lines if not _BRIEF_HEADS.fullmatch(line))}


def _brief(line: str) -> Interface:
    told = next((match for pattern in _BRIEF if (match := pattern.fullmatch(line))), None)
    if told is None:
        raise ValueError(f"not an interface: {line!r}")
    fields = told.groupdict()
    return Interface(
        name=told["name"],
        enabled=not told["why"].lower().startswith("administratively"),
        up=told["state"] == "up",
        speed_mbps=_mbps(fields.get("speed") or ""),
        line=line,
    )


def ip_interfaces(output: str) -> dict[str, Any]:
    heads = list(_IP_HEAD.finditer(output))
    if not heads or len(heads) != output.count("Interface status: "):
        raise ValueError("an interface whose state cannot be read")
    return {"interfaces": tuple(_ip_interface(head, body) for head, body in _bodies(heads, output))}


def _ip_interface(head: re.Match[str], body: str) -> Interface:
    found = re.findall(r"^ *IP address: ([\d.]+), IP subnet: [\d.]+(/\d+)", body, re.MULTILINE)
    return Interface(
        name=head["name"],
        enabled=head["admin"] == "up",
        up=head["link"] == head["protocol"] == "up",
        mtu=int(_first(r"^ *IP MTU: (\d+) bytes \(using link MTU\)", body) or 0),
        addresses=tuple(address + length for address, length in found),
        line=head[0],
    )


def ip_brief(output: str) -> dict[str, Any]:
    """Addresses stand without their length here, so they tell no subnet."""
    needed(r"^IP Interface Status for VRF ", output)
    pattern = r"^(\S+) +(?:[\d.]+|unnumbered) +protocol-(up|down)/link-(up|down)/admin-(up|down)"
    return {"interfaces": _states(pattern, output, output.count("protocol-"))}


def ipv6_brief(output: str) -> dict[str, Any]:
    needed(r"^IPv6 Interface Status for VRF ", output)
    count = len(re.findall(r" (?:up|down)/\S+/\S+\s*$", output, re.MULTILINE))
    return {"interfaces": _states(r"^(\S+) +[0-9a-fA-F:]+ +(up|down)/(up|down)/(up|down)", output, count)}


def _states(pattern: str, output: str, count: int) -> tuple[Interface, ...]:
    found = list(re.finditer(pattern, output, re.MULTILINE))
    if len(found) != count:
        raise ValueError("an interface whose state cannot be read")
    return tuple(
        Interface(each[1], enabled=each[4] == "up", up=each[2] == each[3] == "up", line=each[0]) for each in found
    )


def optics(output: str) -> dict[str, Any]:
    """Of an optic with several lanes the darkest counts."""
    parts = re.split(r"^([A-Z][a-z]+\d\S*)[ \t]*\n", output, flags=re.MULTILINE)
    found = [(name, _RX.findall(body)) for name, body in zip(parts[1::2], parts[2::2], strict=True)]
    if not any(lanes for _, lanes in found):
        raise ValueError("no light is told")
    needed(r"^ +Alarms +Warnings\s*\n +High +Low +High +Low", output)
    return {"interfaces": tuple(_optic(name, lanes) for name, lanes in found if lanes)}


def _optic(name: str, lanes: list[tuple[str, str]]) -> Interface:
    power, limits = min(lanes, key=lambda lane: float(lane[0]))
    return Interface(name, rx_dbm=float(power), rx_low_dbm=float(limits.split()[6]))


_LLDP = r"^Device ID +Local Intf +Hold-time"
_CDP = r"^Device[- ]ID +Local Intrfce +Ho?ldti?me"


def neighbors(heading: str, command: str, output: str) -> dict[str, Any]:
    needed(heading, output)
    return {"neighbors": tuple(map(_neighbor, _rows(command, output)))}


def _neighbor(told: dict[str, Any]) -> Neighbor:
    name = told.get("neighbor_name") or (told.get("chassis_id", "") if "platform" in told else "")
    return Neighbor(
        interface=told["local_interface"],
        name="" if name in ("null", "not advertised") else name,
        port=told["neighbor_interface"],
        address=next((a for a in map(told.get, ("interface_ip", "mgmt_address")) if a and a != "not advertised"), ""),
        platform=told.get("platform", ""),
    )


def arp(command: str, output: str) -> dict[str, Any]:
    """Who did not answer stands there as INCOMPLETE."""
    rows = [row for row in _rows(command, output) if row["mac_address"] != "INCOMPLETE"]
    return {"arp": tuple(Arp(row["ip_address"], row["mac_address"], row["interface"]) for row in rows)}


def ospf_neighbors(output: str) -> dict[str, Any]:
    rows = _rows("show ip ospf neighbor", output)
    return {
        "ospf_neighbors": tuple(
            OspfNeighbor(r["neighbor_id"], r["ip_address"], r["interface"], r["state"]) for r in rows
        )
    }


def ospf_interfaces(output: str) -> dict[str, Any]:
    rows = _rows("show ip ospf interface brief", output)
    return {
        "ospf_interfaces": tuple(
            OspfInterface(
                r["interface"], r["area"], kind="P2P" if r["state"] == "P2P" else "", neighbors=int(r["neighbors_fc"])
            )
            for r in rows
        )
    }


def bgp_peers(command: str, output: str) -> dict[str, Any]:
    needed(r"^Neighbor +V +AS +(?:MsgRcvd|Msg)", output)
    return {"bgp_peers": tuple(map(_peer, _rows(command, output)))}


def _peer(told: dict[str, Any]) -> BgpPeer:
    shown = told["state_pfxrcd"]
    state = "Established" if shown.isdigit() else shown
    return BgpPeer(told["bgp_neigh"], told["neigh_as"], state, f"{told['bgp_neigh']} AS {told['neigh_as']} {shown}")


def bgp_neighbors(output: str) -> dict[str, Any]:
    parts = re.split(r"^(?=BGP neighbor is )", output, flags=re.MULTILINE)[1:]
    if not parts:
        raise ValueError("no BGP neighbour")
    return {"bgp_peers": tuple(map(_long_peer, parts))}


def _long_peer(text: str) -> BgpPeer:
    peer = needed(r"^BGP neighbor is ([0-9a-fA-F.:]+),  ?remote AS ([\d.]+)", text)
    state = needed(r"^ +BGP state = ([^,\n]+?)(?:,.*)?\s*$", text)
    return BgpPeer(peer[1], peer[2], state[1], f"{peer[0]}; {state[0].strip()}")


def default_routes(output: str) -> dict[str, Any]:
    """Those of the default VRF; the management VRF's carries no office's traffic."""
    table = needed(r'^IP Route Table for VRF "default"\n((?:(?!IP Route Table for VRF ).*(?:\n|\Z))*)', output)[1]
    found = re.search(r"^ *0\.0\.0\.0/0, .*\n((?: .*(?:\n|\Z))*)", table, re.MULTILINE)
    if (found is None) != ("0.0.0.0/0" not in table) or (found and not found[1]):
        raise ValueError("a default route that cannot be read")
    if not re.search(r"^ *[\d.]+/\d+, ", table, re.MULTILINE):
        raise ValueError("a table without any route")
    lines = found[1].splitlines() if found else []
    return {"default_routes": tuple(_route(line) for line in lines if line.strip())}


def _route(line: str) -> Route:
    told = needed(_HOP, line)
    gateway = "" if told["to"] == "Null0" else told["to"]
    out = told["out"] or ("" if gateway else told["to"])
    return Route("0.0.0.0/0", gateway, out, told["protocol"], bool(told["best"]), int(told["distance"]))


def stp_ports(output: str) -> dict[str, Any]:
    ports, instance = [], ""
    for line in output.splitlines():
        if head := re.fullmatch(r"(VLAN\d+|MST\d+)\s*", line):
            instance = head[1]
        elif port := _STP.match(line):
            ports.append(StpPort(port["port"], _ROLES[port["role"]], _STATES[port["state"]], instance))
    if not ports:
        raise ValueError("no ports of a spanning tree")
    return {"stp_ports": tuple(ports)}


def load(output: str) -> dict[str, Any]:
    idle = float(needed(r"^CPU states +: .*?([\d.]+)% idle", output)[1])
    memory = needed(r"^Memory usage: +(\d+)K total, +(\d+)K used", output)
    return {
        "cpu_percent": round(100 - idle, 1),
        "memory_percent": round(int(memory[2]) / int(memory[1]) * 100, 1),
    }


def storage(output: str) -> dict[str, Any]:
    told = needed(
        r"^Usage for bootflash:\S*\s*\n *(\d+) bytes used\s*\n *\d+ bytes free\s*\n *(\d+) bytes total", output
    )
    return {"storage_percent": round(int(told[1]) / int(told[2]) * 100, 1)}


def environment(output: str) -> dict[str, Any]:
    rows = _rows("show environment", output)
    names = (
        ("catu daya", "power_supply", "power_supply_status"),
        ("kipas", "fan", "fan_status"),
        ("suhu", "temperature_sensor", "temperature_status"),
    )
    told = [(what, row[part], row[status]) for row in rows for what, part, status in names if row[status]]
    return {"alarms": _unwell(told)}


def temperature(output: str) -> dict[str, Any]:
    rows = _rows("show environment temperature", output)
    return {"alarms": _unwell([("suhu", row["sensor"], row["status"]) for row in rows])}


def _unwell(told: list[tuple[str, str, str]]) -> tuple[Note, ...]:
    bad = [each for each in told if each[2].lower() not in _WELL]
    return tuple(Note(f"{what} {part}", f"{part} {status}") for what, part, status in bad)


def clock(output: str) -> dict[str, Any]:
    needed(r"selected for synchronization", output)
    peers = re.findall(r"^[*+=-]?\S*\d\S* +\S+ +\d+ +\d+ +\d+ .*$", output, re.MULTILINE)
    if not peers:
        raise ValueError("no time server is configured")
    chosen = next((line for line in peers if line.startswith("*")), "")
    return {"clock_synchronised": bool(chosen), "clock_line": (chosen or peers[0]).strip()}


PLATFORM = Platform(
    name="cisco_nxos",
    prompt=r"NAME(?:\([^()\s]+\))*[>#] ?",
    paging=("terminal length 0", "terminal width 511"),
    napalm="nxos_ssh",
    shown_on="recordings",
    config_command="show running-config",
    reads=(
        "show version",
        "show inventory",
        "show interface",
        "show interface status err-disabled",
        "show interface transceiver details",
        "show ip interface vrf all",
        "show lldp neighbors detail",
        "show cdp neighbors detail",
        "show ip route 0.0.0.0/0",
        "show ip ospf interface brief vrf all",
        "show ip ospf neighbors vrf all",
        "show ip bgp summary vrf all",
        "show spanning-tree",
        "show ip arp vrf all",
        "show system resources",
        "dir bootflash:",
        "show environment",
        "show ntp peer-status",
    ),
    parsers={
        "show version": version,
        "show inventory": inventory,
        "show interface": interfaces,
        "show interface status": interface_status,
        "show interface status err-disabled": errdisabled,
        "show port-channel summary": bundles,
        "show interface brief": interface_brief,
        "show interface transceiver": optics,
        "show interface transceiver details": optics,
        "show ip interface": ip_interfaces,
        "show ip interface vrf all": ip_interfaces,
        "show ip interface brief": ip_brief,
        "show ip interface brief vrf all": ip_brief,
        "show ipv6 interface brief": ipv6_brief,
        "show lldp neighbors": partial(neighbors, _LLDP, "show lldp neighbors"),
        "show lldp neighbors detail": partial(neighbors, r"^Chassis id: ", "show lldp neighbors detail"),
        "show cdp neighbors": partial(neighbors, _CDP, "show cdp neighbors"),
        "show cdp neighbors detail": partial(neighbors, r"^Device ID:", "show cdp neighbors detail"),
        "show ip route": default_routes,
        "show ip route 0.0.0.0/0": default_routes,
        "show ip ospf interface brief": ospf_interfaces,
        "show ip ospf interface brief vrf all": ospf_interfaces,
        "show ip ospf neighbor": ospf_neighbors,
        "show ip ospf neighbors": ospf_neighbors,
        "show ip ospf neighbors vrf all": ospf_neighbors,
        "show ip bgp summary": partial(bgp_peers, "show ip bgp summary"),
        "show ip bgp summary vrf": partial(bgp_peers, "show ip bgp summary vrf"),
        "show ip bgp summary vrf all": partial(bgp_peers, "show ip bgp summary vrf"),
        "show ip bgp neighbors": bgp_neighbors,
        "show spanning-tree": stp_ports,
        "show ip arp": partial(arp, "show ip arp"),
        "show ip arp vrf all": partial(arp, "show ip arp"),
        "show ip arp detail": partial(arp, "show ip arp detail"),
        "show ip arp detail vrf all": partial(arp, "show ip arp detail vrf all"),
        "show ip adjacency": partial(arp, "show ip adjacency"),
        "show system resources": load,
        "dir": storage,
        "dir bootflash:": storage,
        "show environment": environment,
        "show environment temperature": temperature,
        "show ntp peer-status": clock,
    },
    first_line=r"^version \d",
    last_line="",
    proof=Rest("{shown} | begin {word}"),
    hostname=r"^(?:hostname|switchname) (\S+)",
    sections=(r"^version \d", r"^interface "),
    noise=r"\A(?:\s*\n|!(?:Command|Running configuration|Startup config|No configuration|Time)[^\n]*\n)*",
    volatile=r"^(?:!.*|\s*)$",
    secrets=(
        r"^(?![ \t]*(?:no |!|description |remark ))[ \t]*+(?:.*?[ \t])?"
        r"(?:password|secret|passphrase|key-string|key-octet-string|pre-shared-key|authentication-key(?: \d+ md5)?"
        r"|message-digest-key \d+ md5|authentication text|ah-md5) "
        r"(?!strength-check|prompt|secure-mode|lifetime|min-length|max-length|grace|warn|change)"
        r"(?:[\d.]+ (?=[0-9] ))?(?:[0-9] )?"
        r"(?P<secret>\"[^\"\n]*\"|\S+)",
        r"^[ \t]*(?:radius|tacacs)-server (?:host \S+ )?key (?:[0-9] )?(?P<secret>\"[^\"\n]*\"|\S+)",
        r"^[ \t]*snmp-server community (?P<secret>\S+)",
        r"^[ \t]*snmp-server host \S+ (?:(?:traps|informs) )?version (?:1|2c) (?P<secret>\S+)",
        r"^[ \t]*snmp-server user .*? auth \S+ (?P<secret>\S+)",
        r"^[ \t]*snmp-server user .*? priv (?:aes-128 |des )?(?P<secret>\S+)",
    ),
    refused=r"^[ \t]*% ?(?:Invalid|Incomplete|Ambiguous|Permission|Unrecognized|Error|Bad|Cannot|Authorization|Access)"
    r"|^(?:Syntax error|ERROR: |Cmd exec error|Permission denied)|^.* at '\^' marker\.",
    enter_config=("configure terminal",),
    leave_config=("end",),
    save=("copy running-config startup-config",),
    saved=r"Copy complete",
    saved_commands=("show startup-config",),
    nothing_saved=r"^No startup configuration.*",
    ping="ping {address} count {count} timeout 1",
    undo="tidak ada yang berjangka di perangkat: `checkpoint` sebelum perubahan, dan bila gagal "
    "`rollback running-config checkpoint`, dijalankan orang",
)
