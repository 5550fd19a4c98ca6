"""Point a domain at its host, or take it away; then every authoritative server is asked (SOP website, step 8)."""

from __future__ import annotations

from dataclasses import dataclass

from playbooks.findings import Reason, TargetError
from playbooks.hosting import nameservers, records, zones
from playbooks.hosting.journal import Journal, OnStep, carry_out
from playbooks.hosting.nameservers import SETTLE_S, Nameserver
from playbooks.hosting.records import Key, Records, RecordSet
from playbooks.hosting.site import Site
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Permit, Plan


@dataclass(frozen=True)
class Change:
    """A site's record sets as they are and as they should be; the same keys in both."""

    before: dict[Key, RecordSet]
    after: dict[Key, RecordSet]

    @property
    def lines(self) -> tuple[str, ...]:
        return records.difference(self.before, self.after)


def plan(site: Site, remove: bool = False) -> Plan:
    """Add or put right the site's records, or `remove` them all; no changes when it is so already.

    Raises SiteError for what is not the site's to change, TargetError.
    """
    change, (name, zone) = _change(site, remove), site.zone
    asked = {key: held.values for key, held in change.after.items()}
    summary = f"Hapus {site.domain}" if remove else f"Arahkan {site.domain} ke {site.address}"
    return Plan(
        action="domain",
        target=site.slug,
        ladder=Ladder.B if any(held.values for held in change.before.values()) and change.lines else Ladder.A,
        summary=f"{summary} (zona {name})",
        changes=change.lines,
        way_back=records.difference(change.after, change.before),
        details={
            "zone": name,
            "server": f"{zone.server}#{zone.port}",
            "records": records.as_json(asked),
            **({"remove": True} if remove else {}),
        },
    )


def _change(site: Site, remove: bool) -> Change:
    asked = records.wanted(site)
    if remove:
        asked = dict.fromkeys(asked, ())
    names = dict.fromkeys(key.name for key in asked)
    found = nameservers.primary(*site.zone).everything(names)
    after = records.goal(found, asked)
    records.check_beside(site, found, after)
    change = Change(records.owned(found, asked), after)
    if change.lines:
        records.check_zone(site, names)
    return change


def apply(
    approved: Plan, site: Site, permit: Permit, on_step: OnStep | None = None, settle_s: float = SETTLE_S
) -> Outcome:
    """Carry out an approved plan; a server that does not follow within `settle_s` brings the old records back.

    Raises ChangedSincePlan, TargetError before anything is sent, and what permit raises.
    """
    journal = Journal(permit, on_step)
    remove = bool(approved.details.get("remove"))
    now = plan(site, remove)
    return carry_out(approved, now, journal, lambda: _work(_change(site, remove), site, journal, settle_s))


def _work(change: Change, site: Site, journal: Journal, settle_s: float) -> Outcome:
    editor = zones.editor(site.inventory, site.zone[0])
    servers = nameservers.authoritative(*site.zone)
    serial = editor.server.serial()
    if late := nameservers.settled(servers, serial, settle_s):
        raise TargetError(site.zone[0], Reason.ERROR, f"belum diubah, server DNS belum sepakat: {'; '.join(late)}")
    with journal.write(f"memperbarui {site.domain} di {editor.server.address}"):
        editor.change(change.before, change.after)
    trouble = _proven(servers, serial, change.after, journal, settle_s)
    if not trouble:
        return journal.outcome("applied")
    return _back(trouble, editor, change, journal)


def _proven(servers: list[Nameserver], serial: int, after: Records, journal: Journal, settle_s: float) -> str:
    """Why the change is not everywhere; "" when each server says `after`, with a serial that went on."""
    try:
        new = servers[0].serial()
        late = nameservers.settled(servers, new, settle_s)
        if new == serial or late:
            return "; ".join(late) or f"nomor seri zona di {servers[0].address} tidak naik"
        for server in servers:
            held = records.owned(server.records({key.name for key in after}, {key.type for key in after}), after)
            if different := [key for key in after if held[key].values != after[key].values]:
                return f"{server.address} menjawab lain untuk {different[0].name} {different[0].type}"
            journal.note(f"{server.address} menjawab sesuai rencana, nomor seri {new}")
    except TargetError as error:
        return error.detail
    return ""


def _back(why: str, editor: zones.Editor, change: Change, journal: Journal) -> Outcome:
    """The records that were; needs no permit. What another put there meanwhile is left to them."""
    try:
        editor.change(change.after, change.before)
    except (ChangedSincePlan, TargetError) as error:
        return journal.outcome("failed", f"{why}; catatan lama tidak dapat dikembalikan: {error}")
    for line in records.difference(change.after, change.before):
        journal.note(line)
    return journal.outcome("rolled_back", why)
