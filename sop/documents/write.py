"""Documents as PDF: typed data in, bytes out. Data reaches Typst as JSON only, never as markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import typst

from sop.documents import words
from sop.documents.data import Action, DispositionSheet, Document, Handover, Report
from sop.documents.incident_data import IncidentReport
from sop.documents.period_data import Periodic
from sop.documents.site_data import SiteReport

_TEMPLATES = Path(__file__).parent
_PROSE = frozenset(
    "about note text evidence evidence_after advice summary activity description remaining".split()
    + "changes way_back left_out lines unread why".split()
)
"""Fields that may run long; every other text is a name, and a name longer than a few lines is an attack."""
_NAME_LIMIT, _PROSE_LIMIT = 160, 2000


class DocumentError(Exception):
    """A document could not be made; says which and why."""


def disposition_sheet(data: DispositionSheet) -> bytes:
    """Lembar disposisi of one letter."""
    return _pdf("lembar_disposisi", data)


def report(data: Report) -> bytes:
    """Laporan hasil pemeliharaan, with the full hashes in an annex."""
    return _pdf("laporan", data, comparisons=data.comparisons(), tally=data.tally())


def site_report(data: SiteReport) -> bytes:
    """Laporan pemeliharaan of one website, yearly or asked for."""
    return _pdf("laporan_website", data, comparisons=data.comparisons(), tally=data.tally())


def incident(data: IncidentReport) -> bytes:
    """Laporan penanganan insiden of one website."""
    return _pdf("laporan_insiden", data, comparisons=data.comparisons())


def handover(data: Handover) -> bytes:
    """Berita acara serah terima, with the day in words."""
    local = words.local_time(data.written_at, data.head.zone)
    return _pdf("berita_acara", data, opening=words.day_in_words(local))


def periodic(data: Periodic) -> bytes:
    """Laporan bulanan or tahunan."""
    return _pdf("laporan_berkala", data, averages=data.averages(), states=data.states())


def _pdf(template: str, data: Document, **derived: Any) -> bytes:
    """The same data gives the same bytes, so that a stored document's hash can be proven by writing it again."""
    zone = data.head.zone
    signed_on = words.day(words.local_time(data.written_at, zone))
    content = {**_plain(data, zone), **_plain(derived, zone), "signed_on": signed_on}
    try:
        pdf = typst.compile(
            _TEMPLATES / f"{template}.typ",
            root=_TEMPLATES,
            font_paths=_fonts(),
            sys_inputs={"data": json.dumps(content)},
            timestamp=int(data.written_at.timestamp()),
        )
    except typst.TypstError as error:
        raise DocumentError(f"dokumen {template} untuk {data.case_id} tidak dapat dibuat: {error.message}") from error
    return pdf


@cache
def _fonts() -> typst.Fonts:
    """Looking through the fonts is the slow part; Typst's own come first, the system's only fill missing glyphs."""
    return typst.Fonts()


def _plain(value: Any, zone: str, limit: int = _NAME_LIMIT) -> Any:
    """`value` as JSON, texts made printable and times written as the office reads them."""
    if is_dataclass(value) and not isinstance(value, type):
        members = ((field.name, getattr(value, field.name)) for field in fields(value))
        plain = {name: _plain(each, zone, _PROSE_LIMIT if name in _PROSE else limit) for name, each in members}
        # Several actions share a minute, and their order is what the reader wants to see.
        return {**plain, "at": words.moment(value.at, zone, seconds=True)} if isinstance(value, Action) else plain
    if isinstance(value, Mapping):
        return {key: _plain(each, zone, limit) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each, zone, limit) for each in value]
    return _scalar(value, zone, limit)


def _scalar(value: Any, zone: str, limit: int) -> Any:
    match value:
        case str():
            return words.printable(value, limit)
        case bytes():
            return list(value)
        case datetime():
            return words.moment(value, zone)
        case date():
            return words.day(value)
        case timedelta():
            return words.duration(value)
        case _:
            return value
