"""One update as a release of its own: a copy of the served one in which one component is replaced, nothing else."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from inventory.models import Source
from playbooks.findings import Reason, TargetError
from playbooks.hosting import archive, deploy
from playbooks.hosting.connect import Shell
from playbooks.hosting.journal import Journal
from playbooks.hosting.site import Site
from playbooks.hosting.updates import components
from playbooks.hosting.updates.components import FOLDERS, Component, Kind

# WordPress's own updates leave wp-content alone too. A folder that leads out of the copy would be the live one's.
_MAKE = """
umask 027
from=$1 work=$2 packed=$3 folder=$4 lone=$5
[ ! -e "$work" ] || { chmod -R u+w "$work"; rm -rf "$work"; }
cp -a --reflink=auto "$from" "$work"
if [ -n "$folder" ]; then
    into=$work/$folder
    inside=$(readlink -f "$work")
    case $(readlink -f "$(dirname "$into")") in
        "$inside"/*) ;;
        *) echo "$folder tidak berada dalam rilis" >&2; exit 1 ;;
    esac
    rm -rf "$into"
    if [ -n "$lone" ]; then
        into=$(dirname "$into")
        set -- "$lone"
    else
        mkdir "$into"
        set --
    fi
else
    into=$work
    rm -rf "$work/wp-admin" "$work/wp-includes"
    set -- --anchored --exclude=wp-content --exclude=wp-config.php
fi
tar --extract --gzip --file "$packed" --directory "$into" --no-same-owner --touch "$@"
sync --file-system "$work"
"""

# What the deploy wrote down of the base stays, so a file that somebody changed since is no part of what is meant now.
_ADOPT = r"""
umask 077
work=$1 release=$2 packed=$3 sums=$4 base=$5 folder=$6 lone=$7
escaped=$(printf %s "$folder" | sed 's/[.]/[.]/g')
if [ -n "$lone" ]; then
    at=$(dirname "$folder")/ gone=$escaped$
    set -- "$lone"
elif [ -n "$folder" ]; then
    at=$folder/ gone=$escaped/
    set --
else
    at= gone='(wp-admin|wp-includes)/'
    set -- --anchored --exclude=wp-content --exclude=wp-config.php
fi
if [ ! -d "$release" ]; then
    if [ -s "$sums/$base" ]; then
        cd "$work"
        tar --list --gzip --quoting-style=literal --file "$packed" "$@" | sed "s|^|$at|" | tr '\n' '\0' |
            xargs -0 -r sha256sum -z -- >"$sums/.new"
        LC_ALL=C grep -zEv "^.{66}$gone" "$sums/$base" >>"$sums/.new" || [ $? -eq 1 ]
        LC_ALL=C sort -z -s -u -k 2 -o "$sums/.new" "$sums/.new"
        sync "$sums/.new"
        mv -T "$sums/.new" "$sums/$(basename "$release")"
    fi
    mv -T "$work" "$release"
fi
rm -f "$packed"
"""


@dataclass(frozen=True)
class Update:
    """One component and the archive that takes its place; `main` is the file that says its version."""

    kind: Kind
    slug: str
    main: str
    old: str
    new: str
    archive: str
    sha256: str

    @property
    def label(self) -> str:
        name, old, new = self.versions
        return f"{name} {old} -> {new}"

    @property
    def versions(self) -> tuple[str, str, str]:
        """As an official calls it, its version and the new one."""
        return Component(self.kind, self.slug, self.new).label, self.old, self.new

    @property
    def line(self) -> str:
        """As it is shown and approved."""
        return f"{self.label} ({self.archive}, SHA-256 {self.sha256})"

    @property
    def source(self) -> Source:
        return Source(archive=self.archive, sha256=self.sha256)

    @property
    def digest(self) -> str:
        """What the release that it makes is named by."""
        return hashlib.sha256(f"{self.kind}/{self.slug}/{self.sha256}".encode()).hexdigest()

    @property
    def folder(self) -> str:
        """In a release, or the file that a lone one is; empty of WordPress itself."""
        return f"{FOLDERS[self.kind]}/{self.slug}" if FOLDERS[self.kind] else ""

    @property
    def lone(self) -> str:
        """The one file of the archive that is meant, when it stands beside the folders of others; else empty."""
        return self.main if self.slug == self.main else ""


def make(update: Update, name: str, base: str, site: Site, shell: Shell, journal: Journal) -> None:
    """Make the release `name` from `base` beside it. Raises ArchiveRefused, TargetError; no visitor gets it yet."""
    layout, needs = site.layout, (update.main,) if update.main else (components.VERSION,)
    packed, work = f"{layout.incoming}/{name}.tar.gz", f"{layout.incoming}/{name}"
    with tempfile.TemporaryDirectory(prefix="pelihara-") as folder:
        checked = archive.repack(archive.agreed(site, update.source), Path(folder) / "update.tar.gz", needs)
        with journal.write(f"mengunggah {update.archive} ({checked.bytes} byte)"):
            shell.put(checked.path, packed)
            shell.script(deploy.VERIFY, packed, checked.sha256)
    with journal.write(f"menyalin rilis {base} ke {name}, dengan {update.label}"):
        source = f"{layout.releases}/{base}"
        shell.script(
            _MAKE, source, work, packed, update.folder, update.lone, lock=layout.lock, timeout_s=deploy.UNPACK_S
        )
        _check(update, work, shell)
        about = (packed, layout.checksums, base, update.folder, update.lone)
        shell.script(_ADOPT, work, f"{layout.releases}/{name}", *about, timeout_s=deploy.UNPACK_S)


def _check(update: Update, release: str, shell: Shell) -> None:
    found = components.read(release, shell).get((update.kind, update.slug))
    if found is None or found.version != update.new:
        said = found.version if found else "tidak ada"
        raise TargetError(shell.name, Reason.REFUSED_OUTPUT, f"{update.label}: versi yang terbaca sesudahnya {said}")
