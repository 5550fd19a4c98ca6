"""A JSON list of objects as rows: what NetBox answers to `GET /api/dcim/devices/`, or any list of the same shape."""

from __future__ import annotations

import json
from typing import Any

from inventory.importing.sheets import ImportRefused, Rows, Sheet
from inventory.problems import shown

_SAYING = ("name", "model", "address", "value", "display")
"""Keys by which an object within an object says what it is (NetBox's nested objects)."""


def read(file: str, data: bytes) -> list[Sheet]:
    """The one sheet: keys are headings, each object is a row. Raises ImportRefused."""
    objects = _objects(file, data)
    rows = [_flat(each) for each in objects]
    headings = list(dict.fromkeys(key for row in rows for key in row))
    table: list[list[object]] = [[*headings], *([row.get(key, "") for key in headings] for row in rows)]
    return [Sheet("", Rows.of(file, table))]


def _objects(file: str, data: bytes) -> list[dict[str, Any]]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise ImportRefused(f"{shown(file)}: bukan JSON yang utuh") from None
    listed = found.get("results") if isinstance(found, dict) else found
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise ImportRefused(f'{shown(file)}: harus berupa daftar objek, atau {{"results": [...]}} seperti dari NetBox')
    if isinstance(found, dict) and found.get("next"):
        raise ImportRefused(f"{shown(file)}: baru sebagian dari daftarnya; minta seluruhnya, misalnya dengan ?limit=0")
    return listed


def _flat(entry: dict[str, Any]) -> dict[str, object]:
    """Values of an object; of an object within it what it is called, and its own maker (a device type has one)."""
    inner = (each for each in entry.values() if isinstance(each, dict))
    maker = next((_said(each["manufacturer"]) for each in inner if "manufacturer" in each), "")
    return {"manufacturer": maker, **{key: _said(value) for key, value in entry.items()}}


def _said(value: object) -> object:
    """What a value says; objects without any of the known keys, and lists, say nothing."""
    if isinstance(value, dict):
        return next((each for key in _SAYING if isinstance(each := value.get(key), str | int)), "")
    return value if isinstance(value, str | int | float) else ""
