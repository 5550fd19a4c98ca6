"""Which entries of the inventory a command or a form means, and how the backup of each went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flows.jobs.errors import BadInput, unknown
from inventory.models import Agency, Device, Website


def picked(
    what: str,
    known: Mapping[str, Device | Website],
    agencies: Mapping[str, Agency],
    names: Sequence[str],
    opd: str,
    every: bool,
) -> list[str]:
    """Slugs of `known` that are named, an OPD's, or all of them; each once, in the order given.

    `what` is the kind of entry, as an official calls it. Raises BadInput for a name or OPD that the inventory does not
    have, and when nothing is left.
    """
    for name in names:
        if name not in known:
            raise unknown(what, name, known)
    if opd and opd not in agencies:
        raise unknown("OPD", opd, agencies)
    of_opd = [name for name, entry in known.items() if opd and entry.opd == opd]
    meant = [*names, *of_opd, *(known if every else ())]
    if every and not known:
        raise BadInput(f"inventaris belum punya {what}")
    if not meant:
        raise BadInput(f"OPD {opd} tidak punya {what}" if opd else f"sebut {what}nya, atau --opd OPD, atau --all")
    return list(dict.fromkeys(meant))


@dataclass(frozen=True)
class BackedUp:
    """How the backup of one target went: ok, unchanged (a configuration the register has already) or failed."""

    name: str
    status: str
    seconds: float
    reason: str = ""
    detail: str = ""
    bytes: int = 0

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "seconds": round(self.seconds, 2)}
