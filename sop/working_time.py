"""The SOP's clock: office hours, Indonesian public holidays and cuti bersama, signature wait apart from technical work.

Instants are aware datetimes; results are UTC. Hours default to those of Perpres 21/2023 (37.5 hours a week).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from threading import Lock
from zoneinfo import ZoneInfo

from inventory.models import Office, WorkingDay
from sop.procedure import Procedure, Standard
from sop.progress import Event, Position, positions

_MONDAY_TO_THURSDAY = WorkingDay(start=time(7, 30), end=time(16, 0), pause=(time(12, 0), time(13, 0)))
_FRIDAY = WorkingDay(start=time(7, 30), end=time(16, 30), pause=(time(11, 30), time(13, 0)))
DEFAULT_HOURS = {
    "monday": _MONDAY_TO_THURSDAY,
    "tuesday": _MONDAY_TO_THURSDAY,
    "wednesday": _MONDAY_TO_THURSDAY,
    "thursday": _MONDAY_TO_THURSDAY,
    "friday": _FRIDAY,
}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NOTHING = timedelta()
_HORIZON = timedelta(days=366 * 20)
"""An office that is closed this long never opens again."""

Span = tuple[datetime, datetime]


class ClosedForever(Exception):
    """The office hours of office.yaml hold no working time at all."""


class Calendar:
    """When the office works, from office.yaml: hours, zone, own holidays, worked holidays."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.zone = ZoneInfo(office.zone)
        self._hours: dict[str, WorkingDay] = {str(day): hours for day, hours in office.hours.items()} or DEFAULT_HOURS
        self._spans: dict[date, tuple[Span, ...]] = {}
        # The library fills in a year when first asked about it; another thread would meanwhile see it empty.
        self._one_at_a_time = Lock()

    @cached_property
    def _national(self) -> Mapping[date, str]:
        import holidays  # loaded by who asks: many a command needs no working day

        # "government" is how the library calls cuti bersama.
        return holidays.country_holidays("ID", language="id", categories=("public", "government"))

    def holiday(self, day: date) -> str:
        """The name of the holiday, "" on a day that is none; a worked holiday is none."""
        if day in self.office.working:
            return ""
        with self._one_at_a_time:
            return self.office.holidays.get(day) or self._national.get(day) or ""

    def day(self, at: datetime) -> date:
        """The date at the office."""
        return at.astimezone(self.zone).date()

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working time of a day, in UTC: none, one stretch, or two around the pause."""
        if day not in self._spans:
            self._spans[day] = tuple(self._stretches(day))
        return self._spans[day]

    def _stretches(self, day: date) -> Iterator[Span]:
        hours = self._hours.get(_WEEKDAYS[day.weekday()])
        if hours is None and day in self.office.working:
            hours = next(iter(self._hours.values()), None)
        if hours is None or self.holiday(day):
            return
        pause = hours.pause or (hours.end, hours.end)
        for start, end in ((hours.start, pause[0]), (pause[1], hours.end)):
            if start < end:
                yield self._instant(day, start), self._instant(day, end)

    def _instant(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; nothing when `end` is not after `start`."""
        total = _NOTHING
        for opens, closes in self._from(self.day(start), self.day(end)):
            total += max(_NOTHING, min(end, closes) - max(start, opens))
        return total

    def _from(self, first: date, last: date) -> Iterator[Span]:
        for offset in range((last - first).days + 1):
            yield from self.spans(first + timedelta(days=offset))

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """The first instant at which `duration` of working time has passed since `start`.

        Raises ClosedForever when the office never works that long.
        """
        if duration <= _NOTHING:
            return start.astimezone(UTC)
        first = self.day(start)
        for opens, closes in self._from(first, first + _HORIZON):
            begins = max(start, opens)
            if begins + duration <= closes:
                return (begins + duration).astimezone(UTC)
            duration -= max(_NOTHING, closes - begins)
        raise ClosedForever("office.yaml: jam kerja ('hours') tidak memuat waktu kerja")

    def add(self, start: datetime, standard: Standard) -> datetime:
        """When a standard time that begins at `start` is over.

        Minutes and hours are working time. `hari` counts working days: the same time of day on the n-th working day
        after the one it begins on, or that day's closing time when it closes earlier.
        """
        if standard.unit == "menit":
            return self.after(start, timedelta(minutes=standard.amount))
        if standard.unit == "jam":
            return self.after(start, timedelta(hours=standard.amount))
        return self._days_after(start, standard.amount)

    def _days_after(self, start: datetime, days: int) -> datetime:
        begins = self._opening(start)
        clock = begins.astimezone(self.zone).time()
        for opens in self._working_days(self.day(begins) + timedelta(days=1)):
            days -= 1
            if not days:
                return min(self._instant(opens, clock), self.spans(opens)[-1][1])
        raise ClosedForever("office.yaml: jam kerja ('hours') tidak memuat hari kerja")

    def _opening(self, start: datetime) -> datetime:
        """`start` itself when the office works then, else when it next opens."""
        first = self.day(start)
        for opens, closes in self._from(first, first + _HORIZON):
            if start < closes:
                return max(start, opens)
        raise ClosedForever("office.yaml: jam kerja ('hours') tidak memuat hari kerja")

    def _working_days(self, first: date) -> Iterator[date]:
        for offset in range(_HORIZON.days):
            day = first + timedelta(days=offset)
            if self.spans(day):
                yield day


@dataclass(frozen=True)
class StepTime:
    """One visit to a step against its standard. `ended` is None while the case still stands there."""

    step: int
    began: datetime
    ended: datetime | None
    standard: Standard | None
    signature: timedelta
    """Working time spent waiting for an official."""
    technical: timedelta
    """Working time spent on the work itself."""
    due: datetime | None
    late: bool

    @property
    def spent(self) -> timedelta:
        return self.signature + self.technical


def step_times(
    procedure: Procedure, events: Iterable[Event], calendar: Calendar, now: datetime | None = None
) -> list[StepTime]:
    """Each visit to a step, in order; the open one is measured up to `now` (None: up to the last event)."""
    history = list(events)
    places = list(positions(procedure, history))
    moments = [event.at for event in history]
    end = max(now, moments[-1]) if now else moments[-1]
    begins = history[0]
    visits: list[list[tuple[Position, datetime, datetime]]] = []
    if procedure.step(begins.step).kind == "letter":
        # Handing in the letter completes its step: it took no time of the office.
        visits.append(
            [(Position("open", begins.step, procedure.step(begins.step).acts, begins.at), begins.at, begins.at)]
        )
    stretches = [
        (place, a, b) for place, (a, b) in zip(places, pairwise([*moments, end]), strict=True) if place.is_open
    ]
    for before, stretch in zip([None, *stretches], stretches, strict=False):
        if before is None or before[0].since != stretch[0].since or before[0].step != stretch[0].step:
            visits.append([])
        visits[-1].append(stretch)
    still_open = places[-1].is_open
    return [
        _timed(procedure, visit, calendar, running=still_open and index == len(visits) - 1)
        for index, visit in enumerate(visits)
    ]


def _timed(
    procedure: Procedure, visit: list[tuple[Position, datetime, datetime]], calendar: Calendar, running: bool
) -> StepTime:
    step = procedure.step(visit[0][0].step)
    signature = technical = _NOTHING
    for place, start, end in visit:
        spent = calendar.between(start, end)
        if step.kind == "work" and not place.waiting:
            technical += spent
        else:
            signature += spent
    began, ended = visit[0][1], visit[-1][2]
    due = calendar.add(began, step.time) if step.time else None
    if due and step.kind == "work":
        # Waiting for a signature does not count against the technician.
        due = calendar.after(due, signature)
    late = due is not None and ended > due
    return StepTime(step.no, began, None if running else ended, step.time, signature, technical, due, late)
