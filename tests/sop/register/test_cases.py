"""Cases on both engines: the two procedures from letter to report, and every refusal on the way."""

from __future__ import annotations

from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest

from inventory.settings import Settings
from sop.register import Actor, Letter, Register
from sop.register.errors import (
    AlreadyDone,
    LetterRefused,
    NotYourTurn,
    OutputMissing,
    OwnRequest,
    ReasonMissing,
    RegisterError,
    UnknownAgency,
    UnknownAnswer,
    UnknownCase,
    UnknownOfficial,
    UnknownPlan,
    UnknownProcedure,
    UnknownTarget,
    WrongRole,
)
from tests.sop.register.office import (
    CLI,
    FLOW,
    PDF,
    Clock,
    acting,
    an_inventory,
    approved,
    network_case,
    official,
    propose,
    website_case,
)


def test_a_network_case_runs_from_letter_to_the_heads_copy(register: Register) -> None:
    case = network_case(register, devices=("dinkes-r1",))
    assert (case.id, case.position.step, case.position.turn) == ("JAR-2026-0001", 2, ("kadis",))
    case = approved(register, case)
    assert (case.position.step, case.position.turn) == (5, ("tim_teknis",))
    register.keep(b"{}", "findings", "dinkes-r1.json", case_id=case.id)
    case = register.complete_work(case.id, 5, FLOW, {"devices": 1})
    register.keep(b"%PDF-", "laporan", "laporan.pdf", case_id=case.id)
    case = register.complete_work(case.id, 6, FLOW, {})
    for role in ("koordinator", "kabid", "kadis"):
        assert case.position.turn == (role,)
        case = register.act(case.id, role, "YA", actor=CLI)
    assert case.state == "selesai"
    assert register.verify_audit().problems == ()


def test_a_website_case_runs_through_analysis_plans_and_report(register: Register) -> None:
    case = approved(register, website_case(register))
    assert (case.position.step, case.position.turn) == (6, ("sub_koordinator",))
    register.keep(b"{}", "analysis", "analisa.json", case_id=case.id)
    plans = [propose(register, case, "A", action=a, target="dinkes-web") for a in ("host", "deploy")]
    case = register.case(case.id)
    assert case.position.waiting == tuple(plan.hash for plan in plans)
    case = register.act(case.id, "sub_koordinator", "YA", plan_hash=case.proposal, actor=CLI)
    assert [plan.state for plan in case.plans] == ["approved", "approved"]
    assert case.events[-1].plans == tuple(plan.hash for plan in plans)
    for step in (7, 8):
        case = register.complete_work(case.id, step, FLOW, {})
    for kind in ("laporan", "berita_acara"):
        register.keep(b"%PDF-", kind, f"{kind}.pdf", case_id=case.id)
    case = register.act(case.id, "pelaksana-1", "YA", actor=CLI)
    assert (case.state, case.position.step) == ("selesai", 10)
    assert register.verify_audit().ok


def test_tidak_of_the_kabid_goes_back_to_kadis_who_can_close_it(register: Register) -> None:
    case = network_case(register)
    register.act(case.id, "kadis", "YA", actor=CLI)
    case = register.act(case.id, "kabid", "TIDAK", "perangkat milik pihak lain", actor=CLI)
    assert (case.position.step, case.state) == (2, "open")
    case = register.act(case.id, "kadis", "TIDAK", "ditolak, lihat catatan Kabid", actor=CLI)
    assert case.state == "ditolak"
    assert case.events[-1].note == "ditolak, lihat catatan Kabid"


@pytest.mark.parametrize("note", ["", "   ", "\n\t", "\u200b", "\x1b\x07", "-"])
def test_tidak_without_a_reason_is_refused(register: Register, note: str) -> None:
    case = network_case(register)
    with pytest.raises(ReasonMissing):
        register.act(case.id, "kadis", "TIDAK", note, actor=CLI)
    assert register.case(case.id).position == case.position


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"sop": "gedung"}, UnknownProcedure),
        ({"opd": "dinas-lain"}, UnknownAgency),
        ({"devices": ("dinsos-r1",)}, UnknownTarget),
        ({"devices": ("tidak-ada",)}, UnknownTarget),
        ({"website": "dinsos-web"}, UnknownTarget),
        ({"sop": "website"}, UnknownTarget),
        ({"sop": "website", "website": "dinkes-web", "devices": ("dinkes-r1",)}, UnknownTarget),
        ({"website": "dinkes-web"}, UnknownTarget),
        ({"about": "  "}, ReasonMissing),
        ({"origin": "lisan"}, UnknownProcedure),
        ({"letter": None}, LetterRefused),
        ({"letter": Letter("surat.pdf", b"")}, LetterRefused),
        ({"letter": Letter("surat.png", PDF)}, LetterRefused),
    ],
)
def test_a_request_that_does_not_hold_is_refused_and_nothing_is_opened(
    register: Register, change: dict[str, object], refusal: type[RegisterError]
) -> None:
    asked = {"sop": "jaringan", "opd": "dinkes", "about": "x", "letter": Letter("surat.pdf", PDF), **change}
    with pytest.raises(refusal):
        register.open_case(**asked, actor=CLI)  # type: ignore[arg-type]
    assert register.cases() == []
    assert register.audit_rows()[-1].action == "case.open.refused"


def test_an_unknown_case_official_or_answer_is_named_in_the_refusal(register: Register) -> None:
    case = network_case(register)
    with pytest.raises(UnknownCase, match="JAR-2026-0099"):
        register.act("JAR-2026-0099", "kadis", "YA", actor=CLI)
    with pytest.raises(UnknownOfficial, match="bupati"):
        register.act(case.id, "bupati", "YA", actor=CLI)
    with pytest.raises(UnknownAnswer, match="YA atau TIDAK"):
        register.act(case.id, "kadis", "MUNGKIN", actor=CLI)


def test_who_has_no_part_in_the_sop_is_refused_otherwise_than_who_must_wait(register: Register) -> None:
    case = network_case(register)
    with pytest.raises(WrongRole):
        register.act(case.id, "auditor-1", "YA", actor=CLI)
    with pytest.raises(WrongRole):
        register.act(case.id, "sekretaris-1", "YA", actor=CLI)
    with pytest.raises(NotYourTurn):
        register.act(case.id, "kabid-1", "YA", actor=CLI)
    assert len(register.case(case.id).events) == 1


def test_acting_twice_is_refused_and_counts_once(register: Register) -> None:
    case = network_case(register)
    register.act(case.id, "kadis-1", "YA", actor=CLI)
    with pytest.raises(AlreadyDone):
        register.act(case.id, "kadis-1", "YA", actor=CLI)
    assert register.case(case.id).position.step == 3


def test_an_act_meant_for_a_step_that_is_over_does_not_hit_the_next_one(settings: Settings, clock: Clock) -> None:
    both = official("sekretaris", acting=acting("kadis", date(2026, 11, 1), date(2026, 11, 30)))
    officials = {**an_inventory().officials, "kadis-1": official("auditor"), "sekretaris-1": both}
    register = Register(settings, an_inventory(officials=officials), clock)
    case = website_case(register)
    register.act(case.id, "pelaksana-1", "YA", actor=CLI)
    register.act(case.id, "sekretaris-1", "YA", actor=CLI, step=3)
    with pytest.raises(AlreadyDone):
        register.act(case.id, "sekretaris-1", "YA", actor=CLI, step=3)
    assert register.case(case.id).position.step == 4


@pytest.mark.parametrize(
    "requested_by", ["kadis-1", "Pejabat Kadis", "KADIS@office.example"], ids=["slug", "name", "e-mail"]
)
def test_nobody_decides_on_their_own_request(register: Register, requested_by: str) -> None:
    case = network_case(register, requested_by=requested_by)
    with pytest.raises(OwnRequest):
        register.act(case.id, "kadis-1", "YA", actor=CLI)
    assert register.case(case.id).position.step == 2


def test_the_pic_of_the_asking_agency_cannot_decide_under_an_officials_hat(settings: Settings, clock: Clock) -> None:
    officials = {**an_inventory().officials, "kadis-1": official("kadis", email="PIC@dinkes.example")}
    register = Register(settings, an_inventory(officials=officials), clock)
    with pytest.raises(OwnRequest):
        register.act(network_case(register).id, "kadis-1", "YA", actor=CLI)


def test_an_acting_official_acts_within_the_dates_and_the_record_says_so(settings: Settings, clock: Clock) -> None:
    stand_in = official("sekretaris", acting=acting("kadis", date(2026, 11, 2), date(2026, 11, 3)))
    officials = {name: one for name, one in an_inventory().officials.items() if one.role != "kadis"}
    register = Register(settings, an_inventory(officials={**officials, "sekretaris-1": stand_in}), clock)
    case = network_case(register)
    clock.forward(days=2)
    with pytest.raises(WrongRole):
        register.act(case.id, "sekretaris-1", "YA", actor=CLI)
    clock.forward(days=-1)
    event = register.act(case.id, "kadis", "YA", actor=CLI).events[-1]
    assert (event.actor, event.role, event.acting, event.capacity) == ("sekretaris-1", "kadis", "plt", "Plt. kadis")


def test_an_appointments_last_day_is_the_offices_day_not_utcs(settings: Settings, clock: Clock) -> None:
    stand_in = official("sekretaris", acting=acting("kadis", date(2026, 11, 2), date(2026, 11, 2)))
    officials = {**an_inventory().officials, "sekretaris-1": stand_in}
    register = Register(settings, an_inventory(officials=officials), clock)
    case = network_case(register)
    clock.forward(hours=15)  # 00:00 on the 3rd at the office, still the 2nd in UTC
    with pytest.raises(WrongRole):
        register.act(case.id, "sekretaris-1", "YA", actor=CLI)


def test_a_role_that_two_hold_must_be_named(settings: Settings, clock: Clock) -> None:
    officials = {**an_inventory().officials, "kadis-2": official("kadis")}
    register = Register(settings, an_inventory(officials=officials), clock)
    case = network_case(register)
    with pytest.raises(UnknownOfficial, match="kadis-1, kadis-2"):
        register.act(case.id, "kadis", "YA", actor=CLI)


def test_an_act_recorded_for_an_official_says_who_typed_it_where_and_from_which_paper(register: Register) -> None:
    actor = Actor("helpdesk-1", "cli", "pts/7", "petugas", "Lembar disposisi 045/2026")
    event = register.act(network_case(register).id, "kadis", "YA", "segera", actor=actor).events[-1]
    row = next(row for row in register.audit_rows() if row.action == "event.answered")
    assert row.actor == actor.as_json()
    assert (row.detail["actor"], row.detail["note"], row.detail["role"]) == ("kadis-1", "segera", "kadis")
    assert (event.terminal, event.system_user, event.paper) == ("pts/7", "petugas", "Lembar disposisi 045/2026")
    assert event.paraf == f"PK/{row.seq}"


def test_technical_work_is_called_for_in_the_outbox_exactly_when_the_chain_has_approved(register: Register) -> None:
    case = network_case(register)
    assert register.outbox_due() == []
    case = approved(register, case)
    (row,) = register.outbox_due()
    assert (row.key, row.payload["work"]) == (f"{case.id}:5:1", ["diagnose", "backup"])


def test_a_step_is_not_completed_without_its_output(register: Register) -> None:
    case = approved(register, network_case(register))
    with pytest.raises(OutputMissing, match="belum ada temuan"):
        register.complete_work(case.id, 5, FLOW, {})
    with pytest.raises(OutputMissing, match="belum ada temuan"):
        register.act(case.id, "tim_teknis", "YA", actor=CLI)


def test_work_done_by_hand_is_completed_with_a_note_that_becomes_the_evidence(register: Register) -> None:
    case = approved(register, network_case(register))
    case = register.act(case.id, "tim_teknis", "YA", "Kabel uplink diganti", actor=CLI)
    assert case.position.step == 6
    (evidence,) = register.evidence(case.id, kind="findings")
    assert register.read(evidence.id) == b"Kabel uplink diganti"


def test_work_of_which_nothing_tells_is_not_signed_off_without_a_word(register: Register) -> None:
    case = approved(register, website_case(register))
    register.keep(b"{}", "analysis", "a.json", case_id=case.id)
    case = register.act(case.id, "sub_koordinator", "YA", actor=CLI)
    with pytest.raises(OutputMissing):
        register.act(case.id, "pelaksana-1", "YA", actor=CLI)
    case = register.act(case.id, "pelaksana-1", "YA", "tema dan inti WordPress diperbarui", actor=CLI)
    assert case.position.step == 8


def test_a_persons_step_is_not_completed_by_a_flow(register: Register) -> None:
    case = approved(register, website_case(register))
    register.keep(b"{}", "analysis", "a.json", case_id=case.id)
    with pytest.raises(WrongRole):
        register.complete_work(case.id, 6, FLOW, {})


def test_completing_a_step_twice_is_refused(register: Register) -> None:
    case = approved(register, network_case(register))
    register.keep(b"{}", "findings", "f.json", case_id=case.id)
    register.complete_work(case.id, 5, FLOW, {})
    with pytest.raises(AlreadyDone):
        register.complete_work(case.id, 5, FLOW, {})
    with pytest.raises(NotYourTurn):
        register.complete_work(case.id, 7, FLOW, {})


def test_kadis_and_the_asking_agency_can_withdraw_others_cannot(register: Register) -> None:
    first, second = network_case(register), network_case(register)
    with pytest.raises(WrongRole):
        register.withdraw(first.id, "kabid-1", "tidak perlu", CLI)
    with pytest.raises(UnknownOfficial):
        register.withdraw(first.id, "dinsos", "tidak perlu", CLI)
    with pytest.raises(ReasonMissing):
        register.withdraw(first.id, "kadis-1", " ", CLI)
    assert register.withdraw(first.id, "dinkes", "sudah pulih", CLI).state == "ditarik"
    assert register.withdraw(second.id, "kadis-1", "salah kirim", CLI).state == "ditarik"
    with pytest.raises(AlreadyDone):
        register.act(first.id, "kadis-1", "YA", actor=CLI)
    with pytest.raises(AlreadyDone):
        register.withdraw(first.id, "kadis-1", "lagi", CLI)


def test_work_of_a_withdrawn_case_is_taken_off_the_outbox(register: Register) -> None:
    case = approved(register, network_case(register))
    register.withdraw(case.id, "kadis-1", "dibatalkan", CLI)
    assert register.outbox_due() == []


def test_a_plan_that_changed_since_it_was_shown_is_not_approved(register: Register) -> None:
    case = approved(register, website_case(register))
    register.keep(b"{}", "analysis", "a.json", case_id=case.id)
    propose(register, case, "A", action="host", target="dinkes-web")
    shown = register.case(case.id).proposal
    propose(register, case, "A", action="deploy", target="dinkes-web")
    with pytest.raises(UnknownPlan):
        register.act(case.id, "sub_koordinator", "YA", plan_hash=shown, actor=CLI)


def test_sub_koordinator_can_send_plans_back_and_the_work_begins_anew(register: Register) -> None:
    case = approved(register, website_case(register))
    register.keep(b"{}", "analysis", "a.json", case_id=case.id)
    plan = propose(register, case, "A", action="host", target="dinkes-web")
    case = register.act(case.id, "sub_koordinator", "TIDAK", "belum ada DPA", actor=CLI)
    assert (case.position.step, case.position.attempt, case.position.waiting) == (6, 2, ())
    assert register.outbox_due()[-1].key == f"{case.id}:6:2"
    assert (
        propose(register, case, "A", action="host", target="dinkes-web").state
        == "dropped"
        == register.plan(plan.hash).state
    )


def test_a_periodic_case_begins_at_analysis_and_is_opened_once(register: Register) -> None:
    about = {"letter": None, "origin": "berkala", "about": "Pemeliharaan berkala"}
    case = website_case(register, **about)
    assert (case.position.step, case.events[0].actor) == (6, "pelihara")
    assert register.outbox_due()[0].payload["work"] == ["inspect", "backup", "plan"]
    with pytest.raises(AlreadyDone):
        website_case(register, **about)


def test_numbers_run_by_sop_and_by_the_offices_year(register: Register, clock: Clock) -> None:
    assert [network_case(register).id, network_case(register).id, website_case(register).id] == [
        "JAR-2026-0001",
        "JAR-2026-0002",
        "WEB-2026-0001",
    ]
    clock.now = clock.now.replace(month=12, day=31, hour=20)  # already 2027 at the office
    assert network_case(register).id == "JAR-2027-0001"


def test_cases_are_found_by_state_agency_and_website(register: Register) -> None:
    network, website = network_case(register), website_case(register)
    register.withdraw(network.id, "kadis-1", "dibatalkan", CLI)
    assert [case.id for case in register.cases(state="open")] == [website.id]
    assert [case.id for case in register.cases(website="dinkes-web")] == [website.id]
    assert len(register.cases(opd="dinkes")) == 2
    assert register.cases(opd="dinsos") == []


def test_a_case_whose_sop_file_was_edited_is_not_carried_on(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sop import procedure

    case = network_case(register)
    original = procedure.load
    monkeypatch.setattr(procedure, "load", lambda *a, **k: original(*a, **k).model_copy(update={"sha256": "0" * 64}))
    with pytest.raises(UnknownProcedure, match="sudah diubah"):
        register.act(case.id, "kadis-1", "YA", actor=CLI)


def test_instants_are_kept_in_utc_whatever_zone_the_clock_tells(register: Register, clock: Clock) -> None:
    clock.now = clock.now.astimezone(ZoneInfo("Asia/Jayapura"))
    case = network_case(register)
    row = register.audit_rows(case.id)[0]
    assert (case.opened_at, case.opened_at.tzinfo) == (clock.now, UTC)
    assert case.events[0].at.tzinfo is UTC
    assert row.at == "2026-11-02T02:00:00+00:00"
    assert register.verify_audit().ok


def test_hostile_text_is_kept_as_data_on_both_engines(register: Register) -> None:
    nasty = "'; drop table cases; --\0\ud800<script>{{7*7}}=cmd|"
    case = network_case(register, about=nasty, requested_by=nasty)
    register.act(case.id, "kadis-1", "YA", nasty, actor=CLI)
    with pytest.raises(UnknownCase):
        register.act(nasty, "kadis-1", "YA", nasty, actor=CLI)
    assert register.case(case.id).about.startswith("'; drop table cases; --\ufffd")
    assert register.verify_audit().problems == ()
