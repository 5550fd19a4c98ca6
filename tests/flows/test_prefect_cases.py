"""Cases through Prefect on real routers: from the last approval to the report, and what is refused on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sop.register import Register
from sop.register.records import CaseRecord
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


def started(house: House, deployment: str, **isian: Any) -> dict[str, Any]:
    """A run as a person at the page starts it, ended."""
    path = f"/deployments/{house.deployment(deployment)['id']}/create_flow_run"
    run = until(lambda: house.ask(path, {"parameters": {"isian": isian}}))
    states = ("COMPLETED", "FAILED", "CRASHED")
    return dict(until(lambda: (now := house.ask(f"/flow_runs/{run['id']}"))["state_type"] in states and now, 90))


@pytest.mark.usefixtures("healthy_network")
def test_an_approved_case_leads_by_itself_to_findings_and_a_report_at_the_coordinators(office: House) -> None:
    register = office.register()
    case = agreed(register, network_case(register, devices=("r1", "r2")))
    until(lambda: register.case(case.id).position.turn == ("koordinator",), 120, office.log.read_text()[-3000:])
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
    run = started(office, "perbaiki-perangkat", perangkat="r1", permohonan=case.id, rencana="0" * 64)
    assert run["state_type"] == "FAILED"
    assert "PermitRefused" in run["state"]["message"]
    assert register.verify_audit().ok
