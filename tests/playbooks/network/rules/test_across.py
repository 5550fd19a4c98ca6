"""Two devices in, the cause of the first one's finding out: a table."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from inventory.models import Expectation
from playbooks.findings import CODES, Finding, Severity
from playbooks.network.facts import (
    Arp,
    BgpPeer,
    Facts,
    Interface,
    Neighbor,
    Note,
    OspfInterface,
    OspfNeighbor,
    Pool,
    Resolver,
    Route,
)
from playbooks.network.rules import ACROSS, ORDER, Told, across, findings
from tests.playbooks.network.rules.known import device

HERE1 = Interface("eth1", addresses=("10.1.12.1/30",))
FAR1 = Interface("ether2", addresses=("10.1.12.2/30",))
WAN = Interface("ether1", addresses=("203.0.113.2/30",))
HERE = Facts(
    hostname="r1",
    uptime_s=9000,
    interfaces=(HERE1,),
    ospf_interfaces=(OspfInterface("eth1", "0", kind="POINTOPOINT", neighbors=1),),
    ospf_neighbors=(OspfNeighbor("10.255.0.2", "10.1.12.2", "eth1", "Full/-"),),
    bgp_peers=(BgpPeer("10.1.12.2", "65002", "Established"),),
    default_routes=(Route("0.0.0.0/0", "10.1.12.2", "eth1", "ospf"),),
    gateway="10.1.12.2",
    gateway_answers=True,
    resolvers=(Resolver("9.9.9.9", answers=True),),
    neighbors=(Neighbor("eth1", "r2.example.go.id", "ether2"),),
)
FAR = Facts(
    hostname="r2",
    uptime_s=9000,
    interfaces=(FAR1, WAN),
    ospf_interfaces=(OspfInterface("ether2", "0", kind="POINTOPOINT", neighbors=1),),
    ospf_neighbors=(OspfNeighbor("10.255.0.1", "10.1.12.1", "ether2", "Full/-"),),
    bgp_peers=(BgpPeer("10.1.12.1", "65001", "Established"),),
    default_routes=(Route("0.0.0.0/0", "203.0.113.1", "ether1", "static"),),
    gateway="203.0.113.1",
    gateway_answers=True,
    neighbors=(Neighbor("ether2", "r1", "eth1"),),
)
UNPLUGGED = replace(
    HERE,
    interfaces=(replace(HERE1, up=False),),
    ospf_neighbors=(),
    neighbors=(),
    default_routes=(),
    bgp_peers=(replace(HERE.bgp_peers[0], state="Active"),),
)
DEAF = replace(HERE, ospf_neighbors=(), ospf_interfaces=(replace(HERE.ospf_interfaces[0], neighbors=0),))
ALONE = replace(FAR, ospf_neighbors=())
CUT = replace(FAR1, up=False)
SHUT = replace(FAR1, enabled=False, up=False)


def near(code: str, subject: str, *at: str) -> Finding:
    return Finding(code, Severity.MAJOR, subject, "bukti", "Saran.", at=at)


def told(now: Facts, then: Facts, **expect: object) -> Told:
    """A device as its own rules see it."""
    entry = device(expect=Expectation.model_validate(expect))
    return Told(now.hostname, now, then, tuple(findings(now, entry, then)))


@dataclass(frozen=True)
class Row:
    why: str
    here: Facts
    far: Facts
    expected: dict[str, str]
    """Of r1's findings those that another device explains, with their cause."""
    then: Facts = field(default=HERE)
    far_then: Facts = field(default=FAR)


ROWS = (
    Row(
        "its port is shut at the other end",
        UNPLUGGED,
        replace(FAR, interfaces=(SHUT, WAN), ospf_neighbors=(), neighbors=()),
        {"link.down eth1": "r2 link.admin_down ether2"},
    ),
    Row("both ends are down: neither explains the other", UNPLUGGED, replace(FAR, interfaces=(CUT, WAN)), {}),
    Row(
        "another port is shut there",
        UNPLUGGED,
        replace(FAR, interfaces=(FAR1, replace(WAN, enabled=False, up=False))),
        {},
    ),
    Row(
        "the other end is passive",
        DEAF,
        replace(ALONE, ospf_interfaces=(replace(FAR.ospf_interfaces[0], passive=True, neighbors=0),)),
        {"ospf.neighbor_lost 10.1.12.2": "r2 ospf.neighbor_lost 10.1.12.1"},
    ),
    Row("both ends speak and do not hear", DEAF, ALONE, {}),
    Row(
        "the session is shut at the other end",
        replace(HERE, bgp_peers=(replace(HERE.bgp_peers[0], state="Active"),)),
        replace(FAR, bgp_peers=(replace(FAR.bgp_peers[0], state="Idle (Admin)"),)),
        {"bgp.peer_down 10.1.12.2": "r2 bgp.peer_down 10.1.12.1"},
    ),
    Row(
        "neither end shut the session",
        replace(HERE, bgp_peers=(replace(HERE.bgp_peers[0], state="Active"),)),
        replace(FAR, bgp_peers=(replace(FAR.bgp_peers[0], state="Connect"),)),
        {},
    ),
    Row(
        "the default route came from who lost its own, and names lie beyond",
        replace(HERE, default_routes=(), resolvers=(Resolver("9.9.9.9", answers=False),)),
        replace(FAR, default_routes=()),
        {"route.default_missing 0.0.0.0/0": "r2 route.default_missing 0.0.0.0/0"},
    ),
    Row(
        "names lie beyond a gateway that lost its own",
        replace(HERE, resolvers=(Resolver("9.9.9.9", answers=False),)),
        replace(FAR, gateway_answers=False),
        {"dns.not_answering 9.9.9.9": "r2 gateway.unreachable 203.0.113.1"},
    ),
    Row(
        "a static default route that is gone is this device's own fault",
        replace(HERE, default_routes=()),
        replace(FAR, default_routes=()),
        {},
        replace(HERE, default_routes=(Route("0.0.0.0/0", "10.1.12.2", "eth1", "static"),)),
    ),
    Row(
        "the other end started moments ago",
        DEAF,
        replace(FAR, uptime_s=30),
        {"ospf.neighbor_lost 10.1.12.2": "r2 device.rebooted r2"},
    ),
    Row("the other end started an hour ago", DEAF, replace(FAR, uptime_s=3600), {}),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.why)
def test_what_another_device_explains(row: Row) -> None:
    found = across([told(row.here, row.then), told(row.far, row.far_then)])
    assert {one.name: one.cause for one in found["r1"] if one.cause.startswith("r2 ")} == row.expected
    assert not [one for one in found["r2"] if one.cause.startswith("r1 ")]


def test_consequences_stay_under_their_own_cause_and_the_root_stands_in_the_other_device() -> None:
    far = replace(FAR, interfaces=(SHUT, WAN), ospf_neighbors=(), neighbors=())
    found = across([told(UNPLUGGED, HERE), told(far, FAR)])
    lost = next(one for one in found["r1"] if one.code == "ospf.neighbor_lost")
    assert lost.cause == "link.down eth1"
    assert found["r1"][0].cause == "r2 link.admin_down ether2"


def test_what_begins_here_is_told_before_what_begins_elsewhere() -> None:
    far = replace(FAR, interfaces=(SHUT, WAN), ospf_neighbors=(), neighbors=())
    here = replace(
        UNPLUGGED, arp=(Arp("10.1.12.9", "aa:aa:aa:aa:aa:01", "eth1"), Arp("10.1.12.9", "aa:aa:aa:aa:aa:02", "eth1"))
    )
    names = [one.name for one in across([told(here, HERE), told(far, FAR)])["r1"]]
    assert names.index("ip.conflict 10.1.12.9") < names.index("link.down eth1")


def test_two_devices_that_miss_one_gateway_blame_it_on_the_nearer() -> None:
    here = replace(HERE, default_routes=None, gateway="203.0.113.1", gateway_answers=False)
    far = replace(FAR, gateway_answers=False)
    found = across([told(here, HERE, gateway="203.0.113.1"), told(far, FAR)])
    assert [one.cause for one in found["r1"] if one.code == "gateway.unreachable"] == [
        "r2 gateway.unreachable 203.0.113.1"
    ]


def test_who_gets_no_address_points_at_the_servers_empty_pool() -> None:
    asking = Facts(hostname="sw1", dhcp_offers=())
    server = replace(FAR, dhcp_pools=(Pool("kantor", 100, 100),))
    found = across([told(asking, asking, dhcp=["10.1.12.2"]), told(server, FAR)])
    assert [(one.name, one.cause) for one in found["sw1"]] == [
        ("dhcp.pool_exhausted 10.1.12.2", "r2 dhcp.pool_exhausted kantor")
    ]


def test_a_loop_next_door_explains_a_busy_processor() -> None:
    looping = replace(FAR, loops=(Note("ether2", "ether2: loop"),))
    found = across([told(replace(HERE, cpu_percent=99), HERE), told(looping, FAR)])
    assert [one.cause for one in found["r1"]] == ["r2 loop.detected ether2"]


def test_causes_never_run_in_a_circle() -> None:
    codes = sorted({code for cause, consequence, _ in ACROSS for code in (cause, consequence)})
    one = Told("a", HERE, None, tuple(near(code, "eth1", "eth1", "*") for code in codes))
    other = Told("b", FAR, None, tuple(near(code, "ether2", "ether2", "*") for code in codes))
    found = across([one, other])
    causes = {f"{name} {each.name}": each.cause for name, many in found.items() for each in many if each.cause}
    assert causes
    for start in causes:
        seen, at = [start], causes.get(start, "")
        while at:
            assert at not in seen
            seen.append(at)
            at = causes.get(at, "")


def test_the_table_knows_its_codes_and_no_pair_twice() -> None:
    told_pairs = [(cause, consequence, tie.__name__) for cause, consequence, tie in ACROSS]
    assert len(set(told_pairs)) == len(told_pairs)
    assert {code for cause, consequence, _ in ACROSS for code in (cause, consequence)} <= CODES & set(ORDER)
