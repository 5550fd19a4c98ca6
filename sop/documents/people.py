"""Who stands in a document: names, posts and signature blocks, from the inventory and a case's events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal

from inventory.causes import cause
from inventory.models import Inventory, Official
from sop.documents.data import Letterhead, Signatory
from sop.documents.write import DocumentError
from sop.procedure import Procedure
from sop.progress import Event

SOFTWARE = "Pelihara (otomatis)"
TITLES = {
    "kadis": "Kepala Dinas",
    "sekretaris": "Sekretaris Dinas",
    "kabid": "Kepala Bidang",
    "koordinator": "Koordinator",
    "sub_koordinator": "Sub Koordinator",
    "helpdesk": "Helpdesk",
    "tim_teknis": "Tim Teknis",
    "pelaksana": "Pelaksana/Pranata Komputer",
}


def letterhead(inventory: Inventory) -> Letterhead:
    """Kop surat from office.yaml. Raises DocumentError when the logo it names cannot be read."""
    office = inventory.office
    try:
        logo = (Path(inventory.folder) / office.logo).read_bytes() if office.logo else b""
    except OSError as error:
        raise DocumentError(f"office.yaml: logo {office.logo} tidak dapat dibaca: {cause(error)}") from None
    return Letterhead(
        region=office.region,
        office=office.name,
        address=office.address,
        place=office.place,
        phone=office.phone,
        email=office.email,
        website=office.website,
        zone=office.zone,
        logo=logo,
    )


def capacity(procedure: Procedure, event: Event) -> str:
    """The post an event was done in: `Plt. Kepala Dinas`."""
    label = procedure.label(event.role) if event.role else SOFTWARE
    post = TITLES.get(label, label)
    return f"{event.acting.capitalize()}. {post}" if event.acting else post


def who(procedure: Procedure, event: Event) -> str:
    """Name and post; the software itself where no person acted."""
    return f"{event.name} ({capacity(procedure, event)})" if event.name else capacity(procedure, event)


def signatory(inventory: Inventory, role: str, day: date, events: Iterable[Event] = (), heading: str = "") -> Signatory:
    """Who signs for a role: who last acted in it in this case, or its only holder; a blank name for ink otherwise."""
    acted = [event for event in events if event.role == role and event.actor in inventory.officials]
    if acted:
        return _signs(inventory, acted[-1].actor, role, acted[-1].acting, heading)
    holders = list(_holders(inventory, role, day))
    if len(holders) == 1:
        return _signs(inventory, *holders[0], heading)
    return Signatory("", _post(inventory, role), heading=heading)


def _holders(inventory: Inventory, role: str, day: date) -> Iterable[tuple[str, str, str]]:
    """(slug, role, acting); whoever acts in a post on that day stands before its own holder."""
    acting = [
        (slug, role, official.acting.kind)
        for slug, official in inventory.officials.items()
        if official.acting and official.acting.role == role and official.acting.since <= day <= official.acting.until
    ]
    return acting or [(slug, role, "") for slug, official in inventory.officials.items() if official.role == role]


def _signs(inventory: Inventory, slug: str, role: str, acting: str, heading: str) -> Signatory:
    official: Official = inventory.officials[slug]
    kind: Literal["", "plt", "plh"] = "plt" if acting == "plt" else "plh" if acting == "plh" else ""
    own = official.title or TITLES.get(role, role)
    return Signatory(official.name, _post(inventory, role) if kind else own, official.nip, kind, heading)


def _post(inventory: Inventory, role: str) -> str:
    """The post's title as its own holder bears it, where there is one holder only."""
    titles = {official.title for official in inventory.officials.values() if official.role == role and official.title}
    return titles.pop() if len(titles) == 1 else TITLES.get(role, role)
