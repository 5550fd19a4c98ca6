"""Indonesian as an office writes it: numbers and dates in words, moments, durations, and text made safe to print."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_SMALL = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
_SCALES = ((1_000_000_000, "miliar"), (1_000_000, "juta"), (1000, "ribu"), (100, "ratus"), (10, "puluh"))
_JOINERS = "\u200c\u200d"


def number(value: int) -> str:
    """`value` (0 to 999 999 999 999) in words: 11 is "sebelas", 1026 is "seribu dua puluh enam". ValueError outside."""
    if not 0 <= value < 10**12:
        raise ValueError(f"no words for {value}")
    if value < len(_SMALL):
        return _SMALL[value]
    if value < 20:
        return f"{_SMALL[value - 10]} belas"
    size, name = next(scale for scale in _SCALES if value >= scale[0])
    count, rest = divmod(value, size)
    # One hundred and one thousand have words of their own; one million is "satu juta".
    head = f"se{name}" if count == 1 and size <= 1000 else f"{number(count)} {name}"
    return f"{head} {number(rest)}" if rest else head


def day(value: date) -> str:
    """21 November 2026"""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def day_in_words(value: date) -> str:
    """Sabtu, tanggal dua puluh satu bulan November tahun dua ribu dua puluh enam: the opening of a berita acara."""
    name = DAYS[value.weekday()]
    month = MONTHS[value.month - 1]
    return f"{name}, tanggal {number(value.day)} bulan {month} tahun {number(value.year)}"


def moment(value: datetime, zone: str, seconds: bool = False) -> str:
    """21 November 2026 pukul 09.05 WIB, or 09.05.12. `value` must know its zone (ValueError)."""
    local = local_time(value, zone)
    clock = f"{local:%H.%M.%S}" if seconds else f"{local:%H.%M}"
    return f"{day(local)} pukul {clock} {local.tzname()}"


def local_time(value: datetime, zone: str) -> datetime:
    """`value` in the office's zone; ValueError for a time without a zone, which could mean any hour."""
    if value.tzinfo is None:
        raise ValueError(f"time without a zone: {value.isoformat()}")
    return value.astimezone(ZoneInfo(zone))


def duration(value: timedelta) -> str:
    """Working time in hours and minutes: "1 jam 5 menit". Days are avoided, as a working day is no 24 hours."""
    minutes = int(value.total_seconds() // 60)
    if minutes < 1:
        return "< 1 menit" if value > timedelta(0) else "0 menit"
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} jam"] * bool(hours) + [f"{minutes} menit"] * bool(minutes)
    return " ".join(parts)


def printable(text: str, limit: int) -> str:
    """`text` as it can be printed: nothing invisible, nothing that reorders, and an honest end when it is cut.

    Control characters, direction overrides, lone surrogates and unassigned code points become escapes such as \\x1b,
    so that what a device or a letter put there is seen instead of acting (invariant 9 of the design).
    """
    lines = text.replace("\r\n", "\n").replace("\t", "    ")
    seen = "".join(character if _shows(character) else _escape(character) for character in lines[:limit])
    left = len(lines) - limit
    return seen if left <= 0 else f"{seen} … [dipotong, {left} karakter lagi]"


def _shows(character: str) -> bool:
    return character == "\n" or character in _JOINERS or unicodedata.category(character) not in _HIDDEN


_HIDDEN = {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()
