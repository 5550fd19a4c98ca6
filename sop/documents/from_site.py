"""A website's case as the data of its maintenance report. What was not looked at is said, not left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sop.documents import data, from_case, people, site_data, words
from sop.progress import ANSWERS
from sop.register import CaseRecord, EvidenceRecord, Register
from sop.register.duties import PERIODIC, year_after

AREAS = (
    ("Isi halaman: judi, penyelubungan, perusakan", ("content",)),
    ("Berkas: pintu belakang, berubah, tidak dikenal", ("files",)),
    ("Berkas rahasia dan mode debug yang terbuka", ("exposed",)),
    ("CMS dan akun adminnya", ("cms",)),
    ("PHP, sistem operasi dan pembaruan paketnya", ("php", "os", "packages")),
    ("Sertifikat dan HTTPS", ("tls", "mixed_content")),
    ("Kepala keamanan HTTP", ("headers",)),
    ("Nama domain (DNS)", ("dns",)),
)
"""Fields of security, with the families of finding codes that belong to each."""
_ACTS = ("work", "report")


def site_report(
    register: Register, case: CaseRecord, titles: Mapping[str, str], number: str = ""
) -> site_data.SiteReport:
    """Laporan pemeliharaan of the case's website; `titles` say what the codes of findings mean."""
    found = from_case.results_of(register, case, {})
    plain = from_case.report(register, case, found, number=number, titles=titles)
    profiles = [_json(register, each) for each in _of(case, "profile")]
    ended = case.maintained_at
    return site_data.SiteReport(
        **{
            **{each.name: getattr(plain, each.name) for each in fields(plain)},
            "title": _title(case.origin == PERIODIC),
        },
        site=identity(register, case),
        ended_at=ended,
        scope=tuple(_scope(case)),
        versions=_versions(case, profiles),
        unread=tuple(profiles[-1].get("missing", ())) if profiles else (),
        areas=tuple(_areas(plain, found.after.get(case.website) or found.before.get(case.website) or {})),
        expiries=tuple(_expiries(register, case, profiles[-1] if profiles else {})),
        proofs=tuple(proofs(register, case)),
        shown=_shown(register, case),
        receiver=from_case.receiver(register, case),
        next_due=year_after(register.calendar.day(ended)) if ended else None,
    )


def _title(yearly: bool) -> str:
    return "Laporan pemeliharaan tahunan aplikasi/website" if yearly else "Laporan hasil pemeliharaan aplikasi/website"


def _of(case: CaseRecord, kind: str) -> list[EvidenceRecord]:
    return [each for each in case.evidence if each.kind == kind and each.media_type == "application/json"]


def _json(register: Register, evidence: EvidenceRecord) -> dict[str, Any]:
    document = json.loads(register.read(evidence.id))
    return document if isinstance(document, dict) else {}


def identity(register: Register, case: CaseRecord) -> site_data.Identity:
    """Whose website the case is about, and where it stands."""
    site = register.inventory.websites[case.website]
    host, agency = register.inventory.hosts.get(site.host), register.inventory.opd[case.opd]
    contact = agency.pic[0] if agency.pic else None
    return site_data.Identity(
        name=case.website,
        domain=site.domain,
        owner=agency.name,
        contact=", ".join(filter(None, (contact.name, contact.email, contact.phone))) if contact else case.requested_by,
        kind=site.kind,
        host=site.host,
        address=(host.public_address or host.address) if host else "",
        database=f"{site.database.engine} {site.database.name}" if site.database else "",
    )


def _scope(case: CaseRecord) -> Iterator[str]:
    """The technical steps that the case goes through."""
    begins = case.procedure.origins[case.origin].begins
    for step in case.procedure.steps:
        if step.kind in _ACTS and step.no >= begins:
            yield f"Langkah {step.no}: {step.activity}"


def _versions(case: CaseRecord, profiles: list[dict[str, Any]]) -> tuple[site_data.Version, ...] | None:
    """What the case's plans were to update, then first against last reading of the rest; None when nothing tells."""
    planned = tuple(site_data.Version(*part) for part in _parts(case))
    told = [each["versions"] for each in profiles if each.get("versions")]
    if not told:
        return planned or None
    old, new, named = told[0], told[-1], {each.component for each in planned}
    seen = (site_data.Version(name, old.get(name, ""), new.get(name, "")) for name in {**old, **new})
    return (*planned, *(each for each in seen if each.component not in named))


def _parts(case: CaseRecord) -> Iterator[tuple[str, ...]]:
    """Of each update of the plans that were carried out: its name, old and new version, what became of it, and why."""
    for plan in case.plans:
        for part in plan.outcome.get("parts", ()):
            yield tuple(part[key] for key in ("name", "old", "new", "state", "why"))


def _areas(report: data.Report, newest: Mapping[str, Any]) -> Iterator[site_data.Area]:
    checked, compared = {*newest.get("checked", ())}, report.comparisons()
    for name, families in AREAS:
        found = tuple(each for each in compared if each.finding.code.partition(".")[0] in families)
        yield site_data.Area(name, bool(checked & {*families}), found)


def _expiries(register: Register, case: CaseRecord, profile: Mapping[str, Any]) -> Iterator[site_data.Expiry]:
    site, today = register.inventory.websites[case.website], register.calendar.day(register.clock())
    if site.tls.issuer == "none":
        yield site_data.Expiry("Sertifikat HTTPS", None, note="situs ini tidak memakai HTTPS", endless=True)
    else:
        at = profile.get("certificate_until")
        until = register.calendar.day(datetime.fromisoformat(at)) if at else None
        yield _expiry("Sertifikat HTTPS", until, today, f"penerbit: {site.tls.issuer}")
    registered = profile.get("registered_until")
    until = date.fromisoformat(registered) if registered else None
    yield _expiry(f"Pendaftaran domain {site.domain}", until, today, "" if until else "belum diisi dalam inventaris")
    yield site_data.Expiry(f"Hosting di {site.host}", None, note="server kantor sendiri, tanpa masa sewa", endless=True)


def _expiry(name: str, until: date | None, today: date, note: str) -> site_data.Expiry:
    return site_data.Expiry(name, until, (until - today).days if until else None, note)


def proofs(register: Register, case: CaseRecord) -> Iterator[site_data.Proof]:
    """The site's newest drill, and what was restored in this case."""
    for evidence in register.evidence(target=case.website, kind="drill")[-1:]:
        drill = _json(register, evidence)
        yield site_data.Proof(bool(drill.get("passed")), evidence.at, str(drill.get("how", "")))
    for plan in case.plans:
        if plan.action == "restore" and plan.state in ("applied", "rolled_back"):
            summary = str(json.loads(plan.document).get("summary", ""))
            yield site_data.Proof(plan.state == "applied", plan.at, summary)


def _shown(register: Register, case: CaseRecord) -> str:
    """Who presented the result, and on which day: the YA at the last report step."""
    for event in case.events:
        if event.kind in ANSWERS and event.answer == "YA" and case.procedure.step(event.step).kind == "report":
            return f"{people.who(case.procedure, event)} pada {words.day(register.calendar.day(event.at))}"
    return ""
