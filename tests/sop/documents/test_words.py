from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop.documents import words

WORTH = {
    name: value
    for value, name in enumerate("nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas".split())
}


def read_back(text: str) -> int:
    """The number a reader of Indonesian hears; an independent way back from words."""
    thousands = total = pending = 0
    for word in text.replace("seribu", "satu ribu").replace("seratus", "satu ratus").split():
        if word == "ribu":
            thousands, total, pending = (total + pending) * 1000, 0, 0
        elif word in ("ratus", "puluh"):
            total, pending = total + pending * (100 if word == "ratus" else 10), 0
        elif word == "belas":
            pending += 10
        else:
            pending = WORTH[word]
    return thousands + total + pending


@pytest.mark.parametrize("value", range(0, 10_000, 997))
def test_a_sample_of_numbers_reads_back(value: int) -> None:
    assert read_back(words.number(value)) == value


def test_every_number_below_ten_thousand_reads_back_and_is_unlike_all_others() -> None:
    spelled = [words.number(value) for value in range(10_000)]
    assert [read_back(text) for text in spelled] == list(range(10_000))
    assert len(set(spelled)) == 10_000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "nol"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (20, "dua puluh"),
        (21, "dua puluh satu"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (1000, "seribu"),
        (1100, "seribu seratus"),
        (2026, "dua ribu dua puluh enam"),
        (11_000, "sebelas ribu"),
        (100_000, "seratus ribu"),
        (1_000_000, "satu juta"),
    ],
)
def test_numbers_are_spelled_as_an_office_writes_them(value: int, text: str) -> None:
    assert words.number(value) == text


@pytest.mark.parametrize("value", [-1, 10**12])
def test_a_number_without_words_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match=str(value)):
        words.number(value)


def test_a_day_is_spelled_as_a_berita_acara_opens() -> None:
    expected = "Sabtu, tanggal dua puluh satu bulan November tahun dua ribu dua puluh enam"
    assert words.day_in_words(date(2026, 11, 21)) == expected


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Jakarta", "22 November 2026 pukul 00.30 WIB"),
        ("Asia/Makassar", "22 November 2026 pukul 01.30 WITA"),
        ("Asia/Jayapura", "22 November 2026 pukul 02.30 WIT"),
    ],
)
def test_a_moment_is_written_in_the_offices_zone(zone: str, text: str) -> None:
    assert words.moment(datetime(2026, 11, 21, 17, 30, tzinfo=UTC), zone) == text


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        words.moment(datetime(2026, 11, 21, 17, 30), "Asia/Jakarta")  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(0), "0 menit"),
        (timedelta(seconds=40), "< 1 menit"),
        (timedelta(minutes=65), "1 jam 5 menit"),
        (timedelta(hours=30), "30 jam"),
    ],
)
def test_durations_are_hours_and_minutes(value: timedelta, text: str) -> None:
    assert words.duration(value) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("\x1b[31mmerah", "\\x1b[31mmerah"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("satu\r\ndua\ttiga", "satu\ndua    tiga"),
        ("👩‍🔧 é", "👩‍🔧 é"),
    ],
)
def test_what_cannot_be_seen_is_printed_as_an_escape(text: str, printed: str) -> None:
    assert words.printable(text, 100) == printed


@given(st.text())
def test_no_text_prints_anything_that_acts(text: str) -> None:
    assert all(character == "\n" or character >= " " for character in words.printable(text, 1000))
    words.printable(text, 1000).encode()


def test_a_text_too_long_says_how_much_is_missing() -> None:
    assert words.printable("x" * 150, 100) == "x" * 100 + " … [dipotong, 50 karakter lagi]"
