"""Restore drill: the newest backup opened beside the live site, with a database of its own, and asked for its page.

Live files, live database and the web server's configuration are never written: the scratch stands in `Layout.drill`,
its database and user are `<database>__uji`, and the web server serves it only to who asks by a header (`pages.DRILL`),
by the site's own PHP pool. It is removed at the end; what a killed drill left is removed by the next.
"""

from __future__ import annotations

import secrets as random
import time
from dataclasses import dataclass, field

from inventory.models import Website
from playbooks.findings import Reason, TargetError
from playbooks.hosting import (
    backup,
    copies,
    database,
    files,
    health,
    host,
    migration,
    pages,
    secrets,
    tables,
    unpacking,
)
from playbooks.hosting.backup import LONG_S
from playbooks.hosting.connect import CommandFailed, Shell
from playbooks.hosting.journal import Journal
from playbooks.hosting.kept import SiteBackup
from playbooks.hosting.layout import Layout
from playbooks.hosting.site import Site, SiteError

SPARE = 10
"""Percent of the host's disk that must stay free while the scratch is there."""
PROOF = "pelihara-uji.txt"
"""Only the scratch has it: who gets it was not shown the live site."""
# A table and its indexes take about twice its dump.
_ROOM = """
cd "$1"
need=$(gzip -dc files.tar.gz | wc -c)
[ ! -e database.sql.gz ] || need=$((need + 2 * $(gzip -dc database.sql.gz | wc -c)))
df -P -B1 "$2" | awk -v need="$need" -v spare="$3" '
    NR == 2 && $4 - need < $2 * spare / 100 { print need, "bytes needed,", $4, "free" >"/dev/stderr"; exit 1 }'
"""
_TABLES = "gzip -dc \"$1/database.sql.gz\" | grep -c '^CREATE TABLE' || :"
_SERVE = 'chmod -R g+rwX "$1/shared"; ln -sfnT "releases/$2" "$1/current"'


class CannotDrill(TargetError):
    """Nothing is said about the backup: the host has no room, or does not serve a scratch."""


@dataclass(frozen=True)
class Drill:
    """How a drill went; `version` is the backup's name."""

    version: str
    passed: bool
    how: str
    detail: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Scratch(Site):
    """A site as it is beside itself: its own folder and database, the same name, host and kind."""

    live: Layout = field(kw_only=True)

    @property
    def layout(self) -> Layout:
        return self.live.drill

    @property
    def website(self) -> Website:
        entry = super().website
        if entry.database is None:
            return entry
        own = entry.database.model_copy(update={"name": f"{entry.database.name}__uji"})
        return entry.model_copy(update={"database": own})


def drill(site: Site, shell: Shell) -> Drill:
    """Prove that the newest backup can be restored, and mark it.

    Raises SiteError when there is none, CannotDrill, and TargetError when the host is lost on the way.
    """
    began, chosen = time.monotonic(), _newest(site, shell)
    scratch = Scratch(site.slug, site.inventory, site.known_hosts, site.account_key, live=site.layout)
    clear(scratch, shell)
    how = f"cadangan {chosen.name} dibuka ke folder sementara di {site.website.host}"
    try:
        if not copies.whole(chosen, shell):
            copies.bring_back(copies.sound(site, chosen), chosen, shell)
            how += ", diambil dari salinan di luar host"
        _has_room(site, shell, chosen)
        how += _open(site, scratch, shell, chosen)
        trouble = _trouble(scratch, shell)
    except migration.ReleaseFailed as error:
        trouble = str(error)
    except TargetError as error:
        if not isinstance(error, CommandFailed) and error.reason is not Reason.REFUSED_OUTPUT:
            raise
        trouble = error.detail
    finally:
        clear(scratch, shell)
    if not trouble:
        backup.prove(chosen, shell)
        how += f"; halaman {site.website.health.path} menjawab dengan benar"
    return Drill(chosen.name, not trouble, how, trouble, time.monotonic() - began)


def _newest(site: Site, shell: Shell) -> SiteBackup:
    found = copies.candidates(site, shell)
    if not found:
        raise SiteError(f"{site.slug}: tidak ada cadangan yang selesai")
    if not found[0].release:
        raise SiteError(f"{site.slug}: cadangan {found[0].name} dibuat sebelum situs punya rilis")
    return found[0]


def clear(scratch: Scratch, shell: Shell) -> None:
    """Remove folder, database and user of a drill. Raises TargetError when something of it stays."""
    if scratch.website.database:
        name = database.name(scratch)
        database.query(scratch, shell, f"drop database if exists `{name}`; drop user if exists `{name}`@localhost")
    unpacking.discard(shell, scratch.layout.base)


def _has_room(site: Site, shell: Shell, chosen: SiteBackup) -> None:
    try:
        shell.script(_ROOM, chosen.path, site.layout.base, str(SPARE), timeout_s=LONG_S)
    except CommandFailed as error:
        detail = f"ruang disk tidak cukup untuk uji pulih: {error.stderr.strip()}"
        raise CannotDrill(site.slug, Reason.ERROR, detail) from None


def _open(site: Site, scratch: Scratch, shell: Shell, chosen: SiteBackup) -> str:
    """Files, database and settings of the scratch; the words for what was loaded."""
    unpacking.unpack(site, shell, chosen, scratch.layout.base)
    loaded = ""
    if chosen.database_sha256:
        loaded = f"; {_load(scratch, shell, chosen)} tabel dimuat ke basis data {database.name(scratch)}"
    _settle(site, scratch, shell)
    # Nobody is asked: only the scratch is written.
    migration.prepare(chosen.release, scratch, shell, Journal(lambda: None))
    shell.script(_SERVE, scratch.layout.base, chosen.release)
    return loaded


def _load(scratch: Scratch, shell: Shell, chosen: SiteBackup) -> int:
    """Load the dump; how many tables came. Raises TargetError when they are not all there."""
    tables.load(scratch, shell, f"{chosen.path}/database.sql.gz", database.name(scratch), LONG_S)
    database.create(scratch, shell)
    dumped = int(shell.script(_TABLES, chosen.path, timeout_s=LONG_S))
    came = tables.count(scratch, shell, database.name(scratch))
    if not came or came != dumped:
        detail = f"basis data cadangan berisi {dumped} tabel, yang dapat dimuat {came}"
        raise TargetError(scratch.slug, Reason.REFUSED_OUTPUT, detail)
    return came


def _settle(site: Site, scratch: Scratch, shell: Shell) -> None:
    """The settings lead to the scratch; of the secrets only the database's password is another one.

    What the website itself rewrites around its password (`Kind.own`) is made anew, for the old one may be encrypted.
    """
    made = {path for path, text in files.secret_templates(scratch).items() if "@password@" in text}
    made &= {f"{scratch.layout.shared}/{name}" for name in site.kind.own}
    lent = [name for name in site.kind.secrets if f"{scratch.layout.shared}/{name}" not in made]
    unpacking.lend_secrets(site, shell, scratch.layout.base, lent)
    for path in secrets.missing(scratch, shell):
        secrets.make(path, scratch, shell)
    for path, text in files.settings(scratch, host.has_certificate(site, shell)).items():
        _write(path, text, scratch, shell)


def _write(path: str, text: str, scratch: Scratch, shell: Shell) -> None:
    shell.write(path, text)
    if scratch.group:
        shell.run("chgrp", scratch.group, path)


def _trouble(scratch: Scratch, shell: Shell) -> str:
    """Why the restored site does not work, in Indonesian; empty when it does. Raises CannotDrill."""
    proof = random.token_hex(16)
    folder = "/".join(filter(None, (scratch.layout.current, scratch.kind.docroot)))
    shell.script('chmod u+w "$1"', folder)
    _write(f"{folder}/{PROOF}", proof, scratch, shell)
    if not pages.eventually(lambda: pages.follow(scratch, f"/{PROOF}", headers=pages.DRILL).text == proof, 3):
        why = "server web belum mengenal uji pulih; jalankan `pelihara website host` untuk situs ini"
        raise CannotDrill(scratch.slug, Reason.ERROR, why)
    trouble = health.problem(scratch, headers=pages.DRILL)
    if not trouble and health.is_installer(scratch, pages.follow(scratch, headers=pages.DRILL)):
        trouble = "yang muncul halaman pemasangan WordPress, bukan situsnya"
    return trouble
