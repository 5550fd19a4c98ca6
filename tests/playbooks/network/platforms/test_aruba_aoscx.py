"""AOS-CX: outputs in the form of its guides, an invented configuration, recordings where they are."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from playbooks.network.backup import digest, normalised
from playbooks.network.facts import Arp, BgpPeer, Interface, Neighbor, OspfNeighbor, Route
from playbooks.network.platforms.aruba_aoscx import PLATFORM
from playbooks.network.redaction import hidden, redact

RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
FOLDER = RECORDINGS / "cli" / "aruba_aoscx"

SYSTEM = """Hostname           : cx-contoh
System Description : FL.10.11.1021
System Contact     :

Vendor             : Aruba
Product Name       : JL665A 6300F 48G CL4 PoE 4SFP56 Sw
Chassis Serial Nbr : SGCONTOH01
ArubaOS-CX Version : FL.10.11.1021

Up Time            : 2 weeks, 22 hours under a minute
CPU Util (%)       : 6
Memory Usage (%)   : 26
"""
STACK = """VSF Stack
        MAC Address                  : 00:00:5e:00:53:01
        Topology                     : chain
        Software Version             : FL.10.10.1030
        Name                         : cx-tumpuk

Member ID                            : 1
        Model                        : 6300M
        Serial Number                : SGCONTOH01
        Uptime                       : 4 weeks, 2 hours
        CPU Utilization              : 23%
        Memory Utilization           : 35%

Member ID                            : 2
        Model                        : 6300M
        Serial Number                : SGCONTOH02
        Uptime                       : 1 hour
        CPU Utilization              : 9%
        Memory Utilization           : 40%
"""
INTERFACES = """Interface 1/1/1 is up
 Admin state is up
 Link state: up for 9 months (since Wed Jan 18 15:55:56 CET 2023)
 Link transitions: 9
 Description: ke gedung B
 Hardware: Ethernet, MAC Address: 00:00:5e:00:53:01
 MTU 1500
 Type 1GbT
 Half-duplex
 Speed 100 Mb/s
 Baris baru yang belum dikenal: 7

 Rate                               RX                   TX        Total (RX+TX)
 ---------------- -------------------- -------------------- --------------------
 Utilization %                   12.50                91.25               103.75

 Statistic                          RX                   TX                Total
 ---------------- -------------------- -------------------- --------------------
 Errors                              3                    4                    7
   CRC/FCS                           3                  n/a                    3

Interface 1/1/2 is down (Administratively down)
 Admin state is down
 Full-duplex
 Speed 0 Mb/s

Aggregate lag1 is up
 Admin state is up
 Aggregated-interfaces : 1/1/1 1/1/48
 Speed 20 Gb/s

Interface vlan10 is up
 Admin state is up
 IPv4 address 192.0.2.1/24
 IPv4 address 198.51.100.1/25 secondary
 IPv6 address fe80::1/64
 Rx
            0 total packets            0 total bytes
            2 errors                   0 dropped
 Tx
            1 errors                   0 dropped
"""
MGMT = """  Address Mode                  : static
  Admin State                   : up
  Link State                    : down
  IPv4 address/subnet-mask      : 192.0.2.40/26
  Default gateway IPv4          : 192.0.2.62
"""
DOM = """Transceiver in 1/1/34
 Type: SFP+SR
  Rx Power: 0.50mW
  Rx Power low warning: Off
  Rx Power low warning threshold: 0.10mW

Transceiver in 1/1/47
 Type: SFP56CR
 % No DOM information available

Transceiver in 1/1/56
 Type: QSFP+LR4

 Channel 1:
  Rx Power: 0.48mW
  Rx Power low warning threshold: 0.04mW

 Channel 2:
  Rx Power: 0.00mW
  Rx Power low warning threshold: 0.04mW
"""
LLDP = """LLDP Neighbor Information
=========================

Port                           : 1/1/10
Neighbor Entries               : 2
Neighbor System-Name           : ap-contoh
Neighbor System-Description    : ArubaOS (MODEL: 503H), Version Aruba AP
Neighbor Chassis-ID            : 00:00:5e:00:53:0a
Neighbor Management-Address    : 192.0.2.50
Neighbor Port-ID               : 00:00:5e:00:53:0a
Neighbor Port-Desc             : eth0

Neighbor System-Name           :
Neighbor Chassis-ID            : 00:00:5e:00:53:0b
Neighbor Management-Address    : 192.0.2.51,fe80::1
Neighbor Port-ID               : 7

Port                           : 1/1/11
Neighbor Entries               : 1
Neighbor Chassis-Name          : sw-lama
Neighbor Chassis-Description   : HP J9851A
Neighbor Management-Address    : 192.0.2.52
Neighbor Port-ID               : 24
"""
ARP = """IPv4 Address     MAC                Port         Physical Port              State      VRF
------------------------------------------------------------------------------------------
192.0.2.185      00:00:5e:00:53:7f  vlan10       1/1/28                     reachable  default
192.0.2.186                         vlan10                                  failed     default
Total Number Of ARP Entries Listed- 2.
"""
BGP = """VRF : default
BGP Summary
-----------
 Local AS               : 65001        BGP Router Identifier  : 192.0.2.1

Address-family : IPv4 Unicast
-----------------------------
 Neighbor        Remote-AS MsgRcvd MsgSent   Up/Down Time State        AdminStatus
 192.0.2.2       65002       0       0       00h:00m:00s  Idle          Up
 192.0.2.6       65003       9       9       02m:02w:06d  Established   Up

Address-family : IPv6 Unicast
-----------------------------
 Neighbor        Remote-AS MsgRcvd MsgSent   Up/Down Time State        AdminStatus
 192.0.2.6       65003       9       9       02m:02w:06d  Established   Up
 2001:db8::2     65004       1       1       00h:10m:00s  Active        Up
"""
OSPF = """VRF : default                          Process : 1
===================================================

Total Number of Neighbors : 1

Neighbor ID      Priority  State             Nbr Address       Interface
-------------------------------------------------------------------------
198.51.100.1     1         FULL/DR           192.0.2.2         1/1/1
"""
LISTS = """
Displaying ipv4 routes selected for forwarding

'[x/y]' denotes [distance/metric]

0.0.0.0/0, vrf default
        via  192.0.2.254,  [1/0],  static
        via  192.0.2.253,  [1/0],  static
0.0.0.0/0, vrf mgmt
        via  203.0.113.1,  [1/0],  static
192.0.2.0/24, vrf default
        via  vlan10,  [0/0],  connected
"""
TABLE = """
Displaying ipv4 routes selected for forwarding

Origin Codes: C - connected, S - static, L - local

VRF: default

Prefix              Nexthop                 Interface     VRF(egress)       Origin/   Distance/    Age
                                                                            Type      Metric
-------------------------------------------------------------------------------------------------------
0.0.0.0/0           192.0.2.254             vlan10        -                 S         [1/0]        01m:00w:00d
192.0.2.0/24        -                       vlan10        -                 C         [0/0]        -

VRF: mgmt

Prefix              Nexthop                 Interface     VRF(egress)       Origin/   Distance/    Age
                                                                            Type      Metric
-------------------------------------------------------------------------------------------------------
0.0.0.0/0           203.0.113.1             mgmt          -                 S         [1/0]        01m:00w:00d
"""

EXPECTED: dict[str, tuple[str, dict[str, Any]]] = {
    "show system": (
        SYSTEM,
        {
            "hostname": "cx-contoh",
            "version": "FL.10.11.1021",
            "uptime_s": 14 * 86400 + 22 * 3600,
            "cpu_percent": 6.0,
            "memory_percent": 26.0,
            "model": "JL665A 6300F 48G CL4 PoE 4SFP56 Sw",
            "serial": "SGCONTOH01",
        },
    ),
    "show vsf detail": (
        STACK,
        {"hostname": "cx-tumpuk", "version": "FL.10.10.1030", "cpu_percent": 23.0, "memory_percent": 40.0},
    ),
    "show interface": (
        INTERFACES,
        {
            "interfaces": (
                Interface(
                    "1/1/1",
                    description="ke gedung B",
                    mtu=1500,
                    errors=7,
                    flaps=4,
                    duplex="half",
                    speed_mbps=100,
                    load_percent=91.25,
                    master="lag1",
                    line="Interface 1/1/1 is up, Admin state is up",
                ),
                Interface(
                    "1/1/2",
                    enabled=False,
                    up=False,
                    line="Interface 1/1/2 is down (Administratively down), Admin state is down",
                ),
                Interface("lag1", speed_mbps=20000, line="Aggregate lag1 is up, Admin state is up"),
                Interface(
                    "vlan10",
                    addresses=("192.0.2.1/24", "198.51.100.1/25"),
                    errors=3,
                    line="Interface vlan10 is up, Admin state is up",
                ),
            )
        },
    ),
    "show interface mgmt": (
        MGMT,
        {
            "interfaces": (
                Interface("mgmt", up=False, addresses=("192.0.2.40/26",), line="mgmt: Admin State up, Link State down"),
            )
        },
    ),
    "show interface dom detail": (
        DOM,
        {
            "interfaces": (
                Interface("1/1/34", rx_dbm=-3.01, rx_low_dbm=-10.0),
                Interface("1/1/56", rx_dbm=-40.0, rx_low_dbm=-13.98),
            )
        },
    ),
    "show lldp neighbor-info detail": (
        LLDP,
        {
            "neighbors": (
                Neighbor(
                    "1/1/10",
                    "ap-contoh",
                    "00:00:5e:00:53:0a",
                    "192.0.2.50",
                    "ArubaOS (MODEL: 503H), Version Aruba AP",
                ),
                Neighbor("1/1/10", "", "7", "192.0.2.51"),
                Neighbor("1/1/11", "sw-lama", "24", "192.0.2.52", "HP J9851A"),
            )
        },
    ),
    "show arp all-vrfs": (ARP, {"arp": (Arp("192.0.2.185", "00:00:5e:00:53:7f", "vlan10"),)}),
    "show bgp all-vrf all summary": (
        BGP,
        {
            "bgp_peers": (
                BgpPeer("192.0.2.2", "65002", "Idle", "192.0.2.2 AS 65002 00h:00m:00s Idle"),
                BgpPeer("192.0.2.6", "65003", "Established", "192.0.2.6 AS 65003 02m:02w:06d Established"),
                BgpPeer("2001:db8::2", "65004", "Active", "2001:db8::2 AS 65004 00h:10m:00s Active"),
            )
        },
    ),
    "show ip ospf neighbors": (
        OSPF,
        {"ospf_neighbors": (OspfNeighbor("198.51.100.1", "192.0.2.2", "1/1/1", "FULL/DR"),)},
    ),
    "show ip route all-vrfs": (
        LISTS,
        {
            "default_routes": (
                Route("0.0.0.0/0", "192.0.2.254", "", "static", distance=1),
                Route("0.0.0.0/0", "192.0.2.253", "", "static", distance=1),
            )
        },
    ),
    "show ip route": (TABLE, {"default_routes": (Route("0.0.0.0/0", "192.0.2.254", "vlan10", "static", distance=1),)}),
    "show ip route (none)": ("No ipv4 routes configured\n", {"default_routes": ()}),
}


@pytest.mark.parametrize("command", EXPECTED)
def test_an_output_gives_exactly_its_facts(command: str) -> None:
    output, facts = EXPECTED[command]
    assert PLATFORM.parse_one(command.partition(" (")[0], output) == facts


@pytest.mark.parametrize("command", PLATFORM.parsers)
def test_what_is_not_the_output_tells_nothing(command: str) -> None:
    for output in ("", "Invalid input: show\n", "% Unknown command.\n", "cx-contoh#", "{", "null"):
        assert PLATFORM.parse_one(command, output) == {}


@pytest.mark.parametrize("uptime", ["9 months", "", "3 fortnights", "a while"])
def test_an_uptime_of_another_form_is_not_guessed(uptime: str) -> None:
    assert PLATFORM.parse_one("show system", SYSTEM.replace("2 weeks, 22 hours under a minute", uptime)) == {}


@pytest.mark.parametrize(
    ("uptime", "seconds"),
    [("under a minute", 0), ("1 day, 23 hours, 32 minutes", 171120), ("6 hours under a minute", 21600)],
)
def test_uptimes(uptime: str, seconds: int) -> None:
    told = PLATFORM.parse_one("show system", SYSTEM.replace("2 weeks, 22 hours under a minute", uptime))
    assert told["uptime_s"] == seconds


def test_a_member_that_is_alone_is_the_device() -> None:
    told = PLATFORM.parse_one("show vsf detail", STACK.partition("Member ID                            : 2")[0])
    assert (told["serial"], told["model"], told["uptime_s"]) == ("SGCONTOH01", "6300M", 28 * 86400 + 7200)


def test_a_default_route_of_another_form_is_not_left_out() -> None:
    assert PLATFORM.parse_one("show ip route", TABLE.replace("[1/0]        01m", "1/0        01m")) == {}


CONFIG = """Current configuration:
!
!Version ArubaOS-CX FL.10.11.1021
!export-password: default
hostname cx-contoh
banner motd !
Hanya untuk petugas.
cx-contoh# jangan masuk
!
user admin group administrators password ciphertext AQBapRahasia1==
user pantau group operators password ciphertext AQBapRahasia2==
clock timezone asia/jakarta
ntp authentication-key 1 md5 Rahasia3
ntp authentication-key 2 sha1 ciphertext AQBapRahasia4==
ntp server 192.0.2.30 minpoll 4 maxpoll 4 iburst
radius-server host 192.0.2.20 key ciphertext AQBapRahasia5==
radius-server key plaintext Rahasia6
tacacs-server host 192.0.2.21 key ciphertext AQBapRahasia7==
tacacs-server key Rahasia8
ssh server vrf default
snmp-server vrf default
snmp-server community Rahasia9
    access-level ro
snmp-server host 192.0.2.31 trap version v2c community Rahasia10
snmpv3 user pantau auth sha auth-pass ciphertext AQBapRahasia11== priv aes priv-pass ciphertext AQBapRahasia12==
keychain ospf
    key 1
        key-string ciphertext AQBapRahasia13==
vlan 1
vlan 10
    name kantor
interface mgmt
    no shutdown
    ip dhcp
interface 1/1/1
    description ke gedung B, key of the rack at the desk
    no shutdown
    vlan access 10
interface vlan 10
    ip address 192.0.2.1/24
    ip ospf 1 area 0.0.0.0
    ip ospf authentication message-digest
    ip ospf message-digest-key 1 md5 ciphertext AQBapRahasia14==
    ip ospf authentication-key plaintext Rahasia15
route-map masuk permit seq 10
    set community 65000:1
ip route 0.0.0.0/0 192.0.2.254
router ospf 1
    area 0.0.0.0
router bgp 65001
    neighbor 192.0.2.6 remote-as 65003
    neighbor 192.0.2.6 password ciphertext AQBapRahasia16==
https-server vrf mgmt
"""
SECRETS = (
    *(f"AQBapRahasia{n}==" for n in (1, 2, 4, 5, 7, 11, 12, 13, 14, 16)),
    *(f"Rahasia{n}" for n in (3, 6, 8, 9, 10, 15)),
)


HOSTILE = [
    "snmp-server host community ",
    "radius-server key ",
    "ciphertext ",
    "\n",
    " ",
    "ntp authentication-key 1 md5 ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_cannot_keep_redaction_busy(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    redact("aruba_aoscx", text, hidden)
    digest("aruba_aoscx", text)
    assert time.process_time() - began < 3


def test_the_redacted_view_hides_secrets_and_nothing_else() -> None:
    shown = redact("aruba_aoscx", CONFIG, hidden)
    assert shown.count("<disamarkan>") == len(SECRETS)
    assert len(shown.splitlines()) == len(CONFIG.splitlines())
    assert shown.replace("<disamarkan>", "") == re.sub(r"\b(?:AQBap)?Rahasia\d+\b(?:==)?", "", CONFIG)


def test_headings_and_remarks_are_no_change() -> None:
    saved = CONFIG.replace("Current configuration:\n", "").replace("FL.10.11.1021", "FL.10.12.0001")
    assert normalised("aruba_aoscx", CONFIG).startswith("!\n!Version")
    assert digest("aruba_aoscx", saved) == digest("aruba_aoscx", CONFIG)
    assert digest("aruba_aoscx", CONFIG.replace("192.0.2.254", "192.0.2.253")) != digest("aruba_aoscx", CONFIG)


def test_what_every_configuration_has_and_its_name() -> None:
    text = normalised("aruba_aoscx", CONFIG)
    for mandatory in (PLATFORM.first_line, *PLATFORM.sections):
        assert re.search(mandatory, text, re.MULTILINE)
    assert re.findall(PLATFORM.hostname, text, re.MULTILINE) == ["cx-contoh"]


@pytest.mark.parametrize(
    "said", ["Invalid input: shw", "% Unknown command.", "Cannot execute command. Command not allowed."]
)
def test_refusals_are_known(said: str) -> None:
    assert PLATFORM.refuses(said)
    assert not PLATFORM.refuses(CONFIG)
    assert not PLATFORM.refuses(DOM)


@pytest.mark.parametrize("said", ["Copying configuration: [Success]\n", "Success\n"])
def test_a_save_is_known(said: str) -> None:
    assert re.search(PLATFORM.saved, said, re.MULTILINE)
    assert not re.search(PLATFORM.saved, "Copying configuration: [Failure]\n", re.MULTILINE)


@pytest.mark.parametrize("prompt", ["cx-contoh> ", "cx-contoh# ", "cx-contoh(config)# ", "cx-contoh(config-if-vlan)#"])
def test_prompts_of_all_modes(prompt: str) -> None:
    assert re.fullmatch(PLATFORM.prompt.replace("NAME", "cx-contoh"), prompt)


@pytest.mark.parametrize("line", [*CONFIG.splitlines(), "cx-contoh# show version", "cx-lain# "])
def test_no_line_of_a_configuration_is_a_prompt(line: str) -> None:
    assert not re.fullmatch(PLATFORM.prompt.replace("NAME", "cx-contoh"), line)


def recorded() -> list[Path]:
    return [file for file in sorted(FOLDER.glob("*/*.raw")) if file.parent.name.replace("_", " ") in PLATFORM.parsers]


def strings(value: Any, name: str = "") -> Iterator[str]:
    """Every text in facts but the words of our own and the lines of evidence, which are put together."""
    if is_dataclass(value):
        for each in fields(value):
            yield from strings(getattr(value, each.name), each.name)
    elif isinstance(value, tuple):
        for item in value:
            yield from strings(item, name)
    elif isinstance(value, str) and name not in ("line", "note", "duplex"):
        yield value


def test_every_recording_is_read_and_says_what_its_facts_say() -> None:
    if not recorded():
        pytest.skip(f"no recordings at {RECORDINGS}")
    for file in recorded():
        text = file.read_text() + file.parent.name
        facts = PLATFORM.parse_one(file.parent.name, file.read_text())
        assert facts, file
        assert [each for value in facts.values() for each in strings(value) if each not in text] == [], file


def sample(folder: str, name: str) -> dict[str, Any]:
    file = FOLDER / folder / name
    if not file.exists():
        pytest.skip(f"no recordings at {RECORDINGS}")
    return PLATFORM.parse_one(folder, file.read_text())


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


def test_a_peer_on_two_lines_is_read_and_one_of_another_form_makes_the_whole_table_unread() -> None:
    command = "show bgp all-vrf all summary"
    wrapped = BGP.replace(" 2001:db8::2     65004", " 2001:db8::2\n                 65004")
    assert PLATFORM.parse_one(command, wrapped) == PLATFORM.parse_one(command, BGP)
    assert PLATFORM.parse_one(command, BGP.replace("00h:10m:00s  Active", "00h:10m:00s")) == {}
