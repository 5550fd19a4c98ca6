"""How much gambling, dark trade or defacement texts and addresses speak of: weights of the list, put in context."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from playbooks.hosting.sentinel.lexicon import Hit, Lexicon

REPORTED, TOLD = 0.15, 0.25
"""What is left of a weight beside words of reporting in its own paragraph, and in a page that reports."""
DISGUISE = 2.0
"""Added for a word in disguise: nobody else disguises words."""
PROOF, UNPROVEN = 2.5, 4.0
"""A term of this weight is proof; without any, all others together weigh no more than this."""
CALL = 1.0
"""Terms below this weight mean something only beside others."""
LONG = 500
"""Characters from which on a text is read in pieces, so that a word colours only what stands near it."""
_ENDS = re.compile(r"(?<=[.!?;|•·»])\s+|\s{2,}|\n")
_SECOND_LEVEL = frozenset(
    {"co", "go", "ac", "or", "sch", "web", "my", "net", "mil", "desa", "com", "org", "gov", "edu", "biz"}
)


@dataclass
class Tally:
    """What was found: each term with its best weight and how often, and the places to quote."""

    terms: dict[str, tuple[float, int]] = field(default_factory=dict)
    proofs: set[str] = field(default_factory=set)
    """Terms that nobody writes who only speaks of gambling."""
    quotes: list[str] = field(default_factory=list)

    def add(self, hits: Iterable[Hit], quote: str, factor: float = 1.0) -> None:
        """Hits of one place; those in disguise keep their weight whatever is around."""
        worth = [(hit, hit.weight + DISGUISE if hit.disguised else hit.weight * factor) for hit in hits]
        if not any(hit.weight >= CALL for hit, _ in worth):
            return
        for hit, weight in worth:
            best, count = self.terms.get(hit.term, (0.0, 0))
            self.terms[hit.term] = (max(best, weight), count + 1)
            if weight >= PROOF:
                self.proofs.add(hit.term)
        if factor >= 1 or any(hit.disguised for hit, _ in worth):
            self.quotes.append(quote)

    def join(self, other: Tally) -> None:
        """What another tally found too."""
        for term, (weight, count) in other.terms.items():
            best, before = self.terms.get(term, (0.0, 0))
            self.terms[term] = (max(best, weight), before + count)
        self.proofs |= other.proofs
        self.quotes += other.quotes

    @property
    def sum(self) -> float:
        """Repeating a term adds a quarter of it, four times at most; without proof there is an end to the rest."""
        worth = {term: weight * (1 + 0.25 * min(count - 1, 4)) for term, (weight, count) in self.terms.items()}
        rest = sum(weight for term, weight in worth.items() if term not in self.proofs)
        proven = sum(weight for term, weight in worth.items() if term in self.proofs)
        return proven + min(rest, proven or UNPROVEN)

    def heaviest(self, most: int = 5) -> list[str]:
        return sorted(self.terms, key=lambda term: -self.terms[term][0])[:most]


def pieces(text: str) -> Iterator[str]:
    """A text as it is when short, otherwise in sentences put together up to `LONG` characters."""
    if len(text) <= LONG:
        yield text
        return
    row = ""
    for part in _ENDS.split(text):
        if row and len(row) + len(part) > LONG:
            yield row
            row = ""
        row += (" " if row else "") + part
    yield row


def weigh(lexicon: Lexicon, texts: Iterable[str], factor: float = 1.0, least: float = 0.0) -> Tally:
    """Gambling in texts; `factor` is for the page around them, hits lighter than `least` are left out."""
    tally = Tally()
    for text in texts:
        for piece in pieces(text):
            if hits := [hit for hit in lexicon.gambling_hits(piece) if hit.weight >= least or hit.disguised]:
                _put(tally, lexicon, hits, piece, factor)
    return tally


def _put(tally: Tally, lexicon: Lexicon, hits: list[Hit], text: str, factor: float) -> None:
    reporting, services = lexicon.contexts(text)
    if services:
        hits = [hit._replace(weight=hit.weight * REPORTED) if _everyday(hit) else hit for hit in hits]
    tally.add(hits, text, factor * (REPORTED / reporting if reporting else 1.0))


def _everyday(hit: Hit) -> bool:
    return not hit.disguised and bool(re.search(r"\bslot\b|deposit|turnover|alternatif", hit.term))


def weigh_any(
    hits_of: Callable[[str], list[Hit]], lexicon: Lexicon, texts: Iterable[str], factor: float = 1.0
) -> Tally:
    """Another list's terms in texts, put in context the same way."""
    tally = Tally()
    for text in texts:
        for piece in pieces(text):
            if hits := hits_of(piece):
                reporting, _ = lexicon.contexts(piece)
                tally.add(hits, piece, factor * (REPORTED if reporting else 1.0))
    return tally


def house(name: str) -> str:
    """The part of a host's name that one owner has: example.go.id, slot88.xyz; an address as it is."""
    labels = name.lower().rstrip(".").split(".")
    if name.replace(".", "").isdigit() or ":" in name:
        return name
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-keep:])


def host_of(url: str) -> str:
    """The host's name, empty when there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def is_foreign(lexicon: Lexicon, url: str, site: str) -> bool:
    """Whether an address leads to a house that is neither the site's own (`site`: its address) nor a trusted one."""
    name, own = host_of(url), host_of(site)
    if not url.startswith(("http://", "https://")) or not name or name == own or house(name) == house(own):
        return False
    labels = name.split(".")
    return not any(".".join(labels[at:]) in lexicon.trusted for at in range(len(labels)))


def is_odd(lexicon: Lexicon, url: str) -> bool:
    return host_of(url).rpartition(".")[2] in lexicon.odd_ends


def address_hits(lexicon: Lexicon, url: str, site: str) -> list[Hit]:
    """Gambling in an address: in a foreign host's name, and in the words of its path."""
    hits: list[Hit] = []
    if is_foreign(lexicon, url, site):
        hits += _host_hits(lexicon, host_of(url))
    said = words_of(url)
    reporting, services = lexicon.contexts(said)
    if reporting or services:
        return hits
    return [*hits, *(hit for hit in lexicon.gambling_hits(said) if hit.weight >= 2.0 or hit.disguised)]


def words_of(url: str) -> str:
    """The words of an address's path and query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return re.sub(r"[/_+=&?.,%~-]+", " ", unquote(f"{parts.path} {parts.query}"))


def _host_hits(lexicon: Lexicon, name: str) -> list[Hit]:
    said = " ".join(re.split(r"[.-]", name.removeprefix("www.")))
    hits = [hit for hit in lexicon.gambling_hits(said) if hit.weight >= CALL]
    inside = [stem for stem in lexicon.hosts if stem in name.rpartition(".")[0].replace("-", "")]
    if name.rpartition(".")[2] in ("bet", "casino", "poker"):
        inside.append(name.rpartition(".")[2])
    return [*hits, *(Hit(f"{stem} ({name})", 2.5) for stem in inside[:1])]
