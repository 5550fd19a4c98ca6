"""The git projection of redacted configurations."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from playbooks.network.history import History, HistoryError, State, UnknownVersion


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


AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
STATES = [
    State(AT, {"r1": "a\n", "r2": "b\n"}, "malam"),
    State(AT + timedelta(days=1), {"r1": "c\n"}, "malam"),
    State(AT + timedelta(days=2), {"r1": "a\n"}, "malam"),
]


def a_history(folder: Path) -> History:
    history = History(folder / "configs")
    for state in STATES:
        history.commit(state.texts, state.message)
    assert history.differs(STATES) == []
    return history


def delete_branch(history: History) -> None:
    (history.repo / "refs/heads/main").unlink()


def truncate_object(history: History) -> None:
    blob = next(each for each in history.repo.glob("objects/??/*") if each.is_file())
    blob.chmod(0o644)
    blob.write_bytes(blob.read_bytes()[:-3])


def flip_object(history: History) -> None:
    blob = next(each for each in history.repo.glob("objects/??/*") if each.is_file())
    blob.chmod(0o644)
    data = bytearray(blob.read_bytes())
    data[len(data) // 2] ^= 0x20
    blob.write_bytes(data)


def break_head(history: History) -> None:
    (history.repo / "HEAD").write_text("x")


def write_over(history: History) -> None:
    history.commit({"r1": "ditulis orang lain\n"}, "malam")


def throw_away(history: History) -> None:
    shutil.rmtree(history.repo)


def go_back(history: History) -> None:
    (history.repo / "refs/heads/main").write_text(history.versions("r1")[-1].commit + "\n")


DAMAGES = [delete_branch, truncate_object, flip_object, break_head, write_over, throw_away, go_back]


def problems(history: History) -> list[str]:
    try:
        return history.fsck() or history.differs(STATES)
    except HistoryError as error:
        return [str(error)]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda each: each.__name__)
def test_damage_is_found_and_the_history_written_anew(tmp_path: Path, damage: Callable[[History], None]) -> None:
    history = a_history(tmp_path)
    assert problems(history) == []
    damage(history)
    assert problems(history)
    history.rebuild(STATES)
    assert problems(history) == []
    assert [version.at for version in history.versions("r1")] == [state.at for state in reversed(STATES)]
    assert [history.show("r1", version.commit) for version in history.versions("r1")] == ["a\n", "c\n", "a\n"]
    assert history.commit({"r1": "d\n"}, "malam")["r1"]


def test_a_rebuild_keeps_the_old_repository_and_gives_the_same_commits_again(tmp_path: Path) -> None:
    history = a_history(tmp_path)
    first, second = history.rebuild(STATES), history.rebuild(STATES)
    assert first != second
    assert [History(each).show("r2") for each in (first, second) if each] == ["b\n", "b\n"]
    assert History(second).versions("r1") == history.versions("r1")  # type: ignore[arg-type]


def test_texts_that_nobody_knows_any_more_are_strange_only_on_devices_without_damage(tmp_path: Path) -> None:
    history = a_history(tmp_path)
    known = [STATES[0], STATES[2]]
    assert history.differs(known) == ["r1.cfg: berisi yang tidak pernah dicadangkan"]
    assert history.differs(known, {"r1"}) == []


def test_a_writer_that_waits_for_a_rebuild_writes_to_the_new_repository(tmp_path: Path) -> None:
    history = a_history(tmp_path)
    waiting = threading.Thread(target=lambda: history.commit({"r2": "nanti\n"}, "malam"))

    def states() -> Iterator[State]:
        waiting.start()
        yield from STATES

    history.rebuild(states())
    waiting.join(30)
    assert history.show("r2") == "nanti\n"
    assert len(history.versions("r1")) == 3
