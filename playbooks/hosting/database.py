"""A site's MariaDB database and user. The password is made on the host and never leaves it."""

from __future__ import annotations

import shlex

from playbooks.hosting.connect import Shell
from playbooks.hosting.site import Site, SiteError

# An underscore in a GRANT is a wildcard: unescaped, dinkes_web would also open dinkes1web (MariaDB KB, "GRANT").
_CREATE = r"""
umask 077
login=$1 name=$2; shift 2
if [ ! -s "$login" ]; then
    password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
    printf '[client]\nuser=%s\npassword=%s\n' "$name" "$password" >"$login.new"
    sync "$login.new"
    mv -T "$login.new" "$login"
fi
password=$(sed -n 's/^password=//p' "$login")
pattern=$(printf %s "$name" | sed 's/_/\\_/g')
{
    printf 'create database if not exists `%s` character set utf8mb4;\n' "$name"
    printf "create user if not exists '%s'@'localhost';\n" "$name"
    printf "alter user '%s'@'localhost' identified by '%s';\n" "$name" "$password"
    printf 'grant all on `%s`.* to '"'%s'@'localhost';\n" "$pattern" "$name"
} | "$@"
"""
# mariadb-dump ends a whole dump with this line; one that was cut off has none.
_DUMP = """
umask 077
out=$1; shift
"$@" >"$out"
tail -n 1 "$out" | grep -q '^-- Dump completed'
gzip -f "$out"
"""


def name(site: Site) -> str:
    """Name of the site's database and of its user. Raises SiteError when it has none."""
    if site.website.database is None:
        raise SiteError(f"{site.slug}: database belum diisi dalam websites.yaml")
    return site.website.database.name


def client(site: Site) -> tuple[str, ...]:
    """The MariaDB client as the login user itself, who has an account by unix_socket."""
    return (*shlex.split(site.host.commands.mariadb), f"--socket={site.host.paths.mariadb_socket}", "--batch")


def _dumper(site: Site) -> tuple[str, ...]:
    return (*shlex.split(site.host.commands.mariadb_dump), f"--socket={site.host.paths.mariadb_socket}")


def query(site: Site, shell: Shell, sql: str) -> list[list[str]]:
    """Rows of a query, fields as text. `sql` holds only names that the inventory's own rules have passed."""
    rows = shell.run(*client(site), "--skip-column-names", f"--execute={sql}").splitlines()
    return [row.split("\t") for row in rows]


def ready(site: Site, shell: Shell) -> bool:
    """Whether the site's own user can log in to its database with the password kept on the host."""
    program, *options = client(site)
    own = (program, f"--defaults-file={site.layout.database_login}", *options)
    return shell.holds(*own, "--execute=select 1", name(site))


def create(site: Site, shell: Shell) -> None:
    """Make the database and its user; keeps a password that is there already. Raises CommandFailed."""
    shell.script(_CREATE, site.layout.database_login, name(site), *client(site))


def dump(site: Site, shell: Shell, path: str, timeout_s: float) -> None:
    """Write a whole dump to `path`.gz on the host. Raises CommandFailed when it is not whole."""
    options = ("--single-transaction", "--routines", "--triggers", "--events", "--hex-blob")
    shell.script(_DUMP, path, *_dumper(site), *options, name(site), lock=site.layout.lock, timeout_s=timeout_s)
