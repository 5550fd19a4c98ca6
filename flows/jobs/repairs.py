"""Changes of devices: repairs and restores planned, put forward and applied, and the register told of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial

from flows.jobs.changes import OnStep, apply_approved, put_forward
from flows.jobs.configurations import version_of
from flows.jobs.errors import BadInput, NotDone, unknown
from flows.jobs.network import back_up_devices, device_endpoint
from flows.jobs.readings import last_baselines
from flows.office import Office
from inventory.maintenance import opening, window
from playbooks.findings import Severity, TargetError
from playbooks.network import repair, restore
from playbooks.network.backup import ConfigCopy
from playbooks.network.change import Keep, recover
from playbooks.network.diagnose import DeviceReading, diagnose
from playbooks.network.facts import Facts
from playbooks.network.runbook import runbook
from playbooks.plans import Ladder, Outcome, Permit, Plan
from sop.documents.words import DAYS
from sop.register.records import SOFTWARE, Actor, CaseRecord, PlanRecord


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
    seen = reading or diagnose(here, entry, last_baselines(office, [device]).get(device))
    if seen.reason is not None:
        raise TargetError(device, seen.reason, seen.detail)
    propose = partial(repair.propose, here, entry, seen, others=_others(office, device))
    plans = _wanted(case, propose(), partial(propose, apart=True))
    _keep_runbooks(office, case_id, seen, {fault for plan in plans for fault in _faults(plan)}, actor)
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


def _others(office: Office, device: str) -> dict[str, Facts]:
    """What the last good runs knew of the other devices of the same OPD."""
    mine = office.inventory.devices[device].opd
    names = [name for name, other in office.inventory.devices.items() if other.opd == mine and name != device]
    return {name: facts for name, known in last_baselines(office, names).items() if (facts := known.as_facts())}


def _wanted(case: CaseRecord, plans: list[Plan], apart: Callable[[], list[Plan]]) -> list[Plan]:
    """Less what a person dropped and what class A tried once in vain.

    Of a bundle that was dropped or came to nothing its changes are asked one by one.
    """
    past = [(Plan.from_document(plan.document), plan) for plan in case.plans if plan.action == "repair"]
    refused = [_faults(plan) for plan, record in past if record.state == "dropped"]
    undone = [_faults(plan) for plan, record in past if record.state == "rolled_back"]
    if any(len(_faults(plan)) > 1 and _faults(plan) in (*refused, *undone) for plan in plans):
        return [plan for plan in apart() if _faults(plan) not in refused][:1]
    tried = [_faults(plan) for plan in plans if plan.ladder is Ladder.A and _faults(plan) in undone]
    return [plan for plan in plans if plan.changes and _faults(plan) not in (*refused, *tried)]


def _faults(plan: Plan) -> list[tuple[str, str]]:
    return [(code, subject) for code, subject in plan.details["faults"]]


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

    begun = _begun(office, case_id, plan_hash)

    def keep(copy: ConfigCopy) -> None:
        office.register.keep_config(device, copy.text, copy.redacted, copy.digest, case_id, actor)

    def change(plan: Plan, permit: Permit) -> Outcome:
        if plan.ladder is Ladder.B:
            _require_window(office, device)
        undone = _recovered(office, plan, permit, begun, on_step) if begun else None
        return undone or _made(office, plan, permit, on_step, keep)

    outcome = apply_approved(office, case_id, device, action, plan_hash, actor, patience_s, change)
    if outcome.status == "applied":
        # Else the newest version would be the one of before, and a return to the newest would undo the change.
        # It need not be like that one: what was approved and proven may have taken most of it away.
        back_up_devices(office, [device], case_id, actor=actor, replaced=True)
    return outcome


def _recovered(office: Office, plan: Plan, permit: Permit, begun: datetime, on_step: OnStep | None) -> Outcome | None:
    """What became of the run that began this change and died, where its way back had to be seen to."""
    since_s = (office.register.clock() - begun).total_seconds()
    return recover(plan, device_endpoint(office, plan.target), permit, _config_of(office, plan), since_s, on_step)


def _made(office: Office, plan: Plan, permit: Permit, on_step: OnStep | None, keep: Keep) -> Outcome:
    here, entry = device_endpoint(office, plan.target), office.inventory.devices[plan.target]
    if plan.action == "restore":
        return restore.apply(plan, here, entry, permit, on_step, keep)
    return repair.apply(plan, here, entry, permit, on_step, keep, _others(office, plan.target))


def _require_window(office: Office, device: str) -> None:
    """Raises NotDone outside the device's maintenance window; it says when that opens."""
    kept, zone = window(office.inventory, device), office.inventory.office.zone
    opens = opening(kept, office.register.clock(), zone) if kept else None
    if opens:
        when = f"{DAYS[opens.weekday()]} {opens:%d-%m-%Y} pukul {opens:%H.%M}"
        raise NotDone(
            f"di luar jendela pemeliharaan {device}, yang dibuka {when}; lanjutkan setelah itu", "outside_window"
        )


def half_done(office: Office, case_id: str) -> list[tuple[PlanRecord, datetime]]:
    """Changes of a case that were begun and never settled, with the time of their last write: a run died in them.

    One that is being made just now is among them, for as long as it lasts.
    """
    plans = [plan for plan in office.register.plans(case_id) if plan.state in ("proposed", "approved")]
    return [(plan, at) for plan in plans if (at := _begun(office, case_id, plan.hash))]


def _begun(office: Office, case_id: str, plan_hash: str) -> datetime | None:
    """When a write of this plan was last permitted since it was put forward.

    A run asks for its first permit before it looks at the device, so one alone (by its lease) is no write.
    """
    put = next((plan.at for plan in office.register.plans(case_id) if plan.hash == plan_hash), None)
    rows = [row for row in office.register.audit_rows(case_id) if row.action == "write.intended"]
    mine = [(datetime.fromisoformat(row.at), row.detail["token"]) for row in rows if row.detail["plan"] == plan_hash]
    later = [(at, token) for at, token in mine if put and at >= put]
    writes = [at for no, (at, token) in enumerate(later) if token in [other for _, other in later[:no]]]
    return writes[-1] if writes else None


def _config_of(office: Office, plan: Plan) -> str:
    """The configuration that a plan was made from; empty where the office has no copy of it."""
    kept = [
        each
        for each in office.register.config_versions(plan.target)
        if each.digest == plan.base and not each.quarantined
    ]
    return office.register.read_config(kept[-1].id, full=True) if kept else ""


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
