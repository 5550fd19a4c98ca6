"""What a Linux machine sees of the network around it: outputs of real ones, the parts that matter."""

from __future__ import annotations

from typing import Any

import pytest

from playbooks.network.diagnose import parse
from playbooks.network.platforms import get
from playbooks.network.platforms.linux_services import BRIDGES, OFFERS, OWNERS, POOLS, RESOLVERS

BRIDGE = """\
2: br0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default qlen 1000
    link/ether 3a:e3:fa:6d:5b:50 brd ff:ff:ff:ff:ff:ff promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535
    bridge forward_delay 200 stp_state {stp} priority 32768 bridge_id 8000.3a:e3:fa:6d:5b:50 designated_root 8000.3a
"""
PORT = """\
{number}: {name}@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP mode DEFAULT
    link/ether 62:a7:21:e9:10:93 brd ff:ff:ff:ff:ff:ff promiscuity 1  allmulti 1 minmtu 68 maxmtu 65535
    veth
    bridge_slave state {state} priority 32 cost 2 port_no 0x4 designated_port 32771 designated_bridge {bridge} hold 0.00
"""
OWN, OTHER = "8000.3a:e3:fa:6d:5b:50", "8000.0a:00:00:00:00:01"


def bridge(*ports: tuple[str, str, str], stp: str = "1") -> dict[str, Any]:
    told = (PORT.format(number=at, name=n, state=s, bridge=b) for at, (n, s, b) in enumerate(ports, 3))
    return parse("linux", BRIDGES, BRIDGE.format(stp=stp) + "".join(told))


@pytest.mark.parametrize(
    ("state", "designated", "role", "loops"),
    [
        ("forwarding", OWN, "designated", 0),
        ("forwarding", OTHER, "root", 0),
        ("blocking", OTHER, "alternate", 0),
        ("blocking", OWN, "backup", 1),
    ],
)
def test_a_port_held_back_by_its_own_bridge_is_a_loop(state: str, designated: str, role: str, loops: int) -> None:
    facts = bridge(("p1", "forwarding", OWN), ("p6", state, designated))
    assert [(one["interface"], one["role"], one["state"]) for one in facts["stp_ports"]][1] == ("p6", role, state)
    assert [one["subject"] for one in facts["loops"]] == ["p6"] * loops
    assert [one["master"] for one in facts["interfaces"]] == ["br0", "br0"]


def test_without_spanning_tree_a_port_has_no_role() -> None:
    assert bridge(("p1", "forwarding", OWN), stp="0").get("stp_ports", []) == []


def test_a_pool_counts_the_leases_in_its_range() -> None:
    output = (
        "# a comment\ninterface=eth0\ndhcp-range=set:lan,10.2.0.100,10.2.0.104,255.255.255.0,1h\n"
        "dhcp-range=10.9.0.0,static\n"
        "1795251358 12:56:d1:71:ba:60 10.2.0.101 * 01:02:03:04\n1795251360 12:56:d1:71:ba:61 10.2.0.50 pc *\n"
    )
    assert parse("linux", POOLS, output)["dhcp_pools"] == [{"name": "10.2.0.100-10.2.0.104", "size": 5, "used": 1}]
    assert "dhcp_pools" not in parse("linux", POOLS, "")


ANSWERS = """\
Starting Nmap 7.93 ( https://nmap.org ) at 2026-11-21 07:55 UTC
Pre-scan script results:
| broadcast-dhcp-discover:
|   Response 1 of 2:
|     Interface: br0
|     IP Offered: 10.7.0.122
|     DHCP Message Type: DHCPOFFER
|     Server Identifier: 10.7.0.12
|     Router: 10.7.0.12
|   Response 2 of 2:
|     Interface: br0
|     IP Offered: 10.7.0.112
|     DHCP Message Type: DHCPOFFER
|     Server Identifier: 10.7.0.11
|_    Router: 10.7.0.11
WARNING: No targets were specified, so 0 hosts scanned.
Nmap done: 0 IP addresses (0 hosts up) scanned in 2.32 seconds
"""
NOBODY = "Starting Nmap 7.93\nNmap done: 0 IP addresses (0 hosts up) scanned in 2.42 seconds\n"


def test_every_offer_is_told_and_none_is_an_answer_too() -> None:
    assert [(one["server"], one["interface"]) for one in parse("linux", OFFERS, ANSWERS)["dhcp_offers"]] == [
        ("10.7.0.12", "br0"),
        ("10.7.0.11", "br0"),
    ]
    assert parse("linux", OFFERS, NOBODY) == {"dhcp_offers": []}


def test_two_owners_of_one_address_are_heard_and_the_machine_itself_is_left_out() -> None:
    output = (
        "4a:08:f4:cb:a1:55\n"
        "br0 10.2.0.10\tea:15:fd:8a:33:fe\nbr0 10.2.0.10\t12:3c:7d:ab:6b:06\nbr0 10.2.0.2\t4a:08:f4:cb:a1:55\n"
        "br0 Ending arp-scan 1.10.0: 256 hosts scanned in 1.850 seconds (138.38 hosts/sec). 3 responded\n"
    )
    heard = [(one["address"], one["mac"], one["interface"]) for one in parse("linux", OWNERS, output)["arp"]]
    assert heard == [("10.2.0.10", "ea:15:fd:8a:33:fe", "br0"), ("10.2.0.10", "12:3c:7d:ab:6b:06", "br0")]


def test_a_name_server_answers_or_not() -> None:
    output = (
        "server 10.2.0.53\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 37584\n"
        "server 10.2.0.54\n;; communications error to 10.2.0.54#53: timed out\n;; no servers could be reached\n"
        "server 10.2.0.55\n;; ->>HEADER<<- opcode: QUERY, status: REFUSED, id: 1\n"
    )
    told = [(one["server"], one["answers"]) for one in parse("linux", RESOLVERS, output)["resolvers"]]
    assert told == [("10.2.0.53", True), ("10.2.0.54", False), ("10.2.0.55", False)]


@pytest.mark.parametrize("command", [OFFERS, OWNERS, RESOLVERS, BRIDGES])
def test_what_is_not_allowed_or_not_there_tells_nothing(command: str) -> None:
    for said in ("sudo: a password is required\n", "bash: dig: command not found\n"):
        assert parse("linux", command, said) == {"unparsed": True}
    assert not get("linux").refuses("sudo: unable to resolve host srv-contoh: Name or service not known\n" + NOBODY)
