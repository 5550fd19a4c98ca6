"""ArubaOS-Switch: outputs in the form of its guides, an invented configuration, recordings where they are."""

from __future__ import annotations

from typing import Any

import pytest

from playbooks.network.facts import Neighbor
from playbooks.network.platforms.hp_procurve import PLATFORM
from playbooks.network.redaction import hidden, redact
from tests.playbooks.network.samples import samples

OF = samples("hp_procurve")


@pytest.mark.parametrize(
    "line", ["password manager", 'password manager user-name "pengelola"', "password complexity all"]
)
def test_a_password_that_is_not_shown_hides_nothing(line: str) -> None:
    assert redact("hp_procurve", f"{line}\nno tftp server\n", hidden) == f"{line}\nno tftp server\n"


def sample(folder: str, case: str) -> dict[str, Any]:
    return PLATFORM.parse_one(folder, OF.recording(folder, case))


def test_spot_checks_of_recorded_tables() -> None:
    brief = {one.name: one for one in sample("show_interfaces_brief", "show_interfaces_brief_stack.raw")["interfaces"]}
    assert (len(brief), brief["3/28"].speed_mbps, brief["3/28"].master, brief["3/27"].up) == (21, 10000, "Trk1", False)
    disabled = sample("show_interfaces_brief", "show_interfaces_brief_bcast.raw")["interfaces"]
    assert [one.name for one in disabled if not one.enabled] == ["5"]
    status = {one.name: one for one in sample("show_interfaces_status", "show_interfaces_status3.raw")["interfaces"]}
    assert (status["2/14"].duplex, status["2/14"].speed_mbps, status["1/52"].up) == ("half", 10, False)
    trunks = sample("show_trunks", "hp_procurve_show_trunks.raw")["interfaces"]
    assert [(one.name, one.description, one.master) for one in trunks] == [
        ("49", "Uplink 65432p-swi001", "Trk2"),
        ("50", "Uplink 65432p-swi001", "Trk2"),
    ]
    errors = sample("show_interfaces", "hp_procurve_show_interfaces.raw")["interfaces"]
    assert [(one.name, one.errors) for one in errors if one.errors] == [("4", 6700)]


def test_spot_checks_of_recorded_systems() -> None:
    assert sample("show_system", "hp_procurve_show_system3.raw") == {
        "hostname": "SWITCH-2",
        "version": "WC.16.10.0014",
        "uptime_s": 458 * 86400,
        "cpu_percent": 25.0,
        "memory_percent": 35.9,
    }
    assert sample("show_vsf_detail", "show_vsf_detail2.raw") == {
        "hostname": "SWITCH-2",
        "version": "WC.16.10.0014",
        "uptime_s": 454 * 86400 + 7 * 3600 + 42 * 60,
        "model": "Aruba JL255A 2930F-24G-PoE+-4SFP+ Switch",
        "cpu_percent": 0.0,
        "memory_percent": 35.9,
    }
    assert sample("show_version", "hp_procurve_show_version.raw")["uptime_s"] == 3661
    local = sample("show_lldp_info_local-device", "hp_procurve_show_lldp_info_local-device2.raw")
    assert local["hostname"] == "switch-standalone-01"


def test_spot_checks_of_recorded_neighbours() -> None:
    folder = "show_lldp_info_remote-device"
    brief = sample(folder, "hp_procurve_show_lldp_info_remote-device.raw")["neighbors"]
    assert brief[2] == Neighbor("7", "AH-cust-AP21", "mgt0")
    detail = sample(f"{folder}_detail", "hp_procurve_show_lldp_info_remote-device_detail2.raw")["neighbors"]
    assert [one.interface for one in detail] == ["A2", "A8", "A9", "A17", "D13"]
    assert detail[3] == Neighbor("A17", "Generic-AP-12", "emac0", "192.0.2.11", "Cisco 1200 Series AP 12.01T1")
