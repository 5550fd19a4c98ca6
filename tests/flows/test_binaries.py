"""Binary backups beside the text: on change or weekly, sealed, and never at the text's cost."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.jobs import binaries, network
from flows.office import Office
from playbooks.findings import Reason, TargetError
from playbooks.network.binary import BinaryCopy
from tests.flows.conftest import Pelihara
from tests.flows.machines import Routers, routers

__all__ = ["routers"]

DATA = b"\xef\xa8\x91\x73 biner \n beserta baris"


@pytest.fixture
def made(office: Office, routers: Routers, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Devices that made a binary backup; their texts are backed up."""
    done: list[str] = []

    def fetch(session: object) -> BinaryCopy:
        name = session.endpoint.name  # type: ignore[attr-defined]
        done.append(name)
        return BinaryCopy(DATA, f"sandi-{len(done)}")

    monkeypatch.setattr(binaries, "open_session", routers.open)
    monkeypatch.setattr(binaries, "fetch_config", routers.fetch)
    monkeypatch.setattr(binaries, "fetch_binary", fetch)
    network.back_up_devices(office, list(office.inventory.devices))
    return done


def routeros(office: Office) -> list[str]:
    return [name for name, each in office.inventory.devices.items() if each.platform == "mikrotik_routeros"]


def test_a_binary_backup_is_made_on_change_or_after_a_week(
    office: Office, made: list[str], routers: Routers, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = list(office.inventory.devices)
    first = binaries.back_up_binaries(office, everything)
    assert [each.name for each in first] == made == routeros(office)
    assert {each.status for each in first} == {"ok"}
    assert {each.status for each in binaries.back_up_binaries(office, everything)} == {"unchanged"}
    routers.configs["dinkes-r1"] = "hostname dinkes-r1\nbaru\nend\n"
    network.back_up_devices(office, ["dinkes-r1"])
    again = binaries.back_up_binaries(office, ["dinkes-r1"])
    assert [(each.status, each.bytes) for each in again] == [("ok", len(DATA))]
    monkeypatch.setattr(office.register, "_clock", lambda: datetime.now(UTC) + timedelta(days=8))
    assert binaries.back_up_binaries(office, ["dinkes-r1"])[0].status == "ok"
    assert made.count("dinkes-r1") == 3
    assert office.register.verify_audit().ok


def test_a_device_may_be_left_out_by_the_inventory(office: Office, made: list[str]) -> None:
    entry = office.inventory.devices["dinkes-r1"].model_copy(update={"binary_backup": False})
    devices = {**office.inventory.devices, "dinkes-r1": entry}
    here = Office(office.settings, office.inventory.model_copy(update={"devices": devices}))
    assert binaries.back_up_binaries(here, ["dinkes-r1"]) == []
    assert made == []


def test_a_refusal_costs_no_text_and_is_audited(
    office: Office, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> BinaryCopy:
        raise TargetError("dinkes-r1", Reason.REFUSED_OUTPUT, "penyimpanan perangkat penuh")

    monkeypatch.setattr(binaries, "fetch_binary", refuse)
    (done,) = binaries.back_up_binaries(office, ["dinkes-r1"])
    assert (done.status, done.reason, done.detail, made) == (
        "failed", "refused_output", "penyimpanan perangkat penuh", []
    )  # fmt: skip
    assert len(office.register.config_versions("dinkes-r1")) == 1
    assert office.register.backup_states(["dinkes-r1"])[0].state == "fresh"
    assert office.register.audit_rows("dinkes-r1")[-1].action == "binary.failed"


def test_a_text_that_is_behind_its_device_gets_no_binary(office: Office, made: list[str], routers: Routers) -> None:
    routers.configs["dinkes-r1"] = "hostname dinkes-r1\nbaru\nend\n"
    (done,) = binaries.back_up_binaries(office, ["dinkes-r1"])
    assert (done.status, "berubah sejak cadangan teks" in done.detail, made) == ("failed", True, [])


def test_only_who_asks_for_the_sealed_one_gets_it_and_that_is_audited(
    office: Office, made: list[str], pelihara: Pelihara, tmp_path: Path
) -> None:
    binaries.back_up_binaries(office, ["dinkes-r1"])
    assert made
    out = tmp_path / "r1.backup"
    assert pelihara("network", "show", "dinkes-r1", "--binary", out).code == 2
    assert not out.exists()
    said = pelihara("network", "show", "dinkes-r1", "--sealed", "--binary", out, "--json")
    assert (said.code, said.json["password"], out.read_bytes()) == (0, "sandi-1", DATA)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert office.register.audit_rows("dinkes-r1")[-1].action == "config.opened"
    assert pelihara("network", "show", "dinkes-r1", "--sealed", "--binary", out).code == 2, "nothing is written over"
    other = pelihara("network", "show", "dinkes-sw1", "--sealed", "--binary", tmp_path / "x")
    assert (other.code, "tidak punya cadangan biner" in other.err) == (2, True)
    (kept,) = office.register.evidence(kind="config_binary")
    assert kept.sealed
