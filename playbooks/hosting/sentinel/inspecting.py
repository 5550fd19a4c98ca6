"""One page of a site as a person, a search crawler and visitors from a search engine get it, judged and compared."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from playbooks.findings import Copy, Finding, Reason, Severity, TargetError, TargetResult
from playbooks.hosting.sentinel import maps, rules, scripts
from playbooks.hosting.sentinel.comparing import Visit, compare, led_away
from playbooks.hosting.sentinel.lexicon import Lexicon, lexicon
from playbooks.hosting.sentinel.page import Page, decoded, joined, take_apart
from playbooks.hosting.sentinel.saying import plain
from playbooks.hosting.sentinel.weighing import host_of, house, is_foreign, pieces
from playbooks.hosting.session import Answer, FetchError, Forbidden, Resolver, Session, resolve, sound

DEADLINE_S = 60.0
MOST_PIECES = 6
"""Style sheets, and scripts, data and frames of the same site, that are read with a page: so many of each."""
PIECE = 300_000
MOST_MAPS = 6
_ACCEPT = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "id-ID,id;q=0.9,en;q=0.5"}
_ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0"
_DESKTOP = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_ENGINE} Safari/537.36"
_PHONE = f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {_ENGINE} Mobile Safari/537.36"
_CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PERSON = ("orang biasa", {**_ACCEPT, "User-Agent": _DESKTOP})
CRAWLER = ("perayap mesin pencari", {**_ACCEPT, "User-Agent": _CRAWLER})
SEARCHER = ("pengunjung dari mesin pencari", {**_ACCEPT, "User-Agent": _DESKTOP, "Referer": "https://www.google.com/"})
CALLER = (
    "pengunjung ponsel dari mesin pencari",
    {**_ACCEPT, "User-Agent": _PHONE, "Referer": "https://www.google.co.id/"},
)
Visitor = tuple[str, dict[str, str]]


@dataclass
class Inspection:
    """The visits to one page, within one session."""

    url: str
    session: Session
    lexicon: Lexicon
    pieces: dict[str, str] = field(default_factory=dict)
    """Texts of what the page is made of, by address; asked for once."""
    bodies: dict[str, bytes] = field(default_factory=dict)
    """What each visitor got, by the visitor's name; and the same taken apart."""
    pages: dict[str, Page] = field(default_factory=dict)
    judged: dict[tuple[str, str], tuple[Page, rules.Judged]] = field(default_factory=dict)
    """By address and text: most visitors get the same."""

    def findings(self) -> Iterator[Finding]:
        """Raises FetchError when a person gets no answer."""
        person = self.visit(PERSON)
        yield from person.judged.findings
        yield from _unwell(person)
        others = list(self._others())
        known = {each.code for each in person.judged.findings}
        for other in others:
            for each in other.judged.findings:
                if each.code not in known:
                    known.add(each.code)
                    yield Finding(each.code, each.severity, each.subject, f"{other.who}: {each.evidence}", each.advice)
        for visit in (person, *others):
            yield from led_away(self.lexicon, visit)
        if "content.cloaked" not in known:
            yield from compare(self.lexicon, person, others)
        yield from self.maps()

    def copies(self) -> list[Copy]:
        """What the visitors got, each body once, named for the first who got it."""
        first: dict[bytes, str] = {}
        for who, body in self.bodies.items():
            first.setdefault(body, who)
        return [Copy(page_of(who), body) for body, who in first.items()]

    def _others(self) -> Iterator[Visit]:
        """Those that get an answer; a site may well refuse crawlers."""
        for visitor in (CRAWLER, SEARCHER, CALLER):
            with suppress(FetchError):
                yield self.visit(visitor)

    def visit(self, visitor: Visitor) -> Visit:
        """What one visitor gets, judged. Raises FetchError."""
        who, headers = visitor
        answer = self.session.get(self.url, headers)
        self.bodies[who] = answer.body
        text = decoded(answer.body, answer.headers.get("content-type", ""))
        if (answer.url, text) not in self.judged:
            self.judged[answer.url, text] = self._judged(text, answer.url, headers)
        self.pages[who], judged = self.judged[answer.url, text]
        return Visit(who, answer.status, self.pages[who], judged, answer.way, answer.beyond)

    def _judged(self, text: str, url: str, headers: dict[str, str]) -> tuple[Page, rules.Judged]:
        page = take_apart(text, url)
        if page.sheets and self._suspect(page):
            page = take_apart(text, url, self._texts(page.sheets, headers))
        return page, rules.judge(self.lexicon, page, self._texts(_parts(page), headers))

    def _suspect(self, page: Page) -> bool:
        """Whether it matters what style sheets hide."""
        strangers = {
            house(host_of(link.url))
            for link in page.links
            if link.kind == "a" and is_foreign(self.lexicon, link.url, page.url)
        }
        return len(strangers) >= rules.SLY_LINKS or any(
            self.lexicon.gambling_hits(piece) for each in page.passages for piece in pieces(each.text)
        )

    def _texts(self, addresses: Iterable[str], headers: dict[str, str]) -> list[str]:
        """Of pieces on the site's own host only; another house's are its own affair."""
        own = [url for url in dict.fromkeys(addresses) if house(host_of(url)) == house(host_of(self.url))]
        return [text for url in own[:MOST_PIECES] if (text := self._piece(url, headers))]

    def _piece(self, url: str, headers: dict[str, str]) -> str:
        if url not in self.pieces:
            self.pieces[url] = ""
            with suppress(FetchError):
                answer = self.session.get(url, {**headers, "Referer": self.url}, PIECE)
                if answer.status == 200:
                    self.pieces[url] = decoded(answer.body, answer.headers.get("content-type", ""))
        return self.pieces[url]

    def maps(self) -> Iterator[Finding]:
        """robots.txt and sitemaps, as a crawler gets them."""
        robots = self._asked(joined(self.url, "/robots.txt"))
        named, paths = maps.told(robots.body.decode("utf-8", "replace")) if robots else ([], [])
        if robots:
            yield from maps.judge(
                self.lexicon, robots.url, [*named, *(joined(self.url, path) for path in paths)], self.url
            )
        folder = joined(self.url, ".")
        usual = [joined(base, name) for base in dict.fromkeys((joined(self.url, "/"), folder)) for name in maps.USUAL]
        waiting = list(dict.fromkeys([*(joined(self.url, each) for each in named), *usual]))
        done = 0
        for url in waiting:
            if done >= MOST_MAPS or not (text := self._map(url)):
                continue
            done += 1
            found = maps.places(text)
            if maps.is_index(text):
                further = [joined(url, each) for each in found[:MOST_MAPS]]
                waiting += [each for each in further if each not in waiting]
            yield from maps.judge(self.lexicon, url, found, self.url)

    def _map(self, url: str) -> str:
        if is_foreign(self.lexicon, url, self.url):
            return ""
        answer = self._asked(url)
        return maps.unpacked(answer.body) if answer else ""

    def _asked(self, url: str) -> Answer | None:
        try:
            answer = self.session.get(url, CRAWLER[1], maps.LARGEST)
        except FetchError:
            return None
        return answer if answer.status == 200 else None


def _parts(page: Page) -> list[str]:
    """Scripts, frames, and what scripts fetch."""
    sources = [link.url for link in page.links if link.kind in ("script", "iframe", "frame", "embed", "object")]
    asked = [joined(page.url, each) for text in page.scripts for each in scripts.read(text).asks]
    return [*sources[:MOST_PIECES], *asked[:MOST_PIECES]]


def _unwell(person: Visit) -> Iterator[Finding]:
    if person.status >= 400:
        severity = Severity.CRITICAL if person.status >= 500 else Severity.MAJOR
        advice = "Periksa alamat ini dan log galat server web."
        yield Finding("http.error", severity, plain(person.page.url, 300), f"status {person.status}", advice)


def inspect(
    url: str,
    allow_internal: bool = False,
    deadline_s: float = DEADLINE_S,
    words: Lexicon | None = None,
    resolver: Resolver = resolve,
) -> TargetResult:
    """The page at an address outside the inventory; internal addresses only for its own host and only when allowed."""
    began = time.monotonic()
    try:
        named = urlsplit(sound(complete(url)))
        internal = frozenset({named.hostname or ""} if allow_internal else ())
        with Session(began + deadline_s, internal, resolver=resolver) as session:
            found = _ranked(Inspection(named.geturl(), session, words or lexicon()).findings())
    except FetchError as error:
        return TargetResult(url, time.monotonic() - began, reason=reason(error), detail=str(error))
    return TargetResult(url, time.monotonic() - began, tuple(found))


def complete(url: str) -> str:
    """An address as people say it, with https before it where nothing is."""
    return url if "://" in url else f"https://{url}"


def page_of(who: str) -> str:
    """The name of a copy of what a visitor got."""
    return f"halaman depan, {who}"


class Content(NamedTuple):
    """Findings of a page, the pages that show them, and the page as a person got it."""

    findings: list[Finding]
    copies: list[Copy]
    page: Page


def content(url: str, session: Session, words: Lexicon | None = None) -> Content:
    """A page's content, looked at within a session that the caller made. Raises TargetError."""
    inspection = Inspection(url, session, words or lexicon())
    try:
        found = [each for each in _ranked(inspection.findings()) if each.code.startswith("content.")]
    except FetchError as error:
        raise TargetError(url, reason(error), str(error)) from None
    return Content(found, inspection.copies() if found else [], inspection.pages[PERSON[0]])


def reason(error: FetchError) -> Reason:
    """In the stable vocabulary."""
    if isinstance(error, Forbidden):
        return Reason.ERROR
    return Reason.TIMEOUT if error.late else Reason.UNREACHABLE


def _ranked(found: Iterable[Finding]) -> list[Finding]:
    """Worst first, the same fact once."""
    return sorted(dict.fromkeys(found), key=lambda each: -each.severity)
