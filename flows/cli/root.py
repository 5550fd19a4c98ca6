"""The root of the `pelihara` command: its groups, and what every failure means in words and exit codes."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError
from typer.exceptions import Abort, Exit

from flows.cli import audit, case, inventory, network, report, request, service, sop, website
from flows.cli.answer import console, hush, plain, print_json
from flows.cli.words import Orders, explain
from flows.failures import failure

OBJECTS = 50_000
"""New ones after which the collector looks for cycles."""
INTERRUPTED = 130
"""What a shell makes of SIGINT, and typer of Ctrl-C."""


class Root(Orders):
    """Speaks for every failure below it. Exit codes: 0 done, 1 the work failed, 2 bad input and nothing was done."""

    def main(self, args: Sequence[str] | None = None, *_: Any, **__: Any) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        as_json = "--json" in given
        try:
            code = super().main(given, "pelihara", standalone_mode=False)
        except NoArgsIsHelpError:
            code = 2
        except Exit as end:
            code = end.exit_code
        except (KeyboardInterrupt, Abort):
            code = INTERRUPTED
        except Exception as error:
            code = tell_failure(error, as_json)
        if code == INTERRUPTED:
            _say("dihentikan sebelum selesai; yang sudah dicatat tetap tercatat", "interrupted", code, as_json)
        sys.exit(code if isinstance(code, int) else 0)


def tell_failure(error: Exception, as_json: bool) -> int:
    """Say on stderr, and as the JSON document, what failed; returns the exit code."""
    if isinstance(error, ClickException):
        message, code, status = f"{explain(error)} (--help menampilkan caranya)", "usage", 2
    else:
        message, code, status = failure(error)
    if code == "internal":
        traceback.print_exception(error)
    return _say(message, code, status, as_json)


def _say(message: str, code: str, status: int, as_json: bool) -> int:
    """The last word of a command; where even that cannot be written, the exit code is left."""
    heading = "Tidak dilakukan" if status == 2 else "Gagal"
    try:
        if as_json:
            print_json({"error": {"code": code, "message": message}})
        sys.stdout.flush()
    except OSError:
        hush(sys.stdout)
    try:
        console(stderr=True).print(plain(f"{heading}: {message}", "red"))
    except OSError:
        hush(sys.stderr)
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


def _open_missing() -> None:
    """Opens what the caller closed (`>&-`), so that no file of ours gets the number of a standard stream."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
            setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w"))


def main() -> None:
    """Entry point of the `pelihara` command."""
    # Most of what a command makes stays until its end; looking it through again and again is a tenth of its start.
    gc.set_threshold(OBJECTS)
    _open_missing()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        app(prog_name="pelihara")
    except SystemExit as end:
        _leave(end.code)


def _leave(code: object) -> NoReturn:
    """End at once: to take apart all it has loaded, Python needs a quarter of a short command's time."""
    status = code if isinstance(code, int) else 0
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            status = status or 1
    os._exit(status)
