"""Files as offices have them, made for a test."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from openpyxl import Workbook

from inventory.load import load_inventory
from inventory.models import Inventory
from inventory.settings import CHECKOUT

OFFICE = load_inventory(CHECKOUT / "inventory")
PLATFORMS = ("mikrotik_routeros", "cisco_ios", "cisco_nxos", "hp_procurve", "huawei_vrp", "frr")
HEADINGS = ("Nama Perangkat", "Merk", "Tipe", "Alamat IP", "OPD", "Kredensial")
R2 = ("Router 2", "MikroTik", "RB750Gr3", "10.20.5.1", "Dinas Kesehatan", "opd-router")

Cells = Sequence[Sequence[object]]


def workbook(path: Path, rows: Cells, merged: Sequence[str] = (), name: str = "Router") -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def separated(path: Path, rows: Cells, separator: str = ",", encoding: str = "utf-8") -> Path:
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def office(folder: Path) -> Inventory:
    """The example office in a folder of its own."""
    for file in (CHECKOUT / "inventory").glob("*.yaml"):
        (folder / file.name).write_bytes(file.read_bytes())
    return load_inventory(folder)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
