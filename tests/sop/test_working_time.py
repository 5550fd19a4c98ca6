"""The SOP's clock: office hours, holidays and cuti bersama; what was waited for apart from what was worked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.models import Office, WorkingDay
from sop.procedure import Standard, load
from sop.progress import Event
from sop.working_time import Calendar, ClosedForever, step_times

JAKARTA = ZoneInfo("Asia/Jakarta")


def office(**fields: object) -> Office:
    return Office.model_validate({"name": "O", "region": "R", "address": "A", "place": "P", **fields})


CALENDAR = Calendar(office())
OFFICES = st.sampled_from(
    [
        CALENDAR,
        Calendar(office(zone="Asia/Jayapura")),
        Calendar(office(zone="Europe/Berlin")),  # a zone that changes its clocks
        Calendar(office(hours={"sunday": WorkingDay(start=time(0, 0), end=time(23, 59))})),
        Calendar(office(hours={"monday": WorkingDay(start=time(8), end=time(9), pause=(time(8, 10), time(8, 30)))})),
    ]
)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=370)).map(lambda span: datetime(2025, 12, 20, tzinfo=UTC) + span)
SPANS = st.timedeltas(timedelta(), timedelta(hours=200))


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A time of day in 2026 at the office."""
    return datetime(2026, month, day, hour, minute, tzinfo=JAKARTA)


def minutes(amount: int) -> timedelta:
    return timedelta(minutes=amount)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(2, 9), at(2, 10), minutes(60)),
        (at(2, 5), at(2, 7, 45), minutes(15)),
        (at(2, 11, 50), at(2, 13, 10), minutes(20)),  # the pause does not count
        (at(2, 15, 50), at(3, 7, 40), minutes(20)),  # nor does the night
        (at(6, 16), at(9, 8), minutes(60)),  # nor the weekend
        (at(6, 11), at(6, 13, 30), minutes(60)),  # Friday's longer pause
        (at(2, 0), at(9, 0), timedelta(hours=37.5)),  # the week of Perpres 21/2023
        (at(2, 10), at(2, 9), minutes(0)),
        (at(17, 9, month=8), at(18, 8, month=8), minutes(30)),  # 17 August
        (at(20, 9, month=3), at(25, 8, month=3), minutes(30)),  # cuti bersama and Idul Fitri
        (at(24, 9, month=12), at(28, 8, month=12), minutes(30)),  # cuti bersama and Natal
    ],
)
def test_working_time_between_two_moments(start: datetime, end: datetime, expected: timedelta) -> None:
    assert CALENDAR.between(start, end) == expected


def test_holidays_have_names_and_office_yaml_has_the_last_word() -> None:
    own = Calendar(
        office(
            holidays={date(2026, 3, 28): "Hari Jadi", date(2026, 11, 3): "Hari Jadi Kabupaten"},
            working={date(2026, 12, 24): "Layanan akhir tahun", date(2026, 11, 7): "Lembur"},
        )
    )
    assert CALENDAR.holiday(date(2026, 12, 24)) == "Cuti Bersama Hari Raya Natal"
    assert CALENDAR.holiday(date(2026, 8, 17)) == "Hari Kemerdekaan Republik Indonesia"
    assert own.holiday(date(2026, 11, 3)) == "Hari Jadi Kabupaten"
    assert own.holiday(date(2026, 12, 24)) == ""
    assert own.between(at(24, 8, month=12), at(24, 9, month=12)) == minutes(60)
    assert own.between(at(3, 8), at(3, 9)) == minutes(0)
    assert own.between(at(7, 8), at(7, 9)) == minutes(60)  # a Saturday that is worked


@pytest.mark.parametrize(
    ("start", "standard", "expected"),
    [
        (at(2, 9), Standard(amount=8, unit="menit"), at(2, 9, 8)),
        (at(2, 11, 58), Standard(amount=3, unit="menit"), at(2, 13, 1)),
        (at(2, 20), Standard(amount=5, unit="menit"), at(3, 7, 35)),
        (at(2, 9), Standard(amount=8, unit="jam"), at(3, 9, 30)),
        (at(2, 9), Standard(amount=2, unit="hari"), at(4, 9)),
        (at(5, 9), Standard(amount=2, unit="hari"), at(9, 9)),  # over the weekend
        (at(5, 20), Standard(amount=1, unit="hari"), at(9, 7, 30)),  # handed over in the evening
        (at(7, 10), Standard(amount=1, unit="hari"), at(10, 7, 30)),  # on a Saturday: Monday is the first day
        (at(23, 9, month=12), Standard(amount=1, unit="hari"), at(28, 9, month=12)),
    ],
)
def test_when_a_standard_time_is_over(start: datetime, standard: Standard, expected: datetime) -> None:
    assert CALENDAR.add(start, standard) == expected
    assert CALENDAR.add(start, standard).tzinfo is UTC


@given(OFFICES, MOMENTS, MOMENTS, MOMENTS)
@settings(deadline=None)
def test_working_time_adds_up(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    a, b, c = sorted((a, b, c))
    assert calendar.between(a, c) == calendar.between(a, b) + calendar.between(b, c)
    assert timedelta() <= calendar.between(a, c) <= c - a


@given(OFFICES, MOMENTS, SPANS)
@settings(deadline=None)
def test_after_is_the_inverse_of_between(calendar: Calendar, start: datetime, span: timedelta) -> None:
    end = calendar.after(start, span)
    assert calendar.between(start, end) == span
    assert end == start or calendar.between(start, end - timedelta(microseconds=1)) < span


@given(OFFICES, MOMENTS, MOMENTS, SPANS, SPANS)
@settings(deadline=None)
def test_later_and_longer_never_ends_earlier(
    calendar: Calendar, start: datetime, later: datetime, span: timedelta, longer: timedelta
) -> None:
    start, later = sorted((start, later))
    span, longer = sorted((span, longer))
    assert calendar.after(start, span) <= calendar.after(later, longer)


@given(OFFICES, MOMENTS, MOMENTS, st.integers(1, 40))
@settings(deadline=None)
def test_working_days_are_monotone_too(calendar: Calendar, start: datetime, later: datetime, days: int) -> None:
    start, later = sorted((start, later))
    first = calendar.add(start, Standard(amount=days, unit="hari"))
    assert start < first <= calendar.add(later, Standard(amount=days, unit="hari"))
    assert first < calendar.add(start, Standard(amount=days + 1, unit="hari"))


def test_an_office_that_never_opens_is_an_error_not_an_endless_search() -> None:
    mondays = {date(2026, 11, 2) + timedelta(weeks=week): "libur" for week in range(54 * 20)}
    closed = Calendar(office(hours={"monday": WorkingDay(start=time(9), end=time(10))}, holidays=mondays))
    with pytest.raises(ClosedForever):
        closed.after(at(2, 9), minutes(1))
    with pytest.raises(ClosedForever):
        closed.add(at(2, 9), Standard(amount=1, unit="hari"))


def act(seq: int, step: int, kind: str, when: datetime, **fields: object) -> Event:
    return Event(seq, when.astimezone(UTC), step, kind, **fields)  # type: ignore[arg-type]


def approved_at_ten() -> list[Event]:
    """Letter at 9:00; Kadis 9:02, Kabid 9:10 (late), Koordinator 10:00."""
    signed = [(2, at(2, 9, 2)), (3, at(2, 9, 10)), (4, at(2, 10))]
    return [
        act(1, 1, "opened", at(2, 9)),
        *(act(n, step, "answered", when, answer="YA") for n, (step, when) in enumerate(signed, 2)),
    ]


def test_each_step_is_held_against_its_standard() -> None:
    times = step_times(load("jaringan"), approved_at_ten(), CALENDAR, at(2, 10, 5))
    assert [(time.step, time.signature, time.technical, time.late) for time in times] == [
        (1, minutes(0), minutes(0), False),
        (2, minutes(2), minutes(0), False),
        (3, minutes(8), minutes(0), True),
        (4, minutes(50), minutes(0), True),
        (5, minutes(0), minutes(5), False),
    ]
    assert times[-1].ended is None
    assert times[-1].due == at(2, 10, 15)


def test_waiting_for_an_approval_is_not_the_technicians_time() -> None:
    events = [
        *approved_at_ten(),
        act(5, 5, "proposed", at(2, 10, 10), plans=("p",)),
        act(6, 5, "approved", at(2, 11, 10), plans=("p",)),
        act(7, 5, "completed", at(2, 11, 14), answer="YA"),
    ]
    work = step_times(load("jaringan"), events, CALENDAR)[4]
    assert (work.signature, work.technical, work.spent, work.late) == (minutes(60), minutes(14), minutes(74), False)


def test_too_long_a_repair_is_late_even_with_a_wait_in_between() -> None:
    events = [
        *approved_at_ten(),
        act(5, 5, "proposed", at(2, 10, 10), plans=("p",)),
        act(6, 5, "dropped", at(2, 11, 10), plans=("p",)),
        act(7, 5, "completed", at(2, 11, 16), answer="YA"),
    ]
    assert step_times(load("jaringan"), events, CALENDAR)[4].late


def test_a_night_between_two_signatures_costs_no_time() -> None:
    events = [act(1, 1, "opened", at(2, 15, 59)), act(2, 2, "answered", at(3, 7, 31), answer="YA")]
    times = step_times(load("jaringan"), events, CALENDAR)
    assert (times[1].signature, times[1].late) == (minutes(2), False)


def test_a_second_visit_to_a_step_is_measured_on_its_own() -> None:
    events = [
        act(1, 1, "opened", at(2, 9)),
        act(2, 2, "answered", at(2, 9, 1), answer="YA"),
        act(3, 3, "answered", at(2, 9, 2), answer="TIDAK"),
        act(4, 2, "answered", at(2, 9, 5), answer="TIDAK"),
    ]
    times = step_times(load("jaringan"), events, CALENDAR, at(20, 9))
    assert [(time.step, time.spent) for time in times] == [
        (1, minutes(0)),
        (2, minutes(1)),
        (3, minutes(1)),
        (2, minutes(3)),
    ]
    assert times[-1].ended == at(2, 9, 5)
