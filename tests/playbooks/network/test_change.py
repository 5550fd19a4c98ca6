"""Making a change: what is asked before a write, and what is undone after one. The devices are stand-ins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from inventory.models import Device
from playbooks.findings import Finding, Reason, Severity, TargetError
from playbooks.network import change, platforms, repair
from playbooks.network.backup import ConfigCopy, copy_of
from playbooks.network.change import Proof, Steps, Work, carry_out
from playbooks.network.diagnose import Baseline, DeviceReading
from playbooks.network.endpoints import Endpoint
from playbooks.network.facts import Facts, Interface, Neighbor, Route
from playbooks.network.platforms import Platform
from playbooks.plans import ChangedSincePlan, Ladder, Plan

IOS = platforms.get("cisco_ios")
HERE = Endpoint("sw1", "10.0.0.1", 22, "cisco_ios", "otomasi", known_hosts=Path("known_hosts"))
DOWN = Finding("link.admin_down", Severity.MAJOR, "Gi0/1", "shutdown", "Aktifkan.")
UNSAVED = Finding("config.unsaved", Severity.WARNING, "konfigurasi", "+ shutdown", "Simpan.")
HOT = Finding("cpu.high", Severity.WARNING, "cpu", "91%", "Periksa.")
HEAD = "version 15.2\nhostname sw1\narchive\n path flash:sw1\n"
INTENDED = ("interface Gi0/1", "no shutdown")
INVERSE = ("interface Gi0/1", "shutdown")


@dataclass
class Switch:
    """A device whose configuration is the list of lines it was told, and its own session."""

    lines: list[str] = field(default_factory=list)
    stubborn: bool = False
    """The way back does not lead back."""
    breaks: bool = False
    """Ends the session after a change was typed."""
    endpoint: Endpoint = HERE
    platform: Platform = IOS

    def ask(self, *_: object) -> str:
        return ""

    def order(self, _: str) -> str:
        return "[OK]"

    def configure(self, commands: tuple[str, ...], **_: bool) -> str:
        if tuple(commands) == INVERSE:
            self.lines = self.lines if self.stubborn else []
            return ""
        self.lines = [*self.lines, *commands]
        if self.breaks:
            raise TargetError("sw1", Reason.REFUSED_OUTPUT, "ditolak")
        return ""

    def copy(self) -> ConfigCopy:
        return copy_of("cisco_ios", HEAD + "\n".join([*self.lines, "end"]) + "\n")


@pytest.fixture
def switch(monkeypatch: pytest.MonkeyPatch) -> Switch:
    there = Switch()

    @contextmanager
    def again(*_: object) -> Iterator[Switch]:
        yield there

    for module in (change, repair):
        monkeypatch.setattr(module, "open_session", again)
    monkeypatch.setattr(change, "fetch_config", lambda _: there.copy())
    for patience in ("VERIFY_S", "RETURN_S", "PAUSE_S", "SETTLE_S"):
        monkeypatch.setattr(change, patience, 0.0)
    return there


def a_plan(base: str, ladder: Ladder = Ladder.B) -> Plan:
    details = {"faults": [[DOWN.code, DOWN.subject]], "commands": list(INTENDED), "save": False, "before": {}}
    return Plan("repair", "sw1", ladder, "Aktifkan Gi0/1", INTENDED, INVERSE, DOWN.code, base, details)


def work(base: str, permit: Callable[[], None], wrong: str = "") -> Work:
    return Work(a_plan(base), HERE, permit, lambda _: Proof(wrong), Steps(None))


def permitted() -> None:
    """An approval that stands."""


class Withdrawn(Exception):
    """What a permit raises."""


def withdrawn() -> None:
    raise Withdrawn


def test_a_change_that_proves_good_stays(switch: Switch) -> None:
    assert carry_out(work(switch.copy().digest, permitted), switch).status == "applied"  # type: ignore[arg-type]
    assert switch.lines == [*INTENDED]


def test_what_was_saved_after_the_proof_is_not_reported_as_unsaved(switch: Switch) -> None:
    plan = replace(a_plan(switch.copy().digest), details={**a_plan("").details, "save": True})
    job = Work(plan, HERE, permitted, lambda _: Proof("", (UNSAVED, HOT)), Steps(None))
    outcome = carry_out(job, switch)  # type: ignore[arg-type]
    assert [each["code"] for each in outcome.after] == ["cpu.high"]


def test_a_device_that_changed_since_the_plan_is_not_touched(switch: Switch) -> None:
    planned = work(switch.copy().digest, permitted)
    switch.lines = ["ip routing"]
    with pytest.raises(ChangedSincePlan):
        carry_out(planned, switch)  # type: ignore[arg-type]
    assert switch.lines == ["ip routing"]


def test_without_a_permit_nothing_is_written(switch: Switch) -> None:
    with pytest.raises(Withdrawn):
        carry_out(work(switch.copy().digest, withdrawn), switch)  # type: ignore[arg-type]
    assert switch.lines == []


def test_a_permit_withdrawn_after_the_write_takes_the_change_back(switch: Switch) -> None:
    asked: list[int] = []

    def withdrawn_at_the_second_asking() -> None:
        asked.append(len(asked))
        if len(asked) > 1:
            raise Withdrawn

    with pytest.raises(Withdrawn):
        carry_out(work(switch.copy().digest, withdrawn_at_the_second_asking), switch)  # type: ignore[arg-type]
    assert len(asked) == 2
    assert switch.lines == []


@pytest.mark.parametrize("breaks", [False, True], ids=["unproven", "refused half-way"])
def test_what_does_not_prove_good_is_undone(switch: Switch, breaks: bool) -> None:
    switch.breaks = breaks
    outcome = carry_out(work(switch.copy().digest, permitted, "masih mati"), switch)  # type: ignore[arg-type]
    assert outcome.status == "rolled_back"
    assert switch.lines == []


def test_a_way_back_that_does_not_lead_back_is_a_failure_that_says_what_to_type(switch: Switch) -> None:
    switch.stubborn = True
    outcome = carry_out(work(switch.copy().digest, permitted, "masih mati"), switch)  # type: ignore[arg-type]
    assert outcome.status == "failed"
    assert "interface Gi0/1; shutdown" in outcome.detail


def a_device(*uplinks: str) -> Device:
    return Device(opd="dinkes", address="10.0.0.1", platform="cisco_ios", credentials="opd-router", uplinks=uplinks)


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


def test_the_same_plan_has_the_same_hash_in_whatever_order_it_was_put_together() -> None:
    plan = a_plan("0" * 64)
    assert replace(plan, details=dict(reversed(plan.details.items()))).hash == plan.hash
    assert Plan.from_document(plan.document()) == plan
    assert replace(plan, way_back=()).hash != plan.hash


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
