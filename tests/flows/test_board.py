"""The board of backups, as a technician reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.jobs import board, network
from flows.office import Office
from playbooks.findings import Reason
from tests.flows.conftest import Pelihara
from tests.flows.machines import Routers, routers

__all__ = ["routers"]


def later(office: Office, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    now = office.register.clock() + timedelta(days=days)
    monkeypatch.setattr(office.register, "_clock", lambda: now)


def test_the_board_says_of_each_device_when_it_was_last_good_and_why_the_last_try_failed(
    office: Office, routers: Routers, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.back_up_devices(office, ["dinkes-r1", "dinkes-sw1"])
    later(office, monkeypatch, days=4)
    routers.broken["dinkes-r1"] = Reason.UNREACHABLE
    network.back_up_devices(office, ["dinkes-r1", "dinkes-sw1"])
    lines = board.board(office, ["dinkes-sw1", "dinkes-r1", "disdik-r1"])
    assert [(each.stands.device, each.state) for each in lines] == [
        ("disdik-r1", "never"),
        ("dinkes-r1", "stale"),
        ("dinkes-sw1", "fresh"),
    ]
    never, stale, fresh = (each.cells for each in lines)
    assert (never["keadaan"], never["percobaan terakhir"]) == ("belum ada", "belum pernah dicoba")
    assert "(4 hari lalu)" in stale["cadangan baik terakhir"]
    assert stale["percobaan terakhir"].endswith("gagal, tidak terjangkau: lab")
    office.register.note_backup("dinkes-r1", "failed", "error", "sandi belum diisi")
    assert board.board(office, ["dinkes-r1"])[0].cells["percobaan terakhir"].endswith(" gagal: sandi belum diisi")
    assert "(0 menit lalu)" in fresh["cadangan baik terakhir"]
    assert fresh["percobaan terakhir"].endswith("baik, tidak berubah")
    assert "1 segar, 1 basi, 1 belum ada" in board.summary(lines, 3)


def test_the_command_shows_every_device_unless_told_which(office: Office, routers: Routers, pelihara: Pelihara) -> None:
    network.back_up_devices(office, ["dinkes-r1"])
    assert routers.logins
    shown = pelihara("network", "board", "--json").json
    assert shown["stale_after_days"] == 3
    assert {each["name"] for each in shown["devices"]} == set(office.inventory.devices)
    of_opd = pelihara("network", "board", "--opd", "dinkes", "--json").json["devices"]
    assert {each["name"]: each["state"] for each in of_opd} == {"dinkes-r1": "fresh", "dinkes-sw1": "never"}
    (one,) = pelihara("network", "board", "dinkes-r1", "--json").json["devices"]
    assert (one["status"], one["version"], one["age_seconds"] < 60) == ("ok", "1", True)
    said = pelihara("network", "board")
    assert (said.code, "belum pernah dicoba" in said.out, "1 segar, 0 basi" in said.out) == (0, True, True)
    assert pelihara("network", "board", "tidak-ada").code == 2
