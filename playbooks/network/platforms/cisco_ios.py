"""Cisco IOS and IOS-XE. ntc-templates read the tables; what they cannot read is not a fact.

cisco.com: Configuration Fundamentals, `configure terminal revert timer` (needs `archive`).
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from playbooks.network.facts import BgpPeer, Interface, OspfInterface, OspfNeighbor, Route
from playbooks.network.platforms import tables
from playbooks.network.platforms.platform import ARMED_MINUTES, Change, Platform, Situation, duration_s

_rows = partial(tables.rows, "cisco_ios")


def version(output: str) -> dict[str, Any]:
    told = _rows("show version", output)[0]
    return {"hostname": told["hostname"], "version": told["version"], "uptime_s": duration_s(told["uptime"])}


def interfaces(output: str) -> dict[str, Any]:
    return {"interfaces": tuple(map(_interface, _rows("show interfaces", output)))}


def _interface(told: dict[str, Any]) -> Interface:
    status, protocol = told["link_status"], told["protocol_status"]
    own = f"{told['ip_address']}/{told['prefix_length']}" if told["ip_address"] and told["prefix_length"] else ""
    return Interface(
        name=told["interface"],
        enabled="administratively" not in status and status != "disabled",
        up=status == "up" and protocol.startswith("up"),
        description=told["description"],
        mtu=int(told["mtu"] or 0),
        addresses=(own,) if own else (),
        errors=int(told["input_errors"] or 0) + int(told["output_errors"] or 0),
        line=f"{told['interface']} is {status}, line protocol is {protocol}",
    )


def ospf_neighbors(output: str) -> dict[str, Any]:
    rows = _rows("show ip ospf neighbor", output)
    return {
        "ospf_neighbors": tuple(
            OspfNeighbor(r["neighbor_id"], r["ip_address"], r["interface"], r["state"]) for r in rows
        )
    }


def ospf_interfaces(output: str) -> dict[str, Any]:
    rows = _rows("show ip ospf interface brief", output)
    return {"ospf_interfaces": tuple(OspfInterface(name=row["interface"], area=row["area"]) for row in rows)}


def bgp_peers(output: str) -> dict[str, Any]:
    return {"bgp_peers": tuple(map(_peer, _rows("show ip bgp summary", output)))}


def _peer(told: dict[str, Any]) -> BgpPeer:
    shown = told["state_or_prefixes_received"]
    state = "Established" if shown.isdigit() else shown
    return BgpPeer(
        told["bgp_neighbor"], told["neighbor_as"], state, f"{told['bgp_neighbor']} AS {told['neighbor_as']} {shown}"
    )


def default_routes(output: str) -> dict[str, Any]:
    if re.search(r"^Gateway of last resort is not set", output, re.MULTILINE):
        return {"default_routes": ()}
    rows = [row for row in _rows("show ip route", output) if row["prefix_length"] == "0"]
    return {"default_routes": tuple(map(_route, rows))}


def _route(told: dict[str, Any]) -> Route:
    protocol = "static" if told["protocol"].startswith("S") else told["protocol"]
    return Route("0.0.0.0/0", told["nexthop_ip"], told["nexthop_if"], protocol, distance=int(told["distance"] or 0))


def cpu(output: str) -> dict[str, Any]:
    match = re.search(r"five minutes: (\d+)%", output)
    if match is None:
        raise ValueError("no load in the output")
    return {"cpu_percent": float(match[1])}


def enable_port(now: Situation) -> Change | None:
    head = f"interface {now.finding.subject}"
    return Change((head, "no shutdown"), (head, "shutdown"), f"Aktifkan {now.finding.subject}", now.finding.subject)


PLATFORM = Platform(
    name="cisco_ios",
    config_command="show running-config",
    reads=(
        "show version",
        "show interfaces",
        "show ip route",
        "show ip ospf interface brief",
        "show ip ospf neighbor",
        "show ip bgp summary",
        "show processes cpu | include CPU utilization",
    ),
    parsers={
        "show version": version,
        "show interfaces": interfaces,
        "show ip route": default_routes,
        "show ip ospf interface brief": ospf_interfaces,
        "show ip ospf neighbor": ospf_neighbors,
        "show ip bgp summary": bgp_peers,
        "show processes cpu | include cpu utilization": cpu,
    },
    first_line=r"^version \d",
    last_line="end",
    hostname=r"^hostname (\S+)",
    sections=(r"^hostname ",),
    noise=r"\A(?:\s*Building configuration\.\.\.\s*\n)?(?:\s*(?:Current configuration|Using)[^\n]*\n)?",
    volatile=r"^(?:!.*|ntp clock-period .*|Current configuration : .*|end|\s*)$",
    secrets=(
        r"\b(?:password|secret)(?: (?:level \d+|encrypted))?(?: [0-9])? (?P<secret>\S+)\s*$",
        r"\b(?:key-string|key|pre-shared-key(?: address \S+(?: \S+)?)? key|authentication-key)(?: [0-9])? "
        r"(?P<secret>\S+)\s*$",
        r"\bsnmp-server (?:community|host \S+(?: (?:version \S+|traps|informs))*) (?P<secret>\S+)",
        r"\b(?:message-digest-key \d+ md5|authentication text)(?: [0-9])? (?P<secret>\S+)",
        r"\bauth (?:md5|sha) (?P<secret>\S+)",
        r"\bppp (?:chap|pap sent-username \S+) password(?: [0-9])? (?P<secret>\S+)",
    ),
    refused=r"^\s*% ?(?:Invalid|Incomplete|Ambiguous|Unknown|Authorization|Error|Bad|Access denied|Command rejected).*",
    enter_config=("configure terminal",),
    leave_config=("end",),
    enable="enable",
    save=("write memory",),
    saved=r"\[OK\]",
    saved_commands=("show startup-config",),
    ping="ping {address} repeat 2 timeout 1",
    ping_answer=r"Success rate is (?!0 percent)",
    repairs={"link.admin_down": enable_port},
    enter_armed=(f"configure terminal revert timer {ARMED_MINUTES}",),
    disarm=("configure confirm",),
    undo="`configure terminal revert timer` (pembatalan berjangka di perangkat; butuh `archive`)",
)
