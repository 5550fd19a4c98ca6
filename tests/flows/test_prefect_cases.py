"""Cases through Prefect on real routers: from the last approval to the report, and what is refused on the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from flows.jobs import network, repairs
from flows.office import Office
from sop.register import Register
from sop.register.records import Actor, CaseRecord
from tests.flows.house import House, lit, until
from tests.lab.network import NetworkLab
from tests.sop.register.office import CLI, network_case

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def office(network_lab: NetworkLab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`pelihara up` for the lab's network."""
    yield from lit(tmp_path_factory.mktemp("office"), network_lab.inventory_folder, network_lab.known_hosts)


def agreed(register: Register, case: CaseRecord) -> CaseRecord:
    """The chain says YA until technical work begins."""
    while not case.step.work:
        holder = next(slug for slug, one in register.inventory.officials.items() if one.role == case.position.turn[0])
        case = register.act(case.id, holder, "YA", "setuju", actor=CLI)
    return case


@contextmanager
def undispatched(house: House) -> Iterator[None]:
    """The dispatcher stands still, so that only what a person starts at the page is done."""
    dispatcher = house.child("flows.dispatch")
    os.kill(dispatcher, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(dispatcher, signal.SIGCONT)


@pytest.mark.usefixtures("healthy_network")
def test_an_approved_case_leads_by_itself_to_findings_and_a_report_at_the_coordinators(office: House) -> None:
    register = office.register()
    case = agreed(register, network_case(register, devices=("r1", "r2")))
    until(lambda: register.case(case.id).position.turn == ("koordinator",), 600, office.log.read_text()[-3000:])
    done = register.case(case.id)
    assert {each.target for each in done.evidence if each.kind == "findings"} == {"r1", "r2"}
    assert [register.read(each.id)[:5] for each in done.evidence if each.kind == "laporan"][-1] == b"%PDF-"
    until(lambda: not register.outbox_open(), 30)
    mine = [run for run in office.runs("tangani-permohonan") if case.id in run["name"]]
    assert {run["state_type"] for run in mine} == {"COMPLETED"}
    papers = office.ask("/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run["id"] for run in mine]}}})
    assert {"markdown", "table"} <= {paper["type"] for paper in papers}


@pytest.mark.usefixtures("healthy_network")
def test_a_repair_started_at_the_page_without_an_approved_case_is_refused_and_audited(office: House) -> None:
    register = office.register()
    case = network_case(register, devices=("r1",))
    asked = {"perangkat": "r1", "permohonan": case.id, "rencana": "0" * 64}
    run = office.ended(office.begun("perbaiki-perangkat", isian=asked))
    assert run["state_type"] == "FAILED"
    assert run["state"]["message"] == f"{case.id} di langkah 2 tidak mengizinkan repair"
    assert register.verify_audit().ok


def test_what_was_approved_is_started_at_the_page_made_and_proven_over_a_new_session(
    office: House, healthy_network: NetworkLab
) -> None:
    register = office.register()
    here = Office(office.settings, register.inventory)
    healthy_network["r1"].shut()
    repaired = agreed(register, network_case(register, devices=("r1",)))
    until(lambda: register.case(repaired.id).position.waiting, 600, office.log.read_text()[-3000:])
    until(lambda: not register.outbox_open(), 60)
    network.back_up_devices(here, ["r2"])
    healthy_network["r2"].configure("interface eth3", "description salah ketik")
    with undispatched(office):
        restored = agreed(register, network_case(register, devices=("r2",)))
        repairs.propose_restore(here, restored.id, "r2", "", Actor("tim-teknis", "cli"))
        for case in (repaired, restored):
            register.act(case.id, "koordinator", "YA", "setuju", actor=CLI)
        runs = [
            office.begun("perbaiki-perangkat", isian={"perangkat": "r1", "permohonan": repaired.id, "rencana": ""}),
            office.begun("pulihkan-konfigurasi", isian={"perangkat": "r2", "permohonan": restored.id, "rencana": ""}),
        ]
        ended = [office.ended(run) for run in runs]
        assert [run["state_type"] for run in ended] == ["COMPLETED"] * 2, [run["state"] for run in ended]
        assert "shutdown" not in healthy_network["r1"].running
        assert "salah ketik" not in healthy_network["r2"].running
        for case in (repaired, restored):
            (plan,) = [each for each in register.plans(case.id) if each.ladder == "B"]
            assert (plan.state, plan.approver) == ("applied", "koordinator")
            told = [row for row in register.audit_rows(case.id) if row.detail.get("plan") == plan.hash]
            made = {(row.action, row.actor["via"]) for row in told if row.action in ("write.intended", "plan.settled")}
            assert made == {("write.intended", "prefect"), ("plan.settled", "prefect")}
            assert "terbukti baik lewat sambungan baru" in [what for _, what in plan.outcome["steps"]]
            register.withdraw(case.id, "kadis", "sudah selesai", CLI)
    assert register.verify_audit().ok
