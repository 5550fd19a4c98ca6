"""Data Pemeliharaan Aplikasi/Website (SOP website, "Pencatatan dan pendataan") as a workbook for spreadsheets."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sop.documents import from_case, people, words
from sop.procedure import table
from sop.progress import ANSWERS
from sop.register import CaseRecord, Register
from sop.register.duties import year_after
from sop.words import DUTIES
from sop.working_time import step_times

CASES = (
    *("No", "Nomor permohonan", "Aplikasi/Website", "Domain", "Perangkat daerah", "Narahubung", "Jenis", "Server"),
    *("Asal", "Perihal", "Dibuka", "Keadaan", "Pemeliharaan selesai", "Ditutup", "Temuan sebelum", "Temuan sesudah"),
    *("Perubahan diterapkan", "Cadangan", "Langkah terlambat", "Pemeliharaan berikutnya", "SHA-256 laporan"),
)
YEARS = ("No", "Aplikasi/Website", "Domain", "Perangkat daerah", "Keadaan", "Terakhir", "Jatuh tempo", "Permohonan")
_LONGEST = 2000
_WIDEST = 60
_MOMENT, _DAY = "yyyy-mm-dd hh:mm", "yyyy-mm-dd"
Row = Sequence[object]


def workbook(register: Register, year: int | None = None) -> bytes:
    """XLSX: each website case opened in `year` (None: all), each of its steps in the form's columns, each site's year.

    Texts of letters and devices stand in it as text, never as formulas.
    """
    cases = [case for case in register.cases() if case.website and year in (None, _year(register, case))]
    book = Workbook()
    book.remove(book.worksheets[0])
    _sheet(book, "Data Pemeliharaan", CASES, (_case(register, no, case) for no, case in enumerate(cases, start=1)))
    _sheet(book, "Langkah SOP", _step_columns(cases), (row for case in cases for row in _steps(register, case)))
    _sheet(book, "Kewajiban tahunan", YEARS, _years(register))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _year(register: Register, case: CaseRecord) -> int:
    return register.calendar.day(case.opened_at).year


def _case(register: Register, no: int, case: CaseRecord) -> Row:
    report, site = from_case.report(register, case), register.inventory.websites.get(case.website)
    times = step_times(case.procedure, case.events, register.calendar, register.clock())
    papers = [each for each in case.evidence if each.kind == "laporan" and each.media_type == "application/pdf"]
    done, closed = case.maintained_at, None if case.position.is_open else case.position.since
    return (
        *(no, case.id, case.website, site.domain if site else "", report.opd, from_case.receiver(register, case).name),
        *(site.kind if site else "", site.host if site else "", case.origin, case.about),
        *(_local(register, case.opened_at), case.stands, _local(register, done), _local(register, closed)),
        *(len(report.before), None if report.after is None else len(report.after)),
        "; ".join(plan.summary or plan.action for plan in report.plans if plan.state == "applied"),
        "; ".join(f"{backup.target} {backup.status} {backup.sha256[:12]}".strip() for backup in report.backups),
        sum(each.late for each in times),
        year_after(register.calendar.day(done)) if done else None,
        papers[-1].sha256 if papers else "",
    )


def _step_columns(cases: Sequence[CaseRecord]) -> Row:
    form = cases[-1].procedure.columns if cases else ()
    return ("Nomor permohonan", *form, "Selesai", "Oleh", "Terlambat")


def _steps(register: Register, case: CaseRecord) -> Iterator[Row]:
    """The form's own rows, with when and by whom each was done."""
    late = {each.step for each in step_times(case.procedure, case.events, register.calendar) if each.late}
    done = {event.step: event for event in case.events if event.kind in ANSWERS and event.answer == "YA"}
    for step, cells in zip(case.procedure.steps, table(case.procedure), strict=True):
        event = done.get(step.no)
        who = people.who(case.procedure, event) if event else ""
        yield (case.id, *cells, _local(register, event.at if event else None), who, "ya" if step.no in late else "")


def _local(register: Register, at: datetime | None) -> datetime | None:
    """The office's clock; a spreadsheet knows no zones."""
    return at.astimezone(register.calendar.zone).replace(tzinfo=None) if at else None


def _years(register: Register) -> Iterator[Row]:
    today = register.calendar.day(register.clock())
    for no, duty in enumerate(register.duties(today), start=1):
        site = register.inventory.websites[duty.website]
        opd = register.inventory.opd[site.opd].name
        yield (no, duty.website, site.domain, opd, DUTIES[duty.state], duty.last, duty.due, duty.told)


def _sheet(book: Workbook, name: str, columns: Row, rows: Iterable[Row]) -> None:
    sheet = book.create_sheet(name)
    for no, row in enumerate((columns, *rows), start=1):
        for column, value in enumerate(row, start=1):
            _write(sheet.cell(no, column), value)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E6E6E6")
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    _widen(sheet)


def _write(cell: Cell, value: Any) -> None:
    cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))
    match value:
        case str():
            # A text that begins like a formula is text, here and after a detour through CSV.
            cell.value = words.printable(value, _LONGEST)
            cell.data_type = "s"
            cell.quotePrefix = value[:1] in "=+-@\t\r"
        case datetime():
            cell.value, cell.number_format = value, _MOMENT
        case date():
            cell.value, cell.number_format = value, _DAY
        case _:
            cell.value = value


def _widen(sheet: Worksheet) -> None:
    for no, cells in enumerate(sheet.iter_cols(), start=1):
        longest = max(len(str(cell.value)) for cell in cells if cell.value is not None or cell.row == 1)
        sheet.column_dimensions[get_column_letter(no)].width = min(_WIDEST, longest + 3)
