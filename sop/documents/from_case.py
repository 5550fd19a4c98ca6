"""A case of the register as the data of its papers. Everything printed comes from what the register holds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sop.documents import data, people
from sop.progress import ANSWERS, Event
from sop.register import CaseRecord, EvidenceRecord, PlanRecord, Register
from sop.register.confirmation import confirmation
from sop.working_time import StepTime, step_times

_DECIDING = ("disposition", "decision")
READINGS = ("findings", "analysis", "findings_after")
_SIGNERS = {"devices": ("koordinator", "tim_teknis"), "website": ("sub_koordinator", "pelaksana")}
_NAMES = {"devices": "jaringan TIK", "website": "aplikasi/website"}

Reading = Mapping[str, Any]
"""A target's result as a playbook's JSON: {"status", "reason", "findings": [...]}."""


@dataclass(frozen=True)
class Results:
    """What the technical work brought, as the JSON of playbooks.

    `before` and `after` are readings by target; a target without an entry in `after` was not read again. `actions` are
    (UTC ISO time, target, text), `backups` the lines of the report.
    """

    before: Mapping[str, Reading] = field(default_factory=dict)
    after: Mapping[str, Reading] = field(default_factory=dict)
    actions: tuple[tuple[str, str, str], ...] = ()
    backups: tuple[data.Backup, ...] = ()


def disposition_sheet(
    register: Register, case: CaseRecord, letter_number: str = "", letter_date: date | None = None
) -> data.DispositionSheet:
    """Lembar disposisi: what was disposed so far, and as many blank rows as signatures are still to come."""
    letter = _letter(case)
    given = tuple(_dispositions(case))
    ahead = sum(step.kind in _DECIDING and step.no >= case.position.step for step in case.procedure.steps)
    return data.DispositionSheet(
        **_common(register, case),
        sender=register.inventory.opd[case.opd].name,
        about=case.about,
        received_at=case.opened_at,
        letter_number=letter_number,
        letter_date=letter_date,
        letter_name=letter.name if letter else "",
        letter_sha256=letter.sha256 if letter else "",
        agenda_number=case.id,
        dispositions=given,
        blank_rows=max(2, ahead) if case.position.is_open else 0,
    )


def report(
    register: Register,
    case: CaseRecord,
    results: Results | None = None,
    commits: Mapping[str, str] | None = None,
    number: str = "",
    titles: Mapping[str, str] | None = None,
    pictures: tuple[data.Picture, ...] = (),
) -> data.Report:
    """Laporan hasil pemeliharaan. `results` default to the case's evidence; `commits` are config versions by target.

    `titles` say what the codes of findings mean.
    """
    found = results or results_of(register, case, commits or {})
    letter, procedure = _letter(case), case.procedure
    draft = data.Report(
        **_common(register, case, number),
        title=f"Laporan hasil pemeliharaan {_NAMES[procedure.concerns]}",
        procedure=procedure.title,
        revision=case.revision,
        opd=register.inventory.opd[case.opd].name,
        about=case.about,
        origin=case.origin,
        opened_at=case.opened_at,
        letter_name=letter.name if letter else "",
        letter_sha256=letter.sha256 if letter else "",
        targets=tuple(_target(register, name, found) for name in targets(register, case)),
        before=tuple(_findings(found.before, titles or {})),
        after=tuple(_findings(found.after, titles or {})) if found.after else None,
        actions=tuple(data.Action(datetime.fromisoformat(at), target, text) for at, target, text in found.actions),
        backups=found.backups,
        plans=tuple(_plan(case, plan) for plan in case.plans),
        steps=tuple(_steps(register, case)),
        signatories=_signatories(register, case),
        pictures=pictures,
    )
    runbooks = tuple(_runbooks(register, case, draft))
    return replace(draft, recommendations=recommendations(draft, case), runbooks=runbooks)


def handover(register: Register, case: CaseRecord, results: Results | None = None, number: str = "") -> data.Handover:
    """Berita acara serah terima of the work to the OPD's PIC."""
    written = report(register, case, results)
    agency = register.inventory.opd[case.opd]
    day = register.calendar.day(written.written_at)
    superior, worker = "kabid", _SIGNERS[case.procedure.concerns][1]
    return data.Handover(
        **_common(register, case, number),
        title=f"Berita acara serah terima hasil pemeliharaan {_NAMES[case.procedure.concerns]}",
        opd=agency.name,
        about=case.about,
        giver=people.signatory(register.inventory, worker, day, case.events),
        receiver=receiver(register, case),
        items=tuple(_item(written, target) for target in written.targets),
        remaining=tuple(f"{each.target}: {each.text}".removeprefix(": ") for each in written.recommendations),
        witness=people.signatory(register.inventory, superior, day, case.events, "Mengetahui,"),
    )


def receiver(register: Register, case: CaseRecord) -> data.Signatory:
    """Who accepts the work for the OPD."""
    agency = register.inventory.opd[case.opd]
    return data.Signatory(agency.pic[0].name if agency.pic else case.requested_by, f"PIC {agency.name}")


def targets(register: Register, case: CaseRecord) -> tuple[str, ...]:
    """The website, or the devices of the case: those named in it, else all of the OPD."""
    if case.website:
        return (case.website,)
    return case.devices or tuple(name for name, each in register.inventory.devices.items() if each.opd == case.opd)


def results_of(register: Register, case: CaseRecord, commits: Mapping[str, str]) -> Results:
    """What the case's evidence says: the first reading of a target that went well is before, a later one after."""
    readings: dict[str, list[Reading]] = {}
    for name, reading in _readings(register, case):
        readings.setdefault(name, []).append(reading)
    before, after = {}, {}
    for name, several in readings.items():
        first = next((no for no, each in enumerate(several) if each["status"] != "failed"), 0)
        before[name] = several[first]
        if later := several[first + 1 :]:
            after[name] = later[-1]
        elif repaired := _repaired(before[name], [plan for plan in case.plans if plan.target == name]):
            after[name] = repaired
    backups = tuple(_backups(register, case, commits))
    return Results(before, after, tuple(sorted(_actions(case), key=itemgetter(0))), backups)


def _readings(register: Register, case: CaseRecord) -> Iterator[tuple[str, Reading]]:
    for evidence in case.evidence:
        if evidence.kind in READINGS and evidence.media_type == "application/json":
            document = json.loads(register.read(evidence.id))
            if isinstance(document, dict) and isinstance(document.get("findings"), list):
                yield evidence.target, document


def _repaired(reading: Reading, plans: Iterable[PlanRecord]) -> Reading | None:
    """The reading as the repairs' own verification leaves it; what they did not look at counts as still there."""
    verified = [plan.outcome for plan in plans if plan.outcome.get("before")]
    if not verified:
        return None
    left = list(reading["findings"])
    for outcome in verified:
        seen = {(each["code"], each["subject"]) for each in (*outcome["before"], *outcome["after"])}
        left = [each for each in left if (each["code"], each["subject"]) not in seen] + list(outcome["after"])
    return {"status": "findings" if left else "ok", "findings": left}


def _actions(case: CaseRecord) -> Iterator[tuple[str, str, str]]:
    """Steps of applied plans, and what people wrote that they did by hand."""
    for plan in case.plans:
        yield from ((at, plan.target, text) for at, text in plan.outcome.get("steps", ()))
    for event in case.events:
        if event.kind == "answered" and event.note and case.procedure.step(event.step).kind == "work":
            by_hand = f"{event.note} (dicatat oleh {people.who(case.procedure, event)})"
            yield event.at.isoformat(), case.website, by_hand


def _backups(register: Register, case: CaseRecord, commits: Mapping[str, str]) -> Iterator[data.Backup]:
    if case.website:
        yield from _site_backups(register, case)
        return
    for target in targets(register, case):
        notes = [note for note in register.backups(target) if note.at >= case.opened_at]
        if not notes:
            continue
        last = notes[-1]
        if last.status == "failed":
            yield data.Backup(target, last.status, last.at, reason=last.reason)
        else:
            sizes = [(each.size, each.sha256) for each in register.evidence(target=target, kind="config")]
            yield data.Backup(target, last.status, last.at, *(sizes or [(0, "")])[-1], commits.get(target, ""))


def _site_backups(register: Register, case: CaseRecord) -> Iterator[data.Backup]:
    """The case's own backups; where it made none, the last that the nights made meanwhile."""
    made = [each for each in register.evidence(target=case.website, kind="backup") if each.at >= case.opened_at]
    copied = _copied(register, case)
    for each in [each for each in made if each.case_id == case.id] or made[-1:]:
        kept = json.loads(register.read(each.id))
        yield data.Backup(
            case.website,
            kept["status"],
            each.at,
            kept["bytes"],
            kept["files_sha256"],
            reason=kept["reason"],
            database_sha256=kept["database_sha256"],
            off_host=copied.get(kept["path"].rpartition("/")[2], kept["off_host"]),
        )


def _copied(register: Register, case: CaseRecord) -> dict[str, bool]:
    """What the nightly care came to know of copies off the host, by the backup's name."""
    known: dict[str, bool] = {}
    for each in register.evidence(target=case.website, kind="backup_care"):
        if each.at < case.opened_at:
            continue
        care = json.loads(register.read(each.id))
        known |= dict.fromkeys((*care["copied"], *care["mended"].get("off_host", ())), True)
        known |= dict.fromkeys(care["damaged"].get("off_host", ()), False)
    return known


def _common(register: Register, case: CaseRecord, number: str = "") -> dict[str, Any]:
    return {
        "head": people.letterhead(register.inventory),
        "case_id": case.id,
        "written_at": register.clock(),
        "audit_tip": register.audit_tip(),
        "number": number,
    }


def _letter(case: CaseRecord) -> EvidenceRecord | None:
    return next((each for each in case.evidence if each.kind == "letter"), None)


def _dispositions(case: CaseRecord) -> Iterator[data.Disposition]:
    procedure = case.procedure
    for event in case.events:
        if event.kind == "answered" and procedure.step(event.step).kind in _DECIDING:
            giver = people.who(procedure, event)
            yield data.Disposition(giver, _receiver(case, event), event.at, event.note, event.answer, event.paraf)


def _receiver(case: CaseRecord, event: Event) -> str:
    """Who acts next, and who is named beside the giver in the form's column of executors."""
    step = case.procedure.step(event.step)
    onward = {str(answer): target for answer, target in step.answers.items()}[event.answer]
    if not isinstance(onward, int):
        return f"{case.procedure.label('opd')} ({onward})"
    beside = [role for role in step.executors if role not in step.acts]
    named = dict.fromkeys([*beside, *case.procedure.step(onward).acts])
    return ", ".join(case.procedure.label(role) for role in named)


def _target(register: Register, name: str, found: Results) -> data.Target:
    before, after = found.before.get(name, {}), found.after.get(name, {})
    device, site = register.inventory.devices.get(name), register.inventory.websites.get(name)
    kind = device.platform if device else site.kind if site else ""
    address = device.address if device else site.domain if site else ""
    reason = after.get("reason") or before.get("reason") or ""
    return data.Target(name, kind, address, before.get("status", ""), after.get("status", ""), reason)


def _findings(readings: Mapping[str, Reading], titles: Mapping[str, str]) -> Iterator[data.FindingRow]:
    for target, reading in readings.items():
        for each in reading["findings"]:
            words = (each[key] for key in ("code", "severity", "subject", "evidence", "advice"))
            row = data.FindingRow(target, *words)
            yield replace(row, title=titles.get(row.code, ""), cause=_named(each.get("cause", ""), titles))


def _named(finding: str, titles: Mapping[str, str]) -> str:
    """A finding's name in words; another device's ("r2 link.down ether1") has the device's before it."""
    code, _, subject = finding.partition(" ")
    if code not in titles and subject.partition(" ")[0] in titles:
        return f"{code}: {_named(subject, titles)}"
    return f"{titles.get(code, code)}: {subject}" if code else ""


def _left(draft: data.Report) -> list[data.FindingRow]:
    """What is still wrong, as far as is known."""
    return [each.finding for each in draft.comparisons() if each.state != "teratasi"]


def _runbooks(register: Register, case: CaseRecord, draft: data.Report) -> Iterator[data.Runbook]:
    """The newest pages of each target, for what is left."""
    pages: dict[tuple[str, str], list[str]] = {}
    for evidence in register.evidence(case_id=case.id, kind="runbook"):
        kept = json.loads(register.read(evidence.id))
        pages.update({(evidence.target, finding): lines for finding, lines in kept.items()})
    for each in _left(draft):
        if lines := pages.get((each.target, f"{each.code} {each.subject}")):
            yield data.Runbook(each.target, each.name, tuple(lines))


def _plan(case: CaseRecord, plan: PlanRecord) -> data.PlanLine:
    document = json.loads(plan.document)
    agreed = [event for event in case.events if event.answer == "YA" and plan.hash in event.plans]
    approval = next((event for event in agreed if event.kind != "confirmed"), None)
    confirmed = confirmation(plan.action, plan.hash, case.events)
    return data.PlanLine(
        hash=plan.hash,
        action=plan.action,
        target=plan.target,
        ladder=plan.ladder,
        state="partly" if plan.state == "rolled_back" and "applied" in _became(plan) else plan.state,
        summary=str(document.get("summary", "")),
        changes=tuple(document.get("changes", ())),
        way_back=tuple(document.get("way_back", ())),
        left_out=tuple(document.get("left_out", ())),
        confirmed_by=people.who(case.procedure, confirmed) if confirmed else "",
        approved_by=people.who(case.procedure, approval) if approval else "",
        approved_at=approval.at if approval else None,
    )


def _became(plan: PlanRecord) -> list[str]:
    """Of a plan of updates that was carried out, what became of each."""
    return [part["state"] for part in plan.outcome.get("parts", ())]


def _steps(register: Register, case: CaseRecord) -> Iterator[data.StepLine]:
    for visit in step_times(case.procedure, case.events, register.calendar, register.clock()):
        step = case.procedure.step(visit.step)
        yield data.StepLine(
            no=step.no,
            activity=step.activity,
            by=_finisher(case, visit),
            standard=str(visit.standard or ""),
            done_at=visit.ended,
            waiting=visit.signature,
            working=visit.technical,
            late=visit.late,
        )


def _finisher(case: CaseRecord, visit: StepTime) -> str:
    ends = (*ANSWERS, "opened", "withdrawn")
    done = (e for e in case.events if e.step == visit.step and e.at == visit.ended and e.kind in ends)
    return next((people.who(case.procedure, event) for event in done), "")


def recommendations(draft: data.Report, case: CaseRecord) -> tuple[data.Recommendation, ...]:
    """What is left to do after the findings and plans of a draft, each thing once."""
    return tuple(dict.fromkeys(_recommended(draft, case)))


def _recommended(draft: data.Report, case: CaseRecord) -> Iterator[data.Recommendation]:
    left = _left(draft)
    ahead = {(each.target, each.name) for each in left}
    for each in left:
        # What follows from a fault that is still there goes with it.
        if each.advice and (each.target, each.cause) not in ahead:
            yield data.Recommendation(each.target, each.advice)
    for plan, line in zip(case.plans, draft.plans, strict=True):
        if plan.state in ("proposed", "approved", "dropped", "failed", "rolled_back"):
            why = f" Alasan: {plan.reason}." if plan.state == "dropped" and plan.reason else ""
            undone = _undone(plan, case) if _became(plan) else line.summary or plan.action
            if undone:
                yield data.Recommendation(plan.target, f"Rencana belum terlaksana: {undone}.{why}")
    for target in draft.targets:
        if "failed" in (target.after or target.before):
            yield data.Recommendation(target.name, "Belum dapat dibaca; periksa jangkauan dan loginnya.")


def _undone(plan: PlanRecord, case: CaseRecord) -> str:
    """What of a plan of updates neither it nor another of the case installed."""
    parts = [
        (part["name"], part["new"], part["state"]) for each in case.plans for part in each.outcome.get("parts", ())
    ]
    mine = [(part["name"], part["new"]) for part in plan.outcome["parts"]]
    return "; ".join(f"{name} ke {new}" for name, new in mine if (name, new, "applied") not in parts)


def _signatories(register: Register, case: CaseRecord) -> tuple[data.Signatory, ...]:
    day = register.calendar.day(register.clock())
    superior, worker = _SIGNERS[case.procedure.concerns]
    return (
        people.signatory(register.inventory, superior, day, case.events, "Mengetahui,"),
        people.signatory(register.inventory, worker, day, case.events, "Pelapor,"),
    )


def _item(written: data.Report, target: data.Target) -> data.Item:
    mine = [plan for plan in written.plans if plan.target == target.name]
    done = [plan.summary or plan.action for plan in mine if plan.state == "applied"]
    done += [f"{plan.summary or plan.action} (sebagian)" for plan in mine if plan.state == "partly"]
    left = sum(each.finding.target == target.name and each.state != "teratasi" for each in written.comparisons())
    if "failed" in (target.after or target.before):
        condition = "Belum dapat dibaca"
    else:
        condition = f"{left} temuan tersisa" if left else "Baik"
    return data.Item(target.name, "; ".join(done) or "Pemeriksaan dan pencadangan", condition)
