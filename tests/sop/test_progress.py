"""Progress is a pure fold: no sequence of answers strands a case, and the same events give the same place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop.procedure import Procedure, load
from sop.progress import BrokenHistory, Event, Position, answers, position, positions

START = datetime(2026, 11, 2, 2, tzinfo=UTC)
NETWORK, WEBSITE = load("jaringan"), load("website")


def event(seq: int, step: int, kind: str, **fields: object) -> Event:
    return Event(seq, START + timedelta(minutes=seq), step, kind, **fields)  # type: ignore[arg-type]


def history(*events: tuple[int, str, dict[str, object]]) -> list[Event]:
    return [event(seq, step, kind, **fields) for seq, (step, kind, fields) in enumerate(events, 1)]


def yes(*steps: int) -> list[Event]:
    return history((1, "opened", {}), *((step, "answered", {"answer": "YA"}) for step in steps))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Procedure, list[Event]]:
    """Any case that the register could have written: at each place one of the acts possible there."""
    procedure = draw(st.sampled_from([NETWORK, WEBSITE]))
    origin = draw(st.sampled_from(sorted(procedure.origins.items())))[1]
    events = [event(1, origin.begins, "opened")]
    for seq in range(2, draw(st.integers(2, 30))):
        place = position(procedure, events)
        if not place.is_open:
            break
        events.append(draw(acts(procedure, place, seq)))
    return procedure, events


def acts(procedure: Procedure, place: Position, seq: int) -> st.SearchStrategy[Event]:
    step = procedure.step(place.step)
    possible = [event(seq, place.step, "withdrawn"), event(seq, place.step, "retried")]
    if place.waiting:
        possible += [event(seq, place.step, kind, plans=place.waiting[:1]) for kind in ("approved", "dropped")]
    else:
        possible += 6 * [event(seq, place.step, "answered", answer=answer) for answer in step.answers]
    if step.approves:
        possible += [event(seq, place.step, kind, plans=(f"p{seq}",)) for kind in ("proposed", "planned", "settled")]
    return st.sampled_from(possible)


@given(cases())
def test_every_case_has_a_turn_or_an_end_and_an_answer_to_give(case: tuple[Procedure, list[Event]]) -> None:
    procedure, events = case
    for place in positions(procedure, events):
        assert bool(place.turn) == place.is_open
        assert bool(answers(procedure, place)) == place.is_open
        assert place.attempt >= 1
        assert not place.is_open or procedure.step(place.step).kind != "end"


@given(cases())
def test_replaying_gives_the_same_place(case: tuple[Procedure, list[Event]]) -> None:
    procedure, events = case
    assert position(procedure, events) == position(procedure, list(events)) == list(positions(procedure, events))[-1]


@given(cases())
def test_the_key_of_technical_work_never_comes_twice(case: tuple[Procedure, list[Event]]) -> None:
    procedure, events = case
    places = list(positions(procedure, events))
    begun = [(p.step, p.attempt) for p in places if p.is_open]
    changes = [pair for before, pair in zip([None, *begun], begun, strict=False) if pair != before]
    assert len(changes) == len(set(changes))


@given(cases())
def test_from_anywhere_the_sop_can_be_carried_to_its_end(case: tuple[Procedure, list[Event]]) -> None:
    procedure, events = case
    place = position(procedure, events)
    for seq in range(len(events) + 1, len(events) + 40):
        if not place.is_open:
            break
        if place.waiting:
            events.append(event(seq, place.step, "approved", plans=place.waiting))
        else:
            events.append(event(seq, place.step, "answered", answer="YA"))
        place = position(procedure, events)
    assert place.state in ("selesai", "ditarik", "ditolak")


@given(cases(), st.data())
def test_a_case_that_is_over_takes_no_further_act(case: tuple[Procedure, list[Event]], data: st.DataObject) -> None:
    procedure, events = case
    place = position(procedure, events)
    kind = data.draw(st.sampled_from(["answered", "completed", "withdrawn", "proposed", "retried"]))
    if not place.is_open:
        with pytest.raises(BrokenHistory):
            position(procedure, [*events, event(99, place.step, kind, answer="YA")])


def test_a_letter_is_complete_when_it_is_handed_in() -> None:
    place = position(NETWORK, yes())
    assert (place.step, place.turn, place.state) == (2, ("kadis",), "open")


def test_the_diamond_leads_back_to_kadis_and_down_to_the_koordinator() -> None:
    assert position(NETWORK, yes(2, 3)).turn == ("koordinator",)
    back = [*yes(2), event(3, 3, "answered", answer="TIDAK")]
    assert (position(NETWORK, back).step, position(NETWORK, back).attempt) == (2, 2)
    rejected = [*back, event(4, 2, "answered", answer="TIDAK")]
    assert (position(NETWORK, rejected).state, position(NETWORK, rejected).turn) == ("ditolak", ())


def test_a_plan_that_waits_gives_the_turn_to_its_approvers_and_back() -> None:
    events = [*yes(2, 3, 4), event(5, 5, "proposed", plans=("p",))]
    assert position(NETWORK, events).turn == ("koordinator", "kabid")
    events.append(event(6, 5, "approved", plans=("p",)))
    place = position(NETWORK, events)
    assert (place.turn, place.attempt, place.waiting) == (("tim_teknis",), 2, ())


def test_a_plan_that_waits_for_nobody_leaves_the_turn() -> None:
    assert position(NETWORK, [*yes(2, 3, 4), event(5, 5, "planned", plans=("p",))]).turn == ("tim_teknis",)


def test_arriving_at_the_last_row_ends_a_website_case() -> None:
    place = position(WEBSITE, yes(2, 3, 4, 5, 6, 7, 8, 9))
    assert (place.state, place.step, place.turn) == ("selesai", 10, ())


def test_a_periodic_case_begins_where_its_origin_says() -> None:
    assert position(WEBSITE, [event(1, 6, "opened")]).turn == ("sub_koordinator",)


@pytest.mark.parametrize(
    "events",
    [
        [],
        [event(1, 2, "answered", answer="YA")],
        [event(1, 4, "opened")],
        [*yes(), event(2, 3, "answered", answer="YA")],
        [*yes(2, 3), event(4, 4, "answered", answer="TIDAK")],
        [*yes(), event(2, 2, "answered", answer="MUNGKIN")],
        [*yes(), event(2, 2, "opened")],
    ],
)
def test_a_history_that_no_case_can_have_is_broken(events: list[Event]) -> None:
    with pytest.raises(BrokenHistory):
        position(NETWORK, events)


def test_the_capacity_of_a_stand_in_is_written_as_on_paper() -> None:
    assert event(1, 2, "answered", role="kadis", acting="plh").capacity == "Plh. kadis"
    assert event(1, 2, "answered", role="kadis").capacity == "kadis"
