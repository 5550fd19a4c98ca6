"""What a report on an intrusion into a website says beside what every report of a website does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sop.documents.data import PlanLine, Report
from sop.documents.site_data import Identity, Proof


@dataclass(frozen=True)
class Trace:
    """A file as the intruder left it, kept sealed. `modified` is the file's own word, `changed` the file system's.

    Without an owner it is a page as a visitor got it; that has no times, nor has what a program of the host told.
    """

    path: str
    sha256: str
    bytes: int
    owner: str
    mode: str
    modified: datetime | None
    changed: datetime | None


@dataclass(frozen=True)
class Snapshot:
    """A page as a browser drew it. `sha256` is of the picture kept sealed, `image` a small copy (JPEG)."""

    title: str
    sha256: str
    image: bytes = field(default=b"", repr=False)
    """Empty when the picture could not be opened."""


@dataclass(frozen=True, kw_only=True)
class IncidentReport(Report):
    """Laporan penanganan insiden of one website, in the phases of the national agency (BSSN)."""

    site: Identity
    kinds: tuple[str, ...]
    """What happened, in words; the heaviest first."""
    noticed_at: datetime
    kept_at: datetime | None = None
    """When the traces were kept."""
    traces: tuple[Trace, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    proofs: tuple[Proof, ...] = ()
    cleaning: tuple[PlanLine, ...] = ()
    """Plans that take out what the intruder left."""
    recovery: tuple[PlanLine, ...] = ()
    """Plans that put the site back into service."""
