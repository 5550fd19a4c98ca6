from __future__ import annotations

import gzip
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.hosting import archive
from playbooks.hosting.archive import ArchiveRefused, prepare, repack
from tests.playbooks.hosting.doubles import site


def tar(path: Path, *entries: tarfile.TarInfo | tuple[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as out:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                out.addfile(entry)
                continue
            info = tarfile.TarInfo(entry[0])
            info.size = len(entry[1])
            out.addfile(info, io.BytesIO(entry[1]))
    return path


def special(kind: bytes, name: str = "x", target: str = "/etc/passwd") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def contents(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as packed:
        return {member.name: packed.extractfile(member).read() for member in packed}  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["../x", "/etc/cron.d/x", "a/../../x", "a\\..\\x", "a\nb", "x" * 1001])
def test_a_name_that_leaves_the_release_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveRefused, match="tidak aman"):
        repack(tar(tmp_path / "a", (name, b"x")), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(ArchiveRefused, match="bukan berkas biasa"):
        repack(tar(tmp_path / "a", special(kind)), tmp_path / "out")


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a", "w") as out:
        info = zipfile.ZipInfo("x")
        info.external_attr = 0o120777 << 16
        out.writestr(info, "/etc/passwd")
    with pytest.raises(ArchiveRefused, match="bukan berkas biasa"):
        repack(tmp_path / "a", tmp_path / "out")


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "UNPACKED", 1_000_000)
    with pytest.raises(ArchiveRefused):
        repack(tar(tmp_path / "a", ("x", bytes(2_000_000))), tmp_path / "out")


def test_a_header_that_claims_to_be_huge_is_refused(tmp_path: Path) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 31
    (tmp_path / "a").write_bytes(gzip.compress(header.tobuf(tarfile.GNU_FORMAT) + bytes(4096)))
    with pytest.raises(ArchiveRefused):
        repack(tmp_path / "a", tmp_path / "out")


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MEMBERS", 3)
    with pytest.raises(ArchiveRefused, match="melebihi batas"):
        repack(tar(tmp_path / "a", *((f"{number}", b"") for number in range(4))), tmp_path / "out")


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match="dua kali"):
        repack(tar(tmp_path / "a", ("x", b"1"), ("./x", b"2")), tmp_path / "out")


@given(st.binary(max_size=2000))
def test_bytes_that_are_no_archive_are_refused_or_empty(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = tmp_path_factory.mktemp("noise")
    (folder / "a").write_bytes(data)
    with pytest.raises(ArchiveRefused):
        repack(folder / "a", folder / "out", needs=("index.html",))


def test_tar_and_zip_give_the_same_plain_release_without_the_top_folder(tmp_path: Path) -> None:
    files = {"situs/index.html": b"<h1>", "situs/css/a.css": b"a"}
    tar(tmp_path / "t", *files.items())
    with zipfile.ZipFile(tmp_path / "z", "w") as out:
        for name, data in files.items():
            out.writestr(name, data)
    one = repack(tmp_path / "t", tmp_path / "one", needs=("index.html",))
    other = repack(tmp_path / "z", tmp_path / "other", needs=("index.html",))
    assert one.sha256 == other.sha256
    assert contents(one.path) == {"index.html": b"<h1>", "css/a.css": b"a"}


def test_a_release_without_its_main_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match=r"index\.html"):
        repack(tar(tmp_path / "a", ("salah.html", b"x")), tmp_path / "out", needs=("index.html",))


def test_the_hash_is_checked_before_the_archive_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tar(tmp_path / "rilis.tar.gz", ("index.html", b"x"))
    monkeypatch.setattr(archive, "repack", lambda *_: pytest.fail("opened"))
    with pytest.raises(ArchiveRefused, match="SHA-256"):
        prepare(site(tmp_path), tmp_path)


def test_a_missing_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match=r"rilis\.tar\.gz: arsip rilis tidak ada"):
        prepare(site(tmp_path), tmp_path)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_an_archive_of_another_kind_is_refused_and_its_kind_is_named(tmp_path: Path) -> None:
    names = ("index.php", "system/core/CodeIgniter.php", "application/config/config.php")
    packed = tar(tmp_path / "rilis.tar.gz", *((name, b"<?php") for name in names))
    source = {"archive": "rilis.tar.gz", "sha256": archive.sha256(packed)}
    with pytest.raises(ArchiveRefused, match=r"tidak ada spark, .*; isinya seperti kind: codeigniter3"):
        archive.contents(site(tmp_path, kind="codeigniter", source=source))
    assert set(archive.contents(site(tmp_path, kind="codeigniter3", source=source))) == set(names)


def test_an_archive_at_a_url_is_fetched_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    original = tar(tmp_path / "rilis.tar.gz", ("index.html", b"x"))
    (tmp_path / "work").mkdir()
    with served(tmp_path) as url:
        good = {"archive": f"{url}/rilis.tar.gz", "sha256": archive.sha256(original)}
        assert prepare(site(source=good), tmp_path / "work").names == {"index.html"}
        for wrong in ({**good, "sha256": "0" * 64}, {**good, "archive": f"{url}/lain.tar.gz"}):
            with pytest.raises(ArchiveRefused):
                prepare(site(source=wrong), tmp_path / "work")
        monkeypatch.setattr(archive, "DOWNLOAD", 10)
        with pytest.raises(ArchiveRefused, match="terlalu besar"):
            prepare(site(source=good), tmp_path / "work")
