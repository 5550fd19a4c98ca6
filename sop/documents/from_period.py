"""A month or a year of the register as the data of its report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from sop.documents import people, period_data, words
from sop.register import CaseRecord, Register
from sop.register.duties import Duty
from sop.register.shelf import GOOD
from sop.working_time import step_times


def monthly(register: Register, year: int, month: int, number: str = "") -> period_data.Periodic:
    """Laporan bulanan; ValueError for a month that does not exist."""
    first = date(year, month, 1)
    until = date(year + month // 12, month % 12 + 1, 1)
    period = f"{words.MONTHS[month - 1]} {year}"
    return _periodic(register, "bulanan", period, first, until, number)


def yearly(register: Register, year: int, number: str = "") -> period_data.Periodic:
    """Laporan tahunan."""
    return _periodic(register, "tahunan", str(year), date(year, 1, 1), date(year + 1, 1, 1), number)


def _periodic(
    register: Register, kind: period_data.PeriodKind, period: str, first: date, until: date, number: str
) -> period_data.Periodic:
    start, end = (datetime.combine(day, time(), register.calendar.zone) for day in (first, until))
    now = register.clock()
    today = min(register.calendar.day(now), until - timedelta(days=1))
    duties = register.duties(today, known=today)
    signer = people.signatory(register.inventory, "kadis", register.calendar.day(now))
    return period_data.Periodic(
        head=people.letterhead(register.inventory),
        case_id=f"Laporan {kind} {period}",
        written_at=now,
        audit_tip=register.audit_tip(),
        number=number,
        kind=kind,
        period=period,
        cases=tuple(_case(register, case) for case in register.cases() if _in_period(case, start, end)),
        websites=len(duties),
        overdue=_duties(register, [duty for duty in duties if duty.red]),
        coming=_duties(register, [duty for duty in duties if duty.state == "coming"]),
        failed_backups=tuple(_failed_backups(register, start, end)),
        devices=len(register.inventory.devices),
        old_backups=tuple(_old_backups(register)),
        stale_days=register.inventory.office.backup_stale_days,
        signatories=(signer,),
    )


def _in_period(case: CaseRecord, start: datetime, end: datetime) -> bool:
    """Opened, finished or still open in the period."""
    return case.opened_at < end and (case.position.is_open or case.position.since >= start)


def _case(register: Register, case: CaseRecord) -> period_data.CaseLine:
    times = step_times(case.procedure, case.events, register.calendar, register.clock())
    place = case.position
    return period_data.CaseLine(
        id=case.id,
        sop=case.sop,
        opd=register.inventory.opd[case.opd].name,
        about=case.about,
        opened_at=case.opened_at,
        state=place.state,
        step=case.stands if place.is_open else "",
        closed_at=None if place.is_open else place.since,
        waiting=sum((each.signature for each in times), timedelta()),
        working=sum((each.technical for each in times), timedelta()),
        late_steps=sum(each.late for each in times),
    )


def _duties(register: Register, duties: Iterable[Duty]) -> tuple[period_data.DutyLine, ...]:
    """The longest overdue first, before them those of which no maintenance is known."""
    return tuple(_duty(register, duty) for duty in sorted(duties, key=lambda duty: duty.due or date.min))


def _duty(register: Register, duty: Duty) -> period_data.DutyLine:
    site = register.inventory.websites[duty.website]
    late = (duty.day - duty.due).days if duty.due and duty.red else None
    return period_data.DutyLine(
        site.domain, register.inventory.opd[site.opd].name, duty.last, duty.due, late, duty.told
    )


def _failed_backups(register: Register, start: datetime, end: datetime) -> Iterator[period_data.FailedBackup]:
    """The last failure of each target in the period."""
    for target in (*register.inventory.devices, *register.inventory.websites):
        notes = [note for note in register.backups(target) if start <= note.at < end and note.status not in GOOD]
        if notes:
            good = register.last_good_backup(target)
            yield period_data.FailedBackup(target, notes[-1].at, notes[-1].reason, good)


def _old_backups(register: Register) -> Iterator[period_data.OldBackup]:
    """Devices that have no fresh backup at the time of writing."""
    for each in register.backup_states(list(register.inventory.devices)):
        if each.state != "fresh":
            opd = register.inventory.opd[register.inventory.devices[each.device].opd].name
            tried = each.last
            failed = tried.reason if tried and tried.status not in GOOD else ""
            yield period_data.OldBackup(each.device, opd, each.good_at, tried.at if tried else None, failed)
