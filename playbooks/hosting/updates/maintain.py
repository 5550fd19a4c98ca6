"""Maintain a WordPress: each part brought to the newest version of the inventory, one after the other (SOP, step 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from playbooks.findings import Finding, Severity, TargetError
from playbooks.hosting import archive, database, deploy, migration, quota, releases, webservers
from playbooks.hosting.connect import Shell
from playbooks.hosting.journal import Journal, OnStep
from playbooks.hosting.releases import Releases
from playbooks.hosting.site import Site
from playbooks.hosting.updates import catalogue, components, securing
from playbooks.hosting.updates.choosing import Choice, choose
from playbooks.hosting.updates.components import Component, Kind
from playbooks.hosting.updates.release import Update, make
from playbooks.hosting.updates.telling import State, Telling
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Permit, Plan

BECAME: dict[str, State] = {"applied": "applied", "rolled_back": "rolled_back"}
"""Of an update, by the outcome of its release."""
# WordPress's own upgrade, as wp-admin/upgrade.php does it; plugins stay out of it (WP_INSTALLING).
_UPGRADE = """
$_SERVER += ['HTTP_HOST' => $argv[1], 'SERVER_NAME' => $argv[1], 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET',
    'SERVER_PROTOCOL' => 'HTTP/1.1'];
define('WP_INSTALLING', true);
require getcwd() . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
if (is_blog_installed()) {
    wp_upgrade();
    if ((int) get_option('db_version') !== (int) $wp_db_version) {
        fwrite(STDERR, 'db_version ' . get_option('db_version') . ' != ' . $wp_db_version);
        exit(1);
    }
}
"""


def plan(site: Site, shell: Shell) -> Plan:
    """What of a published WordPress is older than the inventory's archives; no changes when nothing is.

    Raises SiteError when a copy of the release does not fit into the site's quota, TargetError.
    """
    good = releases.read(site.layout, shell).last_good if site.kind.wordpress else ""
    choice = _choice(f"{site.layout.releases}/{good}", site, shell) if good else Choice()
    found = choice.due
    if found and site.website.quota_mb:
        quota.has_room(site, shell, quota.used(site, shell, f"{site.layout.releases}/{good}"))
    return Plan(
        action="maintain",
        target=site.slug,
        ladder=Ladder.B,
        summary=f"Perbarui {len(found)} bagian {site.domain}, satu per satu",
        changes=tuple(each.line for each in found),
        way_back=tuple(_way_back(site)) if found else (),
        base=good,
        details={"origin": releases.origin(good), "updates": [asdict(each) for each in found]},
        left_out=tuple(each.line for each in choice.held),
    )


def _way_back(site: Site) -> list[str]:
    return [
        "tiap pembaruan adalah rilis sendiri; yang gagal diperiksa tidak pernah dilayani, yang lain tetap",
        f"basis data {database.name(site)} kembali ke dump dari sebelum pembaruan yang gagal",
    ]


def installed(site: Site, shell: Shell, release: str) -> dict[tuple[Kind, str], Component]:
    return components.read(f"{site.layout.releases}/{release}", shell)


def _choice(release: str, site: Site, shell: Shell) -> Choice:
    """What the inventory has for a release's folder; the host is asked for nothing when there is nothing."""
    on_hand = catalogue.read(Path(site.inventory.folder))
    if not on_hand.versions:
        return Choice()
    return choose(components.read(release, shell), on_hand, webservers.php_version(site.host, shell))


def outdated(site: Site, shell: Shell) -> Iterator[Finding]:
    """The finding of each served part that is older than what the inventory has for it. Raises TargetError."""
    choice = _choice(site.layout.current, site, shell)
    advice = f"Perbarui dalam permohonan pemeliharaan (website update {site.slug})."
    for each in choice.due:
        severity = Severity.MAJOR if each.kind == "core" else Severity.WARNING
        evidence = f"{each.label} dalam inventaris ({each.archive})"
        yield Finding("cms.outdated", severity, each.versions[0], evidence, advice)
    for held in choice.held:
        evidence = f"{held.update.label} dalam inventaris ({held.update.archive}) belum dapat dipasang: {held.why}"
        advice = "Penuhi dahulu yang diperlukannya, atau ganti arsipnya dalam inventaris."
        yield Finding(
            "cms.outdated", Severity.WARNING, f"{held.update.versions[0]} {held.update.new}", evidence, advice
        )


def apply(approved: Plan, site: Site, shell: Shell, permit: Permit, on_step: OnStep | None = None) -> Outcome:
    """Carry out an approved plan, one update after the other; one that does not prove itself is taken back alone.

    Killed anywhere, the site is served; run again, what is left is finished or undone. Raises ChangedSincePlan,
    ArchiveRefused, TargetError before the first write, and what permit raises.
    """
    agreed, left = _agreed(approved), remaining(approved, site, shell)
    for each in left:
        archive.agreed(site, each.source)
    run = _Run(site, shell, Journal(permit, on_step))
    run.telling.already(each.versions for each in agreed if each not in left)
    return run.work(left)


def _agreed(approved: Plan) -> list[Update]:
    return [Update(**each) for each in approved.details["updates"]]


def remaining(approved: Plan, site: Site, shell: Shell) -> list[Update]:
    """Of an approved plan, what is not installed yet. Raises ChangedSincePlan when anything else is than it says."""
    good = releases.read(site.layout, shell).last_good
    now, agreed = installed(site, shell, good), _agreed(approved)
    strange = [each.label for each in agreed if _version(now, each) not in (each.old, each.new)]
    if strange or releases.origin(good) != approved.details["origin"]:
        why = f" ({'; '.join(strange)})" if strange else ""
        raise ChangedSincePlan(f"maintain {site.slug}: keadaan sudah berubah sejak rencana disetujui{why}")
    return [each for each in agreed if _version(now, each) == each.old]


def _version(found: dict[tuple[Kind, str], Component], of: Update) -> str:
    there = found.get((of.kind, of.slug))
    return there.version if there else ""


class _Run:
    """The updates of one run, in order, and what became of each."""

    def __init__(self, site: Site, shell: Shell, journal: Journal) -> None:
        self.site, self.shell, self.journal = site, shell, journal
        self.telling = Telling(journal)

    def work(self, left: list[Update]) -> Outcome:
        for update in left:
            self.telling.tell(update.label, [update.versions], *self._became(update))
        return self.telling.outcome()

    def _became(self, update: Update) -> tuple[State, str]:
        if self.telling.failed:
            return "left", ""
        try:
            if not self.telling.states:
                securing.back_up(self.site, self.shell, self.journal, self._state().last_good)
            outcome = self._update(update)
        except TargetError as error:
            if not self.journal.began:
                raise
            return "failed", str(error)
        return BECAME.get(outcome.status, "failed"), outcome.detail

    def _update(self, update: Update) -> Outcome:
        """One update: made beside the served release, proven out of visitors' sight, served by one rename."""
        state = self._state()
        name = state.updated(state.last_good, update.digest)
        about = (self.site, self.shell, self.journal)
        if name not in state.present:
            make(update, name, state.last_good, *about)
        migration.keep(name, *about)
        try:
            if update.kind == "core":
                self._upgrade(name)
            outcome = deploy.serve(name, state.last_good, *about, migrated=True)
        except migration.ReleaseFailed as error:
            outcome = deploy.take_back(name, state.last_good, str(error), True, *about)
        if outcome.status == "rolled_back":
            releases.discard(self.site.layout, self.shell, (name,))
        return outcome

    def _upgrade(self, name: str) -> None:
        said = "pembaruan basis data oleh WordPress"
        with self.journal.write(said):
            # Its pages are the same for all: PHP's command line needs a name to be asked by.
            migration.command(said, ("-r", _UPGRADE, self.site.domain), name, self.site, self.shell)

    def _state(self) -> Releases:
        return releases.read(self.site.layout, self.shell)
