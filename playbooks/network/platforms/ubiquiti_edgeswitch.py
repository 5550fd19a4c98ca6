"""Ubiquiti EdgeSwitch (Broadcom FASTPATH). dl.ubnt.com: EdgeSwitch CLI Command Reference.

A running configuration ends in an `exit` as so many of its lines do: no end mark of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from ipaddress import ip_address
from itertools import pairwise
from typing import Any

from playbooks.network.facts import Arp, Interface, Neighbor, OspfNeighbor, Route, StpPort
from playbooks.network.platforms import tables
from playbooks.network.platforms.platform import Platform, duration_s
from playbooks.network.platforms.proof import Rest

_rows = partial(tables.rows, "ubiquiti_edgeswitch")


def told(output: str) -> dict[str, str]:
    """`Name......... value` lines; ValueError when there is none."""
    found = dict(re.findall(r"^[ \t]*(\w[^\n]*?) ?\.{3,}[ \t]*(.*?)[ \t]*$", output, re.MULTILINE))
    if not found:
        raise ValueError("no dotted lines")
    return found


def table(output: str) -> list[dict[str, str]]:
    """Rows of the first table, by heading; headings stand in several lines above a rule of dashes.

    Raises ValueError where a value runs into the next column.
    """
    lines = output.split("\n")
    at = next((n for n, line in enumerate(lines) if re.fullmatch(r"\s*-+(?: +-+)+\s*", line)), 0)
    spans = [match.span() for match in re.finditer("-+", lines[at])]
    if not at or not spans:
        raise ValueError("no table")
    above = _until_blank(reversed(lines[:at]))[::-1]
    heads = [" ".join(" ".join(column).split()) for column in zip(*(_cut(line, spans) for line in above), strict=True)]
    return [dict(zip(heads, _cells(line, spans), strict=True)) for line in _until_blank(lines[at + 1 :])]


def _until_blank(lines: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if not line.strip():
            break
        kept.append(line)
    return kept


def _cut(line: str, spans: list[tuple[int, int]]) -> list[str]:
    ends = [start for start, _ in spans[1:]] + [len(line)]
    return [line[start:end].strip() for (start, _), end in zip(spans, ends, strict=True)]


def _cells(line: str, spans: list[tuple[int, int]]) -> list[str]:
    gaps = (line[end:start] for (_, end), (start, _) in pairwise(spans))
    if not any(gap.strip() for gap in gaps):
        return _cut(line, spans)
    cells = re.split(r" {2,}", line.strip())
    if len(cells) != len(spans):
        raise ValueError(f"not a row of the table: {line!r}")
    return cells


def version(output: str) -> dict[str, Any]:
    found = told(output)
    return {"version": found["Software Version"], "model": found["Machine Model"], "serial": found["Serial Number"]}


def sysinfo(output: str) -> dict[str, Any]:
    found = told(output)
    return {"hostname": found["System Name"], "uptime_s": duration_s(found["System Up Time"])}


def ports(output: str) -> dict[str, Any]:
    return {"interfaces": tuple(_port(row) for row in table(output))}


def _port(row: dict[str, str]) -> Interface:
    admin, link = row["Admin Mode"], row["Link Status"]
    if admin not in ("Enable", "Disable", "D-Disable") or link not in ("Up", "Down"):
        raise ValueError(f"unknown state: {admin!r} {link!r}")
    return Interface(
        name=_name(row["Intf"]),
        enabled=admin != "Disable",
        up=link == "Up",
        error_disabled=admin if admin == "D-Disable" else "",
        line=f"{row['Intf']} {admin} {link}",
        **_physical(row["Physical Status"]),
    )


def links(output: str) -> dict[str, Any]:
    """The table that names the ports; whether one is switched off it does not tell."""
    return {"interfaces": tuple(_link(row) for row in table(output))}


def _link(row: dict[str, str]) -> Interface:
    state = row["Link State"]
    if state not in ("Up", "Down"):
        raise ValueError(f"unknown state: {state!r}")
    return Interface(
        name=_name(row["Port"]),
        up=state == "Up",
        description=row["Name"],
        line=f"{row['Port']} {state}",
        **_physical(row["Physical Status"]),
    )


def _name(text: str) -> str:
    if not re.fullmatch(r"(?:\d+/)+\d+|(?:vlan|lag|ch)? ?\d+", text):
        raise ValueError(f"not a port: {text!r}")
    return text


def _physical(status: str) -> dict[str, Any]:
    """Duplex and speed of `1000 Full` or `10G Full`; of a port without link it is empty."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d)?)(G?) ?(Full|Half)", status)
    if match is None:
        return {}
    return {"duplex": match[3].lower(), "speed_mbps": int(float(match[1]) * (1000 if match[2] else 1))}


def neighbors(output: str) -> dict[str, Any]:
    rows = [{key.removeprefix("Local "): value for key, value in row.items()} for row in table(output)]
    return {
        "neighbors": tuple(
            Neighbor(_name(row["Interface"]), row["System Name"] or row["Chassis ID"], row["Port ID"])
            for row in rows
            if row["Chassis ID"]
        )
    }


STATES = ("forwarding", "blocking", "learning", "listening", "discarding", "disabled")
ROLES = ("root", "designated", "alternate", "backup", "master", "disabled")


def stp_ports(output: str) -> dict[str, Any]:
    instance = re.search(r"^MST(?: Instance)?(?: ID)?\.* *(\d+)", output, re.MULTILINE)
    return {"stp_ports": tuple(_stp_port(row, instance[1] if instance else "") for row in table(output))}


def _stp_port(row: dict[str, str], instance: str) -> StpPort:
    role, state = row["Port Role"].lower(), row["STP State"].lower().removeprefix("manual ")
    if role not in ROLES or state not in STATES:
        raise ValueError(f"unknown role or state: {role!r} {state!r}")
    return StpPort(_name(row["Interface"]), role, state, instance)


def arp(output: str) -> dict[str, Any]:
    rows = _rows("show arp", output)
    return {
        "arp": tuple(
            Arp(row["ip_address"], row["mac_address"], row["interface"])
            for row in rows
            if row["mac_address"] != "00:00:00:00:00:00"
        )
    }


def load(output: str) -> dict[str, Any]:
    """Busy part of the last 300 s, memory in use."""
    total = re.search(r"^ *Total CPU Utilization((?: +\d{1,3}(?:\.\d+)?%){3}) *$", output, re.MULTILINE)
    memory = dict(re.findall(r"^ *(free|alloc) +(\d{1,15}) *$", output, re.MULTILINE))
    if total is None or not re.search(r"5 Sec\w*\s+60 Sec\w*\s+300 Sec", output):
        raise ValueError("no load in the output")
    known: dict[str, Any] = {"cpu_percent": float(total[1].split()[-1].rstrip("%"))}
    if len(memory) == 2:
        free, used = int(memory["free"]), int(memory["alloc"])
        known["memory_percent"] = round(100 * used / (free + used), 1) if free + used else None
    return known


def ospf_neighbors(output: str) -> dict[str, Any]:
    return {
        "ospf_neighbors": tuple(
            OspfNeighbor(row["Router ID"], row["IP Address"], _name(row["Neighbor Interface"]), row["State"])
            for row in table(output)
        )
    }


def network(output: str) -> dict[str, Any]:
    """The gateway of the management network; one that is not set says nothing about a switch that routes."""
    gateway = told(output)["Default Gateway"]
    if ip_address(gateway).is_unspecified:
        raise ValueError("no gateway")
    return {"default_routes": (Route("0.0.0.0/0", gateway),)}


UNSYNCHRONISED = (
    "Request Timed Out", "Bad Date Encoded", "Version Not Supported", "Server Unsynchronized", "Server Kiss Of Death",
)  # fmt: skip


def clock(output: str) -> dict[str, Any]:
    match = re.search(r"^ *(?:Last )?(?:Unicast )?(?:Last )?Attempt Status:?\.* *(\w.*?) *$", output, re.MULTILINE)
    if match is None or match[1] not in ("Success", *UNSYNCHRONISED):
        raise ValueError("no status of the clock")
    return {"clock_synchronised": match[1] == "Success", "clock_line": match[0].strip()}


VALUE = r"\"?(?P<secret>(?<=\")[^\"\n]+|[^\s\"]+)"

PLATFORM = Platform(
    name="ubiquiti_edgeswitch",
    aliases=("ubiquiti_edge",),
    prompt=r"\(NAME\) ?(?:\([^\n()]{1,60}\) ?)?[>#]",
    paging=("terminal length 0",),
    shown_on="recordings",
    config_command="show running-config",
    reads=(
        "show version",
        "show sysinfo",
        "show port all",
        "show network",
        "show lldp remote-device all",
        "show spanning-tree mst port summary 0 all",
        "show ip ospf neighbor",
        "show arp",
        "show process cpu",
        "show sntp",
    ),
    parsers={
        "show version": version,
        "show sysinfo": sysinfo,
        "show port all": ports,
        "show interfaces status all": links,
        "show network": network,
        "show lldp remote-device all": neighbors,
        "show spanning-tree mst port summary 0 all": stp_ports,
        "show ip ospf neighbor": ospf_neighbors,
        "show arp": arp,
        "show process cpu": load,
        "show sntp": clock,
    },
    first_line=r"^!Current Configuration:",
    last_line="",
    proof=Rest('{shown} | begin "{word}"'),
    hostname=r"^(?:hostname|snmp-server sysname) \"?([^\"\n]+?)\"?$",
    sections=(r"^!System Software Version ", r"^configure$", r"^interface ", r"^exit$"),
    volatile=r"^(?:!System Up Time .*|!Current (?:SNTP|System)[^:]*Time:.*|\s*)$",
    secrets=(
        rf"^[ \t]*(?:enable )?password {VALUE}(?= encrypted|\s*$)",
        rf"^[ \t]*users? passwd \S+ (?:encrypted )?{VALUE}",
        rf"^[ \t]*username (?:\"[^\"\n]*\"|\S+) (?:.*? )?password (?:encrypted )?{VALUE}",
        rf"^[ \t]*snmp-server community (?!mode |ipaddr |ipmask |ro |rw ){VALUE}",
        rf"^[ \t]*snmp-server community (?:ro|rw) {VALUE}",
        rf"^[ \t]*snmp-server host \S+ (?:(?:traps|informs|version \S+|timeout \d+|retries \d+) )*{VALUE}",
        rf"^[ \t]*snmptrap {VALUE}",
        rf"\bauth-(?:md5|sha|md5-key|sha-key) {VALUE}",
        rf"\bpriv-(?:des|des-key|aes\d*|aes\d*-key|3des) {VALUE}",
        rf"^[ \t]*(?:radius server key|tacacs-server key|radius-server key|key|keystring)"
        rf"(?: (?:auth|acct)(?: \S+)?)?(?: (?:encrypted|[07]))? {VALUE}\"?[ \t]*$",
        rf"\bauthentication (?:encrypt|md5|simple)(?: md5)? {VALUE}",
        rf"^[ \t]*sntp authentication-key \d+ md5 {VALUE}",
        rf"^[ \t]*neighbor \S+ password {VALUE}",
    ),
    refused=r"^[ \t]*(?:% ?(?:Invalid|Incomplete|Ambiguous|Unrecognized|Unknown).*|Command not found.*"
    r"|Incomplete command.*|ERROR: .*|Error! .*)",
    enter_config=("configure",),
    leave_config=("exit",),
    enable="enable",
    save=("write memory confirm",),
    saved=r"Configuration Saved!",
    saved_commands=("show startup-config",),
    ping="ping {address} count {count}",
)
