"""The engine under the register: SQLite with a rollback journal, or PostgreSQL. One writer at a time on both."""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import Session

from inventory.causes import cause
from sop.register.errors import RegisterFull, RegisterUnavailable

HEAD = "0002"
"""The newest migration; a test holds it against migrations/versions."""
_MIGRATIONS = Path(__file__).parent / "migrations"
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_BUSY_S = 60
_CHAIN_LOCK = 0x50454C49
"""PostgreSQL advisory lock that serialises writers, and with them the audit chain."""


class _Joined(threading.local):
    """The transaction that this thread's reads and writes are part of, if any."""

    session: Session | None = None


class Database:
    """Transactions on the register's database, migrated on first use. Safe for threads and processes."""

    def __init__(self, url: str) -> None:
        with _reachable():
            self.url = _address(url)
            self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
            self._writer = self.engine.execution_options(writes=True)
            self._joined = _Joined()
            self._migrate()

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session over one consistent snapshot; nothing is written."""
        if self._joined.session is not None:
            yield self._joined.session
            return
        with _reachable(), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that no other writer overlaps; committed at the end, undone by any exception."""
        if self._joined.session is not None:
            with self._joined.session.begin_nested():
                yield self._joined.session
            return
        with _reachable(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            self._alone(session.connection())
            yield session

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """All that this thread writes within is one transaction; an exception undoes it all."""
        before = self._joined.session
        with self.writing() as session:
            self._joined.session = session
            try:
                yield
            finally:
                self._joined.session = before

    def _alone(self, connection: Connection) -> None:
        if not self.is_sqlite:
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})

    def _migrate(self) -> None:
        if self._revision(self.engine) == HEAD:
            return
        with self._writer.begin() as connection:
            self._alone(connection)
            _upgrade(connection)

    @staticmethod
    def _revision(engine: Engine) -> str:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return ""
            return str(connection.scalar(text("select version_num from alembic_version")) or "")


@contextmanager
def _reachable() -> Iterator[None]:
    """Names in Indonesian why the database cannot be used; the URL, which may hold a password, is never shown."""
    try:
        yield
    except DatabaseError as error:
        first = _first(error)
        if not isinstance(first, OperationalError) and type(first) is not DatabaseError:
            raise
        if getattr(first.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            raise RegisterFull("ruang disk register habis; tidak ada yang dicatat") from None
        raise RegisterUnavailable(f"basis data register tidak dapat dipakai: {first.orig}") from None
    except PermissionError as error:
        raise RegisterUnavailable(f"basis data register tidak dapat dibuka: {cause(error)}") from None


def _first(error: DatabaseError) -> DatabaseError:
    """The cause: undoing what failed can fail too, and then speaks louder."""
    before = error.__context__
    return _first(before) if isinstance(before, DatabaseError) else error


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        return address.set(drivername=_DRIVERS[address.get_backend_name()])
    except (ArgumentError, ValueError, KeyError):
        raise RegisterUnavailable("PELIHARA_DATABASE_URL bukan alamat SQLite atau PostgreSQL yang sah") from None


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, pool_pre_ping=True)
    pool = weakref.ref(engine)

    def forget() -> None:
        # Two processes on one connection would read each other's answers.
        if (inherited := pool()) is not None:
            inherited.dispose(close=False)

    os.register_at_fork(after_in_child=forget)
    return engine


def _sqlite(url: URL) -> Engine:
    if url.database:
        _private(Path(url.database))
    # No pool: a connection must not outlive a fork.
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _BUSY_S})
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)


def _pragmas(connection: Any, _record: object) -> None:
    # sqlite3's own transactions would commit before DDL; BEGIN is ours (`_begin`).
    connection.isolation_level = None
    for pragma in ("journal_mode = DELETE", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A transaction that first reads and then writes would otherwise fail when another wrote in between.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _upgrade(connection: Connection) -> None:
    # Alembic is imported late: it costs start-up time and is needed once.
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise RegisterUnavailable("register ini milik versi Pelihara yang lebih baru; perbarui program ini") from None
