"""How much of a host's disk a site may use: counted, not enforced by the file system."""

from __future__ import annotations

from collections.abc import Iterator

from playbooks.findings import Finding, Severity
from playbooks.hosting.connect import Shell
from playbooks.hosting.site import Site, SiteError

MB = 1_000_000
NEARLY = 0.9
_USED = '[ ! -d "$1" ] || du -s -B1 "$1" | cut -f1'


def used(site: Site, shell: Shell, folder: str = "") -> int:
    """Bytes on disk of a site's releases and shared files, or of one folder; its database and backups do not count."""
    return int(shell.script(_USED, folder or site.layout.base) or 0)


def has_room(site: Site, shell: Shell, more: int) -> None:
    """Raises SiteError when a release of `more` bytes does not fit."""
    quota = site.website.quota_mb
    if quota is None:
        return
    now = used(site, shell)
    if now + more > quota * MB:
        raise SiteError(
            f"{site.slug}: kuota {quota} MB tidak cukup; terpakai {now / MB:.0f} MB, rilis ini {more / MB:.0f} MB."
            " Kosongkan unggahan lama, atau naikkan quota_mb di websites.yaml"
        )


def judge(site: Site, now: int) -> Iterator[Finding]:
    """The finding of a site that uses `now` bytes."""
    quota = site.website.quota_mb
    if quota is None or now < quota * MB * NEARLY:
        return
    severity = Severity.CRITICAL if now >= quota * MB else Severity.WARNING
    advice = "Kosongkan unggahan lama bersama OPD, atau naikkan quota_mb; sebelum itu rilis baru dapat ditolak."
    yield Finding("disk.low", severity, f"kuota {site.slug}", f"terpakai {now / MB:.0f} dari {quota} MB", advice)
