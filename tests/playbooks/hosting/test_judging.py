"""What is decided from what was read: releases, backups, certificates, pages, records."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.credentials import Login
from inventory.models import WebsiteKind
from playbooks.findings import Reason, TargetError
from playbooks.hosting import backup, check, files, health, names, releases
from playbooks.hosting.certificates import Certificate
from playbooks.hosting.connect import HostAccess, open_host
from playbooks.hosting.journal import Journal, carry_out, still_due
from playbooks.hosting.kinds import KINDS
from playbooks.hosting.records import Key, RecordSet
from playbooks.hosting.releases import KEPT, Releases
from playbooks.hosting.session import Answer
from playbooks.hosting.site import SiteError
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Plan
from tests.playbooks.hosting.doubles import SHA256, site

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NAMES = st.builds(lambda number, hash: f"{number:04d}-{hash:012x}", st.integers(1, 99999), st.integers(0, 16**12 - 1))


@given(st.sets(NAMES), st.data())
def test_retention_never_names_the_served_or_the_last_good_release(present: set[str], data: st.DataObject) -> None:
    some = st.sampled_from([*sorted(present), ""])
    state = Releases(data.draw(some), data.draw(some), tuple(present), tuple(present))
    surplus = state.surplus()
    assert not {state.current, state.last_good} & set(surplus)
    assert len(present - set(surplus)) <= KEPT + 2


@given(st.text())
def test_hostile_listings_give_only_names_of_releases(output: str) -> None:
    state = releases.parse(output)
    for name in (state.current, state.last_good, *state.present, *state.proven):
        assert name == "" or releases.is_name(name)


def test_a_new_release_gets_the_next_number_and_a_known_one_its_own() -> None:
    old, new = "0001-0123456789ab", "0002-aaaaaaaaaaaa"
    state = releases.parse("\n".join((new, new, old, new, "/", old)))
    assert state.name_for(SHA256) == "0001-0123456789ab"
    assert state.name_for("f" * 64) == "0003-ffffffffffff"
    assert state.before == "0001-0123456789ab"


@given(st.text())
def test_hostile_markers_are_no_backups(marker: str) -> None:
    assert backup.parse(f"20261121T000000Z\n{marker}", site()) == []


def test_a_marker_of_another_site_or_folder_is_no_backup() -> None:
    texts = {"site": "portal", "release": "", "files_sha256": "a", "database_sha256": ""}
    marker = {**texts, "bytes": 1, "at": NOW.isoformat()}
    assert len(backup.parse(f"20261121T000000Z\n{json.dumps(marker)}", site())) == 1
    assert backup.parse(f"../x\n{json.dumps(marker)}", site()) == []
    for wrong in ({"site": "lain"}, {"release": "../../etc"}, {"at": "2026-11-21"}, {"bytes": "x"}):
        assert backup.parse(f"20261121T000000Z\n{json.dumps({**marker, **wrong})}", site()) == []


def certificate(days: int, left: int, *names: str) -> Certificate:
    until = NOW + timedelta(days=left)
    return Certificate("1", names or ("portal.contoh.test",), until - timedelta(days=days), until, b"")


@pytest.mark.parametrize(("left", "due"), [(60, False), (31, False), (29, True), (0, True), (-1, True)])
def test_renewal_is_due_in_the_last_third_of_a_life(left: int, due: bool) -> None:
    assert certificate(90, left).renewal_due(NOW) is due


@pytest.mark.parametrize(
    ("names", "covers"),
    [(("portal.contoh.test",), True), (("*.contoh.test",), True), (("*.test",), False), (("contoh.test",), False)],
)
def test_a_wildcard_covers_one_label(names: tuple[str, ...], covers: bool) -> None:
    assert certificate(90, 60, *names).covers("portal.contoh.test") is covers


@pytest.mark.parametrize(
    ("shown", "distrust", "codes"),
    [
        (certificate(90, 60), "", []),
        (certificate(90, 10), "", ["tls.expiring"]),
        (certificate(90, -1), "", ["tls.expired"]),
        (certificate(90, 60, "lain.test"), "", ["tls.hostname"]),
        (certificate(90, 60), "self-signed certificate", ["tls.untrusted"]),
    ],
)
def test_each_fault_of_a_certificate_has_its_finding(shown: Certificate, distrust: str, codes: list[str]) -> None:
    found = check.judge_certificate("https://portal.contoh.test/", "portal.contoh.test", shown, distrust, NOW)
    assert [finding.code for finding in found] == codes


@pytest.mark.parametrize(
    ("records", "codes"),
    [
        ({}, ["dns.missing"]),
        ({"A": ["127.0.0.1"]}, []),
        ({"A": ["127.0.0.1", "192.0.2.9"]}, ["dns.mismatch"]),
        ({"AAAA": ["2001:db8::1"]}, ["dns.mismatch"]),
    ],
)
def test_each_fault_of_dns_has_its_finding(records: dict[str, list[str]], codes: list[str]) -> None:
    held = {Key(site().domain, kind): RecordSet(60, tuple(values)) for kind, values in records.items()}
    assert [finding.code for finding in names.judge_records(site(), held)] == codes


def page(body: str = "Dinas", status: int = 200, seconds: float = 0.1, url: str = "") -> Answer:
    headers = {name.lower(): "x" for name in check.HEADERS}
    return Answer(url or "http://portal.contoh.test/", status, headers, body.encode(), seconds=seconds)


def test_each_fault_of_a_page_has_its_finding() -> None:
    healthy = site(health={"path": "/", "expect": "Dinas"})

    def codes(answer: Answer) -> list[str]:
        return [finding.code for finding in check.judge(healthy, answer)]

    assert codes(page()) == []
    assert codes(page(status=502)) == ["http.error"]
    assert codes(page("judi")) == ["http.error"]
    assert codes(page(seconds=9)) == ["http.slow"]
    assert codes(page(url="https://portal.contoh.test/")) == ["headers.missing"]


def test_a_new_wordpress_shows_its_installer_and_is_healthy() -> None:
    new = site(kind="wordpress", database={"engine": "mariadb", "name": "x"}, health={"path": "/", "expect": "Dinas"})
    installer = page("Welcome", url="http://portal.contoh.test/wp-admin/install.php")
    assert health.judge(new, installer) == ""
    assert health.judge(new, page("Error establishing a database connection", url=installer.url)) != ""
    assert health.judge(site(health={"path": "/", "expect": "Dinas"}), installer) != ""


def test_a_kind_that_cannot_be_hosted_yet_can_be_checked() -> None:
    other = site(kind="laravel", health={"path": "/", "expect": "Dinas"})
    assert list(check.judge(other, page())) == []


def test_the_zone_is_the_longest_suffix() -> None:
    assert site().zone[0] == "contoh.test"
    assert site(domain="lain.test").zone[0] == "test"
    assert site(domain="bukancontoh.test").zone[0] == "test"
    with pytest.raises(SiteError):
        _ = site(domain="contoh.go.id").zone


def plan(*changes: str, **details: str) -> Plan:
    return Plan("host", "portal", Ladder.A, "", changes, details=dict(details))


def test_what_is_left_of_an_approved_plan_may_be_done_and_nothing_else() -> None:
    approved = plan("a", "b", x="1")
    assert still_due(approved, approved)
    assert still_due(approved, plan("b", x="1"))
    assert not still_due(approved, plan(x="1"))
    another_action = Plan("tls", "portal", Ladder.A, "", ("a",), details={"x": "1"})
    for other in (plan("a", "c", x="1"), plan("a", x="2"), another_action):
        with pytest.raises(ChangedSincePlan):
            still_due(approved, other)


def test_a_withdrawn_permit_stops_before_the_write() -> None:
    done: list[str] = []

    def work() -> Outcome:
        with journal.write("x"):
            done.append("x")
        return journal.outcome("applied")

    def withdrawn() -> None:
        raise PermissionError

    journal = Journal(withdrawn)
    with pytest.raises(PermissionError):
        carry_out(plan("x"), plan("x"), journal, work)
    assert done == []


@pytest.mark.parametrize("tls", [False, True])
def test_a_wordpress_configuration_holds_no_secret_and_never_changes_by_itself(tls: bool) -> None:
    wordpress = site(kind="wordpress", database={"engine": "mariadb", "name": "portal_web"}, tls={"issuer": "acme"})
    texts = files.wanted(wordpress, tls)
    assert texts == files.wanted(wordpress, tls)
    nginx, config = texts[files.web_path(wordpress)], texts[f"{wordpress.layout.shared}/wp-config.php"]
    assert ("listen 443 ssl" in nginx) is tls
    assert f"'{'https' if tls else 'http'}://portal.contoh.test'" in config
    assert "DB_PASSWORD" not in config
    assert "$realpath_root" in nginx


def test_a_static_site_never_shows_php_source() -> None:
    nginx = files.wanted(site(), tls=False)[files.web_path(site())]
    assert r"location ~* \.(php|phar|phtml)$ { return 404; }" in nginx


def test_an_unprivileged_host_gets_no_user_in_its_pool() -> None:
    php = site(kind="php", host={"commands": {"sudo": False}, "http_port": 8080})
    texts = files.wanted(php, tls=False)
    assert "user =" not in texts[files.pool_path(php)]
    assert "listen 8080;" in texts[files.web_path(php)]
    assert php.url("http", "/") == "http://portal.contoh.test:8080/"


@pytest.mark.parametrize("kind", [name for name in get_args(WebsiteKind) if name != "static"])
def test_every_kind_of_the_inventory_can_be_hosted_and_shows_neither_its_code_nor_its_settings(kind: str) -> None:
    of = site(kind=kind, database={"engine": "mariadb", "name": "portal_web"})
    nginx = files.wanted(of, tls=False)[files.web_path(of)]
    inside = [name for name in of.kind.secrets if name.split("/")[0] in of.shared]
    rules = re.findall(r"location ~ (\S+) \{ return 404", nginx)
    for name in () if of.kind.docroot else (*inside, *of.kind.links):
        assert any(re.match(rule, f"/{name}") for rule in rules), name
    for text in files.secret_templates(of).values():
        assert "@" in text


def test_no_template_of_settings_asks_for_a_secret() -> None:
    for kind in KINDS:
        of = site(kind=kind, database={"engine": "mariadb", "name": "portal_web"})
        assert not re.search("@(password|hex|base64)@", "".join(files.wanted(of, tls=True).values()))


def test_no_secret_of_a_host_stands_in_its_representation(tmp_path: Path) -> None:
    login = Login("deploy", password="sandi-rahasia", key_path=tmp_path / "key")
    shown = repr(HostAccess("web-1", site().host, login, tmp_path / "known_hosts"))
    assert "sandi-rahasia" not in shown


@pytest.mark.parametrize("known_hosts", ["", "bukan kunci\n\x00\xff"])
def test_a_host_that_is_not_there_is_unreachable(tmp_path: Path, known_hosts: str) -> None:
    (tmp_path / "known_hosts").write_text(known_hosts)
    nobody = HostAccess("web-1", site(host={"port": 9}).host, Login("deploy", password="x"), tmp_path / "known_hosts")
    with pytest.raises(TargetError) as missing, open_host(nobody):
        pass
    assert missing.value.reason is Reason.UNREACHABLE
