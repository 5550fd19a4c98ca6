"""Secrets in a device's text: each platform says what they look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

# Python shows how it reads a pattern nowhere else, and words told by hand beside each pattern would be written twice.
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from playbooks.network import platforms

_WITHIN = re.compile(r"\[\^[^\]]*\\[ns][^\]]*\]")
"""A set that leaves out the line end."""
_BEYOND = re.compile(r"\\[nsWDAZ]|\[\^|\(\?[a-z]*s")
"""What may match a line end."""


@dataclass(frozen=True)
class Secret:
    """One way in which a secret stands in a text; most texts, and most lines, are passed by at a glance."""

    pattern: re.Pattern[str]
    words: frozenset[str]
    """Each match holds one of them; empty when nothing can be said."""
    in_a_line: bool
    """No match goes beyond a line."""

    def masked(self, text: str, mask: Callable[[str], str]) -> str:
        def hide(part: str) -> str:
            return self.pattern.sub(lambda found: _masked(found, mask), part)

        if not self.words:
            return hide(text)
        lines = _lines_with(self.words, text)
        if not (lines and self.in_a_line):
            return hide(text) if lines else text
        parts, done = [], 0
        for start, end in lines:
            parts += [text[done:start], hide(text[start:end])]
            done = end
        return "".join([*parts, text[done:]])


def _lines_with(words: Iterable[str], text: str) -> list[tuple[int, int]]:
    """Where the lines begin and end that hold one of `words`, in order."""
    starts = {text.rfind("\n", 0, at) + 1 for word in words for at in _places(word, text)}
    return [(start, text.find("\n", start) % (len(text) + 1)) for start in sorted(starts)]


def _places(word: str, text: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def redact(platform: str, text: str, mask: Callable[[str], str]) -> str:
    """`text` with every secret replaced by `mask(secret)`; lines, order and everything else stay as they are."""
    for secret in _secrets(platform):
        text = secret.masked(text, mask)
    return text


def hidden(secret: str) -> str:
    """What stands in place of a secret in the redacted view."""
    del secret
    return "<disamarkan>"


def _masked(found: re.Match[str], mask: Callable[[str], str]) -> str:
    start, end = (position - found.start() for position in found.span("secret"))
    whole = found[0]
    return whole[:start] + mask(found["secret"]) + whole[end:]


@cache
def _secrets(platform: str) -> tuple[Secret, ...]:
    return tuple(map(_secret, platforms.get(platform).secrets))


def _secret(pattern: str) -> Secret:
    compiled = re.compile(pattern, re.MULTILINE)
    return Secret(compiled, words(pattern), not _BEYOND.search(_WITHIN.sub("", pattern)))


def words(pattern: str) -> frozenset[str]:
    """The longest of what every match of `pattern` has to hold one of; empty when there is nothing such."""
    parsed = _parser.parse(pattern, re.MULTILINE)
    if parsed.state.flags & re.IGNORECASE:
        return frozenset()
    return max(_held(parsed), key=_length, default=frozenset())


def _length(some: frozenset[str]) -> int:
    return min(map(len, some), default=0)


def _held(parsed: Any) -> Iterator[frozenset[str]]:
    """Sets of words, of each of which a match holds one: runs of letters, and what is in groups."""
    run = ""
    for kind, value in [*parsed, (ops.AT, None)]:
        if kind is ops.LITERAL:
            run += chr(value)
            continue
        if run:
            yield frozenset({run})
        run = ""
        if kind is ops.SUBPATTERN and not value[1]:
            yield from _held(value[3])
        elif kind in (ops.MAX_REPEAT, ops.MIN_REPEAT) and value[0]:
            yield from _held(value[2])
        elif kind is ops.BRANCH:
            best = [max(_held(each), key=_length, default=frozenset[str]()) for each in value[1]]
            if all(best):
                yield frozenset().union(*best)
