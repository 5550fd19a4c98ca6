"""Copies off the host: whole or not there, sealed, and the host's answer is not believed."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from playbooks.findings import Reason, TargetError
from playbooks.hosting import vault as module
from playbooks.hosting.kept import SiteBackup
from playbooks.hosting.site import Site
from playbooks.hosting.vault import Vault
from tests.playbooks.hosting import doubles

FILES, DUMP = b"berkas" * 500_000, b"insert into warga values ('Ani')"


class Host:
    """What the host sends for each file."""

    def __init__(self) -> None:
        self.files = {"files.tar.gz": FILES, "database.sql.gz": DUMP}

    def download(self, path: str) -> Iterator[bytes]:
        content = self.files[path.rpartition("/")[2]]
        yield content[:1000]
        yield content[1000:]


@pytest.fixture
def host() -> Any:
    return Host()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return doubles.vault(tmp_path / "backups")


@pytest.fixture
def site() -> Site:
    return doubles.site()


def kept(day: int = 1) -> SiteBackup:
    sums = [hashlib.sha256(each).hexdigest() for each in (FILES, DUMP)]
    path = f"/var/backups/pelihara/portal/202611{day:02}T000000Z"
    return SiteBackup(
        "portal", path, "0001-aaaaaaaaaaaa", *sums, len(FILES + DUMP), datetime(2026, 11, day, tzinfo=UTC)
    )


def stored(vault: Vault) -> list[str]:
    return sorted(str(path.relative_to(vault.folder)) for path in vault.folder.rglob("*"))


def test_a_copy_is_listed_whole_and_tells_nothing_to_who_has_no_key(vault: Vault, host: Any, site: Site) -> None:
    assert vault.held(site.slug, site.layout.backups) == []
    for day in (1, 3, 2):
        vault.take(kept(day), host)
    assert vault.held(site.slug, site.layout.backups) == [kept(3), kept(2), kept(1)]
    vault.verify(kept(1))
    written = b"".join(path.read_bytes() for path in vault.folder.rglob("*.sealed"))
    assert len(written) > len(FILES)
    assert not any(known in written for known in (b"berkas", b"insert", b"warga"))
    modes = {oct(path.stat().st_mode & 0o777) for path in vault.folder.rglob("*")}
    assert modes == {"0o600", "0o700"}


def test_what_the_host_sends_is_not_believed(vault: Vault, host: Any, site: Site) -> None:
    host.files["database.sql.gz"] = b"galat"
    with pytest.raises(TargetError) as refusal:
        vault.take(kept(), host)
    assert refusal.value.reason is Reason.REFUSED_OUTPUT
    assert vault.held(site.slug, site.layout.backups) == []
    assert stored(vault) == ["portal"]


def test_a_host_that_never_stops_sending_does_not_fill_the_disk(vault: Vault) -> None:
    class Endless:
        sent = 0

        def download(self, _: str) -> Iterator[bytes]:
            while True:
                self.sent += len(FILES)
                yield FILES

    endless: Any = Endless()
    with pytest.raises(TargetError):
        vault.take(kept(), endless)
    assert endless.sent == 2 * len(FILES)
    assert stored(vault) == ["portal"]


@pytest.mark.parametrize("name", ["files.tar.gz.sealed", "database.sql.gz.sealed"])
@pytest.mark.parametrize("where", [0, 1, 30, -1])
def test_a_damaged_copy_is_found_and_replaced(vault: Vault, host: Any, site: Site, name: str, where: int) -> None:
    vault.take(kept(), host)
    path = vault.folder / "portal" / kept().name / name
    data = bytearray(path.read_bytes())
    data[where] ^= 1
    path.write_bytes(data)
    with pytest.raises(TargetError) as refusal:
        vault.verify(kept())
    assert refusal.value.reason is Reason.REFUSED_OUTPUT
    vault.mark_damaged(kept())
    assert vault.damaged(site.slug) == {kept().name}
    vault.take(kept(), host)
    vault.verify(kept())
    assert vault.damaged(site.slug) == set()
    vault.take(kept(2), host)
    assert not [each for each in stored(vault) if ".part-" in each]


def test_a_lost_part_is_damage_and_a_copy_of_another_day_is_no_copy(vault: Vault, host: Any) -> None:
    vault.take(kept(1), host)
    vault.take(kept(2), host)
    first, second = (vault.folder / "portal" / kept(day).name / "database.sql.gz.sealed" for day in (1, 2))
    os.replace(first, second)
    for day in (1, 2):
        with pytest.raises(TargetError) as refusal:
            vault.verify(kept(day))
        assert refusal.value.reason is Reason.REFUSED_OUTPUT


def test_a_key_that_is_lost_is_no_damage(vault: Vault, host: Any) -> None:
    class NoKey(Exception):
        pass

    def lost(_: bytes) -> bytes:
        raise NoKey

    vault.take(kept(), host)
    with pytest.raises(NoKey):
        replace(vault, unseal=lost).verify(kept())


def test_a_full_disk_leaves_the_copies_that_were_there(
    vault: Vault, host: Any, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.take(kept(1), host)
    with monkeypatch.context() as full:
        full.setattr(module.shutil, "disk_usage", lambda _: SimpleNamespace(total=1000, free=900))
        with pytest.raises(TargetError) as early:
            vault.take(kept(2), host)
    assert "tidak cukup" in early.value.detail

    def no_room(path: Path, *_: Iterable[bytes]) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as full:
        full.setattr(module, "_write", no_room)
        with pytest.raises(TargetError) as late:
            vault.take(kept(2), host)
    assert late.value.reason is Reason.ERROR
    assert vault.held(site.slug, site.layout.backups) == [kept(1)]
    assert not [each for each in stored(vault) if ".part-" in each]


def test_what_is_no_marker_of_this_site_is_no_copy(vault: Vault, host: Any, site: Site) -> None:
    vault.take(kept(), host)
    marker = vault.folder / "portal" / kept().name / "finished.json"
    for text in ("", "[]", marker.read_text().replace('"portal"', '"lain"'), "\udcff"):
        marker.write_text(text, "utf-8", "surrogateescape")
        assert vault.held(site.slug, site.layout.backups) == []


def test_a_large_backup_takes_the_memory_of_a_piece(vault: Vault) -> None:
    size, piece = 200 << 20, bytes(1 << 18)

    class Large:
        def download(self, _: str) -> Iterator[bytes]:
            yield from (piece for _ in range(size // len(piece)))

    zeros = hashlib.sha256()
    for _ in range(size // len(piece)):
        zeros.update(piece)
    large = replace(kept(), files_sha256=zeros.hexdigest(), database_sha256="", bytes=size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    vault.take(large, Large())  # type: ignore[arg-type]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000, "KiB"


def test_removing_takes_the_name_first_and_twice_is_nothing(vault: Vault, host: Any, site: Site) -> None:
    vault.take(kept(1), host)
    vault.take(kept(2), host)
    for _ in range(2):
        vault.remove(kept(1))
        assert vault.held(site.slug, site.layout.backups) == [kept(2)]
    assert {each.split("/")[1] for each in stored(vault) if "/" in each} == {kept(2).name}
