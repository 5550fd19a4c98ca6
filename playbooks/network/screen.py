"""What the bytes of a terminal say: characters, line ends of one kind, no colours, pagers' questions marked.

ECMA-48 (escape sequences).
"""

from __future__ import annotations

import codecs
import re

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\](?:[^\x07\x1b\n]{0,400}(?:\x07|\x1b\\))?|[ -/]{1,4}[0-~]|[0-Z^-~]|\\)"
)
_LONGEST = 420
"""Bytes of an escape sequence, at most: a window's title is one."""
_WAITING = re.compile(
    rb"(?<!\r)\r+\Z|\x1b(?:\[[0-?]{0,20}[ -/]{0,4}|\][^\x07\x1b\n]{0,400}\x1b?|[ -/]{0,4})?\Z", re.DOTALL
)
_WIPED = re.compile(
    rb"[^\r\n\x08\x1b]{0,80}?"
    rb"(?:\x1b\[[0-?]{0,20}[ -/]{0,4}[@-~]|\x08|\r(?!\r*\n)| +\r(?!\n)| +(?=[\x08\x1b]))+"
    rb"(?= *[^ \r\x08\x1b]|\r+\n)"
)
"""The rest of a pager's question and what takes it off the screen, once it is certain that this is all of it."""
PAGED = "\0"
"""Stands behind a pager's question that was taken off the screen; no device's text has it."""


def _as_latin1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("latin1", _as_latin1)
"""A name typed with an old terminal is not UTF-8: read as Latin-1 no two configurations become the same text."""


class Screen:
    """Text in the order it is shown, as the bytes come, however they are cut."""

    def __init__(self) -> None:
        self._rest = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("latin1")
        self.wiping = False
        """Whether a pager's question was answered and has yet to be taken off the screen."""
        self.unwiped = False
        """Whether one stayed on it: nobody can tell whether it was one."""

    def read(self, data: bytes) -> str:
        """What `data` adds; a CR or an escape sequence at its end waits for what follows it."""
        data = self._rest + data.replace(b"\0", b"")
        self._rest = b""
        if not self.wiping:
            return self._shown(data)
        wiped = _WIPED.match(data)
        if not wiped and b"\n" not in data and len(data) < _LONGEST:
            self._rest = data
            return ""
        self.wiping = False
        self.unwiped = self.unwiped or not wiped
        return PAGED + self._shown(data[wiped.end() :]) if wiped else self._shown(data)

    def _shown(self, data: bytes) -> str:
        cut = _WAITING.search(data, max(0, len(data.rstrip(b"\r")) - _LONGEST))
        data, self._rest = (data[: cut.start()], data[cut.start() :]) if cut else (data, b"")
        text = self._decoder.decode(data)
        if "\x1b" in text:
            text = _ESCAPES.sub("", text)
        return _with_line_ends(text)


def _with_line_ends(text: str) -> str:
    """`text` whose lines end with \\n, however the device ends them."""
    plain = text.replace("\r\n", "\n")
    # Most devices send nothing but CR LF.
    return re.sub(r"\r+\n?|\n\r", _line_end, text) if "\r" in plain else plain


def _line_end(found: re.Match[str]) -> str:
    """One for CR and LF in any number and order; each CR alone is one, as RouterOS ends the lines it paints again."""
    return "\n" if "\n" in found[0] else "\n" * len(found[0])
