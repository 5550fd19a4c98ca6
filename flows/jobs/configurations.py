"""Stored configurations of a device: which there are, what one says, how two differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import unified_diff

from flows.jobs.errors import BadInput
from flows.office import Office
from inventory.problems import shown
from playbooks.network.history import History, Version
from sop.register.records import Actor, ConfigVersion

_SHORTEST_COMMIT = 7


@dataclass(frozen=True)
class StoredVersion:
    """A stored configuration and the commit of the history that shows it."""

    version: str
    at: datetime
    digest: str
    commit: str


@dataclass(frozen=True)
class Difference:
    """`text` is a unified diff of versions `old` and `new`."""

    old: str
    new: str
    text: str


def version_of(office: Office, device: str, version: str = "") -> ConfigVersion:
    """A stored configuration by its number or its commit, or the newest. Raises BadInput when there is none such."""
    stored = {str(each.id): each for each in office.register.config_versions(device)}
    if not stored:
        raise BadInput(f"{device} belum punya cadangan", "no_backup")
    if not version:
        return max(stored.values(), key=lambda each: each.id)
    named = [each.version for each in versions(office, device) if _names(each, version)]
    if len(named) != 1:
        raise BadInput(f"{device} tidak punya versi {shown(version)}; yang ada: {', '.join(stored)}", "unknown_version")
    return stored[named[0]]


def _names(stored: StoredVersion, version: str) -> bool:
    return version == stored.version or (len(version) >= _SHORTEST_COMMIT and stored.commit.startswith(version))


def versions(office: Office, device: str) -> list[StoredVersion]:
    """Stored configurations of a device, newest first."""
    stored = office.register.config_versions(device)
    commits = History(office.settings.configs).versions(device)[::-1]
    never = datetime.max.replace(tzinfo=UTC)
    ends = [*(each.at for each in stored), never][1:]
    known = [
        StoredVersion(str(each.id), each.at, each.digest, _take_commit(commits, each.at, end))
        for each, end in zip(stored, ends, strict=True)
    ]
    return known[::-1]


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
    earlier = [each for each in office.register.config_versions(device) if each.id < version.id]
    return max(earlier, key=lambda each: each.id, default=version)


def stored_config(office: Office, version: ConfigVersion, full: bool, actor: Actor) -> str:
    """The text of a stored configuration. Reading it in full is audited before it is opened."""
    if full:
        office.register.audit("config.opened", version.device, {"version": version.id}, actor)
    return office.register.read_config(version.id, full=full)
