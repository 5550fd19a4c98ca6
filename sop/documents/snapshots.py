"""Pictures of pages that mean no good, made anew and small: nothing but their pixels gets into a document."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

MOST_PIXELS = 10_000_000
SIZE = (960, 1200)
"""Pixels of the copy at most: sharp enough for half of a page."""
QUALITY = 80
# What Pillow raises for files that are not what they say.
_BROKEN = (OSError, SyntaxError, EOFError, OverflowError, struct.error, zlib.error, Image.DecompressionBombError)


def small(data: bytes) -> bytes:
    """The picture of a PNG as a JPEG that fits into `SIZE`. Raises ValueError for anything else, damaged or huge."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as picture:
            # Told by its header: nothing is unpacked yet.
            if picture.width * picture.height > MOST_PIXELS:
                raise ValueError(f"{picture.width} x {picture.height} pixels")
            pixels = picture.convert("RGB")
    except _BROKEN as error:
        raise ValueError(f"no readable PNG: {error}") from None
    pixels.thumbnail(SIZE)
    told = io.BytesIO()
    pixels.save(told, "JPEG", quality=QUALITY)
    return told.getvalue()
