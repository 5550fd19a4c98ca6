"""What breaks in an office's network, done to the lab: each fault says on which device it is to be named, and how.

A fault is found twice: by who knows the last good run, and by who only knows the inventory's `expect:`. `blind` is
the code of the second, where it differs; empty where nothing can tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.lab.network import NetworkLab

TRIANGLE = ("r1", "r2", "r3")


@dataclass(frozen=True)
class Fault:
    """`code` is the first finding on `device`, when `devices` are diagnosed together."""

    device: str
    code: str
    inject: Callable[[NetworkLab], object]
    blind: str | None = None
    devices: tuple[str, ...] = TRIANGLE

    @property
    def without_baseline(self) -> str:
        return self.code if self.blind is None else self.blind


ROUTING = {
    "OSPF area": Fault("r1", "ospf.area_mismatch", lambda lab: lab["r1"].ospf_area()),
    "OSPF hello and dead": Fault("r1", "ospf.timer_mismatch", lambda lab: lab["r1"].ospf_hello()),
    "OSPF dead only": Fault("r2", "ospf.timer_mismatch", lambda lab: lab["r2"].ospf_dead()),
    "OSPF passive": Fault("r1", "ospf.neighbor_lost", lambda lab: lab["r1"].ospf_passive()),
    "OSPF password": Fault("r1", "ospf.neighbor_lost", lambda lab: lab["r1"].ospf_password()),
    "OSPF network type": Fault("r1", "ospf.neighbor_lost", lambda lab: lab["r1"].ospf_kind()),
    "OSPF process removed": Fault("r2", "ospf.neighbor_lost", lambda lab: lab["r2"].ospf_gone()),
    "OSPF router ID twice": Fault("r2", "ospf.neighbor_lost", lambda lab: lab["r2"].ospf_router_id("10.255.0.1")),
    "OSPF daemon dead": Fault("r3", "ospf.neighbor_lost", lambda lab: lab["r3"].kill("ospfd")),
    "filter drops OSPF": Fault("r1", "ospf.neighbor_lost", lambda lab: lab["r1"].drop_ospf()),
    "filter drops OSPF, seen from the far end": Fault("r1", "ospf.neighbor_lost", lambda lab: lab["r2"].drop_ospf()),
    "MTU": Fault("r1", "ospf.mtu_mismatch", lambda lab: lab["r1"].mtu()),
    "MTU, the neighbour still there": Fault(
        "r1", "ospf.mtu_mismatch", lambda lab: lab["r1"].machine.ip("link", "set", "eth1", "mtu", "1400")
    ),
    "no default route": Fault("r1", "route.default_missing", lambda lab: lab["r1"].no_default()),
    "wrong default route": Fault("r1", "route.default_missing", lambda lab: lab["r1"].wrong_default()),
    "default route to nowhere": Fault("r1", "route.default_missing", lambda lab: lab["r1"].wrong_default("blackhole")),
    "default route not told": Fault("r2", "route.default_missing", lambda lab: lab["r1"].untold_default(), blind=""),
    "BGP AS": Fault("r1", "bgp.peer_down", lambda lab: lab["r1"].bgp_as()),
    "BGP shutdown": Fault("r1", "bgp.peer_down", lambda lab: lab["r1"].bgp_shutdown()),
    "BGP password": Fault("r1", "bgp.peer_down", lambda lab: lab["r1"].bgp_password()),
    "BGP peer removed": Fault("r1", "bgp.peer_down", lambda lab: lab["r1"].bgp_removed(), blind="config.unsaved"),
    "BGP peer removed, at the far end": Fault("r3", "bgp.peer_down", lambda lab: lab["r1"].bgp_removed()),
    "BGP daemon dead": Fault("r1", "bgp.peer_down", lambda lab: lab["r1"].kill("bgpd"), blind="config.unsaved"),
    "filter drops BGP": Fault("r1", "bgp.peer_down", lambda lab: lab["r1"].drop_bgp()),
}
LINKS = {
    "port shut": Fault("r1", "link.admin_down", lambda lab: lab["r1"].shut()),
    "port down in the kernel": Fault(
        "r1", "link.admin_down", lambda lab: lab["r1"].machine.ip("link", "set", "eth1", "down")
    ),
    "cable pulled": Fault("r1", "link.down", lambda lab: lab.network.pull_cable("r1", "eth1")),
    "cable of the way out pulled": Fault("r1", "link.down", lambda lab: lab.network.pull_cable("r1", "eth3")),
    "loose cable": Fault("r3", "link.flapping", lambda lab: lab.network.flap("r3", "eth3"), blind=""),
    "gateway dead": Fault("r1", "gateway.unreachable", lambda lab: lab.network.gateway_dies()),
    "packets lost": Fault("r1", "path.loss", lambda lab: lab.network.lose("r1", "eth3")),
    "address twice": Fault("r1", "ip.conflict", lambda lab: lab["r1"].readdress("eth1", "10.1.12.2/30")),
    "address of another subnet": Fault(
        "r1", "ospf.neighbor_lost", lambda lab: lab["r1"].readdress("eth1", "10.1.21.1/30")
    ),
}
DEVICE = {
    "not saved": Fault("r1", "config.unsaved", lambda lab: lab["r1"].unsaved()),
    "changed and saved": Fault("r1", "config.changed", lambda lab: lab["r1"].changed(), blind=""),
    "rebooted": Fault("r2", "device.rebooted", lambda lab: lab["r2"].reboot(), blind=""),
}
OFFICE = ("sw1", "srv1", "r2")
LAN = {
    "DHCP pool empty": Fault("srv1", "dhcp.pool_exhausted", lambda lab: lab.lan.exhaust(), devices=OFFICE),
    "DHCP pool empty, seen by who asks": Fault(
        "sw1", "dhcp.pool_exhausted", lambda lab: lab.lan.exhaust(), devices=OFFICE
    ),
    "DHCP server dead": Fault("sw1", "dhcp.pool_exhausted", lambda lab: lab.lan.addresses_die(), devices=OFFICE),
    "rogue DHCP": Fault("sw1", "dhcp.rogue_server", lambda lab: lab.lan.serve_rogue(), devices=OFFICE),
    "DNS dead": Fault("sw1", "dns.not_answering", lambda lab: lab.lan.names_die(), devices=OFFICE),
    "address of a PC twice": Fault("sw1", "ip.conflict", lambda lab: lab.lan.duplicate(), devices=OFFICE),
    "address of the router twice": Fault(
        "sw1", "ip.conflict", lambda lab: lab.lan.duplicate("10.2.0.1"), devices=OFFICE
    ),
    "address of the server twice": Fault(
        "srv1", "ip.conflict", lambda lab: lab.lan.duplicate("10.2.0.53"), devices=OFFICE
    ),
    "loop on the switch": Fault("sw1", "loop.detected", lambda lab: lab.lan.loop(), devices=OFFICE),
    "uplink of the switch pulled": Fault(
        "sw1", "link.down", lambda lab: lab.network.pull_cable("sw1", "p1"), devices=OFFICE
    ),
    "router of the office shut": Fault("r2", "link.admin_down", lambda lab: lab["r2"].shut("eth3"), devices=OFFICE),
}
ROUTERS = {**ROUTING, **LINKS, **DEVICE}

COMBINATIONS: dict[str, tuple[str, ...]] = {
    "shut and not saved": ("port shut", "not saved"),
    "cable and AS": ("cable of the way out pulled", "BGP AS"),
    "gateway and default route": ("gateway dead", "wrong default route"),
    "area and MTU on another link": ("OSPF area", "MTU of r2 and r3"),
    "rebooted, and nothing was saved": ("rebooted", "startup gone"),
    "filter here, AS there": ("filter drops OSPF, seen from the far end", "BGP AS"),
    "default route and BGP": ("no default route", "BGP shutdown"),
    "passive here, dead interval there": ("OSPF passive", "OSPF dead only, on another link"),
    "packets lost and not saved": ("packets lost", "not saved"),
    "loop and DNS": ("loop on the switch", "DNS dead"),
    "rogue DHCP and an empty pool": ("DHCP pool empty", "rogue DHCP"),
    "cable here, filter there": ("cable pulled", "filter drops OSPF between r2 and r3"),
}
"""Names of faults injected together: each has to be named, the first one first. The last is injected first."""
IN_COMBINATION = {
    **ROUTERS,
    **LAN,
    "MTU of r2 and r3": Fault("r3", "ospf.mtu_mismatch", lambda lab: lab["r3"].mtu("eth1")),
    "OSPF dead only, on another link": Fault("r3", "ospf.timer_mismatch", lambda lab: lab["r3"].ospf_dead("eth1")),
    "filter drops OSPF between r2 and r3": Fault(
        "r3", "ospf.neighbor_lost", lambda lab: lab["r3"].drop('iifname "eth1" ip protocol ospf drop')
    ),
    "startup gone": Fault("r2", "config.lost", lambda lab: lab["r2"].lose_startup()),
}
