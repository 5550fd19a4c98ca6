"""The office's word list (words.yaml), and which of its terms a text says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict
from ruamel.yaml import YAML

from inventory.models import Words
from playbooks.hosting.sentinel.folding import Word, unleet, words

LIST = Path(__file__).with_name("words.yaml")
REMEMBERED = 2048
"""Texts whose words are kept: a page says the same to every visitor, and is asked about in several ways."""
LONGEST_WORD = 60
STRANGE = 1.5
"""Of a name that is not listed and ends in such a number: alone it is no proof."""
_SPELT = 3
"""So many single letters in a row are one word that was spelt out."""
_LUCKY = frozenset("69 86 96 89 98 123 138 168 188 189 303 338 365 388 789 889 1221 5000".split())
_DIGITS = re.compile(r"([a-z]{2,12}?)(\d{2,4}|\d{1,2}d)")


class Limits(BaseModel):
    """From which sum on a part of a page counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    visible: float
    title: float
    hidden: float
    addresses: float
    defaced: float


class WordList(BaseModel):
    """words.yaml; its comments say what each part means. Terms stand between semicolons, or words between spaces."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    limits: Limits
    promotion: dict[float, str]
    foreign: dict[float, str]
    trade: dict[float, str]
    hosts: str
    filters: str
    odd_ends: str
    trusted: str
    brands: str
    numbered: str
    ordinary: str
    invitations: str
    offers: str
    sales: str
    reporting: str
    stems: str
    denials: str
    services: str
    defacement: dict[float, str]


class Hit(NamedTuple):
    """A term where it stands in a text."""

    term: str
    weight: float
    disguised: bool = False


class Context(NamedTuple):
    """How many different words of each kind stand around: of reporting, of ordinary services, of offering games, of
    selling goods."""

    reporting: int
    services: int
    offers: int
    sales: int
    invites: bool
    """Whether one of the words that offer invites, rather than praises."""


Phrases = Mapping[str, Sequence[tuple[tuple[str, ...], float]]]
"""By first word: the further words and the weight, the longest first."""


def _terms(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.split(";") if each.strip()]


def _phrases(weighted: Mapping[float, Iterable[str]]) -> Phrases:
    """The heaviest weight of a term counts, unless it is given as ordinary (0) too."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for weight, terms in weighted.items():
        for term in terms:
            first, *rest = term.split()
            known = found.setdefault(first, {})
            before = known.get(tuple(rest), weight)
            known[tuple(rest)] = max(weight, before) if before and weight else 0
    return {first: sorted(rest.items(), key=lambda item: -len(item[0])) for first, rest in found.items()}


_ENDINGS = ("", "kan", "i", "an", "nya", "annya", "kannya")


def _forms(stem: str) -> Iterable[str]:
    """An Indonesian word with its prefixes and suffixes: tangkap, menangkap, ditangkap, penangkapan."""
    nasal, rest = _nasal(stem)
    for beginning in (
        stem,
        f"me{nasal}{rest}",
        f"pe{nasal}{rest}",
        *(each + stem for each in ("di", "ter", "ber", "ke", "pe")),
    ):
        yield from (beginning + ending for ending in _ENDINGS)


def _nasal(stem: str) -> tuple[str, str]:
    """What stands between me-, pe- and the word, and what is left of the word."""
    first, rest = stem[0], stem[1:]
    if first in "ptks":
        return {"p": "m", "t": "n", "k": "ng", "s": "ny"}[first], rest
    return "m" if first in "bf" else "n" if first in "dcjz" else "" if first in "lrmnwy" else "ng", stem


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The word list, made ready to look things up."""

    limits: Limits
    gambling: Phrases
    defacement: Phrases
    context: Phrases
    """Weight 1: reporting. Weight 2: ordinary services."""
    offers: Phrases
    """Weight 1: praise. Weight 2: invitations."""
    sales: Phrases
    foreign: tuple[tuple[str, float], ...]
    """Looked for as pieces of text: these languages are written without spaces, or in more than one word."""
    trade: tuple[tuple[str, float], ...]
    brands: frozenset[str]
    numbered: frozenset[str]
    hosts: tuple[str, ...]
    filters: frozenset[str]
    odd_ends: frozenset[str]
    trusted: frozenset[str]
    vocabulary: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, given: WordList) -> Lexicon:
        promotion = {weight: _terms(text) for weight, text in given.promotion.items()}
        defacement = {weight: _terms(text) for weight, text in given.defacement.items()}
        told = [
            word for terms in (*promotion.values(), *defacement.values()) for term in terms for word in term.split()
        ]
        inflected = [form for stem in given.stems.split() for form in _forms(stem)]
        return cls(
            given.limits,
            _phrases({0: _terms(given.ordinary), **promotion}),
            _phrases(defacement),
            _phrases({0: _terms(given.denials), 1: [*_terms(given.reporting), *inflected], 2: _terms(given.services)}),
            _phrases({1: _terms(given.offers), 2: _terms(given.invitations)}),
            _phrases({1: _terms(given.sales)}),
            _pieces(given.foreign),
            _pieces(given.trade),
            frozenset(given.brands.split()),
            frozenset(given.numbered.split()),
            tuple(given.hosts.split()),
            frozenset(given.filters.split()),
            frozenset(given.odd_ends.split()),
            frozenset(given.trusted.split()),
            frozenset(told) | set(given.brands.split()),
        )

    def read(self, text: str) -> list[Word]:
        """The words of a text, undisguised as far as that gives words of the list."""
        plain = [_known(self, word) for word in words(text) if word.said]
        return [word for each in _joined(plain) for word in _apart(self, each)]

    def gambling_hits(self, text: str) -> Sequence[Hit]:
        """Terms of gambling in a text."""
        return _gambling(self, text)

    def trade_hits(self, text: str) -> Sequence[Hit]:
        """Terms of other dark trade."""
        return _found(self.trade, text)

    def defacement_hits(self, text: str) -> Sequence[Hit]:
        return _spans(_read(self, text), self.defacement)

    def around(self, text: str) -> Context:
        """What kind of talk a text is."""
        return _context(self, text)

    def branded(self, said: Iterable[Word]) -> Iterable[Hit]:
        """Names of the kind that gambling sites have: a word and a number that is thought lucky."""
        for word in said:
            found = None if word.said.isalpha() and word.said[-1] != "d" else _DIGITS.fullmatch(word.said)
            if found and _lucky(found[2]) and found[1] not in self.numbered:
                known = found[1] in self.brands
                yield from (
                    [Hit(word.said, 3.0 if known else STRANGE, word.disguised)] if known or len(found[1]) > 3 else ()
                )


@lru_cache(maxsize=REMEMBERED)
def _read(lexicon: Lexicon, text: str) -> Sequence[Word]:
    return lexicon.read(text)


@lru_cache(maxsize=REMEMBERED)
def _gambling(lexicon: Lexicon, text: str) -> Sequence[Hit]:
    said = _read(lexicon, text)
    spans = _spans(said, lexicon.gambling)
    told = {word for hit in spans for word in hit.term.split()}
    named = (hit for hit in lexicon.branded(said) if hit.term not in told)
    return (*spans, *named, *_found(lexicon.foreign, text))


@lru_cache(maxsize=REMEMBERED)
def _context(lexicon: Lexicon, text: str) -> Context:
    said = _read(lexicon, text)
    around = {(hit.term, hit.weight) for hit in _spans(said, lexicon.context)}
    reporting, services = (sum(weight == kind for _, weight in around) for kind in (1, 2))
    offers, sales = ({hit.term: hit.weight for hit in _spans(said, kind)} for kind in (lexicon.offers, lexicon.sales))
    return Context(reporting, services, len(offers), len(sales), 2 in offers.values())


_TRIPLE = re.compile(r"([a-z])\1{2,}")


@lru_cache(maxsize=65536)
def _known(lexicon: Lexicon, word: Word) -> Word:
    if word.said in lexicon.vocabulary:
        return word
    squeezed = _TRIPLE.sub(r"\1", word.said)
    if squeezed != word.said and squeezed in lexicon.vocabulary:
        return Word(squeezed, word.raw, True)
    swapped = (word.said.replace("i", "l"), word.said.replace("l", "i")) if word.disguised else ()
    for said in (*unleet(word.raw), *swapped):
        if len(said) > 2 and said in lexicon.vocabulary:
            return Word(said, word.raw, True)
    return word


@lru_cache(maxsize=65536)
def _apart(lexicon: Lexicon, word: Word) -> Sequence[Word]:
    """slotgacor88 as slot, gacor, 88: where the whole of it is words of the list."""
    if word.said in lexicon.vocabulary or not 7 <= len(word.said) <= LONGEST_WORD or not word.said.isascii():
        return (word,)
    parts = _split(word.said, lexicon.vocabulary)
    return [Word(part, part, word.disguised) for part in parts] if parts else (word,)


Pieces = Sequence[tuple[str, float]]


def _pieces(weighted: Mapping[float, str]) -> tuple[tuple[str, float], ...]:
    return tuple((term, weight) for weight, text in weighted.items() for term in _terms(text))


def _found(pieces: Pieces, text: str) -> list[Hit]:
    small = text.lower()
    return [Hit(term, weight) for term, weight in pieces if _stands(term, small)]


def _stands(term: str, text: str) -> bool:
    if term not in text:
        return False
    return not term.isascii() or bool(re.search(rf"\b{re.escape(term)}\b", text))


def _lucky(digits: str) -> bool:
    """Numbers that names of gambling sites end in; years and sizes are others."""
    return digits.endswith("d") or len(set(digits)) == 1 or digits in _LUCKY


def _joined(said: Sequence[Word]) -> Iterable[Word]:
    """Words, with letters that stand alone in a row put together."""
    row: list[Word] = []
    for word in (*said, Word("", "", False)):
        if len(word.said) == 1 and word.said.isalnum() and len(row) < LONGEST_WORD:
            row.append(word)
            continue
        if len(row) >= _SPELT:
            spelt = "".join(each.said for each in row)
            yield Word(spelt, spelt, True)
        else:
            yield from row
        row = []
        if word.said:
            yield word


def _split(word: str, vocabulary: frozenset[str]) -> tuple[str, ...]:
    """The word as words of the vocabulary of three letters and more, and digits at its end; empty when it is not."""
    body = word.rstrip("0123456789")
    ways: list[tuple[str, ...] | None] = [()] + [None] * len(body)
    for end in range(3, len(body) + 1):
        for start in range(max(0, end - 15), end - 2):
            before = ways[start]
            if before is not None and body[start:end] in vocabulary:
                ways[end] = (*before, body[start:end])
                break
    parts = ways[-1]
    if not parts:
        return ()
    tail = word[len(body) :]
    return (*parts[:-1], parts[-1] + tail) if tail else parts


def _spans(said: Sequence[Word], phrases: Phrases) -> list[Hit]:
    """Terms in order; where they overlap the ordinary one counts, then the heavier, then the longer."""
    found: list[tuple[int, int, float]] = []
    for at, word in enumerate(said):
        for rest, weight in phrases.get(word.said, ()):
            if tuple(each.said for each in said[at + 1 : at + 1 + len(rest)]) == rest:
                found.append((at, at + 1 + len(rest), weight))
    taken: set[int] = set()
    hits: list[tuple[int, Hit]] = []
    for start, end, weight in sorted(found, key=lambda one: (one[2] > 0, -one[2], one[0] - one[1])):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            span = said[start:end]
            if weight:
                term = " ".join(word.said for word in span)
                hits.append((start, Hit(term, weight, any(word.disguised for word in span))))
    return [hit for _, hit in sorted(hits)]


_WEIGHED = ("promotion", "trade", "defacement")
_LISTED = {
    "ordinary": ";",
    "reporting": ";",
    "services": ";",
    "invitations": ";",
    "offers": ";",
    "sales": ";",
    "brands": " ",
    "trusted": " ",
}
"""Parts of the list, and what stands between their words."""


def extended(given: WordList, own: Words) -> WordList:
    """The list with an office's words: a word's own weight counts before ours, a weight of 0 takes it out."""
    weighed = {name: _weighed(getattr(given, name), getattr(own, name)) for name in _WEIGHED}
    listed = {name: f" {mark} ".join((getattr(given, name), *getattr(own, name))) for name, mark in _LISTED.items()}
    return given.model_copy(update={**weighed, **listed})


def _weighed(ours: Mapping[float, str], own: Mapping[str, float]) -> dict[float, str]:
    by_weight = {weight: [term for term in _terms(text) if term not in own] for weight, text in ours.items()}
    for term, weight in own.items():
        by_weight.setdefault(weight, []).append(term)
    return {weight: "; ".join(terms) for weight, terms in by_weight.items() if weight}


def lexicon(own: Words | None = None) -> Lexicon:
    """The word list, with an office's own words when it has any. Raises pydantic's ValidationError, OSError."""
    return _made(own.model_dump_json() if own else "")


@lru_cache(maxsize=4)
def _made(own: str) -> Lexicon:
    given = WordList.model_validate(YAML(typ="safe").load(LIST))
    return Lexicon.of(extended(given, Words.model_validate_json(own)) if own else given)
