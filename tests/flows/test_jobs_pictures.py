"""Pictures of networks from what the register keeps: of an agency as it is, of a case before and after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flows import artifacts
from flows.jobs import cases, network, pictures
from flows.jobs.errors import BadInput
from flows.office import Office
from playbooks.findings import Finding, Reason, Severity
from tests.flows.conftest import Pelihara
from tests.flows.machines import Routers, routers

__all__ = ["routers"]

Submit = Callable[..., str]
DOWN = Finding("link.admin_down", Severity.MAJOR, "ether2", "disabled", "Hidupkan kembali.")
FAULT = "port dimatikan di konfigurasi (ether2)"


def approved(office: Office, number: str) -> str:
    for official in ("kadis", "kabid-aptika", "koordinator"):
        office.register.act(number, official, "YA")
    return number


def test_a_network_that_nobody_read_has_no_picture(office: Office, routers: Routers) -> None:
    with pytest.raises(BadInput, match="belum pernah dibaca"):
        pictures.of_agency(office, "dinkes")
    with pytest.raises(BadInput, match='maksud Anda "dinkes"'):
        pictures.of_agency(office, "dinke")
    assert not routers.logins


def test_a_picture_shows_the_newest_reading_and_touches_no_device(office: Office, routers: Routers) -> None:
    routers.findings["dinkes-r1"] = [DOWN]
    network.diagnose_devices(office, ["dinkes-r1"])
    assert f"1. dinkes-r1: {FAULT}" in pictures.of_agency(office, "dinkes").svg
    routers.findings["dinkes-r1"] = []
    routers.broken["dinkes-sw1"] = Reason.TIMEOUT
    network.diagnose_devices(office, ["dinkes-r1", "dinkes-sw1"])
    logins = len(routers.logins)
    drawn = pictures.of_agency(office, "dinkes")
    assert "1. dinkes-sw1: tidak terbaca: tidak menjawab sampai batas waktu" in drawn.svg
    assert FAULT not in drawn.svg
    assert drawn.title.startswith("Jaringan Dinas Kesehatan, ")
    assert len(routers.logins) == logins


def test_a_case_has_a_picture_before_and_one_after_the_repair(office: Office, routers: Routers, submit: Submit) -> None:
    routers.findings["dinkes-r1"] = [DOWN]
    number = approved(office, submit())
    cases.carry(office, number)
    (before,) = pictures.of_case(office, office.register.case(number))
    assert FAULT in before.svg
    case = office.register.case(number)
    office.register.act(number, "koordinator", "YA", plan_hash=case.proposal)
    cases.carry(office, number)
    first, last = pictures.of_case(office, office.register.case(number))
    assert (FAULT in first.svg, FAULT in last.svg) == (True, False)
    assert ("sebelum pekerjaan" in first.title, "sesudah pekerjaan" in last.title) == (True, True)


def test_the_command_writes_the_picture_where_it_is_told_to(
    office: Office, routers: Routers, pelihara: Pelihara, tmp_path: Path
) -> None:
    assert pelihara("network", "picture", "--opd", "dinkes").code == 2
    network.diagnose_devices(office, ["dinkes-r1"])
    assert routers.logins
    said = pelihara("network", "picture", "--opd", "dinkes", "--json")
    assert Path(said.json["file"]) == office.settings.documents / "dinkes" / "jaringan-dinkes.svg"
    assert Path(said.json["file"]).read_text().startswith("<svg ")
    out = tmp_path / "gambar.svg"
    assert str(out) in pelihara("network", "picture", "--opd", "dinkes", "--out", out).out
    assert out.read_text() == Path(said.json["file"]).read_text()
    refused = pelihara("network", "picture", "--opd", "dinkes", "--out", tmp_path / "tidak" / "ada.svg")
    assert (refused.code, "tidak dapat ditulis" in " ".join(refused.err.split())) == (1, True)


def test_the_picture_of_an_artifact_carries_itself_and_its_title_is_no_markup(office: Office, routers: Routers) -> None:
    network.diagnose_devices(office, ["dinkes-r1"])
    assert routers.logins
    drawn = replace(pictures.of_agency(office, "dinkes"), title="a](http://jahat.example)")
    said = artifacts.picture(drawn)
    assert said.startswith("![a\\]\\(http\\:\\/\\/jahat\\.example\\)](data:image/svg+xml;base64,")
