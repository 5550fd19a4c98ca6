"""Repairs of a case against the real register: what is done by itself, what waits for a person, what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flows.jobs import cases, changes, configurations, network, repairs
from flows.jobs.errors import BadInput
from flows.office import Office
from playbooks.findings import Finding, Reason, Severity
from playbooks.plans import Ladder, Outcome, Plan
from sop.register.errors import OwnPlan, PermitRefused
from sop.register.records import Actor
from tests.flows.conftest import Pelihara
from tests.flows.machines import DOWN, TEKNIS, UNSAVED, Routers, killed, routers

__all__ = ["routers"]

Submit = Callable[..., str]


@pytest.fixture
def case(office: Office, submit: Submit) -> str:
    """A network case of dinkes (dinkes-r1, dinkes-sw1) that was approved and stands at step 5."""
    number = submit()
    for official in ("kadis", "kabid-aptika", "koordinator"):
        office.register.act(number, official, "YA")
    return number


def test_a_case_without_findings_goes_straight_to_the_report(office: Office, routers: Routers, case: str) -> None:
    assert cases.carry(office, case).state == "done"
    assert sorted(routers.logins) == ["dinkes-r1", "dinkes-sw1"]
    assert cases.carry(office, case).state == "done"
    record = office.register.case(case)
    assert (record.position.step, record.position.turn) == (7, ("koordinator",))
    assert {"findings", "config", "laporan"} <= {each.kind for each in record.evidence}


def test_a_class_a_repair_is_done_by_itself_and_looked_at_again(office: Office, routers: Routers, case: str) -> None:
    routers.findings["dinkes-r1"] = [UNSAVED]
    done = cases.carry(office, case)
    assert (done.state, routers.writes) == ("done", ["dinkes-r1"])
    record = office.register.case(case)
    found = [each for each in record.evidence if each.kind == "findings" and each.target == "dinkes-r1"]
    before, after = (json.loads(office.register.read(each.id))["findings"] for each in found)
    assert [each["code"] for each in before] == ["config.unsaved"]
    assert after == []
    assert len(configurations.versions(office, "dinkes-r1")) == 2


def test_a_class_b_repair_waits_for_the_koordinator_and_is_then_done(
    office: Office, routers: Routers, case: str
) -> None:
    routers.findings["dinkes-r1"] = [DOWN]
    assert cases.carry(office, case).state == "waiting"
    place = office.register.case(case).position
    assert (place.step, place.turn, len(place.waiting)) == (5, ("koordinator", "kabid"), 1)
    assert cases.carry(office, case).state == "waiting"
    assert routers.writes == []
    office.register.act(case, "koordinator", "YA")
    assert cases.carry(office, case).state == "done"
    assert routers.writes == ["dinkes-r1"]
    assert office.register.plans(case)[0].state == "applied"


def test_a_fault_is_repaired_first_and_what_was_unsaved_beside_it_saved_then(
    office: Office, routers: Routers, case: str
) -> None:
    routers.findings["dinkes-r1"] = [DOWN, UNSAVED]
    assert cases.carry(office, case).state == "waiting"
    assert routers.writes == []
    assert [plan.ladder for plan in office.register.plans(case)] == ["B"]
    office.register.act(case, "koordinator", "YA")
    assert cases.carry(office, case).state == "done"
    assert [(plan.ladder, plan.state) for plan in office.register.plans(case)] == [("B", "applied"), ("A", "applied")]
    assert routers.findings["dinkes-r1"] == []


def test_a_fault_that_the_office_leaves_alone_is_not_written_into_what_the_device_starts_from(
    office: Office, routers: Routers, case: str
) -> None:
    routers.findings["dinkes-r1"] = [DOWN, UNSAVED]
    cases.carry(office, case)
    office.register.act(case, "koordinator", "TIDAK", "Ruangan sedang dipindah")
    assert cases.carry(office, case).state == "done"
    assert routers.writes == []


def test_of_two_faults_the_one_left_alone_is_not_asked_about_again_and_still_holds_the_save(
    office: Office, routers: Routers, case: str
) -> None:
    routers.findings["dinkes-r1"] = [DOWN, replace(DOWN, subject="ether3"), UNSAVED]
    cases.carry(office, case)
    first, second = office.register.plans(case)
    office.register.act(case, "koordinator", "TIDAK", "Ruangan sedang dipindah", first.hash)
    office.register.act(case, "koordinator", "YA", "", second.hash)
    assert cases.carry(office, case).state == "done"
    assert [plan.state for plan in office.register.plans(case)] == ["dropped", "applied"]
    assert routers.findings["dinkes-r1"] == [DOWN, UNSAVED]


def test_a_save_held_by_a_neighbours_fault_is_made_once_that_is_repaired(
    office: Office, routers: Routers, case: str
) -> None:
    cut = Finding("link.down", Severity.MAJOR, "ether1", "down", "Periksa kabel.")
    routers.findings = {"dinkes-r1": [DOWN], "dinkes-sw1": [cut, UNSAVED]}
    routers.helped = {"dinkes-r1": ["dinkes-sw1"]}
    assert cases.carry(office, case).state == "waiting"
    assert routers.writes == []
    office.register.act(case, "koordinator", "YA")
    assert cases.carry(office, case).state == "done"
    assert routers.writes == ["dinkes-r1", "dinkes-sw1"]
    assert routers.findings == {"dinkes-r1": [], "dinkes-sw1": []}


def test_a_device_whose_repair_was_approved_is_not_read_once_more_before_it(
    office: Office, routers: Routers, case: str
) -> None:
    routers.findings = {"dinkes-r1": [DOWN], "dinkes-sw1": [UNSAVED]}
    assert cases.carry(office, case).state == "waiting"
    assert routers.writes == ["dinkes-sw1"]
    office.register.act(case, "koordinator", "YA")
    assert cases.carry(office, case).state == "done"
    # Once to find the fault, once to keep what the repair left, once to see what it helped.
    assert routers.logins.count("dinkes-r1") == 3


def test_a_dropped_repair_is_never_done(office: Office, routers: Routers, case: str) -> None:
    routers.findings["dinkes-r1"] = [DOWN]
    cases.carry(office, case)
    office.register.act(case, "koordinator", "TIDAK", "Menunggu jadwal")
    assert cases.carry(office, case).state == "done"
    assert routers.writes == []


def test_a_repair_that_does_not_help_stops_the_case_with_its_reason(
    office: Office, routers: Routers, case: str
) -> None:
    routers.findings["dinkes-r1"] = [UNSAVED]
    routers.unproven = True
    stopped = cases.carry(office, case)
    assert stopped.state == "stopped"
    assert "temuan tetap ada" in stopped.reason
    assert office.register.case(case).position.step == 5
    assert cases.carry(office, case).state == "waiting", "it is not tried again by itself"
    assert office.register.case(case).position.turn == ("koordinator", "kabid")
    office.register.act(case, "koordinator", "TIDAK", "Dikerjakan di tempat")
    assert cases.carry(office, case).state == "done"
    assert routers.writes == ["dinkes-r1"]


def test_one_devices_failed_repair_does_not_keep_the_others(office: Office, routers: Routers, case: str) -> None:
    routers.findings = {"dinkes-r1": [UNSAVED], "dinkes-sw1": [UNSAVED]}
    routers.drifted = True
    stopped = cases.carry(office, case)
    assert stopped.state == "stopped"
    assert "dinkes-r1" in stopped.reason
    assert "dinkes-sw1" in stopped.reason
    assert {plan.state for plan in office.register.plans(case)} == {"failed"}


def test_a_device_without_an_answer_stops_nothing_and_none_at_all_does(
    office: Office, routers: Routers, case: str
) -> None:
    routers.broken = {"dinkes-r1": Reason.UNREACHABLE, "dinkes-sw1": Reason.LOGIN_REFUSED}
    assert cases.carry(office, case).state == "stopped"
    del routers.broken["dinkes-r1"]
    assert cases.carry(office, case).state == "done"
    assert office.register.case(case).position.step == 6


def test_a_case_killed_after_its_first_write_is_finished_by_the_next_run(
    office: Office, routers: Routers, case: str
) -> None:
    routers.findings["dinkes-r1"] = [UNSAVED]
    routers.dies = True
    with pytest.raises(KeyboardInterrupt):
        cases.carry(office, case)
    routers.dies = False
    assert cases.carry(office, case).state == "done"
    assert office.register.plans(case)[0].state == "applied"
    assert routers.recovered == ["dinkes-r1"]
    assert office.register.verify_audit().ok


def test_a_case_killed_before_repairs_were_put_forward_still_gets_them(
    office: Office, routers: Routers, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    routers.findings["dinkes-r1"] = [DOWN]
    with monkeypatch.context() as patch:
        patch.setattr(repairs.repair, "propose", killed)
        with pytest.raises(KeyboardInterrupt):
            cases.carry(office, case)
    cases.carry(office, case)
    assert len(office.register.plans(case)) == 1


def test_refusals_leave_the_device_untouched_and_are_audited(
    pelihara: Pelihara, office: Office, routers: Routers, case: str, submit: Submit
) -> None:
    routers.findings["dinkes-r1"] = [DOWN]
    words = ("network", "repair", "dinkes-r1", "--as", "teknis-1", "--json", "--case")
    (plan,) = pelihara(*words, case).json["plans"]
    assert {"hash", "class", "summary", "changes", "way_back", "state"} <= plan.keys()
    unapproved = submit()
    for number, hash_ in ((case, plan["hash"]), (case, "f" * 64), (unapproved, plan["hash"])):
        said = pelihara(*words, number, "--apply", hash_)
        assert (said.code, said.json["error"]["code"]) == (1, "permit_refused")
        assert office.register.audit_rows(number)[-1].action == "write.refused"
    office.register.act(case, "koordinator", "TIDAK", "Belum perlu")
    assert pelihara(*words, case, "--apply", plan["hash"]).code == 1
    assert routers.writes == []


@pytest.mark.usefixtures("routers")
def test_a_case_that_does_not_exist_is_named_even_when_nothing_needs_repair(pelihara: Pelihara) -> None:
    said = pelihara("network", "repair", "dinkes-r1", "--case", "JAR-2026-9999", "--json")
    assert (said.code, said.json["error"]["code"]) == (2, "unknown_case")


def test_a_case_withdrawn_during_the_work_is_written_for_no_more(
    office: Office, routers: Routers, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    routers.findings = {"dinkes-r1": [UNSAVED], "dinkes-sw1": [UNSAVED]}

    def withdrawn_meanwhile(*given: object) -> object:
        if office.register.case(case).state == "open":
            office.register.withdraw(case, "kadis", "Salah alamat")
        return routers.apply(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(repairs.repair, "apply", withdrawn_meanwhile)
    stopped = cases.carry(office, case)
    assert stopped.state == "stopped"
    assert "ditarik" in stopped.reason
    assert routers.writes == []


def test_a_case_withdrawn_while_devices_were_read_is_simply_over(
    office: Office, routers: Routers, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdrawn_meanwhile(*given: object, **more: object) -> object:
        if office.register.case(case).state == "open":
            office.register.withdraw(case, "kadis", "Salah alamat")
        return routers.propose(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(repairs.repair, "propose", withdrawn_meanwhile)
    assert cases.carry(office, case).state == "over"


def test_a_repair_that_the_technician_did_first_is_done_for_the_case_too(
    office: Office, routers: Routers, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    routers.findings["dinkes-r1"] = [DOWN]
    cases.carry(office, case)
    office.register.act(case, "koordinator", "YA")
    by_the_flow = repairs.apply_plan

    def technician_first(office: Office, case_id: str, device: str, *rest: object) -> object:
        action, plan_hash = rest[:2]
        by_the_flow(office, case_id, device, str(action), str(plan_hash), TEKNIS)
        return by_the_flow(office, case_id, device, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(repairs, "apply_plan", technician_first)
    assert cases.carry(office, case).state == "done"
    assert routers.writes == ["dinkes-r1"]


def approved(office: Office, case: str, *officials: str) -> None:
    for official in officials:
        office.register.act(case, official, "YA")


def test_a_restore_asked_for_while_the_letter_goes_round_is_planned_when_the_case_comes_to_its_step(
    pelihara: Pelihara, office: Office, routers: Routers, submit: Submit
) -> None:
    case, old, new = submit(), "hostname dinkes-r1\nlama\nend\n", "hostname dinkes-r1\nbaru\nend\n"
    for text in (old, new):
        routers.configs["dinkes-r1"] = text
        network.back_up_devices(office, ["dinkes-r1"])
    version = str(office.register.config_versions("dinkes-r1")[0].id)
    said = pelihara("network", "restore", "dinkes-r1", "--case", case, "--as", "teknis-1", "--at", version)
    assert said.code == 0
    assert "diajukan begitu" in said.out
    assert office.register.plans(case) == []
    approved(office, case, "kadis", "kabid-aptika", "koordinator")
    routers.findings["dinkes-r1"] = [DOWN]
    assert cases.carry(office, case).state == "waiting"
    (plan,) = office.register.plans(case)
    assert (plan.action, plan.ladder, plan.proposer) == ("restore", "B", "teknis-1")
    assert routers.writes == []
    office.register.act(case, "koordinator", "YA")
    cases.carry(office, case)
    assert routers.configs["dinkes-r1"] == old
    assert [each.action for each in office.register.plans(case)] == ["restore", "repair"]


def test_a_restore_that_the_office_refuses_keeps_no_fault_from_being_repaired(
    office: Office, routers: Routers, submit: Submit
) -> None:
    case = submit()
    network.back_up_devices(office, ["dinkes-r1"])
    repairs.ask_restore(office, case, "dinkes-r1", "", TEKNIS)
    routers.findings["dinkes-r1"] = [DOWN]
    routers.configs["dinkes-r1"] = "hostname dinkes-r1\nbaru\nend\n"
    approved(office, case, "kadis", "kabid-aptika", "koordinator")
    cases.carry(office, case)
    office.register.act(case, "koordinator", "TIDAK", "Tidak perlu dikembalikan.")
    assert cases.carry(office, case).state == "waiting"
    assert [(each.action, each.state) for each in office.register.plans(case)] == [
        ("restore", "dropped"),
        ("repair", "proposed"),
    ]


@pytest.mark.usefixtures("routers")
def test_a_device_is_not_restored_within_a_websites_case(pelihara: Pelihara, office: Office, submit: Submit) -> None:
    network.back_up_devices(office, ["dinkes-r1"])
    site = submit("--website", "dinkes-web", sop="website")
    said = pelihara("network", "restore", "dinkes-r1", "--case", site, "--as", "teknis-1")
    assert said.code == 2
    assert f"dinkes-r1 tidak termasuk dalam {site}" in said.err


@pytest.mark.usefixtures("routers")
def test_a_restore_is_not_asked_for_once_the_devices_were_dealt_with(office: Office, case: str) -> None:
    network.back_up_devices(office, ["dinkes-r1"])
    assert cases.carry(office, case).state == "done"
    assert not repairs.may_ask(office, case)
    with pytest.raises(PermitRefused):
        repairs.propose_restore(office, case, "dinkes-r1", "", TEKNIS)


def test_a_plan_that_may_not_be_run_says_how_it_stands(office: Office, routers: Routers, case: str) -> None:
    def refusal() -> str:
        with pytest.raises(BadInput) as refused:
            changes.ready_plan(office, case, "repair", "dinkes-r1")
        return str(refused.value)

    assert refusal() == f"{case}: rencana repair untuk dinkes-r1 belum ada"
    routers.findings["dinkes-r1"] = [DOWN]
    (plan,) = repairs.propose_repairs(office, case, "dinkes-r1", TEKNIS)
    assert refusal().endswith("menunggu persetujuan")
    office.register.act(case, "koordinator", "YA")
    assert changes.ready_plan(office, case, "repair", "dinkes-r1") == plan.hash
    repairs.apply_plan(office, case, "dinkes-r1", "repair", plan.hash, TEKNIS)
    assert refusal().endswith("sudah dijalankan")


def test_a_change_may_take_most_of_a_configuration_away(office: Office, routers: Routers, case: str) -> None:
    routers.configs["dinkes-r1"] = "/system identity\nset name=r1\n" + "/ip address add address=192.0.2.1/24\n" * 99
    assert network.back_up_devices(office, ["dinkes-r1"])[0].status == "ok"
    routers.findings["dinkes-r1"] = [DOWN]
    (plan,) = repairs.propose_repairs(office, case, "dinkes-r1", TEKNIS)
    office.register.act(case, "koordinator", "YA")
    repairs.apply_plan(office, case, "dinkes-r1", "repair", plan.hash, TEKNIS)
    newest = office.register.config_versions("dinkes-r1")[-1]
    assert office.register.read_config(newest.id, full=True) == routers.configs["dinkes-r1"]


def test_nobody_approves_a_plan_of_their_own(office: Office, routers: Routers, case: str) -> None:
    routers.findings["dinkes-r1"] = [DOWN]
    repairs.propose_repairs(office, case, "dinkes-r1", Actor("koordinator", via="cli"))
    with pytest.raises(OwnPlan):
        office.register.act(case, "koordinator", "YA")
    with pytest.raises(PermitRefused):
        repairs.apply_plan(office, case, "dinkes-r1", "repair", office.register.plans(case)[0].hash, TEKNIS)
    assert routers.writes == []


def test_the_approval_shows_exactly_what_is_approved_and_the_technician_applies_it(
    pelihara: Pelihara, office: Office, routers: Routers, case: str
) -> None:
    routers.findings["dinkes-r1"] = [DOWN]
    (plan,) = repairs.propose_repairs(office, case, "dinkes-r1", TEKNIS)
    said = pelihara("case", "act", case, "--as", "koordinator", "--answer", "YA")
    assert said.code == 0
    assert "+ atasi ether2" in said.out
    assert plan.hash in said.out
    words = ("network", "repair", "dinkes-r1", "--case", case, "--as", "teknis-1", "--apply", plan.hash)
    assert pelihara(*words).code == 0
    assert routers.writes == ["dinkes-r1"]
    assert pelihara(*words).code == 1


def test_what_no_plan_is_for_leaves_a_runbook_in_the_case(office: Office, routers: Routers, case: str) -> None:
    lost = Finding("link.down", Severity.MAJOR, "ether3", "no-link", "Periksa kabel.")
    routers.findings["dinkes-r1"] = [lost, Finding("cpu.high", Severity.INFO, "prosesor", "-", "-")]
    cases.carry(office, case)
    (kept,) = office.register.evidence(case_id=case, kind="runbook")
    pages = json.loads(office.register.read(kept.id))
    assert (kept.target, list(pages)) == ("dinkes-r1", ["link.down ether3"])
    assert "ether3" in pages["link.down ether3"][1]


def test_an_approved_change_waits_for_its_maintenance_window(
    office: Office, routers: Routers, case: str, pelihara: Pelihara, monkeypatch: pytest.MonkeyPatch
) -> None:
    routers.findings["dinkes-r1"] = [DOWN]
    cases.carry(office, case)
    (plan,) = office.register.plans(case)
    office.register.act(case, "koordinator", "YA", plan_hash=plan.hash)
    opens = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
    monkeypatch.setattr(repairs, "window", lambda *_: "jendela")
    monkeypatch.setattr(repairs, "opening", lambda *_: opens)
    said = pelihara(
        "network", "repair", "dinkes-r1", "--as", "teknis-1", "--json", "--case", case, "--apply", plan.hash
    )
    assert (said.code, said.json["error"]["code"]) == (1, "outside_window")
    stopped = cases.carry(office, case)
    assert "dibuka Sabtu 28-11-2026 pukul 20.00" in stopped.reason
    assert (stopped.state, routers.writes, office.register.plans(case)[0].state) == ("stopped", [], "approved")
    monkeypatch.setattr(repairs, "opening", lambda *_: None)
    assert cases.carry(office, case).state == "done"
    assert routers.writes == ["dinkes-r1"]


def test_what_a_killed_run_began_is_told_until_it_is_settled(
    office: Office, routers: Routers, case: str, pelihara: Pelihara
) -> None:
    routers.findings["dinkes-r1"] = [UNSAVED]
    routers.dies = True
    assert repairs.half_done(office, case) == []
    with pytest.raises(KeyboardInterrupt):
        cases.carry(office, case)
    ((plan, at),) = repairs.half_done(office, case)
    assert (plan.target, at.tzinfo is not None) == ("dinkes-r1", True)
    assert "Perubahan setengah jalan di dinkes-r1" in pelihara("case", "show", case).out
    routers.dies = False
    cases.carry(office, case)
    assert repairs.half_done(office, case) == []
    assert "setengah jalan" not in pelihara("case", "show", case).out


def test_an_attempt_of_class_a_that_came_to_nothing_is_made_once_and_stops_nothing(
    office: Office, routers: Routers, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = Finding("errdisabled.port", Severity.WARNING, "Gi0/3", "bpduguard", "Hilangkan penyebabnya.")
    routers.findings["dinkes-sw1"] = [again]
    plan = Plan("repair", "dinkes-sw1", Ladder.A, "Sekali", ("shutdown",), finding=again.code,
                details={"faults": [[again.code, again.subject]]})  # fmt: skip
    monkeypatch.setattr(repairs.repair, "propose", lambda *given, **_: [plan] if given[2].name == plan.target else [])
    monkeypatch.setattr(repairs.repair, "apply", lambda *_: Outcome("rolled_back", "masih mati"))
    assert cases.carry(office, case).state == "done"
    assert [each.state for each in office.register.plans(case)] == ["rolled_back"]
    assert office.register.evidence(case_id=case, target="dinkes-sw1", kind="runbook")
