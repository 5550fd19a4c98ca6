"""`pelihara sop`: the procedures as the office sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from flows.cli.answer import Json, answer, plain, status, table
from flows.cli.later import later
from flows.cli.words import Order, Orders

if TYPE_CHECKING:
    from sop import procedure as procedures
else:
    procedures = later("sop.procedure")

app = typer.Typer(cls=Orders, help="Prosedur (SOP): daftar, isi sebagai tabel resmi, pemeriksaan.")


@app.command("list", cls=Order)
def list_(json: Json = False) -> None:
    """Daftar SOP yang berlaku."""
    known = [_summary(each) for each in procedures.available()]
    rows = [(each["sop"], each["revision"], each["title"], each["number"], each["in_force"]) for each in known]
    answer({"sops": known}, json, lambda c: c.print(table(("SOP", "Revisi", "Judul", "Nomor", "Berlaku"), rows)))


@app.command(cls=Order)
def show(
    sop: Annotated[str, typer.Argument(metavar="SOP", help="jaringan atau website.")],
    revision: Annotated[
        str, typer.Option("--revision", metavar="REVISI", help="Revisi lama; bawaan: yang berlaku.")
    ] = "",
    json: Json = False,
) -> None:
    """Tampilkan SOP sebagai tabel resminya."""
    found = procedures.load(sop, revision or None)
    answer(_document(found), json, lambda c: _print(found, c))


@app.command(cls=Order)
def check(json: Json = False) -> None:
    """Periksa SOP: peran, alur jawaban, satuan waktu, dan revisi terbit yang tidak boleh berubah."""
    found = procedures.available()
    problems = [problem for each in found for problem in procedures.check(each)] + procedures.check_released()
    document = {"ok": not problems, "sops": [each.sop for each in found], "problems": problems}
    answer(document, json, lambda c: _print_check(len(found), problems, c), done=not problems)


def _summary(found: procedures.Procedure) -> dict[str, str]:
    return {
        "sop": found.sop,
        "revision": found.revision,
        "title": found.title,
        "number": found.number,
        "in_force": found.in_force.isoformat(),
        "sha256": found.sha256,
    }


def _document(found: procedures.Procedure) -> dict[str, Any]:
    keys = ("unit", "dates", "legal_basis", "qualifications", "related", "equipment", "warnings", "records", "columns")
    rest = found.model_dump(mode="json", include=set(keys))
    rows = [dict(zip(found.columns, row, strict=True)) for row in procedures.table(found)]
    steps = [step.model_dump(mode="json", exclude_defaults=True) for step in found.steps]
    return {**_summary(found), **rest, "rows": rows, "steps": steps}


def _print(found: procedures.Procedure, to: Console) -> None:
    to.print(plain(found.title, "bold"))
    to.print(plain(f"Nomor: {found.number or '-'}   Revisi: {found.revision}   Berlaku: {found.in_force}"))
    to.print(plain(found.unit))
    for heading, lines in _parts(found):
        to.print(plain(f"\n{heading}", "bold"))
        for number, line in enumerate(lines, 1):
            to.print(plain(f"  {number}. {line}"))
    to.print()
    to.print(table(found.columns, procedures.table(found), lines=True))


def _parts(found: procedures.Procedure) -> list[tuple[str, tuple[str, ...]]]:
    parts = [
        ("Dasar hukum", found.legal_basis),
        ("Kualifikasi pelaksana", found.qualifications),
        ("Keterkaitan", found.related),
        ("Peralatan/perlengkapan", found.equipment),
        ("Peringatan", found.warnings),
        ("Pencatatan dan pendataan", found.records),
    ]
    return [(heading, lines) for heading, lines in parts if lines]


def _print_check(count: int, problems: list[str], to: Console) -> None:
    for problem in problems:
        to.print(plain(problem, "red"))
    to.print(status("failed" if problems else "ok", f"{count} SOP diperiksa, {len(problems)} masalah."))
