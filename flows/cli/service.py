"""`pelihara up`, `demo` and `check`: the installation as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from flows.cli.answer import Json, answer, status
from flows.cli.later import later
from flows.cli.words import Order

if TYPE_CHECKING:
    from flows import demo as show
    from flows import up as supervisor
    from flows.jobs import installation
    from inventory import settings
else:
    installation, settings = later("flows.jobs.installation"), later("inventory.settings")
    supervisor, show = later("flows.up"), later("flows.demo")


def up(
    port: Annotated[int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="Port server Prefect.")] = 4200,
) -> None:
    """Jalankan pelihara: server Prefect, pekerja dan pengirim pekerjaan, di bawah satu pengawas."""
    raise typer.Exit(supervisor.run(settings.Settings.read(), port))


def demo(
    keep: Annotated[Path, typer.Option("--keep", metavar="FOLDER", help="Folder tempat hasilnya ditinggalkan.")] = Path(
        "demo"
    ),
) -> None:
    """Peragaan: satu permohonan jaringan dan satu permohonan website, dari surat sampai laporan."""
    raise typer.Exit(show.run(keep))


def check(json: Json = False) -> None:
    """Periksa pemasangan: inventaris, register, kredensial, kunci host, Prefect."""
    found = installation.check()
    done = all(each.ok for each in found)
    document = {"ok": done, "checks": [each.as_json() for each in found]}
    answer(document, json, lambda c: _print(found, c), done)


def _print(found: list[installation.Check], to: Console) -> None:
    for each in found:
        to.print(
            status("ok" if each.ok else "failed", f"{'baik ' if each.ok else 'KURANG'}  {each.what}: {each.detail}")
        )


def add_to(app: typer.Typer) -> None:
    """The commands that stand at the root."""
    for command in (up, demo, check):
        app.command(cls=Order)(command)
