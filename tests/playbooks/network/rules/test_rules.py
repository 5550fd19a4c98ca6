"""Facts in, findings out: one row a rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.models import Device, Expectation
from playbooks.findings import Finding, Severity
from playbooks.network.facts import BgpPeer, Facts, Interface, OspfInterface, OspfNeighbor, Route
from playbooks.network.rules import ORDER, between, findings, joined, ranked

ETH1 = Interface("eth1", addresses=("10.1.12.1/30",), mtu=1500, line="eth1 is up")
ETH2 = Interface("eth2", addresses=("203.0.113.2/30",), mtu=1500, line="eth2 is up")
OSPF1 = OspfInterface("eth1", "0.0.0.0", 1, 4, 1500, kind="POINTOPOINT", neighbors=1)
NEIGHBOR = OspfNeighbor("10.255.0.2", "10.1.12.2", "eth1", "Full/-")
PEER = BgpPeer("10.1.13.2", "65003", "Established")
DEFAULT = Route("0.0.0.0/0", "203.0.113.1", "eth2", "static")
GOOD = Facts(
    hostname="r1",
    uptime_s=5000,
    interfaces=(ETH1, ETH2),
    ospf_interfaces=(OSPF1,),
    ospf_neighbors=(NEIGHBOR,),
    bgp_peers=(PEER,),
    default_routes=(DEFAULT,),
    gateway="203.0.113.1",
    gateway_answers=True,
    running_digest="a",
    saved_digest="a",
    cpu_percent=5,
    memory_percent=40,
    storage_percent=20,
)
LATER = replace(GOOD, uptime_s=9000)
DOWN = replace(ETH1, up=False, line="eth1 is down")


def device(**changes: object) -> Device:
    return Device.model_validate({"opd": "x", "address": "10.0.0.1", "platform": "frr", "credentials": "c", **changes})


def told(facts: Facts, before: Facts | None = GOOD, **expect: object) -> list[tuple[str, str, str]]:
    found = findings(facts, device(expect=Expectation.model_validate(expect)), before)
    return [(one.code, str(one.severity), one.subject) for one in found]


@pytest.mark.parametrize("before", [None, GOOD])
def test_a_healthy_device_has_no_findings(before: Facts | None) -> None:
    assert told(LATER, before, gateway="203.0.113.1", neighbors=["10.255.0.2"], interfaces={"eth1": "up"}) == []


ROWS: list[tuple[str, Facts, list[tuple[str, str, str]]]] = [
    (
        "port shut",
        replace(LATER, interfaces=(replace(DOWN, enabled=False), ETH2)),
        [("link.admin_down", "major", "eth1")],
    ),
    ("port down", replace(LATER, interfaces=(DOWN, ETH2)), [("link.down", "major", "eth1")]),
    ("port gone", replace(LATER, interfaces=(ETH2,)), [("link.down", "major", "eth1")]),
    (
        "damaged frames",
        replace(LATER, interfaces=(replace(ETH1, errors=500), ETH2)),
        [("link.errors", "warning", "eth1")],
    ),
    ("flapping", replace(LATER, interfaces=(replace(ETH1, flaps=9), ETH2)), [("link.flapping", "warning", "eth1")]),
    ("neighbour lost", replace(LATER, ospf_neighbors=()), [("ospf.neighbor_lost", "major", "10.1.12.2")]),
    (
        "area changed here",
        replace(LATER, ospf_neighbors=(), ospf_interfaces=(replace(OSPF1, area="0.0.0.5", neighbors=0),)),
        [("ospf.area_mismatch", "major", "eth1"), ("ospf.neighbor_lost", "major", "10.1.12.2")],
    ),
    (
        "timers changed here",
        replace(LATER, ospf_neighbors=(), ospf_interfaces=(replace(OSPF1, hello_s=10, dead_s=40, neighbors=0),)),
        [("ospf.timer_mismatch", "major", "eth1"), ("ospf.neighbor_lost", "major", "10.1.12.2")],
    ),
    (
        "stuck in ExStart",
        replace(LATER, ospf_neighbors=(replace(NEIGHBOR, state="ExStart/DR"),)),
        [("ospf.mtu_mismatch", "major", "eth1"), ("ospf.neighbor_lost", "major", "10.1.12.2")],
    ),
    ("no default route", replace(LATER, default_routes=()), [("route.default_missing", "critical", "0.0.0.0/0")]),
    ("gateway dead", replace(LATER, gateway_answers=False), [("gateway.unreachable", "critical", "203.0.113.1")]),
    (
        "peer down",
        replace(LATER, bgp_peers=(replace(PEER, state="Active"),)),
        [("bgp.peer_down", "major", "10.1.13.2")],
    ),
    ("peer removed", replace(LATER, bgp_peers=()), [("bgp.peer_down", "major", "10.1.13.2")]),
    ("rebooted", replace(LATER, uptime_s=60), [("device.rebooted", "warning", "r1")]),
    ("not saved", replace(LATER, saved_digest="b"), [("config.unsaved", "warning", "konfigurasi")]),
    ("changed", replace(LATER, running_digest="b", saved_digest="b"), [("config.changed", "warning", "konfigurasi")]),
    ("busy", replace(LATER, cpu_percent=99), [("cpu.high", "warning", "prosesor")]),
    ("memory", replace(LATER, memory_percent=97), [("memory.high", "warning", "memori")]),
    ("disk", replace(LATER, storage_percent=99), [("storage.low", "warning", "penyimpanan")]),
]


@pytest.mark.parametrize(("facts", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_each_fault_gives_its_findings_and_no_other(facts: Facts, expected: list[tuple[str, str, str]]) -> None:
    assert told(facts) == expected


def test_the_inventory_knows_better_than_the_last_run() -> None:
    down = replace(LATER, interfaces=(DOWN, ETH2))
    assert told(down, interfaces={"eth1": "down"}) == []
    assert told(replace(LATER, interfaces=(ETH1,)), None, interfaces={"eth9": "up"})[0][0] == "link.down"
    assert told(replace(LATER, ospf_neighbors=()), None, neighbors=["10.255.0.2"])[0][0] == "ospf.neighbor_lost"
    assert told(LATER, None, gateway="203.0.113.9") == [("route.default_missing", "major", "0.0.0.0/0")]


def test_an_uplink_is_critical() -> None:
    found = findings(replace(LATER, interfaces=(DOWN, ETH2)), device(uplinks=["eth1"]), GOOD)
    assert found[0].severity is Severity.CRITICAL


def test_the_cause_stands_above_its_consequences() -> None:
    facts = replace(
        LATER,
        interfaces=(DOWN, ETH2),
        ospf_neighbors=(),
        bgp_peers=(replace(PEER, state="Connect"),),
        gateway_answers=False,
        running_digest="b",
    )
    codes = [code for code, _, _ in told(facts)]
    assert codes[:4] == ["link.down", "ospf.neighbor_lost", "gateway.unreachable", "bgp.peer_down"]


def advice_on_saving(found: list[Finding]) -> str:
    return next(one.advice for one in found if one.code == "config.unsaved")


def test_a_fault_is_not_to_be_saved_along_with_the_rest() -> None:
    unsaved = replace(LATER, running_digest="b", unsaved_lines=("+ shutdown",))
    assert "Simpan lewat rencana" in advice_on_saving(findings(unsaved, device(), GOOD))
    shut = replace(unsaved, interfaces=(replace(DOWN, enabled=False), ETH2))
    held = advice_on_saving(findings(shut, device(), GOOD))
    assert "Jangan simpan dulu" in held
    assert "link.admin_down eth1" in held


def test_a_mismatch_seen_from_the_other_end_holds_the_saving_too() -> None:
    own = findings(replace(LATER, running_digest="b"), device(), GOOD)
    shared = Finding("ospf.area_mismatch", Severity.MAJOR, "eth1", "kedua ujung", "x")
    assert "Simpan lewat rencana" in advice_on_saving(joined(own, []))
    assert "ospf.area_mismatch eth1" in advice_on_saving(joined(own, [shared]))


def test_two_ends_that_disagree_are_told_on_both() -> None:
    far = Facts(
        interfaces=(Interface("ether2", addresses=("10.1.12.2/30",)),),
        ospf_interfaces=(replace(OSPF1, name="ether2", area="0.0.0.1", hello_s=10, dead_s=40),),
    )
    found = between(
        {"r1": GOOD, "mt1": far, "jauh": replace(far, interfaces=(Interface("ether2", addresses=("10.9.9.2/30",)),))}
    )
    assert [one.code for one in found["r1"]] == ["ospf.area_mismatch", "ospf.timer_mismatch"]
    assert [one.subject for one in found["mt1"]] == ["ether2", "ether2"]
    assert found["jauh"] == []
    assert "mt1 ether2: 0.0.0.1" in found["r1"][0].evidence


def test_a_mismatch_seen_from_both_ends_is_told_once() -> None:
    own = Finding("ospf.area_mismatch", Severity.MAJOR, "eth1", "sendiri", "x")
    shared = replace(own, evidence="kedua ujung")
    assert joined([own], [shared]) == [shared]


@given(st.permutations([Finding(code, Severity.MAJOR, "x", "", "") for code in ORDER]))
def test_ranking_does_not_depend_on_the_order_of_discovery(found: list[Finding]) -> None:
    assert [one.code for one in ranked(found)] == ORDER


def test_facts_survive_json() -> None:
    assert Facts.from_json(GOOD.as_json()) == GOOD
    assert Facts.from_json({**GOOD.as_json(), "unknown": 1}) == GOOD
    assert Facts.from_json({}) == Facts()
