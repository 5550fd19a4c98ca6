"""Facts that no device can have meant: who reads one has misread its output."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from playbooks.network.facts import (
    Arp,
    BgpPeer,
    Interface,
    Neighbor,
    OspfInterface,
    OspfNeighbor,
    Pool,
    Radio,
    Route,
    StpPort,
    Tunnel,
)
from playbooks.network.platforms.credible import LARGEST_MTU, checked

LINK = Interface("eth1", mtu=1500, addresses=("192.0.2.1/24", "2001:db8::1/64"), duplex="full", rx_dbm=-3.0)
GOOD: dict[str, tuple[Any, ...]] = {
    "interfaces": (LINK, replace(LINK, mtu=LARGEST_MTU, rx_dbm=None, load_percent=180.0)),
    "ospf_interfaces": (OspfInterface("eth1", "0.0.0.0"),),
    "ospf_neighbors": (
        OspfNeighbor("192.0.2.2", "192.0.2.2", "eth1", "2-Way"),
        OspfNeighbor("1.1.1.1", "", "", "FULL/DR"),
    ),
    "bgp_peers": (BgpPeer("192.0.2.2", "65001.10", "Idle (Admin)"), BgpPeer("2001:db8::2", "", "")),
    "default_routes": (
        Route("0.0.0.0/0", "192.0.2.1"),
        Route("0.0.0.0/0", "pppoe-out1"),
        Route("::/0", "fe80::1%eth1"),
    ),
    "neighbors": (Neighbor("eth1", "", "Gi0/1"), Neighbor("", "sw-1", "Gi0/1")),
    "stp_ports": (StpPort("Gi0/1", "root", "forwarding"), StpPort("Gi0/2", "", "")),
    "dhcp_pools": (Pool("lan", 10, 12),),
    "tunnels": (Tunnel("wg0", "vpn", True),),
    "radios": (Radio("wlan1", True, 0),),
    "arp": (Arp("192.0.2.7", "0000.5e00.5307"), Arp("fe80::7", "00:00:5e:00:53:07")),
}
BAD: list[tuple[str, Any]] = [
    ("interfaces", replace(LINK, name="---")),
    ("interfaces", replace(LINK, name="eth1\neth2")),
    ("interfaces", replace(LINK, name="e" * 129)),
    ("interfaces", replace(LINK, addresses=("192.0.2.256/24",))),
    ("interfaces", replace(LINK, mtu=LARGEST_MTU + 1)),
    ("interfaces", replace(LINK, duplex="Full")),
    ("interfaces", replace(LINK, errors=-1)),
    ("interfaces", replace(LINK, load_percent=-0.1)),
    ("interfaces", replace(LINK, rx_dbm=-61.0)),
    ("interfaces", replace(LINK, rx_low_dbm=21.0)),
    ("ospf_interfaces", OspfInterface("eth1", "0.0.0.0 aktif")),
    ("ospf_neighbors", OspfNeighbor("192.0.2.2", "192.0.2.2", "eth1", "Up")),
    ("ospf_neighbors", OspfNeighbor("router-2", "192.0.2.2", "eth1", "Full")),
    ("ospf_neighbors", OspfNeighbor("192.0.2.2", "eth1", "eth1", "Full")),
    ("bgp_peers", BgpPeer("192.0.2.2", "65001", "Neighbor")),
    ("bgp_peers", BgpPeer("192.0.2.2", "AS65001", "Idle")),
    ("bgp_peers", BgpPeer("Neighbor", "65001", "Idle")),
    ("default_routes", Route("0.0.0.0/0", "192.0.2")),
    ("neighbors", Neighbor("", "sw-1", "")),
    ("neighbors", Neighbor("eth1", "", "")),
    ("stp_ports", StpPort("Gi0/1", "Root", "forwarding")),
    ("stp_ports", StpPort("Gi0/1", "root", "FWD")),
    ("dhcp_pools", Pool("", 10, 1)),
    ("dhcp_pools", Pool("lan", 10, -1)),
    ("tunnels", Tunnel("", "vpn", True)),
    ("radios", Radio("", True, 0)),
    ("arp", Arp("192.0.2.7", "incomplete")),
    ("arp", Arp("Address", "00:00:5e:00:53:07")),
]


@pytest.mark.parametrize("name", GOOD)
def test_what_devices_have_stays_as_it_is(name: str) -> None:
    assert checked({name: GOOD[name]}) == {name: GOOD[name]}


@pytest.mark.parametrize(("name", "one"), BAD, ids=str)
def test_one_that_cannot_be_spoils_all_of_the_output(name: str, one: object) -> None:
    with pytest.raises(ValueError, match=f"^{name} cannot be"):
        checked({name: (*GOOD[name], one)})


@pytest.mark.parametrize("name", ["cpu_percent", "memory_percent", "storage_percent"])
def test_a_part_of_a_whole_lies_between_nothing_and_all(name: str) -> None:
    for percent in (0.0, 100.0, None):
        assert checked({name: percent}) == {name: percent}
    for percent in (-0.1, 100.1):
        with pytest.raises(ValueError, match=name):
            checked({name: percent})


def test_an_empty_list_tells_something_only_where_nothing_there_is_good_or_bad_news() -> None:
    assert checked({"interfaces": (), "arp": (), "alarms": (), "default_routes": ()}) == {
        "alarms": (),
        "default_routes": (),
    }
