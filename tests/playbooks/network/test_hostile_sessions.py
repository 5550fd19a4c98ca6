"""Every platform against everything that terminals, lines and networks do: the answer is exact, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbooks.network.backup import fetch_config
from playbooks.network.connect import open_session
from tests.playbooks.network.dialogues import NAMES, PROMPTS, Dialogue, Way, named, paged
from tests.playbooks.network.doubles import device

MARGIN = 42
EXACT = {
    "as usual": Way(),
    "CR CR LF": Way(ends="\r\r\n"),
    "LF CR": Way(ends="\n\r"),
    "CR": Way(ends="\r"),
    "a byte at a time": Way(piece=1),
    "seven bytes at a time": Way(piece=7),
    "NUL after each line": Way(ends="\r\n\0"),
    "echo wrapped at 80 columns": Way(columns=80),
    "pager of IOS": paged(" --More-- ", "\b" * 9 + " " * 8 + "\b" * 9),
    "pager of VRP": paged("  ---- More ----", f"\x1b[{MARGIN}D{' ' * MARGIN}\x1b[{MARGIN}D"),
    "pager of Comware": paged("---- More ----", f"\x1b[16D{' ' * 16}\x1b[16D"),
    "pager of Junos": paged("---(more 35%)---", "\r" + " " * 40 + "\r"),
    "pager of FortiOS": paged("--More-- ", "\r         \r"),
    "pager of ProCurve": paged(
        "-- MORE --, next page: Space, next line: Enter, quit: Control-C", "\r\x1b[K\x1b[24;1H\x1b[2K\r"
    ),
    "pager of EdgeSwitch": paged("--More-- or (q)uit", "\r" + " " * 18 + "\r"),
    "pager of less": paged("lines 1-24", "\r\x1b[K"),
    "pager in pieces": Way(pager="--More-- or (q)uit", wipe="\b" * 18 + " " * 18 + "\b" * 18, piece=1, page=9),
}


def double(platform: str, name: str = "sw-1", **facts: object) -> Dialogue:
    return Dialogue(
        prompt=PROMPTS[platform].replace("NAME", name), platform=platform, config=named(platform, name), **facts
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("platform", NAMES)
def test_however_an_answer_is_shown_it_is_exact(platform: str, tmp_path: Path) -> None:
    there, wrong = double(platform), []
    with device(there, tmp_path, platform=platform) as here, open_session(here) as session:
        for name, there.way in EXACT.items():
            if fetch_config(session).text != there.config:
                wrong.append(name)
    assert not wrong
