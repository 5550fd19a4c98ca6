"""Each kind of website in its framework's shape on the real host: hosted, deployed, migrated, taken back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from playbooks.findings import TargetError
from playbooks.hosting import backup, check, deploy, host, lock, pages, restore
from playbooks.hosting.connect import Shell, open_host
from playbooks.hosting.site import Site, SiteError
from tests.lab.web import WebLab
from tests.playbooks.hosting import shapes
from tests.playbooks.hosting.steps import allowed, deployed, front, hosted, visitor

pytestmark = pytest.mark.lab


def release(lab: WebLab, slug: str, kind: str, files: dict[str, str], expect: str, **entry: Any) -> Site:
    """A website of a kind with a database, whose health page must show `expect`."""
    database = {"engine": "mariadb", "name": f"{slug}_web"}
    source = lab.archive(f"{slug}-{expect.replace(' ', '-')}.tar.gz", files)
    fields = {"source": source, "database": database, "health": {"path": "/", "expect": expect}, **entry}
    return lab.site(slug, kind=kind, **fields)


def status(site: Site, path: str) -> int:
    return pages.fetch(site, "http", path).status


@pytest.mark.parametrize(
    ("kind", "files", "said"),
    [
        ("laravel", shapes.laravel("satu"), "satu awal"),
        ("codeigniter", shapes.codeigniter("satu"), "satu awal"),
        ("codeigniter3", shapes.codeigniter3("satu"), "satu codeigniter3_web"),
        ("opensid", shapes.opensid("satu"), "satu Desa Contoh"),
    ],
)
def test_each_kind_comes_up_and_a_second_run_changes_nothing(
    web_lab: WebLab, kind: str, files: dict[str, str], said: str
) -> None:
    site = release(web_lab, kind, kind, files, said)
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert host.plan(site, shell).changes == ()
        outcome = deployed(site, shell)
        assert outcome.status == "applied", outcome
        assert said in front(site)
        assert said in pages.fetch(site, "http", "/tidak/ada/berkasnya").text, "other URLs go to index.php"
        assert said in pages.fetch(site, "http", "/index.php/berita/1").text
        before = state(site, shell)
        assert deployed(site, shell).status == "unchanged"
        assert host.apply(host.plan(site, shell), site, shell, allowed).status == "unchanged"
        assert state(site, shell) == before
    private = (
        "/.env",
        "/artisan",
        "/application/sql.txt",
        "/lain.php",
        "/desa/upload/contoh.php",
        "/desa/arsip/surat.txt",
    )
    for path in private:
        page = pages.fetch(site, "http", path)
        assert page.status == 404 or said in page.text, path
        assert "rahasia" not in page.text


def state(site: Site, shell: Shell) -> str:
    """Every file of a site with its mode and time of change; what PHP writes at each visit is left out."""
    base = site.layout.base
    return shell.run("find", base, "-not", "-path", f"{base}/shared/*", "-printf", "%p %m %u:%g %T@ %l\n")


def test_the_key_of_a_laravel_stays_on_the_host_and_outlives_its_releases(web_lab: WebLab) -> None:
    site = release(web_lab, "kunci", "laravel", shapes.laravel("satu"), "satu awal")
    env = f"{site.layout.shared}/.env"
    with open_host(site.access) as shell:
        plan = host.plan(site, shell)
        outcome = host.apply(plan, site, shell, allowed)
        deploy_plan = deploy.plan(site, shell)
        deploy_outcome = deploy.apply(deploy_plan, site, shell, allowed)
        text = shell.read(env)
        key = text.split("APP_KEY=base64:")[1].splitlines()[0]
        assert len(key) == 44
        assert shell.run("stat", "-c", "%a %G", env).split() == ["640", "www-data"]
        told = json.dumps([plan.details, deploy_plan.details, str(outcome), str(deploy_outcome)])
        assert key not in told

        shell.write(env, text.replace("APP_DEBUG=false", "APP_DEBUG=true") + "MAIL_HOST=surel.lab.test\n")
        changed = host.plan(site, shell)
        assert [line for line in changed.changes if ".env" in line]
        assert host.apply(changed, site, shell, allowed).status == "applied"
        again = shell.read(env)
        assert f"APP_KEY=base64:{key}\n" in again
        assert "MAIL_HOST=surel.lab.test" in again
        assert "APP_DEBUG=true" not in again

        kept = backup.back_up(site, shell)
        inside = shell.run("tar", "-tzf", f"{kept.path}/files.tar.gz")
        assert "shared/.env" not in inside
        assert "cache/config.php" not in inside
        assert "public/index.php" in inside


def test_a_failed_migration_and_a_release_that_breaks_after_it_leave_the_database_as_it_was(web_lab: WebLab) -> None:
    site = release(web_lab, "migrasi", "laravel", shapes.laravel("satu"), "satu awal")
    wrong = {"0003.sql": "insert into catatan (teks) values ('baru');", "0004.sql": "drop table tidak_ada;"}
    drops = {"0003.sql": "alter table catatan drop column teks;"}
    good = {"0003.sql": "insert into catatan (teks) values ('baru');"}
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        before = web_lab.sql("select * from migrasi_web.catatan; select * from migrasi_web.migrations")
        with visitor(site) as seen:
            half = release(web_lab, "migrasi", "laravel", shapes.laravel("dua", wrong), "dua baru")
            outcome = deployed(half, shell)
            assert outcome.status == "rolled_back", outcome
            assert outcome.detail.startswith("php artisan migrate --force --no-interaction berhenti dengan kode 255: ")
            assert "tidak_ada" in outcome.detail
            assert "Stack trace" not in outcome.detail
            assert web_lab.sql("select * from migrasi_web.catatan; select * from migrasi_web.migrations") == before
            assert "baru" in web_lab.sql("select teks from migrasi_web__failed.catatan")
        assert set(seen) <= {"<h1>satu awal</h1>", "<h1>satu baru</h1>"}, "the old release answered all the time"
        broken = release(web_lab, "migrasi", "laravel", shapes.laravel("tiga", drops), "tiga awal")
        assert deployed(broken, shell).status == "rolled_back"
        assert web_lab.sql("select * from migrasi_web.catatan; select * from migrasi_web.migrations") == before
        assert "satu awal" in front(site)
        fine = release(web_lab, "migrasi", "laravel", shapes.laravel("empat", good), "empat baru")
        assert "dump" in " ".join(deploy.plan(fine, shell).changes)
        assert deployed(fine, shell).status == "applied"
        assert "migrasi_web__" not in web_lab.sql("show databases")


def test_an_old_dump_is_not_put_back_by_itself(web_lab: WebLab) -> None:
    site = release(web_lab, "dumplama", "laravel", shapes.laravel("satu"), "satu awal")
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        broken = release(web_lab, "dumplama", "laravel", shapes.laravel("dua", {"0003.sql": "drop table x;"}), "dua")
        left = f"{site.layout.dumps}/{deploy.plan(broken, shell).details['release']}.sql.gz"
        shell.script('gzip -c /dev/null >"$1"; touch -d "2 hours ago" "$1"', left)
        outcome = deployed(broken, shell)
        assert outcome.status == "failed"
        assert f"dump {left} lebih tua dari 60 menit" in outcome.detail
        assert "satu awal" in front(site)
        assert shell.holds("test", "-e", left)


def test_libraries_are_installed_by_composer_or_the_plan_says_why_not(web_lab: WebLab) -> None:
    lock = {"_readme": [], "content-hash": "0" * 32, "packages": [], "packages-dev": [], "aliases": []}
    lock |= {"minimum-stability": "stable", "stability-flags": [], "prefer-stable": False, "prefer-lowest": False}
    lock |= {"platform": [], "platform-dev": [], "plugin-api-version": "2.3.0"}
    files = {
        **shapes.laravel("satu"),
        "composer.json": '{"autoload": {"classmap": ["database"]}}',
        "composer.lock": json.dumps(lock),
    }
    files["public/index.php"] = files["public/index.php"].replace("<?php", "<?php require '../vendor/autoload.php';", 1)
    site = release(web_lab, "pustaka", "laravel", files, "satu awal")
    with open_host(site.access) as shell:
        hosted(site, shell)
        commands = site.host.commands.model_copy(update={"composer": "/tidak/ada"})
        real, site.inventory.hosts["web-1"] = site.host, site.host.model_copy(update={"commands": commands})
        with pytest.raises(SiteError, match="pasang Composer di sana"):
            deploy.plan(site, shell)
        site.inventory.hosts["web-1"] = real
        plan = deploy.plan(site, shell)
        assert any("composer install --no-dev" in line for line in plan.changes)
        outcome = deploy.apply(plan, site, shell, allowed)
        assert outcome.status == "applied", outcome


def test_a_restored_opensid_keeps_its_configuration(web_lab: WebLab) -> None:
    site = release(web_lab, "desa", "opensid", shapes.opensid("satu"), "satu Desa Contoh")
    config = f"{site.layout.shared}/desa/config/database.php"
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        web_lab.sql("create table desa_web.penduduk (nama text)")
        kept = backup.back_up(site, shell)
        assert "database.php" not in shell.run("tar", "-tzf", f"{kept.path}/files.tar.gz", "--wildcards", "shared/*")
        before = shell.read(config)
        outcome = restore.apply(restore.plan(site, shell), site, shell, allowed)
        assert outcome.status == "applied", outcome
        assert shell.read(config) == before
        assert status(site, "/desa/app_key") == 404


_PROBE = """<?php
$tries = [
    'writes its release' => @file_put_contents(__DIR__ . '/tulis.txt', 'x') !== false,
    'reads its neighbour' => @file_get_contents('NEIGHBOUR') !== false,
    'reads the machine' => @file_get_contents('/etc/passwd') !== false,
    'starts programs' => function_exists('exec') || function_exists('proc_open'),
    'writes its uploads' => @file_put_contents(__DIR__ . '/unggah/pintu.php', '<?php echo 1;') !== false,
];
echo 'bisa: ', implode(', ', array_keys(array_filter($tries)));
"""


def test_a_site_that_is_broken_into_can_write_its_uploads_and_nothing_else(web_lab: WebLab) -> None:
    neighbour = release(web_lab, "tetangga", "laravel", shapes.laravel("satu"), "satu awal")
    secret = f"{neighbour.layout.shared}/.env"
    source = web_lab.archive("bobol.tar.gz", {"index.php": _PROBE.replace("NEIGHBOUR", secret)})
    site = web_lab.site("bobol", kind="php", source=source, shared=["unggah"], health={"expect": "bisa:"})
    with open_host(site.access) as shell:
        hosted(neighbour, shell)
        hosted(site, shell)
        assert deployed(site, shell).ok
        assert front(site) == "bisa: writes its uploads"
        assert shell.read(f"{site.layout.shared}/unggah/pintu.php")
    assert status(site, "/unggah/pintu.php") == 404


def test_a_release_that_does_not_fit_its_quota_is_refused_and_a_full_site_is_found(web_lab: WebLab) -> None:
    big = web_lab.archive("penuh.tar.gz", {"index.html": "v1", "gambar.bin": "x" * 900_000})
    site = web_lab.site("penuh", source=big, health={"expect": "v1"}, quota_mb=1)
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        assert [(each.code, each.subject) for each in check.check(site, shell).findings if each.code == "disk.low"] == [
            ("disk.low", "kuota penuh")
        ]
        more = web_lab.archive("penuh-2.tar.gz", {"index.html": "v2", "gambar.bin": "y" * 900_000})
        site = web_lab.site("penuh", source=more, health={"expect": "v2"}, quota_mb=1)
        with pytest.raises(SiteError, match="kuota 1 MB tidak cukup"):
            deploy.plan(site, shell)
        site = web_lab.site("penuh", source=more, health={"expect": "v2"}, quota_mb=5)
        assert deployed(site, shell).ok


def test_a_lock_on_the_host_says_who_and_why_keeps_others_out_and_expires(
    web_lab: WebLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = web_lab.site("kunci-host")
    notice = Path(site.layout.notice)
    with open_host(site.access) as shell:
        with lock.held(site, shell, "pelaksana", "deploy WEB-2026-0001") as renew:
            text = notice.read_text()
            assert "siapa: pelaksana\nsebab: deploy WEB-2026-0001\ndari: " in text
            assert notice.stat().st_mode & 0o777 == 0o644
            renew()
            monkeypatch.setattr("socket.gethostname", lambda: "lain")
            with pytest.raises(TargetError, match=r"siapa: pelaksana; sebab: deploy WEB-2026-0001"):
                enter(site, shell)
            monkeypatch.undo()
            enter(site, shell)
        assert not notice.exists()
        for until, free in (("2020-01-01 10:00", True), ("2099-01-01 10:00", False), ("nanti", False), ("", False)):
            notice.write_text(f"siapa: operator\nsebab: memindahkan disk\x1b[31m\nsampai: {until}\n")
            shutil.chown(notice, "deploy")
            if free:
                enter(site, shell)
                continue
            with pytest.raises(TargetError, match=r"operator; sebab: memindahkan disk\[31m; sampai") as refusal:
                enter(site, shell)
            assert "operator" in notice.read_text(), "it stays"
            assert "kunci-host.dikunci" in refusal.value.detail


def enter(site: Site, shell: Shell) -> None:
    with lock.held(site, shell, "sekretaris", "rollback WEB-2026-0002"):
        pass
