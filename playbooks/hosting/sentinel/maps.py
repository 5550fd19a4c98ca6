"""What a site tells search engines of itself: robots.txt and sitemaps, its index and packed ones (sitemaps.org 0.9)."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterator, Sequence

from playbooks.findings import Finding
from playbooks.hosting.sentinel.lexicon import STRANGE, Lexicon
from playbooks.hosting.sentinel.saying import defanged, finding
from playbooks.hosting.sentinel.weighing import CALL, SURE, Tally, address_hits, path_hits, words_of

MOST = 20_000
"""Addresses of one map that are read."""
LARGEST = 5_000_000
USUAL = ("sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml")
_PLACE = re.compile(
    r"<(?:\w+:)?(?:loc|link|image:loc)\b[^<>]*>\s*(?:<!\[CDATA\[)?\s*([^<>\s\]]{1,2000})", re.IGNORECASE
)
# Never \s where lines are told apart: a file of empty lines would be read again from each of them.
_LINE = re.compile(r"^[ \t]*(sitemap|allow|disallow)[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(r"/(?:sitemap[^/]*|index\.\w{1,5})?$", re.IGNORECASE)
"""What an address ends in that says nothing of its page."""
_PLAIN = re.compile(r"^[ \t]*(https?://\S{1,2000})[ \t\r]*$", re.MULTILINE)


def unpacked(body: bytes) -> str:
    """The text of a map, gzip undone up to `LARGEST`. Never raises."""
    if body[:2] == b"\x1f\x8b":
        try:
            body = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, LARGEST)
        except zlib.error:
            return ""
    return body[:LARGEST].decode("utf-8", "replace")


def places(text: str) -> list[str]:
    """Addresses in a map, or in the list of maps; a page of another kind gives none."""
    if re.search(r"<(?:html|body|!doctype html)", text[:2000], re.IGNORECASE):
        return []
    found = [html.unescape(each[1]) for _, each in zip(range(MOST), _PLACE.finditer(text), strict=False)]
    return found or _PLAIN.findall(text)[:MOST]


def is_index(text: str) -> bool:
    """Whether it lists further maps."""
    return "<sitemapindex" in text[:5000].lower()


def told(robots: str) -> tuple[list[str], list[str]]:
    """What robots.txt names: maps, and paths."""
    lines = [(name.lower(), value) for name, value in _LINE.findall(robots[:500_000])][:MOST]
    return [value for name, value in lines if name == "sitemap"], [value for name, value in lines if name != "sitemap"]


def judge(lexicon: Lexicon, name: str, addresses: Sequence[str], site: str) -> Iterator[Finding]:
    """Gambling in the addresses that a map (its address: `name`) gives out; one alone may be a report's."""
    tally, count, alone = _weighed(lexicon, addresses, site, STRANGE)
    if tally.proofs:
        tally, count, alone = _weighed(lexicon, addresses, site, CALL)
    if tally.sum >= lexicon.limits.addresses and (count > 1 or alone or tally.sum >= 2 * lexicon.limits.addresses):
        terms, examples = ", ".join(tally.heaviest()), "; ".join(tally.quotes[:2])
        evidence = f"{count} dari {len(addresses)} alamat: {terms}; misalnya {examples}"
        yield finding("content.gambling", name, evidence)


def _weighed(lexicon: Lexicon, addresses: Sequence[str], site: str, least: float) -> tuple[Tally, int, bool]:
    """The sum, the number of addresses in it, and whether one says hardly anything but what it offers."""
    tally, count, alone = Tally(), 0, False
    for url in addresses:
        hits = [*address_hits(lexicon, url, site, least), *path_hits(lexicon, url, lexicon.trade_hits, CALL)]
        if hits:
            count += 1
            tally.add(hits, defanged(url))
            sure = sum(len(hit.term.split()) for hit in hits if hit.weight >= SURE)
            alone = alone or sure * 2 >= len(words_of(_NAME.sub("", url).rpartition("/")[2]).split()) > 0
    return tally, count, alone
