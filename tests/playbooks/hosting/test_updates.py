"""What is installed, what is on hand, and what of it is newer: read from files that may say anything."""

from __future__ import annotations

import io
import itertools
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.hosting.releases import Releases
from playbooks.hosting.updates import catalogue, components, versions
from playbooks.hosting.updates.choosing import choose
from playbooks.hosting.updates.components import Component
from tests.lab.web import pack

# In the order of PHP's version_compare, as php.net gives it.
RISING = ("1.0-dev", "1.0-alpha", "1.0b2", "1.0RC1", "1.0", "1.0.0", "1.0.1", "1.0pl1", "1.2", "1.10", "2", "10.0")
SHA_A, SHA_B, UPDATE = "a" * 64, "b" * 64, "c" * 64


def plugin(version: str, more: str = "", name: str = "kontak") -> dict[str, str]:
    return {f"{name}/{name}.php": f"<?php\n/*\n * Plugin Name: Kontak\n * Version: {version}\n{more} */\n"}


def offer(folder: Path, name: str, files: dict[str, str]) -> Path:
    path = folder / "updates" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pack(files))
    return path


@pytest.mark.parametrize(("older", "newer"), [*itertools.pairwise(RISING)])
def test_versions_are_ordered_as_php_does(older: str, newer: str) -> None:
    assert versions.newer(newer, older)
    assert not versions.newer(older, newer)


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_two_versions_are_each_newer_than_the_other(one: str, other: str) -> None:
    assert not (versions.newer(one, other) and versions.newer(other, one))
    assert not versions.newer(one, one)


@pytest.mark.parametrize("said", ["1.0; rm -rf /", "$(id)", "../../x", "1 0", "1.0\n2.0", "", "9" * 41])
def test_what_does_not_look_like_a_version_is_none(said: str) -> None:
    assert versions.sound(said) == ""


def test_a_header_is_read_as_wordpress_reads_it() -> None:
    text = "<?php /* Plugin Name: A */\r\n# VERSION: 1.2 */\n// Version: 9\n * Requires at least: 6.0\n"
    assert versions.headers(text) == {"plugin name": "A", "version": "1.2", "requires at least": "6.0"}
    text = "<?php\n$wp_version = '6.1.9';\n$wp_db_version = 1;\n$required_php_version = '7.2.24';\n$wp_version = '9';"
    assert (versions.core(text), versions.core(text, "required_php_version")) == ("6.1.9", "7.2.24")


def test_what_is_installed_is_told_by_its_files_and_nothing_else() -> None:
    said = (
        ">wp-includes/version.php\n $wp_version = '6.1.9';\n"
        ">wp-content/plugins/kontak/inti.php\n  * Plugin Name: Kontak\n  * Version: 1.0\n"
        " >wp-content/plugins/palsu/x.php\n"
        ">wp-content/plugins/tanpa/tanpa.php\n  * Plugin Name: Tanpa versi\n"
        ">wp-content/themes/biru/style.css\n Theme Name: Biru\n Version: 3.1\n"
        ">../../etc/passwd\n Version: 1\n>lain\n"
    )
    assert components.parse(said) == [
        Component("core", "wordpress", "6.1.9"),
        Component("plugin", "kontak", "1.0", "inti.php"),
        Component("theme", "biru", "3.1", "style.css"),
    ]


@given(st.text())
def test_any_answer_of_a_host_is_read(said: str) -> None:
    components.parse(said)


def test_archives_are_named_by_what_stands_inside_them(tmp_path: Path) -> None:
    offer(tmp_path, "apa-saja.tar.gz", plugin("1.1"))
    offer(tmp_path, "tema.tgz", {"biru/style.css": "/*\nTheme Name: Biru\nVersion: 3.2\n*/"})
    inti = {"wordpress/wp-includes/version.php": "<?php\n$wp_version = '6.2';\n", "wordpress/index.php": "<?php"}
    offer(tmp_path, "inti.tar.gz", inti)
    with zipfile.ZipFile(tmp_path / "updates" / "galeri.zip", "w") as packed:
        packed.writestr(*plugin("2.0", "", "galeri").popitem())
    offer(tmp_path, "catatan.txt", {})
    on_hand = catalogue.read(tmp_path)
    assert {(each.kind, each.slug, each.version) for each in on_hand.versions} == {
        ("plugin", "kontak", "1.1"),
        ("plugin", "galeri", "2.0"),
        ("theme", "biru", "3.2"),
        ("core", "wordpress", "6.2"),
    }
    assert on_hand.refused == ()


def test_hostile_archives_are_refused_by_name_and_hold_up_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playbooks.hosting.archive.UNPACKED", 1 << 20)
    offer(tmp_path, "baik.tar.gz", plugin("1.1"))
    offer(tmp_path, "keluar.tar.gz", {**plugin("1.2"), "kontak/../../x.php": "x"})
    offer(tmp_path, "bom.tar.gz", {**plugin("1.3"), "kontak/nol": "0" * (2 << 20)})
    offer(tmp_path, "bukan.tar.gz", {"baca.txt": "x", "lain/y": ""})
    offer(tmp_path, "tanpa-versi.tar.gz", {"kontak/kontak.php": "<?php // Plugin Name: Kontak"})
    offer(tmp_path, "nama.tar.gz", plugin("1.4", name="ko ntak"))
    (tmp_path / "updates" / "rusak.zip").write_bytes(b"PK\x03\x04rusak")
    link = tarfile.TarInfo("kontak/tautan")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    linked = io.BytesIO()
    with tarfile.open(fileobj=linked, mode="w:gz") as packed:
        packed.addfile(link)
    (tmp_path / "updates" / "tautan.tar.gz").write_bytes(linked.getvalue())
    on_hand = catalogue.read(tmp_path)
    assert [each.archive for each in on_hand.versions] == ["updates/baik.tar.gz"]
    names = ("bom", "bukan", "keluar", "nama", "rusak", "tanpa-versi", "tautan")
    assert [why.partition(".")[0] for why in on_hand.refused] == [*names]


def test_two_archives_that_claim_the_same_version_are_both_refused(tmp_path: Path) -> None:
    offer(tmp_path, "a.tar.gz", plugin("1.1"))
    offer(tmp_path, "b.tar.gz", plugin("1.1", " * lain\n"))
    on_hand = catalogue.read(tmp_path)
    assert on_hand.versions == ()
    assert len(on_hand.refused) == 2


def test_an_archive_that_was_replaced_is_read_again(tmp_path: Path) -> None:
    for version in ("1.1", "1.22"):
        offer(tmp_path, "a.tar.gz", plugin(version))
        assert [each.version for each in catalogue.read(tmp_path).versions] == [version]


def test_only_what_is_newer_and_fits_is_updated_and_wordpress_last(tmp_path: Path) -> None:
    offer(tmp_path, "inti.tar.gz", {"wordpress/wp-includes/version.php": "<?php\n$wp_version = '6.2';\n"})
    for name, version, more in (
        ("lama", "1.0", ""),
        ("sama", "2.0", ""),
        ("baru", "3.0", ""),
        ("baru", "2.5", " * lain\n"),
        ("berat", "2.0", " * Requires at least: 6.2\n"),
    ):
        offer(tmp_path, f"{name}-{version}.tar.gz", plugin(version, more, name))
    offer(tmp_path, "lain.tar.gz", {"lain/utama.php": "<?php\n/* Plugin Name: Lain\nVersion: 9 */"})
    found = [
        Component("core", "wordpress", "6.1"),
        *(Component("plugin", name, "2.0", f"{name}.php") for name in ("lama", "sama", "baru", "berat", "lain")),
    ]
    choice = choose({each.key: each for each in found}, catalogue.read(tmp_path), "8.2.29")
    assert [each.label for each in choice.due] == ["Plugin baru 2.0 -> 3.0", "WordPress 6.1 -> 6.2"]
    assert choice.due[0].line.startswith("Plugin baru 2.0 -> 3.0 (updates/baru-3.0.tar.gz, SHA-256 ")
    assert [each.line for each in choice.held] == [
        "Plugin lain 2.0 -> 9: berkas utamanya utama.php, yang terpasang lain.php: WordPress akan mematikannya"
    ]


CORE = Component("core", "wordpress", "6.1")


@pytest.mark.parametrize(("asks", "php"), [("8.3", "8.2.29"), ("8.2.30", "8.2.29"), ("7.4", "")])
def test_what_needs_a_newer_php_than_the_sites_is_held_with_its_reason_and_an_older_version_that_fits_is_due(
    tmp_path: Path, asks: str, php: str
) -> None:
    version = f"<?php\n$wp_version = '6.9';\n$required_php_version = '{asks}';\n"
    offer(tmp_path, "inti.tar.gz", {"wordpress/wp-includes/version.php": version})
    offer(tmp_path, "tema.tar.gz", {"biru/style.css": f"/*\nTheme Name: Biru\nVersion: 2\nRequires PHP: {asks}\n*/"})
    offer(tmp_path, "3.tar.gz", plugin("3.0", f" * Requires PHP: {asks}\n"))
    offer(tmp_path, "2.tar.gz", plugin("2.0"))
    found = [CORE, Component("plugin", "kontak", "1.0", "kontak.php"), Component("theme", "biru", "1.0", "style.css")]
    choice = choose({each.key: each for each in found}, catalogue.read(tmp_path), php)
    assert [each.label for each in choice.due] == ["Plugin kontak 1.0 -> 2.0"]
    assert [each.line.partition(":")[0] for each in choice.held] == [
        "Plugin kontak 1.0 -> 3.0",
        "Tema biru 1.0 -> 2",
        "WordPress 6.1 -> 6.9",
    ]
    assert all(f"memerlukan PHP {asks}" in each.why and php in each.why for each in choice.held)


@pytest.mark.parametrize("asks", ["8.2", "8.2.29", "", "delapan $(id)"])
def test_what_runs_on_the_sites_php_is_due(tmp_path: Path, asks: str) -> None:
    offer(tmp_path, "3.tar.gz", plugin("3.0", f" * Requires PHP: {asks}\n"))
    kontak = Component("plugin", "kontak", "1.0", "kontak.php")
    assert len(choose({kontak.key: kontak}, catalogue.read(tmp_path), "8.2.29").due) == 1


HELLO = {
    "hello-dolly/hello.php": "<?php\n/*\nPlugin Name: Hello Dolly\nVersion: 1.7.2\n*/",
    "hello-dolly/readme.txt": "",
}


@pytest.mark.parametrize(
    ("title", "more", "why"),
    [
        ("Hello Dolly", {}, None),
        ("Hello Dolly", {"hello-dolly/lain.php": ""}, "terpasang sebagai satu berkas, arsipnya satu folder"),
        ("Halo lain", {}, ""),
    ],
)
def test_a_plugin_that_is_a_lone_file_is_updated_by_an_archive_of_that_file_only(
    tmp_path: Path, title: str, more: dict[str, str], why: str | None
) -> None:
    offer(tmp_path, "hello.tar.gz", HELLO | more)
    said = f">wp-content/plugins/hello.php\n Plugin Name: {title}\n Version: 1.6\n"
    (lone,) = components.parse(said)
    assert (lone.label, lone.lone) == ("Plugin hello.php", True)
    choice = choose({lone.key: lone}, catalogue.read(tmp_path), "8.2")
    assert [(each.label, each.folder, each.lone) for each in choice.due] == (
        [("Plugin hello.php 1.6 -> 1.7.2", "wp-content/plugins/hello.php", "hello.php")] if why is None else []
    )
    assert [each.why.partition(":")[0] for each in choice.held] == ([why] if why else [])


def test_an_updated_release_stays_the_one_of_its_archive() -> None:
    first = f"0001-{SHA_A[:12]}"
    second = f"0002-{SHA_A[:12]}-{UPDATE[:12]}"
    state = Releases(second, second, (first, second), (first, second))
    assert state.name_for(SHA_A) == second
    assert state.name_for(SHA_B) == f"0003-{SHA_B[:12]}"
    assert state.updated(second, UPDATE) == f"0003-{SHA_A[:12]}-{UPDATE[:12]}"
    assert Releases(first, first, (first, second), (first,)).updated(first, UPDATE) == second, "a killed run's is used"
    assert Releases(first, first, (first, second), (first, second)).name_for(SHA_A) == first, "what is served counts"
