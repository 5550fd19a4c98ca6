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

_SECRETS = r"""
umask 027
password=$(sed -n 's/^password=//p' "$2")
{
    printf "<?php\ndefine('DB_PASSWORD', '%s');\n" "$password"
    for key in AUTH_KEY SECURE_AUTH_KEY LOGGED_IN_KEY NONCE_KEY \
               AUTH_SALT SECURE_AUTH_SALT LOGGED_IN_SALT NONCE_SALT; do
        printf "define('%s', '%s');\n" "$key" "$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')"
    done
} >"$1.new"
chmod 0640 "$1.new"
mv -T "$1.new" "$1"
"""

_MATCHES = r"""grep -qF "'$(sed -n 's/^password=//p' "$2")'" "$1" """


def name(site: Site) -> str:
    """Name of the site's database and of its user. Raises SiteError when it has none."""
    if site.website.database is None:
        raise SiteError(f"{site.slug}: database belum diisi dalam websites.yaml")
    return site.website.database.name


def client(site: Site) -> tuple[str, ...]:
    """The MariaDB client as the login user itself, who has an account by unix_socket."""
    return (*shlex.split(site.host.commands.mariadb), f"--socket={site.host.paths.mariadb_socket}", "--batch")


def dumper(site: Site) -> tuple[str, ...]:
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


def secrets_ready(site: Site, shell: Shell) -> bool:
    layout = site.layout
    return shell.holds("sh", "-euc", _MATCHES, "sh", layout.secrets, layout.database_login)


def make_secrets(site: Site, shell: Shell) -> None:
    """Write WordPress's password and salts on the host; logs every WordPress user out when it replaces old ones."""
    shell.script(_SECRETS, site.layout.secrets, site.layout.database_login)
