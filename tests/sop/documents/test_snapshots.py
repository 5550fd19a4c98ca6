"""A picture of a hostile page gets into a paper as nothing but its pixels, few of them; what is no picture does not."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sop.documents import snapshots


@cache
def png(width: int, height: int, mode: str = "RGB", secret: str = "") -> bytes:
    told, notes = io.BytesIO(), PngInfo()
    if secret:
        notes.add_text("Comment", secret, zip=True)
    Image.new(mode, (width, height), "red").save(told, "PNG", pnginfo=notes)
    return told.getvalue()


def header(width: int, height: int) -> bytes:
    """The beginning of a PNG that says how large it is, and no more."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    idat = b"IDAT" + zlib.compress(b"\0" * 1000)
    chunks = (struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in (body, idat))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("picture", "size"),
    [
        (png(1280, 1600), (960, 1200)),
        (png(1280, 1600, "RGBA"), (960, 1200)),
        (png(300, 200), (300, 200)),
        (png(10, 9_000), (1, 1200)),
    ],
)
def test_a_picture_is_made_small_and_anew(picture: bytes, size: tuple[int, int]) -> None:
    small = snapshots.small(picture)
    with Image.open(io.BytesIO(small)) as opened:
        assert (opened.format, opened.mode, opened.size) == ("JPEG", "RGB", size)


def test_what_a_picture_says_beside_its_pixels_is_left_behind() -> None:
    assert b"rahasia" not in snapshots.small(png(100, 100, secret="rahasia " * 1000))
    assert snapshots.small(png(100, 100, secret="rahasia")) == snapshots.small(png(100, 100))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"bukan gambar",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) show\n",
        png(300, 200)[:200],
        header(60_000, 60_000),
        header(2_000_000_000, 1),
        header(0, 0),
    ],
)
def test_what_is_no_picture_or_a_huge_one_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"PNG|pixels"):
        snapshots.small(data)


@given(st.integers(0, len(png(40, 30)) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_picture_is_refused_or_still_a_picture(at: int, noise: bytes) -> None:
    whole = png(40, 30)
    try:
        small = snapshots.small(whole[:at] + noise + whole[at + len(noise) :])
    except ValueError:
        return
    with Image.open(io.BytesIO(small), formats=("JPEG",)) as opened:
        assert opened.width <= snapshots.SIZE[0]
