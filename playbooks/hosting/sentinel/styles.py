"""What a style sheet hides from people: display, place, size, colour, opacity (CSS 2.2, Color 4, Masking 1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import cssselect2
import tinycss2
import tinycss2.color4

LARGEST = 400_000
"""Characters of one sheet that are read."""
MOST_RULES = 4000
WIDTH_PX, HEIGHT_PX = 1280.0, 800.0
"""The window for which a page is judged."""
FAR_PX = 400.0
"""So far outside nothing is seen."""
TINY_PX = 2.0
ALIKE = 0.08
"""Colours so near (largest difference of a channel, 0 to 1) cannot be told apart."""
FAINT = 0.1
_TINY, _SAME = "huruf sekecil titik", "warna sama dengan latarnya"
UNREADABLE = frozenset({_TINY, _SAME})
"""Ways of being unseen that take up a place on the page all the same."""
Colour = tuple[float, float, float]
Declarations = Mapping[str, str]

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_TELLING = re.compile(
    r"display|visibility|opacity|font|color|background|left|right|top|bottom|indent|height|width|clip|transform|margin|filter",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[\w#.*>+~\s,:\[\]=\"'^$/-]{1,1000}")
_LEVEL = re.compile(r"[\s>+~]+")
_LENGTH = re.compile(
    r"(-?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))\s*(px|em|rem|%|pt|vw|vh|ch|ex|cm|mm|in|pc|q)?\b", re.IGNORECASE
)
_PX = {
    "px": 1.0,
    "": 1.0,
    "em": 16.0,
    "rem": 16.0,
    "pt": 4 / 3,
    "ch": 8.0,
    "ex": 8.0,
    "cm": 37.8,
    "mm": 3.78,
    "in": 96.0,
}
_PX |= {"pc": 16.0, "q": 0.945, "vw": WIDTH_PX / 100, "%": WIDTH_PX / 100, "vh": HEIGHT_PX / 100}
_SIZES = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "medium": 16.0,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
}


class Rule(NamedTuple):
    """One rule of a sheet."""

    selector: str
    declarations: Declarations


@dataclass(frozen=True)
class Look:
    """How the text of an element looks; what is inside inherits it."""

    hidden: str = ""
    """Why it is not seen, in Indonesian; empty when it is."""
    sly: bool = False
    """Hidden in a way that menus and dialogues have no use for."""
    colour: Colour = (0.0, 0.0, 0.0)
    ground: Colour | None = (1.0, 1.0, 1.0)
    """None behind a picture."""
    size: float = 16.0
    alpha: float = 1.0
    opacity: float = 1.0

    def within(self, style: Declarations) -> Look:
        """The look of an element with these declarations inside one that looks like this."""
        if not style:
            return self
        size, (colour, alpha) = _size(style, self.size), _colour(style, self)
        opacity = self.opacity * _opacity(style)
        inside = replace(
            self, size=size, colour=colour, alpha=alpha, ground=_ground(style, self.ground), opacity=opacity
        )
        why, sly = _hidden(style, inside)
        return replace(inside, hidden=self.hidden or why, sly=self.sly or sly)

    @property
    def unseen(self) -> str:
        """Why text of this look is not seen; empty when it is."""
        if self.hidden:
            return self.hidden
        if self.size <= TINY_PX:
            return _TINY
        if self.alpha <= FAINT or self.opacity <= FAINT:
            return "tembus pandang"
        if self.ground is not None and max(abs(a - b) for a, b in zip(self.colour, self.ground, strict=True)) <= ALIKE:
            return _SAME
        return ""


def declared(style: str) -> dict[str, str]:
    """Declarations of a style attribute, `!important` ones last word. Never raises."""
    found: dict[str, str] = {}
    firm: set[str] = set()
    for each in tinycss2.parse_blocks_contents(style[:5000], skip_comments=True, skip_whitespace=True):
        if each.type == "declaration" and (each.important or each.lower_name not in firm):
            found[each.lower_name] = tinycss2.serialize(each.value).strip().lower()
            if each.important:
                firm.add(each.lower_name)
    return found


@lru_cache(maxsize=64)
def rules(sheet: str) -> tuple[Rule, ...]:
    """The rules of a sheet that may hide something, as a window of ordinary size applies them."""
    found: list[Rule] = []
    open_: list[tuple[str, bool]] = []
    for text, brace in _between_braces(_COMMENT.sub("", sheet[:LARGEST])):
        around = not open_ or open_[-1][1]
        if brace == "{":
            head = text.rpartition(";")[2].strip()
            open_.append((head, around and _applies(head)))
        elif open_:
            head, applies = open_.pop()
            if applies and not head.startswith("@") and _TELLING.search(text):
                found.append(Rule(head, declared(text)))
        if len(found) >= MOST_RULES:
            break
    return tuple(found)


def _between_braces(sheet: str) -> Iterable[tuple[str, str]]:
    pieces = re.split(r"([{}])", sheet)
    return zip(pieces[::2], pieces[1::2], strict=False)


def matcher(sheets: Iterable[str]) -> cssselect2.Matcher | None:
    """Rules of all sheets, ready to be asked about elements, None without any; what is no selector is left out."""
    told = [rule for sheet in sheets for rule in rules(sheet)]
    if not told:
        return None
    known = cssselect2.Matcher()
    for rule in told[:MOST_RULES]:
        for selector in _compiled(rule.selector):
            if selector.pseudo_element is None:
                known.add_selector(selector, rule.declarations)
    return known


@lru_cache(maxsize=8192)
def _compiled(selector: str) -> Sequence[cssselect2.compiler.CompiledSelector]:
    """cssselect2 makes Python of a selector, so only what names elements plainly gets there, a few levels deep."""
    if not _PLAIN.fullmatch(selector) or any(len(_LEVEL.findall(each)) > 6 for each in selector.split(",")):
        return ()
    try:
        return tuple(cssselect2.compile_selector_list(selector))
    except (cssselect2.SelectorError, SyntaxError, ValueError):
        return ()


def _applies(head: str) -> bool:
    """Whether what stands in these braces counts: always, unless they are another medium's or another width's."""
    query = head.lower()
    if not query.startswith("@media"):
        return not query.startswith(("@keyframes", "@-webkit-keyframes", "@font-face", "@page"))
    if ("print" in query or "speech" in query) and "screen" not in query:
        return False
    limits = re.findall(r"(min|max)-width\s*:\s*(\d{1,6}(?:\.\d{1,4})?)\s*(px|em|rem)", query)
    widths = [(kind, float(size) * _PX[unit]) for kind, size, unit in limits]
    return all(size <= WIDTH_PX if kind == "min" else size >= WIDTH_PX for kind, size in widths)


def _px(value: str) -> float | None:
    found = _LENGTH.match(value.strip())
    return float(found[1]) * _PX[(found[2] or "").lower()] if found else None


def _far(value: str) -> bool:
    """A length that leads out of the window; those inside calc() and translate() count each."""
    return any(float(found[1]) * _PX[(found[2] or "").lower()] <= -FAR_PX for found in _LENGTH.finditer(value))


def _nothing(value: str | None) -> bool:
    size = _px(value) if value else None
    return size is not None and 0 <= size <= TINY_PX


def _size(style: Declarations, around: float) -> float:
    value = style.get("font-size", "")
    if not value and (found := re.search(r"(?:^|\s)([\d.]{1,9}(?:px|pt|em|rem|%)|0)(?=[\s/])", style.get("font", ""))):
        value = found[1]
    if value in _SIZES:
        return _SIZES[value]
    found = _LENGTH.match(value)
    if not found:
        return around
    number, unit = float(found[1]), (found[2] or "").lower()
    return number * around if unit == "em" else number / 100 * around if unit == "%" else number * _PX[unit]


def _parsed(value: str) -> tuple[Colour, float] | None:
    try:
        colour = tinycss2.color4.parse_color(value)
        if colour is None or colour == "currentcolor":
            return None
        red, green, blue = colour.to("srgb").coordinates
        return (red or 0.0, green or 0.0, blue or 0.0), colour.alpha
    except (ValueError, NotImplementedError, ArithmeticError):
        return None


def _colour(style: Declarations, around: Look) -> tuple[Colour, float]:
    for name in ("-webkit-text-fill-color", "color"):
        if found := _parsed(style.get(name, "")):
            return found
    return around.colour, around.alpha


def _ground(style: Declarations, around: Colour | None) -> Colour | None:
    value = f"{style.get('background', '')} {style.get('background-image', '')}"
    if "url(" in value or "gradient" in value:
        return None
    for each in (
        style.get("background-color", ""),
        *re.findall(r"#[0-9a-f]{3,8}\b|[a-z]+\([^()]*\)|[a-z]+", style.get("background", "")),
    ):
        found = _parsed(each)
        if found and found[1] > FAINT:
            return found[0]
    return around


def _opacity(style: Declarations) -> float:
    value = style.get("opacity", "") or "".join(re.findall(r"opacity\(([^()]*)\)", style.get("filter", "")))
    found = re.match(r"\s*([\d.]{1,9})\s*(%?)", value)
    try:
        return float(found[1]) / (100 if found[2] else 1) if found else 1.0
    except ValueError:
        return 1.0


def _hidden(style: Declarations, look: Look) -> tuple[str, bool]:
    """Why, and whether it is sly."""
    if style.get("display", "").startswith("none") or style.get("content-visibility") == "hidden":
        return "display:none", False
    if style.get("visibility", "") in ("hidden", "collapse"):
        return "visibility:hidden", False
    if look.opacity <= FAINT:
        return "tembus pandang", False
    if _offscreen(style):
        return "di luar layar", True
    if _shut(style):
        return "kotak tanpa ukuran", True
    if _clipped(style):
        return "terpotong habis", True
    return "", False


def _offscreen(style: Declarations) -> bool:
    placed = style.get("position", "") in ("absolute", "fixed", "relative", "sticky")
    sides = ("left", "right", "top", "bottom", "inset") if placed else ()
    names = (*sides, "margin", "margin-left", "margin-top", "margin-right", "text-indent", "transform", "translate")
    return any(_far(style[name]) for name in names if name in style) or _away(style, placed)


def _away(style: Declarations, placed: bool) -> bool:
    """Pushed out to the right or the bottom: left:9999px."""
    sizes = [
        _px(style[name]) or 0
        for name in ("left", "top", "text-indent", "margin-left")
        if name in style and (placed or name[0] in "mt")
    ]
    return any(size >= 3000 for size in sizes)


def _shut(style: Declarations) -> bool:
    closed = style.get("overflow", style.get("overflow-y", "")).split(" ")[0] in ("hidden", "auto", "scroll", "clip")
    nothing = [_nothing(style.get(name)) for name in ("height", "max-height", "width", "max-width")]
    flat = _nothing(style.get("line-height")) and _px(style["line-height"]) == 0
    return (closed and (any(nothing) or flat)) or (any(nothing[:2]) and any(nothing[2:]))


def _clipped(style: Declarations) -> bool:
    clip, path = style.get("clip", ""), style.get("clip-path", "")
    if clip.startswith("rect"):
        return not re.search(r"[2-9]|1\d|auto", clip)
    inset = re.match(r"inset\(\s*(\d+)(?:px|%)?", path)
    shrunk = re.search(r"scale[xy3d]*\(\s*0?\.?0*\s*[,)]", style.get("transform", ""))
    return bool(
        (inset and int(inset[1]) >= 50) or re.match(r"circle\(\s*0", path) or shrunk or style.get("zoom") == "0"
    )
