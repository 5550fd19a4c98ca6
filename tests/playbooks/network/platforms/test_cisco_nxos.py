"""Cisco NX-OS: outputs in its form, and recordings where they are at hand; no real device."""

from __future__ import annotations

from playbooks.network.platforms import get
from tests.playbooks.network.samples import samples

OF = samples("cisco_nxos")
NXOS = get("cisco_nxos")


def test_nothing_is_repaired_where_the_switch_cannot_undo_it_by_itself() -> None:
    assert not NXOS.repairs
    assert "checkpoint" in NXOS.undo


def test_version_and_inventory_agree_with_the_recordings() -> None:
    assert OF.recorded("show_version", "4") == {
        "hostname": "obttestw02",
        "version": "7.0(3)I4(3)",
        "uptime_s": 670 * 86400 + 6 * 3600 + 34 * 60 + 1,
        "restart_reason": "Unknown",
        "model": "Nexus9000 C9372PX",
    }
    assert OF.recorded("show_version", "1")["model"] == "N9K-C9396PX"
    assert OF.recorded("show_inventory", "2") == {"model": "N9K-C93180YC-EX", "serial": "FDO223607FK"}
    assert OF.recorded("dir", "_02") == {"storage_percent": 41.4}


def states(folder: str, variant: str = "") -> dict[str, tuple[bool, bool, int]]:
    return {
        one["name"]: (one["enabled"], one["up"], one["speed_mbps"])
        for one in OF.recorded(folder, variant)["interfaces"]
    }


def test_interfaces_agree_with_the_recordings() -> None:
    assert states("show_interface", "4")["Ethernet1/54"] == (False, False, 0)
    assert states("show_interface", "4")["Ethernet1/49"] == (True, True, 25000)
    assert states("show_interface", "9")["Vlan1"] == (False, False, 0)
    assert states("show_interface_status", "_tunnel") == {
        "mgmt0": (True, True, 1000),
        "Eth1/1": (True, True, 10000),
        "Eth1/2": (True, True, 10000),
        "Eth1/3": (False, False, 0),
        "Tunnel13": (True, True, 0),
        "Tunnel40": (False, False, 0),
        "Tunnel41": (True, False, 0),
        "Tunnel42": (True, False, 0),
        "Tunnel43": (True, False, 0),
    }
    brief = states("show_interface_brief", "_monitor")
    assert (brief["Eth1/1"], brief["Po19"], brief["Vlan1"]) == (
        (False, False, 0),
        (True, True, 10000),
        (False, False, 0),
    )
    assert states("show_interface_brief", "_02")["Eth1/10"] == (True, True, 100000)
    (one, *_) = OF.recorded("show_interface_status_err-disabled")["interfaces"]
    assert (one["name"], one["up"], one["error_disabled"]) == ("Eth1", False, "linkFlapErrDisabled")
    (_, two) = OF.recorded("show_ip_interface", "3")["interfaces"]
    assert two["addresses"] == ["152.98.241.32/24", "152.98.246.32/24", "192.168.29.32/24"]
    assert states("show_ip_interface_brief")["Eth1/1"] == (True, False, 0)
    assert len(states("show_ipv6_interface_brief")) == 7
    light = {one["name"]: one["rx_low_dbm"] for one in OF.recorded("show_interface_transceiver", "5")["interfaces"]}
    assert light == {"Ethernet1/7": -9.9, "Ethernet1/47": -9.9, "Ethernet1/48": -9.9}


def test_neighbours_agree_with_the_recordings() -> None:
    assert OF.recorded("show_lldp_neighbors")["neighbors"][0]["name"] == "nx-osv9000-3-long-name.com"
    assert len(OF.recorded("show_lldp_neighbors", "_multiline")["neighbors"]) == 15
    assert OF.recorded("show_lldp_neighbors_detail")["neighbors"][3]["address"] == "10.30.140.30"
    assert OF.recorded("show_cdp_neighbors", "2")["neighbors"][0]["port"] == "Eth1/48"
    assert OF.recorded("show_cdp_neighbors_detail", "2")["neighbors"][0]["name"] == "MKT1"
    assert {one["state"] for one in OF.recorded("show_ip_ospf_neighbor", "_vrf_all")["ospf_neighbors"]} == {
        "FULL/ -",
        "INIT/DROTHER",
    }
    assert OF.recorded("show_ip_ospf_interface_brief", "_vrf_all")["ospf_interfaces"][0]["neighbors"] == 2
    assert OF.recorded("show_ip_bgp_summary", "2")["bgp_peers"][0]["state"] == "Idle (Admin)"
    long = {one["address"]: one["state"] for one in OF.recorded("show_ip_bgp_neighbors")["bgp_peers"]}
    assert (len(long), long["178.51.35.168"], long["136.170.1.201"]) == (59, "Shut (Admin)", "Established")


def test_routes_arp_and_environment_agree_with_the_recordings() -> None:
    (route,) = OF.recorded("show_ip_route")["default_routes"]
    assert (route["gateway"], route["protocol"], route["active"], route["distance"]) == (
        "10.1.100.1",
        "static",
        True,
        1,
    )
    assert OF.recorded("show_ip_route", "_vrf4")["default_routes"] == []
    assert "10.5.6.10" not in {one["address"] for one in OF.recorded("show_ip_arp")["arp"]}
    assert len(OF.recorded("show_ip_adjacency", "_n5596")["arp"]) == 8
    assert OF.recorded("show_environment", "2") == {"alarms": []}
