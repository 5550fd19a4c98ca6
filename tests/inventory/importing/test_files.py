"""Every file an office has is read as the same rows, and none of them can do harm."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from inventory.importing import sheets
from inventory.importing.files import read
from inventory.importing.sheets import ImportRefused, Rows, text, unusable
from tests.inventory.importing.sheets_made import HEADINGS, R2, separated, workbook

ROWS = [HEADINGS, R2]


def cells(path: Path) -> list[tuple[str, ...]]:
    return [row.cells for row in read(path)[0].rows]


def refusal(path: Path) -> str:
    with pytest.raises(ImportRefused) as caught:
        read(path)
    assert path.name in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separated_text_is_read_in_every_encoding_and_separator(tmp_path: Path, separator: str, encoding: str) -> None:
    rows = [("Nama", "IP", "Catatan"), ("Café", "10.0.0.1", "a, b; c")]
    assert cells(separated(tmp_path / "a.csv", rows, separator, encoding)) == rows


def test_a_stated_separator_is_believed_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sep=;\nNama;IP\n\nr1;10.0.0.1\n")
    rows = read(tmp_path / "a.csv")[0].rows
    assert [(row.number, row.cells) for row in rows] == [(2, ("Nama", "IP")), (4, ("r1", "10.0.0.1"))]


def test_a_quote_that_is_never_closed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('Nama,IP\n"r1,10.0.0.1\n')
    assert "tanda kutip" in refusal(tmp_path / "a.csv")


def test_a_workbook_is_read_as_shown_without_its_empty_rows_and_hidden_sheets(tmp_path: Path) -> None:
    rows = [HEADINGS, [], R2, ["a\nb\u00a0c", 22.0, 1.5, True]]
    path = workbook(tmp_path / "a.xlsx", rows)
    book = load_workbook(path)
    book.create_sheet("Lama").sheet_state = "hidden"
    book.save(path)
    (sheet,) = read(path)
    assert [row.number for row in sheet.rows] == [1, 3, 4]
    assert sheet.rows[2].cells == ("a b c", "22", "1.5", "True")


def test_a_merged_cell_speaks_for_all_its_rows_and_for_one_column(tmp_path: Path) -> None:
    rows = [("Judul", None, None), ("a", "dinkes", "x"), ("b", None, "y"), ("c", None, "z")]
    assert cells(workbook(tmp_path / "a.xlsx", rows, ["A1:C1", "B2:B3"])) == [
        ("Judul",),
        ("a", "dinkes", "x"),
        ("b", "dinkes", "y"),
        ("c", "", "z"),
    ]


def test_a_formula_is_seen_as_one_and_never_as_its_result(tmp_path: Path) -> None:
    link, several = '=HYPERLINK("http://10.0.0.1","10.0.0.1")', ArrayFormula("A3:A4", "=B3:B4")
    path = workbook(tmp_path / "a.xlsx", [["Nama"], [link], [several], ["#REF!"]])
    said = [unusable(row.cells[0]).split(";")[0] for row in read(path)[0].rows]
    assert said == ["", "sel ini berisi rumus", "sel ini berisi rumus", "sel ini berisi kesalahan #REF!"]


def test_a_sheet_that_claims_to_be_huge_is_read_as_what_it_holds(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEADINGS)
    sheet.cell(row=100_000, column=3, value="jauh")
    book.save(tmp_path / "a.xlsx")
    assert [row.number for row in read(tmp_path / "a.xlsx")[0].rows] == [1, 100_000]


def test_more_rows_than_a_person_keeps_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    assert "lebih dari 3 baris" in refusal(separated(tmp_path / "a.csv", [["x"]] * 4))
    assert len(Rows.of("a", [["x"]] * 3)) == 3


def bomb(path: Path) -> Path:
    with zipfile.ZipFile(workbook(path, ROWS), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/besar", b"\0" * (sheets.LARGEST + 1))
    return path


def test_archives_that_grow_are_refused(tmp_path: Path) -> None:
    assert "32 MB" in refusal(bomb(tmp_path / "a.xlsx"))
    laughs = b'<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;">]>'
    assert "utuh" in refusal(sheet_with(tmp_path / "b.xlsx", b'<row r="9"><c><v>&b;</v></c></row>', before=laughs))


def sheet_with(path: Path, rows: bytes = b"", merged: bytes = b"", before: bytes = b"") -> Path:
    """A workbook whose one sheet holds what Excel would not write."""
    with zipfile.ZipFile(workbook(path, ROWS)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name, end = "xl/worksheets/sheet1.xml", b"</sheetData>"
    parts[name] = before + parts[name].replace(end, rows + end + b"<mergeCells>" + merged + b"</mergeCells>")
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return path


def test_a_row_that_no_spreadsheet_has_ends_the_sheet(tmp_path: Path) -> None:
    path = sheet_with(tmp_path / "a.xlsx", b'<row r="999999999999"><c><v>1</v></c></row>')
    assert cells(path) == [tuple(map(str, HEADINGS)), R2]


@pytest.mark.parametrize("merged", [b'<mergeCell ref="A1:B2"/>' * 20_001, b'<mergeCell ref="A1:A1048576"/>'])
def test_more_merged_cells_than_a_person_makes_are_refused(tmp_path: Path, merged: bytes) -> None:
    assert "terlalu banyak sel gabungan" in refusal(sheet_with(tmp_path / "a.xlsx", merged=merged))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"PK\x03\x04 bukan zip", "utuh"),
        (b'{"results": [', "JSON"),
        (b'{"results": 5}', "daftar objek"),
        (b"[" * 100_000, "JSON"),
        (b'{"next": "https://x", "results": [{"name": "a"}]}', "limit=0"),
    ],
)
def test_what_is_no_sheet_is_refused_by_what_it_is(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "berkas").write_bytes(data)
    assert said in refusal(tmp_path / "berkas")


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipa")
    assert "tidak ada" in refusal(tmp_path / "tidak-ada.xlsx")
    assert "bukan berkas biasa" in refusal(tmp_path / "pipa")
    assert "bukan berkas biasa" in refusal(tmp_path)


def test_a_netbox_answer_is_read_by_what_its_objects_are_called(tmp_path: Path) -> None:
    device = {
        "id": 1,
        "name": "r1",
        "device_type": {"id": 2, "model": "RB750", "manufacturer": {"id": 3, "name": "MikroTik"}},
        "tenant": {"name": "Dinas Kesehatan"},
        "primary_ip": {"address": "10.0.0.1/24", "family": {"value": 4}},
        "platform": None,
        "status": {"value": "active", "label": "Active"},
        "tags": [{"name": "x"}],
    }
    (tmp_path / "a.json").write_text(json.dumps({"count": 1, "next": None, "results": [device]}))
    first, second = cells(tmp_path / "a.json")
    said = dict(zip(first, second, strict=False))
    assert said["device_type"] == "RB750"
    assert said["manufacturer"] == "MikroTik"
    assert said["primary_ip"] == "10.0.0.1/24"
    assert (said["platform"], said["status"], said.get("tags", "")) == ("", "active", "")


def outcome(path: Path) -> str:
    """How reading ended; any exception but a refusal ends the test."""
    try:
        return f"dibaca {sum(len(sheet.rows) for sheet in read(path))} baris"
    except ImportRefused as error:
        return str(error)


@given(st.text())
def test_a_cell_is_one_visible_line(cell: str) -> None:
    made = text(cell)
    assert made == " ".join(made.split())
    assert not set(made) & {"\u200b", "\u202e", "\ufeff", "\u00a0", "\n"}


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400), st.sampled_from([b"", b"PK\x03\x04", b"{", b"[", b"\xff\xfe", b"Nama,IP\n"]))
def test_no_bytes_end_in_anything_but_rows_or_a_refusal(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "berkas"
    path.write_bytes(start + data)
    assert outcome(path).startswith(("dibaca", "berkas: "))


@pytest.fixture(scope="module")
def whole_workbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return workbook(tmp_path_factory.mktemp("utuh") / "a.xlsx", ROWS, ["A1:B1"]).read_bytes()


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, whole_workbook: bytes, data: st.DataObject
) -> None:
    path, whole = tmp_path_factory.getbasetemp() / "rusak.xlsx", whole_workbook
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + data.draw(st.integers(0, 8)) :])
    assert outcome(path).startswith(("dibaca", "rusak.xlsx: "))
