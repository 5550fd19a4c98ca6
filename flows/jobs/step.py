"""One technical step of a case while it is carried: what was done, what is left, and how an approved plan is run."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flows.jobs import repairs, websites
from flows.jobs.changes import OnStep, Progress
from flows.jobs.errors import NotDone
from flows.jobs.leases import PATIENCE_S
from flows.office import Office
from playbooks.findings import TargetError
from playbooks.hosting.site import SiteError
from playbooks.plans import ChangedSincePlan, Outcome
from sop.register.errors import RegisterError
from sop.register.records import Actor, CaseRecord, EvidenceRecord, PlanRecord


@dataclass
class Carried:
    """What carrying a case's step came to.

    `state`: done (the step is completed), waiting (for a person's answer), stopped (`reason`, Indonesian, says why and
    a person has to look), over (the case had moved on already).
    """

    case_id: str
    step: int
    state: str = "waiting"
    reason: str = ""
    results: list[dict[str, Any]] = field(default_factory=list)
    """Findings of each target as JSON."""
    backups: list[dict[str, Any]] = field(default_factory=list)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    """Paths of the papers written."""
    undelivered: list[str] = field(default_factory=list)
    """Notices that could not be mailed, and why."""

    def as_json(self) -> dict[str, Any]:
        return dict(self.__dict__)


class Stopped(Exception):
    """The step's work cannot go on without a person; the message (Indonesian) says why."""


@dataclass(frozen=True)
class Task:
    """One step of one case, being carried."""

    office: Office
    case: CaseRecord
    actor: Actor
    carried: Carried
    on_progress: Progress

    @property
    def step(self) -> int:
        return self.case.position.step


def kept_here(task: Task, kind: str) -> list[EvidenceRecord]:
    """Evidence of a kind since the case came to this step."""
    since = task.case.position.since
    return [each for each in task.office.register.evidence(case_id=task.case.id, kind=kind) if each.at >= since]


def newest_plan(task: Task, of: Callable[[PlanRecord], bool]) -> PlanRecord | None:
    """The plan of this case that was put forward last, among those meant."""
    plans = filter(of, task.office.register.plans(task.case.id))
    return max(plans, key=lambda each: each.at, default=None)


def ready(task: Task, actions: Collection[str]) -> list[PlanRecord]:
    """This case's approved plans, and those of class A that wait for nobody."""
    case = task.office.register.case(task.case.id)
    return [plan for plan in case.plans if plan.action in actions and _may_run(plan, case)]


def _may_run(plan: PlanRecord, case: CaseRecord) -> bool:
    alone = plan.ladder == "A" and plan.state == "proposed"
    return (plan.state == "approved" or alone) and plan.hash not in case.position.waiting


def run_plan(task: Task, plan: PlanRecord) -> None:
    """One plan; what stops it is settled, so that it is not tried again without a person."""
    register = task.office.register
    try:
        about = (plan.target, plan.action, plan.hash, task.actor)
        outcome = apply_plan(task.office, task.case.id, *about, partial(task.on_progress, plan.target), PATIENCE_S)
    except (ChangedSincePlan, TargetError, SiteError, RegisterError, NotDone) as error:
        if register.plan(plan.hash, task.case.id).state == "applied":
            task.on_progress(plan.target, f"{plan.action} sudah dijalankan oleh teknisi")
            return
        why = f"{plan.action} {plan.target} tidak dijalankan: {error}"
        if isinstance(error, ChangedSincePlan | SiteError):
            register.settle_plan(plan.hash, "failed", {"detail": why}, task.actor, task.case.id)
        raise Stopped(why) from error
    task.carried.outcomes.append({"target": plan.target, "action": plan.action, "status": outcome.status})
    if not outcome.ok and not _harmless(plan, outcome):
        raise Stopped(f"{plan.action} {plan.target}: {outcome.detail or outcome.status}")


def _harmless(plan: PlanRecord, outcome: Outcome) -> bool:
    """An attempt of class A on a device that did not help and left nothing behind: its finding stays in the report."""
    return plan.action == "repair" and plan.ladder == "A" and outcome.status == "rolled_back"


def apply_plan(
    office: Office,
    case_id: str,
    target: str,
    action: str,
    plan_hash: str,
    actor: Actor,
    on_step: OnStep | None = None,
    patience_s: float = 0.0,
) -> Outcome:
    """Apply one plan of a case, to its website or to one of its devices. Raises as the job of each does."""
    apply = websites.apply_plan if office.register.case(case_id).website else repairs.apply_plan
    return apply(office, case_id, target, action, plan_hash, actor, on_step, patience_s)
