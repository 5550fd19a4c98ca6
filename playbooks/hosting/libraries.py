"""A release's PHP libraries: in its archive, or installed on the host by Composer from composer.lock."""

from __future__ import annotations

from collections.abc import Set

from playbooks.hosting.archive import ArchiveRefused
from playbooks.hosting.connect import Shell
from playbooks.hosting.site import Site, SiteError

LINE = "pasang pustaka PHP di host menurut composer.lock: composer install --no-dev"
INSTALL_S = 900
# Plugins and scripts are the packages' own programs: none of them runs as the login user.
_OPTIONS = ("--no-dev", "--no-interaction", "--no-progress", "--no-scripts", "--no-plugins", "--optimize-autoloader")
_INSTALL = """
umask 027
cd "$1"; shift
exec "$@"
"""


def lacking(names: Set[str]) -> bool:
    """Whether a release names its libraries but does not hold them."""
    return "composer.lock" in names and "vendor/autoload.php" not in names


def due(site: Site, shell: Shell, names: Set[str]) -> bool:
    """Whether the host must install those of a release with these files. Raises SiteError when it cannot."""
    needed, program = site.kind.composer and lacking(names), site.host.commands.composer
    if needed and not shell.holds("test", "-x", program):
        raise SiteError(
            f"{site.slug}: arsip memuat composer.lock tanpa vendor/, tetapi {program} tidak ada di {site.website.host};"
            " pasang Composer di sana, atau kemas ulang bersama vendor/"
        )
    return needed


def agreed(site: Site, names: Set[str], install: bool) -> None:
    """Raises ArchiveRefused when a release lacks libraries and the plan did not say that they would be installed."""
    if site.kind.composer and lacking(names) and not install:
        raise ArchiveRefused(
            f"{site.slug}: arsip dari alamat jauh tanpa vendor/; kemas bersama vendor/, atau taruh di folder inventaris"
        )


def install(folder: str, site: Site, shell: Shell) -> None:
    """Install into an unpacked release. Raises CommandFailed."""
    command = (site.host.commands.composer, "install", *_OPTIONS)
    shell.script(_INSTALL, folder, *command, lock=site.layout.lock, timeout_s=INSTALL_S)
