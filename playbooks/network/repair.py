"""Putting findings right: a plan to read and approve, then the change with a way back. The ladder: README above.

Class A: save the configuration, once nothing serious is wrong with the device. Class B: what each platform file can do.
Everything else (class C) is advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from inventory.models import Device
from playbooks.findings import Finding, Severity, explained
from playbooks.network import change, platforms, rules
from playbooks.network.change import Keep, OnStep, Proof, Steps, Work
from playbooks.network.connect import Session, open_session
from playbooks.network.diagnose import Baseline, DeviceReading, diagnose
from playbooks.network.endpoints import Endpoint
from playbooks.network.facts import Facts
from playbooks.network.paths import NOBODY, protected
from playbooks.network.platforms.platform import Change, Situation
from playbooks.network.ports import same_port
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Permit, Plan

SAVE_S = 60.0
UNSAVED = "config.unsaved"
Others = Mapping[str, Facts]


def propose(
    endpoint: Endpoint, device: Device, reading: DeviceReading, apart: bool = False, others: Others = NOBODY
) -> list[Plan]:
    """What can be repaired of a reading's findings, cause first. Talks to no device.

    Changes of class B come as one plan, read and approved once: the first of several would change what the others were
    planned from. `apart`: a plan for each, where somebody does not want them all. `others`: what is known of the other
    devices of its OPD, by name: they tell which ports lead out.
    """
    changes = [
        (finding, found)
        for finding in reading.findings
        if (found := _change(finding, endpoint, device, reading, others))
    ]
    # One change may put several findings right: it is made for the first of them.
    once = list({found.commands: (finding, found) for finding, found in reversed(changes)}.values())[::-1]
    alone = [_plan([each], endpoint, reading) for each in once if each[1].ladder is Ladder.A]
    rest = [each for each in once if each[1].ladder is Ladder.B]
    together = [[each] for each in rest] if apart or len(rest) < 2 else [rest]
    return [*_saving(endpoint, reading), *alone, *(_plan(some, endpoint, reading) for some in together)]


def plan_for(
    finding: Finding, endpoint: Endpoint, device: Device, reading: DeviceReading, others: Others = NOBODY
) -> Plan | None:
    """The plan that would put one finding right; None when only a person can (`runbook` says how)."""
    if finding.code == UNSAVED:
        return next(iter(_saving(endpoint, reading)), None)
    found = _change(finding, endpoint, device, reading, others)
    return _plan([(finding, found)], endpoint, reading) if found else None


def _saving(endpoint: Endpoint, reading: DeviceReading) -> list[Plan]:
    unsaved = [finding for finding in reading.findings if finding.code == UNSAVED]
    return [_save_plan(unsaved[0], endpoint, reading)] if unsaved and not rules.unfit_to_save(reading.findings) else []


def _change(
    finding: Finding, endpoint: Endpoint, device: Device, reading: DeviceReading, others: Others
) -> Change | None:
    """What the platform can do about a finding, if it touches neither uplink nor management path."""
    platform, facts = platforms.get(endpoint.platform), Facts.from_json(reading.facts)
    repair = platform.repairs.get(finding.code)
    if repair is None or not facts.running_digest:
        return None
    config = _config(endpoint.platform, reading)
    found = repair(Situation(finding, facts, Facts.from_json(reading.before), config, device.expect.gateway))
    kept = protected(facts, endpoint.address, device, others)
    if found is None or any(same_port(found.interface, each) for each in kept):
        return None
    return found if found.ladder is Ladder.A or platform.can_arm(config) else None


def _config(platform: str, reading: DeviceReading) -> str:
    return reading.raw.get(platforms.get(platform).config_command, "").rstrip("\n") + "\n"


def _save_plan(finding: Finding, endpoint: Endpoint, reading: DeviceReading) -> Plan:
    platform, facts = platforms.get(endpoint.platform), Facts.from_json(reading.facts)
    return Plan(
        action="repair",
        target=endpoint.name,
        ladder=Ladder.A,
        summary="Simpan konfigurasi berjalan",
        changes=(*platform.save, *(f"  {line}" for line in facts.unsaved_lines)),
        finding=finding.code,
        base=facts.running_digest,
        # What counts as serious depends on `before`, so that planning again has to look from the same place.
        details={"faults": _faults([finding]), "commands": [], "save": True, "before": reading.before},
    )


def _plan(some: list[tuple[Finding, Change]], endpoint: Endpoint, reading: DeviceReading) -> Plan:
    platform, facts = platforms.get(endpoint.platform), Facts.from_json(reading.facts)
    commands = tuple(line for _, found in some for line in found.commands)
    ladder = some[0][1].ladder
    # Saving would also save what others changed and did not save: only where nothing was left unsaved.
    save = ladder is Ladder.B and bool(platform.save) and facts.saved_digest in (None, facts.running_digest)
    return Plan(
        action="repair",
        target=endpoint.name,
        ladder=ladder,
        summary="; ".join(found.summary for _, found in some),
        changes=(*commands, *(platform.save if save else ())),
        way_back=tuple(line for _, found in reversed(some) for line in found.inverse),
        finding=some[0][0].code,
        base=facts.running_digest,
        details={
            "faults": _faults(finding for finding, _ in some),
            "commands": list(commands),
            "save": save,
            "before": reading.before,
            **({"exec": True} if some[0][1].exec else {}),
        },
    )


def _faults(findings: Iterable[Finding]) -> list[list[str]]:
    return [[finding.code, finding.subject] for finding in findings]


def apply(
    plan: Plan,
    endpoint: Endpoint,
    device: Device,
    permit: Permit,
    on_step: OnStep | None = None,
    keep: Keep | None = None,
    others: Others = NOBODY,
) -> Outcome:
    """Make an approved change; see `change.carry_out`.

    Raises, before anything is written: ChangedSincePlan when planning again does not give this very plan, whatever
    `permit` raises, TargetError when the device cannot be read.
    """
    with open_session(endpoint, change.WORK_S) as session:
        baseline = Baseline(facts=plan.details["before"]) if plan.details["before"] else None
        reading = _read_again(plan, endpoint, device, baseline, session)
        if not _left(plan, reading.findings):
            return Outcome("unchanged", "gangguan sudah tidak ada", before=_shown(reading.findings))
        _require_same(plan, endpoint, device, replace(reading, before=plan.details["before"]), others)
        proof = partial(_proof, plan, device, baseline, reading.findings)
        work = Work(plan, endpoint, permit, proof, Steps(on_step), _shown(reading.findings), keep)
        return _save(work, session) if plan.finding == UNSAVED else change.carry_out(work, session)


def _read_again(
    plan: Plan, endpoint: Endpoint, device: Device, baseline: Baseline | None, session: Session
) -> DeviceReading:
    reading = diagnose(endpoint, device, baseline, session)
    if reading.reason is not None:
        raise ChangedSincePlan(f"{plan.target}: {explained(reading.reason, reading.detail)}")
    return reading


def _left(plan: Plan, findings: Iterable[Finding]) -> list[str]:
    """Which of the plan's faults are (still) there."""
    there = {(finding.code, finding.subject) for finding in findings}
    return [" ".join(fault) for fault in plan.details["faults"] if tuple(fault) in there]


def _require_same(plan: Plan, endpoint: Endpoint, device: Device, reading: DeviceReading, others: Others) -> None:
    again = [each for apart in (False, True) for each in propose(endpoint, device, reading, apart, others)]
    if plan.hash not in {each.hash for each in again}:
        raise ChangedSincePlan(f"{plan.target}: keadaan perangkat berubah sejak rencana dibuat; buat rencana baru")


def _save(work: Work, session: Session) -> Outcome:
    """Class A: saving changes nothing that runs, so there is nothing to take back."""
    work.permit()
    change.save(session)
    work.steps.say("konfigurasi disimpan")
    with open_session(work.endpoint, SAVE_S) as fresh:
        proof = work.proof(fresh)
    return work.outcome("failed" if proof.wrong else "applied", proof.wrong, proof.findings)


def _proof(plan: Plan, device: Device, baseline: Baseline | None, before: tuple[Finding, ...], fresh: Session) -> Proof:
    """The finding is gone and nothing serious came in its place."""
    now = diagnose(fresh.endpoint, device, baseline, fresh)
    if now.reason is not None:
        return Proof(f"perangkat tidak terbaca: {explained(now.reason, now.detail)}", now.findings)
    if left := _left(plan, now.findings):
        return Proof(f"{', '.join(left)} masih ada", now.findings)
    known = {(finding.code, finding.subject) for finding in before}
    serious = [finding for finding in now.findings if finding.severity >= Severity.MAJOR]
    new = [f"{one.code} {one.subject}" for one in serious if (one.code, one.subject) not in known]
    return Proof(f"temuan baru: {', '.join(new)}" if new else "", now.findings, settled=not serious)


def _shown(findings: Iterable[Finding]) -> tuple[dict[str, str], ...]:
    return tuple(finding.as_json() for finding in findings)
