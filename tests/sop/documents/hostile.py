"""Every text of a document replaced by something a hostile letter or device might contain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import cycle
from typing import Any

TEXTS = (
    '#set page(fill: red) *tebal* _miring_ $x^2$ @rujukan <label> \\ `raw` = judul // komentar #read("/etc/passwd")',
    "<script>alert(1)</script><b>tebal</b>&amp;",
    "tanpaspasi" * 30,
    "😀 👩‍🔧 مرحبا بالعالم שלום עולם 中文字 ĀžŞ",
    "merah \x1b[31m nol \x00 lonceng \x07 \u202edisamarkan\u202c \ud800 \u200b akhir",
    "baris satu\nbaris dua\r\nbaris   tiga\tdengan tab",
    "kata " * 2000,
    "x" * 10_000,
    '{{ 7*7 }} {% raw %} ${HOME} `id` "; DROP TABLE cases; -- =HYPERLINK("http://x")',
)
_KEPT = {"zone", "kind", "severity", "state", "status", "origin", "acting", "before", "after", "ladder", "answer"}
_SHORT = {"sha256", "hash", "commit", "letter_sha256", "audit_tip"}


def poisoned(value: Any, texts: Iterator[str] | None = None, only: str = "") -> Any:
    """A copy of `value` whose free texts are hostile ones in turn, or all `only`; vocabulary words and hashes stay."""
    source = texts or cycle((only,) if only else TEXTS)
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(
            **{field.name: _field(field.name, getattr(value, field.name), source) for field in fields(value)}
        )
    if isinstance(value, tuple):
        return tuple(poisoned(each, source) for each in value)
    return next(source) if isinstance(value, str) else value


def _field(name: str, value: Any, texts: Iterator[str]) -> Any:
    if isinstance(value, str) and name in _KEPT | _SHORT:
        return value
    return poisoned(value, texts)
