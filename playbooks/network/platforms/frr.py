"""FRRouting 8 and later over SSH, vtysh as login shell. docs.frrouting.org/en/stable-8.4/

vtysh answers nothing to `show startup-config` when the configuration is integrated (frr.conf), so the saved one is asked
for over an exec channel: the login of the office's FRR routers answers that one command (README of this folder). Where it
does not, `config.unsaved` cannot be told and `config.changed` stands in.
"""

from __future__ import annotations

import json
import re
from typing import Any

from playbooks.network.facts import BgpPeer, Interface, OspfInterface, OspfNeighbor, Route
from playbooks.network.platforms.platform import Platform, duration_s


def version(output: str) -> dict[str, Any]:
    match = re.search(r"^FRRouting (\S+) \(([^)]*)\)", output, re.MULTILINE)
    if match is None:
        raise ValueError("no version line")
    return {"version": match[1], "hostname": match[2]}


def interfaces(output: str) -> dict[str, Any]:
    return {"interfaces": tuple(_interface(name, told) for name, told in json.loads(output).items())}


def _interface(name: str, told: dict[str, Any]) -> Interface:
    status, protocol = told["administrativeStatus"], told.get("operationalStatus", "down")
    return Interface(
        name=name,
        enabled=status == "up",
        up=status == "up" and protocol == "up",
        description=told.get("description", ""),
        mtu=int(told.get("mtu", 0)),
        addresses=tuple(own["address"] for own in told.get("ipAddresses", ()) if not own["address"].startswith("fe80")),
        flaps=int(told.get("linkDowns", 0)),
        line=f"Interface {name} is {status}, line protocol is {protocol}",
    )


def ospf_interfaces(output: str) -> dict[str, Any]:
    told = json.loads(output).get("interfaces", {})
    return {
        "ospf_interfaces": tuple(_ospf_interface(name, one) for name, one in told.items() if one.get("ospfEnabled"))
    }


def _ospf_interface(name: str, told: dict[str, Any]) -> OspfInterface:
    hello = told.get("timerMsecs") or told.get("timerHelloInMsecs") or 0
    return OspfInterface(
        name=name,
        area=told.get("area", "").partition(" ")[0],
        hello_s=int(hello) // 1000,
        dead_s=int(told.get("timerDeadSecs", 0)),
        mtu=int(told.get("mtuBytes", 0)),
        passive=bool(told.get("timerPassiveIface", False)),
        kind=told.get("networkType", ""),
        neighbors=int(told.get("nbrCount", 0)),
    )


def ospf_neighbors(output: str) -> dict[str, Any]:
    told = json.loads(output).get("neighbors", {})
    return {"ospf_neighbors": tuple(_neighbor(router, one) for router, many in told.items() for one in many)}


def _neighbor(router_id: str, told: dict[str, Any]) -> OspfNeighbor:
    return OspfNeighbor(
        router_id=router_id,
        address=told.get("ifaceAddress") or told["address"],
        interface=told["ifaceName"].partition(":")[0],
        state=told.get("nbrState") or told["state"],
    )


def bgp_peers(output: str) -> dict[str, Any]:
    families = [told for told in json.loads(output).values() if isinstance(told, dict)]
    peers = {address: one for family in families for address, one in family.get("peers", {}).items()}
    return {"bgp_peers": tuple(_peer(address, one) for address, one in peers.items())}


def _peer(address: str, told: dict[str, Any]) -> BgpPeer:
    note = f"{address} AS {told['remoteAs']} {told['state']} {told.get('peerUptime', '')}".strip()
    return BgpPeer(address, str(told["remoteAs"]), told["state"], note)


def default_routes(output: str) -> dict[str, Any]:
    routes = json.loads(output).get("0.0.0.0/0", ())
    return {"default_routes": tuple(_route(told, hop) for told in routes for hop in told.get("nexthops", ({},)))}


def _route(told: dict[str, Any], hop: dict[str, Any]) -> Route:
    return Route(
        prefix=told["prefix"],
        gateway=hop.get("ip", ""),
        interface=hop.get("interfaceName", ""),
        protocol=told["protocol"],
        active=bool(told.get("installed")) and bool(hop.get("active")),
        distance=int(told.get("distance", 0)),
    )


def uptime(output: str) -> dict[str, Any]:
    """FRR does not tell its uptime; its oldest connected route is as old as the program, or younger."""
    routes = [route for many in json.loads(output).values() for route in many]
    return {"uptime_s": max(_age(route["uptime"]) for route in routes)}


def _age(text: str) -> float:
    return duration_s(text)


PLATFORM = Platform(
    name="frr",
    napalm="playbooks.network.napalm_frr",
    title="FRRouting",
    config_command="show running-config",
    reads=(
        "show version",
        "show interface json",
        "show ip route connected json",
        "show ip route 0.0.0.0/0 json",
        "show ip ospf interface json",
        "show ip ospf neighbor json",
        "show bgp summary json",
    ),
    parsers={
        "show version": version,
        "show interface json": interfaces,
        "show ip route connected json": uptime,
        "show ip route 0.0.0.0/0 json": default_routes,
        "show ip ospf interface json": ospf_interfaces,
        "show ip ospf neighbor json": ospf_neighbors,
        "show ip ospf neighbor detail json": ospf_neighbors,
        "show bgp summary json": bgp_peers,
    },
    first_line=r"^frr version ",
    last_line="end",
    hostname=r"^hostname (\S+)",
    sections=(r"^frr defaults ",),
    noise=r"\A(?:\s*Building configuration\.\.\.\n)?(?:\s*Current configuration:\n(?:!\n)?)?",
    volatile=r"^(?:!.*|frr version .*|end|exit|\s*)$",
    secrets=(
        r"^(?:enable )?password (?:8 )?(?P<secret>.+)$",
        r"\b(?:neighbor \S+ password|message-digest-key \d+ md5|authentication-key|area-password (?:clear|md5)"
        r"|domain-password (?:clear|md5)|isis password (?:clear|md5)|key-string|mpls ldp neighbor \S+ password) "
        r"(?P<secret>\S.*)$",
        r"\bsnmp-server community (?P<secret>\S+)",
    ),
    refused=r"^(?:% (?!Network|Can't open configuration).*|Error .*|.*\[EC \d+\].*|.*is not running)$",
    enter_config=("configure terminal",),
    leave_config=("end",),
    save=("write memory",),
    saved=r"Integrated configuration saved to |\[OK\]",
    saved_command="show startup-config",
    saved_by_exec=True,
    ping="ping {address}",
    ping_by_exec=True,
    ping_answer=r"bytes from ",
    undo="perintah kebalikan dijalankan lewat sambungan baru; FRR tidak punya pembatalan berjangka di perangkat",
    shown_on="FRR 8.4 (lab)",
)
