"""How a plan is carried out: asked for leave before each write, written down after it, compared before it begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from playbooks.findings import TargetError
from playbooks.plans import ChangedSincePlan, Outcome, Part, Permit, Plan

OnStep = Callable[[str], None]


class Journal:
    """The steps of one run, with UTC times. `permit` is called before each write and may raise."""

    def __init__(self, permit: Permit, on_step: OnStep | None = None) -> None:
        self._permit, self._on_step = permit, on_step
        self.steps: list[tuple[str, str]] = []
        self.parts: list[Part] = []
        self.backups: list[dict[str, Any]] = []
        self.began = False
        """Whether a write was tried: from then on trouble is an outcome, not a refusal."""

    @contextmanager
    def write(self, what: str) -> Iterator[None]:
        """A change on the target: needs the permit, and is noted once done."""
        self._permit()
        self.began = True
        yield
        self.note(what)

    def note(self, what: str) -> None:
        """Something that was seen or put back; going back needs no permit."""
        self.steps.append((datetime.now(UTC).isoformat(timespec="milliseconds"), what))
        if self._on_step:
            self._on_step(what)

    def outcome(self, status: str, detail: str = "") -> Outcome:
        return Outcome(status, detail, tuple(self.steps), parts=tuple(self.parts), backups=tuple(self.backups))


def still_due(approved: Plan, now: Plan) -> bool:
    """Whether anything of the approved plan is left to do. Raises ChangedSincePlan when `now` is another plan.

    A run that was killed leaves a part of the same plan: the same wanted state (`details`) and no line that was not
    approved. That part may be carried out; anything else was never approved.
    """
    part = now.details == approved.details and set(now.changes) <= set(approved.changes)
    if now.hash != approved.hash and not ((approved.action, approved.target) == (now.action, now.target) and part):
        raise ChangedSincePlan(f"{approved.action} {approved.target}: keadaan sudah berubah sejak rencana disetujui")
    return bool(now.changes)


def carry_out(approved: Plan, now: Plan, journal: Journal, work: Callable[[], Outcome]) -> Outcome:
    """Do `work` if the plan is still due. Trouble after the first write is an outcome, with the steps done."""
    if not still_due(approved, now):
        return journal.outcome("unchanged")
    try:
        return work()
    except TargetError as error:
        if not journal.began:
            raise
        return journal.outcome("failed", str(error))
