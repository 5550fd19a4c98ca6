"""How much gambling, dark trade or defacement texts and addresses speak of: weights of the list, put in context."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from playbooks.hosting.sentinel.lexicon import Context, Hit, Lexicon

REPORTED, TOLD = 0.15, 0.25
"""What is left of a weight beside words of reporting in its own paragraph, and in a page that reports."""
DISGUISE, DISGUISED_EVERYDAY = 4.0, 2.0
"""Added for a word in disguise: nobody else disguises words. Less for one that letters set apart may make by chance."""
PROOF, SURE, UNPROVEN = 2.5, 4.0, 4.0
"""A term of the first weight is proof, one of the second hardly needs another; without any proof, all others together
weigh no more than the third."""
CALL = 1.0
"""Terms below this weight mean something only beside others."""
LOUD = 5
"""Words of an offer in one piece from which on it is no quotation, whatever the page around reports."""
OFFER = 4.0
"""What the matter weighs, and one for each word of an offer beside it: from here on it is offered."""
LONG = 500
"""Characters from which on a text is read in pieces, so that a word colours only what stands near it."""
Finder = Callable[[str], Sequence[Hit]]
_ENDS = re.compile(r"(?<=[.!?;|•·»])\s+|\s{2,}|\n")
_EVERYDAY = re.compile(
    r"\bslots?\b|deposit|turnover|alternatif|^(?:domino|gaple|zeus|scatter|hoki|cuan|jackpot|bets?)$"
)
_CUT = re.compile(r"\S.{0,998}(?=\s|\Z)|\S{1,1000}", re.DOTALL)
"""A sentence without end in pieces, between words where there are any."""
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
        worth = [(hit, _disguised(hit) if hit.disguised else hit.weight * factor) for hit in hits]
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


def _disguised(hit: Hit) -> float:
    light = hit.weight < CALL or bool(_EVERYDAY.search(hit.term))
    return hit.weight + (DISGUISED_EVERYDAY if light else DISGUISE)


def pieces(text: str) -> Iterator[str]:
    """A text as it is when short, otherwise in sentences put together up to `LONG` characters."""
    if len(text) <= LONG:
        yield text
        return
    row = ""
    for part in (each for long in _ENDS.split(text) for each in _CUT.findall(long)):
        if row and len(row) + len(part) > LONG:
            yield row
            row = ""
        row += (" " if row else "") + part
    yield row


def weigh(
    lexicon: Lexicon,
    texts: Iterable[str],
    factor: float = 1.0,
    least: float = 0.0,
    of: Finder | None = None,
    seen: Callable[[Context, Sequence[Hit]], Context] = lambda around, _: around,
) -> Tally:
    """Gambling in texts, or what `of` finds; `seen` says what the words around mean for it.

    `factor` is for the page around them; hits lighter than `least` are left out.
    """
    tally, find = Tally(), of or lexicon.gambling_hits
    for text in texts:
        for piece in pieces(text):
            if hits := [hit for hit in find(piece) if hit.weight >= least or hit.disguised]:
                _put(tally, hits, piece, seen(lexicon.around(piece), hits), factor)
    return tally


def trade(lexicon: Lexicon, texts: Iterable[str], factor: float = 1.0, least: float = 0.0) -> Tally:
    """Other dark trade in texts."""
    return weigh(lexicon, texts, factor, least, lexicon.trade_hits, _selling)


def _selling(around: Context, _: Sequence[Hit]) -> Context:
    return around._replace(offers=around.sales, invites=True)


def _put(tally: Tally, hits: list[Hit], text: str, around: Context, factor: float) -> None:
    if around.services:
        hits = [hit._replace(weight=hit.weight * REPORTED) if is_everyday(hit) else hit for hit in hits]
    offered = offer(hits, around)
    told = 1.0 if offered and around.offers >= LOUD else factor
    tally.add([*hits, *offered], text, told * (REPORTED / around.reporting if around.reporting else 1.0))


def offer(hits: Iterable[Hit], around: Context, least: float = CALL) -> list[Hit]:
    """Proof, where a text that names the matter also invites, praises and states terms: who reports does not.

    Terms that mean other things elsewhere are no matter by themselves, but count beside one of at least `least`.
    """
    if around.reporting or around.services or around.offers < 2 or not around.invites:
        return []
    told = {hit.term: hit for hit in hits}.values()
    matter = [hit.weight for hit in told if hit.weight >= CALL and not is_everyday(hit)]
    worth = sum(matter) + sum(hit.weight for hit in told if is_everyday(hit)) + around.offers
    if sum(matter) < least or worth < OFFER:
        return []
    return [Hit("menawarkan", PROOF if worth < OFFER + 1 else SURE)]


def is_everyday(hit: Hit) -> bool:
    """Whether a term means other things in other trades."""
    return not hit.disguised and bool(_EVERYDAY.search(hit.term))


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


def address_hits(lexicon: Lexicon, url: str, site: str, least: float = 2.0) -> list[Hit]:
    """Gambling in an address: in a foreign host's name, and in the words of its path, from the weight `least` on."""
    hits: list[Hit] = []
    if is_foreign(lexicon, url, site):
        hits += _host_hits(lexicon, host_of(url))
    return [*hits, *path_hits(lexicon, url, lexicon.gambling_hits, least)]


def path_hits(lexicon: Lexicon, url: str, of: Finder, least: float) -> list[Hit]:
    """Terms in the words of an address's path, none where these speak of a report or of a service."""
    said = words_of(url)
    if not (hits := of(said)):
        return []
    around = lexicon.around(said)
    if around.reporting or around.services:
        return []
    least = CALL if around.offers else least
    return [hit for hit in hits if hit.weight >= least or hit.disguised]


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
