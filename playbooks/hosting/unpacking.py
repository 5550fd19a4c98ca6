"""A backup opened on its host, beside the live site: verified first, secrets lent by the host, thrown away after."""

from __future__ import annotations

from collections.abc import Iterable

from playbooks.findings import Reason, TargetError
from playbooks.hosting.backup import LONG_S, SiteBackup
from playbooks.hosting.connect import CommandFailed, Shell
from playbooks.hosting.site import Site

_VERIFY = """
cd "$1"; shift
while [ $# -gt 0 ]; do printf '%s  %s\\n' "$2" "$1" | sha256sum --check --status; shift 2; done
"""
_UNPACK = """
umask 027
[ ! -e "$2" ] || { chmod -R u+w "$2"; rm -rf "$2"; }
mkdir -p "$2"
tar --extract --gzip --file "$1/files.tar.gz" --directory "$2" --no-same-owner --preserve-permissions
"""
# A backup holds no secret: those of this host stay.
_LEND = """
from=$1 to=$2; shift 2
for name; do [ ! -e "$from/$name" ] || { mkdir -p "$(dirname "$to/$name")"; cp -p "$from/$name" "$to/$name"; }; done
"""
_DISCARD = 'for path; do [ ! -e "$path" ] || { chmod -R u+w "$path" || :; rm -rf "$path"; }; done'


def verify(chosen: SiteBackup, shell: Shell) -> None:
    """Raises TargetError (refused_output) when a part is not what its marker tells of."""
    sums = ["files.tar.gz", chosen.files_sha256]
    sums += ["database.sql.gz", chosen.database_sha256] if chosen.database_sha256 else []
    try:
        shell.script(_VERIFY, chosen.path, *sums, timeout_s=LONG_S)
    except CommandFailed:
        detail = f"cadangan {chosen.name} tidak utuh: SHA-256 berbeda"
        raise TargetError(chosen.site, Reason.REFUSED_OUTPUT, detail) from None


def unpack(site: Site, shell: Shell, chosen: SiteBackup, folder: str) -> None:
    """Files of a backup into `folder`, which is made anew."""
    shell.script(_UNPACK, chosen.path, folder, lock=site.layout.lock, timeout_s=LONG_S)


def lend_secrets(site: Site, shell: Shell, folder: str, names: Iterable[str]) -> None:
    """Copy files with secrets of the live site into the `shared` of an opened backup."""
    shell.script(_LEND, site.layout.shared, f"{folder}/shared", *names)


def discard(shell: Shell, *paths: str) -> None:
    shell.script(_DISCARD, *paths, timeout_s=LONG_S)
