"""A letter is what its name says, or it is refused."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop.register import Letter
from sop.register.errors import LetterRefused
from sop.register.letters import LARGEST, media_type

PDF = b"%PDF-1.7\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8
JPEG = b"\xff\xd8\xff\xe0JFIF"


def archive(*names: str) -> bytes:
    """Dated always alike: the bytes name tests, and parallel workers must find the same names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(zipfile.ZipInfo(name), "x")
    return buffer.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("surat.pdf", PDF, "application/pdf"),
        ("SURAT.PDF", PDF, "application/pdf"),
        ("pindaian.png", PNG, "image/png"),
        ("foto.jpeg", JPEG, "image/jpeg"),
        ("foto.JPG", JPEG, "image/jpeg"),
        (
            "Surat Dinas 045 — revisi.docx",
            DOCX,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_a_letter_of_a_known_kind_is_taken(name: str, data: bytes, found: str) -> None:
    assert media_type(Letter(name, data)) == found


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("surat.pdf", b"", "kosong"),
        ("surat.pdf", PDF + b"0" * LARGEST, "20 MB"),
        ("surat.png", PDF, "tidak sesuai"),
        ("surat.pdf", PNG, "tidak sesuai"),
        ("surat", PDF, "tidak sesuai"),
        ("surat.pdf.exe", PDF, "tidak sesuai"),
        ("surat.pdf", b"MZ\x90", "bukan PDF"),
        ("surat.pdf", b"<html>%PDF-", "bukan PDF"),
        ("surat.docx", archive("evil.txt"), "bukan PDF"),
        ("surat.docx", DOCX[:40], "bukan PDF"),
        ("surat.docx", b"PK\x03\x04" + b"\xff" * 64, "bukan PDF"),
        ("../../etc/passwd.pdf", PDF, "tidak diperbolehkan"),
        ("..\\surat.pdf", PDF, "tidak diperbolehkan"),
        ("surat\n.pdf", PDF, "tidak diperbolehkan"),
        ("surat\0.pdf", PDF, "tidak diperbolehkan"),
        ("", PDF, "nama"),
        ("a" * 300 + ".pdf", PDF, "nama"),
    ],
)
def test_anything_else_is_refused_with_the_reason(name: str, data: bytes, why: str) -> None:
    with pytest.raises(LetterRefused, match=why):
        media_type(Letter(name, data))


def test_a_letter_of_exactly_20_mb_is_taken() -> None:
    assert media_type(Letter("surat.pdf", PDF.ljust(LARGEST))) == "application/pdf"


@given(st.text(max_size=40), st.sampled_from([b"", b"PK\x03\x04", b"%PDF-", b"\xff\xd8\xff"]), st.binary(max_size=200))
def test_any_name_and_bytes_end_in_a_kind_or_a_refusal(name: str, magic: bytes, data: bytes) -> None:
    with suppress(LetterRefused):
        assert media_type(Letter(name, magic + data))
