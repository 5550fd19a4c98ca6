"""What the monthly and the yearly report say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sop.documents.data import Document, Signatory


@dataclass(frozen=True)
class CaseLine:
    """A case of the period; `state` is open, selesai, ditolak or ditarik, `step` where an open one stands."""

    id: str
    sop: str
    opd: str
    about: str
    opened_at: datetime
    state: str
    step: str = ""
    closed_at: datetime | None = None
    waiting: timedelta = timedelta(0)
    working: timedelta = timedelta(0)
    late_steps: int = 0


@dataclass(frozen=True)
class DutyLine:
    """A website whose year is over (`late` days ago) or soon will be.

    `last`, `due` and `late` are None when no maintenance is known; `case` tells of the case that is to maintain it.
    """

    domain: str
    opd: str
    last: date | None = None
    due: date | None = None
    late: int | None = None
    case: str = ""


@dataclass(frozen=True)
class FailedBackup:
    target: str
    at: datetime
    reason: str
    last_good: datetime | None = None


@dataclass(frozen=True)
class OldBackup:
    """A device without a fresh backup; `last_good` is None when it was never backed up, `reason` of the last try."""

    device: str
    opd: str
    last_good: datetime | None
    tried_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class Average:
    """Mean times of the finished cases of one SOP."""

    sop: str
    cases: int
    finished: int
    waiting: timedelta | None
    working: timedelta | None
    late_steps: int


PeriodKind = Literal["bulanan", "tahunan"]


@dataclass(frozen=True, kw_only=True)
class Periodic(Document):
    """Laporan bulanan (or tahunan): `period` is "November 2026" or "2026"."""

    kind: PeriodKind
    period: str
    cases: tuple[CaseLine, ...] = ()
    websites: int = 0
    """How many websites there are; `overdue` went without maintenance for a year, `coming` soon will have."""
    overdue: tuple[DutyLine, ...] = ()
    coming: tuple[DutyLine, ...] = ()
    failed_backups: tuple[FailedBackup, ...] = ()
    devices: int = 0
    """How many devices there are; those of `old_backups` have no fresh backup."""
    old_backups: tuple[OldBackup, ...] = ()
    stale_days: int = 0
    signatories: tuple[Signatory, ...] = ()

    def averages(self) -> tuple[Average, ...]:
        """Per SOP, in the order of their names."""
        names = sorted({case.sop for case in self.cases})
        return tuple(_average(name, [case for case in self.cases if case.sop == name]) for name in names)

    def states(self) -> dict[str, int]:
        return dict(Counter(case.state for case in self.cases))


def _average(sop: str, cases: list[CaseLine]) -> Average:
    done = [case for case in cases if case.state == "selesai"]
    return Average(
        sop=sop,
        cases=len(cases),
        finished=len(done),
        waiting=_mean([case.waiting for case in done]),
        working=_mean([case.working for case in done]),
        late_steps=sum(case.late_steps for case in cases),
    )


def _mean(times: list[timedelta]) -> timedelta | None:
    return sum(times, timedelta(0)) / len(times) if times else None
