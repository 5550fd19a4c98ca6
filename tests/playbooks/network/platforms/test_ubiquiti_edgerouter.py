"""Ubiquiti EdgeRouter: outputs in the form of EdgeOS, and those that were recorded."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playbooks.network.backup import digest
from playbooks.network.diagnose import parse
from playbooks.network.facts import Facts, Interface
from playbooks.network.platforms import get
from playbooks.network.redaction import hidden, redact

NAME = "ubiquiti_edgerouter"
RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
FOLDER = RECORDINGS / "cli" / NAME

VERSION = """Version:      v2.0.9-hotfix.7
Build ID:     5622762
Build on:     12/12/22 10:00
Copyright:    2012-2020 Ubiquiti Networks, Inc.
HW model:     EdgeRouter Contoh
HW S/N:       00005E005301
Uptime:       06:40:00 up 1 day,  7 min,  1 user,  load average: 0.09, 0.06, 0.01
"""
BRIEF = """Codes: S - State, L - Link, u - Up, D - Down, A - Admin Down
Interface    IP Address                        S/L  Description                 
---------    ----------                        ---  -----------                 
eth0         192.0.2.2/30                      u/u  WAN (ISP: Contoh)           
eth1         -                                 A/D  
eth2         -                                 u/D  
switch0.10   198.51.100.1/24                   u/u  kantor                      
             2001:db8::1/64                    
"""  # noqa: W291
DETAIL = """eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UP group default qlen 1000
    link/ether 00:00:5e:00:53:01 brd ff:ff:ff:ff:ff:ff
    inet 192.0.2.2/30 brd 192.0.2.3 scope global eth0
       valid_lft forever preferred_lft forever
    inet6 fe80::200:5eff:fe00:5301/64 scope link
       valid_lft forever preferred_lft forever
    Description: WAN

    RX:  bytes    packets     errors    dropped    overrun      mcast
       3231231      23222          3          0          0          0
    TX:  bytes    packets     errors    dropped    carrier collisions
       1231231      13222          4          0          0          0
eth1: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc pfifo_fast state DOWN group default qlen 1000
    link/ether 00:00:5e:00:53:02 brd ff:ff:ff:ff:ff:ff

    RX:  bytes    packets     errors    dropped    overrun      mcast
             0          0          0          0          0          0
    TX:  bytes    packets     errors    dropped    carrier collisions
             0          0          0          0          0          0
eth2.20@eth2: <BROADCAST,MULTICAST> mtu 1400 qdisc noop state DOWN group default qlen 1000
    link/ether 00:00:5e:00:53:03 brd ff:ff:ff:ff:ff:ff
"""
PHYSICAL = """Settings for eth0:
\tSupported ports: [ TP MII ]
\tSpeed: 1000Mb/s
\tDuplex: Full
\tAuto-negotiation: on
\tLink detected: yes
"""
ROUTES = """Codes: K - kernel, C - connected, S - static, R - RIP, B - BGP
       O - OSPF, IA - OSPF inter area
       > - selected route, * - FIB route, p - stale info

IP Route Table for VRF "default"
S    *> 0.0.0.0/0 [1/0] via 192.0.2.1, eth0
     *>           [1/0] via 192.0.2.5 (recursive is directly connected, pppoe0) )
O E2    0.0.0.0/0 [110/10] via 198.51.100.9, eth2, 00:10:00
C    *> 192.0.2.0/30 is directly connected, eth0
O IA *> 203.0.113.0/24 [110/20] via 198.51.100.9, eth2, 00:10:00
"""
OSPF = """
OSPF process 0:
Neighbor ID     Pri   State            Dead Time   Address         Interface           Instance ID
198.51.100.9      1   Full/DR          00:00:35    198.51.100.9    eth2                    0
198.51.100.8      1   ExStart/ -       00:00:31    198.51.100.13   eth3                    0
"""
BGP = """BGP router identifier 198.51.100.1, local AS number 65001
BGP table version is 4
1 BGP AS-PATH entries
0 BGP community entries

Neighbor                 V   AS   MsgRcv    MsgSen TblVer   InQ   OutQ    Up/Down   State/PfxRcd
192.0.2.1                4 65002 86         89          4      0      0  00:41:08               3
2001:db8::9              4 65003 0          0           0      0      0  never     Active

Total number of neighbors 2
"""
LLDP = """Capability Codes: R - Router, B - Bridge, W - Wlan r - Repeater, S - Station
                  D - Docsis, T - Telephone, O - Other

Device ID                 Local  Proto  Cap   Platform             Port ID
---------                 -----  -----  ---   --------             -------
sw-contoh                 eth1   LLDP   B     EdgeSwitch 24        Port 24
"""
ARP = """Address                  HWtype  HWaddress           Flags Mask            Iface
198.51.100.20            ether   00:00:5e:00:53:20   C                     switch0.10
198.51.100.21                    (incomplete)                              switch0.10
"""
POOLS = """
pool                        pool size   leased      avail
----                        ---------   ------      -----
kantor                      100         97          3
"""
OLD_MEMORY = """             total       used       free     shared    buffers     cached
Mem:          1000        600        400          0        100        200
-/+ buffers/cache:        300        700
Swap:            0          0          0
"""
NEW_MEMORY = """              total        used        free      shared  buff/cache   available
Mem:           2000         300         900           6         800        1500
Swap:             0           0           0
"""
STORAGE = """Filesystem                Size      Used     Avail Use% Mounted on
overlay                   1.5G      600M      900M  40% /
tmpfs                     200M      4.0K      200M   1% /run
"""
NTP = """     remote           refid      st t when poll reach   delay   offset  jitter
==============================================================================
+192.0.2.124     192.0.2.200      2 u   12   64  377    1.000    0.200   0.100
*192.0.2.123     192.0.2.200      2 u   10   64  377    1.234    0.123   0.045
"""


def interface(**known: Any) -> dict[str, Any]:
    facts: dict[str, Any] = Facts(interfaces=(Interface(**known),)).as_json()["interfaces"][0]
    return facts | {"addresses": list(facts["addresses"])}


def route(gateway: str, out: str, protocol: str, active: bool, distance: int) -> dict[str, Any]:
    return {
        "prefix": "0.0.0.0/0",
        "gateway": gateway,
        "interface": out,
        "protocol": protocol,
        "active": active,
        "distance": distance,
    }


EXPECTED: dict[str, tuple[str, dict[str, Any]]] = {
    "show version": (
        VERSION,
        {
            "version": "v2.0.9-hotfix.7",
            "uptime_s": 86820,
            "model": "EdgeRouter Contoh",
            "serial": "00005E005301",
        },
    ),
    "show interfaces": (
        BRIEF,
        {
            "interfaces": [
                interface(name="eth0", description="WAN (ISP: Contoh)", addresses=("192.0.2.2/30",), line="eth0 u/u"),
                interface(name="eth1", enabled=False, up=False, line="eth1 A/D"),
                interface(name="eth2", up=False, line="eth2 u/D"),
                interface(
                    name="switch0.10",
                    description="kantor",
                    addresses=("198.51.100.1/24", "2001:db8::1/64"),
                    line="switch0.10 u/u",
                ),
            ]
        },
    ),
    "show interfaces detail": (
        DETAIL,
        {
            "interfaces": [
                interface(
                    name="eth0",
                    description="WAN",
                    mtu=1500,
                    addresses=("192.0.2.2/30",),
                    errors=7,
                    line="eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500",
                ),
                interface(name="eth1", up=False, mtu=1500, line="eth1: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500"),
                interface(
                    name="eth2.20", enabled=False, up=False, mtu=1400, line="eth2.20: <BROADCAST,MULTICAST> mtu 1400"
                ),
            ]
        },
    ),
    "show interfaces ethernet physical": (
        PHYSICAL,
        {"interfaces": [interface(name="eth0", duplex="full", speed_mbps=1000, line="eth0 Link detected: yes")]},
    ),
    "show ip route": (
        ROUTES,
        {
            "default_routes": [
                route("192.0.2.1", "eth0", "static", True, 1),
                route("192.0.2.5", "pppoe0", "static", True, 1),
                route("198.51.100.9", "eth2", "OSPF", False, 110),
            ]
        },
    ),
    "show ip ospf neighbor": (
        OSPF,
        {
            "ospf_neighbors": [
                {"router_id": "198.51.100.9", "address": "198.51.100.9", "interface": "eth2", "state": "Full/DR"},
                {"router_id": "198.51.100.8", "address": "198.51.100.13", "interface": "eth3", "state": "ExStart/ -"},
            ]
        },
    ),
    "show ip bgp summary": (
        BGP,
        {
            "bgp_peers": [
                {"address": "192.0.2.1", "remote_as": "65002", "state": "Established", "note": "192.0.2.1 AS 65002 3"},
                {
                    "address": "2001:db8::9",
                    "remote_as": "65003",
                    "state": "Active",
                    "note": "2001:db8::9 AS 65003 Active",
                },
            ]
        },
    ),
    "show lldp neighbors": (
        LLDP,
        {
            "neighbors": [
                {
                    "interface": "eth1",
                    "name": "sw-contoh",
                    "port": "Port 24",
                    "address": "",
                    "platform": "EdgeSwitch 24",
                }
            ]
        },
    ),
    "show arp": (
        ARP,
        {"arp": [{"address": "198.51.100.20", "mac": "00:00:5e:00:53:20", "interface": "switch0.10"}]},
    ),
    "show dhcp statistics": (POOLS, {"dhcp_pools": [{"name": "kantor", "size": 100, "used": 97}]}),
    "show system memory": (OLD_MEMORY, {"memory_percent": 30.0}),
    "show system storage": (STORAGE, {"storage_percent": 40.0}),
    "show ntp": (
        NTP,
        {
            "clock_synchronised": True,
            "clock_line": "*192.0.2.123     192.0.2.200      2 u   10   64  377    1.234    0.123   0.045",
        },
    ),
}


@pytest.mark.parametrize("command", EXPECTED)
def test_outputs_give_exactly_these_facts(command: str) -> None:
    output, facts = EXPECTED[command]
    assert parse(NAME, command, output) == facts


def test_every_command_of_a_diagnosis_has_its_sample() -> None:
    assert set(get(NAME).reads) <= set(EXPECTED)


def test_both_forms_of_the_table_of_memory_are_read() -> None:
    assert parse(NAME, "show system memory", NEW_MEMORY) == {"memory_percent": 25.0}


def test_a_clock_that_follows_no_server_is_not_synchronised() -> None:
    assert parse(NAME, "show ntp", NTP.replace("*192", " 192"))["clock_synchronised"] is False


@pytest.mark.parametrize(
    ("text", "seconds"), [("up 11 days,  6:15,", 972900), ("up 5 min,", 300), ("up  3:02,", 10920)]
)
def test_uptimes(text: str, seconds: int) -> None:
    shown = re.sub(r"up 1 day, +7 min,", text, VERSION)
    assert parse(NAME, "show version", shown)["uptime_s"] == seconds


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("show interfaces", BRIEF.replace("u/D", "x/D")),
        ("show interfaces", BRIEF.replace("2001:db8::1/64", "lanjutan nama")),
        ("show interfaces detail", DETAIL + "lo: <LOOPBACK"),
        ("show ip route", ROUTES.replace("[1/0] via 192.0.2.5", "[1/0] over 192.0.2.5")),
        ("show ip ospf neighbor", OSPF.replace("Full/DR ", "??????? ")),
        ("show ip bgp summary", BGP.replace(" 86 ", " xx ")),
        ("show lldp neighbors", LLDP.replace("sw-contoh                 eth1", "sw-contoh                eth100")),
        ("show system memory", OLD_MEMORY.replace("buffers     cached", "lain          lain")),
    ],
)
def test_what_is_not_understood_is_no_fact(command: str, output: str) -> None:
    assert output != EXPECTED[command][0]
    assert parse(NAME, command, output) == {"unparsed": True}


CONFIG = """set firewall name WAN_LOCAL default-action drop
set firewall name WAN_LOCAL description 'tanpa password tidak masuk'
set interfaces ethernet eth0 address 192.0.2.2/30
set interfaces ethernet eth0 pppoe 0 password sandi-pppoe
set interfaces ethernet eth0 pppoe 0 user-id kantor
set interfaces ethernet eth1 ip ospf authentication md5 key-id 1 md5-key kunci-ospf
set interfaces wireguard wg0 private-key 'a2V5+YWJjZGVm='
set protocols bgp 65001 neighbor 192.0.2.1 password 'sandi bgp'
set service dns dynamic interface eth0 service dyndns password sandi-dns
set service snmp community rahasia-snmp authorization ro
set service snmp community rahasia-snmp2
set service snmp v3 user petugas auth plaintext-key kunci-auth
set service snmp v3 user petugas privacy plaintext-key kunci-priv
set service unms connection 'wss://unms.example.org:443+kunci-unms+allowSelfSigned'
set system config-management commit-archive location 'scp://cadangan:sandi@192.0.2.9/cadangan'
set system host-name er-contoh
set system login banner pre-login '\\nadmin@er-lain:~$ hanya petugas\\n'
set system login radius-server 192.0.2.7 secret rahasia-radius
set system login user admin authentication encrypted-password '$6$abcd$efghijklmnop'
set system login user admin authentication plaintext-password ''
set system login user admin authentication public-keys petugas key AAAAB3NzaC1yc2E
set system login user admin level admin
set vpn ipsec site-to-site peer 203.0.113.9 authentication pre-shared-secret 'rahasia vpn'
set vpn l2tp remote-access authentication local-users username tamu password sandi-l2tp
set vpn l2tp remote-access authentication radius-server 192.0.2.7 key rahasia-radius2
"""
SECRETS = (
    "sandi-pppoe",
    "kunci-ospf",
    "a2V5+YWJjZGVm=",
    "sandi bgp",
    "sandi-dns",
    "rahasia-snmp",
    "rahasia-snmp2",
    "kunci-auth",
    "kunci-priv",
    "wss://unms.example.org:443+kunci-unms+allowSelfSigned",
    "scp://cadangan:sandi@192.0.2.9/cadangan",
    "rahasia-radius",
    "$6$abcd$efghijklmnop",
    "rahasia vpn",
    "sandi-l2tp",
    "rahasia-radius2",
)


def test_the_redacted_view_hides_exactly_the_secrets() -> None:
    expected = CONFIG
    for secret in sorted(SECRETS, key=len, reverse=True):
        assert secret in expected
        expected = expected.replace(secret, "<disamarkan>", 1)
    shown = redact(NAME, CONFIG, hidden)
    assert shown == expected
    assert shown.count("<disamarkan>") == len(SECRETS)


def test_only_changes_change_the_digest() -> None:
    assert digest(NAME, "\n" + CONFIG + "\n") == digest(NAME, CONFIG)
    assert digest(NAME, CONFIG.replace("192.0.2.2/30", "192.0.2.6/30")) != digest(NAME, CONFIG)


def test_the_configuration_has_its_parts_and_names_the_router() -> None:
    shape = get(NAME)
    assert all(re.search(part, CONFIG, re.MULTILINE) for part in (shape.first_line, *shape.sections))
    assert re.findall(shape.hostname, CONFIG, re.MULTILINE) == ["er-contoh"]


@pytest.mark.parametrize(
    "answer",
    [
        "Invalid command: show [nothing]\n",
        "Incomplete command: show\n",
        "vbash: nothing: command not found\n",
        "Configuration path: [interfaces] is not valid\nSet failed\n",
    ],
)
def test_how_it_refuses(answer: str) -> None:
    assert get(NAME).refuses(answer)
    assert not get(NAME).refuses(CONFIG)


PROMPT = re.compile(get(NAME).prompt.replace("NAME", "er-contoh"))


@pytest.mark.parametrize(
    "line",
    [
        "admin@er-contoh:~$",
        "[edit]\nadmin@er-contoh#",
        "[edit interfaces ethernet eth0]\nadmin@er-contoh#",
        "root@er-contoh:/home/admin#",
    ],
)
def test_prompts_of_all_modes(line: str) -> None:
    assert PROMPT.fullmatch(line)


@pytest.mark.parametrize("line", ["admin@er-lain:~$", "er-contoh#", "[edit]", *CONFIG.splitlines()])
def test_what_only_looks_like_a_prompt(line: str) -> None:
    assert not PROMPT.fullmatch(line)


COMPUTED = {"uptime_s", "enabled", "up", "active", "mtu", "errors", "flaps", "speed_mbps", "distance", "line"}


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for name, each in value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ()):
        if name not in COMPUTED:
            yield from strings(each)


@pytest.mark.parametrize("folder", ["show_arp", "show_interfaces", "show_ip_route", "show_version"])
def test_what_is_told_of_a_recording_stands_in_it(folder: str) -> None:
    files = sorted((FOLDER / folder).glob("*.raw"))
    if not files:
        pytest.skip(f"no recordings at {RECORDINGS}")
    for file in files:
        text = file.read_text()
        facts = parse(NAME, folder.replace("_", " "), text)
        assert "unparsed" not in facts
        assert [told for told in strings(facts) if told not in text] == []


def recorded(folder: str) -> dict[str, Any]:
    file = FOLDER / folder / f"{NAME}_{folder}.raw"
    if not file.exists():
        pytest.skip(f"no recordings at {RECORDINGS}")
    return parse(NAME, folder, file.read_text())


def test_recorded_interfaces() -> None:
    found = {one["name"]: one for one in recorded("show_interfaces")["interfaces"]}
    assert list(found) == ["eth0", "eth1", "eth2", "eth3", "lo", "eth4", "eth4.2900", "eth5", "switch0.1"]
    assert [name for name, one in found.items() if not one["up"]] == ["eth2", "eth3"]
    assert found["eth1"]["addresses"] == ["192.168.1.1/24", "2a05:c100:1d::1/64"]
    assert found["switch0.1"]["description"] == "vl1-siege-serveurs"


def test_recorded_version_routes_and_addresses() -> None:
    version = {"version": "v2.0.6", "uptime_s": 972900, "model": "EdgeRouter 6P", "serial": "FCECDA47BF8A"}
    assert recorded("show_version") == version
    assert recorded("show_ip_route") == {"default_routes": [route("", "pppoe4", "static", True, 50)]}
    assert [one["address"] for one in recorded("show_arp")["arp"]] == [
        "192.168.2.10",
        "172.16.39.98",
        "172.16.35.123",
        "172.16.37.165",
        "172.16.37.21",
    ]
