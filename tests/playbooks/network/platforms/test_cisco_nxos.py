"""Cisco NX-OS: outputs in its form, and recordings where they are at hand; no real device."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from playbooks.network.backup import digest, normalised
from playbooks.network.diagnose import parse
from playbooks.network.platforms import get
from playbooks.network.redaction import hidden, redact

RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
FOLDER = RECORDINGS / "cli" / "cisco_nxos"
NXOS = get("cisco_nxos")

INTERFACES = """mgmt0 is up
admin state is up,
  Hardware: GigabitEthernet, address: 0000.5e00.5301 (bia 0000.5e00.5301)
  Internet Address is 192.0.2.1/24
  MTU 1500 bytes, BW 1000000 Kbit, DLY 10 usec
  full-duplex, 1000 Mb/s
  1 minute input rate 790 bits/sec, 0 packets/sec
  1 minute output rate 25000000 bits/sec, 0 packets/sec

Ethernet1/1 is down (bpduguard errDisabled)
admin state is up, Dedicated Interface
  Belongs to Po10
  Description: ke gedung B
  MTU 9216 bytes, BW 10000000 Kbit , DLY 10 usec
  auto-duplex, auto-speed
  30 seconds input rate 0 bits/sec, 0 packets/sec
  30 seconds output rate 0 bits/sec, 0 packets/sec
  RX
    0 runts  0 giants  2 CRC  0 no buffer
    7 input error  0 short frame  0 overrun   0 underrun  0 ignored
  TX
    5 output error  0 collision  0 deferred  0 late collision
Ethernet1/2 is down (Administratively down)
admin state is down, Dedicated Interface
  half-duplex, 100 Mb/s
Vlan10 is up, line protocol is down, autostate enabled
  Internet Address is 198.51.100.1/24
"""
ROUTES = """IP Route Table for VRF "default"
'*' denotes best ucast next-hop
'**' denotes best mcast next-hop
'[x/y]' denotes [preference/metric]
'%<string>' in via output denotes VRF <string>

0.0.0.0/0, ubest/mbest: 1/0
    *via 192.0.2.2, Eth1/1, [1/0], 6d02h, static
     via 192.0.2.6, Eth1/2, [110/3], 5d18h, ospf-10, type-2
192.0.2.0/30, ubest/mbest: 1/0, attached
    *via 192.0.2.1, Eth1/1, [0/0], 6d00h, direct
"""
NO_DEFAULT = ROUTES.replace("0.0.0.0/0, ubest", "10.0.0.0/8, ubest")
MANAGEMENT = ROUTES.replace('"default"', '"management"')
TREE = """VLAN0010
  Spanning tree enabled protocol rstp
Interface        Role Sts Cost      Prio.Nbr Type
---------------- ---- --- --------- -------- --------------------------------
Po1              Root FWD 1         128.4096 (vPC peer-link) Network P2p
Eth1/3           Altn BLK 2         128.131  P2p
"""
OPTICS = """Ethernet1/7
    transceiver is present
    type is 40Gbase-LR4

Lane Number : 1 Network Lane
----------------------------------------------------------------------------
                                   Alarms                  Warnings
                              High        Low         High          Low
----------------------------------------------------------------------------
Rx Power      -2.55 dBm      2.000 dBm   -13.9 dBm   -1.00 dBm     -9.90 dBm
Lane Number : 2 Network Lane
Rx Power      -14.2 dBm --   2.000 dBm   -13.9 dBm   -1.00 dBm     -9.90 dBm
Ethernet1/8
    transceiver is not present
"""
RESOURCES = """Load average:   1 minute: 0.22   5 minutes: 0.27   15 minutes: 0.31
Processes   :   642 total, 1 running
CPU states  :   2.53% user,   1.26% kernel,   96.20% idle
Memory usage:   16000000K total,   4000000K used,   12000000K free
Current memory status: OK
"""
PEERS = """Total peers : 1
* - selected for synchronization, + -  peer mode(active),
- - peer mode(passive), = - polled in client mode
    remote               local              st  poll  reach   delay   vrf
----------------------------------------------------------------------
*192.0.2.123         0.0.0.0            2   64    377   0.00134 management
"""
HOT = """
Temperature
-------------------------------------------------------------------------
Module  Sensor             MajorThresh   MinorThres   CurTemp     Status
                            (Celsius)     (Celsius)   (Celsius)
-------------------------------------------------------------------------
1       ASIC                101           95           52          ok
1       Outlet              62            56           70          MajorAlarm
"""


def test_interfaces_tell_state_errors_speed_and_why_they_are_off() -> None:
    mgmt, one, two, vlan = NXOS.parse({"show interface": INTERFACES}).interfaces
    assert (mgmt.up, mgmt.addresses, mgmt.mtu, mgmt.speed_mbps) == (True, ("192.0.2.1/24",), 1500, 1000)
    assert (mgmt.duplex, mgmt.load_percent) == ("full", 2.5)
    assert (one.enabled, one.up, one.error_disabled) == (True, False, "bpduguard errDisabled")
    assert (one.errors, one.description, one.master, one.duplex, one.speed_mbps) == (12, "ke gedung B", "Po10", "", 0)
    assert one.line == "Ethernet1/1 is down (bpduguard errDisabled)"
    assert (two.enabled, two.error_disabled, two.duplex, two.speed_mbps) == (False, "", "half", 100)
    assert (vlan.enabled, vlan.up, vlan.addresses) == (True, False, ("198.51.100.1/24",))


@pytest.mark.parametrize(
    "spoilt", [INTERFACES.replace("mgmt0 is up", "mgmt0 is testing"), "Ethernet1/1 is up, maybe\n"]
)
def test_an_interface_of_unknown_form_spoils_the_output(spoilt: str) -> None:
    assert parse("cisco_nxos", "show interface", spoilt) == {"unparsed": True}


def test_default_routes_are_those_of_the_default_vrf() -> None:
    one, two = NXOS.parse({"show ip route": MANAGEMENT + "\n" + ROUTES}).default_routes or ()
    assert (one.gateway, one.interface, one.protocol, one.active) == ("192.0.2.2", "Eth1/1", "static", True)
    assert (two.gateway, two.protocol, two.active, two.distance) == ("192.0.2.6", "ospf-10", False, 110)
    assert NXOS.parse({"show ip route": NO_DEFAULT + "\n" + MANAGEMENT}).default_routes == ()
    assert parse("cisco_nxos", "show ip route", MANAGEMENT) == {"unparsed": True}


def test_default_routes_of_older_and_unknown_forms() -> None:
    older = ROUTES.replace(
        "ubest/mbest: 1/0\n    *via 192.0.2.2", "1 ucast next-hops, 0 mcast next-hops\n   **via 192.0.2.2"
    )
    assert [one.active for one in NXOS.parse({"show ip route": older}).default_routes or ()] == [True, False]
    for unknown in (ROUTES.replace("*via 192.0.2.2", "*over 192.0.2.2"), ROUTES.replace("0.0.0.0/0,", "0.0.0.0/0 ;")):
        assert parse("cisco_nxos", "show ip route", unknown) == {"unparsed": True}


def test_fibre_channel_and_odd_reasons() -> None:
    text = "vfc3 is trunking (Not all VSANs UP on the trunk)\n    Port vsan is 1\n"
    text += "Ethernet1/4 is down (suspended(no LACP PDUs))\nadmin state is up\n"
    one, two = NXOS.parse({"show interface": text}).interfaces
    assert (one.up, two.up, two.enabled) == (True, False, True)
    assert parse("cisco_nxos", "show interface", text + "san-port-channel 1 is up\n") == {"unparsed": True}


def test_small_answers() -> None:
    facts = NXOS.parse(
        {
            "show spanning-tree": TREE,
            "show interface transceiver details": OPTICS,
            "show system resources": RESOURCES,
            "show ntp peer-status": PEERS,
            "show environment temperature": HOT,
        }
    )
    assert [(p.interface, p.role, p.state, p.instance) for p in facts.stp_ports] == [
        ("Po1", "root", "forwarding", "VLAN0010"),
        ("Eth1/3", "alternate", "blocking", "VLAN0010"),
    ]
    assert [(i.name, i.rx_dbm, i.rx_low_dbm) for i in facts.interfaces] == [("Ethernet1/7", -14.2, -9.9)]
    assert (facts.cpu_percent, facts.memory_percent, facts.clock_synchronised) == (3.8, 25.0, True)
    assert [note.line for note in facts.alarms] == ["Outlet MajorAlarm"]
    assert NXOS.parse({"show ntp peer-status": PEERS.replace("*192", "=192")}).clock_synchronised is False


CONFIG = """
!Command: show running-config
!Running configuration last done at: Sat Nov 21 06:00:00 2026
!Time: Sat Nov 21 06:05:00 2026

version 9.3(8) Bios:version 07.69
hostname nx1
vdc nx1 id 1
  limit-resource vlan minimum 16 maximum 4094

feature ospf
no password strength-check
username admin password 5 $5$rahasia01  role network-admin
username pantau password 5 $5$rahasia02  role network-operator
username pantau passphrase  lifetime 99999 warntime 14 gracetime 3
enable secret 5 $5$rahasia03
banner motd ^Hanya untuk yang berwenang
nx1# ^

tacacs-server key 7 "rahasia04"
tacacs-server host 192.0.2.31 key 7 "rahasia05"
radius-server host 192.0.2.30 key 7 "rahasia06" authentication accounting
snmp-server user admin network-admin auth md5 0xrahasia07 priv 0xrahasia08 localizedkey
snmp-server user pantau network-operator auth sha 0xrahasia09 priv aes-128 0xrahasia10 localizedkey
snmp-server host 192.0.2.20 traps version 2c rahasia11
snmp-server host 192.0.2.21 traps version 3 priv admin
snmp-server host 192.0.2.20 use-vrf management
snmp-server community rahasia12 group network-operator
ntp authentication-key 1 md5 rahasia13 7
ntp server 192.0.2.123 use-vrf management key 1
key chain kantor
  key 1
    key-string 7 rahasia14
vrf context management
  ip route 0.0.0.0/0 192.0.2.254

interface Ethernet1/1
  description password server di ruang B
  ip address 192.0.2.1/30
  ip ospf authentication-key 3 rahasia15
  ip ospf message-digest-key 1 md5 3 rahasia16

interface Vlan10
  hsrp 10
    authentication md5 key-string 7 rahasia17
    authentication text rahasia18
router bgp 64500
  neighbor 192.0.2.2
    remote-as 64501
    password 3 rahasia19
ip msdp password 192.0.2.9 3 rahasia20
line console
"""
SECRETS = tuple(f"rahasia{number:02}" for number in range(1, 21))


def test_the_redacted_view_hides_exactly_the_secrets() -> None:
    shown = redact("cisco_nxos", CONFIG, hidden)
    assert not [secret for secret in SECRETS if secret in shown]
    assert shown.count("<disamarkan>") == len(SECRETS)
    assert len(shown.splitlines()) == len(CONFIG.splitlines())
    for line in ("description password server di ruang B", "no password strength-check", "priv admin", "key 1"):
        assert line in shown
    assert "passphrase  lifetime 99999 warntime 14 gracetime 3" in shown
    assert "use-vrf management" in shown


def test_what_changes_by_itself_does_not_change_the_digest() -> None:
    later = CONFIG.replace("show running-config", "show startup-config").replace("06:05:00", "09:00:00")
    assert digest("cisco_nxos", later) == digest("cisco_nxos", CONFIG)
    assert digest("cisco_nxos", CONFIG.replace("192.0.2.1/30", "192.0.2.5/30")) != digest("cisco_nxos", CONFIG)
    assert normalised("cisco_nxos", CONFIG).startswith("version 9.3(8)")


@pytest.mark.parametrize(
    "answer",
    [
        "                    ^\n% Invalid command at '^' marker.\n",
        "Syntax error while parsing 'show foo'\n",
        "% Permission denied for the role\n",
        "ERROR: VLAN does not exist\n",
        "% Incomplete command at '^' marker.\n",
    ],
)
def test_refusals_are_known(answer: str) -> None:
    assert NXOS.refuses(answer)
    assert not NXOS.refuses(CONFIG)
    assert not NXOS.refuses("Copy complete, now saving to disk (please wait)...\nCopy complete.\n")


PROMPTS = "nx1# nx1> nx1(config)# nx1(config-if)# nx1(config-if-range)# nx1(config-vrf)# nx1(maint-mode)#".split()


@pytest.mark.parametrize("prompt", [*PROMPTS, "nx1(maint-mode)(config)# "])
def test_prompts_of_all_modes(prompt: str) -> None:
    assert re.fullmatch(NXOS.prompt.replace("NAME", "nx1"), prompt)


@pytest.mark.parametrize("line", ["nx1", "hostname nx1", "nx1# ^", "nx1# show version", "nx12#", "vdc nx1 id 1"])
def test_lines_that_are_no_prompt(line: str) -> None:
    assert not re.fullmatch(NXOS.prompt.replace("NAME", "nx1"), line)


def test_nothing_is_repaired_where_the_switch_cannot_undo_it_by_itself() -> None:
    assert not NXOS.repairs
    assert "checkpoint" in NXOS.undo


COMPOSED = {"line", "note", "subject", "kind", "instance", "prefix", "duplex"}


def strings(value: Any, key: str = "") -> list[str]:
    if isinstance(value, dict):
        return [text for name, item in value.items() if name not in COMPOSED for text in strings(item, name)]
    if isinstance(value, list | tuple):
        return [text for item in value for text in strings(item, key)]
    return [value] if isinstance(value, str) else []


def test_every_string_of_the_facts_stands_in_the_recording() -> None:
    if not FOLDER.exists():
        pytest.skip(f"no recordings at {FOLDER}")
    read = 0
    for file in sorted(FOLDER.glob("*/*.raw")):
        text = file.read_text()
        facts = parse("cisco_nxos", file.parent.name, text)
        read += "unparsed" not in facts
        for part in strings(facts) if "unparsed" not in facts else ():
            assert part == "Established" or all(piece in text for piece in part.split("/")), (file.name, part)
    assert read >= 50


def sample(folder: str, variant: str = "") -> dict[str, Any]:
    file = FOLDER / folder / f"cisco_nxos_{folder}{variant}.raw"
    if not file.exists():
        pytest.skip(f"no recordings at {FOLDER}")
    return parse("cisco_nxos", folder, file.read_text())


def test_version_and_inventory_agree_with_the_recordings() -> None:
    assert sample("show_version", "4") == {
        "hostname": "obttestw02",
        "version": "7.0(3)I4(3)",
        "uptime_s": 670 * 86400 + 6 * 3600 + 34 * 60 + 1,
        "restart_reason": "Unknown",
        "model": "Nexus9000 C9372PX",
    }
    assert sample("show_version", "1")["model"] == "N9K-C9396PX"
    assert sample("show_inventory", "2") == {"model": "N9K-C93180YC-EX", "serial": "FDO223607FK"}
    assert sample("dir", "_02") == {"storage_percent": 41.4}


def states(folder: str, variant: str = "") -> dict[str, tuple[bool, bool, int]]:
    return {
        one["name"]: (one["enabled"], one["up"], one["speed_mbps"]) for one in sample(folder, variant)["interfaces"]
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
    (one, *_) = sample("show_interface_status_err-disabled")["interfaces"]
    assert (one["name"], one["up"], one["error_disabled"]) == ("Eth1", False, "linkFlapErrDisabled")
    (_, two) = sample("show_ip_interface", "3")["interfaces"]
    assert two["addresses"] == ["152.98.241.32/24", "152.98.246.32/24", "192.168.29.32/24"]
    assert states("show_ip_interface_brief")["Eth1/1"] == (True, False, 0)
    assert len(states("show_ipv6_interface_brief")) == 7
    light = {one["name"]: one["rx_low_dbm"] for one in sample("show_interface_transceiver", "5")["interfaces"]}
    assert light == {"Ethernet1/7": -9.9, "Ethernet1/47": -9.9, "Ethernet1/48": -9.9}


def test_neighbours_agree_with_the_recordings() -> None:
    assert sample("show_lldp_neighbors")["neighbors"][0]["name"] == "nx-osv9000-3-long-name.com"
    assert len(sample("show_lldp_neighbors", "_multiline")["neighbors"]) == 15
    assert sample("show_lldp_neighbors_detail")["neighbors"][3]["address"] == "10.30.140.30"
    assert sample("show_cdp_neighbors", "2")["neighbors"][0]["port"] == "Eth1/48"
    assert sample("show_cdp_neighbors_detail", "2")["neighbors"][0]["name"] == "MKT1"
    assert {one["state"] for one in sample("show_ip_ospf_neighbor", "_vrf_all")["ospf_neighbors"]} == {
        "FULL/ -",
        "INIT/DROTHER",
    }
    assert sample("show_ip_ospf_interface_brief", "_vrf_all")["ospf_interfaces"][0]["neighbors"] == 2
    assert sample("show_ip_bgp_summary", "2")["bgp_peers"][0]["state"] == "Idle (Admin)"
    long = {one["address"]: one["state"] for one in sample("show_ip_bgp_neighbors")["bgp_peers"]}
    assert (len(long), long["178.51.35.168"], long["136.170.1.201"]) == (59, "Shut (Admin)", "Established")


def test_routes_arp_and_environment_agree_with_the_recordings() -> None:
    (route,) = sample("show_ip_route")["default_routes"]
    assert (route["gateway"], route["protocol"], route["active"], route["distance"]) == (
        "10.1.100.1",
        "static",
        True,
        1,
    )
    assert sample("show_ip_route", "_vrf4")["default_routes"] == []
    assert "10.5.6.10" not in {one["address"] for one in sample("show_ip_arp")["arp"]}
    assert len(sample("show_ip_adjacency", "_n5596")["arp"]) == 8
    assert sample("show_environment", "2") == {"alarms": []}
