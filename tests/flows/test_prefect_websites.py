"""A website's case through Prefect on a real web host."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.jobs import duties
from flows.office import Office
from sop.register import Register
from sop.register.records import CaseRecord, Letter
from tests.flows.conftest import PDF
from tests.flows.house import House, lit, processes, until
from tests.flows.test_prefect_cases import agreed
from tests.lab.web import WebLab
from tests.sop.register.office import CLI

pytestmark = pytest.mark.lab

SITE = "dinkes-web"
FORGOTTEN = "arsip-web"
RELEASES = Path("/srv/pelihara") / SITE / "releases"


@pytest.fixture(scope="module")
def office(web_lab: WebLab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`pelihara up` with a WordPress site that is not yet there, and one that nobody asks anything for."""
    web_lab.site(
        SITE,
        kind="wordpress",
        database={"engine": "mariadb", "name": "dinkes_web"},
        source=web_lab.light_wordpress(),
        tls={"issuer": "acme"},
    )
    web_lab.site(FORGOTTEN)
    yield from lit(tmp_path_factory.mktemp("office"), web_lab.folder, web_lab.known_hosts)


def website_case(register: Register) -> CaseRecord:
    letter = Letter("surat.pdf", PDF)
    return agreed(register, register.open_case("website", "dinkes", "Situs baru", letter, website=SITE, actor=CLI))


def says(register: Register, case: str, role: str) -> None:
    """An official says YA once the flow has done its part."""
    until(lambda: not register.outbox_open() and not register.outbox_due())
    holder = next(slug for slug, one in register.inventory.officials.items() if one.role == role)
    for plan in register.case(case).unconfirmed:
        register.confirm(case, "teknis-1", "YA", "setuju", plan.hash, CLI)
    register.act(case, holder, "YA", "setuju", actor=CLI)


def kill_run(office: House) -> None:
    pids = [pid for pid, command in processes(office.mark).items() if "prefect.engine" in command]
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def test_a_website_is_made_though_its_run_is_killed_in_the_middle(office: House) -> None:
    register = office.register()
    case = website_case(register)
    until(lambda: {plan.action for plan in register.plans(case.id)} == {"host", "deploy", "domain", "tls"})
    says(register, case.id, "sub_koordinator")
    until(lambda: RELEASES.is_dir() and any(RELEASES.iterdir()), 600, office.log.read_text()[-2000:])
    kill_run(office)
    until(lambda: register.case(case.id).position.step == 9, 600, office.log.read_text()[-3000:])
    assert {plan.state for plan in register.plans(case.id)} == {"applied"}
    assert len([*RELEASES.iterdir()]) == 1
    says(register, case.id, "pelaksana")
    assert register.case(case.id).state == "selesai"


def test_the_clocks_duties_are_done_once_and_tell_what_they_did(office: House) -> None:
    """After the test above: one site is served and maintained, the other never was."""
    register = office.register()
    yearly = set(register.websites_due(register.calendar.day(register.clock())))
    assert FORGOTTEN in yearly
    assert SITE not in yearly
    names = ("cadangan-malam", "laporan-bulanan", "periksa-arsip", "rawat-cadangan-website", "sapuan-tahunan")
    words: dict[str, dict[str, Any]] = {"laporan-bulanan": {"isian": {"bulan": ""}}}
    # One after the other, as their times of day have them.
    first = {name: office.ended(office.begun(name, **words.get(name, {}))) for name in names}
    assert {run["state_type"] for run in first.values()} == {"COMPLETED"}, office.log.read_text()[-3000:]
    assert duties.open_due_cases(Office(office.settings, register.inventory)) == []

    assert register.last_good_backup(SITE)
    assert register.last_good_backup(FORGOTTEN) is None
    assert "gagal" in first["cadangan-malam"]["state"]["message"]
    assert "website" in first["rawat-cadangan-website"]["state"]["message"]
    assert [*(office.home / "documents" / "bulanan").glob("laporan-bulanan-*.pdf")]
    opened = [case.website for case in register.cases() if case.origin == "berkala"]
    assert sorted(opened) == sorted(yearly)
    assert register.verify_audit().ok
