"""Packages of a real host: tiny ones in a repository of the lab's own, installed by its apt and dpkg."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbooks.hosting.connect import open_host
from playbooks.hosting.updates import packages
from tests.lab.core import run
from tests.lab.web import PACKAGES, WebLab
from tests.playbooks.hosting.steps import static

pytestmark = [pytest.mark.lab, pytest.mark.timeout(120)]


def build(folder: Path, name: str, version: str, settings: str = "") -> Path:
    """A package that is one file of the web server's configuration."""
    root = folder / f"{name}-{version}"
    file = root / "etc/nginx/conf.d" / f"{name}.conf"
    file.parent.mkdir(parents=True)
    file.write_text(f"# {name} {version}\n{settings}\n")
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
    site = static(web_lab, "paket", "Paket")
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
