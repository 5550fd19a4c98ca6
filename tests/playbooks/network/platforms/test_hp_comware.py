"""HPE and H3C Comware: recorded outputs, and samples in the form of its command references; no real device."""

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
OURS = RECORDINGS / "cli" / "hp_comware"
COMWARE = get("hp_comware")

VERSION = """HPE Comware Software, Version 7.1.070, Release 2612P02
Copyright (c) 2010-2018 Hewlett Packard Enterprise Development LP
HPE 5130-24G-4SFP+ EI JG932A uptime is 1 week, 2 days, 3 hours, 4 minutes
Last reboot reason : Power on

Slot 1:
Uptime is 1 week,2 days,3 hours,4 minutes
"""
MANUFACTURE = """Slot 1 CPU 0:
DEVICE_NAME          : 5130-24G-4SFP+ EI JG932A
DEVICE_SERIAL_NUMBER : CN00CONTOH
MAC_ADDRESS          : 0000-5E00-5301
Fan 1:
The operation is not supported on the specified fan.
"""
INTERFACES = """GigabitEthernet1/0/1
Current state: UP
Line protocol state: UP
Description: ke gedung B
Bandwidth: 1000000 kbps
1000Mbps-speed mode, full-duplex mode
Maximum frame length: 10000
 Last 300 seconds input: 12373 packets/sec 12813386 bytes/sec 10%
 Last 300 seconds output: 5850 packets/sec 1754759 bytes/sec 1%
 Input:  3 input errors, 0 runts, 0 giants, 0 throttles
         1 CRC, 0 frame, - overruns, 0 aborts
         - ignored, - parity errors
 Output: 2 output errors, - underruns, - buffer failures

GigabitEthernet1/0/2
Current state: Administratively DOWN
Line protocol state: DOWN
Unknown-speed mode, unknown-duplex mode
 Last 300 seconds input: 0 packets/sec 0 bytes/sec -%
 Last 300 seconds output: 0 packets/sec 0 bytes/sec -%

 GigabitEthernet1/0/3 current state: STP DOWN
 100Mbps-speed mode, half-duplex mode

Vlan-interface10 current state: UP
Line protocol current state: UP
The Maximum Transmit Unit is 1500
Internet Address is 192.0.2.1/24 Primary
Internet Address is 198.51.100.1/25 Sub
"""
BRIEF = """Brief information on interface(s) under route mode:
Link: ADM - administratively down; Stby - standby
Protocol: (s) - spoofing
Interface            Link Protocol Main IP         Description
NULL0                UP   UP(s)    --
Vlan10               UP   DOWN     192.0.2.1       kantor

Brief information on interface(s) under bridge mode:
Link: ADM - administratively down; Stby - standby
Speed or Duplex: (a)/A - auto; H - half; F - full
Type: A - access; T - trunk; H - hybrid
Interface            Link Speed   Duplex Type PVID Description
GE1/0/1              UP   10G(a)  F(a)   T    1    ke gedung B
GE1/0/2              ADM  auto    A      A    1
"""
LLDP = """LLDP neighbor-information of port 1[GigabitEthernet1/0/1]:
LLDP agent nearest-bridge:
 LLDP neighbor index : 1
 Chassis type        : MAC address
 Chassis ID          : 0000-5e00-5302
 Port ID type        : Interface name
 Port ID             : GigabitEthernet1/0/24
 Port description    : ke kantor
 System name         : sw-seberang
 System description  : HPE Comware Platform Software, Software Version 7.1.070,
                       Release 2612P02
 Management address type           : IPv4
 Management address                : 192.0.2.2
LLDP agent nearest-customer-bridge:
 LLDP neighbor index : 2
 Port ID             : 0000-5e00-5303
"""
ROUTES = """
Destinations : 3        Routes : 4

Destination/Mask   Proto   Pre Cost        NextHop         Interface
0.0.0.0/0          Static  60  0           192.0.2.254     Vlan10
                                           198.51.100.126  Vlan20
127.0.0.0/8        Direct  0   0           127.0.0.1       InLoop0
192.0.2.0/24       Direct  0   0           192.0.2.1       Vlan10
"""
OSPF_INTERFACES = """
         OSPF Process 1 with Router ID 192.0.2.1
                 Interfaces

 Area: 0.0.0.0

 Interface: 192.0.2.1 (Vlan-interface10)
 Cost: 1       State: DR        Type: PTP          MTU: 1500
 Priority: 1
 Timers: Hello 10 , Dead 40 , Poll  40 , Retransmit 5 , Transmit Delay 1
"""
OSPF_PEERS = """
         OSPF Process 1 with Router ID 192.0.2.1
                 Neighbors

 Area 0.0.0.0 interface 192.0.2.1(Vlan-interface10)'s neighbors
 Router ID: 203.0.113.2      Address: 192.0.2.2        GR State: Normal
   State: ExStart  Mode: Nbr is Master  Priority: 1
"""
BGP = """
 BGP local router ID: 192.0.2.1
 Local AS number: 64500
 Total number of peers: 2                 Peers in established state: 1

  * - Dynamically created peer
  Peer                    AS  MsgRcvd  MsgSent OutQ PrefRcv Up/Down  State

  192.0.2.2            64501   101225   113460    0       1 0286h47m Established
  * 192.0.2.3          64502        0        0    0       0 0129h15m Connect
"""
STP = """ MST ID   Port                                Role  STP State   Protection
 0        GigabitEthernet1/0/1                DESI  FORWARDING  NONE
 0        GigabitEthernet1/0/2                ALTE  DISCARDING  LOOP
"""
ARP = """  Type: S-Static   D-Dynamic   O-Openflow   R-Rule   M-Multiport  I-Invalid
IP address      MAC address    VLAN     Interface                Aging Type
192.0.2.7       0000-5e00-5307 10       GE1/0/7                  16    D
"""
FANS = """ Slot 1:
 Fan 1:
 State    : Normal
 Airflow Direction: Port-to-power
 Fan 2:
 State    : FanDirectionFault
"""
POWER = """ Slot 1:
 PowerID State    Mode   Current(A)  Voltage(V)  Power(W)
 1       Normal   AC     --          --          --
 2       Fault    AC     --          --          --
"""
MEMORY = """Memory statistics are measured in KB:
Slot 1:
             Total      Used      Free    Shared   Buffers    Cached   FreeRatio
Mem:        984384    456320    528064         0      1004    106012       53.6%
-/+ Buffers/Cache:    349304    635080
Swap:            0         0         0
"""
CPU = """Slot 1 CPU 0 CPU usage:
       6% in last 5 seconds
       7% in last 1 minute
       8% in last 5 minutes

Slot 2 CPU 0 CPU usage:
       6% in last 5 seconds
      17% in last 1 minute
      18% in last 5 minutes
"""


def told(command: str, output: str) -> dict[str, Any]:
    return parse("hp_comware", command, output)


def brief(values: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(value[name] for name in names) for value in values]


def test_it_reads_what_it_is_and_how_long_it_runs() -> None:
    assert told("display version", VERSION) == {
        "version": "7.1.070, Release 2612P02",
        "model": "5130-24G-4SFP+ EI JG932A",
        "uptime_s": 9 * 86400 + 3 * 3600 + 4 * 60,
        "restart_reason": "Power on",
    }
    assert told("display device manuinfo", MANUFACTURE) == {
        "model": "5130-24G-4SFP+ EI JG932A",
        "serial": "CN00CONTOH",
    }
    assert told("display current-configuration | include sysname", " sysname sw-contoh\n") == {"hostname": "sw-contoh"}


def test_slots_of_a_chassis_are_not_the_device() -> None:
    assert told("display device manuinfo", MANUFACTURE + MANUFACTURE.replace("Slot 1", "Slot 2")) == {"unparsed": True}


def test_it_reads_interfaces_in_both_forms() -> None:
    one, two, three, four = told("display interface", INTERFACES)["interfaces"]
    assert (one["enabled"], one["up"], one["errors"], one["load_percent"]) == (True, True, 5, 10.0)
    assert (one["description"], one["duplex"], one["speed_mbps"], one["mtu"]) == ("ke gedung B", "full", 1000, 0)
    assert (two["enabled"], two["up"], two["duplex"], two["load_percent"]) == (False, False, "", None)
    assert (three["enabled"], three["up"], three["error_disabled"]) == (True, False, "STP")
    assert (three["duplex"], three["speed_mbps"]) == ("half", 100)
    assert (four["mtu"], four["addresses"]) == (1500, ["192.0.2.1/24", "198.51.100.1/25"])


def test_it_reads_the_brief_tables() -> None:
    found = told("display interface brief", BRIEF)["interfaces"]
    assert brief(found, "name", "enabled", "up", "description", "duplex", "speed_mbps") == [
        ("NULL0", True, True, "", "", 0),
        ("Vlan10", True, False, "kantor", "", 0),
        ("GE1/0/1", True, True, "ke gedung B", "full", 10000),
        ("GE1/0/2", False, False, "", "", 0),
    ]
    assert told("display interface brief", BRIEF + "baris asing\n") == {"unparsed": True}


def test_it_reads_neighbours() -> None:
    one, two = told("display lldp neighbor-information verbose", LLDP)["neighbors"]
    assert one == {"interface": "GigabitEthernet1/0/1", "name": "sw-seberang", "port": "GigabitEthernet1/0/24",
                   "address": "192.0.2.2",
                   "platform": "HPE Comware Platform Software, Software Version 7.1.070,"}  # fmt: skip
    assert (two["name"], two["port"]) == ("", "0000-5e00-5303")
    table = "Local Interface Chassis ID      Port ID           System Name\n"
    row = "GE1/0/1         0000-5e00-5302  Gi0/1             {}\n"
    (one,) = told("display lldp neighbor-information list", table + row.format("sw-seberang"))["neighbors"]
    assert (one["interface"], one["name"], one["port"]) == ("GE1/0/1", "sw-seberang", "Gi0/1")
    assert told("display lldp neighbor-information list", table + row.format("nama dua")) == {"unparsed": True}


def test_it_reads_default_routes() -> None:
    routes = told("display ip routing-table", ROUTES)["default_routes"]
    assert brief(routes, "gateway", "interface", "protocol", "distance") == [
        ("192.0.2.254", "Vlan10", "static", 60),
        ("198.51.100.126", "Vlan20", "static", 60),
    ]


def test_it_reads_ospf_and_bgp() -> None:
    (port,) = told("display ospf interface verbose", OSPF_INTERFACES)["ospf_interfaces"]
    assert (port["name"], port["area"], port["hello_s"], port["dead_s"]) == ("Vlan-interface10", "0.0.0.0", 10, 40)
    assert (port["mtu"], port["passive"], port["kind"]) == (1500, False, "PTP")
    (peer,) = told("display ospf peer verbose", OSPF_PEERS)["ospf_neighbors"]
    assert tuple(peer.values()) == ("203.0.113.2", "192.0.2.2", "Vlan-interface10", "ExStart")
    assert brief(told("display bgp peer ipv4", BGP)["bgp_peers"], "address", "remote_as", "state") == [
        ("192.0.2.2", "64501", "Established"),
        ("192.0.2.3", "64502", "Connect"),
    ]


def test_it_reads_spanning_tree_and_arp() -> None:
    assert brief(told("display stp brief", STP)["stp_ports"], "interface", "role", "state") == [
        ("GigabitEthernet1/0/1", "designated", "forwarding"),
        ("GigabitEthernet1/0/2", "alternate", "discarding"),
    ]
    assert told("display arp", ARP) == {
        "arp": [{"address": "192.0.2.7", "mac": "0000-5e00-5307", "interface": "GE1/0/7"}]
    }


def test_it_reads_load_clock_and_what_is_not_well() -> None:
    assert told("display cpu-usage", CPU) == {"cpu_percent": 18.0}
    assert told("display memory", MEMORY) == {"memory_percent": 46.4}
    assert told("display memory", "System Total Memory(bytes): 431869088\nUsed Rate: 16%\n") == {"memory_percent": 16.0}
    main = "Next main startup saved-configuration file: flash:/startup.cfg"
    spare = "Next backup startup saved-configuration file: NULL"
    assert told("display startup", f" {main}\n {spare}\n") == {"startup_empty": False, "startup_line": main}
    assert told("display ntp-service status", " Clock status: synchronized\n Clock stratum: 3\n") == {
        "clock_synchronised": True,
        "clock_line": "Clock status: synchronized",
    }
    assert brief(told("display fan", FANS)["alarms"], "subject") == [("Fan 2",)]
    assert brief(told("display power", POWER)["alarms"], "subject") == [("Power 2",)]


@pytest.mark.parametrize("command", sorted(COMWARE.parsers))
def test_a_refusal_and_a_part_of_a_line_are_no_facts(command: str) -> None:
    for output in ("% Unrecognized command found at '^' position.", "", "Permission denied.", "<sw-contoh>"):
        assert told(command, output) == {"unparsed": True}


CONFIG = """#
 version 7.1.070, Release 2612P02
#
 sysname sw-contoh
#
 header login %
Hanya untuk petugas [sw-contoh] yang berwenang
%
#
vlan 10
 name kantor
#
interface Vlan-interface10
 description ke gedung B – lantai 2
 ip address 192.0.2.1 255.255.255.0
 ospf authentication-mode md5 1 cipher $c$3$rahasia1==
 vrrp vrid 1 authentication-mode simple cipher $c$3$rahasia2==
 rip authentication-mode md5 rfc2453 rahasia3
#
interface GigabitEthernet1/0/1
 port link-type trunk
#
bgp 64500
 peer 192.0.2.2 as-number 64501
 peer 192.0.2.2 password cipher $c$3$rahasia4==
#
 snmp-agent
 snmp-agent local-engineid 800063A28000005E00530100000001
 snmp-agent community read rahasia5
 snmp-agent community write cipher $c$3$rahasia6== acl 2000
 snmp-agent target-host trap address udp-domain 192.0.2.9 params securityname rahasia7 v2c
 snmp-agent target-host trap address udp-domain 192.0.2.9 params securityname pemantau v3 privacy
 snmp-agent usm-user v2c rahasia8 opd
 snmp-agent usm-user v3 pemantau opd cipher authentication-mode sha $c$3$rahasia9== privacy-mode aes128 $c$3$rahasia10==
#
radius scheme opd
 primary authentication 192.0.2.8 key cipher $c$3$rahasia11==
 key authentication cipher $c$3$rahasia12==
 key accounting rahasia13
#
 super password role network-admin hash $h$6$rahasia14==
#
local-user admin class manage
 password hash $h$6$rahasia15==
 service-type ssh
 authorization-attribute user-role network-admin
#
local-user lama
 password simple rahasia16
#
 ntp-service authentication-keyid 1 authentication-mode md5 cipher $c$3$rahasia17==
#
ike keychain pusat
 pre-shared-key address 203.0.113.1 255.255.255.255 key cipher $c$3$rahasia18==
#
wlan service-template kantor
 preshared-key pass-phrase cipher $c$3$rahasia19==
#
 ssh2 algorithm cipher aes256-ctr
#
modul-lain $c$3$rahasia20==
#
line vty 0 63
 authentication-mode scheme
 set authentication password hash $h$6$rahasia21==
#
return
"""
SECRETS = (
    "$c$3$rahasia1==", "$c$3$rahasia2==", "rahasia3", "$c$3$rahasia4==", "rahasia5", "$c$3$rahasia6==", "rahasia7",
    "rahasia8", "$c$3$rahasia9==", "$c$3$rahasia10==", "$c$3$rahasia11==", "$c$3$rahasia12==", "rahasia13",
    "$h$6$rahasia14==", "$h$6$rahasia15==", "rahasia16", "$c$3$rahasia17==", "$c$3$rahasia18==", "$c$3$rahasia19==",
    "$c$3$rahasia20==", "$h$6$rahasia21==",
)  # fmt: skip


def test_the_redacted_view_hides_the_secrets_and_nothing_else() -> None:
    wanted = CONFIG
    for secret in SECRETS:
        wanted = re.sub(rf"(?<=[ ]){re.escape(secret)}(?=[ \n])", "<disamarkan>", wanted)
    assert redact("hp_comware", CONFIG, hidden) == wanted
    assert wanted.count("<disamarkan>") == len(SECRETS)


def test_a_whole_configuration_is_accepted_and_a_cut_one_never(capsys: pytest.CaptureFixture[str]) -> None:
    data = normalised("hp_comware", CONFIG).encode()
    check_complete("hp_comware", data.decode(), data.decode(), "<sw-contoh>")
    for at in range(len(data)):
        with pytest.raises(NotComplete):
            check_complete("hp_comware", data[:at].decode("utf-8", "replace"))
    with capsys.disabled():
        print(f"\nhp_comware: {len(data)} truncations, none accepted", end="")


def test_another_devices_configuration_is_refused() -> None:
    with pytest.raises(NotComplete) as caught:
        check_complete("hp_comware", CONFIG, prompt="<router-lain>")
    assert caught.value.reason is Reason.REFUSED_OUTPUT


def test_an_error_text_is_no_configuration() -> None:
    with pytest.raises(NotComplete) as caught:
        check_complete("hp_comware", " % Unrecognized command found at '^' position.\nreturn\n")
    assert caught.value.reason is Reason.REFUSED_OUTPUT


def test_separators_change_nothing_and_addresses_do() -> None:
    assert digest("hp_comware", CONFIG.replace("#\nvlan 10\n", "#\n#\nvlan 10\n")) == digest("hp_comware", CONFIG)
    assert digest("hp_comware", CONFIG.replace("192.0.2.1 255", "192.0.2.3 255")) != digest("hp_comware", CONFIG)


def test_its_prompts_are_told_from_text_that_looks_alike() -> None:
    pattern = COMWARE.prompt.replace("NAME", re.escape("sw-contoh"))
    for prompt in ("<sw-contoh>", "[sw-contoh]", "[sw-contoh-GigabitEthernet1/0/1]", "[sw-contoh-line-vty0-63]",
                   "[sw-contoh-ospf-1-area-0.0.0.0]", "[~sw-contoh]", "RBM_P<sw-contoh>"):  # fmt: skip
        assert re.fullmatch(pattern, prompt), prompt
    for text in ("Hanya untuk petugas [sw-contoh] yang berwenang", "<sw-lain>", " sysname sw-contoh", "<sw-contoh",
                 "<sw-contoh> display version"):  # fmt: skip
        assert not re.fullmatch(pattern, text), text


def recorded(folder: str, case: str) -> dict[str, Any]:
    path = OURS / folder / f"hp_comware_{folder}{case}.raw"
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
    folders = sorted(OURS / command.replace(" ", "_") for command in COMWARE.parsers)
    files = [file for folder in folders for file in sorted(folder.glob("*.raw"))]
    if not files:
        pytest.skip(f"no recordings at {RECORDINGS}")
    for file in files:
        text = file.read_text(encoding="utf-8")
        facts = told(file.parent.name, text)
        assert ("unparsed" in facts) == file.name.endswith(("manuinfo1.raw", "manuinfo3.raw")), file
        assert [word for word in strings(facts) if word not in text] == [], file


def test_recorded_interfaces() -> None:
    names = ("name", "enabled", "up", "mtu", "addresses", "duplex", "speed_mbps", "load_percent", "error_disabled")
    (_, one, *_) = recorded("display_interface", "10")["interfaces"]
    assert tuple(one[name] for name in names) == (
        "FortyGigE2/0/31", True, True, 9008, ["1.2.3.4/30"], "full", 40000, 3.0, "",
    )  # fmt: skip
    assert brief(recorded("display_interface", "_stp-down_jumbo")["interfaces"], *names) == [
        ("GigabitEthernet12/0/17", False, False, 0, [], "", 0, None, ""),
        ("GigabitEthernet11/0/17", True, False, 0, [], "", 0, None, "STP"),
    ]
    sub = recorded("display_ip_interface", "_sub")["interfaces"][-1]
    assert sub["addresses"] == ["5.6.7.194/29", "5.6.7.179/29", "8.9.10.221/27"]
    found = recorded("display_interface_brief", "_release_60615P16")["interfaces"]
    assert brief(found, "name", "up", "speed_mbps")[9:11] == [("GE3/0", True, 1000), ("GE3/1", False, 0)]


def test_recorded_routes_neighbours_bgp_arp_and_model() -> None:
    assert brief(recorded("display_ip_routing-table", "")["default_routes"], "gateway", "interface", "distance") == [
        ("192.168.56.1", "GE0/1", 60)
    ]
    found = recorded("display_lldp_neighbor-information_verbose", "")["neighbors"]
    assert brief(found, "interface", "name", "port", "address")[::3] == [
        ("Ten-GigabitEthernet1/0/0/1", "SW1", "GigabitEthernet0/0/1", ""),
        ("GigabitEthernet0/0", "Test-Router", "GigabitEthernet0/0", "10.1.1.2"),
    ]
    found = recorded("display_lldp_neighbor-information_list", "")["neighbors"]
    assert brief(found, "interface", "name", "port")[0] == ("XGE1/0/1", "SW-TEST-001", "Ten-GigabitEthernet1/0/30")
    found = recorded("display_bgp_peer_ipv4", "")["bgp_peers"]
    assert brief(found, "address", "remote_as", "state")[1] == ("2.114.82.34", "100", "Connect")
    assert brief(recorded("display_arp", "")["arp"], "address", "interface")[0] == ("10.20.10.1", "M-GE0/0/0")
    assert recorded("display_device_manuinfo", "_failed-display-null-power") == {
        "model": "5130 48G 4SFP+ 1-slot HI JH324A",
        "serial": "CN12AB12AB",
    }
