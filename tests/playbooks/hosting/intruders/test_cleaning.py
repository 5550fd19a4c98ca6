"""A clean-up does what was approved to exactly those contents, or nothing; hostile names go out and come back whole."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playbooks.hosting.intruders import cleaning, quarantine

APPROVED = {
    "aside": {"shared/x.php": "a", "shared/y.php": "b"},
    "restore": {"releases/1/z.php": "c"},
    "admins": {"a": 7},
    "jobs": {"www-data": ["x", "y"]},
}
NAMES = st.binary(min_size=1, max_size=30).map(
    lambda name: name.replace(b"\0", b"?").replace(b"/", b"?").replace(b".", b"?")
)


@pytest.mark.parametrize(
    ("now", "may"),
    [
        (APPROVED, True),
        ({**APPROVED, "aside": {"shared/y.php": "b"}}, True),
        ({**APPROVED, "aside": {**APPROVED["aside"], "shared/new.php": "d"}}, False),
        ({**APPROVED, "aside": {"shared/x.php": "isi lain"}}, False),
        ({**APPROVED, "restore": {"releases/1/z.php": "isi lain"}}, False),
        ({**APPROVED, "admins": {"a": 8}}, False),
        ({**APPROVED, "jobs": {"www-data": ["y"]}}, True),
        ({**APPROVED, "jobs": {"www-data": ["x", "z"]}}, False),
        ({**APPROVED, "jobs": {"deploy": ["x"]}}, False),
    ],
)
def test_only_what_was_approved_with_those_contents_is_done(now: dict[str, dict[str, object]], may: bool) -> None:
    assert cleaning._part(now, APPROVED) is may


@given(NAMES)
def test_a_name_in_a_plan_is_text_and_comes_back_as_its_bytes(name: bytes) -> None:
    path = (b"shared/" + name).decode("utf-8", "surrogateescape")
    coded = cleaning._coded(path)
    assert coded.isascii()
    assert unquote_to_bytes(coded) == b"shared/" + name


def move(base: Path, of: str, to: str, *names: bytes) -> subprocess.CompletedProcess[bytes]:
    told = base64.b64encode(b"".join(name + b"\0" for name in names)).decode()
    script = ("sh", "-euc", quarantine._MOVE, "sh", str(base), of, to, "quarantine/1/aside", told)
    return subprocess.run(script, capture_output=True, check=False)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NAMES, min_size=1, max_size=4, unique=True))
def test_files_of_any_name_go_out_and_come_back(tmp_path_factory: pytest.TempPathFactory, names: list[bytes]) -> None:
    base = tmp_path_factory.mktemp("situs")
    uploads = bytes(base) + b"/shared/a b"
    Path(uploads.decode()).mkdir(parents=True)
    paths = [b"shared/a b/" + name for name in names]
    for path in paths:
        Path((bytes(base) + b"/" + path).decode("utf-8", "surrogateescape")).write_bytes(path)
    out = move(base, ".", "quarantine/1/files", *paths)
    assert (out.returncode, out.stderr) == (0, b"")
    assert [*Path(uploads.decode()).iterdir()] == []
    move(base, "quarantine/1/files", ".", *paths)
    assert {bytes(each).rpartition(b"/")[2] for each in Path(uploads.decode()).iterdir()} == {*names}


def test_a_folder_that_became_a_link_stops_the_move(tmp_path: Path) -> None:
    elsewhere, base = tmp_path / "lain", tmp_path / "situs"
    elsewhere.mkdir()
    (base / "shared").mkdir(parents=True)
    (elsewhere / "x.php").write_text("milik orang lain")
    (base / "shared/uploads").symlink_to(elsewhere)
    stopped = move(base, ".", "quarantine/1/files", b"shared/uploads/x.php")
    assert stopped.returncode != 0
    assert b"jalur berubah" in stopped.stderr
    assert (elsewhere / "x.php").exists()


def test_what_took_the_place_of_a_file_is_kept_when_it_comes_back(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/x").write_text("lama")
    move(tmp_path, ".", "quarantine/1/files", b"shared/x")
    (tmp_path / "shared/x").write_text("baru")
    move(tmp_path, "quarantine/1/files", ".", b"shared/x")
    assert (tmp_path / "shared/x").read_text() == "lama"
    assert (tmp_path / "quarantine/1/aside/shared/x").read_text() == "baru"


def test_running_a_move_again_passes_over_what_is_gone(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/x").write_text("satu")
    assert [move(tmp_path, ".", "quarantine/1/files", b"shared/x").returncode for _ in range(2)] == [0, 0]
    assert (tmp_path / "quarantine/1/files/shared/x").read_text() == "satu"


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_whatever_stands_in_a_files_place_is_kept(tmp_path: Path, kind: str) -> None:
    place, kept = tmp_path / "shared/x", tmp_path / "quarantine/1/aside/shared/x"
    (tmp_path / "quarantine/1/new/shared").mkdir(parents=True)
    (tmp_path / "quarantine/1/new/shared/x").write_text("benar")
    (tmp_path / "shared").mkdir()
    match kind:
        case "file":
            place.write_text("jahat")
        case "link":
            place.symlink_to("/etc")
        case "folder":
            place.mkdir()
            (place / "dalam").write_text("jahat")
    assert move(tmp_path, "quarantine/1/new", ".", b"shared/x").returncode == 0
    assert (place.read_text(), place.is_symlink()) == ("benar", False)
    assert (kept.is_symlink(), kept.is_dir() and not kept.is_symlink()) == (kind == "link", kind == "folder")
    assert kind != "file" or kept.read_text() == "jahat"
