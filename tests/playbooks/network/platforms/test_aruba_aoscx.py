"""AOS-CX: outputs in the form of its guides, an invented configuration, recordings where they are."""

from __future__ import annotations

import re
from typing import Any

import pytest

from playbooks.network.facts import Arp
from playbooks.network.platforms.aruba_aoscx import PLATFORM
from tests.playbooks.network.samples import samples

OF = samples("aruba_aoscx")


@pytest.mark.parametrize("said", ["Copying configuration: [Success]\n", "Success\n"])
def test_a_save_is_known(said: str) -> None:
    assert re.search(PLATFORM.saved, said, re.MULTILINE)
    assert not re.search(PLATFORM.saved, "Copying configuration: [Failure]\n", re.MULTILINE)


def sample(folder: str, case: str) -> dict[str, Any]:
    return PLATFORM.parse_one(folder, OF.recording(folder, case))


def test_spot_checks_of_recorded_interfaces() -> None:
    found = {one.name: one for one in sample("show_interface", "show_interface3.raw")["interfaces"]}
    assert list(found) == ["1/1/1", "1/1/2", "1/1/5", "1/1/49", "1/1/50", "vlan1"]
    assert [name for name, one in found.items() if not one.up] == ["1/1/1", "1/1/5", "1/1/50"]
    assert (found["1/1/2"].description, found["1/1/2"].speed_mbps) == ("Algo Sip Alerter", 100)
    (routed,) = sample("show_interface", "show_interface7.raw")["interfaces"]
    assert (routed.name, routed.addresses) == ("vlan2", ("192.0.2.252/22",))
    optics = sample("show_interface_dom_detail", "show_interface_dom_detail.raw")["interfaces"]
    assert next((one.name, one.rx_dbm, one.rx_low_dbm) for one in optics) == ("1/1/34", -2.68, -10.0)
    (management,) = sample("show_interface_mgmt", "show_interface_mgmt3.raw")["interfaces"]
    assert (management.up, management.addresses) == (True, ("192.0.2.1/25",))


def test_spot_checks_of_recorded_systems() -> None:
    system = sample("show_system", "show_system5.raw")
    assert (system["hostname"], system["version"], system["cpu_percent"]) == ("switch1", "PL.10.15.1030", 5.0)
    stack = sample("show_vsf_detail", "show_vsf_detail2.raw")
    assert (stack["serial"], stack["cpu_percent"], stack["memory_percent"]) == ("SG1234ABCD", 23.0, 35.0)


def test_spot_checks_of_recorded_neighbours() -> None:
    folder = "show_lldp_neighbors-info_detail"
    lldp = sample(folder, "show_lldp_neighbors-info_detail_issue1453.raw")["neighbors"]
    assert [(one.interface, one.name) for one in lldp][1:] == [("1/1/11", "AP3-4-3"), ("1/1/12", "SYSNAME_TEXT")]
    peers = sample("show_bgp_all-vrfs_all_summary", "aruba_aoscx_show_bgp_all-vrfs_all_summary.raw")["bgp_peers"]
    assert [(one.address, one.up) for one in peers] == [
        ("10.252.13.2", False),
        ("172.25.0.1", True),
        ("172.18.174.17", True),
        ("172.18.174.18", True),
    ]
    arp = sample("show_arp_all-vrfs", "show_arp_all-vrfs.raw")["arp"]
    assert arp[1] == Arp("172.25.0.189", "d4:e8:80:af:04:7f", "2/1/28")
