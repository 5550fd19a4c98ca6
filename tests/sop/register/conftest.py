"""A register on each engine. PostgreSQL is a real server; a schema of its own for each test."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from inventory.settings import Settings
from sop.register import Register
from tests.lab.postgres import postgres
from tests.sop.register.office import Clock, an_inventory

_SCHEMAS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
def postgres_schema(postgres_server: str) -> str:
    """URL whose tables live in a fresh schema."""
    schema = f"test_{next(_SCHEMAS)}"
    engine = create_engine(postgres_server)
    with engine.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    engine.dispose()
    return f"{postgres_server}?options=-csearch_path%3D{schema}"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an empty register; migrating takes most of a short test's time."""
    home = tmp_path_factory.mktemp("migrated")
    Register(Settings(home=home, database_url=""), an_inventory()).audit_tip()
    return home


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.lab)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = request.getfixturevalue("postgres_schema") if request.param == "postgresql" else ""
    return Settings(home=tmp_path / "home", database_url=url)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def register(settings: Settings, clock: Clock, migrated: Path) -> Register:
    if not settings.database_url:
        shutil.copytree(migrated, settings.home, dirs_exist_ok=True)
    return Register(settings, an_inventory(), clock)
