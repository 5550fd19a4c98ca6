"""The root of the `pelihara` command: its groups, and what every failure means in words and exit codes."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from typing import Any

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError
from typer.exceptions import Abort, Exit

from flows.cli import audit, case, inventory, network, report, request, service, sop, website
from flows.cli.answer import console, plain, print_json
from flows.cli.failures import failure
from flows.cli.words import Orders, explain


class Root(Orders):
    """Speaks for every failure below it. Exit codes: 0 done, 1 the work failed, 2 bad input and nothing was done."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **__: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        try:
            code = super().main(given, "pelihara", standalone_mode=False)
        except NoArgsIsHelpError:
            code = 2
        except (Exit, KeyboardInterrupt, Abort) as end:
            code = getattr(end, "exit_code", 130)
        except Exception as error:
            code = tell_failure(error, "--json" in given)
        sys.exit(code if isinstance(code, int) else 0)


def tell_failure(error: Exception, as_json: bool) -> int:
    """Say on stderr, and as the JSON document, what failed; returns the exit code."""
    if isinstance(error, ClickException):
        message, code, status = f"{explain(error)} (--help menampilkan caranya)", "usage", 2
    else:
        message, code, status = failure(error)
    if code == "internal":
        traceback.print_exception(error)
    if as_json:
        print_json({"error": {"code": code, "message": message}})
    console(stderr=True).print(plain(f"{'Gagal' if status == 1 else 'Tidak dilakukan'}: {message}", "red"))
    return status


app = typer.Typer(
    cls=Root,
    name="pelihara",
    help="Pelihara: menjalankan SOP pemeliharaan jaringan dan website, dari surat permohonan sampai laporan.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
service.add_to(app)
for name, group in {
    "sop": sop,
    "inventory": inventory,
    "request": request,
    "case": case,
    "network": network,
    "website": website,
    "report": report,
    "audit": audit,
}.items():
    app.add_typer(group.app, name=name)


def main() -> None:
    """Entry point of the `pelihara` command."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    app(prog_name="pelihara")
