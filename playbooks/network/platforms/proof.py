"""How a device that prints no last line tells by itself where its configuration ends. Pure: what to ask, what it means.

Two equal readings prove little: whatever cut the first may have cut the second at the same line. These questions are
about the same configuration, and their answers are short, so what cuts a long text does not cut them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

TRIED = 200
"""As many words are looked at before a text is taken for one that says nothing only once."""
_WORD = re.compile(r"(?<![^\s\"'])(?!\d+(?:[\s\"';]|$))[A-Za-z0-9][A-Za-z0-9/-]{1,38}[A-Za-z0-9](?![^\s\"';])")
"""Means itself in every pattern language, needs no quotes, and is no number, which filters take for one of lines."""


@dataclass(frozen=True)
class Question:
    """`command` asks the device; `expected` is the answer that proves the end."""

    command: str
    expected: str


@dataclass(frozen=True)
class Rest:
    """The device shows its configuration once more, from the first line with a word on: a rest that must be ours."""

    command: str
    """With {shown}, the command whose output is proven, and {word}."""

    def question(self, shown: str, text: str, redacted: Callable[[], str]) -> Question | None:
        """`text` as `shown` printed it, `redacted` makes the same without secrets; None where no word will do."""
        lines, everything = _lines(text), text.lower()
        for at, word in _words(lines, _lines(redacted())):
            if everything.count(word.lower()) == 1:
                return Question(self.command.format(shown=shown, word=word), "\n".join(lines[at:]))
        return None

    def means(self, expected: str, answer: str) -> bool | None:
        """True: nothing follows our last line; False: something does; None: that was no answer to the question."""
        wanted, told = _lines(expected), _lines(answer)
        if told == wanted:
            return True
        return False if told and told[0].startswith(wanted[0]) else None


@dataclass(frozen=True)
class Count:
    """The device counts the lines that every part of its configuration, and so its last, ends with."""

    command: str
    """With {shown}, as above."""
    line: str
    """What the counted lines begin with."""

    def question(self, shown: str, text: str, redacted: Callable[[], str]) -> Question:
        """As `Rest.question`."""
        del redacted
        number = sum(each.startswith(self.line) for each in _lines(text))
        return Question(self.command.format(shown=shown), str(number))

    def means(self, expected: str, answer: str) -> bool | None:
        """As `Rest.means`. A smaller number than ours counts something else than we do."""
        found = re.fullmatch(r"\s*(\d{1,8})\s*", answer)
        if found is None or int(found[1]) < int(expected):
            return None
        return int(found[1]) == int(expected)


@dataclass(frozen=True)
class Mark:
    """The device can print the mark that is asked for behind its configuration: where that is missing, so is more."""

    command: str
    mark: str

    def question(self, shown: str, text: str, redacted: Callable[[], str]) -> Question:
        """As `Rest.question`."""
        del shown, text, redacted
        return Question(self.command, self.mark)

    def means(self, expected: str, answer: str) -> bool | None:
        """As `Rest.means`; no answer proves the end."""
        return False if answer.strip() == expected else None


Proof = Rest | Count | Mark


def _lines(text: str) -> list[str]:
    """Blank ones are shown by some filters and not by others."""
    return [line.rstrip() for line in text.split("\n") if line.strip()]


def _words(lines: list[str], redacted: list[str]) -> Iterator[tuple[int, str]]:
    """Words that may be asked for, the last first, with the places of their lines.

    No line with a secret is asked for: devices log what is typed. Nor is the first, from which on a device that does
    not know the question would answer.
    """
    left = TRIED
    for at in range(len(lines) - 1, 0, -1):
        for word in _WORD.findall(lines[at]) if lines[at] in redacted[at : at + 1] else ():
            yield at, word
            left -= 1
            if not left:
                return
