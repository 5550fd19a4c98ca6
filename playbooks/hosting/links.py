"""Where a site's first page leads: links of its own that are dead, and parts of an HTTPS page that come without it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urldefrag

from playbooks.findings import Finding, Reason, Severity, TargetError
from playbooks.hosting.sentinel.inspecting import PERSON
from playbooks.hosting.sentinel.page import Link, Page
from playbooks.hosting.sentinel.saying import defanged, plain
from playbooks.hosting.sentinel.weighing import host_of
from playbooks.hosting.session import FetchError, Session

MOST = 20
"""Links that are tried; the first page names the ones that people use."""
ENOUGH = 4096
"""Bytes of an answer that are read: only its status counts."""
DEAD = frozenset({404, 410})
ACTIVE = frozenset({"script", "iframe", "frame", "embed", "object", "form"})
"""What browsers refuse to load, or warn of, where it comes without HTTPS (W3C Mixed Content)."""


def findings(page: Page | None, session: Session) -> Iterator[Finding]:
    """Findings of the first page, as a person got it. Raises TargetError when there is none, or time runs out."""
    if page is None:
        raise TargetError("links", Reason.UNREACHABLE, "halaman depan tidak didapat, jadi tautannya tidak dicoba")
    yield from mixed(page)
    yield from broken(page, session)


def mixed(page: Page) -> Iterator[Finding]:
    """Parts of an HTTPS page that anybody on the way can change."""
    if not page.url.startswith("https://"):
        return
    parts = [link.url for link in page.links if link.kind in ACTIVE] + page.sheets
    if open_ := [each for each in dict.fromkeys(parts) if each.startswith("http://")]:
        evidence = f"{len(open_)} bagian dimuat lewat http: " + "; ".join(defanged(each) for each in open_[:3])
        advice = "Ganti alamatnya dengan https, atau muat dari situs sendiri."
        yield Finding("mixed_content", Severity.WARNING, plain(page.url, 300), evidence, advice)


def broken(page: Page, session: Session) -> Iterator[Finding]:
    """Links of the site itself that lead nowhere."""
    dead, tried = [], _own(page)
    for link in tried:
        if (status := _status(link, session)) in DEAD or status >= 500:
            dead.append(f"“{plain(link.text, 40)}” {defanged(link.url)} ({status})")
    if dead:
        evidence = f"{len(dead)} dari {len(tried)} tautan: " + "; ".join(dead[:5])
        advice = "Perbaiki atau hapus tautan ini, atau kembalikan halamannya."
        yield Finding("links.broken", Severity.WARNING, plain(page.url, 300), evidence, advice)


def _own(page: Page) -> list[Link]:
    """The first links to the site's own host, each address once, without those that only move on the page."""
    found: dict[str, Link] = {}
    for link in page.links:
        url = urldefrag(link.url).url
        if link.kind == "a" and url.startswith(("http://", "https://")) and host_of(url) == host_of(page.url):
            found.setdefault(url, link)
    found.pop(urldefrag(page.url).url, None)
    return list(found.values())[:MOST]


def _status(link: Link, session: Session) -> int:
    """0 for a page that gives no answer by itself while the site does. Raises TargetError when time is up."""
    if session.left() <= 0:
        raise TargetError(link.url, Reason.TIMEOUT, "batas waktu habis sebelum semua tautan dicoba")
    try:
        return session.get(link.url, PERSON[1], ENOUGH).status
    except FetchError:
        return 0
