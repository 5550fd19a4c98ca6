"""Releases on the real host: published, taken back, and a worker killed at every step."""

from __future__ import annotations

import itertools

import pytest

from playbooks.hosting import deploy, pages, rollback
from playbooks.hosting.connect import open_host
from playbooks.hosting.site import Site, SiteError
from playbooks.plans import ChangedSincePlan
from tests.lab.web import WebLab
from tests.playbooks.hosting import shapes
from tests.playbooks.hosting.steps import (
    allowed,
    deployed,
    fresh,
    front,
    hosted,
    install_wordpress,
    killed_at_command,
    static,
    visitor,
    wordpress,
)

pytestmark = pytest.mark.lab


def test_releases_are_published_replaced_and_a_broken_one_is_taken_back(web_lab: WebLab) -> None:
    site = static(web_lab, "statis", "v1")
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).status == "applied"
        assert "v1" in front(site)
        site = static(web_lab, "statis", "v2")
        assert deployed(site, shell).status == "applied"
        assert "v2" in front(site)
        assert deploy.plan(site, shell).changes == ()
        broken = web_lab.archive("statis-broken.tar.gz", {"index.html": "bukan yang diharapkan"})
        site = web_lab.site("statis", source=broken, health={"path": "/", "expect": "v3"})
        outcome = deployed(site, shell)
        assert outcome.status == "rolled_back"
        assert "v3" in outcome.detail
        assert "v2" in front(site)


def test_rolling_back_goes_to_the_last_release_that_was_good(web_lab: WebLab) -> None:
    with open_host(static(web_lab, "mundur", "v1").access) as shell:
        for text in ("v1", "v2"):
            site = static(web_lab, "mundur", text)
            hosted(site, shell)
            assert deployed(site, shell).ok
        site = web_lab.site("mundur", health={"path": "/", "expect": "v"})
        plan = rollback.plan(site, shell)
        assert rollback.apply(plan, site, shell, allowed).status == "applied"
        assert "v1" in front(site)
        assert rollback.apply(plan, site, shell, allowed).status == "unchanged"
        with pytest.raises(SiteError):
            rollback.plan(site, shell)


def test_old_releases_go_but_never_the_served_one(web_lab: WebLab) -> None:
    with open_host(static(web_lab, "banyak", "v1").access) as shell:
        hosted(static(web_lab, "banyak", "v1"), shell)
        for number in range(1, 7):
            site = static(web_lab, "banyak", f"v{number}")
            assert deployed(site, shell).ok
        held = shell.run("ls", site.layout.releases).split()
        assert [name[:4] for name in held] == ["0003", "0004", "0005", "0006"]
        assert "v6" in front(site)


def test_another_state_than_the_plan_was_made_from_stops_it(web_lab: WebLab) -> None:
    with open_host(static(web_lab, "berubah", "v1").access) as shell:
        site = static(web_lab, "berubah", "v1")
        hosted(site, shell)
        assert deployed(site, shell).ok
        later = static(web_lab, "berubah", "v3")
        approved = deploy.plan(later, shell)
        assert deployed(static(web_lab, "berubah", "v2"), shell).ok
        with pytest.raises(ChangedSincePlan):
            deploy.apply(approved, later, shell, allowed)
        assert "v2" in front(site)


def test_an_archive_that_is_not_the_agreed_one_never_reaches_the_host(web_lab: WebLab) -> None:
    site = static(web_lab, "palsu", "v1")
    (web_lab.folder / "palsu-v1.tar.gz").write_bytes(b"other")
    with open_host(site.access) as shell:
        with pytest.raises(SiteError, match="SHA-256"):
            deployed(site, shell)
        assert not shell.holds("test", "-e", site.layout.base)


def test_no_visitor_meets_a_broken_release(web_lab: WebLab) -> None:
    with open_host(static(web_lab, "ramai", "v1").access) as shell:
        site = static(web_lab, "ramai", "v1")
        hosted(site, shell)
        assert deployed(site, shell).ok
        broken = web_lab.site(
            "ramai", source=web_lab.archive("ramai-x.tar.gz", {"index.html": "x"}), health={"path": "/", "expect": "v2"}
        )
        with visitor(site) as seen:
            assert deployed(broken, shell).status == "rolled_back"
            assert deployed(static(web_lab, "ramai", "v2"), shell).status == "applied"
        assert len(seen) > 20
        assert set(seen) == {"<h1>v1</h1>", "<h1>v2</h1>"}


def test_a_broken_wordpress_is_taken_back_and_no_visitor_meets_it(web_lab: WebLab) -> None:
    site = wordpress(web_lab, "berita")
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        install_wordpress(site, web_lab, "Berita Dinas")
        fatal = web_lab.light_wordpress({"wp-content/mu-plugins/rilis.php": "<?php tidak_ada();"})
        good = web_lab.light_wordpress({"wp-content/mu-plugins/rilis.php": "<?php header('X-Rilis: 2');"})
        health = {"path": "/", "expect": "Berita Dinas"}
        with visitor(site) as seen:
            assert deployed(wordpress(web_lab, "berita", source=fatal, health=health), shell).status == "rolled_back"
            assert deployed(wordpress(web_lab, "berita", source=good, health=health), shell).status == "applied"
        assert pages.follow(site).headers["x-rilis"] == "2"
        assert len(seen) > 8
        assert all("Berita Dinas" in page for page in seen), [page[:200] for page in seen if "Berita Dinas" not in page]


def migrating(lab: WebLab, version: int) -> Site:
    """A site whose every release has a migration that the one before does not know."""
    migration = {f"{version + 100:04d}.sql": f"alter table catatan add column if not exists k{version} int"}
    files = shapes.laravel(f"v{version}", migration)
    source = lab.archive(f"bunuh-{version}.tar.gz", files)
    database = {"engine": "mariadb", "name": "bunuh_web"}
    return lab.site("bunuh", kind="laravel", source=source, database=database, health={"expect": f"v{version} awal"})


def test_a_worker_killed_at_every_command_leaves_a_site_and_a_second_run_finishes_it(web_lab: WebLab) -> None:
    """Every step there is: dump, migration, preparation, proof, switch, retention."""
    version = 0
    site = migrating(web_lab, version)
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
    for number in itertools.count(1):
        codes = set()
        for midway in (False, True):
            version += 1
            codes.add(deploy_killed(migrating(web_lab, version), number, midway, version))
        if codes == {0}:
            break
        assert codes == {-9}
    assert number > 20, "every command of a deploy was tried"


def deploy_killed(site: Site, number: int, midway: bool, version: int) -> int:
    """A deploy killed at a command, and its second run; the exit code of the first."""
    with open_host(site.access) as shell:
        approved = deploy.plan(site, shell)
    code = killed_at_command(lambda: deploy.apply(approved, site, fresh(site), allowed), number, midway)
    assert front(site) in {f"<h1>v{version - 1} awal</h1>", f"<h1>v{version} awal</h1>"}, number
    with open_host(site.access) as shell:
        outcome = deploy.apply(approved, site, shell, allowed)
        assert outcome.ok, (number, outcome)
        assert deploy.plan(site, shell).changes == ()
    assert front(site) == f"<h1>v{version} awal</h1>"
    return code
