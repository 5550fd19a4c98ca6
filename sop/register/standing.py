"""Approvals that stand: a plan that says so is carried out again, for a year, without a new approval (certificates).

It is the plan that was approved, by its hash, and nothing else: a change (of the name, the authority, the way of proof)
makes another plan, which needs a case. It ends by itself a year after the approval; at once when the case was
withdrawn, a newer plan of the same kind was turned down, or the inventory no longer asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sop.register.errors import PermitRefused
from sop.register.leases import Lease
from sop.register.plans import plan_record
from sop.register.proposals import Proposals
from sop.register.records import SOFTWARE, Actor, PlanRecord
from sop.register.tables import CasePlan

STANDS = timedelta(days=366)


class Standing(Proposals):
    """What may be carried out again, and the permit for it."""

    def standing(self, action: str, target: str) -> tuple[PlanRecord, datetime] | None:
        """The plan that stands for a target, and until when; None: there is none, so a case is needed."""
        with self._database.reading() as session:
            plan = _newest_decided(session, action, target)
            try:
                return (plan_record(plan), self._until(session, plan)) if plan else None
            except PermitRefused:
                return None

    def permit_again(self, plan: PlanRecord, lease: Lease, actor: Actor = SOFTWARE) -> Callable[[], None]:
        """As `permit`, for a plan that stands: each call re-reads all of it, prolongs the lease, audits the intent."""
        about = {"action": plan.action, "target": plan.target, "plan": plan.hash, "token": lease.token, "again": True}

        def check() -> None:
            with self._refusals("write", plan.case_id, actor, about), self._database.writing() as session:
                newest = _newest_decided(session, plan.action, plan.target)
                if newest is None or (newest.hash, newest.case_id) != (plan.hash, plan.case_id):
                    raise PermitRefused(f"rencana {plan.hash[:12]} sudah diganti atau ditolak")
                self._until(session, newest)
                self._check_lease(session, lease, plan.target)
                self._note(session, "write.intended", plan.case_id, about, actor)

        return check

    def _until(self, session: Session, plan: CasePlan) -> datetime:
        """Until when a plan stands. Raises PermitRefused when it does not, or no longer."""
        dossier = self._dossier(session, plan.case_id)
        if dossier.position.state in ("ditarik", "ditolak"):
            raise PermitRefused(f"{plan.case_id} {dossier.position.state}")
        if plan.target not in self.inventory.websites or not _says_it_stands(plan):
            raise PermitRefused(f"rencana {plan.hash[:12]} tidak dapat dijalankan lagi tanpa persetujuan")
        approval = self._check_bound(dossier, plan)
        if self.clock() > approval.at + STANDS:
            raise PermitRefused(f"persetujuan rencana {plan.hash[:12]} sudah lewat setahun")
        return approval.at + STANDS


def _says_it_stands(plan: CasePlan) -> bool:
    return json.loads(plan.document).get("details", {}).get("renews") is True


def _newest_decided(session: Session, action: str, target: str) -> CasePlan | None:
    """Applied, or turned down, whichever came last."""
    rows = select(CasePlan).filter_by(action=action, target=target)
    decided = rows.where(CasePlan.state.in_(("applied", "dropped"))).order_by(CasePlan.id.desc())
    plan = session.scalar(decided.limit(1))
    return plan if plan is not None and plan.state == "applied" else None
