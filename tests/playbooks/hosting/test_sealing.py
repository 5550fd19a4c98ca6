"""Sealed streams: what was sealed comes out, and nothing else does."""

from __future__ import annotations

import io
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.hosting import sealing

KEY = sealing.new_key()
PIECE = 16


@pytest.fixture(scope="module", autouse=True)
def _small_pieces() -> object:
    with patch.object(sealing, "PIECE", PIECE):
        yield


def sealed(chunks: list[bytes]) -> bytes:
    return b"".join(sealing.close(chunks, KEY, b"about"))


def opened(data: bytes, key: bytes = KEY, about: bytes = b"about") -> bytes:
    return b"".join(sealing.open_(io.BytesIO(data), key, about))


@given(st.lists(st.binary(max_size=3 * PIECE), max_size=6))
def test_what_was_sealed_comes_out_however_it_was_cut(chunks: list[bytes]) -> None:
    assert opened(sealed(chunks)) == b"".join(chunks)


@given(st.integers(0, 4 * PIECE), st.data())
def test_any_changed_byte_is_found(size: int, data: st.DataObject) -> None:
    whole = bytearray(sealed([bytes(size)]))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1
    with pytest.raises(sealing.SealBroken):
        opened(bytes(whole))


@given(st.integers(0, 4 * PIECE), st.data())
def test_any_cut_is_found(size: int, data: st.DataObject) -> None:
    whole = sealed([bytes(size)])
    with pytest.raises(sealing.SealBroken):
        opened(whole[: data.draw(st.integers(0, len(whole) - 1))])


def test_pieces_that_changed_places_are_found() -> None:
    whole, piece = sealed([bytes(3 * PIECE)]), PIECE + sealing.TAG
    with pytest.raises(sealing.SealBroken):
        opened(whole[piece : 2 * piece] + whole[:piece] + whole[2 * piece :])


def test_another_key_or_another_place_opens_nothing() -> None:
    for key, about in ((sealing.new_key(), b"about"), (KEY, b"elsewhere")):
        with pytest.raises(sealing.SealBroken):
            opened(sealed([b"dump"]), key, about)
