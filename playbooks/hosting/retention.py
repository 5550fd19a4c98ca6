"""Which backups stay: the newest of each of so many days, weeks, months and years, and what must not go. Pure rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from inventory.models import Retention
from playbooks.hosting.kept import SiteBackup

_PERIODS: dict[str, tuple[str, Callable[[datetime], object]]] = {
    "daily": ("harian", lambda at: at.date()),
    "weekly": ("mingguan", lambda at: at.isocalendar()[:2]),
    "monthly": ("bulanan", lambda at: (at.year, at.month)),
    "yearly": ("tahunan", lambda at: at.year),
}
NEWEST = "terbaru yang baik"
DAMAGED = "rusak, disimpan untuk diperiksa"


@dataclass(frozen=True)
class Fate:
    """What becomes of a backup: `reasons` why it stays (Indonesian); without any it goes."""

    backup: SiteBackup
    reasons: tuple[str, ...]

    @property
    def stays(self) -> bool:
        return bool(self.reasons)


def fates(
    held: Sequence[SiteBackup], damaged: Collection[str], keep: Retention, zone: tzinfo, needed: Mapping[str, str]
) -> list[Fate]:
    """What becomes of each backup of one place, newest first. Days and weeks (ISO 8601) are those of `zone`.

    `needed` are names that must stay, and why. A damaged one fills no day; it stays while good ones are about as young,
    for whoever asks what happened to it. Applied again, what is left stays.
    """
    ordered = sorted(held, key=lambda each: each.at, reverse=True)
    good = [each for each in ordered if each.name not in damaged]
    reasons: dict[str, list[str]] = {each.name: [] for each in ordered}
    for name in needed.keys() & reasons.keys():
        reasons[name].append(needed[name])
    if good:
        reasons[good[0].name].append(NEWEST)
    for period in _PERIODS:
        for name in _newest_of(good, period, getattr(keep, period), zone):
            reasons[name].append(_PERIODS[period][0])
    until = good[0].at - timedelta(days=keep.daily) if good else None
    for each in ordered:
        if each.name in damaged and (until is None or each.at > until):
            reasons[each.name].append(DAMAGED)
    return [Fate(each, tuple(reasons[each.name])) for each in ordered]


def _newest_of(good: Sequence[SiteBackup], period: str, number: int, zone: tzinfo) -> list[str]:
    """Names of the newest backup in each of the last `number` periods that have any."""
    seen: dict[object, str] = {}
    for each in good:
        seen.setdefault(_PERIODS[period][1](each.at.astimezone(zone)), each.name)
    return list(seen.values())[:number]
