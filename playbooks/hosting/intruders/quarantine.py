"""Files moved out of a site and back again, byte for byte. Each move is a rename; nothing is deleted."""

from __future__ import annotations

import base64
import io
import json
import re
import tarfile
import time
from collections.abc import Iterable, Mapping
from typing import Any

from playbooks.findings import Reason, TargetError
from playbooks.hosting.connect import Shell
from playbooks.hosting.site import Site

MOVE_S = 300
NAME = re.compile(r"[0-9a-f]{12}")
# A folder on the way that has become a link would lead the move elsewhere: then nothing more is moved.
_MOVE = r"""
umask 027
base=$(realpath -e -- "$1")
export from=$base/$2 to=$base/$3 aside=$base/$4 base
from=${from%/.} to=${to%/.}
mkdir -p -- "$from" "$to" "$aside"
printf %s "$5" | base64 -d | xargs -0 -r sh -euc '
real() { [ "$(realpath -e -- "$1"; echo .)" = "$1
." ] || { echo "jalur berubah: $1" >&2; exit 255; }; }
# A link costs nothing and leaves no moment without the file; the kernel may refuse it for a file of another owner.
keep() {
    if [ -d "$1" ] && [ ! -L "$1" ]; then mv --backup=numbered -T -- "$1" "$2"; return; fi
    cp -al --backup=numbered -T -- "$1" "$2" 2>/dev/null ||
        cp -a --backup=numbered -T -- "$1" "$2" 2>/dev/null || mv --backup=numbered -T -- "$1" "$2"
}
there() { [ -e "$1" ] || [ -L "$1" ]; }
for name; do
    there "$from/$name" || continue
    folder=${name%/*}
    mkdir -p -- "$to/$folder"
    real "$from/$folder"
    real "$to/$folder"
    if there "$to/$name"; then
        mkdir -p -- "$aside/$folder"
        keep "$to/$name" "$aside/$name"
    fi
    mv -T -- "$from/$name" "$to/$name"
done' sh
"""
_UNPACK = """
umask 027
mkdir -p "$1/new"
tar --extract --file "$1/new.tar" --directory "$1/new" --no-same-owner
rm -f "$1/new.tar"
sync --file-system "$1"
"""
# The newest is the one that was begun last.
_BEGIN = 'umask 077; mkdir -p "$1/$2"; rm -f "$1/$2/undone"; touch "$1/$2"'
_LIST = 'ls -1t "$1" 2>/dev/null || :'


def folder(site: Site, name: str) -> str:
    return f"{site.layout.quarantine}/{name}"


def newest(site: Site, shell: Shell) -> str:
    """Name of the last quarantine of a site; empty when there is none."""
    names = shell.script(_LIST, site.layout.quarantine).splitlines()
    return next((name for name in names if NAME.fullmatch(name)), "")


def note(site: Site, shell: Shell, name: str, manifest: Mapping[str, Any]) -> None:
    """Write down what will be moved, before it is; an earlier run's word stays, for it saw more."""
    path = f"{folder(site, name)}/manifest.json"
    shell.script(_BEGIN, site.layout.quarantine, name)
    if not shell.holds("test", "-s", path):
        shell.write(path, json.dumps(manifest, indent=1, sort_keys=True), "0600")


def noted(site: Site, shell: Shell, name: str) -> dict[str, Any]:
    """Raises TargetError when a quarantine has no list of its files."""
    try:
        manifest = json.loads(shell.read(f"{folder(site, name)}/manifest.json", 32_000_000))
        admins = {str(login): int(number) for login, number in manifest["admins"].items()}
        jobs = {str(user): [*map(str, lines)] for user, lines in manifest.get("jobs", {}).items()}
        return {"files": dict(manifest["files"]), "admins": admins, "jobs": jobs}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise TargetError(site.slug, Reason.INCOMPLETE, f"daftar karantina {name} tidak terbaca") from None


def take_out(site: Site, shell: Shell, name: str, paths: Iterable[bytes]) -> None:
    """Move files of a site into its quarantine `name`; what is gone already is passed over. Raises TargetError."""
    _move(site, shell, ".", f"quarantine/{name}/files", f"quarantine/{name}/earlier", paths)


def put_back(site: Site, shell: Shell, name: str, paths: Iterable[bytes]) -> None:
    """Move them back; what took their place meanwhile is kept in the quarantine. Raises TargetError."""
    _move(site, shell, f"quarantine/{name}/files", ".", f"quarantine/{name}/replaced", paths)


def _move(site: Site, shell: Shell, of: str, to: str, aside: str, paths: Iterable[bytes]) -> None:
    several: list[bytes] = []
    for path in paths:
        several.append(path + b"\0")
        if sum(map(len, several)) > 30_000:
            _move_some(site, shell, of, to, aside, several)
            several = []
    if several:
        _move_some(site, shell, of, to, aside, several)


def _move_some(site: Site, shell: Shell, of: str, to: str, aside: str, names: list[bytes]) -> None:
    told = base64.b64encode(b"".join(names)).decode()
    shell.script(_MOVE, site.layout.base, of, to, aside, told, lock=site.layout.lock, timeout_s=MOVE_S)


def place(site: Site, shell: Shell, name: str, files: Mapping[str, bytes], links: Mapping[str, str]) -> None:
    """Put the right files and links where they belong; what stood there goes into the quarantine. Raises TargetError.

    Each takes its place by one rename, so that visitors have the old one or the new one.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, data in files.items():
            archive.addfile(_member(path, size=len(data)), io.BytesIO(data))
        for path, target in links.items():
            archive.addfile(_member(path, type=tarfile.SYMTYPE, linkname=target))
    shell.put(packed.getvalue(), f"{folder(site, name)}/new.tar")
    shell.script(_UNPACK, folder(site, name), lock=site.layout.lock, timeout_s=MOVE_S)
    paths = [path.encode("utf-8", "surrogateescape") for path in (*files, *links)]
    _move(site, shell, f"quarantine/{name}/new", ".", f"quarantine/{name}/files", paths)


def _member(path: str, **said: Any) -> tarfile.TarInfo:
    member = tarfile.TarInfo(path)
    member.mode, member.mtime = 0o640, int(time.time())
    for key, value in said.items():
        setattr(member, key, value)
    return member
