"""Where a site's backups are: on its host and off it. What is lost or damaged on the host comes back from the copy."""

from __future__ import annotations

from playbooks.findings import Reason, TargetError
from playbooks.hosting import backup
from playbooks.hosting.backup import SiteBackup
from playbooks.hosting.connect import Shell
from playbooks.hosting.site import Site
from playbooks.hosting.vault import Vault


def candidates(site: Site, shell: Shell) -> list[SiteBackup]:
    """Backups to restore from, newest first: on the host or off it, and not known to be damaged there."""
    damaged = backup.damaged(site, shell)
    found = {each.name: each for each in _off_host(site)}
    found |= {each.name: each for each in backup.backups(site, shell) if each.name not in damaged}
    return sorted(found.values(), key=lambda each: each.at, reverse=True)


def _off_host(site: Site) -> list[SiteBackup]:
    if site.vault is None:
        return []
    damaged = site.vault.damaged(site)
    return [each for each in site.vault.held(site) if each.name not in damaged]


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
    if site.vault is None or chosen not in site.vault.held(site):
        detail = f"cadangan {chosen.name} tidak utuh: SHA-256 berbeda, dan tidak ada salinannya di luar host"
        raise TargetError(site.slug, Reason.REFUSED_OUTPUT, detail)
    site.vault.verify(chosen)
    return site.vault


def copy(site: Site, shell: Shell, chosen: SiteBackup) -> None:
    """Copy a backup off its host. Raises TargetError as `Vault.take`."""
    if site.vault is None:
        raise TargetError(site.slug, Reason.ERROR, "tempat salinan di luar host belum ditentukan")
    site.vault.take(chosen, shell)


def missing(site: Site, shell: Shell) -> list[SiteBackup]:
    """Good backups on the host without a good copy, oldest first."""
    damaged, kept = backup.damaged(site, shell), {each.name for each in _off_host(site)}
    good = [each for each in backup.backups(site, shell) if each.name not in damaged]
    return [each for each in reversed(good) if each.name not in kept]
