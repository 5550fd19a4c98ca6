"""Certificates by dns-01 from a real ACME server, proven through real name servers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from playbooks.hosting import certificates, domain, nameservers, tls
from playbooks.hosting.connect import open_host
from playbooks.hosting.records import Key
from playbooks.hosting.site import Site
from tests.lab.core import until
from tests.lab.web import WebLab
from tests.playbooks.hosting.steps import allowed, deployed, hosted, static

pytestmark = pytest.mark.lab

NO_CA = "https://10.99.0.14:14999/dir"


def left_over(site: Site) -> dict[Key, object]:
    """What is still there to be proven with."""
    servers = nameservers.authoritative(*site.zone)
    return {key: held for each in servers for key, held in each.everything([f"_acme-challenge.{site.domain}"]).items()}


def test_a_wildcard_is_proven_by_dns_and_no_failure_touches_the_one_that_is_served(
    web_lab: WebLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = static(web_lab, "bintang", "v1", tls={"issuer": "acme", "challenge": "dns-01", "wildcard": True})
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        assert domain.apply(domain.plan(site), site, allowed).ok
        approved = tls.plan(site, shell)
        assert f"_acme-challenge.{site.domain} TXT" in approved.changes[0]
        issued = tls.apply(approved, site, shell, allowed)
        assert issued.status == "applied", issued.detail
        served = certificates.served(site)
        assert set(served.names) == {site.domain, f"*.{site.domain}"}
        assert certificates.distrust(site, served) == ""
        assert tls.plan(site, shell).changes == ()
        until(lambda: left_over(site) == {}, "the proof is gone from every server")

        monkeypatch.setattr(certificates, "now", lambda: served.until - timedelta(days=20))
        no_ca = site.inventory.model_copy(update={"acme": site.acme.model_copy(update={"directory": NO_CA})})
        stranded = replace(site, inventory=no_ca)
        assert tls.apply(tls.plan(stranded, shell), stranded, shell, allowed).status == "failed"
        monkeypatch.setattr(nameservers, "SETTLE_S", 1.0)
        web_lab.name_server.second.stop()
        try:
            assert tls.apply(approved, site, shell, allowed).status == "failed"
        finally:
            web_lab.name_server.second_again()
            monkeypatch.setattr(nameservers, "SETTLE_S", 60.0)
        assert certificates.served(site).serial == served.serial
        until(lambda: left_over(site) == {}, "the proof is gone from every server")
        assert tls.apply(approved, site, shell, allowed).status == "applied"
        assert certificates.served(site).serial != served.serial
