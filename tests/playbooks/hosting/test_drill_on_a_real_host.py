"""Restore drills on real parts: a WordPress proven beside itself, and what may not be called proven."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from playbooks.findings import TargetError
from playbooks.hosting import backup, check, drill, files, health, host
from playbooks.hosting.connect import Shell, open_host
from playbooks.hosting.site import Site
from tests.lab.web import WebLab
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
UNPROVEN = "backup.unproven"


def codes(site: Site, shell: Shell) -> set[str]:
    return {finding.code for finding in check.check(site, shell).findings}


def leftovers(site: Site, lab: WebLab) -> list[str]:
    """What of a drill is on the host."""
    folder = [site.layout.drill.base] if Path(site.layout.drill.base).exists() else []
    schemas = lab.sql("show databases like '%\\_\\_uji'").split()
    return [*folder, *schemas, *lab.sql("select user from mysql.user where user like '%\\_\\_uji'").split()]


def visited_first(judge: Callable[..., str], visit: Callable[[], None]) -> Callable[..., str]:
    """A drill's judge that is preceded by a visit: the scratch is served by then, however slow the machine."""

    def judged(*about: object, **how: object) -> str:
        visit()
        return judge(*about, **how)

    return judged


def test_a_wordpress_is_proven_beside_itself_and_the_live_one_is_not_touched(
    web_lab: WebLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = wordpress(web_lab, "latih", health={"path": "/", "expect": "Seperti Dulu"})
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(wordpress(web_lab, "latih", health={"path": "/"}), shell).ok
        install_wordpress(site, web_lab, "Seperti Dulu")
        shell.write(f"{site.layout.shared}/wp-content/uploads/surat.txt", "dulu")
        backup.back_up(site, shell)
        web_lab.sql("update latih_web.wp_options set option_value = 'Sekarang' where option_name = 'blogname'")
        shell.write(f"{site.layout.shared}/wp-content/uploads/surat.txt", "sekarang")
        assert UNPROVEN in codes(site, shell)

    for number, midway in ((9, False), (14, True)):
        assert killed_at_command(lambda: drill.drill(site, fresh(site)), number, midway) == -9
    assert leftovers(site, web_lab)
    with open_host(site.access) as shell:
        with visitor(site) as seen, monkeypatch.context() as within:
            within.setattr(health, "problem", visited_first(health.problem, lambda: seen.append(front(site))))
            done = drill.drill(site, shell)
        assert done.passed, done
        assert "tabel dimuat ke basis data latih_web__uji" in done.how
        assert UNPROVEN not in codes(site, shell)
        assert seen
        assert all("Sekarang" in page for page in seen)
        assert not leftovers(site, web_lab)
        assert shell.read(f"{site.layout.shared}/wp-content/uploads/surat.txt") == "sekarang"
        assert health.problem(site, seconds=0), "the live one still lacks what the backup has"

        web_lab.sql("drop table latih_web.wp_options")
        backup.back_up(site, shell)
        failed = drill.drill(site, shell)
        assert not failed.passed
        assert failed.detail
        assert not leftovers(site, web_lab)
        assert {*backup.proofs(site, shell)} == {done.version}


def test_a_damaged_backup_has_failed_its_drill(web_lab: WebLab) -> None:
    site = static(web_lab, "latihcacat", "v1")
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        kept = backup.back_up(site, shell)
        assert drill.drill(site, shell).passed
        shell.script('printf x >>"$1"', f"{kept.path}/files.tar.gz")
        failed = drill.drill(site, shell)
        assert (failed.passed, "SHA-256" in failed.detail) == (False, True)
        assert "v1" in front(site)


def test_nothing_is_said_of_a_backup_where_the_host_cannot_drill(
    web_lab: WebLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = static(web_lab, "latihlama", "v1")
    with open_host(site.access) as shell:
        with monkeypatch.context() as before_drills:
            wanted = files.wanted(site, tls=False)
            old = {path: text.replace("= drill", "= lain") for path, text in wanted.items()}
            before_drills.setattr(host.files, "wanted", lambda *_, **__: old)
            hosted(site, shell)
        assert deployed(site, shell).ok
        backup.back_up(site, shell)
        with pytest.raises(drill.CannotDrill) as unserved:
            drill.drill(site, shell)
        assert "website host" in unserved.value.detail
        assert host.apply(host.plan(site, shell), site, shell, allowed).ok
        monkeypatch.setattr(drill, "SPARE", 100)
        with pytest.raises(TargetError) as full:
            drill.drill(site, shell)
        assert "ruang disk tidak cukup" in full.value.detail
        assert not leftovers(site, web_lab)
