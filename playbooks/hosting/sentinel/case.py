"""One page under judgement, with what its scripts would put into it; whether it reports on gambling or offers it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from playbooks.hosting.sentinel import scripts
from playbooks.hosting.sentinel.lexicon import Hit, Lexicon
from playbooks.hosting.sentinel.page import Page, take_apart
from playbooks.hosting.sentinel.weighing import CALL, LONG, pieces, trade, weigh

NEAR = 2
"""Paragraphs before and after one that belong to what it says."""


@dataclass
class Case:
    """One page under judgement."""

    lexicon: Lexicon
    page: Page
    reports: bool = False
    """Whether the page as a whole reports on gambling instead of offering it."""
    scripts: list[scripts.Script] = field(default_factory=list)
    inserted: list[Page] = field(default_factory=list)
    """What scripts and fetched pieces would put into the page."""

    @classmethod
    def of(cls, lexicon: Lexicon, page: Page, extra: Sequence[str]) -> Case:
        """The case of a page; `extra` are texts that it fetches: scripts, data, pieces of markup."""
        case = cls(lexicon, page)
        case.reports = _reports(case)
        for text in (*page.scripts, *extra):
            case._read(text)
        return case

    @property
    def site(self) -> str:
        return self.page.url

    def speaks(self, text: str) -> bool:
        """Whether a text names the matter at all."""
        return any(hit.weight >= CALL for piece in pieces(text) for hit in self._matter(piece))

    def _matter(self, text: str) -> Sequence[Hit]:
        return (*self.lexicon.gambling_hits(text), *self.lexicon.trade_hits(text))

    def _read(self, text: str) -> None:
        if re.match(r"\s*<", text):
            self.inserted.append(take_apart(text, self.site))
            return
        script = scripts.read(text)
        self.scripts.append(script)
        self.inserted += [take_apart(each, self.site) for each in list(scripts.markup_in(script.texts))[:200]]


def _reports(case: Case) -> bool:
    """Whether most titles and headings that speak of the matter report, or else most of its paragraphs.

    A paragraph is read with its neighbours and the title; a heading that offers speaks against all of them.
    """
    lexicon, seen = case.lexicon, [each for each in case.page.passages if not each.unseen and not each.linked]
    heads = [text for text in (case.page.title, *(each.text for each in seen if each.heading)) if case.speaks(text)]
    reporting = [lexicon.around(text[:LONG]).reporting > 0 for text in heads]
    if heads and sum(reporting) * 2 >= len(heads):
        return True
    told = [at for at, each in enumerate(seen) if case.speaks(each.text)]
    around = [
        " ".join((case.page.title, *(each.text[:LONG] for each in seen[max(0, at - NEAR) : at + NEAR + 1])))
        for at in told[:200]
    ]
    by_text = sum(any(lexicon.around(piece).reporting for piece in pieces(text)) for text in around)
    return not any(_proof(case, text) for text in heads) and by_text * 2 >= len(around) > 0


def _proof(case: Case, text: str) -> bool:
    return bool(weigh(case.lexicon, [text]).proofs | trade(case.lexicon, [text]).proofs)
