"""What the words of a sheet mean: headings, makers and models, roles. The words themselves are data (headings.yaml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

from inventory import document
from inventory.models import Column, Headings


def plain(words: str) -> str:
    """Words as they are compared: small letters and digits, one space between."""
    return re.sub(r"[\W_]+", " ", words.casefold()).strip()


def shipped() -> Headings:
    return Headings.model_validate(document.read(Path(__file__).with_name("headings.yaml"), several=False).data)


@dataclass(frozen=True)
class Words:
    """An office's own words before those that are shipped."""

    own: Headings
    shipped: Headings

    @cached_property
    def headings(self) -> dict[str, tuple[Column, int]]:
        """Heading: the column it stands for, and how many others are preferred to it."""
        found: dict[str, tuple[Column, int]] = {}
        for rank, (column, heading) in enumerate((*_pairs(self.own.columns), *_pairs(self.shipped.columns))):
            found.setdefault(plain(heading), (column, rank))
        return found

    def is_secret(self, heading: str) -> bool:
        """Whether a column may hold secrets: any word of its heading says so."""
        spoken = f" {plain(heading)} "
        return any(f" {plain(word)} " in spoken for word in (*self.own.secrets, *self.shipped.secrets))

    def platform(self, said: str) -> str:
        """The platform that vendor and model point to; "" when none does."""
        return _first(said, self.own.platforms) or _first(said, self.shipped.platforms)

    def role(self, said: str) -> str:
        """The role a word means; the word itself when it is not known."""
        return _same(said, self.own.roles) or _same(said, self.shipped.roles) or plain(said)

    def kind(self, said: str) -> str:
        """The kind of website a word means; the word itself when it is not known."""
        return _same(said, self.own.kinds) or _same(said, self.shipped.kinds) or said

    def is_retired(self, status: str) -> bool:
        return plain(status) in {plain(word) for word in (*self.own.retired, *self.shipped.retired)}


def _pairs(columns: Mapping[Column, tuple[str, ...]]) -> Iterable[tuple[Column, str]]:
    return ((column, heading) for column, headings in columns.items() for heading in headings)


def _first(said: str, meanings: Mapping[str, tuple[str, ...]]) -> str:
    spoken = plain(said).split()
    return next((meaning for meaning, words in meanings.items() if any(_stands(word, spoken) for word in words)), "")


def _stands(pattern: str, spoken: list[str]) -> bool:
    """Whether the words of `pattern` stand in `spoken`, one behind the other."""
    wanted = pattern.casefold().split()
    starts = range(len(spoken) - len(wanted) + 1)
    return any(all(map(fnmatchcase, spoken[start:], wanted)) for start in starts)


def _same(said: str, meanings: Mapping[Any, tuple[str, ...]]) -> str:
    return next((meaning for meaning, words in meanings.items() if plain(said) in map(plain, words)), "")
