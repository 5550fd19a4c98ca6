"""Plans are proposed, permitted and settled. A permit re-reads the register at every call, just before a write."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sop.progress import Event
from sop.register.authority import forbid_own_request
from sop.register.confirmation import confirmer
from sop.register.confirming import Confirming
from sop.register.dossier import Dossier
from sop.register.errors import (
    AlreadyDone,
    LeaseLost,
    NotConfirmed,
    OwnPlan,
    OwnRequest,
    PermitRefused,
    UnknownAnswer,
    UnknownPlan,
)
from sop.register.leases import Lease, Leases
from sop.register.plans import actions, check_confirmed, check_document, in_case, plan_record
from sop.register.records import SOFTWARE, Actor, PlanRecord, PlanState
from sop.register.tables import CasePlan
from sop.words import PLANS

_FINAL: dict[str, PlanState] = {
    "applied": "applied",
    "unchanged": "applied",
    "rolled_back": "rolled_back",
    "failed": "failed",
}
_STANDING = ("proposed", "approved", "dropped")
"""States in which proposing the same plan again changes nothing: above all, a dropped plan stays dropped."""


class Proposals(Confirming, Leases):
    """Ladder A needs the approved case only; B a second person; C is advice and never written."""

    def propose(
        self,
        case_id: str,
        document: bytes,
        action: str,
        target: str,
        ladder: str,
        proposer: str,
        actor: Actor = SOFTWARE,
    ) -> PlanRecord:
        """Stores a plan. It waits for approval if it is of ladder B, if a person completes the step, if another team
        must confirm it, or if the same was tried in this case and failed.

        `document` is the plan's canonical JSON; `action` may join several words with `+` for a bundle. Raises
        PermitRefused when the case is not at a work step, or the action, ladder or target are not for it.
        """
        plan_hash = hashlib.sha256(document).hexdigest()
        about = {"plan": plan_hash, "action": action, "target": target, "ladder": ladder, "proposer": proposer}
        with self._refusals("plan.propose", case_id, actor, about), self._database.writing() as session:
            dossier = self._dossier(session, case_id)
            check_document(document, action, target, ladder)
            self._check_proposal(dossier, action, target, ladder)
            plan = in_case(session, case_id, plan_hash)
            if plan is not None and plan.state in _STANDING:
                return plan_record(plan)
            again = _failed_before(session, case_id, action, target)
            if plan is None:
                plan = CasePlan(case_id=case_id, hash=plan_hash, action=action, target=target, ladder=ladder)
                plan.document = document
                session.add(plan)
            plan.state, plan.proposer, plan.at = "proposed", proposer, self.clock()
            plan.approver, plan.reason, plan.outcome = "", "", {}
            self._note(session, "plan.proposed", case_id, about, actor)
            alone = ladder == "A" and dossier.step.completes != "by_person" and confirmer(action) is None
            self._event(session, dossier, "planned" if alone and not again else "proposed", actor, plans=(plan_hash,))
            return plan_record(plan)

    def plan(self, plan_hash: str, case_id: str = "") -> PlanRecord:
        """A plan by its hash; the newest when several cases hold the same and `case_id` names none."""
        with self._database.reading() as session:
            return plan_record(_find(session, plan_hash, case_id))

    def plans(self, case_id: str) -> list[PlanRecord]:
        """The plans of a case, oldest first."""
        with self._database.reading() as session:
            return [
                plan_record(p)
                for p in session.scalars(select(CasePlan).filter_by(case_id=case_id).order_by(CasePlan.id))
            ]

    def settle_plan(
        self, plan_hash: str, status: str, outcome: dict[str, Any], actor: Actor = SOFTWARE, case_id: str = ""
    ) -> PlanRecord:
        """Records what applying a plan came to: applied, unchanged, rolled_back or failed.

        Raises UnknownPlan, or AlreadyDone when it was settled or dropped before.
        """
        about = {"plan": plan_hash, "status": status}
        with self._refusals("plan.settle", case_id or plan_hash, actor, about), self._database.writing() as session:
            if status not in _FINAL:
                raise UnknownAnswer(f"hasil {status!r} tidak dikenal; yang dikenal: {', '.join(_FINAL)}")
            plan = _find(session, plan_hash, case_id)
            if plan.state not in ("proposed", "approved"):
                raise AlreadyDone(f"rencana {plan_hash[:12]} {PLANS[plan.state]}")
            plan.state, plan.outcome = _FINAL[status], outcome
            self._note(session, "plan.settled", plan.case_id, {"plan": plan_hash, "outcome": outcome}, actor)
            dossier = self._dossier(session, plan.case_id)
            self._event(session, dossier, "settled", actor, note=plan.state, plans=(plan_hash,))
            return plan_record(plan)

    def permit(
        self, case_id: str, action: str, target: str, plan_hash: str, lease: Lease, actor: Actor = SOFTWARE
    ) -> Callable[[], None]:
        """A callable for a playbook: each call re-reads the register, prolongs the lease and audits the intent.

        It raises PermitRefused, audited, as soon as the case was closed or moved on, the plan is not (or no longer)
        covered, or the lease is lost.
        """
        about = {"action": action, "target": target, "plan": plan_hash, "token": lease.token}

        def check() -> None:
            with self._refusals("write", case_id, actor, about), self._database.writing() as session:
                self._permit(session, case_id, action, target, plan_hash, lease)
                self._note(session, "write.intended", case_id, about, actor)

        return check

    def _permit(self, session: Session, case_id: str, action: str, target: str, plan_hash: str, lease: Lease) -> None:
        dossier = self._dossier(session, case_id)
        if not dossier.position.is_open:
            raise PermitRefused(f"{case_id} sudah {dossier.position.state}")
        if action not in dossier.step.allows:
            raise PermitRefused(f"{case_id} di langkah {dossier.step.no} tidak mengizinkan {action}")
        plan = in_case(session, case_id, plan_hash)
        if plan is None or action not in actions(plan) or plan.target != target:
            raise PermitRefused(f"rencana {plan_hash[:12]} bukan rencana {action} untuk {target} pada {case_id}")
        self._check_plan(dossier, plan)
        self._check_lease(session, lease, target)

    def _check_lease(self, session: Session, lease: Lease, target: str) -> None:
        if lease.target != target:
            raise PermitRefused(f"kunci yang dipegang adalah atas {lease.target}, bukan {target}")
        try:
            self.hold(session, lease)
        except LeaseLost as error:
            raise PermitRefused(str(error)) from None

    def _check_plan(self, dossier: Dossier, plan: CasePlan) -> None:
        if plan.state not in ("proposed", "approved"):
            raise PermitRefused(f"rencana {plan.hash[:12]} {PLANS[plan.state]}")
        if plan.hash in dossier.position.waiting or (plan.ladder != "A" and plan.state != "approved"):
            raise PermitRefused(f"rencana {plan.hash[:12]} belum disetujui")
        if plan.ladder != "A" or confirmer(plan.action):
            self._check_bound(dossier, plan)
        _check_document(plan)

    def _check_bound(self, dossier: Dossier, plan: CasePlan) -> Event:
        """The approval of exactly this document: an event by someone else; the plan's own row is not trusted for it."""
        _check_document(plan)
        approvals = [e for e in dossier.events if e.kind in ("approved", "answered") and plan.hash in e.plans]
        if not approvals or approvals[-1].actor in ("", plan.proposer):
            raise PermitRefused(f"rencana {plan.hash[:12]} tidak disetujui oleh orang kedua")
        try:
            forbid_own_request(self.inventory, dossier.docket, approvals[-1].actor)
            check_confirmed(plan, dossier.events, approvals[-1].actor)
        except (OwnRequest, OwnPlan, NotConfirmed) as error:
            raise PermitRefused(str(error)) from None
        return approvals[-1]

    def _check_proposal(self, dossier: Dossier, action: str, target: str, ladder: str) -> None:
        case, step = dossier.row, dossier.step
        if not dossier.position.is_open or step.kind != "work" or not step.approves:
            raise PermitRefused(f"{case.id} tidak sedang di langkah yang merencanakan perubahan")
        if ladder not in ("A", "B"):
            raise PermitRefused(f"perubahan kelas {ladder} hanya berupa saran dan tidak dijalankan")
        permitted = {word for other in dossier.procedure.steps for word in other.allows}
        if not set(action.split("+")) <= permitted:
            raise PermitRefused(f"SOP {case.sop} tidak mengizinkan {action}")
        devices = case.devices or [name for name, device in self.inventory.devices.items() if device.opd == case.opd]
        if target not in ([case.website] if case.website else devices):
            raise PermitRefused(f"{target} tidak termasuk dalam {case.id}")


def _check_document(plan: CasePlan) -> None:
    if hashlib.sha256(plan.document).hexdigest() != plan.hash:
        raise PermitRefused(f"rencana {plan.hash[:12]} berubah setelah disetujui")


def _failed_before(session: Session, case_id: str, action: str, target: str) -> bool:
    same = select(CasePlan.id).filter_by(case_id=case_id, action=action, target=target)
    return session.scalar(same.where(CasePlan.state.in_(("failed", "rolled_back"))).limit(1)) is not None


def _find(session: Session, plan_hash: str, case_id: str) -> CasePlan:
    rows = select(CasePlan).filter_by(hash=plan_hash, **({"case_id": case_id} if case_id else {}))
    plan = session.scalar(rows.order_by(CasePlan.at.desc(), CasePlan.id.desc()).limit(1))
    if plan is None:
        raise UnknownPlan(f"rencana {plan_hash[:12]} tidak ada")
    return plan
