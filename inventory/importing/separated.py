"""Separated text (CSV) as rows: of Excel, LibreOffice, GLPI or NetBox, in whatever encoding and separator it came."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from io import StringIO
from itertools import islice

from inventory.importing.sheets import ImportRefused, Rows, Sheet
from inventory.problems import shown

_SEPARATORS = ",;\t"
_LOOKED_AT = 30
"""Rows that show which separator is used."""


def read(file: str, data: bytes) -> list[Sheet]:
    """The one sheet. Raises ImportRefused."""
    separator, text = _stated(_text(data))
    rows = csv.reader(StringIO(text, newline=""), delimiter=separator or _separator(text), strict=True)
    try:
        return [Sheet("", Rows.of(file, rows))]
    except csv.Error:
        raise ImportRefused(f"{shown(file)}: baris {rows.line_num}: tanda kutip salah tempat") from None


def _text(data: bytes) -> str:
    """UTF-8, with or without a mark; UTF-16 with one (Excel's "Unicode Text"); else what Windows wrote."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig" if data.startswith(BOM_UTF8) else "utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _stated(text: str) -> tuple[str, str]:
    """The separator that a first line `sep=;` states, and the text without it; the rows keep their numbers."""
    first, _, others = text.partition("\n")
    stated = first.strip().removeprefix("sep=")
    return (stated, f"\n{others}") if len(stated) == 1 and stated in _SEPARATORS else ("", text)


def _separator(text: str) -> str:
    """The one that makes the most columns."""
    return max(_SEPARATORS, key=lambda each: _columns(text, each))


def _columns(text: str, separator: str) -> int:
    rows = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        return max((len(row) for row in islice(rows, _LOOKED_AT)), default=0)
    except csv.Error:
        return 0
