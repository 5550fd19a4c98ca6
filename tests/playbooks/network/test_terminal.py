"""Terminals that a platform describes: prompts, paging and pagers of many kinds, over real SSH."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from playbooks.network import platforms
from playbooks.network.connect import open_session
from tests.playbooks.network.doubles import IOS_CONFIG, Double, device

SHAPES = {
    "angle": ("<sw-1>", r"(?:<NAME>|\[[~*]?NAME[^\n\]]*\])", ("screen-length 0 temporary",), ""),
    "brace": (
        "\r\n{master:0}\r\notomasi@r1>",
        r"(?:\{\S+\}\n)?(?:\[edit[^\n]*\]\n)?\S+@NAME[>#]",
        ("set cli screen-length 0",),
        "",
    ),
    "shell": ("otomasi@srv1:~$", r"\S+@NAME:[^\n$#]*[$#]", (), ""),
    "round": ("(sw1) #", r"\(NAME\) (?:\([^\n()]*\))?[>#]", ("terminal length 0",), ""),
    "pager": ("FG1 #", r"NAME (?:\([^\n()]*\) )?[#$]", (), "--More--"),
    "long": ("gedung-utama-lantai-dua-sw01#", r"NAME(?:\([^\n()]*\))?[>#]", ("terminal length 0",), ""),
}
BANNER = "Selamat datang\r\nsw-lain# bukan prompt\r\n<sw-lain>\r\n"


@pytest.mark.parametrize("piece", [0, 1, 7])
@pytest.mark.parametrize("shape", SHAPES)
def test_an_answer_is_exact_whatever_the_prompt(
    shape: str, piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt, pattern, paging, more = SHAPES[shape]
    name = prompt.strip("<>() #$").rpartition("@")[2].partition(":")[0]
    plain = replace(platforms.get("cisco_ios"), prompt=pattern, paging=paging, more=more)
    monkeypatch.setitem(platforms.ALL, "cisco_ios", plain)
    double = Double(prompt=prompt, banner=BANNER, piece=piece, pager=more)
    with device(double, tmp_path) as endpoint, open_session(endpoint, 20) as session:
        assert session.prompt == name
        for _ in range(2):
            assert session.ask("show running-config").rstrip() == IOS_CONFIG.rstrip()
