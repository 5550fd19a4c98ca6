"""The probable cause first, what follows from it under it; and no facts whatsoever make a rule raise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.models import Expectation
from playbooks.findings import CODES, Finding, Severity
from playbooks.network.facts import Facts, Interface, Note, Resolver, Route, Tunnel
from playbooks.network.rules import EXPLAINS, ORDER, Case, between, findings, joined, ranked
from playbooks.network.rules.ranking import explained
from tests.playbooks.network.rules.known import (
    DOWN,
    ETH1,
    ETH2,
    GOOD,
    LATER,
    OSPF1,
    PEER,
    SWITCH,
    device,
    ports,
    told,
)

NEAR_PEER = replace(PEER, address="10.1.12.2")
GATE_DOWN = replace(ETH2, up=False, line="eth2 is down")
DNS = Resolver("8.8.8.8", False, "timed out")
NO_WAY = replace(LATER, default_routes=(), gateway_answers=False, resolvers=(DNS,))


def tree(facts: Facts, before: Facts | None = GOOD, **about: Any) -> list[tuple[str, str]]:
    """Names in order, each with its cause."""
    return [(one.name, one.cause) for one in findings(facts, device(**about), before)]


def test_a_port_that_is_down_explains_the_neighbour_and_the_peer_behind_it() -> None:
    facts = replace(ports(LATER, DOWN, ETH2), ospf_neighbors=(), bgp_peers=(replace(NEAR_PEER, state="Active"),))
    assert tree(facts, replace(GOOD, bgp_peers=(NEAR_PEER,))) == [
        ("link.down eth1", ""),
        ("ospf.neighbor_lost 10.1.12.2", "link.down eth1"),
        ("bgp.peer_down 10.1.12.2", "link.down eth1"),
    ]


def test_a_port_that_is_down_explains_the_dead_gateway_and_the_default_route_behind_it() -> None:
    assert tree(ports(NO_WAY, ETH1, GATE_DOWN)) == [
        ("link.down eth2", ""),
        ("route.default_missing 0.0.0.0/0", "link.down eth2"),
        ("gateway.unreachable 203.0.113.1", "link.down eth2"),
        ("dns.not_answering 8.8.8.8", "link.down eth2"),
    ]


def test_a_port_elsewhere_explains_nothing() -> None:
    facts = replace(ports(LATER, ETH1, GATE_DOWN), ospf_neighbors=())
    assert tree(facts) == [("link.down eth2", ""), ("ospf.neighbor_lost 10.1.12.2", "")]


def test_a_dead_gateway_next_door_explains_the_default_route_that_went_with_it() -> None:
    assert tree(NO_WAY)[:2] == [
        ("gateway.unreachable 203.0.113.1", ""),
        ("route.default_missing 0.0.0.0/0", "gateway.unreachable 203.0.113.1"),
    ]


def test_a_missing_default_route_explains_what_is_reached_over_it() -> None:
    facts = replace(LATER, default_routes=(), gateway="198.51.100.1", gateway_answers=False, resolvers=(DNS,))
    assert tree(facts, expect={"gateway": "198.51.100.1"}) == [
        ("route.default_missing 0.0.0.0/0", ""),
        ("gateway.unreachable 198.51.100.1", "route.default_missing 0.0.0.0/0"),
        ("dns.not_answering 8.8.8.8", "route.default_missing 0.0.0.0/0"),
    ]


def test_the_tie_of_a_mismatch_is_the_port() -> None:
    facts = replace(LATER, ospf_neighbors=(), ospf_interfaces=(replace(OSPF1, area="0.0.0.5", neighbors=0),))
    assert tree(facts)[1] == ("ospf.neighbor_lost 10.1.12.2", "ospf.area_mismatch eth1")


def test_causes_chain() -> None:
    """Err-disabled, so down, so the way out is gone; the group is as grave as its worst."""
    uplink = Interface("Gi0/1", up=False, error_disabled="loopback", line="Gi0/1 is down (err-disabled)")
    facts = replace(
        SWITCH, interfaces=(uplink,), gateway="10.0.9.1", gateway_answers=False, loops=(Note("Gi0/1", "x"),)
    )
    assert tree(facts, None, uplinks=["Gi0/1"]) == [
        ("loop.detected Gi0/1", ""),
        ("errdisabled.port Gi0/1", "loop.detected Gi0/1"),
        ("link.down Gi0/1", "errdisabled.port Gi0/1"),
        ("gateway.unreachable 10.0.9.1", "errdisabled.port Gi0/1"),
    ]


def test_a_subinterface_goes_down_with_its_port() -> None:
    vlan = Interface("eth1.100", up=False, addresses=("10.9.0.1/24",), line="eth1.100 is down")
    assert tree(ports(replace(LATER, ospf_neighbors=()), DOWN, ETH2, vlan))[1:] == [
        ("link.down eth1.100", "link.down eth1"),
        ("ospf.neighbor_lost 10.1.12.2", "link.down eth1"),
    ]


def test_an_uplink_in_a_bridge_explains_the_gateway_on_the_bridge() -> None:
    bridge = Interface("bridge1", addresses=("10.9.0.2/24",), line="bridge1 running")
    port = Interface("ether1", up=False, master="bridge1", line="ether1")
    facts = Facts(interfaces=(bridge, port), gateway="10.9.0.1", gateway_answers=False)
    assert tree(facts, None, uplinks=["ether1"])[1] == ("gateway.unreachable 10.9.0.1", "link.down ether1")


def test_a_provider_session_explains_the_route_over_it() -> None:
    facts = Facts(
        default_routes=(Route("0.0.0.0/0", "pppoe-out1", active=False),),
        tunnels=(Tunnel("pppoe-out1", "pppoe", False),),
    )
    before = replace(facts, default_routes=(Route("0.0.0.0/0", "pppoe-out1"),), tunnels=())
    assert tree(facts, before) == [
        ("pppoe.down pppoe-out1", ""),
        ("route.default_missing 0.0.0.0/0", "pppoe.down pppoe-out1"),
    ]


@pytest.mark.parametrize(
    ("facts", "before", "expected"),
    [
        (
            replace(SWITCH, loops=(Note("Gi0/7", "x"),), cpu_percent=99),
            None,
            ("cpu.high prosesor", "loop.detected Gi0/7"),
        ),
        (
            replace(LATER, uptime_s=9, running_digest="b", saved_digest="b"),
            GOOD,
            ("config.changed konfigurasi", "device.rebooted r1"),
        ),
        (replace(LATER, running_digest="b"), GOOD, ("config.changed konfigurasi", "config.unsaved konfigurasi")),
        (
            replace(SWITCH, alarms=(Note("PSU", "x"),), uptime_s=1),
            SWITCH,
            ("device.rebooted sw1", "environment.alarm PSU"),
        ),
    ],
)
def test_what_concerns_the_whole_device(facts: Facts, before: Facts | None, expected: tuple[str, str]) -> None:
    assert tree(facts, before)[1] == expected


def test_a_device_that_just_started_explains_who_is_not_back_yet() -> None:
    facts = replace(LATER, uptime_s=20, ospf_neighbors=())
    assert tree(facts) == [("device.rebooted r1", ""), ("ospf.neighbor_lost 10.1.12.2", "device.rebooted r1")]
    assert tree(replace(facts, uptime_s=600))[0] == ("ospf.neighbor_lost 10.1.12.2", "")


def test_a_warning_that_explains_a_fault_stands_above_it() -> None:
    facts = replace(ports(LATER, replace(ETH1, flaps=99), ETH2), ospf_neighbors=(), cpu_percent=99)
    assert tree(facts) == [
        ("link.flapping eth1", ""),
        ("ospf.neighbor_lost 10.1.12.2", "link.flapping eth1"),
        ("cpu.high prosesor", ""),
    ]


def test_the_order_among_what_nothing_ties() -> None:
    facts = replace(
        ports(LATER, DOWN, ETH2),
        ospf_neighbors=(),
        bgp_peers=(replace(PEER, state="Connect"),),
        gateway_answers=False,
        running_digest="b",
    )
    codes = [code for code, _, _ in told(facts)]
    assert codes[:4] == ["link.down", "ospf.neighbor_lost", "gateway.unreachable", "bgp.peer_down"]


def test_the_cause_is_told_and_what_ties_it_is_not() -> None:
    facts = replace(ports(LATER, DOWN, ETH2), ospf_neighbors=())
    first, second = (one.as_json() for one in findings(facts, device(), GOOD))
    assert set(first) == {"code", "severity", "subject", "evidence", "advice"}
    assert second["cause"] == "link.down eth1"
    assert set(second) == {*first, "cause"}


def advice_on_saving(found: list[Finding]) -> str:
    return next(one.advice for one in found if one.code == "config.unsaved")


def test_a_fault_is_not_to_be_saved_along_with_the_rest() -> None:
    unsaved = replace(LATER, running_digest="b", unsaved_lines=("+ shutdown",))
    assert "Simpan lewat rencana" in advice_on_saving(findings(unsaved, device(), GOOD))
    shut = replace(unsaved, interfaces=(replace(DOWN, enabled=False), ETH2))
    held = advice_on_saving(findings(shut, device(), GOOD))
    assert "Jangan simpan dulu" in held
    assert "link.admin_down eth1" in held


def test_saving_heals_a_device_that_has_nothing_saved() -> None:
    empty = replace(LATER, startup_empty=True, saved_digest=None)
    assert "Simpan lewat rencana" in advice_on_saving(findings(empty, device(), GOOD))
    gone = replace(empty, config_lines=3)
    assert "Jangan simpan dulu" in advice_on_saving(findings(gone, device(), GOOD))


def test_a_mismatch_seen_from_the_other_end_holds_the_saving_too() -> None:
    own = findings(replace(LATER, running_digest="b"), device(), GOOD)
    shared = Finding("ospf.area_mismatch", Severity.MAJOR, "eth1", "kedua ujung", "x")
    assert "Simpan lewat rencana" in advice_on_saving(joined(own, []))
    assert "ospf.area_mismatch eth1" in advice_on_saving(joined(own, [shared]))


def test_a_mismatch_seen_from_both_ends_is_told_once_and_explains() -> None:
    lost = findings(replace(LATER, ospf_neighbors=()), device(), GOOD)
    own = Finding("ospf.area_mismatch", Severity.MAJOR, "eth1", "sendiri", "x")
    shared = replace(own, evidence="kedua ujung")
    assert joined([own], [shared]) == [shared]
    assert [(one.code, one.cause) for one in joined(lost, [shared])] == [
        ("ospf.area_mismatch", ""),
        ("ospf.neighbor_lost", "ospf.area_mismatch eth1"),
    ]


def test_the_tables_know_codes_only_and_each_once() -> None:
    assert set(ORDER) <= CODES
    assert len(ORDER) == len(set(ORDER))
    assert {code for row in EXPLAINS for code in row[:2]} <= set(ORDER)


@given(st.permutations([Finding(code, Severity.MAJOR, "x", "", "") for code in ORDER]))
def test_ranking_does_not_depend_on_the_order_of_discovery(found: list[Finding]) -> None:
    assert [one.code for one in ranked(found)] == ORDER


SUBJECTS = ("eth1", "eth2", "eth1.5", "10.1.12.2", "0.0.0.0/0", "perangkat")
TIES = st.lists(st.sampled_from(["eth1", "eth2", "eth1.5", "*"]), max_size=2).map(tuple)
FOUND = st.lists(
    st.builds(
        Finding,
        st.sampled_from(ORDER),
        st.sampled_from(list(Severity)),
        st.sampled_from(SUBJECTS),
        st.sampled_from(["", "a"]),
        st.just(""),
        st.sampled_from(["", "link.down eth1", "cpu.high perangkat"]),
        TIES,
    ),
    max_size=12,
)


@given(FOUND, st.randoms(use_true_random=False))
def test_ranking_loses_nothing_and_is_the_same_for_any_order(found: list[Finding], random: Any) -> None:
    shuffled = random.sample(found, len(found))
    assert ranked(found) == ranked(shuffled)
    assert sorted(map(repr, ranked(found))) == sorted(map(repr, found))
    assert ranked(ranked(found)) == ranked(found)


@given(FOUND)
def test_no_consequence_stands_above_its_cause(found: list[Finding]) -> None:
    done = ranked(explained(found))
    names = [one.name for one in done]
    assert sorted(names) == sorted({one.name for one in found})
    for place, one in enumerate(done):
        assert not one.cause or one.cause in names[:place]


WORDS = st.sampled_from(
    ["", "eth1", "Gi0/1", "GigabitEthernet0/1", "10.1.12.1", "10.1.12.1/30", "r1", "²", "\x00", "Full/-"]
)
NUMBERS = {int: st.integers(), float: st.floats(), str: st.one_of(WORDS, st.text(max_size=8)), bool: st.booleans()}
for kind, numbers in NUMBERS.items():
    st.register_type_strategy(kind, numbers)
ANY = st.builds(Facts)
"""Every field, whatever its type allows: NaN, negative counts, nonsense for addresses."""


@settings(deadline=None)
@given(ANY, st.none() | ANY, st.booleans())
def test_no_facts_whatsoever_make_a_rule_raise(facts: Facts, before: Facts | None, named: bool) -> None:
    expect = Expectation(
        gateway="10.1.12.2", neighbors=("10.1.12.2", "r9"), dhcp=("10.9.0.1",), interfaces={"eth1": "up"}
    )
    about = {"uplinks": ["Gi0/1"], "expect": expect} if named else {}
    done = findings(facts, device(**about), before)
    assert done == ranked(done)
    names = [one.name for one in done]
    assert len(names) == len(set(names))
    assert all(not one.cause or one.cause in names[:place] for place, one in enumerate(done))


@settings(deadline=None)
@given(ANY, ANY)
def test_no_two_devices_whatsoever_make_the_comparison_raise(one: Facts, other: Facts) -> None:
    for name, shared in between({"r1": one, "r2": other}).items():
        done = joined(findings({"r1": one, "r2": other}[name], device()), shared)
        assert done == ranked(done)


def test_a_rule_asks_about_ports_by_any_of_their_names() -> None:
    case = Case(SWITCH, uplinks=("GigabitEthernet0/1",))
    assert case.is_uplink("Gi0/1")
    assert not case.is_uplink("Gi0/11")
    assert not case.is_uplink("Te0/1")
    assert not case.is_uplink("")
