"""What is read from Cisco IOS, its configuration, its prompts. The samples are invented, in the form of IOS."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playbooks.findings import Reason
from playbooks.network import platforms
from playbooks.network.backup import NotComplete, check_complete, digest, normalised
from playbooks.network.diagnose import parse
from playbooks.network.platforms.cisco_ios import PLATFORM
from playbooks.network.redaction import hidden, redact

RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
FOLDER = RECORDINGS / "cli" / "cisco_ios"
NAPALM = RECORDINGS / "napalm" / "ios"


def told(command: str, output: str) -> dict[str, Any]:
    return parse("cisco_ios", command, output)


def brief(facts: list[dict[str, Any]], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(one[key] for key in keys) for one in facts]


VERSION = """Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E4, RELEASE SOFTWARE (fc2)
Technical Support: http://www.cisco.com/techsupport

ROM: Bootstrap program is C2960X boot loader

sw-contoh uptime is 1 year, 2 weeks, 3 days, 4 hours, 5 minutes
System returned to ROM by power-on
System image file is "flash:/c2960x-universalk9-mz.152-7.E4.bin"
Last reload reason: power-on

cisco WS-C2960X-24TS-L (APM86XXX) processor (revision A0) with 524288K bytes of memory.
Processor board ID FCW0000X001
Configuration register is 0xF
"""


def test_version() -> None:
    assert told("show version", VERSION) == {
        "hostname": "sw-contoh",
        "version": "15.2(7)E4",
        "uptime_s": 365 * 86400 + 17 * 86400 + 4 * 3600 + 300,
        "restart_reason": "power-on",
        "model": "WS-C2960X-24TS-L",
        "serial": "FCW0000X001",
    }


INTERFACES = """GigabitEthernet1/0/1 is up, line protocol is up (connected)
  Hardware is Gigabit Ethernet, address is 0000.5e00.5301 (bia 0000.5e00.5301)
  Description: half-duplex, 10Mb/s? tidak
  Internet address is 192.0.2.1/24
  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec,
     reliability 255/255, txload 51/255, rxload 204/255
  Full-duplex, 1000Mb/s, media type is 10/100/1000BaseTX
     3 input errors, 3 CRC, 0 frame, 0 overrun, 0 ignored
     4 output errors, 0 collisions, 2 interface resets
GigabitEthernet1/0/2 is down, line protocol is down (err-disabled)
  MTU 1500 bytes, BW 10000 Kbit/sec, DLY 1000 usec,
     reliability 255/255, txload 1/255, rxload 1/255
  Auto-duplex, Auto-speed, media type is 10/100/1000BaseTX
GigabitEthernet1/0/3 is administratively down, line protocol is down (disabled)
  MTU 1500 bytes, BW 10000 Kbit/sec, DLY 1000 usec,
  Half-duplex, 10Mb/s, media type is 10/100/1000BaseTX
TenGigabitEthernet1/1/1 is up, line protocol is up
  MTU 9198 bytes, BW 10000000 Kbit/sec, DLY 10 usec,
  Full Duplex, 10Gb/s, link type is auto
"""


def test_interfaces() -> None:
    found = told("show interfaces", INTERFACES)["interfaces"]
    assert brief(found, "name", "enabled", "up", "error_disabled", "duplex", "speed_mbps", "errors", "mtu") == [
        ("GigabitEthernet1/0/1", True, True, "", "full", 1000, 7, 1500),
        ("GigabitEthernet1/0/2", True, False, "err-disabled", "", 0, 0, 1500),
        ("GigabitEthernet1/0/3", False, False, "", "half", 10, 0, 1500),
        ("TenGigabitEthernet1/1/1", True, True, "", "full", 10000, 0, 9198),
    ]
    assert (found[0]["addresses"], found[0]["load_percent"]) == (["192.0.2.1/24"], 80.0)
    assert found[0]["description"] == "half-duplex, 10Mb/s? tidak"
    assert found[1]["line"] == "GigabitEthernet1/0/2 is down, line protocol is down (err-disabled)"


STATUS = """
Port      Name               Status       Vlan       Duplex  Speed Type
Gi1/0/1   ke gedung B        connected    trunk      a-full a-1000 10/100/1000BaseTX
Gi1/0/2                      err-disabled 10           auto   auto 10/100/1000BaseTX
Gi1/0/3   printer            disabled     10           half    100 10/100/1000BaseTX
Te1/1/1   uplink             notconnect   1            full    10G SFP-10GBase-SR
"""
ERROR_DISABLED = """
Port      Name               Status       Reason               Err-disabled Vlans
Gi1/0/2                      err-disabled bpduguard
"""
BRIEF = """Interface              IP-Address      OK? Method Status                Protocol
Vlan1                  unassigned      YES NVRAM  administratively down down
Vlan20                 192.0.2.3       YES NVRAM  up                    up
GigabitEthernet0/4     unassigned      YES unset  down                  down
"""
DESCRIPTION = """Interface                      Status         Protocol Description
Vl1                            admin down     down
Gi0/8                          up             up       ke ruang server
"""
LINK = """Port           Name               Down Time      Up Time
Gi1/0/1                           30w6d
Gi1/0/3        ke gedung B        00:00:00       30w5d
"""
CHANNELS = """Flags:  D - down        P - bundled in port-channel

Group  Port-channel  Protocol    Ports
------+-------------+-----------+-----------------------------------------------
1      Po1(SU)         LACP      Gi1/0/1(P)     Gi1/0/2(s)
2      Po2(SD)         LACP      Gi1/0/3(D)
"""


@pytest.mark.parametrize(
    ("command", "output", "expected"),
    [
        (
            "show interfaces status",
            STATUS,
            [("Gi1/0/1", True, True), ("Gi1/0/2", True, False), ("Gi1/0/3", False, False), ("Te1/1/1", True, False)],
        ),
        ("show ip interface brief", BRIEF,
         [("Vlan1", False, False), ("Vlan20", True, True), ("GigabitEthernet0/4", True, False)]),
        ("show interfaces description", DESCRIPTION, [("Vl1", False, False), ("Gi0/8", True, True)]),
        ("show interface link", LINK, [("Gi1/0/1", True, False), ("Gi1/0/3", True, True)]),
        ("show etherchannel summary", CHANNELS,
         [("Po1", True, True), ("Gi1/0/1", True, True), ("Gi1/0/2", True, False), ("Po2", True, False),
          ("Gi1/0/3", True, False)]),
        ("show ipv6 interface brief", "Vlan1 [administratively down/down]\n  unassigned\nGi0/1 [up/up]\n    FE80::1\n",
         [("Vlan1", False, False), ("Gi0/1", True, True)]),
    ],
)  # fmt: skip
def test_states_of_interfaces(command: str, output: str, expected: list[tuple[str, bool, bool]]) -> None:
    assert brief(told(command, output)["interfaces"], "name", "enabled", "up") == expected


def test_duplex_speed_and_why_a_port_was_switched_off() -> None:
    found = told("show interfaces status", STATUS)["interfaces"]
    assert brief(found, "duplex", "speed_mbps", "description", "error_disabled") == [
        ("full", 1000, "ke gedung B", ""), ("", 0, "", "err-disabled"), ("half", 100, "printer", ""),
        ("full", 10000, "uplink", ""),
    ]  # fmt: skip
    (port,) = told("show interfaces status err-disabled", ERROR_DISABLED)["interfaces"]
    assert (port["name"], port["up"], port["error_disabled"]) == ("Gi1/0/2", False, "bpduguard")


OPTICS = """
                                 Optical   Optical
           Temperature  Voltage  Tx Power  Rx Power
Port       (Celsius)    (Volts)  (dBm)     (dBm)
---------  -----------  -------  --------  --------
Te1/1/1      34.6       3.29      -2.0     -27.4 --
Te1/1/2      34.6       3.29       N/A       N/A
"""
OPTICS_DETAIL = """
           Optical            High Alarm  High Warn  Low Warn   Low Alarm
           Transmit Power     Threshold   Threshold  Threshold  Threshold
Port       (dBm)              (dBm)       (dBm)      (dBm)      (dBm)
-------    -----------------  ----------  ---------  ---------  ---------
Te1/1/1      -5.0               -0.5       -3.0       -9.5      -13.5

           Optical            High Alarm  High Warn  Low Warn   Low Alarm
           Receive Power      Threshold   Threshold  Threshold  Threshold
Port       (dBm)              (dBm)       (dBm)      (dBm)      (dBm)
-------    -----------------  ----------  ---------  ---------  ---------
Te1/1/1     -27.4  --            2.0       -1.0       -9.9      -13.9
"""


def test_optics() -> None:
    found = told("show interfaces transceiver", OPTICS)["interfaces"]
    assert brief(found, "name", "rx_dbm") == [("Te1/1/1", -27.4), ("Te1/1/2", None)]
    found = told("show interfaces transceiver detail", OPTICS_DETAIL)["interfaces"]
    assert brief(found, "name", "rx_dbm", "rx_low_dbm") == [("Te1/1/1", -27.4, -9.9)]


CDP = """-------------------------
Device ID: sw-gedung-b.example
Entry address(es):
  IP address: 192.0.2.9
Platform: cisco WS-C2960X-24TS-L,  Capabilities: Switch IGMP
Interface: GigabitEthernet1/0/1,  Port ID (outgoing port): GigabitEthernet1/0/24
Holdtime : 154 sec
-------------------------
Device ID: mt-opd
Platform: MikroTik,  Capabilities: Router
Interface: GigabitEthernet1/0/2,  Port ID (outgoing port): ether1
"""
CDP_TABLE = """Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge

Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID
sw-gedung-b-lantai-2.example
                 Gig 1/0/1         173              S I   WS-C2960X Gig 1/0/24
"""
LLDP = """------------------------------------------------
Local Intf: Gi1/0/1
Chassis id: 0000.5e00.5302
Port id: Gi1/0/24
Port Description: GigabitEthernet1/0/24
System Name: sw-gedung-b.example

Management Addresses:
    IP: 192.0.2.9
------------------------------------------------
Local Intf: Gi1/0/2
Local Intf service instance: -
Chassis id: 0000.5e00.5303
Port id: 0000.5e00.5303
System Name - not advertised
Management Addresses - not advertised
    Model: IP Phone 1
"""


def test_neighbors() -> None:
    keys = ("interface", "name", "port", "address", "platform")
    assert brief(told("show cdp neighbors detail", CDP)["neighbors"], *keys) == [
        ("GigabitEthernet1/0/1", "sw-gedung-b.example", "GigabitEthernet1/0/24", "192.0.2.9", "cisco WS-C2960X-24TS-L"),
        ("GigabitEthernet1/0/2", "mt-opd", "ether1", "", "MikroTik"),
    ]
    assert brief(told("show cdp neighbors", CDP_TABLE)["neighbors"], *keys) == [
        ("Gig 1/0/1", "sw-gedung-b-lantai-2.example", "Gig 1/0/24", "", "WS-C2960X")
    ]
    assert brief(told("show lldp neighbors detail", LLDP)["neighbors"], *keys) == [
        ("Gi1/0/1", "sw-gedung-b.example", "Gi1/0/24", "192.0.2.9", ""),
        ("Gi1/0/2", "", "0000.5e00.5303", "", "IP Phone 1"),
    ]


TREE = """
VLAN0010
  Spanning tree enabled protocol rstp
Interface           Role Sts Cost      Prio.Nbr Type
------------------- ---- --- --------- -------- --------------------------------
Gi1/0/1             Root FWD 4         128.1    P2p
Gi1/0/2             Altn BLK 4         128.2    P2p

MST0
Interface        Role Sts Cost      Prio.Nbr Type
---------------- ---- --- --------- -------- --------------------------------
Gi1/0/3          Desg BKN*20000     128.3    P2p *ROOT_Inc
"""


def test_spanning_tree() -> None:
    assert brief(told("show spanning-tree", TREE)["stp_ports"], "instance", "interface", "role", "state") == [
        ("VLAN0010", "Gi1/0/1", "root", "forwarding"),
        ("VLAN0010", "Gi1/0/2", "alternate", "blocking"),
        ("MST0", "Gi1/0/3", "designated", "blocking"),
    ]
    assert told("show spanning-tree", "No spanning tree instance exists.\n") == {"unparsed": True}
    assert "unparsed" in told("show spanning-tree", TREE.replace("Altn", "Xxxx"))


GLOBAL = "Codes: L - local, C - connected, S - static\n\nGateway of last resort is {}\n\n{}"
VRF = "\nRouting Table: TAMU\n" + GLOBAL.format("not set", "C        198.51.100.0/24 is directly connected, Gi0/1\n")


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (GLOBAL.format("192.0.2.1 to network 0.0.0.0", "S*    0.0.0.0/0 [1/0] via 192.0.2.1\n") + VRF,
         [("192.0.2.1", "", "static", 1)]),
        (GLOBAL.format("192.0.2.1 to network 0.0.0.0",
                       "O*E2  0.0.0.0/0 [110/1] via 192.0.2.1, 3w0d, GigabitEthernet0/0\n"
                       "                [110/1] via 192.0.2.5, 00:05:35, GigabitEthernet0/1.20\n"
                       "S        203.0.113.0/24 [1/0] via 192.0.2.9\n"),
         [("192.0.2.1", "GigabitEthernet0/0", "O", 110), ("192.0.2.5", "GigabitEthernet0/1.20", "O", 110)]),
        (GLOBAL.format("0.0.0.0 to network 0.0.0.0", "S*    0.0.0.0/0 is directly connected, Dialer1\n"),
         [("", "Dialer1", "static", 0)]),
        (GLOBAL.format("not set", "C        192.0.2.0/24 is directly connected, Gi0/0\n"), []),
    ],
)  # fmt: skip
def test_default_routes(table: str, expected: list[tuple[str, str, str, int]]) -> None:
    found = told("show ip route", table)["default_routes"]
    assert brief(found, "gateway", "interface", "protocol", "distance") == expected


def test_a_routing_table_that_contradicts_itself_or_is_a_vrfs_alone_tells_nothing() -> None:
    for table in (GLOBAL.format("192.0.2.1 to network 0.0.0.0", ""), VRF.lstrip(), "Codes: C - connected\n"):
        assert "unparsed" in told("show ip route", table)


OSPF = """GigabitEthernet0/0 is up, line protocol is up
  Internet Address 192.0.2.1/30, Area 0.0.0.1, Attached via Interface Enable
  Process ID 1, Router ID 192.0.2.254, Network Type POINT_TO_POINT, Cost: 1
  Timer intervals configured, Hello 10, Dead 40, Wait 40, Retransmit 5
    Hello due in 00:00:03
  Neighbor Count is 1, Adjacent neighbor count is 1
Loopback0 is up, line protocol is up
  Internet Address 192.0.2.254/32, Area 0, Attached via Network Statement
  Process ID 1, Router ID 192.0.2.254, Network Type LOOPBACK, Cost: 1
Vlan10 is up, line protocol is up
  Internet Address 198.51.100.1/24, Area 0, Attached via Network Statement
  Process ID 1, Router ID 192.0.2.254, Network Type BROADCAST, Cost: 1
  Timer intervals configured, Hello 10, Dead 40, Wait 40, Retransmit 5
    No Hellos (Passive interface)
"""
OSPF_BRIEF = """Interface    PID   Area            IP Address/Mask    Cost  State Nbrs F/C
Gi0/0        1     0.0.0.1         192.0.2.1/30       1     P2P   1/2
"""
OSPF_NEIGHBOR = """Neighbor ID     Pri   State           Dead Time   Address         Interface
203.0.113.1       1   EXSTART/BDR     00:00:32    192.0.2.2       GigabitEthernet0/0
"""
OSPF_NEIGHBOR_DETAIL = """ Neighbor 203.0.113.1, interface address 192.0.2.2
    In the area 0.0.0.1 via interface GigabitEthernet0/0
    Neighbor priority is 1, State is FULL, 6 state changes
"""


def test_ospf() -> None:
    keys = ("name", "area", "kind", "hello_s", "dead_s", "passive", "neighbors")
    assert brief(told("show ip ospf interface", OSPF)["ospf_interfaces"], *keys) == [
        ("GigabitEthernet0/0", "0.0.0.1", "POINT_TO_POINT", 10, 40, False, 1),
        ("Loopback0", "0", "LOOPBACK", 0, 0, False, 0),
        ("Vlan10", "0", "BROADCAST", 10, 40, True, 0),
    ]
    assert brief(told("show ip ospf interface brief", OSPF_BRIEF)["ospf_interfaces"], *keys) == [
        ("Gi0/0", "0.0.0.1", "P2P", 0, 0, False, 1)
    ]
    neighbor = {"router_id": "203.0.113.1", "address": "192.0.2.2", "interface": "GigabitEthernet0/0"}
    assert told("show ip ospf neighbor", OSPF_NEIGHBOR)["ospf_neighbors"] == [neighbor | {"state": "EXSTART/BDR"}]
    assert told("show ip ospf neighbor detail", OSPF_NEIGHBOR_DETAIL)["ospf_neighbors"] == [
        neighbor | {"state": "FULL"}
    ]


BGP = """BGP router identifier 192.0.2.1, local AS number 64500

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.0.2.2       4        64501  511374  421210    79022    0    0 4w0d         6063
192.0.2.6       4      1.64502       0       0        1    0    0 never    Idle (Admin)
*192.0.2.7      4        64503       0       0        1    0    0 00:01:02 Active
2001:DB8::1234:5678
                4        64504       1       1        1    0    0 1d02h           0
"""
BGP_NEIGHBORS = """BGP neighbor is 192.0.2.2,  vrf TAMU,  remote AS 64501, external link
 Description: ke provider
  BGP version 4, remote router ID 0.0.0.0
  BGP state = Idle, down for 00:12:00
"""


def test_bgp() -> None:
    assert brief(told("show ip bgp summary", BGP)["bgp_peers"], "address", "remote_as", "state") == [
        ("192.0.2.2", "64501", "Established"),
        ("192.0.2.6", "1.64502", "Idle (Admin)"),
        ("192.0.2.7", "64503", "Active"),
        ("2001:DB8::1234:5678", "64504", "Established"),
    ]
    assert brief(told("show ip bgp neighbors", BGP_NEIGHBORS)["bgp_peers"], "address", "remote_as", "state") == [
        ("192.0.2.2", "64501", "Idle")
    ]


ARP = """Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  192.0.2.1               -   0000.5e00.5301  ARPA   Vlan20
Internet  192.0.2.8               0   Incomplete      ARPA
"""
POOLS = """
Pool KANTOR :
 Utilization mark (high/low)    : 100 / 0
 Total addresses                : 254
 Leased addresses               : 240
 Excluded addresses             : 10
Pool TAMU :
 Total addresses                : 14
 Leased addresses               : 3
"""
CRYPTO = """Crypto session current status

Interface: Tunnel10
Session status: UP-ACTIVE
Peer: 203.0.113.1 port 500
Interface: GigabitEthernet0/0
Session status: DOWN
Peer: 203.0.113.9 port 500
"""
DMVPN = """Interface: Tunnel0, IPv4 NHRP Details
Type:Spoke, NHRP Peers:2,

 # Ent  Peer NBMA Addr Peer Tunnel Add State  UpDn Tm Attrb
 ----- --------------- --------------- ----- -------- -----
     1 203.0.113.1     192.0.2.1          UP 00:12:01     S
     1 203.0.113.2     192.0.2.2        NHRP    never     S
"""


def test_addresses_pools_and_tunnels() -> None:
    assert told("show ip arp", ARP)["arp"] == [{"address": "192.0.2.1", "mac": "0000.5e00.5301", "interface": "Vlan20"}]
    assert told("show ip dhcp pool", POOLS)["dhcp_pools"] == [
        {"name": "KANTOR", "size": 244, "used": 240}, {"name": "TAMU", "size": 14, "used": 3},
    ]  # fmt: skip
    assert brief(told("show crypto session", CRYPTO)["tunnels"], "name", "kind", "up") == [
        ("Tunnel10", "vpn", True), ("GigabitEthernet0/0", "vpn", False),
    ]  # fmt: skip
    assert brief(told("show dmvpn", DMVPN)["tunnels"], "name", "up") == [("192.0.2.1", True), ("192.0.2.2", False)]


ENVIRONMENT = """FAN is OK
SYSTEM TEMPERATURE is OK
System Temperature Value: 90 Degree Celsius
System Temperature State: YELLOW
Yellow Threshold : 88 Degree Celsius
Switch 1 FAN 2 is NOT OK
SW  PID                 Serial#     Status           Sys Pwr  PoE Pwr  Watts
--  ------------------  ----------  ---------------  -------  -------  -----
1A  PWR-C1-715WAC       LIT00000001  OK              Good     Good     715
1B  Not Present
2A  PWR-C1-715WAC       LIT00000002  No Input Power  Bad      Bad      715
"""
POWER = """Power                                             Fan      Inline
Supply  Model No          Type       Status       Sensor   Status
------  ----------------  ---------  -----------  -------  -------
PS1     PWR-C45-1400AC    AC 1400W   good         good     good
PS2     PWR-C45-1400AC    AC 1400W   bad/off      good     n.a.
"""


def test_alarms() -> None:
    found = told("show environment all", ENVIRONMENT)["alarms"]
    assert [one["subject"] for one in found] == ["2A", "System", "Switch 1 FAN 2"]
    assert found[0]["line"] == "2A PWR-C1-715WAC LIT00000002 No Input Power Bad Bad 715"
    assert [one["subject"] for one in told("show power status", POWER)["alarms"]] == ["PS2"]
    assert "unparsed" in told("show environment all", ENVIRONMENT.replace("1B  Not Present", "1B  Lain"))


LOG = """Syslog logging: enabled (0 messages dropped, 4 messages rate-limited, 0 flushes, 0 overruns, xml disabled)

Log Buffer (16384 bytes):
*Nov 20 08:00:01.123: %IP-4-DUPADDR: Duplicate address 192.0.2.1 on Vlan20, sourced by 0000.5e00.5309
*Nov 20 08:00:31.123: %IP-4-DUPADDR: Duplicate address 192.0.2.1 on Vlan20, sourced by 0000.5e00.5309
*Nov 20 08:01:00.000: %ETHCNTR-3-LOOP_BACK_DETECTED: Loop-back detected on GigabitEthernet1/0/7.
*Nov 20 08:02:00.000: %SW_MATM-4-MACFLAP_NOTIF: Host 0000.5e00.5311 in vlan 20 is flapping between port Gi1/0/3 and port Gi1/0/4
*Nov 20 08:02:01.000: %SW_MATM-4-MACFLAP_NOTIF: Host 0000.5e00.5312 in vlan 20 is flapping between port Gi1/0/4 and port Gi1/0/3
*Nov 20 08:02:02.000: %SW_MATM-4-MACFLAP_NOTIF: Host 0000.5e00.5313 in vlan 20 is flapping between port Gi1/0/8 and port Gi1/0/9
*Nov 20 08:03:00.000: %DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT: DHCP_SNOOPING drop message on untrusted port, message type: DHCPOFFER, MAC sa: 0000.5e00.5314
"""  # noqa: E501  (the device's own lines)


def test_what_the_log_complains_of() -> None:
    found = told("show logging", LOG)
    assert brief(found["address_conflicts"], "subject") == [("192.0.2.1",)]
    assert found["address_conflicts"][0]["line"].startswith("*Nov 20 08:00:31")
    assert brief(found["loops"], "subject") == [("GigabitEthernet1/0/7",), ("Gi1/0/3",)]
    assert brief(found["dhcp_strangers"], "subject") == [("0000.5e00.5314",)]


CPU = "CPU utilization for five seconds: 5%/0%; one minute: 6%; five minutes: 7%\n"
CORES = "".join(f"Core {n}: CPU utilization for five seconds: 5%; one minute: 6%; five minutes: {n}%\n" for n in (1, 4))
MEMORY = """                Head    Total(b)     Used(b)     Free(b)   Lowest(b)  Largest(b)
Processor    277B88C    20000000    15000000     5000000     2136352     2061756
      I/O    2C00000     4194304     2375432     1818872     1581372     1817552
"""
FILES = """File Systems:

       Size(b)       Free(b)      Type  Flags  Prefixes
   1651314688    1561067520      disk     rw   crashinfo:
*     1000000        250000      disk     rw   flash:
"""
PEERS = "  address         ref clock       st   when   poll reach  delay  offset   disp\n"
INVENTORY = """NAME: "Switch 1", DESCR: "WS-C2960X-24TS-L"
PID: WS-C2960X-24TS-L  , VID: V05  , SN: FCW0000X001

NAME: "GigabitEthernet1/0/25", DESCR: "1000BaseSX SFP"
PID: GLC-SX-MMD          , VID: V01  , SN: FNS0000X002
"""


@pytest.mark.parametrize(
    ("command", "output", "expected"),
    [
        ("show processes cpu", CPU, {"cpu_percent": 7.0}),
        ("show processes cpu | include CPU utilization", CORES, {"cpu_percent": 2.5}),
        ("show memory statistics", MEMORY, {"memory_percent": 75.0}),
        ("show file systems", FILES, {"storage_percent": 75.0}),
        ("dir", "Directory of flash:/\n\n100 bytes total (40 bytes free)\n", {"storage_percent": 60.0}),
        ("show ntp status", "Clock is unsynchronized, stratum 16, no reference clock\n",
         {"clock_synchronised": False, "clock_line": "Clock is unsynchronized, stratum 16, no reference clock"}),
        ("show ntp status", "Clock is synchronized, stratum 3, reference is 192.0.2.1\n",
         {"clock_synchronised": True, "clock_line": "Clock is synchronized, stratum 3, reference is 192.0.2.1"}),
        ("show ntp associations", PEERS + " ~192.0.2.1  .INIT.  16  -  64  0  0.000 0.000 15937.\n"
         " * sys.peer, # selected\n", {"clock_synchronised": False, "clock_line": ""}),
        ("show clock", "*18:57:38.347 UTC Mon Oct 19 2015\n",
         {"clock_synchronised": False, "clock_line": "*18:57:38.347 UTC Mon Oct 19 2015"}),
        ("show clock", "18:57:38.347 UTC Mon Oct 19 2015\n", {"clock_line": "18:57:38.347 UTC Mon Oct 19 2015"}),
        ("show inventory", INVENTORY, {"model": "WS-C2960X-24TS-L", "serial": "FCW0000X001"}),
        ("show power supplies", "Power supplies needed by system    : 2\nPower supplies currently available : 1\n",
         {"alarms": [{"subject": "Power supplies", "line": "Power supplies currently available : 1"}]}),
    ],
)  # fmt: skip
def test_single_values(command: str, output: str, expected: dict[str, Any]) -> None:
    assert told(command, output) == expected


CONFIG = """Building configuration...

Current configuration : 4821 bytes
!
! Last configuration change at 08:00:01 WIB Fri Nov 20 2026 by otomasi
!
version 15.2
service timestamps log datetime msec
service password-encryption
!
hostname sw-contoh
!
enable secret 9 $9$contohgaram000$hashcontoh0000000000000000000000000000001
enable password level 5 7 05080F1C2201
!
username otomasi privilege 15 secret 5 $1$zzzz$0123456789012345678901
username tamu password 0 kata sandi tamu
username lama nopassword
aaa new-model
aaa group server radius RADIUS
 server-private 192.0.2.50 auth-port 1812 acct-port 1813 key 7 060506324F41
aaa server radius dynamic-author
 client 192.0.2.51 server-key 7 070C285F4D06
!
ip domain name example.org
ip ftp password 7 13061E010803
key chain EIGRP-KUNCI
 key 1
  key-string 7 104D000A0618
!
crypto pki certificate chain TP-contoh
 certificate self-signed 01
  30820229 30820192 A0030201 02020101 300D0609 2A864886
  \tquit
crypto isakmp key rahasiaikesatu address 203.0.113.1
crypto isakmp key 6 RAHASIAIKEDUA hostname vpn.example.org
crypto ikev2 keyring KR
 peer CABANG
  address 203.0.113.2
  pre-shared-key local 0 rahasialokal
  pre-shared-key remote rahasiajauh
!
interface GigabitEthernet0/1
 description uplink; ganti password lama bulan depan
 ip address 192.0.2.1 255.255.255.0
 ip ospf authentication-key 7 0822455D0A16
 ip ospf message-digest-key 1 md5 7 1511021F0725
 standby 1 authentication rahasiahsrp
 standby 2 authentication md5 key-string 7 02050D480801 timeout 30
 vrrp 3 authentication text rahasiavrrp
 key chain-lain tetap
!
interface Tunnel0
 ip nhrp authentication sandinhrp
!
interface Dialer1
 ppp chap password 7 045802150C2E
 ppp pap sent-username opd password 7 14141B180F0B
!
dot11 ssid KANTOR
   wpa-psk ascii 7 08701E1D5D4C53404A52
!
router bgp 64500
 neighbor 192.0.2.2 remote-as 64501
 neighbor 192.0.2.2 password 7 121A0C041104
!
ip access-list extended TOLAK
 remark password bersama jangan dipakai
 permit ip any any
!
archive
 path ftp://cadangan:rahasiaftp@192.0.2.60/cfg
snmp-server community rahasia-snmp RO 10
snmp-server host 192.0.2.61 version 2c komunitas-trap
snmp-server host 192.0.2.62 vrf TAMU informs version 3 priv pemantau
snmp-server host 192.0.2.63 komunitas-lama
tacacs-server key 7 0307520508002E
tacacs server TAC1
 address ipv4 192.0.2.64
 key 7 01100F175804
radius server RAD1
 key rahasiaradius
!
ntp authentication-key 1 md5 13061E010803557878 7
ntp clock-period 36029056
ntp server 192.0.2.65 key 1
banner motd ^C
 Masukkan password Anda; sw-contoh# bukan prompt
^C
!
line con 0
line vty 0 4
 password 7 02050D480809
 transport input ssh
!
end
"""
SECRETS = (
    "$9$contohgaram000$hashcontoh0000000000000000000000000000001", "05080F1C2201",
    "$1$zzzz$0123456789012345678901", "kata sandi tamu", "060506324F41", "070C285F4D06", "13061E010803",
    "104D000A0618", "rahasiaikesatu", "RAHASIAIKEDUA", "rahasialokal", "rahasiajauh", "0822455D0A16", "1511021F0725",
    "rahasiahsrp", "02050D480801", "rahasiavrrp", "sandinhrp", "045802150C2E", "14141B180F0B", "08701E1D5D4C53404A52",
    "121A0C041104", "rahasiaftp", "rahasia-snmp", "komunitas-trap", "komunitas-lama", "0307520508002E", "01100F175804",
    "rahasiaradius", "13061E010803557878", "02050D480809",
)  # fmt: skip


def test_the_redacted_view_hides_every_secret_and_nothing_else() -> None:
    expected = CONFIG
    for secret in sorted(SECRETS, key=len, reverse=True):
        expected = re.sub(rf"(?<=[ :]){re.escape(secret)}(?=[ @\n])", "<disamarkan>", expected)
    assert redact("cisco_ios", CONFIG, hidden) == expected
    assert expected.count("<disamarkan>") == len(SECRETS)


def test_what_changes_by_itself_does_not_change_the_digest() -> None:
    later = CONFIG.replace("4821 bytes", "4822 bytes").replace("08:00:01 WIB", "09:00:01 WIB").replace("36029056", "1")
    assert later != CONFIG
    assert digest("cisco_ios", later) == digest("cisco_ios", CONFIG)
    assert digest("cisco_ios", CONFIG.replace("192.0.2.65", "192.0.2.66")) != digest("cisco_ios", CONFIG)


def accepted(text: str, prompt: str = "") -> bool:
    try:
        check_complete("cisco_ios", text, prompt=prompt)
    except NotComplete as error:
        return error.reason not in (Reason.INCOMPLETE, Reason.REFUSED_OUTPUT)
    return True


def test_only_the_whole_configuration_of_this_device_is_accepted(capsys: pytest.CaptureFixture[str]) -> None:
    whole = normalised("cisco_ios", CONFIG)
    data = whole.encode()
    assert accepted(whole, "sw-contoh")
    assert not accepted(whole, "sw-lain")
    assert [at for at in range(len(data)) if accepted(data[:at].decode("utf-8", "replace"))] == []
    with capsys.disabled():
        print(f"\ncisco_ios: {len(data)} truncations refused", end="")


@pytest.mark.parametrize(
    "text",
    [
        "            ^\n% Invalid input detected at '^' marker.\n",
        "Command authorization failed.\n",
        "% Authorization failed.\n",
        "% Incomplete command.\n",
    ],
)
def test_refusals_are_known(text: str) -> None:
    assert PLATFORM.refuses(text)
    assert not accepted(text)
    assert "unparsed" in told("show interfaces", text)


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


@pytest.mark.parametrize(
    "line",
    ["hostname sw1", " sw1#", "sw1 # bukan prompt", "sw1# show version", "sw10", "description sw1#", "sw1(a b)#",
     "login sw1>", "*** sw1# ***"],
)  # fmt: skip
def test_lines_that_look_like_prompts_are_not(line: str) -> None:
    assert not re.fullmatch(PLATFORM.prompt.replace("NAME", "sw1"), line)


def test_one_platform_under_the_names_netmiko_has_for_it() -> None:
    assert {platforms.get(name) for name in ("cisco_ios", "cisco_xe", "cisco_ioswlc")} == {PLATFORM}
    assert PLATFORM.paging == ("terminal width 511", "terminal length 0")


def recorded() -> Iterator[tuple[str, Path]]:
    for file in sorted(FOLDER.glob("*/*.raw")):
        yield file.parent.name.replace("_", " "), file


OWN_WORDS = ("role", "state", "kind", "duplex", "line", "note", "protocol", "prefix")


def strings(value: Any) -> Iterator[str]:
    """Names, addresses, versions as printed; roles and states of a spanning tree have words of their own."""
    for key, item in value.items():
        for each in item if isinstance(item, list) else [item]:
            if isinstance(each, dict):
                yield from strings(each)
            elif isinstance(each, str) and key not in OWN_WORDS:
                yield each


def test_every_recording_of_a_known_command_is_read_and_says_what_was_read(capsys: pytest.CaptureFixture[str]) -> None:
    if not FOLDER.is_dir():
        pytest.skip(f"no recordings at {FOLDER}")
    counts = {True: 0, False: 0}
    for command, file in recorded():
        text = file.read_text(encoding="utf-8", errors="replace")
        facts = told(command, text)
        known = PLATFORM.command_key(command) in PLATFORM.parsers
        assert ("unparsed" not in facts) == known, file.name
        assert [one for one in strings(facts) if one and one not in text] == [], file.name
        counts[known] += 1
    with capsys.disabled():
        print(f"\ncisco_ios: {counts[True]} recordings read, {counts[False]} of commands that tell no fact", end="")
    assert counts[True] >= 74


def sample(folder: str, name: str) -> dict[str, Any]:
    file = FOLDER / folder / name
    if not file.exists():
        pytest.skip(f"no recordings at {FOLDER}")
    return told(folder, file.read_text())


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
    assert brief(sample(folder, name)[field], *keys)[place] == expected


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
    assert sample(folder, name) == expected


def test_interfaces_agree_with_what_napalm_reads() -> None:
    cases = sorted(NAPALM.glob("test_get_interfaces/*/show_interfaces.txt"))
    if not cases:
        pytest.skip(f"no recordings at {NAPALM}")
    for file in cases:
        expected = json.loads((file.parent / "expected_result.json").read_text())
        found = {one["name"]: one for one in told("show interfaces", file.read_text())["interfaces"]}
        assert found.keys() == expected.keys()
        for name, one in found.items():
            theirs = expected[name]
            assert (one["enabled"], one["up"]) == (theirs["is_enabled"], theirs["is_up"]), name
            assert (one["description"], one["mtu"] or theirs["mtu"]) == (theirs["description"], theirs["mtu"]), name
