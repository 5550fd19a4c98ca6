"""Rows of text as people keep them, whatever file they came in; and a fault in them, named by its cell."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from inventory.problems import shown

LARGEST = 32_000_000
"""Bytes of a file, unpacked."""
MOST_ROWS = 20_000
MOST_COLUMNS = 100
LONGEST = 500
"""Characters of a cell; what follows is cut off, and the cell refused where it is needed."""
_UNSEEN = ("Cf", "Cs")
_ERRORS = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!")


class ImportRefused(ValueError):
    """Nothing can be imported as it was asked; the message is Indonesian and names the file or the choice."""


@dataclass(frozen=True)
class Row:
    """Cells of one row; `number` counts from 1, as the spreadsheet shows it."""

    number: int
    cells: tuple[str, ...]

    def cell(self, column: int) -> str:
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True)
class Sheet:
    """Rows that hold anything at all; `name` is "" where a file has only one sheet."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class SheetProblem:
    """One fault: where it stands, as the spreadsheet shows it ("" or 0: all of it), and an Indonesian sentence."""

    file: str
    sheet: str
    row: int
    column: str
    heading: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"

    @property
    def place(self) -> str:
        parts = (
            shown(self.file),
            f'lembar "{shown(self.sheet)}"' if self.sheet else "",
            f"baris {self.row}" if self.row else "",
            f"kolom {self.column} ({shown(self.heading)})" if self.column else "",
        )
        return ", ".join(part for part in parts if part)


@dataclass
class Rows:
    """Collects rows within the limits above; `file` is named when there are more."""

    file: str
    kept: list[Row] = field(default_factory=list)

    def add(self, number: int, values: Sequence[object]) -> None:
        """Keep a row unless it is empty. Raises ImportRefused at the limit."""
        if values.count(None) == len(values):
            return
        cells = [text(value) for value in values[:MOST_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            return
        if len(self.kept) == MOST_ROWS:
            raise ImportRefused(f"{shown(self.file)}: lebih dari {MOST_ROWS} baris; bagi menjadi beberapa berkas")
        self.kept.append(Row(number, tuple(cells)))

    @classmethod
    def of(cls, file: str, rows: Iterable[Sequence[object]]) -> tuple[Row, ...]:
        found = cls(file)
        for number, values in enumerate(rows, 1):
            found.add(number, values)
        return tuple(found.kept)


def text(value: object) -> str:
    """A cell as one line: spaces of every kind made one, what nobody can see taken out, full-width figures plain."""
    if value is None or value == "":
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if not isinstance(value, str | int | float | date | time | timedelta):
        return "="  # a formula over several cells, which openpyxl has as an object
    cut = str(value)[: LONGEST * 2]
    plain = unicodedata.normalize("NFKC", cut) if not cut.isascii() else cut
    return " ".join("".join(mark for mark in plain if unicodedata.category(mark) not in _UNSEEN).split())


def unusable(cell: str) -> str:
    """Why a cell cannot be taken as what it says (Indonesian), or ""."""
    if cell.startswith("="):
        return "sel ini berisi rumus; ganti dengan nilainya (salin, lalu Tempel Khusus: Nilai)"
    if cell in _ERRORS:
        return f"sel ini berisi kesalahan {cell}"
    if len(cell) > LONGEST:
        return f"isinya lebih dari {LONGEST} huruf"
    return ""
