"""A site's host looked through: files, WordPress, versions. Reads only; each function is a part of a check."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import IO

from playbooks.findings import Copy, Finding, Reason, TargetError
from playbooks.hosting import archive, deploy, files, libraries, releases
from playbooks.hosting.connect import Shell
from playbooks.hosting.intruders import cms, judging, listing, support, timetable
from playbooks.hosting.intruders.judging import Meant, Strays
from playbooks.hosting.intruders.listing import Entry, Listing
from playbooks.hosting.intruders.marks import marks
from playbooks.hosting.intruders.timetable import Timetables
from playbooks.hosting.sentinel.lexicon import lexicon
from playbooks.hosting.site import Site

WORDPRESS = "wp-includes/version.php"
_HASHING = Lock()


@dataclass
class Seen:
    """What a look through a host's files leaves for the rest of a check."""

    copies: list[Copy] = field(default_factory=list)
    served: frozenset[str] | None = None
    """Files below the folder that visitors get; None while they were not read."""


@dataclass(frozen=True)
class Survey:
    """One look through a site's files and timetables: what is there, what should be, what does not fit, what is bad."""

    held: Listing
    meant: Meant
    odd: Strays
    shown: Mapping[str, bytes]
    tables: Timetables
    found: tuple[Finding, ...]


def look_through(site: Site, shell: Shell, seen: Seen) -> Iterator[Finding]:
    """Findings of a site's files and timetable; on an alarm the files it is about go into `seen`.

    Raises TargetError, after what was found, when a part could not be read or there is no archive to compare with.
    """
    view = survey(site, shell)
    if view is None:
        return
    entries = view.held.entries
    seen.served = judging.served(view.held, view.meant)
    if judging.alarming(view.found):
        seen.copies += [_copy(entries[path], path, data) for path, data in view.shown.items() if path in entries]
        seen.copies += timetable.copies(view.tables, marks())
    yield from judging.told(view.found)
    gaps, release = [*view.held.gaps, *view.tables.gaps], view.held.release
    if view.meant.files is None:
        gaps.append(f"rilis {release} tidak dapat dibandingkan: tidak tercatat, dan arsipnya tidak ada di inventaris")
    if gaps:
        raise TargetError(site.slug, Reason.INCOMPLETE, "; ".join(gaps))


def survey(site: Site, shell: Shell) -> Survey | None:
    """Everything about a site's files, unjudged and judged; None for a site without a release. Raises TargetError."""
    release = releases.read(site.layout, shell).current
    if not release:
        return None
    held = listing.read(site, shell, release)
    meant = _meant(site, release, held.recorded)
    odd = judging.strays(held, meant)
    shown = listing.show(site, shell, held, judging.by_interest(odd.all))
    tables = timetable.read(site, shell)
    found = (
        *judging.judge(held, meant, odd, shown, marks(), lexicon(site.inventory.words)),
        *timetable.judge(tables, marks(), shell.name),
    )
    return Survey(held, meant, odd, shown, tables, found)


def _copy(entry: Entry, path: str, data: bytes) -> Copy:
    return Copy(judging.named(path), data, entry.owner, entry.mode, entry.modified, entry.changed)


def look_at_wordpress(site: Site, shell: Shell) -> Iterator[Finding]:
    """Findings of its version and administrators. Raises TargetError, also when nobody said who may administer it."""
    served = cms.version(shell.read(f"{site.layout.current}/{WORDPRESS}"))
    if not served:
        return
    yield from cms.judge_version(site.slug, served, _archived_version(site))
    if not site.website.admins:
        raise TargetError(site.slug, Reason.UNPROVEN, "isi admins di websites.yaml agar admin asing dapat dikenali")
    yield from cms.judge_administrators(site.slug, cms.administrators(site, shell), site.website.admins)


def look_at_support(site: Site, shell: Shell) -> list[Finding]:
    """Findings of a host whose system or PHP gets no more fixes. Raises TargetError."""
    system, php = support.versions(shell)
    about = (system, php if site.kind.php else "", datetime.now(UTC).date())
    return [*support.judge(shell.name, *about, support.support())]


def _meant(site: Site, release: str, recorded: Mapping[str, str]) -> Meant:
    """The inventory's archive is believed before what its host wrote down, which knows the installed libraries."""
    archived, kind = _release_files(site, release), site.kind
    installs = kind.composer and libraries.lacking({*(archived or ())})
    libraries_of_it = {path: digest for path, digest in recorded.items() if installs and path.startswith("vendor/")}
    known = {**archived, **libraries_of_it} if archived is not None else recorded or None
    made = (*(("vendor",) if installs and not recorded else ()), *(("bootstrap/cache",) if kind.prepare else ()))
    own = frozenset(kind.secrets)
    return Meant(known, deploy.links(site), made, _settings(site), own, kind.makes, kind.seeds, kind.docroot)


def _settings(site: Site) -> dict[str, frozenset[str]]:
    texts = [files.wanted(site, tls) for tls in (False, True)]
    paths = {name: f"{site.layout.shared}/{name}" for name in site.kind.settings}
    return {
        name: frozenset(hashlib.sha256(text[path].encode()).hexdigest() for text in texts)
        for name, path in paths.items()
    }


def _release_files(site: Site, release: str) -> Mapping[str, str] | None:
    """SHA-256 by path, when the inventory's archive is the one that is served and lies on this machine."""
    source = site.website.source
    if source is None or not release.endswith(source.sha256[:12]):
        return None
    return _of_archive(site)[0]


def _archived_version(site: Site) -> str:
    return _of_archive(site)[1]


def _of_archive(site: Site) -> tuple[Mapping[str, str] | None, str]:
    """SHA-256 by path and WordPress's version of the inventory's archive. Raises TargetError."""
    try:
        path = archive.on_this_machine(site)
        if path is None or site.website.source is None:
            return None, ""
        with _HASHING:
            return _read_archive(path, site.website.source.sha256)
    except archive.ArchiveRefused as refusal:
        raise TargetError(site.slug, Reason.ERROR, str(refusal)) from None


@lru_cache(maxsize=32)
def _read_archive(path: Path, sha256: str) -> tuple[dict[str, str], str]:
    """Kept by the archive's checksum: many sites may stand on one."""
    kept = archive.looked_at(path, sha256, _digest)
    version = kept.get(WORDPRESS, ("", ""))[1]
    return {name: digest for name, (digest, _) in kept.items()}, version


def _digest(content: IO[bytes]) -> tuple[str, str]:
    """SHA-256 and, of the file that tells it, WordPress's version."""
    digest, head = hashlib.sha256(), b""
    while chunk := content.read(archive.CHUNK):
        digest.update(chunk)
        head = head or chunk
    return digest.hexdigest(), cms.version(head.decode("latin-1")) if b"$wp_version" in head else ""
