"""HP ProCurve and ArubaOS-Switch (AOS-S) switches. Their tables are read by the places of their columns.

support.hpe.com: ArubaOS-Switch Basic Operation Guide, Management and Configuration Guide and Access Security Guide
(include-credentials) for 16.x.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from ipaddress import ip_interface
from typing import Any

from playbooks.network.facts import Arp, Interface, Neighbor, Route
from playbooks.network.platforms.platform import Platform, duration_s
from playbooks.network.platforms.proof import Rest

_CUT = "..."
"""How a table ends a value that was too long for its column."""


def system(output: str) -> dict[str, Any]:
    if "General System Information" not in output:
        raise ValueError("not the system's status")
    return _known(
        hostname=_value(output, "System Name"),
        version=_value(output, "Software revision"),
        uptime_s=_alike([_uptime(each) for each in _values(output, "Up Time")]),
        serial=_alike(_values(output, "Serial Number")),
        **_load(output),
    )


def stack(output: str) -> dict[str, Any]:
    if not re.search(r"^[ \t]*VSF Domain ID\s*:", output, re.MULTILINE):
        raise ValueError("not a VSF stack")
    return _known(
        hostname=_value(output, "Name"),
        version=_value(output, "Software Version"),
        uptime_s=duration_s(_value(output, "Uptime")),
        model=_alike(_values(output, "Model")),
        serial=_alike(_values(output, "Serial Number")),
        **_load(output),
    )


def _load(output: str) -> dict[str, Any]:
    """The busiest and the fullest member, where there are several."""
    loads = re.findall(r"\bCPU Util(?: \(%\)|ization)\s*:\s*(\d+)", output)
    memory = re.findall(r"\bMemory\s+- Total\s*:\s*([\d,]+)[^:]*(?::[^:]*)?\bFree\s*:\s*([\d,]+)", output)
    full = [100 * (1 - _number(free) / _number(total)) for total, free in memory if _number(total)]
    return {
        "cpu_percent": max(map(float, loads), default=None),
        "memory_percent": round(max(full), 1) if full else None,
    }


def _uptime(text: str) -> float:
    if not re.fullmatch(r"\d+ (?:day|hour|min|minute|sec|second)s?", text):
        raise ValueError(f"not an uptime: {text!r}")
    return duration_s(text)


def version(output: str) -> dict[str, Any]:
    """Of a switch (`Image stamp:`), or of an Aruba access point, which answers to the same command."""
    if match := re.search(r"^Image stamp:.*\n.*\d\d:\d\d:\d\d\n\s+([A-Z]{1,2}\.\d\d\.\S+)\s*$", output, re.MULTILINE):
        return {"version": match[1]}
    match = re.search(r"^ArubaOS \(MODEL: ([^)]+)\), Version (.+?)\s*$", output, re.MULTILINE)
    if match is None:
        raise ValueError("no version")
    uptime = re.search(r"^AP uptime is (\d.*?)\s*$", output, re.MULTILINE)
    reason = re.search(r"^Reboot Time and Cause: *(\S.*)$", output, re.MULTILINE)
    return _known(
        model=match[1],
        version=match[2],
        uptime_s=duration_s(uptime[1]) if uptime else None,
        restart_reason=reason[1].strip() if reason else "",
    )


def interfaces(output: str) -> dict[str, Any]:
    """`show interfaces brief`: the mode of a port that is down is what it would be, not what it is."""
    if not re.search(r"^[ \t]*Port\s+Type\s*\| Alert\s+Enabled Status Mode\b", output, re.MULTILINE):
        raise ValueError("no heading")
    return {"interfaces": tuple(map(_port, _below(output)))}


def _port(line: str) -> Interface:
    match = re.fullmatch(r"\s*(\S+?)\*?\s+(?:\S+\s*)?\| (?:Yes|No)\s+(Yes|No)\s+(Up|Down)\s+(\S+)\s.*", line + " ")
    if match is None:
        raise ValueError(f"not a port: {line!r}")
    name, enabled, status, mode = match.groups()
    up = status == "Up"
    trunk = re.search(r"-((?:Trk|Dyn)\d+)$", name)
    return Interface(
        name=_plain(name),
        enabled=enabled == "Yes",
        up=up,
        **(_mode(mode) if up else {}),
        master=trunk[1] if trunk else "",
        line=" ".join(line.split()),
    )


def _plain(port: str) -> str:
    """A port without the trunk that it belongs to: 1/28-Trk1, or 1/28-... where the table has no room."""
    return re.sub(r"-(?:Trk\d+|Dyn\d+|\.\.\.)$", "", port)


def _mode(text: str) -> dict[str, Any]:
    """Speed and duplex of 1000FDx, 10HDx or 10GigFD; nothing for anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(Gig|G)?([FH])Dx?\*?", text)
    if match is None:
        return {}
    speed = float(match[1]) * (1000 if match[2] else 1)
    return {"speed_mbps": int(speed), "duplex": "full" if match[3] == "F" else "half"}


def statuses(output: str) -> dict[str, Any]:
    """`show interfaces status`: says nothing about ports that are disabled."""
    rows = _table(output, r"Port\s+Name\s+Status\s+Config-mode\s+Speed\s+Type\s+Tagged\s+Untagged")
    return {"interfaces": tuple(map(_status, rows))}


def _status(row: list[str]) -> Interface:
    port, name, status, _, speed = row[:5]
    if status not in ("Up", "Down") or not re.fullmatch(r"\S+", port):
        raise ValueError(f"not a port: {row}")
    told = _mode(speed) if status == "Up" else {}
    return Interface(
        _plain(port), up=status == "Up", description=_whole(name), line=" ".join(filter(None, row)), **told
    )


def trunks(output: str) -> dict[str, Any]:
    rows = _table(output, r"Port\s+\|\s+Name\s+Type\s+\|\s+Group\s+Type")
    return {"interfaces": tuple(Interface(row[0], description=_whole(row[1]), master=row[3]) for row in rows)}


def counters(output: str) -> dict[str, Any]:
    rows = _table(output, r"Port\s+Total Bytes\s+Total Frames\s+Errors Rx\s+Drops Tx\s+Ctrl(?:\s+Limit)?")
    return {"interfaces": tuple(Interface(_plain(row[0]), errors=_number(row[3])) for row in rows)}


def addresses(output: str) -> dict[str, Any]:
    """`show ip`: addresses by the name of their VLAN; a further address of a VLAN has no name before it."""
    if not re.search(r"^[ \t]*VLAN\s+\| IP Config\s+IP Address\s+Subnet Mask", output, re.MULTILINE):
        raise ValueError("no heading")
    found: dict[str, list[str]] = {}
    name = ""
    for line in _below(output):
        match = re.fullmatch(r"\s*(\S.*?)?\s*\|\s*([A-Za-z/]+)?(?:\s+([\d.]+)\s+([\d.]+)(?:\s+\S+)*)?\s*", line)
        if match is None or not (match[1] or name):
            raise ValueError(f"not a VLAN: {line!r}")
        name = match[1] or name
        own = found.setdefault(name, [])
        own += [ip_interface(f"{match[3]}/{match[4]}").with_prefixlen] if match[3] else []
    return {"interfaces": tuple(Interface(vlan, addresses=tuple(own)) for vlan, own in found.items() if own)}


def default_routes(output: str) -> dict[str, Any]:
    if not re.search(r"^[ \t]*Destination\s+Gateway\s+VLAN\s+Type\s+Sub-Type\s+Metric\s+Dist\.", output, re.MULTILINE):
        raise ValueError("no heading")
    return {"default_routes": tuple(map(_route, re.findall(r"^[ \t]*0\.0\.0\.0/0\s.*", output, re.MULTILINE)))}


def _route(line: str) -> Route:
    match = re.fullmatch(r"\s*(\S+)\s+([\d.]+)\s+(?:\d+\s+)?([a-z]+)\s+(?:\S+\s+)?(\d+)\s+(\d+)\s*", line)
    if match is None:
        raise ValueError(f"not a route: {line!r}")
    return Route(match[1], match[2], protocol=match[3], distance=int(match[5]))


def local_device(output: str) -> dict[str, Any]:
    if "LLDP Local Device Information" not in output:
        raise ValueError("not LLDP's own device")
    model = re.match(r"(?:Aruba|HPE?|ProCurve) .*?(?=, revision\b)", _value(output, "System Description"))
    return _known(hostname=_whole(_value(output, "System Name")), model=model[0] if model else "")


def neighbors(output: str) -> dict[str, Any]:
    rows = _table(output, r"LocalPort\s+\|\s+ChassisId\s+PortId\s+PortDescr\s+SysName")
    return {"neighbors": tuple(Neighbor(row[0], name=_whole(row[4]), port=_whole(row[2])) for row in rows)}


def neighbor_details(output: str) -> dict[str, Any]:
    _, *parts = re.split(r"^[ \t]*Local Port\s*:", output, flags=re.MULTILINE)
    if not parts or "LLDP Remote Device" not in output:
        raise ValueError("no neighbour")
    return {"neighbors": tuple(map(_neighbor, parts))}


def _neighbor(text: str) -> Neighbor:
    address = re.search(r"^[ \t]*Type\s*:\s*ipv4\s*\n\s*Address\s*:\s*([\d.]+)", text, re.MULTILINE)
    return Neighbor(
        interface=text.split("\n", 1)[0].strip(),
        name=_value(text, "SysName"),
        port=_value(text, "PortId"),
        address=address[1] if address else "",
        platform=_value(text, "System Descr"),
    )


def cdp_neighbors(output: str) -> dict[str, Any]:
    _, *parts = re.split(r"^[ \t]*Port\s*:", output, flags=re.MULTILINE)
    if not parts or "CDP neighbors information" not in output:
        raise ValueError("no neighbour")
    return {"neighbors": tuple(map(_cdp_neighbor, parts))}


def _cdp_neighbor(text: str) -> Neighbor:
    name, address = _value(text, "Device ID"), _value(text, "Address")
    return Neighbor(
        interface=text.split("\n", 1)[0].strip(),
        name="" if re.fullmatch(r"(?:[0-9a-f]{2} ?){6}", name) else name,
        port=_value(text, "Device Port"),
        address=address if re.fullmatch(r"[\d.]+", address) else "",
        platform=_value(text, "Platform"),
    )


def arp(output: str) -> dict[str, Any]:
    if not re.search(r"^[ \t]*IP Address\s+MAC Address\s+Type\s+Port\s*$", output, re.MULTILINE):
        raise ValueError("no heading")
    found = re.findall(r"^[ \t]*(\d[\d.]+)\s+([0-9a-f]{6}-[0-9a-f]{6})\s+\S+(?:[ \t]+(\S+))?\s*$", output, re.MULTILINE)
    return {"arp": tuple(Arp(address, mac, _plain(port)) for address, mac, port in found)}


def _below(output: str) -> Iterator[str]:
    """Lines of a table under its rule, footnotes left out. ValueError when there is none."""
    lines = output.rstrip().splitlines()
    rule = next((at for at, line in enumerate(lines) if re.fullmatch(r"\s*-[-+ ]{8,}", line.rstrip())), None)
    if rule is None:
        raise ValueError("no table")
    yield from (line for line in lines[rule + 1 :] if line.strip() and not re.match(r"\s*(?:\*|Note:)", line))


def _table(output: str, heading: str) -> list[list[str]]:
    """Cells of each row, cut where the rule under the heading says. ValueError for another heading."""
    match = re.search(rf"^[ \t]*{heading}[ \t]*\n[ \t]*(?=-)", output, re.MULTILINE)
    if match is None:
        raise ValueError("no such table")
    rule = output[output.rindex("\n", 0, match.end()) + 1 :].partition("\n")[0]
    columns = [dashes.span() for dashes in re.finditer("-+", rule)]
    edges = [*(start for start, _ in columns), None]
    spans = list(itertools.pairwise(edges))
    return [[line[start:end].strip(" \t|") for start, end in spans] for line in _below(output[match.start() :])]


def _value(text: str, label: str) -> str:
    """What stands behind `label :`, up to the next column; empty when there is nothing."""
    return next(iter(_values(text, label)), "")


def _values(text: str, label: str) -> list[str]:
    found: list[str] = re.findall(
        rf"(?:^[ \t]*|(?<=[ \t][ \t])){re.escape(label)}[ \t]*:[ \t]*(\S.*?)?(?=[ \t]{{3,}}\S|[ \t]*$)",
        text,
        re.MULTILINE,
    )
    return [value for value in found if value]


def _whole(text: str) -> str:
    """`text`, or nothing when the table cut it short."""
    return "" if text.endswith(_CUT) else text


def _alike(values: list[Any]) -> Any:
    """What all members of a stack say; None when they differ."""
    return values[0] if values and len(set(values)) == 1 else None


def _known(**told: Any) -> dict[str, Any]:
    """Only what was told; ValueError when that is nothing."""
    known = {name: value for name, value in told.items() if value not in (None, "")}
    if not known:
        raise ValueError("nothing recognised")
    return known


def _number(text: str) -> int:
    return int(text.replace(",", ""))


_QUOTED = r'(?P<secret>"[^"\n]*"|[^"\s]\S*)'
_TYPE = r"(?:plaintext|cleartext|ciphertext|encrypted|sha-?\d+)"

PLATFORM = Platform(
    name="hp_procurve",
    aliases=("aruba_procurve", "aruba_osswitch"),
    prompt=r"NAME(?:\([^)\n]{1,40}\))?[>#] ?",
    paging=("no page", "terminal width 1920"),
    shown_on="recordings",
    config_command="show running-config",
    reads=(
        "show system",
        "show lldp info local-device",
        "show interfaces brief",
        "show interfaces",
        "show ip",
        "show ip route",
        "show lldp info remote-device detail",
        "show arp",
    ),
    parsers={
        "show system": system,
        "show system information": system,
        "show system-information": system,
        "show vsf detail": stack,
        "show version": version,
        "show interfaces": counters,
        "show interfaces brief": interfaces,
        "show interfaces status": statuses,
        "show trunks": trunks,
        "show ip": addresses,
        "show ip route": default_routes,
        "show lldp info local-device": local_device,
        "show lldp info remote-device": neighbors,
        "show lldp info remote-device detail": neighbor_details,
        "show cdp neighbors detail": cdp_neighbors,
        "show arp": arp,
    },
    first_line=r"^; .*Configuration Editor; Created on release #",
    last_line="",
    proof=Rest("{shown} | begin {word}"),
    hostname=r'^hostname "?([^"\n]+?)"?\s*$',
    sections=(r"^hostname ", r"^vlan 1\s*$"),
    noise=r"\A\s*(?:(?:Running|Startup) configuration:[^\n]*\n\s*)?",
    volatile=r"^(?:;.*|\s*)$",
    secrets=(
        r"^[ \t]*(?:encrypted-)?password (?:manager|operator|port-access)"
        rf'(?: user-name (?:"[^"\n]*"|\S+))?(?i: {_TYPE})? +(?!user-name ){_QUOTED}',
        rf"\bpassword(?i: {_TYPE}) +{_QUOTED}",
        rf"\bencrypted-password +(?!(?:manager|operator|port-access) ){_QUOTED}",
        rf"\b(?:neighbor \S{{1,64}}|mac-based|username \S{{1,64}}) password +(?!{_TYPE} ){_QUOTED}",
        rf"^[ \t]*(?:radius|tacacs)-server .*?\b(?:encrypted-key|key)(?: {_TYPE})? +{_QUOTED}",
        rf"\b(?:key-value|key-string|encrypted-key|(?:encrypted-)?authentication-key|preshared-key)(?: {_TYPE})? +"
        rf"{_QUOTED}",
        rf"\bsnmp-server (?:community|host \S{{1,64}}(?: community)?) +{_QUOTED}",
        rf"^[ \t]*snmpv3 community .*?\bname +{_QUOTED}",
        rf"\bauth (?:md5|sha\d*)(?:[ \t]*\\\n)?[ \t]+{_QUOTED}",
        rf"\bpriv(?: (?:des|aes\d*))?(?:[ \t]*\\\n)?[ \t]+(?!(?:des|aes)\b){_QUOTED}",
        rf"^[ \t]*aaa port-access supplicant .*?\bsecret +{_QUOTED}",
    ),
    refused=r"^[ \t]*(?:Invalid input|Ambiguous input|Incomplete input|Unknown command|Not authorized|Access denied"
    r"|Command not supported|Module not present)\b",
    enter_config=("configure terminal",),
    leave_config=("end",),
    enable="enable",
    save=("write memory",),
    saved=r"\A\s*\Z",
    saved_commands=("show config",),
    ping="ping {address} repetitions {count} timeout 1",
)
