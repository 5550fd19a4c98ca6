"""The audit chain: each row's hash covers the row and the hash before it. Written in the transaction of its act."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from sop.progress import Event
from sop.register.records import Actor, AuditReport, AuditRow, EvidenceRecord
from sop.register.tables import AuditEntry, Case, CaseEvent, CasePlan, Evidence, storable

GENESIS = "0" * 64
_HASHED = ("seq", "at", "action", "subject", "actor", "detail", "previous")
"""What a row's hash is over, in this order."""
_SUBJECT = 200
"""Longest subject, in characters: a refused act may name anything."""


Happening = tuple[str, str, Mapping[str, Any]]
"""Action, subject and detail of a row to come."""


def append(session: Session, at: datetime, happenings: Sequence[Happening], actor: Actor) -> list[AuditRow]:
    """Adds rows in order. The caller holds the writing transaction, so no other row can come between."""
    last, who, when = _last(session), _canonical(actor.as_json()), at.astimezone(UTC).isoformat()
    seq, previous = (last.seq, last.hash) if last else (0, GENESIS)
    entries: list[dict[str, Any]] = []
    for action, subject, detail in happenings:
        seq += 1
        parts = (seq, when, action, storable(subject[:_SUBJECT]), who, _canonical(detail), previous)
        previous = _digest(parts)
        entries.append(dict(zip((*_HASHED, "hash"), (*parts, previous), strict=True)))
    if entries:
        # Rows, not objects: a fleet's backup adds thousands.
        session.execute(insert(AuditEntry), entries)
    return [_row(**entry) for entry in entries]


def next_seq(session: Session) -> int:
    """The number that the next row will have."""
    return int(session.scalar(select(func.coalesce(func.max(AuditEntry.seq), 0))) or 0) + 1


def tip(session: Session) -> str:
    """`seq:hash` of the newest row, as documents print it; `0:` before the first."""
    last = _last(session)
    return row(last).tip if last else "0:"


def row(entry: AuditEntry) -> AuditRow:
    return _row(**{name: getattr(entry, name) for name in (*_HASHED, "hash")})


def _row(actor: str, detail: str, **others: Any) -> AuditRow:
    return AuditRow(actor=json.loads(actor), detail=json.loads(detail), **others)


def event_detail(event: Event) -> dict[str, Any]:
    """An event as its audit row holds it."""
    return {**asdict(event), "at": event.at.astimezone(UTC).isoformat(), "plans": list(event.plans)}


def _last(session: Session) -> AuditEntry | None:
    return session.scalar(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)


def _digest(parts: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def verify(session: Session, expected_tip: str = "") -> AuditReport:
    """Follows the chain, then holds cases, events and plans against it.

    `expected_tip`, from a printed document, finds a chain that was cut off at its end.
    """
    problems, last = _follow(session, expected_tip)
    if not problems:
        problems = [problem for check in _AGAINST_CHAIN for problem in _checked(session, check)]
    return AuditReport(not problems, last.seq if last else 0, row(last).tip if last else "0:", tuple(problems))


def _checked(session: Session, check: Callable[[Session], Iterator[str]]) -> list[str]:
    try:
        return [*check(session)]
    except (ValueError, TypeError) as error:
        # Only a foreign hand stores what cannot be read back.
        return [f"isi register tidak terbaca: {error}"]


def _follow(session: Session, expected_tip: str) -> tuple[list[str], AuditEntry | None]:
    problems: list[str] = []
    before: AuditEntry | None = None
    wanted_seq, _, wanted_hash = expected_tip.partition(":")
    seen = not expected_tip or expected_tip == "0:"
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=500)):
        problems += _breaks(before, entry)
        if str(entry.seq) == wanted_seq and wanted_hash and entry.hash.startswith(wanted_hash):
            seen = True
        before = entry
    if not seen:
        problems.append(f"baris {expected_tip} yang tercetak di dokumen tidak ada: rantai terpotong atau diganti")
    return problems, before


def _breaks(before: AuditEntry | None, entry: AuditEntry) -> Iterator[str]:
    if entry.seq != (before.seq + 1 if before else 1):
        yield f"baris {before.seq + 1 if before else 1} hilang"
    elif entry.previous != (before.hash if before else GENESIS):
        yield f"baris {entry.seq} tidak menyambung pada baris sebelumnya"
    if entry.hash != _digest([getattr(entry, name) for name in _HASHED]):
        yield f"baris {entry.seq} berubah isinya"


def _rows_of(session: Session, action: str) -> Iterator[AuditRow]:
    rows = select(AuditEntry).where(AuditEntry.action.startswith(action)).order_by(AuditEntry.seq)
    for entry in session.scalars(rows.execution_options(yield_per=500)):
        yield row(entry)


def _forged_events(session: Session) -> Iterator[str]:
    stored = {event.audit_seq: event for event in session.scalars(select(CaseEvent))}
    for audited in _rows_of(session, "event."):
        event = stored.pop(audited.seq, None)
        if event is None:
            yield f"peristiwa {audited.subject} pada baris {audited.seq} hilang"
        elif event.case_id != audited.subject or event_detail(as_event(event)) != audited.detail:
            yield f"peristiwa {event.case_id} nomor {event.seq} berbeda dari baris {audited.seq}"
    for event in stored.values():
        yield f"peristiwa {event.case_id} nomor {event.seq} tidak punya baris audit"


def as_event(stored: CaseEvent) -> Event:
    fields = {name: getattr(stored, name) for name in Event.__dataclass_fields__}
    return Event(**{**fields, "plans": tuple(stored.plans)})


def case_detail(case: Case) -> dict[str, Any]:
    """What a case is about, as the audit row of its opening holds it."""
    names = "sop revision procedure_sha256 opd about origin devices website requested_by".split()
    return {name: getattr(case, name) for name in names}


def _forged_cases(session: Session) -> Iterator[str]:
    stored = {case.id: case for case in session.scalars(select(Case))}
    for audited in _rows_of(session, "case.opened"):
        case = stored.pop(audited.subject, None)
        if case is None or audited.detail != {**audited.detail, **case_detail(case)}:
            yield f"permohonan {audited.subject} berbeda dari baris {audited.seq}"
    for name in stored:
        yield f"permohonan {name} tidak punya baris audit"


def _forged_plans(session: Session) -> Iterator[str]:
    for plan in session.scalars(select(CasePlan)):
        if hashlib.sha256(plan.document).hexdigest() != plan.hash:
            yield f"rencana {plan.hash[:12]} pada {plan.case_id} berubah isinya"


def _forged_evidence(session: Session) -> Iterator[str]:
    """Evidence says by its hash what its content has to be, so the hash has to be the one of that day."""
    kept = Counter(_evidence_told(audited.subject, audited.detail) for audited in _rows_of(session, "evidence.kept"))
    for evidence in session.scalars(select(Evidence).order_by(Evidence.id).execution_options(yield_per=500)):
        told = _evidence_told(evidence.case_id or evidence.target, evidence_detail(evidence))
        if not kept[told]:
            yield f"bukti nomor {evidence.id} ({evidence.name}) tidak punya baris audit"
        kept[told] -= 1
    for told, missing in kept.items():
        if missing > 0:
            yield f"bukti {told[3]} yang tercatat dalam rantai hilang"


def evidence_detail(evidence: Evidence | EvidenceRecord) -> dict[str, Any]:
    """What evidence is, as the audit row of its keeping holds it."""
    return {key: getattr(evidence, key) for key in _EVIDENCE}


def _evidence_told(subject: str, detail: Mapping[str, Any]) -> tuple[str, ...]:
    return storable(subject[:_SUBJECT]), *(storable(str(detail.get(key))) for key in _EVIDENCE)


_EVIDENCE = ("sha256", "kind", "name", "size", "target", "sealed")
_AGAINST_CHAIN = (_forged_events, _forged_cases, _forged_plans, _forged_evidence)
