"""A file as sheets: what it is, is seen in its first bytes and not in its name."""

from __future__ import annotations

import stat
from pathlib import Path

from inventory.importing import excel, listing, separated
from inventory.importing.sheets import LARGEST, ImportRefused, Sheet
from inventory.problems import not_opened, shown

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read(path: Path) -> list[Sheet]:
    """The sheets of an .xlsx workbook, a CSV file, or a JSON list as NetBox's API answers. Raises ImportRefused."""
    data, name = _data(path), path.name
    if data.startswith(_OLD_OFFICE):
        raise ImportRefused(f"{shown(name)}: Excel lama (.xls) atau terkunci kata sandi; simpan sebagai .xlsx")
    if data.startswith(b"PK"):
        return excel.read(name, data)
    if data.lstrip()[:1] in (b"{", b"["):
        return listing.read(name, data)
    return separated.read(name, data)


def _data(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for without end
            raise ImportRefused(f"{shown(path.name)}: bukan berkas biasa")
        if status.st_size > LARGEST:
            raise ImportRefused(f"{shown(path.name)}: lebih dari {LARGEST // 1_000_000} MB; tidak dibaca")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, ImportRefused):
            raise
        raise ImportRefused(f"{shown(path.name)}: {not_opened(error)}") from None
