"""ArubaOS-Switch: outputs in the form of its guides, an invented configuration, recordings where they are."""

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
from playbooks.network.facts import Arp, Interface, Neighbor, Route
from playbooks.network.platforms.hp_procurve import PLATFORM
from playbooks.network.redaction import hidden, redact

RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
FOLDER = RECORDINGS / "cli" / "hp_procurve"

SYSTEM = """
 Status and Counters - General System Information

  System Name        : sw-contoh
  System Contact     :
  System Location    : Lantai 2

  MAC Age Time (sec) : 300

  Software revision  : WB.16.10.0009        Base MAC Addr      : 00005e-005300
  ROM Version        : WB.16.03             Serial Number      : SGCONTOH01

  Up Time            : 51 days              Memory   - Total   : 152,000,000
  CPU Util (%)       : 7                               Free    : 38,000,000

  IP Mgmt  - Pkts Rx : 47,295               Packet   - Total   : 6750
             Pkts Tx : 77,306               Buffers    Free    : 5086
                                                       Lowest  : 5074
                                                       Missed  : 0
"""
STACK_OF_TWO = """
 Status and Counters - General System Information
  System Name        : tumpuk
  Software revision  : WC.16.10.0014
 VSF-Member :1
  Up Time            : 458 days
  CPU Util (%)       : 5
  Serial Number      : SGCONTOH02
  Memory   - Total   : 200
             Free    : 150
 VSF-Member :2
  Up Time            : 3 hours
  CPU Util (%)       : 25
  Serial Number      : SGCONTOH03
  Memory   - Total   : 200
             Free    : 50
"""
BRIEF = """
 Status and Counters - Port Status

                          | Intrusion                           MDI  Flow Bcast
  Port         Type       | Alert     Enabled Status Mode       Mode Ctrl Limit
  ------------ ---------- + --------- ------- ------ ---------- ---- ---- -----
  1            100/1000T  | No        Yes     Up     100HDx     MDI  off  0
  2*           1000SX     | No        No      Down   1000FDx    NA   off  0
  1/27                    | No        Yes     Down   .               off  0
  1/28-Trk1    SFP+SR     | No        Yes     Up     10GigFD    NA   off  0
 * third-party transceiver
"""
STATUS = """
  Port     Name       Status  Config-mode   Speed    Type       Tagged Untagged
  -------- ---------- ------- ------------- -------- ---------- ------ --------
  1/1      ke aula    Up      Auto          1000FDx  100/1000T  No     141
  1/28-... Srv-001... Up      Auto          10GigFD  10GbE-GEN  multi  No
  2/28                Down                                      No     1
"""
TRUNKS = """
 Load Balancing Method:  L3-based (default)

  Port   | Name                             Type       | Group Type
  ------ + -------------------------------- ---------- + ----- --------
  49     | ke gedung utama                  1000LX     | Trk2  LACP
"""
COUNTERS = """
 Status and Counters - Port Counters

                                                                 Flow Bcast
  Port         Total Bytes    Total Frames   Errors Rx Drops Tx  Ctrl Limit
  ------------ -------------- -------------- --------- --------- ---- -----
  1            98,581         869            1,203     9         on   0
  1/28-Trk1    0              0              0         0         off  0
"""
IP = """
 Internet (IP) Service

  IP Routing : Disabled

  Default Gateway : 192.0.2.254
  Default TTL     : 64

                       |                                            Proxy ARP
  VLAN                 | IP Config  IP Address      Subnet Mask     Std  Local
  -------------------- + ---------- --------------- --------------- ----------
  DEFAULT_VLAN         | Disabled
  kantor               | Manual     192.0.2.10      255.255.255.0    No    No
                       |            198.51.100.1    255.255.255.128  No    No
"""
ROUTES = """
                                IP Route Entries

  Destination        Gateway         VLAN Type      Sub-Type   Metric     Dist.
  ------------------ --------------- ---- --------- ---------- ---------- -----
  0.0.0.0/0          192.0.2.254     10   static               1          1
  192.0.2.0/24       kantor          10   connected            1          0
"""
LOCAL = """
 LLDP Local Device Information

  Chassis Type : mac-address
  System Name  : sw-contoh
  System Description : Aruba JL254A 2930F-48G-4SFP+ Switch, revision WC.16....
"""
REMOTE = """
 LLDP Remote Devices Information

  LocalPort | ChassisId          PortId             PortDescr SysName
  --------- + ------------------ ------------------ --------- ------------------
  1         | 00005e-005301      24                 24        sw-gedung-utama...
  3         | 00005e-005302      00 00 5e 00 53 02
"""
DETAIL = """
 LLDP Remote Device Information Detail

  Local Port   : A9
  ChassisType  : mac-address
  ChassisId    : 00005e-005301
  PortType     : interface-name
  PortId       : 1/1/12
  SysName      : AP lantai 1
  System Descr : Aruba JL817A  RL.10.13.1060
  PortDescr    : uplink

  Remote Management Address
     Type    : ipv4
     Address : 192.0.2.12

------------------------------------------------------------------------------
  Local Port   : A10
  ChassisType  : mac-address
  PortId       : 00 00 5e 00 53 02
  SysName      :
  System Descr :

  Remote Management Address

  MED Information Detail
    EndpointClass          :Class1
------------------------------------------------------------------------------
"""
CDP = """
 CDP neighbors information

  Port : 21
  Device ID : rtr-contoh
  Address Type : IP
  Address      : 192.0.2.1
  Platform     : cisco C1111
  Capability   : Router
  Device Port  : GigabitEthernet0/0/1
  Version      : 16.12
"""
ARP = """
 IP ARP table

  IP Address       MAC Address       Type    Port
  ---------------  ----------------- ------- ----
  192.0.2.254      00005e-0053fe     dynamic 1/28-Trk1
  192.0.2.7        00005e-005307     dynamic
"""
VERSION = """Image stamp:    /ws/swbuildm/rel_contoh/code/build/anm(rel_contoh)
                Jan  8 2024 16:10:21
                WB.16.10.0009
                145
Boot Image:     Primary
"""
POINT = """ArubaOS (MODEL: 515), Version 8.10.0.1 SSR
AP uptime is 01 hours 01 minutes 01 seconds
Reboot Time and Cause: AP rebooted caused by cold HW reset(power loss)
"""

EXPECTED: dict[str, tuple[str, dict[str, Any]]] = {
    "show system": (
        SYSTEM,
        {
            "hostname": "sw-contoh",
            "version": "WB.16.10.0009",
            "uptime_s": 51 * 86400,
            "serial": "SGCONTOH01",
            "cpu_percent": 7.0,
            "memory_percent": 75.0,
        },
    ),
    "show system information": (
        STACK_OF_TWO,
        {"hostname": "tumpuk", "version": "WC.16.10.0014", "cpu_percent": 25.0, "memory_percent": 75.0},
    ),
    "show interfaces brief": (
        BRIEF,
        {
            "interfaces": (
                Interface("1", duplex="half", speed_mbps=100, line="1 100/1000T | No Yes Up 100HDx MDI off 0"),
                Interface("2", enabled=False, up=False, line="2* 1000SX | No No Down 1000FDx NA off 0"),
                Interface("1/27", up=False, line="1/27 | No Yes Down . off 0"),
                Interface(
                    "1/28",
                    duplex="full",
                    speed_mbps=10000,
                    master="Trk1",
                    line="1/28-Trk1 SFP+SR | No Yes Up 10GigFD NA off 0",
                ),
            )
        },
    ),
    "show interfaces status": (
        STATUS,
        {
            "interfaces": (
                Interface(
                    "1/1",
                    description="ke aula",
                    duplex="full",
                    speed_mbps=1000,
                    line="1/1 ke aula Up Auto 1000FDx 100/1000T No 141",
                ),
                Interface(
                    "1/28",
                    duplex="full",
                    speed_mbps=10000,
                    line="1/28-... Srv-001... Up Auto 10GigFD 10GbE-GEN multi No",
                ),
                Interface("2/28", up=False, line="2/28 Down No 1"),
            )
        },
    ),
    "show trunks": (TRUNKS, {"interfaces": (Interface("49", description="ke gedung utama", master="Trk2"),)}),
    "show interfaces": (COUNTERS, {"interfaces": (Interface("1", errors=1203), Interface("1/28"))}),
    "show ip": (IP, {"interfaces": (Interface("kantor", addresses=("192.0.2.10/24", "198.51.100.1/25")),)}),
    "show ip route": (ROUTES, {"default_routes": (Route("0.0.0.0/0", "192.0.2.254", protocol="static", distance=1),)}),
    "show lldp info local-device": (
        LOCAL,
        {"hostname": "sw-contoh", "model": "Aruba JL254A 2930F-48G-4SFP+ Switch"},
    ),
    "show lldp info remote-device": (
        REMOTE,
        {"neighbors": (Neighbor("1", name="", port="24"), Neighbor("3", name="", port="00 00 5e 00 53 02"))},
    ),
    "show lldp info remote-device detail": (
        DETAIL,
        {
            "neighbors": (
                Neighbor("A9", "AP lantai 1", "1/1/12", "192.0.2.12", "Aruba JL817A  RL.10.13.1060"),
                Neighbor("A10", "", "00 00 5e 00 53 02"),
            )
        },
    ),
    "show cdp neighbors detail": (
        CDP,
        {"neighbors": (Neighbor("21", "rtr-contoh", "GigabitEthernet0/0/1", "192.0.2.1", "cisco C1111"),)},
    ),
    "show arp": (
        ARP,
        {"arp": (Arp("192.0.2.254", "00005e-0053fe", "1/28"), Arp("192.0.2.7", "00005e-005307"))},
    ),
    "show version": (VERSION, {"version": "WB.16.10.0009"}),
    "show version (access point)": (
        POINT,
        {
            "model": "515",
            "version": "8.10.0.1 SSR",
            "uptime_s": 3661.0,
            "restart_reason": "AP rebooted caused by cold HW reset(power loss)",
        },
    ),
}


@pytest.mark.parametrize("command", EXPECTED)
def test_an_output_gives_exactly_its_facts(command: str) -> None:
    output, facts = EXPECTED[command]
    assert PLATFORM.parse_one(command.partition(" (")[0], output) == facts


@pytest.mark.parametrize("command", PLATFORM.parsers)
def test_what_is_not_the_output_tells_nothing(command: str) -> None:
    for output in ("", "Invalid input: show\n", "sw-contoh#", "{", "null", "  1  Up\n"):
        assert PLATFORM.parse_one(command, output) == {}


@pytest.mark.parametrize("output", [BRIEF.replace("Up  ", "Upp "), STATUS.replace("Down", "Dow")])
def test_a_row_of_another_form_makes_the_whole_table_unread(output: str) -> None:
    command = "show interfaces status" if "Tagged" in output else "show interfaces brief"
    assert PLATFORM.parse_one(command, output) == {}


CONFIG = """Running configuration:

; JL255A Configuration Editor; Created on release #WC.16.10.0014
; Ver #14:41.6f.f8.1d.9b.3f.bf.bb.ef.7c.59.fc.6b.fb.9f.fc.ff.ff.37.ef:02
hostname "sw-contoh"
module 1 type jl255a
include-credentials
password minimum-length 8
password manager user-name "pengelola" sha1 "0123456789abcdef0123456789abcdef01234567"
password operator plaintext "Rahasia-1"
password port-access "Rahasia-2"
banner motd "Hanya untuk petugas.\\nsw-contoh# jangan masuk"
radius-server host 192.0.2.20 key "Rahasia-3"
radius-server host 192.0.2.21 encrypted-key "UmFoYXNpYS00"
radius-server key Rahasia-5
tacacs-server host 192.0.2.22 key "Rahasia 6"
sntp authentication key-id 1 authentication-mode md5 key-value "Rahasia-7" trusted
ntp server 192.0.2.30 iburst
snmp-server community "Rahasia-8" unrestricted
snmp-server community Rahasia-9 operator
snmp-server host 192.0.2.31 community "Rahasia-10" trap-level not-info
snmpv3 enable
snmpv3 group managerpriv user "pantau" sec-model ver3
snmpv3 params "par" user "pantau" sec-model ver3 message-processing ver3 priv
snmpv3 user "pantau" auth sha "82ca4dc99e782db1a1e914f5d8f1682482ca4dc9" priv aes "9e4cfef901f21cf9d21079debeca4530"
snmpv3 user "lama" \\
   auth md5 "9e4cfef901f21cf9d21079debeca4531" \\
   priv "82ca4dc99e782db1a1e914f5d8f16825"
snmpv3 community index "1" name "Rahasia-11" sec-name "CommunityManagerReadOnly"
aaa authentication local-user "operator2" group "g" password sha256 "00112233445566778899aabbccddeeff"
aaa port-access mac-based password Rahasia-12
aaa port-access supplicant 5 identity "sw" secret "Rahasia-13"
key-chain "ospf" key 1 key-string "Rahasia-14"
front-panel-security password-recovery
router bgp 65001
   neighbor 192.0.2.40 remote-as 65002
   neighbor 192.0.2.40 password "Rahasia-15"
   exit
interface 1
   name "ke ruang server"
   exit
vlan 1
   name "DEFAULT_VLAN"
   untagged 1-28
   no ip address
   exit
vlan 10
   name "kantor"
   ip address 192.0.2.10 255.255.255.0
   ip ospf 192.0.2.10 area backbone
   ip ospf 192.0.2.10 authentication-key "Rahasia16"
   exit
no tftp server
"""
SECRETS = (
    "0123456789abcdef0123456789abcdef01234567",
    *(f"Rahasia-{n}" for n in (1, 2, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15)),
    "UmFoYXNpYS00",
    "Rahasia 6",
    "Rahasia16",
    "82ca4dc99e782db1a1e914f5d8f1682482ca4dc9",
    "9e4cfef901f21cf9d21079debeca4530",
    "9e4cfef901f21cf9d21079debeca4531",
    "82ca4dc99e782db1a1e914f5d8f16825",
    "00112233445566778899aabbccddeeff",
)


HOSTILE = [
    "acs password ",
    "snmpv3 community ",
    'password sha1 "',
    "aaa port-access supplicant ",
    "\n",
    " ",
    "neighbor x",
    "radius-server key ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_cannot_keep_redaction_busy(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    redact("hp_procurve", text, hidden)
    digest("hp_procurve", text)
    assert time.process_time() - began < 3


def test_the_redacted_view_hides_secrets_and_nothing_else() -> None:
    shown = redact("hp_procurve", CONFIG, hidden)
    assert not [secret for secret in SECRETS if secret in shown]
    assert shown.count("<disamarkan>") == len(SECRETS)
    assert len(shown.splitlines()) == len(CONFIG.splitlines())
    bare = re.sub("|".join(rf'"?{re.escape(secret)}"?(?!\d)' for secret in SECRETS), "", CONFIG)
    assert shown.replace("<disamarkan>", "") == bare


@pytest.mark.parametrize(
    "line", ["password manager", 'password manager user-name "pengelola"', "password complexity all"]
)
def test_a_password_that_is_not_shown_hides_nothing(line: str) -> None:
    assert redact("hp_procurve", f"{line}\nno tftp server\n", hidden) == f"{line}\nno tftp server\n"


def test_headings_are_no_configuration_and_no_change() -> None:
    saved = CONFIG.replace("Running configuration:", "Startup configuration: 12").replace(
        "WC.16.10.0014", "WC.16.11.0001"
    )
    assert normalised("hp_procurve", CONFIG).startswith("; JL255A Configuration Editor")
    assert digest("hp_procurve", saved) == digest("hp_procurve", CONFIG)
    assert digest("hp_procurve", CONFIG.replace("192.0.2.10 255", "192.0.2.11 255")) != digest("hp_procurve", CONFIG)


def test_what_every_configuration_has_and_its_name() -> None:
    text = normalised("hp_procurve", CONFIG)
    for mandatory in (PLATFORM.first_line, *PLATFORM.sections):
        assert len(re.findall(mandatory, text, re.MULTILINE)) == 1
    assert re.findall(PLATFORM.hostname, text, re.MULTILINE) == ["sw-contoh"]


@pytest.mark.parametrize("said", ["Invalid input: shw", "Ambiguous input: s", "Incomplete input: show"])
def test_refusals_are_known(said: str) -> None:
    assert PLATFORM.refuses(said)
    assert not PLATFORM.refuses(CONFIG)


@pytest.mark.parametrize(
    "prompt", ["sw-contoh> ", "sw-contoh# ", "sw-contoh(config)# ", "sw-contoh(eth-1/28)#", "sw-contoh(vlan-10)# "]
)
def test_prompts_of_all_modes(prompt: str) -> None:
    assert re.fullmatch(PLATFORM.prompt.replace("NAME", "sw-contoh"), prompt)


@pytest.mark.parametrize("line", [*CONFIG.splitlines(), "sw-contoh# show version", "sw-contoh(config", "sw-lain# "])
def test_no_line_of_a_configuration_is_a_prompt(line: str) -> None:
    assert not re.fullmatch(PLATFORM.prompt.replace("NAME", "sw-contoh"), line)


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
        yield value.partition("/")[0] if name == "addresses" else value


def test_every_recording_is_read_and_says_what_its_facts_say() -> None:
    if not recorded():
        pytest.skip(f"no recordings at {RECORDINGS}")
    for file in recorded():
        text = file.read_text()
        facts = PLATFORM.parse_one(file.parent.name, text)
        assert facts, file
        assert [each for value in facts.values() for each in strings(value) if each not in text] == [], file


def sample(folder: str, name: str) -> dict[str, Any]:
    file = FOLDER / folder / name
    if not file.exists():
        pytest.skip(f"no recordings at {RECORDINGS}")
    return PLATFORM.parse_one(folder, file.read_text())


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
