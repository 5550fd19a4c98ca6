"""`pelihara report`: papers of a case, a month, a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows.cli.answer import Json, answer, plain
from flows.cli.case import Id
from flows.cli.later import later
from flows.cli.person import terminal_actor
from flows.cli.words import Order, Orders

if TYPE_CHECKING:
    from flows import office
    from flows.jobs import reports
else:
    office, reports = later("flows.office"), later("flows.jobs.reports")

app = typer.Typer(cls=Orders, help="Laporan: per permohonan dan bulanan, tahunan.")


@app.command(cls=Order)
def case(id: Id, json: Json = False) -> None:
    """Tulis laporan, lembar disposisi dan berita acara sebuah permohonan (PDF), simpan sebagai bukti."""
    here = office.open_office()
    written = reports.report_case(here, id, terminal_actor(here.settings.official))
    answer({"case": id, "documents": [each.as_json() for each in written]}, json, lambda c: _print(written, c))


@app.command(cls=Order)
def monthly(
    month: Annotated[str, typer.Argument(metavar="YYYY-MM", help="Misalnya 2026-11.")], json: Json = False
) -> None:
    """Tulis laporan bulanan: permohonan, waktu, cadangan gagal, website yang lewat setahun."""
    here = office.open_office()
    written = [reports.report_month(here, month, terminal_actor(here.settings.official))]
    answer({"month": month, "documents": [each.as_json() for each in written]}, json, lambda c: _print(written, c))


@app.command(cls=Order)
def yearly(year: Annotated[str, typer.Argument(metavar="YYYY", help="Misalnya 2026.")], json: Json = False) -> None:
    """Tulis laporan tahunan (PDF), dengan Data Pemeliharaan Aplikasi/Website tahun itu (XLSX)."""
    here = office.open_office()
    written = reports.report_year(here, year, terminal_actor(here.settings.official))
    answer({"year": year, "documents": [each.as_json() for each in written]}, json, lambda c: _print(written, c))


def _print(written: list[reports.Written], to: Console) -> None:
    for each in written:
        to.print(plain(f"{each.title}: {each.path}"), soft_wrap=True)
