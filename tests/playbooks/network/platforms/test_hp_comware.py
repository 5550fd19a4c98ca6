"""HPE and H3C Comware: recorded outputs, and samples in the form of its command references; no real device."""

from __future__ import annotations

from tests.playbooks.network.samples import brief, samples

OF = samples("hp_comware")


def test_recorded_interfaces() -> None:
    names = ("name", "enabled", "up", "mtu", "addresses", "duplex", "speed_mbps", "load_percent", "error_disabled")
    (_, one, *_) = OF.recorded("display_interface", "10")["interfaces"]
    assert tuple(one[name] for name in names) == (
        "FortyGigE2/0/31", True, True, 9008, ["1.2.3.4/30"], "full", 40000, 3.0, "",
    )  # fmt: skip
    assert brief(OF.recorded("display_interface", "_stp-down_jumbo")["interfaces"], *names) == [
        ("GigabitEthernet12/0/17", False, False, 0, [], "", 0, None, ""),
        ("GigabitEthernet11/0/17", True, False, 0, [], "", 0, None, "STP"),
    ]
    sub = OF.recorded("display_ip_interface", "_sub")["interfaces"][-1]
    assert sub["addresses"] == ["5.6.7.194/29", "5.6.7.179/29", "8.9.10.221/27"]
    found = OF.recorded("display_interface_brief", "_release_60615P16")["interfaces"]
    assert brief(found, "name", "up", "speed_mbps")[9:11] == [("GE3/0", True, 1000), ("GE3/1", False, 0)]


def test_recorded_routes_neighbours_bgp_arp_and_model() -> None:
    assert brief(OF.recorded("display_ip_routing-table")["default_routes"], "gateway", "interface", "distance") == [
        ("192.168.56.1", "GE0/1", 60)
    ]
    found = OF.recorded("display_lldp_neighbor-information_verbose")["neighbors"]
    assert brief(found, "interface", "name", "port", "address")[::3] == [
        ("Ten-GigabitEthernet1/0/0/1", "SW1", "GigabitEthernet0/0/1", ""),
        ("GigabitEthernet0/0", "Test-Router", "GigabitEthernet0/0", "10.1.1.2"),
    ]
    found = OF.recorded("display_lldp_neighbor-information_list")["neighbors"]
    assert brief(found, "interface", "name", "port")[0] == ("XGE1/0/1", "SW-TEST-001", "Ten-GigabitEthernet1/0/30")
    found = OF.recorded("display_bgp_peer_ipv4")["bgp_peers"]
    assert brief(found, "address", "remote_as", "state")[1] == ("2.114.82.34", "100", "Connect")
    assert brief(OF.recorded("display_arp")["arp"], "address", "interface")[0] == ("10.20.10.1", "M-GE0/0/0")
    assert OF.recorded("display_device_manuinfo", "_failed-display-null-power") == {
        "model": "5130 48G 4SFP+ 1-slot HI JH324A",
        "serial": "CN12AB12AB",
    }
