"""Aruba AOS-CX switches. arubanetworking.hpe.com/techdocs: AOS-CX 10.x CLI guides (Fundamentals, IP Routing, SNMP).

A running configuration has no end mark; a key that was set once is shown as the same ciphertext each time.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

from playbooks.network.facts import Arp, BgpPeer, Interface, Neighbor, OspfNeighbor, Route
from playbooks.network.platforms.platform import Platform, duration_s
from playbooks.network.platforms.proof import Rest
from playbooks.network.platforms.text import optional

_DARK_DBM = -40.0
"""What stands for no light at all, whose logarithm there is none of."""


def system(output: str) -> dict[str, Any]:
    told = _labels(output)
    return {
        "hostname": told["Hostname"],
        "version": told.get("ArubaOS-CX Version") or told["AOS-CX Version"],
        "uptime_s": _uptime(told["Up Time"]),
        "cpu_percent": float(told["CPU Util (%)"]),
        "memory_percent": float(told["Memory Usage (%)"]),
        "model": told.get("Product Name", ""),
        "serial": told.get("Chassis Serial Nbr", ""),
    }


def stack(output: str) -> dict[str, Any]:
    """Of a VSF stack the members' load: the busiest and the fullest one; the rest of one that is alone."""
    if not re.match(r"\s*VSF Stack\s*\n", output):
        raise ValueError("not a VSF stack")
    head, *members = re.split(r"^Member ID\s*:", output, flags=re.MULTILINE)
    told, each = _labels(head), [_labels(member) for member in members]
    return {
        "hostname": told["Name"],
        "version": told["Software Version"],
        "cpu_percent": max(_percent(one["CPU Utilization"]) for one in each if one["CPU Utilization"]),
        "memory_percent": max(_percent(one["Memory Utilization"]) for one in each if one["Memory Utilization"]),
    } | (_alone(each[0]) if len(each) == 1 else {})


def _alone(told: dict[str, str]) -> dict[str, Any]:
    return {"serial": told["Serial Number"], "model": told["Model"], "uptime_s": _uptime(told["Uptime"])}


def _percent(text: str) -> float:
    return float(text.removesuffix("%"))


def _uptime(text: str) -> float:
    part = r"\d+ (?:year|week|day|hour|minute|second)s?"
    if not re.fullmatch(rf"(?:{part}(?:, | (?=under )|$))*(?:under a minute)?", text) or not text:
        raise ValueError(f"not an uptime: {text!r}")
    return duration_s(text) if text[0].isdigit() else 0.0


def interfaces(output: str) -> dict[str, Any]:
    heads = list(re.finditer(r"^ *(?:Interface|Aggregate) (\S+) is (up|down)\b(.*)$", output, re.MULTILINE))
    ends = [head.start() for head in heads[1:]] + [len(output)]
    if not heads or len(heads) < len(re.findall(r"^ *(?:Interface|Aggregate) \S+ is ", output, re.MULTILINE)):
        raise ValueError("an interface whose state cannot be read")
    found = [_interface(head, output[head.end() : end]) for head, end in zip(heads, ends, strict=True)]
    masters = {
        port: head[1] for head, end in zip(heads, ends, strict=True) for port in _members(output[head.end() : end])
    }
    return {"interfaces": tuple(replace(one, master=masters.get(one.name, "")) for one in found)}


def _members(text: str) -> list[str]:
    return optional(r"^[ \t]*Aggregated-interfaces *: *(\S.*)$", text).split()


def _interface(head: re.Match[str], text: str) -> Interface:
    name, state, more = head.groups()
    admin, up = optional(r"^[ \t]*Admin state is (up|down)\b", text), state == "up"
    speed = re.search(r"^[ \t]*Speed:? (\d+) ([MG])b/s", text, re.MULTILINE) if up else None
    return Interface(
        name=name,
        enabled=admin != "down" and "dministratively down" not in more,
        up=up,
        description=optional(r"^ *Description *: *(\S.*?) *$", text),
        mtu=int(optional(r"^[ \t]*MTU (\d+)", text) or 0),
        addresses=tuple(re.findall(r"^[ \t]*IPv[46] address (?!fe80)(\S+/\d+)", text, re.MULTILINE)),
        errors=_errors(text),
        flaps=int(optional(r"^[ \t]*Link transitions: (\d+)", text) or 0) // 2,
        duplex=optional(r"^[ \t]*(Full|Half)-duplex\b", text).lower() if up else "",
        speed_mbps=int(speed[1]) * (1000 if speed[2] == "G" else 1) if speed else 0,
        load_percent=_load(text),
        line=" ".join(head[0].split()) + (f", Admin state is {admin}" if admin else ""),
    )


def _errors(text: str) -> int:
    """In and out, of the table of newer releases or the lists of older ones."""
    if match := re.search(r"^[ \t]*Errors +(\d+) +(\d+) +\d+\s*$", text, re.MULTILINE):
        return int(match[1]) + int(match[2])
    return sum(map(int, re.findall(r"^[ \t]*(\d+) errors\b", text, re.MULTILINE)))


def _load(text: str) -> float | None:
    match = re.search(r"^[ \t]*Utilization % +([\d.]+) +([\d.]+) ", text, re.MULTILINE)
    return max(float(match[1]), float(match[2])) if match else None


def management(output: str) -> dict[str, Any]:
    told = _labels(output)
    if {told["Admin State"], told["Link State"]} - {"up", "down"}:
        raise ValueError("a state that is not known")
    address = told["IPv4 address/subnet-mask"]
    own = Interface(
        name="mgmt",
        enabled=told["Admin State"] == "up",
        up=told["Link State"] == "up",
        addresses=(address,) if re.fullmatch(r"[\d.]+/\d+", address) else (),
        line=f"mgmt: Admin State {told['Admin State']}, Link State {told['Link State']}",
    )
    return {"interfaces": (own,)}


def optics(output: str) -> dict[str, Any]:
    """Light that comes in: of several lanes the darkest, with its own limit."""
    _, *parts = re.split(r"^Transceiver in ", output, flags=re.MULTILINE)
    found = [each for part in parts if (each := _optic(part))]
    if not found:
        raise ValueError("no optic that measures")
    return {"interfaces": tuple(found)}


def _optic(text: str) -> Interface | None:
    power = r"([\d.]+) ?mW"
    light = re.findall(rf"^[ \t]*Rx Power ?: {power}", text, re.MULTILINE)
    low = re.findall(rf"^[ \t]*Rx Power low warning threshold: {power}", text, re.MULTILINE)
    if not light or len(light) != len(low):
        return None
    dark, limit = min((float(own), float(least)) for own, least in zip(light, low, strict=True))
    return Interface(name=text.split(maxsplit=1)[0], rx_dbm=_dbm(dark), rx_low_dbm=_dbm(limit))


def _dbm(milliwatt: float) -> float:
    return round(10 * math.log10(milliwatt), 2) if milliwatt > 0 else _DARK_DBM


def neighbors(output: str) -> dict[str, Any]:
    if "LLDP Neighbor Information" not in output:
        raise ValueError("not LLDP's neighbours")
    _, *parts = re.split(r"^Port\s*:", output, flags=re.MULTILINE)
    return {"neighbors": tuple(each for part in parts for each in _neighbors(part))}


def _neighbors(text: str) -> list[Neighbor]:
    port = text.split(maxsplit=1)[0]
    _, *parts = re.split(r"^(?=Neighbor (?:Chassis|System)-Name\s*:)", text, flags=re.MULTILINE)
    return [_neighbor(port, _labels(part)) for part in parts]


def _neighbor(port: str, told: dict[str, str]) -> Neighbor:
    return Neighbor(
        interface=port,
        name=told.get("Neighbor System-Name") or told.get("Neighbor Chassis-Name", ""),
        port=told["Neighbor Port-ID"],
        address=told.get("Neighbor Management-Address", "").partition(",")[0],
        platform=told.get("Neighbor System-Description") or told.get("Neighbor Chassis-Description", ""),
    )


def arp(output: str) -> dict[str, Any]:
    if not re.search(r"^IPv4 Address\s+MAC\s+Port\s+Physical Port\s+State", output, re.MULTILINE):
        raise ValueError("no heading")
    found = re.findall(r"^(\d[\d.]+)\s+((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\s+(\S+)\s", output, re.MULTILINE)
    return {"arp": tuple(Arp(*each) for each in found)}


def bgp_peers(output: str) -> dict[str, Any]:
    """Each session once, though it may carry several address families."""
    if not re.search(r"^[ \t]*Neighbor\s+Remote-AS MsgRcvd MsgSent\s+Up/Down Time\s+State", output, re.MULTILINE):
        raise ValueError("no heading")
    row = r"^ +([0-9a-f.:]+)\s+([\d.]+)\s+\d+\s+\d+\s+(\S+)\s+([A-Z]\w+)\s+\w+\s*$"
    vrfs = re.split(r"^VRF\s*:", output, flags=re.MULTILINE)
    read = [(vrf, match) for vrf, text in enumerate(vrfs) for match in re.finditer(row, text, re.MULTILINE)]
    if len(read) != len(re.findall(r"^ +(?=\S*[.:])[0-9a-f.:]+(?=\s)", output, re.MULTILINE)):
        raise ValueError("a peer of another form")
    peers = {(vrf, match[1]): _peer(*match.groups()) for vrf, match in read}
    return {"bgp_peers": tuple(peers.values())}


def _peer(address: str, remote_as: str, since: str, state: str) -> BgpPeer:
    return BgpPeer(address, remote_as, state, f"{address} AS {remote_as} {since} {state}")


def ospf_neighbors(output: str) -> dict[str, Any]:
    if not re.search(r"^Neighbor ID\s+Priority\s+State\s+Nbr Address\s+Interface\s*$", output, re.MULTILINE):
        raise ValueError("no heading")
    found = re.findall(r"^([\d.]+)\s+\d+\s+(\S+)\s+([\d.]+)\s+(\S+)\s*$", output, re.MULTILINE)
    return {
        "ospf_neighbors": tuple(OspfNeighbor(router, address, port, state) for router, state, address, port in found)
    }


def default_routes(output: str) -> dict[str, Any]:
    """Of the VRF `default`, in the lists of older and the table of newer releases."""
    if re.search(r"^No ipv4 routes configured", output, re.MULTILINE | re.IGNORECASE):
        return {"default_routes": ()}
    if "ipv4 routes selected for forwarding" not in output:
        raise ValueError("not the routing table")
    if re.search(r"^Prefix\s+Nexthop\s+Interface\s+VRF\(egress\)", output, re.MULTILINE):
        return {"default_routes": tuple(_from_table(output))}
    return {"default_routes": tuple(_from_lists(output))}


def _from_lists(output: str) -> list[Route]:
    blocks = re.findall(r"^0\.0\.0\.0/0, vrf default\s*\n((?:\s+via .*\n?)+)", output, re.MULTILINE)
    hops = re.findall(r"via\s+(\S+?),\s+\[(\d+)/\d+\],\s+(\w+)", "\n".join(blocks))
    return [_route(hop, "" if "." in hop else hop, distance, how) for hop, distance, how in hops]


def _from_table(output: str) -> list[Route]:
    vrfs = re.split(r"^VRF: ", output, flags=re.MULTILINE)[1:]
    rows = [line for vrf in vrfs if vrf.startswith("default\n") for line in re.findall(r"^0\.0\.0\.0/0 .*", vrf, re.M)]
    row = r"0\.0\.0\.0/0\s+(\S+)\s+(\S+)\s+\S+\s+([A-Z]\S*)\s+\[(\d+)/\d+\].*"
    found = [match for line in rows if (match := re.fullmatch(row, line))]
    if len(found) != len(rows):
        raise ValueError("a default route of another form")
    return [
        _route(hop, out, distance, _ORIGINS.get(how[0], how)) for hop, out, how, distance in (m.groups() for m in found)
    ]


_ORIGINS = {"S": "static", "O": "ospf", "B": "bgp", "R": "rip", "D": "dhcp", "C": "connected"}


def _route(hop: str, out: str, distance: str, how: str) -> Route:
    return Route("0.0.0.0/0", hop if "." in hop else "", "" if out == "-" else out, how, distance=int(distance))


def _labels(text: str) -> dict[str, str]:
    """`Label : value` lines, the first of each label."""
    found: dict[str, str] = {}
    for label, value in re.findall(r"^[ \t]*([A-Z][^:\n]*?)[ \t]*:[ \t]*(.*?)[ \t]*$", text, re.MULTILINE):
        found.setdefault(label, value)
    return found


PLATFORM = Platform(
    name="aruba_aoscx",
    prompt=r"NAME(?:\([^)\n]{1,60}\))?[>#] ?",
    paging=("no page",),
    shown_on="recordings",
    config_command="show running-config",
    reads=(
        "show system",
        "show interface",
        "show interface mgmt",
        "show interface dom detail",
        "show ip route",
        "show ip ospf neighbors",
        "show bgp all-vrf all summary",
        "show lldp neighbor-info detail",
        "show arp all-vrfs",
    ),
    parsers={
        "show system": system,
        "show vsf detail": stack,
        "show interface": interfaces,
        "show interface mgmt": management,
        "show interface dom detail": optics,
        "show ip route": default_routes,
        "show ip route all-vrfs": default_routes,
        "show ip ospf neighbors": ospf_neighbors,
        "show ip ospf neighbors all-vrfs": ospf_neighbors,
        "show bgp all summary": bgp_peers,
        "show bgp all-vrf all summary": bgp_peers,
        "show bgp all-vrfs all summary": bgp_peers,
        "show bgp all all-vrfs summary": bgp_peers,
        "show lldp neighbor-info detail": neighbors,
        "show lldp neighbors-info detail": neighbors,
        "show arp": arp,
        "show arp all-vrfs": arp,
    },
    first_line=r"^!Version (?:ArubaOS|AOS)-CX \S+",
    last_line="",
    proof=Rest("{shown} | begin {word}"),
    hostname=r"^hostname (\S+)",
    sections=(r"^vlan 1\b", r"^interface "),
    noise=r"\A\s*(?:(?:Current|Startup) configuration:[^\n]*\n)?",
    volatile=r"^(?:!.*|\s*)$",
    secrets=(
        r"\b(?:ciphertext|plaintext|hex-string)(?! (?:ciphertext|plaintext)\b) (?P<secret>\S+)",
        r"^snmp-server (?:community|host .*?\bcommunity) (?P<secret>\S+)",
        r"^(?:radius|tacacs)-server .*?\bkey (?!ciphertext |plaintext )(?P<secret>\S+)",
        r"^ntp authentication-key \d+ (?:md5|sha1) (?!ciphertext |plaintext )(?P<secret>\S+)",
        r"\bospf (?:authentication-key|message-digest-key \d+ md5) (?!ciphertext |plaintext )(?P<secret>\S+)",
    ),
    refused=r"^[ \t]*(?:% ?(?:Unknown command|Command incomplete|Ambiguous)|Invalid input|Ambiguous command"
    r"|Command incomplete|Cannot execute command|Command not (?:allowed|found|supported))",
    enter_config=("configure terminal",),
    leave_config=("end",),
    save=("write memory",),
    saved=r"\[Success\]|^Success",
    saved_commands=("show startup-config",),
    ping="ping {address} repetitions {count}",
)
