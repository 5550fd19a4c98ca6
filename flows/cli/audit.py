"""`pelihara audit`: is the record as it was written?"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from flows.cli.answer import Json, answer, plain, status
from flows.cli.later import later
from flows.cli.words import Order, Orders

if TYPE_CHECKING:
    from flows import office
    from sop.register.records import AuditReport
else:
    office = later("flows.office")

app = typer.Typer(cls=Orders, help="Jejak audit: buktikan keutuhannya.")


@app.callback()
def _group() -> None:
    """Keeps `verify` a command of its own while it is the only one."""


@app.command(cls=Order)
def verify(json: Json = False) -> None:
    """Periksa rantai audit: baris yang diubah, dihapus atau ditukar urutannya ditemukan."""
    report = office.open_office().register.verify_audit()
    answer(asdict(report), json, lambda c: _print(report, c), done=report.ok)


def _print(report: AuditReport, to: Console) -> None:
    for problem in report.problems:
        to.print(plain(problem, "red"))
    said = f"Jejak audit utuh: {report.rows} baris, ujung {report.tip}." if report.ok else "Jejak audit TIDAK utuh."
    to.print(status("ok" if report.ok else "failed", said))
    if report.ok:
        to.print(
            plain(
                "Cocokkan ujung ini dengan yang tercetak pada dokumen terakhir: baris akhir yang hilang pun ketahuan."
            )
        )
