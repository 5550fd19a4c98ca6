"""Ubiquiti EdgeRouter: outputs in the form of EdgeOS, and those that were recorded."""

from __future__ import annotations

from tests.playbooks.network.samples import samples

NAME = "ubiquiti_edgerouter"
OF = samples(NAME)


def test_recorded_interfaces() -> None:
    found = {one["name"]: one for one in OF.recorded("show_interfaces")["interfaces"]}
    assert list(found) == ["eth0", "eth1", "eth2", "eth3", "lo", "eth4", "eth4.2900", "eth5", "switch0.1"]
    assert [name for name, one in found.items() if not one["up"]] == ["eth2", "eth3"]
    assert found["eth1"]["addresses"] == ["192.168.1.1/24", "2a05:c100:1d::1/64"]
    assert found["switch0.1"]["description"] == "vl1-siege-serveurs"


def test_recorded_version_routes_and_addresses() -> None:
    version = {"version": "v2.0.6", "uptime_s": 972900, "model": "EdgeRouter 6P", "serial": "FCECDA47BF8A"}
    assert OF.recorded("show_version") == version
    assert OF.recorded("show_ip_route") == {
        "default_routes": [
            {
                "prefix": "0.0.0.0/0",
                "gateway": "",
                "interface": "pppoe4",
                "protocol": "static",
                "active": True,
                "distance": 50,
            }
        ]
    }
    assert [one["address"] for one in OF.recorded("show_arp")["arp"]] == [
        "192.168.2.10",
        "172.16.39.98",
        "172.16.35.123",
        "172.16.37.165",
        "172.16.37.21",
    ]
