"""`website maintain`: the open case of each site, carried as far as it goes without a person."""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import date
from typing import Any

import pytest

from flows.jobs import cases, maintenance
from flows.jobs.changes import put_forward
from flows.jobs.errors import BadInput
from flows.jobs.maintenance import maintain_websites
from flows.office import Office
from playbooks.findings import TITLES, Reason, TargetError
from playbooks.plans import Ladder, Outcome, Part, Plan
from sop.documents import from_case, from_site
from sop.documents.site_data import Version
from sop.register.records import Actor
from tests.flows.conftest import Pelihara
from tests.flows.machines import WebHost, web_host

__all__ = ["web_host"]

CLOCK = Actor(via="clock")
SITE = "dinkes-web"


def yearly(office: Office, site: str, opd: str) -> str:
    """A case as the clock opens it."""
    case = office.register.open_case("website", opd, "Berkala", None, website=site, origin="berkala", actor=CLOCK)
    return case.id


@pytest.fixture
def asked(office: Office, web_host: WebHost) -> str:
    assert web_host.done == []
    return yearly(office, SITE, "dinkes")


def agree(office: Office, case: str) -> None:
    """The network team's word on the plan for the domain, and the Sub Koordinator's on all."""
    for plan in office.register.case(case).unconfirmed:
        office.register.confirm(case, "teknis-1", "YA", plan_hash=plan.hash)
    office.register.act(case, "sub-koor-spa", "YA", "Setuju")


def test_a_periodic_case_goes_from_analysis_to_the_report_with_one_approval(
    office: Office, asked: str, web_host: WebHost
) -> None:
    (first,) = maintain_websites(office, [SITE])
    assert (first.case, first.state, first.stands) == (asked, "waiting", "Langkah 6: Sub Koor SPA")
    assert {each.kind for each in office.register.case(asked).evidence} >= {"analysis", "backup"}
    assert web_host.writes == 0
    agree(office, asked)
    (second,) = maintain_websites(office, [SITE])
    assert (second.state, second.stands, second.ok) == ("waiting", "Langkah 9: Pelaksana/Pranata", True)
    assert web_host.done == ["host", "deploy", "domain", "tls"]
    assert any("laporan" in path for path in second.documents)
    (duty,) = office.register.duties(office.register.calendar.day(office.register.clock()), [SITE])
    assert (duty.state, duty.last) == ("kept", duty.day)


def test_the_yearly_report_takes_its_parts_from_what_the_case_kept(
    office: Office, asked: str, web_host: WebHost
) -> None:
    maintain_websites(office, [SITE])
    agree(office, asked)
    maintain_websites(office, [SITE])
    report = from_site.site_report(office.register, office.register.case(asked), TITLES)
    assert (report.title, report.site.owner) == ("Laporan pemeliharaan tahunan aplikasi/website", "Dinas Kesehatan")
    assert [(each.finding.code, each.state) for each in report.comparisons()] == [("http.down", "teratasi")]
    assert report.versions == (Version("Rilis", "0001-a", "0002-b"), Version("PHP", "8.2.29", "8.2.29"))
    assert (report.expiries[0].name, report.expiries[0].until) == ("Sertifikat HTTPS", date(2027, 1, 31))
    assert {area.name: area.checked for area in report.areas}["Berkas: pintu belakang, berubah, tidak dikenal"] is False
    assert (report.proofs, report.shown) == ((), "")
    assert report.ended_at == office.register.case(asked).maintained_at
    office.register.act(asked, "pranata-1", "YA", "Dipaparkan")
    done = from_site.site_report(office.register, office.register.case(asked), TITLES)
    assert done.shown.startswith("Petugas Contoh Sembilan (Pelaksana/Pranata) pada ")
    assert {(each.status, each.sha256, each.off_host) for each in done.backups} == {("ok", "a" * 64, True)}
    assert len(done.backups) == web_host.backups, "of analysis, maintenance and result"
    assert web_host.done == ["host", "deploy", "domain", "tls"]


def test_what_a_plan_of_updates_came_to_stands_in_the_report_part_by_part(office: Office, asked: str) -> None:
    profile = b'{"versions": {"PHP": "8.2.28", "Plugin galeri": "1.0"}}'
    office.register.keep(profile, "profile", "x.json", "application/json", asked, SITE)
    plan = Plan("maintain", SITE, Ladder.B, "Perbarui 3 bagian", ("...",))
    put_forward(office, asked, plan, CLOCK)
    parts = (
        Part("Plugin galeri", "1.0", "2.0", "rolled_back", "status 500"),
        Part("Paket php8.2-fpm", "8.2.28-1", "8.2.29-1", "applied"),
        Part("Paket curl", "7.1", "7.2", "left"),
    )
    office.register.settle_plan(plan.hash, "rolled_back", Outcome("rolled_back", parts=parts).as_json(), CLOCK, asked)
    told = from_site.site_report(office.register, office.register.case(asked), TITLES)
    assert told.versions == (*(Version(*astuple(each)) for each in parts), Version("PHP", "8.2.28", "8.2.28"))
    assert [each.state for each in told.plans] == ["partly"]
    assert [each.text for each in told.recommendations] == [
        "Rencana belum terlaksana: Plugin galeri ke 2.0; Paket curl ke 7.2."
    ]
    (item,) = from_case.handover(office.register, office.register.case(asked)).items
    assert item.description == "Perbarui 3 bagian (sebagian)"
    again = Plan("maintain", SITE, Ladder.B, "Perbarui 2 bagian", ("...",))
    put_forward(office, asked, again, CLOCK)
    later = Outcome("applied", parts=tuple(replace(each, state="applied") for each in parts if each is not parts[1]))
    office.register.settle_plan(again.hash, "applied", later.as_json(), CLOCK, asked)
    assert from_site.site_report(office.register, office.register.case(asked), TITLES).recommendations == ()


def test_a_trial_restore_is_the_reports_proof(office: Office, asked: str) -> None:
    drill = b'{"passed": false, "how": "dimuat ke basis data sementara"}'
    office.register.keep(drill, "drill", "uji-pulih.json", "application/json", target=SITE)
    (proof,) = from_site.site_report(office.register, office.register.case(asked), TITLES).proofs
    assert (proof.passed, proof.how) == (False, "dimuat ke basis data sementara")


def test_one_site_that_fails_and_one_without_a_case_hold_up_no_other(
    office: Office, asked: str, web_host: WebHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, carry = yearly(office, "utara-web", "kec-utara"), cases.carry

    def carries(here: Office, case: str, **more: Any) -> cases.Carried:
        if case == lost:
            raise TargetError("utara-web", Reason.UNREACHABLE)
        return carry(here, case, **more)

    monkeypatch.setattr(maintenance.cases, "carry", carries)
    told: list[str] = []
    done = maintain_websites(office, ["utara-web", "disdik-web", SITE], "", lambda name, _: told.append(name))
    assert [(each.name, each.state) for each in done] == [
        ("utara-web", "stopped"),
        ("disdik-web", "none"),
        (SITE, "waiting"),
    ]
    assert "tidak terjangkau" in done[0].reason
    assert (done[2].case, sorted(told)) == (asked, sorted([SITE, "disdik-web", "utara-web"]))
    assert web_host.writes == 0


def test_sites_that_were_not_begun_in_time_are_left_for_another_run(
    office: Office, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "PARALLEL", 1)
    done = maintain_websites(office, [SITE, "disdik-web", "utara-web"], run_s=0)
    assert done[0].case == asked
    assert {each.state for each in done[1:]} == {"late"}


def test_a_case_of_another_site_is_refused(office: Office, asked: str) -> None:
    with pytest.raises(BadInput, match=asked):
        maintain_websites(office, ["disdik-web"], asked)


def test_the_command_says_where_each_case_stands_and_whose_turn_it_is(
    pelihara: Pelihara, asked: str, web_host: WebHost
) -> None:
    said = pelihara("website", "maintain", SITE, "--json")
    (row,) = said.json["websites"]
    assert (said.code, row["case"], row["status"], row["stands"]) == (0, asked, "waiting", "Langkah 6: Sub Koor SPA")
    assert [each["step"] for each in row["steps"]] == [6]
    told = pelihara("website", "maintain", "--all")
    assert told.code == 1
    for words in (asked, "menunggu giliran orang", "tanpa permohonan", "disdik-web: tidak ada permohonan yang terbuka"):
        assert words in told.out
    assert web_host.backups == 1
