"""Ubiquiti EdgeSwitch: outputs in the form of its command reference, `show version` also as recorded."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from playbooks.network.backup import digest
from playbooks.network.diagnose import parse
from playbooks.network.facts import Facts, Interface
from playbooks.network.platforms import get
from playbooks.network.redaction import hidden, redact

NAME = "ubiquiti_edgeswitch"
RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))

VERSION = """
Switch: 1

System Description............................. EdgeSwitch 24-Port Contoh, 1.9.3, Linux 3.6.5-0123abcd
Machine Type................................... EdgeSwitch 24-Port Contoh
Machine Model.................................. ES-24-CONTOH
 Serial Number.................................. 00005E005301
Burned In MAC Address.......................... 00:00:5E:00:53:01
Software Version............................... 1.9.3
"""
SYSINFO = """
System Description............................. EdgeSwitch 24-Port Contoh, 1.9.3, Linux 3.6.5-0123abcd
System Name.................................... sw-contoh
System Location................................
System Object ID............................... 1.3.6.1.4.1.4413
System Up Time................................. 22 days 2 hrs 6 mins 43 secs
"""
PORTS = """
                 Admin     Physical   Physical   Link   Link    LACP   Actor
 Intf      Type   Mode      Mode       Status     Status Trap    Mode   Timeout
--------- ------ --------- ---------- ---------- ------ ------- ------ --------
0/1              Enable    Auto       1000 Full  Up     Enable  Enable long
0/2              Enable    Auto                  Down   Enable  Enable long
0/3              Disable   Auto                  Down   Enable  Enable long
0/4       PC Mbr D-Disable Auto                  Down   Enable  Enable long
3/1       LAG    Enable    Auto       10G Full   Up     Enable  N/A    N/A
"""
LINKS = """
                                 Link    Physical    Physical    Media       Flow
Port       Name                  State   Mode        Status      Type        Control     VLAN
---------  --------------------  ------  ----------  ----------  ----------  ----------  ------
0/1        ke gedung B           Up      Auto        100 Half    Copper      Inactive    1
0/2                              Down    Auto                    Copper      Inactive    1
"""
NETWORK = """
Interface Status............................... Up
IP Address..................................... 192.0.2.10
Subnet Mask.................................... 255.255.255.0
Default Gateway................................ 192.0.2.1
"""
LLDP = """
LLDP Remote Device Summary

Local
Interface  RemID    Chassis ID            Port ID             System Name
---------  -------  --------------------  ------------------  ------------------
0/1        2        00:00:5E:00:53:02     GigabitEthernet2/0/9  sw-lantai2
0/2
0/3        3        00:00:5E:00:53:03     eth0
"""
STP = """
MST Instance................................... 0

           STP              STP                Port
Interface  Mode     Type    State              Role       Desc
---------  -------- ------- -----------------  ---------- ---------
0/1        Enabled          Forwarding         Root
0/2        Disabled         Manual forwarding  Disabled
"""
OSPF = """
Router ID       Priority IP Address      Neighbor         State           Dead
                                         Interface                        Time
--------------- -------- --------------- ---------------- --------------- ----
198.51.100.1    1        192.0.2.5       0/24             Full/DR         31
"""
ARP = """
Age Time (seconds)............................. 300
Total Entry Count Current / Peak .............. 2 / 2

  IP Address        MAC Address      Interface        Type        Age
---------------  -----------------  --------------  --------  -----------
192.0.2.1        00:00:5E:00:53:04  4/1             Gateway    0h  0m 10s
192.0.2.33       00:00:00:00:00:00  4/1             Dynamic    0h  0m  5s
"""
LOAD = """
Memory Utilization Report

status      bytes
------ ----------
  free   50000000
 alloc  150000000

CPU Utilization:

  PID      Name                    5 Secs     60 Secs    300 Secs
-----------------------------------------------------------------
 1042      osapiTimer               0.40%      0.35%      0.34%
-----------------------------------------------------------------
 Total CPU Utilization              9.96%     10.23%     12.35%
"""
SNTP = """
Last Update Time:                       Nov 21 06:00:00 2026
Last Unicast Attempt Time:              Nov 21 06:00:00 2026
Last Attempt Status:                    Request Timed Out
"""


def interface(**known: Any) -> dict[str, Any]:
    facts: dict[str, Any] = Facts(interfaces=(Interface(**known),)).as_json()["interfaces"][0]
    return facts | {"addresses": list(facts["addresses"])}


def neighbor(port: str, name: str, far: str) -> dict[str, str]:
    return {"interface": port, "name": name, "port": far, "address": "", "platform": ""}


EXPECTED: dict[str, tuple[str, dict[str, Any]]] = {
    "show version": (VERSION, {"version": "1.9.3", "model": "ES-24-CONTOH", "serial": "00005E005301"}),
    "show sysinfo": (SYSINFO, {"hostname": "sw-contoh", "uptime_s": 22 * 86400 + 2 * 3600 + 6 * 60 + 43}),
    "show port all": (
        PORTS,
        {
            "interfaces": [
                interface(name="0/1", duplex="full", speed_mbps=1000, line="0/1 Enable Up"),
                interface(name="0/2", up=False, line="0/2 Enable Down"),
                interface(name="0/3", enabled=False, up=False, line="0/3 Disable Down"),
                interface(name="0/4", up=False, error_disabled="D-Disable", line="0/4 D-Disable Down"),
                interface(name="3/1", duplex="full", speed_mbps=10000, line="3/1 Enable Up"),
            ]
        },
    ),
    "show interfaces status all": (
        LINKS,
        {
            "interfaces": [
                interface(name="0/1", description="ke gedung B", duplex="half", speed_mbps=100, line="0/1 Up"),
                interface(name="0/2", up=False, line="0/2 Down"),
            ]
        },
    ),
    "show network": (
        NETWORK,
        {
            "default_routes": [
                {
                    "prefix": "0.0.0.0/0",
                    "gateway": "192.0.2.1",
                    "interface": "",
                    "protocol": "",
                    "active": True,
                    "distance": 1,
                }
            ]
        },
    ),
    "show lldp remote-device all": (
        LLDP,
        {
            "neighbors": [
                neighbor("0/1", "sw-lantai2", "GigabitEthernet2/0/9"),
                neighbor("0/3", "00:00:5E:00:53:03", "eth0"),
            ]
        },
    ),
    "show spanning-tree mst port summary 0 all": (
        STP,
        {
            "stp_ports": [
                {"interface": "0/1", "role": "root", "state": "forwarding", "instance": "0"},
                {"interface": "0/2", "role": "disabled", "state": "forwarding", "instance": "0"},
            ]
        },
    ),
    "show ip ospf neighbor": (
        OSPF,
        {
            "ospf_neighbors": [
                {"router_id": "198.51.100.1", "address": "192.0.2.5", "interface": "0/24", "state": "Full/DR"}
            ]
        },
    ),
    "show arp": (ARP, {"arp": [{"address": "192.0.2.1", "mac": "00:00:5E:00:53:04", "interface": "4/1"}]}),
    "show process cpu": (LOAD, {"cpu_percent": 12.35, "memory_percent": 75.0}),
    "show sntp": (
        SNTP,
        {"clock_synchronised": False, "clock_line": "Last Attempt Status:                    Request Timed Out"},
    ),
}


@pytest.mark.parametrize("command", EXPECTED)
def test_outputs_give_exactly_these_facts(command: str) -> None:
    output, facts = EXPECTED[command]
    assert parse(NAME, command, output) == facts


def test_every_command_of_a_diagnosis_has_its_sample() -> None:
    assert set(get(NAME).reads) <= set(EXPECTED)
    assert get("ubiquiti_edge") is get(NAME)


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("show port all", PORTS.replace("Disable   Auto", "Disabled_Auto  ")),
        ("show port all", PORTS.replace("Enable    Auto       1000", "Sleep     Auto       1000")),
        ("show lldp remote-device all", LLDP.replace("00:00:5E:00:53:02     ", "00:00:5E:00:53:02-00-01")),
        ("show network", NETWORK.replace("192.0.2.1\n", "0.0.0.0\n")),
        ("show sntp", SNTP.replace("Request Timed Out", "Other")),
        ("show spanning-tree mst port summary 0 all", STP.replace("Root", "Boss")),
        ("show process cpu", LOAD.replace("300 Secs", "")),
    ],
)
def test_what_is_not_understood_is_no_fact(command: str, output: str) -> None:
    assert output != EXPECTED[command][0]
    assert parse(NAME, command, output) == {"unparsed": True}


CONFIG = """!Current Configuration:
!
!System Description "EdgeSwitch 24-Port Contoh, 1.9.3, Linux 3.6.5-0123abcd, 0.0.0.0000000"
!System Software Version "1.9.3"
!System Up Time          "22 days 2 hrs 6 mins 43 secs"
!Additional Packages     QOS,IPv6 Management,Routing
!Current SNTP Synchronized Time: Nov 21 06:00:00 2026 UTC
!
network protocol none
network parms 192.0.2.10 255.255.255.0 192.0.2.1
vlan database
vlan 10,20
vlan name 10 "kantor"
exit
configure
set clibanner "(sw-lain) # hanya petugas, password jangan dibagi"
username "ubnt" password 0011223344556677 level 15 encrypted
enable password 8899aabbccddeeff encrypted
sntp server "192.0.2.5"
radius server host auth "192.0.2.9" name "radius"
radius server key auth "192.0.2.9" encrypted a1b2c3d4e5
tacacs-server key encrypted "f6a7b8c9d0"
snmp-server sysname "sw-contoh"
snmp-server community "rahasia snmp" ro
snmp-server community rw rahasia-tulis
snmp-server host 192.0.2.8 traps version 2 "rahasia-trap"
snmp-server user "petugas" "kantor" auth-md5 "kunci auth" priv-des "kunci priv"
line console
exit
line telnet
password 1234567890abcdef encrypted
exit
interface 0/1
description 'ke gedung B'
vlan pvid 10
exit
interface 0/24
ip ospf authentication encrypt md5 "kunci ospf" 1
exit
exit
"""
SECRETS = (
    "0011223344556677",
    "8899aabbccddeeff",
    "a1b2c3d4e5",
    "f6a7b8c9d0",
    "rahasia snmp",
    "rahasia-tulis",
    "rahasia-trap",
    "kunci auth",
    "kunci priv",
    "1234567890abcdef",
    "kunci ospf",
)


def test_the_redacted_view_hides_exactly_the_secrets() -> None:
    expected = CONFIG
    for secret in SECRETS:
        assert CONFIG.count(secret) == 1
        expected = expected.replace(secret, "<disamarkan>")
    assert redact(NAME, CONFIG, hidden) == expected


def test_clocks_in_the_heading_do_not_change_the_digest() -> None:
    later = CONFIG.replace("22 days 2 hrs", "23 days 4 hrs").replace("Nov 21 06:00:00", "Nov 22 08:00:00")
    assert later != CONFIG
    assert digest(NAME, later) == digest(NAME, CONFIG)
    assert digest(NAME, CONFIG.replace("vlan pvid 10", "vlan pvid 20")) != digest(NAME, CONFIG)


def test_the_configuration_has_its_parts_and_names_the_switch() -> None:
    shape = get(NAME)
    assert all(re.search(part, CONFIG, re.MULTILINE) for part in (shape.first_line, *shape.sections))
    assert re.findall(shape.hostname, CONFIG, re.MULTILINE) == ["sw-contoh"]


@pytest.mark.parametrize(
    "answer",
    [
        "% Invalid input detected at '^' marker.\n",
        "Command not found / Incomplete command. Use ? to list commands.\n",
        "ERROR: Invalid input!\n",
    ],
)
def test_how_it_refuses(answer: str) -> None:
    assert get(NAME).refuses(answer)
    assert not get(NAME).refuses(CONFIG)


PROMPT = re.compile(get(NAME).prompt.replace("NAME", "sw-contoh"))


@pytest.mark.parametrize(
    "line",
    ["(sw-contoh) >", "(sw-contoh) #", "(sw-contoh) (Config)#", "(sw-contoh) (Interface 0/1)#", "(sw-contoh) (Vlan)#"],
)
def test_prompts_of_all_modes(line: str) -> None:
    assert PROMPT.fullmatch(line)


@pytest.mark.parametrize("line", ["(sw-lain) #", "sw-contoh#", "(sw-contoh)", *CONFIG.splitlines()])
def test_what_only_looks_like_a_prompt(line: str) -> None:
    assert not PROMPT.fullmatch(line)


def test_recorded_versions_hold_what_is_told_of_them() -> None:
    files = sorted((RECORDINGS / "cli" / NAME / "show_version").glob("*.raw"))
    if not files:
        pytest.skip(f"no recordings at {RECORDINGS}")
    for file in files:
        text = file.read_text()
        facts = parse(NAME, "show version", text)
        assert all(value and value in text for value in facts.values()), json.dumps(facts)
    assert {"version": "1.9.1", "model": "ES-48-500W", "serial": "18E8292278F5"} in [
        parse(NAME, "show version", file.read_text()) for file in files
    ]
