"""Configurations over time, as a git repository of redacted texts: one file a device, one commit a changing run.

A projection of the register: it can be thrown away and written again. git is called with arguments only, without hooks,
without the machine's own settings, and syncs what it writes to the disk before the branch moves.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

BRANCH = "refs/heads/main"
SUFFIX = ".cfg"
OPTIONS = ("core.fsync=all", "core.hooksPath=/dev/null", "gc.auto=0", "safe.directory=*", "core.quotePath=true")
AUTHOR = "pelihara <pelihara@localhost>"
NEVER = datetime.max.replace(tzinfo=UTC)


class HistoryError(Exception):
    """git could not do it; the message is git's own."""


class UnknownVersion(HistoryError):
    """No such version of this device."""


@dataclass(frozen=True)
class Version:
    """One stored state of a device's configuration; `at` is UTC."""

    commit: str
    at: datetime
    message: str


@dataclass(frozen=True)
class State:
    """What was stored at one time: redacted texts by device. `at` knows its zone."""

    at: datetime
    texts: Mapping[str, str]
    message: str


class History:
    """`repo` is made on first use. Safe for several processes: writers take turns by a lock file."""

    def __init__(self, repo: Path) -> None:
        self.repo = repo

    def commit(self, texts: Mapping[str, str], message: str) -> dict[str, str]:
        """Store redacted texts by device; the commit's id for each that changed, "" for each that did not.

        Raises ValueError for a device name that is no plain file name, HistoryError when git fails.
        """
        blobs = {_file(device): text.encode() for device, text in texts.items()}
        with self._locked():
            head, stored = self._head(), self._stored()
            changed = {name: blob for name, blob in blobs.items() if stored.get(name) != _blob_id(blob)}
            commit = self._import(head, changed, message, datetime.now(UTC)) if changed else ""
        return {device: commit if _file(device) in changed else "" for device in texts}

    def versions(self, device: str) -> list[Version]:
        """Newest first; empty for a device never stored."""
        name = _file(device)
        if not self._head():
            return []
        log = self._git("log", "--format=%H%x00%ct%x00%s", BRANCH, "--", name).decode()
        return [_version(line) for line in log.splitlines()]

    def show(self, device: str, version: str = "") -> str:
        """The text at `version` (a commit id, the newest when empty). Raises UnknownVersion."""
        name, commit = _file(device), self._commit(version)
        try:
            return self._git("cat-file", "blob", f"{commit}:{name}").decode()
        except HistoryError:
            raise UnknownVersion(f"{device}: versi {version or 'terakhir'} tidak ada") from None

    def diff(self, device: str, old: str, new: str = "") -> str:
        """Unified diff of two versions. Raises UnknownVersion."""
        name = _file(device)
        return self._git(
            "diff", "--no-color", "--no-ext-diff", "--no-textconv", self._commit(old), self._commit(new), "--", name
        ).decode()

    def fsck(self) -> list[str]:
        """Damage found by git, one line each; empty when all objects are whole and reachable."""
        if not (self.repo / "HEAD").exists():
            return []
        done = self._run("fsck", "--full", "--strict", "--no-progress")
        lines = (done.stdout + done.stderr).decode("utf-8", "replace").splitlines()
        damage = [line for line in lines if not line.startswith(("notice:", "dangling "))]
        return damage or ([f"git fsck: {done.returncode}"] if done.returncode else [])

    def differs(self, states: Iterable[State], unknown: Container[str] = (), settled: datetime = NEVER) -> list[str]:
        """How the branch differs from what it should show, one line each (Indonesian); empty when it does not.

        Of the devices in `unknown` some texts are no longer known, so others may be on the branch; states since
        `settled` may be under way still. Raises HistoryError when git cannot read the branch.
        """
        due: dict[tuple[str, str], datetime] = {}
        known: set[tuple[str, str]] = set()
        newest: dict[str, set[str]] = {}
        for state in states:
            for device, text in state.texts.items():
                name, blob = _file(device), _blob_id(text.encode())
                known.add((name, blob))
                if state.at >= settled:
                    newest.setdefault(name, {""}).add(blob)
                else:
                    newest[name], due[name, blob] = {blob}, state.at
        found, stored = self._ever_stored(), self._stored()
        lost = due.keys() - found
        problems = [f"{name}: versi {due[name, blob]:%Y-%m-%d %H:%M} UTC tidak ada" for name, blob in lost]
        strange = {name for name, _ in found - known if name.removesuffix(SUFFIX) not in unknown}
        problems += [f"{name}: berisi yang tidak pernah dicadangkan" for name in strange]
        problems += [
            f"{name}: bukan versi terbaru" for name, good in newest.items() if stored.get(name, "") not in good
        ]
        return sorted(problems)

    def rebuild(self, states: Iterable[State]) -> Path | None:
        """Write the branch anew from `states`, oldest first; where the old repository was put, if there was one.

        Commits get the times of their states. Killed before its end, it leaves the old repository in place.
        """
        with self._locked():
            fresh = History(self.repo.with_name(f"{self.repo.name}.new"))
            shutil.rmtree(fresh.repo, ignore_errors=True)
            with fresh._locked():
                head = ""
                stored: dict[str, str] = {}
                for state in states:
                    blobs = {_file(device): text.encode() for device, text in state.texts.items()}
                    changed = {name: blob for name, blob in blobs.items() if stored.get(name) != _blob_id(blob)}
                    head = fresh._import(head, changed, state.message, state.at) if changed else head
                    stored |= {name: _blob_id(blob) for name, blob in changed.items()}
                return self._give_way_to(fresh.repo)

    def _give_way_to(self, fresh: Path) -> Path:
        aside = self.repo.with_name(f"{self.repo.name}.rusak-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
        self.repo.rename(aside)
        fresh.rename(self.repo)
        return aside

    def _ever_stored(self) -> set[tuple[str, str]]:
        """File name and blob id of everything the branch ever showed."""
        if not self._head():
            return set()
        fields = self._git("log", "--format=", "--raw", "--no-abbrev", "--no-renames", "--root", "-z", BRANCH).decode()
        entries = fields.split("\0")
        return {(name, info.split()[3]) for info, name in zip(entries[::2], entries[1::2], strict=False)}

    def _commit(self, version: str) -> str:
        if version and not re.fullmatch(r"[0-9a-f]{7,64}", version):
            raise UnknownVersion(f"versi {version!r} bukan penanda commit")
        done = self._run("rev-parse", "--verify", "--quiet", f"{version or BRANCH}^{{commit}}")
        if done.returncode:
            raise UnknownVersion(f"versi {version or 'terakhir'} tidak ada")
        return done.stdout.decode().strip()

    def _head(self) -> str:
        if not (self.repo / "HEAD").exists():
            return ""
        return self._run("rev-parse", "--verify", "--quiet", BRANCH).stdout.decode().strip()

    def _stored(self) -> dict[str, str]:
        """Blob id by file name, as the branch has them."""
        if not self._head():
            return {}
        entries = self._git("ls-tree", "-z", BRANCH).decode().split("\0")
        return {name: info.split()[2] for info, _, name in (entry.partition("\t") for entry in entries if entry)}

    def _import(self, head: str, blobs: Mapping[str, bytes], message: str, at: datetime) -> str:
        """One commit with all `blobs`; fast-import moves the branch only forward and only from `head`."""
        said = message.encode()
        parts = [
            f"commit {BRANCH}\ncommitter {AUTHOR} {int(at.timestamp())} +0000\ndata {len(said)}\n".encode(),
            said,
            b"\n",
        ]
        if head:
            parts.append(f"from {head}\n".encode())
        for name, blob in blobs.items():
            parts += [f"M 100644 inline {name}\ndata {len(blob)}\n".encode(), blob, b"\n"]
        self._git("fast-import", "--quiet", stdin=b"".join([*parts, b"done\n"]), more=("--done",))
        return self._head()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock():
            if not (self.repo / "HEAD").exists():
                self._git("init", "--quiet", "--bare", f"--initial-branch={BRANCH.rpartition('/')[2]}", str(self.repo))
            yield

    @contextmanager
    def _lock(self) -> Iterator[None]:
        while True:
            self.repo.mkdir(parents=True, exist_ok=True)
            with (self.repo / "pelihara.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                # While we waited, a rebuild may have put another repository in this one's place.
                if _is(lock, self.repo / "pelihara.lock"):
                    yield
                    return

    def _git(self, *arguments: str, stdin: bytes = b"", more: tuple[str, ...] = ()) -> bytes:
        done = self._run(*arguments, *more, stdin=stdin)
        if done.returncode:
            raise HistoryError(f"git {arguments[0]}: {done.stderr.decode('utf-8', 'replace').strip()[:500]}")
        return done.stdout

    def _run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        options = [part for option in OPTIONS for part in ("-c", option)]
        where = () if arguments[0] == "init" else (f"--git-dir={self.repo}",)
        command = [_git_program(), *options, *where, *arguments]
        # Every argument is made here: option names, validated file names and commit ids.
        return subprocess.run(  # noqa: S603
            command, input=stdin, capture_output=True, env=_environment(), check=False, timeout=300
        )


def _git_program() -> str:
    found = shutil.which("git")
    if found is None:
        raise HistoryError("git tidak terpasang")
    return found


def _environment() -> dict[str, str]:
    """None of the machine's git settings, whoever runs this."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent"}


def _is(file: IO[str], path: Path) -> bool:
    return path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat())


def _file(device: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", device) or device.endswith(".lock"):
        raise ValueError(f"nama perangkat {device!r} tidak dapat menjadi nama berkas")
    return f"{device}{SUFFIX}"


def _blob_id(blob: bytes) -> str:
    """git's name of a file's content; SHA-1 because git's objects are (not for security)."""
    return hashlib.sha1(b"blob %d\0%s" % (len(blob), blob), usedforsecurity=False).hexdigest()


def _version(line: str) -> Version:
    commit, at, message = line.split("\0", 2)
    return Version(commit, datetime.fromtimestamp(int(at), UTC), message)
