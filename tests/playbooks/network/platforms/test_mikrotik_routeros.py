"""RouterOS 6 and 7: written samples in the forms of MikroTik's manual, recordings where they are at hand."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from playbooks.findings import Reason
from playbooks.network import platforms
from playbooks.network.backup import NotComplete, check_complete, digest, normalised
from playbooks.network.diagnose import parse
from playbooks.network.platforms import mikrotik_routeros as ros
from playbooks.network.redaction import hidden, redact

NAME = "mikrotik_routeros"
SHAPE = platforms.get(NAME)
RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
RECORDED = sorted((RECORDINGS / "cli" / NAME).glob("*/*.raw"))


def told(command: str, output: str) -> dict[str, Any]:
    return parse(NAME, command, output)


def picked(rows: list[dict[str, Any]], *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(row[key] for key in keys) for row in rows]


def test_a_board_tells_model_and_serial() -> None:
    facts = told(
        "/system routerboard print", "  routerboard: yes\n        model: RB4011iGS+\n  serial-number: ABC0001\n"
    )
    assert facts == {"model": "RB4011iGS+", "serial": "ABC0001"}
    assert told("/system routerboard print", "  routerboard: no\n") == {"unparsed": True}


def test_a_comment_over_lines_is_told_from_the_fields() -> None:
    text = (
        "Flags: D - dynamic; X - disabled, R - running; S - slave\n"
        " 0  R  ;;; ke gedung B mtu=9000\n"
        "lantai 2\n"
        '       name="ether1" type="ether" mtu=1500 actual-mtu=1500 link-downs=3\n\n'
        ' 1 DR  name="pppoe-out1" type="pppoe-out" mtu=auto actual-mtu=1480\n'
        "       link-downs=0\n\n"
        ' 2  X  name="l2tp-pusat" type="l2tp-out" mtu=1450\n'
        ' 3     name="sstp-pusat" type="sstp-out" mtu=1450\n'
    )
    facts = told("/interface print detail", text)
    assert picked(facts["interfaces"], "name", "enabled", "up", "mtu", "description", "flaps") == [
        ("ether1", True, True, 1500, "ke gedung B mtu=9000 lantai 2", 3),
        ("pppoe-out1", True, True, 1480, "", 0),
        ("l2tp-pusat", False, False, 1450, "", 0),
        ("sstp-pusat", True, False, 1450, "", 0),
    ]
    assert picked(facts["tunnels"], "name", "kind", "up") == [
        ("pppoe-out1", "pppoe", True),
        ("sstp-pusat", "vpn", False),
    ]


def test_counters_have_spaces_between_thousands() -> None:
    text = ' 0  R  name="ether1" link-downs=2 rx-byte=39 519 107 rx-error=1 204 tx-error=6 tx-drop=9\n'
    (one,) = told("/interface print stats-detail", text)["interfaces"]
    assert (one["errors"], one["flaps"]) == (1210, 2)


PORTS = """                      name: ether1
                    status: link-ok
          auto-negotiation: done
                      rate: 100Mbps
               full-duplex: no
                      name: ether2 lama
                    status: no-link
          auto-negotiation: done
                      name: sfp1
                    status: link-ok
                      rate: 2.5Gbps
               full-duplex: yes
              sfp-rx-power: -21.5dBm
"""


def test_ports_asked_one_after_the_other() -> None:
    found = told(ros.EACH_PORT, PORTS)["interfaces"]
    assert picked(found, "name", "up", "duplex", "speed_mbps", "rx_dbm", "rx_low_dbm") == [
        ("ether1", True, "half", 100, None, None),
        ("ether2 lama", False, "", 0, None, None),
        ("sfp1", True, "full", 2500, -21.5, None),
    ]


def test_ports_side_by_side_are_not_guessed_apart() -> None:
    text = "    name: ether1  ether2\n  status: link-ok no-link\n    rate: 1Gbps\n"
    assert told(ros.EACH_PORT, text) == {"unparsed": True}


def page(received: bytes) -> str:
    """An optic's memory: from byte 128 on its monitoring page, low warning 0.0398 mW."""
    memory = bytearray(256)
    memory[128 + 38 : 128 + 40] = (398).to_bytes(2, "big")
    memory[128 + 104 : 128 + 106] = received
    rows = (f"{at:04x}: " + " ".join(f"{byte:02x}" for byte in memory[at : at + 16]) for at in range(0, 256, 16))
    return "      eeprom: " + "\n              ".join(f"{row}  ................" for row in rows) + "\n"


def test_the_optics_own_limit_counts_only_from_the_page_that_was_measured() -> None:
    text = "  name: sfp1\n  status: link-ok\n  rate: 1Gbps\n  full-duplex: yes\n  sfp-rx-power: -16.02dBm\n"
    (one,) = told(ros.EACH_PORT, text + page((250).to_bytes(2, "big")))["interfaces"]
    assert (one["rx_dbm"], one["rx_low_dbm"]) == (-16.02, -14.0)
    (one,) = told(ros.EACH_PORT, text + page((9000).to_bytes(2, "big")))["interfaces"]
    assert (one["rx_dbm"], one["rx_low_dbm"]) == (-16.02, None)


def test_interfaces_in_columns_some_with_a_comment() -> None:
    six = (
        "Flags: X - disabled, R - running, S - slave \n"
        " #    NAME                  MTU ARP             VLAN-ID INTERFACE\n"
        " 0 R  ;;; tamu\n"
        "      vlan 10              1500 enabled              10 bridge1\n"
        " 1 X  vlan20               9000 enabled              20 bridge1\n"
    )
    seven = (
        "Flags: X - DISABLED, R - RUNNING\nColumns: NAME, MTU, ARP, VLAN-ID, INTERFACE\n"
        "#   NAME     MTU  ARP      VLAN-ID  INTERFACE\n;;; tamu\n"
        "0 R vlan 10  1500  enabled       10  bridge1  \n"
        "1 X vlan20   9000  enabled       20  bridge1  \n"
    )
    for output in (six, seven):
        found = told("/interface vlan print", output)["interfaces"]
        assert picked(found, "name", "enabled", "up", "mtu", "description") == [
            ("vlan 10", True, True, 1500, "tamu"),
            ("vlan20", False, False, 9000, ""),
        ]


def test_disabled_addresses_with_a_comment_of_version_6_are_left_out() -> None:
    text = (
        "Flags: X - disabled, I - invalid, D - dynamic \n"
        " #   ADDRESS            NETWORK         INTERFACE\n"
        " 0   ;;; defconf\n"
        "     192.0.2.1/24       192.0.2.0       bridge lokal\n"
        " 1 X ;;; lama\n"
        "     198.51.100.1/24    198.51.100.0    ether3\n"
        " 2 D 203.0.113.9/32     203.0.113.1     pppoe-out1\n"
    )
    found = told("/ip address print", text)["interfaces"]
    assert picked(found, "name", "addresses") == [
        ("bridge lokal", ["192.0.2.1/24"]),
        ("pppoe-out1", ["203.0.113.9/32"]),
    ]


def test_addresses_of_version_7_with_their_vrf() -> None:
    text = (
        "Columns: ADDRESS, NETWORK, INTERFACE, VRF\n"
        "#  ADDRESS       NETWORK    INTERFACE  VRF \n"
        "0  192.0.2.1/24  192.0.2.0  ether1     main\n"
    )
    assert picked(told("/ip address print", text)["interfaces"], "name", "addresses") == [("ether1", ["192.0.2.1/24"])]
    assert told("/ip address print", text.replace("VRF", "XYZ")) == {"unparsed": True}


ROUTES = """Flags: D - dynamic; X - disabled, I - inactive, A - active;
c - connect, s - static, r - rip, b - bgp, o - ospf, d - dhcp, v - vpn; H - hw-offloaded; + - ecmp
   DAd   dst-address=0.0.0.0/0 routing-table=main gateway=192.0.2.1
         immediate-gw=192.0.2.1%ether1 distance=1 scope=30 target-scope=10
 0  Is   ;;; cadangan
         dst-address=0.0.0.0/0 routing-table=main gateway=198.51.100.1%ether2,lte1 distance=5
 1  As   dst-address=0.0.0.0/0 routing-table=tamu gateway=203.0.113.1 distance=1
   DAc   dst-address=192.0.2.0/24 routing-table=main gateway=ether1 immediate-gw=ether1 distance=0
"""


def test_default_routes_of_version_7_some_without_a_number() -> None:
    found = told("/ip route print detail", ROUTES)["default_routes"]
    assert picked(found, "gateway", "interface", "protocol", "active", "distance") == [
        ("192.0.2.1", "ether1", "dhcp", True, 1),
        ("198.51.100.1", "ether2", "static", False, 5),
        ("lte1", "lte1", "static", False, 5),
    ]


def test_default_routes_of_version_6() -> None:
    text = (
        " 0 A S  dst-address=0.0.0.0/0 gateway=192.0.2.1 gateway-status=192.0.2.1 reachable via  ether1 pusat\n"
        " 1 ADS  dst-address=0.0.0.0/0 gateway=pppoe-out1 gateway-status=pppoe-out1 reachable distance=2\n"
        " 2 A S  dst-address=0.0.0.0/0 gateway=192.0.2.9 distance=1 routing-mark=tamu\n"
    )
    found = told("/ip route print terse", text)["default_routes"]
    assert picked(found, "gateway", "interface", "protocol") == [
        ("192.0.2.1", "ether1 pusat", "static"),
        ("pppoe-out1", "pppoe-out1", ""),
    ]


def test_default_routes_in_columns() -> None:
    text = (
        "Flags: D - DYNAMIC; A - ACTIVE; c - CONNECT, s - STATIC\n"
        "Columns: DST-ADDRESS, GATEWAY, DISTANCE\n"
        "#     DST-ADDRESS   GATEWAY    DISTANCE\n"
        "0  As 0.0.0.0/0     192.0.2.1         1\n"
        "  DAc 192.0.2.0/24  ether1            0\n"
    )
    found = told("/ip route print", text)["default_routes"]
    assert picked(found, "gateway", "protocol", "active", "distance") == [("192.0.2.1", "static", True, 1)]
    assert told("/ip route print", text.replace("GATEWAY", "NEXT")) == {"unparsed": True}


OSPF_6 = (
    " 0    interface=ether1 cost=10 network-type=point-to-point hello-interval=10s dead-interval=40s\n"
    " 1 X  interface=ether9 cost=10 network-type=broadcast hello-interval=10s dead-interval=40s\n"
    " 0 instance=default router-id=192.0.2.2 address=192.0.2.6 interface=ether1 state=Full adjacency=1d\n"
)
OSPF_7 = (
    " 0 D address=192.0.2.5%ether1 area=pusat state=ptp network-type=ptp cost=10 hello-interval=1s dead-interval=4s\n"
    " 1 D address=198.51.100.1%ether2 area=pusat state=passive hello-interval=10s dead-interval=40s\n"
    ' 0 D instance=v2 area=pusat address=192.0.2.6 router-id=192.0.2.2 state="Full" adjacency=2m timeout=33s\n'
)


def test_ospf_links_know_their_neighbours_where_the_device_says() -> None:
    facts = told(ros.OSPF, OSPF_6)
    assert picked(facts["ospf_interfaces"], "name", "hello_s", "dead_s", "kind", "neighbors") == [
        ("ether1", 10, 40, "point-to-point", 1)
    ]
    facts = told(ros.OSPF, OSPF_7)
    assert picked(facts["ospf_interfaces"], "name", "area", "hello_s", "dead_s", "passive", "kind") == [
        ("ether1", "pusat", 1, 4, False, ""),
        ("ether2", "pusat", 10, 40, True, ""),
    ]
    assert picked(facts["ospf_neighbors"], "router_id", "address", "interface", "state") == [
        ("192.0.2.2", "192.0.2.6", "", "Full")
    ]


def test_an_ospf_template_is_for_several_interfaces() -> None:
    text = " 0   interfaces=ether1,ether2 area=pusat type=ptp passive\n 1 X interfaces=ether3 area=pusat\n"
    found = told("/routing ospf interface-template print terse", text)["ospf_interfaces"]
    assert picked(found, "name", "area", "kind", "passive") == [
        ("ether1", "pusat", "ptp", True),
        ("ether2", "pusat", "ptp", True),
    ]


def test_bgp_sessions_of_version_7() -> None:
    text = (
        "Flags: E - established\n"
        ' 0 E name="pusat-1" remote.address=192.0.2.2@main .as=65002 .id=192.0.2.2 .messages=9 .eor=""\n'
        "     local.address=192.0.2.1 .as=65001 .id=192.0.2.1\n"
        "     output.procid=20 ibgp uptime=1d\n"
        ' 1   name="cadang-1" remote.address=192.0.2.6 .as=65003 local.address=192.0.2.5 .as=65001\n'
    )
    found = told("/routing bgp session print", text)["bgp_peers"]
    assert picked(found, "address", "remote_as", "state") == [
        ("192.0.2.2", "65002", "established"),
        ("192.0.2.6", "65003", ""),
    ]


def test_neighbours_tell_their_port() -> None:
    text = (
        " 0 interface=ether2,bridge1 address=192.0.2.8 address4=192.0.2.8 mac-address=02:00:00:00:00:08\n"
        '   identity="sw-lantai 2"\n'
        '   platform="MikroTik" interface-name="bridge1/ether24" system-description="a name=b"\n'
        " 1 interface=ether3 mac-address=02:00:00:00:00:09 age=3s\n"
    )
    found = told("/ip neighbor print detail", text)["neighbors"]
    assert picked(found, "interface", "name", "port", "address", "platform") == [
        ("ether2", "sw-lantai 2", "bridge1/ether24", "192.0.2.8", "MikroTik"),
        ("ether3", "02:00:00:00:00:09", "", "", ""),
    ]


def test_only_who_answers_stands_in_the_arp_table() -> None:
    text = (
        "Flags: D - DYNAMIC; C - COMPLETE\nColumns: ADDRESS, MAC-ADDRESS, INTERFACE, STATUS\n"
        "#    ADDRESS    MAC-ADDRESS        INTERFACE     STATUS   \n"
        "0 DC 192.0.2.7  02:00:00:00:00:07  bridge lokal  reachable\n"
        "1 D  192.0.2.9                     bridge lokal  failed   \n"
    )
    assert told("/ip arp print", text)["arp"] == [
        {"address": "192.0.2.7", "mac": "02:00:00:00:00:07", "interface": "bridge lokal"}
    ]
    text = (
        " 0 DC address=192.0.2.7 mac-address=02:00:00:00:00:07 interface=ether2\n"
        " 1 D address=192.0.2.9 interface=ether2\n"
    )
    assert picked(told("/ip arp print terse", text)["arp"], "address") == [("192.0.2.7",)]


BRIDGE = """ 0   H comment=pusat interface=ether1 bridge=bridge1 priority=0x80 path-cost=10 bpdu-guard=no
 1   H interface=ether2 bridge=bridge1 priority=0x80 path-cost=10
 2 XI  interface=ether3 bridge=bridge1 priority=0x80
             interface: ether1
                status: in-bridge
                  role: designated-port
              learning: yes
            forwarding: yes
             interface: ether2
                status: in-bridge
                  role: alternate-port
              learning: no
            forwarding: no
             interface: ether3
                status: inactive
"""


def test_bridge_ports_tell_role_and_state() -> None:
    facts = told(ros.BRIDGE_PORTS, BRIDGE)
    assert picked(facts["interfaces"], "name", "master") == [("ether1", "bridge1"), ("ether2", "bridge1")]
    assert picked(facts["stp_ports"], "interface", "role", "state") == [
        ("ether1", "designated", "forwarding"),
        ("ether2", "alternate", "discarding"),
    ]


def test_pools_of_dhcp_servers_are_counted() -> None:
    text = (
        " 0   name=dhcp1 interface=bridge1 lease-time=10m address-pool=lan\n"
        " 1   name=dhcp2 interface=bridge2 lease-time=10m address-pool=tamu\n"
        " 0 name=lan ranges=192.0.2.10-192.0.2.19,192.0.2.30\n 1 name=ppp ranges=198.51.100.0/24\n"
        " 2 name=tamu ranges=203.0.113.2-203.0.113.3 total=2 used=2 available=0\n"
        " 0 pool=lan address=192.0.2.19 owner=DHCP info=02:00:00:00:00:01\n"
        " 1 pool=lan address=192.0.2.18 owner=DHCP info=02:00:00:00:00:02\n"
    )
    assert told(ros.POOLS, text)["dhcp_pools"] == [
        {"name": "lan", "size": 11, "used": 2},
        {"name": "tamu", "size": 2, "used": 2},
    ]


def test_a_lease_in_conflict_and_strange_servers() -> None:
    lease = " 0 D address=192.0.2.19 server=dhcp1 status=conflict expires-after=6m\n"
    assert picked(told(ros.CONFLICTS, lease)["address_conflicts"], "subject") == [("192.0.2.19",)]
    table = (
        " #   ADDRESS     MAC-ADDRESS        HOST-NAME    SERVER   STATUS    LAST-SEEN\n"
        " 0 D 192.0.2.18  02:00:00:00:00:01  conflict     dhcp1    bound     3m6s\n"
        " 1 D 192.0.2.19                                  dhcp1    conflict  3m6s\n"
    )
    assert picked(told("/ip dhcp-server lease print", table)["address_conflicts"], "subject") == [("192.0.2.19",)]
    alert = " 0   interface=bridge1 unknown-server=02:00:00:00:00:66\n 1   interface=ether2 unknown-server=\n"
    (one,) = told("/ip dhcp-server alert print terse", alert)["dhcp_strangers"]
    assert one == {"subject": "02:00:00:00:00:66", "line": "interface=bridge1 unknown-server=02:00:00:00:00:66"}


@pytest.mark.parametrize(
    "form",
    [
        "jul/19/2023 14:27:01 {} {}",
        "14:27:01 {} {}",
        "2026-11-20 14:27:01 {} {}",
        ' time=jul/19 14:27:01 topics={} message="{}"',
    ],
)
def test_the_log_tells_loops_conflicts_and_strange_servers(form: str) -> None:
    lines = [
        ("interface,warning", "ether5: bridge port received packet with own address as source address, probably loop"),
        ("dhcp,warning", "dhcp1: detected conflict by arp response for 192.0.2.19 from 02:00:00:00:00:01"),
        (
            "dhcp,critical,error",
            "dhcp alert on lan: discovered unknown dhcp server, mac 02:00:00:00:00:66, ip 192.0.2.66",
        ),
        ("script,info", "loop detected? conflict for 192.0.2.1"),
    ]
    facts = told("/log print", "\n".join(form.format(*line) for line in lines) + "\n")
    assert {name: picked(notes, "subject") for name, notes in facts.items()} == {
        "loops": [("ether5",)],
        "address_conflicts": [("192.0.2.19",)],
        "dhcp_strangers": [("192.0.2.66",)],
    }


def test_only_what_is_not_well_is_an_alarm() -> None:
    six = "  voltage: 24.1V\n  fan1-speed: 0RPM\n  psu1-state: ok\n  psu2-state: fail\n"
    seven = (
        "Columns: NAME, VALUE, TYPE\n#  NAME        VALUE  TYPE\n0  voltage     24.1   V   \n"
        "1  psu1-state  ok         \n2  psu2-state  fail       \n"
    )
    for output in (six, seven):
        assert told("/system health print", output)["alarms"] == [{"subject": "psu2-state", "line": "psu2-state: fail"}]
    assert told("/system health print", "  temperature: 40C\n") == {"alarms": []}


@pytest.mark.parametrize(
    ("output", "synchronised"),
    [
        ("  enabled: yes\n  servers: 192.0.2.1\n  status: synchronized\n", True),
        ("  enabled: yes\n  servers: 192.0.2.1\n  status: waiting\n", False),
        ("  enabled: yes\n  mode: unicast\n  last-update-before: 5m3s\n", True),
        ("  enabled: yes\n  mode: unicast\n  primary-ntp: 192.0.2.1\n", False),
        ("  enabled: no\n  mode: unicast\n", None),
    ],
)
def test_the_clock(output: str, synchronised: bool | None) -> None:
    assert told("/system ntp client print", output)["clock_synchronised"] is synchronised


def test_radios_count_their_clients_and_stations_have_none() -> None:
    six = (
        " 0  R name=wlan1 mtu=1500 mode=ap-bridge ssid=kantor\n 1 X  name=wlan2 mode=ap-bridge ssid=tamu\n"
        " 2  R name=wlan3 mode=station ssid=pusat\n 3    comment=managed by CAPsMAN name=wlan4 mode=ap-bridge\n"
        " 0 interface=wlan1 mac-address=02:00:00:00:00:01 ap=no\n"
        " 1 interface=wlan1 mac-address=02:00:00:00:00:02 ap=no\n"
    )
    assert told(ros.WIRELESS, six)["radios"] == [
        {"name": "wlan1", "enabled": True, "clients": 2},
        {"name": "wlan2", "enabled": False, "clients": 0},
    ]
    seven = (
        " 0 MBR default-name=wifi1 name=wifi1 configuration.mode=ap .ssid=kantor\n 1 M name=wifi2 configuration=c1\n"
    )
    assert told(ros.WIFI, seven)["radios"] == [{"name": "wifi1", "enabled": True, "clients": 0}]


def test_what_several_commands_tell_of_a_port_is_one_port() -> None:
    raw = {
        "/interface print terse without-paging": " 0  R comment=pusat name=ether1 type=ether mtu=1500 link-downs=2\n",
        "/interface print stats-detail without-paging": ' 0  R name="ether1" link-downs=2 rx-error=7 tx-error=0\n',
        ros.EACH_PORT: "  name: ether1\n  status: link-ok\n  rate: 100Mbps\n  full-duplex: no\n",
        ros.BRIDGE_PORTS: BRIDGE,
        "/ip address print terse without-paging": " 0   address=192.0.2.1/24 network=192.0.2.0 interface=ether1\n",
    }
    one = SHAPE.parse(raw).interface("ether1")
    assert one is not None
    assert set(raw) <= set(SHAPE.reads)
    assert (one.up, one.mtu, one.errors, one.flaps, one.duplex) == (True, 1500, 7, 2, "half")
    assert (one.speed_mbps, one.description, one.master, one.addresses) == (100, "pusat", "bridge1", ("192.0.2.1/24",))


def test_every_read_has_its_parser() -> None:
    assert [command for command in SHAPE.reads if SHAPE.command_key(command) not in SHAPE.parsers] == []


def test_wireguard_peers_of_which_it_is_sure() -> None:
    text = (
        " 0 interface=wg1 name=pusat persistent-keepalive=25s last-handshake=5m\n"
        " 1 interface=wg1 name=laptop last-handshake=2d\n 2 interface=wg1 name=cabang last-handshake=59s\n"
    )
    found = told("/interface wireguard peers print terse", text)["tunnels"]
    assert picked(found, "name", "up") == [("pusat", False), ("cabang", True)]


def test_pppoe_clients() -> None:
    text = ' 0   name="isp" max-mtu=1480 interface=ether1\n 1 X name="lama" interface=ether2\n'
    assert picked(told("/interface pppoe-client print detail", text)["tunnels"], "name", "kind", "up") == [
        ("isp", "pppoe", False)
    ]


CONFIG = r"""# 2026-11-21 08:00:00 by RouterOS 7.15.3
# software id = CNTH-0001
#
# model = RB4011iGS+
# serial number = CONTOH000001
/interface bridge
add comment="lantai 2, password=" name=bridge1
/interface ethernet
set [ find default-name=ether1 ] comment="Uplink ke pusat, \"jalur A\""
/interface wireless security-profiles
set [ find default=yes ] supplicant-identity=MikroTik
add authentication-types=wpa2-psk mode=dynamic-keys name=kantor \
    wpa-pre-shared-key="sandi wifi lama" wpa2-pre-shared-key=\
    "sandi \"wifi\" baru"
/interface wifi security
add authentication-types=wpa3-psk name=tamu passphrase=TamuContoh1
/interface wireguard
add listen-port=13231 mtu=1420 name=wg1 private-key=\
    "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcdefg="
/interface wireguard peers
add allowed-address=192.0.2.0/24 interface=wg1 preshared-key=\
    "PsKaBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcd=" public-key=\
    "PubaBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcd="
/interface pppoe-client
add add-default-route=yes disabled=no interface=ether1 name=pppoe-out1 \
    password=IspContoh2 user=kantor@isp.example
/interface l2tp-client
add connect-to=198.51.100.1 ipsec-secret=IpsecContoh3 name=l2tp-pusat \
    password="L2tp Contoh4" use-ipsec=yes user=cabang
/ip ipsec identity
add peer=pusat secret=IkeContoh5
/ppp secret
add name=opd password=PppContoh6 profile=default
/radius
add address=192.0.2.9 secret=RadiusContoh7 service=login
/routing ospf interface-template
add area=pusat auth=md5 auth-id=1 auth-key=OspfContoh8 interfaces=ether1
/routing bgp connection
add as=65001 name=pusat remote.address=192.0.2.2 .as=65002 tcp-md5-key=BgpContoh9
/snmp community
set [ find default=yes ] disabled=yes
add addresses=192.0.2.0/24 authentication-password=SnmpContoh10 \
    encryption-password=SnmpContoh11 name=KomunitasContoh13
add addresses=198.51.100.0/24 name="Komunitas Contoh14"
/system identity
set name=rt-contoh
/system script
add dont-require-permissions=no name=cek owner=admin source="\
    \n:log info \"uji\"\
    \n/user set admin password=\"SkripContoh15\"\
    \n:delay 1s"
/tool e-mail
set from=rt@contoh.example password=SurelContoh12 server=192.0.2.25
# end of export
"""
SECRETS = (
    "sandi wifi lama", r"sandi \"wifi\" baru", "TamuContoh1", "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcdefg=",
    "PsKaBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcd=", "IspContoh2", "IpsecContoh3", "L2tp Contoh4", "IkeContoh5",
    "PppContoh6", "RadiusContoh7", "OspfContoh8", "BgpContoh9", "SnmpContoh10", "SnmpContoh11", "SurelContoh12",
    "KomunitasContoh13", "Komunitas Contoh14", "SkripContoh15",
)  # fmt: skip


def test_the_redacted_view_hides_every_secret() -> None:
    shown = redact(NAME, CONFIG, hidden)
    assert [secret for secret in SECRETS if secret in shown] == []
    assert shown.count("<disamarkan>") == len(SECRETS)
    assert len(shown.splitlines()) == len(CONFIG.splitlines())
    assert "PubaBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcd=" in shown


def test_what_changes_by_itself_does_not_change_the_digest() -> None:
    assert digest(NAME, CONFIG.replace("2026-11-21 08:00:00", "2026-12-01 09:30:00")) == digest(NAME, CONFIG)
    assert digest(NAME, CONFIG.replace("ether1", "ether2")) != digest(NAME, CONFIG)


def test_no_truncation_at_any_byte_is_whole() -> None:
    text = normalised(NAME, CONFIG)
    check_complete(NAME, text, prompt="[otomasi@rt-contoh] > ")
    good = [at for at in range(len(text)) if accepted(text[:at])]
    print(f"{len(text)} truncations, {len(good)} accepted")
    assert good == []


def accepted(text: str, prompt: str = "") -> bool:
    try:
        check_complete(NAME, text, prompt=prompt)
    except NotComplete as error:
        return error.reason not in (Reason.INCOMPLETE, Reason.REFUSED_OUTPUT)
    return True


def test_a_refusal_and_another_routers_configuration_are_refused() -> None:
    text = normalised(NAME, CONFIG)
    assert not accepted("bad command name eksport (line 1 column 1)\n# end of export\n")
    assert not accepted(text, prompt="[otomasi@rt-lain] > ")


UNTOLD = {
    "interface_bridge_host_print_terse_without-paging",
    "interface_ethernet_poe_print_without-paging",
    "interface_lte_apn_print_terse",
    "ip_dns_cache_print_terse_without-paging",
    "ip_firewall_address-list_print_terse",
    "ip_firewall_nat_print_all_without-paging",
    "ping",
    "tool_speed-test_address",
    "user_active_print",
}
"""Commands about what no fact holds."""
OWN_WORDS = {"line", "note", "role", "state", "kind", "protocol", "duplex"}


@pytest.mark.parametrize("file", RECORDED or [None], ids=lambda file: file.stem if file else "none")
def test_every_string_of_a_recordings_facts_stands_in_it(file: Path | None) -> None:
    if file is None:
        pytest.skip(f"no recordings at {RECORDINGS}")
    text = file.read_text()
    facts = told(file.parent.name, text)
    assert ("unparsed" in facts) == (file.parent.name in UNTOLD)
    if "unparsed" in facts:
        return
    plain = " ".join(text.split())
    for key, value in strings(facts):
        assert key in OWN_WORDS or value in plain, (key, value)
    assert not re.search("login failure", json.dumps(facts))


def strings(value: Any, key: str = "") -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(key, value)]
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in strings(inner, name)]
    return [found for inner in value for found in strings(inner, key)] if isinstance(value, list) else []


def recorded(folder: str, name: str = "") -> dict[str, Any]:
    found = [file for file in RECORDED if file.parent.name == folder and name in file.name]
    if not found:
        pytest.skip(f"no recordings at {RECORDINGS}")
    return told(folder, found[-1].read_text())


def test_a_recorded_optic_agrees() -> None:
    (one,) = recorded("interface_ethernet_monitor_name_once", "once3")["interfaces"]
    assert (one["name"], one["up"], one["duplex"], one["speed_mbps"]) == ("sfp-sfpplus24", True, "full", 10000)
    assert (one["rx_dbm"], one["rx_low_dbm"]) == (-1.203, -14.0)


def test_recorded_tables_agree() -> None:
    found = recorded("interface_print_brief")["interfaces"]
    assert picked(found, "name", "up", "mtu")[:3] == [
        ("ether1", False, 1500),
        ("ether2", False, 1500),
        ("ether3", True, 1500),
    ]
    found = recorded("interface_ethernet_print")["interfaces"]
    assert picked(found, "name", "enabled", "up")[1:3] == [("ether2", True, True), ("ether3", False, False)]
    found = recorded("ip_address_print", "_5")["interfaces"]
    assert picked(found, "name", "addresses") == [
        ("sfp-sfpplus10", ["192.168.10.1/24"]),
        ("pppoe-out1", ["1.1.1.1/32"]),
    ]


def test_recorded_sessions_and_neighbours_agree() -> None:
    (one,) = recorded("routing_bgp_peer_print_status")["bgp_peers"]
    assert (one["address"], one["remote_as"], one["state"]) == ("192.168.1.134", "65001", "opensent")
    (one,) = recorded("ip_neighbor_print_detail")["neighbors"]
    assert one == {
        "interface": "ether10",
        "name": "CLEAR",
        "port": "ether1",
        "address": "1.2.4.5",
        "platform": "MikroTik",
    }
    (one,) = recorded("ip_route_print_terse")["default_routes"]
    assert (one["prefix"], one["gateway"], one["active"], one["distance"]) == ("::/0", "pppoe-out1", True, 100)


def test_a_recorded_conflict_agrees() -> None:
    folder = "ip_dhcp-server_lease_print_terse_without-paging"
    found = recorded(folder, f"{folder}.raw")["address_conflicts"]
    assert picked(found, "subject") == [("192.168.69.254",)]
