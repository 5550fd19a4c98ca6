"""Carrying an approved case through its technical steps, until a person is needed."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from flows.jobs import network, notices, repairs, reports, websites
from flows.jobs.changes import Progress, put_forward
from flows.jobs.leases import PATIENCE_S
from flows.office import Office
from playbooks.findings import TargetError
from playbooks.hosting.site import SiteError
from playbooks.network.diagnose import DeviceReading
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
class _Task:
    """One step of one case, being carried."""

    office: Office
    case: CaseRecord
    actor: Actor
    carried: Carried
    on_progress: Progress

    @property
    def step(self) -> int:
        return self.case.position.step


def carry(
    office: Office,
    case_id: str,
    step: int = 0,
    attempt: int = 0,
    run: str = "",
    on_progress: Progress | None = None,
) -> Carried:
    """Do the technical work of the step a case stands at, as far as it goes without a person.

    Running it again, after a crash or an approval, does what is left. `step` and `attempt` are those the run was made
    for: a case that has moved on is left alone (0: whatever the step is). `run` is noted in the audit. Raises
    RegisterError (UnknownCase), TargetLocked when another holds a target for long.
    """
    case = office.register.case(case_id)
    place = case.position
    carried = Carried(case.id, place.step)
    if (
        not place.is_open
        or not case.step.work
        or (step and (step, attempt or place.attempt) != (place.step, place.attempt))
    ):
        carried.state = "over"
    else:
        actor = Actor(via="flow", terminal=run)
        _carry(_Task(office, case, actor, carried, on_progress or (lambda *_: None)))
    carried.undelivered = notices.tell_turn(office, case.id)
    return carried


def _carry(task: _Task) -> None:
    if task.case.position.waiting:
        return
    try:
        for word in task.case.step.work:
            _WORK[word](task)
        _complete(task)
    except Stopped as stop:
        task.carried.state, task.carried.reason = "stopped", str(stop)
        task.office.register.audit("case.stopped", task.case.id, {"step": task.step, "why": str(stop)}, task.actor)


def _complete(task: _Task) -> None:
    """The flow completes its own steps; a plan that waits, or a step that a person completes, waits for them."""
    now = task.office.register.case(task.case.id)
    if not now.position.is_open or now.position.step != task.step:
        # Withdrawn, or finished by hand, while the work went on.
        task.carried.state = "over"
    elif now.step.completes == "by_flow" and not now.position.waiting:
        summary = {"outcomes": task.carried.outcomes, "backups": task.carried.backups}
        task.office.register.complete_work(task.case.id, task.step, task.actor, summary)
        task.carried.state = "done"


def _diagnose(task: _Task) -> None:
    """Read, back up and repair what was not yet done in this step, in one session a device; then look again."""
    office, case = task.office, task.case
    devices = list(case.devices) or office.device_names(case.opd)
    if not devices:
        raise Stopped(f"OPD {case.opd} tidak punya perangkat dalam inventaris")
    fresh = _examine(task, [name for name in devices if not _read_well(task, name)])
    readable = [name for name in devices if _read_well(task, name)]
    if not readable:
        raise Stopped(f"tidak satu pun perangkat {case.opd} terbaca; lihat temuan, lalu ulangi diagnosa")
    considered = {each.target for each in _kept_here(task, "proposals")}
    for name in readable:
        if name not in considered:
            _propose(task, name, fresh.get(name))
    failures = _apply_each(task, ("repair", "restore"))
    fresh = _examine(task, [name for name in devices if _changed_since_read(task, name)])
    if failures:
        raise Stopped("; ".join(failures))
    for name in readable:
        if _only_class_a(task, name):
            _propose(task, name, fresh.get(name))


def _examine(task: _Task, devices: list[str]) -> dict[str, DeviceReading]:
    done = network.examine(task.office, devices, task.case.id, task.on_progress, task.actor) if devices else []
    readings = {each.name: each.reading for each in done if each.reading}
    task.carried.results += [reading.as_json() for reading in readings.values()]
    task.carried.backups += [each.backup.as_json() for each in done if each.backup]
    return readings


def _changed_since_read(task: _Task, device: str) -> bool:
    """A repaired device is read and backed up once more: the report shows before and after."""
    last = {
        kind: max((each.id for each in _kept_here(task, kind) if each.target == device), default=0)
        for kind in ("findings", "outcome")
    }
    return last["outcome"] > last["findings"]


def _read_well(task: _Task, device: str) -> bool:
    kept = [each for each in _kept_here(task, "findings") if each.target == device]
    return bool(kept) and json.loads(task.office.register.read(kept[-1].id))["status"] != "failed"


def _kept_here(task: _Task, kind: str) -> list[EvidenceRecord]:
    """Evidence of a kind since the case came to this step."""
    since = task.case.position.since
    return [each for each in task.office.register.evidence(case_id=task.case.id, kind=kind) if each.at >= since]


def _propose(task: _Task, device: str, reading: DeviceReading | None) -> None:
    """Put a device's repairs forward once; which ones is kept, so that a run that was killed does not miss any."""
    try:
        plans = repairs.propose_repairs(task.office, task.case.id, device, task.actor, reading)
    except TargetError as error:
        task.on_progress(device, f"rencana tidak dapat dibuat: {error.detail or error.reason}")
        return
    document = json.dumps([plan.hash for plan in plans]).encode()
    about = ("proposals", f"{device}-rencana.json", "application/json", task.case.id, device)
    task.office.register.keep(document, *about, actor=task.actor)


def _only_class_a(task: _Task, device: str) -> bool:
    """Whether what waits for nobody is done, and what needs approval can be planned for the state that it left."""
    plans = task.office.register.case(task.case.id).plans
    return {plan.ladder for plan in plans if plan.target == device} == {"A"}


def _backed_up(task: _Task) -> None:
    """Of a network case the backup was made in the diagnosis' own session; a site not yet published has none."""
    site = task.case.website
    if site and not _kept_here(task, "backup") and _published(task):
        _back_up_site(task)


def _published(task: _Task) -> bool:
    try:
        return websites.published(task.office, task.case.website)
    except (TargetError, SiteError) as error:
        raise Stopped(f"{task.case.website} tidak dapat dicadangkan: {error}") from error


def _back_up_site(task: _Task) -> None:
    site = task.case.website
    (kept,) = websites.back_up_websites(task.office, [site], task.case.id, task.on_progress, task.actor)
    task.carried.backups.append(kept.as_json())


def _inspect(task: _Task) -> None:
    if not _kept_here(task, "analysis"):
        _look(task, "analysis")


def _look(task: _Task, kind: str) -> None:
    office, case = task.office, task.case
    (seen,) = websites.check_websites(office, [case.website], case.id, task.on_progress, task.actor, kind)
    task.carried.results.append(seen.as_json())


def _plan(task: _Task) -> None:
    """Put forward what a site lacks: the Sub Koordinator's YA approves exactly these plans.

    All or none: a site whose inventory entry is not complete is told of, and a person decides what to do.
    """
    office, case = task.office, task.case
    if any(plan.state == "proposed" for plan in case.plans):
        return
    try:
        plans = [websites.make_plan(office, case.website, action) for action in websites.wanted(office, case.website)]
    except SiteError as error:
        task.carried.reason = f"rencana tidak dapat dibuat: {error}"
        return
    except TargetError as error:
        raise Stopped(f"rencana tidak dapat dibuat: {error}") from error
    for plan in plans:
        if plan.changes:
            put_forward(office, case.id, plan, task.actor)


def _maintain(task: _Task) -> None:
    """A proven backup before anything is changed; its failure is told in the report."""
    _backed_up(task)
    if not _kept_here(task, "findings"):
        _look(task, "findings")


def _change(action: str) -> Callable[[_Task], None]:
    """A site's changes build on each other: the first that fails, or waits for a person, stops those after it."""

    def change(task: _Task) -> None:
        _plan_again(task, action)
        if not task.office.register.case(task.case.id).position.waiting:
            for plan in _ready(task, (action,)):
                _run(task, plan)

    return change


def _plan_again(task: _Task, action: str) -> None:
    """What failed is planned for the site and the inventory as they are now; a person decides whether to try it."""
    plans = [each for each in task.office.register.plans(task.case.id) if each.action == action]
    if not plans or max(plans, key=lambda each: each.at).state not in ("failed", "rolled_back"):
        return
    try:
        websites.propose(task.office, task.case.id, task.case.website, action, task.actor)
    except (TargetError, SiteError) as error:
        raise Stopped(f"rencana {action} baru tidak dapat dibuat: {error}") from error


def _apply_each(task: _Task, actions: Collection[str]) -> list[str]:
    """Devices do not depend on each other: what fails on one is told, and the others are still repaired."""
    failures = []
    for plan in _ready(task, actions):
        try:
            _run(task, plan)
        except Stopped as stop:
            failures.append(str(stop))
    return failures


def _ready(task: _Task, actions: Collection[str]) -> list[PlanRecord]:
    """This case's approved plans, and those of class A that wait for nobody."""
    case = task.office.register.case(task.case.id)
    return [plan for plan in case.plans if plan.action in actions and _may_run(plan, case)]


def _may_run(plan: PlanRecord, case: CaseRecord) -> bool:
    alone = plan.ladder == "A" and plan.state == "proposed"
    return (plan.state == "approved" or alone) and plan.hash not in case.position.waiting


def _run(task: _Task, plan: PlanRecord) -> None:
    """One plan; what stops it is settled, so that it is not tried again without a person."""
    register = task.office.register
    try:
        outcome = _applied(task, plan)
    except (ChangedSincePlan, TargetError, SiteError, RegisterError) as error:
        why = f"{plan.action} {plan.target} tidak dijalankan: {error}"
        if isinstance(error, ChangedSincePlan | SiteError):
            register.settle_plan(plan.hash, "failed", {"detail": why}, task.actor, task.case.id)
        raise Stopped(why) from error
    task.carried.outcomes.append({"target": plan.target, "action": plan.action, "status": outcome.status})
    if not outcome.ok:
        raise Stopped(f"{plan.action} {plan.target}: {outcome.detail or outcome.status}")


def _applied(task: _Task, plan: PlanRecord) -> Outcome:
    def told(what: str) -> None:
        task.on_progress(plan.target, what)

    office, case, actor = task.office, task.case, task.actor
    if case.website:
        return websites.apply_plan(office, case.id, plan.target, plan.action, plan.hash, actor, told, PATIENCE_S)
    return repairs.apply_repair(office, case.id, plan.target, plan.hash, actor, told, plan.action, PATIENCE_S)


def _report(task: _Task) -> None:
    """Papers are written anew by each attempt until the step is completed; each version stays evidence."""
    if task.case.website:
        _look_at_the_result(task)
    written = reports.report_case(task.office, task.case.id, task.actor)
    task.carried.documents = [str(each.path) for each in written]


def _look_at_the_result(task: _Task) -> None:
    """What was changed is backed up once more, and the report shows the site as it is now."""
    last = {each.kind: each.id for each in task.case.evidence if each.target == task.case.website}
    if last.get("outcome", 0) > last.get("backup", 0):
        _back_up_site(task)
    _look(task, "findings")


_WORK: dict[str, Callable[[_Task], None]] = {
    "diagnose": _diagnose,
    "backup": _backed_up,
    "inspect": _inspect,
    "plan": _plan,
    "maintain": _maintain,
    **{action: _change(action) for action in websites.NEW_SITE},
    "report": _report,
}
"""The words of sop.procedure.WORK."""
