"""FortiGate: outputs in the form of its guides, an invented configuration, recordings where they are."""

from __future__ import annotations

import re
from typing import Any

from playbooks.network.backup import digest, significant
from playbooks.network.platforms.fortinet import PLATFORM
from playbooks.network.redaction import hidden, redact
from tests.playbooks.network.samples import samples

OF = samples("fortinet")


def test_links_are_known_by_their_own_reading_and_addresses_by_either() -> None:
    physical, configured = "get system interface physical", "get system interface"
    text = OF.output(configured).replace("[ wan ]", "[ port2 ]").replace("name: wan", "name: port2")
    raw = {physical: OF.output(physical), configured: text}
    found = {one.name: one for one in PLATFORM.parse(raw).interfaces}
    assert PLATFORM.reads.index(physical) < PLATFORM.reads.index(configured)
    assert (found["port2"].up, found["port2"].addresses) == (False, ("192.0.2.2/30",))


def encrypted_anew(text: str) -> str:
    """The same configuration, shown a second time."""
    text = re.sub(r"\bENC \S+", lambda found: f"ENC {found[0][4:][::-1].strip('=')}", text)
    text = re.sub(r"^(?:MIIFHD\S+|cA==)$", lambda found: f"Zz{found[0][2:]}", text, flags=re.MULTILINE)
    return text.replace("188373942321", "188373942399").replace("1763700000", "1763800000")


def test_a_word_that_looks_like_a_mark_hides_nothing() -> None:
    line = '        set comments "use ENC mode"\n'
    assert redact("fortinet", line, hidden) == line
    assert significant("fortinet", line) == line.strip("\n")


def test_secrets_that_were_only_encrypted_anew_change_nothing() -> None:
    again = encrypted_anew(OF.config)
    assert again != OF.config
    assert significant("fortinet", again) == significant("fortinet", OF.config)
    assert digest("fortinet", again) == digest("fortinet", OF.config)
    volatile = ("188373942399", "188373942321"), ("1763800000", "1763700000")
    shown = redact("fortinet", again, hidden)
    for new, old in volatile:
        shown = shown.replace(new, old)
    assert shown == redact("fortinet", OF.config, hidden)


def test_nothing_is_written_to_turn_the_pager_off() -> None:
    assert PLATFORM.paging == ()


def sample(folder: str, case: str = "") -> dict[str, Any]:
    return PLATFORM.parse_one(folder, OF.recording(folder, case))


def test_spot_checks_of_recorded_systems() -> None:
    assert sample("get_system_status") == {
        "model": "FortiGate-1500D",
        "version": "v6.0.7",
        "hostname": "MYCOOLEFIREWALLNAME",
        "serial": "FG1K501234567890",
    }
    assert sample("get_system_ha_status", "_7.0_hbdev")["alarms"][1].line == "WARNING: FGT40YYYYYYYYYYY has hbdev down"
    assert sample("get_system_ha_status", "_5.6") == {"model": "FortiGate-200D", "alarms": ()}
    assert sample("diagnose_sys_top") == {"uptime_s": 12 * 86400 + 3 * 3600 + 4 * 60, "cpu_percent": 0.0}


def test_spot_checks_of_recorded_interfaces() -> None:
    configured = {one.name: one for one in sample("get_system_interface", "_6.4.2")["interfaces"]}
    assert [name for name, one in configured.items() if not one.enabled] == ["lan3", "Loopback0"]
    assert configured["Vlan10"].addresses == ("16.100.100.1/27",)
    physical = {one.name: one for one in sample("get_system_interface_physical", "_5.6")["interfaces"]}
    assert (physical["dmz1"].up, physical["mgmt"].speed_mbps, physical["mgmt"].duplex) == (False, 1000, "full")
    devices = {one.name: one for one in sample("fnsysctl_ifconfig")["interfaces"]}
    assert (devices["nturbo_rx"].up, devices["lan"].addresses) == (False, ("10.152.1.230/30",))


def test_spot_checks_of_recorded_peers() -> None:
    peers = sample("get_router_info_bgp_neighbors")["bgp_peers"]
    assert [(one.address, one.remote_as, one.state) for one in peers] == [
        ("10.105.1.254", "65400", "Established"),
        ("10.105.2.254", "65400", "Established"),
    ]
