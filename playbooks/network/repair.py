"""Putting findings right: a plan to read and approve, then the change with a way back. The ladder: README above.

Class A: save the configuration, once nothing serious is wrong with the device. Class B: what each platform file can do.
Everything else (class C) is advice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from inventory.models import Device
from playbooks.findings import Finding, Severity
from playbooks.network import change, platforms, rules
from playbooks.network.change import OnStep, Proof, Steps, Work
from playbooks.network.connect import Endpoint, Session, open_session
from playbooks.network.diagnose import Baseline, DeviceReading, diagnose
from playbooks.network.facts import Facts
from playbooks.network.paths import protected
from playbooks.network.platforms.platform import Change, Situation
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Permit, Plan

SAVE_S = 60.0


def propose(endpoint: Endpoint, device: Device, reading: DeviceReading) -> list[Plan]:
    """What can be repaired of a reading's findings, cause first; one plan a change. Talks to no device."""
    plans = (plan_for(finding, endpoint, device, reading) for finding in reading.findings)
    return list({plan.changes: plan for plan in reversed([plan for plan in plans if plan])}.values())[::-1]


def plan_for(finding: Finding, endpoint: Endpoint, device: Device, reading: DeviceReading) -> Plan | None:
    """The plan that would put one finding right; None when only a person can (its advice says how)."""
    if finding.code == "config.unsaved":
        return None if rules.unfit_to_save(reading.findings) else _save_plan(finding, endpoint, reading)
    platform = platforms.get(endpoint.platform)
    repair, facts = platform.repairs.get(finding.code), Facts.from_json(reading.facts)
    if repair is None or not facts.running_digest:
        return None
    config = _config(endpoint.platform, reading)
    found = repair(Situation(finding, facts, Facts.from_json(reading.before), config, device.expect.gateway))
    if found is None or found.interface in protected(facts, endpoint.address, device):
        return None
    return _plan(finding, endpoint, reading, facts, found)


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
        details={
            "code": finding.code,
            "subject": finding.subject,
            "commands": [],
            "save": True,
            # What counts as serious depends on it, so that planning again has to look from the same place.
            "before": reading.before,
        },
    )


def _plan(finding: Finding, endpoint: Endpoint, reading: DeviceReading, facts: Facts, found: Change) -> Plan:
    platform = platforms.get(endpoint.platform)
    # Saving would also save what others changed and did not save: only where nothing was left unsaved.
    save = bool(platform.save) and facts.saved_digest in (None, facts.running_digest)
    return Plan(
        action="repair",
        target=endpoint.name,
        ladder=Ladder.B,
        summary=found.summary,
        changes=(*found.commands, *(platform.save if save else ())),
        way_back=found.inverse,
        finding=finding.code,
        base=facts.running_digest,
        details={
            "code": finding.code,
            "subject": finding.subject,
            "commands": list(found.commands),
            "save": save,
            "before": reading.before,
        },
    )


def apply(plan: Plan, endpoint: Endpoint, device: Device, permit: Permit, on_step: OnStep | None = None) -> Outcome:
    """Make an approved change; see `change.carry_out`.

    Raises, before anything is written: ChangedSincePlan when planning again does not give this very plan, whatever
    `permit` raises, TargetError when the device cannot be read.
    """
    with open_session(endpoint, change.VERIFY_S + change.RETURN_S + 60) as session:
        baseline = Baseline(facts=plan.details["before"]) if plan.details["before"] else None
        reading = diagnose(endpoint, device, baseline, session)
        if reading.reason is not None:
            raise ChangedSincePlan(f"{plan.target}: {reading.reason}; {reading.detail}")
        finding = _same(plan, reading.findings)
        if finding is None:
            return Outcome("unchanged", "gangguan sudah tidak ada", before=_shown(reading.findings))
        _require_same(plan, plan_for(finding, endpoint, device, _as_planned(plan, reading)))
        work = Work(
            plan=plan,
            endpoint=endpoint,
            permit=permit,
            proof=lambda fresh: _proof(plan, device, baseline, reading.findings, fresh),
            steps=Steps(on_step),
            before=_shown(reading.findings),
        )
        return _save(work, session) if plan.ladder is Ladder.A else change.carry_out(work, session)


def _same(plan: Plan, findings: Iterable[Finding]) -> Finding | None:
    wanted = (plan.details["code"], plan.details["subject"])
    return next((finding for finding in findings if (finding.code, finding.subject) == wanted), None)


def _as_planned(plan: Plan, reading: DeviceReading) -> DeviceReading:
    return replace(reading, before=plan.details["before"])


def _require_same(plan: Plan, again: Plan | None) -> None:
    if again is None or again.hash != plan.hash:
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
        return Proof(f"perangkat tidak terbaca: {now.detail or now.reason}", now.findings)
    if _same(plan, now.findings):
        return Proof(f"{plan.details['code']} {plan.details['subject']} masih ada", now.findings)
    known = {(finding.code, finding.subject) for finding in before}
    serious = [finding for finding in now.findings if finding.severity >= Severity.MAJOR]
    new = [f"{one.code} {one.subject}" for one in serious if (one.code, one.subject) not in known]
    return Proof(f"temuan baru: {', '.join(new)}" if new else "", now.findings, settled=not serious)


def _shown(findings: Iterable[Finding]) -> tuple[dict[str, str], ...]:
    return tuple(finding.as_json() for finding in findings)
