"""How a command answers: one JSON document on stdout, or tables for a person; progress and notes on stderr."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import IO, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from flows.jobs.errors import NotDone
from inventory.causes import cause

Json = Annotated[bool, typer.Option("--json", help="Jawab dengan satu dokumen JSON di stdout.")]
As = Annotated[
    str,
    typer.Option("--as", metavar="PEJABAT", help="Siapa yang bertindak: nama di officials.yaml, atau perannya."),
]
CONSENT = ("ya", "y", "yes")
Told = Callable[[str, str], None]
"""Told (target, outcome) each time one of several targets is done."""

DONE = {
    "ok": "baik",
    "unchanged": "tidak berubah",
    "unproven": "belum terbukti",
    "findings": "ada temuan",
    "failed": "gagal",
}
"""Indonesian for how a target's turn ended."""
STYLES = {
    "ok": "green",
    "unchanged": "green",
    "unproven": "yellow",
    "findings": "yellow",
    "failed": "red",
    "YA": "green",
    "TIDAK": "red",
}
_PIPE_WIDTH = 120
_WIDEST = 10_000
"""Columns of a terminal on which every table has room; rich measures only what fits."""


def plain(value: object, style: str = "") -> Text:
    """`value` as text that cannot steer a terminal: no markup, no control characters, no bidi overrides."""
    kept = (c for c in str(value) if c in "\n\t" or unicodedata.category(c)[0] != "C")
    return Text("".join(kept), style=style)


def indented(text: str, columns: int) -> str:
    """Further lines set in, so that a device's words cannot pass for a line of ours."""
    return text.replace("\n", "\n" + " " * columns)


class _Terminal(Console):
    def on_broken_pipe(self) -> None:
        """Rich would end the command here, as failed."""
        hush(self.file)


def console(stderr: bool = False) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return _Terminal(stderr=stderr, width=None if stream.isatty() else _PIPE_WIDTH, highlight=False, soft_wrap=False)


def answer(document: Any, as_json: bool, show: Callable[[Console], None], done: bool = True) -> None:
    """Print `document` as JSON, or `show` it; leave with exit code 1 unless everything was `done`.

    A reader that went away (`| head`) changes nothing about what was done.
    """
    try:
        print_json(document) if as_json else show(console())
        sys.stdout.flush()
    except BrokenPipeError:
        hush(sys.stdout)
    except OSError as error:
        hush(sys.stdout)
        raise NotDone(f"jawaban tidak dapat ditulis: {cause(error)}", "not_written") from None
    if not done:
        raise typer.Exit(1)


def asked(question: str) -> bool:
    """Whether a person at the terminal says yes; nobody there is a no."""
    typer.echo(question, err=True, nl=False)
    try:
        answered = sys.stdin.readline().strip().lower()
    except KeyboardInterrupt:
        answered = ""
    if not sys.stdin.isatty():
        typer.echo(err=True)
    return answered in CONSENT


def print_json(document: Any) -> None:
    """ASCII only: right in any locale, and no control character of a hostile device reaches a terminal."""
    sys.stdout.write(json.dumps(document, indent=2, default=_as_json) + "\n")


def hush(stream: IO[str]) -> None:
    """Nobody reads this any more, or it cannot be written: what Python still writes at its end goes nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    return str(value)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], lines: bool = False) -> Rows:
    """Rows whose cells are taken as data, never as markup."""
    return Rows(columns, [[cell if isinstance(cell, Text) else plain(cell) for cell in row] for row in rows], lines)


@dataclass(frozen=True)
class Rows:
    """A table; where the terminal is too narrow for its words, one line a cell, so that nothing is cut off."""

    columns: Sequence[str]
    cells: Sequence[Sequence[Text]]
    lines: bool

    def __rich_console__(self, to: Console, options: ConsoleOptions) -> RenderResult:
        drawn = Table(show_lines=self.lines, header_style="bold")
        for name in self.columns:
            drawn.add_column(name, overflow="fold")
        for row in self.cells:
            drawn.add_row(*row)
        if Measurement.get(to, options.update_width(_WIDEST), drawn).minimum <= options.max_width:
            yield drawn
            return
        for row in self.cells:
            named = zip(self.columns, row, strict=True)
            yield Text("\n").join(Text.assemble((f"{name}: ", "bold"), cell) for name, cell in named if cell)
            yield Text()


def moment(at: datetime, zone: str, form: str = "%Y-%m-%d %H:%M %Z") -> str:
    """A stored time as the office's clock showed it."""
    return at.astimezone(ZoneInfo(zone)).strftime(form)


def status(word: str, shown: str = "") -> Text:
    return plain(shown or word, STYLES.get(word, ""))


@contextmanager
def progress(what: str, total: int, as_json: bool) -> Iterator[Told]:
    """A bar on a terminal, a line a target in a pipe, nothing beside the document with --json."""
    quiet = as_json or not sys.stderr.isatty()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True), disable=quiet, transient=True) as bar:
        task = bar.add_task(what, total=total)

        def told(target: str, outcome: str) -> None:
            bar.update(task, advance=1, description=f"{what}: {plain(target)}")
            if quiet:
                _line(f"{target}: {DONE.get(outcome, outcome)}")

        yield told


def _line(message: str) -> None:
    """`note` for who writes thousands, to a pipe."""
    try:
        sys.stderr.write(f"{plain(message)}\n")
    except BrokenPipeError:
        hush(sys.stderr)


def note(message: str) -> None:
    """A line for a person on stderr, where it cannot spoil the document."""
    console(stderr=True).print(plain(message))
