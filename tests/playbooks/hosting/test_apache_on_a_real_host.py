"""The same playbooks where the web server is Apache: php-fpm through proxy_fcgi, ACME, HTTPS, a broken release."""

from __future__ import annotations

import pytest

from playbooks.hosting import backup, certificates, deploy, domain, drill, files, host, pages, tls
from playbooks.hosting.connect import open_host
from playbooks.hosting.site import Site
from tests.lab.web import APACHE, WebLab
from tests.playbooks.hosting import shapes
from tests.playbooks.hosting.steps import (
    allowed,
    deployed,
    front,
    hosted,
    install_wordpress,
    static,
    visitor,
    wordpress,
)

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("apache")]


def test_wordpress_on_apache_meets_no_broken_release_and_shows_a_new_one_at_once(web_lab: WebLab) -> None:
    def site(text: str, expect: str = "Apa Kabar") -> Site:
        source = web_lab.light_wordpress({"wp-content/mu-plugins/rilis.php": f"<?php {text}"})
        return wordpress(web_lab, "apache", host="web-2", source=source, health={"path": "/", "expect": expect})

    first = site("header('X-Rilis: 1');", "")
    with open_host(first.access) as shell:
        hosted(first, shell)
        assert host.plan(first, shell).changes == ()
        assert deployed(first, shell).ok
        assert pages.fetch(first, "http").headers["server"].startswith("Apache")
        install_wordpress(first, web_lab, "Apa Kabar", APACHE)
        with visitor(first) as seen:
            assert deployed(site("tidak_ada();"), shell).status == "rolled_back"
            assert deployed(site("header('X-Rilis: 2');"), shell).status == "applied"
            assert pages.follow(first).headers["x-rilis"] == "2", "no cached path of the release before"
        assert len(seen) > 8
        assert all("Apa Kabar" in page for page in seen), [page[:200] for page in seen if "Apa Kabar" not in page]
        shell.write(f"{first.layout.shared}/wp-content/uploads/pintu.php", "<?php echo 'masuk';")
    for path in ("/wp-content/uploads/pintu.php", "/wp-config.php", "/.git/config"):
        assert pages.fetch(first, "http", path).status == 404, path


def test_a_laravel_on_apache_shows_its_front_controller_only(web_lab: WebLab) -> None:
    fields = {"database": {"engine": "mariadb", "name": "aplikasi_web"}, "health": {"expect": "satu awal"}}
    source = web_lab.archive("aplikasi.tar.gz", shapes.laravel("satu"))
    site = web_lab.site("aplikasi", kind="laravel", host="web-2", source=source, **fields)
    with open_host(site.access) as shell:
        hosted(site, shell)
        outcome = deployed(site, shell)
        assert outcome.status == "applied", outcome
        backup.back_up(site, shell)
        drilled = drill.drill(site, shell)
        assert drilled.passed, drilled
    for path in ("/", "/berita/1", "/index.php/berita/1"):
        assert "satu awal" in pages.fetch(site, "http", path).text, path
    for path in ("/lain.php", "/.env", "/artisan", "/../.env"):
        assert "APP_KEY" not in pages.fetch(site, "http", path).text, path
    assert pages.fetch(site, "http", "/lain.php").status == 404


def test_a_certificate_is_issued_and_served_by_apache(web_lab: WebLab) -> None:
    site = static(web_lab, "aman-apache", "v1", host="web-2", tls={"issuer": "acme"})
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        assert domain.apply(domain.plan(site), site, allowed).ok
        issued = tls.apply(tls.plan(site, shell), site, shell, allowed)
        assert issued.status == "applied", issued.detail
        assert certificates.distrust(site, certificates.served(site)) == ""
        assert pages.fetch(site, "http", "/berita?x=1").beyond == f"https://{site.domain}/berita?x=1"
        assert front(site).startswith("<h1>v1")
        assert host.plan(site, shell).changes == ()
        assert tls.plan(site, shell).changes == ()
        assert deploy.plan(site, shell).changes == ()


def test_a_configuration_that_apache_refuses_is_put_back(web_lab: WebLab, monkeypatch: pytest.MonkeyPatch) -> None:
    site = static(web_lab, "rusak-apache", "v1", host="web-2")
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        bad = {path: text.replace("ServerName", "ServerNema") for path, text in files.wanted(site, tls=False).items()}
        with monkeypatch.context() as patch:
            patch.setattr(files, "wanted", lambda *_, **__: bad)
            outcome = host.apply(host.plan(site, shell), site, shell, allowed)
        assert outcome.status == "failed"
        assert "ServerNema" in outcome.detail
        assert host.plan(site, shell).changes == ()
        assert "v1" in front(site)
