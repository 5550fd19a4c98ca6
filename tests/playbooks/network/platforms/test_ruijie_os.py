"""Ruijie RGOS: outputs in the form of its command reference; no recording, no real device."""

from __future__ import annotations

import re
from typing import Any

import pytest

from playbooks.network.backup import NotComplete, check_complete, digest, normalised
from playbooks.network.diagnose import parse
from playbooks.network.facts import Facts, Interface
from playbooks.network.platforms import get
from playbooks.network.redaction import hidden, redact

VERSION = """System description      : Ruijie Full Gigabit Routing Switch(S5750-24GT) By Ruijie Networks
System start time       : 2026-01-19 00:52:20
System uptime           : 313:22:34:30
System hardware version : 1.30
System software version : S5750_RGOS 11.4(1)B12P11
System serial number    : G1CONTOH00020
Module information:
  Slot 0 : S5750-24GT
    Software version    : S5750_RGOS 11.4(1)B12P11
    Serial number       : G1CONTOH00021
"""
INTERFACES = """========================== GigabitEthernet 0/1 ========================
GigabitEthernet 0/1 is UP  , line protocol is UP
  Hardware is Broadcom 5464 GigabitEthernet, address is 0000.5e00.5301 (bia 0000.5e00.5301)
  Description: ke gedung B
  Interface address is: no ip address
  Interface IPv6 address is:
    No IPv6 address
  MTU 1500 bytes, BW 1000000 Kbit
  Encapsulation protocol is Ethernet-II, loopback not set
  Ethernet attributes:
    Medium-type is Fiber
    Admin duplex mode is AUTO, oper duplex is Full
    Admin speed is AUTO, oper speed is 1000M
   10 seconds input rate 111813 bits/sec, 52 packets/sec
    17 packets input, 1700 bytes, 0 no buffer, 0 dropped
    Received 0 broadcasts, 0 runts, 0 giants
    3 input errors, 1 CRC, 0 frame, 0 overrun, 0 abort
    9 packets output, 900 bytes, 0 underruns , 0 dropped
    4 output errors, 0 collisions, 0 interface resets
========================== TenGigabitEthernet 0/25 ========================
TenGigabitEthernet 0/25 is administratively down  , line protocol is DOWN
  MTU 9216 bytes, BW 10000000 Kbit
    Admin duplex mode is AUTO, oper duplex is Unknown
    Admin speed is AUTO, oper speed is Unknown
    0 input errors, 0 CRC, 0 frame, 0 overrun, 0 abort
========================== VLAN 10 ========================
VLAN 10 is UP  , line protocol is DOWN
  Interface address is: 192.0.2.1/24
  MTU 1500 bytes, BW 1000000 Kbit
"""
ROUTES = """Codes:  C - Connected, L - Local, S - Static
        R - RIP, O - OSPF, B - BGP, I - IS-IS, V - Overflow route
        * - candidate default

Gateway of last resort is 192.0.2.254 to network 0.0.0.0
S*    0.0.0.0/0 [1/0] via 192.0.2.254
                [1/0] via 192.0.2.253, VLAN 10
C     192.0.2.0/24 is directly connected, VLAN 10
C     192.0.2.1/32 is local host.
"""
OSPF = """OSPF process 1, 2 Neighbors, 1 is Full:
Neighbor ID     Pri   State                BFD State  Dead Time   Address         Interface
198.51.100.1      1   Full/BDR             -          00:00:39    192.0.2.5       GigabitEthernet 0/2
198.51.100.2      0   ExStart/ -           Up         00:00:34    192.0.2.9       VLAN 20
"""
BGP = """For address family: IPv4 Unicast
BGP router identifier 198.51.100.9, local AS number 65001
BGP table version is 3
1 BGP AS-PATH entries

Neighbor        V          AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.0.2.2       4       65002      35      38        3    0    0 00:31:12        2
192.0.2.6       4       65003       0       0        0    0    0 never    Idle (Admin)

Total number of neighbors 2, established neighbors 1
"""
LLDP = """Capability codes:
    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other
System Name         Local Intf            Port ID             Capability      Aging-time
sw-lantai2          GigabitEthernet 0/1   Gi0/24              B, R            1minutes 40seconds

Total entries displayed: 1
"""
ARP = """Protocol  Address          Age(min)  Hardware        Type   Interface
Internet  192.0.2.77       13        0000.5e00.53aa  arpa   VLAN 10
Internet  192.0.2.78       <---      <Incomplete>    arpa   VLAN 10
Internet  192.0.2.1        --        0000.5e00.5301  arpa   VLAN 10
"""
CPU = """=======================================
      CPU Using Rate Information
CPU utilization in five seconds: 26.60%
CPU utilization in one minute: 16.30%
CPU utilization in five minutes: 6.10%
 NO    5Sec   1Min   5Min Process
 0     0.00%  0.00%  0.00% LISR INT
"""
MEMORY = """System Memory Statistic:
  System Memory: 1024000KB total, 564000KB used, 460000KB free, 55.1% used rate
"""
NTP = """Clock is unsynchronized, stratum 16, no reference clock
nominal freq is 250.0000 Hz, actual freq is 250.0000 Hz, precision is 2**24
"""
POOLS = """Pool name         Total        Distributed  Remained     Percentage
----------------- ------------ ------------ ------------ ----------
kantor            253          11           242          4.34783
"""


def arp(address: str, mac: str) -> dict[str, str]:
    return {"address": address, "mac": mac, "interface": "VLAN 10"}


def interface(**known: Any) -> dict[str, Any]:
    facts: dict[str, Any] = Facts(interfaces=(Interface(**known),)).as_json()["interfaces"][0]
    return facts | {"addresses": list(facts["addresses"])}


EXPECTED: dict[str, tuple[str, dict[str, Any]]] = {
    "show version": (
        VERSION,
        {
            "version": "S5750_RGOS 11.4(1)B12P11",
            "uptime_s": 313 * 86400 + 22 * 3600 + 34 * 60 + 30,
            "model": "S5750-24GT",
            "serial": "G1CONTOH00020",
        },
    ),
    "show interfaces": (
        INTERFACES,
        {
            "interfaces": [
                interface(
                    name="GigabitEthernet 0/1",
                    description="ke gedung B",
                    mtu=1500,
                    errors=7,
                    duplex="full",
                    speed_mbps=1000,
                    line="GigabitEthernet 0/1 is UP  , line protocol is UP",
                ),
                interface(
                    name="TenGigabitEthernet 0/25",
                    enabled=False,
                    up=False,
                    mtu=9216,
                    line="TenGigabitEthernet 0/25 is administratively down  , line protocol is DOWN",
                ),
                interface(
                    name="VLAN 10",
                    up=False,
                    mtu=1500,
                    addresses=("192.0.2.1/24",),
                    line="VLAN 10 is UP  , line protocol is DOWN",
                ),
            ]
        },
    ),
    "show ip route": (
        ROUTES,
        {
            "default_routes": [
                {
                    "prefix": "0.0.0.0/0",
                    "gateway": gateway,
                    "interface": out,
                    "protocol": "static",
                    "active": True,
                    "distance": 1,
                }
                for gateway, out in (("192.0.2.254", ""), ("192.0.2.253", "VLAN 10"))
            ]
        },
    ),
    "show ip ospf neighbor": (
        OSPF,
        {
            "ospf_neighbors": [
                {
                    "router_id": "198.51.100.1",
                    "address": "192.0.2.5",
                    "interface": "GigabitEthernet 0/2",
                    "state": "Full/BDR",
                },
                {"router_id": "198.51.100.2", "address": "192.0.2.9", "interface": "VLAN 20", "state": "ExStart/ -"},
            ]
        },
    ),
    "show ip bgp summary": (
        BGP,
        {
            "bgp_peers": [
                {
                    "address": "192.0.2.2",
                    "remote_as": "65002",
                    "state": "Established",
                    "note": "192.0.2.2 AS 65002 2",
                },
                {
                    "address": "192.0.2.6",
                    "remote_as": "65003",
                    "state": "Idle (Admin)",
                    "note": "192.0.2.6 AS 65003 Idle (Admin)",
                },
            ]
        },
    ),
    "show lldp neighbors": (
        LLDP,
        {
            "neighbors": [
                {
                    "interface": "GigabitEthernet 0/1",
                    "name": "sw-lantai2",
                    "port": "Gi0/24",
                    "address": "",
                    "platform": "",
                }
            ]
        },
    ),
    "show arp": (ARP, {"arp": [arp("192.0.2.77", "0000.5e00.53aa"), arp("192.0.2.1", "0000.5e00.5301")]}),
    "show cpu": (CPU, {"cpu_percent": 6.1}),
    "show memory": (MEMORY, {"memory_percent": 55.1}),
    "show ntp status": (
        NTP,
        {"clock_synchronised": False, "clock_line": "Clock is unsynchronized, stratum 16, no reference clock"},
    ),
    "show ip dhcp pool": (POOLS, {"dhcp_pools": [{"name": "kantor", "size": 253, "used": 11}]}),
}


@pytest.mark.parametrize("command", EXPECTED)
def test_outputs_give_exactly_these_facts(command: str) -> None:
    output, facts = EXPECTED[command]
    assert parse("ruijie_os", command, output) == facts


def test_every_command_of_a_diagnosis_has_its_sample() -> None:
    assert set(get("ruijie_os").reads) == set(EXPECTED)


def test_no_default_route_is_a_fact_and_an_old_uptime_is_read() -> None:
    none = "Gateway of last resort is no set\nC    192.0.2.0/24 is directly connected, VLAN 10\n"
    assert parse("ruijie_os", "show ip route", none) == {"default_routes": []}
    old = VERSION.replace("313:22:34:30", "3d:4h:5m:6s")
    assert parse("ruijie_os", "show version", old)["uptime_s"] == 273906


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("show lldp neighbors", LLDP.replace("sw-lantai2  ", "sw-lantai2-gedung-utama")),
        ("show ip ospf neighbor", OSPF.replace("Full/BDR ", "???      ")),
        ("show interfaces", INTERFACES.replace("VLAN 10 is UP ", "VLAN 10 is testing")),
        ("show ip route", ROUTES.replace("[1/0] via 192.0.2.253", "[1/0] over 192.0.2.253")),
        ("show arp", ARP.replace("arpa   VLAN 10", "arpa")),
    ],
)
def test_what_is_not_understood_is_no_fact(command: str, output: str) -> None:
    assert output != EXPECTED[command][0]
    assert parse("ruijie_os", command, output) == {"unparsed": True}


CONFIG = """Building configuration...
Current configuration : 2812 bytes

version S5750_RGOS 11.4(1)B12P11
hostname sw-contoh
!
banner motd ^C
Ruijie# hanya untuk petugas; masuk dengan password sendiri
^C
username admin privilege 15 password 7 08345c1a2b
username tamu secret 5 $1$abcd$efghijklmnopqrstuvwxy1
enable secret 5 $1$zzzz$0123456789012345678901
enable password level 14 7 0722134405
snmp-server community 7 0a1b2c3d4e ro
snmp-server community rahasia-snmp rw
snmp-server host 192.0.2.9 traps version 2c rahasia-trap
snmp-server user petugas kantor v3 auth sha kunci-auth priv aes128 kunci-priv
radius-server host 192.0.2.10 key 7 1a2b3c4d5e
tacacs-server key 7 6f7a8b9c0d
aaa group server radius kantor
 key 7 08231976
 key sandi-kelompok
ntp authentication-key 1 md5 kunci-ntp 7
key chain ospf
 key 1
  key-string 7 5d5e5f6061
!
interface GigabitEthernet 0/1
 description ke gedung B
 switchport mode trunk
!
interface VLAN 10
 ip address 192.0.2.1 255.255.255.0
 ip ospf message-digest-key 1 md5 7 7172737475
!
router bgp 65001
 neighbor 192.0.2.2 remote-as 65002
 neighbor 192.0.2.2 password 7 8182838485
!
ip route 0.0.0.0 0.0.0.0 192.0.2.254
!
line con 0
line vty 0 4
 login local
 password 7 9192939495
!
end
"""
SECRETS = (
    "08345c1a2b",
    "$1$abcd$efghijklmnopqrstuvwxy1",
    "$1$zzzz$0123456789012345678901",
    "0722134405",
    "0a1b2c3d4e",
    "rahasia-snmp",
    "rahasia-trap",
    "kunci-auth",
    "kunci-priv",
    "1a2b3c4d5e",
    "6f7a8b9c0d",
    "08231976",
    "sandi-kelompok",
    "kunci-ntp",
    "5d5e5f6061",
    "7172737475",
    "8182838485",
    "9192939495",
)


def test_the_redacted_view_hides_exactly_the_secrets() -> None:
    shown = redact("ruijie_os", CONFIG, hidden)
    expected = CONFIG
    for secret in SECRETS:
        assert CONFIG.count(secret) == 1
        expected = expected.replace(secret, "<disamarkan>")
    assert shown == expected


def accepted(text: str, previous: str | None = None, prompt: str = "") -> bool:
    try:
        check_complete("ruijie_os", text, previous, prompt)
    except NotComplete:
        return False
    return True


def test_only_the_whole_configuration_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    whole = normalised("ruijie_os", CONFIG)
    data = whole.encode()
    assert accepted(whole, prompt="sw-contoh")
    assert not [at for at in range(len(data)) if accepted(data[:at].decode("utf-8", "replace"))]
    assert not accepted("% Invalid input detected at '^' marker.\nend\n")
    assert not accepted(whole, prompt="sw-lain")
    with capsys.disabled():
        print(f"\nruijie_os: {len(data)} truncations refused", end="")


def test_its_size_in_the_heading_does_not_change_the_digest() -> None:
    assert digest("ruijie_os", CONFIG.replace("2812 bytes", "2813 bytes")) == digest("ruijie_os", CONFIG)
    assert digest("ruijie_os", CONFIG.replace("192.0.2.254", "192.0.2.253")) != digest("ruijie_os", CONFIG)


PROMPT = re.compile(get("ruijie_os").prompt.replace("NAME", "sw-contoh"))


@pytest.mark.parametrize(
    "line",
    ["sw-contoh>", "sw-contoh#", "sw-contoh(config)#", "sw-contoh(config-if-GigabitEthernet 0/1)#"],
)
def test_prompts_of_all_modes(line: str) -> None:
    assert PROMPT.fullmatch(line)


@pytest.mark.parametrize("line", ["hostname sw-contoh", "sw-lain#", "sw-contoh", "Ruijie# hanya untuk petugas", "!"])
def test_what_only_looks_like_a_prompt(line: str) -> None:
    assert not PROMPT.fullmatch(line)
