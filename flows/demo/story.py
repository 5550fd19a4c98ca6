"""The two cases, from letter to report, told step by step as they happen."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dns.message
import dns.query
import dns.rdatatype
from rich.console import Console
from rich.text import Text

from flows.demo import folder
from flows.demo.parts import LOOPBACK, Part
from flows.demo.routers import Routers
from flows.demo.webhost import WebHost
from flows.jobs import cases, network, notices, websites
from flows.office import Office
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
    "kadis": "Tindak lanjuti sesuai ketentuan",
    "sekretaris": "Untuk diproses",
    "kabid": "Setuju, teruskan",
    "koordinator": "Setuju, kerjakan bersama Tim Teknis",
    "sub_koordinator": "Rencana sesuai, setuju",
    "pelaksana": "Sudah diperiksa dan diteruskan",
}
_CLI = Actor(via="cli", terminal="demo")
_MOST_ACTS = 40


class StoryBroken(Exception):
    """A case did not go the way the procedure says; the message is Indonesian."""


@dataclass(frozen=True)
class Stage:
    """Everything the story needs."""

    office: Office
    routers: Routers
    host: WebHost
    parts: tuple[Part, ...]
    console: Console

    def say(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style=style), soft_wrap=True)

    def note(self, text: str, style: str = "dim") -> None:
        """Something that happened within a step."""
        self.say(f"     {text}", style)


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
    good = _results(stage, [network_case, website_case])
    stage.say(f"\nSelesai dalam {time.monotonic() - started:.0f} detik.", "bold")
    return 0 if good else 1


def _introduce(stage: Stage) -> None:
    stage.say("Demo Pelihara: dari surat permohonan sampai laporan", "bold")
    stage.say(
        "Pekerjaan dijalankan langsung, tanpa server Prefect; pada pemasangan sungguhan `pelihara up` yang memakainya."
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
    case = _follow(stage, _submit(stage, "website", folder.WEBSITE_OPD, about, website=folder.SITE).id)
    stage.say("Malam berikutnya: cadangan rutin website")
    for backup in websites.back_up_websites(stage.office, [folder.SITE]):
        stage.note(f"{backup.name}: {backup.status} {backup.path or backup.detail}")
    return case


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
    stage.note(f"surat dari {agency} diterima ({len(letter.data)} bita)")
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
    carried = cases.carry(stage.office, case.id, on_progress=lambda name, what: stage.note(f"{name}: {what}", "dim"))
    for backup in carried.backups:
        why = (backup["detail"] or backup["reason"]).partition("\n")[0]
        stage.note(f"cadangan {backup['name']}: {backup['status']} {why}".rstrip())
    for result in carried.results:
        _tell_findings(stage, result)
    for path in carried.documents:
        stage.note(f"ditulis: {path}", "dim")
    for why in carried.undelivered:
        stage.note(f"surel tidak terkirim: {why}", "yellow")
    if carried.state == "stopped":
        raise StoryBroken(carried.reason)
    return carried.state == "waiting"


def _head(stage: Stage, case: CaseRecord) -> None:
    stage.say(f"  {case.step.no}. {case.step.activity}")


def _sign(stage: Stage, case_id: str) -> None:
    """The official whose turn it is answers YA; of waiting plans, exactly those that were shown."""
    case = stage.office.register.case(case_id)
    role = case.position.turn[0]
    official = _PEOPLE[role]
    if case.position.waiting:
        _show_plans(stage, [plan for plan in case.plans if plan.hash in case.position.waiting])
    elif not case.step.work:
        _head(stage, case)
    stage.office.register.act(case_id, official, "YA", _NOTES.get(role, ""), case.proposal, _CLI)
    notices.tell_after_act(stage.office, case_id)
    person = stage.office.inventory.officials[official]
    stage.note(f"YA: {person.name}, {person.title}. {_NOTES.get(role, '')}", "green")


def _show_plans(stage: Stage, plans: list[PlanRecord]) -> None:
    from playbooks.plans import Plan

    for record in plans:
        plan = Plan.from_document(record.document)
        stage.note(f"Rencana {record.hash[:12]} (kelas {record.ladder}): {plan.summary}", "magenta")
        for line in plan.changes:
            stage.note(f"  {line}", "magenta")


def _tell_read(stage: Stage, each: network.Examined) -> None:
    backup, reading = each.backup, each.reading
    findings = len(reading.findings) if reading else 0
    stage.note(f"{each.name}: {findings} temuan; cadangan {backup.status if backup else '-'}", "dim")


def _tell_findings(stage: Stage, result: dict[str, Any]) -> None:
    for finding in result["findings"]:
        style = "red" if finding["severity"] in ("major", "critical") else "yellow"
        stage.note(f"{result['name']}: {finding['code']} {finding['subject']}: {finding['evidence']}", style)
    if not result["findings"]:
        stage.note(f"{result['name']}: {'tanpa temuan' if not result['reason'] else result['reason']}", "green")


# --- what is left


def _results(stage: Stage, done: list[CaseRecord]) -> bool:
    stage.say("\nIII. Hasil", "bold cyan")
    _papers(stage)
    diff = _configs(stage)
    site = _site_answers(stage)
    audit = stage.office.register.verify_audit()
    stage.say(
        f"Jejak audit: {audit.rows} baris, {'utuh' if audit.ok else 'RUSAK'}", "green" if audit.ok else "bold red"
    )
    settings = stage.office.settings.home.parent / "pengaturan.env"
    stage.say(f"Lihat lagi: PELIHARA_SETTINGS={settings} pelihara case show {done[0].id}")
    return diff and site and audit.ok and all(case.state == "selesai" for case in done)


def _papers(stage: Stage) -> None:
    stage.say("Dokumen:")
    for path in sorted(Path(stage.office.settings.documents).rglob("*.pdf")):
        stage.say(f"  {path}")


def _configs(stage: Stage) -> bool:
    """Show both configurations of the repaired router and what differs. Whether there are at least two."""
    versions = network.versions(stage.office, "dinkes-r1")
    stage.say(f"Cadangan konfigurasi: {stage.office.settings.configs} (dinkes-r1: {len(versions)} versi)")
    if len(versions) < 2:
        return False
    for line in network.difference(stage.office, "dinkes-r1").text.splitlines():
        stage.say(f"  {line}", {"+": "green", "-": "red"}.get(line[:1], "dim"))
    return True


def _site_answers(stage: Stage) -> bool:
    """Ask the name at the office's own DNS server, then the page at the web server."""
    host, want = stage.host, stage.office.inventory.websites[folder.SITE].health.expect
    address = _resolve(folder.DOMAIN, host.dns_port)
    page = _fetch(folder.DOMAIN, host.http_port) if address else ""
    good = want in page
    place = f"http://{folder.DOMAIN}:{host.http_port}/ ({address or 'tanpa alamat DNS'})"
    stage.say(f"Website {place}: {'menjawab' if good else 'TIDAK menjawab'}", "green" if good else "bold red")
    return good


def _resolve(name: str, port: int) -> str:
    answer = dns.query.udp(dns.message.make_query(name, "A"), LOOPBACK, timeout=5, port=port).answer
    found = [record.to_text() for group in answer if group.rdtype == dns.rdatatype.A for record in group]
    return found[0] if found else ""


def _fetch(name: str, port: int) -> str:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": f"{name}:{port}"})
        response = connection.getresponse()
        return response.read().decode("utf-8", "replace") if response.status == http.client.OK else ""
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()
