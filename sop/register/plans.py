"""Plans in a case: bound by their hash, decided on by someone who neither made them nor asked for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from sop.progress import Event
from sop.register.confirmation import confirmation, confirmer
from sop.register.errors import NotConfirmed, OwnPlan, PermitRefused, UnknownPlan
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


def approve(
    session: Session, case_id: str, hashes: Iterable[str], approver: str, note: str, events: Sequence[Event]
) -> None:
    """Raises OwnPlan when the approver proposed or confirmed one of them, NotConfirmed when one is not confirmed."""
    for plan in _waiting(session, case_id, hashes):
        check_confirmed(plan, events, approver)
        if plan.proposer == approver:
            raise OwnPlan(
                f"{approver} mengusulkan rencana {plan.hash[:12]}; rencana sendiri tidak boleh disetujui sendiri"
            )
        plan.state, plan.approver, plan.reason = "approved", approver, note


def check_confirmed(plan: CasePlan, events: Sequence[Event], approver: str) -> None:
    """Raises NotConfirmed when the plan lacks another team's word, OwnPlan when its approver gave that too."""
    role = confirmer(plan.action)
    if role is None:
        return
    given = confirmation(plan.action, plan.hash, events)
    if given is None:
        how = f"pelihara case confirm {plan.case_id} --as PEJABAT --answer YA --plan {plan.hash[:12]}"
        raise NotConfirmed(f"rencana {plan.action} {plan.hash[:12]} belum dikonfirmasi tim jaringan ({role}): {how}")
    if given.actor == approver:
        raise OwnPlan(f"{approver} yang mengonfirmasi rencana {plan.hash[:12]}; penyetujunya harus orang lain")


def drop(session: Session, case_id: str, hashes: Iterable[str], approver: str, reason: str) -> None:
    for plan in _waiting(session, case_id, hashes):
        plan.state, plan.approver, plan.reason = "dropped", approver, reason


def _waiting(session: Session, case_id: str, hashes: Iterable[str]) -> Iterator[CasePlan]:
    for plan_hash in hashes:
        plan = in_case(session, case_id, plan_hash)
        if plan is None or plan.state != "proposed":
            raise UnknownPlan(f"rencana {plan_hash[:12]} pada {case_id} tidak sedang menunggu keputusan")
        yield plan
