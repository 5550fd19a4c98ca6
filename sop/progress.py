"""Where a case stands: pure functions of (procedure, events). The register stores the events, nothing else."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sop.procedure import Answer, Procedure

State = Literal["open", "selesai", "ditolak", "ditarik"]
EventKind = Literal[
    "opened",  # the letter, or the clock, began the case at `step`
    "answered",  # a person answered YA or TIDAK; on YA of a planned step `plans` are the plans approved by it
    "completed",  # a flow finished the step's work
    "planned",  # a plan was made that needs no second person (`plans` holds its hash)
    "proposed",  # a plan was made that waits for approval
    "approved",
    "dropped",
    "confirmed",  # another team agreed to a plan that changes something of theirs; it still waits for its approver
    "settled",  # a plan was applied, rolled back or failed
    "retried",  # the step's work is attempted anew
    "withdrawn",
]
ANSWERS = ("answered", "completed")


class BrokenHistory(Exception):
    """Events that this procedure cannot have produced: a sign of tampering or of a wrong revision."""


@dataclass(frozen=True)
class Event:
    """One act on a case. `actor` is an official's slug, `opd`, or `pelihara` for the software itself."""

    seq: int
    at: datetime
    step: int
    kind: EventKind
    actor: str = ""
    role: str = ""
    """The role it was done in."""
    answer: str = ""
    note: str = ""
    plans: tuple[str, ...] = ()
    acting: str = ""
    """plt or plh, when not the post's own holder."""
    name: str = ""
    """The official's name at that time."""
    paraf: str = ""
    """Initials, and the audit row that proves them."""
    via: str = ""
    """Channel: cli, prefect, desk, clock, flow."""
    terminal: str = ""
    system_user: str = ""
    paper: str = ""
    """The paper an act was copied from, when recorded for someone else."""

    @property
    def capacity(self) -> str:
        """The role as a document writes it, for example `Plt. kadis`."""
        return f"{self.acting.capitalize()}. {self.role}" if self.acting else self.role


@dataclass(frozen=True)
class Position:
    """Where a case stands. `turn` are the roles of whom one must act; empty when the case is over."""

    state: State
    step: int
    turn: tuple[str, ...]
    since: datetime
    attempt: int = 1
    """How many times the work of this step was begun, over all visits: part of the outbox key."""
    waiting: tuple[str, ...] = ()
    """Plans that wait for approval here, oldest first."""

    @property
    def is_open(self) -> bool:
        return self.state == "open"


def position(procedure: Procedure, events: Iterable[Event]) -> Position:
    """Replays the events. Raises BrokenHistory when they do not fit the procedure."""
    places = deque(positions(procedure, events), maxlen=1)
    if not places:
        raise BrokenHistory("a case without events")
    return places[0]


def positions(procedure: Procedure, events: Iterable[Event]) -> Iterator[Position]:
    """The position after each event."""
    place: Position | None = None
    attempts: dict[int, int] = {}
    for event in events:
        place = _begin(procedure, event) if place is None else _advance(procedure, place, event)
        if event.kind in ("opened", *ANSWERS):
            place = replace(place, attempt=attempts.get(place.step, 0) + 1)
        attempts[place.step] = place.attempt
        yield place


def _begin(procedure: Procedure, event: Event) -> Position:
    if event.kind != "opened" or event.step not in {o.begins for o in procedure.origins.values()}:
        raise BrokenHistory(f"{procedure.sop} does not begin with {event.kind!r} at step {event.step}")
    step = procedure.step(event.step)
    if step.kind == "letter":
        return _move(procedure, event.step, "YA", event.at)
    return _arrive(procedure, event.step, event.at)


def _advance(procedure: Procedure, place: Position, event: Event) -> Position:
    if event.kind == "settled":
        return place
    if not place.is_open or event.step != place.step:
        raise BrokenHistory(f"event {event.seq}: {event.kind} at step {event.step}, but the case is at {place}")
    if event.kind in ANSWERS:
        return _move(procedure, place.step, event.answer, event.at)
    if event.kind == "withdrawn":
        return replace(place, state="ditarik", turn=(), since=event.at, waiting=())
    return _stay(procedure, place, event)


def _stay(procedure: Procedure, place: Position, event: Event) -> Position:
    match event.kind:
        case "proposed":
            return _wait(procedure, place, (*place.waiting, *event.plans))
        case "approved" | "dropped":
            left = tuple(plan for plan in place.waiting if plan not in event.plans)
            return _resumed(_wait(procedure, place, left))
        case "retried":
            return replace(place, attempt=place.attempt + 1)
        case "planned" | "confirmed":
            return place
    raise BrokenHistory(f"event {event.seq}: unknown kind {event.kind!r}")


def _resumed(place: Position) -> Position:
    """The work goes on, as a new attempt, once no plan waits any more."""
    return place if place.waiting else replace(place, attempt=place.attempt + 1)


def _wait(procedure: Procedure, place: Position, waiting: tuple[str, ...]) -> Position:
    step = procedure.step(place.step)
    return replace(place, waiting=waiting, turn=step.approves if waiting else step.acts)


def _move(procedure: Procedure, no: int, answer: str, at: datetime) -> Position:
    targets: dict[str, int | Literal["ditolak", "selesai"]] = {str(a): t for a, t in procedure.step(no).answers.items()}
    if answer not in targets:
        raise BrokenHistory(f"step {no} of {procedure.sop} knows no answer {answer!r}")
    target = targets[answer]
    if isinstance(target, int):
        return _arrive(procedure, target, at)
    return Position(target, no, (), at)


def _arrive(procedure: Procedure, no: int, at: datetime) -> Position:
    step = procedure.step(no)
    if step.kind == "end":
        return Position("selesai", no, (), at)
    return Position("open", no, step.acts, at)


def answers(procedure: Procedure, place: Position) -> tuple[Answer, ...]:
    """What may be answered now: the step's answers, and TIDAK to drop a plan that waits."""
    if not place.is_open:
        return ()
    own = tuple(procedure.step(place.step).answers)
    return ("YA", "TIDAK") if place.waiting else own
