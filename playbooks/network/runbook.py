"""Class C of the ladder: what a technician does by hand, with the very commands of the platform. Pure.

The words are the office's, in runbooks.yaml. Commands come from the vendors' command references.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from playbooks.findings import Finding
from playbooks.network import platforms

RUNBOOKS = Path(__file__).with_name("runbooks.yaml")
_TYPED = re.compile(r"[A-Za-z0-9<][A-Za-z0-9 ./:_<>@+*-]{0,63}")
"""What may stand in a command: the names of ports and addresses. Devices tell names, and a command is typed."""
_COMMAND = re.compile(r" *\[([a-z_]+)\]$")


def runbook(finding: Finding, device: str, platform: str) -> tuple[str, ...]:
    """Numbered lines (Indonesian) that lead from a finding to its proof, and back; empty for a code without one.

    `device`: its name in the inventory. `platform`: its name in platforms/; for one without commands of its own the
    lines say what to do, not what to type.
    """
    page = _book()["gangguan"].get(finding.code)
    if page is None:
        return ()
    told = {"subjek": finding.subject, "perangkat": device}
    back_up = f"Cadangkan konfigurasi sebelum mengubah apa pun: `pelihara network backup {device}`"
    again = f"Diagnosa ulang dengan `pelihara network diagnose {device}`; temuan {finding.name} harus hilang"
    steps = [back_up, *(_line(step, told, platform) for step in page["langkah"])]
    proof = ["Bukti: " + _line(page["bukti"], told, platform), again]
    lines = [*steps, *proof, "Bila gagal: " + _line(page["mundur"], told, platform)]
    return tuple(f"{number}. {line}." for number, line in enumerate(lines, 1))


def _line(step: str, told: dict[str, str], platform: str) -> str:
    """A step with its names filled in and the commands of its [word] behind it."""
    asked = _COMMAND.search(step)
    typed = commands(platform).get(asked[1], ()) if asked else ()
    names = {**told, "subjek": told["subjek"] if _TYPED.fullmatch(told["subjek"]) else "NAMA"}
    quoted = ", lalu ".join(f"`{_filled(command, names)}`" for command in typed)
    return _filled(_COMMAND.sub("", step), told) + (f": {quoted}" if quoted else "")


def _filled(text: str, told: dict[str, str]) -> str:
    """Once, so that a name that looks like a place is not filled in again."""
    return re.sub(r"\{(subjek|perangkat)\}", lambda place: told[place[1]], text)


def commands(platform: str) -> dict[str, tuple[str, ...]]:
    """What a platform (or another name of it) is asked or told, by the words of runbooks.yaml."""
    known = platforms.ALL.get(platform)
    own: dict[str, Any] = dict(_book()["perintah"].get(known.name if known else platform, {}))
    like = own.pop("seperti", "")
    told = {word: (typed,) if isinstance(typed, str) else tuple(typed) for word, typed in own.items()}
    # An empty word says that the platform has no such command although the one it is like has.
    return (commands(like) if like else {}) | {word: tuple(filter(None, typed)) for word, typed in told.items()}


@cache
def _book() -> dict[str, Any]:
    book: dict[str, Any] = YAML(typ="safe").load(RUNBOOKS)
    return book
