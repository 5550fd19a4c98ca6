"""An intrusion that an analysis finds: its files kept sealed once, its report drafted; a clean site has neither."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from flows.jobs import cases, reports, websites
from flows.jobs.websites import check
from flows.office import Office, open_office
from playbooks.findings import Copy, Finding, Severity, TargetResult
from sop.documents import from_incident
from sop.documents.from_incident import COPY, TRACES
from sop.register.records import Actor
from tests.flows.machines import WebHost, web_host

__all__ = ["web_host"]

SITE = "dinkes-web"
PATH = "shared/wp-content/uploads/x.php"
SHELL = b"<?php @eval($_POST['c']);"
FINDING = Finding("files.webshell", Severity.CRITICAL, PATH, "masukan dijalankan sebagai kode", "Karantina.")
OTHER = Finding("dns.missing", Severity.CRITICAL, "dinkes.example.go.id", "tidak ada jawaban", "Daftarkan.")
OLD = -(10**15)
"""A time that no calendar has: whoever wrote the file chose it."""
Submit = Callable[..., str]


@pytest.fixture
def case(office: Office, submit: Submit, web_host: WebHost) -> str:
    assert web_host.done == []
    case = submit("--website", SITE, sop="website")
    for official in ("pranata-1", "kadis", "sekretaris", "kabid-aptika"):
        office.register.act(case, official, "YA")
    return case


def intruded(monkeypatch: pytest.MonkeyPatch, *more: Copy) -> None:
    copies = (
        *more,
        Copy(PATH, SHELL, "www-data", "640", OLD, 1_700_000_000),
        Copy("shared/lain.php", SHELL, "www-data", "640", 1, 1),
    )

    def found(*_: Any) -> TargetResult:
        return TargetResult(
            SITE, 0.1, (FINDING, replace(FINDING, subject="shared/lain.php"), OTHER), copies=copies, checked=("files",)
        )

    monkeypatch.setattr(check, "check", found)


def kinds(office: Office, case: str) -> list[str]:
    return [each.kind for each in office.register.evidence(case_id=case)]


def test_a_hit_keeps_the_files_sealed_lists_them_and_drafts_the_report(
    office: Office, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruded(monkeypatch)
    assert cases.carry(office, case).state == "waiting"
    (copy,) = office.register.evidence(case_id=case, kind=COPY)
    assert (copy.name, copy.sealed, office.register.read(copy.id)) == (PATH, True, SHELL)
    (listed,) = office.register.evidence(case_id=case, kind=TRACES)
    lines = json.loads(office.register.read(listed.id))["files"]
    assert [(each["path"], each["owner"], each["sha256"]) for each in lines] == [
        (PATH, "www-data", copy.sha256),
        ("shared/lain.php", "www-data", copy.sha256),
    ]
    assert reports.INCIDENT in kinds(office, case)
    assert any(each.title.startswith("Laporan insiden") for each in reports.write_out(office, case))


def test_a_hit_puts_a_clean_up_forward_before_all_else_and_the_case_carries_it_out(
    office: Office, case: str, web_host: WebHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruded(monkeypatch)
    cases.carry(office, case)
    assert office.register.case(case).plans[0].action == "restore"
    assert web_host.writes == 0
    for plan in office.register.case(case).unconfirmed:
        office.register.confirm(case, "teknis-1", "YA", plan_hash=plan.hash)
    office.register.act(case, "sub-koor-spa", "YA", "Setuju")
    while cases.carry(office, case).state == "done":
        pass
    assert "restore" in web_host.done


def test_a_plan_that_somebody_put_forward_first_does_not_keep_the_analysis_from_being_made(
    office: Office, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruded(monkeypatch)
    websites.propose(office, case, SITE, "clean", Actor("pranata-1", via="cli"))
    assert cases.carry(office, case).state == "waiting"
    assert {"analysis", reports.INCIDENT} <= {*kinds(office, case)}
    office.register.act(case, "sub-koor-spa", "YA", "Setuju")
    assert office.register.case(case).position.step == 7


def test_a_site_is_cleaned_before_any_of_it_is_updated(
    office: Office, case: str, web_host: WebHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruded(monkeypatch)
    web_host.done += websites.NEW_SITE
    cases.carry(office, case)
    assert "maintain" not in {plan.action for plan in office.register.case(case).plans}


def test_carrying_the_case_again_keeps_nothing_twice(
    office: Office, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruded(monkeypatch)
    cases.carry(office, case)
    before = kinds(office, case)
    cases.carry(office, case)
    assert kinds(office, case) == before


def test_the_report_says_what_the_evidence_says(office: Office, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    intruded(monkeypatch)
    cases.carry(office, case)
    told = from_incident.incident(office.register, office.register.case(case), {})
    assert told is not None
    assert told.kinds == ("pintu belakang (webshell) atau jadwal jahat",)
    assert [(each.path, each.modified.year) for each in told.traces] == [(PATH, 1970), ("shared/lain.php", 1970)]
    assert told.cleaning == ()
    advice = [each.text for each in told.recommendations if not each.text.startswith("Rencana belum terlaksana")]
    assert advice == ["Karantina."], "each thing once, and of the intrusion only"


def picture() -> bytes:
    told = io.BytesIO()
    Image.new("RGB", (1280, 1600), "red").save(told, "PNG")
    return told.getvalue()


def test_a_page_as_it_looked_is_shown_in_the_report_and_a_picture_of_the_intruders_is_not(
    office: Office, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    title, pixels = "tangkapan layar halaman depan, orang biasa", picture()
    intruded(monkeypatch, Copy(f"{title}.png", pixels), Copy("shared/logo.png", pixels + b"<?php", "www-data", "640"))
    cases.carry(office, case)
    told = from_incident.incident(office.register, office.register.case(case), {})
    assert told is not None
    (shown,) = told.snapshots
    assert (shown.title, shown.sha256) == (title, hashlib.sha256(pixels).hexdigest())
    assert shown.image.startswith(b"\xff\xd8\xff")


def test_without_the_seals_key_the_report_is_written_and_says_so(
    office: Office, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    intruded(monkeypatch, Copy("tangkapan layar halaman depan, orang biasa.png", picture()))
    cases.carry(office, case)
    (office.settings.home / "seal.key").unlink()
    told = from_incident.incident(open_office().register, office.register.case(case), {})
    assert told is not None
    assert [each.image for each in told.snapshots] == [b""]


def test_a_clean_site_has_no_copies_and_no_incident(office: Office, case: str) -> None:
    cases.carry(office, case)
    assert not {COPY, TRACES, reports.INCIDENT} & {*kinds(office, case)}
    assert reports.report_incident(office, case) == []
