"""Website jobs against the real register: what is written, in which order, and what stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from flows.jobs import cases, leases, websites
from flows.office import Office
from playbooks.findings import Reason, TargetError
from playbooks.hosting import copies
from playbooks.hosting.kept import SiteBackup
from playbooks.hosting.site import SiteError
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Plan
from sop.documents import from_case
from sop.register.errors import PermitRefused, TargetLocked
from sop.register.records import Actor
from tests.flows.conftest import Pelihara
from tests.flows.machines import WebHost, web_host

__all__ = ["web_host"]

PRANATA = Actor("pranata-1", via="cli")
Submit = Callable[..., str]


@pytest.fixture
def analysed(office: Office, submit: Submit, web_host: WebHost) -> str:
    """A website case that the flow has analysed: four plans wait for the Sub Koordinator."""
    assert web_host.done == []
    case = submit("--website", "dinkes-web", sop="website")
    for official in ("pranata-1", "kadis", "sekretaris", "kabid-aptika"):
        office.register.act(case, official, "YA")
    assert cases.carry(office, case).state == "waiting"
    return case


def approve(office: Office, case: str) -> None:
    for plan in office.register.case(case).unconfirmed:
        office.register.confirm(case, "teknis-1", "YA", plan_hash=plan.hash)
    office.register.act(case, "sub-koor-spa", "YA", "Setuju")


def test_analysis_backs_up_checks_and_puts_plans_forward_without_writing(
    office: Office, analysed: str, web_host: WebHost
) -> None:
    record = office.register.case(analysed)
    assert [plan.action for plan in record.plans] == ["host", "deploy", "domain", "tls"]
    assert record.position.step == 6
    assert record.position.turn == ("sub_koordinator",)
    assert {"analysis", "backup"} <= {each.kind for each in record.evidence}
    assert (web_host.writes, web_host.backups) == (0, 1)


def test_analysing_again_adds_nothing(office: Office, analysed: str, web_host: WebHost) -> None:
    before = office.register.case(analysed)
    cases.carry(office, analysed)
    after = office.register.case(analysed)
    assert (len(after.plans), len(after.evidence)) == (len(before.plans), len(before.evidence))
    assert web_host.backups == 1


def test_the_approved_plans_are_carried_out_in_order_up_to_the_report(
    office: Office, analysed: str, web_host: WebHost
) -> None:
    approve(office, analysed)
    assert cases.carry(office, analysed).state == "done"
    assert cases.carry(office, analysed).state == "done"
    assert web_host.done == ["host", "deploy", "domain", "tls"]
    last = cases.carry(office, analysed)
    record = office.register.case(analysed)
    assert (last.state, record.position.step, record.position.turn) == ("waiting", 9, ("pelaksana",))
    assert {"laporan", "berita_acara", "lembar_disposisi"} <= {each.kind for each in record.evidence}
    assert {plan.state for plan in record.plans} == {"applied"}


def test_work_killed_in_the_middle_is_finished_by_running_it_again(
    office: Office, analysed: str, web_host: WebHost
) -> None:
    approve(office, analysed)
    cases.carry(office, analysed)
    web_host.breaks_at = "domain"
    with pytest.raises(KeyboardInterrupt):
        cases.carry(office, analysed)
    assert web_host.done == ["host", "deploy"]
    web_host.breaks_at = ""
    assert cases.carry(office, analysed).state == "done"
    assert web_host.done == ["host", "deploy", "domain", "tls"]


def test_a_host_that_is_no_longer_as_planned_stops_the_case_with_a_reason(
    office: Office, analysed: str, web_host: WebHost
) -> None:
    approve(office, analysed)
    cases.carry(office, analysed)
    web_host.drifted = True
    stopped = cases.carry(office, analysed)
    assert stopped.state == "stopped"
    assert "keadaan berubah" in stopped.reason
    assert web_host.writes == 0
    assert office.register.case(analysed).position.step == 8


def test_a_return_to_the_old_release_that_was_approved_is_carried_out_by_the_case(
    office: Office, analysed: str, web_host: WebHost
) -> None:
    web_host.done += websites.NEW_SITE
    office.register.act(analysed, "sub-koor-spa", "TIDAK", "Rilis ini keliru")
    (plan,) = websites.propose(office, analysed, "dinkes-web", "rollback", PRANATA)
    approve(office, analysed)
    assert cases.carry(office, analysed).state == "done"
    assert cases.carry(office, analysed).state == "done"
    assert web_host.done[-1] == "rollback"
    assert office.register.plan(plan.hash, analysed).state == "applied"


def test_updates_of_a_site_that_lacks_nothing_else_are_made_between_the_backup_and_the_look_after(
    office: Office, submit: Submit, web_host: WebHost
) -> None:
    web_host.done += websites.NEW_SITE
    case = submit("--website", "dinkes-web", sop="website")
    for official in ("pranata-1", "kadis", "sekretaris", "kabid-aptika"):
        office.register.act(case, official, "YA")
    cases.carry(office, case)
    assert [plan.action for plan in office.register.case(case).plans] == ["tls", "maintain"]
    approve(office, case)
    web_host.fails = "maintain"
    stopped = cases.carry(office, case)
    assert (stopped.state, stopped.reason) == ("stopped", "maintain dinkes-web: halaman tidak menjawab")
    assert web_host.backups == 2, "of the analysis, and of what is changed now"
    assert not office.register.evidence(case_id=case, kind="findings")
    web_host.fails = ""
    assert cases.carry(office, case).state == "waiting", "a person decides whether it is tried again"
    assert not office.register.evidence(case_id=case, kind="findings")
    approve(office, case)
    assert cases.carry(office, case).state == "done"
    assert (web_host.done[-1], web_host.backups) == ("maintain", 2)
    assert office.register.evidence(case_id=case, kind="findings")


def test_the_backup_before_a_change_outwaits_the_lease_of_a_run_that_was_killed(
    office: Office, analysed: str, web_host: WebHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(office, analysed)
    monkeypatch.setattr(leases, "_LOOK_S", 0.05)
    left_behind = office.register.lease("dinkes-web", "pelihara", "pencadangan", 1)
    left_behind.__enter__()
    carried = cases.carry(office, analysed)
    assert [each["status"] for each in carried.backups] == ["ok"]
    assert web_host.backups == 2


def test_a_failed_deploy_stops_what_would_come_after_it(office: Office, analysed: str, web_host: WebHost) -> None:
    approve(office, analysed)
    cases.carry(office, analysed)
    web_host.fails = "deploy"
    assert cases.carry(office, analysed).state == "stopped"
    assert web_host.done == ["host"]
    states = {plan.action: plan.state for plan in office.register.case(analysed).plans}
    assert (states["deploy"], states["domain"]) == ("rolled_back", "approved")


def test_what_failed_is_planned_again_and_tried_once_a_person_agrees(
    office: Office, analysed: str, web_host: WebHost
) -> None:
    approve(office, analysed)
    cases.carry(office, analysed)
    web_host.fails = "deploy"
    cases.carry(office, analysed)
    again = cases.carry(office, analysed)
    place = office.register.case(analysed).position
    assert (again.state, place.step, place.turn) == ("waiting", 8, ("sub_koordinator",))
    assert web_host.done == ["host"]
    web_host.fails = ""
    approve(office, analysed)
    assert cases.carry(office, analysed).state == "done"
    assert web_host.done == ["host", "deploy", "domain", "tls"]


def test_what_failed_and_is_not_wanted_any_more_is_left_out(office: Office, analysed: str, web_host: WebHost) -> None:
    approve(office, analysed)
    cases.carry(office, analysed)
    web_host.fails = "deploy"
    cases.carry(office, analysed)
    cases.carry(office, analysed)
    office.register.act(analysed, "sub-koor-spa", "TIDAK", "Tetap memakai rilis lama")
    assert cases.carry(office, analysed).state == "done"
    assert web_host.done == ["host", "domain", "tls"]


def test_a_stopped_case_says_so_and_is_resumed_at_the_command_line(
    office: Office, analysed: str, web_host: WebHost, pelihara: Pelihara
) -> None:
    approve(office, analysed)
    cases.carry(office, analysed)
    web_host.silent = True
    stopped = cases.carry(office, analysed)
    assert pelihara("case", "resume", analysed, "--as", "pranata-1", "--json").json["error"]["code"] == "already_done"
    for row in office.register.outbox_due():
        office.register.outbox_closed(row.id, f"tertahan: {stopped.reason}")
    assert "tidak ada jawaban" in pelihara("case", "show", analysed, "--json").json["stopped"]
    web_host.silent = False
    said = pelihara("case", "resume", analysed, "--as", "pranata-1", "--note", "server dinyalakan")
    assert said.code == 0, said.err
    assert [(row.step, row.attempt) for row in office.register.outbox_due()] == [(8, 2)]
    assert pelihara("case", "show", analysed, "--json").json["stopped"] == ""
    assert cases.carry(office, analysed).state == "done"


def test_a_site_that_is_not_there_yet_is_backed_up_once_it_is(
    office: Office, submit: Submit, web_host: WebHost
) -> None:
    web_host.published = ""
    case = submit("--website", "dinkes-web", sop="website")
    for official in ("pranata-1", "kadis", "sekretaris", "kabid-aptika"):
        office.register.act(case, official, "YA")
    cases.carry(office, case)
    approve(office, case)
    for _ in range(3):
        cases.carry(office, case)
    assert office.register.case(case).position.step == 9
    assert web_host.backups == 1


def test_an_incomplete_inventory_entry_puts_nothing_forward_and_says_why(
    office: Office, submit: Submit, web_host: WebHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise SiteError("dinkes-web: tidak ada zona dalam zones.yaml")

    monkeypatch.setitem(websites.CHANGES, "domain", (refuse, refuse))
    case = submit("--website", "dinkes-web", sop="website")
    for official in ("pranata-1", "kadis", "sekretaris", "kabid-aptika"):
        office.register.act(case, official, "YA")
    carried = cases.carry(office, case)
    assert (carried.state, office.register.plans(case)) == ("waiting", [])
    assert "zones.yaml" in carried.reason
    assert web_host.writes == 0


def test_dropped_plans_write_nothing(office: Office, analysed: str, web_host: WebHost) -> None:
    office.register.act(analysed, "sub-koor-spa", "TIDAK", "Belum perlu")
    cases.carry(office, analysed)
    assert web_host.writes == 0


def test_an_unreachable_host_stops_the_analysis_and_says_so(office: Office, submit: Submit, web_host: WebHost) -> None:
    case = submit("--website", "dinkes-web", sop="website")
    for official in ("pranata-1", "kadis", "sekretaris", "kabid-aptika"):
        office.register.act(case, official, "YA")
    web_host.silent = True
    stopped = cases.carry(office, case)
    assert stopped.state == "stopped"
    assert stopped.results[0]["reason"] == "unreachable"
    assert "tidak dapat dicadangkan" in stopped.reason


@pytest.mark.parametrize("plan", ["of another action", "of nobody"])
def test_a_plan_that_is_not_this_ones_is_refused_and_audited(
    office: Office, analysed: str, web_host: WebHost, plan: str
) -> None:
    approve(office, analysed)
    cases.carry(office, analysed)
    hashes = {each.action: each.hash for each in office.register.plans(analysed)}
    wrong = hashes["host"] if plan == "of another action" else "0" * 64
    with pytest.raises(PermitRefused):
        websites.apply_plan(office, analysed, "dinkes-web", "deploy", wrong, PRANATA)
    assert web_host.writes == 0
    assert office.register.audit_rows(analysed)[-1].action == "write.refused"


def test_nothing_is_written_before_the_plans_are_approved(office: Office, analysed: str, web_host: WebHost) -> None:
    for plan in office.register.plans(analysed):
        with pytest.raises(PermitRefused):
            websites.apply_plan(office, analysed, "dinkes-web", plan.action, plan.hash, PRANATA)
    assert web_host.writes == 0


def test_one_writer_at_a_time(office: Office, analysed: str, web_host: WebHost) -> None:
    approve(office, analysed)
    cases.carry(office, analysed)
    plan = office.register.plans(analysed)[0]
    with office.register.lease("dinkes-web", "teknis-2", "sedang diperiksa"), pytest.raises(TargetLocked) as locked:
        websites.apply_plan(office, analysed, "dinkes-web", plan.action, plan.hash, PRANATA)
    assert "teknis-2" in str(locked.value)
    assert web_host.writes == 0


def test_a_case_that_was_withdrawn_is_left_alone(office: Office, analysed: str, web_host: WebHost) -> None:
    approve(office, analysed)
    office.register.withdraw(analysed, "kadis", "Salah alamat")
    assert cases.carry(office, analysed).state == "over"
    assert web_host.writes == 0


def test_a_run_made_for_an_earlier_step_does_nothing(office: Office, analysed: str, web_host: WebHost) -> None:
    approve(office, analysed)
    assert cases.carry(office, analysed, step=6, attempt=1).state == "over"
    assert web_host.writes == 0


def test_the_command_plans_shows_and_applies_exactly_that(
    pelihara: Pelihara, office: Office, analysed: str, web_host: WebHost
) -> None:
    approve(office, analysed)
    words = ("website", "deploy", "dinkes-web", "--case", analysed, "--as", "pranata-1")
    shown = pelihara(*words)
    assert "lakukan deploy" in shown.out
    (plan,) = pelihara(*words, "--json").json["plans"]
    assert {"hash", "class", "summary", "changes", "way_back", "state"} <= plan.keys()
    refused = pelihara(*words, "--apply", "0" * 64, "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "permit_refused")
    assert web_host.writes == 0
    done = pelihara(*words, "--apply", plan["hash"], "--json")
    assert (done.code, done.json["status"]) == (0, "applied")
    assert web_host.done == ["deploy"]


def test_a_host_that_changed_since_the_plan_is_told_at_the_command_line(
    pelihara: Pelihara, office: Office, analysed: str, web_host: WebHost
) -> None:
    approve(office, analysed)
    plan = next(each for each in office.register.plans(analysed) if each.action == "deploy")
    web_host.drifted = True
    words = ("website", "deploy", "dinkes-web", "--case", analysed, "--as", "pranata-1", "--apply", plan.hash)
    said = pelihara(*words, "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "changed_since_plan")
    with pytest.raises(ChangedSincePlan):
        websites.apply_plan(office, analysed, "dinkes-web", "deploy", plan.hash, PRANATA)


def test_a_site_that_an_operator_locked_on_its_host_is_left_alone_and_it_is_said_why(
    pelihara: Pelihara, office: Office, analysed: str, web_host: WebHost
) -> None:
    approve(office, analysed)
    plan = next(each for each in office.register.plans(analysed) if each.action == "deploy")
    web_host.locked = "siapa: operator\nsebab: memindahkan disk\nsampai: 2099-01-01\n"
    words = ("website", "deploy", "dinkes-web", "--case", analysed, "--as", "pranata-1", "--apply", plan.hash)
    said = pelihara(*words)
    assert said.code == 1
    assert "siapa: operator; sebab: memindahkan disk" in said.err.replace("\n", " ")
    assert web_host.writes == 0


def test_the_sub_koordinators_answer_shows_every_plan_it_approves(
    pelihara: Pelihara, analysed: str, web_host: WebHost
) -> None:
    agreed = pelihara("case", "confirm", analysed, "--as", "teknis-1", "--answer", "YA")
    assert "Dikonfirmasi persis rencana ini:" in agreed.out
    assert "lakukan domain" in agreed.out
    words = ("case", "act", analysed, "--as", "sub-koor-spa", "--answer", "YA")
    assert pelihara(*words, "--plan", "0" * 64).code == 2
    proposal = pelihara("case", "show", analysed, "--json").json["proposal"]
    said = pelihara(*words, "--plan", proposal[:12])
    assert said.code == 0
    for action in websites.NEW_SITE:
        assert f"+ lakukan {action}" in said.out
    assert web_host.writes == 0


def test_a_backup_whose_copy_failed_is_good_and_says_so(
    office: Office, web_host: WebHost, pelihara: Pelihara, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise TargetError("dinkes-web", Reason.ERROR, "diska tempat salinan tidak cukup")

    assert pelihara("website", "backup", "dinkes-web", "--json").json["websites"][0]["off_host"] is True
    monkeypatch.setattr(websites.copies, "copy", full)
    said = pelihara("website", "backup", "dinkes-web")
    assert (said.code, "BELUM ADA" in said.out, "tidak cukup" in said.out) == (0, True, True)
    assert office.register.last_good_backup("dinkes-web")
    assert web_host.backups == 2


def test_a_site_that_an_operator_locked_on_its_host_is_not_backed_up(office: Office, web_host: WebHost) -> None:
    web_host.locked = "siapa: operator"
    (done,) = websites.back_up_websites(office, ["dinkes-web"])
    assert (done.status, "operator" in done.detail, web_host.backups) == ("failed", True, 0)


def test_a_lost_key_is_not_taken_for_a_damaged_copy(office: Office) -> None:
    place = websites.vault(office)
    sealed = place.seal(b"kunci")
    assert place.unseal(sealed) == b"kunci"
    with pytest.raises(ValueError, match="damaged"):
        place.unseal(b"x" + sealed[1:])
    (office.settings.home / "seal.key").unlink()
    with pytest.raises(TargetError, match="kunci segel"):
        websites.vault(Office(office.settings, office.inventory)).unseal(sealed)


def test_what_an_update_backed_up_is_the_cases_backup_whether_the_update_stays_or_not(
    office: Office, submit: Submit, web_host: WebHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = submit("--website", "dinkes-web", sop="website")
    for official in ("pranata-1", "kadis", "sekretaris", "kabid-aptika"):
        office.register.act(case, official, "YA")
    web_host.done += websites.NEW_SITE
    cases.carry(office, case)
    approve(office, case)
    kept = SiteBackup("dinkes-web", "/var/backups/x/2", "1", "c" * 64, "", 7, office.register.clock())
    made = copies.Made(kept, 2.5, "salinan di luar host belum ada: diska penuh").as_json()
    apply = lambda *_: Outcome("rolled_back", "status 500", backups=(made,))  # noqa: E731
    monkeypatch.setitem(websites.CHANGES, "maintain", (lambda *_: None, apply))
    (plan,) = [each for each in office.register.plans(case) if each.action == "maintain"]
    websites.apply_plan(office, case, "dinkes-web", "maintain", plan.hash, PRANATA)
    assert office.register.backups("dinkes-web")[-1].detail == made["detail"]
    told = from_case.report(office.register, office.register.case(case)).backups
    assert [(each.sha256[:1], each.off_host) for each in told] == [("a", True), ("c", False)]
    kinds = [each.kind for each in office.register.case(case).evidence]
    assert kinds[-2:] == ["backup", "outcome"], "what is changed after a backup is backed up once more"


def test_a_command_that_finds_nothing_it_may_do_says_what_it_left_out_and_why(
    pelihara: Pelihara, analysed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    why = "Plugin galeri 1.0 -> 2.0: memerlukan PHP 8.3, yang terpasang 8.2.29"
    nothing = Plan("maintain", "dinkes-web", Ladder.B, "Perbarui 0 bagian", (), left_out=(why,))
    some = replace(nothing, changes=("Plugin agenda 1.0 -> 1.1",))
    words = ("website", "update", "dinkes-web", "--case", analysed, "--as", "pranata-1")
    monkeypatch.setitem(websites.CHANGES, "maintain", (lambda *_: nothing, None))
    said = pelihara(*words)
    assert (said.code, "Tidak ada yang perlu diubah" in said.out, f"tidak dikerjakan: {why}" in said.err) == (
        0,
        True,
        True,
    )
    monkeypatch.setitem(websites.CHANGES, "maintain", (lambda *_: some, None))
    assert f"tidak dikerjakan: {why}" in pelihara(*words).out


def test_packages_of_a_host_are_updated_while_no_other_works_on_any_of_its_sites(
    office: Office, analysed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register, seen = office.register, []
    details = {"packages": [], "host": "web-1", "sites": ["dinkes-web", "disdik-web"]}
    plan = Plan("maintain", "dinkes-web", Ladder.B, "Perbarui 1 paket", ("nginx 1.0 -> 1.1",), details=details)

    def apply(*_: object) -> Outcome:
        for name in ("dinkes-web", "disdik-web"):
            with pytest.raises(TargetLocked), register.lease(name, "lain", "deploy"):
                pass
            seen.append(name)
        return Outcome("applied")

    monkeypatch.setitem(websites.CHANGES, "packages", (lambda *_: plan, apply))
    monkeypatch.setattr(websites.system, "apply", apply)
    monkeypatch.setitem(websites.CHANGES, "maintain", (lambda *_: plan, websites._apply_maintain))
    (record,) = websites.propose(office, analysed, "dinkes-web", "packages", PRANATA)
    approve(office, analysed)
    about = (office, analysed, "dinkes-web", "maintain", record.hash, PRANATA)
    with register.lease("disdik-web", "lain", "deploy"), pytest.raises(TargetLocked, match="disdik-web"):
        websites.apply_plan(*about)
    with register.lease("dinkes-web", "lain", "deploy"):
        assert seen == [], "what was taken before the refusal is free again, and nothing was done"
    assert websites.apply_plan(*about).ok
    assert seen == details["sites"]
    assert register.plan(record.hash, analysed).state == "applied"
