"""`pelihara website zone`: DNS zones copied, compared and judged; nothing of them is changed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows.cli.answer import Json, answer, moment, note, plain, status, table
from flows.cli.later import later
from flows.cli.targets import answer_targets
from flows.cli.words import Order, Orders
from playbooks.findings import explained

if TYPE_CHECKING:
    from flows import office
    from flows.jobs import zones as jobs
    from flows.jobs.targets import BackedUp
else:
    office, jobs = later("flows.office"), later("flows.jobs.zones")

app = typer.Typer(cls=Orders, help="Zona DNS: cadangkan, riwayat, bandingkan, periksa.")

Zone = Annotated[str, typer.Argument(metavar="ZONA", help="Nama di zones.yaml.")]
Zones = Annotated[list[str] | None, typer.Argument(metavar="ZONA", help="Nama di zones.yaml; kosong: semua.")]
STATES = {"ok": "versi baru", "unchanged": "tidak berubah", "failed": "GAGAL"}


@app.command(cls=Order)
def backup(names: Zones = None, json: Json = False) -> None:
    """Salin zona utuh ke register; versi baru disimpan bila isinya berubah."""
    here = office.open_office()
    done = jobs.back_up_zones(here, jobs.chosen(here, names or []), lambda name, what: note(f"{name}: {STATES[what]}"))
    document = {"zones": [each.as_json() for each in done]}
    answer(document, json, lambda c: _print_backups(done, c), all(each.status != "failed" for each in done))


def _print_backups(done: list[BackedUp], to: Console) -> None:
    rows = [(b.name, status(b.status, STATES[b.status]), explained(b.reason, b.detail), b.bytes or "") for b in done]
    to.print(table(("Zona", "Cadangan", "Sebab", "Byte"), rows))


@app.command(cls=Order)
def history(name: Zone, json: Json = False) -> None:
    """Versi-versi zona yang tersimpan, yang terbaru dulu."""
    here = office.open_office()
    held = jobs.versions(here, jobs.chosen(here, [name])[0])
    document = {"zone": name, "versions": [{"version": e.id, "at": e.at, "sha256": e.sha256} for e in held]}
    rows = [(each.id, moment(each.at, here.inventory.office.zone), each.size, each.sha256[:12]) for each in held]
    columns = ("Versi", "Waktu", "Byte", "SHA-256")
    answer(document, json, lambda c: c.print(table(columns, rows) if rows else "Belum ada cadangan zona ini."))


@app.command(cls=Order)
def diff(
    name: Zone,
    old: Annotated[str, typer.Argument(metavar="LAMA", help="Nomor versi; kosong: sebelum yang baru.")] = "",
    new: Annotated[str, typer.Argument(metavar="BARU", help="Nomor versi; kosong: yang terbaru.")] = "",
    json: Json = False,
) -> None:
    """Bandingkan dua versi zona."""
    here = office.open_office()
    text = jobs.difference(here, jobs.chosen(here, [name])[0], old, new)
    same = "Tidak ada perbedaan."
    answer({"zone": name, "diff": text}, json, lambda c: c.print(plain(text or same), soft_wrap=True))


@app.command(cls=Order)
def check(names: Zones = None, json: Json = False) -> None:
    """Periksa zona: nama yang menunjuk ke yang tidak ada, server yang tertinggal, masa domain."""
    here = office.open_office()
    done = jobs.check_zones(here, jobs.chosen(here, names or []))
    answer_targets(done, "zona", json)
