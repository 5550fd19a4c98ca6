"""What an import would do, and what it did, as a person reads it and as JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console

from flows.cli.answer import plain, status, table

if TYPE_CHECKING:
    from inventory.importing import Change, ImportPlan, SheetProblem
    from inventory.importing.plan import Action
    from inventory.importing.tables import Table

ACTIONS: dict[Action, str] = {"add": "ditambah", "update": "diubah", "differs": "dibiarkan (berbeda)", "same": "sama"}
COLUMNS = {
    "name": "nama",
    "address": "alamat",
    "port": "port",
    "platform": "platform",
    "vendor": "merk",
    "model": "tipe",
    "opd": "OPD",
    "role": "peran",
    "uplinks": "uplink",
    "credentials": "kredensial",
    "segment": "segmen",
    "status": "status",
    "domain": "domain",
    "host": "server",
    "kind": "jenis",
    "database": "database",
}
"""Indonesian for what a column means."""
_SHOWN = 200
"""Entries that are shown; --json shows all."""
_ROWS_NAMED = 8


def as_json(plan: ImportPlan, written: Sequence[str]) -> dict[str, Any]:
    return {
        "ok": not plan.problems,
        "file": plan.file,
        "written": list(written),
        "changes": [asdict(each) for each in plan.changes],
        "problems": [asdict(each) for each in plan.problems],
        "left_out": [asdict(each) for each in plan.left_out],
    }


def print_plan(plan: ImportPlan, to: Console) -> None:
    for each in plan.tables:
        to.print(plain(_columns(each)))
    told = [each for each in plan.changes if each.action != "same"]
    if told:
        rows = ((each.slug, _row(each), ACTIONS[each.action], _content(each)) for each in told[:_SHOWN])
        to.print(table(("Entri", "Dari", "Tindakan", "Isi"), rows))
    if len(told) > _SHOWN:
        to.print(plain(f"dan {len(told) - _SHOWN} entri lagi (--json menampilkan semuanya)"))
    _print_told("Tidak diambil:", plan.left_out, "", to)
    _print_told("Masalah:", plan.problems, "red", to)
    to.print(plain(summary(plan)))


def summary(plan: ImportPlan) -> str:
    """How many entries of each action, and how many problems."""
    counted = Counter(each.action for each in plan.changes)
    said = [f"{counted[action]} {word}" for action, word in ACTIONS.items() if counted[action]]
    left = "; --update mengubah yang berbeda" if counted["differs"] else ""
    faults = [f"{len(plan.problems)} masalah"] if plan.problems else []
    return ", ".join([*said, *faults] or ["tidak ada entri"]) + left + "."


def _columns(found: Table) -> str:
    sheet = f'lembar "{found.sheet}", ' if found.sheet else ""
    meant = (
        f"{COLUMNS[column]} = {'/'.join(each.letter for each in headings)}"
        for column, headings in found.columns.items()
    )
    return f"{found.file}, {sheet}judul di baris {found.heading_row}: {', '.join(meant)}"


def _row(change: Change) -> str:
    return f"{change.sheet} baris {change.row}".strip()


def _content(change: Change) -> str:
    said = (f"{key}: {_said(value)}" for key, value in change.fields.items())
    if change.before:
        said = (f"{key}: {_said(change.before[key])} -> {_said(value)}" for key, value in change.fields.items())
    guess = f' (platform ditebak dari "{change.guessed_from}")' if change.guessed_from else ""
    return ", ".join(said) + guess


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _print_told(heading: str, told: Iterable[SheetProblem], style: str, to: Console) -> None:
    lines = list(_gathered(told))
    if lines:
        to.print(plain(heading, "bold"))
    for line in lines[:_SHOWN]:
        to.print(plain(f"  {line}", style))
    if len(lines) > _SHOWN:
        to.print(plain(f"  dan {len(lines) - _SHOWN} lagi (--json menampilkan semuanya)"))


def _gathered(told: Iterable[SheetProblem]) -> Iterator[str]:
    """The same words of the same column once, with all rows."""
    rows: dict[SheetProblem, list[int]] = defaultdict(list)
    for each in told:
        rows[type(each)(each.file, each.sheet, 0, each.column, each.heading, each.message)].append(each.row)
    for each, numbers in rows.items():
        yield f"{each.place}{_numbers(numbers)}: {each.message}"


def _numbers(rows: Sequence[int]) -> str:
    if not any(rows):
        return ""
    more = f" dan {len(rows) - _ROWS_NAMED} lagi" if len(rows) > _ROWS_NAMED else ""
    return f", baris {', '.join(map(str, rows[:_ROWS_NAMED]))}{more}"


def print_outcome(plan: ImportPlan, written: Sequence[str], to: Console) -> None:
    """What was written, or what to do so that it will be."""
    if written:
        to.print(status("ok", f"Ditulis: {', '.join(written)}."))
    elif plan.problems:
        to.print(status("failed", "Tidak ada yang ditulis: perbaiki masalahnya, atau pakai --partial."))
    elif plan.to_write:
        to.print(plain("Belum ada yang ditulis; ulangi dan jawab ya, atau dengan --yes."))
    else:
        to.print(plain("Tidak ada yang perlu ditulis."))
