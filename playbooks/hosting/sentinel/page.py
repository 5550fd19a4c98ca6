"""A page taken apart: what it says where, what of that is seen, where it leads, which scripts it runs.

Nothing here judges. Whatever the bytes are, taking them apart raises nothing, and time and memory grow with their size.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

import cssselect2
from lxml import etree
from lxml import html as markup

from playbooks.hosting.sentinel.styles import Declarations, Look, declared, matcher

MOST = 40_000
"""Elements that are looked at one by one; what comes after them is read without its tags."""
DEEPEST = 240
"""The parser gives up at 255 levels (libxml2, XML_MAX_DEPTH); what stands below is read without its tags."""
LONG_TAG = 4000
MOST_DATA = 200
"""Scripts and values of data attributes that are kept."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_TAG = re.compile(rf"<([a-zA-Z][a-zA-Z0-9]*)([^<>]{{{LONG_TAG},}})>")
_KEPT = re.compile(
    r"\s(style|href|src|class|id|hidden|content|name|property|rel|type|color|bgcolor)\s*=\s*"
    r"(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)",
    re.IGNORECASE,
)
_BARE = re.compile(r"<(script|style)\b.*?(?:</\1|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE)
_HREF = re.compile(r"""\b(?:href|src)\s*=\s*["']?([^\s"'<>]{1,2000})""", re.IGNORECASE)
_CHARSET = re.compile(
    rb"""<(?:meta[^>]{0,300}?charset|\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE
)
_WORD = re.compile(r"\w")
_REFRESH = re.compile(r"^\s*[\d.]*\s*[;,]?\s*(?:url\s*=)?\s*['\"]?(.+?)['\"]?\s*$", re.IGNORECASE | re.DOTALL)
BLOCKS = frozenset(
    "address article aside blockquote body br button caption center dd details dialog div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 header hr html iframe li main marquee nav ol optgroup option p pre section"
    " select summary table tbody td tfoot th thead title tr ul".split()
)
SILENT = frozenset({"script", "style", "template", "head", "title", "meta", "link", "base", "object", "embed", "svg"})
UTILITIES = frozenset(
    "d-none hidden hide invisible visually-hidden sr-only screen-reader-text screen-reader-only"
    " display-none is-hidden u-hidden collapse hidden-xs-up element-invisible".split()
)
"""Classes by which the usual frameworks hide (Bootstrap, Tailwind, WordPress), where their sheet is a stranger's."""


@dataclass(frozen=True)
class Passage:
    """Text of one block, all of it seen or all of it not."""

    text: str
    unseen: str = ""
    """Why it is not seen, in Indonesian; empty when it is."""
    sly: bool = False
    linked: bool = False
    """Whether all of it is the text of links."""
    heading: bool = False


@dataclass(frozen=True)
class Link:
    """Where an element leads: an anchor, a frame, a form, a script's source."""

    url: str
    text: str
    kind: str
    """The element's name."""
    unseen: str = ""
    sly: bool = False


@dataclass
class Page:
    """One answer, taken apart."""

    url: str
    title: str = ""
    said: list[tuple[str, str]] = field(default_factory=list)
    """What the head says of the page: (name, content), titles apart."""
    passages: list[Passage] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    """Addresses of style sheets."""
    canonical: list[str] = field(default_factory=list)
    """Addresses that the page says it really has."""
    refresh: str = ""
    """Where the page sends its reader by itself."""
    dark: bool = False
    """Whether the body's ground is black."""

    @property
    def seen(self) -> str:
        """All that a reader sees."""
        return "\n".join(each.text for each in self.passages if not each.unseen)


def decoded(body: bytes, content_type: str = "") -> str:
    """The text of a body: by its mark, its header, its own words, otherwise UTF-8. Never raises."""
    named = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    told = _CHARSET.search(body[:4096])
    marked = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb": "utf-8-sig"}.get(body[:2], "")
    for charset in (marked, named[1] if named else "", told[1].decode() if told else "", "utf-8"):
        try:
            if charset and (
                charset == "utf-8" or not charset.lower().startswith(("utf-7", "unicode", "raw", "punycode", "idna"))
            ):
                return body.decode(charset, "replace")
        except (LookupError, ValueError):
            continue
    return body.decode("utf-8", "replace")


def take_apart(text: str, url: str, sheets: Iterable[str] = ()) -> Page:
    """A page from its source; `sheets` are the texts of its linked style sheets. Never raises."""
    text = _TAG.sub(_shortened, _CONTROL.sub(" ", text))
    page = Page(url)
    root = _root(text)
    if root is None:
        page.passages.append(Passage(_stripped(text)))
        return page
    base = next((joined(url, each.get("href", "")) for each in root.iter("base") if each.get("href")), url)
    own = ["".join(str(text) for text in each.itertext()) for each in root.iter("style")]
    whole = _Reader(page, _joinable(base, url), _styles(root, [*own, *sheets])).read(root)
    if not whole or _deep(root):
        page.passages.append(Passage(_stripped(text)))
        page.links += [Link(joined(base, html.unescape(each)), "", "a") for each in _HREF.findall(text)[:5000]]
    return page


def _shortened(tag: re.Match[str]) -> str:
    """A tag of endless attributes with only those that are read here; the parser is slow with many."""
    kept = "".join(f" {each[1]}={each[2]}" for each in list(_KEPT.finditer(tag[2]))[:20] if len(each[2]) < LONG_TAG)
    return f"<{tag[1]}{kept}>"


def _root(text: str) -> etree._Element | None:
    try:
        parser = markup.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        return markup.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


def _deep(root: etree._Element) -> bool:
    """Whether the parser may have given up: the last thing it read is at its limit."""
    depth, last = 0, root
    while len(last):
        depth, last = depth + 1, last[-1]
    return depth >= DEEPEST


def _stripped(text: str) -> str:
    return " ".join(html.unescape(_BARE.sub(" ", text)).split())


def _joinable(base: str, url: str) -> str:
    try:
        return base if urlsplit(base).scheme in ("http", "https") else url
    except ValueError:
        return url


def joined(base: str, target: str) -> str:
    """Where a link leads from `base`; empty when it is no address. Never raises."""
    try:
        return urljoin(base, re.sub(r"[\t\r\n]", "", target.strip()))
    except ValueError:
        return ""


Styles = dict[etree._Element, Declarations]


def _styles(root: etree._Element, sheets: Sequence[str]) -> Styles:
    """What the sheets say of each element, the strongest last."""
    known = matcher(sheets)
    found: Styles = {}
    if known is None:
        return found
    for count, element in enumerate(cssselect2.ElementWrapper.from_html_root(root).iter_subtree()):
        if count >= MOST:
            break
        merged: dict[str, str] = {}
        for *_, declarations in known.match(element):
            merged.update(declarations)
        if merged:
            found[element.etree_element] = merged
    return found


@dataclass
class _Open:
    """An element that was begun."""

    element: etree._Element
    look: Look
    anchor: list[str] | None


class _Reader:
    """Walks a tree once and writes down what it meets."""

    def __init__(self, page: Page, base: str, styles: Styles) -> None:
        self.page, self.base, self.styles = page, base, styles
        self.text: list[str] = []
        self.loose = False
        self.look = Look()
        self.heading = False
        self.open: list[_Open] = []

    def read(self, root: etree._Element) -> bool:
        """False when the tree is too large to be read to its end."""
        walk = etree.iterwalk(root, events=("start", "end"))
        count = 0
        for event, element in walk:
            if not isinstance(element.tag, str):
                continue
            count += 1
            if count > 2 * MOST:
                return False
            if event == "start":
                self._begin(element)
                if element.tag in ("script", "style", "template", "svg"):
                    walk.skip_subtree()
            else:
                self._end(element)
        self._flush()
        return True

    def _begin(self, element: etree._Element) -> None:
        tag = str(element.tag).lower()
        around = self.open[-1] if self.open else None
        look = (around.look if around else Look()).within(self._style(element, tag))
        if tag in BLOCKS or look.unseen != self.look.unseen:
            self._flush()
        self.look = look
        self.heading = tag in ("h1", "h2", "h3") or (self.heading and tag not in BLOCKS)
        anchor = [] if tag == "a" else around.anchor if around else None
        self.open.append(_Open(element, look, anchor))
        self._note(element, tag)
        if tag not in SILENT:
            self._say(element.text)

    def _end(self, element: etree._Element) -> None:
        tag = str(element.tag).lower()
        done = self.open.pop()
        if tag == "a" and done.anchor is not None:
            self.text.append(" ")
            self._link(element, "a", " ".join("".join(done.anchor).split()), done.look)
        around = self.open[-1] if self.open else None
        if tag in BLOCKS or (around and around.look.unseen != self.look.unseen):
            self._flush()
            self.heading = False
        if around:
            self.look = around.look
            if str(around.element.tag).lower() not in SILENT:
                self._say(element.tail)

    def _style(self, element: etree._Element, tag: str) -> Declarations:
        style = dict(self.styles.get(element, {}))
        if (
            tag == "noscript"
            or element.get("hidden") is not None
            or (tag == "input" and element.get("type") == "hidden")
        ):
            style.setdefault("display", "none")
        if "display" not in style and not UTILITIES.isdisjoint((element.get("class") or "").lower().split()):
            style["display"] = "none"
        for name, key in (("color", "text" if tag == "body" else "color"), ("background-color", "bgcolor")):
            if value := element.get(key):
                style[name] = value.strip().lower()
        if tag in ("marquee", "iframe", "object", "embed"):
            style |= {
                key: f"{value}px"
                for key in ("width", "height")
                if (value := element.get(key) or "").strip() in ("0", "1", "2")
            }
        return {**style, **declared(element.get("style") or "")}

    def _note(self, element: etree._Element, tag: str) -> None:
        """What is written down of an element beside its text."""
        if tag == "title" and not self.page.title:
            self.page.title = " ".join("".join(str(each) for each in element.itertext()).split())[:2000]
        elif tag == "meta":
            self._meta(element)
        elif tag == "link":
            self._relation(element)
        elif tag == "script":
            self._script(element)
        elif tag in ("iframe", "frame", "embed", "form", "area", "object"):
            target = element.get("src") or element.get("action") or element.get("href") or element.get("data")
            if target:
                self._link(element, tag, "", self.look, target)
            if element.get("srcdoc"):
                self.page.scripts.append(element.get("srcdoc") or "")
        elif tag == "body":
            self.page.dark = self.look.ground is not None and max(self.look.ground) < 0.15
        self._data(element)
        if wording := " ".join(
            filter(None, (element.get(each) for each in ("alt", "title", "placeholder", "aria-label")))
        ):
            self._aside(wording)

    def _data(self, element: etree._Element) -> None:
        """Long values that only scripts read."""
        for name, value in element.items():
            if str(name).startswith("data-") and len(value) >= 16 and len(self.page.scripts) < MOST_DATA:
                self.page.scripts.append(json.dumps(str(value)[:20_000]))

    def _aside(self, wording: str) -> None:
        """Text of an attribute: part of no block."""
        self.page.passages.append(
            Passage(" ".join(wording.split())[:2000], self.look.unseen, self.look.hidden != "" and self.look.sly)
        )

    def _meta(self, element: etree._Element) -> None:
        name = (element.get("name") or element.get("property") or element.get("itemprop") or "").lower()
        content = element.get("content") or ""
        if (
            (element.get("http-equiv") or "").lower() == "refresh"
            and (found := _REFRESH.match(content[:2000]))
            and not found[1].strip().isdigit()
        ):
            self.page.refresh = self.page.refresh or joined(self.base, found[1])
        elif name:
            self.page.said.append((name, content[:5000]))

    def _relation(self, element: etree._Element) -> None:
        relation = (element.get("rel") or "").lower().split()
        target = joined(self.base, element.get("href") or "")
        if "stylesheet" in relation:
            self.page.sheets.append(target)
        elif "canonical" in relation:
            self.page.canonical.append(target)
        elif "alternate" in relation or "amphtml" in relation:
            self._link(element, "link", "", self.look)

    def _script(self, element: etree._Element) -> None:
        source = element.get("src")
        if source:
            self._link(element, "script", "", Look(), source)
        text = "".join(str(each) for each in element.itertext())
        if (element.get("type") or "").lower() == "application/ld+json":
            self.page.said.append(("ld+json", text[:20_000]))
        elif text.strip():
            self.page.scripts.append(text)

    def _link(self, element: etree._Element, kind: str, text: str, look: Look, target: str = "") -> None:
        if (url := joined(self.base, target or element.get("href") or "")) and len(self.page.links) < 20_000:
            self.page.links.append(Link(url, text[:500], kind, look.unseen, look.sly))

    def _say(self, text: str | None) -> None:
        if not text:
            return
        self.text.append(text)
        anchor = self.open[-1].anchor if self.open else None
        if anchor is not None:
            anchor.append(text)
        elif _WORD.search(text):
            self.loose = True

    def _flush(self) -> None:
        said = " ".join("".join(self.text).split())
        if said:
            self.page.passages.append(Passage(said, self.look.unseen, self.look.sly, not self.loose, self.heading))
        self.text, self.loose = [], False
