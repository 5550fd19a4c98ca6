"""When approved changes may be made."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from inventory.maintenance import opening
from inventory.models import Window

ZONE = "Asia/Jakarta"
NIGHT = Window(start=time(20), end=time(4))
WEEKEND = Window(days=("saturday", "sunday"), start=time(8), end=time(12))
OVERNIGHT = Window(days=("friday",), start=time(22), end=time(2))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("of", "now", "opens"),
    [
        (NIGHT, "2026-11-20 20:00", None),
        (NIGHT, "2026-11-21 03:59", None),
        (NIGHT, "2026-11-21 04:00", "2026-11-21 20:00"),
        (NIGHT, "2026-11-20 19:59", "2026-11-20 20:00"),
        (WEEKEND, "2026-11-21 08:00", None),
        (WEEKEND, "2026-11-21 12:00", "2026-11-22 08:00"),
        (WEEKEND, "2026-11-22 12:00", "2026-11-28 08:00"),
        (WEEKEND, "2026-11-20 09:00", "2026-11-21 08:00"),
        (OVERNIGHT, "2026-11-21 01:00", None),
        (OVERNIGHT, "2026-11-21 02:00", "2026-11-27 22:00"),
        (OVERNIGHT, "2026-11-20 01:00", "2026-11-20 22:00"),
    ],
)
def test_a_window_says_when_it_opens(of: Window, now: str, opens: str | None) -> None:
    assert opening(of, at(now).astimezone(UTC), ZONE) == (at(opens) if opens else None)


def test_a_window_lasts_some_time_and_has_a_day() -> None:
    for wrong in ({"start": time(8), "end": time(8)}, {"start": time(8), "end": time(9), "days": ()}):
        with pytest.raises(ValidationError):
            Window(**wrong)
