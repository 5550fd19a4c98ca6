"""Who may do what: the right role, in its turn, within an appointment's dates, and never on one's own request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from inventory.models import Inventory
from sop.procedure import Procedure
from sop.progress import Event, Position
from sop.register.errors import AlreadyDone, NotYourTurn, OwnRequest, UnknownOfficial, WrongRole

OPD = "opd"
_APPROVALS = ("disposition", "decision", "work")
"""Kinds of steps at which acting is a decision about the request; passing a report on is none."""


@dataclass(frozen=True)
class Capacity:
    """A person in the role they act in. `acting` is plt or plh when the post is not their own."""

    slug: str
    name: str
    role: str
    acting: str = ""

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.replace(",", " ").split() if word[0].isalpha()).upper()[:4]


def find(inventory: Inventory, opd: str, wanted: str, day: date) -> str:
    """The slug of an official, of the case's own OPD (its PIC), or of the one official who holds a role on `day`.

    Raises UnknownOfficial when there is none, or the role has several.
    """
    if wanted in inventory.officials or wanted == opd:
        return wanted
    if wanted == OPD:
        return opd
    holders = [slug for slug in inventory.officials if wanted in capacities(inventory, slug, day)]
    if len(holders) == 1:
        return holders[0]
    if holders:
        raise UnknownOfficial(f"jabatan {wanted!r} dipegang {', '.join(holders)}; sebutkan pejabatnya")
    raise UnknownOfficial(f"pejabat {wanted!r} tidak dikenal; yang ada: {', '.join(sorted(inventory.officials))}")


def capacities(inventory: Inventory, slug: str, day: date) -> dict[str, Capacity]:
    """The roles an official holds on `day`, their own and the acting one; of an OPD's slug: its PIC."""
    official = inventory.officials.get(slug)
    if official is None:
        agency = inventory.opd[slug]
        return {OPD: Capacity(slug, agency.pic[0].name if agency.pic else agency.name, OPD)}
    held = {}
    acting = official.acting
    if acting and acting.since <= day <= acting.until:
        held[str(acting.role)] = Capacity(slug, official.name, acting.role, acting.kind)
    return {**held, str(official.role): Capacity(slug, official.name, official.role)}


@dataclass(frozen=True)
class Docket:
    """What authority has to know of a case."""

    id: str
    opd: str
    requested_by: str
    procedure: Procedure
    events: tuple[Event, ...]
    position: Position


def authorise(inventory: Inventory, docket: Docket, slug: str, day: date) -> Capacity:
    """The capacity in which an official may act on the case now.

    Raises AlreadyDone (the case is over, or theirs was the last act), NotYourTurn, WrongRole, OwnRequest.
    """
    place = docket.position
    if not place.is_open:
        raise AlreadyDone(f"{docket.id} sudah {place.state}")
    held = capacities(inventory, slug, day)
    for role in place.turn:
        if role in held:
            if docket.procedure.step(place.step).kind in _APPROVALS:
                forbid_own_request(inventory, docket, slug)
            return held[role]
    raise _refusal(docket, slug, held)


def _refusal(docket: Docket, slug: str, held: Iterable[str]) -> Exception:
    turn = " atau ".join(docket.procedure.label(role) for role in docket.position.turn)
    where = f"{docket.id} berada di langkah {docket.position.step}, giliran {turn}"
    human = [event for event in docket.events if event.role]
    if human and human[-1].actor == slug and human[-1].kind != "opened":
        return AlreadyDone(f"{slug} sudah menjawab; {where}")
    parties = {str(role) for step in docket.procedure.steps for role in (*step.acts, *step.approves)}
    if parties.isdisjoint(held):
        return WrongRole(f"{slug} ({', '.join(held)}) tidak berwenang dalam SOP {docket.procedure.sop}; {where}")
    return NotYourTurn(f"belum giliran {slug}; {where}")


def forbid_own_request(inventory: Inventory, docket: Docket, slug: str) -> None:
    """Raises OwnRequest when the official asked for it: by slug, by name, or by an e-mail of the OPD's PIC."""
    official = inventory.officials.get(slug)
    requester = docket.requested_by.casefold()
    mails = {requester, *(pic.email.casefold() for pic in inventory.opd[docket.opd].pic)} if official else set()
    if official and (
        requester in (slug.casefold(), official.name.casefold())
        or (official.email and official.email.casefold() in mails)
    ):
        raise OwnRequest(f"{slug} adalah pemohon {docket.id}; permohonan sendiri tidak boleh diputus sendiri")
