"""Go back to the release before the served one."""

from __future__ import annotations

from playbooks.hosting import database, deploy, releases
from playbooks.hosting.connect import Shell
from playbooks.hosting.journal import Journal, OnStep, carry_out
from playbooks.hosting.site import Site, SiteError
from playbooks.plans import Ladder, Outcome, Permit, Plan


def plan(site: Site, shell: Shell) -> Plan:
    """Serve the newest proven release before the last good one. Raises SiteError when there is none, TargetError."""
    state = releases.read(site.layout, shell)
    if not state.before:
        raise SiteError(f"{site.slug}: tidak ada rilis sebelumnya yang pernah baik")
    return Plan(
        action="rollback",
        target=site.slug,
        ladder=Ladder.A,
        summary=f"Kembalikan {site.domain} ke rilis {state.before}",
        changes=(f"ganti rilis yang dilayani: {state.last_good} -> {state.before}", *_untouched(site)),
        way_back=(f"kembali ke rilis {state.last_good}",),
        base=state.last_good,
        details={"release": state.before},
    )


def _untouched(site: Site) -> list[str]:
    return [f"basis data {database.name(site)} dibiarkan: hanya kode yang mundur"] if site.website.database else []


def apply(approved: Plan, site: Site, shell: Shell, permit: Permit, on_step: OnStep | None = None) -> Outcome:
    """Carry out an approved plan. Raises ChangedSincePlan, TargetError before the first write, what permit raises."""
    journal = Journal(permit, on_step)
    state = releases.read(site.layout, shell)
    wanted = approved.details["release"]
    if state.current == state.last_good == wanted:
        return journal.outcome("unchanged", f"rilis {wanted} sudah dilayani")
    now = plan(site, shell)
    return carry_out(approved, now, journal, lambda: deploy.serve(wanted, state.last_good, site, shell, journal))
