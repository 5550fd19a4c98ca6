"""Invariant 12: yearly maintenance is due, not missed, and caught up once."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.models import Inventory, Website
from inventory.settings import Settings
from sop.register import CaseRecord, Register
from sop.register.duties import Duty, year_after
from sop.register.errors import AlreadyDone
from tests.sop.register.office import CLI, FLOW, Clock, an_inventory, approved, website_case

PERIODIC = {"letter": None, "origin": "berkala", "about": "Pemeliharaan berkala"}
AHEAD = timedelta(days=45)
SUNDAY_1 = date(2026, 11, 1)


def maintained(register: Register, case: CaseRecord | None = None) -> str:
    """Bring a case past its maintenance; it stands at step 8."""
    case = approved(register, case or website_case(register))
    register.keep(b"{}", "analysis", "a", case_id=case.id)
    register.act(case.id, "sub_koordinator", "YA", actor=CLI)
    register.complete_work(case.id, 7, FLOW, {})
    return case.id


def of(register: Register, website: str, day: date) -> Duty:
    (duty,) = register.duties(day, [website])
    return duty


def sweep(register: Register) -> list[str]:
    """Websites for which the clock opened a case now."""
    sites = register.websites_due(register.calendar.day(register.clock()))
    opened = [register.open_periodic(site, "Berkala", FLOW) for site in sites]
    return [case.website for case in opened if case]


def office_with(**maintained: date | None) -> Inventory:
    """An office with a static website for each name, maintained on that day before the register began."""
    entry = {"opd": "dinkes", "domain": "x.example.go.id", "host": "web-1", "kind": "static"}
    sites = {name: Website.model_validate({**entry, "maintained": day}) for name, day in maintained.items()}
    return an_inventory(websites=sites)


def test_a_site_of_which_nothing_is_known_is_due_and_red(register: Register) -> None:
    assert register.websites_due(SUNDAY_1) == ["dinkes-web", "dinsos-web"]
    assert [(duty.state, duty.red) for duty in register.duties(SUNDAY_1)] == [("never", True)] * 2


def test_maintenance_in_a_case_counts_for_a_year(register: Register) -> None:
    case = maintained(register)
    register.withdraw(case, "kadis-1", "hosting tidak jadi", CLI)
    duty = of(register, "dinkes-web", date(2027, 11, 2))
    assert (duty.last, duty.due) == (date(2026, 11, 2), date(2027, 11, 2))
    states = {day: of(register, "dinkes-web", day).state for day in (duty.due - AHEAD, duty.due)}
    assert states == {duty.due - AHEAD: "coming", duty.due: "overdue"}
    assert of(register, "dinkes-web", duty.due - AHEAD - timedelta(days=1)).state == "kept"


def test_a_case_is_opened_so_early_that_the_work_fits_into_the_year(register: Register) -> None:
    register.withdraw(maintained(register), "kadis-1", "hosting tidak jadi", CLI)
    opens = date(2027, 11, 2) - AHEAD
    assert register.websites_due(opens - timedelta(days=1)) == ["dinsos-web"]
    assert register.websites_due(opens) == ["dinkes-web", "dinsos-web"]
    assert register.websites_due(date(2029, 1, 1)) == ["dinkes-web", "dinsos-web"]


def test_maintenance_before_the_register_counts_too(settings: Settings, clock: Clock) -> None:
    register = Register(settings, office_with(web=date(2026, 3, 1)), clock)
    assert of(register, "web", date(2026, 12, 1)).due == date(2027, 3, 1)


def test_a_report_of_a_past_month_knows_nothing_of_later_maintenance(register: Register, clock: Clock) -> None:
    maintained(register)
    told = {day: register.duties(day, ["dinkes-web"], known=day)[0].last for day in (SUNDAY_1, clock.calendar_day)}
    assert told == {SUNDAY_1: None, clock.calendar_day: date(2026, 11, 2)}


def test_a_site_that_is_being_maintained_is_not_asked_for_again_but_stays_red(register: Register) -> None:
    case = website_case(register, **PERIODIC)
    assert register.websites_due(date(2026, 11, 2)) == ["dinsos-web"]
    duty = of(register, "dinkes-web", date(2028, 1, 1))
    assert (duty.asks, duty.red, duty.case and duty.case.id) == (False, True, case.id)
    with pytest.raises(AlreadyDone, match=case.id):
        website_case(register, **PERIODIC)


def test_a_letter_that_waits_for_its_maintenance_does_the_years_duty(register: Register) -> None:
    website_case(register)
    assert register.websites_due(date(2026, 11, 2)) == ["dinsos-web"]


def test_a_case_that_is_still_open_after_its_maintenance_does_not_stand_in_the_next_ones_way(
    register: Register, clock: Clock
) -> None:
    first = maintained(register, website_case(register, **PERIODIC))
    clock.forward(days=370)
    assert register.case(first).state == "open"
    assert "dinkes-web" in sweep(register)
    assert len(register.cases(website="dinkes-web")) == 2


def test_a_case_that_was_withdrawn_stays_the_years_only_one_and_its_site_red(register: Register, clock: Clock) -> None:
    assert sweep(register) == ["dinkes-web", "dinsos-web"]
    (case,) = register.cases(website="dinkes-web")
    register.withdraw(case.id, "kadis-1", "situs akan ditutup", CLI)
    clock.forward(days=200)
    assert sweep(register) == []
    assert of(register, "dinkes-web", date(2027, 5, 1)).red
    clock.forward(days=165)
    assert sweep(register) == ["dinkes-web"]


def test_a_machine_that_was_off_for_weeks_catches_up_once(register: Register, clock: Clock) -> None:
    clock.forward(days=40)
    opened = []
    for _ in range(3):
        opened += sweep(register)
        clock.forward(days=1)
    assert opened == ["dinkes-web", "dinsos-web"]


def test_a_clock_that_goes_back_opens_nothing_anew(register: Register, clock: Clock) -> None:
    assert len(sweep(register)) == 2
    for case in register.cases():
        register.withdraw(case.id, "kadis-1", "keliru", CLI)
    for days in (1, 30, 364, 3650):
        clock.forward(days=-days)
        assert sweep(register) == []


def test_of_sweeps_at_the_same_moment_one_opens_the_case(settings: Settings, clock: Clock) -> None:
    start = Barrier(4)

    def sweeps(_: int) -> int:
        mine = Register(settings, an_inventory(), clock)
        start.wait()
        return sum(mine.open_periodic(site, "Berkala", FLOW) is not None for site in ("dinkes-web", "dinsos-web"))

    with ThreadPoolExecutor(4) as pool:
        opened = sum(pool.map(sweeps, range(4)))
    register = Register(settings, an_inventory(), clock)
    assert (opened, len(register.cases())) == (2, 2)
    assert register.verify_audit().ok


def test_thirty_sites_over_a_year_with_the_machine_off_on_their_days_get_one_case_each(tmp_path: Path) -> None:
    dice = random.Random(20261121)
    start = datetime(2027, 6, 1, 0, 30, tzinfo=UTC)
    known = {f"situs-{n}": date(2026, 6, 1) + timedelta(days=45 + dice.randrange(365)) for n in range(28)}
    inventory = office_with(**known, baru=None, kabisat=date(2027, 2, 28))
    clock = Clock(start)
    register = Register(Settings(home=tmp_path, database_url=""), inventory, clock)
    opens = {known[site].replace(year=known[site].year + 1) - AHEAD for site in known}
    opened: Counter[str] = Counter()
    for day in range(365):
        clock.now = start + timedelta(days=day)
        off = clock.calendar_day in opens or dice.random() < 0.7
        if not off or day == 364:
            opened.update(sweep(register))
        if dice.random() < 0.05:
            clock.forward(days=-dice.randrange(60))
            opened.update(sweep(register))
    assert opened == Counter(dict.fromkeys(inventory.websites, 1))
    assert len(register.cases()) == 30


@given(st.data())
def test_whatever_happens_the_clock_asks_at_most_once_a_year_and_never_lets_a_year_go_by(data: st.DataObject) -> None:
    """Days on which the machine is on, how long the work takes, and whether it is done at all."""
    day, last, asked, busy = SUNDAY_1, data.draw(st.none() | st.dates(date(2025, 11, 2), SUNDAY_1)), None, 0
    for _ in range(60):
        day += timedelta(days=data.draw(st.integers(1, 60), label="off until"))
        busy = max(0, busy - 1)
        if busy == 1 and data.draw(st.booleans(), label="done"):
            last = day
        duty = Duty("web", day, AHEAD, last, asked, object() if busy else None)  # type: ignore[arg-type]
        if duty.asks:
            assert asked is None or day >= year_after(asked)
            asked, busy = day, data.draw(st.integers(0, 4), label="work")
        elif duty.red and not duty.case:
            assert asked is not None
            assert day < year_after(asked)


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
