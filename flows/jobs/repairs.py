"""Changes of devices: repairs and restores planned, put forward and applied, and the register told of it."""

from __future__ import annotations

import json

from flows.jobs.changes import OnStep, apply_approved, put_forward
from flows.jobs.configurations import version_of
from flows.jobs.errors import BadInput, unknown
from flows.jobs.network import device_endpoint, last_baseline
from flows.office import Office
from playbooks.findings import Severity, TargetError
from playbooks.network import repair, restore
from playbooks.network.diagnose import DeviceReading, diagnose
from playbooks.network.runbook import runbook
from playbooks.plans import Ladder, Outcome, Permit, Plan
from sop.register.records import SOFTWARE, Actor, PlanRecord


def propose_repairs(
    office: Office, case_id: str, device: str, actor: Actor = SOFTWARE, reading: DeviceReading | None = None
) -> list[PlanRecord]:
    """Put forward what can be repaired, from a reading of just now or a new one; the same plan is proposed once.

    Class A comes alone: carrying it out changes what a plan of class B would have been made from. What a person has
    dropped in this case is not asked again. Raises TargetError when the device cannot be read, UnknownCase,
    PermitRefused when the case does not stand where plans are made.
    """
    case = office.register.case(case_id)
    here, entry = device_endpoint(office, device), office.inventory.devices[device]
    seen = reading or diagnose(here, entry, last_baseline(office, device))
    if seen.reason is not None:
        raise TargetError(device, seen.reason, seen.detail)
    dropped = [_fault(Plan.from_document(plan.document)) for plan in case.plans if plan.state == "dropped"]
    plans = [plan for plan in repair.propose(here, entry, seen) if plan.changes and _fault(plan) not in dropped]
    _keep_runbooks(office, case_id, seen, {_fault(plan)[1:] for plan in plans}, actor)
    first = [plan for plan in plans if plan.ladder is Ladder.A] or plans
    return [put_forward(office, case_id, plan, actor) for plan in first]


def _keep_runbooks(
    office: Office, case_id: str, seen: DeviceReading, planned: set[tuple[str, str]], actor: Actor
) -> None:
    """What a technician has to do by hand: every cause worth it that no plan is for. Kept for the report."""
    platform = office.inventory.devices[seen.name].platform
    pages = {
        finding.name: runbook(finding, seen.name, platform)
        for finding in seen.findings
        if finding.severity > Severity.INFO and not finding.cause and (finding.code, finding.subject) not in planned
    }
    if any(pages.values()):
        document = json.dumps({name: lines for name, lines in pages.items() if lines}, ensure_ascii=False).encode()
        about = ("runbook", f"{seen.name}-panduan.json", "application/json", case_id, seen.name)
        office.register.keep(document, *about, actor=actor)


def _fault(plan: Plan) -> tuple[str, str, str]:
    return plan.target, plan.finding, str(plan.details.get("subject", ""))


def apply_plan(
    office: Office,
    case_id: str,
    device: str,
    action: str,
    plan_hash: str,
    actor: Actor,
    on_step: OnStep | None = None,
    patience_s: float = 0.0,
) -> Outcome:
    """Apply one approved repair or restore: permit, lease, way back and verification.

    Raises RegisterError (PermitRefused above all) before the device is touched, ChangedSincePlan when the device is no
    longer as it was planned for, TargetError when it cannot be reached.
    """
    if device not in office.inventory.devices:
        raise unknown("perangkat", device, office.inventory.devices)

    def change(plan: Plan, permit: Permit) -> Outcome:
        apply = restore.apply if action == "restore" else repair.apply
        return apply(plan, device_endpoint(office, device), office.inventory.devices[device], permit, on_step)

    return apply_approved(office, case_id, device, action, plan_hash, actor, patience_s, change)


ASKED = "restore_request"
"""Kind of the evidence that a return to a stored configuration was asked for."""


def may_ask(office: Office, case_id: str) -> bool:
    """Whether the case has yet to come to the step at which a restore is planned and approved."""
    case = office.register.case(case_id)
    steps = [step.no for step in case.procedure.steps if "restore" in step.allows]
    return case.position.is_open and bool(steps) and case.position.step < min(steps)


def ask_restore(office: Office, case_id: str, device: str, version: str, actor: Actor) -> None:
    """Keep the wish; the plan is made, from the device as it is then, when the case comes to its step.

    That step is over within seconds when there is nothing to decide. Raises BadInput when there is no such version.
    """
    if device not in office.devices_of(office.register.case(case_id)):
        raise BadInput(f"{device} tidak termasuk dalam {case_id}", "unknown_target")
    document = {"version": str(version_of(office, device, version).id), "official": actor.official}
    about = (ASKED, f"{device}-pengembalian.json", "application/json", case_id, device)
    office.register.keep(json.dumps(document).encode(), *about, actor=actor)


def asked_restore(office: Office, case_id: str, device: str) -> list[PlanRecord]:
    """Put forward the restore that was asked for last, once in a case; nothing when there is none such."""
    asked = office.register.evidence(case_id, device, ASKED)
    tried = [each for each in office.register.plans(case_id) if (each.target, each.action) == (device, "restore")]
    if not asked or tried:
        return []
    wish = json.loads(office.register.read(asked[-1].id))
    return propose_restore(office, case_id, device, wish["version"], Actor(wish["official"], via="flow"))


def propose_restore(office: Office, case_id: str, device: str, version: str, actor: Actor) -> list[PlanRecord]:
    """Propose a return to a stored configuration; nothing when the device has it. Raises TargetError or UnknownCase."""
    wanted = office.register.read_config(version_of(office, device, version).id, full=True)
    office.register.case(case_id)
    plan = restore.plan(device_endpoint(office, device), office.inventory.devices[device], wanted)
    return [put_forward(office, case_id, plan, actor)] if plan.changes else []
