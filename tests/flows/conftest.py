"""Fixtures of the flows' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.flows.house import House, lit


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One `pelihara up` for all tests that need Prefect."""
    yield from lit(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One `pelihara up` for all tests that need Prefect."""
    yield from lit(tmp_path_factory.mktemp("house"))
