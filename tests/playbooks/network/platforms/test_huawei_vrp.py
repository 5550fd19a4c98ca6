"""Huawei VRP: recorded outputs, and samples in the form of its command references; no real device."""

from __future__ import annotations

from tests.playbooks.network.samples import brief, samples

OF = samples("huawei_vrp")


def test_recorded_versions() -> None:
    assert OF.recorded("display_version", "huawei_vrp_display_version.raw") == {
        "version": "8.180 (NE40E V800R011C00SPC200)",
        "model": "NE40E-X2-M8A",
        "uptime_s": 161 * 86400 + 20 * 60,
    }
    assert OF.recorded("display_version", "huawei_vrp_display_version5.raw")["model"] == "S7706"


def test_recorded_interfaces() -> None:
    found = OF.recorded("display_interface", "huawei_vrp_display_interface.raw")["interfaces"]
    named = {one["name"]: one for one in found}
    assert len(found) == 20
    assert named["Dialer1"]["addresses"] == ["192.214.198.156/32"]
    assert (named["Vlanif2"]["up"], named["Vlanif2"]["addresses"]) == (False, ["192.168.120.1/24"])
    assert (named["GigabitEthernet0/0/0"]["duplex"], named["GigabitEthernet0/0/0"]["speed_mbps"]) == ("half", 10)
    in_brief = OF.recorded("display_interface_brief", "huawei_vrp_display_interface_brief.raw")["interfaces"]
    (trunk,) = (one for one in in_brief if one["name"] == "Eth-Trunk4")
    assert (trunk["up"], trunk["errors"], trunk["load_percent"]) == (False, 4625, 13.57)


def test_recorded_routes_neighbours_arp_and_boards() -> None:
    folder = "display_ip_routing-table_verbose"
    routes = OF.recorded(folder, f"huawei_vrp_{folder}_ipv4.raw")["default_routes"]
    assert brief(routes, "gateway", "interface", "protocol", "active", "distance") == [
        ("192.214.198.156", "Dialer1", "static", True, 60),
        ("23.90.232.243", "Dialer1", "EBGP", False, 255),
    ]
    neighbors = OF.recorded("display_lldp_neighbor", "huawei_vrp_display_lldp_neighbor.raw")["neighbors"]
    assert brief(neighbors, "interface", "name", "port", "address") == [
        ("GigabitEthernet0/0/1", "tsa-2960-sw01", "Gi1/0/1", "192.168.0.240"),
        ("GigabitEthernet0/0/8", "tsa-2960-sw01", "Gi1/0/2", "192.168.0.241"),
    ]
    arp = OF.recorded("display_arp_brief", "huawei_vrp_display_arp_brief2.raw")["arp"]
    assert brief(arp, "address", "interface")[1] == ("192.168.1.118", "Wlan-Bss7")
    assert OF.recorded("display_device", "huawei_vrp_display_device.raw") == {"alarms": [], "model": "CE12808S"}
    assert OF.recorded("display_startup", "huawei_vrp_display_startup.raw")["startup_empty"] is False
    assert OF.recorded("display_temperature", "huawei_vrp_display_temperature.raw") == {"alarms": []}
