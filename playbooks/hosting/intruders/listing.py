"""The files of a site as its host has them, read by one script; names are the host's bytes and never trusted."""

from __future__ import annotations

import base64
import binascii
import io
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from playbooks.findings import Reason, TargetError
from playbooks.hosting.connect import Shell
from playbooks.hosting.site import Site

MOST_FILES = 100_000
HASH_S, SEARCH_S = 8, 4
"""Seconds for checksums of the release, and for a search of uploads for PHP."""
UNPACKED = 64_000_000
SHOWN_FILES, SHOWN_BYTES, SHOWN_ALL, SHOWN_NAMES = 200, 512_000, 16_000_000, 60_000
"""Files whose content is read, bytes of each, of all, and of all their names."""
# Records end with NUL, the one byte that no name holds; the first letter says what a record is. gzip and base64 bring
# any bytes safely through a terminal's encoding. The last record proves that nothing was cut off.
_LIST = r"""
export LC_ALL=C
cd "$1"
release=releases/$2 record=checksums/$2 most=$3 hash_s=$4 search_s=$5; shift 5
tagged() { sed -z "s/^/$1/"; printf '\0'; }
{
    find "$release" shared -xdev ! -type d -printf 'f%y %s %u %m %Ts %Cs %p\0t%l\0' 2>/dev/null |
        head -z -n "$((most * 2))"
    find "$release" -xdev -type f -print0 | head -z -n "$most" |
        timeout "$hash_s" xargs -0 -r sha256sum -z -- 2>/dev/null | tagged h
    for file; do [ ! -f "$file" ] || sha256sum -z -- "$file" | tagged h; done
    {
        find shared -xdev -type f -size -2048k -print0 2>/dev/null | head -z -n "$most" |
            {
                timeout "$search_s" xargs -0 -r grep -lZai -e '<?php' -e '<?=[[:space:]]*[$`@]' -- 2>/dev/null ||
                    [ $? -ne 124 ] || printf 'x\0'
            }
    } | tagged p
    [ ! -f "$record" ] || tagged m <"$record"
    [ ! -f shared/.env ] ||
        sed -n 's/^ *\(APP_DEBUG\|CI_ENVIRONMENT\) *= *"\{0,1\}\([A-Za-z0-9]*\).*/\1=\2/p' shared/.env |
        tr '\n' '\0' | tagged d
    printf 'e\0'
} | gzip -c | base64 -w 0
"""
_SHOW = r"""
cd "$1"
printf %s "$2" | base64 -d |
    tar --create --no-recursion --ignore-failed-read --null --verbatim-files-from --files-from=- --file=- 2>/dev/null |
    gzip -c | base64 -w 0
"""
_HASHED = re.compile(r"([0-9a-f]{64})  (.+)", re.DOTALL)
_FOUND = re.compile(r"(.) (\d+) (\S+) ([0-7]+) (-?\d+)[\d.]* (-?\d+)[\d.]* (.+)", re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """One file or link; `kind` as find says it (f, l, ...), `sha256` empty where it was not read."""

    kind: str
    size: int
    target: str = ""
    sha256: str = ""
    owner: str = ""
    mode: str = ""
    modified: int = 0
    """Seconds since 1970; whoever wrote the file may have set it as he liked."""
    changed: int = 0
    """The same of its inode, which only root can set."""


@dataclass(frozen=True)
class Listing:
    """Everything below the served release and `shared/`, by path from the site's folder (surrogateescape)."""

    release: str
    entries: Mapping[str, Entry]
    php: frozenset[str] = frozenset()
    """Files in `shared/` that hold PHP, whatever they are called."""
    recorded: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 by path in the release, as the deploy wrote them down; empty for a release older than that."""
    flags: tuple[str, ...] = ()
    """Settings of .env that say whether errors are shown, as KEY=value."""
    gaps: tuple[str, ...] = field(default=())
    """What was not read to its end (Indonesian)."""


def read(site: Site, shell: Shell, release: str) -> Listing:
    """Raises TargetError, INCOMPLETE when the host's answer was cut off."""
    settings = [f"shared/{name}" for name in site.kind.settings]
    limits = (str(MOST_FILES), str(HASH_S), str(SEARCH_S))
    output = shell.script(_LIST, site.layout.base, release, *limits, *settings)
    return parse(unpacked(output, shell.name), release, shell.name)


def parse(data: bytes, release: str, host: str) -> Listing:
    """A listing from the records of `_LIST`; what is not one is passed over. Raises TargetError."""
    records = data.decode("utf-8", "surrogateescape").split("\0")
    if records[-2:] != ["e", ""]:
        raise TargetError(host, Reason.INCOMPLETE, "daftar berkas terpotong")
    told: dict[str, list[str]] = {letter: [] for letter in "fthpdm"}
    for record in records:
        if record[:1] in told:
            told[record[0]].append(record[1:])
    entries = dict(_entries(told["f"], told["t"], told["h"]))
    gaps = _gaps(entries, release, told)
    found = frozenset(path for path in told["p"] if path in entries)
    return Listing(release, entries, found, _sums(told["m"]), _said(told["d"]), gaps)


def _said(records: Iterable[str]) -> tuple[str, ...]:
    return tuple(each for each in records if each.strip())


def _entries(found: list[str], targets: list[str], hashed: list[str]) -> Iterator[tuple[str, Entry]]:
    digests = _sums(hashed)
    for record, target in zip(found, targets, strict=False):
        if match := _FOUND.fullmatch(record):
            kind, size, owner, mode, modified, changed, path = match.groups()
            times = (int(modified), int(changed))
            yield path, Entry(kind, int(size), target, digests.get(path, ""), owner, mode, *times)


def _sums(records: Iterable[str]) -> dict[str, str]:
    return {match[2]: match[1] for match in map(_HASHED.fullmatch, records) if match}


def _gaps(entries: Mapping[str, Entry], release: str, told: Mapping[str, list[str]]) -> tuple[str, ...]:
    top = f"releases/{release}/"
    unread = sum(each.kind == "f" and not each.sha256 for path, each in entries.items() if path.startswith(top))
    gaps = [f"{unread} berkas rilis belum terbaca"] if unread else []
    gaps += ["pencarian PHP di unggahan belum selesai"] if "x" in told["p"] else []
    return (*gaps, *(["berkas melebihi batas"] if len(entries) >= MOST_FILES else []))


def show(site: Site, shell: Shell, listing: Listing, paths: Iterable[str]) -> dict[str, bytes]:
    """Contents of regular files of a listing, as many as the limits allow; no link is followed. Raises TargetError."""
    names = _affordable(listing, paths)
    if not names:
        return {}
    wanted = base64.b64encode(names).decode()
    return dict(_contents(unpacked(shell.script(_SHOW, site.layout.base, wanted), shell.name), shell.name))


def _affordable(listing: Listing, paths: Iterable[str]) -> bytes:
    names, count, left = b"", 0, SHOWN_ALL
    for path in paths:
        name, entry = path.encode("utf-8", "surrogateescape") + b"\0", listing.entries[path]
        room = count < SHOWN_FILES and len(names) + len(name) <= SHOWN_NAMES and entry.size <= min(SHOWN_BYTES, left)
        if room and entry.kind == "f":
            names, count, left = names + name, count + 1, left - entry.size
    return names


def _contents(data: bytes, host: str) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isreg() and not member.issparse() else None
                if content:
                    yield member.name, content.read(SHOWN_BYTES)
    except tarfile.TarError:
        raise TargetError(host, Reason.INCOMPLETE, "salinan berkas terpotong") from None


def unpacked(output: str, host: str) -> bytes:
    """Raises TargetError for what does not unpack, or to more than `UNPACKED` bytes."""
    packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        data = packed.decompress(base64.b64decode(output.strip(), validate=True), UNPACKED)
    except (binascii.Error, ValueError, zlib.error):
        raise TargetError(host, Reason.REFUSED_OUTPUT, "daftar berkas tidak terbaca") from None
    if not packed.eof:
        raise TargetError(host, Reason.INCOMPLETE, "daftar berkas terpotong atau terlalu besar")
    return data
