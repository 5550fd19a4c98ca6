"""The hosting playbooks on real parts: sshd, nginx, php-fpm, MariaDB, WordPress, BIND, pebble."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import sleep

import pytest
from fabric.runners import Remote

from playbooks.findings import Reason, TargetError
from playbooks.hosting import backup, certificates, check, domain, health, host, pages, profile, restore, tls
from playbooks.hosting.connect import Shell, open_host
from playbooks.hosting.kept import MARKER, SiteBackup
from tests.lab.core import run, until
from tests.lab.web import ADDRESS, WebLab
from tests.playbooks.hosting.steps import (
    Withdrawn,
    allowed,
    deployed,
    fresh,
    front,
    hosted,
    install_wordpress,
    killed,
    refused,
    static,
    wordpress,
)

pytestmark = pytest.mark.lab


NO_CA = "https://10.99.0.14:14999/dir"


def test_a_host_whose_key_is_not_known_is_refused(web_lab: WebLab, tmp_path: Path) -> None:
    site = static(web_lab, "asing", "v1")
    with pytest.raises(TargetError) as refusal, open_host(replace(site, known_hosts=tmp_path / "none").access):
        pass
    assert refusal.value.reason is Reason.HOST_KEY_UNKNOWN


def test_a_host_with_another_key_is_refused(web_lab: WebLab, tmp_path: Path) -> None:
    other = tmp_path / "other"
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other))
    known = tmp_path / "known_hosts"
    known.write_text(f"{ADDRESS} {' '.join(other.with_suffix('.pub').read_text().split()[:2])}\n")
    site = static(web_lab, "asing", "v1")
    with pytest.raises(TargetError) as refusal, open_host(replace(site, known_hosts=known).access):
        pass
    assert refusal.value.reason is Reason.HOST_KEY_CHANGED


def test_the_login_user_may_run_nothing_else_as_root(web_lab: WebLab) -> None:
    with open_host(static(web_lab, "sempit", "v1").access) as shell:
        assert not shell.holds("sudo", "-n", "/usr/bin/id")
        assert not shell.holds("sudo", "-n", "/usr/bin/mariadb", "--execute=system id")


def test_arguments_are_never_read_as_shell_syntax(web_lab: WebLab) -> None:
    hostile = "a b; $(id) `id` 'x' \"y\" \\ \n*"
    with open_host(static(web_lab, "kutip", "v1").access) as shell:
        assert shell.run("printf", "%s", hostile) == hostile
        assert shell.script('printf "%s" "$1"', hostile) == hostile


def test_a_host_that_hangs_up_or_hangs_is_told_apart(web_lab: WebLab) -> None:
    site = static(web_lab, "putus", "v1")
    with open_host(site.access) as shell, pytest.raises(TargetError) as hung_up:
        shell.script("kill -9 $PPID; sleep 30")
    assert hung_up.value.reason is Reason.UNREACHABLE, hung_up.value
    with open_host(site.access) as shell, pytest.raises(TargetError) as hung:
        shell.within(1).run("sleep", "30")
    assert hung.value.reason is Reason.TIMEOUT


def test_a_timeout_is_told_also_when_the_thread_that_ends_the_command_is_slow(
    web_lab: WebLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close_and_linger(runner: Remote) -> None:
        runner.channel.close()
        sleep(0.5)

    monkeypatch.setattr(Remote, "kill", close_and_linger)
    with open_host(static(web_lab, "lambat", "v1").access) as shell, pytest.raises(TargetError) as hung:
        shell.within(1).run("sleep", "30")
    assert hung.value.reason is Reason.TIMEOUT


def test_an_upload_that_the_host_refuses_is_no_lost_host(web_lab: WebLab) -> None:
    with open_host(static(web_lab, "tolak", "v1").access) as shell, pytest.raises(TargetError) as refusal:
        shell.put(b"x", "/etc/passwd")
    assert refusal.value.reason is Reason.ERROR


def test_hosting_is_planned_made_and_then_nothing_is_left_to_do(web_lab: WebLab) -> None:
    site = static(web_lab, "baru", "v1")
    with open_host(site.access) as shell:
        first = host.plan(site, shell)
        assert first.changes
        assert first.hash == host.plan(site, shell).hash
        assert host.apply(first, site, shell, allowed).status == "applied"
        assert host.plan(site, shell).changes == ()
        assert host.apply(first, site, shell, allowed).status == "unchanged"


def test_nothing_is_written_without_a_permit(web_lab: WebLab) -> None:
    site = static(web_lab, "tanpa-izin", "v1")
    with open_host(site.access) as shell:
        plan = host.plan(site, shell)
        with pytest.raises(Withdrawn):
            host.apply(plan, site, shell, refused)
        assert host.plan(site, shell).hash == plan.hash
        assert not shell.holds("test", "-e", site.layout.base)


def test_a_configuration_that_nginx_refuses_is_put_back(web_lab: WebLab, monkeypatch: pytest.MonkeyPatch) -> None:
    site = static(web_lab, "rusak", "v1")
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        good = host.files.wanted(site, tls=False)
        bad = {path: text.replace("server_name", "server_nema") for path, text in good.items()}
        monkeypatch.setattr(host.files, "wanted", lambda *_, **__: bad)
        outcome = host.apply(host.plan(site, shell), site, shell, allowed)
        assert outcome.status == "failed"
        assert "server_nema" in outcome.detail
        monkeypatch.undo()
        assert host.plan(site, shell).changes == ()
        shell.privileged(site.host.commands.nginx_reload)
        assert "v1" in front(site)


def test_wordpress_comes_up_is_backed_up_and_brought_back(web_lab: WebLab) -> None:
    site = wordpress(web_lab, source=web_lab.wordpress())
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert host.plan(site, shell).changes == ()
        assert deployed(site, shell).status == "applied"
        assert health.is_installer(site, pages.follow(site))
        install_wordpress(site, web_lab, "PortalDinas")
        site = wordpress(web_lab, health={"path": "/", "expect": "PortalDinas"})
        assert health.problem(site) == ""

        undated = shell.run("find", "-L", site.layout.current, "-name", "*.php", "!", "-newermt", "2000-01-01")
        assert not undated, "PHP compiles a file without a time anew at each visit"

        assert not any(backup.backups(site, shell))
        kept = backup.back_up(site, shell)
        assert [each.name for each in backup.backups(site, shell)] == [kept.name]
        assert kept.database_sha256
        codes = {finding.code for finding in check.check(site, shell).findings}
        assert "backup.unproven" in codes
        stands_on = profile.read(site, shell).versions
        assert stands_on["WordPress"] == web_lab.wordpress_version()
        assert stands_on["PHP"].startswith("8.2.")
        assert stands_on["Rilis"].startswith("0001-")
        assert {"Sistem operasi", "nginx", "Tema twentytwentythree"} <= {*stands_on}

        web_lab.sql("update portal_web.wp_options set option_value = 'Dirusak' where option_name = 'blogname'")
        assert "PortalDinas" in health.problem(site, seconds=0)
        restored = restore.apply(restore.plan(site, shell), site, shell, allowed)
        assert restored.status == "applied", restored.detail
        assert health.problem(site) == ""
        assert "portal_web__" not in web_lab.sql("show databases")
        assert "backup.unproven" not in {finding.code for finding in check.check(site, shell).findings}


def test_a_restore_that_does_not_work_leaves_what_was(web_lab: WebLab) -> None:
    site = wordpress(web_lab, "gagal")
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        install_wordpress(site, web_lab, "Lama")
        backup.back_up(site, shell)
        web_lab.sql("update gagal_web.wp_options set option_value = 'Sekarang' where option_name = 'blogname'")
        site = wordpress(web_lab, "gagal", health={"path": "/", "expect": "Sekarang"})
        outcome = restore.apply(restore.plan(site, shell), site, shell, allowed)
        assert outcome.status == "rolled_back"
        assert health.problem(site) == ""


def test_a_database_that_cannot_change_places_leaves_everything_as_it_was(web_lab: WebLab) -> None:
    site = wordpress(web_lab, "pemicu")
    letter = f"{site.layout.shared}/wp-content/uploads/surat.txt"
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        install_wordpress(site, web_lab, "Utuh")
        backup.back_up(site, shell)
        shell.write(letter, "kini")
        web_lab.sql(
            "create trigger pemicu_web.t before insert on pemicu_web.wp_links for each row set new.link_url = ''"
        )
        outcome = restore.apply(restore.plan(site, shell), site, shell, allowed)
        assert outcome.status == "failed"
        assert "rigger" in outcome.detail
        assert shell.read(letter) == "kini"
        assert "Utuh" in front(site)


def test_a_damaged_backup_is_refused_before_anything_is_touched(web_lab: WebLab) -> None:
    site = static(web_lab, "cacat", "v1")
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        kept = backup.back_up(site, shell)
        shell.script('printf x >>"$1"', f"{kept.path}/files.tar.gz")
        with pytest.raises(TargetError) as refusal:
            restore.apply(restore.plan(site, shell), site, shell, allowed)
        assert refusal.value.reason is Reason.REFUSED_OUTPUT


def test_a_site_that_its_host_does_not_have_yet_is_told_so_and_leaves_nothing(web_lab: WebLab) -> None:
    site = static(web_lab, "belumada", "v1")
    with open_host(site.access) as shell:
        with pytest.raises(TargetError) as refusal:
            backup.back_up(site, shell)
        assert "belum ada di web-1" in refusal.value.detail
        assert not Path(site.layout.backups).exists()


def test_a_script_that_fails_is_told_by_what_it_said_not_by_its_text(web_lab: WebLab) -> None:
    with open_host(static(web_lab, "naskah", "v1").access) as shell, pytest.raises(TargetError) as refusal:
        shell.script("true\ncd $1\ntrue", "/tidak/ada")
    assert "/tidak/ada" in refusal.value.detail
    assert "true" not in refusal.value.detail


def whole(kept: SiteBackup, shell: Shell) -> bool:
    """Whether a backup's parts are those that its marker tells of."""
    parts = {"files.tar.gz": kept.files_sha256, "database.sql.gz": kept.database_sha256}
    return all(shell.run("sha256sum", f"{kept.path}/{part}").split()[0] == told for part, told in parts.items())


@pytest.mark.parametrize("part", ["database.sql", "files.tar.gz", MARKER])
def test_a_backup_killed_anywhere_is_whole_or_none_and_the_next_one_succeeds(web_lab: WebLab, part: str) -> None:
    site = wordpress(web_lab, "putus")
    folder = Path(site.layout.backups)
    with open_host(site.access) as shell:
        if host.plan(site, shell).changes:
            hosted(site, shell)
            assert deployed(site, shell).ok
        child = os.fork()
        if child == 0:
            backup.back_up(site, fresh(site))
            os._exit(0)
        until(lambda: any(folder.glob(f".part-*/{part}*")), part, 60, 0.001)
        os.kill(child, 9)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
        assert all(whole(each, shell) for each in backup.backups(site, shell))
        kept = backup.back_up(site, shell)
        assert backup.backups(site, shell)[0] == kept
        assert whole(kept, shell)
        assert not [*folder.glob(".part-*")]


def test_a_dump_that_fails_leaves_no_backup(web_lab: WebLab) -> None:
    site = wordpress(web_lab, "tanpadb")
    with open_host(site.access) as shell:
        shell.folders({site.layout.base: "2750", site.layout.shared: "2750"}, site.group)
        with pytest.raises(TargetError) as refusal:
            backup.back_up(site, shell)
        assert refusal.value.reason is Reason.INCOMPLETE
        assert backup.backups(site, shell) == []


def test_the_database_password_stays_on_the_host(web_lab: WebLab) -> None:
    site = wordpress(web_lab, "rahasia")
    with open_host(site.access) as shell:
        plan = host.plan(site, shell)
        outcome = host.apply(plan, site, shell, allowed)
        password = shell.read(site.layout.database_login).split("password=")[1].strip()
        assert len(password) == 48
        assert password not in f"{plan.document()!r}{outcome!r}"
        assert shell.run("stat", "-c", "%a", site.layout.database_login).strip() == "600"
        backup.back_up(site, shell)
        kept = backup.backups(site, shell)[0]
        assert "database.cnf" not in shell.run("tar", "-tzf", f"{kept.path}/files.tar.gz")


def test_a_site_cannot_reach_its_neighbours_database(web_lab: WebLab) -> None:
    one, other = (
        wordpress(web_lab, "satu"),
        web_lab.site("lain", kind="wordpress", database={"engine": "mariadb", "name": "satuxweb"}),
    )
    with open_host(one.access) as shell:
        hosted(one, shell)
        hosted(other, shell)
        login = f"--defaults-file={one.layout.database_login}"
        assert shell.holds("mariadb", login, "-e", "use satu_web")
        assert not shell.holds("mariadb", login, "-e", "use satuxweb")


def test_a_certificate_is_issued_served_and_renewed_and_a_failed_renewal_leaves_it(
    web_lab: WebLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = static(web_lab, "aman", "v1", tls={"issuer": "acme"})
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        plan = tls.plan(site, shell)
        early = tls.apply(plan, site, shell, allowed)
        assert early.status == "failed", "the domain does not point here yet"
        assert "v1" in front(site)
        assert domain.apply(domain.plan(site), site, allowed).ok
        issued = tls.apply(plan, site, shell, allowed)
        assert issued.status == "applied", issued.detail
        assert front(site).startswith("<h1>v1")
        assert certificates.distrust(site, certificates.served(site)) == ""
        assert tls.plan(site, shell).changes == ()
        assert host.plan(site, shell).changes == ()
        assert shell.run("stat", "-c", "%a", f"{site.layout.live_tls}/key.pem").strip() == "600"
        served = certificates.served(site)
        assert profile.read(site, shell).certificate_until == served.until

        soon = served.until - timedelta(days=20)
        monkeypatch.setattr(certificates, "now", lambda: soon)
        no_ca = site.inventory.model_copy(update={"acme": site.acme.model_copy(update={"directory": NO_CA})})
        stranded = replace(site, inventory=no_ca)
        assert tls.apply(tls.plan(stranded, shell), stranded, shell, allowed).status == "failed"
        assert certificates.served(site).serial == served.serial

        renewal = tls.plan(site, shell)
        assert renewal.hash == plan.hash, "what was approved once, carried out again"
        assert tls.apply(renewal, site, shell, allowed).status == "applied"
        assert certificates.served(site).serial != served.serial
        monkeypatch.undo()
        codes = {finding.code for finding in check.check(site, shell).findings}
        assert not {code for code in codes if code.startswith(("tls.", "http.", "dns.", "headers."))}


def test_a_check_names_what_is_wrong_with_and_without_ssh(web_lab: WebLab) -> None:
    site = static(web_lab, "periksa", "v1")
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        assert {finding.code for finding in check.check(site, shell).findings} == {"dns.missing", "backup.stale"}
        backup.back_up(site, shell)
        wrong = web_lab.site("periksa", health={"path": "/tidak-ada", "expect": "x"})
        codes = {finding.code for finding in check.check(wrong).findings}
        assert codes == {"http.error", "dns.missing", "backup.stale"}


@pytest.mark.parametrize("kill_at", [1, 4, 8, 10, 12])
def test_hosting_killed_anywhere_is_finished_by_a_second_run(web_lab: WebLab, kill_at: int) -> None:
    site = wordpress(web_lab, f"tuanrumah{kill_at}")
    with open_host(site.access) as shell:
        approved = host.plan(site, shell)
        assert killed(lambda permit, step: host.apply(approved, site, fresh(site), permit, step), kill_at) == -9
        assert host.apply(approved, site, shell, allowed).ok
        assert host.plan(site, shell).changes == ()


@pytest.mark.parametrize("kill_at", [2, 4, 6, 7])
def test_a_certificate_killed_on_its_way_is_finished_by_a_second_run(web_lab: WebLab, kill_at: int) -> None:
    site = static(web_lab, f"sertifikat-{kill_at}", "v1", tls={"issuer": "acme"})
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        assert domain.apply(domain.plan(site), site, allowed).ok
        approved = tls.plan(site, shell)
        assert killed(lambda permit, step: tls.apply(approved, site, fresh(site), permit, step), kill_at) == -9
        assert "v1" in front(site)
        assert tls.apply(approved, site, shell, allowed).ok
        assert certificates.distrust(site, certificates.served(site)) == ""
        assert tls.plan(site, shell).changes == ()


def test_a_restore_killed_anywhere_leaves_a_site_and_is_finished_by_a_second_run(web_lab: WebLab) -> None:
    site = wordpress(web_lab, "pulih")
    letter = f"{site.layout.shared}/wp-content/uploads/surat.txt"
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        install_wordpress(site, web_lab, "Semula")
        shell.write(letter, "semula")
        backup.back_up(site, shell)
        site = wordpress(web_lab, "pulih", health={"path": "/", "expect": "Semula"})
        name = backup.backups(site, shell)[0].name
        approved = restore.plan(site, shell, name)
        for kill_at in (4, 6, 7):
            web_lab.sql("update pulih_web.wp_options set option_value = 'Kini' where option_name = 'blogname'")
            shell.write(letter, "kini")
            assert killed(lambda permit, step: restore.apply(approved, site, fresh(site), permit, step), kill_at) == -9
            assert pages.follow(site).status == 200
            if kill_at == 6:
                later = restore.plan(site, shell, backup.back_up(site, shell).name)
                assert "belum selesai" in restore.apply(later, site, shell, allowed).detail
            outcome = restore.apply(approved, site, shell, allowed)
            assert outcome.status == "applied", outcome.detail
            assert health.problem(site) == ""
            assert shell.read(letter) == "semula"
