"""A backup opened on its host, beside the live site: secrets lent by the host, thrown away after."""

from __future__ import annotations

from collections.abc import Iterable

from playbooks.hosting.backup import LONG_S
from playbooks.hosting.connect import Shell
from playbooks.hosting.kept import SiteBackup
from playbooks.hosting.site import Site

# PHP goes by a file's time to see that it changed, and an intruder leaves the time as it was.
_UNPACK = """
umask 027
[ ! -e "$2" ] || { chmod -R u+w "$2"; rm -rf "$2"; }
mkdir -p "$2"
tar --extract --gzip --file "$1/files.tar.gz" --directory "$2" --no-same-owner --preserve-permissions
find "$2" -type f -name '*.php' -exec touch {} +
"""
# A backup holds no secret: those of this host stay.
_LEND = """
from=$1 to=$2; shift 2
for name; do [ ! -e "$from/$name" ] || { mkdir -p "$(dirname "$to/$name")"; cp -p "$from/$name" "$to/$name"; }; done
"""
_DISCARD = 'for path; do [ ! -e "$path" ] || { chmod -R u+w "$path" || :; rm -rf "$path"; }; done'


def unpack(site: Site, shell: Shell, chosen: SiteBackup, folder: str) -> None:
    """Files of a backup into `folder`, which is made anew."""
    shell.script(_UNPACK, chosen.path, folder, lock=site.layout.lock, timeout_s=LONG_S)


def lend_secrets(site: Site, shell: Shell, folder: str, names: Iterable[str]) -> None:
    """Copy files with secrets of the live site into the `shared` of an opened backup."""
    shell.script(_LEND, site.layout.shared, f"{folder}/shared", *names)


def discard(shell: Shell, *paths: str) -> None:
    shell.script(_DISCARD, *paths, timeout_s=LONG_S)
