"""What one page gives away: gambling, hidden links, defacement. Pure: a page taken apart -> findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from playbooks.findings import Finding, Severity
from playbooks.hosting.sentinel import defaced, scripts
from playbooks.hosting.sentinel.case import NEAR, Case
from playbooks.hosting.sentinel.lexicon import Hit, Lexicon
from playbooks.hosting.sentinel.page import Link, Page
from playbooks.hosting.sentinel.saying import defanged, finding, plain, quoted
from playbooks.hosting.sentinel.styles import UNREADABLE
from playbooks.hosting.sentinel.weighing import (
    CALL,
    LONG,
    PROOF,
    TOLD,
    UNPROVEN,
    Finder,
    Tally,
    address_hits,
    host_of,
    house,
    is_everyday,
    is_foreign,
    is_odd,
    offer,
    trade,
    weigh,
)

SLY_LINKS, CLOSED_LINKS = 4, 15
"""Foreign houses behind hidden links that are no menu any more: hidden slyly, or as menus are."""
MOST_LINKS = 1500
"""Different links of one kind on a page that are judged; so many of them say enough."""
DENSE = 3
"""One word in so many, or more, is of the matter in the name of a link that lures."""
HIDDEN = 2.0
"""The weight of a single term that nobody hides slyly without reason."""


@dataclass(frozen=True)
class Judged:
    """What one page gives away, and what a comparison with the same page for another visitor needs."""

    findings: tuple[Finding, ...] = ()
    houses: frozenset[str] = frozenset()
    """Foreign houses that the page leads to."""
    turns: frozenset[str] = frozenset()
    """Foreign addresses in scripts that can send the reader elsewhere."""


def judge(lexicon: Lexicon, page: Page, extra: Sequence[str] = ()) -> Judged:
    """Findings of a page; `extra` are texts that it fetches: scripts, data, pieces of markup."""
    case = Case.of(lexicon, page, extra)
    found = [*_gambling(case), *_hidden(case), *defaced.judge(case), *_guarded(case)]
    links = [*page.links, *(link for each in case.inserted for link in each.links)]
    houses = {
        house(host_of(link.url)) for link in links if link.kind == "a" and is_foreign(lexicon, link.url, page.url)
    }
    turns = {url for script in case.scripts for url in _targets(case, script)}
    return Judged(tuple(_merged(found)), frozenset(houses), frozenset(turns))


def _gambling(case: Case) -> Iterator[Finding]:
    limits, page = case.lexicon.limits, case.page
    parts = (
        ("tampak di halaman", _seen(case), limits.visible, UNPROVEN),
        ("judul", weigh(case.lexicon, [page.title]), limits.title, UNPROVEN),
        ("uraian untuk mesin pencari", _head(case), limits.title, UNPROVEN),
        ("teks tak terlihat", _unseen(case), limits.hidden, UNPROVEN),
        ("teks yang disembunyikan", _sly(case), HIDDEN, HIDDEN),
        ("disisipkan skrip", _scripted(case), HIDDEN, HIDDEN),
        ("diteruskan otomatis", _sent(case), limits.hidden, UNPROVEN),
    )
    for where, tally, limit, unproven in parts:
        if tally.sum >= (limit if tally.proofs else max(limit, unproven)):
            yield finding("content.gambling", case.site, f"{where}: {quoted(tally)}")
    for text in _trading(case):
        yield finding("content.defaced", case.site, f"iklan gelap: {text}")


def _seen(case: Case) -> Tally:
    """Seen text with the seen links; in a page that reports, only links keep their weight."""
    lexicon, page = case.lexicon, case.page
    told = TOLD if case.reports else 1.0
    tally = weigh(lexicon, (each.text for each in page.passages if not each.unseen and not each.linked), told)
    tally.join(weigh(lexicon, (each.text for each in page.passages if not each.unseen and each.linked)))
    tally.join(_led(case, (link for link in page.links if not link.unseen)))
    tally.join(_offered(case))
    return tally


def _offered(case: Case) -> Tally:
    """Offers that are spread over paragraphs: a heading that names the matter, invitations below it."""
    tally, seen = Tally(), [each for each in case.page.passages if not each.unseen and not each.linked]
    told = [at for at, each in enumerate(seen) if not case.reports and case.speaks(each.text[:LONG])]
    for at in told[:200]:
        text = " ".join(each.text[:LONG] for each in seen[at : at + NEAR + 1])
        found = offer(case.lexicon.gambling_hits(text), case.lexicon.around(text), 2 * CALL)
        tally.add(found, text)
    return tally


def _led(case: Case, links: Iterable[Link]) -> Tally:
    """Where links lead; one under words of gambling to a stranger's house counts as such."""
    tally = Tally()
    for link in islice(dict.fromkeys(links), MOST_LINKS):
        hits = address_hits(case.lexicon, link.url, case.site)
        if hits:
            tally.add(hits, f"{link.text} → {defanged(link.url)}")
        if is_foreign(case.lexicon, link.url, case.site) and _lures(case, link):
            named = [hit for hit in case.lexicon.gambling_hits(link.text) if hit.weight >= PROOF]
            tally.add([_stranger(link), *named], f"{link.text} → {defanged(link.url)}")
    return tally


def _lures(case: Case, link: Link) -> bool:
    """Whether a link to a stranger is named for the matter, as lures are: a headline says more than that.

    A shop that everybody sees may well be called Zeus or Hoki.
    """
    hits, words = case.lexicon.gambling_hits(link.text), len(link.text.split())
    if link.unseen or is_odd(case.lexicon, link.url):
        return _offers(case, link.text)
    named = sum(len(hit.term.split()) for hit in hits)
    mere = all(is_everyday(hit) and hit.weight <= CALL for hit in hits)
    return not mere and named * DENSE >= words and _offers(case, link.text)


def _offers(case: Case, text: str) -> bool:
    return weigh(case.lexicon, [text], least=1.0).sum >= 1.0


def _head(case: Case) -> Tally:
    """Descriptions, keywords, shared titles, structured data, and the address that the page gives as its own."""
    told = TOLD if case.reports else 1.0
    tally = weigh(
        case.lexicon, (text for name, text in case.page.said if not name.startswith("twitter:site")), told, least=1.0
    )
    for url in case.page.canonical:
        tally.add(address_hits(case.lexicon, url, case.site), defanged(url))
    return tally


def _unseen(case: Case) -> Tally:
    told = TOLD if case.reports else 1.0
    hidden = [each for each in case.page.passages if each.unseen]
    tally = weigh(case.lexicon, (each.text for each in hidden if each.sly or each.linked), least=1.0)
    tally.join(weigh(case.lexicon, (each.text for each in hidden if not each.sly and not each.linked), told, least=1.0))
    return tally


def _sly(case: Case) -> Tally:
    """What is put out of sight in ways that no menu has a use for, apart from words of everyday use."""
    return weigh(
        case.lexicon, (each.text for each in case.page.passages if each.sly or each.unseen in UNREADABLE), least=HIDDEN
    )


def _scripted(case: Case) -> Tally:
    """What scripts hold; one that filters words out holds them too."""
    tally = Tally()
    for script in case.scripts:
        filters = any(word in script.source for word in case.lexicon.filters)
        factor = 0.1 if filters else TOLD if case.reports else 1.0
        tally.join(weigh(case.lexicon, script.texts, factor, 2.0, _uncovered(case.lexicon, script, filters)))
        if script.inserts and not filters:
            tally.join(_built(case, script))
        for text in script.texts:
            if re.match(r"(https?:)?//", text):
                tally.add(address_hits(case.lexicon, text, case.site), defanged(text))
    for page in case.inserted:
        tally.join(weigh(case.lexicon, (each.text for each in page.passages), least=1.0))
        tally.join(_led(case, page.links))
    return tally


def _uncovered(lexicon: Lexicon, script: scripts.Script, filters: bool) -> Finder:
    """Finds gambling; terms that do not stand in the script as they are, but cut up or in code, are in disguise."""

    def found(text: str) -> list[Hit]:
        return [
            hit._replace(disguised=not filters and any(word not in script.source for word in hit.term.split()))
            for hit in lexicon.gambling_hits(text)
            if hit.weight >= (PROOF if is_everyday(hit) else CALL)
        ]

    return found


def _built(case: Case, script: scripts.Script) -> Tally:
    """A link made piece by piece: a short word of gambling, and an address of the kind that such links have."""
    tally = Tally()
    offered = [text for text in script.texts if len(text) < 80 and _offers(case, text)]
    for text in script.texts:
        if offered and is_foreign(case.lexicon, text, case.site) and _telling(case, text):
            tally.add([Hit(f"tautan ke {host_of(text)}", PROOF)], f"{offered[0]} → {defanged(text)}")
    return tally


def _telling(case: Case, url: str) -> bool:
    return is_odd(case.lexicon, url) or bool(address_hits(case.lexicon, url, case.site))


def _sent(case: Case) -> Tally:
    tally = Tally()
    if case.page.refresh:
        tally.add(address_hits(case.lexicon, case.page.refresh, case.site), defanged(case.page.refresh))
    return tally


def _trading(case: Case) -> Iterator[str]:
    """Other dark trade that is seen: as text, in the title, or as the name of links to strangers."""
    page, lexicon, told = case.page, case.lexicon, TOLD if case.reports else 1.0
    title = trade(lexicon, [page.title], told)
    texts = [*(text for _, text in page.said), *(each.text for each in page.passages if not each.unseen)]
    tally = trade(lexicon, texts, told)
    tally.join(title)
    for link in islice(dict.fromkeys(page.links), MOST_LINKS):
        if link.text and lexicon.trade_hits(link.text) and is_foreign(lexicon, link.url, case.site):
            tally.add([_stranger(link)], f"{link.text} → {defanged(link.url)}")
    if tally.sum >= lexicon.limits.visible or (title.proofs and title.sum >= lexicon.limits.title):
        yield quoted(tally)


def _stranger(link: Link) -> Hit:
    return Hit(f"tautan ke {host_of(link.url)}", PROOF)


def _hidden(case: Case) -> Iterator[Finding]:
    """Links that nobody sees: to gambling, or to more strangers than any menu names."""
    unseen = [link for page in (case.page, *case.inserted) for link in page.links if link.unseen]
    tally = _led(case, unseen)
    if tally.sum >= 2.0:
        why = next((link.unseen for link in unseen if link.unseen), "")
        yield finding("content.hidden_links", case.site, f"{why}: {quoted(tally)}")
    for most, links in ((SLY_LINKS, [each for each in unseen if each.sly]), (CLOSED_LINKS, unseen)):
        strangers = [link for link in links if is_foreign(case.lexicon, link.url, case.site) and link.kind == "a"]
        houses = sorted({house(host_of(link.url)) for link in strangers})
        if len(houses) >= most:
            names = ", ".join(plain(name, 40).replace(".", "[.]") for name in houses[:5])
            evidence = (
                f"{strangers[0].unseen}: {len(strangers)} tautan ke {len(houses)} situs asing, antara lain {names}"
            )
            yield finding("content.hidden_links", case.site, evidence, Severity.MAJOR)
            return
    hidden = (each.text for each in case.page.passages if each.unseen)
    dark = trade(case.lexicon, hidden)
    if dark.sum >= case.lexicon.limits.hidden:
        yield finding("content.hidden_links", case.site, f"teks tak terlihat: {quoted(dark)}", Severity.MAJOR)
    for url in case.page.canonical:
        if is_foreign(case.lexicon, url, case.site) and is_odd(case.lexicon, url):
            evidence = f"halaman mengaku milik {defanged(url)} (rel=canonical)"
            yield finding("content.hidden_links", case.site, evidence, Severity.MAJOR)


def _guarded(case: Case) -> Iterator[Finding]:
    """A script that looks for search engines and knows a stranger's address to send their visitors to."""
    for script in case.scripts:
        targets = _targets(case, script)
        if script.guarded and targets:
            evidence = f"skrip mengalihkan pengunjung dari mesin pencari ke {defanged(targets[0])}"
            yield finding("content.cloaked", case.site, evidence)


def _targets(case: Case, script: scripts.Script) -> list[str]:
    return [text for text in script.texts if script.turns and is_foreign(case.lexicon, text, case.site)]


def _merged(found: Iterable[Finding]) -> list[Finding]:
    """One finding a code: evidence together, the worst severity."""
    by_code: dict[str, list[Finding]] = {}
    for each in found:
        by_code.setdefault(each.code, []).append(each)
    return [
        Finding(
            code,
            max(each.severity for each in ones),
            ones[0].subject,
            " | ".join(each.evidence for each in ones),
            ones[0].advice,
        )
        for code, ones in by_code.items()
    ]
