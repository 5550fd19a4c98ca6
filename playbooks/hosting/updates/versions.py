"""Versions as PHP and WordPress write them, and the headers they stand in. Pure: a file's text is never run."""

from __future__ import annotations

import re
from itertools import zip_longest

HEAD = 8192
"""Bytes of a file in which WordPress looks for its header (wp-includes/functions.php, get_file_data)."""
_HEADER = re.compile(
    r"^(?:[ \t]*<\?php)?[ \t/*#@]*(plugin name|theme name|version|requires at least|requires php):(.*)$", re.I | re.M
)
_CORE = re.compile(r"^\$(wp_version|required_php_version)\s*=\s*'([^'\n]*)';", re.M)
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,39}")
_PARTS = re.compile(r"[0-9]+|[a-z]+")
# What comes before a number that is not given, and before one that is (php.net, version_compare).
_STAGES = {"dev": -5, "a": -4, "alpha": -4, "b": -3, "beta": -3, "rc": -2, "p": 3, "pl": 3}
_OTHER, _END, _NUMBER = -6, 0, 2


def headers(text: str) -> dict[str, str]:
    """The header of a plugin's or a theme's file, by field in small letters; the first of each counts."""
    found: dict[str, str] = {}
    for field, value in _HEADER.findall(text.replace("\r", "\n")):
        found.setdefault(field.lower(), re.sub(r"\s*(\*/|\?>).*", "", value).strip())
    return found


def core(text: str, what: str = "wp_version") -> str:
    """WordPress's version, or another one that its version.php sets; empty when it says none."""
    said = dict(reversed(_CORE.findall(text)))
    return sound(said.get(what, ""))


def sound(version: str) -> str:
    """The version, or nothing when it does not look like one."""
    return version if _VERSION.fullmatch(version) else ""


def newer(version: str, than: str) -> bool:
    """Whether a version comes after another, in the order of PHP's version_compare."""
    return compare(version, than) > 0


def compare(version: str, other: str) -> int:
    """1 when a version comes after another, -1 when before, 0 when they are the same to PHP's version_compare."""
    mine, others = _rank(version, other), _rank(other, version)
    return (mine > others) - (mine < others)


def _rank(version: str, beside: str) -> list[tuple[int, int]]:
    pairs = zip_longest(_PARTS.findall(version.lower()), _PARTS.findall(beside.lower()))
    return [_weight(mine) for mine, _ in pairs]


def _weight(part: str | None) -> tuple[int, int]:
    if part is None:
        return _END, 0
    return (_NUMBER, int(part)) if part.isdigit() else (_STAGES.get(part, _OTHER), 0)
