"""What of a host's packages is older than its sources have it: read from what apt says it would do."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.findings import Severity
from playbooks.hosting.connect import HostAccess, Shell
from playbooks.hosting.journal import Journal
from playbooks.hosting.shells import Shells
from playbooks.hosting.updates import packages, system, telling
from playbooks.hosting.updates.packages import Outdated
from playbooks.plans import Part

SAID = """Days 3
NOTE: This is only a simulation!
Inst libc6 [2.36-9+deb12u10] (2.36-9+deb12u13 Debian:12.12/stable [amd64]) []
Inst libssl3:i386 [1:3.0.15-1~deb12u1] (1:3.0.17-1~deb12u2 Debian-Security:12/stable-security [i386])
Inst linux-image-6.1.0-40-amd64 (6.1.153-1 Debian:12.12/stable [amd64])
Conf libc6 (2.36-9+deb12u13 Debian:12.12/stable [amd64])
Remv tua [1.0]
Inst $(reboot) [1.0] (2.0 Debian:12/stable [all])
Inst opsi [--force] (2.0 Debian:12/stable [all])
"""
NAMES = st.from_regex(rf"\A{packages.NAME}\Z")
VERSIONS = st.from_regex(rf"\A{packages.VERSION}\Z")


def test_only_what_is_installed_and_has_a_newer_version_is_read_and_security_fixes_come_first() -> None:
    assert packages.parse(SAID) == [
        Outdated("libssl3", "1:3.0.15-1~deb12u1", "1:3.0.17-1~deb12u2", security=True),
        Outdated("libc6", "2.36-9+deb12u10", "2.36-9+deb12u13"),
    ]


@given(st.lists(st.builds(Outdated, NAMES, VERSIONS, VERSIONS, st.booleans()), unique_by=lambda each: each.name))
def test_whatever_debian_allows_as_a_name_or_a_version_comes_back_as_it_was(meant: list[Outdated]) -> None:
    archives = {True: "Debian-Security:12/stable-security", False: "Debian:12.4/stable"}
    lines = [f"Inst {p.name} [{p.old}] ({p.new} {archives[p.security]} [amd64])" for p in meant]
    assert {*packages.parse("\n".join(lines))} == {*meant}


@given(st.text())
def test_a_host_may_say_anything_and_no_name_or_version_of_it_is_an_option_or_a_path(said: str) -> None:
    for each in packages.parse(f"{said}\nInst {said} [{said}] ({said} x"):
        words = (each.name, each.old, each.new)
        assert not any(word.startswith(("-", "/", ".")) or {*word} & {*" /\n;$`'\""} for word in words)


def test_a_host_has_one_finding_however_many_packages_and_its_weight_is_that_of_the_security_fixes() -> None:
    (found,) = packages.judge("web-1", packages.parse(SAID), 3)
    assert (found.code, found.severity, found.subject) == ("packages.outdated", Severity.MAJOR, "web-1")
    assert found.evidence.startswith("2 paket, 1 di antaranya perbaikan keamanan: libssl3 1:3.0.15-1~deb12u1 -> ")
    many = [Outdated(f"p{number}", "1", "2") for number in range(50)]
    (found,) = packages.judge("web-1", many, 3)
    assert (found.severity, found.evidence.endswith("; dan 40 lagi")) == (Severity.WARNING, True)


def test_lists_that_nobody_fetches_do_not_pass_for_a_host_without_updates() -> None:
    assert [*packages.judge("web-1", [], 14)] == []
    (found,) = packages.judge("web-1", [], 15)
    assert "15 hari yang lalu" in found.evidence


DUE = [Outdated(name, "1.0-1", "1.1-1") for name in ("php8.2-fpm", "php8.2-cli", "nginx", "curl", "baru", "buang")]
TRIED = """>php8.2-fpm=1.1-1
Inst php8.2-cli [1.0-1] (1.1-1 Debian:12/stable [amd64]) []
Inst php8.2-fpm [1.0-1] (1.1-1 Debian:12/stable [amd64])
>php8.2-cli=1.1-1
Inst php8.2-cli [1.0-1] (1.1-1 Debian:12/stable [amd64])
>nginx=1.1-1
Inst nginx [1.0-1] (1.1-1 Debian:12/stable [amd64])
>curl=1.1-1
Inst curl [1.0-1] (1.1-1 Debian:12/stable [amd64])
>baru=1.1-1
Inst libbaru2 (1.1-1 Debian:12/stable [amd64])
Inst baru [1.0-1] (1.1-1 Debian:12/stable [amd64])
>buang=1.1-1
E: Packages need to be removed but remove is disabled.
Fail
"""
KNOWN = "".join(
    f" {each.name} | {each.old} | http://arsip bookworm/main amd64 Packages\n" for each in DUE if each.name != "curl"
)


def test_what_apt_cannot_part_goes_together_and_what_cannot_come_back_is_left_to_a_person() -> None:
    steps, refused = system.divide(DUE, TRIED, KNOWN)
    assert [each.line for each in steps] == [
        "php8.2-cli 1.0-1 -> 1.1-1, php8.2-fpm 1.0-1 -> 1.1-1",
        "nginx 1.0-1 -> 1.1-1",
    ]
    assert refused == {
        "curl 1.0-1 -> 1.1-1": "curl 1.0-1 tidak lagi tersedia bagi apt",
        "baru 1.0-1 -> 1.1-1": "membawa paket baru",
        "buang 1.0-1 -> 1.1-1": "apt tidak dapat memasangnya tanpa membuang paket lain",
    }


@pytest.mark.parametrize("name", ["linux-image-6.1.0-40-amd64", "libc6", "openssh-server", "mariadb-server", "systemd"])
def test_what_holds_up_the_whole_host_is_never_done_from_here(name: str) -> None:
    due = Outdated(name, "1.0", "1.1")
    tried = f">{name}=1.1\nInst {name} [1.0] (1.1 Debian:12/stable [amd64])\n"
    steps, refused = system.divide([due], tried, f"{name} | 1.0 | arsip\n")
    assert (steps, [*refused]) == ([], [due.line])


@pytest.mark.parametrize("name", ["-o", "a;reboot", "../x", ""])
def test_what_a_host_says_was_left_unfinished_is_believed_only_as_a_package(name: str) -> None:
    left = {"packages": [Outdated("nginx", "1.0", "1.1").__dict__], "well": ["portal"]}
    assert system.unfinished(json.dumps(left))[1] == ["portal"]
    left["packages"][0]["name"] = name  # type: ignore[index]
    with pytest.raises(ValueError, match="no package"):
        system.unfinished(json.dumps(left))


def test_a_host_with_many_sites_is_asked_once_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Host(Shell):
        def run(self, *_argv: str, **_options: object) -> str:
            asked.append(self.name)
            return SAID

        def within(self, _: float) -> Shell:
            return self

    class Login:
        def __init__(self, access: HostAccess) -> None:
            self.access = access

        def __enter__(self) -> Shell:
            return Host(self.access, None)  # type: ignore[arg-type]

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr("playbooks.hosting.shells.open_host", Login)
    shells = Shells()
    sites = [HostAccess(name, None, None, None) for name in ("web-1", "web-2", "web-1")]  # type: ignore[arg-type]
    found = [packages.outdated(shells.shell(each, 5).within(3)) for each in sites]
    assert asked == ["web-1", "web-2"]
    assert found[0] == found[2]
    assert [each[0].subject for each in found] == ["web-1", "web-2", "web-1"]


CURL, NGINX = (system.Step((Outdated(name, "1.0", "1.1"),)) for name in ("curl", "nginx"))


def test_what_an_interrupted_run_left_broken_stops_the_rest_which_are_told_as_not_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def finish(run: system._Run) -> None:
        run.telling.tell(CURL.line, [CURL.parts[0].versions], "failed", "situs tidak menjawab")

    monkeypatch.setattr(system._Run, "_finish", finish)
    monkeypatch.setattr(system._Run, "_installed", lambda *_: {"nginx": "1.0"})
    site = SimpleNamespace(host=SimpleNamespace(paths=SimpleNamespace(sites="/srv")))
    run = system._Run(site, None, Journal(lambda: None), ())  # type: ignore[arg-type]
    outcome = run.work([NGINX])
    assert outcome.status == "failed"
    assert outcome.detail == "curl 1.0 -> 1.1: gagal (situs tidak menjawab); nginx 1.0 -> 1.1: belum dijalankan"
    assert [each.state for each in outcome.parts] == ["failed", "left"]


def test_what_was_installed_already_is_told_as_a_part_and_makes_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system._Run, "_finish", lambda _: None)
    monkeypatch.setattr(system._Run, "_installed", lambda *_: {"nginx": "1.1"})
    site = SimpleNamespace(host=SimpleNamespace(paths=SimpleNamespace(sites="/srv")))
    outcome = system._Run(site, None, Journal(lambda: None), ()).work([NGINX])  # type: ignore[arg-type]
    assert (outcome.status, outcome.detail) == ("unchanged", "")
    assert outcome.parts == (Part("Paket nginx", "1.0", "1.1", "applied", telling.ALREADY),)
