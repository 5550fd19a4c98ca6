"""A register on each engine. PostgreSQL is a real server; a schema of its own for each test."""

from __future__ import annotations

import itertools
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


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.lab)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = request.getfixturevalue("postgres_schema") if request.param == "postgresql" else ""
    return Settings(home=tmp_path / "home", database_url=url)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def register(settings: Settings, clock: Clock) -> Register:
    return Register(settings, an_inventory(), clock)
