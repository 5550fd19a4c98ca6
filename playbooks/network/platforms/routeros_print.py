"""What RouterOS 6 and 7 print: `terse` and `detail` entries, tables in columns, `name: value` blocks. Pure grammar.

help.mikrotik.com/docs/display/ROS/Command+Line+Interface ("General commands", print). Lines of the log that the console
prints into an answer are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

Told = dict[str, str]
ADDRESS = r"\d+\.\d+\.\d+\.\d+"
MAC = r"(?:[0-9A-F]{2}:){5}[0-9A-F]{2}"
LOG_LINE = r"^(?:\w{3}/\d\d/\d{4} |\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d echo: .*\n?"

_KEY = r"\.?[a-z0-9][a-z0-9.-]*="
_FIELD = re.compile(rf'(?:^|(?<=\s))({_KEY})("(?:[^"\\]|\\.)*"|)')
_NUMBERED = re.compile(rf"^\s*\d+ ([A-Za-z*+ -]{{0,8}}?)\s*(?=;;;|{_KEY})")
_DYNAMIC = re.compile(rf"^\s*(D[A-Za-z+]{{0,4}}(?: [A-Za-z+]{{1,3}})?)\s+(?=;;;|{_KEY})")
"""RouterOS 7 gives no number to what is dynamic."""
_INDENTED = re.compile(rf"^\s+{_KEY}")
_LEGEND = r"^(?:Flags|Columns):.*|^(?:[A-Za-z+*] - [\w-]+[,;]? ?)+$"


def plain(output: str) -> str:
    """`output` without lines of the log."""
    return re.sub(LOG_LINE, "", output, flags=re.MULTILINE)


def entries(output: str) -> Iterator[tuple[str, dict[str, str]]]:
    """(flags, fields) of each entry of `print terse` or `print detail`.

    A value runs to the next `word=` or the end, as RouterOS does not quote spaces in terse output. A comment written
    as `;;; ...` runs over lines to the first that is indented and begins with a field.
    """
    flags, comment, text, begun = "", "", "", False
    for line in plain(output).splitlines():
        match = _NUMBERED.match(line) or _DYNAMIC.match(line)
        if match:
            if begun:
                yield flags, _entry(comment, text)
            flags, comment, text, begun = match[1].replace(" ", ""), "", "", True
            line = line[match.end() :]
            if line.startswith(";;;"):
                comment, line = f"{line[3:].strip()} ", ""
        elif begun and comment and not text and not _INDENTED.match(line):
            comment, line = f"{comment}{line.strip()} ", ""
        text = f"{text} {line.strip()}".strip()
    if begun:
        yield flags, _entry(comment, text)


def _entry(comment: str, text: str) -> dict[str, str]:
    return ({"comment": comment.strip()} if comment.strip() else {}) | pairs(text)


def pairs(text: str) -> dict[str, str]:
    """key=value fields of one entry; quotes taken off. `.as` after `remote.address` is `remote.as` (RouterOS 7)."""
    found = list(_FIELD.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    told, group = {}, ""
    for match, end in zip(found, ends, strict=True):
        key = match[1][:-1]
        key = f"{group}{key}" if key.startswith(".") else key
        group = key.partition(".")[0]
        told[key] = match[2][1:-1] if match[2] else text[match.end() : end].strip()
    return told


def some(output: str, *keys: str) -> list[tuple[str, dict[str, str]]]:
    """The entries; ValueError when text came that holds none (an empty list prints nothing at all).

    `keys`: what an entry of this menu cannot lack (`a|b`: either); one that does is another menu's.
    """
    found = list(entries(output))
    if not all(set(key.split("|")) & set(told) for _, told in found for key in keys):
        raise ValueError(f"entries of another menu: no {keys}")
    if not found and re.sub(_LEGEND, "", plain(output), flags=re.MULTILINE).strip():
        raise ValueError("no entries in the output")
    return found


def properties(output: str) -> dict[str, str]:
    """`name: value` lines, as /system resource print gives; ValueError when there is none."""
    found = dict(re.findall(r"^[ \t]*([a-z][a-z0-9-]*): ?(.*?)[ \t\r]*$", plain(output), re.MULTILINE))
    if not found:
        raise ValueError("no properties")
    return found


def blocks(output: str, first: str) -> list[str]:
    """The outputs of one command asked for many things in turn, each beginning with the line `first: ...`."""
    parts = re.split(rf"^(?=\s*{first}: )", plain(output), flags=re.MULTILINE)
    if parts[0].strip():
        raise ValueError(f"no {first!r} at the beginning")
    return parts[1:]


@dataclass(frozen=True)
class Table:
    """A table in columns: where each heading stands, and the lines below it with the comment before each."""

    columns: dict[str, int]
    lines: tuple[tuple[str, str], ...]

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def cells(self, line: str) -> tuple[str, dict[str, str]]:
        """(flags, cells by heading) of a line whose first column is set at its heading; ValueError when it is not."""
        start = min(self.columns.values())
        head = re.fullmatch(r"\s*\d*\s([A-Za-z*+ ]*)", line[:start])
        if head is None or not line[start : start + 1].strip():
            raise ValueError(f"not in columns: {line!r}")
        told: dict[str, str] = {}
        for word in re.finditer(r"\S+", line[start:]):
            heading = self._above(start + word.start(), start + word.end())
            told[heading] = f"{told.get(heading, '')} {word[0]}".strip()
        return head[1].replace(" ", ""), told

    def _above(self, start: int, end: int) -> str:
        """The heading over a word: the one that stands over it, else the last that begins before it."""
        for heading, at in self.columns.items():
            if at < end and start < at + len(heading):
                return heading
        return max((at, heading) for heading, at in self.columns.items() if at <= start)[1]


def table(output: str) -> Table:
    """The table in `output`. ValueError when there is no line of headings."""
    lines = [line for line in plain(output).splitlines() if line.strip()]
    top = next((at for at, line in enumerate(lines) if re.match(r"\s*#\s+[A-Z]", line)), None)
    if top is None:
        raise ValueError("no headings")
    columns = {match[0]: match.start() for match in re.finditer(r"[A-Z][A-Z0-9-]*", lines[top])}
    return Table(columns, tuple(_below(lines[top + 1 :])))


def _below(lines: list[str]) -> Iterator[tuple[str, str]]:
    """(comment, line): version 6 writes number and flags before the comment, and the cells below it."""
    comment, begun = "", ""
    for line in lines:
        head, mark, text = line.partition(";;;")
        if mark and re.fullmatch(r"\s*\d*\s*[A-Za-z*+ ]*", head):
            comment, begun = text.strip(), head if head.strip() else ""
        else:
            yield comment, (begun + line[len(begun) :] if not line[: len(begun)].strip() else line).rstrip()
            comment, begun = "", ""


def rows_like(told: Table, shape: str) -> list[re.Match[str]]:
    """Lines of a table by what their cells look like: a longer flag or address pushes the rest out of its column."""
    found = [re.fullmatch(rf"\s*\d* *(?P<flags>[A-Za-z+ ]{{0,6}}?) *\b{shape} *", line) for _, line in told.lines]
    if not all(found):
        raise ValueError("a line that does not fit its headings")
    return [row for row in found if row]
