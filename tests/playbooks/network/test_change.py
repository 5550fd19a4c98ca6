"""Making a change: what is asked before a write, and what is undone after one. The device is a stand-in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playbooks.network.change import Proof, Steps, Work, carry_out
from playbooks.plans import ChangedSincePlan, Plan
from tests.playbooks.network.switch import (
    HERE,
    HOT,
    INTENDED,
    UNSAVED,
    Switch,
    Withdrawn,
    a_plan,
    permitted,
    withdrawn,
    work,
)


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


def test_the_same_plan_has_the_same_hash_in_whatever_order_it_was_put_together() -> None:
    plan = a_plan("0" * 64)
    assert replace(plan, details=dict(reversed(plan.details.items()))).hash == plan.hash
    assert Plan.from_document(plan.document()) == plan
    assert replace(plan, way_back=()).hash != plan.hash
