"""A site whose PHP runs as a system user of its own: made ready by root's commands, closed to its neighbours."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from playbooks.findings import TargetError
from playbooks.hosting import account, backup, deploy, drill, host, pages
from playbooks.hosting.connect import open_host
from playbooks.hosting.intruders import timetable
from playbooks.hosting.site import Site
from tests.lab.core import run
from tests.lab.web import LOGIN, WebLab
from tests.playbooks.hosting import shapes
from tests.playbooks.hosting.steps import allowed, deployed, front, hosted

pytestmark = pytest.mark.lab

PAGE = """<?php
file_put_contents(dirname(__FILE__) . '/berkas/kunjungan.txt', "satu\n", FILE_APPEND);
echo 'PHP berjalan sebagai ' . posix_getpwuid(posix_geteuid())['name'];
"""


def visited(lab: WebLab, slug: str, **entry: str) -> Site:
    """A PHP site that writes down its visits and says as whom it runs."""
    archive = lab.archive(f"{slug}.tar.gz", {"index.php": PAGE})
    return lab.site(slug, kind="php", source=archive, shared=["berkas"], health={"path": "/", "expect": "PHP"}, **entry)


def told(site: Site) -> str:
    """Root's commands that the refusal names, of hosting and of a deploy alike."""
    said = set()
    with open_host(site.access) as shell:
        for plan in (host.plan, deploy.plan):
            with pytest.raises(TargetError) as refused:
                plan(site, shell)
            said.add(refused.value.detail)
    (one,) = said
    assert one.startswith(f"{site.slug}: PHP belum dapat berjalan sebagai {site.web_user} (web_user).")
    return one.rpartition("sebagai root: ")[2]


def made_ready(site: Site) -> None:
    run("sh", "-euc", told(site))


def can_read(user: str, path: Path) -> bool:
    done = subprocess.run(["runuser", "-u", user, "--", "cat", str(path)], capture_output=True, check=False)
    return done.returncode == 0


def test_neighbours_with_users_of_their_own_do_not_see_each_others_files(web_lab: WebLab) -> None:
    sites = [visited(web_lab, slug, web_user=f"situs-{slug}") for slug in ("kiri", "kanan")]
    for site in sites:
        base = Path(site.layout.base)
        commands = told(site)
        assert commands.startswith(f"adduser --system --group --no-create-home {site.web_user}; ")
        assert not base.exists(), "a refused plan writes nothing"
        run("sh", "-euc", commands)
        with open_host(site.access) as shell:
            hosted(site, shell)
            assert deployed(site, shell).status == "applied"
            assert front(site) == f"PHP berjalan sebagai {site.web_user}"
            assert host.plan(site, shell).changes == ()
            assert (base / "shared/berkas/kunjungan.txt").owner() == site.web_user
    left, right = sites
    page = Path(left.layout.base) / "current/index.php"
    assert can_read(left.web_user, page)
    assert can_read("www-data", page), "the web server serves what is no PHP"
    assert not can_read(right.web_user, page)


def test_a_site_that_is_there_moves_to_a_user_of_its_own_only_with_its_files(web_lab: WebLab) -> None:
    site = visited(web_lab, "pindahan")
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
    assert front(site) == "PHP berjalan sebagai www-data"
    visits = Path(site.layout.base) / "shared/berkas/kunjungan.txt"

    site = visited(web_lab, "pindahan", web_user="situs-pindahan")
    run("adduser", "--system", "--group", "--no-create-home", site.web_user)
    assert told(site).startswith(f"adduser {LOGIN} {site.web_user}; adduser www-data {site.web_user}; ")
    assert front(site) == "PHP berjalan sebagai www-data", "what is refused changes nothing"
    made_ready(site)
    assert pages.eventually(lambda: front(site) == "PHP berjalan sebagai www-data"), "it is read until the plan's turn"
    with open_host(site.access) as shell:
        plan = host.plan(site, shell)
        assert [line.split()[1] for line in plan.changes] == ["/etc/php/8.2/fpm/pool.d/pelihara-pindahan.conf"]
        assert host.apply(plan, site, shell, allowed).ok
        before = visits.read_text()
        assert front(site) == f"PHP berjalan sebagai {site.web_user}"
        assert visits.read_text() == f"{before}satu\n", "it writes on in the files that it had"
        account.check(site, shell)


def test_a_database_site_of_its_own_user_is_backed_up_and_drilled_and_its_crontab_read(web_lab: WebLab) -> None:
    entry = {"database": {"engine": "mariadb", "name": "sendiri_web"}, "web_user": "situs-sendiri"}
    source = web_lab.archive("sendiri.tar.gz", shapes.laravel("satu"))
    health = {"path": "/", "expect": "satu awal"}
    site = web_lab.site("sendiri", kind="laravel", source=source, health=health, **entry)
    made_ready(site)
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        assert shell.run("stat", "-c", "%a %G", f"{site.layout.shared}/.env").split() == ["640", site.web_user]
        backup.back_up(site, shell)
        done = drill.drill(site, shell)
        assert done.passed, done
        assert timetable.read(site, shell).unread == (site.web_user,), "its sudoers line is not there yet"
        lines = [f"{LOGIN} ALL=(root) NOPASSWD: /usr/bin/crontab -u {site.web_user} {each}\n" for each in ("-l", "-")]
        Path("/etc/sudoers.d/pelihara-sendiri").write_text("".join(lines))
        run("crontab", "-u", site.web_user, "-", stdin="0 3 * * * php artisan schedule:run\n")
        tables = timetable.read(site, shell)
        assert tables.unread == ()
        assert tables.texts[site.web_user] == "0 3 * * * php artisan schedule:run\n"
