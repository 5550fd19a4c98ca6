"""Terminals that a platform describes: prompts, paging and pagers of many kinds, over real SSH."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.network import platforms
from playbooks.network.connect import open_session
from playbooks.network.screen import Screen
from playbooks.network.terminal import awaited
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
    plain = replace(platforms.get("cisco_ios"), prompt=pattern, paging=paging)
    monkeypatch.setattr(platforms, "get", lambda _: plain)
    double = Double(prompt=prompt, banner=BANNER, piece=piece, pager=more)
    with device(double, tmp_path) as endpoint, open_session(endpoint, 20) as session:
        assert session.prompt == name
        for _ in range(2):
            assert session.ask("show running-config").rstrip() == IOS_CONFIG.rstrip()


def cpu_s(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


@given(st.text("\r\nab", max_size=20))
def test_line_ends_are_of_one_kind(text: str) -> None:
    read = Screen().read(f"{text}$".encode())
    assert read == re.sub(r"\r+\n|\n\r", "\n", f"{text}$").replace("\r", "\n")


@pytest.mark.parametrize("flood", [b"\r" * 65535 + b"x", b"\x1b]" * 32768, b"\x1b[" * 32768, b"\n\r" * 32768])
def test_a_flood_of_control_characters_keeps_nobody_busy(flood: bytes) -> None:
    assert cpu_s(lambda: Screen().read(flood)) < 1


@pytest.mark.parametrize("name", sorted({each.name for each in platforms.ALL.values() if each.prompt}))
def test_a_log_in_that_repeats_the_echo_without_end_keeps_nobody_busy(name: str) -> None:
    platform = platforms.get(name)
    echo = (platform.paging or ("sw#",))[-1] + "\n"
    for flood in (echo * (30000 // len(echo)), echo + "x\n" * 15000, echo + "sw1# \n" * 5000 + "x"):
        assert cpu_s(lambda flood=flood: re.search(awaited(platform), flood)) < 2  # type: ignore[misc]
