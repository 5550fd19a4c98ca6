"""Finding the table in a sheet: which row holds the headings, and what each column means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from openpyxl.utils import get_column_letter

from inventory.importing.sheets import Row, Sheet, SheetProblem, unusable
from inventory.importing.words import Words, plain
from inventory.models import Column

Kind = Literal["devices", "websites"]

_LOOKED_AT = 30
"""Rows among which the headings are sought."""
_OF_DEVICES: set[Column] = {"platform", "vendor", "model"}


@dataclass(frozen=True)
class Heading:
    """A column of a sheet, counted from 0."""

    index: int
    words: str

    @property
    def letter(self) -> str:
        return get_column_letter(self.index + 1)


@dataclass(frozen=True)
class Table:
    """A table of devices or websites: its columns by meaning (the preferred first), and its rows."""

    file: str
    sheet: str
    kind: Kind
    heading_row: int
    columns: Mapping[Column, tuple[Heading, ...]]
    secrets: tuple[Heading, ...]
    unknown: tuple[Heading, ...]
    rows: tuple[Row, ...]

    def heading(self, row: Row, column: Column) -> Heading | None:
        """Which column of the sheet says `column` in this row: the first that is filled, else the preferred one."""
        headings = self.columns.get(column, ())
        filled = (each for each in headings if row.cell(each.index))
        return next(filled, headings[0] if headings else None)

    def said(self, row: Row, column: Column) -> str:
        heading = self.heading(row, column)
        return row.cell(heading.index) if heading else ""

    def problem(self, row: Row | None, column: Column | None, message: str) -> SheetProblem:
        """A fault of a cell, of a row, or of the whole table."""
        heading = self.heading(row, column) if row and column else None
        letter, words = (heading.letter, heading.words) if heading else ("", "")
        return SheetProblem(self.file, self.sheet, row.number if row else 0, letter, words, message)

    def unusable(self, row: Row) -> Iterator[SheetProblem]:
        """Cells that the table needs and that cannot be taken as what they say."""
        for column in self.columns:
            if why := unusable(self.said(row, column)):
                yield self.problem(row, column, why)


def find(file: str, sheet: Sheet, words: Words) -> Table | None:
    """The table whose headings are best known; None where no row is one of headings."""
    candidates = (_table(file, sheet, at, words) for at, _ in islice(enumerate(sheet.rows), _LOOKED_AT))
    tables = [each for each in candidates if each is not None]
    return max(tables, key=lambda each: len(each.columns), default=None)


def _table(file: str, sheet: Sheet, at: int, words: Words) -> Table | None:
    row = sheet.rows[at]
    headings = [Heading(index, cell) for index, cell in enumerate(row.cells) if cell]
    secrets = tuple(each for each in headings if words.is_secret(each.words))
    columns = _columns([each for each in headings if each not in secrets], words)
    kind = _kind(columns)
    if kind is None:
        return None
    used = {each for several in columns.values() for each in several}
    unknown = tuple(each for each in headings if each not in used and each not in secrets)
    return Table(file, sheet.name, kind, row.number, columns, secrets, unknown, sheet.rows[at + 1 :])


def _columns(headings: list[Heading], words: Words) -> dict[Column, tuple[Heading, ...]]:
    ranked: dict[Column, list[tuple[int, Heading]]] = defaultdict(list)
    for heading in headings:
        if known := words.headings.get(plain(heading.words)):
            ranked[known[0]].append((known[1], heading))
    return {
        column: tuple(heading for _, heading in sorted(each, key=lambda pair: pair[0]))
        for column, each in ranked.items()
    }


def _kind(columns: Mapping[Column, object]) -> Kind | None:
    if "domain" in columns and not _OF_DEVICES & columns.keys():
        return "websites"
    return "devices" if {"name", "address"} <= columns.keys() else None


def repeated(table: Table) -> Iterator[SheetProblem]:
    """Headings that stand twice: nobody can know which is meant."""
    for headings in table.columns.values():
        seen: dict[str, Heading] = {}
        for each in headings:
            first = seen.setdefault(plain(each.words), each)
            if first is not each:
                message = f"judul ini juga ada di kolom {first.letter}; hapus atau ganti nama salah satunya"
                yield SheetProblem(table.file, table.sheet, table.heading_row, each.letter, each.words, message)
