"""Arista EOS: outputs in its form, and recordings where they are at hand; no real device."""

from __future__ import annotations

from typing import Any

import pytest

from playbooks.findings import Finding, Severity
from playbooks.network.facts import Facts
from playbooks.network.platforms import get
from playbooks.network.platforms.platform import Situation
from tests.playbooks.network.samples import samples

OF = samples("arista_eos")
EOS = get("arista_eos")


def test_a_port_is_enabled_under_a_commit_timer_and_its_inverse_is_exact() -> None:
    finding = Finding("link.admin_down", Severity.MAJOR, "Ethernet2", "", "")
    change = EOS.repairs["link.admin_down"](Situation(finding, Facts(), Facts(), OF.config))
    assert change is not None
    assert change.commands == ("interface Ethernet2", "no shutdown")
    assert change.inverse == ("interface Ethernet2", "shutdown")
    assert EOS.enter_armed == ("configure session pelihara", "abort", "configure session pelihara")
    assert EOS.leave_armed == ("end", "configure session pelihara commit timer 00:03:00")
    assert EOS.disarm == ("configure session pelihara commit",)


SPOTS: list[tuple[str, str, str, Any]] = [
    ("show_version", "3", "version", "4.28.9M"),
    ("show_inventory", "1", "serial", "JPE13120702"),
    ("dir", "_recur_all", "storage_percent", 26.0),
    ("show_processes_top_once", "", "cpu_percent", 3.7),
    ("show_processes_top_once", "2", "memory_percent", 25.8),
    ("show_environment_cooling", "", "alarms", []),
    ("show_environment_power", "1", "alarms", []),
    ("show_ip_route", "", "default_routes", []),
    ("show_reload_cause", "", "restart_reason", "The system rebooted due to a Power Loss"),
]


@pytest.mark.parametrize(("folder", "variant", "field", "value"), SPOTS)
def test_facts_agree_with_the_recordings(folder: str, variant: str, field: str, value: Any) -> None:
    assert OF.recorded(folder, variant)[field] == value


def test_lists_agree_with_the_recordings() -> None:
    states = {
        one["name"]: (one["enabled"], one["up"], one["speed_mbps"])
        for one in OF.recorded("show_interfaces")["interfaces"]
    }
    assert states["Ethernet49/1"] == (False, False, 100000)
    assert states["Vlan10"] == (True, False, 0)
    (lost,) = [
        one for one in OF.recorded("show_interfaces_status", "_port_channel")["interfaces"] if one["name"] == "Et49"
    ]
    assert (lost["enabled"], lost["up"], lost["duplex"], lost["speed_mbps"]) == (True, False, "full", 10000)
    light = {one["name"]: one["rx_dbm"] for one in OF.recorded("show_interfaces_transceiver")["interfaces"]}
    assert light == {"Et3/1/1": -2.39, "Et3/17/1": -0.1, "Et3/17/2": -0.2, "Et3/17/3": -0.72}
    assert len(OF.recorded("show_lldp_neighbors_detail")["neighbors"]) == 20
    assert OF.recorded("show_lldp_neighbors")["neighbors"][3]["name"] == "dc1-rack11-tor1.sjc"
    assert [one["state"] for one in OF.recorded("show_ipv6_bgp_summary", "2")["bgp_peers"]] == [
        "Active",
        "Idle(NoIf)",
        "Established",
    ]
    assert [one["remote_as"] for one in OF.recorded("show_ip_bgp_summary")["bgp_peers"]] == ["65534", "65533"]
    assert [one["state"] for one in OF.recorded("show_ip_ospf_neighbor")["ospf_neighbors"]] == ["FULL/BDR", "FULL"]
    assert [one["neighbors"] for one in OF.recorded("show_ip_ospf_interface_brief")["ospf_interfaces"]] == [0] * 4 + [
        1
    ] * 3
    assert OF.recorded("show_ip_arp")["arp"][0] == {
        "address": "172.25.0.2",
        "mac": "004c.6211.021e",
        "interface": "Vlan101",
    }
