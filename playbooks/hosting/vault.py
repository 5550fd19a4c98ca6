"""Off-host copies of websites' backups: in a folder of this machine, sealed, for they hold people's data.

    <folder>/<slug>/<time>/  files.tar.gz.sealed, database.sql.gz.sealed, finished.json (as on the host)

A copy is made beside the finished ones, read back from the disk, and takes its name last. Each file begins with a key
of its own, which is sealed with the office's.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from inventory.causes import cause
from playbooks.findings import Reason, TargetError
from playbooks.hosting import kept, sealing
from playbooks.hosting.connect import Shell
from playbooks.hosting.kept import DAMAGED, MARKER, SiteBackup

SPARE = 5
"""Percent of this machine's disk that copies leave free."""
_LENGTH = 2


@dataclass(frozen=True)
class Vault:
    """`seal` encrypts a few bytes with the office's key; `unseal` decrypts them, ValueError when they are damaged."""

    folder: Path
    seal: Callable[[bytes], bytes]
    unseal: Callable[[bytes], bytes]

    def held(self, slug: str, folder: str) -> list[SiteBackup]:
        """Finished copies of a site, newest first; their `path` is the one on the host, in `folder`."""
        found = [(path.parent.name, path) for path in (self.folder / slug).glob(f"[0-9]*/{MARKER}")]
        read = [kept.read(name, _text(path), slug, folder) for name, path in found]
        return sorted(filter(None, read), key=lambda each: each.at, reverse=True)

    def damaged(self, slug: str) -> set[str]:
        """Names of copies that are known to be damaged."""
        return {path.parent.name for path in (self.folder / slug).glob(f"[0-9]*/{DAMAGED}")}

    def mark_damaged(self, chosen: SiteBackup) -> None:
        (self._place(chosen) / DAMAGED).touch()

    def take(self, chosen: SiteBackup, shell: Shell) -> None:
        """Copy a backup from its host; a damaged copy gives way to it.

        Raises TargetError: error when this machine has no room or cannot write, refused_output when what arrived, or
        what was written, is not what was backed up. What is no whole copy never has its name.
        """
        work = self._begin(chosen)
        try:
            with _written(chosen, work):
                for name, sha256 in chosen.parts.items():
                    self._seal(chosen, work, name, _proven(chosen, sha256, shell.download(f"{chosen.path}/{name}")))
                self._read_back(chosen, work)
                _write(work / MARKER, [json.dumps(chosen.as_json()).encode()])
                _take_name(work, self._place(chosen))
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise

    def verify(self, chosen: SiteBackup) -> None:
        """Read a copy to its end. Raises TargetError (refused_output) when it is not what was backed up."""
        self._read_back(chosen, self._place(chosen))

    def content(self, chosen: SiteBackup) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Name and content of each part of a copy. Reading one raises TargetError as `verify`."""
        return ((name, self._opened(chosen, self._place(chosen), name)) for name in chosen.parts)

    def remove(self, chosen: SiteBackup) -> None:
        """Throw a copy away; its name goes first, so that half of it is never taken for a copy."""
        gone = self._part(chosen)
        shutil.rmtree(gone, ignore_errors=True)
        with suppress(FileNotFoundError):
            self._place(chosen).rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def _place(self, chosen: SiteBackup) -> Path:
        return self.folder / chosen.site / chosen.name

    def _part(self, chosen: SiteBackup) -> Path:
        return self.folder / chosen.site / f".part-{chosen.name}"

    def _begin(self, chosen: SiteBackup) -> Path:
        """An empty folder to work in; what killed copies left is gone."""
        work = self._part(chosen)
        with _written(chosen, work):
            work.parent.mkdir(0o700, parents=True, exist_ok=True)
            for left in work.parent.glob(".part-*"):
                shutil.rmtree(left)
            disk = shutil.disk_usage(work.parent)
            if disk.free - chosen.bytes < disk.total * SPARE / 100:
                detail = f"diska tempat salinan tidak cukup: perlu {chosen.bytes} byte, tersisa {disk.free}"
                raise TargetError(chosen.site, Reason.ERROR, detail)
            work.mkdir(0o700)
        return work

    def _seal(self, chosen: SiteBackup, work: Path, name: str, content: Iterable[bytes]) -> None:
        key = sealing.new_key()
        sealed = self.seal(key)
        header = len(sealed).to_bytes(_LENGTH, "big") + sealed
        _write(work / f"{name}.sealed", [header], sealing.close(content, key, _about(chosen, name)))

    def _read_back(self, chosen: SiteBackup, folder: Path) -> None:
        for name, sha256 in chosen.parts.items():
            for _ in _proven(chosen, sha256, self._opened(chosen, folder, name)):
                pass

    def _opened(self, chosen: SiteBackup, folder: Path, name: str) -> Iterator[bytes]:
        with _written(chosen, folder):
            try:
                with (folder / f"{name}.sealed").open("rb") as file:
                    key = self.unseal(file.read(int.from_bytes(file.read(_LENGTH), "big")))
                    yield from sealing.open_(file, key, _about(chosen, name))
            except (FileNotFoundError, ValueError):
                raise _different(chosen) from None


def _about(chosen: SiteBackup, name: str) -> bytes:
    """What a sealed file is: one that was moved elsewhere does not open there."""
    return f"{chosen.site}/{chosen.name}/{name}".encode()


def _proven(chosen: SiteBackup, sha256: str, content: Iterable[bytes]) -> Iterator[bytes]:
    """The content; raises at its end when its hash is another one, and before there is more of it than there was."""
    found, size = hashlib.sha256(), 0
    for chunk in content:
        size += len(chunk)
        if size > chosen.bytes:
            raise _different(chosen)
        found.update(chunk)
        yield chunk
    if found.hexdigest() != sha256:
        raise _different(chosen)


def _different(chosen: SiteBackup) -> TargetError:
    return TargetError(chosen.site, Reason.REFUSED_OUTPUT, f"salinan {chosen.name} di luar host tidak utuh")


def _text(path: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text("utf-8")
    return ""


def _write(path: Path, *parts: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        for part in parts:
            file.writelines(part)
        file.flush()
        os.fsync(file.fileno())


def _take_name(work: Path, place: Path) -> None:
    """A damaged copy is moved into the work in progress of the next copy, which throws it away."""
    with suppress(FileNotFoundError):
        place.rename(work.with_name(f"{work.name}-old"))
    work.rename(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _written(chosen: SiteBackup, path: Path) -> Iterator[None]:
    """Trouble with this machine's disk, as trouble with the site's backup."""
    try:
        yield
    except OSError as error:
        detail = f"salinan di luar host: {error.filename or path}: {cause(error)}"
        raise TargetError(chosen.site, Reason.ERROR, detail) from None
