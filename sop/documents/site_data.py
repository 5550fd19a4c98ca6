"""What a website's maintenance report says beside what every report does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sop.documents.data import Comparison, Report, Signatory


@dataclass(frozen=True)
class Identity:
    """Whose website it is and where it stands; `database` is "" for none."""

    name: str
    domain: str
    owner: str
    contact: str
    kind: str
    host: str
    address: str
    database: str = ""


@dataclass(frozen=True)
class Version:
    """A component of the site before and after the work, "" where it was not there or not read.

    Of one that a plan was to update, `state` is what became of that (applied, rolled_back, failed, left), `why` is why.
    """

    component: str
    old: str
    new: str
    state: str = ""
    why: str = ""


@dataclass(frozen=True)
class Area:
    """A field of security: looked at or not, and what stood there; `checked` without findings is clean."""

    name: str
    checked: bool
    found: tuple[Comparison, ...] = ()


@dataclass(frozen=True)
class Expiry:
    """Until when something holds; None when it is not known, or `endless`. `days` are left, below 0 past."""

    name: str
    until: date | None
    days: int | None = None
    note: str = ""
    endless: bool = False
    """Nothing can run out."""


@dataclass(frozen=True)
class Proof:
    """A backup that was restored for trial or in earnest: what it came to, how and when."""

    passed: bool
    at: datetime
    how: str


@dataclass(frozen=True, kw_only=True)
class SiteReport(Report):
    """Laporan pemeliharaan of one website. `versions` are None when none were read."""

    site: Identity
    ended_at: datetime | None
    """When the maintenance was completed."""
    scope: tuple[str, ...] = ()
    versions: tuple[Version, ...] | None = None
    unread: tuple[str, ...] = ()
    """What of the site could not be read, and why."""
    areas: tuple[Area, ...] = ()
    expiries: tuple[Expiry, ...] = ()
    proofs: tuple[Proof, ...] = ()
    shown: str = ""
    """Who presented the work to the OPD, and when; "" before that."""
    receiver: Signatory
    next_due: date | None = None
