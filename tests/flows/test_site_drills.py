"""Restore drills of websites: kept as evidence, due by what the register knows, told in a check."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flows.jobs import site_drills, websites
from flows.office import Office
from playbooks.findings import Reason, TargetError
from playbooks.hosting.drill import Drill
from playbooks.hosting.site import SiteError
from tests.flows.conftest import Pelihara
from tests.flows.machines import WebHost, web_host

__all__ = ["web_host"]
SITE = "dinkes-web"
GOOD = Drill("20261121T000000Z", True, "dibuka ke folder sementara", seconds=1.0)
BAD = Drill("20261121T000000Z", False, "dibuka ke folder sementara", "/: status 500", 1.0)


Coming = list[Drill | Exception]


pytestmark = pytest.mark.usefixtures("web_host")


@pytest.fixture
def coming(monkeypatch: pytest.MonkeyPatch) -> Coming:
    """What the next drill on the host comes to: the last of these."""
    coming: Coming = [GOOD]

    def drill(*_: object) -> Drill:
        if isinstance(coming[-1], Exception):
            raise coming[-1]
        return coming[-1]

    monkeypatch.setattr(site_drills, "drill", drill)
    return coming


@pytest.mark.usefixtures("coming")
def test_a_drill_is_evidence_and_due_again_after_a_month(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert site_drills.due(office) == [], "nothing is due without a backup"
    websites.back_up_websites(office, [SITE])
    assert site_drills.due(office) == [SITE]
    (done,) = site_drills.drill_websites(office, site_drills.due(office))
    assert (done.status, done.version) == ("ok", GOOD.version)
    assert office.register.last_drills([SITE])[SITE].passed
    assert site_drills.due(office) == []
    now = office.register.clock()
    monkeypatch.setattr(office.register, "clock", lambda: now + timedelta(days=31))
    assert site_drills.due(office) == [SITE]
    rows = [(row.action, row.detail.get("why")) for row in office.register.audit_rows(SITE)]
    assert ("lease.taken", "uji pulih") in rows


def test_a_failed_drill_is_due_again_and_told_to_the_check(
    office: Office, coming: Coming, monkeypatch: pytest.MonkeyPatch
) -> None:
    websites.back_up_websites(office, [SITE])
    coming.append(BAD)
    assert [each.status for each in site_drills.drill_websites(office, [SITE])] == ["failed"]
    assert site_drills.due(office) == [SITE]
    told: list[object] = []
    check = websites.check.check
    monkeypatch.setattr(websites.check, "check", lambda *about: (told.append(about[-1]), check(*about))[1])
    websites.check_websites(office, [SITE])
    assert told == [office.register.last_drills([SITE])[SITE].at]
    coming.append(GOOD)
    site_drills.drill_websites(office, [SITE])
    websites.check_websites(office, [SITE])
    assert told[1:] == [None]


@pytest.mark.parametrize(
    "trouble",
    [TargetError("web-1", Reason.ERROR, "ruang disk tidak cukup"), SiteError("tidak ada cadangan yang selesai")],
)
def test_what_cannot_be_drilled_says_nothing_of_the_backup(
    office: Office, coming: Coming, pelihara: Pelihara, trouble: Exception
) -> None:
    coming.append(trouble)
    said = pelihara("website", "drill", SITE, "--json")
    assert said.code == 1
    (told,) = said.json["websites"]
    assert told["status"] == "untested"
    assert "tidak" in told["detail"]
    assert office.register.last_drills([SITE]) == {}


@pytest.mark.usefixtures("coming")
def test_a_site_at_which_somebody_works_is_not_drilled(office: Office, web_host: WebHost, pelihara: Pelihara) -> None:
    with office.register.lease(SITE, "pranata-1", "deploy", 60):
        (held,) = site_drills.drill_websites(office, [SITE])
    web_host.locked = "siapa: operator"
    (locked,) = site_drills.drill_websites(office, [SITE])
    assert [held.status, locked.status] == ["untested", "untested"]
    assert "operator" in locked.detail
    web_host.locked = ""
    assert "terbukti pulih" in pelihara("website", "drill", SITE).out


@pytest.mark.usefixtures("coming")
def test_a_run_begins_no_drill_after_its_time(office: Office) -> None:
    assert site_drills.drill_websites(office, [SITE], run_s=-1) == []
