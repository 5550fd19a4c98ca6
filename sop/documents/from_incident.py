"""An intrusion that a website's case found, as the data of its report. Nothing is concluded that no evidence says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sop.documents import data, from_case, from_site, snapshots
from sop.documents.incident_data import IncidentReport, Snapshot, Trace
from sop.register import CaseRecord, EvidenceRecord, Register
from sop.register.errors import SealRefused

KINDS = {
    "content.defaced": "halaman dirusak (web defacement)",
    "content.gambling": "isi judi daring disisipkan",
    "content.cloaked": "isi lain disajikan kepada mesin pencari",
    "content.hidden_links": "tautan tersembunyi disisipkan",
    "files.webshell": "pintu belakang (webshell) atau jadwal jahat",
    "cms.unknown_admin": "akun admin yang tidak dikenal",
    "files.changed": "berkas aplikasi diubah",
    "files.unknown": "berkas asing ditanam",
}
"""Codes of findings that somebody was in the site, the heaviest first."""
_GRAVE = ("major", "critical")
_CLEANING = "restore"
COPY = "copy"
"""Kind of evidence: a file as an intruder left it, or a page as a visitor got it."""
PICTURE = "image/png"
"""Media type of a page as it looked."""
_MOST_SNAPSHOTS = 4
TRACES = "traces"
"""Kind of evidence: which files were kept sealed, with their hashes, owners and times."""


def incident(register: Register, case: CaseRecord, titles: Mapping[str, str]) -> IncidentReport | None:
    """None when no reading of the case says that somebody was in its site; `titles`: what codes of findings mean."""
    draft = from_case.report(register, case, titles=titles) if case.website else None
    found = {each.code for each in (*draft.before, *(draft.after or ())) if each.severity in _GRAVE} if draft else set()
    if draft is None or not found & KINDS.keys():
        return None
    cleaning = _cleaning(case)
    kept = [each for each in case.evidence if each.kind == TRACES]
    draft = _narrowed(draft)
    return IncidentReport(
        **{
            **{each.name: getattr(draft, each.name) for each in fields(draft)},
            "recommendations": from_case.recommendations(draft, case),
        },
        site=from_site.identity(register, case),
        kinds=tuple(words for code, words in KINDS.items() if code in found),
        noticed_at=_noticed(register, case),
        kept_at=kept[-1].at if kept else None,
        traces=tuple(dict.fromkeys(trace for each in kept for trace in traces(register.read(each.id)))),
        snapshots=tuple(_snapshots(register, case)),
        proofs=tuple(from_site.proofs(register, case)),
        cleaning=tuple(each for each in draft.plans if each.hash in cleaning),
        recovery=tuple(each for each in draft.plans if each.hash not in cleaning),
    )


def _narrowed(draft: data.Report) -> data.Report:
    """With findings of the intrusion only."""
    after = None if draft.after is None else tuple(_of_it(draft.after))
    title = "Laporan penanganan insiden siber website"
    return replace(draft, title=title, before=tuple(_of_it(draft.before)), after=after)


def _of_it(rows: Iterable[data.FindingRow]) -> Iterator[data.FindingRow]:
    families = ("content.", "files.", "exposed.", "cms.unknown_admin")
    return (each for each in rows if each.code.startswith(families))


def _cleaning(case: CaseRecord) -> set[str]:
    """Plans that move an intruder's files aside."""
    restores = [each for each in case.plans if each.action == _CLEANING]
    return {each.hash for each in restores if "quarantine" in json.loads(each.document).get("details", {})}


def _noticed(register: Register, case: CaseRecord) -> datetime:
    """When the first reading of the case was kept that tells of it."""
    for evidence in case.evidence:
        if evidence.kind in from_case.READINGS and evidence.media_type == "application/json":
            found = json.loads(register.read(evidence.id)).get("findings", [])
            if any(each["code"] in KINDS and each["severity"] in _GRAVE for each in found):
                return evidence.at
    return case.opened_at


def traces(document: bytes) -> Iterator[Trace]:
    """Files of a list of traces as flows keep it."""
    for each in json.loads(document)["files"]:
        yield Trace(**{**each, "modified": _moment(each["modified"]), "changed": _moment(each["changed"])})


def _snapshots(register: Register, case: CaseRecord) -> Iterator[Snapshot]:
    """Pages as they looked, the first picture of each."""
    drawn: dict[str, EvidenceRecord] = {}
    for each in case.evidence:
        if each.kind == COPY and each.media_type == PICTURE:
            drawn.setdefault(each.name, each)
    for name, each in islice(drawn.items(), _MOST_SNAPSHOTS):
        yield Snapshot(name.removesuffix(".png"), each.sha256, _small(register, each.id))


def _small(register: Register, evidence: int) -> bytes:
    """Empty where the seal's key is not, or for what is no picture after all."""
    try:
        return snapshots.small(register.read(evidence))
    except (SealRefused, ValueError):
        return b""


def _moment(seconds: Any) -> datetime | None:
    """A file may claim any time at all, also one that no calendar has; 0 is said of what has no times."""
    if seconds == 0:
        return None
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
