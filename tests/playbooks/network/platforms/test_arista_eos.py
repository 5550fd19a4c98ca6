"""Arista EOS: outputs in its form, and recordings where they are at hand; no real device."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from playbooks.findings import Finding, Severity
from playbooks.network.backup import NotComplete, check_complete, digest
from playbooks.network.diagnose import parse
from playbooks.network.facts import Facts
from playbooks.network.platforms import get
from playbooks.network.platforms.platform import Situation
from playbooks.network.redaction import hidden, redact

RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
FOLDER = RECORDINGS / "cli" / "arista_eos"
EOS = get("arista_eos")

VERSION = """Arista DCS-7050TX-64-R
Hardware version: 01.11
Serial number: CTH00000001
Hardware MAC address: 0000.5e00.5301
System MAC address: 0000.5e00.5301

Software image version: 4.28.3M
Architecture: i686
Internal build version: 4.28.3M-28837868.4283M
Internal build ID: 00000000-0000-0000-0000-000000000000
Image format version: 3.0
Image optimization: Trident2-4GB

Uptime: 1 week, 2 days, 3 hours and 4 minutes
Total memory: 4000000 kB
Free memory: 2000000 kB
"""
INTERFACES = """Ethernet1 is up, line protocol is up (connected)
  Hardware is Ethernet, address is 0000.5e00.5301 (bia 0000.5e00.5301)
  Description: ke gedung B
  Member of Port-Channel1
  Internet address is 192.0.2.1/30
  Secondary address is 198.51.100.1/24
  IP MTU 1500 bytes (default), BW 1000000 kbit
  Half-duplex, 100Mb/s, auto negotiation: off, uni-link: n/a
  3 link status changes since last clear
  5 minutes input rate 14.3 kbps (4.0% with framing overhead), 14 packets/sec
  5 minutes output rate 6.34 kbps (9.5% with framing overhead), 4 packets/sec
     7 input errors, 2 CRC, 0 alignment, 0 symbol, 0 input discards
     5 output errors, 0 collisions
Ethernet2 is administratively down, line protocol is down (disabled)
  Ethernet MTU 9214 bytes, BW 10000000 kbit
Ethernet3 is down, line protocol is down (errdisabled)
  Full-duplex, 2.5Gb/s, auto negotiation: off, uni-link: n/a
  3 link status changes since last clear
"""
ROUTES = """
VRF: default
Codes: C - connected, S - static, K - kernel,
       O - OSPF, IA - OSPF inter area

Gateway of last resort:
 S        0.0.0.0/0 [1/0] via 192.0.2.2, Ethernet1
                          via 192.0.2.6, Ethernet2

 C        192.0.2.0/30 is directly connected, Ethernet1
"""
OTHER_VRF = """VRF: MGMT
Codes: C - connected, S - static, K - kernel,

Gateway of last resort:
 S        0.0.0.0/0 [1/0] via 192.0.2.2, Management1
"""
TREE = """MST0
  Spanning tree enabled protocol mstp
Interface        Role       State      Cost      Prio.Nbr Type
---------------- ---------- ---------- --------- -------- --------------------
Et1              root       forwarding 2000      128.1    P2p
Et2              alternate  discarding 2000      128.2    P2p
"""
ERRDISABLED = """Port         Name               Status       Reason
------------ ------------------ ------------ ------------------
Et3          ruang server       errdisabled  bpduguard
"""
TOP = """top - 10:00:00 up 3 days,  1:06,  2 users,  load average: 0.15, 0.08, 0.09
%Cpu(s):  2.8 us,  0.7 sy,  0.0 ni, 90.0 id,  0.0 wa,  0.2 hi,  0.0 si,  0.0 st
MiB Mem :   8000.0 total,   1000.0 free,   2000.0 used,   5000.0 buff/cache
"""


def test_version_names_the_device() -> None:
    assert parse("arista_eos", "show version", VERSION) == {
        "version": "4.28.3M",
        "model": "DCS-7050TX-64-R",
        "serial": "CTH00000001",
        "uptime_s": 7 * 86400 + 2 * 86400 + 3 * 3600 + 4 * 60,
    }


def test_interfaces_tell_state_errors_speed_and_why_they_are_off() -> None:
    one, two, three = EOS.parse({"show interfaces": INTERFACES}).interfaces
    assert (one.enabled, one.up, one.description, one.mtu) == (True, True, "ke gedung B", 1500)
    assert (one.addresses, one.master) == (("192.0.2.1/30", "198.51.100.1/24"), "Port-Channel1")
    assert (one.errors, one.flaps, one.duplex, one.speed_mbps, one.load_percent) == (12, 1, "half", 100, 9.5)
    assert (two.enabled, two.up, two.mtu, two.duplex, two.load_percent) == (False, False, 9214, "", None)
    assert (three.enabled, three.error_disabled, three.speed_mbps, three.flaps) == (True, "errdisabled", 2500, 2)
    assert two.line == "Ethernet2 is administratively down, line protocol is down (disabled)"


@pytest.mark.parametrize(
    "spoilt", [INTERFACES.replace("is down, line", "is down (what), line"), "Ethernet1 is up, maybe"]
)
def test_an_interface_of_unknown_form_spoils_the_output(spoilt: str) -> None:
    assert parse("arista_eos", "show interfaces", spoilt) == {"unparsed": True}


def test_both_hops_of_a_default_route_are_told() -> None:
    one, two = EOS.parse({"show ip route": ROUTES}).default_routes or ()
    assert (one.gateway, one.interface, one.protocol, one.distance) == ("192.0.2.2", "Ethernet1", "static", 1)
    assert (two.gateway, two.interface) == ("192.0.2.6", "Ethernet2")


@pytest.mark.parametrize("hop", ["via 192.0.2.6/32, IS-IS SR tunnel index 1", "via VTEP 192.0.2.6 VNI 100"])
def test_a_next_hop_of_unknown_form_spoils_the_output(hop: str) -> None:
    text = ROUTES.replace("via 192.0.2.6, Ethernet2", hop)
    assert parse("arista_eos", "show ip route", text) == {"unparsed": True}


def test_another_vrf_says_nothing_about_the_default_route() -> None:
    assert parse("arista_eos", "show ip route", OTHER_VRF) == {"unparsed": True}
    none = ROUTES.partition("Gateway")[0]
    assert EOS.parse({"show ip route": none + OTHER_VRF}).default_routes == ()


def test_small_answers() -> None:
    raw = {
        "show hostname": "Hostname: sw1\nFQDN: sw1.example.go.id\n",
        "show spanning-tree": TREE,
        "show interfaces status errdisabled": ERRDISABLED,
        "show processes top once": TOP,
        "show ntp status": "synchronised to NTP server (192.0.2.123) at stratum 3\n   time correct to within 9 ms\n",
        "show environment temperature": "System temperature status is: Overheating\n",
        "show reload cause": "Reload Cause 1:\n-------------------\nReload requested by the user.\n\nReload Time:\n",
    }
    facts = EOS.parse(raw)
    assert (facts.hostname, facts.restart_reason) == ("sw1", "Reload requested by the user.")
    assert [(p.interface, p.role, p.state, p.instance) for p in facts.stp_ports] == [
        ("Et1", "root", "forwarding", "MST0"),
        ("Et2", "alternate", "discarding", "MST0"),
    ]
    assert [(i.name, i.up, i.error_disabled) for i in facts.interfaces] == [("Et3", False, "bpduguard")]
    assert (facts.cpu_percent, facts.memory_percent, facts.clock_synchronised) == (10.0, 25.0, True)
    assert [note.line for note in facts.alarms] == ["System temperature status is: Overheating"]
    assert EOS.parse({"show ntp status": "unsynchronised\n   polling server every 64 s\n"}).clock_synchronised is False
    assert EOS.parse({"show ntp status": "NTP is disabled.\n"}).clock_synchronised is None


CONFIG = """! Command: show running-config
! device: sw1 (DCS-7050TX-64, EOS-4.28.3M)
!
! boot system flash:/EOS-4.28.3M.swi
!
daemon TerminAttr
   exec /usr/bin/TerminAttr -cvaddr=192.0.2.10:9910 -cvauth=key,rahasia01 -taillogs
   no shutdown
!
hostname sw1
!
ntp authentication-key 1 md5 7 rahasia02
ntp server 192.0.2.123
!
snmp-server community rahasia03 ro
snmp-server host 192.0.2.20 version 2c rahasia04
snmp-server user pantau grup v3 localized f5717f00 auth sha rahasia05 priv aes rahasia06
!
radius-server key 7 rahasia07
radius-server host 192.0.2.30 vrf MGMT key 7 rahasia08
tacacs-server host 192.0.2.31 key 7 rahasia09
!
aaa root secret sha512 $6$rahasia10
enable password sha512 $6$rahasia11
username admin privilege 15 role network-admin secret sha512 $6$rahasia12
username tamu nopassword
!
management security
   password encryption-key common
   password minimum length 12
!
interface Ethernet1
   description password server di ruang B
   ip address 192.0.2.1/30
   ip ospf authentication-key 7 rahasia13
   ip ospf message-digest-key 1 md5 7 rahasia14
!
interface Vlan10
   vrrp 1 peer authentication ietf-md5 key-string 7 rahasia15
!
router bgp 64500
   neighbor 192.0.2.2 remote-as 64501
   neighbor 192.0.2.2 password 7 rahasia16
!
mac security
   profile kantor
      key 0011 7 rahasia17
!
banner login
Hanya untuk yang berwenang. sw1#
EOF
!
end
"""
SECRETS = tuple(f"rahasia{number:02}" for number in range(1, 18))


def test_the_redacted_view_hides_exactly_the_secrets() -> None:
    shown = redact("arista_eos", CONFIG, hidden)
    assert not [secret for secret in SECRETS if secret in shown]
    assert shown.count("<disamarkan>") == len(SECRETS)
    assert len(shown.splitlines()) == len(CONFIG.splitlines())
    assert "description password server di ruang B" in shown
    assert "password minimum length 12" in shown
    assert "password encryption-key common" in shown


def test_what_changes_by_itself_does_not_change_the_digest() -> None:
    later = CONFIG.replace("show running-config", "show startup-config").replace("! boot", "! Time: now\n! boot")
    assert digest("arista_eos", later) == digest("arista_eos", CONFIG)
    assert digest("arista_eos", CONFIG.replace("192.0.2.1/30", "192.0.2.5/30")) != digest("arista_eos", CONFIG)


def test_no_part_of_a_configuration_is_complete() -> None:
    check_complete("arista_eos", CONFIG, CONFIG, "sw1")
    refused = 0
    for end in range(len(CONFIG)):
        with pytest.raises(NotComplete):
            check_complete("arista_eos", CONFIG[:end], None, "sw1")
        refused += 1
    assert refused == len(CONFIG)


@pytest.mark.parametrize(
    "text", ["% Invalid input\n", "% Unavailable command (not supported)\n" + CONFIG, CONFIG.replace("sw1", "lain")]
)
def test_error_texts_and_another_device_are_refused(text: str) -> None:
    with pytest.raises(NotComplete):
        check_complete("arista_eos", text, CONFIG, "sw1")


def test_a_port_is_enabled_under_a_commit_timer_and_its_inverse_is_exact() -> None:
    finding = Finding("link.admin_down", Severity.MAJOR, "Ethernet2", "", "")
    change = EOS.repairs["link.admin_down"](Situation(finding, Facts(), Facts(), CONFIG))
    assert change is not None
    assert change.commands == ("interface Ethernet2", "no shutdown")
    assert change.inverse == ("interface Ethernet2", "shutdown")
    assert EOS.enter_armed == ("configure session pelihara", "abort", "configure session pelihara")
    assert EOS.leave_armed == ("end", "configure session pelihara commit timer 00:03:00")
    assert EOS.disarm == ("configure session pelihara commit",)


PROMPTS = "sw1> sw1# sw1(config)# sw1(config-if-Et1/1)# sw1(config-s-pelihara)# sw1(config-s-pelihara-if-Et1)#".split()


@pytest.mark.parametrize("prompt", [*PROMPTS, "sw1(vrf:MGMT)#", "sw1.10:20:30(config)# "])
def test_prompts_of_all_modes(prompt: str) -> None:
    assert re.fullmatch(EOS.prompt.replace("NAME", "sw1"), prompt)


@pytest.mark.parametrize(
    "line", ["sw1", "hostname sw1", "sw1 adalah switch #1", "sw1# show version", "sw12#", "Hanya sw1#"]
)
def test_lines_that_are_no_prompt(line: str) -> None:
    assert not re.fullmatch(EOS.prompt.replace("NAME", "sw1"), line)


def recorded() -> list[Path]:
    return [
        file
        for file in sorted(FOLDER.glob("*/*.raw"))
        if "unparsed" not in parse("arista_eos", file.parent.name, file.read_text())
    ]


COMPOSED = {"line", "note", "subject", "protocol", "kind", "instance", "prefix"}


def strings(value: Any, key: str = "") -> list[str]:
    if isinstance(value, dict):
        return [text for name, item in value.items() if name not in COMPOSED for text in strings(item, name)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in strings(item, key)]
    return [value] if isinstance(value, str) and key != "duplex" else []


def test_every_string_of_the_facts_stands_in_the_recording() -> None:
    if not FOLDER.exists():
        pytest.skip(f"no recordings at {FOLDER}")
    files = recorded()
    assert len(files) >= 29
    for file in files:
        text = file.read_text()
        for part in strings(parse("arista_eos", file.parent.name, text)):
            assert part == "Established" or all(piece in text for piece in part.split("/")), (file.name, part)


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
    assert sample(folder, variant)[field] == value


def sample(folder: str, variant: str = "") -> dict[str, Any]:
    file = FOLDER / folder / f"arista_eos_{folder}{variant}.raw"
    if not file.exists():
        pytest.skip(f"no recordings at {FOLDER}")
    return parse("arista_eos", folder, file.read_text())


def test_lists_agree_with_the_recordings() -> None:
    states = {
        one["name"]: (one["enabled"], one["up"], one["speed_mbps"]) for one in sample("show_interfaces")["interfaces"]
    }
    assert states["Ethernet49/1"] == (False, False, 100000)
    assert states["Vlan10"] == (True, False, 0)
    (lost,) = [one for one in sample("show_interfaces_status", "_port_channel")["interfaces"] if one["name"] == "Et49"]
    assert (lost["enabled"], lost["up"], lost["duplex"], lost["speed_mbps"]) == (True, False, "full", 10000)
    light = {one["name"]: one["rx_dbm"] for one in sample("show_interfaces_transceiver")["interfaces"]}
    assert light == {"Et3/1/1": -2.39, "Et3/17/1": -0.1, "Et3/17/2": -0.2, "Et3/17/3": -0.72}
    assert len(sample("show_lldp_neighbors_detail")["neighbors"]) == 20
    assert sample("show_lldp_neighbors")["neighbors"][3]["name"] == "dc1-rack11-tor1.sjc"
    assert [one["state"] for one in sample("show_ipv6_bgp_summary", "2")["bgp_peers"]] == [
        "Active",
        "Idle(NoIf)",
        "Established",
    ]
    assert [one["remote_as"] for one in sample("show_ip_bgp_summary")["bgp_peers"]] == ["65534", "65533"]
    assert [one["state"] for one in sample("show_ip_ospf_neighbor")["ospf_neighbors"]] == ["FULL/BDR", "FULL"]
    assert [one["neighbors"] for one in sample("show_ip_ospf_interface_brief")["ospf_interfaces"]] == [
        0,
        0,
        0,
        0,
        1,
        1,
        1,
    ]
    assert sample("show_ip_arp")["arp"][0] == {"address": "172.25.0.2", "mac": "004c.6211.021e", "interface": "Vlan101"}
