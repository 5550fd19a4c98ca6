"""Links that lead nowhere and parts without HTTPS, as the check of a site tells them."""

from __future__ import annotations

from playbooks.hosting import check, links
from playbooks.hosting.sentinel.page import take_apart
from tests.playbooks.hosting.doubles import site
from tests.playbooks.hosting.sentinel.labelled import Case, served

BODY = "<html><a href='/ada'>Ada</a><a href='/hilang'>Hilang</a><a href='/hilang#x'>Lagi</a><a href='#atas'>Atas</a>"


def test_a_dead_link_of_the_site_is_named_once() -> None:
    case = Case("portal", "x", {"page": BODY + "<a href='https://x.example/y'>Asing</a>", "files": {"/ada": "ya"}}, {})
    with served([case]) as port:
        result = check.check(site(domain=case.host, host={"http_port": port}), deadline_s=20)
    (found,) = [each for each in result.findings if each.code == "links.broken"]
    assert "1 dari 2 tautan" in found.evidence
    assert "Hilang" in found.evidence
    assert {"links", "mixed_content"} <= set(result.checked)


def test_a_site_whose_links_all_lead_somewhere_has_no_finding_of_them() -> None:
    case = Case("portal", "x", {"page": "<html><a href='/ada'>Ada</a>", "files": {"/ada": "ya"}}, {})
    with served([case]) as port:
        result = check.check(site(domain=case.host, host={"http_port": port}), deadline_s=20)
    assert not [each for each in result.findings if each.code == "links.broken"]


PARTS = "<script src='http://a.example/x.js'></script><link rel=stylesheet href='http://b.example/y.css'><a href='http://c'>c</a>"


def test_parts_of_an_https_page_that_come_without_it_are_counted() -> None:
    (found,) = links.mixed(take_apart(PARTS, "https://dinas.contohkab.go.id/"))
    assert (found.code, "2 bagian" in found.evidence) == ("mixed_content", True)


def test_a_page_without_https_or_with_nothing_but_https_has_no_mixed_content() -> None:
    assert not list(links.mixed(take_apart(PARTS, "http://dinas.contohkab.go.id/")))
    assert not list(links.mixed(take_apart("<script src='/x.js'></script>", "https://dinas.contohkab.go.id/")))
