"""Invariants 1 and 2: no write without an approved case, no approval but of the exact plan by a second person."""

from __future__ import annotations

import pytest

from sop.register import CaseRecord, Lease, PlanRecord, Register
from sop.register.errors import (
    AlreadyDone,
    NotConfirmed,
    NotYourTurn,
    OwnPlan,
    OwnRequest,
    PermitRefused,
    ReasonMissing,
    UnknownAnswer,
    UnknownPlan,
    WrongRole,
)
from sop.register.tables import CaseEvent, CasePlan
from tests.sop.register.office import (
    CLI,
    FLOW,
    Clock,
    a_plan,
    approved,
    digest,
    network_case,
    official,
    propose,
    website_case,
)


@pytest.fixture
def case(register: Register) -> CaseRecord:
    return approved(register, network_case(register))


def writes(register: Register, case: CaseRecord, plan: PlanRecord, lease: Lease, **change: str) -> None:
    """What a playbook does just before it writes."""
    asked = {"case_id": case.id, "action": plan.action, "target": plan.target, "plan_hash": plan.hash, **change}
    register.permit(**asked, lease=lease)()


def refused(register: Register) -> bool:
    return register.audit_rows()[-1].action == "write.refused"


def test_a_plan_of_ladder_a_is_covered_by_the_approved_case(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case, "A")
    with register.lease(plan.target, "run-1", "perbaikan") as lease:
        writes(register, case, plan, lease)
    intent = [row for row in register.audit_rows(case.id) if row.action == "write.intended"]
    assert [row.detail["plan"] for row in intent] == [plan.hash]


def test_a_plan_of_ladder_b_waits_for_a_second_person(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case)
    place = register.case(case.id).position
    assert (place.step, place.turn, place.waiting) == (5, ("koordinator", "kabid"), (plan.hash,))
    with register.lease(plan.target, "run-1", "perbaikan") as lease:
        with pytest.raises(PermitRefused, match="belum disetujui"):
            writes(register, case, plan, lease)
        assert refused(register)
        register.act(case.id, "koordinator", "YA", plan_hash=plan.hash, actor=CLI)
        writes(register, case, plan, lease)


def test_a_plan_that_was_applied_is_refused_as_done_and_not_as_unapproved(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case)
    register.act(case.id, "koordinator", "YA", actor=CLI)
    register.settle_plan(plan.hash, "applied", {}, FLOW, case.id)
    with (
        register.lease(plan.target, "run-1", "perbaikan") as lease,
        pytest.raises(PermitRefused, match="sudah dijalankan"),
    ):
        writes(register, case, plan, lease)
    with pytest.raises(AlreadyDone, match="sudah dijalankan"):
        register.settle_plan(plan.hash, "applied", {}, FLOW, case.id)


def test_approval_calls_the_flow_again_and_binds_the_hash(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case)
    case = register.act(case.id, "kabid-1", "YA", "laksanakan malam hari", actor=CLI)
    assert (case.events[-1].kind, case.events[-1].plans, case.position.attempt) == ("approved", (plan.hash,), 2)
    assert [row.key for row in register.outbox_due()] == [f"{case.id}:5:1", f"{case.id}:5:2"]


def test_another_plans_hash_is_not_covered(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case)
    register.act(case.id, "koordinator", "YA", actor=CLI)
    other = digest(a_plan(changes="reload"))
    with register.lease(plan.target, "run-1", "perbaikan") as lease:
        for change in (
            {"plan_hash": other},
            {"plan_hash": ""},
            {"action": "restore"},
            {"target": "dinkes-r2"},
            {"case_id": network_case(register).id},
        ):
            with pytest.raises(PermitRefused):
                writes(register, case, plan, lease, **change)
            assert refused(register)


def test_a_case_that_is_not_approved_or_not_at_work_permits_nothing(register: Register) -> None:
    fresh = network_case(register)
    with pytest.raises(PermitRefused):
        propose(register, fresh)
    working = approved(register, network_case(register))
    plan = propose(register, working, "A")
    register.keep(b"{}", "findings", "f", case_id=working.id)
    with register.lease(plan.target, "run-1", "perbaikan") as lease:
        writes(register, working, plan, lease)
        register.complete_work(working.id, 5, FLOW, {})
        with pytest.raises(PermitRefused, match="langkah 6"):
            writes(register, working, plan, lease)


def test_a_withdrawal_stops_the_very_next_write(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case, "A")
    with register.lease(plan.target, "run-1", "perbaikan") as lease:
        permit = register.permit(case.id, plan.action, plan.target, plan.hash, lease)
        permit()
        register.withdraw(case.id, "kadis-1", "dibatalkan", CLI)
        with pytest.raises(PermitRefused, match="ditarik"):
            permit()
    assert any(row.action == "write.refused" for row in register.audit_rows(case.id))


def test_a_dropped_plan_is_neither_permitted_nor_proposed_again(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case)
    with pytest.raises(ReasonMissing):
        register.act(case.id, "koordinator", "TIDAK", actor=CLI)
    register.act(case.id, "koordinator", "TIDAK", "tunggu jendela pemeliharaan", actor=CLI)
    again = propose(register, case)
    assert (again.state, again.reason) == ("dropped", "tunggu jendela pemeliharaan")
    assert register.case(case.id).position.waiting == ()
    with register.lease(plan.target, "run-1", "perbaikan") as lease, pytest.raises(PermitRefused):
        writes(register, case, plan, lease)


def test_nobody_approves_their_own_plan(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case, proposer="koordinator-1")
    with pytest.raises(OwnPlan):
        register.act(case.id, "koordinator-1", "YA", plan_hash=plan.hash, actor=CLI)
    assert register.plan(plan.hash).state == "proposed"
    register.act(case.id, "kabid-1", "YA", plan_hash=plan.hash, actor=CLI)
    assert register.plan(plan.hash).approver == "kabid-1"


def test_nobody_approves_a_plan_of_their_own_request(register: Register) -> None:
    case = network_case(register, requested_by="koordinator-1")
    register.act(case.id, "kadis", "YA", actor=CLI)
    register.act(case.id, "kabid", "YA", actor=CLI)
    with pytest.raises(OwnRequest):
        register.act(case.id, "koordinator-1", "YA", actor=CLI)


def test_the_technician_cannot_approve_what_waits_for_a_second_person(register: Register, case: CaseRecord) -> None:
    propose(register, case)
    with pytest.raises(NotYourTurn):
        register.act(case.id, "tim_teknis-1", "YA", "selesai", actor=CLI)
    register.keep(b"{}", "findings", "f", case_id=case.id)
    with pytest.raises(NotYourTurn, match="menunggu persetujuan"):
        register.complete_work(case.id, 5, FLOW, {})


def test_an_approval_forged_in_the_plans_row_permits_nothing(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case)
    with register._database.writing() as session:
        row = session.query(CasePlan).one()
        row.state, row.approver = "approved", "kabid-1"
    with register.lease(plan.target, "run-1", "perbaikan") as lease, pytest.raises(PermitRefused):
        writes(register, case, plan, lease)


def test_a_dropped_plan_that_someone_marks_approved_permits_nothing(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case)
    register.act(case.id, "koordinator", "TIDAK", "jangan", actor=CLI)
    with register._database.writing() as session:
        row = session.query(CasePlan).one()
        row.state, row.approver = "approved", "kabid-1"
    with register.lease(plan.target, "run-1", "perbaikan") as lease, pytest.raises(PermitRefused, match="orang kedua"):
        writes(register, case, plan, lease)


def test_a_plan_for_one_device_does_not_cover_another_even_with_its_lease(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case, "A")
    with (
        register.lease("dinkes-r2", "run-1", "perbaikan") as lease,
        pytest.raises(PermitRefused, match="bukan rencana"),
    ):
        writes(register, case, plan, lease, target="dinkes-r2")


def test_a_document_changed_after_its_approval_is_refused_and_found(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case)
    register.act(case.id, "koordinator", "YA", actor=CLI)
    with register._database.writing() as session:
        session.query(CasePlan).one().document = a_plan(changes="erase")
    with (
        register.lease(plan.target, "run-1", "perbaikan") as lease,
        pytest.raises(PermitRefused, match="berubah"),
    ):
        writes(register, case, plan, lease)
    assert not register.verify_audit().ok


def test_one_of_several_waiting_plans_must_be_named(register: Register, case: CaseRecord) -> None:
    first, second = (propose(register, case, target=name) for name in ("dinkes-r1", "dinkes-r2"))
    with pytest.raises(UnknownPlan):
        register.act(case.id, "koordinator", "YA", actor=CLI)
    case = register.act(case.id, "koordinator", "YA", plan_hash=second.hash, actor=CLI)
    assert case.position.waiting == (first.hash,)
    assert len(register.outbox_due()) == 1
    case = register.act(case.id, "koordinator", "TIDAK", "cukup satu", plan_hash=first.hash, actor=CLI)
    assert [plan.state for plan in case.plans] == ["dropped", "approved"]
    assert len(register.outbox_due()) == 2


@pytest.mark.parametrize(
    "change",
    [{"target": "dinsos-r1"}, {"target": "dinkes-web"}, {"action": "deploy"}, {"action": "erase"}, {"ladder": "C"}],
)
def test_a_plan_that_does_not_belong_to_the_case_is_not_taken(
    register: Register, case: CaseRecord, change: dict[str, str]
) -> None:
    with pytest.raises(PermitRefused):
        propose(register, case, **change)
    assert register.plans(case.id) == []


def test_a_case_about_one_device_takes_no_plan_for_another(register: Register) -> None:
    case = approved(register, network_case(register, devices=("dinkes-r2",)))
    with pytest.raises(PermitRefused):
        propose(register, case)


def test_a_document_that_says_another_ladder_than_its_proposer_is_refused(register: Register, case: CaseRecord) -> None:
    with pytest.raises(PermitRefused):
        register.propose(case.id, a_plan(ladder="B"), "repair", "dinkes-r1", "A", "pelihara")


def test_a_settled_plan_is_spent(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case, "A")
    settled = register.settle_plan(plan.hash, "unchanged", {"status": "unchanged"}, FLOW)
    assert (settled.state, settled.outcome) == ("applied", {"status": "unchanged"})
    with pytest.raises(AlreadyDone):
        register.settle_plan(plan.hash, "applied", {}, FLOW)
    with register.lease(plan.target, "run-1", "perbaikan") as lease, pytest.raises(PermitRefused):
        writes(register, case, plan, lease)
    assert register.case(case.id).events[-1].kind == "settled"


def test_an_outcome_in_unknown_words_settles_nothing(register: Register, case: CaseRecord) -> None:
    plan = propose(register, case, "A")
    with pytest.raises(UnknownAnswer):
        register.settle_plan(plan.hash, "beres", {}, FLOW)
    with pytest.raises(UnknownPlan):
        register.settle_plan("0" * 64, "applied", {}, FLOW)
    assert register.plan(plan.hash).state == "proposed"


def test_a_plan_that_failed_can_be_proposed_again_and_needs_approval_again(
    register: Register, case: CaseRecord
) -> None:
    plan = propose(register, case)
    register.act(case.id, "koordinator", "YA", actor=CLI)
    register.settle_plan(plan.hash, "rolled_back", {}, FLOW)
    assert propose(register, case).state == "proposed"
    with register.lease(plan.target, "run-1", "perbaikan") as lease, pytest.raises(PermitRefused):
        writes(register, case, plan, lease)


def test_the_same_plan_in_two_cases_is_approved_in_each(register: Register, case: CaseRecord) -> None:
    other = approved(register, network_case(register))
    plan, same = propose(register, case), propose(register, other)
    assert plan.hash == same.hash
    register.act(case.id, "koordinator", "YA", actor=CLI)
    with register.lease(plan.target, "run-1", "perbaikan") as lease:
        writes(register, case, plan, lease)
        with pytest.raises(PermitRefused):
            writes(register, other, same, lease)


def test_a_write_needs_the_lease_on_its_target(register: Register, case: CaseRecord, clock: Clock) -> None:
    plan = propose(register, case, "A")
    with register.lease("dinkes-r2", "run-1", "lain") as wrong, pytest.raises(PermitRefused):
        writes(register, case, plan, wrong)
    with register.lease(plan.target, "run-1", "perbaikan", 60) as lease:
        clock.forward(seconds=50)
        writes(register, case, plan, lease)
        clock.forward(seconds=50)
        writes(register, case, plan, lease)
        clock.forward(seconds=61)
        with pytest.raises(PermitRefused, match="kedaluwarsa"):
            writes(register, case, plan, lease)


def test_a_bundle_covers_each_of_its_actions_at_the_step_that_allows_it(register: Register) -> None:
    case = approved(register, website_case(register))
    register.keep(b"{}", "analysis", "a", case_id=case.id)
    plan = propose(register, case, "B", action="host+deploy", target="dinkes-web")
    with register.lease("dinkes-web", "run-1", "deploy") as lease:
        with pytest.raises(PermitRefused, match="langkah 6"):
            writes(register, case, plan, lease, action="deploy")
        register.act(case.id, "sub_koordinator", "YA", actor=CLI)
        writes(register, case, plan, lease, action="deploy")
        writes(register, case, plan, lease, action="host")
        with pytest.raises(PermitRefused):
            writes(register, case, plan, lease, action="domain")


def test_without_its_audit_row_a_write_is_not_permitted(
    register: Register, case: CaseRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = propose(register, case, "A")

    def broken(*_args: object, **_kwargs: object) -> None:
        raise OSError("disk full")

    with register.lease(plan.target, "run-1", "perbaikan") as lease:
        with monkeypatch.context() as patch:
            patch.setattr("sop.register.audit.append", broken)
            with pytest.raises(OSError, match="disk full"):
                writes(register, case, plan, lease)
            with pytest.raises(OSError, match="disk full"):
                register.withdraw(case.id, "kadis-1", "batal", CLI)
        assert register.case(case.id).state == "open"


def test_events_cannot_be_rewritten_even_by_the_program(register: Register) -> None:
    network_case(register)
    with pytest.raises(Exception, match="append-only"), register._database.writing() as session:
        session.query(CaseEvent).filter_by(seq=1).one().note = "lain"


@pytest.fixture
def naming(register: Register) -> CaseRecord:
    """A website's case at the step where its name is planned for, one such plan put forward."""
    case = approved(register, website_case(register))
    register.keep(b"{}", "analysis", "a", case_id=case.id)
    propose(register, case, "A", target="dinkes-web", action="domain")
    return register.case(case.id)


def test_a_name_is_approved_only_after_the_network_team_agreed_to_exactly_that_plan(
    register: Register, naming: CaseRecord
) -> None:
    (plan,) = naming.unconfirmed
    with pytest.raises(NotConfirmed, match="tim jaringan"):
        register.act(naming.id, "sub_koordinator", "YA", actor=CLI)
    assert register.audit_rows()[-1].action == "case.act.refused"
    with pytest.raises(UnknownPlan):
        register.confirm(naming.id, "tim_teknis", "YA", plan_hash=digest(b"lain"), actor=CLI)
    agreed = register.confirm(naming.id, "tim_teknis", "YA", "alamat benar", actor=CLI)
    assert agreed.unconfirmed == ()
    assert (agreed.events[-1].kind, agreed.events[-1].plans) == ("confirmed", (plan.hash,))
    assert agreed.position == naming.position, "it still waits for its approver"
    case = register.act(naming.id, "sub_koordinator", "YA", actor=CLI)
    case = register.complete_work(case.id, 7, FLOW, {})
    with register.lease(plan.target, "run-1", "domain") as lease:
        writes(register, case, plan, lease)
    assert register.verify_audit().problems == ()


@pytest.mark.parametrize("other", ["pelaksana", "sub_koordinator", "kadis", "dinkes"])
def test_only_the_network_team_confirms(register: Register, naming: CaseRecord, other: str) -> None:
    with pytest.raises(WrongRole):
        register.confirm(naming.id, other, "YA", actor=CLI)
    assert register.case(naming.id).unconfirmed == naming.unconfirmed


def test_the_network_team_says_no_with_a_reason_and_the_plan_is_dropped(register: Register, naming: CaseRecord) -> None:
    with pytest.raises(ReasonMissing):
        register.confirm(naming.id, "tim_teknis", "TIDAK", "-", actor=CLI)
    case = register.confirm(naming.id, "tim_teknis", "TIDAK", "alamat milik aplikasi lain", actor=CLI)
    assert [(plan.state, plan.approver) for plan in case.plans] == [("dropped", "tim_teknis-1")]
    assert (case.position.waiting, case.unconfirmed) == ((), ())


def test_a_plan_put_forward_again_is_confirmed_again(register: Register, naming: CaseRecord) -> None:
    (plan,) = naming.unconfirmed
    register.confirm(naming.id, "tim_teknis", "YA", actor=CLI)
    register.act(naming.id, "sub_koordinator", "YA", actor=CLI)
    register.complete_work(naming.id, 7, FLOW, {})
    register.settle_plan(plan.hash, "failed", {}, FLOW, naming.id)
    propose(register, naming, "A", target="dinkes-web", action="domain")
    assert [each.hash for each in register.case(naming.id).unconfirmed] == [plan.hash]


def test_a_row_that_says_approved_is_no_confirmation(register: Register, naming: CaseRecord) -> None:
    """The plan's row alone says approved."""
    (plan,) = naming.unconfirmed
    with register._database.writing() as session:
        session.get_one(CasePlan, 1).state = "approved"
    with register.lease(plan.target, "run-1", "domain") as lease, pytest.raises(PermitRefused):
        writes(register, naming, plan, lease)


def test_who_confirmed_does_not_approve_as_well(register: Register, naming: CaseRecord) -> None:
    acting = {"kind": "plh", "for": "sub_koordinator", "from": "2020-01-01", "until": "2040-01-01"}
    register.inventory.officials["tim_teknis-1"] = official("tim_teknis", acting=acting)
    register.confirm(naming.id, "tim_teknis-1", "YA", actor=CLI)
    with pytest.raises(OwnPlan, match="orang lain"):
        register.act(naming.id, "tim_teknis-1", "YA", actor=CLI)
    assert register.act(naming.id, "sub_koordinator-1", "YA", actor=CLI).position.step == 7
