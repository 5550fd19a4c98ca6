"""All tables of a database at once: loaded beside the live ones, and moved into their place in one step."""

from __future__ import annotations

from playbooks.hosting import database
from playbooks.hosting.connect import Shell
from playbooks.hosting.site import Site

_LOAD = """
archive=$1 scratch=$2; shift 2
printf 'drop database if exists `%s`; create database `%s` character set utf8mb4;\\n' "$scratch" "$scratch" | "$@"
gzip -dc "$archive" | "$@" "$scratch"
"""


def names(site: Site, shell: Shell, schema: str) -> list[str]:
    """Tables of a database, which is made when missing."""
    _make(site, shell, schema)
    return [row[0] for row in database.query(site, shell, f"show tables from `{schema}`")]


def count(site: Site, shell: Shell, schema: str) -> int:
    """Tables of a database, views not counted."""
    return len(database.query(site, shell, f"show full tables from `{schema}` where table_type = 'BASE TABLE'"))


def _make(site: Site, shell: Shell, schema: str) -> None:
    database.query(site, shell, f"create database if not exists `{schema}` character set utf8mb4")


def load(site: Site, shell: Shell, archive: str, schema: str, timeout_s: float) -> None:
    """Load a gzipped dump into a database that is made anew. Raises CommandFailed."""
    shell.script(_LOAD, archive, schema, *database.client(site), lock=site.layout.lock, timeout_s=timeout_s)


def move(site: Site, shell: Shell, *moves: tuple[str, str]) -> None:
    """One RENAME TABLE: all tables change places at once, or none (MariaDB KB, "Atomic DDL")."""
    for _, target in moves:
        _make(site, shell, target)
    pairs = [
        f"`{source}`.{_quoted(table)} to `{target}`.{_quoted(table)}"
        for source, target in moves
        for table in names(site, shell, source)
    ]
    if pairs:
        database.query(site, shell, f"rename table {', '.join(pairs)}")


def drop(site: Site, shell: Shell, *schemas: str) -> None:
    database.query(site, shell, "; ".join(f"drop database if exists `{schema}`" for schema in schemas))


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"
