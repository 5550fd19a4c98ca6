"""The yearly duty: every website is maintained at least once a year, letter or no letter (SOP website, Peringatan)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from sop import procedure as procedures
from sop.progress import ANSWERS
from sop.register.cases import Cases
from sop.register.tables import Case, CaseEvent


class Duties(Cases):
    """Due is a question answered from what is recorded, so a day on which the machine was off is caught up, once."""

    def last_maintenance(self, website: str) -> datetime | None:
        """When maintenance of the website was last completed, in a case or (inventory) before this register."""
        with self._database.reading() as session:
            moments = [*_maintained(session, website)]
        known = self.inventory.websites[website].maintained if website in self.inventory.websites else None
        if known:
            moments.append(datetime.combine(known, time(), self.calendar.zone))
        return max(moments, default=None)

    def websites_due(self, today: date) -> list[str]:
        """Websites not maintained for a year or more, and not being maintained by an open case."""
        being_done = {case.website for case in self.cases(state="open") if case.website}
        return [site for site in self.inventory.websites if site not in being_done and self._is_due(site, today)]

    def _is_due(self, website: str, today: date) -> bool:
        last = self.last_maintenance(website)
        return last is None or year_after(self.calendar.day(last)) <= today


def year_after(day: date) -> date:
    """The same day a year later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def _maintained(session: Session, website: str) -> Iterator[datetime]:
    events = (
        select(Case.sop, Case.revision, CaseEvent.step, CaseEvent.at)
        .join(CaseEvent, CaseEvent.case_id == Case.id)
        .where(Case.website == website, CaseEvent.kind.in_(ANSWERS), CaseEvent.answer == "YA")
    )
    for sop, revision, step, at in session.execute(events):
        if "maintain" in procedures.load(sop, revision).step(step).work:
            yield at
