"""Which entries of the inventory a command or a form means, and how the backup of each went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, TypeVar

from flows.jobs.errors import BadInput, unknown
from flows.office import Office
from inventory.models import Agency, Device, Website

T = TypeVar("T")


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
        raise BadInput(
            f"OPD {opd} tidak punya {what}" if opd else f"sebut {what}nya, OPD-nya (--opd) atau semua (--all)"
        )
    return list(dict.fromkeys(meant))


def known_case(office: Office, case_id: str) -> str:
    """The case's number, if one is given. Raises UnknownCase before anything is read."""
    return office.register.case(case_id).id if case_id else ""


def batches(many: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(many)
    while some := list(islice(rest, size)):
        yield some


@dataclass(frozen=True)
class BackedUp:
    """How the backup of one target went: ok, unchanged (the register has it already), unproven or failed."""

    name: str
    status: str
    seconds: float
    reason: str = ""
    detail: str = ""
    bytes: int = 0

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "seconds": round(self.seconds, 2)}
