"""The routers of the demo, and the faults that offices know: a port switched off by hand, a change never saved."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flows.demo import frr, routeros
from flows.demo.console import Console, serve
from flows.demo.parts import Loop, Part

USERNAME = "otomasi"

R1 = """\
frr version 8.4.4
frr defaults traditional
hostname dinkes-r1
service integrated-vtysh-config
!
ip route 0.0.0.0/0 10.20.0.1
!
interface eth0
 description Uplink ke Kominfo
 ip address 10.20.0.2/30
 ip ospf area 0
 ip ospf network point-to-point
exit
!
interface eth1
 description Ruang pelayanan
 ip address 10.20.1.1/24
 ip ospf area 0
 ip ospf passive
exit
!
interface eth2
 description Ruang rekam medis
 ip address 10.20.2.1/24
 ip ospf area 0
 ip ospf passive
exit
!
router ospf
 ospf router-id 10.255.0.2
exit
!
"""
R3 = R1.replace("dinkes-r1", "dinkes-r3").replace("10.20.", "10.21.").replace("10.255.0.2", "10.255.0.3")


@dataclass(frozen=True)
class Routers:
    """The devices and the ports where their SSH answers."""

    r1: frr.Router
    r2: routeros.Router
    r3: frr.Router
    ports: dict[str, int]
    parts: tuple[Part, ...]

    def break_something(self) -> str:
        """What the agency's letter is about; said in Indonesian."""
        self.r1.running.take("interface eth1", "shutdown")
        self.r3.running.take("interface eth2", "description Ruang arsip")
        return "port eth1 pada dinkes-r1 dimatikan dengan tangan; ini, dan sebuah nama pada dinkes-r3, tidak disimpan"


def start(loop: Loop, host_key: Path, password: str) -> Routers:
    """Start the routers; they share the demo's host key."""
    r1, r2, r3 = _frr(R1), mikrotik(), _frr(R3)
    consoles: dict[str, Callable[[], Console]] = {
        "dinkes-r1": lambda: frr.Vtysh(r1),
        "dinkes-r2": lambda: routeros.Terminal(r2),
        "dinkes-r3": lambda: frr.Vtysh(r3),
    }
    ports = {name: loop.run(serve(loop, host_key, USERNAME, password, console)) for name, console in consoles.items()}
    parts = (
        Part("dinkes-r1, dinkes-r3", False, "pengganti router FRR (asyncssh): konfigurasinya sungguh dapat diubah"),
        Part("dinkes-r2", False, "pengganti router MikroTik (asyncssh), ditulis menurut dokumentasi MikroTik"),
    )
    return Routers(r1, r2, r3, ports, parts)


def _frr(startup: str) -> frr.Router:
    gateway = re.search(r"^ip route 0.0.0.0/0 (\S+)", startup, re.MULTILINE)
    neighbor = frr.Neighbor("eth0", "10.255.0.1", gateway[1] if gateway else "")
    return frr.Router(startup, (neighbor,), ("eth0", "eth1", "eth2"))


def mikrotik() -> routeros.Router:
    """A healthy RouterOS device with one uplink and one access port."""
    interfaces = [_ethernet("ether1", "Uplink ke Kominfo", 1), _ethernet("ether2", "Puskesmas pembantu", 2)]
    menus = {
        "interface": interfaces,
        "interface/ethernet": interfaces,
        "ip/address": [
            {"address": "10.20.4.2/30", "network": "10.20.4.0", "interface": "ether1", "actual-interface": "ether1"},
            {"address": "10.20.5.1/24", "network": "10.20.5.0", "interface": "ether2", "actual-interface": "ether2"},
        ],
        "ip/route": [{"dst-address": "0.0.0.0/0", "gateway": "10.20.4.1", "distance": "1"}],
        "ip/dns": [{"servers": "10.20.4.1", "allow-remote-requests": "no"}],
        "ip/arp": [{"address": "10.20.4.1", "mac-address": "02:00:00:00:04:01", "interface": "ether1"}],
        "routing/ospf/neighbor": [],
        "system/identity": [{"name": "dinkes-r2"}],
        "system/scheduler": [],
        "system/resource": [_RESOURCE],
        "system/routerboard": [{"routerboard": "yes", "model": "RB4011iGS+", "current-firmware": "7.15.3"}],
        "system/clock": [{"time": "08:00:00", "date": "2026-11-23", "time-zone-name": "Asia/Jakarta"}],
    }
    return routeros.Router("dinkes-r2", menus, ("ether1", "ether2"))


def _ethernet(name: str, comment: str, number: int) -> routeros.Row:
    mac = f"02:00:00:00:05:{number:02X}"
    return {"name": name, "default-name": name, "type": "ether", "mtu": "1500", "mac-address": mac, "comment": comment}


_RESOURCE = {
    "uptime": "1w2d3h4m5s",
    "version": "7.15.3 (stable)",
    "build-time": "2024-07-24 10:39:01",
    "free-memory": "850.0MiB",
    "total-memory": "1024.0MiB",
    "cpu": "ARM",
    "cpu-count": "4",
    "cpu-load": "3%",
    "free-hdd-space": "480.0MiB",
    "total-hdd-space": "512.0MiB",
    "architecture-name": "arm",
    "board-name": "RB4011iGS+",
    "platform": "MikroTik",
}
