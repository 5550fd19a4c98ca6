"""Packages of a real host: tiny ones in a repository of the lab's own, installed by its apt and dpkg."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader

from playbooks.hosting import backup
from playbooks.hosting.connect import CommandFailed, open_host
from playbooks.hosting.site import Site
from playbooks.hosting.updates import packages, system
from playbooks.plans import Plan
from tests.flows.conftest import Pelihara
from tests.flows.test_lab_cases import act, at_web, submit
from tests.lab.core import run
from tests.lab.web import PACKAGES, WRAPPER, WebLab
from tests.playbooks.hosting.steps import allowed, deployed, fresh, front, hosted, killed, static

__all__ = ["at_web"]
pytestmark = pytest.mark.lab


def build(folder: Path, name: str, version: str, settings: str = "") -> Path:
    """A package that is one file of the web server's configuration."""
    root = folder / f"{name}-{version}"
    file = root / "etc/nginx/conf.d" / f"{name}.conf"
    file.parent.mkdir(parents=True)
    file.write_text(settings.replace("NAME", name))
    control = root / "DEBIAN/control"
    control.parent.mkdir()
    fields = {"Package": name, "Version": version, "Architecture": "all", "Maintainer": "Kantor Contoh <tik@lab.test>"}
    control.write_text("".join(f"{key}: {value}\n" for key, value in fields.items()) + "Description: contoh\n")
    made = PACKAGES / f"{name}_{version}_all.deb"
    run("dpkg-deb", "--build", "--root-owner-group", "-Znone", str(root), str(made))
    return made


def publish() -> None:
    """What lies in the repository's folder is what apt knows from now on."""
    index = run("sh", "-c", f"cd {PACKAGES} && dpkg-scanpackages --multiversion . /dev/null").stdout
    (PACKAGES / "Packages").write_text(index)
    run("apt-get", "update", "-qq")


def test_a_package_with_an_update_is_a_finding_and_looking_changes_nothing(web_lab: WebLab, tmp_path: Path) -> None:
    site = web_lab.site("paket-satu")
    run("dpkg", "-i", str(build(tmp_path, "lab-lihat", "1.0-1")))
    with open_host(site.access) as shell:
        assert packages.outdated(shell) == []
        build(tmp_path, "lab-lihat", "1:0.9~rc1-2+lab1")
        publish()
        (found,) = packages.outdated(shell)
        assert (found.code, found.subject) == ("packages.outdated", "web-1")
        assert found.evidence.endswith(": lab-lihat 1.0-1 -> 1:0.9~rc1-2+lab1")
        assert run("dpkg-query", "-W", "-f", "${Version}", "lab-lihat").stdout == "1.0-1"
        for each in PACKAGES.glob("*.deb"):
            each.unlink()
        publish()


GOOD, BAD, FOR_GOOD = "lab-kasus-baik", "lab-kasus-rusak", "lab-kasus-tanpa-kembali"
WORKS, SPOILS = "log_format NAME $uri;", "auth_basic tertutup; auth_basic_user_file /etc/tidak-ada;"


def installed(name: str) -> str:
    return run("dpkg-query", "-W", "-f", "${Version}", name).stdout


@pytest.fixture(scope="module", autouse=True)
def without_them() -> Iterator[None]:
    """Sites of other tests are not served with what a package of these brought, whatever became of it."""
    yield
    run("sh", "-c", "dpkg --purge $(dpkg-query -W -f '${Package} ' 'lab-*')")
    run("nginx", "-s", "reload")


@pytest.fixture(scope="module")
def sites(web_lab: WebLab, tmp_path_factory: pytest.TempPathFactory) -> list[Site]:
    """Two published sites of one host, and a package that is installed there."""
    folder = tmp_path_factory.mktemp("packages")
    static(web_lab, "paket-kosong", "belum terbit")
    both = [static(web_lab, name, name) for name in ("paket-satu", "paket-dua")]
    with open_host(both[0].access) as shell:
        for site in both:
            hosted(site, shell)
            assert deployed(site, shell).ok
    run("dpkg", "-i", str(build(folder, "lab-aman", "1.0")))
    return [web_lab.site(each.slug) for each in both]


@pytest.mark.parametrize("kept", [False, True])
def test_what_a_killed_run_left_unproven_is_judged_by_the_next(sites: list[Site], kept: bool, tmp_path: Path) -> None:
    name = f"lab-putus-{kept}".lower()
    old = build(tmp_path, name, "1.0")
    run("dpkg", "-i", str(old))
    build(tmp_path, name, "1.1", WORKS if kept else SPOILS)
    publish()
    with open_host(sites[0].access) as shell:
        plan = system.plan(sites[0], shell)
        only = Plan(**{**plan.__dict__, "details": {**plan.details, "packages": _of(plan, name)}})
    died = killed(lambda permit, step: system.apply(only, sites[0], fresh(sites[0]), permit, step), "sudah tidak sehat")
    assert died == -9
    run("sh", "-c", f"dpkg --unpack {PACKAGES}/{name}_1.1_all.deb")
    with open_host(sites[0].access) as shell:
        outcome = system.apply(only, sites[0], shell, allowed)
        assert installed(name) == ("1.1" if kept else "1.0"), outcome
        assert [front(each) for each in sites] == ["<h1>paket-satu</h1>", "<h1>paket-dua</h1>"]
        assert run("dpkg-query", "-W", "-f", "${db:Status-Status}", name).stdout == "installed"
        assert len(backup.backups(sites[0], shell)) == 1, "made by the run that was killed, used by every later one"


def test_sites_are_asked_when_the_service_has_followed_its_reload_however_late(
    web_lab: WebLab, sites: list[Site], tmp_path: Path
) -> None:
    name, nginx = "lab-lambat", web_lab.services["nginx"].process
    run("dpkg", "-i", str(build(tmp_path, name, "1.0")))
    build(tmp_path, name, "1.1", SPOILS)
    publish()
    late = threading.Timer(10, lambda: nginx.send_signal(signal.SIGCONT))
    with open_host(sites[0].access) as shell:
        plan = system.plan(sites[0], shell)
        only = Plan(**{**plan.__dict__, "details": {**plan.details, "packages": _of(plan, name)}})
        nginx.send_signal(signal.SIGSTOP)
        late.start()
        outcome = system.apply(only, sites[0], shell, allowed)
    late.join()
    assert (outcome.status, installed(name)) == ("rolled_back", "1.0"), outcome


def test_a_case_goes_from_the_letter_to_a_report_that_tells_what_became_of_each_package(
    at_web: Pelihara, sites: list[Site], tmp_path: Path
) -> None:
    site = sites[0].slug
    for each in PACKAGES.glob("*.deb"):
        each.unlink()
    for name, settings in ((GOOD, WORKS), (BAD, SPOILS), (FOR_GOOD, "")):
        old = build(tmp_path, name, "1.0")
        run("dpkg", "-i", str(old))
        build(tmp_path, name, "1.1", settings)
    old.unlink()
    publish()
    case = submit(at_web, tmp_path, "--sop", "website", "--opd", "dinkes", "--website", site)
    act(at_web, case, "pelaksana", "kadis", "sekretaris", "kabid")
    maintain = ("website", "maintain", site, "--case", case, "--as", "pelaksana", "--json")
    assert at_web(*maintain).code == 0
    update = ("website", "update", site, "--packages", "--case", case, "--as", "pelaksana", "--json")
    (plan,) = at_web(*update).json["plans"]
    assert plan["changes"] == [f"{GOOD} 1.0 -> 1.1", f"{BAD} 1.0 -> 1.1"]
    assert "paket-dua" in plan["summary"]
    (left_out,) = plan["left_out"]
    assert left_out.startswith(f"{FOR_GOOD} 1.0 -> 1.1, tidak ada jalan kembali (kelas C): ")
    assert at_web(*update).json["plans"][0]["hash"] == plan["hash"]
    early = at_web(*update, "--apply", plan["hash"])
    assert (early.json["error"]["code"], installed(GOOD)) == ("permit_refused", "1.0")

    act(at_web, case, "sub-koordinator")
    (stopped,) = at_web(*maintain).json["websites"]
    told = f"hanya 1 dari 2 yang dikembalikan: {GOOD} 1.0 -> 1.1: selesai; {BAD} 1.0 -> 1.1: dikembalikan ("
    assert told in stopped["reason"]
    assert "paket-dua: " in stopped["reason"]
    assert [installed(name) for name in (GOOD, BAD, FOR_GOOD)] == ["1.1", "1.0", "1.0"]
    assert at_web(*maintain).json["websites"][0]["status"] == "waiting", "a person decides whether it is tried again"
    left = at_web("case", "act", case, "--as", "sub-koordinator", "--answer", "TIDAK", "--note", "Tunggu versi berikut")
    assert left.code == 0, left.err
    (done,) = at_web(*maintain).json["websites"]
    assert done["stands"].startswith("Langkah 9"), done
    assert [front(each) for each in sites] == ["<h1>paket-satu</h1>", "<h1>paket-dua</h1>"]

    (report,) = (path for each in done["steps"] for path in each["documents"] if "/laporan-WEB" in path)
    printed = " ".join(" ".join(page.extract_text() for page in PdfReader(report).pages).split())
    assert f"Paket {GOOD} 1.0 1.1 terpasang" in printed
    assert "1.0 1.1 dikembalikan ke versi lama: " in printed
    assert "Sebagian dikembalikan, selebihnya diterapkan" in printed
    assert f"Rencana belum terlaksana: Paket {BAD} ke 1.1." in printed
    assert "BELUM ADA" not in printed, "each backup of the case has its copy off the host"
    assert at_web("audit", "verify").code == 0


def _of(plan: Plan, name: str) -> list[object]:
    return [step for step in plan.details["packages"] if step[0]["name"] == name]


@pytest.mark.parametrize(
    "words",
    [
        ("install", "bash=1 -o"),
        ("install", "-o=1"),
        ("install", "lab-aman=1.1-"),
        ("install", "lab-aman=1.1\nlab-aman=1.1"),
        ("install", "lab-aman"),
        ("install", "belum-terpasang=1"),
        ("install", "/tmp/x.deb"),
        ("install",),
        ("configure", "-a"),
        ("remove", "lab-aman"),
        (),
    ],
)
def test_the_wrapper_refuses_whatever_is_not_a_version_of_an_installed_package(
    sites: list[Site], words: tuple[str, ...]
) -> None:
    with open_host(sites[0].access) as shell, pytest.raises(CommandFailed) as refusal:
        shell.run("sudo", "-n", str(WRAPPER), *words)
    assert refusal.value.code == 64
