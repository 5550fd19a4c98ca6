"""What network and website jobs share: plans put forward, outcomes kept, progress told."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from contextlib import ExitStack

from flows.jobs.errors import BadInput
from flows.jobs.leases import holding
from flows.office import Office
from playbooks.plans import Outcome, Permit, Plan
from sop.register.records import Actor, PlanRecord
from sop.words import PLANS

Progress = Callable[[str, str], None]
"""Called with (target, what happened) as work goes on; from the calling thread."""
OnStep = Callable[[str], None]
"""Told each step of a change as it is done."""


def put_forward(office: Office, case_id: str, plan: Plan, actor: Actor) -> PlanRecord:
    """Record a plan in its case: a plan of class A may be applied at once, one of class B waits for its approver."""
    about = (plan.action, plan.target, str(plan.ladder), actor.official)
    return office.register.propose(case_id, plan.document(), *about, actor=actor)


def ready_plan(office: Office, case_id: str, action: str, target: str, wanted: str = "") -> str:
    """Hash of the plan to apply: `wanted`, or the only one of this case and target that waits for nothing more.

    Raises BadInput when there is none or a choice; UnknownCase.
    """
    if wanted:
        return wanted
    plans = [p for p in office.register.plans(case_id) if p.target == target and action in p.action.split("+")]
    ready = [p.hash for p in plans if p.state == "approved" or (p.state == "proposed" and p.ladder == "A")]
    if len(ready) == 1:
        return ready[0]
    of = f"{case_id}: rencana {action} untuk {target}"
    if ready:
        raise BadInput(f"{of} yang siap ada {len(ready)}; isi sidik rencananya", "no_plan")
    raise BadInput(f"{of} {PLANS[plans[-1].state] if plans else 'belum ada'}", "no_plan")


def keep_outcome(office: Office, case_id: str, plan: Plan, outcome: Outcome, actor: Actor) -> None:
    """What was done and what it changed, as evidence: findings before and after stand side by side in it."""
    document = json.dumps({"plan": plan.hash, **outcome.as_json()}, ensure_ascii=False).encode()
    name = f"{plan.target}-{plan.action}-{plan.hash[:12]}.json"
    office.register.keep(document, "outcome", name, "application/json", case_id, plan.target, actor=actor)


def apply_approved(
    office: Office,
    case_id: str,
    target: str,
    action: str,
    plan_hash: str,
    actor: Actor,
    patience_s: float,
    change: Callable[[Plan, Permit], Outcome],
    touched: Callable[[Plan], Collection[str]] = lambda _: (),
) -> Outcome:
    """Lease and permit, then `change`; what it came to is kept as evidence and settles the plan.

    The target, and what else the plan has `touched`, may be another's for up to `patience_s`; all are had or none.
    Raises RegisterError (PermitRefused above all) before the target is touched, and whatever `change` raises.
    """
    register = office.register
    meant = (Plan.from_document(each.document) for each in register.plans(case_id) if each.hash == plan_hash)
    with ExitStack() as stack:
        # Always in this order: two who want the same never wait for each other.
        wanted, why = sorted({target, *(other for plan in meant for other in touched(plan))}), f"{action} {case_id}"
        leases = {each: stack.enter_context(holding(office, each, why, actor, patience_s)) for each in wanted}
        granted = register.permit(case_id, action, target, plan_hash, leases[target], actor)

        def permit() -> None:
            granted()
            for lease in leases.values():
                lease.renew()

        permit()
        plan = Plan.from_document(register.plan(plan_hash, case_id).document)
        outcome = change(plan, permit)
        keep_outcome(office, case_id, plan, outcome, actor)
        register.settle_plan(plan_hash, outcome.status, outcome.as_json(), actor, case_id)
    return outcome
