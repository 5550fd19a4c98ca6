"""`pelihara request`: an agency's letter comes in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.answer import Json, answer, note
from flows.cli.case import case_document, print_case
from flows.cli.later import later
from flows.cli.person import paper_option, terminal_actor
from flows.cli.words import Order, Orders

if TYPE_CHECKING:
    from flows import office
    from flows.jobs import intake, notices
else:
    office, intake, notices = later("flows.office"), later("flows.jobs.intake"), later("flows.jobs.notices")

app = typer.Typer(cls=Orders, help="Permohonan OPD: masukkan surat.")


@app.callback()
def _group() -> None:
    """Keeps `submit` a command of its own while it is the only one."""


@app.command(cls=Order)
def submit(
    sop: Annotated[str, typer.Option("--sop", metavar="SOP", help="jaringan atau website.")],
    opd: Annotated[str, typer.Option("--opd", metavar="OPD", help="OPD pemohon (nama di opd.yaml).")],
    about: Annotated[str, typer.Option("--about", metavar="TEKS", help="Perihal permohonan.")],
    letter: Annotated[Path, typer.Option("--letter", metavar="BERKAS", help="Surat: PDF, PNG, JPEG atau DOCX.")],
    device: Annotated[
        list[str] | None, typer.Option("--device", metavar="PERANGKAT", help="Perangkat yang dimaksud; boleh berulang.")
    ] = None,
    website: Annotated[str, typer.Option("--website", metavar="WEBSITE", help="Website yang dimaksud.")] = "",
    requested_by: Annotated[str, typer.Option("--requested-by", metavar="NAMA", help="PIC yang meminta.")] = "",
    paper: paper_option = "",
    json: Json = False,
) -> None:
    """Masukkan surat permohonan OPD; permohonan baru menunggu disposisi."""
    here = office.open_office()
    record = here.register.open_case(
        sop,
        opd,
        intake.subject(about),
        intake.read_letter(letter),
        devices=tuple(device or ()),
        website=website,
        requested_by=requested_by,
        actor=terminal_actor(here.settings.official, paper),
    )
    for undelivered in notices.tell_after_act(here, record.id):
        note(undelivered)
    answer(case_document(record), json, lambda c: print_case(record, here.inventory, c))
