"""Plans in a case: bound by their hash, decided on by someone who neither made them nor asked for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from sop.register.errors import OwnPlan, PermitRefused, UnknownPlan
from sop.register.records import PlanRecord
from sop.register.tables import CasePlan


def plan_record(plan: CasePlan) -> PlanRecord:
    return PlanRecord(**{name: getattr(plan, name) for name in PlanRecord.__dataclass_fields__})


def actions(plan: CasePlan) -> list[str]:
    """The action words that a plan covers; a bundle joins several with `+`."""
    return plan.action.split("+")


def in_case(session: Session, case_id: str, plan_hash: str) -> CasePlan | None:
    return session.scalar(select(CasePlan).filter_by(case_id=case_id, hash=plan_hash))


def check_document(document: bytes, action: str, target: str, ladder: str) -> None:
    """What is approved is the document, so what the register keeps beside it must not say otherwise."""
    try:
        fields = json.loads(document)
    except ValueError:
        raise PermitRefused("dokumen rencana bukan JSON") from None
    said = {"action": action, "target": target, "ladder": ladder}
    for key, value in said.items():
        if isinstance(fields, dict) and fields.get(key, value) != value:
            raise PermitRefused(f"dokumen rencana menyebut {key} {fields[key]!r}, bukan {value!r}")


def approve(session: Session, case_id: str, hashes: Iterable[str], approver: str, note: str) -> None:
    """Raises OwnPlan when the approver proposed one of them."""
    for plan in _waiting(session, case_id, hashes):
        if plan.proposer == approver:
            raise OwnPlan(
                f"{approver} mengusulkan rencana {plan.hash[:12]}; rencana sendiri tidak boleh disetujui sendiri"
            )
        plan.state, plan.approver, plan.reason = "approved", approver, note


def drop(session: Session, case_id: str, hashes: Iterable[str], approver: str, reason: str) -> None:
    for plan in _waiting(session, case_id, hashes):
        plan.state, plan.approver, plan.reason = "dropped", approver, reason


def _waiting(session: Session, case_id: str, hashes: Iterable[str]) -> Iterator[CasePlan]:
    for plan_hash in hashes:
        plan = in_case(session, case_id, plan_hash)
        if plan is None or plan.state != "proposed":
            raise UnknownPlan(f"rencana {plan_hash[:12]} pada {case_id} tidak sedang menunggu keputusan")
        yield plan
