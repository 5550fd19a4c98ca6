"""The sentinel as a part of `website check`: a site of the inventory, asked of its own host."""

from __future__ import annotations

import pytest

from playbooks.hosting import check
from tests.playbooks.hosting.doubles import site
from tests.playbooks.hosting.sentinel.labelled import Case, served


@pytest.fixture(autouse=True)
def without_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are tests of their own."""
    monkeypatch.setenv("PATH", "")


@pytest.mark.parametrize(
    ("body", "found"), [("Dinas", set()), ("<a href='https://x.top'>slot gacor</a>", {"content.gambling"})]
)
def test_a_site_of_the_inventory_is_asked_of_its_own_host(body: str, found: set[str]) -> None:
    """Its host has an internal address, as the inventory says; no name is resolved for it."""
    case = Case("portal", "x", {"page": f"<html><p>{body}"}, {})
    with served([case]) as port:
        place = site(domain=case.host, host={"http_port": port})
        result = check.check(place, deadline_s=20)
    assert {each.code for each in result.findings if each.code.startswith("content.")} == found
    assert "content" in result.checked


def test_content_that_cannot_be_read_is_not_said_to_be_clean() -> None:
    result = check.check(site(host={"http_port": 9, "https_port": 9}), deadline_s=5)
    assert "content" not in result.checked
    assert "sambungan ditolak" in result.detail


def test_the_pages_that_an_alarm_is_about_are_kept_once_for_each_that_differs() -> None:
    case = Case("portal", "x", {"page": "<p>Dinas", "to_crawler": {"page": "<p>slot gacor maxwin"}}, {})
    with served([case]) as port:
        result = check.check(site(domain=case.host, host={"http_port": port}), deadline_s=20)
    assert {(copy.path, copy.data) for copy in result.copies} == {
        ("halaman depan, orang biasa", b"<p>Dinas"),
        ("halaman depan, perayap mesin pencari", b"<p>slot gacor maxwin"),
    }
