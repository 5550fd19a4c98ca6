"""The yearly duty: every website is maintained at least once a year, letter or no letter (SOP website, Peringatan)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from sop import procedure as procedures
from sop.progress import ANSWERS
from sop.register.cases import Cases
from sop.register.dossier import records
from sop.register.records import Actor, CaseRecord
from sop.register.tables import Case, CaseEvent

PERIODIC = "berkala"
"""The origin of a case that the clock opened."""
DutyState = Literal["never", "overdue", "coming", "kept"]


@dataclass(frozen=True)
class Duty:
    """How a website stands with its yearly maintenance on a day at the office."""

    website: str
    day: date
    ahead: timedelta
    """So long before the year is over the clock opens a case: as long as the work may take."""
    last: date | None = None
    """Of the last maintenance."""
    asked: date | None = None
    """When the clock last opened a case."""
    case: CaseRecord | None = None
    """The open case that is to maintain it."""

    @property
    def due(self) -> date | None:
        """The day on which a year without maintenance is over; None when no maintenance is known."""
        return year_after(self.last) if self.last else None

    @property
    def state(self) -> DutyState:
        """`never` and `overdue` are red: a year has passed without maintenance, whether or not a case is open."""
        if self.due is None:
            return "never"
        if self.day >= self.due:
            return "overdue"
        return "coming" if self.case or self.day >= self.due - self.ahead else "kept"

    @property
    def red(self) -> bool:
        return self.state in ("never", "overdue")

    @property
    def told(self) -> str:
        """What is being done about it, for officials: the case that will maintain it, or what became of the clock's."""
        if self.case:
            return f"{self.case.id}, {self.case.stands[0].lower()}{self.case.stands[1:]}"
        if self.asked and self.asked > (self.last or date.min):
            return f"permohonan {self.asked:%Y-%m-%d} berakhir tanpa pemeliharaan"
        return ""

    @property
    def asks(self) -> bool:
        """Whether the clock opens a case: at most one a year, and none beside a case that will maintain the site.

        A case that was withdrawn stays the year's; what it left undone shows as red.
        """
        if self.case:
            return False
        if self.asked and self.day < year_after(self.asked):
            return False
        return self.due is None or self.day >= self.due - self.ahead


class Duties(Cases):
    """Due is a question answered from what is recorded, so a day on which the machine was off is caught up, once."""

    def duties(self, day: date, websites: Sequence[str] | None = None, known: date = date.max) -> list[Duty]:
        """How websites (None: all) stand on `day`, in the order of the inventory.

        `known` is the last day of which the record counts: a report of a past month tells nothing later. The sweep
        takes all of it, so that a clock that went back asks for nothing anew.
        """
        meant = list(self.inventory.websites if websites is None else websites)
        with self._database.reading() as session:
            last = self._days(_maintained(session, meant), known)
            asked = self._days(_asked(session, meant), known)
            cases = {case.website: case for case in _unfinished(session, meant)}
        ahead = timedelta(days=self.inventory.office.maintenance_ahead_days)
        return [
            Duty(site, day, ahead, self._last(site, last.get(site), known), asked.get(site), cases.get(site))
            for site in meant
        ]

    def open_periodic(self, website: str, about: str, actor: Actor) -> CaseRecord | None:
        """Open the case that the yearly duty asks for today; None when it asks for none.

        Asked and opened in one transaction: of sweeps at the same moment one opens it.
        """
        with self._database.at_once():
            (duty,) = self.duties(self.calendar.day(self.clock()), [website])
            if not duty.asks:
                return None
            opd = self.inventory.websites[website].opd
            return self.open_case("website", opd, about, None, website=website, origin=PERIODIC, actor=actor)

    def websites_due(self, today: date) -> list[str]:
        """Websites for which the clock opens a case."""
        return [duty.website for duty in self.duties(today) if duty.asks]

    def _last(self, website: str, recorded: date | None, known: date) -> date | None:
        """Of the last maintenance in a case, or (inventory) before this register."""
        entry = self.inventory.websites.get(website)
        before = entry.maintained if entry and entry.maintained and entry.maintained <= known else None
        return max(filter(None, (recorded, before)), default=None)

    def _days(self, moments: Iterable[tuple[str, datetime]], known: date) -> dict[str, date]:
        """The last day of each website that is not after `known`."""
        days = ((website, self.calendar.day(at)) for website, at in moments)
        return {website: day for website, day in sorted(days) if day <= known}


def year_after(day: date) -> date:
    """The same day a year later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def _unfinished(session: Session, websites: Sequence[str]) -> list[CaseRecord]:
    """Open cases whose maintenance is still to come, the oldest last."""
    rows = select(Case).where(Case.website.in_(websites), Case.state == "open").order_by(Case.opened_at.desc(), Case.id)
    return [case for case in records(session, session.scalars(rows).all()) if not case.maintained_at]


def _maintained(session: Session, websites: Sequence[str]) -> Iterator[tuple[str, datetime]]:
    """Each time a website's maintenance was completed."""
    events = (
        select(Case.website, Case.sop, Case.revision, CaseEvent.step, CaseEvent.at)
        .join(CaseEvent, CaseEvent.case_id == Case.id)
        .where(Case.website.in_(websites), CaseEvent.kind.in_(ANSWERS), CaseEvent.answer == "YA")
    )
    maintains = cache(lambda sop, revision, step: procedures.load(sop, revision).step(step).maintains)
    for website, *step, at in session.execute(events):
        if maintains(*step):
            yield website, at


def _asked(session: Session, websites: Sequence[str]) -> Iterator[tuple[str, datetime]]:
    """Each time the clock opened a case for a website."""
    opened = select(Case.website, Case.opened_at).where(Case.website.in_(websites), Case.origin == PERIODIC)
    yield from session.execute(opened).tuples()
