"""Are a site's backups young, whole, proven and in two places? Pure rules, and what they go by."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playbooks.findings import Finding, Severity
from playbooks.hosting import backup
from playbooks.hosting.connect import Shell
from playbooks.hosting.site import Site

LOST = timedelta(days=30)
"""A backup so old is hardly one."""
PROOF_OLD = timedelta(days=45)
"""Drills are monthly."""


@dataclass(frozen=True)
class Known:
    """What is known of the backups on the host. Times are UTC."""

    newest: datetime | None = None
    proven: datetime | None = None
    """When one was last restored and answered."""
    failed: datetime | None = None
    """When the last drill was, if it failed."""
    damaged: Collection[str] = ()
    """Names of those that are."""


def of_site(
    site: Site, shell: Shell | None, last_backup: datetime | None, failed_drill: datetime | None
) -> Iterator[Finding]:
    """Findings of a site's backups. Times (UTC) are what the register knows; host and copies are asked themselves."""
    held = backup.backups(site, shell) if shell else []
    proofs = backup.proofs(site, shell) if shell else {}
    times = [*(each.at for each in held), *([last_backup] if last_backup else [])]
    damaged = backup.damaged(site, shell) if shell else ()
    proven = max(proofs.values(), default=None)
    known = Known(max(times, default=None), proven, failed_drill, damaged)
    yield from judge(site, known, datetime.now(UTC), len(held))


def judge(site: Site, known: Known, now: datetime, held: int = 1) -> Iterator[Finding]:
    """Findings by what is `known` of the `held` backups on the host, and by the copies."""
    slug, host = site.slug, site.website.host
    stale = timedelta(days=site.inventory.office.backup_stale_days)
    copies = site.vault.held(site.slug, site.layout.backups) if site.vault else []
    newest = max([each.at for each in copies] + ([known.newest] if known.newest else []), default=None)
    yield from judge_backup(slug, newest, now, stale)
    yield from judge_proof(slug, held if newest else 0, known.proven, known.failed, now)
    yield from judge_damage(slug, host, known.damaged)
    if site.vault:
        damaged = site.vault.damaged(site.slug)
        copied = max((each.at for each in copies if each.name not in damaged), default=None)
        yield from judge_copies(slug, host, newest, copied, stale)
        yield from judge_damage(slug, "salinan di luar host", damaged)


def judge_backup(slug: str, newest: datetime | None, now: datetime, stale: timedelta) -> Iterator[Finding]:
    """Findings of the age of the newest backup (both times UTC)."""
    advice = "Buat cadangan sekarang (website backup) dan periksa jadwalnya."
    if newest is None:
        yield Finding("backup.stale", Severity.MAJOR, slug, "belum pernah dicadangkan", advice)
    elif now - newest > stale:
        severity = Severity.MAJOR if now - newest > LOST else Severity.WARNING
        evidence = f"cadangan terakhir {newest:%Y-%m-%d}, {(now - newest).days} hari lalu (batas {stale.days} hari)"
        yield Finding("backup.stale", severity, slug, evidence, advice)


def judge_copies(
    slug: str, host: str, newest: datetime | None, copied: datetime | None, stale: timedelta
) -> Iterator[Finding]:
    """Findings of whether the newest good copy off the host is about as young as the newest backup (UTC)."""
    advice = "Buat cadangan (website backup); bila salinannya gagal, periksa diska dan kunci segel mesin Pelihara."
    if newest and copied is None:
        evidence = f"cadangan hanya ada di {host}; bila host itu hilang, cadangannya ikut hilang"
        yield Finding("backup.uncopied", Severity.MAJOR, slug, evidence, advice)
    elif newest and copied and newest - copied > stale:
        evidence = f"salinan terakhir di luar {host} dari {copied:%Y-%m-%d}, cadangan terbaru {newest:%Y-%m-%d}"
        yield Finding("backup.uncopied", Severity.WARNING, slug, evidence, advice)


def judge_damage(slug: str, where: str, names: Collection[str]) -> Iterator[Finding]:
    """A finding of backups that no longer read as they were made and could not be had from elsewhere."""
    if names:
        evidence = f"{', '.join(sorted(names))}: SHA-256 tidak lagi sama ketika dibaca ulang"
        advice = (
            "Tidak dipakai lagi untuk memulihkan. Buat cadangan baru (website backup) dan periksa disknya; "
            "bila disknya sehat, anggap berkasnya diubah orang."
        )
        yield Finding("backup.damaged", Severity.MAJOR, f"{slug}: {where}", evidence, advice)


def judge_proof(
    slug: str, held: int, proven: datetime | None, failed: datetime | None, now: datetime
) -> Iterator[Finding]:
    """Findings of whether `held` backups can be restored: when one last was, when a drill last failed (UTC)."""
    advice = "Uji pulih cadangannya (website drill); tidak menyentuh situs yang dilayani."
    if failed and (proven is None or proven < failed):
        evidence = f"uji pulih {failed:%Y-%m-%d} GAGAL"
        advice = f"Buat cadangan baru (website backup), lalu {advice[0].lower()}{advice[1:]}"
        yield Finding("backup.unproven", Severity.MAJOR, slug, evidence, advice)
    elif held and proven is None:
        evidence = f"{held} cadangan, belum satu pun pernah dipulihkan"
        yield Finding("backup.unproven", Severity.INFO, slug, evidence, advice)
    elif proven and now - proven > PROOF_OLD:
        evidence = f"terakhir terbukti pulih {proven:%Y-%m-%d}, {(now - proven).days} hari lalu"
        yield Finding("backup.unproven", Severity.WARNING, slug, evidence, advice)
