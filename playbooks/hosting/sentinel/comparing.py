"""The same page for different visitors: what a search engine is shown and people are not. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playbooks.findings import Finding, Severity
from playbooks.hosting.sentinel.lexicon import Lexicon
from playbooks.hosting.sentinel.page import Page
from playbooks.hosting.sentinel.rules import HIDDEN, Judged
from playbooks.hosting.sentinel.saying import defanged, finding, plain, quoted
from playbooks.hosting.sentinel.weighing import CALL, address_hits, is_foreign, trade, weigh

ENOUGH = 300
"""Characters that a page must say before it can be called another page."""
ENOUGH_LETTERS = 20
SHARED = 0.1
"""Share of runs of words below which two texts have nothing in common."""
NEW_HOUSES = 5
_RUN = 3
_WAITING = re.compile(
    r"checking your browser|just a moment|captcha|are you human|verify you are|access denied"
    r"|attention required|too many requests",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Visit:
    """What one kind of visitor got."""

    who: str
    """In Indonesian, as it stands in a finding."""
    status: int
    page: Page
    judged: Judged
    way: tuple[str, ...] = ()
    beyond: str = ""
    """A redirect that was not followed."""

    @property
    def end(self) -> str:
        """Where this visitor is led in the end."""
        return self.beyond or self.page.refresh or self.page.url


def compare(lexicon: Lexicon, person: Visit, others: list[Visit]) -> Iterator[Finding]:
    """Findings of the first visitor that is treated differently in a way that no ordinary page does."""
    for other in others:
        for evidence in _differences(lexicon, person, other):
            yield finding("content.cloaked", person.page.url, f"{other.who}: {evidence}")
            return


def _differences(lexicon: Lexicon, person: Visit, other: Visit) -> Iterator[str]:
    known = {each.code: each for each in person.judged.findings}
    for each in other.judged.findings:
        if each.code not in known:
            yield f"hanya kepadanya ditampilkan {plain(each.evidence, 300)}"
    start = person.way[0] if person.way else person.page.url
    if is_foreign(lexicon, other.end, start) and not is_foreign(lexicon, person.end, start):
        yield f"diarahkan ke {defanged(other.end)}, orang biasa tidak"
    if turns := sorted(other.judged.turns - person.judged.turns):
        yield f"skrip mengalihkan ke {defanged(turns[0])}, pada orang biasa tidak"
    if news := _news(lexicon, person.page, other.page):
        yield f"hanya kepadanya ditampilkan {news}"
    if _strange(other.page) and not _strange(person.page):
        yield f"halaman dalam aksara lain, berjudul “{plain(other.page.title)}”"
    if not (other.status >= 400 or person.status >= 400 or _WAITING.search(other.page.seen[:2000] + other.page.title)):
        yield from _made_otherwise(lexicon, person, other)


def _made_otherwise(lexicon: Lexicon, person: Visit, other: Visit) -> Iterator[str]:
    """Strangers that only the other visitor meets, or another page altogether."""
    if frames := sorted(_frames(lexicon, other.page) - _frames(lexicon, person.page)):
        yield f"hanya kepadanya ditampilkan bingkai dari {defanged(frames[0])}"
    strangers = other.judged.houses - person.judged.houses
    if len(strangers) >= NEW_HOUSES and len(strangers) > 2 * len(person.judged.houses):
        yield f"tautan ke {len(strangers)} situs asing yang tidak ditunjukkan kepada orang biasa"
    if _another(person.page, other.page):
        yield f"halaman yang sama sekali lain, berjudul “{plain(other.page.title)}”, bukan “{plain(person.page.title)}”"


def _news(lexicon: Lexicon, one: Page, two: Page) -> str:
    """Gambling or dark trade that only the second page speaks of; less is proof here than on one page alone."""
    known = {one.title, *(each.text for each in one.passages)}
    texts = [text for text in (two.title, *(each.text for each in two.passages)) if text not in known]
    for tally, limit in (
        (weigh(lexicon, texts, least=HIDDEN), HIDDEN),
        (trade(lexicon, texts, least=CALL), lexicon.limits.hidden),
    ):
        if tally.sum >= limit:
            return quoted(tally)
    return ""


def _frames(lexicon: Lexicon, page: Page) -> set[str]:
    """Strangers' pages that are shown within this one."""
    shown = {"iframe", "frame", "embed", "object"}
    return {link.url for link in page.links if link.kind in shown and is_foreign(lexicon, link.url, page.url)}


def _strange(page: Page) -> bool:
    """Whether most letters are of another script than this country's."""
    letters = [mark for mark in f"{page.title} {page.seen}"[:20_000] if mark.isalpha()]
    return len(letters) >= ENOUGH_LETTERS and sum(mark > "\u024f" for mark in letters) > len(letters) / 2


def _another(one: Page, two: Page) -> bool:
    """Whether two pages share neither title nor text; both must say something."""
    if min(len(one.seen), len(two.seen)) < ENOUGH or _runs(one.title, 1) & _runs(two.title, 1):
        return False
    first, second = _runs(one.seen, _RUN), _runs(two.seen, _RUN)
    return len(first & second) < SHARED * min(len(first), len(second))


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())[:20_000]
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def led_away(lexicon: Lexicon, visit: Visit) -> Iterator[Finding]:
    """A visitor that the site sends to a house of gambling."""
    start = visit.way[0] if visit.way else visit.page.url
    for url in (*visit.way[1:], visit.end):
        if is_foreign(lexicon, url, start) and address_hits(lexicon, url, start):
            yield finding("content.gambling", start, f"{visit.who}: dialihkan ke {defanged(url)}", Severity.CRITICAL)
            return
