"""What one page gives away: gambling, hidden links, defacement. Pure: a page taken apart -> findings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from playbooks.findings import Finding, Severity
from playbooks.hosting.sentinel import scripts
from playbooks.hosting.sentinel.lexicon import Hit, Lexicon
from playbooks.hosting.sentinel.page import Link, Page, take_apart
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
    pieces,
    trade,
    weigh,
)

SHORT = 1500
"""Characters that are seen on a page that says almost nothing."""
SLY_LINKS, CLOSED_LINKS = 4, 15
"""Foreign houses behind hidden links that are no menu any more: hidden slyly, or as menus are."""
MOST_LINKS = 1500
"""Different links of one kind on a page that are judged; so many of them say enough."""
HIDDEN = 2.0
"""The weight of a single term that nobody hides slyly without reason."""
MOST_QUOTED = 3
NEAR = 2
"""Paragraphs before and after one that belong to what it says."""
ADVICE = {
    "content.gambling": "Simpan salinan halaman sebagai bukti, laporkan ke CSIRT, lalu cari berkas atau isi basis data "
    "yang menyisipkannya.",
    "content.hidden_links": "Cari sisipan ini di templat, widget dan basis data; simpan bukti sebelum dibersihkan, "
    "lalu periksa akun admin.",
    "content.defaced": "Alihkan ke halaman pemeliharaan, simpan bukti, laporkan ke CSIRT, lalu pulihkan dari cadangan "
    "yang bersih.",
    "content.cloaked": "Periksa .htaccess, index.php dan plugin yang melihat User-Agent atau Referer; simpan bukti "
    "dan laporkan ke CSIRT.",
}


@dataclass(frozen=True)
class Judged:
    """What one page gives away, and what a comparison with the same page for another visitor needs."""

    findings: tuple[Finding, ...] = ()
    houses: frozenset[str] = frozenset()
    """Foreign houses that the page leads to."""
    turns: frozenset[str] = frozenset()
    """Foreign addresses in scripts that can send the reader elsewhere."""


@dataclass
class _Case:
    """One page under judgement."""

    lexicon: Lexicon
    page: Page
    reports: bool = False
    """Whether the page as a whole reports on gambling instead of offering it."""
    scripts: list[scripts.Script] = field(default_factory=list)
    inserted: list[Page] = field(default_factory=list)
    """What scripts and fetched pieces would put into the page."""

    @property
    def site(self) -> str:
        return self.page.url


def judge(lexicon: Lexicon, page: Page, extra: Sequence[str] = ()) -> Judged:
    """Findings of a page; `extra` are texts that it fetches: scripts, data, pieces of markup."""
    case = _Case(lexicon, page)
    case.reports = _reports(case)
    _read_scripts(case, extra)
    found = [*_gambling(case), *_hidden(case), *_defaced(case), *_guarded(case)]
    links = [*page.links, *(link for each in case.inserted for link in each.links)]
    houses = {
        house(host_of(link.url)) for link in links if link.kind == "a" and is_foreign(lexicon, link.url, page.url)
    }
    turns = {url for script in case.scripts for url in _targets(case, script)}
    return Judged(tuple(_merged(found)), frozenset(houses), frozenset(turns))


def finding(code: str, subject: str, evidence: str, severity: Severity = Severity.CRITICAL) -> Finding:
    """A finding with the advice that belongs to its code."""
    return Finding(code, severity, plain(subject, 300), evidence, ADVICE[code])


def plain(text: str, most: int = 140) -> str:
    """A stranger's words as they may stand in a report: one line, no control marks, nothing like markup."""
    kept = "".join(
        " " if mark.isspace() else mark for mark in text if mark.isspace() or unicodedata.category(mark)[0] != "C"
    )
    line = " ".join(kept.translate(str.maketrans("<>`", "‹›'")).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def quoted(tally: Tally) -> str:
    """The heaviest terms and a few places, safe to print."""
    terms = ", ".join(plain(term, 40) for term in tally.heaviest())
    places = "; ".join(f"“{plain(each)}”" for each in dict.fromkeys(tally.quotes[:MOST_QUOTED]))
    return f"{terms}: {places}" if places else terms


def _reports(case: _Case) -> bool:
    """Whether most titles and headings that speak of the matter report, or else most of its paragraphs.

    A paragraph is read with its neighbours and the title; a heading that offers speaks against all of them.
    """
    lexicon, seen = case.lexicon, [each for each in case.page.passages if not each.unseen and not each.linked]
    heads = [text for text in (case.page.title, *(each.text for each in seen if each.heading)) if _speaks(case, text)]
    reporting = [lexicon.around(text[:LONG]).reporting > 0 for text in heads]
    if heads and sum(reporting) * 2 >= len(heads):
        return True
    told = [at for at, each in enumerate(seen) if _speaks(case, each.text)]
    around = [
        " ".join((case.page.title, *(each.text[:LONG] for each in seen[max(0, at - NEAR) : at + NEAR + 1])))
        for at in told[:200]
    ]
    by_text = sum(any(lexicon.around(piece).reporting for piece in pieces(text)) for text in around)
    return not any(_proof(case, text) for text in heads) and by_text * 2 >= len(around) > 0


def _speaks(case: _Case, text: str) -> bool:
    """Whether a text names the matter at all."""
    return any(hit.weight >= CALL for piece in pieces(text) for hit in _matter(case, piece))


def _matter(case: _Case, text: str) -> Sequence[Hit]:
    return (*case.lexicon.gambling_hits(text), *case.lexicon.trade_hits(text))


def _proof(case: _Case, text: str) -> bool:
    return bool(weigh(case.lexicon, [text]).proofs | trade(case.lexicon, [text]).proofs)


def _read_scripts(case: _Case, extra: Sequence[str]) -> None:
    for text in (*case.page.scripts, *extra):
        if re.match(r"\s*<", text):
            case.inserted.append(take_apart(text, case.site))
            continue
        script = scripts.read(text)
        case.scripts.append(script)
        case.inserted += [take_apart(each, case.site) for each in list(scripts.markup_in(script.texts))[:200]]


def _gambling(case: _Case) -> Iterator[Finding]:
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


def _seen(case: _Case) -> Tally:
    """Seen text with the seen links; in a page that reports, only links keep their weight."""
    lexicon, page = case.lexicon, case.page
    told = TOLD if case.reports else 1.0
    tally = weigh(lexicon, (each.text for each in page.passages if not each.unseen and not each.linked), told)
    tally.join(weigh(lexicon, (each.text for each in page.passages if not each.unseen and each.linked)))
    tally.join(_led(case, (link for link in page.links if not link.unseen)))
    tally.join(_offered(case))
    return tally


def _offered(case: _Case) -> Tally:
    """Offers that are spread over paragraphs: a heading that names the matter, invitations below it."""
    tally, seen = Tally(), [each for each in case.page.passages if not each.unseen and not each.linked]
    told = [at for at, each in enumerate(seen) if not case.reports and _speaks(case, each.text[:LONG])]
    for at in told[:200]:
        text = " ".join(each.text[:LONG] for each in seen[at : at + NEAR + 1])
        found = offer(case.lexicon.gambling_hits(text), case.lexicon.around(text), 2 * CALL)
        tally.add(found, text)
    return tally


def _led(case: _Case, links: Iterable[Link]) -> Tally:
    """Where links lead; one under words of gambling to a stranger's house counts as such."""
    tally = Tally()
    for link in islice(dict.fromkeys(links), MOST_LINKS):
        hits = address_hits(case.lexicon, link.url, case.site)
        if hits:
            tally.add(hits, f"{link.text} → {defanged(link.url)}")
        if is_foreign(case.lexicon, link.url, case.site) and _offers(case, link.text):
            tally.add([_stranger(link)], f"{link.text} → {defanged(link.url)}")
    return tally


def _offers(case: _Case, text: str) -> bool:
    return weigh(case.lexicon, [text], least=1.0).sum >= 1.0


def defanged(url: str) -> str:
    """An address that no reader's program makes a link of."""
    return re.sub(r"^http", "hxxp", plain(url, 100)).replace(".", "[.]", 6)


def _head(case: _Case) -> Tally:
    """Descriptions, keywords, shared titles, structured data, and the address that the page gives as its own."""
    told = TOLD if case.reports else 1.0
    tally = weigh(
        case.lexicon, (text for name, text in case.page.said if not name.startswith("twitter:site")), told, least=1.0
    )
    for url in case.page.canonical:
        tally.add(address_hits(case.lexicon, url, case.site), defanged(url))
    return tally


def _unseen(case: _Case) -> Tally:
    told = TOLD if case.reports else 1.0
    hidden = [each for each in case.page.passages if each.unseen]
    tally = weigh(case.lexicon, (each.text for each in hidden if each.sly or each.linked), least=1.0)
    tally.join(weigh(case.lexicon, (each.text for each in hidden if not each.sly and not each.linked), told, least=1.0))
    return tally


def _sly(case: _Case) -> Tally:
    """What is put out of sight in ways that no menu has a use for, apart from words of everyday use."""
    return weigh(
        case.lexicon, (each.text for each in case.page.passages if each.sly or each.unseen in UNREADABLE), least=HIDDEN
    )


def _scripted(case: _Case) -> Tally:
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


def _built(case: _Case, script: scripts.Script) -> Tally:
    """A link made piece by piece: a short word of gambling, and an address of the kind that such links have."""
    tally = Tally()
    offered = [text for text in script.texts if len(text) < 80 and _offers(case, text)]
    for text in script.texts:
        if offered and is_foreign(case.lexicon, text, case.site) and _telling(case, text):
            tally.add([Hit(f"tautan ke {host_of(text)}", PROOF)], f"{offered[0]} → {defanged(text)}")
    return tally


def _telling(case: _Case, url: str) -> bool:
    return is_odd(case.lexicon, url) or bool(address_hits(case.lexicon, url, case.site))


def _sent(case: _Case) -> Tally:
    tally = Tally()
    if case.page.refresh:
        tally.add(address_hits(case.lexicon, case.page.refresh, case.site), defanged(case.page.refresh))
    return tally


def _trading(case: _Case) -> Iterator[str]:
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


def _hidden(case: _Case) -> Iterator[Finding]:
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


def _defaced(case: _Case) -> Iterator[Finding]:
    """Words of who writes on other people's walls; loud ones and those on an empty or black page weigh more."""
    lexicon, page = case.lexicon, case.page
    told = TOLD if _told_of(case) >= 3 else 1.0
    texts = [each.text for each in page.passages if not each.sly]
    inserted = [text for each in case.scripts if each.inserts for text in each.texts]
    tally = weigh(lexicon, [page.title, *texts, *inserted], told, of=lexicon.defacement_hits, calls=lambda _: 0)
    loud = [each.text for each in page.passages if each.heading or len(each.text) < 120]
    again = weigh(lexicon, [page.title, *loud], told, of=lexicon.defacement_hits, calls=lambda _: 0)
    total = tally.sum + again.sum / 2
    if max((weight for weight, _ in tally.terms.values()), default=0.0) >= PROOF:
        total += (2.0 if _empty(case) else 0.0) + (1.0 if page.dark else 0.0)
    if total >= lexicon.limits.defaced:
        yield finding("content.defaced", page.url, quoted(tally))


def _told_of(case: _Case) -> int:
    """Words of reporting in all that is seen, counted once a piece."""
    seen = [case.page.title, *(each.text for each in case.page.passages if not each.unseen and not each.linked)]
    return sum(case.lexicon.around(piece).reporting for text in seen for piece in pieces(text))


def _empty(case: _Case) -> bool:
    """Whether there is almost nothing on the page, and hardly a way to others."""
    own = sum(not is_foreign(case.lexicon, link.url, case.site) for link in case.page.links if link.kind == "a")
    return len(case.page.seen) < SHORT and own < 5


def _guarded(case: _Case) -> Iterator[Finding]:
    """A script that looks for search engines and knows a stranger's address to send their visitors to."""
    for script in case.scripts:
        targets = _targets(case, script)
        if script.guarded and targets:
            evidence = f"skrip mengalihkan pengunjung dari mesin pencari ke {defanged(targets[0])}"
            yield finding("content.cloaked", case.site, evidence)


def _targets(case: _Case, script: scripts.Script) -> list[str]:
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
