"""Publish a release: unpacked beside the old one, served by one rename, proven by its health page, or taken back."""

from __future__ import annotations

import tempfile
from pathlib import Path

from inventory.models import Source
from playbooks.findings import TargetError
from playbooks.hosting import account, archive, health, libraries, migration, pages, quota, releases
from playbooks.hosting.connect import Shell
from playbooks.hosting.host import folders
from playbooks.hosting.journal import Journal, OnStep, carry_out
from playbooks.hosting.releases import Releases
from playbooks.hosting.site import Site
from playbooks.plans import Ladder, Outcome, Permit, Plan

UNPACK_S = 900
SERVED_S = 0.5
"""How long a release that visitors get may fail its health page: it has just passed out of their sight."""
VERIFY = 'printf "%s  %s\\n" "$2" "$1" | sha256sum --check --status'
# Files of a release are dated now: PHP keeps nothing compiled of a file without a time, and goes by it to see a change.
# Shared folders are links: their content outlives the release. The name of a link is relative, so the site can move.
_UNPACK = """
umask 027
archive=$1 work=$2; shift 2
[ ! -e "$work" ] || { chmod -R u+w "$work"; rm -rf "$work"; }
mkdir "$work"
tar --extract --gzip --file "$archive" --directory "$work" --no-same-owner --touch
for pair; do
    name=${pair%%=*} target=${pair#*=}
    mkdir -p "$(dirname "$work/$name")"
    rm -rf "${work:?}/$name"
    ln -s "$target" "$work/$name"
done
sync --file-system "$work"
"""
# What was unpacked is written down before it is served: what differs later, somebody changed.
_ADOPT = r"""
umask 077
if [ ! -d "$2" ]; then
    mkdir -p "$4"
    (cd "$1" && find . -type f -printf '%P\0' | xargs -0 -r sha256sum -z --) >"$4/.new"
    sync "$4/.new"
    mv -T "$4/.new" "$4/$(basename "$2")"
    mv -T "$1" "$2"
fi
rm -f "$3"
"""


def plan(site: Site, shell: Shell) -> Plan:
    """Deploy the inventory's archive; no changes when it is served and proven. Raises SiteError, TargetError."""
    source = archive.source_of(site)
    archive.present(site)
    state = releases.read(site.layout, shell)
    name = state.name_for(source.sha256)
    done = state.current == state.last_good == name
    return Plan(
        action="deploy",
        target=site.slug,
        ladder=Ladder.A,
        summary=f"Terbitkan rilis {name} di {site.domain}",
        changes=() if done else _lines(site, shell, source, state, name),
        way_back=(_way_back(state), *([migration.way_back(site)] if migration.due(site, state, name) else ())),
        base=state.last_good,
        details={"release": name, "sha256": source.sha256},
    )


def _lines(site: Site, shell: Shell, source: Source, state: Releases, name: str) -> tuple[str, ...]:
    account.check(site, shell)
    page = site.website.health
    # Of an archive at a URL nothing is known before it is fetched.
    files = {} if name in state.present else archive.contents(site)
    quota.has_room(site, shell, sum(files.values()))
    install = libraries.due(site, shell, files.keys())
    migrates = migration.due(site, state, name)
    return (
        f"unggah {source.archive} (SHA-256 {source.sha256}) ke releases/{name}",
        *([libraries.LINE] if install else ()),
        *migration.lines(site, shell, migrates),
        f"ganti rilis yang dilayani: {state.last_good or '(belum ada)'} -> {name}",
        f"periksa http://{site.domain}{page.path} memuat {page.expect!r}",
    )


def _way_back(state: Releases) -> str:
    return f"kembali ke rilis {state.last_good}" if state.last_good else "situs kembali belum terbit"


def apply(approved: Plan, site: Site, shell: Shell, permit: Permit, on_step: OnStep | None = None) -> Outcome:
    """Carry out an approved plan. Killed anywhere, the old or the new release is served; run again, it is finished.

    Raises ChangedSincePlan, ArchiveRefused (nothing was written), TargetError before the first write, and what permit
    raises. Outcome rolled_back: the release did not pass and the last good one is served again.
    """
    journal = Journal(permit, on_step)
    now = plan(site, shell)
    return carry_out(approved, now, journal, lambda: _work(now, site, shell, journal))


def _work(now: Plan, site: Site, shell: Shell, journal: Journal) -> Outcome:
    name = now.details["release"]
    state = releases.read(site.layout, shell)
    if name not in state.present:
        _upload(name, libraries.LINE in now.changes, site, shell, journal)
    migrates = migration.due(site, state, name)
    try:
        migration.prepare(name, site, shell, journal)
        if migrates:
            migration.run(name, site, shell, journal)
    except migration.ReleaseFailed as error:
        return take_back(name, state.last_good, str(error), migrates, site, shell, journal)
    return serve(name, state.last_good, site, shell, journal, migrates)


def _upload(name: str, install: bool, site: Site, shell: Shell, journal: Journal) -> None:
    layout = site.layout
    with tempfile.TemporaryDirectory(prefix="pelihara-") as folder:
        release = archive.prepare(site, Path(folder))
        libraries.agreed(site, release.names, install)
        packed, work = f"{layout.incoming}/{name}.tar.gz", f"{layout.incoming}/{name}"
        with journal.write(f"mengunggah {len(release.names)} berkas ({release.bytes} byte)"):
            shell.folders(folders(site), site.group)
            shell.put(release.path, packed)
            shell.script(VERIFY, packed, release.sha256)
    with journal.write(f"membuka rilis {name}"):
        shell.script(
            _UNPACK,
            packed,
            work,
            *(f"{name}={to}" for name, to in links(site).items()),
            lock=layout.lock,
            timeout_s=UNPACK_S,
        )
        if install:
            libraries.install(work, site, shell)
        shell.script(_ADOPT, work, f"{layout.releases}/{name}", packed, layout.checksums, timeout_s=UNPACK_S)


def links(site: Site) -> dict[str, str]:
    """What in a release is a link to `shared/`: path in the release, and where its link leads."""
    named = {**{name: name for name in site.shared}, **site.kind.links}
    return {name: f"{'../' * (name.count('/') + 2)}shared/{target}" for name, target in named.items()}


def serve(name: str, last_good: str, site: Site, shell: Shell, journal: Journal, migrated: bool = False) -> Outcome:
    """Prove a release out of visitors' sight, switch to it and prove it again; or go back to the last good one."""
    layout = site.layout
    with journal.write(f"menyiapkan rilis {name} untuk diperiksa"):
        releases.point(shell, layout.candidate, name)
    trouble = health.problem(site, headers=pages.CANDIDATE)
    if not trouble:
        journal.note(f"rilis {name} menjawab dengan benar sebelum dilayani")
        with journal.write(f"melayani rilis {name}"):
            releases.point(shell, layout.current, name)
        trouble = health.problem(site, SERVED_S)
    if trouble:
        return take_back(name, last_good, trouble, migrated, site, shell, journal)
    with journal.write(f"mencatat {name} sebagai rilis yang baik"):
        if migrated:
            migration.forget(site, shell)
        releases.prove(layout, shell, name)
    surplus = releases.read(layout, shell).surplus()
    if surplus:
        with journal.write(f"membuang rilis lama: {', '.join(surplus)}"):
            releases.discard(layout, shell, surplus)
    return journal.outcome("applied", health.remark(site))


def take_back(
    name: str, last_good: str, trouble: str, migrated: bool, site: Site, shell: Shell, journal: Journal
) -> Outcome:
    """Serve the last good release again, which asks nothing of the new one: links first, then the database."""
    releases.point(shell, site.layout.current, last_good)
    releases.point(shell, site.layout.candidate, "")
    journal.note(f"rilis {name} tidak dipakai; yang dilayani: {last_good or '(belum terbit)'}")
    if migrated:
        try:
            migration.put_back(name, site, shell, journal)
        except TargetError as error:
            return journal.outcome("failed", f"{trouble}; {error.detail}")
    return journal.outcome("rolled_back", trouble)
