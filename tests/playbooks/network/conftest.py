"""Fixtures of the network's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from playbooks.network import change, echoes, repair
from tests.playbooks.network.switch import Switch


@pytest.fixture
def switch(monkeypatch: pytest.MonkeyPatch) -> Switch:
    there = Switch()

    @contextmanager
    def again(*_: object) -> Iterator[Switch]:
        yield there

    for module in (change, repair):
        monkeypatch.setattr(module, "open_session", again)
    monkeypatch.setattr(change, "fetch_config", lambda _: there.copy())
    for patience in ("VERIFY_S", "RETURN_S", "PAUSE_S", "SETTLE_S"):
        monkeypatch.setattr(change, patience, 0.0)
    return there


@pytest.fixture
def fewer_echoes(monkeypatch: pytest.MonkeyPatch) -> None:
    """For who need only know whether anybody answers: a third of the time, as loss takes numbers to be seen."""
    monkeypatch.setattr(echoes, "CHANNELS", 3)
    monkeypatch.setattr(echoes, "CUT_S", 1.1)
    monkeypatch.setattr(echoes, "AGAIN_S", 0.0)
