"""The yearly duty, as the clock asks for it: a case for every website that is due."""

from __future__ import annotations

from datetime import date

from flows.jobs.notices import tell_informed
from flows.office import Office
from sop.register.errors import AlreadyDone
from sop.register.records import Actor, CaseRecord

CLOCK = Actor(via="clock")


def open_due_cases(office: Office, today: date | None = None) -> list[CaseRecord]:
    """Open a case of origin "berkala" for every website not maintained for a year; a second sweep opens none."""
    day = today or office.register.calendar.day(office.register.clock())
    opened = [_open(office, site) for site in office.register.websites_due(day)]
    return [case for case in opened if case is not None]


def _open(office: Office, site: str) -> CaseRecord | None:
    """None when another sweep was faster."""
    website = office.inventory.websites[site]
    about = f"Pemeliharaan berkala {website.domain} (sekurang-kurangnya sekali setahun)"
    try:
        case = office.register.open_case(
            "website", website.opd, about, None, website=site, origin="berkala", actor=CLOCK
        )
    except AlreadyDone:
        return None
    tell_informed(office, case.id)
    return case
