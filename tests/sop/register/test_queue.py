"""The outbox: work starts once, whatever dies in between."""

from __future__ import annotations

import pytest

from sop.register import CaseRecord, OutboxRow, Register
from sop.register.errors import UnknownEvidence
from tests.sop.register.office import CLI, FLOW, approved, network_case, propose


@pytest.fixture
def case(register: Register) -> CaseRecord:
    return approved(register, network_case(register))


@pytest.fixture
def row(register: Register, case: CaseRecord) -> OutboxRow:
    (due,) = register.outbox_due()
    assert due.case_id == case.id
    return due


def test_a_posted_row_is_no_longer_due_and_keeps_its_first_run(register: Register, row: OutboxRow) -> None:
    register.outbox_posted(row.id, "run-1")
    register.outbox_posted(row.id, "run-2")
    assert register.outbox_due() == []
    assert [open_row.run_id for open_row in register.outbox_open()] == ["run-1"]


def test_a_closed_row_stays_closed(register: Register, row: OutboxRow) -> None:
    register.outbox_posted(row.id, "run-1")
    register.outbox_closed(row.id, "selesai")
    register.outbox_retry(row.id, "worker mati")
    assert register.outbox_open() == register.outbox_due() == []


def test_a_run_that_died_is_followed_by_a_new_attempt_with_a_new_key(register: Register, row: OutboxRow) -> None:
    register.outbox_posted(row.id, "run-1")
    register.outbox_retry(row.id, "worker mati")
    (again,) = register.outbox_due()
    assert (again.key, again.attempt) == (f"{row.case_id}:5:2", 2)
    assert register.case(row.case_id).events[-1].note == "worker mati"
    register.outbox_retry(row.id, "worker mati")
    assert len(register.outbox_due()) == 1


def test_work_that_was_finished_by_hand_meanwhile_is_not_attempted_anew(register: Register, row: OutboxRow) -> None:
    register.outbox_posted(row.id, "run-1")
    register.act(row.case_id, "tim_teknis", "YA", "dikerjakan sendiri", actor=CLI)
    register.outbox_retry(row.id, "worker mati")
    assert [due.step for due in register.outbox_due()] == [6]


def test_work_that_waits_for_an_approval_is_not_attempted_anew(register: Register, row: OutboxRow) -> None:
    propose(register, register.case(row.case_id))
    register.outbox_retry(row.id, "worker mati")
    assert register.outbox_due() == []


def test_work_of_a_case_that_is_over_is_not_attempted_anew(register: Register, row: OutboxRow) -> None:
    register.outbox_posted(row.id, "run-1")
    register.withdraw(row.case_id, "kadis-1", "batal", CLI)
    register.outbox_retry(row.id, "worker mati")
    assert register.outbox_due() == []


def test_the_report_is_called_for_when_the_repair_is_done(register: Register, row: OutboxRow) -> None:
    register.keep(b"{}", "findings", "f", case_id=row.case_id)
    register.complete_work(row.case_id, 5, FLOW, {})
    assert [due.payload["work"] for due in register.outbox_due()][-1] == ["report"]


def test_an_unknown_row_is_named(register: Register) -> None:
    with pytest.raises(UnknownEvidence, match="77"):
        register.outbox_posted(77, "run-1")
