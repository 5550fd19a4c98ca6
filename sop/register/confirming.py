"""Another team's YA or TIDAK to a plan that changes something of theirs, as an act of its own."""

from __future__ import annotations

from sop.progress import EventKind
from sop.register.authority import Capacity, forbid_own_request
from sop.register.cases import Cases, check_reason
from sop.register.confirmation import CONFIRMERS, confirmer
from sop.register.dossier import Dossier, records
from sop.register.errors import AlreadyDone, OwnPlan, UnknownAnswer, UnknownPlan, WrongRole
from sop.register.plans import drop
from sop.register.records import SOFTWARE, Actor, CaseRecord, PlanRecord
from sop.register.tables import storable


class Confirming(Cases):
    """The plan's approver comes after them: only then is the plan approved, by two people and in this order."""

    def confirm(
        self, case_id: str, official: str, answer: str, note: str = "", plan_hash: str = "", actor: Actor = SOFTWARE
    ) -> CaseRecord:
        """YA binds to exactly this plan; TIDAK, with a reason, drops it.

        `plan_hash` may be "" while one plan lacks its confirmation. Raises UnknownCase, UnknownOfficial, UnknownAnswer,
        UnknownPlan, WrongRole, OwnPlan, OwnRequest, ReasonMissing, AlreadyDone.
        """
        asked = {"official": official, "answer": answer, "note": note, "plan": plan_hash}
        with self._refusals("case.confirm", case_id, actor, asked), self._database.writing() as session:
            dossier = self._dossier(session, case_id)
            if not dossier.position.is_open:
                raise AlreadyDone(f"{case_id} sudah {dossier.position.state}")
            plan = _meant(records(session, [dossier.row])[0], plan_hash)
            who = self._confirmer(dossier, official, plan)
            if answer not in ("YA", "TIDAK"):
                raise UnknownAnswer(f"jawaban {answer!r} tidak dikenal; pilih YA atau TIDAK")
            check_reason(case_id, answer, note)
            said, plans = storable(note).strip(), (plan.hash,)
            if answer == "TIDAK":
                drop(session, case_id, plans, who.slug, said)
            kind: EventKind = "confirmed" if answer == "YA" else "dropped"
            self._event(session, dossier, kind, actor, who, answer=answer, note=said, plans=plans)
            return records(session, [dossier.row])[0]

    def _confirmer(self, dossier: Dossier, official: str, plan: PlanRecord) -> Capacity:
        role = confirmer(plan.action) or ""
        who = self._held(dossier, official).get(role)
        if who is None:
            raise WrongRole(f"{official} tidak dapat mengonfirmasi rencana {plan.action}; yang dapat: {role}")
        if who.slug == plan.proposer:
            raise OwnPlan(f"{who.slug} mengusulkan rencana {plan.hash[:12]}; yang mengonfirmasi harus orang lain")
        forbid_own_request(self.inventory, dossier.docket, who.slug)
        return who


def _meant(case: CaseRecord, plan_hash: str) -> PlanRecord:
    waiting = {plan.hash: plan for plan in case.unconfirmed}
    if plan_hash in waiting:
        return waiting[plan_hash]
    if not plan_hash and len(waiting) == 1:
        return next(iter(waiting.values()))
    if plan_hash or not waiting:
        which = f"rencana {plan_hash[:12]}" if plan_hash else f"rencana {' atau '.join(CONFIRMERS)}"
        raise UnknownPlan(f"{which} pada {case.id} tidak sedang menunggu konfirmasi")
    raise UnknownPlan(f"sebutkan salah satu rencana: {', '.join(each[:12] for each in waiting)}")
