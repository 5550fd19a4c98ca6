"""A stream sealed with AES-256-GCM piece by piece, so that gigabytes take the memory of one piece.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): each piece's nonce is its number and whether it is
the last, so that pieces that are missing, swapped or cut off are found like changed ones. A key seals one stream only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 1 << 20
"""Bytes of a piece before it is sealed."""
TAG = 16


class SealBroken(ValueError):
    """A sealed stream is not what was sealed with this key."""


def new_key() -> bytes:
    return AESGCM.generate_key(256)


def close(chunks: Iterable[bytes], key: bytes, about: bytes) -> Iterator[bytes]:
    """The sealed pieces of a stream; `about` is not in them and must be known to open them."""
    cipher, rest = AESGCM(key), b""
    numbers = count()
    for chunk in chunks:
        rest += chunk
        # What could be the last piece waits until more has come.
        while len(rest) > PIECE:
            yield cipher.encrypt(_nonce(next(numbers), False), rest[:PIECE], about)
            rest = rest[PIECE:]
    yield cipher.encrypt(_nonce(next(numbers), True), rest, about)


def open_(sealed: IO[bytes], key: bytes, about: bytes) -> Iterator[bytes]:
    """What was sealed, piece by piece; those before a broken one are good. Raises SealBroken."""
    cipher = AESGCM(key)
    piece = sealed.read(PIECE + TAG)
    for number in count():
        following = sealed.read(PIECE + TAG)
        try:
            yield cipher.decrypt(_nonce(number, not following), piece, about)
        except (InvalidTag, ValueError):
            raise SealBroken(f"piece {number}") from None
        if not following:
            return
        piece = following


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
