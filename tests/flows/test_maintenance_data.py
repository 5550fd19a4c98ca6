"""Data Pemeliharaan as a workbook: every case, its steps in the form's columns, every site's year; text stays text."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from flows.office import Office
from sop.documents import maintenance_data
from sop.register.records import Letter
from tests.flows.conftest import PDF, Pelihara

HOSTILE = '=HYPERLINK("http://x","klik")'


@pytest.fixture
def case(office: Office) -> str:
    letter = Letter("surat.pdf", PDF)
    opened = office.register.open_case("website", "dinkes", HOSTILE, letter, website="dinkes-web")
    return opened.id


def column(sheet: Worksheet, name: str) -> int:
    return [cell.value for cell in sheet[1]].index(name) + 1


def test_a_workbook_holds_cases_their_steps_as_the_form_has_them_and_every_sites_year(
    pelihara: Pelihara, office: Office, case: str, tmp_path: Path
) -> None:
    file = tmp_path / "data.xlsx"
    assert pelihara("website", "register", "--xlsx", file, "--json").json["bytes"] == file.stat().st_size
    cases, steps, years = load_workbook(file).worksheets
    assert [sheet.title for sheet in (cases, steps, years)] == ["Data Pemeliharaan", "Langkah SOP", "Kewajiban tahunan"]
    assert (cases.cell(2, 2).value, cases.cell(2, column(cases, "Keadaan")).value) == (
        case,
        "Langkah 2: Pelaksana/Pranata",
    )
    opened = cases.cell(2, column(cases, "Dibuka")).value
    local = office.register.case(case).opened_at.astimezone(office.register.calendar.zone).replace(tzinfo=None)
    assert isinstance(opened, datetime)
    assert abs((opened - local).total_seconds()) < 1
    form = office.register.case(case).procedure.columns
    assert [cell.value for cell in steps[1]][1:7] == [*form]
    assert steps.max_row == 11
    assert steps.cell(2, column(steps, "Selesai")).value is None
    assert years.max_row == 4
    assert {years.cell(row, 5).value for row in (2, 3, 4)} >= {"belum pernah tercatat", "lewat setahun"}


def test_a_text_that_begins_like_a_formula_stays_text(office: Office, case: str, tmp_path: Path) -> None:
    file = tmp_path / "data.xlsx"
    file.write_bytes(maintenance_data.workbook(office.register))
    for sheet in load_workbook(file).worksheets:
        assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    sheet = load_workbook(file).worksheets[0]
    about = sheet.cell(2, column(sheet, "Perihal"))
    assert (about.value, about.quotePrefix) == (HOSTILE, True)
    assert office.register.case(case).about == HOSTILE


def test_control_characters_are_shown_not_refused(office: Office, tmp_path: Path) -> None:
    office.register.open_case(
        "website", "dinkes", "merah \x1b[31m \x07", Letter("surat.pdf", PDF), website="dinkes-web"
    )
    file = tmp_path / "data.xlsx"
    file.write_bytes(maintenance_data.workbook(office.register))
    sheet = load_workbook(file).worksheets[0]
    assert sheet.cell(2, column(sheet, "Perihal")).value == "merah \\x1b[31m \\x07"


def test_a_year_has_its_own_cases_and_the_yearly_report_brings_them_along(
    pelihara: Pelihara, office: Office, case: str, tmp_path: Path
) -> None:
    year = office.register.case(case).opened_at.year
    pelihara("website", "register", "--xlsx", tmp_path / "lama.xlsx", "--year", year - 1)
    assert load_workbook(tmp_path / "lama.xlsx").worksheets[0].max_row == 1
    kinds = {each["kind"]: each["path"] for each in pelihara("report", "yearly", year, "--json").json["documents"]}
    assert [*kinds] == ["laporan_tahunan", "data_pemeliharaan"]
    assert load_workbook(kinds["data_pemeliharaan"]).worksheets[0].cell(2, 2).value == case


def test_a_file_that_cannot_be_written_is_named_and_nothing_else_is(
    pelihara: Pelihara, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("tidak-ada/data.xlsx", "data.txt"):
        said = pelihara("website", "register", "--xlsx", file)
        assert (said.code, file in said.err) == (2, True)
    assert pelihara("website", "register", "--xlsx", "x.xlsx", "--year", "26").code == 2
    assert [*tmp_path.glob("*.xlsx")] == []
