"""The word of another team: what changes something of theirs needs their YA, beside its approval.

SOP website, step 8: "berkoordinasi dengan tim jaringan". The paper names no act and no column for it, so it is no step
of the procedure, whose released file stays as it is; it is a rule of the register on what makes a plan approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inventory.models import Role
from sop.progress import Event

CONFIRMERS: dict[str, Role] = {"domain": "tim_teknis"}
"""Action of a plan -> whose YA it needs too. The network team's zone is changed by `domain`."""
_BEGINS = ("planned", "proposed")


def confirmer(action: str) -> Role | None:
    """Who must confirm a plan of these actions (a bundle joins them with `+`); None: nobody."""
    return next((CONFIRMERS[word] for word in action.split("+") if word in CONFIRMERS), None)


def confirmation(action: str, plan_hash: str, events: Iterable[Event]) -> Event | None:
    """The confirmation that holds for a plan: by its confirmer's role, since the plan was last put forward."""
    found = None
    for event in events:
        if plan_hash in event.plans:
            if event.kind in _BEGINS:
                found = None
            elif event.kind == "confirmed" and event.role == confirmer(action):
                found = event
    return found


def lacks(action: str, plan_hash: str, events: Sequence[Event]) -> bool:
    """Whether a plan still needs another team's word."""
    return confirmer(action) is not None and confirmation(action, plan_hash, events) is None
