"""Who is at work on a site, told on its host: an operator reads it in a shell, or writes one to keep others out.

Beside the register's lease, which only those see who share the register. The file is `<sites>/<slug>.dikunci`:

    siapa: pelaksana
    sebab: deploy WEB-2026-0001
    dari: pelihara-1
    sampai: 2026-11-21T12:15:00Z
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from playbooks.findings import Reason, TargetError
from playbooks.hosting.connect import CommandFailed, Shell
from playbooks.hosting.site import Site

TTL_S = 900
"""The longest a step may take between two writes; each write begins it anew."""
LONG_S = 14_400
"""For what works long without a write to say so: the parts of a backup, its copy, a drill."""
_HELD = 75
# A time that cannot be read never ends. The register's lease says that nobody else of `dari` is at work any more.
_TAKE = """
notice=$1 from=$4
said() { sed -n "s/^$1: *//p" "$notice" | head -n 1; }
if [ -s "$notice" ] && [ "$(said dari)" != "$from" ]; then
    end=$(date -d "$(said sampai)" +%s 2>/dev/null) && [ -n "$(said sampai)" ] || end=9999999999
    if [ "$(date +%s)" -lt "$end" ]; then head -c 400 "$notice" >&2; exit 75; fi
fi
end=$(date -u -d "+$5 seconds" +%Y-%m-%dT%H:%M:%SZ)
printf 'siapa: %s\\nsebab: %s\\ndari: %s\\nsampai: %s\\n' "$2" "$3" "$from" "$end" >"$notice.new"
chmod 0644 "$notice.new"
mv -T "$notice.new" "$notice"
"""
_LEAVE = '[ "$(sed -n "s/^dari: *//p" "$1" 2>/dev/null)" != "$2" ] || rm -f "$1"'


@contextmanager
def held(site: Site, shell: Shell, who: str, why: str, ttl_s: int = TTL_S) -> Iterator[Callable[[], None]]:
    """Keep others out for the block; what it gives renews the lock, to be called before each write;
    of a worker that died elsewhere it is over after `ttl_s` seconds.

    Raises TargetError when a site is locked by another: who, why and until when.
    """
    notice, sites, me = site.layout.notice, site.host.paths.sites, socket.gethostname()

    def renew() -> None:
        try:
            shell.script(_TAKE, notice, who, why, me, str(ttl_s), lock=sites)
        except CommandFailed as error:
            raise (_refusal(site, error.stderr) if error.code == _HELD else error) from None

    renew()
    try:
        yield renew
    finally:
        with suppress(TargetError):
            shell.script(_LEAVE, notice, me, lock=sites)


def _refusal(site: Site, notice: str) -> TargetError:
    """What the lock says, in one line; whoever wrote it, it is only text."""
    said = "; ".join("".join(mark for mark in line if mark.isprintable()) for line in notice.splitlines())
    return TargetError(site.slug, Reason.ERROR, f"dikunci di {site.website.host} ({site.layout.notice}): {said}")
