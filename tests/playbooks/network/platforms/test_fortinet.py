"""FortiGate: outputs in the form of its guides, an invented configuration, recordings where they are."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from playbooks.network.backup import digest, normalised, significant
from playbooks.network.facts import Arp, BgpPeer, Interface, Note, OspfInterface, OspfNeighbor, Route, Tunnel
from playbooks.network.platforms.fortinet import PLATFORM
from playbooks.network.redaction import hidden, redact

RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
FOLDER = RECORDINGS / "cli" / "fortinet"

STATUS = """Version: FortiGate-60F v7.4.8,build2795,250523 (GA.M)
Virus-DB: 93.06337(2025-11-26 16:20)
Baris baru: 1
Serial-Number: FGT60FCONTOH0001
Log hard disk: Not available
Hostname: fw-contoh
Current HA mode: a-p, primary
Cluster uptime: 31 days, 21 hours, 46 minutes, 28 seconds
System time: Tue Dec  2 08:51:00 2025
Last reboot reason: power cycle
"""
PERFORMANCE = """CPU states: 1% user 2% system 0% nice 97% idle 0% iowait 0% irq 0% softirq
CPU0 states: 0% user 0% system 0% nice 50% idle 0% iowait 0% irq 0% softirq
Memory: 4050332k total, 527148k used (13.1%), 3381312k free (83.4%), 141872k freeable (3.5%)
Average sessions: 33 sessions in 1 minute, 48 sessions in 10 minutes, 38 sessions in 30 minutes
Uptime: 2 days,  22 hours,  59 minutes
"""
TOP = """Run Time:  12 days, 3 hours and 4 minutes
4U, 0N, 1S, 95I, 0WA, 0HI, 0SI, 0ST; 1919T, 1214F
          newcli    29806      R       0.1     0.5
"""
HA = """HA Health Status:
    WARNING: FGT60FCONTOH0001 has hbdev down;
    WARNING: FGT60FCONTOH0002 has mondev down;
Model: FortiGate-60F
Mode: HA A-P
"""
CONFIGURED = """== [ wan ]
name: wan   management-ip: 203.0.113.9 255.255.255.0   ip: 192.0.2.2 255.255.255.252   status: up    type: physical
== [ lan 3 ]
name: lan 3   mode: static    ip: 0.0.0.0 0.0.0.0   status: down    netbios-forward: disable    type: physical
== [ modem ]
name: modem   mode: pppoe    ip: 0.0.0.0 0.0.0.0   netbios-forward: disable    type: physical
"""
PHYSICAL = """== [onboard]
        ==[port1]
                mode: static
                ip: 192.0.2.2 255.255.255.252
                ipv6: 2001:db8::1/64
                status: up
                speed: 100Mbps (Duplex: half)
        ==[port2]
                mode: static
                ip: 0.0.0.0 0.0.0.0
                ipv6: ::/0
                status: down
                speed: n/a
"""
IFCONFIG = """wan     Link encap:Ethernet  HWaddr 00:00:5E:00:53:01
        inet addr:192.0.2.2  Bcast:192.0.2.3  Mask:255.255.255.252
        UP BROADCAST RUNNING MULTICAST  MTU:1492  Metric:1
        RX packets:7513822 errors:5 dropped:0 overruns:0 frame:0
        TX packets:12533342 errors:7 dropped:0 overruns:0 carrier:0

port9   Link encap:Ethernet  HWaddr 00:00:5E:00:53:02
        BROADCAST MULTICAST  MTU:1500  Metric:1
        RX packets:0 errors:0 dropped:0 overruns:0 frame:0
        TX packets:0 errors:0 dropped:0 overruns:0 carrier:0
"""
BGP = """VRF 0 BGP router identifier 192.0.2.1, local AS number 65001
BGP table version is 3
1 BGP AS-PATH entries
0 BGP community entries

Neighbor    V         AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
192.0.2.2   4      65002      35      38        3    0    0 00:31:12        2
192.0.2.6   4      65003       0       0        0    0    0    never Active
192.0.2.10  4      65004       0       0        0    0    0    never Idle (Admin)

Total number of neighbors 3
"""
BGP_DETAIL = """VRF 0 neighbor table:
BGP neighbor is 192.0.2.2, remote AS 65002, local AS 65001, external link
  BGP version 4, remote router ID 198.51.100.2
  BGP state = Established, up for 4d14h28m
  Last read 00:00:00, hold time is 3, keepalive interval is 1 seconds

BGP neighbor is 192.0.2.6, remote AS 65003, local AS 65001, external link
  BGP version 4, remote router ID 0.0.0.0
  BGP state = Idle
"""
OSPF = """OSPF process 0, VRF 0:
Neighbor ID     Pri   State           Dead Time   Address         Interface
198.51.100.1      1   Full/DR         00:00:37    192.0.2.5       port1
198.51.100.2      1   ExStart/ -      00:00:31    192.0.2.9       vpn1(tun-id)
"""
OSPF_INTERFACE = """port1 is up, line protocol is up
  Internet Address 192.0.2.6/30, Area 0.0.0.0, MTU 1500
  Process ID 0, VRF 0, Router ID 198.51.100.9, Network Type POINTOPOINT, Cost: 1
  Transmit Delay is 1 sec, State Point-To-Point
  Timer intervals configured, Hello 10.000, Dead 40, Wait 40, Retransmit 5
    Hello due in 00:00:02.610
  Neighbor Count is 1, Adjacent neighbor count is 1
port2 is up, line protocol is up
  Internet Address 198.51.100.129/25, Area 0.0.0.1, MTU 1492
  Process ID 0, VRF 0, Router ID 198.51.100.9, Network Type BROADCAST, Cost: 1
  Timer intervals configured, Hello 5.000, Dead 20, Wait 20, Retransmit 5
    No Hellos (Passive interface)
  Neighbor Count is 0, Adjacent neighbor count is 0
"""
ROUTES = """Codes: K - kernel, C - connected, S - static, R - RIP, B - BGP
       O - OSPF, IA - OSPF inter area
       * - candidate default

Routing table for VRF=0
S*      0.0.0.0/0 [10/0] via 192.0.2.1, wan, [1/0]
                  [10/0] via 192.0.2.5, wan2, [1/0]
C       192.0.2.0/30 is directly connected, wan
S       198.51.100.0/24 [10/0] via 192.0.2.9, port9

Routing table for VRF=7
S*      0.0.0.0/0 [10/0] via 203.0.113.1, port7, [1/0]
"""
ARP = """Address           Age(min)   Hardware Addr      Interface
192.0.2.1         0          00:00:5e:00:53:01  wan
192.0.2.9         -          00:00:5e:00:53:09  port9
"""
NTP = "synchronized: no, ntpsync: enabled, server-mode: disabled\n\nipv4 server(ntp.example) unresolved\n"
VPN = """'kantor-pusat' 203.0.113.5:0  selectors(total,up): 2/1  rx(pkt,err): 10/0  tx(pkt,err): 12/2
'cabang' 203.0.113.9:0  selectors(total,up): 1/0  rx(pkt,err): 0/0  tx(pkt,err): 0/0
"""

EXPECTED: dict[str, tuple[str, dict[str, Any]]] = {
    "get system status": (
        STATUS,
        {
            "model": "FortiGate-60F",
            "version": "v7.4.8",
            "hostname": "fw-contoh",
            "serial": "FGT60FCONTOH0001",
            "restart_reason": "power cycle",
        },
    ),
    "get system performance status": (
        PERFORMANCE,
        {"cpu_percent": 3.0, "memory_percent": 13.1, "uptime_s": 2 * 86400 + 22 * 3600 + 59 * 60},
    ),
    "diagnose sys top": (TOP, {"uptime_s": 12 * 86400 + 3 * 3600 + 4 * 60, "cpu_percent": 5.0}),
    "get system ha status": (
        HA,
        {
            "model": "FortiGate-60F",
            "alarms": (
                Note("HA", "WARNING: FGT60FCONTOH0001 has hbdev down"),
                Note("HA", "WARNING: FGT60FCONTOH0002 has mondev down"),
            ),
        },
    ),
    "get system ha status (well)": (
        "HA Health Status: OK\nModel: FortiGate-60F\n",
        {"model": "FortiGate-60F", "alarms": ()},
    ),
    "get system interface": (
        CONFIGURED,
        {
            "interfaces": (
                Interface("wan", addresses=("192.0.2.2/30",)),
                Interface("lan 3", enabled=False, up=False, line="name: lan 3 status: down"),
                Interface("modem"),
            )
        },
    ),
    "get system interface physical": (
        PHYSICAL,
        {
            "interfaces": (
                Interface(
                    "port1",
                    addresses=("192.0.2.2/30", "2001:db8::1/64"),
                    duplex="half",
                    speed_mbps=100,
                    line="port1 status: up",
                ),
                Interface("port2", up=False, line="port2 status: down"),
            )
        },
    ),
    "fnsysctl ifconfig": (
        IFCONFIG,
        {
            "interfaces": (
                Interface(
                    "wan", mtu=1492, addresses=("192.0.2.2/30",), errors=12, line="UP BROADCAST RUNNING MULTICAST"
                ),
                Interface("port9", enabled=False, up=False, mtu=1500, line="BROADCAST MULTICAST"),
            )
        },
    ),
    "get router info bgp summary": (
        BGP,
        {
            "bgp_peers": (
                BgpPeer("192.0.2.2", "65002", "Established", "192.0.2.2 AS 65002 00:31:12 2"),
                BgpPeer("192.0.2.6", "65003", "Active", "192.0.2.6 AS 65003 never Active"),
                BgpPeer("192.0.2.10", "65004", "Idle", "192.0.2.10 AS 65004 never Idle"),
            )
        },
    ),
    "get router info bgp neighbors": (
        BGP_DETAIL,
        {
            "bgp_peers": (
                BgpPeer(
                    "192.0.2.2", "65002", "Established", "192.0.2.2 AS 65002 BGP state = Established, up for 4d14h28m"
                ),
                BgpPeer("192.0.2.6", "65003", "Idle", "192.0.2.6 AS 65003 BGP state = Idle"),
            )
        },
    ),
    "get router info ospf neighbor": (
        OSPF,
        {
            "ospf_neighbors": (
                OspfNeighbor("198.51.100.1", "192.0.2.5", "port1", "Full/DR"),
                OspfNeighbor("198.51.100.2", "192.0.2.9", "vpn1(tun-id)", "ExStart/ -"),
            )
        },
    ),
    "get router info ospf interface": (
        OSPF_INTERFACE,
        {
            "ospf_interfaces": (
                OspfInterface("port1", "0.0.0.0", 10, 40, 1500, kind="POINTOPOINT", neighbors=1),
                OspfInterface("port2", "0.0.0.1", 5, 20, 1492, passive=True, kind="BROADCAST"),
            )
        },
    ),
    "get router info routing-table all": (
        ROUTES,
        {
            "default_routes": (
                Route("0.0.0.0/0", "192.0.2.1", "wan", "static", distance=10),
                Route("0.0.0.0/0", "192.0.2.5", "wan2", "static", distance=10),
            )
        },
    ),
    "get system arp": (
        ARP,
        {"arp": (Arp("192.0.2.1", "00:00:5e:00:53:01", "wan"), Arp("192.0.2.9", "00:00:5e:00:53:09", "port9"))},
    ),
    "diagnose sys ntp status": (
        NTP,
        {
            "clock_synchronised": False,
            "clock_line": "synchronized: no, ntpsync: enabled, server-mode: disabled",
        },
    ),
    "get vpn ipsec tunnel summary": (
        VPN,
        {
            "tunnels": (
                Tunnel("kantor-pusat", "vpn", up=True, line="'kantor-pusat' 203.0.113.5:0  selectors(total,up): 2/1"),
                Tunnel("cabang", "vpn", up=False, line="'cabang' 203.0.113.9:0  selectors(total,up): 1/0"),
            )
        },
    ),
}


@pytest.mark.parametrize("command", EXPECTED)
def test_an_output_gives_exactly_its_facts(command: str) -> None:
    output, facts = EXPECTED[command]
    assert PLATFORM.parse_one(command.partition(" (")[0], output) == facts


@pytest.mark.parametrize("command", PLATFORM.parsers)
def test_what_is_not_the_output_tells_nothing(command: str) -> None:
    for output in ("", "Unknown action 0\n", "Command fail. Return code -61\n", "fw-contoh # ", "{", "null"):
        assert PLATFORM.parse_one(command, output) == {}


OTHER_DEFAULTS = [
    ("via vpn1 tunnel 203.0.113.5, [1/0]", Route("0.0.0.0/0", "", "vpn1", "static", distance=10)),
    ("is a summary, Null, [1/0]", Route("0.0.0.0/0", "", "Null", "static", distance=10)),
    (
        "via 192.0.2.9 (recursive is directly connected, port9), 01:23:45",
        Route("0.0.0.0/0", "192.0.2.9", "port9", "static", distance=10),
    ),
]


@pytest.mark.parametrize(("hop", "route"), OTHER_DEFAULTS, ids=["tunnel", "black hole", "recursive"])
def test_default_routes_of_other_forms(hop: str, route: Route) -> None:
    told = PLATFORM.parse_one("get router info routing-table all", ROUTES.replace("via 192.0.2.1, wan, [1/0]", hop))
    assert told["default_routes"][0] == route


def test_default_routes_learnt_and_of_an_unknown_form() -> None:
    command = "get router info routing-table all"
    learnt = ROUTES.replace("S*      0.0.0.0/0 [10/0]", "O*E2    0.0.0.0/0 [110/10]")
    assert PLATFORM.parse_one(command, learnt)["default_routes"][0].protocol == "ospf"
    assert PLATFORM.parse_one(command, ROUTES.replace("via 192.0.2.1", "by 192.0.2.1")) == {}


def test_a_table_without_a_default_route_says_so() -> None:
    told = PLATFORM.parse_one("get router info routing-table all", ROUTES.replace("0.0.0.0/0", "10.0.0.0/8"))
    assert told == {"default_routes": ()}


def test_links_are_known_by_their_own_reading_and_addresses_by_either() -> None:
    raw = {
        "get system interface physical": PHYSICAL,
        "get system interface": CONFIGURED.replace("[ wan ]", "[ port2 ]").replace("name: wan", "name: port2"),
    }
    found = {one.name: one for one in PLATFORM.parse(raw).interfaces}
    assert list(PLATFORM.reads).index("get system interface physical") < list(PLATFORM.reads).index(
        "get system interface"
    )
    assert (found["port2"].up, found["port2"].addresses) == (False, ("192.0.2.2/30",))


CONFIG = """#config-version=FGT60F-7.4.8-FW-build2795-250523:opmode=0:vdom=0:user=otomasi
#conf_file_ver=188373942321
#buildno=2795
#global_vdom=1
config system global
    set admin-https-redirect enable
    set hostname "fw-contoh"
    set password-policy disable
end
config system interface
    edit "wan"
        set vdom "root"
        set ip 192.0.2.2 255.255.255.252
        set username "pppoe-contoh"
        set password ENC Rahasia1AAAA
    next
end
config system admin
    edit "admin"
        set accprofile "super_admin"
        set password ENC SH2Rahasia2BBBB=
        set ssh-public-key1 "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB contoh"
    next
end
config system snmp community
    edit 1
        set name "Rahasia3"
        config hosts
            edit 1
                set ip 192.0.2.31 255.255.255.255
            next
        end
        set query-v1-status enable
    next
    edit 2
        set name "Rahasia 4"
        set status enable
        set query-v1-status enable
    next
end
config system snmp user
    edit "pantau"
        set queries enable
        set auth-pwd ENC Rahasia5CCCC
        set priv-pwd ENC Rahasia6DDDD
    next
end
config vpn certificate ca
    edit "Contoh_CA"
        set ca "-----BEGIN CERTIFICATE-----
MIIDdzCCAl+gAwIBAgIEbW9jazANBgkqhkiG9w0BAQsFADA=
-----END CERTIFICATE-----"
        set last-updated 1763700000
    next
end
config vpn certificate local
    edit "Contoh_SSL"
        set password ENC Rahasia7EEEE
        set private-key "-----BEGIN ENCRYPTED {KIND} KEY-----
MIIFHDBOBgkqhkiG9w0BBQ0wQTApBgkqhkiG9w0BBQwwHAQIcontohRahasia8AA
MIIFHDBOBgkqhkiG9w0BBQ0wQTApBgkqhkiG9w0BBQwwHAQIcontohRahasia9BB
cA==
-----END ENCRYPTED {KIND} KEY-----"
        set certificate "-----BEGIN CERTIFICATE-----
MIIDczCCAlugAwIBAgIEbW9jazANBgkqhkiG9w0BAQsFADB+
-----END CERTIFICATE-----"
    next
end
config vpn ipsec phase1-interface
    edit "kantor-pusat"
        set interface "wan"
        set psksecret ENC Rahasia10FFFF
    next
end
config user radius
    edit "radius1"
        set server "192.0.2.20"
        set secret "Rahasia \\" 11"
    next
end
config firewall policy
    edit 1
        set status enable
        set name "keluar"
        set action accept
    next
end
config router ospf
    config ospf-interface
        edit "ke-b"
            set md5-key 1 ENC Rahasia12GGGG
        next
    end
end
""".replace("{KIND}", "PRIVATE")  # in two pieces, for no private key may stand in a file
SECRETS = (
    "Rahasia1AAAA",
    "SH2Rahasia2BBBB=",
    '"Rahasia3"',
    '"Rahasia 4"',
    "Rahasia5CCCC",
    "Rahasia6DDDD",
    "Rahasia7EEEE",
    "MIIFHDBOBgkqhkiG9w0BBQ0wQTApBgkqhkiG9w0BBQwwHAQIcontohRahasia8AA",
    "MIIFHDBOBgkqhkiG9w0BBQ0wQTApBgkqhkiG9w0BBQwwHAQIcontohRahasia9BB",
    "cA==",
    "Rahasia10FFFF",
    '"Rahasia \\" 11"',
    "Rahasia12GGGG",
)


HOSTILE = [
    '        set name "a"\n',
    'set password "',
    "MIIDdzCC\n",
    " ENC ",
    "\n",
    "    ",
    "config system snmp community\n",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_cannot_keep_redaction_busy(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    began = time.process_time()
    redact("fortinet", text, hidden)
    digest("fortinet", text)
    assert time.process_time() - began < 3


def test_the_redacted_view_hides_secrets_and_nothing_else() -> None:
    shown = redact("fortinet", CONFIG, hidden)
    bare = CONFIG
    for secret in SECRETS:
        bare = bare.replace(secret, "<disamarkan>")
    assert shown == bare
    assert shown.count("<disamarkan>") == len(SECRETS)
    assert len(shown.splitlines()) == len(CONFIG.splitlines())


def encrypted_anew(text: str) -> str:
    """The same configuration, shown a second time."""
    text = re.sub(r"\bENC \S+", lambda found: f"ENC {found[0][4:][::-1].strip('=')}", text)
    text = re.sub(r"^(?:MIIFHD\S+|cA==)$", lambda found: f"Zz{found[0][2:]}", text, flags=re.MULTILINE)
    return text.replace("188373942321", "188373942399").replace("1763700000", "1763800000")


def test_a_word_that_looks_like_a_mark_hides_nothing() -> None:
    line = '        set comments "use ENC mode"\n'
    assert redact("fortinet", line, hidden) == line
    assert significant("fortinet", line) == line.strip("\n")


def test_secrets_that_were_only_encrypted_anew_change_nothing() -> None:
    again = encrypted_anew(CONFIG)
    assert again != CONFIG
    assert significant("fortinet", again) == significant("fortinet", CONFIG)
    assert digest("fortinet", again) == digest("fortinet", CONFIG)
    volatile = ("188373942399", "188373942321"), ("1763800000", "1763700000")
    shown = redact("fortinet", again, hidden)
    for new, old in volatile:
        shown = shown.replace(new, old)
    assert shown == redact("fortinet", CONFIG, hidden)


@pytest.mark.parametrize("old", ["192.0.2.2 255", "set action accept", '"keluar"', "vdom=0", "    next\n"])
def test_a_change_is_one(old: str) -> None:
    changed = CONFIG.replace(old, old[:-2] + "zz", 1)
    assert digest("fortinet", changed) != digest("fortinet", CONFIG)


def test_what_every_configuration_has_and_its_name() -> None:
    text = normalised("fortinet", CONFIG)
    for mandatory in (PLATFORM.first_line, *PLATFORM.sections):
        assert len(re.findall(mandatory, text, re.MULTILINE)) == 1
    assert re.findall(PLATFORM.hostname, text, re.MULTILINE) == ["fw-contoh"]


@pytest.mark.parametrize(
    "said",
    ["Unknown action 0", "Command fail. Return code -61", "command parse error before 'shw'", "Permission denied"],
)
def test_refusals_are_known(said: str) -> None:
    assert PLATFORM.refuses(said)
    assert not PLATFORM.refuses(CONFIG)


def test_nothing_is_written_to_turn_the_pager_off() -> None:
    assert PLATFORM.paging == ()


PROMPTS = [
    "fw-contoh # ",
    "fw-contoh $ ",
    "fw-contoh (global) # ",
    "fw-contoh (root) $ ",
    "fw-contoh (phase1-interface) #",
]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_prompts_of_all_modes(prompt: str) -> None:
    assert re.fullmatch(PLATFORM.prompt.replace("NAME", "fw-contoh"), prompt)


@pytest.mark.parametrize("line", [*CONFIG.splitlines(), "fw-contoh # get system status", "fw-lain # ", "fw-contoh#"])
def test_no_line_of_a_configuration_is_a_prompt(line: str) -> None:
    assert not re.fullmatch(PLATFORM.prompt.replace("NAME", "fw-contoh"), line)


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
    elif isinstance(value, str) and name not in ("line", "note"):
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
    file = FOLDER / folder / f"fortinet_{folder}{name}.raw"
    if not file.exists():
        pytest.skip(f"no recordings at {RECORDINGS}")
    return PLATFORM.parse_one(folder, file.read_text())


def test_spot_checks_of_recorded_systems() -> None:
    assert sample("get_system_status", "") == {
        "model": "FortiGate-1500D",
        "version": "v6.0.7",
        "hostname": "MYCOOLEFIREWALLNAME",
        "serial": "FG1K501234567890",
    }
    assert sample("get_system_ha_status", "_7.0_hbdev")["alarms"][1].line == "WARNING: FGT40YYYYYYYYYYY has hbdev down"
    assert sample("get_system_ha_status", "_5.6") == {"model": "FortiGate-200D", "alarms": ()}
    assert sample("diagnose_sys_top", "") == {"uptime_s": 12 * 86400 + 3 * 3600 + 4 * 60, "cpu_percent": 0.0}


def test_spot_checks_of_recorded_interfaces() -> None:
    configured = {one.name: one for one in sample("get_system_interface", "_6.4.2")["interfaces"]}
    assert [name for name, one in configured.items() if not one.enabled] == ["lan3", "Loopback0"]
    assert configured["Vlan10"].addresses == ("16.100.100.1/27",)
    physical = {one.name: one for one in sample("get_system_interface_physical", "_5.6")["interfaces"]}
    assert (physical["dmz1"].up, physical["mgmt"].speed_mbps, physical["mgmt"].duplex) == (False, 1000, "full")
    devices = {one.name: one for one in sample("fnsysctl_ifconfig", "")["interfaces"]}
    assert (devices["nturbo_rx"].up, devices["lan"].addresses) == (False, ("10.152.1.230/30",))


def test_spot_checks_of_recorded_peers() -> None:
    peers = sample("get_router_info_bgp_neighbors", "")["bgp_peers"]
    assert [(one.address, one.remote_as, one.state) for one in peers] == [
        ("10.105.1.254", "65400", "Established"),
        ("10.105.2.254", "65400", "Established"),
    ]
