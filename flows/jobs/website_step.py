"""The steps at which a website is looked at, planned for, backed up and changed."""

from __future__ import annotations

from collections.abc import Callable

from flows.jobs import renewals, reports, websites
from flows.jobs.changes import put_forward
from flows.jobs.leases import PATIENCE_S
from flows.jobs.step import Stopped, Task, kept_here, newest_plan, ready, run_plan
from playbooks.findings import TargetError
from playbooks.hosting import tls
from playbooks.hosting.intruders import cleaning
from playbooks.hosting.site import SiteError
from playbooks.hosting.updates import system
from playbooks.plans import Plan


def inspect(task: Task) -> None:
    if not kept_here(task, "analysis"):
        _look(task, "analysis")


def _look(task: Task, kind: str) -> None:
    office, case = task.office, task.case
    (seen,) = websites.check_websites(office, [case.website], case.id, task.on_progress, task.actor, kind)
    task.carried.results.append(seen.as_json())
    websites.keep_profile(office, case.website, case.id, task.actor)
    task.carried.documents += [str(each.path) for each in reports.report_incident(office, case.id, task.actor)]


def plan(task: Task) -> None:
    """Put forward what a site lacks: the Sub Koordinator's YA approves exactly these plans.

    All or none: a site whose inventory entry is not complete is told of, and a person decides what to do.
    """
    office, case = task.office, task.case
    if any(plan.state == "proposed" for plan in case.plans):
        return
    try:
        # A clean-up stands first: what it takes out must not outlive a new release.
        first = ["clean"] if kept_here(task, reports.INCIDENT) else []
        plans = [_planned(task, action) for action in (*first, *websites.wanted(office, case.website))]
        if not any(each.action in ("deploy", "restore") and each.changes for each in plans):
            # A new release brings its own versions; one that an intruder changed is cleaned before it is copied.
            plans.append(_planned(task, "maintain"))
    except SiteError as error:
        task.carried.reason = f"rencana tidak dapat dibuat: {error}"
        return
    except TargetError as error:
        raise Stopped(f"rencana tidak dapat dibuat: {error}") from error
    for plan in plans:
        if plan.changes:
            put_forward(office, case.id, plan, task.actor)


def _planned(task: Task, action: str) -> Plan:
    """What the site lacks; of a certificate that is not due, its renewals once no approval covers them any more."""
    office, name = task.office, task.case.website
    plan = websites.make_plan(office, name, action)
    if action == "tls" and not plan.changes and renewals.approval_lapses(office, name):
        return tls.standing(websites.site(office, name))
    return plan


def maintain(task: Task) -> None:
    """A proven backup before anything is changed, the approved updates, and a look at what came of them."""
    back_up(task)
    change("maintain")(task)
    if not _waits(task) and not kept_here(task, "findings"):
        _look(task, "findings")


def back_up(task: Task) -> None:
    """Of a network case the backup was made in the diagnosis' own session; a site not yet published has none."""
    site = task.case.website
    if site and not kept_here(task, "backup") and _published(task):
        _back_up_site(task)


def _published(task: Task) -> bool:
    try:
        return websites.published(task.office, task.case.website)
    except (TargetError, SiteError) as error:
        raise Stopped(f"{task.case.website} tidak dapat dicadangkan: {error}") from error


def _back_up_site(task: Task) -> None:
    site = task.case.website
    about = (task.case.id, task.on_progress, task.actor, PATIENCE_S)
    (kept,) = websites.back_up_websites(task.office, [site], *about)
    task.carried.backups.append(kept.as_json())


def look_at_the_result(task: Task) -> None:
    """What was changed is backed up once more, and the report shows the site as it is now."""
    last = {each.kind: each.id for each in task.case.evidence if each.target == task.case.website}
    if last.get("outcome", 0) > last.get("backup", 0):
        _back_up_site(task)
    _look(task, "findings")


def change(*actions: str) -> Callable[[Task], None]:
    """A site's changes build on each other: the first that fails, or waits for a person, stops those after it."""

    def work(task: Task) -> None:
        for action in actions:
            _plan_again(task, action)
        if not _waits(task):
            for plan in ready(task, actions):
                run_plan(task, plan)

    return work


def _waits(task: Task) -> bool:
    """Whether a plan waits for a person."""
    return bool(task.office.register.case(task.case.id).position.waiting)


def _plan_again(task: Task, action: str) -> None:
    """What failed is planned for the site and the inventory as they are now; a person decides whether to try it."""
    last = newest_plan(task, lambda plan: plan.action == action)
    if last is None or not last.came_to_nothing:
        return
    try:
        meant = Plan.from_document(last.document)
        again = "clean" if cleaning.is_cleaning(meant) else "packages" if system.is_of_packages(meant) else action
        websites.propose(task.office, task.case.id, task.case.website, again, task.actor)
    except (TargetError, SiteError) as error:
        raise Stopped(f"rencana {action} baru tidak dapat dibuat: {error}") from error
