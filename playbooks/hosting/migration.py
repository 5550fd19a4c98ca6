"""A release is made ready and its database migrated: dumped first, put back when the release does not pass."""

from __future__ import annotations

from playbooks.findings import Reason, TargetError
from playbooks.hosting import database, tables
from playbooks.hosting.connect import CommandFailed, Shell
from playbooks.hosting.journal import Journal
from playbooks.hosting.releases import Releases
from playbooks.hosting.site import Site, SiteError

LONG_S = 1800
FRESH_MIN = 60
"""Minutes. What visitors wrote since a dump is lost when it is put back, so an old one never is by itself."""
# Files that PHP's command line makes are the web server's to write too.
_PHP = """
umask 007
cd "$1"; shift
exec "$@"
"""
_KEEP = 'sync "$1"; mv -T "$1" "$2"'
_SEED = """
umask 007
[ ! -d "$1" ] || [ -e "$2/.pelihara" ] || { cp -Rn "$1/." "$2/"; chmod -R g+rwX "$2"; : >"$2/.pelihara"; }
"""


class ReleaseFailed(Exception):
    """A command of the release ended badly; the message says which, and its own words."""


def php(site: Site, *arguments: str) -> tuple[str, ...]:
    """PHP's command line, which sees the site's own files only."""
    options = (
        f"open_basedir={site.layout.base}:/tmp:/usr/share",
        "zend.exception_ignore_args=1",
        "display_errors=stderr",
    )
    return (site.host.commands.php, *(word for option in options for word in ("-d", option)), *arguments)


def due(site: Site, state: Releases, name: str) -> bool:
    """Whether a release still has to migrate its database."""
    return bool(site.kind.migrate and site.website.database and name not in state.proven)


def lines(site: Site, shell: Shell, migrates: bool) -> list[str]:
    """What `prepare` and `run` will do, as a person approves it. Raises SiteError when the host cannot do it."""
    said = [f"siapkan rilis: php {' '.join(site.kind.prepare)}"] if site.kind.prepare else []
    if migrates:
        said.append(f"simpan dump basis data {database.name(site)}, lalu php {' '.join(site.kind.migrate)}")
    program = site.host.commands.php
    if said and not shell.holds("test", "-x", program):
        raise SiteError(f"{site.slug}: {program} (php-cli) tidak ada di {site.website.host}; pasang dahulu di sana")
    return said


def way_back(site: Site) -> str:
    return f"bila rilis gagal, basis data {database.name(site)} kembali ke dump itu; yang tergeser disimpan"


def prepare(name: str, site: Site, shell: Shell, journal: Journal) -> None:
    """Fill folders that begin as a copy, and run the kind's own preparation. Raises ReleaseFailed, TargetError."""
    layout = site.layout
    for target, source in site.kind.seeds.items():
        with journal.write(f"mengisi shared/{target} dari {source} bila belum pernah"):
            shell.script(_SEED, f"{layout.releases}/{name}/{source}", f"{layout.shared}/{target}", lock=layout.lock)
    if site.kind.prepare:
        said = f"php {' '.join(site.kind.prepare)}"
        with journal.write(f"menyiapkan rilis: {said}"):
            command(said, site.kind.prepare, name, site, shell)


def run(name: str, site: Site, shell: Shell, journal: Journal) -> None:
    """Dump, then migrate. Raises ReleaseFailed, TargetError."""
    keep(name, site, shell, journal)
    said = f"php {' '.join(site.kind.migrate)}"
    with journal.write(f"menjalankan {said}"):
        command(said, site.kind.migrate, name, site, shell)


def keep(name: str, site: Site, shell: Shell, journal: Journal) -> None:
    """Dump the database before a release touches it. An earlier run's dump stays: only it is from before."""
    dump = _dump(site, name)
    if shell.holds("test", "-e", dump):
        return
    with journal.write(f"menyimpan dump basis data {database.name(site)}"):
        shell.folders({site.layout.dumps: "0700"}, site.group)
        database.dump(site, shell, f"{dump}.part", LONG_S)
        shell.script(_KEEP, f"{dump}.part.gz", dump)


def command(said: str, arguments: tuple[str, ...], name: str, site: Site, shell: Shell) -> None:
    """Run PHP's command line in a release; `said` is how a person calls it. Raises ReleaseFailed, TargetError."""
    release = f"{site.layout.releases}/{name}"
    try:
        shell.script(_PHP, release, *php(site, *arguments), lock=site.layout.lock, timeout_s=LONG_S)
    except CommandFailed as error:
        why = " ".join(error.stderr.partition("Stack trace:")[0].split())[:300]
        raise ReleaseFailed(f"{said} berhenti dengan kode {error.code}: {why}") from None


def _dump(site: Site, name: str) -> str:
    return f"{site.layout.dumps}/{name}.sql.gz"


def put_back(name: str, site: Site, shell: Shell, journal: Journal) -> None:
    """Let the tables from before a release's migration take the place of the live ones, which are kept beside them.

    Raises TargetError; then the live tables are as they were.
    """
    dump, live = _dump(site, name), database.name(site)
    if not shell.run("find", dump, "-mmin", f"-{FRESH_MIN}").strip():
        why = f"dump {dump} lebih tua dari {FRESH_MIN} menit, jadi tidak dikembalikan dengan sendirinya"
        raise TargetError(site.slug, Reason.ERROR, why)
    new, kept = f"{live}__new", f"{live}__failed"
    try:
        tables.load(site, shell, dump, new, LONG_S)
        tables.drop(site, shell, kept)
        tables.move(site, shell, (live, kept), (new, live))
    except CommandFailed as error:
        raise TargetError(site.slug, Reason.ERROR, f"dump {dump} belum dikembalikan: {error.stderr.strip()}") from None
    tables.drop(site, shell, new)
    shell.run("rm", "-f", dump)
    journal.note(f"basis data {live} kembali ke sebelum migrasi; yang tergeser disimpan di {kept}")


def forget(site: Site, shell: Shell) -> None:
    """The release passed: what a failed one before it left behind is not needed any more."""
    tables.drop(site, shell, f"{database.name(site)}__failed", f"{database.name(site)}__new")
