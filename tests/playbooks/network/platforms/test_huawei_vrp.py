"""Huawei VRP: recorded outputs, and samples in the form of its command references; no real device."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playbooks.findings import Reason
from playbooks.network.backup import NotComplete, check_complete, digest, normalised
from playbooks.network.diagnose import parse
from playbooks.network.platforms import get
from playbooks.network.redaction import hidden, redact

RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
OURS = RECORDINGS / "cli" / "huawei_vrp"
VRP = get("huawei_vrp")

VERSION = """Huawei Versatile Routing Platform Software
VRP (R) software, Version 5.170 (S5720 V200R019C10SPC500)
Copyright (C) 2000-2020 HUAWEI TECH CO., LTD
HUAWEI S5720-28X-SI-AC Routing Switch uptime is 3 weeks, 2 days, 1 hour, 4 minutes
"""
INTERFACES = """GigabitEthernet0/0/1 current state : UP
Line protocol current state : UP
Description:ke gedung B
Switch Port, Link-type : trunk(configured),
PVID :    1, TPID : 8100(Hex), The Maximum Frame Length is 9216
Speed : 1000,  Loopback: NONE
Duplex: FULL,  Negotiation: ENABLE
Rx Power: -21.54dBm, Warning range: [-16.003,  1.999]dBm
Input:  7 packets, 448 bytes
  Total Error:                      3
  CRC:                              3,  Giants:                      0
Output:  0 packets, 0 bytes
  Total Error:                      2
    Input bandwidth utilization  : 12.5%
    Output bandwidth utilization :    3%

GigabitEthernet0/0/2 current state : Administratively DOWN
Line protocol current state : DOWN
Speed : AUTO,  Loopback: NONE
    Input bandwidth utilization  : --
    Output bandwidth utilization : --

GigabitEthernet0/0/3 current state : ERROR DOWN(bpdu-protection)
Line protocol current state : DOWN

Vlanif10 current state : UP
Line protocol current state : UP
Route Port,The Maximum Transmit Unit is 1500
Internet Address is 192.0.2.1/24
Internet Address is 198.51.100.1/25 Sub
"""
LLDP = """GigabitEthernet0/0/1 has 1 neighbor(s):

Neighbor index :1
Chassis type   :MAC address
Chassis ID     :0000-5e00-5301
Port ID type   :Interface name
Port ID        :GigabitEthernet0/0/24
Port description    :ke kantor
System name         :sw-seberang
System description  :S5720-28X-SI-AC
System name         :palsu
Management address type  :ipv4
Management address value :192.0.2.2
Expired time   :101s

GigabitEthernet0/0/2 has 0 neighbor(s)
"""
ROUTES = """Route Flags: R - relay, D - download to fib, T - to vpn-instance
------------------------------------------------------------------------------
Routing Tables: Public
         Destinations : 3        Routes : 4

Destination/Mask    Proto   Pre  Cost      Flags NextHop         Interface

        0.0.0.0/0   Static  60   0          RD   192.0.2.254     Vlanif10
                    Static  60   0               198.51.100.126  Vlanif20
      127.0.0.0/8   Direct  0    0           D   127.0.0.1       InLoopBack0
      192.0.2.0/24  Direct  0    0           D   192.0.2.1       Vlanif10
"""
OSPF_INTERFACES = """
\t OSPF Process 1 with Router ID 192.0.2.1
\t\t Interfaces

 Area: 0.0.0.0               (MPLS TE not enabled)

 Interface: 192.0.2.1 (Vlanif10)
 Cost: 1       State: BDR       Type: Broadcast    MTU: 1500
 Priority: 1
 Timers: Hello 10 , Dead 40 , Poll  120 , Retransmit 5 , Transmit Delay 1

 Area: 0.0.0.1               (MPLS TE not enabled)

 Interface: 198.51.100.1 (Vlanif20)
 Cost: 1       State: P-2-P     Type: P2P          MTU: 0
 Timers: Hello 5 , Dead 20 , Poll  120 , Retransmit 5 , Transmit Delay 1
 Silent interface, No hellos
"""
OSPF_PEERS = """
\t OSPF Process 1 with Router ID 192.0.2.1
\t\t Neighbors

 Area 0.0.0.0 interface 192.0.2.1(Vlanif10)'s neighbors
 Router ID: 203.0.113.2      Address: 192.0.2.2        GR State: Normal
   State: Full  Mode:Nbr is  Slave  Priority: 1
   DR: 192.0.2.2  BDR: 192.0.2.1  MTU: 0
 Router ID: 203.0.113.3      Address: 192.0.2.3        GR State: Normal
   State: 2-Way  Mode:Nbr is  Slave  Priority: 1
"""
BGP = """
 BGP local router ID : 192.0.2.1
 Local AS number : 64500
 Total number of peers : 2\t\t  Peers in established state : 1

  Peer            V          AS  MsgRcvd  MsgSent  OutQ  Up/Down       State  PrefRcv

  192.0.2.2       4       64501       32       35     0 00:17:49 Established        4
  192.0.2.3       4       64502        0        0     0 0012h03m Idle(Admin)        0
"""
STP = """ MSTID  Port                        Role  STP State     Protection
   0    GigabitEthernet0/0/1        ROOT  FORWARDING      NONE
   0    GigabitEthernet0/0/2        ALTE  DISCARDING      LOOP
"""
ARP = """IP ADDRESS      MAC ADDRESS     EXPIRE(M) TYPE        INTERFACE   VPN-INSTANCE
                                          VLAN/CEVLAN
------------------------------------------------------------------------------
192.0.2.1       0000-5e00-5301            I -         Vlanif10
192.0.2.7       0000-5e00-5307  20        D-0         GE0/0/7
                                            10/-
192.0.2.8       Incomplete      1         D-0         GE0/0/8
------------------------------------------------------------------------------
Total:3         Dynamic:2       Static:0     Interface:1
"""
DEVICE = """S5720-28X-SI-AC's Device status:
Slot Sub  Type                   Online    Power    Register     Status   Role
-------------------------------------------------------------------------------
0    -    S5720-28X-SI-AC        Present   PowerOn  Registered   Normal   Master
     PWR1 POWER                  Present   PowerOn  Registered   Abnormal NA
"""
TEMPERATURE = """SlotID2 :
PCB       I2C Addr Chl  Status  Minor Major Fatal Adj_speed Temp
                                               TMin Tmax (C)
---------------------------------------------------------------
LPUF41A   0   0    0    NORMAL  68    76    83    55   65   38
EFGF      2   73   0    MAJOR   77    83    92    64   74   88
"""
POOLS = """  -----------------------------------------------------------------------
  Pool-name        : Vlanif10
  Pool-No          : 0
  Network          : 192.0.2.0
  Address Statistic: Total       :253       Used        :200
                     Idle        :50        Expired     :0
                     Conflict    :0         Disabled    :3

  IP address Statistic
    Total       :253
    Used        :200       Idle        :50
    Expired     :0         Conflict    :0         Disabled   :3
"""
CPU = """CPU Usage Stat. Cycle: 60 (Second)
CPU Usage            : 9% Max: 88%
CPU utilization for five seconds: 9%: one minute: 10%: five minutes: 11%
"""
MEMORY = """Memory utilization statistics at 2026-11-21 08:00:00
 System Total Memory Is: 268435456 bytes
 Memory Using Percentage Is: 41%
"""
NTP = """ clock status: unsynchronized
 clock stratum: 16
 reference clock ID: none
"""


def told(command: str, output: str) -> dict[str, Any]:
    return parse("huawei_vrp", command, output)


def brief(values: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(value[name] for name in names) for value in values]


def test_it_reads_who_it_is_and_how_long_it_runs() -> None:
    assert told("display version", VERSION) == {
        "version": "5.170 (S5720 V200R019C10SPC500)",
        "model": "S5720-28X-SI-AC",
        "uptime_s": (3 * 7 + 2) * 86400 + 3600 + 4 * 60,
    }
    assert told("display current-configuration | include sysname", "sysname sw-contoh\n") == {"hostname": "sw-contoh"}


def test_it_reads_interfaces() -> None:
    one, two, three, four = told("display interface", INTERFACES)["interfaces"]
    assert (one["enabled"], one["up"], one["errors"], one["load_percent"]) == (True, True, 5, 12.5)
    assert (one["description"], one["duplex"], one["speed_mbps"], one["mtu"]) == ("ke gedung B", "full", 1000, 0)
    assert (one["rx_dbm"], one["rx_low_dbm"], two["rx_dbm"]) == (-21.54, -16.003, None)
    assert (two["enabled"], two["up"], two["speed_mbps"], two["load_percent"]) == (False, False, 0, None)
    assert (three["enabled"], three["up"], three["error_disabled"]) == (True, False, "bpdu-protection")
    assert (four["mtu"], four["addresses"]) == (1500, ["192.0.2.1/24", "198.51.100.1/25"])


def test_it_reads_neighbours_and_not_what_their_description_pretends() -> None:
    (one,) = told("display lldp neighbor", LLDP)["neighbors"]
    assert one == {"interface": "GigabitEthernet0/0/1", "name": "sw-seberang", "port": "GigabitEthernet0/0/24",
                   "address": "192.0.2.2", "platform": "S5720-28X-SI-AC"}  # fmt: skip
    assert told("display lldp neighbor", LLDP.replace("has 1", "has 2")) == {"unparsed": True}


def test_it_reads_default_routes() -> None:
    routes = told("display ip routing-table", ROUTES)["default_routes"]
    assert brief(routes, "gateway", "interface", "protocol", "distance") == [
        ("192.0.2.254", "Vlanif10", "static", 60),
        ("198.51.100.126", "Vlanif20", "static", 60),
    ]
    without = "".join(line for line in ROUTES.splitlines(keepends=True) if "Static" not in line)
    assert told("display ip routing-table", without) == {"unparsed": True}, "two lines of four"
    assert told("display ip routing-table", without.replace("Routes : 4", "Routes : 2")) == {"default_routes": []}
    assert told("display ip routing-table", ROUTES + "baris asing\n") == {"unparsed": True}


def test_a_table_of_ipv6_routes_says_nothing_of_the_default_route() -> None:
    table = "Routing Table : Public\n\n Destination  : ::                 PrefixLength : 0\n NextHop : FE80::1\n"
    assert told("display ip routing-table verbose", table) == {"unparsed": True}


def test_it_reads_ospf_and_bgp() -> None:
    assert brief(told("display ospf interface all", OSPF_INTERFACES)["ospf_interfaces"],
                 "name", "area", "hello_s", "dead_s", "mtu", "passive", "kind") == [
        ("Vlanif10", "0.0.0.0", 10, 40, 1500, False, "Broadcast"),
        ("Vlanif20", "0.0.0.1", 5, 20, 0, True, "P2P"),
    ]  # fmt: skip
    neighbors = told("display ospf peer", OSPF_PEERS)["ospf_neighbors"]
    assert brief(neighbors, "router_id", "address", "interface", "state") == [
        ("203.0.113.2", "192.0.2.2", "Vlanif10", "Full"),
        ("203.0.113.3", "192.0.2.3", "Vlanif10", "2-Way"),
    ]
    assert brief(told("display bgp peer", BGP)["bgp_peers"], "address", "remote_as", "state") == [
        ("192.0.2.2", "64501", "Established"),
        ("192.0.2.3", "64502", "Idle(Admin)"),
    ]
    short = " Area: 0.0.0.0\n IP Address      Type         State    Cost  Pri   DR              BDR\n"
    assert told("display ospf interface all", short) == {"unparsed": True}
    assert told("display bgp peer", BGP.replace("peers : 2", "peers : 3")) == {"unparsed": True}


def test_it_reads_spanning_tree_and_arp() -> None:
    assert brief(told("display stp brief", STP)["stp_ports"], "interface", "role", "state", "instance") == [
        ("GigabitEthernet0/0/1", "root", "forwarding", "0"),
        ("GigabitEthernet0/0/2", "alternate", "discarding", "0"),
    ]
    assert brief(told("display arp all", ARP)["arp"], "address", "mac", "interface") == [
        ("192.0.2.1", "0000-5e00-5301", "Vlanif10"),
        ("192.0.2.7", "0000-5e00-5307", "GE0/0/7"),
    ]


def test_only_what_is_not_well_is_an_alarm() -> None:
    device = told("display device", DEVICE)
    assert device["model"] == "S5720-28X-SI-AC"
    assert brief(device["alarms"], "subject") == [("PWR1 POWER",)]
    assert brief(told("display temperature", TEMPERATURE)["alarms"], "subject") == [("EFGF 2 73 0",)]


def test_it_reads_load_clock_and_pools() -> None:
    assert told("display cpu-usage", CPU) == {"cpu_percent": 11.0}
    assert told("display cpu-usage", CPU.splitlines()[1] + "\n") == {"cpu_percent": 9.0}
    assert told("display memory-usage", MEMORY) == {"memory_percent": 41.0}
    next_time = "Next startup saved-configuration file:     null"
    assert told("display startup", f"MainBoard:\n  {next_time}\n") == {"startup_empty": True, "startup_line": next_time}
    clock = told("display ntp-service status", NTP)
    assert clock == {"clock_synchronised": False, "clock_line": "clock status: unsynchronized"}
    assert told("display ip pool", POOLS) == {"dhcp_pools": [{"name": "Vlanif10", "size": 250, "used": 200}]}


@pytest.mark.parametrize("command", sorted(VRP.parsers))
def test_a_refusal_and_a_part_of_a_line_are_no_facts(command: str) -> None:
    for output in ("Error: Unrecognized command found at '^' position.", "", "Info: tidak ada", "<sw-contoh>"):
        assert told(command, output) == {"unparsed": True}


CONFIG = """!Software Version V200R019C10SPC500
#
sysname sw-contoh
#
header login information "
Hanya untuk petugas <sw-contoh> yang berwenang
"
#
vlan batch 10 20
#
super password level 15 cipher %^%#rahasiaSuper1%^%#
#
aaa
 local-user admin password irreversible-cipher $1a$rahasia2$abc$
 local-user admin privilege level 15
 local-user admin service-type ssh
 local-user lama password simple rahasia3
#
radius-server template opd
 radius-server shared-key cipher %^%#rahasia4%^%#
hwtacacs-server template opd
 hwtacacs-server shared-key rahasia5
#
interface Vlanif10
 description ke gedung B – lantai 2
 ip address 192.0.2.1 255.255.255.0
 ospf authentication-mode md5 1 cipher %^%#rahasia6%^%#
 vrrp vrid 1 authentication-mode md5 rahasia7
 rip authentication-mode md5 usual rahasia24
#
interface Vlanif20
 ospf authentication-mode simple plain rahasia8
 ospf authentication-mode hmac-md5 2 rahasia9
#
interface GigabitEthernet0/0/1
 port link-type trunk
 port trunk allow-pass vlan 10 20
#
bgp 64500
 peer 192.0.2.2 as-number 64501
 peer 192.0.2.2 password cipher %^%#rahasia10%^%#
#
mpls ldp
 md5-password cipher 203.0.113.9 %^%#rahasia11%^%#
#
ssh server cipher aes256_ctr aes128_ctr
#
ike peer pusat
 pre-shared-key simple rahasia12
 undo version 2
#
snmp-agent
snmp-agent community read cipher %^%#rahasia13%^%#
snmp-agent community write rahasia14 acl 2000
snmp-agent target-host trap address udp-domain 192.0.2.9 params securityname rahasia15 v2c
snmp-agent target-host trap address udp-domain 192.0.2.9 params securityname pemantau v3 privacy
snmp-agent usm-user v3 pemantau authentication-mode sha cipher %^%#rahasia16%^%#
snmp-agent usm-user v3 pemantau privacy-mode aes128 cipher %^%#rahasia17%^%#
snmp-agent usm-user v3 lama opd authentication-mode md5 ABCDEF18 privacy-mode des56 ABCDEF19
#
ntp-service authentication-keyid 1 authentication-mode md5 cipher %^%#rahasia20%^%#
#
security-profile name kantor
 security wpa2 psk pass-phrase %^%#rahasia21%^%# aes
#
modul-lain %@%@rahasia22%@%@
#
user-interface vty 0 4
 authentication-mode aaa
 set authentication password cipher %^%#rahasia23%^%#
#
return
"""
SECRETS = (
    "%^%#rahasiaSuper1%^%#", "$1a$rahasia2$abc$", "rahasia3", "%^%#rahasia4%^%#", "rahasia5", "%^%#rahasia6%^%#",
    "rahasia7", "rahasia8", "rahasia9", "%^%#rahasia10%^%#", "%^%#rahasia11%^%#", "rahasia12", "%^%#rahasia13%^%#",
    "rahasia14", "rahasia15", "%^%#rahasia16%^%#", "%^%#rahasia17%^%#", "ABCDEF18", "ABCDEF19", "%^%#rahasia20%^%#",
    "%^%#rahasia21%^%#", "%@%@rahasia22%@%@", "%^%#rahasia23%^%#", "rahasia24",
)  # fmt: skip


def test_the_redacted_view_hides_the_secrets_and_nothing_else() -> None:
    wanted = CONFIG
    for secret in SECRETS:
        wanted = re.sub(rf"(?<=[ ]){re.escape(secret)}(?=[ \n])", "<disamarkan>", wanted)
    assert redact("huawei_vrp", CONFIG, hidden) == wanted
    assert wanted.count("<disamarkan>") == len(SECRETS)


def test_a_whole_configuration_is_accepted_and_a_cut_one_never(capsys: pytest.CaptureFixture[str]) -> None:
    data = normalised("huawei_vrp", CONFIG).encode()
    check_complete("huawei_vrp", data.decode(), data.decode(), "<sw-contoh>")
    for at in range(len(data)):
        with pytest.raises(NotComplete):
            check_complete("huawei_vrp", data[:at].decode("utf-8", "replace"))
    with capsys.disabled():
        print(f"\nhuawei_vrp: {len(data)} truncations, none accepted", end="")


@pytest.mark.parametrize("prompt", ["<router-lain>", "[~sw-lain]"])
def test_another_devices_configuration_is_refused(prompt: str) -> None:
    with pytest.raises(NotComplete) as caught:
        check_complete("huawei_vrp", CONFIG, prompt=prompt)
    assert caught.value.reason is Reason.REFUSED_OUTPUT


def test_an_error_text_is_no_configuration() -> None:
    with pytest.raises(NotComplete) as caught:
        check_complete("huawei_vrp", "Error: Unrecognized command found at '^' position.\nreturn\n")
    assert caught.value.reason is Reason.REFUSED_OUTPUT


def test_the_heading_changes_without_a_change() -> None:
    later = CONFIG.replace("SPC500\n", "SPC500\n!Last configuration was saved at 2026-11-21 08:00:00 by otomasi\n")
    assert digest("huawei_vrp", later) == digest("huawei_vrp", CONFIG)
    assert digest("huawei_vrp", CONFIG.replace("192.0.2.1 255", "192.0.2.3 255")) != digest("huawei_vrp", CONFIG)


def test_its_prompts_are_told_from_text_that_looks_alike() -> None:
    pattern = VRP.prompt.replace("NAME", re.escape("sw-contoh"))
    for prompt in ("<sw-contoh>", "[sw-contoh]", "[~sw-contoh]", "[*sw-contoh]", "[sw-contoh-GigabitEthernet0/0/1]",
                   "[*sw-contoh-bgp-af-ipv4]", "[sw-contoh-ospf-1-area-0.0.0.0]", "HRP_M<sw-contoh>",
                   "[sw-contoh-diagnose]"):  # fmt: skip
        assert re.fullmatch(pattern, prompt), prompt
    for text in ("Hanya untuk petugas <sw-contoh> yang berwenang", "<sw-lain>", "[V200R019C10SPC500]",
                 "sysname sw-contoh", "<sw-contoh> display version", "[sw-contoh"):  # fmt: skip
        assert not re.fullmatch(pattern, text), text


def recorded(folder: str, file: str) -> dict[str, Any]:
    path = OURS / folder / file
    if not path.exists():
        pytest.skip(f"no recordings at {RECORDINGS}")
    return told(folder, path.read_text(encoding="utf-8"))


def strings(value: Any) -> Iterator[str]:
    """What must stand in the output as it is: lines of our own making and words we normalise left out."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in ("line", "duplex", "protocol", "role", "note", "subject"):
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def test_what_is_read_from_recordings_stands_in_them() -> None:
    folders = sorted(OURS / command.replace(" ", "_") for command in VRP.parsers)
    files = [file for folder in folders for file in sorted(folder.glob("*.raw"))]
    if not files:
        pytest.skip(f"no recordings at {RECORDINGS}")
    assert len(files) >= 20
    for file in files:
        text = file.read_text(encoding="utf-8")
        facts = told(file.parent.name, text)
        assert "unparsed" not in facts, file
        assert [word for word in strings(facts) if word not in text] == [], file


def test_recorded_versions() -> None:
    assert recorded("display_version", "huawei_vrp_display_version.raw") == {
        "version": "8.180 (NE40E V800R011C00SPC200)",
        "model": "NE40E-X2-M8A",
        "uptime_s": 161 * 86400 + 20 * 60,
    }
    assert recorded("display_version", "huawei_vrp_display_version5.raw")["model"] == "S7706"


def test_recorded_interfaces() -> None:
    found = recorded("display_interface", "huawei_vrp_display_interface.raw")["interfaces"]
    named = {one["name"]: one for one in found}
    assert len(found) == 20
    assert named["Dialer1"]["addresses"] == ["192.214.198.156/32"]
    assert (named["Vlanif2"]["up"], named["Vlanif2"]["addresses"]) == (False, ["192.168.120.1/24"])
    assert (named["GigabitEthernet0/0/0"]["duplex"], named["GigabitEthernet0/0/0"]["speed_mbps"]) == ("half", 10)
    in_brief = recorded("display_interface_brief", "huawei_vrp_display_interface_brief.raw")["interfaces"]
    (trunk,) = (one for one in in_brief if one["name"] == "Eth-Trunk4")
    assert (trunk["up"], trunk["errors"], trunk["load_percent"]) == (False, 4625, 13.57)


def test_recorded_routes_neighbours_arp_and_boards() -> None:
    folder = "display_ip_routing-table_verbose"
    routes = recorded(folder, f"huawei_vrp_{folder}_ipv4.raw")["default_routes"]
    assert brief(routes, "gateway", "interface", "protocol", "active", "distance") == [
        ("192.214.198.156", "Dialer1", "static", True, 60),
        ("23.90.232.243", "Dialer1", "EBGP", False, 255),
    ]
    neighbors = recorded("display_lldp_neighbor", "huawei_vrp_display_lldp_neighbor.raw")["neighbors"]
    assert brief(neighbors, "interface", "name", "port", "address") == [
        ("GigabitEthernet0/0/1", "tsa-2960-sw01", "Gi1/0/1", "192.168.0.240"),
        ("GigabitEthernet0/0/8", "tsa-2960-sw01", "Gi1/0/2", "192.168.0.241"),
    ]
    arp = recorded("display_arp_brief", "huawei_vrp_display_arp_brief2.raw")["arp"]
    assert brief(arp, "address", "interface")[1] == ("192.168.1.118", "Wlan-Bss7")
    assert recorded("display_device", "huawei_vrp_display_device.raw") == {"alarms": [], "model": "CE12808S"}
    assert recorded("display_startup", "huawei_vrp_display_startup.raw")["startup_empty"] is False
    assert recorded("display_temperature", "huawei_vrp_display_temperature.raw") == {"alarms": []}
