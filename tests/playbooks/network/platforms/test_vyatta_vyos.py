"""VyOS: outputs in its form, and recordings where they are at hand; no real device."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from playbooks.findings import Finding, Severity
from playbooks.network.backup import NotComplete, agreed, check_complete, digest
from playbooks.network.diagnose import parse
from playbooks.network.facts import Facts, Interface, Route
from playbooks.network.platforms import get
from playbooks.network.platforms.platform import Situation
from playbooks.network.redaction import hidden, redact

RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
NAME = "vyatta_vyos"
VYOS = get(NAME)

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "show version": (
        "Version:          VyOS 1.3.2\nRelease train:    equuleus\n\nHardware vendor:  Contoh\n"
        "Hardware model:   APU2\nHardware S/N:     1000001\n",
        {"version": "VyOS 1.3.2", "model": "APU2", "serial": "1000001"},
    ),
    "show arp": (
        "Address       Interface    Link layer address    State\n"
        "------------  -----------  --------------------  ---------\n"
        "192.0.2.2     eth0         00:00:5e:00:53:01     REACHABLE\n"
        "192.0.2.3     eth0                               FAILED\n",
        {"arp": [{"address": "192.0.2.2", "mac": "00:00:5e:00:53:01", "interface": "eth0"}]},
    ),
    "show lldp neighbors": (
        "Capability Codes: R - Router, B - Bridge, W - Wlan r - Repeater, S - Station\n"
        "                  D - Docsis, T - Telephone, O - Other\n\n"
        "Device ID                 Local     Proto  Cap   Platform             Port ID\n"
        "---------                 -----     -----  ---   --------             -------\n"
        "sw-pusat                  eth0      LLDP   BR    Cisco IOS Software   Gi0/1\n",
        {
            "neighbors": [
                {"interface": "eth0", "name": "sw-pusat", "port": "Gi0/1", "address": "",
                 "platform": "Cisco IOS Software"}
            ]
        },
    ),
    "show ip route 0.0.0.0/0": (
        'Routing entry for 0.0.0.0/0\n  Known via "ospf", distance 110, metric 1\n  Last update 00:01:00 ago\n'
        "    192.0.2.5, via eth1, weight 1\n\n"
        'Routing entry for 0.0.0.0/0\n  Known via "static", distance 1, metric 0, best\n  Last update 1d02h03m ago\n'
        "  * 192.0.2.1, via eth0, weight 1\n\n",
        {
            "default_routes": [
                {"prefix": "0.0.0.0/0", "gateway": "192.0.2.5", "interface": "eth1", "protocol": "ospf",
                 "active": False, "distance": 110},
                {"prefix": "0.0.0.0/0", "gateway": "192.0.2.1", "interface": "eth0", "protocol": "static",
                 "active": True, "distance": 1},
            ]
        },
    ),
    "show ip ospf neighbor": (
        "\nNeighbor ID     Pri State           Up Time         Dead Time Address         Interface"
        "                        RXmtL RqstL DBsmL\n"
        "10.255.0.2        1 Full/DR         1d02h03m          35.310s 192.0.2.2       eth1:192.0.2.1"
        "                       0     0     0\n",
        {
            "ospf_neighbors": [
                {"router_id": "10.255.0.2", "address": "192.0.2.2", "interface": "eth1", "state": "Full/DR"}
            ]
        },
    ),
    "show ip ospf interface": (
        "eth1 is up\n  ifindex 3, MTU 1500 bytes, BW 1000 Mbit <UP,BROADCAST,RUNNING,MULTICAST>\n"
        "  Internet Address 192.0.2.1/30, Broadcast 192.0.2.3, Area 0.0.0.1 [NSSA]\n"
        "  MTU mismatch detection: enabled\n"
        "  Router ID 10.255.0.1, Network Type BROADCAST, Cost: 10\n"
        "  Timer intervals configured, Hello 10s, Dead 40s, Wait 40s, Retransmit 5\n    Hello due in 3.4s\n"
        "  Neighbor Count is 1, Adjacent neighbor count is 1\n",
        {
            "ospf_interfaces": [
                {"name": "eth1", "area": "0.0.0.1", "hello_s": 10, "dead_s": 40, "mtu": 1500, "passive": False,
                 "kind": "BROADCAST", "neighbors": 1}
            ]
        },
    ),
    "show ip bgp summary": (
        "\nIPv4 Unicast Summary:\nBGP router identifier 10.255.0.1, local AS number 64496 vrf-id 0\n"
        "BGP table version 5\n\n"
        "Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc\n"
        "192.0.2.1       4      64497       100       101        0    0    0 01:02:03            5        6 N/A\n"
        "192.0.2.5       4      64498         0         0        0    0    0    never       Active        0 N/A\n"
        "192.0.2.9       4      64499         1         1        0    0    0 00:00:09     (Policy) (Policy) N/A\n\n"
        "Total number of neighbors 3\n",
        {
            "bgp_peers": [
                {"address": "192.0.2.1", "remote_as": "64497", "state": "Established",
                 "note": "192.0.2.1 AS 64497 5 01:02:03"},
                {"address": "192.0.2.5", "remote_as": "64498", "state": "Active",
                 "note": "192.0.2.5 AS 64498 Active never"},
                {"address": "192.0.2.9", "remote_as": "64499", "state": "Established",
                 "note": "192.0.2.9 AS 64499 (Policy) 00:00:09"},
            ]
        },
    ),
    "show dhcp server statistics": (
        "Pool                              Size    Leases    Available  Usage\n"
        "-----------------------------  -------  --------  -----------  -------\n"
        "KANTOR                              91        89            2  98%\n",
        {"dhcp_pools": [{"name": "KANTOR", "size": 91, "used": 89}]},
    ),
    "show ntp": (
        "MS Name/IP address         Stratum Poll Reach LastRx Last sample\n"
        "===============================================================================\n"
        "^* 192.0.2.9                     2   6   377    21    -10us[  -12us] +/-   10ms\n",
        {
            "clock_synchronised": True,
            "clock_line": "^* 192.0.2.9                     2   6   377    21    -10us[  -12us] +/-   10ms",
        },
    ),
}  # fmt: skip
INTERFACES = """Codes: S - State, L - Link, u - Up, D - Down, A - Admin Down
Interface        IP Address                        S/L  Description
---------        ----------                        ---  -----------
eth0             192.0.2.2/30                      u/u  ke pusat
                 2001:db8::1/64
eth1             -                                 A/D
eth2.10          198.51.100.1/24                   u/D  lantai 2
"""
WIDE = """Codes: S - State, L - Link, u - Up, D - Down, A - Admin Down
Interface    IP Address      MAC                VRF        MTU  S/L    Description
-----------  --------------  -----------------  -------  -----  -----  -------------
eth0         192.0.2.2/30    00:00:5e:00:53:01  default   1500  u/u    ke pusat
lo           127.0.0.1/8     00:00:00:00:00:00  default  65536  u/u
             ::1/128
"""
CONFIG = """set interfaces ethernet eth0 address '192.0.2.2/30'
set interfaces ethernet eth0 description 'vyos@vyos:~$ bukan prompt'
set interfaces ethernet eth1 disable
set interfaces ethernet eth2 vif 10 disable
set interfaces wireguard wg0 peer cabang preshared-key 'rahasiapsk='
set interfaces wireguard wg0 private-key 'rahasiawg='
set interfaces wireguard wg0 peer cabang public-key 'terbuka='
set protocols bgp neighbor 192.0.2.5 password 'rahasiabgp'
set protocols ospf interface eth0 authentication md5 key-id 1 md5-key 'rahasiaospf'
set protocols static route 0.0.0.0/0 next-hop 192.0.2.9
set service https api keys id OTOMASI key 'rahasiaapi'
set service snmp community rahasiasnmp authorization 'ro'
set service ssh port '22'
set system host-name 'vyos-contoh'
set system login banner pre-login 'Hanya yang berwenang\\nDilarang masuk'
set system login user otomasi authentication encrypted-password '$6$abc$rahasiauser'
set system login user otomasi authentication plaintext-password ''
set system login user otomasi authentication public-keys laptop key 'AAAAterbuka'
set system radius-server 192.0.2.8 secret 'rahasia radius'
set vpn ipsec site-to-site peer 203.0.113.9 authentication pre-shared-secret 'rahasiaipsec'
# end of configuration
"""
SECRETS = ("rahasiapsk=", "rahasiawg=", "rahasiabgp", "rahasiaospf", "rahasiaapi", "rahasiasnmp",
           "$6$abc$rahasiauser", "rahasia radius", "rahasiaipsec")  # fmt: skip


@pytest.mark.parametrize("command", SAMPLES)
def test_an_output_gives_exactly_these_facts(command: str) -> None:
    output, facts = SAMPLES[command]
    assert parse(NAME, command, output) == facts


@pytest.mark.parametrize("command", SAMPLES)
def test_another_commands_output_tells_nothing(command: str) -> None:
    for other, (output, _) in SAMPLES.items():
        if other != command:
            assert parse(NAME, command, output) == {"unparsed": True}, other


def test_interfaces_of_both_tables() -> None:
    found = parse(NAME, "show interfaces", INTERFACES)["interfaces"]
    assert [(one["name"], one["enabled"], one["up"], one["description"]) for one in found] == [
        ("eth0", True, True, "ke pusat"), ("eth1", False, False, ""), ("eth2.10", True, False, "lantai 2")]  # fmt: skip
    assert found[0]["addresses"] == ["192.0.2.2/30", "2001:db8::1/64"]
    wide = parse(NAME, "show interfaces", WIDE)["interfaces"]
    assert [(one["name"], one["mtu"], one["addresses"]) for one in wide] == [
        ("eth0", 1500, ["192.0.2.2/30"]), ("lo", 65536, ["127.0.0.1/8", "::1/128"])]  # fmt: skip


def test_no_default_route_is_a_fact_too() -> None:
    assert parse(NAME, "show ip route 0.0.0.0/0", "% Network not in table\n") == {"default_routes": []}


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("show ip bgp summary", SAMPLES["show ip bgp summary"][0].replace("neighbors 3", "neighbors 4")),
        ("show lldp neighbors", SAMPLES["show lldp neighbors"][0].replace("sw-pusat  ", "sw-pusat" + "x" * 20)),
        ("show interfaces", INTERFACES.replace("A - Admin Down", "A - Lain")),
        ("show interfaces", INTERFACES.replace("u/D", "?/D")),
    ],
)
def test_what_is_not_read_whole_or_not_certain_tells_nothing(command: str, output: str) -> None:
    assert parse(NAME, command, output) == {"unparsed": True}


def test_exactly_the_secrets_are_hidden() -> None:
    shown = redact(NAME, CONFIG, hidden)
    assert not [secret for secret in SECRETS if secret in shown]
    assert shown.count("<disamarkan>") == len(SECRETS)
    assert len(shown.splitlines()) == len(CONFIG.splitlines())


def accepted(text: str, previous: str | None = None, prompt: str = "") -> bool:
    try:
        check_complete(NAME, text, previous, prompt)
    except NotComplete:
        return False
    return True


def test_a_whole_configuration_is_accepted_and_no_truncation_is() -> None:
    assert accepted(CONFIG, CONFIG, "vyos-contoh")
    data = CONFIG.encode()
    assert [at for at in range(len(data)) if accepted(data[:at].decode())] == []


def test_two_readings_that_agree_stand_for_an_end_mark_that_was_not_printed() -> None:
    unmarked = CONFIG.replace("# end of configuration\n", "")
    assert agreed(NAME, unmarked, unmarked, None) == CONFIG
    assert digest(NAME, unmarked) == digest(NAME, CONFIG)
    cut = unmarked[: unmarked.index("set vpn")]
    assert not accepted(agreed(NAME, cut, cut, CONFIG))


def test_refusals_and_another_devices_configuration_are_no_backup() -> None:
    for text in ("", "Invalid command: [show]\n# end of configuration\n", "\n# end of configuration\n"):
        assert not accepted(text)
    assert not accepted(CONFIG, prompt="router-lain")


def situation(code: str, subject: str, config: str = CONFIG) -> Situation:
    facts = Facts(interfaces=(Interface("eth0", addresses=("192.0.2.2/30",)),))
    before = Facts(default_routes=(Route("0.0.0.0/0", "192.0.2.1", protocol="static"),))
    return Situation(Finding(code, Severity.MAJOR, subject, "", ""), facts, before, config)


@pytest.mark.parametrize(("port", "where"), [("eth1", "ethernet eth1"), ("eth2.10", "ethernet eth2 vif 10")])
def test_a_port_that_is_switched_off_is_switched_on(port: str, where: str) -> None:
    change = VYOS.repairs["link.admin_down"](situation("link.admin_down", port))
    assert change is not None
    assert change.commands == (f"delete interfaces {where} disable",)
    assert change.inverse == (f"set interfaces {where} disable",)
    assert VYOS.repairs["link.admin_down"](situation("link.admin_down", "eth0")) is None


def test_the_default_route_goes_back_to_its_gateway() -> None:
    change = VYOS.repairs["route.default_missing"](situation("route.default_missing", ""))
    head = "protocols static route 0.0.0.0/0 next-hop"
    assert change is not None
    assert change.commands == (f"set {head} 192.0.2.1", f"delete {head} 192.0.2.9")
    assert change.inverse == (f"set {head} 192.0.2.9", f"delete {head} 192.0.2.1")


@pytest.mark.parametrize("tail", ["blackhole", "next-hop 192.0.2.9 distance '200'", "next-hop 192.0.2.1"])
def test_a_default_route_that_somebody_shaped_is_left_alone(tail: str) -> None:
    config = CONFIG.replace("next-hop 192.0.2.9", tail)
    assert VYOS.repairs["route.default_missing"](situation("route.default_missing", "", config)) is None


PROMPT = re.compile(r"(?:\A|\n)" + VYOS.prompt.replace("NAME", "vyos-contoh") + r"[ \t]*\Z")


@pytest.mark.parametrize(
    "prompt",
    [
        "otomasi@vyos-contoh:~$ ",
        "otomasi@vyos-contoh> ",
        "[edit]\notomasi@vyos-contoh# ",
        "\n[edit interfaces ethernet eth0]\notomasi@vyos-contoh# ",
    ],
)
def test_prompts_of_every_mode_are_prompts_with_what_belongs_to_them(prompt: str) -> None:
    found = PROMPT.search("set system host-name 'vyos-contoh'\n" + prompt)
    assert found is not None
    assert "[edit" not in ("set system host-name 'vyos-contoh'\n" + prompt)[: found.start()]


@pytest.mark.parametrize("line", [CONFIG.splitlines()[1], "otomasi@vyos-lain:~$ ", "vyos-contoh#", "[edit]"])
def test_lines_that_look_alike_are_no_prompts(line: str) -> None:
    assert PROMPT.search("\n" + line) is None


@pytest.mark.parametrize("text", ["Invalid command: [sow]", "Set failed", "Commit failed", "% Unknown command: x"])
def test_refusals_are_recognised(text: str) -> None:
    assert VYOS.refuses(text)


def test_recorded_addresses_are_read_rightly() -> None:
    file = RECORDINGS / "cli" / NAME / "show_arp" / f"{NAME}_show_arp.raw"
    if not file.exists():
        pytest.skip(f"no recordings at {RECORDINGS}")
    found = parse(NAME, "show arp", file.read_text())["arp"]
    assert len(found) == 4
    assert found[0] == {"address": "10.123.254.20", "mac": "9c:8e:99:fa:15:0a", "interface": "eth1.1230"}
    assert all(value in file.read_text() for one in found for value in one.values())
