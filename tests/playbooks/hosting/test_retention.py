"""Which backups stay: the newest of each period, what is needed, and never the last good one away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.models import Retention
from playbooks.hosting.kept import SiteBackup
from playbooks.hosting.retention import DAMAGED, NEWEST, Fate, fates

JAKARTA = ZoneInfo("Asia/Jakarta")
START = datetime(2026, 1, 1, 15, tzinfo=UTC)
"""22.00 in Jakarta."""


def made(at: datetime) -> SiteBackup:
    return SiteBackup("portal", f"/b/portal/{at:%Y%m%dT%H%M%SZ}", "", "a" * 64, "", 1, at)


def nights(number: int) -> list[SiteBackup]:
    return [made(START + timedelta(days=day)) for day in range(number)]


def stay(found: list[Fate]) -> list[str]:
    return [f"{fate.backup.at:%m%d}" for fate in found if fate.stays]


def test_a_year_of_nights_leaves_the_newest_of_each_period() -> None:
    keep = Retention(daily=3, weekly=2, monthly=3, yearly=2)
    found = fates(nights(365), (), keep, JAKARTA, {})
    assert stay(found) == ["1231", "1230", "1229", "1227", "1130", "1031"]
    told = {f"{fate.backup.at:%m%d}": fate.reasons for fate in found if fate.stays}
    assert told["1231"] == (NEWEST, "harian", "mingguan", "bulanan", "tahunan")
    assert told["1227"] == ("mingguan",)


def test_days_are_the_offices_own() -> None:
    late, early = made(datetime(2026, 1, 1, 16, 59, tzinfo=UTC)), made(datetime(2026, 1, 1, 17, 1, tzinfo=UTC))
    keep = Retention(daily=9, weekly=0)
    assert len(stay(fates([late, early], (), keep, JAKARTA, {}))) == 2
    assert len(stay(fates([late, early], (), keep, UTC, {}))) == 1


@pytest.mark.parametrize("age", [0, 200, 364])
def test_what_is_needed_stays_however_old_and_says_why(age: int) -> None:
    name = nights(365)[age].name
    (needed,) = [
        fate
        for fate in fates(nights(365), (), Retention(), JAKARTA, {name: "permohonan WEB-2026-0001"})
        if fate.backup.name == name
    ]
    assert "permohonan WEB-2026-0001" in needed.reasons


def test_a_damaged_one_fills_no_day_and_stays_for_whoever_asks() -> None:
    kept = nights(30)
    damaged = {kept[-1].name, kept[0].name}
    found = fates(kept, damaged, Retention(daily=2, weekly=0), JAKARTA, {})
    assert stay(found) == ["0130", "0129", "0128"]
    assert found[0].reasons == (DAMAGED,)
    assert stay(fates(kept, {each.name for each in kept}, Retention(), JAKARTA, {})) == [
        f"{each.at:%m%d}" for each in reversed(kept)
    ], "without a good one nothing goes"


counts = st.integers(0, 5)
moments = st.lists(st.integers(0, 1000).map(lambda hours: START + timedelta(hours=7 * hours)), unique=True)


@given(moments, st.integers(1, 5), counts, counts, counts, st.data())
def test_once_applied_nothing_more_goes_and_the_newest_good_and_the_needed_are_there(
    at: list[datetime], daily: int, weekly: int, monthly: int, yearly: int, data: st.DataObject
) -> None:
    held = list({each.name: each for each in map(made, at)}.values())
    names = [each.name for each in held]
    damaged = set(data.draw(st.lists(st.sampled_from(names)))) if names else set()
    needed = dict.fromkeys(data.draw(st.lists(st.sampled_from(names))), "perlu") if names else {}
    keep = Retention(daily=daily, weekly=weekly, monthly=monthly, yearly=yearly)
    left = [fate.backup for fate in fates(held, damaged, keep, JAKARTA, needed) if fate.stays]
    again = fates(left, damaged, keep, JAKARTA, needed)
    assert all(fate.stays for fate in again)
    good = sorted((each for each in held if each.name not in damaged), key=lambda each: each.at)
    assert {each.name for each in good[-1:]} | needed.keys() <= {each.name for each in left}
    assert len([each for each in left if each.name not in damaged]) <= 1 + daily + weekly + monthly + yearly + len(
        needed
    )
