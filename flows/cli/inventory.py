"""`pelihara inventory`: what the office has, whether it holds together, and whose SSH keys are trusted."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from flows.cli import imports as shown
from flows.cli.answer import Json, answer, asked, note, plain, status, table
from flows.cli.later import later
from flows.cli.words import Order, Orders
from flows.jobs.errors import BadInput

if TYPE_CHECKING:
    from flows.jobs import enrolment, imports
    from inventory import importing, load, models, problems, settings
else:
    enrolment, imports = later("flows.jobs.enrolment"), later("flows.jobs.imports")
    importing, load = later("inventory.importing"), later("inventory.load")
    problems, settings = later("inventory.problems"), later("inventory.settings")

app = typer.Typer(cls=Orders, help="Inventaris: daftar, pemeriksaan, impor, pendaftaran kunci host SSH.")

KINDS = {
    "opd": "OPD",
    "officials": "pejabat",
    "devices": "perangkat",
    "hosts": "server web",
    "websites": "website",
    "zones": "zona DNS",
    "credentials": "kredensial",
}


@app.command("list", cls=Order)
def list_(json: Json = False) -> None:
    """Daftar OPD, pejabat, perangkat, server, website."""
    found = _load()
    document = {kind: {slug: _entry(kind, entry) for slug, entry in getattr(found, kind).items()} for kind in KINDS}
    answer({"office": found.office.name, **document}, json, lambda c: _print(found, c))


@app.command(cls=Order)
def check(json: Json = False) -> None:
    """Periksa semua berkas inventaris; setiap masalah menyebut berkas, entri dan kuncinya."""
    try:
        found = imports.checked_inventory()
    except problems.InventoryError as error:
        if not json:
            raise
        faults = [asdict(each) for each in error.problems]
        answer({"ok": False, "problems": faults}, True, lambda _: None)
        raise typer.Exit(2) from None
    counts = {kind: len(getattr(found, kind)) for kind in KINDS}
    said = ", ".join(f"{counts[kind]} {word}" for kind, word in KINDS.items())
    document = {"ok": True, "folder": found.folder, "counts": counts, "problems": []}
    answer(document, json, lambda c: c.print(status("ok", f"Inventaris {found.office.name} baik: {said}.")))


@app.command("import", cls=Order)
def import_(
    file: Annotated[Path, typer.Argument(metavar="BERKAS", help="Excel (.xlsx), CSV, atau JSON dari NetBox.")],
    sheet: Annotated[str, typer.Option("--sheet", metavar="LEMBAR", help="Hanya lembar ini.")] = "",
    opd: Annotated[str, typer.Option("--opd", metavar="OPD", help="OPD bagi baris yang tidak menyebutnya.")] = "",
    credentials: Annotated[
        str, typer.Option("--credentials", metavar="NAMA", help="Kredensial bagi baris yang tidak menyebutnya.")
    ] = "",
    update: Annotated[bool, typer.Option("--update", help="Ubah juga entri yang sudah ada dan berbeda.")] = False,
    with_opd: Annotated[bool, typer.Option("--with-opd", help="Daftarkan OPD yang belum ada.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Tulis yang baik, lewati yang bermasalah.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Tulis tanpa bertanya.")] = False,
    json: Json = False,
) -> None:
    """Ambil perangkat dan website dari lembar kerja: tampilkan dulu, lalu tulis; tidak pernah menghapus."""
    found = _load()
    plan = imports.plan(file, found, importing.Choices(update, with_opd, opd, credentials, sheet))
    if not json:
        answer(None, False, lambda c: shown.print_plan(plan, c))
    may = bool(plan.to_write) and (partial or not plan.problems)
    agreed = may and (yes or (not json and asked(f"Tulis ke {found.folder}? [ya/tidak]: ")))
    written = imports.write(plan, found) if agreed else []
    answer(shown.as_json(plan, written), json, lambda c: shown.print_outcome(plan, written, c))
    if plan.problems:
        raise typer.Exit(1 if written else 2)


@app.command(cls=Order)
def enrol(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAMA", help="Perangkat atau server web.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Semua perangkat dan server web.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Catat tanpa bertanya (sidik jari sudah dicocokkan).")] = False,
    json: Json = False,
) -> None:
    """Tampilkan sidik jari kunci host SSH, lalu catat sebagai tepercaya."""
    found = _load()
    seen = enrolment.look(enrolment.chosen(found, names or [], every))
    _print_keys(seen)
    if not yes and any(each.keys for each in seen):
        _require_consent(json)
    enrolment.trust(settings.Settings.read(), seen)
    done = all(each.keys for each in seen)
    answer({"targets": [each.as_json() for each in seen]}, json, lambda c: _print_enrolled(seen, c), done)


def _load() -> models.Inventory:
    return load.load_inventory(settings.Settings.read().inventory)


def _entry(kind: str, entry: Any) -> dict[str, Any]:
    """An entry for reading; of a credential only that it exists and for whom."""
    include = {"username", "name"} if kind == "credentials" else None
    return dict(entry.model_dump(mode="json", by_alias=True, include=include))


def _print(found: models.Inventory, to: Console) -> None:
    to.print(plain(found.office.name, "bold"))
    to.print(table(("OPD", "Nama"), ((slug, opd.name) for slug, opd in found.opd.items())))
    people = ((slug, each.name, _role(each)) for slug, each in found.officials.items())
    to.print(table(("Pejabat", "Nama", "Peran"), people))
    devices = ((s, d.opd, f"{d.address}:{d.port}", d.platform) for s, d in found.devices.items())
    to.print(table(("Perangkat", "OPD", "Alamat", "Platform"), devices))
    to.print(table(("Server web", "Alamat"), ((s, f"{h.address}:{h.port}") for s, h in found.hosts.items())))
    sites = ((s, w.opd, w.domain, w.host, w.kind) for s, w in found.websites.items())
    to.print(table(("Website", "OPD", "Domain", "Server", "Jenis"), sites))


def _role(official: models.Official) -> str:
    acting = official.acting
    return f"{official.role}, {acting.kind}. {acting.role} {acting.since}..{acting.until}" if acting else official.role


def _print_keys(seen: list[enrolment.Seen]) -> None:
    for each in seen:
        for key in each.keys:
            note(f"{each.name} ({each.address}:{each.port})  {key.type}  {key.fingerprint}")


def _require_consent(json: bool) -> None:
    if json or not asked("Sidik jari di atas sudah dicocokkan dengan alatnya, dan dicatat? [ya/tidak]: "):
        raise BadInput(
            "tidak ada kunci host yang dicatat; cocokkan sidik jari di atas dengan alatnya, lalu ulangi dan jawab ya, "
            "atau dengan --yes",
            "not_confirmed",
        )


def _print_enrolled(enrolled: list[enrolment.Seen], to: Console) -> None:
    for each in enrolled:
        outcome = f"{len(each.keys)} kunci dicatat" if each.keys else f"tidak dicatat: {each.said}"
        to.print(status("ok" if each.keys else "failed", f"{each.name}: {outcome}"))
