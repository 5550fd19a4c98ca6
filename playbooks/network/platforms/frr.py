"""FRRouting 8 and later over SSH, vtysh as login shell. docs.frrouting.org/en/stable-8.4/

vtysh answers nothing to `show startup-config` when the configuration is integrated, so frr.conf is asked for over an
exec channel: the login of the office's FRR routers lets that one command through (README of this folder). Where it does
not, `config.unsaved` cannot be told and `config.changed` stands in.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import Any

from playbooks.network.facts import BgpPeer, Interface, OspfInterface, OspfNeighbor, Route
from playbooks.network.platforms import frr_diff
from playbooks.network.platforms.platform import ARMED_MINUTES, Change, Platform, Situation, duration_s


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
    nowhere = hop.get("blackhole") or hop.get("reject")
    return Route(
        prefix=told["prefix"],
        gateway=hop.get("ip", ""),
        interface="blackhole" if nowhere else hop.get("interfaceName", ""),
        protocol=told["protocol"],
        active=bool(told.get("installed")) and bool(hop.get("active")) and not nowhere,
        distance=int(told.get("distance", 0)),
    )


def uptime(output: str) -> dict[str, Any]:
    """FRR does not tell its uptime; its oldest connected route is as old as the program, or younger."""
    routes = [route for many in json.loads(output).values() for route in many]
    return {"uptime_s": max(duration_s(route["uptime"]) for route in routes)}


def enable_port(now: Situation) -> Change | None:
    name = now.finding.subject
    if "shutdown" not in section(now.config, f"interface {name}"):
        return None
    return Change((f"interface {name}", "no shutdown"), (f"interface {name}", "shutdown"), f"Aktifkan {name}", name)


def restore_area(now: Situation) -> Change | None:
    """The area that the interface had when its neighbours were there; only where the interface itself names it."""
    name, lines = now.finding.subject, section(now.config, f"interface {now.finding.subject}")
    then = next((one.area for one in now.before.ospf_interfaces if one.name == name), "")
    have = next((line.split()[-1] for line in lines if line.startswith("ip ospf area ")), "")
    if not have or not then or _short(have) == _short(then):
        return None
    return Change(
        (f"interface {name}", f"no ip ospf area {have}", f"ip ospf area {_short(then)}"),
        (f"interface {name}", f"no ip ospf area {_short(then)}", f"ip ospf area {have}"),
        f"Kembalikan area OSPF {name} ke {_short(then)}",
        name,
    )


def _short(area: str) -> str:
    return area.removeprefix("0.0.0.")


def restore_timers(now: Situation) -> Change | None:
    name = now.finding.subject
    then = next((one for one in now.before.ospf_interfaces if one.name == name and one.dead_s), None)
    have = next((one for one in now.facts.ospf_interfaces if one.name == name), None)
    if not then or not have or (then.hello_s, then.dead_s) == (have.hello_s, have.dead_s):
        return None
    summary = f"Kembalikan hello/dead OSPF {name} ke {then.hello_s}/{then.dead_s} detik"
    return Change(_timers(name, then), _timers(name, have), summary, name)


def _timers(name: str, of: OspfInterface) -> tuple[str, ...]:
    return f"interface {name}", f"ip ospf hello-interval {of.hello_s}", f"ip ospf dead-interval {of.dead_s}"


def unhide(now: Situation) -> Change | None:
    """A neighbour lost behind an interface that was made passive since."""
    name = next((one.interface for one in now.before.ospf_neighbors if one.address == now.finding.subject), "")
    then = next((one for one in now.before.ospf_interfaces if one.name == name), None)
    if not then or then.passive or "ip ospf passive" not in section(now.config, f"interface {name}"):
        return None
    head = f"interface {name}"
    return Change((head, "no ip ospf passive"), (head, "ip ospf passive"), f"Aktifkan kembali OSPF pada {name}", name)


def restore_default(now: Situation) -> Change | None:
    """A static default route to the gateway that the inventory names or that the last good run used."""
    then = (route.gateway for route in now.before.default_routes or () if route.protocol == "static")
    gateway = now.gateway or next(then, "")
    out = next((one for one in now.facts.interfaces if one.up and one.reaches(gateway)), None)
    if out is None or out.holds(gateway):
        return None
    wrong = [line for line in now.config.splitlines() if re.fullmatch(r"ip route 0\.0\.0\.0/0 [0-9.]+", line)]
    right = f"ip route 0.0.0.0/0 {gateway}"
    if right in wrong:
        return None
    commands = (right, *(f"no {line}" for line in wrong))
    return Change(commands, (*wrong, f"no {right}"), f"Pasang rute default ke {gateway}")


def restore_peer(now: Situation) -> Change | None:
    """A BGP session that was shut down, or whose AS was changed, since it last worked."""
    address = now.finding.subject
    head = next((line for line in now.config.splitlines() if line.startswith("router bgp ")), "")
    lines, then = section(now.config, head), next((p for p in now.before.bgp_peers if p.address == address), None)
    if not head or then is None or not then.up:
        return None
    if f"neighbor {address} shutdown" in lines:
        shut = f"neighbor {address} shutdown"
        return Change((head, f"no {shut}"), (head, shut), f"Aktifkan kembali sesi BGP {address}")
    have = next((line for line in lines if line.startswith(f"neighbor {address} remote-as ")), "")
    right = f"neighbor {address} remote-as {then.remote_as}"
    if have and have != right:
        return Change((head, right), (head, have), f"Kembalikan AS tetangga BGP {address} ke {then.remote_as}")
    return None


def arm(inverse: tuple[str, ...]) -> tuple[str, ...]:
    """The office's login on its FRR routers (frr_login.sh) types `inverse` after a while; vtysh refuses the word."""
    lines = b64encode("\n".join((*inverse, "")).encode()).decode()
    return (f"pelihara-arm {ARMED_MINUTES * 60:.0f} {lines}",)


def section(config: str, head: str) -> list[str]:
    """Lines of one block of a running configuration, without their indentation."""
    match = re.search(rf"^{re.escape(head)}\n((?: .*\n)*)", config, re.MULTILINE)
    return [line.strip() for line in match[1].splitlines()] if match else []


PLATFORM = Platform(
    name="frr",
    shown_on="a real part",
    netmiko="cisco_ios",
    own_driver="playbooks.network.napalm_frr:FRRDriver",
    drill="playbooks.network.frr_drill:load",
    prompt=r"NAME(?:\([^\n()]*\))?[>#]",
    paging=("terminal length 0",),
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
        r"|domain-password (?:clear|md5)|isis password (?:clear|md5)|key-string|authentication string"
        r"|nhrp authentication) "
        r"(?P<secret>\S.*)$",
        r"\bsnmp-server community (?P<secret>\S+)",
    ),
    refused=r"^(?:% (?!Warning|Network ).*|Error .*|.*\[EC \d+\].*|.*is not running)$",
    enter_config=("configure terminal",),
    leave_config=("end",),
    save=("write memory",),
    saved=r"Integrated configuration saved to |\[OK\]",
    saved_commands=("cat /etc/frr/frr.conf", "show startup-config"),
    saved_by_exec=True,
    ping="ping {address}",
    ping_endless=True,
    repairs={
        "link.admin_down": enable_port,
        "ospf.area_mismatch": restore_area,
        "ospf.timer_mismatch": restore_timers,
        "ospf.neighbor_lost": unhide,
        "route.default_missing": restore_default,
        "gateway.unreachable": restore_default,
        "bgp.peer_down": restore_peer,
    },
    saved_without_end=True,
    difference=frr_diff.commands,
    arm=arm,
    guard_by_exec=True,
    guarded=r"^armed$",
    disarm=("pelihara-disarm",),
    undo="perintah kebalikan lewat sambungan baru; akun di router ini belum memakai frr_login.sh",
)
