"""The two cases, from letter to report, told step by step as they happen."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from flows.demo import folder, results
from flows.demo.stage import Stage
from flows.jobs import cases, network, notices
from playbooks.findings import explained
from playbooks.plans import Plan
from sop.register.records import Actor, CaseRecord, Letter, PlanRecord

_PEOPLE = {
    "kadis": "kadis",
    "sekretaris": "sekretaris",
    "kabid": "kabid-aptika",
    "koordinator": "koordinator",
    "sub_koordinator": "sub-koor-spa",
    "helpdesk": "helpdesk-1",
    "tim_teknis": "teknis-1",
    "pelaksana": "pranata-1",
}
_NOTES = {
    "disposition": "Untuk ditindaklanjuti sesuai ketentuan",
    "decision": "Setuju, teruskan kepada Koordinator",
    "work": "Rencana sesuai, setuju dijalankan",
    "report": "Laporan diterima dan diteruskan",
}
_STATES = {
    "ok": "baik",
    "findings": "ada temuan",
    "failed": "gagal",
    "unchanged": "tidak berubah",
    "unproven": "belum terbukti",
}
_CLI = Actor(via="cli", terminal="demo")
_MOST_ACTS = 40


class StoryBroken(Exception):
    """A case did not go the way the procedure says; the message is Indonesian."""


def tell(stage: Stage) -> int:
    """Play both cases and look at what they left. Returns 0 when all is as it should be, else 1."""
    started = time.monotonic()
    _introduce(stage)
    try:
        network_case = _network(stage)
        website_case = _website(stage)
    except StoryBroken as error:
        stage.say(f"Demo terhenti: {error}", "bold red")
        return 1
    good = results.show(stage, [network_case, website_case])
    stage.say(f"\nSelesai dalam {time.monotonic() - started:.0f} detik.", "bold")
    return 0 if good else 1


def _introduce(stage: Stage) -> None:
    stage.say("Demo Pelihara: dari surat permohonan sampai laporan", "bold")
    stage.say(
        "Pekerjaan dijalankan langsung, tanpa server Prefect; dalam pemakaian sungguhan `pelihara up` memakainya."
    )
    for part in stage.parts:
        stage.say(f"  {part.name}: {part.made_of}", "green" if part.real else "yellow")


def _network(stage: Stage) -> CaseRecord:
    office, devices = stage.office, list(stage.office.inventory.devices)
    stage.say("\nI. Permintaan pemeliharaan jaringan", "bold cyan")
    stage.say("Malam sebelumnya: cadangan rutin semua perangkat")
    for each in network.examine(office, devices):
        _tell_read(stage, each)
    stage.say(f"Gangguan (dibuat demo): {stage.routers.break_something()}", "yellow")
    about = "Jaringan ruang pelayanan Dinas Kesehatan terputus sejak pagi"
    case = _submit(stage, "jaringan", folder.NETWORK_OPD, about, devices=devices)
    return _follow(stage, case.id)


def _website(stage: Stage) -> CaseRecord:
    stage.say("\nII. Pemeliharaan aplikasi/website", "bold cyan")
    about = "Pemasangan dan pemeliharaan website Dinas Pendidikan"
    return _follow(stage, _submit(stage, "website", folder.WEBSITE_OPD, about, website=folder.SITE).id)


def _submit(stage: Stage, sop: str, opd: str, about: str, devices: Iterable[str] = (), website: str = "") -> CaseRecord:
    agency = stage.office.inventory.opd[opd].name
    letter = Letter("surat-permohonan.pdf", folder.letter(agency, about))
    case = stage.office.register.open_case(
        sop, opd, about, letter, devices=tuple(devices), website=website, requested_by=agency, actor=_CLI
    )
    first = case.procedure.steps[0]
    stage.say(f"{case.id}: {about}", "bold")
    stage.say(f"  {first.no}. {first.activity}")
    notices.tell_after_act(stage.office, case.id)
    stage.note(f"surat dari {agency} diterima ({len(letter.data)} byte)")
    return case


def _follow(stage: Stage, case_id: str) -> CaseRecord:
    """Work and signatures in turn until the case is closed. Raises StoryBroken when it stands still."""
    for _ in range(_MOST_ACTS):
        case = stage.office.register.case(case_id)
        if not case.position.is_open:
            stage.say(f"  {case.id} {case.state}", "bold green")
            return case
        if case.step.work and not case.position.waiting and not _worked(stage, case):
            continue
        _sign(stage, case_id)
    raise StoryBroken(f"{case_id} tidak kunjung selesai")


def _worked(stage: Stage, case: CaseRecord) -> bool:
    """Let the flow work on the case's step; whether a person is needed now."""
    _head(stage, case)
    carried = cases.carry(stage.office, case.id, on_progress=partial(_tell_progress, stage))
    for name, backup in _named(carried.backups):
        said = explained(backup["reason"], backup["detail"]).partition("\n")[0]
        stage.note(f"cadangan {name}: {_STATES[backup['status']]} {said}".rstrip())
    for name, result in _named(carried.results):
        _tell_findings(stage, name, result)
    for path in carried.documents:
        stage.note(f"ditulis: {path}", "dim")
    for why in carried.undelivered:
        stage.note(f"surel tidak terkirim: {why}", "yellow")
    if carried.state == "stopped":
        raise StoryBroken(carried.reason)
    return carried.state == "waiting"


def _tell_progress(stage: Stage, name: str, what: str) -> None:
    stage.note(f"{name}: {_STATES.get(what, what)}")


def _head(stage: Stage, case: CaseRecord) -> None:
    again = " (lanjutan)" if case.position.attempt > 1 else ""
    stage.say(f"  {case.step.no}. {case.step.activity}{again}")


def _sign(stage: Stage, case_id: str) -> None:
    """The official whose turn it is answers YA; of waiting plans, exactly those that were shown."""
    case = stage.office.register.case(case_id)
    role = case.position.turn[0]
    official = _PEOPLE[role]
    if case.position.waiting:
        _show_plans(stage, [plan for plan in case.plans if plan.hash in case.position.waiting])
        _confirm(stage, case)
    elif not case.step.work:
        _head(stage, case)
    note = _NOTES[case.step.kind]
    stage.office.register.act(case_id, official, "YA", note, case.proposal, _CLI)
    notices.tell_after_act(stage.office, case_id)
    person = stage.office.inventory.officials[official]
    stage.note(f"YA: {person.name}, {person.title}: {note}", "green")


def _confirm(stage: Stage, case: CaseRecord) -> None:
    """The network team agrees to what changes its zone, before the plans are approved."""
    official = _PEOPLE["tim_teknis"]
    person = stage.office.inventory.officials[official]
    for plan in case.unconfirmed:
        stage.office.register.confirm(case.id, official, "YA", "Nama dan alamat sesuai", plan.hash, _CLI)
        stage.note(f"YA tim jaringan: {person.name}, {person.title}: rencana {plan.hash[:12]}", "green")


def _show_plans(stage: Stage, plans: list[PlanRecord]) -> None:
    for record in plans:
        plan = Plan.from_document(record.document)
        stage.note(f"Rencana {record.hash[:12]} (kelas {record.ladder}): {plan.summary}", "magenta")
        for line in plan.changes:
            stage.note(f"  {line}", "magenta")


def _tell_read(stage: Stage, each: network.Examined) -> None:
    backup, reading = each.backup, each.reading
    findings = len(reading.findings) if reading else 0
    stage.note(f"{each.name}: {findings} temuan; cadangan {_STATES[backup.status] if backup else '-'}")


def _named(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows with their device's name; a second one of a device was read after something was saved or changed there."""
    seen: set[str] = set()
    for row in rows:
        yield f"{row['name']} (dibaca lagi)" if row["name"] in seen else row["name"], row
        seen.add(row["name"])


def _tell_findings(stage: Stage, name: str, result: dict[str, Any]) -> None:
    for finding in result["findings"]:
        style = "red" if finding["severity"] in ("major", "critical") else "yellow"
        stage.note(f"{name}: {finding['code']} {finding['subject']}: {finding['evidence']}", style)
    if not result["findings"]:
        said = explained(result["reason"] or "", result["detail"]) or "tanpa temuan"
        stage.note(f"{name}: {said}", "green")
