"""What scripts put into a page, read without running them: their strings, put together and decoded."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote

LARGEST = 300_000
"""Characters of one script that are read."""
MOST = 3000
"""Strings of one script that are read."""
SHORT = 12
"""Characters of a literal that may be a piece of a word."""
LAYERS = 3
"""Decoded text that is a script again is read so many times."""

_STRINGS = re.compile(r"""(["'])((?:(?!\1)[^\\\n]|\\.)*+)(?:\1|\n|\Z|\\)|(`)((?:[^`\\]|\\.)*+)(?:`|\Z|\\)""", re.DOTALL)
"""Literals; one that is never closed ends with its line, so that every text is read once."""
_GIVEN = re.compile(
    r"""(?<![\w.$])([A-Za-z_$][\w$]{0,30})\s{0,5}=\s{0,5}("[^"\\\n]{0,200}"|'[^'\\\n]{0,200}'|`[^`\\\n$]{0,200}`)"""
)
_SLOT = re.compile(r"\$\{\s{0,5}([A-Za-z_$][\w$]{0,30})\s{0,5}\}")
_ADDED = re.compile(
    r"(?<=[+])\s{0,5}([A-Za-z_$][\w$]{0,30})(?![\w.$(\[])|(?<![\w.$])([A-Za-z_$][\w$]{0,30})(?=\s{0,5}\+\s{0,5}[\"'`\w])"
)
"""A name that stands beside a plus."""
_GLUE = re.compile(r"\s{0,20}(\+|,|\+=)\s{0,20}")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|([0-7]{1,3})|(.))", re.DOTALL)
_NUMBERS = re.compile(r"(?:0x[0-9a-fA-F]{1,4}|\d{1,6})(?:\s{0,5},\s{0,5}(?:0x[0-9a-fA-F]{1,4}|\d{1,6})){5,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){8,}")
_SINK = re.compile(
    r"document\s*\.\s*write|innerHTML|outerHTML|insertAdjacent|appendChild|createElement|\.append\(|\.prepend\(|\.html\(|insertBefore|\beval\b|textContent|innerText",
)
_TURN = re.compile(
    r"location(?:\s*\.\s*href)?\s*=(?!=)|location\s*\.\s*(?:replace|assign)\s*\(|window\s*\.\s*open\s*\(|[\"']location[\"']|[\"']href[\"']"
)
_GUARD = re.compile(r"referrer|userAgent", re.IGNORECASE)
_SEARCHER = re.compile(r"google|bing|yahoo|yandex|duckduck|baidu|bot\b|crawl|spider|slurp", re.IGNORECASE)
_ASK = re.compile(r"\bfetch\s*\(|XMLHttpRequest|\.(?:get|getJSON|ajax|load|post)\s*\(|axios|\bimport\b|\.src\s*=")
_PLACE = re.compile(
    r"(?:https?:)?/{0,2}[\w./%~-]{1,200}\.(?:json|html?|txt|php|js|xml|dat|css)(?:\?[^\s\"'<>]{0,200})?|\.{0,2}/[\w./%~-]{2,200}"
)
_SIMPLE = {"n": "\n", "t": " ", "r": " ", "b": "", "f": "", "v": " ", "\n": ""}


@dataclass(frozen=True)
class Script:
    """What one script holds."""

    source: str
    """In small letters."""
    texts: tuple[str, ...]
    inserts: bool
    """Whether it puts anything into the page."""
    turns: bool
    """Whether it can send its reader elsewhere."""
    guarded: bool
    """Whether it looks where its reader comes from or who that is, with search engines in mind."""
    asks: tuple[str, ...]
    """What it seems to fetch."""


def read(source: str) -> Script:
    """A script, read without running it. Never raises."""
    source = _named(source[:LARGEST])
    texts = [text for text in dict.fromkeys(islice(_layers(source, LAYERS), 4 * MOST)) if text.strip()][:MOST]
    whole = source + "\n" + "\n".join(texts)
    asks = [text for text in texts if _PLACE.fullmatch(text)] if _ASK.search(whole) else []
    guarded = bool(_GUARD.search(whole) and _SEARCHER.search(whole))
    return Script(
        source.lower(), tuple(texts), bool(_SINK.search(whole)), bool(_TURN.search(whole)), guarded, tuple(asks)
    )


def _named(source: str) -> str:
    """The script with the short texts that it gives names to in the places where it joins them by name."""
    names = {found[1]: found[2][1:-1] for found in islice(_GIVEN.finditer(source), MOST)}
    if not names:
        return source
    source = _SLOT.sub(lambda found: names.get(found[1], found[0]), source)
    return _ADDED.sub(lambda found: f"'{names[name]}'" if (name := found[1] or found[2]) in names else found[0], source)


def _layers(source: str, layers: int) -> Iterator[str]:
    for text in _said(source):
        yield text
        if layers > 1 and len(text) > 20 and (_SINK.search(text) or "fromCharCode" in text or "atob" in text):
            yield from _layers(text, layers - 1)


def _said(source: str) -> Iterator[str]:
    """Strings as they stand, put together, and decoded in every way that gives text."""
    plain = list(_joined(source))
    for text in plain[:MOST]:
        yield text
        yield from _decoded(text)
    yield from _scattered(source)
    if "reverse" in source:
        yield from (text[::-1] for text in plain if len(text) > 3)
    for numbers in _NUMBERS.findall(source)[:200]:
        yield from _from_codes(numbers)
    yield from _unpacked(source)


def _joined(source: str) -> Iterator[str]:
    """Literals; those with only plus or commas between them also as one."""
    row: list[str] = []
    marks: set[str] = set()
    end = 0
    for count, found in enumerate(_STRINGS.finditer(source)):
        if count >= MOST:
            break
        glue = _GLUE.fullmatch(source, end, found.start()) if row else None
        if row and not glue:
            yield from _row(row, marks)
            row, marks = [], set()
        if glue:
            marks.add(glue[1])
        row.append(_unescaped(found[2] or found[4] or ""))
        end = found.end()
    yield from _row(row, marks)


def _scattered(source: str) -> Iterator[str]:
    """Short literals of one statement as one: what was cut up into variables."""
    row: list[str] = []
    end = 0
    for found in islice(_STRINGS.finditer(source), MOST):
        if ";" in source[end : found.start()]:
            yield "".join(row)
            row = []
        text = _unescaped(found[2] or found[4] or "")
        row += [text] if len(text) <= SHORT else []
        end = found.end()
    yield "".join(row)


def _row(row: list[str], marks: set[str]) -> Iterator[str]:
    if len(row) == 1 or "," not in marks:
        yield "".join(row)
        return
    yield from row
    yield ("" if max(map(len, row)) == 1 else " ").join(row)
    if len(row) <= 100:
        yield "".join(row)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_mark, text)


def _mark(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code or found[4]:
        number = int(code, 16) if code else int(found[4], 8)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else " "
    return _SIMPLE.get(found[5], found[5])


def _decoded(text: str) -> Iterator[str]:
    if "%" in text:
        yield re.sub(r"%u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), unquote(text, errors="replace"))
    if "\\x" in text or "\\u" in text:
        yield _unescaped(text)
    bare = re.sub(r"\s", "", text)
    if len(bare) <= 200_000:
        yield from _readable(_bytes, bare, _BASE64)
        yield from _readable(_bytes, bare[::-1], _BASE64)
        yield from _readable(binascii.unhexlify, bare, _HEX)
    if len(text) > 8 and re.search(r"[a-zA-Z]{4}", text):
        yield codecs.encode(text, "rot13") if _looks_rotated(text) else ""


def _looks_rotated(text: str) -> bool:
    """Markup or an address, moved by thirteen letters."""
    return any(mark in text.lower() for mark in ("uggc", "uers=", "<qvi", "<n ", "fybg", "gbtry", "wnpxcbg"))


def _bytes(text: str) -> bytes:
    text = text.translate(str.maketrans("-_", "+/"))
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=False)


def _readable(decode: Callable[[str], bytes], text: str, form: re.Pattern[str]) -> Iterator[str]:
    if not form.fullmatch(text):
        return
    try:
        said = decode(text).decode("utf-8")
    except (ValueError, binascii.Error):
        return
    if said and sum(mark.isprintable() or mark.isspace() for mark in said) > 0.95 * len(said):
        yield said
        yield from _decoded(said) if form is _BASE64 and len(said) > 12 and "%" in said else ()


def _from_codes(numbers: str) -> Iterator[str]:
    codes = [
        int(each, 0) if each.lower().startswith("0x") else int(each)
        for each in re.findall(r"0x[0-9a-fA-F]+|\d+", numbers)
    ]
    if all(9 <= code < 0x3000 for code in codes) and sum(32 <= code < 127 for code in codes) > 0.9 * len(codes):
        yield "".join(map(chr, codes))


def _unpacked(source: str) -> Iterator[str]:
    """Dean Edwards' packer: a text whose words are numbers of a list."""
    if "p,a,c,k,e" not in source.replace(" ", ""):
        return
    strings = [_unescaped(found[2] or found[4] or "") for found in _STRINGS.finditer(source[source.find("}(") :])][:2]
    base = re.search(r"['\"`]\s*,\s*(\d{1,2})\s*,\s*\d+\s*,", source)
    if len(strings) == 2 and base and 2 <= int(base[1]) <= 62:
        names = strings[1].split("|")
        yield re.sub(r"\b\w+\b", lambda found: _name(found[0], int(base[1]), names), strings[0])


_DIGITS = {mark: value for value, mark in enumerate("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")}


def _name(word: str, base: int, names: list[str]) -> str:
    if len(word) > 4:
        return word
    number = 0
    for mark in word:
        number = number * base + _DIGITS.get(mark, base)
    return (names[number] or word) if number < len(names) else word


def markup_in(texts: Iterable[str]) -> Iterator[str]:
    """Those texts that are markup."""
    return (text for text in texts if re.search(r"<[a-zA-Z/!]", text))
