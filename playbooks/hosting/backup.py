"""A website's backup on its host: files and database, proven whole, visible only when finished (SOP, step 6)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from playbooks.findings import Reason, TargetError
from playbooks.hosting import database, kept, releases
from playbooks.hosting.connect import CommandFailed, Shell
from playbooks.hosting.kept import DAMAGED, MARKER, PROVEN, SiteBackup
from playbooks.hosting.site import Site

LONG_S = 3600

_ROOM = """
need=$( { du -sb "$1/shared" "$1/current/" 2>/dev/null || :; } | awk '{ sum += $1 } END { print sum + 0 }')
free=$(df -P -B1 "$2" | awk 'NR == 2 { print $4 }')
[ "$free" -gt "$need" ] || { echo "needs $need bytes, $free are free" >&2; exit 1; }
"""
_BEGIN = """
umask 077
mkdir -p "$1"
rm -rf "$1"/.part-*
mkdir "$1/.part-$2"
"""
# Secrets stay out: a backup may be copied off the host, they may not. tar ends with 1 when a file changed meanwhile.
_FILES = """
umask 077
cd "$1"
out=$2 release=$3; shift 3
for secret; do set -- "$@" "--exclude=$secret"; shift; done
code=0
tar --create --gzip --file "$out" "$@" --exclude='*.new' shared ${release:+"releases/$release"} || code=$?
[ "$code" -le 1 ]
gzip -t "$out"
"""
_MEASURE = """
cd "$1"
for name in files.tar.gz database.sql.gz; do
    [ ! -e "$name" ] || { sha256sum "$name"; stat -c %s "$name"; }
done
"""
_VERIFY = """
cd "$1"; shift
while [ $# -gt 0 ]; do printf '%s  %s\\n' "$2" "$1" | sha256sum --check --status; shift 2; done
"""
_FINISH = """
sync --file-system "$1"
mv -T "$1" "$2"
sync --file-system "$2"
"""
_MARKS = 'for mark in "$1"/*/"$2"; do [ ! -f "$mark" ] || stat -c "%Y %n" "$mark"; done'
# What was there under this name gives way only to what is whole.
_REPLACE = """
sync --file-system "$1"
rm -rf "$1-old"
[ ! -e "$2" ] || mv -T "$2" "$1-old"
mv -T "$1" "$2"
sync --file-system "$2"
rm -rf "$1-old"
"""
_REMOVE = """
rm -rf "$2"
[ ! -e "$1" ] || mv -T "$1" "$2"
rm -rf "$2"
"""
_FREE = """
free=$(df -P -B1 "$1" | awk 'NR == 2 { print $4 }')
[ "$free" -gt "$2" ] || { echo "needs $2 bytes, $free are free" >&2; exit 1; }
"""
_LIST = """
for marker in "$1"/*/"$2"; do
    [ ! -f "$marker" ] || { basename "$(dirname "$marker")"; head -c 4000 "$marker" | tr -d '\\n'; echo; }
done
"""


def back_up(site: Site, shell: Shell, now: datetime | None = None) -> SiteBackup:
    """Back up a site; nothing unfinished is ever listed.

    Raises TargetError: incomplete when a part is not whole, error when the host does not have the site yet.
    """
    at = (now or datetime.now(UTC)).replace(microsecond=0)
    name, folder = f"{at:%Y%m%dT%H%M%SZ}", site.layout.backups
    work = f"{folder}/.part-{name}"
    if not shell.holds("test", "-d", site.layout.shared):
        raise TargetError(site.slug, Reason.ERROR, f"belum ada di {site.website.host}; siapkan dahulu hostingnya")
    try:
        shell.script(_BEGIN, folder, name)
        shell.script(_ROOM, site.layout.base, folder)
        if site.website.database:
            database.dump(site, shell, f"{work}/database.sql", LONG_S)
        release = releases.read(site.layout, shell).current
        files = (site.layout.base, f"{work}/files.tar.gz", release, *_secrets(site))
        shell.script(_FILES, *files, timeout_s=LONG_S)
        finished = _measured(shell.script(_MEASURE, work, timeout_s=LONG_S), site, f"{folder}/{name}", release, at)
        shell.write(f"{work}/{MARKER}", json.dumps(finished.as_json()), "0600")
        shell.script(_FINISH, work, f"{folder}/{name}")
    except CommandFailed as error:
        raise TargetError(site.slug, Reason.INCOMPLETE, error.detail) from None
    return finished


def _secrets(site: Site) -> list[str]:
    """Files that hold secrets, Laravel's cached configuration among them."""
    return ["shared/database.cnf", *(f"shared/{name}" for name in site.kind.secrets), "*/bootstrap/cache/config.php"]


def _measured(output: str, site: Site, path: str, release: str, at: datetime) -> SiteBackup:
    lines = output.splitlines()
    sums = {line.split()[1]: line.split()[0] for line in lines[::2]}
    total = sum(int(line) for line in lines[1::2])
    files, dump = sums.get("files.tar.gz", ""), sums.get("database.sql.gz", "")
    if not files or (site.website.database and not dump):
        raise TargetError(site.slug, Reason.INCOMPLETE, "berkas cadangan tidak lengkap")
    return SiteBackup(site.slug, path, release, files, dump, total, at)


def backups(site: Site, shell: Shell) -> list[SiteBackup]:
    """Finished backups, newest first."""
    return parse(shell.script(_LIST, site.layout.backups, MARKER), site)


def prove(chosen: SiteBackup, shell: Shell) -> None:
    """Note that this backup was restored and answered."""
    shell.run("touch", f"{chosen.path}/{PROVEN}")


def mark_damaged(chosen: SiteBackup, shell: Shell) -> None:
    """Note that this backup is not what it was when it was made."""
    shell.run("touch", f"{chosen.path}/{DAMAGED}")


def proofs(site: Site, shell: Shell) -> dict[str, datetime]:
    """When (UTC) each backup that was ever restored was last proven, by its name."""
    return _marks(site, shell, PROVEN)


def damaged(site: Site, shell: Shell) -> dict[str, datetime]:
    """When (UTC) each backup that is known to be damaged was found so, by its name."""
    return _marks(site, shell, DAMAGED)


def _marks(site: Site, shell: Shell, mark: str) -> dict[str, datetime]:
    lines = [line.split(" ", 1) for line in shell.script(_MARKS, site.layout.backups, mark).splitlines()]
    return {path.split("/")[-2]: datetime.fromtimestamp(int(at), UTC) for at, path in lines}


def verify(chosen: SiteBackup, shell: Shell) -> None:
    """Raises TargetError (refused_output) when a part is not what its marker tells of."""
    sums = [word for part in chosen.parts.items() for word in part]
    try:
        shell.script(_VERIFY, chosen.path, *sums, timeout_s=LONG_S)
    except CommandFailed:
        detail = f"cadangan {chosen.name} tidak utuh: SHA-256 berbeda"
        raise TargetError(chosen.site, Reason.REFUSED_OUTPUT, detail) from None


def put_back(chosen: SiteBackup, shell: Shell, parts: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """Have a backup on its host again, from the content of its parts; a damaged one there gives way to it.

    Raises TargetError when what arrived is not what was backed up, or there is no room; then nothing has changed.
    """
    folder = chosen.path.rpartition("/")[0]
    work = replace(chosen, path=f"{folder}/.part-{chosen.name}")
    try:
        shell.script(_BEGIN, folder, chosen.name)
        shell.script(_FREE, folder, str(chosen.bytes))
        for name, content in parts:
            shell.upload(content, f"{work.path}/{name}")
        verify(work, shell)
        shell.write(f"{work.path}/{MARKER}", json.dumps(chosen.as_json()), "0600")
        shell.script(_REPLACE, work.path, chosen.path)
    except CommandFailed as error:
        raise TargetError(chosen.site, Reason.INCOMPLETE, error.detail) from None


def remove(chosen: SiteBackup, shell: Shell) -> None:
    """Throw a backup away; its name goes first, so that half of it is never taken for one."""
    folder, _, name = chosen.path.rpartition("/")
    shell.script(_REMOVE, chosen.path, f"{folder}/.part-{name}", timeout_s=LONG_S)


def parse(output: str, site: Site) -> list[SiteBackup]:
    """Backups from the lines of `_LIST` (name, marker); a marker that is not whole is no backup."""
    lines = output.splitlines()
    pairs = zip(lines[::2], lines[1::2], strict=False)
    found = [kept.read(name, marker, site.slug, site.layout.backups) for name, marker in pairs]
    return sorted((each for each in found if each), key=lambda each: each.at, reverse=True)
