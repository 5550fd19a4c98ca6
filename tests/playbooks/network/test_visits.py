"""One errand to a pretended switch: what is brought home, and that nothing a device does is raised."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory.models import Device
from playbooks.findings import Reason
from playbooks.network import visits
from playbooks.network.endpoints import Endpoint
from playbooks.network.errands import Errand
from tests.playbooks.network.doubles import IOS_CONFIG, Double, device

SWITCH = Device(opd="dinkes", address="127.0.0.1", platform="cisco_ios", credentials="opd-router")
WHOLE = IOS_CONFIG.partition("bytes\n")[2]


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Endpoint]:
    with device(Double(), tmp_path) as endpoint:
        yield endpoint


def test_a_backup_brings_the_configuration_home_and_judges_nothing(there: Endpoint) -> None:
    home = visits.visit(Errand(there))
    assert home.config is not None
    assert (home.config.text, home.reading, home.reason) == (WHOLE, None, None)
    assert home.seconds > 0


def test_a_diagnosis_and_a_backup_share_one_log_in(there: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real = visits.open_session
    monkeypatch.setattr(visits, "open_session", lambda *where: opened.append(where[0].name) or real(*where))
    home = visits.visit(Errand(there, device=SWITCH))
    assert home.reading is not None
    assert home.config is not None
    assert home.reading.config_digest == home.config.digest
    assert opened == [there.name]


def test_a_device_that_is_not_there_is_a_reason_not_an_error(tmp_path: Path) -> None:
    with device(Double(), tmp_path) as endpoint:
        pass
    home = visits.visit(Errand(endpoint, device=SWITCH))
    assert (home.reason, home.seen.reason, home.seen.findings) == (Reason.UNREACHABLE, Reason.UNREACHABLE, ())


def test_a_mistake_of_ours_fails_one_device_and_leaves_its_trace_in_the_log(
    there: Endpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("kata-sandi")

    monkeypatch.setattr(visits, "fetch_config", broken)
    with caplog.at_level(logging.ERROR, "pelihara.network"):
        home = visits.visit(Errand(there))
    assert (home.reason, home.detail) == (Reason.ERROR, "kesalahan di dalam pelihara: ZeroDivisionError")
    assert "ZeroDivisionError" in caplog.text
