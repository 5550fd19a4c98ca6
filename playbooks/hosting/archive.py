"""Release archives: fetched, checked against their SHA-256, and only then opened; what is packed again is harmless.

Hostile archives are the rule to expect: absolute and climbing paths, links, devices, bombs. Nothing is unpacked on this
machine; members are copied one by one into a plain tar with modes and owners of our own.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, TypeVar
from urllib.parse import urlsplit

import requests

from inventory.models import Source
from playbooks.hosting.kinds import KINDS
from playbooks.hosting.site import Site, SiteError

MEMBERS = 100_000
UNPACKED = 4 * 1024**3
DOWNLOAD = 2 * 1024**3
DOWNLOAD_S = 600
CHUNK = 1 << 20
Seen = TypeVar("Seen")


class ArchiveRefused(SiteError):
    """A release archive is missing, is not the one agreed on, or is not safe; the message says which member and why."""


@dataclass(frozen=True)
class Release:
    """A checked release, packed as plain tar.gz."""

    path: Path
    sha256: str
    names: frozenset[str]
    bytes: int


def prepare(site: Site, folder: Path) -> Release:
    """Fetch, verify and repack a site's archive into `folder`. Raises ArchiveRefused."""
    source = source_of(site)
    original = _fetch(site, source.archive, folder / "original")
    _verify(original, source)
    return repack(original, folder / "release.tar.gz", site.kind.needs)


def source_of(site: Site) -> Source:
    """The release that the inventory names. Raises SiteError when it names none."""
    if site.website.source is None:
        raise SiteError(f"{site.slug}: source (arsip rilis) belum diisi dalam websites.yaml")
    return site.website.source


def present(site: Site) -> None:
    """Raises ArchiveRefused when an archive of this machine is missing or another one; one at a URL is not fetched."""
    source = source_of(site)
    if not _is_url(source.archive):
        agreed(site, source)


def agreed(site: Site, source: Source) -> Path:
    """An archive of this machine. Raises ArchiveRefused when it is missing or not the one that was agreed on."""
    path = _local(site, source.archive)
    _verify(path, source)
    return path


def contents(site: Site) -> dict[str, int]:
    """Files of a release and their bytes; none of an archive at a URL, which is not fetched.

    Raises ArchiveRefused, also when it is no release of this kind of website.
    """
    source = source_of(site)
    if _is_url(source.archive):
        return {}
    path = _local(site, source.archive)
    with _readable(path):
        sizes = {member.name: member.size for member in _members(path)}
    top = _single_top(list(sizes))
    released = {name.removeprefix(top): size for name, size in sizes.items()}
    _require(site.kind.needs, released.keys(), source.archive)
    return released


def on_this_machine(site: Site) -> Path | None:
    """The inventory's archive; None when it names none, or one at a URL. Raises ArchiveRefused when it is missing."""
    source = site.website.source
    return None if source is None or _is_url(source.archive) else _local(site, source.archive)


def looked_at(path: Path, sha256_of_it: str, look: Callable[[IO[bytes]], Seen]) -> dict[str, Seen]:
    """What `look` makes of each file of a release archive, by its path in the release. Raises ArchiveRefused."""
    _verify(path, Source(archive=path.name, sha256=sha256_of_it))
    with _readable(path):
        seen = {member.name: look(member.content) for member in _members(path)}
    top = _single_top(list(seen))
    return {name.removeprefix(top): each for name, each in seen.items()}


def heads(path: Path, wanted: Callable[[str], bool], size: int) -> dict[str, bytes]:
    """The first `size` bytes of an archive's files that are wanted, if all stand in one top folder; else none.

    Raises ArchiveRefused as `repack` does.
    """
    found, names = {}, []
    with _readable(path):
        for member in _members(path):
            names.append(member.name)
            if wanted(member.name):
                found[member.name] = member.content.read(size)
    return found if _single_top(names) else {}


def _require(needs: tuple[str, ...], names: Set[str], archive: str) -> None:
    absent = [need for need in needs if need not in names]
    if not absent:
        return
    fits = [name for name, kind in KINDS.items() if set(kind.needs) <= names]
    like = f"; isinya seperti kind: {max(fits, key=lambda name: len(KINDS[name].needs))}" if fits else ""
    raise ArchiveRefused(f"{archive}: bukan rilis situs ini; tidak ada {', '.join(absent)}{like}")


def _verify(path: Path, source: Source) -> None:
    found = sha256(path)
    if found != source.sha256:
        raise ArchiveRefused(f"{source.archive}: SHA-256 {found} tidak sama dengan inventaris ({source.sha256})")


def sha256(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(site: Site, archive: str, target: Path) -> Path:
    if _is_url(archive):
        try:
            return _download(archive, target)
        except requests.RequestException as error:
            raise ArchiveRefused(f"{archive}: tidak dapat diunduh: {type(error).__name__}") from None
    return _local(site, archive)


def _is_url(archive: str) -> bool:
    return urlsplit(archive).scheme in ("http", "https")


def _local(site: Site, archive: str) -> Path:
    path = site.inventory_path(archive)
    if not path.is_file():
        raise ArchiveRefused(f"{archive}: arsip rilis tidak ada")
    return path


def _download(url: str, target: Path) -> Path:
    deadline, size = time.monotonic() + DOWNLOAD_S, 0
    with requests.get(url, stream=True, timeout=(10, 30)) as answer, target.open("wb") as file:
        answer.raise_for_status()
        for chunk in answer.iter_content(CHUNK):
            size += len(chunk)
            if size > DOWNLOAD or time.monotonic() > deadline:
                raise ArchiveRefused(f"{url}: unduhan terlalu besar atau terlalu lama")
            file.write(chunk)
    return target


@dataclass(frozen=True)
class _Member:
    name: str
    size: int
    content: IO[bytes]


def repack(original: Path, target: Path, needs: tuple[str, ...] = ()) -> Release:
    """Copy the regular files of a tar(.gz) or zip into a plain tar.gz without its single top folder, if it has one.

    The same archive always gives the same bytes. Raises ArchiveRefused for anything but plain files and folders, for
    names that leave the release, for more than `MEMBERS` members or `UNPACKED` bytes, and without all of `needs`.
    """
    with _readable(original):
        names = [member.name for member in _members(original)]
        top = _single_top(names)
        released = frozenset(name.removeprefix(top) for name in names)
        _require(needs, released, original.name)
        total = _copy(original, target, top)
    return Release(target, sha256(target), released, total)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Raises ArchiveRefused for what the block finds broken."""
    try:
        yield
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise ArchiveRefused(f"{path.name}: arsip rusak atau tidak dikenal ({type(error).__name__})") from None


def _copy(original: Path, target: Path, top: str) -> int:
    total = 0
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as out,
    ):
        for member in _members(original):
            entry = tarfile.TarInfo(member.name.removeprefix(top))
            entry.size, entry.mode = member.size, 0o640
            out.addfile(entry, member.content)
            total += member.size
    return total


def _members(path: Path) -> Iterator[_Member]:
    """The regular files of an archive, each name and size checked, in order."""
    seen: set[str] = set()
    total = 0
    opened = _from_zip(path) if zipfile.is_zipfile(path) else _from_tar(path)
    for count, member in enumerate(opened, 1):
        total += member.size
        if count > MEMBERS or total > UNPACKED:
            raise ArchiveRefused(f"{path.name}: isi arsip melebihi batas ({MEMBERS} berkas, {UNPACKED} byte)")
        if member.name in seen:
            raise ArchiveRefused(f"{path.name}: {member.name!r} ada dua kali")
        seen.add(member.name)
        yield member


def _from_tar(path: Path) -> Iterator[_Member]:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        plain = gzip.GzipFile(fileobj=raw) if packed else raw
        with closing(_Bounded(plain)) as bounded, tarfile.open(fileobj=bounded, mode="r:") as archive:
            for entry in archive:
                name = _safe(entry.name, path)
                if entry.isdir():
                    continue
                content = archive.extractfile(entry) if entry.isreg() and not entry.issparse() else None
                if content is None:
                    raise ArchiveRefused(f"{path.name}: {entry.name!r} bukan berkas biasa (tautan atau perangkat)")
                yield _Member(name, entry.size, content)


def _from_zip(path: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            name = _safe(entry.filename, path)
            if entry.is_dir():
                continue
            mode = entry.external_attr >> 16
            if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
                raise ArchiveRefused(f"{path.name}: {entry.filename!r} bukan berkas biasa (tautan atau perangkat)")
            with archive.open(entry) as content:
                yield _Member(name, entry.file_size, content)


def _safe(name: str, path: Path) -> str:
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or "\\" in name or not name.isprintable() or len(name) > 1000:
        raise ArchiveRefused(f"{path.name}: nama {name!r} tidak aman")
    return "/".join(parts)


def _single_top(names: list[str]) -> str:
    tops = {name.split("/", 1)[0] for name in names if "/" in name}
    if len(tops) == 1 and all("/" in name for name in names):
        return f"{tops.pop()}/"
    return ""


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than a release may hold, or a header larger than any honest one."""

    def __init__(self, stream: BinaryIO | gzip.GzipFile) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= CHUNK:
            raise tarfile.ReadError("unreasonable header")
        data = self._stream.read(size)
        if self._stream.tell() > UNPACKED + MEMBERS * 1024:
            raise tarfile.ReadError("too much data")
        return data

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if offset > UNPACKED + MEMBERS * 1024:
            raise tarfile.ReadError("too much data")
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()
