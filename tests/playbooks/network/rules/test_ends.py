"""What only two devices seen together show."""

from __future__ import annotations

from dataclasses import replace

from playbooks.network.facts import Arp, Facts, Interface, Neighbor
from playbooks.network.rules import between
from tests.playbooks.network.rules.known import GOOD, OSPF1, shown

LAN = Interface("lan", addresses=("192.168.88.1/24",))
R1 = Facts(hostname="r1", interfaces=(LAN,))
R2 = Facts(hostname="r2", interfaces=(LAN,))
CLIENT = Interface("lan", addresses=("192.168.88.2/24",))
HEARD = Arp("192.168.88.9", "aa:aa:aa:aa:aa:01", "lan")
HALF = Interface("ether1", duplex="half")
WHOLE = Interface("Gi0/1", duplex="full")


def test_two_ends_that_disagree_are_told_on_both() -> None:
    far = Facts(
        interfaces=(Interface("ether2", addresses=("10.1.12.2/30",)),),
        ospf_interfaces=(replace(OSPF1, name="ether2", area="0.0.0.1", hello_s=10, dead_s=40),),
    )
    apart = replace(far, interfaces=(Interface("ether2", addresses=("10.9.9.2/30",)),))
    found = between({"r1": GOOD, "mt1": far, "jauh": apart})
    assert [one.code for one in found["r1"]] == ["ospf.area_mismatch", "ospf.timer_mismatch"]
    assert [one.subject for one in found["mt1"]] == ["ether2", "ether2"]
    assert found["jauh"] == []
    assert "mt1 ether2: 0.0.0.1" in found["r1"][0].evidence


def test_two_ends_of_different_duplex_are_told() -> None:
    near = Facts(hostname="r1", interfaces=(HALF,), neighbors=(Neighbor("ether1", "sw1.dinkes", "GigabitEthernet0/1"),))
    far = Facts(hostname="sw1", interfaces=(WHOLE,))
    assert shown(between({"r1": near, "sw1": far})["r1"]) == [("link.duplex", "major", "ether1")]
    same = replace(far, interfaces=(replace(WHOLE, duplex="half"),))
    assert between({"r1": near, "sw1": same})["r1"] == []
    assert between({"r1": near, "sw9": replace(far, hostname="sw9")})["r1"] == []


def test_the_same_private_addresses_of_two_offices_are_no_conflict() -> None:
    assert between({"r1": R1, "r2": R2}) == {"r1": [], "r2": []}


def test_one_address_on_two_devices_is_a_conflict_where_a_third_hears_both() -> None:
    found = between({"r1": R1, "r2": R2, "r3": replace(R1, hostname="r3", interfaces=(CLIENT,))})
    assert shown(found["r1"]) == shown(found["r2"]) == [("ip.conflict", "major", "192.168.88.1")]
    assert found["r3"] == []


def test_one_address_on_two_devices_is_a_conflict_where_they_see_each_other() -> None:
    seeing = replace(R1, neighbors=(Neighbor("lan", "r2", "lan"),))
    assert shown(between({"r1": seeing, "r2": R2})["r1"]) == [("ip.conflict", "major", "192.168.88.1")]
    down = replace(R2, interfaces=(replace(LAN, up=False),))
    assert between({"r1": seeing, "r2": down})["r1"] == []


def test_two_owners_of_one_address_are_a_conflict_where_both_share_the_subnet() -> None:
    one = replace(R1, arp=(HEARD,))
    other = Facts(hostname="r2", interfaces=(CLIENT,), arp=(replace(HEARD, mac="AAAA.AAAA.AA02"),))
    assert shown(between({"r1": one, "r2": other})["r1"]) == [("ip.conflict", "major", "192.168.88.9")]
    agreeing = replace(other, arp=(replace(HEARD, mac="AAAA.AAAA.AA01"),))
    assert between({"r1": one, "r2": agreeing})["r1"] == []
    assert between({"r1": one, "r2": replace(other, interfaces=(LAN,))})["r1"] == []
