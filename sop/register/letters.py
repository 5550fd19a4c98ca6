"""Letters come from outside: a letter is taken only if it is what its name says. Nothing in it is interpreted."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

from sop.register.errors import LetterRefused
from sop.register.records import Letter

LARGEST = 20 * 1024 * 1024
"""Bytes."""
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KINDS = {
    "application/pdf": ("PDF", (".pdf",)),
    "image/png": ("PNG", (".png",)),
    "image/jpeg": ("JPEG", (".jpg", ".jpeg")),
    _DOCX: ("DOCX", (".docx",)),
}
_MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def media_type(letter: Letter) -> str:
    """The letter's media type. Raises LetterRefused when it is empty, over 20 MB, or not what its name says."""
    _check_name(letter.name)
    if not letter.data:
        raise LetterRefused(f"surat {letter.name!r} kosong")
    if len(letter.data) > LARGEST:
        raise LetterRefused(f"surat {letter.name!r} {len(letter.data) / 1e6:.0f} MB; paling besar 20 MB")
    found = _sniff(letter.data)
    if not found:
        raise LetterRefused(f"surat {letter.name!r} bukan PDF, PNG, JPEG atau DOCX")
    kind, endings = _KINDS[found]
    if PurePath(letter.name).suffix.lower() not in endings:
        raise LetterRefused(f"surat {letter.name!r} berisi {kind}, tidak sesuai dengan namanya")
    return found


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > 255:
        raise LetterRefused("nama berkas surat kosong atau lebih dari 255 huruf")
    if not name.isprintable() or "/" in name or "\\" in name:
        raise LetterRefused(f"nama berkas surat {name!r} memuat tanda yang tidak diperbolehkan")


def _sniff(data: bytes) -> str:
    for magic, found in _MAGIC.items():
        if data.startswith(magic):
            return found
    return _DOCX if data.startswith(b"PK\x03\x04") and _is_docx(data) else ""


def _is_docx(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {"[Content_Types].xml", "word/document.xml"} <= set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
