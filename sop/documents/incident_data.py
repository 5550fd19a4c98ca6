"""What a report on an intrusion into a website says beside what every report of a website does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sop.documents.data import PlanLine, Report
from sop.documents.site_data import Identity, Proof


@dataclass(frozen=True)
class Trace:
    """A file as the intruder left it, kept sealed. `modified` is the file's own word, `changed` the file system's.

    Without an owner it is a page as a visitor got it, and the times mean nothing.
    """

    path: str
    sha256: str
    bytes: int
    owner: str
    mode: str
    modified: datetime
    changed: datetime


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
    proofs: tuple[Proof, ...] = ()
    cleaning: tuple[PlanLine, ...] = ()
    """Plans that take out what the intruder left."""
    recovery: tuple[PlanLine, ...] = ()
    """Plans that put the site back into service."""
