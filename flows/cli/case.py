"""`pelihara case`: where a case stands, and the acts of the officials."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from flows.cli.answer import Json, answer, indented, moment, plain, status, table
from flows.cli.answer import note as note_
from flows.cli.later import later
from flows.cli.person import as_option, paper_option, terminal_actor
from flows.cli.plans import plan_document, print_plan
from flows.cli.words import Order, Orders
from sop.words import EVIDENCE, PLANS

if TYPE_CHECKING:
    from flows import office
    from flows.jobs import intake, repairs, reports
    from inventory.models import Inventory
    from sop.progress import Event
    from sop.register.records import CaseRecord, OutboxRow
else:
    office, intake, reports = later("flows.office"), later("flows.jobs.intake"), later("flows.jobs.reports")
    repairs = later("flows.jobs.repairs")

app = typer.Typer(cls=Orders, help="Permohonan: daftar, isi, disposisi dan keputusan, dokumen.")

Id = Annotated[str, typer.Argument(metavar="ID", help="Nomor permohonan, misalnya JAR-2026-0001.")]
STATES = {"open": "berjalan", "selesai": "selesai", "ditolak": "ditolak", "ditarik": "ditarik"}


@app.command("list", cls=Order)
def list_(
    state: Annotated[str, typer.Option("--state", metavar="KEADAAN", help="open, selesai, ditolak atau ditarik.")] = "",
    opd: Annotated[str, typer.Option("--opd", metavar="OPD", help="Hanya permohonan OPD ini.")] = "",
    json: Json = False,
) -> None:
    """Daftar permohonan: di langkah mana, menunggu siapa."""
    found = intake.listed(office.open_office(), state, opd)
    rows = [(c.id, c.opd, c.about, status(c.state, STATES[c.state]), _standing(c)) for c in found]
    columns = ("Permohonan", "OPD", "Perihal", "Keadaan", "Langkah")
    document = {"cases": [_summary(each) for each in found]}
    answer(document, json, lambda c: c.print(table(columns, rows) if rows else "Tidak ada permohonan."))


@app.command(cls=Order)
def show(id: Id, json: Json = False) -> None:
    """Isi satu permohonan: langkah, disposisi, rencana, bukti."""
    here = office.open_office()
    record = here.register.case(id)
    stopped = _stopped(record, here.register.outbox_last(record.id))
    begun = [{"since": at.isoformat(), **plan_document(plan)} for plan, at in repairs.half_done(here, record.id)]
    document = {**case_document(record), "stopped": stopped, "half_done": begun}

    def show_it(console: Console) -> None:
        _print_standing(record, here.inventory, stopped, console)
        _print_half_done(begun, here.inventory.office.zone, console)

    answer(document, json, show_it)


@app.command(cls=Order)
def act(
    id: Id,
    official: as_option,
    answered: Annotated[str, typer.Option("--answer", metavar="YA|TIDAK", help="Jawaban langkah ini.")],
    note: Annotated[str, typer.Option("--note", metavar="TEKS", help="Catatan; wajib untuk TIDAK.")] = "",
    plan: Annotated[
        str,
        typer.Option(
            "--plan", metavar="HASH", help="Sidik rencana yang dijawab (dari case show); wajib bila beberapa menunggu."
        ),
    ] = "",
    paper: paper_option = "",
    json: Json = False,
) -> None:
    """Catat disposisi, keputusan atau persetujuan rencana seorang pejabat."""
    here = office.open_office()
    done = intake.act(here, id, official, answered, note, plan, terminal_actor(here.settings.official, paper))
    document = {**case_document(done.case), "answered_plans": [plan_document(each) for each in done.plans]}
    for undelivered in done.undelivered:
        note_(undelivered)
    answer(document, json, lambda c: _print_act(done, answered.upper(), c))


@app.command(cls=Order)
def confirm(
    id: Id,
    official: as_option,
    answered: Annotated[str, typer.Option("--answer", metavar="YA|TIDAK", help="Setuju atau tidak.")],
    note: Annotated[str, typer.Option("--note", metavar="TEKS", help="Catatan; wajib untuk TIDAK.")] = "",
    plan: Annotated[str, typer.Option("--plan", metavar="HASH", help="Sidik rencananya; wajib bila beberapa.")] = "",
    paper: paper_option = "",
    json: Json = False,
) -> None:
    """Catat jawaban tim jaringan atas rencana domain; sesudahnya barulah rencana itu dapat disetujui."""
    here = office.open_office()
    done = intake.confirm(here, id, official, answered, note, plan, terminal_actor(here.settings.official, paper))
    document = {**case_document(done.case), "answered_plans": [plan_document(each) for each in done.plans]}
    for undelivered in done.undelivered:
        note_(undelivered)
    answer(document, json, lambda c: _print_act(done, answered.upper(), c, "Dikonfirmasi"))


@app.command(cls=Order)
def resume(
    id: Id,
    official: as_option,
    note: Annotated[str, typer.Option("--note", metavar="TEKS", help="Apa yang sudah diatasi.")] = "",
    paper: paper_option = "",
    json: Json = False,
) -> None:
    """Lanjutkan pekerjaan yang tertahan, setelah penyebabnya diatasi; yang gagal direncanakan ulang."""
    here = office.open_office()
    record = here.register.resume(id, official, note, terminal_actor(here.settings.official, paper))
    answer(case_document(record), json, lambda c: c.print(status("ok", f"{record.id}: pekerjaan dilanjutkan.")))


@app.command(cls=Order)
def withdraw(
    id: Id,
    official: as_option,
    reason: Annotated[str, typer.Option("--reason", metavar="TEKS", help="Alasan penarikan.")],
    paper: paper_option = "",
    json: Json = False,
) -> None:
    """Tarik permohonan yang masih berjalan (Kadis, atau OPD pemohon)."""
    here = office.open_office()
    record = here.register.withdraw(id, official, reason, terminal_actor(here.settings.official, paper))
    answer(case_document(record), json, lambda c: print_case(record, here.inventory, c))


@app.command(cls=Order)
def documents(id: Id, json: Json = False) -> None:
    """Tulis dokumen permohonan (PDF) ke folder dokumen."""
    here = office.open_office()
    written = reports.write_out(here, id)
    document = {"case": id, "documents": [each.as_json() for each in written]}
    answer(document, json, lambda c: _print_documents(written, c))


def _summary(record: CaseRecord) -> dict[str, Any]:
    place = record.position
    return {
        "id": record.id,
        "sop": record.sop,
        "revision": record.revision,
        "opd": record.opd,
        "about": record.about,
        "origin": record.origin,
        "devices": record.devices,
        "website": record.website,
        "opened_at": record.opened_at,
        "requested_by": record.requested_by,
        "state": place.state,
        "step": place.step,
        "activity": record.step.activity,
        "turn": place.turn,
        "since": place.since,
        "waiting_plans": place.waiting,
        "proposal": record.proposal,
        "unconfirmed": [plan.hash for plan in record.unconfirmed],
    }


def case_document(record: CaseRecord) -> dict[str, Any]:
    """A case as JSON: where it stands, what happened, its plans and evidence."""
    return {
        **_summary(record),
        "events": [_event(each) for each in record.events],
        "plans": [plan_document(each) for each in record.plans],
        "evidence": [
            {"id": e.id, "kind": e.kind, "name": e.name, "target": e.target, "sha256": e.sha256, "size": e.size}
            for e in record.evidence
        ],
    }


def _stopped(record: CaseRecord, last: OutboxRow | None) -> str:
    """Why the flow does not go on at the step where the case stands; "" when it does, or a plan waits."""
    place = record.position
    here = last and (last.step, last.attempt, last.state) == (place.step, place.attempt, "closed")
    return last.outcome if last and here and place.is_open and last.outcome != "selesai" and not place.waiting else ""


def _print_standing(record: CaseRecord, inventory: Inventory, stopped: str, to: Console) -> None:
    print_case(record, inventory, to)
    if stopped:
        to.print(plain(f"  Pekerjaan berhenti: {stopped}"))
        to.print(plain(f"  Setelah diatasi: pelihara case resume {record.id} --as PEJABAT"))


def _print_half_done(begun: list[dict[str, Any]], zone: str, to: Console) -> None:
    """Changes that a run left behind. While a run is at it, it is simply under way."""
    for each in begun:
        since = moment(datetime.fromisoformat(each["since"]), zone)
        to.print(
            plain(
                f"  Perubahan setengah jalan di {each['target']} sejak {since}, bila tidak sedang dikerjakan.", "bold"
            )
        )
        to.print(plain("  Pekerjaan berikutnya mengembalikannya; bila harus dari tempat, ketik di perangkat:"))
        for line in each["way_back"]:
            to.print(plain(indented(f"    {line}", 6)), soft_wrap=True)


def _event(event: Event) -> dict[str, Any]:
    keys = ("seq", "at", "step", "kind", "actor", "role", "answer", "note", "plans", "acting", "via", "paraf")
    return {key: getattr(event, key) for key in keys}


def _standing(record: CaseRecord) -> str:
    place = record.position
    if not place.is_open:
        return f"berakhir di langkah {place.step}"
    turn = " atau ".join(record.procedure.label(role) for role in place.turn)
    waits = "konfirmasi tim jaringan, lalu persetujuan" if record.unconfirmed else "persetujuan"
    return f"{place.step}: {turn}{f' (rencana menunggu {waits})' if place.waiting else ''}"


def print_case(record: CaseRecord, inventory: Inventory, to: Console) -> None:
    """A case for a person: what it is, what happened, whose turn it is."""
    opd = inventory.opd[record.opd].name if record.opd in inventory.opd else record.opd
    to.print(plain(f"{record.id}  {record.about}", "bold"))
    to.print(plain(f"{opd}; SOP {record.sop} revisi {record.revision}; asal: {record.origin}"))
    rows = [(moment(e.at, inventory.office.zone), e.step, _what(e), e.name or e.actor, _said(e)) for e in record.events]
    to.print(table(("Waktu", "Langkah", "Kejadian", "Oleh", "Catatan"), rows))
    for plan in record.plans:
        print_plan(plan_document(plan), to)
    _print_evidence(record, to)
    if record.position.is_open:
        to.print(plain(f"Sekarang langkah {_standing(record)}", "bold"))
        to.print(plain(f"  {record.step.activity}"))
        for plan in record.unconfirmed:
            command = f"pelihara case confirm {record.id} --as PEJABAT --answer YA --plan {plan.hash[:12]}"
            to.print(plain(f"  Rencana {plan.action} menunggu konfirmasi tim jaringan: {command}"), soft_wrap=True)
        if record.proposal:
            to.print(plain(f"  Yang menunggu persetujuan: --plan {record.proposal}"))
    else:
        to.print(plain(f"Permohonan {STATES[record.state]}.", "bold"))


EVENTS = {
    "opened": "permohonan dibuka",
    "completed": "pekerjaan selesai",
    "planned": "rencana dibuat",
    "proposed": "rencana diajukan",
    "confirmed": "rencana dikonfirmasi",
    "approved": "rencana disetujui",
    "dropped": "rencana ditolak",
    "settled": "rencana dijalankan",
    "retried": "pekerjaan diulang",
    "withdrawn": "permohonan ditarik",
}


def _what(event: Event) -> str:
    return event.answer if event.kind == "answered" else EVENTS[event.kind]


def _said(event: Event) -> str:
    return PLANS.get(event.note, event.note) if event.kind == "settled" else event.note


def _print_evidence(record: CaseRecord, to: Console) -> None:
    if record.evidence:
        rows = [(e.id, EVIDENCE.get(e.kind, e.kind), e.name, e.target, e.size, e.sha256[:12]) for e in record.evidence]
        to.print(table(("Bukti", "Jenis", "Nama", "Sasaran", "Byte", "SHA-256"), rows))


def _print_act(done: intake.Acted, said: str, to: Console, agreed: str = "Disetujui") -> None:
    for plan in done.plans:
        to.print(plain(f"{agreed} persis rencana ini:" if said == "YA" else "Rencana ini ditolak:", "bold"))
        print_plan(plan_document(plan), to)
    record = done.case
    to.print(status("ok", f"{record.id}: {said} dicatat."))
    ended = f"Permohonan {STATES[record.state]}."
    to.print(plain(f"Sekarang langkah {_standing(record)}" if record.position.is_open else ended))
    if record.position.is_open and record.step.work and not record.position.waiting:
        to.print(
            plain("  Berjalan sendiri selama `pelihara up` hidup. Yang dikerjakan dengan tangan diselesaikan dengan")
        )
        to.print(plain(f"  pelihara case act {record.id} --as PEJABAT --answer YA --note 'apa yang dikerjakan'"))


def _print_documents(written: list[reports.Written], to: Console) -> None:
    for each in written:
        to.print(plain(f"{each.title}: {each.path}"), soft_wrap=True)
    if not written:
        to.print(plain("Belum ada dokumen untuk permohonan ini."))
