"""The git projection of redacted configurations."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from playbooks.network.history import History, HistoryError, UnknownVersion


def test_one_commit_a_run_and_none_when_nothing_changed(tmp_path: Path) -> None:
    history = History(tmp_path / "configs")
    first = history.commit({"r1": "a\n", "r2": "b\n"}, "malam")
    assert first["r1"] == first["r2"] != ""
    assert history.commit({"r1": "a\n", "r2": "b\n"}, "malam") == {"r1": "", "r2": ""}
    second = history.commit({"r1": "c\n", "r2": "b\n"}, "malam")
    assert second["r2"] == ""
    assert [version.commit for version in history.versions("r1")] == [second["r1"], first["r1"]]
    assert len(history.versions("r2")) == 1
    assert history.show("r1", first["r1"]) == "a\n"
    assert "-a\n+c" in history.diff("r1", first["r1"])
    assert history.fsck() == []


def test_an_unknown_version_is_named(tmp_path: Path) -> None:
    history = History(tmp_path / "configs")
    history.commit({"r1": "a\n"}, "malam")
    for version in ("0" * 40, "HEAD", "--output=/tmp/x", "main"):
        with pytest.raises(UnknownVersion):
            history.show("r1", version)
    with pytest.raises(UnknownVersion):
        history.show("r9")


@pytest.mark.parametrize("name", ["../x", "a/b", "", "-rf", "a b", "x.lock", "a\n"])
def test_a_device_name_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="nama perangkat"):
        History(tmp_path / "configs").commit({name: "a\n"}, "malam")


def test_hooks_and_settings_of_the_machine_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    history = History(tmp_path / "configs")
    history.commit({"r1": "a\n"}, "malam")
    hook = history.repo / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n")
    hook.chmod(0o755)
    monkeypatch.setenv("GIT_DIR", os.devnull)
    history.commit({"r1": "b\n"}, "malam")
    assert not (tmp_path / "ran").exists()
    assert history.show("r1") == "b\n"


def test_writers_take_turns(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: History(tmp_path / "c").commit({f"r{n}": f"{n}\n"}, "malam"), range(8)))
    assert [History(tmp_path / "c").show(f"r{n}") for n in range(8)] == [f"{n}\n" for n in range(8)]


def test_damage_is_found(tmp_path: Path) -> None:
    history = History(tmp_path / "configs")
    history.commit({"r1": "a\n"}, "malam")
    broken = next(file for file in (history.repo / "objects").rglob("*") if file.is_file())
    broken.chmod(0o600)
    broken.write_bytes(b"rusak")
    assert history.fsck()


def test_a_lost_git_is_an_error_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HistoryError, match="git"):
        History(tmp_path / "configs").commit({"r1": "a\n"}, "malam")
