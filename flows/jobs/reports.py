"""Papers: written from the register, kept as evidence, and put where the office finds them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.jobs import pictures
from flows.jobs.errors import BadInput
from flows.office import Office
from inventory.causes import cause
from inventory.problems import shown
from playbooks.findings import TITLES as TITLES_OF_FINDINGS
from playbooks.network.history import History
from sop.documents import from_case, from_incident, from_period, from_site, maintenance_data, write
from sop.documents.data import Picture
from sop.documents.period_data import Periodic
from sop.register.records import SOFTWARE, Actor, CaseRecord, EvidenceRecord

INCIDENT = "laporan_insiden"
TITLES = {
    "laporan": "Laporan",
    "berita_acara": "Berita acara",
    "lembar_disposisi": "Lembar disposisi",
    INCIDENT: "Laporan insiden (rancangan)",
}
"""Kinds of evidence that are papers, as an official calls them."""
_PDF = "application/pdf"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDE, _TALL = 900.0, 1150.0
"""Pixels; a larger picture cannot be read within a page of A4."""


@dataclass(frozen=True)
class Written:
    """A paper in the office's folder; `sha256` is also that of the evidence."""

    kind: str
    title: str
    path: Path
    sha256: str

    def as_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "title": self.title, "path": str(self.path), "sha256": self.sha256}


def report_case(office: Office, case_id: str, actor: Actor = SOFTWARE) -> list[Written]:
    """Write report, handover and disposition sheet as the case stands now; each is kept. Raises UnknownCase."""
    case = office.register.case(case_id)
    papers: dict[str, Callable[[], bytes]] = {
        "laporan": lambda: _report(office, case),
        "berita_acara": lambda: write.handover(from_case.handover(office.register, case)),
        "lembar_disposisi": lambda: write.disposition_sheet(from_case.disposition_sheet(office.register, case)),
    }
    written = [_keep(office, case.id, kind, paper(), actor) for kind, paper in papers.items()]
    return [*written, *report_incident(office, case.id, actor)]


def report_incident(office: Office, case_id: str, actor: Actor = SOFTWARE) -> list[Written]:
    """Draft the report on an intrusion that the case's readings tell of; nothing when they tell of none."""
    case = office.register.case(case_id)
    told = from_incident.incident(office.register, case, TITLES_OF_FINDINGS)
    return [_keep(office, case.id, INCIDENT, write.incident(told), actor)] if told else []


def _report(office: Office, case: CaseRecord) -> bytes:
    if case.website:
        return write.site_report(from_site.site_report(office.register, case, TITLES_OF_FINDINGS))
    drawn = tuple(_printed(each) for each in pictures.of_case(office, case))
    commits = _commits(office, case)
    return write.report(from_case.report(office.register, case, None, commits, "", TITLES_OF_FINDINGS, drawn))


def _printed(drawn: pictures.Picture) -> Picture:
    width, height = drawn.size
    return Picture(drawn.title, drawn.svg.encode(), large=width > _WIDE or height > _TALL)


def write_out(office: Office, case_id: str, actor: Actor = SOFTWARE) -> list[Written]:
    """The papers of a case in the office's folder: the newest of each kind, and a disposition sheet of now."""
    case = office.register.case(case_id)
    newest = {each.kind: each for each in case.evidence if each.kind in TITLES and each.media_type == _PDF}
    written = [_file(office, case.id, each, office.register.read(each.id)) for each in newest.values()]
    if "lembar_disposisi" in newest and not case.position.is_open:
        return written
    sheet = write.disposition_sheet(from_case.disposition_sheet(office.register, case))
    fresh = _keep(office, case.id, "lembar_disposisi", sheet, actor)
    return [*(each for each in written if each.kind != fresh.kind), fresh]


def report_month(office: Office, period: str, actor: Actor = SOFTWARE) -> Written:
    """Laporan bulanan of a month YYYY-MM. Raises BadInput for anything else."""
    if not re.fullmatch(r"2\d{3}-(0[1-9]|1[0-2])", period):
        raise BadInput(f"bulan {shown(period)} tidak terbaca; tulis seperti 2026-11", "unreadable_month")
    year, month = (int(part) for part in period.split("-"))
    return _periodic(office, from_period.monthly(office.register, year, month), period, actor)


def report_year(office: Office, period: str, actor: Actor = SOFTWARE) -> list[Written]:
    """Laporan tahunan of a year YYYY, and its Data Pemeliharaan as XLSX. Raises BadInput for anything else."""
    year = _year(period)
    paper = _periodic(office, from_period.yearly(office.register, year), period, actor)
    data = maintenance_data.workbook(office.register, year)
    name = f"data-pemeliharaan-{period}.xlsx"
    kept = office.register.keep(data, "data_pemeliharaan", name, _XLSX, actor=actor)
    return [paper, _file(office, "tahunan", kept, data, f"Data pemeliharaan {period}")]


def export_maintenance(office: Office, file: Path, period: str = "") -> int:
    """Write Data Pemeliharaan of a year YYYY ("": all years) to a file; its bytes. Raises BadInput."""
    data = maintenance_data.workbook(office.register, _year(period) if period else None)
    if file.suffix.lower() != ".xlsx":
        raise BadInput(f"nama berkas {shown(file)} harus berakhir .xlsx", "bad_file")
    try:
        _put(file, data)
    except OSError as error:
        raise BadInput(f"{shown(file)} tidak dapat ditulis: {cause(error)}", "bad_file") from None
    return len(data)


def _year(period: str) -> int:
    if not re.fullmatch(r"2\d{3}", period):
        raise BadInput(f"tahun {shown(period)} tidak terbaca; tulis seperti 2026", "unreadable_year")
    return int(period)


def _periodic(office: Office, data: Periodic, period: str, actor: Actor) -> Written:
    name = f"laporan-{data.kind}-{period}.pdf"
    kept = office.register.keep(write.periodic(data), f"laporan_{data.kind}", name, _PDF, actor=actor)
    return _file(office, data.kind, kept, office.register.read(kept.id), f"Laporan {data.kind} {period}")


def _commits(office: Office, case: CaseRecord) -> dict[str, str]:
    """The newest commit of each device's configuration."""
    history = History(office.settings.configs)
    newest = {device: history.versions(device)[:1] for device in from_case.targets(office.register, case)}
    return {device: versions[0].commit for device, versions in newest.items() if versions}


def _keep(office: Office, case_id: str, kind: str, pdf: bytes, actor: Actor) -> Written:
    kept = office.register.keep(pdf, kind, f"{kind}-{case_id}.pdf", _PDF, case_id, actor=actor)
    return _file(office, case_id, kept, pdf)


def _file(office: Office, folder: str, evidence: EvidenceRecord, data: bytes, title: str = "") -> Written:
    path = office.settings.documents / folder / evidence.name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _put(path, data)
    return Written(evidence.kind, title or TITLES.get(evidence.kind, evidence.name), path, evidence.sha256)


def _put(path: Path, data: bytes) -> None:
    """A reader sees the old file or the new one, never half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_bytes(data)
    fresh.replace(path)
