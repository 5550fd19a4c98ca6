"""`pelihara inventory import`: shown first, written when agreed to; bad input is named by its cell, nothing written."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.root import app
from inventory.importing.words import shipped
from playbooks.network import platforms
from tests.flows.conftest import Pelihara

HEADINGS = "Nama,Merk,Tipe,IP,OPD,Kredensial,Password\n"
GOOD = "Router 2,MikroTik,hEX,10.20.5.1,Dinas Kesehatan,opd-router,s3cret\n"
FAULTY = "AP,Epson,L310,010.020.001.001,Dinas Kesehatan,opd-router,\n"


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "perangkat [red].csv"
    path.write_text(HEADINGS + GOOD)
    return path


def devices(home: Path) -> str:
    return (home.parent / "inventory" / "devices.yaml").read_text()


def test_a_plan_is_shown_and_nothing_written_until_somebody_says_yes(
    pelihara: Pelihara, home: Path, sheet: Path
) -> None:
    before = devices(home)
    said = pelihara("inventory", "import", sheet)
    assert said.code == 0
    assert "router-2" in said.out
    assert "ditebak" in said.out
    assert "kolom G (Password)" in said.out
    assert "s3cret" not in said.out + said.err
    assert "Belum ada yang ditulis" in said.out
    assert devices(home) == before


@pytest.mark.usefixtures("pelihara")
def test_a_yes_at_the_prompt_writes(home: Path, sheet: Path) -> None:
    done = CliRunner().invoke(app, ["inventory", "import", str(sheet)], input="ya\n", catch_exceptions=False)
    assert done.exit_code == 0
    assert "Ditulis: devices.yaml." in done.stdout
    assert "router-2:\n" in devices(home)


def test_json_asks_nobody_and_tells_everything(pelihara: Pelihara, sheet: Path) -> None:
    said = pelihara("inventory", "import", sheet, "--json")
    assert (said.code, said.json["ok"], said.json["written"]) == (0, True, [])
    (change,) = said.json["changes"]
    assert (change["slug"], change["action"], change["guessed_from"]) == ("router-2", "add", "MikroTik hEX")
    assert pelihara("inventory", "import", sheet, "--json", "--yes").json["written"] == ["devices.yaml"]
    assert pelihara("inventory", "check").code == 0
    again = pelihara("inventory", "import", sheet, "--yes")
    assert again.code == 0
    assert "Tidak ada yang perlu ditulis." in again.out


def test_a_fault_writes_nothing_unless_the_good_rows_are_wanted(pelihara: Pelihara, home: Path, sheet: Path) -> None:
    before = devices(home)
    sheet.write_text(HEADINGS + GOOD + FAULTY)
    said = pelihara("inventory", "import", sheet, "--yes", "--json")
    assert (said.code, said.json["ok"], said.json["written"]) == (2, False, [])
    assert {(each["row"], each["column"]) for each in said.json["problems"]} == {(3, "D"), (3, "")}
    assert devices(home) == before
    assert "perbaiki masalahnya" in pelihara("inventory", "import", sheet, "--yes").out
    assert pelihara("inventory", "import", sheet, "--yes", "--partial").code == 1
    assert "router-2" in devices(home)
    assert "ap:" not in devices(home)


def test_what_cannot_be_read_is_bad_input(pelihara: Pelihara, tmp_path: Path) -> None:
    said = pelihara("inventory", "import", tmp_path / "tidak-ada.xlsx", "--json")
    assert (said.code, said.json["error"]["code"]) == (2, "import_refused")
    assert "berkas tidak ada" in said.err


def test_many_entries_and_faults_are_told_in_short(pelihara: Pelihara, sheet: Path) -> None:
    faulty = "".join(FAULTY.replace("AP", f"ap{number}") for number in range(40))
    good = "".join(f"r{n},Cisco,2960,10.30.{n}.1,dinkes,opd-switch,\n" for n in range(250))
    sheet.write_text(HEADINGS + good + faulty)
    said = pelihara("inventory", "import", sheet)
    assert said.code == 2
    assert "dan 50 entri lagi" in said.out
    assert "baris 252, 253, 254, 255, 256, 257, 258, 259 dan 32 lagi" in said.out.replace("\n", " ")
    assert "250 ditambah, 80 masalah." in said.out


def test_check_names_a_platform_nobody_knows(pelihara: Pelihara, home: Path) -> None:
    path = home.parent / "inventory" / "devices.yaml"
    path.write_text(path.read_text().replace("platform: cisco_ios", "platform: cisco_isos", 1))
    said = pelihara("inventory", "check", "--json")
    assert said.code == 2
    (problem,) = said.json["problems"]
    assert (problem["entry"], problem["key"], problem["line"]) == ("dinkes-sw1", "platform", 14)
    assert 'maksud Anda "cisco_ios"?' in problem["message"]


def test_every_platform_that_is_guessed_is_one_we_know() -> None:
    assert set(shipped().platforms) <= set(platforms.ALL)


@pytest.mark.usefixtures("home")
def test_an_archive_of_updates_that_cannot_be_trusted_is_a_problem_of_the_inventory(
    pelihara: Pelihara, tmp_path: Path
) -> None:
    folder = tmp_path / "inventory" / "updates"
    folder.mkdir()
    with zipfile.ZipFile(folder / "kontak.zip", "w") as packed:
        packed.writestr("kontak/../../x.php", "<?php")
    said = pelihara("inventory", "check")
    assert said.code == 2
    assert "updates: kontak.zip: nama 'kontak/../../x.php' tidak aman" in said.err
