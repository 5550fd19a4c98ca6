"""Fixtures of the network's tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from playbooks.network import change, repair
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
