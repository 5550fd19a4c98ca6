"""Text as a person reads it: disguises of letters taken off, and whether there were any."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from confusable_homoglyphs import confusables

_MARKS = "\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f"
"""Drawn as nothing: zero-width, joiners, direction, soft hyphen, variation, tags."""
_UNSEEN = re.compile(f"[{_MARKS}]")
_WORD = re.compile(rf"[\w@$!|€\u24b6-\u24e9\U0001f110-\U0001f1ff{_MARKS}\u0300-\u036f\u20d0-\u20f0]+")
_TURNED = re.compile("\u202e([^\u202c\u2069\n\u202e]*)")
_NAMED = re.compile(r"(?:LETTER|SYMBOL) (?:SMALL CAPITAL )?([A-Z])(?: WITH .*)?$")
_HIDERS = frozenset("\u034f\u115f\u180e\u200b\u200c\u200d\u2060\u2062\u2063\u2064\ufeff")
"""Between two Latin letters these have no use but to split a word."""
_LEET = tuple(
    str.maketrans(dict(zip("01345789@$!|€", to, strict=True)))
    for to in ("oieastbgasiie", "oleastbgasile", "oizastbqasiie")
)


class Word(NamedTuple):
    """One word in small Latin letters and digits; `raw` still holds the marks that may stand for letters."""

    said: str
    raw: str
    disguised: bool


def words(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    text = _TURNED.sub(lambda found: found[1][::-1], text)
    for found in _WORD.finditer(text):
        yield fold(found[0]) if len(found[0]) <= 100 else Word("", "", False)


@lru_cache(maxsize=65536)
def fold(word: str) -> Word:
    """A word without its disguise."""
    if word.isascii():
        return Word(word.strip("@$!|_").lower(), word.lower(), False)
    bare = _UNSEEN.sub("", word)
    split = any(mark in _HIDERS for mark in word[1:-1]) and bool(re.search("[a-zA-Z]", word))
    letters = [_letter(mark) for mark in unicodedata.normalize("NFC", bare)]
    said = "".join(letter for letter, _ in letters).lower()
    foreign = sum(odd for _, odd in letters)
    mixed = bool(foreign) and said.isascii() and (foreign < len(letters) or _styled(bare))
    return Word(said.strip("@$!|_"), said, (split and said.isascii()) or mixed)


def _styled(bare: str) -> bool:
    """Letters that are Latin but for their dress: full width, mathematical, circled, small capitals."""
    return any(
        "LATIN" in (name := unicodedata.name(mark, "")) or "MATHEMATICAL" in name or "REGIONAL" in name
        for mark in bare
        if not mark.isascii()
    )


@lru_cache(maxsize=8192)
def _letter(mark: str) -> tuple[str, bool]:
    """The ASCII letter that a mark looks like, and whether it is a stranger or dressed up; accents are neither."""
    if mark.isascii():
        return mark, False
    plain = "".join(each for each in unicodedata.normalize("NFD", mark) if not unicodedata.combining(each))
    if plain.isascii():
        return plain, False
    dressed = unicodedata.normalize("NFKC", plain)
    if dressed.isascii() and dressed.isalnum():
        return dressed, True
    if found := _NAMED.search(unicodedata.name(mark, "")):
        return found[1], unicodedata.name(mark, "").startswith("LATIN") is False or "WITH" not in found[0]
    alike = next((each["c"] for each in confusables.confusables_data.get(mark, []) if each["c"].isascii()), "")
    return (alike, True) if len(alike) == 1 and alike.isalnum() else (plain, False)


def unleet(raw: str) -> Iterator[str]:
    """What a word may say where digits and signs stand for letters: g4c0r, $lot, t0g3l. Nothing for plain words."""
    if not re.search(r"[a-z]", raw) or not re.search(r"[\d@$!|€]", raw):
        return
    for table in _LEET:
        yield raw.translate(table).strip("_")
