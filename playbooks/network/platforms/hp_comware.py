"""HPE, HP and H3C Comware 5 and 7. VRP and Comware come from one house, and tables that stayed alike are read alike.

HP and H3C command references: Network Management and Monitoring (`snmp-agent`), Fundamentals (`super password`),
Layer 2 - LAN Switching (`display stp`). Recordings stand behind interfaces, LLDP, ARP, routes, BGP and manufacture;
the other tables were seen on no device.
"""

from __future__ import annotations

import re
from typing import Any

from playbooks.network.facts import Arp, BgpPeer, Interface, Neighbor, Note
from playbooks.network.platforms.huawei_vrp import (
    ADDRESS,
    body,
    clock,
    counted,
    default_routes,
    known_state,
    neighbor,
    only,
    ospf_interfaces,
    ospf_neighbors,
    parts,
    row,
    startup,
    stp_ports,
    sysname,
    told,
)
from playbooks.network.platforms.platform import Platform, duration_s

SWITCHED_OFF = (
    r"(?i)^(STP|DLDP|port security|storm[ -]constrain|loop\w*(?: detection)?|mac-address moving)\b.*(?:down|disabled)"
)
"""States of an interface that the device itself shut (Layer 2 command reference, `display interface`)."""


def version(output: str) -> dict[str, Any]:
    software = only(r"^.*\bComware\b.*?\bVersion (\S.*?) *$", output)
    device = only(r"^(?:HPE|HP|H3C) (\S.*?) uptime is (\d.*)$", output)
    reason = told(r"^ *Last reboot reason *: *(\S.*)$", output)
    known = {"version": software[1], "model": device[1], "uptime_s": duration_s(device[2])}
    return known | ({"restart_reason": reason} if reason else {})


def manufacture(output: str) -> dict[str, Any]:
    """Model and serial number of a device with one slot; of a chassis or a stack each slot has its own."""
    heading = r"^ *(Slot \d+(?: CPU \d+)?|Subslot \d+|Fan \d+|Power \d+|Chassis.*) *:? *$"
    slots = [text for found, text in parts(heading, output) if found[1].startswith(("Slot", "Chassis"))]
    (own,) = slots
    if own.count("DEVICE_NAME") != 1:
        raise ValueError("more than one device in a slot")
    model, serial = (only(rf"^ *DEVICE_{key} *: *(\S.*?) *$", own)[1] for key in ("NAME", "SERIAL_NUMBER"))
    return {"model": model, "serial": serial}


def interfaces(output: str) -> dict[str, Any]:
    """Also of `display ip interface`, which prints fewer lines of the same kinds."""
    heading = r"^ ?(\S+)(?: +current state *:|(?: *\n) *Current state *:) *(\S.*?) *$"
    return {"interfaces": tuple(_interface(*each) for each in parts(heading, output))}


def _interface(heading: re.Match[str], text: str) -> Interface:
    name, state = heading[1], known_state(heading[2])
    protocol = told(r"^ *Line protocol (?:current )?state *:(.*)$", text)
    if not text.strip():
        raise ValueError(f"{name} is cut off")
    mode = re.search(
        r"^ *(\d+(?:\.\d+)?)([MG])[^\s,]*(?:-speed mode)?, *(full|half)\b", text, re.MULTILINE | re.IGNORECASE
    )
    return Interface(
        name=name,
        enabled="administratively" not in state.lower(),
        up=state.startswith("UP") and protocol.startswith("UP" if protocol else ""),
        description=told(r"^ *Description *:(.*)$", text),
        mtu=int(told(r"\bMaximum [Tt]ransmi(?:t|ssion) [Uu]nit(?: is| *:) *(\d+)", text) or 0),
        addresses=tuple(re.findall(rf"^ *Internet [Aa]ddress(?: is| *:) *({ADDRESS}/\d+)\b", text, re.MULTILINE)),
        errors=sum(map(int, re.findall(r"(?<![\d.])(\d+) (?:input |output )?errors?\b", text))),
        duplex=mode[3].lower() if mode else "",
        speed_mbps=_mbps(mode[1], mode[2]) if mode else 0,
        error_disabled=told(SWITCHED_OFF, state),
        load_percent=_load(text),
        line=f"{name} current state: {state}" + (f", Line protocol state: {protocol}" if protocol else ""),
    )


def _mbps(number: str, unit: str) -> int:
    return int(float(number) * (1000 if unit.upper() == "G" else 1))


def _load(text: str) -> float | None:
    shares = re.findall(r"^ *Last \d+ seconds? (?:input|output):.* (\d+)% *$", text, re.MULTILINE)
    return max(map(float, shares)) if len(shares) == 2 else None


def interfaces_brief(output: str) -> dict[str, Any]:
    """Two tables: ports that route, ports that bridge. Addresses stand there without their prefix length."""
    heading = r"^Interface +Link +(?:(Protocol) +(?:Primary|Main) IP|Speed +Duplex +Type +PVID) +Description *$"
    found: list[Interface] = []
    for table, text in parts(heading, output):
        lines = text.split("\nBrief information")[0].splitlines()
        found += [(_routed if table[1] else _bridged)(line.rstrip()) for line in lines if line.strip()]
    return {"interfaces": tuple(found)}


def _routed(line: str) -> Interface:
    each = row(rf"(\S+) +(UP|DOWN|ADM|Stby) +(UP|DOWN|--)(?:\(s\))? +(?:{ADDRESS}|--)(?: +(.*))?", line)
    return _brief(line, each[1], each[2], each[4], each[3] != "DOWN")


def _bridged(line: str) -> Interface:
    each = row(r"(\S+) +(UP|DOWN|ADM|Stby) +(\S+) +([AFH])(?:\(a\))? +[ATH] +\d+(?: +(.*))?", line)
    speed = re.fullmatch(r"([\d.]+)([MG])(?:\(a\))?", each[3])
    duplex = {"F": "full", "H": "half"}.get(each[4], "")
    return _brief(line, each[1], each[2], each[5], True, duplex, _mbps(*speed.groups()) if speed else 0)


def _brief(
    line: str, name: str, link: str, description: str | None, runs: bool, duplex: str = "", speed_mbps: int = 0
) -> Interface:
    return Interface(
        name=name,
        enabled=link != "ADM",
        up=link == "UP" and runs,
        description=description or "",
        duplex=duplex,
        speed_mbps=speed_mbps,
        line=" ".join(line.split()),
    )


def neighbors(output: str) -> dict[str, Any]:
    ports = parts(r"^ *LLDP neighbor-information of port \d+ ?\[(\S+)\] *: *$", output)
    return {"neighbors": tuple(one for port, text in ports for one in _neighbors_on(port[1], text))}


def _neighbors_on(port: str, text: str) -> list[Neighbor]:
    return [neighbor(port, part) for _, part in parts(r"^ *(?:LLDP )?[Nn]eighbor index *: *\d+ *$", text)]


def neighbors_list(output: str) -> dict[str, Any]:
    """The name comes first or last; a line that is not four words tells them not surely enough."""
    order = r"^(?:(System Name) +)?Local Interface +Chassis ID +Port ID(?: +System Name)? *$"
    first = only(order, output)[1] is not None
    pattern = r"(\S+) +(\S+) +\S+ +(\S+)" if first else r"(\S+) +\S+ +(\S+) +(\S+)"
    rows = [row(pattern, line.strip()).groups() for line in body(order, output)]
    found = (Neighbor(each[1], each[0], each[2]) if first else Neighbor(each[0], each[2], each[1]) for each in rows)
    return {"neighbors": tuple(found)}


def bgp_peers(output: str) -> dict[str, Any]:
    lines = body(r"^ *Peer +AS +MsgRcvd +MsgSent +OutQ +PrefRcv +Up/Down +State *$", output)
    found = tuple(map(_peer, lines))
    counted(told(r"^ *Total number of peers *: *(\d+)", output), len(found))
    return {"bgp_peers": found}


def _peer(line: str) -> BgpPeer:
    each = row(r" *[*^]? *(\S+) +([\d.]+) +\d+ +\d+ +\d+ +\d+ +\S+ +(No neg|[A-Z]\w+(?:\(\w+\))?)", line)
    return BgpPeer(each[1], each[2], each[3], " ".join(line.split()))


def arp(output: str) -> dict[str, Any]:
    columns = r"^ *IP [Aa]ddress +MAC [Aa]ddress +S?VLAN(?: ID|/VSI name|/VSI)? +Interface(?:/Link ID)? +Aging +Type *$"
    lines = body(columns, output)
    mac = r"[0-9A-Fa-f]{4}(?:-[0-9A-Fa-f]{4}){2}"
    rows = (row(rf" *({ADDRESS}) +({mac}) +\S+ +(\S+) +(?:\d+|N/A|--) +[A-Z]{{1,2}}", line) for line in lines)
    return {"arp": tuple(Arp(each[1], each[2], each[3]) for each in rows)}


def fans(output: str) -> dict[str, Any]:
    """Fans whose state is neither Normal nor Absent."""
    found = list(parts(r"^ *(Fan \d+) *:? *(?=\n|State)", output))
    states = [(fan[1], told(r"\A\s*State *: *(\S+)", text)) for fan, text in found]
    return _unwell(states)


def power(output: str) -> dict[str, Any]:
    """Power supplies whose state is neither Normal nor Absent."""
    table = re.search(r"^ *PowerID +State\b", output, re.MULTILINE)
    pattern = r"^ *(\d+) +([A-Z][a-z]+)\b" if table else r"^ *(?:Power|PSU) (\d+) +State *: *([A-Z][a-z]+)\b"
    return _unwell([(f"Power {number}", state) for number, state in re.findall(pattern, output, re.MULTILINE)])


def _unwell(states: list[tuple[str, str]]) -> dict[str, Any]:
    if not states or not all(state for _, state in states):
        raise ValueError("a part without its state")
    return {"alarms": tuple(Note(part, f"{part}: {said}") for part, said in states if said not in ("Normal", "Absent"))}


def cpu(output: str) -> dict[str, Any]:
    """The busiest processor of all slots, over five minutes."""
    shares = re.findall(r"^ *(\d+)% in last 5 minutes *$", output, re.MULTILINE)
    return {"cpu_percent": max(map(float, shares))}


def memory(output: str) -> dict[str, Any]:
    """Of the fullest slot; Comware 5 prints the share, Comware 7 sizes."""
    if rates := re.findall(r"^ *Used Rate *: *(\d+)% *$", output, re.MULTILINE):
        return {"memory_percent": max(map(float, rates))}
    only(r"^ +Total +Used +Free\b", output)
    sizes = re.findall(r"^ *Mem: +([1-9]\d*) +(\d+) ", output, re.MULTILINE)
    return {"memory_percent": max(round(100 * int(used) / int(total), 1) for total, used in sizes)}


PLATFORM = Platform(
    name="hp_comware",
    prompt=r"(?:RBM_[PS])?(?:<NAME>|\[[~*]?NAME(?:-[^\]\s]+)?\])",
    paging=("screen-length disable", "undo terminal monitor"),
    shown_on="recordings",
    config_command="display current-configuration",
    reads=(
        "display current-configuration | include sysname",
        "display version",
        "display device manuinfo",
        "display interface",
        "display lldp neighbor-information verbose",
        "display ip routing-table",
        "display ospf interface verbose",
        "display ospf peer verbose",
        "display bgp peer ipv4",
        "display stp brief",
        "display arp",
        "display fan",
        "display power",
        "display cpu-usage",
        "display memory",
        "display ntp-service status",
        "display startup",
    ),
    parsers={
        "display current-configuration | include sysname": sysname,
        "display version": version,
        "display device manuinfo": manufacture,
        "display interface": interfaces,
        "display ip interface": interfaces,
        "display interface brief": interfaces_brief,
        "display lldp neighbor-information verbose": neighbors,
        "display lldp neighbor-information list": neighbors_list,
        "display ip routing-table": default_routes,
        "display ospf interface verbose": ospf_interfaces,
        "display ospf interface all": ospf_interfaces,
        "display ospf peer verbose": ospf_neighbors,
        "display bgp peer": bgp_peers,
        "display bgp peer ipv4": bgp_peers,
        "display stp brief": stp_ports,
        "display arp": arp,
        "display fan": fans,
        "display power": power,
        "display cpu-usage": cpu,
        "display memory": memory,
        "display ntp-service status": clock,
        "display startup": startup,
    },
    first_line=r"^ ?version \d",
    last_line="return",
    hostname=r"^ ?sysname (\S+)$",
    sections=(r"^ ?sysname ", r"^#$"),
    volatile=r"^(?:#|return|\s*)$",
    secrets=(
        r"(?<!algorithm )(?<!server )\b(?:cipher|simple|hash)(?: (?:cipher|simple|hash)){0,3}+"
        r" (?!(?:authentication-mode|privacy-mode)\b)(?P<secret>\S+)",
        r"\bauthentication-mode (?:hmac-)?(?:simple|md5|sha[\w-]*)(?: (?:rfc\d+|\d+)(?= \S))?+"
        r" (?!(?:cipher|plain|simple|privacy-mode|key-id|keychain)\b)(?P<secret>\S+)",
        r"\bprivacy-mode (?:aes|3?des)\w* (?!(?:cipher|simple)\b)(?P<secret>\S+)",
        r"\bsnmp-agent community (?:read|write) (?!(?:cipher|simple)\b)(?P<secret>\S+)",
        r"\bsnmp-agent usm-user v(?:1|2c) (?P<secret>\S+)",
        r"\bsecurityname (?P<secret>\S++)(?! v3\b)",
        r"\bkey (?:authentication|accounting|authorization) (?!(?:cipher|simple)\b)(?P<secret>\S+)",
        r"\b(?:key-string|pass-phrase|pre-shared-key) (?!(?:cipher|simple|address|hostname)\b)(?P<secret>\S+)",
        r"(?P<secret>\$[ch]\$\d+\$\S+)",
    ),
    refused=r"^[ \t]*%\s*(?:Unrecognized|Incomplete|Ambiguous|Wrong|Too many|Unknown|Invalid|Permission)\b.*"
    r"|^Permission denied.*",
    enter_config=("system-view",),
    leave_config=("return",),
    save=("save force",),
    saved=r"(?i)\bsuccessfully\b",
    saved_commands=("display saved-configuration",),
    ping="ping -c {count} -m 200 -t 1000 {address}",
)
