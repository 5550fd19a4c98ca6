"""Carrying an approved case through its technical steps, until a person is needed."""

from __future__ import annotations

from collections.abc import Callable

from flows.jobs import device_step, notices, reports, website_step, websites
from flows.jobs.changes import Progress
from flows.jobs.step import Carried, Stopped, Task, kept_here
from flows.office import Office
from sop.register.records import Actor


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
        _carry(Task(office, case, actor, carried, on_progress or (lambda *_: None)))
    carried.undelivered = notices.tell_turn(office, case.id)
    return carried


def _carry(task: Task) -> None:
    if task.case.position.waiting and all(kept_here(task, kind) for kind in task.case.step.needs):
        return
    try:
        for word in task.case.step.work:
            _WORK[word](task)
        _complete(task)
    except Stopped as stop:
        task.carried.state, task.carried.reason = "stopped", str(stop)
        task.office.register.audit("case.stopped", task.case.id, {"step": task.step, "why": str(stop)}, task.actor)


def _complete(task: Task) -> None:
    """The flow completes its own steps; a plan that waits, or a step that a person completes, waits for them."""
    now = task.office.register.case(task.case.id)
    if not now.position.is_open or now.position.step != task.step:
        # Withdrawn, or finished by hand, while the work went on.
        task.carried.state = "over"
    elif now.step.completes == "by_flow" and not now.position.waiting:
        summary = {"outcomes": task.carried.outcomes, "backups": task.carried.backups}
        task.office.register.complete_work(task.case.id, task.step, task.actor, summary)
        task.carried.state = "done"


def _report(task: Task) -> None:
    """Papers are written anew by each attempt until the step is completed; each version stays evidence."""
    if task.case.website:
        website_step.look_at_the_result(task)
    written = reports.report_case(task.office, task.case.id, task.actor)
    task.carried.documents = [str(each.path) for each in written]


_WORK: dict[str, Callable[[Task], None]] = {
    "diagnose": device_step.diagnose,
    "backup": website_step.back_up,
    "inspect": website_step.inspect,
    "plan": website_step.plan,
    "maintain": website_step.maintain,
    **{action: website_step.change(action) for action in websites.NEW_SITE},
    # Going back to an older release or to a backup stands where a release is put in place.
    "deploy": website_step.change("deploy", "rollback", "restore"),
    "report": _report,
}
"""The words of sop.procedure.WORK."""
