"""`pelihara website`: sites checked, backed up, deployed, hosted and named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows.cli import zone
from flows.cli.answer import Json, answer, asked, note, plain, progress, status, table
from flows.cli.copies import print_listed, print_pruned
from flows.cli.later import later
from flows.cli.person import as_option, technician
from flows.cli.plans import Apply, change
from flows.cli.targets import Case, answer_targets, print_drills, print_targets, read_targets
from flows.cli.words import Order, Orders
from playbooks.findings import explained

if TYPE_CHECKING:
    from flows import office
    from flows.jobs import duties, maintenance, renewals, reports, site_board, site_care, site_drills
    from flows.jobs import websites as jobs
    from sop.register.records import CaseRecord, PlanRecord
else:
    site_care = later("flows.jobs.site_care")
    office, jobs = later("flows.office"), later("flows.jobs.websites")
    duties, site_board = later("flows.jobs.duties"), later("flows.jobs.site_board")
    maintenance, reports = later("flows.jobs.maintenance"), later("flows.jobs.reports")
    renewals, site_drills = later("flows.jobs.renewals"), later("flows.jobs.site_drills")

app = typer.Typer(cls=Orders, help="Website: periksa, cadangkan, pasang, hosting, domain, pulihkan.")
app.add_typer(zone.app, name="zone")

Site = Annotated[str, typer.Argument(metavar="WEBSITE", help="Nama di websites.yaml.")]
Sites = Annotated[list[str] | None, typer.Argument(metavar="WEBSITE", help="Nama di websites.yaml.")]
Opd = Annotated[str, typer.Option("--opd", metavar="OPD", help="Semua website OPD ini.")]
All = Annotated[bool, typer.Option("--all", help="Semua website.")]


@app.command(cls=Order)
def check(names: Sites = None, opd: Opd = "", every: All = False, case: Case = "", json: Json = False) -> None:
    """Periksa website (hanya membaca): HTTP, sertifikat, DNS, ruang disk, umur cadangan, isi halaman,
    dan di servernya: berkas penyusup, admin asing, berkas rahasia yang terbuka.
    """
    meant = (names, opd, every)
    answer_targets(read_targets("Periksa", jobs.chosen, jobs.check_websites, meant, case, json), "website", json)


Url = Annotated[str, typer.Argument(metavar="ALAMAT", help="Alamat halaman, misalnya https://dinkes.example.go.id/.")]
Internal = Annotated[bool, typer.Option("--allow-internal", help="Server ini boleh beralamat di jaringan dalam.")]


@app.command(cls=Order)
def inspect(url: Url, internal: Internal = False, json: Json = False) -> None:
    """Periksa satu halaman di luar inventaris: judi, tautan tersembunyi, isi yang hanya tampak bagi mesin pencari."""
    answer_targets([jobs.inspect(office.open_office(), url, internal)], "website", json)


@app.command(cls=Order)
def backup(names: Sites = None, opd: Opd = "", every: All = False, case: Case = "", json: Json = False) -> None:
    """Cadangkan berkas dan basis data website di servernya, dengan salinan tersegel di luar server itu."""
    meant = (names, opd, every)
    done = read_targets("Cadangan", jobs.chosen, jobs.back_up_websites, meant, case, json)
    document = {"websites": [each.as_json() for each in done]}
    answer(document, json, lambda c: _print_backups(done, c), all(each.status == "ok" for each in done))


@app.command(cls=Order)
def drill(names: Sites = None, opd: Opd = "", every: All = False, json: Json = False) -> None:
    """Uji pulih: buka cadangan terbaru di samping situs, buktikan halamannya menjawab, lalu buang lagi.

    Memakai folder dan basis data sementara di server yang sama; situs yang dilayani tidak disentuh.
    """
    here = office.open_office()
    meant = jobs.chosen(here, names or [], opd, every)
    with progress("Uji pulih", len(meant), json) as told:
        done = site_drills.drill_websites(here, meant, told, technician(here, "", "pelaksana"))
    document = {"websites": [each.as_json() for each in done]}
    answer(document, json, lambda c: print_drills(done, "Website", c), all(each.status == "ok" for each in done))


@app.command(cls=Order)
def copies(names: Sites = None, opd: Opd = "", every: All = False, json: Json = False) -> None:
    """Cadangan tiap website di servernya dan di luarnya: mengapa disimpan, dan yang akan dibuang malam nanti."""
    here = office.open_office()
    found = site_care.listed(here, jobs.chosen(here, names or [], opd, every))
    done = not any(each.trouble for each in found)
    answer({"websites": [each.as_json() for each in found]}, json, lambda c: print_listed(found, c), done)


@app.command(cls=Order)
def prune(
    names: Sites = None,
    opd: Opd = "",
    every: All = False,
    yes: Annotated[bool, typer.Option("--yes", help="Buang tanpa bertanya.")] = False,
    json: Json = False,
) -> None:
    """Buang cadangan yang lewat masa simpan (site_backups di office.yaml): tampilkan dulu, lalu buang.

    Yang terbaru, yang terakhir terbukti pulih, dan yang disebut permohonan terbuka tidak pernah dibuang.
    """
    here = office.open_office()
    found = site_care.listed(here, jobs.chosen(here, names or [], opd, every))
    if not json:
        answer(None, False, lambda c: print_listed(found, c))
    going = [each.name for each in found if each.going]
    agreed = bool(going) and (yes or (not json and asked("Buang yang ditandai DIBUANG? [ya/tidak]: ")))
    done = site_care.prune(here, going, actor=technician(here, "", "pelaksana")) if agreed else []
    told = {"websites": [each.as_json() for each in found], "pruned": [each.as_json() for each in done]}
    well = not any(each.trouble for each in found) and all(each.status == "ok" for each in done)
    answer(told, json, lambda c: print_pruned(done, going, c), well)


@app.command(cls=Order)
def maintain(
    names: Sites = None,
    opd: Opd = "",
    every: All = False,
    case: Case = "",
    official: as_option = "",
    json: Json = False,
) -> None:
    """Jalankan pemeliharaan (langkah 6-8) dalam permohonan tiap website yang sedang terbuka, sampai giliran orang.

    Analisis, cadangan, perubahan yang sudah disetujui, pemeriksaan sesudahnya, lalu laporan. Diulang: yang belum saja.
    """
    here = office.open_office()
    sites = jobs.chosen(here, names or [], opd, every)
    actor = technician(here, official, "pelaksana")
    with progress("Pelihara", len(sites), json) as told:
        done = maintenance.maintain_websites(here, sites, case, told, actor)
    document = {"websites": [each.as_json() for each in done]}
    answer(document, json, lambda c: _print_maintained(done, c), all(each.ok for each in done))


@app.command(cls=Order)
def board(names: Sites = None, opd: Opd = "", json: Json = False) -> None:
    """Papan website: kapan tiap website terakhir dipelihara, kapan jatuh temponya, dan apa yang sedang berjalan.

    Tanpa nama dan tanpa --opd: semua website.
    """
    here = office.open_office()
    lines = site_board.board(here, jobs.chosen(here, names or [], opd, not (names or opd)))
    answer({"websites": [each.as_json() for each in lines]}, json, lambda c: _print_board(lines, c))


@app.command(cls=Order)
def register(
    xlsx: Annotated[Path, typer.Option("--xlsx", metavar="BERKAS", help="Berkas yang ditulis, misalnya data.xlsx.")],
    year: Annotated[str, typer.Option("--year", metavar="YYYY", help="Hanya tahun ini; bawaan: semua tahun.")] = "",
    json: Json = False,
) -> None:
    """Tulis Data Pemeliharaan Aplikasi/Website ke berkas Excel: permohonan, langkah SOP-nya, kewajiban tahunan."""
    size = reports.export_maintenance(office.open_office(), xlsx, year)
    said = f"Data pemeliharaan tertulis: {xlsx}"
    answer({"file": str(xlsx), "bytes": size}, json, lambda c: c.print(plain(said), soft_wrap=True))


@app.command(cls=Order)
def sweep(json: Json = False) -> None:
    """Buka permohonan berkala bagi website yang tahunnya hampir habis; sekali setahun untuk tiap website.

    Sama dengan "Sapuan tahunan" yang dimulai oleh jam setiap pagi.
    """
    opened = duties.open_due_cases(office.open_office())
    rows = [{"case": case.id, "website": case.website, "opd": case.opd} for case in opened]
    answer({"opened": rows}, json, lambda c: _print_opened(opened, c))


@app.command(cls=Order)
def renew(json: Json = False) -> None:
    """Perbarui sertifikat yang hampir habis menurut rencana yang sudah disetujui, seperti setiap pagi."""
    done = renewals.renew_due(office.open_office(), lambda name, what: note(f"{name}: {what}"))
    document = {"certificates": [each.as_json() for each in done]}
    answer(document, json, lambda c: _print_renewals(done, c), all(each.ok for each in done))


RENEWALS = {
    "renewed": ("ok", "diperbarui"),
    "failed": ("failed", "GAGAL, yang lama tetap dipakai"),
    "asked": ("findings", "permohonan dibuka, menunggu persetujuan"),
    "waiting": ("findings", "menunggu persetujuan"),
}


def _print_renewals(done: list[renewals.Renewal], to: Console) -> None:
    rows = [(each.website, status(*RENEWALS[each.status]), each.case, each.detail) for each in done]
    columns = ("Website", "Sertifikat", "Permohonan", "Keterangan")
    to.print(table(columns, rows) if rows else "Tidak ada sertifikat yang harus diperbarui.")


CHANGES = {
    "deploy": "Pasang rilis dari inventaris; gagal periksa kesehatan berarti kembali ke rilis lama.",
    "rollback": "Kembali ke rilis sebelumnya.",
    "restore": "Pulihkan berkas dan basis data dari cadangan terakhir yang baik.",
    "host": "Siapkan hosting: server web, PHP-FPM, basis data, folder.",
    "tls": "Terbitkan atau perbarui sertifikat; yang sedang dipakai tidak disentuh bila gagal.",
}
"""What each change of a site does, as its help says it."""


@app.command(cls=Order)
def domain(
    name: Site,
    case: Case,
    apply: Apply = "",
    remove: Annotated[bool, typer.Option("--remove", help="Hapus semua nama website ini dari zonanya.")] = False,
    official: as_option = "",
    json: Json = False,
) -> None:
    """Arahkan nama domain ke server, dan buktikan dengan bertanya kepada setiap server DNS zonanya."""
    _change("domain", name, case, apply, official, json, jobs.propose_removal if remove else None)


@app.command(cls=Order)
def clean(
    name: Site,
    case: Case,
    apply: Apply = "",
    undo: Annotated[bool, typer.Option("--undo", help="Kembalikan yang terakhir dikarantina.")] = False,
    official: as_option = "",
    json: Json = False,
) -> None:
    """Bersihkan yang ditinggalkan penyusup: karantina berkas asing, pulihkan berkas rilis, matikan baris jadwal (cron)
    yang mencurigakan, cabut hak admin asing.

    Tidak ada yang dihapus. Rencananya harus disetujui dahulu; sesudahnya situs diperiksa ulang.
    """
    _change("clean", name, case, apply, official, json, jobs.propose_undoing if undo else None)


@app.command(cls=Order)
def update(
    name: Site,
    case: Case,
    apply: Apply = "",
    packages: Annotated[
        bool, typer.Option("--packages", help="Bukan WordPress, melainkan paket sistem di host situs ini.")
    ] = False,
    official: as_option = "",
    json: Json = False,
) -> None:
    """Perbarui WordPress, plugin dan tema dari arsip inventaris, satu per satu; yang gagal kembali sendiri.

    Dengan --packages: paket sistem di hostnya, dari sumber paket host itu; sesudah tiap paket semua situs di host itu
    diperiksa. Paket yang tidak punya jalan kembali disebut dalam rencana dan tidak dikerjakan.
    """
    _change("packages" if packages else "maintain", name, case, apply, official, json)


def _offer(action: str, what: str) -> None:
    """The command of one change."""

    @app.command(action, cls=Order, help=what)
    def run(name: Site, case: Case, apply: Apply = "", official: as_option = "", json: Json = False) -> None:
        _change(action, name, case, apply, official, json)


for _action, _what in CHANGES.items():
    _offer(_action, _what)


Proposer = Callable[..., list["PlanRecord"]]
"""Office, case, website and who asks -> what was put forward."""


def _change(
    action: str, name: str, case: str, given: str, official: str, json: bool, other: Proposer | None = None
) -> None:
    here = office.open_office()
    actor, site = technician(here, official, "pelaksana"), jobs.chosen(here, [name])[0]
    case = here.register.case(case).id
    change(
        here,
        {"website": site, "case": case},
        given,
        lambda: other(here, case, site, actor) if other else jobs.propose(here, case, site, action, actor, note),
        lambda plan: jobs.apply_plan(here, case, site, jobs.permitted(action), plan, actor, note),
        json,
    )


def _print_backups(done: list[jobs.SiteBackedUp], to: Console) -> None:
    rows = [
        (
            b.name,
            status(b.status, "tersimpan" if b.status == "ok" else "GAGAL"),
            explained(b.reason),
            b.bytes or "",
            b.path,
            status(*(("ok", "ada") if b.off_host else ("failed", "BELUM ADA"))) if b.status == "ok" else "",
        )
        for b in done
    ]
    to.print(table(("Website", "Cadangan", "Sebab", "Byte", "Tempat", "Salinan di luar host"), rows))
    for each in done:
        if each.detail:
            to.print(plain(f"{each.name}: {each.detail}"))


def _print_maintained(done: list[maintenance.Maintained], to: Console) -> None:
    print_targets([seen for each in done for seen in each.results], "website", to)
    rows = [
        (each.name, each.case, status("ok" if each.ok else "failed", maintenance.STATES[each.state]), each.stands)
        for each in done
    ]
    to.print(table(("Website", "Permohonan", "Keadaan", "Sekarang"), rows))
    for each in done:
        if each.reason:
            to.print(plain(f"{each.name}: {each.reason}"))
        for path in each.documents:
            to.print(plain(f"{each.name}: {path}"), soft_wrap=True)


_BOARD_STYLES = {"never": "bold red", "overdue": "bold red", "coming": "yellow", "kept": "green"}


def _print_board(lines: list[site_board.Line], to: Console) -> None:
    columns = [name for name in site_board.COLUMNS if name != site_board.DOUBTS]
    styles = {"keadaan": _BOARD_STYLES}
    rows = [[plain(line.cells[name], styles.get(name, {}).get(line.state, "")) for name in columns] for line in lines]
    to.print(table([name[0].upper() + name[1:] for name in columns], rows))
    for line in lines:
        if line.doubts:
            to.print(plain(f"{line.duty.website}: {line.cells[site_board.DOUBTS]}", "yellow"))
    to.print(plain(site_board.summary(lines)))


def _print_opened(opened: list[CaseRecord], to: Console) -> None:
    if opened:
        to.print(table(("Permohonan", "Website", "OPD"), [(each.id, each.website, each.opd) for each in opened]))
    else:
        to.print(plain("Tidak ada website yang perlu dibukakan permohonan hari ini."))
