"""Arista EOS. ntc-templates read the tables; what they cannot read is not a fact.

arista.com: EOS User Manual, `configure session` and its `commit timer` (EOS 4.18 and later), `show interfaces`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from ipaddress import ip_address
from typing import Any

from playbooks.network.facts import Arp, BgpPeer, Interface, Neighbor, Note, OspfInterface, OspfNeighbor, Route, StpPort
from playbooks.network.platforms import cisco_repairs, tables
from playbooks.network.platforms.cisco_tables import bundles
from playbooks.network.platforms.platform import ARMED_MINUTES, Platform, duration_s
from playbooks.network.platforms.tables import every
from playbooks.network.platforms.text import needed, optional

SESSION = "pelihara"
_HEAD = re.compile(
    r"^(?P<name>[A-Z]\S*) is (?P<state>up|down|administratively down)"
    r"(?:, line protocol is (?P<protocol>\w+))?(?: \((?P<why>[^)]*)\))?\s*$"
)
_VRF = re.compile(r"^VRF(?: name)?: (\S+)[ \t]*\n", re.MULTILINE)
_ROUTE = re.compile(r"^ (?P<code>[A-Z][A-Za-z0-9 ]*?) +0\.0\.0\.0/0(?P<rest>.*(?:\n {10,}via .*)*)$", re.MULTILINE)
_DISTANCE = re.compile(r"\[(\d+)/\d+\]")
_HOP = re.compile(r"\bvia (?P<gateway>[\d.]+)(?:/\d+)?, (?P<out>[A-Z][A-Za-z-]*\d[\d/.]*)(?=,|\s|$)")
_CODES = {"S": "static", "O": "ospf", "O IA": "ospf", "O E1": "ospf", "O E2": "ospf", "O N1": "ospf", "O N2": "ospf",
          "B": "bgp", "B I": "bgp", "B E": "bgp", "R": "rip", "I": "isis", "I L1": "isis", "I L2": "isis",
          "DH": "dhcp", "K": "kernel"}  # fmt: skip
_STP = re.compile(
    r"^(?P<port>[A-Z][A-Za-z]*\d\S*) +(?P<role>root|designated|alternate|backup|disabled|master) +"
    r"(?P<state>forwarding|blocking|learning|listening|discarding|disabled) +\d+ +\d+\.\d+"
)
_WELL = {"Ok", "Not Inserted", "no power supplies"}
"""An empty slot is no fault; a virtual device has no power supply at all."""

_rows = partial(tables.rows, "arista_eos")


def hostname(output: str) -> dict[str, Any]:
    return {"hostname": needed(r"^Hostname: (\S+)", output)[1]}


def version(output: str) -> dict[str, Any]:
    (told,) = _rows("show version", output)
    known = {"version": told["image"], "model": told["model"], "serial": told["serial_number"]}
    return {name: text for name, text in known.items() if text} | {"uptime_s": duration_s(told["uptime"])}


def described(output: str) -> dict[str, Any]:
    """`show interfaces description`. Where the device prints several words for a state, the link does not run."""
    return {"interfaces": tuple(map(_described, _rows("show interfaces description", output)))}


def _described(told: dict[str, Any]) -> Interface:
    status = " ".join(told["status"].split())
    line = f"{told['port']} {status} {told['protocol']}"
    up = status == told["protocol"] == "up"
    return Interface(told["port"], status != "admin down", up, told["description"], line=line)


def brief(output: str) -> dict[str, Any]:
    """`show ip interface brief`: addresses stand there with their length."""
    needed(r"^Interface +IP Address +Status +Protocol +MTU", output)
    row = r"^(\S+) +([\d.]+/\d+|unassigned) +(up|down|admin down) +(up|down|lowerlayerdown|notpresent) +(\d+)(?: .*)?$"
    found = every(row, r"^[A-Z][a-z]+[\d/.]+ +\S", output)
    return {"interfaces": tuple(map(_brief, found))}


def _brief(told: re.Match[str]) -> Interface:
    name, address, status, protocol, mtu = told.groups()
    own = () if address == "unassigned" else (address,)
    up, line = status == protocol == "up", " ".join(told[0].split())
    return Interface(name, status != "admin down", up, mtu=int(mtu), addresses=own, line=line)


def inventory(output: str) -> dict[str, Any]:
    """The system itself is the first row, the one that is described."""
    told = _rows("show inventory", output)[0]
    needed(r"^System information\s*\n +Model +Description\s*$", output)
    if not told["sn"]:
        raise ValueError("no row below the headings")
    return {"model": told["pid"], "serial": told["sn"]}


def restart(output: str) -> dict[str, Any]:
    return {"restart_reason": needed(r"^Reload Cause 1:\s*\n-+\s*\n(\S.*?)\s*$", output)[1]}


def interfaces(output: str) -> dict[str, Any]:
    return {"interfaces": tuple(_interface(*block) for block in _blocks(output))}


def _blocks(output: str) -> Iterator[tuple[re.Match[str], str]]:
    heads = [head for line in re.finditer(r"^\S.*$", output, re.MULTILINE) for head in [_HEAD.match(line[0])] if head]
    unread = re.findall(r"^\S+ is [a-z]+\b(?:.*, line protocol is .*| \(.*\)|)\s*$", output, re.MULTILINE)
    if not heads or len(unread) != len(heads):
        raise ValueError("an interface whose state cannot be read")
    bodies = re.split(r"^[A-Z]\S* is (?:up|down|administratively down).*\n?", output, flags=re.MULTILINE)[1:]
    yield from zip(heads, bodies, strict=True)


def _interface(head: re.Match[str], body: str) -> Interface:
    up = head["state"] == "up" and head["protocol"] in (None, "up")
    duplex = re.search(r"\b(Full|Half)-duplex, (?:([\d.]+)([GM])b/s)?", body)
    loads = [float(text) for text in re.findall(r"put rate .*\(([\d.]+)% with framing overhead\)", body)]
    changes = int(optional(r"(\d+) link status changes since last clear", body) or 0)
    return Interface(
        name=head["name"],
        enabled=not head["state"].startswith("admin") and head["why"] != "disabled",
        up=up,
        description=optional(r"^ +Description: (.*?)\s*$", body),
        mtu=int(optional(r"\bMTU (\d+) bytes", body) or 0),
        addresses=tuple(re.findall(r"^ +(?:Internet|Secondary) address is ([\d.]+/\d+)", body, re.MULTILINE)),
        errors=sum(int(count) for count in re.findall(r"\b(\d+) (?:in|out)put errors", body)),
        flaps=changes // 2 if up else (changes + 1) // 2,
        duplex=duplex[1].lower() if duplex else "",
        speed_mbps=_mbps(duplex[2] + duplex[3]) if duplex and duplex[2] else 0,
        error_disabled=head["why"] if head["why"] == "errdisabled" else "",
        load_percent=max(loads, default=None),
        master=optional(r"^ +Member of (\S+)", body),
        line=head[0].strip(),
    )


def _mbps(text: str) -> int:
    """Mbit/s of 10G, a-100M or 2.5G; 0 when none is told (auto, unconf)."""
    match = re.fullmatch(r"(?:a-)?([\d.]+)([GM])", text)
    return int(float(match[1]) * (1000 if match[2] == "G" else 1)) if match else 0


def interface_status(output: str) -> dict[str, Any]:
    return {"interfaces": tuple(map(_status, _rows("show interfaces status", output)))}


def _status(told: dict[str, Any]) -> Interface:
    duplex = told["duplex"].removeprefix("a-")
    return Interface(
        name=told["port"],
        enabled=told["status"] != "disabled",
        up=told["status"] == "connected",
        description=told["name"],
        duplex=duplex if duplex in ("full", "half") else "",
        speed_mbps=_mbps(told["speed"]),
        error_disabled=told["status"] if told["status"] == "errdisabled" else "",
        line=f"{told['port']} {told['status']}",
    )


def errdisabled(output: str) -> dict[str, Any]:
    needed(r"^Port +Name +Status +Reason", output)
    found = re.findall(r"^([A-Z]\S*\d) +(?:.* )?errdisabled +(\S.*?)\s*$", output, re.MULTILINE)
    return {
        "interfaces": tuple(
            Interface(name, up=False, error_disabled=why, line=f"{name} errdisabled {why}") for name, why in found
        )
    }


def optics(output: str) -> dict[str, Any]:
    rows = _rows("show interfaces transceiver", output)
    return {"interfaces": tuple(Interface(r["port"], rx_dbm=float(r["rx_power"])) for r in rows if _light(r))}


def _light(told: dict[str, Any]) -> bool:
    return str(told["rx_power"]) != "N/A"


def neighbors(command: str, output: str) -> dict[str, Any]:
    return {"neighbors": tuple(map(_neighbor, _rows(command, output)))}


def _neighbor(told: dict[str, Any]) -> Neighbor:
    address = told.get("mgmt_address", "")
    return Neighbor(
        interface=told["local_interface"],
        name=told["neighbor_name"],
        port=told["neighbor_interface"],
        address=address if _is_ip(address) else "",
    )


def _is_ip(text: str) -> bool:
    """Whether it is an address of IP; LLDP may give a MAC address as the management address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def arp(output: str) -> dict[str, Any]:
    rows = _rows("show ip arp", output)
    return {"arp": tuple(Arp(r["ip_address"], r["mac_address"], r["interface"].partition(",")[0]) for r in rows)}


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
                r["interface"], r["area"], kind="P2P" if r["state"] == "P2P" else "", neighbors=int(r["neighbors"])
            )
            for r in rows
        )
    }


def bgp_peers(command: str, output: str) -> dict[str, Any]:
    return {"bgp_peers": tuple(map(_peer, _rows(command, output)))}


def _peer(told: dict[str, Any]) -> BgpPeer:
    shown = told.get("state") or told["state_pfxrcd"]
    state = "Established" if shown == "Estab" or shown.isdigit() else shown
    return BgpPeer(told["bgp_neigh"], told["neigh_as"], state, f"{told['bgp_neigh']} AS {told['neigh_as']} {shown}")


def default_routes(output: str) -> dict[str, Any]:
    """Those of the default VRF; a default route of the management VRF carries no office's traffic."""
    needed(r"^Codes: C - connected", output)
    parts = _VRF.split(output)
    tables = dict(zip(parts[1::2], parts[2::2], strict=True)) if len(parts) > 1 else {"default": output}
    found = list(_ROUTE.finditer(tables["default"]))
    if len(found) != len(re.findall(r"^.*\b0\.0\.0\.0/0\b", tables["default"], re.MULTILINE)):
        raise ValueError("a default route that cannot be read")
    return {"default_routes": tuple(route for each in found for route in _routes(each["code"], each["rest"]))}


def _routes(code: str, rest: str) -> Iterator[Route]:
    distance = _DISTANCE.search(rest)
    hops = list(_HOP.finditer(rest))
    if len(hops) != rest.count("via "):
        raise ValueError("a next hop that cannot be read")
    if not hops:
        out = needed(r"is directly connected, ([A-Z]\S*?)(?=,|\s|$)", rest)[1]
        yield Route("0.0.0.0/0", "", out, _CODES[code], distance=int(distance[1]) if distance else 1)
    for hop in hops:
        yield Route("0.0.0.0/0", hop["gateway"], hop["out"], _CODES[code], distance=int(needed(_DISTANCE, rest)[1]))


def stp_ports(output: str) -> dict[str, Any]:
    ports, instance = [], ""
    for line in output.splitlines():
        if head := re.fullmatch(r"(MST\d+|VL\d+|VLAN\d+)\s*", line):
            instance = head[1]
        elif port := _STP.match(line):
            ports.append(StpPort(port["port"], port["role"], port["state"], instance))
    if not ports:
        raise ValueError("no ports of a spanning tree")
    return {"stp_ports": tuple(ports)}


def load(output: str) -> dict[str, Any]:
    """What the page cache holds is free for the asking: only the rest of the memory counts as used."""
    idle = float(needed(r"^%?Cpu\(s\):.*?([\d.]+) ?%? ?id\b", output)[1])
    return {"cpu_percent": round(100 - idle, 1), "memory_percent": round(_memory(output), 1)}


def _memory(output: str) -> float:
    line = needed(r"^(?:[KM]iB )?Mem ?:.*$", output)[0]
    total, used = (float(needed(rf"([\d.]+)k? {what}\b", line)[1]) for what in ("total", "used"))
    if "buffers" not in line:
        return used / total * 100
    buffers = float(needed(r"([\d.]+)k? buffers", line)[1])
    cached = float(needed(r"^(?:KiB )?Swap:.*?([\d.]+)k? cached", output)[1])
    return (used - buffers - cached) / total * 100


def storage(output: str) -> dict[str, Any]:
    needed(r"\A\s*Directory of flash:/", output)
    told = needed(r"^(\d+) bytes total \((\d+) bytes free\)", output)
    return {"storage_percent": round(100 - int(told[2]) / int(told[1]) * 100, 1)}


def fans(output: str) -> dict[str, Any]:
    needed(r"^System cooling status is: \S", output)
    rows = _rows("show environment cooling", output)
    system = {row["sys_cooling_status"] for row in rows} - {"Ok", ""}
    bad = [Note("pendingin", f"System cooling status is: {status}") for status in sorted(system)]
    fans_bad = [row for row in rows if row["status"] not in _WELL]
    return {"alarms": (*bad, *(Note(f"kipas {row['fan']}", f"{row['fan']} {row['status']}") for row in fans_bad))}


def power(output: str) -> dict[str, Any]:
    rows = _rows("show environment power", output)
    bad = [row for row in rows if row["power_supply_status"] not in _WELL]
    return {"alarms": tuple(_power_note(row) for row in bad)}


def _power_note(told: dict[str, Any]) -> Note:
    place = told["power_supply_location"]
    return Note(f"catu daya {place}", f"{place} {told['power_supply_pid']} {told['power_supply_status']}")


def temperature(output: str) -> dict[str, Any]:
    status = needed(r"^System temperature status is: (\S.*?)\s*$", output)
    return {"alarms": () if status[1] == "Ok" else (Note("suhu", status[0].strip()),)}


def clock(output: str) -> dict[str, Any]:
    told = needed(r"\A\s*(synchronised to (?:NTP server|local)|unsynchronised).*$", output)
    return {"clock_synchronised": told[1] == "synchronised to NTP server", "clock_line": told[0].strip()}


PLATFORM = Platform(
    name="arista_eos",
    prompt=r"NAME(?:\.\d\d:\d\d:\d\d)?(?:\([^()\s]+\))*[>#] ?",
    paging=("terminal length 0", "terminal width 32767"),
    napalm="eos",
    shown_on="recordings",
    config_command="show running-config",
    reads=(
        "show version",
        "show hostname",
        "show reload cause",
        "show interfaces",
        "show interfaces status",
        "show interfaces status errdisabled",
        "show interfaces transceiver",
        "show lldp neighbors detail",
        "show ip route 0.0.0.0/0",
        "show ip ospf interface brief",
        "show ip ospf neighbor",
        "show ip bgp summary vrf all",
        "show spanning-tree",
        "show ip arp",
        "show processes top once",
        "dir flash:",
        "show environment cooling",
        "show environment power",
        "show ntp status",
    ),
    parsers={
        "show version": version,
        "show hostname": hostname,
        "show inventory": inventory,
        "show reload cause": restart,
        "show interfaces": interfaces,
        "show port-channel summary": bundles,
        "show interfaces description": described,
        "show ip interface brief": brief,
        "show interfaces status": interface_status,
        "show interfaces status errdisabled": errdisabled,
        "show interfaces transceiver": optics,
        "show lldp neighbors": partial(neighbors, "show lldp neighbors"),
        "show lldp neighbors detail": partial(neighbors, "show lldp neighbors detail"),
        "show ip route": default_routes,
        "show ip route 0.0.0.0/0": default_routes,
        "show ip route vrf all": default_routes,
        "show ip ospf interface brief": ospf_interfaces,
        "show ip ospf neighbor": ospf_neighbors,
        "show ip bgp summary": partial(bgp_peers, "show ip bgp summary"),
        "show ip bgp summary vrf all": partial(bgp_peers, "show ip bgp summary"),
        "show ipv6 bgp summary": partial(bgp_peers, "show ipv6 bgp summary"),
        "show ipv6 bgp summary vrf all": partial(bgp_peers, "show ipv6 bgp summary"),
        "show spanning-tree": stp_ports,
        "show ip arp": arp,
        "show ip arp vrf all": arp,
        "show processes top once": load,
        "dir": storage,
        "dir flash:": storage,
        "show environment cooling": fans,
        "show environment power": power,
        "show environment temperature": temperature,
        "show ntp status": clock,
    },
    first_line=r"^! device: .*EOS-",
    last_line="end",
    hostname=r"^hostname (\S+)",
    sections=(r"^interface ",),
    noise=r"\A(?:\s*\n|! Command: [^\n]*\n|! Startup-config last modified [^\n]*\n|! Time: [^\n]*\n)*",
    volatile=r"^(?:!(?!!).*|end|\s*)$",
    secrets=(
        r"^(?![ \t]*(?:no |!|description |remark ))[ \t]*+(?:.*?[ \t])?"
        r"(?:password|secret|shared-key|key-string|passphrase|authentication-key \d+ (?:md5|sha1)|authentication-key"
        r"|message-digest-key \d+ \S+|server key|authentication key|authentication text) "
        r"(?!encryption|minimum|maximum|policy|profile|hash)(?:(?:[0-9]|8a|sha512|sha256) )?(?P<secret>\S+)",
        r"^[ \t]*(?:radius|tacacs)-server (?:host \S+ (?:.*? )?)?key (?:[0-9] |8a )?(?P<secret>\S+)",
        r"^[ \t]+key [0-9a-fA-F]+ (?:[0-9]|8a) (?P<secret>\S+)",
        r"^[ \t]*snmp-server community (?P<secret>\S+)",
        r"^[ \t]*snmp-server host \S+ (?:vrf \S+ )?(?:(?:traps|informs) )?(?:version (?:1|2c) )(?P<secret>\S+)",
        r"^[ \t]*snmp-server user .*? auth \S+ (?P<secret>\S+)",
        r"^[ \t]*snmp-server user .*? priv \S+ (?P<secret>\S+)",
        r"auth=key,(?P<secret>[^\s,]+)",
    ),
    refused=r"^[ \t]*% ?(?:Invalid|Incomplete|Ambiguous|Unavailable|Authorization|Error|Bad|Cannot|Not supported|Access"
    r"|Internal error|This command|Unknown|Unsupported|Command ).*",
    enter_config=("configure terminal",),
    leave_config=("end",),
    enable="enable",
    save=("write memory",),
    saved=r"Copy completed successfully",
    saved_commands=("show startup-config",),
    ping="ping {address} repeat {count} timeout 1",
    repairs=cisco_repairs.repairs("0.0.0.0/0"),
    # What a run that died left in the session goes first. The commit is said in EXEC, where every release knows it.
    enter_armed=(f"configure session {SESSION}", "abort", f"configure session {SESSION}"),
    leave_armed=("end", f"configure session {SESSION} commit timer 00:0{ARMED_MINUTES}:00"),
    abandon=("end", f"configure session {SESSION} abort"),
    disarm=(f"configure session {SESSION} commit",),
    undo_now=(f"configure session {SESSION} abort",),
    undo=f"`commit timer` pada `configure session {SESSION}` (pembatalan berjangka {ARMED_MINUTES} menit di perangkat)",
)
