"""Invariant 12: yearly maintenance is due, not missed, and caught up once."""

from __future__ import annotations

from datetime import date

import pytest

from inventory.settings import Settings
from sop.register import Register
from sop.register.duties import year_after
from tests.sop.register.office import CLI, FLOW, Clock, an_inventory, approved, website_case

PERIODIC = {"letter": None, "origin": "berkala", "about": "Pemeliharaan berkala"}


def maintained(register: Register) -> str:
    case = approved(register, website_case(register))
    register.keep(b"{}", "analysis", "a", case_id=case.id)
    register.act(case.id, "sub_koordinator", "YA", actor=CLI)
    register.complete_work(case.id, 7, FLOW, {})
    return case.id


def test_a_site_of_which_nothing_is_known_is_due(register: Register) -> None:
    assert register.websites_due(date(2026, 11, 2)) == ["dinkes-web", "dinsos-web"]


def test_maintenance_in_a_case_counts_for_a_year(register: Register, clock: Clock) -> None:
    case = maintained(register)
    register.withdraw(case, "kadis-1", "hosting tidak jadi", CLI)
    assert register.last_maintenance("dinkes-web") == clock.now
    assert register.websites_due(date(2027, 11, 1)) == ["dinsos-web"]
    assert register.websites_due(date(2027, 11, 2)) == ["dinkes-web", "dinsos-web"]
    assert register.websites_due(date(2029, 1, 1)) == ["dinkes-web", "dinsos-web"]


def test_maintenance_before_the_register_counts_too(settings: Settings, clock: Clock) -> None:
    sites = an_inventory().websites
    known = sites["dinsos-web"].model_copy(update={"maintained": date(2026, 3, 1)})
    register = Register(settings, an_inventory(websites={**sites, "dinsos-web": known}), clock)
    assert register.websites_due(date(2027, 2, 28)) == ["dinkes-web"]
    assert register.websites_due(date(2027, 3, 1)) == ["dinkes-web", "dinsos-web"]


def test_a_site_that_is_being_maintained_is_not_due_again(register: Register) -> None:
    website_case(register, **PERIODIC)
    assert register.websites_due(date(2026, 11, 2)) == ["dinsos-web"]


def test_a_machine_that_was_off_for_weeks_catches_up_once(register: Register, clock: Clock) -> None:
    clock.forward(days=40)
    for _ in range(3):
        for site in register.websites_due(register.calendar.day(clock.now)):
            register.open_case("website", site.split("-")[0], "Berkala", None, website=site, origin="berkala")
        clock.forward(days=1)
    assert len(register.cases()) == 2


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 11, 2), date(2027, 11, 2)),
        (date(2028, 2, 29), date(2029, 3, 1)),
        (date(2027, 2, 28), date(2028, 2, 28)),
    ],
)
def test_a_year_later_is_the_same_day(day: date, later: date) -> None:
    assert year_after(day) == later
