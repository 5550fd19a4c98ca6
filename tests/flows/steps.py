"""What the tests that drive the command line on the lab do again and again."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.root import app
from tests.flows.conftest import PDF, Pelihara, Said


def settle(tmp_path: Path, inventory: Path, known_hosts: Path | None, monkeypatch: pytest.MonkeyPatch) -> Pelihara:
    """An empty home on the lab's inventory; returns the command."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("DATABASE_URL", "SETTINGS", "OFFICIAL", "SEAL_KEY"):
        monkeypatch.delenv(f"PELIHARA_{name}", raising=False)
    monkeypatch.setenv("PELIHARA_HOME", str(home))
    monkeypatch.setenv("PELIHARA_INVENTORY", str(inventory))
    if known_hosts:
        (home / "known_hosts").write_text(known_hosts.read_text())

    def run(*words: object) -> Said:
        done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
        return Said(done.exit_code, done.stdout, done.stderr)

    return run


def submit(pelihara: Pelihara, tmp_path: Path, *words: str) -> str:
    letter = tmp_path / "surat.pdf"
    letter.write_bytes(PDF)
    said = pelihara("request", "submit", "--about", "Mohon diperiksa", "--letter", letter, *words, "--json")
    assert said.code == 0, said.err
    return str(said.json["id"])


def act(pelihara: Pelihara, case: str, *officials: str) -> None:
    for official in officials:
        for plan in pelihara("case", "show", case, "--json").json["unconfirmed"]:
            agreed = pelihara("case", "confirm", case, "--as", "tim_teknis", "--answer", "YA", "--plan", plan)
            assert agreed.code == 0, agreed.err
        said = pelihara("case", "act", case, "--as", official, "--answer", "YA")
        assert said.code == 0, said.err
