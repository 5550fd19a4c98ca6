"""A plan's hash as a person types it: shortened, as long as it means one plan."""

from __future__ import annotations

from collections.abc import Iterable

from flows.jobs.errors import BadInput
from inventory.problems import shown

SHORTEST = 8
_TOLD_APART = 16


def whole(known: Iterable[str], given: str) -> str:
    """The one hash of `known` that `given` begins; `given` itself when none does, for the register to refuse.

    Raises BadInput when it is shorter than `SHORTEST` or begins several, which are named.
    """
    begun = given.strip().lower()
    if len(begun) < SHORTEST:
        raise BadInput(
            f'sidik rencana "{shown(given)}" kurang panjang: paling sedikit {SHORTEST} huruf', "unknown_plan"
        )
    meant = sorted({each for each in known if each.startswith(begun)})
    if len(meant) > 1:
        named = ", ".join(each[: len(begun) + _TOLD_APART] for each in meant)
        raise BadInput(
            f"sidik rencana {shown(given)} berarti lebih dari satu: {named}; tulis lebih panjang", "unknown_plan"
        )
    return meant[0] if meant else begun
