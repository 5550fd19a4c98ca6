"""Prints the table of playbooks/network/README.md: what each platform can do and what that was shown on.

`recordings FOLDER`: how many recorded outputs of each platform are read, and how many are not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from playbooks.network import platforms, recordings
from playbooks.network.platforms.platform import Platform

HEADINGS = "platform|also called|NAPALM|facts|end of a configuration|saves (A)|repairs (A, B)|shown on".split("|")


def table() -> str:
    """Markdown, a row a platform, in the order of their names."""
    own = sorted({platform.name: platform for platform in platforms.ALL.values()}.values(), key=lambda one: one.name)
    lines = ([*HEADINGS], ("---",) * len(HEADINGS), *map(_row, own))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _row(platform: Platform) -> tuple[str, ...]:
    return (
        f"`{platform.name}`",
        _codes(platform.aliases),
        _codes([platform.napalm] if platform.napalm else []),
        f"{len(platform.reads)} commands asked, {len(platform.parsers)} understood",
        _end(platform),
        _codes(platform.save) if platform.save else "not needed",
        _codes(platform.repairs),
        platform.shown_on or "manuals only",
    )


def _end(platform: Platform) -> str:
    mark = f"`{platform.last_line}`" if platform.last_line else ""
    proof = platform.proof.command.replace("|", "\\|") if platform.proof else ""
    return ", else ".join(filter(None, (mark, proof and f"asked: `{proof}`")))


def _codes(words: Iterable[str]) -> str:
    return " ".join(f"`{word}`" for word in words) or "-"


def main(words: list[str]) -> str:
    match words:
        case []:
            return table()
        case ["recordings", folder] if any(recordings.recordings(Path(folder))):
            return recordings.table(Path(folder))
        case ["recordings", folder]:
            raise SystemExit(f"no recording is there: {folder}/PLATFORM/COMMAND/*.raw")
    raise SystemExit("usage: python -m playbooks.network.platforms [recordings FOLDER]")


if __name__ == "__main__":
    sys.stdout.write(main(sys.argv[1:]))
