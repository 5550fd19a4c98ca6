"""`pelihara network`: devices read, backed up, repaired and restored."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from flows.cli.answer import Json, answer, moment, note, plain, progress, status, table
from flows.cli.later import later
from flows.cli.person import as_option, technician, terminal_actor
from flows.cli.plans import Apply, change
from flows.cli.targets import Case, answer_targets, print_drills, read_targets
from flows.cli.words import Order, Orders
from flows.jobs.errors import BadInput
from playbooks.findings import explained

if TYPE_CHECKING:
    from flows import office
    from flows.jobs import archive, binaries, configurations, drills, notices, pictures, recordings, repairs
    from flows.jobs import board as boards
    from flows.jobs import network as jobs
    from sop.register.records import Actor, ConfigVersion, PlanRecord
else:
    office, jobs = later("flows.office"), later("flows.jobs.network")
    configurations, repairs = later("flows.jobs.configurations"), later("flows.jobs.repairs")
    recordings, boards = later("flows.jobs.recordings"), later("flows.jobs.board")
    archive, notices = later("flows.jobs.archive"), later("flows.jobs.notices")
    drills, binaries = later("flows.jobs.drills"), later("flows.jobs.binaries")
    pictures = later("flows.jobs.pictures")

app = typer.Typer(cls=Orders, help="Jaringan: diagnosa, cadangan, riwayat, perbaikan, pemulihan.")

Device = Annotated[str, typer.Argument(metavar="PERANGKAT", help="Nama di devices.yaml.")]
Devices = Annotated[list[str] | None, typer.Argument(metavar="PERANGKAT", help="Nama di devices.yaml.")]
Opd = Annotated[str, typer.Option("--opd", metavar="OPD", help="Semua perangkat OPD ini.")]
All = Annotated[bool, typer.Option("--all", help="Semua perangkat.")]
_AT = "Nomor dari `network history`, tanggal, atau awal sidiknya; bawaan: yang terbaru."
At = Annotated[str, typer.Option("--at", metavar="VERSI", help=_AT)]


@app.command(cls=Order)
def diagnose(names: Devices = None, opd: Opd = "", every: All = False, case: Case = "", json: Json = False) -> None:
    """Diagnosa perangkat (hanya membaca): temuan, bukti dan saran."""
    meant = (names, opd, every)
    answer_targets(read_targets("Diagnosa", jobs.chosen, jobs.diagnose_devices, meant, case, json), "perangkat", json)


@app.command(cls=Order)
def picture(
    opd: Annotated[str, typer.Option("--opd", metavar="OPD", help="Jaringan OPD ini.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="BERKAS", help="Bawaan: di folder dokumen.")] = None,
    json: Json = False,
) -> None:
    """Gambar jaringan sebuah OPD (SVG) dari pembacaan terakhir; tidak menyentuh perangkat."""
    here = office.open_office()
    drawn = pictures.of_agency(here, opd)
    path = pictures.write(here, drawn, out)
    document = {"opd": opd, "title": drawn.title, "file": path, "read_at": drawn.at}
    answer(document, json, lambda c: c.print(plain(f"{drawn.title}: {path}"), soft_wrap=True))


@app.command(cls=Order)
def backup(
    names: Devices = None,
    opd: Opd = "",
    every: All = False,
    case: Case = "",
    binary: Annotated[
        bool, typer.Option("--binary", help="RouterOS: beserta cadangan binernya, bila berubah atau sudah seminggu.")
    ] = False,
    replaced: Annotated[
        bool,
        typer.Option(
            "--replaced", help="Perangkat yang disebut memang diganti atau dikosongkan: jangan dibandingkan dahulu."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Cadangkan konfigurasi perangkat ke riwayat; cadangan baik tidak pernah diganti yang buruk."""
    if replaced and not names:
        raise BadInput("--replaced: sebut nama perangkat yang diganti", "no_names")
    read = partial(jobs.back_up_devices, replaced=replaced)
    done = read_targets("Cadangan", jobs.chosen, read, (names, opd, every), case, json)
    extra = _binaries(done) if binary else []
    document: dict[str, object] = {"devices": [_as_json(each) for each in done]}
    document |= {"binaries": [each.as_json() for each in extra]} if binary else {}

    def print_all(to: Console) -> None:
        _print_backups(done, to)
        _print_binaries(extra, to)

    states = {each.status for each in done} | {each.status for each in extra}
    answer(document, json, print_all, not states & {"failed", "unproven"})


def _binaries(done: list[jobs.DeviceBackedUp]) -> list[binaries.BinaryBackup]:
    here = office.open_office()
    good = [each.name for each in done if each.status != "failed"]
    return binaries.back_up_binaries(here, good, actor=terminal_actor(_here(here)))


@app.command(cls=Order)
def board(names: Devices = None, opd: Opd = "", json: Json = False) -> None:
    """Papan cadangan: kapan tiap perangkat terakhir dicadangkan dengan baik, dan mengapa percobaan terakhir gagal.

    Tanpa nama dan tanpa --opd: semua perangkat.
    """
    here = office.open_office()
    lines = boards.board(here, jobs.chosen(here, names or [], opd, not (names or opd)))
    limit = here.inventory.office.backup_stale_days
    document = {"stale_after_days": limit, "devices": [each.as_json() for each in lines]}
    answer(document, json, lambda c: _print_board(lines, limit, c))


@app.command(cls=Order)
def history(name: Device, json: Json = False) -> None:
    """Riwayat cadangan sebuah perangkat, terbaru di atas."""
    here = office.open_office()
    versions = configurations.versions(here, _one(here, name))
    rows = [
        (
            each.version,
            moment(each.at, here.inventory.office.zone),
            each.commit[:12],
            each.digest[:12],
            plain(each.quarantined and f"karantina: {each.quarantined}", "red"),
        )
        for each in versions
    ]
    document = {"device": name, "versions": [asdict(each) for each in versions]}
    empty = plain(f"{name} belum punya cadangan.")
    columns = ("Versi", "Waktu", "Commit", "Sidik", "Catatan")
    answer(document, json, lambda c: c.print(table(columns, rows) if rows else empty))


@app.command(cls=Order)
def diff(
    name: Device,
    old: Annotated[str, typer.Argument(metavar="[LAMA]", help="Bawaan: versi sebelum yang terbaru.")] = "",
    new: Annotated[str, typer.Argument(metavar="[BARU]", help="Bawaan: versi terbaru.")] = "",
    start: Annotated[str, typer.Option("--from", metavar="VERSI", help="Sama dengan LAMA.")] = "",
    end: Annotated[str, typer.Option("--to", metavar="VERSI", help="Sama dengan BARU.")] = "",
    json: Json = False,
) -> None:
    """Beda dua versi cadangan (rahasia disamarkan): nomor, tanggal seperti 2026-11-20, atau awal sidik atau commit."""
    here = office.open_office()
    found = configurations.difference(here, _one(here, name), start or old, end or new)
    document = {"device": name, "from": found.old, "to": found.new, "diff": found.text}
    answer(document, json, lambda c: _print_diff(found.text, c))


@app.command(cls=Order)
def changes(
    names: Devices = None,
    opd: Opd = "",
    days: Annotated[int, typer.Option("--days", metavar="HARI", min=1, max=3650, help="Sejak berapa hari.")] = 7,
    full: Annotated[bool, typer.Option("--diff", help="Beserta bedanya baris demi baris.")] = False,
    json: Json = False,
) -> None:
    """Konfigurasi yang berubah dalam beberapa hari terakhir. Tanpa nama dan tanpa --opd: semua perangkat."""
    here = office.open_office()
    since = here.register.clock() - timedelta(days=days)
    found = configurations.changes(here, jobs.chosen(here, names or [], opd, not (names or opd)), since)
    document = {"days": days, "changes": [asdict(each) for each in found]}
    answer(document, json, lambda c: _print_changes(found, days, full, here.inventory.office.zone, c))


@app.command(cls=Order)
def verify(json: Json = False) -> None:
    """Periksa arsip: baca ulang semua cadangan dan riwayatnya; yang rusak dikarantina, diambil ulang dan diberitahukan.

    Sama dengan pemeriksaan setiap malam. Cadangan yang masih terbaca utuh tidak disentuh.
    """
    here = office.open_office()
    found = archive.check_archive(here, terminal_actor(_here(here)))
    unsent = notices.tell_archive(here, found.problems)
    document = {**found.as_json(), "unsent": unsent}
    answer(document, json, lambda c: _print_archive(found, unsent, c), found.ok)


@app.command(cls=Order)
def drill(names: Devices = None, opd: Opd = "", every: All = False, at: At = "", json: Json = False) -> None:
    """Uji pulih: muat cadangan ke sistem baru yang terpisah dan buktikan keluarnya sama. Tidak menyentuh perangkat.

    Sekarang untuk FRR, di mesin yang memasang paket FRR, sebagai root.
    """
    here = office.open_office()
    meant = jobs.chosen(here, names or [], opd, every)
    with progress("Uji pulih", len(meant), json) as told:
        done = drills.drill_devices(here, meant, at, told, terminal_actor(_here(here)))
    document = {"devices": [each.as_json() for each in done]}
    answer(document, json, lambda c: print_drills(done, "Perangkat", c), all(each.status == "ok" for each in done))


@app.command(cls=Order)
def show(
    name: Device,
    at: At = "",
    sealed: Annotated[
        bool, typer.Option("--sealed", help="Isi lengkap beserta rahasianya; perlu kunci segel, dan tercatat.")
    ] = False,
    binary: Annotated[
        Path | None,
        typer.Option("--binary", metavar="BERKAS", help="RouterOS, dengan --sealed: tulis cadangan binernya ke sini."),
    ] = None,
    json: Json = False,
) -> None:
    """Tampilkan konfigurasi tersimpan: disamarkan, atau lengkap bagi pemegang kunci segel."""
    here = office.open_office()
    version = configurations.version_of(here, _one(here, name), at)
    if binary is not None:
        _write_binary(here, version, binary, sealed, json)
        return
    text = configurations.stored_config(here, version, sealed, terminal_actor(_here(here)))
    document = {"device": name, "version": version.id, "at": version.at, "sealed": sealed, "config": text}
    answer(document, json, lambda c: c.print(plain(text), soft_wrap=True))


@app.command(cls=Order)
def repair(
    name: Device,
    case: Case,
    apply: Apply = "",
    official: as_option = "",
    json: Json = False,
) -> None:
    """Rencanakan perbaikan dan tampilkan; dengan --apply HASH jalankan rencana yang sudah disetujui."""
    _change(office.open_office(), "repair", name, case, apply, official, json, repairs.propose_repairs)


@app.command(cls=Order)
def restore(
    name: Device,
    case: Case,
    at: At = "",
    apply: Apply = "",
    official: as_option = "",
    json: Json = False,
) -> None:
    """Rencanakan kembali ke konfigurasi tersimpan; dengan --apply HASH jalankan rencana yang sudah disetujui.

    Selama permohonannya belum sampai di langkah teknis, keinginan ini dicatat dan rencananya dibuat di langkah itu.
    """
    here = office.open_office()
    if not apply and repairs.may_ask(here, case):
        device = _one(here, name)
        repairs.ask_restore(here, case, device, at, technician(here, official, "tim_teknis"))
        said = f"Dicatat: pengembalian {device} diajukan begitu {case} sampai di langkah teknis."
        answer({"device": device, "case": case, "plans": [], "noted": True}, json, lambda c: c.print(plain(said)))
        return

    def propose(here: office.Office, case: str, device: str, actor: Actor) -> list[PlanRecord]:
        return repairs.propose_restore(here, case, device, at, actor)

    _change(here, "restore", name, case, apply, official, json, propose)


@app.command(cls=Order)
def parse(
    file: Annotated[Path, typer.Argument(metavar="BERKAS", help="Keluaran perangkat yang direkam.")],
    platform: Annotated[str, typer.Option("--platform", metavar="PLATFORM", help="Misalnya frr atau cisco_ios.")],
    command: Annotated[str, typer.Option("--command", "-c", metavar="PERINTAH", help="Perintah yang direkam.")],
    json: Json = False,
) -> None:
    """Fakta yang terbaca dari keluaran yang direkam."""
    facts = recordings.parse_recording(platform, command, file)
    unparsed = facts == {"unparsed": True}
    document = {"platform": platform, "command": command, "unparsed": unparsed, "facts": {} if unparsed else facts}
    unknown = "Tidak ada fakta yang dikenal dalam keluaran ini."
    answer(document, json, lambda c: c.print(plain(unknown if unparsed else dumps(facts, indent=2)), soft_wrap=True))


def _write_binary(here: office.Office, version: ConfigVersion, to: Path, sealed: bool, json: bool) -> None:
    """Whoever opens it gets everything that is in the device, so it takes the same words as the full text."""
    if not sealed:
        raise BadInput("cadangan biner memuat seluruh rahasia perangkat; tambahkan --sealed", "sealed_only")
    if to.exists():
        raise BadInput(f"{to} sudah ada; pilih nama lain", "file_exists")
    stored = binaries.stored_binary(here, version, terminal_actor(_here(here)))
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(stored.data)
    about = {"device": version.device, "version": version.id, "file": str(to), "bytes": len(stored.data)}
    said = f"Ditulis ke {to} ({len(stored.data)} byte). Kata sandinya: {stored.password}"
    answer({**about, "password": stored.password}, json, lambda c: c.print(plain(said), soft_wrap=True))


def _here(here: office.Office) -> str:
    return here.settings.official


def _one(here: office.Office, name: str) -> str:
    return jobs.chosen(here, [name])[0]


def _change(
    here: office.Office,
    action: str,
    name: str,
    case: str,
    given: str,
    official: str,
    json: bool,
    propose: Callable[[office.Office, str, str, Actor], list[PlanRecord]],
) -> None:
    actor, device = technician(here, official, "tim_teknis"), _one(here, name)
    change(
        here,
        {"device": device, "case": case},
        given,
        lambda: propose(here, case, device, actor),
        lambda plan: repairs.apply_plan(here, case, device, action, plan, actor, note),
        json,
    )


def _as_json(backup: jobs.DeviceBackedUp) -> dict[str, Any]:
    """In the words that other programs know: for them a copy that nothing proves whole is none."""
    told = backup.as_json()
    return {**told, "status": "failed", "reason": "incomplete"} if backup.status == "unproven" else told


def _print_backups(done: list[jobs.DeviceBackedUp], to: Console) -> None:
    words = {"ok": "versi baru", "unchanged": "tidak berubah", "unproven": "BELUM TERBUKTI", "failed": "GAGAL"}
    rows = [
        (
            b.name,
            status(b.status, words[b.status]),
            explained(b.reason),
            b.bytes or "",
            b.commit[:12],
            f"{b.seconds:.1f} s",
        )
        for b in done
    ]
    to.print(table(("Perangkat", "Cadangan", "Sebab", "Byte", "Commit", "Lama"), rows))
    for each in done:
        if each.detail:
            to.print(plain(f"{each.name}: {each.detail}"))


def _print_board(lines: list[boards.Line], limit: int, to: Console) -> None:
    styles = {"fresh": "green", "stale": "yellow", "never": "red"}
    rows = [
        tuple(plain(cell, styles[line.state]) if name == "keadaan" else cell for name, cell in line.cells.items())
        for line in lines
    ]
    to.print(table([name[0].upper() + name[1:] for name in boards.COLUMNS], rows))
    to.print(plain(boards.summary(lines, limit)))


def _print_archive(found: archive.Checked, unsent: list[str], to: Console) -> None:
    for problem in found.problems:
        to.print(plain(problem, "red"), soft_wrap=True)
    for each in found.standing:
        said = f"{each.device} versi {each.version} tetap dikarantina: {each.reason}."
        to.print(plain(said, "yellow"), soft_wrap=True)
    if found.released:
        to.print(plain(f"Utuh lagi dan keluar dari karantina: versi {', '.join(found.released)}."))
    for why_not in unsent:
        to.print(plain(f"Surel tidak terkirim: {why_not}", "red"), soft_wrap=True)
    said = f"{found.versions} versi dari {found.devices} perangkat dibaca ulang; jejak audit {found.audit.rows} baris."
    verdict = "Arsip utuh." if found.ok else "Arsip TIDAK utuh."
    to.print(status("ok" if found.ok else "failed", f"{verdict} {said}"))


def _print_binaries(done: list[binaries.BinaryBackup], to: Console) -> None:
    words = {"ok": "tersimpan", "unchanged": "sudah ada", "failed": "GAGAL"}
    rows = [
        (b.name, b.version, status(b.status, words[b.status]), b.bytes or "", b.detail or explained(b.reason))
        for b in done
    ]
    if rows:
        to.print(table(("Perangkat", "Versi", "Cadangan biner", "Byte", "Keterangan"), rows))


def _print_changes(found: list[configurations.Change], days: int, full: bool, zone: str, to: Console) -> None:
    if not found:
        to.print(plain(f"Tidak ada konfigurasi yang berubah dalam {days} hari terakhir."))
        return
    rows = [
        (
            each.device,
            moment(each.at, zone),
            f"{each.old} → {each.new}" if each.old else f"{each.new} (cadangan pertama)",
            each.versions,
            f"+{each.added} -{each.removed}" if each.old else "",
        )
        for each in found
    ]
    to.print(table(("Perangkat", "Terakhir berubah", "Versi", "Versi baru", "Baris"), rows))
    for each in found if full else []:
        if each.old:
            _print_diff(each.text, to)


def _print_diff(text: str, to: Console) -> None:
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in text.splitlines():
        to.print(plain(line, styles.get(line[:1], "")), soft_wrap=True)
    if not text:
        to.print(plain("Tidak ada beda."))
