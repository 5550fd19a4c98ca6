"""`pelihara website`: sites checked, backed up, deployed, hosted and named."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows.cli.answer import Json, answer, note, plain, progress, status, table
from flows.cli.later import later
from flows.cli.person import as_option, technician, terminal_actor
from flows.cli.plans import plan_document, print_outcome, print_plans
from flows.cli.targets import print_targets
from flows.cli.words import Order, Orders
from playbooks.findings import why

if TYPE_CHECKING:
    from flows import office
    from flows.jobs import websites as jobs
else:
    office, jobs = later("flows.office"), later("flows.jobs.websites")

app = typer.Typer(cls=Orders, help="Website: periksa, cadangkan, pasang, hosting, domain, pulihkan.")

Site = Annotated[str, typer.Argument(metavar="WEBSITE", help="Nama di websites.yaml.")]
Sites = Annotated[list[str] | None, typer.Argument(metavar="WEBSITE", help="Nama di websites.yaml.")]
Opd = Annotated[str, typer.Option("--opd", metavar="OPD", help="Semua website OPD ini.")]
All = Annotated[bool, typer.Option("--all", help="Semua website.")]
Case = Annotated[str, typer.Option("--case", metavar="ID", help="Permohonan yang menaungi pekerjaan ini.")]
Apply = Annotated[
    str, typer.Option("--apply", metavar="HASH", help="Jalankan rencana ini; tanpa ini hanya ditampilkan.")
]


@app.command(cls=Order)
def check(names: Sites = None, opd: Opd = "", every: All = False, case: Case = "", json: Json = False) -> None:
    """Periksa website (hanya membaca): HTTP, sertifikat, DNS, ruang disk, umur cadangan."""
    here = office.open_office()
    sites = jobs.chosen(here, names or [], opd, every)
    case = here.register.case(case).id if case else ""
    with progress("Periksa", len(sites), json) as told:
        results = jobs.check_websites(here, sites, case, told, terminal_actor(here.settings.official))
    document = {"targets": [each.as_json() for each in results]}
    answer(
        document, json, lambda c: print_targets(document["targets"], c), all(each.reason is None for each in results)
    )


@app.command(cls=Order)
def backup(names: Sites = None, opd: Opd = "", every: All = False, case: Case = "", json: Json = False) -> None:
    """Cadangkan berkas dan basis data website di servernya."""
    here = office.open_office()
    sites = jobs.chosen(here, names or [], opd, every)
    case = here.register.case(case).id if case else ""
    with progress("Cadangan", len(sites), json) as told:
        done = jobs.back_up_websites(here, sites, case, told, terminal_actor(here.settings.official))
    document = {"websites": [each.as_json() for each in done]}
    answer(document, json, lambda c: _print_backups(done, c), all(each.status == "ok" for each in done))


@app.command(cls=Order)
def maintain(name: Site, case: Case, official: as_option = "", json: Json = False) -> None:
    """Pemeliharaan tanpa perubahan isi: cadangkan, periksa, simpan hasilnya sebagai bukti permohonan."""
    here = office.open_office()
    done = jobs.maintain(here, case, jobs.chosen(here, [name])[0], technician(here, official, "pelaksana"))
    document = {"case": case, "backup": done.backup.as_json(), "check": done.check.as_json()}
    answer(document, json, lambda c: _print_maintained(done, c), done.ok)


@app.command(cls=Order)
def deploy(name: Site, case: Case, apply: Apply = "", official: as_option = "", json: Json = False) -> None:
    """Pasang rilis dari inventaris; gagal periksa kesehatan berarti kembali ke rilis lama."""
    _change("deploy", name, case, apply, official, json)


@app.command(cls=Order)
def rollback(name: Site, case: Case, apply: Apply = "", official: as_option = "", json: Json = False) -> None:
    """Kembali ke rilis sebelumnya."""
    _change("rollback", name, case, apply, official, json)


@app.command(cls=Order)
def restore(name: Site, case: Case, apply: Apply = "", official: as_option = "", json: Json = False) -> None:
    """Pulihkan berkas dan basis data dari cadangan terakhir yang baik."""
    _change("restore", name, case, apply, official, json)


@app.command(cls=Order)
def host(name: Site, case: Case, apply: Apply = "", official: as_option = "", json: Json = False) -> None:
    """Siapkan hosting: nginx, PHP-FPM, basis data, folder."""
    _change("host", name, case, apply, official, json)


@app.command(cls=Order)
def domain(name: Site, case: Case, apply: Apply = "", official: as_option = "", json: Json = False) -> None:
    """Arahkan nama domain ke server, dan buktikan dengan bertanya kepada server DNS-nya."""
    _change("domain", name, case, apply, official, json)


@app.command(cls=Order)
def tls(name: Site, case: Case, apply: Apply = "", official: as_option = "", json: Json = False) -> None:
    """Terbitkan atau perbarui sertifikat; yang sedang dipakai tidak disentuh bila gagal."""
    _change("tls", name, case, apply, official, json)


def _change(action: str, name: str, case: str, hash_: str, official: str, json: bool) -> None:
    """Plan and show, or with a hash apply exactly that plan."""
    here = office.open_office()
    actor, site = technician(here, official, "pelaksana"), jobs.chosen(here, [name])[0]
    if hash_:
        outcome = jobs.apply_plan(here, case, site, action, hash_, actor, note)
        document = {"website": site, "case": case, "hash": hash_, **asdict(outcome)}
        answer(document, json, lambda c: print_outcome(site, outcome, c), done=outcome.ok)
        return
    plans = [plan_document(each) for each in jobs.propose(here, case, site, action, actor)]
    answer({"website": site, "case": case, "plans": plans}, json, lambda c: print_plans(plans, c))


def _print_backups(done: list[jobs.BackedUp], to: Console) -> None:
    rows = [
        (b.name, status(b.status, "tersimpan" if b.status == "ok" else "GAGAL"), why(b.reason), b.bytes or "", b.path)
        for b in done
    ]
    to.print(table(("Website", "Cadangan", "Sebab", "Byte", "Tempat"), rows))
    for each in done:
        if each.detail:
            to.print(plain(f"{each.name}: {each.detail}"))


def _print_maintained(done: jobs.Maintained, to: Console) -> None:
    _print_backups([done.backup], to)
    print_targets([done.check.as_json()], to)
