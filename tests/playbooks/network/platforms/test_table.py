"""The table of platforms that people read."""

from __future__ import annotations

from pathlib import Path

from playbooks.network.platforms.__main__ import table

README = Path(__file__).parents[4] / "playbooks" / "network" / "README.md"


def test_the_readme_has_the_table_that_the_platform_files_print() -> None:
    assert table() in README.read_text(), "run `python -m playbooks.network.platforms` and put its table there"
