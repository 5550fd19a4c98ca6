"""What is read from Cisco IOS, its configuration, its prompts. The samples are invented, in the form of IOS."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from playbooks.network import platforms
from playbooks.network.diagnose import parse
from playbooks.network.platforms.cisco_ios import PLATFORM
from tests.playbooks.network.samples import RECORDINGS, brief, samples

OF = samples("cisco_ios")
NAPALM = RECORDINGS / "napalm" / "ios"


LONG = "sw-gedung-walikota-lantai-2"


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("sw1", "sw1>"), ("sw1", "sw1#"), ("sw1", "sw1(config)#"), ("sw1", "sw1(config-if-range)#"),
        ("sw1", "sw1(config-router-af)#"), ("sw1", "sw1(ca-trustpoint)#"), ("sw1", "sw1(dhcp-config)#"),
        ("sw1", "sw1-stby>"), (LONG, f"{LONG}#"), (LONG, f"{LONG[:20]}(config)#"), (LONG, f"{LONG[:20]}(config-if)#"),
    ],
)  # fmt: skip
def test_prompts_of_every_mode_are_known(name: str, prompt: str) -> None:
    """A name is pinned by its first 16 characters, for IOS shortens it in configuration mode."""
    pattern = PLATFORM.prompt.replace("NAME", re.escape(name[:16]))
    assert re.fullmatch(pattern, prompt)


def test_one_platform_under_the_names_netmiko_has_for_it() -> None:
    assert {platforms.get(name) for name in ("cisco_ios", "cisco_xe", "cisco_ioswlc")} == {PLATFORM}
    assert PLATFORM.paging == ("terminal width 511", "terminal length 0")


@pytest.mark.parametrize(
    ("folder", "name", "field", "keys", "place", "expected"),
    [
        ("show_interfaces", "cisco_ios_show_interfaces4.raw", "interfaces",
         ("name", "up", "duplex", "speed_mbps", "mtu"), 1, ("TenGigabitEthernet1/1/1", True, "full", 10000, 1500)),
        ("show_interfaces_status", "cisco_ios_show_interfaces_status.raw", "interfaces",
         ("name", "up", "error_disabled"), 15, ("Gi1/0/16", False, "err-disabled")),
        ("show_interfaces_status_err-disabled", "cisco_ios_show_interfaces_status_err-disabled.raw", "interfaces",
         ("name", "error_disabled"), 1, ("Eth2", "bpduguard")),
        ("show_interface_transceiver", "cisco_ios_show_interface_transceiver.raw", "interfaces",
         ("name", "rx_dbm"), 3, ("Te1/52", -2.8)),
        ("show_ip_interface", "cisco_ios_show_ip_interface2.raw", "interfaces",
         ("name", "addresses"), 4, ("Vlan1", ["192.168.1.1/24", "192.168.1.3/24"])),
        ("show_cdp_neighbors_detail", "cisco_ios_show_cdp_neighbors_detail2.raw", "neighbors",
         ("interface", "name", "address"), 0, ("GigabitEthernet0/3", "switchxxxxx", "1.1.1.1")),
        ("show_lldp_neighbors_detail", "cisco_ios_show_lldp_neighbors_detail4.raw", "neighbors",
         ("interface", "name", "port", "address"), 1, ("Te1/1/1", "dsw01", "Te1/2/13", "172.16.0.10")),
        ("show_spanning-tree", "cisco_ios_show_spanning_tree.raw", "stp_ports",
         ("instance", "interface", "role", "state"), 2, ("VLAN0001", "Gi1/0", "alternate", "blocking")),
        ("show_ip_route", "cisco_ios_show_ip_route.raw", "default_routes",
         ("gateway", "interface", "protocol", "distance"), 0, ("194.0.0.2", "FastEthernet0/0.100", "O", 110)),
        ("show_ip_ospf_neighbor", "cisco_ios_show_ip_ospf_neighbor.raw", "ospf_neighbors",
         ("router_id", "address", "interface", "state"), 2, ("10.0.0.3", "10.0.3.1", "Vlan1000", "FULL/  -")),
        ("show_ip_ospf_interface_brief", "cisco_ios_show_ip_ospf_interface_brief.raw", "ospf_interfaces",
         ("name", "area", "neighbors"), 3, ("Fa0/1", "11", 0)),
        ("show_ip_bgp_summary", "cisco_ios_show_ip_bgp_summary.raw", "bgp_peers",
         ("address", "remote_as", "state"), 9, ("10.0.0.10", "65009", "Idle (Admin)")),
        ("show_ip_bgp_vpnv4_all_neighbors", "cisco_ios_show_ip_bgp_vpnv4_all_neighbors_desc1.raw", "bgp_peers",
         ("address", "remote_as", "state"), 3, ("10.10.10.2", "65000", "Established")),
        ("show_ip_arp", "cisco_ios_show_ip_arp.raw", "arp",
         ("address", "mac", "interface"), 5, ("172.16.168.254", "0000.0c36.6965", "Ethernet0/0")),
        ("show_environment_power_all", "cisco_ios_show_environment_power_all-3850-not-pres.raw", "alarms",
         ("subject", "line"), 0, ("2B", "2B PWR-C1-715WAC DCB22222222 No Input Power Bad Bad 715")),
        ("show_crypto_session_detail", "cisco_ios_show_crypto_session_detail_ikev2.raw", "tunnels",
         ("name", "up"), 0, ("Tunnel11", True)),
        ("show_sdwan_bfd_sessions_table", "cisco_ios_show_sdwan_bfd_sessions_table.raw", "tunnels",
         ("name", "up"), 5, ("10.51.242.36", False)),
    ],
)  # fmt: skip
def test_recordings_agree(
    folder: str, name: str, field: str, keys: tuple[str, ...], place: int, expected: tuple[Any, ...]
) -> None:
    assert brief(OF.recorded(folder, name)[field], *keys)[place] == expected


@pytest.mark.parametrize(
    ("folder", "name", "expected"),
    [
        ("show_file_systems", "show_file_systems.raw", {"storage_percent": 12.5}),
        ("show_processes_memory_sorted", "cisco_ios_show_processes_memory_sorted.raw", {"memory_percent": 25.7}),
        ("show_inventory", "cisco_ios_show_inventory.raw", {"serial": "FF1045C5"}),
        ("show_platform_diag", "cisco_ios_show_platform_diag_3.raw", {"model": "ISR4331/K9"}),
        ("show_redundancy", "cisco_ios_show_redundancy3.raw", {"version": "15.4(1)SY4"}),
        ("show_version", "cisco_ios_show_version4.raw",
         {"hostname": "AKBTESTW01", "version": "16.9.3", "uptime_s": 45394680, "restart_reason": "Reload Command",
          "model": "C9500-40X", "serial": "FCW2233FFG3"}),
    ],
)  # fmt: skip
def test_single_values_of_recordings_agree(folder: str, name: str, expected: dict[str, Any]) -> None:
    assert OF.recorded(folder, name) == expected


def test_interfaces_agree_with_what_napalm_reads() -> None:
    cases = sorted(NAPALM.glob("test_get_interfaces/*/show_interfaces.txt"))
    if not cases:
        pytest.skip(f"no recordings at {NAPALM}")
    for file in cases:
        expected = json.loads((file.parent / "expected_result.json").read_text())
        found = {one["name"]: one for one in parse("cisco_ios", "show interfaces", file.read_text())["interfaces"]}
        assert found.keys() == expected.keys()
        for name, one in found.items():
            theirs = expected[name]
            assert (one["enabled"], one["up"]) == (theirs["is_enabled"], theirs["is_up"]), name
            assert (one["description"], one["mtu"] or theirs["mtu"]) == (theirs["description"], theirs["mtu"]), name
