"""An Excel workbook (.xlsx) as rows. Nothing is unpacked before its size is known, and no formula is believed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.worksheet.cell_range import CellRange

from inventory.importing.sheets import LARGEST, MOST_COLUMNS, MOST_ROWS, ImportRefused, Row, Rows, Sheet
from inventory.problems import shown

_MOST_PARTS = 1_000
_MOST_MERGED = MOST_ROWS
_MOST_FILLED = 10 * MOST_ROWS
_LAST_ROW = 1_048_576
"""Excel's; what stands below it was never written by Excel, and openpyxl would count up to it."""


def read(file: str, data: bytes) -> list[Sheet]:
    """The visible sheets. Raises ImportRefused."""
    _check_size(file, data)
    try:
        with warnings.catch_warnings():  # openpyxl tells of styles and extensions that it leaves out
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(data), read_only=True, keep_links=False)
            return [_sheet(file, each) for each in book.worksheets if each.sheet_state == "visible"]
    except ImportRefused:
        raise
    except Exception:  # a damaged workbook ends in any exception there is
        raise ImportRefused(f"{shown(file)}: bukan buku kerja Excel (.xlsx) yang utuh") from None


def _check_size(file: str, data: bytes) -> None:
    """Sizes as the archive states them; zipfile never unpacks more of a part than is stated."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError):
        raise ImportRefused(f"{shown(file)}: bukan buku kerja Excel (.xlsx) yang utuh") from None
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
        raise ImportRefused(f"{shown(file)}: isinya lebih dari {LARGEST // 1_000_000} MB setelah dibuka; tidak dibaca")


def _sheet(file: str, sheet: Any) -> Sheet:
    sheet.reset_dimensions()  # what a file says of its own size may be a million empty rows
    rows = Rows(file)
    for number, values in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=MOST_COLUMNS, values_only=True), 1):
        rows.add(number, values)
    merged = list(islice(_merged(sheet), _MOST_MERGED + 1))
    if len(merged) > _MOST_MERGED or sum(each.size["rows"] for each in merged) > _MOST_FILLED:
        raise ImportRefused(f"{shown(file)}: terlalu banyak sel gabungan")
    return Sheet(sheet.title, _filled(tuple(rows.kept), merged))


def _merged(sheet: Any) -> Iterator[CellRange]:
    """Merged cells; openpyxl leaves them out when it reads row by row."""
    with sheet._get_source() as source:
        for _, element in iterparse(source):
            if element.tag.endswith("}mergeCell"):
                yield CellRange(element.get("ref", ""))
            elif element.tag.endswith("}row"):
                element.clear()


def _filled(rows: tuple[Row, ...], merged: list[CellRange]) -> tuple[Row, ...]:
    """Each row of a merged cell says what the cell says; across columns only the first one does."""
    cells = {row.number: list(row.cells) for row in rows}
    for each in merged:
        first, column = cells.get(each.min_row), each.min_col - 1
        if first is None or column >= len(first):
            continue
        for number in range(each.min_row + 1, each.max_row + 1):
            _fill(cells.get(number), column, first[column])
    return tuple(Row(row.number, tuple(cells[row.number])) for row in rows)


def _fill(cells: list[str] | None, column: int, value: str) -> None:
    if cells is not None:
        cells += [""] * (column + 1 - len(cells))
        cells[column] = value
