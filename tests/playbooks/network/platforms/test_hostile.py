"""Output that no device prints: as much of it as anybody sends costs a moment, on every platform."""

from __future__ import annotations

import time

import pytest

from playbooks.network import platforms
from playbooks.network.platforms.platform import BLANKS, tamed

MEGABYTES = 5_000_000
HOSTILE = {
    "empty lines": "\n" * MEGABYTES,
    "lines of one blank": " \n" * (MEGABYTES // 2),
    "blanks": "show" + " " * MEGABYTES + "x",
    "far indented lines": (" " * 5000 + "x\n") * (MEGABYTES // 5001),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", sorted({platform.name for platform in platforms.ALL.values()}))
def test_blanks_without_end_cost_a_moment(name: str, kind: str) -> None:
    platform, output = platforms.get(name), HOSTILE[kind]
    begin = time.process_time()
    platform.parse({platform.reads[0]: output})
    assert time.process_time() - begin < 1.5


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("", ""),
        ("Gi0/1 is up\n  Hardware is x\n\n\nGi0/2\n", "Gi0/1 is up\n  Hardware is x\n\n\nGi0/2\n"),
        ("a" + "\n" * 5000 + "  b", "a\n\n  b"),
        ("a" + " " * 5000 + "b", "a" + " " * BLANKS + "b"),
        ("a\n" + " " * 100 + "b", "a\n" + " " * 100 + "b"),
    ],
)
def test_what_devices_print_stays_as_it_is(output: str, expected: str) -> None:
    assert tamed(output) == expected
