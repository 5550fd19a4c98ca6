"""The yearly duty, as the clock asks for it: a case for every website that is due."""

from __future__ import annotations

from flows.jobs.notices import tell_informed
from flows.office import Office
from sop.register.records import Actor, CaseRecord

CLOCK = Actor(via="clock")


def open_due_cases(office: Office) -> list[CaseRecord]:
    """Open a case of origin "berkala" for every website whose year is nearly over; a second sweep opens none."""
    today = office.register.calendar.day(office.register.clock())
    opened = [_open(office, site) for site in office.register.websites_due(today)]
    return [case for case in opened if case is not None]


def _open(office: Office, site: str) -> CaseRecord | None:
    """None when another sweep was faster."""
    about = f"Pemeliharaan berkala {office.inventory.websites[site].domain} (sekurang-kurangnya sekali setahun)"
    case = office.register.open_periodic(site, about, CLOCK)
    if case:
        tell_informed(office, case.id)
    return case
