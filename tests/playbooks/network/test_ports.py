"""One port is one port, however a command, a person or a neighbour spells it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from playbooks.network.facts import Arp, Facts, Interface, Neighbor, Note, OspfInterface, StpPort
from playbooks.network.platforms.platform import Platform, merged
from playbooks.network.ports import Spellings, same_port, united
from playbooks.network.rules import findings
from tests.playbooks.network.rules.known import device, shown


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Gi1/0/1", "GigabitEthernet1/0/1", True),
        ("gi1/0/1", "Gig 1/0/1", True),
        ("Et1", "Ethernet1", True),
        ("Eth1/1", "Ethernet1/1", True),
        ("Twe1/0/1", "TwentyFiveGigE1/0/1", True),
        ("Po1", "Port-channel1", True),
        ("GE1/0/1", "GigabitEthernet1/0/1", True),
        ("XGE0/0/1", "XGigabitEthernet0/0/1", True),
        ("XGE1/0/1", "Ten-GigabitEthernet1/0/1", True),
        ("BAGG1", "Bridge-Aggregation1", True),
        ("Gi1/0/1", "Gi1/0/10", False),
        ("Gi1/0/1", "Te1/0/1", False),
        ("Vlan1", "VirtualPortGroup1", False),
        ("ether1", "sfp1", False),
        ("1", "1", True),
        ("1", "2", False),
        ("A1", "a1", True),
        ("bridge", "bridge1", False),
    ],
)
def test_spellings(one: str, other: str, same: bool) -> None:
    assert same_port(one, other) is same
    assert same_port(other, one) is same


def test_a_spelling_that_may_mean_two_ports_is_left_alone() -> None:
    names = Spellings(("FiveGigabitEthernet1/0/1", "FiftyGigE1/0/1", "FastEthernet0/1"))
    assert (names.of("Fi1/0/1"), names.of("Fa0/1"), names.of("Fa0/2")) == ("Fi1/0/1", "FastEthernet0/1", "Fa0/2")


GI = Interface("GigabitEthernet0/1", up=False, line="GigabitEthernet0/1 is down", master="Po1")
BUNDLE = Interface("Port-channel1")
SWITCH, PHONE = Neighbor("Gi0/1", "sw2"), Neighbor("Gi0/1", "telepon-7")


def test_commands_that_spell_a_port_differently_tell_of_one_port() -> None:
    joined = merged("interfaces", (GI, BUNDLE), (Interface("Gi0/1", speed_mbps=1000, error_disabled="bpduguard"),))
    assert joined == (replace(GI, speed_mbps=1000, error_disabled="bpduguard"), BUNDLE)


def test_every_mention_of_a_port_is_brought_to_its_name() -> None:
    told = united(
        {
            "interfaces": (GI, BUNDLE),
            "neighbors": (Neighbor("Gi0/1", "sw2", "Gi0/9"),),
            "ospf_interfaces": (OspfInterface("Gi0/1", "0"),),
            "stp_ports": (StpPort("Po1", "root", "FWD"),),
            "arp": (Arp("10.0.0.1", "aa:aa:aa:aa:aa:01", "Vlan9"),),
            "hostname": "sw1",
        }
    )
    facts = Facts(**told)
    assert facts.interfaces[0].master == "Port-channel1"
    assert (facts.neighbors[0].interface, facts.neighbors[0].port) == ("GigabitEthernet0/1", "Gi0/9")
    assert (facts.ospf_interfaces[0].name, facts.stp_ports[0].interface) == ("GigabitEthernet0/1", "Port-channel1")
    assert (facts.arp[0].interface, facts.hostname) == ("Vlan9", "sw1")


@pytest.mark.parametrize(
    ("cdp", "lldp", "expected"),
    [
        (
            Neighbor("Gi0/1", "sw2.example.go.id", "Gi0/9", "10.0.0.2"),
            Neighbor("GigabitEthernet0/1", "sw2", "Gi0/9", platform="IOS"),
            (Neighbor("Gi0/1", "sw2.example.go.id", "Gi0/9", "10.0.0.2", "IOS"),),
        ),
        (
            Neighbor("Gi0/1", "sw2", "Gi0/9", "10.0.0.2"),
            Neighbor("Gi0/1", "", "aabb.ccdd", "10.0.0.2"),
            (Neighbor("Gi0/1", "sw2", "Gi0/9", "10.0.0.2"),),
        ),
        (SWITCH, PHONE, (SWITCH, PHONE)),
        (SWITCH, replace(SWITCH, interface="Gi0/2"), (SWITCH, replace(SWITCH, interface="Gi0/2"))),
    ],
)  # fmt: skip
def test_a_neighbour_that_two_protocols_tell_of_is_one(
    cdp: Neighbor, lldp: Neighbor, expected: tuple[Neighbor, ...]
) -> None:
    assert merged("neighbors", (cdp,), (lldp,)) == expected


def test_strangers_of_two_guards_add_up() -> None:
    one, other = Note("10.0.0.66", "alert"), Note("10.0.0.67", "snooping")
    assert merged("dhcp_strangers", (one,), (one, other)) == (one, other)


def test_the_inventory_may_spell_a_port_as_people_do() -> None:
    facts = Facts(hostname="sw1", interfaces=(GI, BUNDLE))
    up = device(platform="cisco_ios", expect={"interfaces": {"Gi0/1": "up"}})
    down = device(platform="cisco_ios", expect={"interfaces": {"gi0/1": "down"}})
    uplink = device(platform="cisco_ios", uplinks=["Gi0/1"])
    assert shown(findings(facts, up)) == [("link.down", "major", "GigabitEthernet0/1")]
    assert shown(findings(facts, down)) == []
    assert shown(findings(facts, uplink)) == [("link.down", "critical", "GigabitEthernet0/1")]
    gone = device(platform="cisco_ios", expect={"interfaces": {"Gi0/7": "up"}})
    assert shown(findings(facts, gone)) == [("link.down", "major", "Gi0/7")]


def test_a_switch_with_thousands_of_ports_is_joined_at_once() -> None:
    many = [Interface(f"GigabitEthernet{slot}/0/{port}") for slot in range(60) for port in range(60)]
    short = tuple(Interface(one.name.replace("GigabitEthernet", "Gi"), speed_mbps=1000) for one in many)
    begin = time.process_time()
    joined = merged("interfaces", tuple(many), short)
    assert (len(joined), {one.speed_mbps for one in joined}) == (3600, {1000})
    assert time.process_time() - begin < 2


def test_platforms_merge_by_way_of_it() -> None:
    def full(_: str) -> dict[str, object]:
        return {"interfaces": (GI,)}

    def seen(_: str) -> dict[str, object]:
        return {"neighbors": (Neighbor("Gi0/1", "sw2"),)}

    parsers = {"show a": full, "show b": seen}
    shape = Platform(
        name="x", config_command="c", reads=tuple(parsers), parsers=parsers, first_line="", last_line="end", hostname=""
    )
    assert shape.parse({"show a": "1", "show b": "1"}).neighbors[0].interface == "GigabitEthernet0/1"
