"""Releases on a host: which there are, which is served, and the switch from one to another in a single rename(2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playbooks.hosting.connect import Shell
from playbooks.hosting.layout import Layout

KEPT = 3
"""Old releases that stay for a way back, beside the served and the last good one."""
_NAME = re.compile(r"[0-9]{4,9}-[0-9a-f]{12}(-[0-9a-f]{12})?")
_STATE = """
for link in "$1" "$2"; do basename "$(readlink "$link" || echo -)"; done
ls -1 "$3" 2>/dev/null || :
echo /
ls -1 "$4" 2>/dev/null || :
"""
_POINT = 'ln -sfnT "releases/$2" "$1.next"; mv -fT "$1.next" "$1"'
_PROVE = ': >"$3/$2"; ln -sfnT "releases/$2" "$1.next"; mv -fT "$1.next" "$1"; rm -f "$4"'
_DISCARD = """
mkdir -p "$2/discarded"
for name in $3; do
    rm -f "$4/$name" "$5/$name".sql.gz* "$6/$name"
    [ ! -e "$1/$name" ] || mv -T "$1/$name" "$2/discarded/$name.$$"
done
chmod -R u+w "$2/discarded"
rm -rf "$2/discarded"
"""


@dataclass(frozen=True)
class Releases:
    """What stands on the host. Names sort by age: a number that grows, then the archive's hash.

    A release that was updated on the host (updates/) keeps that hash, followed by the update's own.
    """

    current: str
    last_good: str
    present: tuple[str, ...]
    proven: tuple[str, ...]

    def name_for(self, sha256: str) -> str:
        """The release with this archive, the served one and then the newest proven one first; or a new one's name."""
        made = [name for name in self.present if origin(name) == sha256[:12]]
        best = max(made, key=lambda name: (name == self.current, name in self.proven, _number(name)), default="")
        return best or self._next(sha256[:12])

    def updated(self, name: str, update: str) -> str:
        """The release that `update` (a SHA-256) makes of another, or the name that it gets."""
        suffix = f"{origin(name)}-{update[:12]}"
        later = [made for made in self.present if made.endswith(f"-{suffix}") and _number(made) > _number(name)]
        return max(later, key=_number, default="") or self._next(suffix)

    def _next(self, suffix: str) -> str:
        return f"{max((_number(name) for name in self.present), default=0) + 1:04d}-{suffix}"

    @property
    def before(self) -> str:
        """The newest proven release older than the last good one; empty when there is none."""
        older = [name for name in self.proven if name in self.present and _number(name) < _number(self.last_good)]
        return max(older, key=_number, default="")

    def surplus(self) -> tuple[str, ...]:
        """Releases beyond `KEPT`: never the served, never the last good one."""
        old = [name for name in self.present if name not in (self.current, self.last_good)]
        return tuple(sorted(old, key=_number, reverse=True)[KEPT:])


def read(layout: Layout, shell: Shell) -> Releases:
    """The state of a site's releases; all empty on a host that has none."""
    arguments = (layout.current, layout.last_good, layout.releases, layout.proven)
    return parse(shell.script(_STATE, *arguments))


def parse(output: str) -> Releases:
    """State from the lines of `_STATE`; whatever is not the name of a release is passed over."""
    links, names = output.splitlines()[:2], output.splitlines()[2:]
    split = names.index("/") if "/" in names else len(names)
    current, last_good = (link if is_name(link) else "" for link in (*links, "", "")[:2])
    return Releases(current, last_good, _names(names[:split]), _names(names[split + 1 :]))


def is_name(text: str) -> bool:
    """Whether `text` is the name of a release, and so harmless in a path."""
    return bool(_NAME.fullmatch(text))


def origin(name: str) -> str:
    """The first twelve letters of the SHA-256 of the archive that a release began as; empty without a release."""
    return name.split("-")[1] if name else ""


def _names(lines: list[str]) -> tuple[str, ...]:
    return tuple(sorted((line for line in lines if is_name(line)), key=_number))


def _number(name: str) -> int:
    return int(name.partition("-")[0] or 0)


def point(shell: Shell, link: str, name: str) -> None:
    """Let the link `current` or `candidate` of a layout point to a release; to none at all when `name` is empty."""
    if name:
        shell.script(_POINT, link, name)
    else:
        shell.run("rm", "-f", link)


def prove(layout: Layout, shell: Shell, name: str) -> None:
    """The release passed its health check: from now on it is what a failed deploy goes back to."""
    shell.script(_PROVE, layout.last_good, name, layout.proven, layout.candidate)


def discard(layout: Layout, shell: Shell, names: tuple[str, ...]) -> None:
    """Remove releases: out of sight first, then deleted, so that half a release is never among them."""
    if names:
        where = (layout.releases, layout.incoming, " ".join(names), layout.proven, layout.dumps, layout.checksums)
        shell.script(_DISCARD, *where, timeout_s=600)
