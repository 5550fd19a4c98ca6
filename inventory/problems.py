"""What is wrong with an inventory, in the words of the person who has to put it right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from inventory.causes import cause

_SHOWN = 60


@dataclass(frozen=True)
class Problem:
    """One fault: which file, entry and key, the line (0 when unknown) and an Indonesian sentence."""

    file: str
    entry: str
    key: str
    message: str
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        path = ".".join(part for part in (self.entry, self.key) if part)
        return f"{place}: {path}: {self.message}" if path else f"{place}: {self.message}"


class InventoryError(ValueError):
    """The inventory cannot be used; `problems` are all that were found, `str()` lists them one a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shown(value: object) -> str:
    """A value from a file, made harmless for a terminal: one line, printable, short."""
    text = str(value).encode("unicode_escape").decode() if not str(value).isprintable() else str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def not_opened(error: OSError | ValueError) -> str:
    """Why a file could not be opened; ValueError is what Python raises for an impossible name."""
    if isinstance(error, FileNotFoundError):
        return "berkas tidak ada"
    if isinstance(error, PermissionError):
        return "berkas tidak boleh dibaca oleh pengguna ini"
    return f"berkas tidak dapat dibuka ({cause(error)})"


def suggestion(word: str, known: Iterable[str]) -> str:
    """` (maksud Anda "..."?)` when a known word is close to `word`, else nothing."""
    near = difflib.get_close_matches(word[:_SHOWN], list(known), n=1)
    return f' (maksud Anda "{near[0]}"?)' if near else ""


_SENTENCES = {
    "missing": "wajib diisi",
    "extra_forbidden": "kunci ini tidak dikenal",
    "string_type": "harus teks; beri tanda kutip bila isinya angka",
    "string_unicode": "teks ini memuat karakter yang rusak",
    "string_pattern_mismatch": "bentuknya tidak sah",
    "invalid_key": "setiap kunci harus satu kata",
    "string_too_short": "tidak boleh kosong",
    "bool_type": "harus true atau false",
    "bool_parsing": "harus true atau false",
    "int_type": "harus bilangan bulat tanpa tanda kutip",
    "greater_than_equal": "paling kecil {ge}",
    "less_than_equal": "paling besar {le}",
    "dict_type": "harus berupa pasangan kunci: nilai",
    "model_type": "harus berupa pasangan kunci: nilai",
    "tuple_type": "harus berupa daftar [..., ...]",
    "too_short": "kurang isinya: harus {min_length} nilai",
    "too_long": "terlalu banyak isinya: harus {max_length} nilai",
}


def sentence(error: ErrorDetails) -> str:
    """A pydantic error in Indonesian. The rejected value is never part of it: it might be a secret."""
    context: dict[str, Any] = error.get("ctx", {})
    kind = error["type"]
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return "harus salah satu dari " + str(context["expected"]).replace("'", '"').replace(" or ", " atau ")
    if kind.startswith("date"):
        return "harus tanggal, misalnya 2026-11-01"
    if kind.startswith("time"):
        return 'harus jam, misalnya "07:30"'
    return _SENTENCES.get(kind, "nilainya tidak sah ({kind})").format(kind=kind, **context)
