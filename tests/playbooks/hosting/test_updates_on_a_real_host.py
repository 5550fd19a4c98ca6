"""Updates of a real WordPress: one by one, proven or taken back alone, and a worker killed at any command."""

from __future__ import annotations

import io
import itertools
import re
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from flows.jobs import cases
from flows.office import open_office
from playbooks.hosting import backup, copies, deploy, pages, releases
from playbooks.hosting.connect import open_host
from playbooks.hosting.intruders import inspecting
from playbooks.hosting.site import Site, SiteError
from playbooks.hosting.updates import maintain
from playbooks.plans import ChangedSincePlan, Plan
from sop.documents import from_site
from tests.flows.conftest import Pelihara
from tests.flows.test_lab_cases import act, at_web, submit
from tests.lab.web import WebLab, pack
from tests.playbooks.hosting import doubles
from tests.playbooks.hosting.steps import (
    Withdrawn,
    allowed,
    deployed,
    fresh,
    front,
    hosted,
    install_wordpress,
    killed_at_command,
    refused,
    visitor,
    wordpress,
)

__all__ = ["at_web"]
pytestmark = pytest.mark.lab


def plugin(name: str, version: str, body: str = "", php: str = "7.0") -> dict[str, str]:
    """A plugin that says its version in a header of every page."""
    code = body or f"header('X-{name.title()}: {version}');"
    head = f" * Plugin Name: {name.title()}\n * Version: {version}\n * Requires PHP: {php}\n"
    return {f"{name}/{name}.php": f"<?php\n/*\n{head} */\n{code}\n"}


def offer(lab: WebLab, name: str, files: dict[str, str]) -> Path:
    path = lab.folder / "updates" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pack(files))
    return path


def with_plugins(*names: str) -> dict[str, str]:
    files = {k: v for name in names for k, v in plugin(name, "1.0").items()}
    theme = {"wp-content/themes/biru/style.css": "/*\nTheme Name: Biru\nVersion: 1.0\n*/"}
    lone = {"wp-content/plugins/halo.php": plugin("halo", "1.0")["halo/halo.php"]}
    return {f"wp-content/plugins/{path}": text for path, text in files.items()} | theme | lone


ACTIVE = "update rawat_web.wp_options set option_value = 'VALUE' where option_name = 'active_plugins'"


def activate(lab: WebLab, *names: str) -> None:
    paths = "".join(f'i:{n};s:{len(name)}:"{name}";' for n, name in enumerate(names))
    lab.sql(ACTIVE.replace("VALUE", f"a:{len(names)}:{{{paths}}}"))


@pytest.fixture(scope="module")
def kept(web_lab: WebLab) -> Iterator[Site]:
    """A WordPress with three old plugins and one that is a lone file, all active; no archive outlasts these tests."""
    names = ("kontak", "galeri", "agenda")
    source = web_lab.light_wordpress(with_plugins(*names))
    site = wordpress(web_lab, "rawat", source=source, health={"path": "/", "expect": "Rawat Situs"})
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(wordpress(web_lab, "rawat", source=source, health={"path": "/"}), shell).ok
        site = wordpress(web_lab, "rawat", source=source, health={"path": "/", "expect": "Rawat Situs"})
        install_wordpress(site, web_lab, "Rawat Situs")
    activate(web_lab, *(f"{name}/{name}.php" for name in names), "halo.php")
    yield site
    shutil.rmtree(web_lab.folder / "updates")


def says(site: Site, name: str) -> str:
    return pages.follow(site).headers.get(f"x-{name}", "")


def test_plugins_are_updated_one_by_one_and_a_broken_one_is_taken_back_alone(
    web_lab: WebLab, kept: Site, tmp_path: Path
) -> None:
    kept = replace(kept, vault=doubles.vault(tmp_path / "salinan"))
    spoils = "$GLOBALS['wpdb']->query('create table if not exists wp_galeri (n int)');"
    offer(web_lab, "kontak-1.1.tar.gz", plugin("kontak", "1.1"))
    offer(web_lab, "galeri-2.0.tar.gz", plugin("galeri", "2.0", f"{spoils} tidak_ada();"))
    offer(web_lab, "agenda-1.2.tar.gz", plugin("agenda", "1.2"))
    with open_host(kept.access) as shell:
        plan = maintain.plan(kept, shell)
        assert [line.partition(" (")[0] for line in plan.changes] == [
            "Plugin agenda 1.0 -> 1.2",
            "Plugin galeri 1.0 -> 2.0",
            "Plugin kontak 1.0 -> 1.1",
        ]
        assert maintain.plan(kept, shell).hash == plan.hash
        with pytest.raises(Withdrawn):
            maintain.apply(plan, kept, shell, refused)
        assert maintain.plan(kept, shell).hash == plan.hash
        with visitor(kept) as seen:
            outcome = maintain.apply(Plan.from_document(plan.document()), kept, shell, allowed)
        assert outcome.status == "rolled_back", outcome
        assert outcome.detail.startswith("hanya 1 dari 3 yang dikembalikan: Plugin agenda 1.0 -> 1.2: selesai; ")
        assert "Plugin galeri 1.0 -> 2.0: dikembalikan (" in outcome.detail
        assert "status 500" in outcome.detail
        assert "Plugin kontak 1.0 -> 1.1: selesai" in outcome.detail
        assert [says(kept, name) for name in ("agenda", "galeri", "kontak")] == ["1.2", "1.0", "1.1"]
        assert len(seen) > 8
        assert {"Rawat Situs" in page for page in seen} == {True}, "no visitor met the broken plugin"
        assert (
            web_lab.sql("select option_value from rawat_web.wp_options where option_name='blogname'") == "Rawat Situs"
        )
        (made,) = backup.backups(kept, shell)
        assert copies.off_host(kept).good == [made], "one backup serves all updates of a run, and has its copy at once"
        assert [each["path"] for each in outcome.backups if each["off_host"]] == [made.path]
        assert [each.state for each in outcome.parts] == ["applied", "rolled_back", "applied"]
        state = releases.read(kept.layout, shell)
        assert state.current == state.last_good
        assert len(state.present) == 3, "the broken release is gone"
        (web_lab.folder / "updates" / "galeri-2.0.tar.gz").unlink()
        assert maintain.plan(kept, shell).changes == ()
        assert maintain.apply(maintain.plan(kept, shell), kept, shell, allowed).status == "unchanged"
        assert deploy.plan(kept, shell).changes == (), "an updated release is still the inventory's"
        assert [*inspecting.look_through(kept, shell, inspecting.Seen())] == [], (
            "what was installed is meant to be there"
        )


def test_what_is_no_longer_as_approved_is_not_touched(web_lab: WebLab, kept: Site) -> None:
    archive = offer(web_lab, "galeri-1.5.tar.gz", plugin("galeri", "1.5"))
    agreed = archive.read_bytes()
    with open_host(kept.access) as shell:
        approved = maintain.plan(kept, shell)
        full = web_lab.site(kept.slug)
        full.inventory.websites[kept.slug] = kept.website.model_copy(update={"quota_mb": 60})
        with pytest.raises(SiteError, match="kuota 60 MB tidak cukup"):
            maintain.plan(full, shell)
        offer(web_lab, archive.name, plugin("galeri", "1.5", "// lain"))
        with pytest.raises(ValueError, match="SHA-256"):
            maintain.apply(approved, kept, shell, allowed)
        archive.write_bytes(agreed)
        shell.script('echo "// disisipkan" >>"$1"', f"{kept.layout.current}/wp-blog-header.php")
        assert maintain.apply(approved, kept, shell, allowed).ok
        offer(web_lab, "galeri-1.6.tar.gz", plugin("galeri", "1.6"))
        assert maintain.apply(maintain.plan(kept, shell), kept, shell, allowed).ok
        with pytest.raises(ChangedSincePlan, match="galeri"):
            maintain.apply(approved, kept, shell, allowed)
        assert says(kept, "galeri") == "1.6"
        found = [*inspecting.look_through(kept, shell, inspecting.Seen())]
        assert [each.code for each in found] == ["files.changed"], "an update makes nobody's change one of ours"
        assert "wp-blog-header.php" in found[0].subject


def core(lab: WebLab, version: str, database: int, broken: str = "") -> None:
    """Debian's WordPress as another version of it, which finds its database too old."""
    original, folder = lab.folder / lab.light_wordpress()["archive"], lab.folder / "updates"
    folder.mkdir(exist_ok=True)
    lines = {
        rb"wp_version = '[^']*'": f"wp_version = '{version}'",
        rb"wp_db_version = [0-9]+": f"wp_db_version = {database}",
    }
    with (
        tarfile.open(original) as old,
        tarfile.open(folder / f"inti-{version}.tar.gz", "w:gz", compresslevel=1) as new,
    ):
        for entry in old:
            data = old.extractfile(entry).read() if entry.isreg() else b""  # type: ignore[union-attr]
            if entry.name.endswith("wp-includes/version.php"):
                for old_line, line in lines.items():
                    data = re.sub(old_line, line.encode(), data)
            if entry.name.endswith("wp-includes/load.php"):
                data += broken.encode()
            entry.size = len(data)
            new.addfile(entry, io.BytesIO(data))


def database_version(lab: WebLab) -> str:
    return lab.sql("select option_value from rawat_web.wp_options where option_name = 'db_version'")


def test_wordpress_itself_a_theme_and_a_lone_file_are_updated_with_the_database_or_taken_back_with_it(
    web_lab: WebLab, kept: Site
) -> None:
    offer(web_lab, "halo.tar.gz", {"halo-dunia/halo.php": plugin("halo", "1.1")["halo/halo.php"]})
    ahead = offer(web_lab, "kontak-9.tar.gz", plugin("kontak", "9.0", php="99.0"))
    offer(
        web_lab,
        "tema.tar.gz",
        {"biru/style.css": "/*\nTheme Name: Biru\nVersion: 2.0\n*/", "biru/index.php": "<?php\n"},
    )
    before = database_version(web_lab)
    core(web_lab, "98.0", 98000)
    with open_host(kept.access) as shell:
        *found, held = (each.evidence.partition(" dalam")[0] for each in maintain.outdated(kept, shell))
        plan = maintain.plan(kept, shell)
        assert [line.partition(" (")[0] for line in plan.changes] == found
        assert found[:2] == ["Plugin halo.php 1.0 -> 1.1", "Tema biru 1.0 -> 2.0"]
        assert found[-1].rpartition(" ")[2] == "98.0"
        assert plan.left_out[0].startswith(f"{held}: memerlukan PHP 99.0, yang terpasang 8."), held
        ahead.unlink()
        outcome = maintain.apply(plan, kept, shell, allowed)
        assert outcome.status == "applied", outcome
        assert (database_version(web_lab), before != "98000") == ("98000", True)
        assert [*maintain.outdated(kept, shell)] == []
        assert "Rawat Situs" in front(kept)
        assert [says(kept, name) for name in ("halo", "kontak")] == ["1.1", "1.1"], "plugins and settings stay"
        assert [*inspecting.look_through(kept, shell, inspecting.Seen())] == []
        core(web_lab, "99.0", 99000, "\nif (!defined('WP_INSTALLING')) { tidak_ada(); }\n")
        outcome = maintain.apply(maintain.plan(kept, shell), kept, shell, allowed)
        assert outcome.status == "rolled_back", outcome
        assert "WordPress 98.0 -> 99.0: dikembalikan" in outcome.detail
        assert database_version(web_lab) == "98000"
        assert "Rawat Situs" in front(kept)
        (web_lab.folder / "updates" / "inti-99.0.tar.gz").unlink()


def offered(lab: WebLab, kind: str, number: int) -> tuple[str, str, str]:
    """Offers one part in a version of its own: its kind, name and version."""
    if kind == "core":
        core(lab, f"98.{number}", 98000 + number)
        return "core", "wordpress", f"98.{number}"
    if kind == "theme":
        offer(lab, "tema.tar.gz", {"biru/style.css": f"/*\nTheme Name: Biru\nVersion: 3.{number}\n*/"})
        return "theme", "biru", f"3.{number}"
    offer(lab, "kontak-baru.tar.gz", plugin("kontak", f"3.{number}"))
    return "plugin", "kontak", f"3.{number}"


def updated_killed(site: Site, number: int, midway: bool, part: tuple[str, str, str]) -> int:
    """An update killed at a command, and its second run; the exit code of the first."""
    with open_host(site.access) as shell:
        approved = maintain.plan(site, shell)
        assert [each["slug"] for each in approved.details["updates"]] == [part[1]]
    code = killed_at_command(lambda: maintain.apply(approved, site, fresh(site), allowed), number, midway)
    assert "Rawat Situs" in front(site), number
    with open_host(site.access) as shell:
        outcome = maintain.apply(approved, site, shell, allowed)
        assert outcome.ok, (number, outcome)
        assert maintain.plan(site, shell).changes == ()
        state = releases.read(site.layout, shell)
        assert state.current == state.last_good
        found = maintain.installed(site, shell, state.current)
        assert part in {(each.kind, each.slug, each.version) for each in found.values()}, number
    return code


STRIDE = 13
"""Every command was tried once by hand; each run of the tests tries some of them."""


def test_a_worker_killed_at_any_command_leaves_the_site_and_a_second_run_finishes(web_lab: WebLab, kept: Site) -> None:
    for number, kind in zip(itertools.count(2, STRIDE), itertools.cycle(("plugin", "theme", "core"))):
        part = offered(web_lab, kind, number)
        code = updated_killed(kept, number, number % 2 == 0, part)
        if kind == "plugin":
            assert says(kept, "kontak") == part[2]
        if kind == "core":
            assert database_version(web_lab) == str(98000 + number)
        if code == 0:
            break
        assert code == -9
    assert number > 20, "an update is many commands"


def test_updates_wait_for_an_approved_case_and_its_report_tells_of_them(
    at_web: Pelihara, web_lab: WebLab, kept: Site, tmp_path: Path
) -> None:
    offer(web_lab, "agenda-4.0.tar.gz", plugin("agenda", "4.0"))
    office = open_office()
    case = submit(at_web, tmp_path, "--sop", "website", "--opd", "dinkes", "--website", kept.slug)
    act(at_web, case, "pelaksana", "kadis", "sekretaris", "kabid")
    assert cases.carry(office, case).state == "waiting"
    (plan,) = [each for each in office.register.plans(case) if each.action == "maintain"]
    words = ("website", "update", kept.slug, "--case", case, "--apply", plan.hash, "--as", "pelaksana", "--json")
    early = at_web(*words)
    assert (early.code, early.json["error"]["code"]) == (1, "permit_refused")
    assert says(kept, "agenda") != "4.0"
    act(at_web, case, "sub-koordinator")
    carried = cases.carry(office, case)
    assert carried.state == "done", carried.reason
    assert says(kept, "agenda") == "4.0"
    assert office.register.plan(plan.hash, case).state == "applied"
    told = from_site.site_report(office.register, office.register.case(case), {}).versions or ()
    assert [(each.component, each.new) for each in told if each.old != each.new and "gend" in each.component] == [
        ("Plugin agenda", "4.0")
    ]
