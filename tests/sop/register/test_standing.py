"""Approvals that stand: the approved plan again, for a year, and nothing else."""

from __future__ import annotations

import json

import pytest

from sop.register import CaseRecord, PlanRecord, Register
from sop.register.errors import PermitRefused
from tests.sop.register.office import CLI, FLOW, Clock, a_plan, approved, website_case


def certified(register: Register, renews: bool = True, **more: object) -> tuple[CaseRecord, PlanRecord]:
    """A case whose plan of a certificate was approved and applied."""
    case = approved(register, website_case(register))
    register.keep(b"{}", "analysis", "a", case_id=case.id)
    document = json.loads(a_plan("dinkes-web", "tls", "A", renews=renews, **more))
    plan = register.propose(case.id, json.dumps(document).encode(), "tls", "dinkes-web", "A", "pelihara")
    register.act(case.id, "sub_koordinator", "YA", actor=CLI)
    register.complete_work(case.id, 7, FLOW, {})
    register.settle_plan(plan.hash, "applied", {}, FLOW, case.id)
    return register.complete_work(case.id, 8, FLOW, {}), plan


def renew(register: Register, plan: PlanRecord) -> None:
    with register.lease(plan.target, "run", "pembaruan") as lease:
        register.permit_again(plan, lease)()


def test_an_approved_plan_stands_for_a_year_after_its_case(register: Register, clock: Clock) -> None:
    case, plan = certified(register)
    standing = register.standing("tls", "dinkes-web")
    assert standing is not None
    assert standing[0].hash == plan.hash
    clock.forward(days=300)
    renew(register, plan)
    assert register.audit_rows(case.id)[-1].detail["again"] is True
    clock.forward(days=70)
    assert register.standing("tls", "dinkes-web") is None
    with pytest.raises(PermitRefused, match="lewat setahun"):
        renew(register, plan)
    assert register.audit_rows(case.id)[-1].action == "write.refused"
    assert register.verify_audit().problems == ()


def test_a_plan_that_does_not_say_so_does_not_stand(register: Register) -> None:
    _, plan = certified(register, renews=False)
    assert register.standing("tls", "dinkes-web") is None
    with pytest.raises(PermitRefused):
        renew(register, plan)


def test_a_withdrawn_case_ends_what_was_approved_in_it(register: Register) -> None:
    case, plan = certified(register)
    register.withdraw(case.id, "kadis", "situs ditutup", CLI)
    assert register.standing("tls", "dinkes-web") is None
    with pytest.raises(PermitRefused, match="ditarik"):
        renew(register, plan)


def test_a_newer_plan_that_was_turned_down_ends_the_older_ones_approval(register: Register) -> None:
    _, plan = certified(register)
    case = approved(register, website_case(register))
    register.propose(case.id, a_plan("dinkes-web", "tls", "A", renews=True), "tls", "dinkes-web", "A", "pelihara")
    assert register.standing("tls", "dinkes-web") is not None, "nobody has answered yet"
    register.act(case.id, "sub_koordinator", "TIDAK", "situs akan ditutup", actor=CLI)
    assert register.standing("tls", "dinkes-web") is None
    with pytest.raises(PermitRefused, match="ditolak"):
        renew(register, plan)


def test_a_website_that_left_the_inventory_is_not_renewed(register: Register) -> None:
    _, plan = certified(register)
    del register.inventory.websites["dinkes-web"]
    with pytest.raises(PermitRefused):
        renew(register, plan)


def test_without_the_lease_nothing_is_renewed(register: Register) -> None:
    _, plan = certified(register)
    with register.lease("dinsos-web", "run", "pembaruan") as lease, pytest.raises(PermitRefused, match="kunci"):
        register.permit_again(plan, lease)()
