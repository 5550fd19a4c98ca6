"""Restore drills: recorded on the version, shown on the board."""

from __future__ import annotations

import pytest

from flows.jobs import board, drills, network
from flows.office import Office
from playbooks.network.drill import CannotDrill, Drill
from tests.flows.conftest import Pelihara
from tests.flows.machines import Routers, routers

__all__ = ["routers"]


@pytest.fixture
def loaded(office: Office, routers: Routers, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was loaded, by platform; dinkes-r1 has one version. A text with "salah" does not come out as it went in."""
    network.back_up_devices(office, ["dinkes-r1"])
    assert routers.logins
    seen: list[tuple[str, str]] = []

    def load(platform: str, text: str) -> Drill:
        seen.append((platform, text))
        if platform == "cisco_ios":
            raise CannotDrill("belum ada perangkat uji")
        wrong = "salah" in text
        return Drill(not wrong, "dimuat", "1 baris keluar berbeda" if wrong else "sama", ("- salah",) * wrong, 0.1)

    monkeypatch.setattr(drills, "drill", load)
    return seen


def shown(office: Office, name: str) -> str:
    return board.board(office, [name])[0].cells["uji pulih"]


def test_a_drill_is_recorded_on_the_version_and_shown_on_the_board(
    office: Office, routers: Routers, loaded: list[tuple[str, str]]
) -> None:
    assert shown(office, "dinkes-r1") == "belum diuji"
    (done,) = drills.drill_devices(office, ["dinkes-r1"])
    assert (done.status, done.version) == ("ok", "1")
    assert "secret rahasia" in loaded[0][1], "the full text is what a restore would load"
    assert shown(office, "dinkes-r1").startswith("terbukti pulih 20")
    assert "config.opened" in [row.action for row in office.register.audit_rows("dinkes-r1")]
    routers.configs["dinkes-r1"] = "hostname dinkes-r1\nsalah\nend\n"
    network.back_up_devices(office, ["dinkes-r1"])
    assert shown(office, "dinkes-r1").endswith("(versi 1)")
    assert drills.drill_devices(office, ["dinkes-r1"])[0].status == "failed"
    assert shown(office, "dinkes-r1").startswith("GAGAL pulih")
    assert drills.drill_devices(office, ["dinkes-r1"], "1")[0].status == "ok"
    assert office.register.verify_audit().ok


def test_what_cannot_be_drilled_is_not_called_failed_and_leaves_no_record(
    office: Office, loaded: list[tuple[str, str]], pelihara: Pelihara
) -> None:
    assert loaded == []
    (never,) = drills.drill_devices(office, ["dinkes-sw1"])
    assert (never.status, never.detail) == ("untested", "dinkes-sw1 belum punya cadangan")
    said = pelihara("network", "drill", "dinkes-r1", "dinkes-sw1", "--json")
    assert (said.code, [each["status"] for each in said.json["devices"]]) == (1, ["ok", "untested"])
    assert shown(office, "dinkes-sw1") == "belum diuji"
    assert "terbukti pulih" in pelihara("network", "drill", "dinkes-r1").out
    assert pelihara("network", "drill", "dinkes-r1", "--at", "99").code == 2
    assert pelihara("network", "drill").code == 2
