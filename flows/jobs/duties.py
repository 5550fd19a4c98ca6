"""What the clock starts: the yearly sweep, the nightly backup, the watch over sites."""

from __future__ import annotations

from datetime import date
from typing import Any

from flows.jobs import network, websites
from flows.jobs.changes import Progress
from flows.jobs.notices import tell_informed
from flows.office import Office
from playbooks.findings import TargetResult
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


def back_up_all(office: Office, on_progress: Progress | None = None) -> dict[str, Any]:
    """The nightly backup of every device and website: `{"devices": [...], "websites": [...]}` as JSON."""
    inventory = office.inventory
    devices = network.back_up_devices(office, inventory.devices, "", on_progress, CLOCK)
    sites = websites.back_up_websites(office, inventory.websites, "", on_progress, CLOCK)
    return {"devices": [each.as_json() for each in devices], "websites": [each.as_json() for each in sites]}


def watch_sites(office: Office, on_progress: Progress | None = None) -> list[TargetResult]:
    """Check every website."""
    return websites.check_websites(office, office.inventory.websites, "", on_progress, CLOCK)
