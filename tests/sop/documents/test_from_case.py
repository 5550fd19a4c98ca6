"""Papers of real cases in a real register (SQLite): what is printed is what was recorded."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from inventory.models import Office
from inventory.settings import Settings
from sop.documents import from_case, from_period, write
from sop.register import CaseRecord, Register
from tests.sop.register.office import CLI, FLOW, Clock, an_inventory, approved, network_case, propose, website_case


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def register(tmp_path: Path, clock: Clock) -> Register:
    return Register(Settings(home=tmp_path / "home"), an_inventory(), clock)


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def finding(code: str = "config.unsaved", subject: str = "running-config") -> dict[str, str]:
    return {"code": code, "severity": "major", "subject": subject, "evidence": f"bukti {code}", "advice": "Periksa."}


def keep_reading(
    register: Register,
    case: CaseRecord,
    target: str,
    findings: Sequence[dict[str, str]],
    kind: str = "findings",
    status: str = "findings",
) -> None:
    document = json.dumps({"name": target, "status": status, "reason": "", "findings": list(findings)}).encode()
    register.keep(document, kind, f"{target}.json", "application/json", case.id, target)


NO_CARE: dict[str, Any] = {"copied": [], "mended": {}, "damaged": {}}


def keep_backup(register: Register, case_id: str, **told: object) -> None:
    """A backup of dinkes-web, as the job of websites keeps it."""
    made = {"status": "ok", "reason": "", "bytes": 5120, "path": "/var/backups/x/1", "files_sha256": "aa" * 32}
    document = json.dumps({**made, "database_sha256": "", "off_host": True, **told}).encode()
    register.keep(document, "backup", "x.json", "application/json", case_id, "dinkes-web")
    register.note_backup("dinkes-web", "ok")


def worked(register: Register, clock: Clock) -> CaseRecord:
    """A network case at step 6: read, backed up, one repair proposed, approved and applied."""
    case = approved(register, network_case(register, devices=("dinkes-r1", "dinkes-r2")))
    clock.forward(minutes=5)
    keep_reading(register, case, "dinkes-r1", [finding(), finding("cpu.high", "cpu")])
    keep_reading(register, case, "dinkes-r2", [], status="ok")
    register.keep_config("dinkes-r1", "hostname r1\npassword rahasia\n", "hostname r1\n", "d1", case.id)
    register.note_backup("dinkes-r1", "ok")
    register.note_backup("dinkes-r2", "failed", "timeout")
    plan = propose(register, case)
    case = register.act(case.id, "koordinator", "YA", "lanjutkan", plan_hash=plan.hash, actor=CLI)
    outcome: dict[str, Any] = {
        "status": "applied",
        "steps": [["2026-11-02T02:20:00+00:00", "no shutdown diterapkan"]],
        "before": [finding()],
        "after": [],
    }
    register.settle_plan(plan.hash, "applied", outcome, FLOW)
    return register.complete_work(case.id, 5, FLOW, {})


def test_a_disposition_sheet_lists_what_was_disposed_and_to_whom(register: Register) -> None:
    case = approved(register, network_case(register))
    sheet = from_case.disposition_sheet(register, case)
    assert [(each.giver, each.receiver) for each in sheet.dispositions] == [
        ("Pejabat Kadis (Kepala Dinas)", "Kabid"),
        ("Pejabat Kabid (Kabid)", "Koordinator"),
        ("Pejabat Koordinator (Koordinator)", "Helpdesk, Tim Teknis"),
    ]
    assert all(each.paraf and each.note == "setuju" for each in sheet.dispositions)
    assert "Dinas Kesehatan" in text_of(write.disposition_sheet(sheet))


def test_a_refusal_shows_where_it_went(register: Register) -> None:
    case = network_case(register)
    case = register.act(case.id, "kadis", "TIDAK", "di luar wewenang", actor=CLI)
    (refused,) = from_case.disposition_sheet(register, case).dispositions
    assert (refused.answer, refused.receiver, refused.note) == ("TIDAK", "PIC/OPD (ditolak)", "di luar wewenang")


def test_a_report_says_what_was_found_repaired_backed_up_and_approved(register: Register, clock: Clock) -> None:
    report = from_case.report(register, worked(register, clock), commits={"dinkes-r1": "c0ffee12"})
    assert [(each.finding.code, each.state) for each in report.comparisons()] == [
        ("config.unsaved", "teratasi"),
        ("cpu.high", "tersisa"),
    ]
    assert [(each.target, each.status, each.commit) for each in report.backups] == [
        ("dinkes-r1", "ok", "c0ffee12"),
        ("dinkes-r2", "failed", ""),
    ]
    assert report.plans[0].approved_by == "Pejabat Koordinator (Koordinator)"
    assert [each.text for each in report.actions] == ["no shutdown diterapkan"]
    assert [each.no for each in report.steps] == [1, 2, 3, 4, 5, 6]
    printed = text_of(write.report(report))
    assert register.audit_tip() in printed
    assert report.backups[0].sha256 in printed
    assert "rahasia" not in printed


def test_a_report_tells_causes_in_words_and_prints_runbooks_of_what_is_left(register: Register) -> None:
    case = approved(register, network_case(register, devices=("dinkes-r1",)))
    down = finding("link.down", "ether1")
    lost = {**finding("ospf.neighbor_lost", "10.0.0.2"), "cause": "link.down ether1"}
    keep_reading(register, case, "dinkes-r1", [down, lost])
    pages = {"link.down ether1": ["1. Ganti kabel."], "cpu.high cpu": ["1. Lihat proses."]}
    register.keep(json.dumps(pages).encode(), "runbook", "x.json", "application/json", case.id, "dinkes-r1")
    case = register.case(case.id)
    report = from_case.report(register, case, titles={"link.down": "sambungan putus"})
    assert [(each.name, each.cause) for each in report.before] == [
        ("sambungan putus: ether1", ""),
        ("ospf.neighbor_lost: 10.0.0.2", "sambungan putus: ether1"),
    ]
    assert [(each.finding, each.lines) for each in report.runbooks] == [
        ("sambungan putus: ether1", ("1. Ganti kabel.",))
    ]
    assert [each.text for each in report.recommendations] == ["Periksa."], "what follows goes with its cause"
    keep_reading(register, case, "dinkes-r1", [lost, finding("link.errors", "ether2")], "findings_after")
    later = from_case.report(register, register.case(case.id))
    assert (later.runbooks, [each.text for each in later.recommendations]) == ((), ["Periksa."]), "each thing once"


def test_a_later_reading_decides_what_was_solved(register: Register, clock: Clock) -> None:
    case = worked(register, clock)
    keep_reading(register, case, "dinkes-r1", [finding("link.down", "ether1")], "findings_after")
    states = [
        (each.finding.code, each.state) for each in from_case.report(register, register.case(case.id)).comparisons()
    ]
    assert states == [("config.unsaved", "teratasi"), ("cpu.high", "teratasi"), ("link.down", "baru")]


def test_a_reading_that_failed_and_was_repeated_is_no_before_and_after(register: Register) -> None:
    case = approved(register, network_case(register, devices=("dinkes-r1",)))
    keep_reading(register, case, "dinkes-r1", [], status="failed")
    keep_reading(register, case, "dinkes-r1", [finding()])
    (compared,) = from_case.report(register, register.case(case.id)).comparisons()
    assert compared.state == "belum"


def test_what_was_done_by_hand_is_printed_with_its_author(register: Register) -> None:
    case = approved(register, network_case(register))
    case = register.act(case.id, "tim_teknis", "YA", "Kabel patch <b>diganti</b>", actor=CLI)
    printed = text_of(write.report(from_case.report(register, case)))
    assert "Kabel patch <b>diganti</b> (dicatat oleh Pejabat Tim_Teknis (Tim Teknis))" in printed


def test_a_late_signature_is_marked(register: Register, clock: Clock) -> None:
    case = network_case(register)
    clock.forward(minutes=40)
    case = register.act(case.id, "kadis", "YA", actor=CLI)
    step = from_case.report(register, case).steps[1]
    assert (step.no, step.late, str(step.waiting)) == (2, True, "0:40:00")


def test_a_website_is_handed_over_with_both_hashes_in_the_report(register: Register) -> None:
    case = approved(register, website_case(register))
    keep_reading(register, case, "dinkes-web", [finding("headers.missing", "/")], "analysis")
    keep_backup(register, case.id, database_sha256="bb" * 32)
    keep_reading(register, case, "dinkes-web", [], "findings_after", "ok")
    case = register.case(case.id)
    printed = text_of(write.report(from_case.report(register, case)))
    assert "aa" * 32 in printed
    assert "bb" * 32 in printed
    act = from_case.handover(register, case)
    assert (act.receiver.name, act.receiver.title) == ("PIC Contoh", "PIC Dinas Kesehatan")
    assert (act.giver.name, act.items[0].condition) == ("Pejabat Pelaksana", "Baik")
    assert "PIHAK KEDUA" in text_of(write.handover(act))


def test_a_month_holds_its_cases_overdue_sites_and_failed_backups(register: Register, clock: Clock) -> None:
    worked(register, clock)
    month = from_period.monthly(register, 2026, 11)
    assert [(case.id, case.state) for case in month.cases] == [("JAR-2026-0001", "open")]
    assert [(each.domain, each.late) for each in month.overdue] == [
        ("dinkes.example.go.id", None),
        ("dinsos.example.go.id", None),
    ]
    assert [(each.target, each.reason) for each in month.failed_backups] == [("dinkes-r2", "timeout")]
    stale = [(each.device, each.last_good, each.reason) for each in month.old_backups]
    assert stale == [("dinkes-r2", None, "timeout"), ("dinsos-r1", None, "")]
    assert "LAPORAN BULANAN" in text_of(write.periodic(month))
    assert not from_period.monthly(register, 2026, 10).cases
    assert "LAPORAN TAHUNAN" in text_of(write.periodic(from_period.yearly(register, 2026)))


def test_a_logo_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    office = Office(name="D", region="K", address="J", place="C", logo="tidak-ada.png")
    register = Register(Settings(home=tmp_path / "home"), an_inventory(folder=str(tmp_path), office=office))
    with pytest.raises(write.DocumentError, match=r"office\.yaml: logo tidak-ada\.png"):
        from_period.monthly(register, 2026, 11)


def test_a_nightly_backup_during_the_case_counts(register: Register) -> None:
    case = approved(register, website_case(register))
    keep_backup(register, "", bytes=77)
    assert [(each.bytes, each.sha256) for each in from_case.report(register, case).backups] == [(77, "aa" * 32)]


def test_each_backup_of_the_case_says_whether_a_copy_lies_off_its_host(register: Register) -> None:
    case = approved(register, website_case(register))
    for number, off_host in enumerate((True, False, True, False)):
        keep_backup(register, case.id, path=f"/var/backups/x/{number}", off_host=off_host)
    keep_backup(register, "", path="/var/backups/x/malam")
    for care in ({"copied": ["1"], "mended": {}, "damaged": {"off_host": ["2"]}}, {**NO_CARE, "copied": ["malam"]}):
        register.keep(json.dumps(care).encode(), "backup_care", "x.json", "application/json", target="dinkes-web")
    assert [each.off_host for each in from_case.report(register, case).backups] == [True, True, False, False]


def test_a_noted_backup_without_evidence_is_printed_without_a_hash(register: Register) -> None:
    case = approved(register, network_case(register, devices=("dinkes-r1",)))
    register.note_backup("dinkes-r1", "ok")
    assert [(each.status, each.sha256) for each in from_case.report(register, case).backups] == [("ok", "")]
