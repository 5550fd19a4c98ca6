"""The two routers of the demo, one with a fault that offices know: a port was switched off by hand, and not saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.demo import frr, routeros
from flows.demo.console import serve
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


@dataclass(frozen=True)
class Routers:
    """The devices and the ports where their SSH answers."""

    r1: frr.Router
    r2: routeros.Router
    ports: dict[str, int]
    parts: tuple[Part, ...]

    def break_access_port(self) -> None:
        """What the agency's letter is about: a port of r1 switched off by hand, and never saved."""
        self.r1.running.take("interface eth1", "shutdown")


def start(loop: Loop, host_key: Path, password: str) -> Routers:
    """Start both routers; they share the demo's host key."""
    r1 = frr.Router(R1, (frr.Neighbor("eth0", "10.255.0.1", "10.20.0.1"),), ("eth0", "eth1", "eth2"))
    r2 = mikrotik()
    ports = {
        "dinkes-r1": loop.run(serve(loop, host_key, USERNAME, password, lambda: frr.Vtysh(r1))),
        "dinkes-r2": loop.run(serve(loop, host_key, USERNAME, password, lambda: routeros.Terminal(r2))),
    }
    parts = (
        Part("dinkes-r1", False, "pengganti router FRR (asyncssh): konfigurasi dapat diubah, jaringannya tiruan"),
        Part("dinkes-r2", False, "pengganti router MikroTik (asyncssh), ditulis menurut dokumentasi MikroTik"),
    )
    return Routers(r1, r2, ports, parts)


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
