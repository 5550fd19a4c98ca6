"""Where a site's backups are: on its host and off it. What is lost or damaged on the host comes back from the copy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from playbooks.findings import Reason, TargetError
from playbooks.hosting import backup
from playbooks.hosting.connect import Shell
from playbooks.hosting.kept import SiteBackup
from playbooks.hosting.site import Site
from playbooks.hosting.vault import Vault


def candidates(site: Site, shell: Shell) -> list[SiteBackup]:
    """Backups to restore from, newest first: on the host or off it, and not known to be damaged there."""
    found = {each.name: each for each in (*off_host(site).good, *on_host(site, shell).good)}
    return sorted(found.values(), key=lambda each: each.at, reverse=True)


def whole(chosen: SiteBackup, shell: Shell) -> bool:
    """Whether a backup is on its host as it was made."""
    try:
        backup.verify(chosen, shell)
    except TargetError as error:
        if error.reason is not Reason.REFUSED_OUTPUT:
            raise
        return False
    return True


def sound(site: Site, chosen: SiteBackup) -> Vault:
    """Where a whole copy of a backup is. Raises TargetError (refused_output) when there is none."""
    if site.vault is None or chosen not in site.vault.held(site.slug, site.layout.backups):
        detail = f"cadangan {chosen.name} tidak utuh: SHA-256 berbeda, dan tidak ada salinannya di luar host"
        raise TargetError(site.slug, Reason.REFUSED_OUTPUT, detail)
    site.vault.verify(chosen)
    return site.vault


@dataclass(frozen=True)
class Made:
    """A backup that was just made and copied off its host; `trouble` is why there is no copy yet (Indonesian)."""

    backup: SiteBackup
    seconds: float
    trouble: str = ""

    def as_json(self) -> dict[str, Any]:
        told = {"seconds": self.seconds, "detail": self.trouble, "off_host": not self.trouble}
        return {**self.backup.as_json(), **told}


def make(site: Site, shell: Shell) -> Made:
    """Back up a site and copy that off its host at once; the backup is good also when its copy is not.

    Raises TargetError as `backup.back_up`.
    """
    started = monotonic()
    kept, trouble = backup.back_up(site, shell), ""
    try:
        copy(site, shell, kept)
    except TargetError as error:
        trouble = f"salinan di luar host belum ada: {error.said}"
    return Made(kept, monotonic() - started, trouble)


def bring_back(place: Vault, chosen: SiteBackup, shell: Shell) -> None:
    """Put a backup back on its host from its copy. Raises TargetError as `Vault.verify` and `backup.put_back`."""
    backup.put_back(chosen, shell, place.content(chosen))


def copy(site: Site, shell: Shell, chosen: SiteBackup) -> None:
    """Copy a backup off its host. Raises TargetError as `Vault.take`."""
    if site.vault is None:
        raise TargetError(site.slug, Reason.ERROR, "tempat salinan di luar host belum ditentukan")
    site.vault.take(chosen, shell)


@dataclass(frozen=True)
class Place:
    """A site's backups in one place, newest first."""

    held: tuple[SiteBackup, ...] = ()
    damaged: frozenset[str] = frozenset()
    """Names of those that no longer read as they were made."""

    @property
    def good(self) -> list[SiteBackup]:
        return [each for each in self.held if each.name not in self.damaged]


def on_host(site: Site, shell: Shell) -> Place:
    return Place(tuple(backup.backups(site, shell)), frozenset(backup.damaged(site, shell)))


def off_host(site: Site) -> Place:
    if site.vault is None:
        return Place()
    held = site.vault.held(site.slug, site.layout.backups)
    return Place(tuple(held), frozenset(site.vault.damaged(site.slug)))


@dataclass(frozen=True)
class Reading:
    """What reading every backup again came to: names by place ("host", "off_host")."""

    read: int
    damaged: dict[str, list[str]]
    """Not whole, and not to be had from the other place; marked."""
    mended: dict[str, list[str]]
    """Not whole, and taken anew from the other place."""


def read_again(site: Site, shell: Shell) -> Reading:
    """Read every backup of both places to its end; what is not whole is had from the other place, or marked.

    Raises TargetError when host or disk cannot be read at all: nothing is called damaged for that.
    """
    host, off = on_host(site, shell), off_host(site)
    done = Reading(len(host.held) + len(off.held), {"host": [], "off_host": []}, {"host": [], "off_host": []})
    for each in host.held:
        if each.name in host.damaged or not whole(each, shell):
            _told(done, "host", each, _mended_on_host(site, shell, each))
    for each in off.held:
        if each.name in off.damaged or not _copy_is_whole(site, each):
            _told(done, "off_host", each, _mended_off_host(site, shell, each))
    return done


def _told(done: Reading, place: str, each: SiteBackup, mended: bool) -> None:
    (done.mended if mended else done.damaged)[place].append(each.name)


def _copy_is_whole(site: Site, chosen: SiteBackup) -> bool:
    try:
        sound(site, chosen)
    except TargetError as error:
        if error.reason is not Reason.REFUSED_OUTPUT:
            raise
        return False
    return True


def _mended_on_host(site: Site, shell: Shell, chosen: SiteBackup) -> bool:
    if site.vault and _copy_is_whole(site, chosen):
        bring_back(site.vault, chosen, shell)
        return True
    backup.mark_damaged(chosen, shell)
    return False


def _mended_off_host(site: Site, shell: Shell, chosen: SiteBackup) -> bool:
    if chosen in backup.backups(site, shell) and whole(chosen, shell):
        copy(site, shell, chosen)
        return True
    if site.vault:
        site.vault.mark_damaged(chosen)
    return False


def remove(site: Site, shell: Shell, host: Iterable[SiteBackup], off: Iterable[SiteBackup]) -> None:
    """Throw backups away, on the host and off it."""
    for each in host:
        backup.remove(each, shell)
    for each in off:
        if site.vault:
            site.vault.remove(each)
