"""Putting findings right: what is planned, and what is looked at again before and after. The device is a stand-in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playbooks.findings import Finding, Reason, Severity
from playbooks.network import repair
from playbooks.network.diagnose import Baseline, DeviceReading
from playbooks.network.facts import Facts, Interface, Neighbor, Route
from playbooks.plans import ChangedSincePlan, Ladder
from tests.playbooks.network.switch import (
    DOWN,
    HEAD,
    HERE,
    HOT,
    INTENDED,
    INVERSE,
    IOS,
    UNSAVED,
    Switch,
    a_device,
    permitted,
)

ALSO_DOWN = replace(DOWN, subject="Gi0/2")
WORSE = Finding("ospf.neighbor_lost", Severity.MAJOR, "10.1.1.1", "hilang", "Periksa.")


@pytest.fixture
def reading(switch: Switch, monkeypatch: pytest.MonkeyPatch) -> DeviceReading:
    """What a diagnosis of the switch gives: its port is shut."""
    seen = DeviceReading(
        "sw1", 0.1, (DOWN,), raw={"show running-config": HEAD}, facts={"running_digest": switch.copy().digest}
    )
    monkeypatch.setattr(repair, "diagnose", lambda *_: seen)
    return seen


def test_lines_that_would_not_be_planned_now_are_refused(switch: Switch, reading: DeviceReading) -> None:
    (planned,) = repair.propose(HERE, a_device(), reading)
    other = replace(planned, details={**planned.details, "commands": ["no ip routing"]})
    with pytest.raises(ChangedSincePlan):
        repair.apply(other, HERE, a_device(), permitted)
    assert switch.lines == []


def test_an_uplink_is_never_planned_for(reading: DeviceReading) -> None:
    assert [plan.changes[:2] for plan in repair.propose(HERE, a_device(), reading)] == [INTENDED]
    assert repair.propose(HERE, a_device("Gi0/1"), reading) == []


@pytest.mark.parametrize("severity", [Severity.MAJOR, Severity.CRITICAL])
def test_saving_is_not_planned_while_the_device_has_a_serious_fault(reading: DeviceReading, severity: Severity) -> None:
    faulty = replace(reading, findings=(replace(DOWN, severity=severity), UNSAVED))
    assert [plan.finding for plan in repair.propose(HERE, a_device(), faulty)] == ["link.admin_down"]
    (plan,) = repair.propose(HERE, a_device(), replace(reading, findings=(HOT, UNSAVED)))
    assert (plan.finding, plan.ladder) == ("config.unsaved", Ladder.A)


def test_what_would_be_saved_with_a_fault_that_came_since_is_not_saved(
    switch: Switch, reading: DeviceReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(switch, "order", lambda line: said.append(line) or "[OK]")
    calm = replace(reading, findings=(UNSAVED,))
    (plan,) = repair.propose(HERE, a_device(), calm)
    monkeypatch.setattr(repair, "diagnose", lambda *_: replace(reading, findings=(DOWN, UNSAVED)))
    with pytest.raises(ChangedSincePlan):
        repair.apply(plan, HERE, a_device(), permitted)
    assert said == []
    seen = iter((calm, replace(reading, findings=())))
    monkeypatch.setattr(repair, "diagnose", lambda *_: next(seen))
    assert repair.apply(plan, HERE, a_device(), permitted).status == "applied"
    assert said == list(IOS.save)


def test_a_save_is_judged_by_the_same_last_good_run_when_planned_and_when_made(
    reading: DeviceReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it other findings are serious: a BGP peer that was down all along, for one."""
    calm = replace(reading, findings=(UNSAVED,), before={"hostname": "sw1"})
    (plan,) = repair.propose(HERE, a_device(), calm)
    baselines: list[Baseline | None] = []
    monkeypatch.setattr(
        repair, "diagnose", lambda _, __, baseline, ___: baselines.append(baseline) or replace(calm, findings=())
    )
    repair.apply(plan, HERE, a_device(), permitted)
    assert [each and each.facts for each in baselines] == [{"hostname": "sw1"}]


def test_a_port_behind_which_another_device_leads_out_is_not_planned_for(reading: DeviceReading) -> None:
    """The neighbour's own reading says that it holds the gateway."""
    to_core = Facts(
        neighbors=(Neighbor("Gi0/1", "core"),),
        interfaces=(Interface("Gi0/1", enabled=False),),
        default_routes=(Route("0.0.0.0/0", "10.9.0.1"),),
    )
    seen = replace(reading, facts={**to_core.as_json(), "running_digest": reading.facts["running_digest"]})
    core = Facts(hostname="core", interfaces=(Interface("Vl9", addresses=("10.9.0.1/24",)),))
    assert len(repair.propose(HERE, a_device(), seen)) == 1
    assert repair.propose(HERE, a_device(), seen, others={"core": core}) == []


def test_several_changes_are_one_plan_undone_from_behind_or_one_each(reading: DeviceReading) -> None:
    two = replace(reading, findings=(DOWN, ALSO_DOWN))
    (plan,) = repair.propose(HERE, a_device(), two)
    assert plan.details["commands"] == [*INTENDED, "interface Gi0/2", "no shutdown"]
    assert plan.way_back == ("interface Gi0/2", "shutdown", *INVERSE)
    assert [one.finding for one in repair.propose(HERE, a_device(), two, apart=True)] == [DOWN.code, DOWN.code]


def test_of_one_finding_the_plan_is_its_own_and_what_only_a_person_can_do_has_none(reading: DeviceReading) -> None:
    two = replace(reading, findings=(DOWN, ALSO_DOWN, UNSAVED))
    alone = repair.plan_for(ALSO_DOWN, HERE, a_device(), two)
    assert alone is not None
    assert alone.details["faults"] == [["link.admin_down", "Gi0/2"]]
    assert repair.plan_for(HOT, HERE, a_device(), two) is None
    assert repair.plan_for(UNSAVED, HERE, a_device(), two) is None
    saving = repair.plan_for(UNSAVED, HERE, a_device(), replace(two, findings=(HOT, UNSAVED)))
    assert saving is not None
    assert saving.details["save"] is True


def test_a_device_that_cannot_take_a_change_back_by_itself_is_not_planned_for(reading: DeviceReading) -> None:
    bare = HEAD.replace("archive\n path flash:sw1\n", "")
    assert repair.propose(HERE, a_device(), replace(reading, raw={"show running-config": bare})) == []


def test_a_fault_that_is_gone_is_left_alone(
    switch: Switch, reading: DeviceReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    (plan,) = repair.propose(HERE, a_device(), reading)
    monkeypatch.setattr(repair, "diagnose", lambda *_: replace(reading, findings=(HOT,)))
    outcome = repair.apply(plan, HERE, a_device(), permitted)
    assert (outcome.status, switch.lines) == ("unchanged", [])
    assert [each["code"] for each in outcome.before] == ["cpu.high"]


def test_a_device_that_cannot_be_read_again_is_not_touched(
    switch: Switch, reading: DeviceReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    (plan,) = repair.propose(HERE, a_device(), reading)
    monkeypatch.setattr(repair, "diagnose", lambda *_: DeviceReading("sw1", 0.1, (), Reason.TIMEOUT))
    with pytest.raises(ChangedSincePlan, match="sw1: tidak menjawab sampai batas waktu"):
        repair.apply(plan, HERE, a_device(), permitted)
    assert switch.lines == []


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({"findings": (DOWN,)}, "link.admin_down Gi0/1 masih ada"),
        ({"findings": (WORSE,)}, "temuan baru: ospf.neighbor_lost 10.1.1.1"),
        ({"findings": (), "reason": Reason.UNREACHABLE}, "perangkat tidak terbaca: tidak terjangkau"),
    ],
    ids=["still there", "something worse", "unreadable"],
)
def test_what_a_new_session_does_not_show_to_be_right_is_undone(
    switch: Switch, reading: DeviceReading, monkeypatch: pytest.MonkeyPatch, after: dict[str, object], said: str
) -> None:
    (plan,) = repair.propose(HERE, a_device(), reading)
    _seen_in_turn(monkeypatch, reading, replace(reading, **after))  # type: ignore[arg-type]
    outcome = repair.apply(plan, HERE, a_device(), permitted)
    assert (outcome.status, switch.lines) == ("rolled_back", [])
    assert said in outcome.detail


def test_a_fault_that_was_there_before_does_not_undo_the_change(
    switch: Switch, reading: DeviceReading, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = replace(reading, findings=(DOWN, WORSE))
    (plan,) = repair.propose(HERE, a_device(), old)
    _seen_in_turn(monkeypatch, old, replace(old, findings=(WORSE,)))
    assert repair.apply(plan, HERE, a_device(), permitted).status == "applied"
    assert switch.lines == [*INTENDED]


def _seen_in_turn(monkeypatch: pytest.MonkeyPatch, first: DeviceReading, later: DeviceReading) -> None:
    seen = [first]
    monkeypatch.setattr(repair, "diagnose", lambda *_: seen.pop() if seen else later)
