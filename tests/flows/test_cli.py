"""The command as a person meets it: quick, Indonesian, one JSON document, exit codes that can be relied on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

from flows.cli.person import technician
from flows.cli.root import app
from flows.office import open_office
from tests.flows.conftest import Pelihara

ENGLISH = re.compile(r"\b(Usage|Options?|Commands|Arguments|Show this message|required|default|Error|Missing)\b")


def walked(command: Any, words: list[str]) -> Iterator[tuple[list[str], bool]]:
    """A command and those below it, each with whether it is a group."""
    below = getattr(command, "commands", {})
    yield words, bool(below)
    for name, each in below.items():
        yield from walked(each, [*words, name])


def every_command() -> list[list[str]]:
    return [words for words, _ in walked(typer.main.get_command(app), [])]


def subcommands() -> list[list[str]]:
    return [words for words, group in walked(typer.main.get_command(app), []) if len(words) > 1 and not group]


@cache
def help_of(*words: str) -> str:
    done = CliRunner().invoke(app, [*words, "--help"], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_every_help_is_indonesian(words: list[str]) -> None:
    assert "Pemakaian: pelihara" in help_of(*words)
    assert "Tampilkan bantuan ini." in help_of(*words)
    assert not ENGLISH.search(help_of(*words))


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_no_help_shows_a_programmers_type(words: list[str]) -> None:
    assert not re.search(r"<(str|bool|int|list|path)", help_of(*words))


@pytest.mark.parametrize("words", subcommands(), ids=" ".join)
def test_every_command_takes_json(words: list[str]) -> None:
    assert "--json" in help_of(*words)


def test_the_words_of_the_design_are_commands() -> None:
    known = {" ".join(words) for words in every_command()}
    for group, names in {
        "sop": "list show check",
        "inventory": "list check enrol",
        "request": "submit",
        "case": "list show act documents",
        "network": "diagnose backup history diff restore repair show parse board changes verify",
        "website": "check backup maintain update restore clean deploy rollback host domain",
        "report": "case monthly",
        "audit": "verify",
    }.items():
        assert {f"{group} {name}" for name in names.split()} <= known
    assert {"demo", "up", "check"} <= known


def test_help_never_imports_what_is_slow_to_start() -> None:
    script = (
        "import sys; sys.argv = ['pelihara', '--help']\n"
        "from flows.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'prefect', 'netmiko', 'paramiko', 'sqlalchemy', 'typst'} & {m.split('.')[0] for m in sys.modules}\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("home")
def test_a_case_is_listed_without_prefect() -> None:
    script = (
        "import sys; sys.argv = ['pelihara', 'case', 'list', '--json']\n"
        "from flows.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert end.code == 0\n"
        "assert 'prefect' not in sys.modules and 'netmiko' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"cases": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sop", "lis"], "perintah 'lis' tidak dikenal. Maksudnya 'list'?"),
        (["sop", "show"], "'SOP' wajib diisi"),
        (["sop", "list", "--jsn"], "pilihan --jsn tidak dikenal. Maksudnya --json?"),
        (["case", "act", "X", "--as"], "pilihan '--as' belum ada isinya"),
        (["sop", "list", "lagi"], "argumen lagi tidak dikenal"),
        (["case", "act", "X", "--as", "kadis"], "'--answer' wajib diisi"),
        (["request", "submit", "--sop", "jaringan", "--letter", ""], "isi '--letter' kosong"),
        (["network", "repair", "dinkes-r1", "--case", "X", "--apply", ""], "isi '--apply' kosong"),
        (["case", "act", "X", "--as", "kadis", "--answer", "YA", "--plan", ""], "isi '--plan' kosong"),
        (["network", "diagnose", ""], "isi 'PERANGKAT' kosong"),
        (["request", "submit", "--device", "a", "--device", ""], "isi '--device' kosong"),
    ],
)
def test_a_mistyped_command_is_explained_in_indonesian(pelihara: Pelihara, words: list[str], said: str) -> None:
    done = pelihara(*words)
    assert done.code == 2
    assert done.out == ""
    assert said in done.err


def test_a_mistyped_command_is_a_json_document_too(pelihara: Pelihara) -> None:
    done = pelihara("case", "show", "--json")
    assert done.code == 2
    assert done.json["error"]["code"] == "usage"
    assert "ID" in done.json["error"]["message"]


def test_the_sop_is_printed_row_by_row_with_what_was_read_into_it(pelihara: Pelihara) -> None:
    rows = pelihara("sop", "show", "website", "--json").json["rows"]
    assert [row["No"] for row in rows] == [str(no) for no in range(1, 11)]
    assert "[satuan dibaca sebagai]" in rows[0]["Waktu"]
    assert pelihara("sop", "check").code == 0


def test_an_unknown_sop_or_revision_is_bad_input(pelihara: Pelihara) -> None:
    assert pelihara("sop", "show", "listrik").code == 2
    assert "jaringan, website" in pelihara("sop", "show", "listrik").err
    assert pelihara("sop", "show", "jaringan", "--revision", "0").code == 2


def test_a_broken_inventory_is_named_by_file_and_entry(pelihara: Pelihara, home: Path) -> None:
    devices = home.parent / "inventory" / "devices.yaml"
    devices.write_text(devices.read_text().replace("opd: dinkes\n", "opd: dinkse\n", 1))
    said = pelihara("inventory", "check", "--json")
    assert said.code == 2
    assert said.json["ok"] is False
    assert (said.json["problems"][0]["file"], said.json["problems"][0]["entry"]) == ("devices.yaml", "dinkes-r1")
    assert "dinkse" in pelihara("case", "list").err


def test_the_inventory_is_listed_without_a_secret_or_its_place(pelihara: Pelihara) -> None:
    said = pelihara("inventory", "list", "--json")
    assert said.code == 0
    assert "dinkes-r1" in said.json["devices"]
    assert "env:" not in said.out
    assert pelihara("inventory", "list").code == 0


def test_unknown_targets_are_bad_input_and_nothing_is_recorded(pelihara: Pelihara) -> None:
    for words in (
        ("network", "diagnose", "dinkes-r9"),
        ("network", "backup", "--opd", "dinas"),
        ("network", "diagnose"),
        ("network", "history", "x"),
        ("website", "check", "dinkes-wbe"),
        ("inventory", "enrol", "dinkes-r9"),
        ("network", "repair", "dinkes-r9", "--case", "JAR-2026-0001", "--as", "teknis-1"),
    ):
        said = pelihara(*words)
        assert said.code == 2, words
        assert said.out == ""
    assert pelihara("audit", "verify", "--json").json["rows"] == 0


def test_a_near_name_is_suggested(pelihara: Pelihara) -> None:
    assert 'maksud Anda "dinkes-r1"' in pelihara("network", "diagnose", "dinkes-r").err


def test_a_technician_is_named_or_known_by_being_the_only_one(pelihara: Pelihara) -> None:
    office = open_office()
    assert technician(office, "", "kadis").official == "kadis"
    assert technician(office, "", "tim_teknis").official == ""
    assert technician(office, "", "tim_teknis").system_user
    words = ("network", "repair", "dinkes-r1", "--case", "JAR-2026-0001")
    assert pelihara(*words, "--as", "teknisi").code == 2


def test_an_internal_failure_is_told_without_pretending(pelihara: Pelihara, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> None:
        raise RuntimeError("sandi=rahasia")

    monkeypatch.setattr("sop.procedure.available", breaks)
    said = pelihara("sop", "list", "--json")
    assert said.code == 1
    assert said.json["error"]["code"] == "internal"
    assert "rahasia" not in said.out


def test_a_home_that_cannot_be_made_is_bad_configuration_and_named(
    pelihara: Pelihara, monkeypatch: pytest.MonkeyPatch
) -> None:
    for home, why in (("/proc/pelihara", "tidak ada"), ("/dev/null", "sudah ada"), ("/dev/null/x", "bukan folder")):
        monkeypatch.setenv("PELIHARA_HOME", home)
        for words in (("case", "list"), ("audit", "verify"), ("up",)):
            said = pelihara(*words)
            assert (said.code, said.out) == (2, ""), words
            assert "PELIHARA_HOME" in said.err.replace("\n", " ")
            assert why in said.err.replace("\n", " ")


@pytest.mark.parametrize(
    ("name", "value"),
    [("HOME", "/proc/pelihara"), ("DATABASE_URL", "postgresql+psycopg://u:rahasia@127.0.0.1:1/x")],
)
def test_a_register_that_cannot_be_used_is_told_without_its_secrets(
    pelihara: Pelihara, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"PELIHARA_{name}", value)
    said = pelihara("case", "list", "--json")
    assert said.code in (1, 2)
    assert said.json["error"]["code"] != "internal"
    assert "rahasia" not in said.out + said.err


def test_a_setting_that_cannot_be_used_is_bad_input(pelihara: Pelihara, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PELIHARA_DATABASE_URL", "omong")
    said = pelihara("case", "list", "--json")
    assert (said.code, said.json["error"]["code"]) == (2, "settings_error")
    assert "PELIHARA_DATABASE_URL" in said.err
    assert "Traceback" not in said.err


def test_a_recording_that_says_nothing_known_is_told_so(pelihara: Pelihara, tmp_path: Path) -> None:
    recording = tmp_path / "show version.txt"
    recording.write_text("tidak ada apa-apa\x1b[2J")
    words = ("network", "parse", recording, "--command", "show version", "--platform")
    assert pelihara(*words, "frr", "--json").json["unparsed"] is True
    unknown = pelihara(*words, "junos", "--json")
    assert (unknown.code, unknown.json["error"]["code"]) == (2, "unreadable_recording")
    assert pelihara("network", "parse", tmp_path / "tidak-ada", "-c", "x", "--platform", "frr").code == 2
