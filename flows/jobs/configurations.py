"""Stored configurations of a device: which there are, what one says, how two differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import unified_diff
from zoneinfo import ZoneInfo

from flows.jobs.errors import BadInput
from flows.office import Office
from inventory.problems import shown
from playbooks.network.history import History, HistoryError, Version
from sop.register.records import Actor, ConfigVersion

_SHORTEST_HASH = 4
_SHOWN = 8
"""As many versions as a message lists."""


@dataclass(frozen=True)
class StoredVersion:
    """A stored configuration and the commit of the history that shows it."""

    version: str
    at: datetime
    digest: str
    commit: str
    quarantined: str = ""
    """Why it is set aside as damaged; "" for a good one."""


@dataclass(frozen=True)
class Difference:
    """`text` is a unified diff of versions `old` and `new`."""

    old: str
    new: str
    text: str


def version_of(office: Office, device: str, version: str = "") -> ConfigVersion:
    """A stored configuration of a device. Raises BadInput when there is none such, several, or a damaged one.

    `version` is its number, the start of its commit or of its digest, a day or a moment of the office's clock (then
    the one in force at its end), or "" for the newest good one.
    """
    stored = versions(office, device)
    if not stored:
        raise BadInput(f"{device} belum punya cadangan", "no_backup")
    at = _moment(office, version)
    named = _in_force(stored, at) if at or not version else _named(stored, version)
    if not named:
        raise BadInput(_unknown(office, device, stored, version), "unknown_version")
    if len(named) > 1:
        numbers = ", ".join(each.version for each in reversed(named))
        raise BadInput(f"{shown(version)} adalah awal sidik beberapa versi {device}: {numbers}", "ambiguous_version")
    if named[0].quarantined:
        why = f"versi {named[0].version} dari {device} dikarantina: {named[0].quarantined}"
        raise BadInput(f"{why}; pakai versi lain dari `pelihara network history {device}`", "quarantined")
    return next(each for each in office.register.config_versions(device) if str(each.id) == named[0].version)


def _named(stored: list[StoredVersion], version: str) -> list[StoredVersion]:
    """By its number, else by the start of its commit or digest."""
    exact = [each for each in stored if each.version == version]
    if exact or len(version) < _SHORTEST_HASH:
        return exact
    return [each for each in stored if each.commit.startswith(version) or each.digest.startswith(version)]


def _in_force(stored: list[StoredVersion], at: datetime | None) -> list[StoredVersion]:
    """The newest good version, or the newest good one that there was before `at`; newest first in `stored`."""
    return [each for each in stored if not each.quarantined and (at is None or each.at < at)][:1]


def _moment(office: Office, version: str) -> datetime | None:
    """The end of a day, or of the minute, that is written as ISO 8601 without a zone; None for anything else."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d)?", version):
        return None
    span = timedelta(days=1) if len(version) == len("2026-11-20") else timedelta(minutes=1)
    try:
        written = datetime.fromisoformat(version) + span
        return written.replace(tzinfo=ZoneInfo(office.inventory.office.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(f"{shown(version)} bukan tanggal yang ada", "unreadable_date") from None


def _unknown(office: Office, device: str, stored: list[StoredVersion], version: str) -> str:
    zone = ZoneInfo(office.inventory.office.zone)
    some = [f"{each.version} ({each.at.astimezone(zone):%Y-%m-%d})" for each in stored[:_SHOWN]]
    more = f" dan {len(stored) - _SHOWN} yang lebih lama" if len(stored) > _SHOWN else ""
    if not version:
        return f"semua cadangan {device} dikarantina; lihat `pelihara network history {device}`"
    how = "tulis nomornya, tanggal seperti 2026-11-20, atau sedikitnya 4 huruf sidik atau commit"
    return f"{device} tidak punya versi {shown(version)}; yang ada: {', '.join(some)}{more}. Cara menyebutnya: {how}"


def versions(office: Office, device: str) -> list[StoredVersion]:
    """Stored configurations of a device, newest first."""
    stored = office.register.config_versions(device)
    commits = _commits(office, device)
    never = datetime.max.replace(tzinfo=UTC)
    ends = [*(each.at for each in stored), never][1:]
    known = [
        StoredVersion(str(each.id), each.at, each.digest, _take_commit(commits, each.at, end), each.quarantined)
        for each, end in zip(stored, ends, strict=True)
    ]
    return known[::-1]


def _commits(office: Office, device: str) -> list[Version]:
    """Oldest first; none while the history is damaged, for the register alone says what there is."""
    try:
        return History(office.settings.configs).versions(device)[::-1]
    except HistoryError:
        return []


def _take_commit(commits: list[Version], start: datetime, end: datetime) -> str:
    """Takes from `commits` (oldest first) the one made after a version and before the next; git knows whole seconds.

    "" while the projection has not come so far, or when nothing but secrets changed.
    """
    fits = [each for each in commits if start.replace(microsecond=0) <= each.at < end]
    if fits:
        commits.remove(fits[0])
    return fits[0].commit if fits else ""


def difference(office: Office, device: str, old: str = "", new: str = "") -> Difference:
    """Unified diff of two stored, redacted configurations; by default of the last two. Raises BadInput."""
    newest = version_of(office, device, new)
    older = version_of(office, device, old) if old else _before(office, device, newest)
    before, after = (office.register.read_config(each.id).splitlines() for each in (older, newest))
    lines = unified_diff(before, after, f"{device} versi {older.id}", f"{device} versi {newest.id}", lineterm="")
    return Difference(str(older.id), str(newest.id), "\n".join(lines))


def _before(office: Office, device: str, version: ConfigVersion) -> ConfigVersion:
    stored = office.register.config_versions(device)
    earlier = [each for each in stored if each.id < version.id and not each.quarantined]
    return max(earlier, key=lambda each: each.id, default=version)


def stored_config(office: Office, version: ConfigVersion, full: bool, actor: Actor) -> str:
    """The text of a stored configuration. Reading it in full is audited before it is opened."""
    if full:
        office.register.audit("config.opened", version.device, {"version": version.id}, actor)
    return office.register.read_config(version.id, full=full)


@dataclass(frozen=True)
class Change:
    """What became of a device's configuration in some days: `old` is what stood before, "" when there was nothing."""

    device: str
    old: str
    new: str
    at: datetime
    """When `new` was taken."""
    versions: int
    added: int
    removed: int
    text: str
    """Unified diff of the redacted texts."""


def changes(office: Office, devices: Sequence[str], since: datetime) -> list[Change]:
    """The devices whose configuration is another one than at `since`, the latest change first."""
    found = [change for name in devices if (change := _changed(office, name, since))]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _changed(office: Office, device: str, since: datetime) -> Change | None:
    good = [each for each in office.register.config_versions(device) if not each.quarantined]
    fresh = [each for each in good if each.at >= since]
    if not fresh:
        return None
    before, newest = good[: len(good) - len(fresh)][-1:], fresh[-1]
    old = str(before[0].id) if before else ""
    text = difference(office, device, old, str(newest.id)).text if old else ""
    added, removed = (sum(line.startswith(mark) for line in text.splitlines()[2:]) for mark in "+-")
    return Change(device, old, str(newest.id), newest.at, len(fresh), added, removed, text)
