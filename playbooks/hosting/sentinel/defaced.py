"""Defacement: words of who writes on other people's walls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from playbooks.findings import Finding
from playbooks.hosting.sentinel.case import Case
from playbooks.hosting.sentinel.lexicon import Context, Hit
from playbooks.hosting.sentinel.saying import finding, quoted
from playbooks.hosting.sentinel.weighing import PROOF, SURE, TOLD, is_foreign, pieces, weigh

SHORT = 1500
"""Characters that are seen on a page that says almost nothing."""


def judge(case: Case) -> Iterator[Finding]:
    """Words of who writes on other people's walls; loud ones and those on an empty or black page weigh more."""
    lexicon, page = case.lexicon, case.page
    told = TOLD if _told_of(case) >= 3 and not _signed(case) else 1.0
    texts = [each.text for each in page.passages if not each.sly]
    inserted = [text for each in case.scripts if each.inserts for text in each.texts]
    tally = weigh(lexicon, [page.title, *texts, *inserted], told, of=lexicon.defacement_hits, seen=_plainly)
    loud = [each.text for each in page.passages if each.heading or len(each.text) < 120]
    again = weigh(lexicon, [page.title, *loud], told, of=lexicon.defacement_hits, seen=_plainly)
    total = tally.sum + again.sum / 2
    if max((weight for weight, _ in tally.terms.values()), default=0.0) >= PROOF:
        total += (2.0 if _empty(case) else 0.0) + (1.0 if page.dark else 0.0)
    if total >= lexicon.limits.defaced:
        yield finding("content.defaced", page.url, quoted(tally))


def _plainly(around: Context, hits: Sequence[Hit]) -> Context:
    """Nobody offers a defacement; beside its surest words one of reporting ("jangan") is the vandal's own as well."""
    own = any(hit.weight >= SURE for hit in hits)
    return around._replace(offers=0, reporting=max(0, around.reporting - own))


def _signed(case: Case) -> bool:
    """Whether an almost empty page says in its title or a heading, as no report does, that it was taken over."""
    heads = (case.page.title, *(each.text for each in case.page.passages if each.heading and not each.unseen))
    sure = (text for text in heads if any(hit.weight >= SURE for hit in case.lexicon.defacement_hits(text)))
    return _empty(case) and any(not case.lexicon.around(text).reporting for text in sure)


def _told_of(case: Case) -> int:
    """Words of reporting in all that is seen, counted once a piece."""
    seen = [case.page.title, *(each.text for each in case.page.passages if not each.unseen and not each.linked)]
    return sum(case.lexicon.around(piece).reporting for text in seen for piece in pieces(text))


def _empty(case: Case) -> bool:
    """Whether there is almost nothing on the page, and hardly a way to others."""
    own = sum(not is_foreign(case.lexicon, link.url, case.site) for link in case.page.links if link.kind == "a")
    return len(case.page.seen) < SHORT and own < 5
