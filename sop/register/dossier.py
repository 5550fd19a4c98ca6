"""A case as it is stored: opened inside a transaction, or taken out whole as a record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from sop import procedure as procedures
from sop import progress
from sop.procedure import Procedure, ProcedureError, Step
from sop.progress import Event, Position
from sop.register import audit
from sop.register.authority import Docket
from sop.register.errors import RegisterBroken, UnknownProcedure
from sop.register.plans import plan_record
from sop.register.records import CaseRecord
from sop.register.shelf import evidence_record
from sop.register.tables import Case, CaseEvent, CasePlan, Evidence

_Belonging = TypeVar("_Belonging", CaseEvent, CasePlan, Evidence)


@dataclass
class Dossier:
    """A case inside a transaction."""

    row: Case
    procedure: Procedure
    events: list[Event]

    @property
    def position(self) -> Position:
        return progress.position(self.procedure, self.events)

    @property
    def step(self) -> Step:
        return self.procedure.step(self.position.step)

    @property
    def docket(self) -> Docket:
        row = self.row
        return Docket(row.id, row.opd, row.requested_by, self.procedure, tuple(self.events), self.position)


def open_dossier(session: Session, row: Case) -> Dossier:
    """Raises UnknownProcedure when the file of the case's own revision is gone or was changed."""
    events = select(CaseEvent).filter_by(case_id=row.id).order_by(CaseEvent.seq)
    return Dossier(row, _pinned(row), [audit.as_event(event) for event in session.scalars(events)])


def records(session: Session, rows: Sequence[Case]) -> list[CaseRecord]:
    """The cases with events, plans and evidence, in three queries however many they are.

    Raises UnknownProcedure as `open_dossier`, RegisterBroken when a history does not fit its SOP.
    """
    ids = [row.id for row in rows]
    events = _grouped(session.scalars(_of(CaseEvent, ids).order_by(CaseEvent.seq)))
    plans = _grouped(session.scalars(_of(CasePlan, ids).order_by(CasePlan.id)))
    evidence = _grouped(session.scalars(_of(Evidence, ids).order_by(Evidence.id)))
    return [_record(row, events[row.id], plans[row.id], evidence[row.id]) for row in rows]


def _pinned(row: Case) -> Procedure:
    try:
        procedure = procedures.load(row.sop, row.revision)
    except ProcedureError as error:
        raise UnknownProcedure(f"{row.id}: {error}") from None
    if procedure.sha256 != row.procedure_sha256:
        raise UnknownProcedure(
            f"{row.id} berjalan menurut SOP {row.sop} revisi {row.revision}, tetapi berkas revisi itu sudah diubah"
        )
    return procedure


def _record(
    row: Case, events: Iterable[CaseEvent], plans: Iterable[CasePlan], evidence: Iterable[Evidence]
) -> CaseRecord:
    history = tuple(audit.as_event(event) for event in events)
    procedure = _pinned(row)
    try:
        place = progress.position(procedure, history)
    except progress.BrokenHistory as error:
        raise RegisterBroken(f"{row.id}: riwayatnya tidak sesuai dengan SOP: {error}") from None
    return CaseRecord(
        id=row.id,
        sop=row.sop,
        revision=row.revision,
        opd=row.opd,
        about=row.about,
        origin=row.origin,
        devices=tuple(row.devices),
        website=row.website,
        opened_at=row.opened_at,
        requested_by=row.requested_by,
        procedure=procedure,
        events=history,
        position=place,
        plans=tuple(plan_record(plan) for plan in plans),
        evidence=tuple(evidence_record(item) for item in evidence),
    )


def _of(table: type[_Belonging], ids: Sequence[str]) -> Select[tuple[_Belonging]]:
    return select(table).where(table.case_id.in_(ids))


def _grouped(rows: Iterable[_Belonging]) -> dict[str, list[_Belonging]]:
    groups: dict[str, list[_Belonging]] = defaultdict(list)
    for row in rows:
        groups[row.case_id].append(row)
    return groups
