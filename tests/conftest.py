"""Fixtures every test may ask for. The whole run happens in a world of the lab where this machine allows one."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.lab import world
from tests.lab.postgres import postgres

pytest_plugins = ["tests.lab.network", "tests.lab.web"]

# On a busy machine everything is slow now and then; what must be quick measures its own CPU time.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Go on in a world (tests/lab/world.py). Where there can be none, the tests marked `lab` fail and say why."""
    if world.inside() or os.environ.get("PYTEST_XDIST_WORKER") or not world.can_enter():
        return
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.stop_global_capturing()
    world.enter([sys.executable, "-m", "pytest", *config.invocation_params.args])


def pytest_collection_finish() -> None:
    """Nothing that was imported ever becomes garbage; looking it through again and again is a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """SQLAlchemy URL of a real, empty PostgreSQL."""
    with postgres() as url:
        yield url
