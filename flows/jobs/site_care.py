"""Care of websites' backups, night by night: each read again, copied off its host, thrown away when its time is over.

Nothing here touches a live site; lease and lock keep out who works at it. As a backup needs no approved case, neither
does this: the inventory's `site_backups` says what is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from flows.jobs.changes import Progress
from flows.jobs.websites import alone, site
from flows.office import Office
from playbooks.findings import TargetError
from playbooks.hosting import backup, copies, retention, safekeeping
from playbooks.hosting.connect import Shell, open_host
from playbooks.hosting.kept import SiteBackup
from playbooks.hosting.retention import Fate
from playbooks.hosting.site import Site, SiteError
from playbooks.plans import Plan
from sop.register.errors import RegisterError
from sop.register.records import SOFTWARE, Actor

WHY = "perawatan cadangan"
READ, PRUNED = "backup_care", "backup_pruned"
RUN_S = 14_400.0
"""After so long a run of the clock begins with no other site; those read the longest ago come first the next night."""
STATES = {"ok": "baik", "damaged": "ADA YANG RUSAK", "failed": "GAGAL"}


@dataclass(frozen=True)
class Listed:
    """A site's backups, and what becomes of each in either place, newest first."""

    name: str
    host: tuple[Fate, ...] = ()
    off_host: tuple[Fate, ...] = ()
    damaged: tuple[str, ...] = ()
    proven: dict[str, datetime] = field(default_factory=dict)
    trouble: str = ""
    """Why it could not be read (Indonesian)."""

    def as_json(self) -> dict[str, Any]:
        places = {"host": self.host, "off_host": self.off_host}
        found = {
            place: [{"backup": fate.backup.name, "bytes": fate.backup.bytes, "reasons": fate.reasons} for fate in fates]
            for place, fates in places.items()
        }
        proven = {name: at.isoformat() for name, at in self.proven.items()}
        return {"name": self.name, **found, "damaged": self.damaged, "proven": proven, "trouble": self.trouble}

    @property
    def going(self) -> list[SiteBackup]:
        """Each once for each place it goes from."""
        return [fate.backup for fate in (*self.host, *self.off_host) if not fate.stays]


@dataclass(frozen=True)
class Cared:
    """What care came to; of backups the names. `detail` is Indonesian."""

    name: str
    status: str
    read: int = 0
    damaged: dict[str, list[str]] = field(default_factory=dict)
    mended: dict[str, list[str]] = field(default_factory=dict)
    copied: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    detail: str = ""
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "seconds": round(self.seconds, 2)}

    @property
    def cells(self) -> dict[str, object]:
        """Words for a table's columns."""
        return {
            "website": self.name,
            "keadaan": STATES[self.status],
            "dibaca ulang": self.read,
            "rusak": sum(map(len, self.damaged.values())),
            "diambil dari salinannya": sum(map(len, self.mended.values())),
            "disalin": len(self.copied),
            "dibuang": len(self.removed),
            "keterangan": self.detail,
        }

    @property
    def problems(self) -> list[str]:
        """What is to be told, a line each."""
        where = {"host": "di hostnya", "off_host": "di luar host"}
        lines = [
            f"{self.name}: cadangan rusak {where[place]}: {', '.join(n)}" for place, n in self.damaged.items() if n
        ]
        return [*lines, *([f"{self.name}: {self.detail}"] if self.detail else [])]


def listed(office: Office, names: Iterable[str]) -> list[Listed]:
    """What each site has, and what the next night would throw away. Reads only."""
    return [_listed(office, name) for name in names]


def _listed(office: Office, name: str) -> Listed:
    try:
        place = site(office, name)
        with open_host(place.access) as shell:
            return _fates(office, place, shell)
    except (SiteError, TargetError) as error:
        return Listed(name, trouble=str(error))


def _fates(office: Office, place: Site, shell: Shell) -> Listed:
    host, off, proofs = copies.on_host(place, shell), copies.off_host(place), backup.proofs(place, shell)
    needed, keep = _needed(office, place.slug, proofs), office.inventory.office.site_backups
    zone = ZoneInfo(office.inventory.office.zone)
    return Listed(
        place.slug,
        tuple(retention.fates(host.held, host.damaged, keep.host, zone, needed)),
        tuple(retention.fates(off.held, off.damaged, keep.off_host, zone, needed)),
        tuple(sorted(host.damaged | off.damaged)),
        proofs,
    )


def _needed(office: Office, name: str, proofs: dict[str, datetime]) -> dict[str, str]:
    """Backups that must stay, and why: the last proven one, those that open cases and their plans speak of."""
    needed = {}
    if (note := office.register.last_drills([name]).get(name)) and note.passed:
        needed[str(note.version)] = "terakhir terbukti pulih"
    if proofs:
        needed[max(proofs, key=lambda each: proofs[each])] = "terakhir terbukti pulih"
    for case in office.register.cases(state="open", website=name):
        for each in case.evidence:
            if each.kind == "backup" and each.target == name:
                path = str(json.loads(office.register.read(each.id)).get("path", ""))
                needed[path.rpartition("/")[2]] = f"permohonan {case.id}"
        for plan in case.plans:
            if plan.action == "restore" and plan.state in ("proposed", "approved"):
                needed[Plan.from_document(plan.document).details["backup"]] = f"rencana pemulihan {case.id}"
    return needed


def doubts(office: Office, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Codes of what is wrong with each site's backups, by what the register and the copies know; no host is asked."""
    register, now = office.register, office.register.clock()
    drills, read = register.last_drills(names), register.newest_evidence(READ, names)
    found = {}
    for name in names:
        note, damaged = drills.get(name), json.loads(register.read(read[name].id))["damaged"] if name in read else {}
        known = safekeeping.Known(
            newest=register.last_good_backup(name),
            proven=note.at if note and note.passed else None,
            failed=note.at if note and not note.passed else None,
            damaged=sorted(damaged.get("host", [])),
        )
        found[name] = tuple(dict.fromkeys(each.code for each in safekeeping.judge(site(office, name), known, now)))
    return found


def due(office: Office) -> list[str]:
    """All websites, those whose backups were read the longest ago first."""
    kept = office.register.newest_evidence(READ, office.inventory.websites)
    return sorted(office.inventory.websites, key=lambda name: kept[name].at.timestamp() if name in kept else 0.0)


def care(
    office: Office,
    names: Iterable[str],
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
    patience_s: float = 0.0,
    run_s: float = RUN_S,
) -> list[Cared]:
    """Read again, mend, copy, throw away: each site's backups, one site after the other. Kept as evidence."""
    return _Run(office, READ, _care, actor, patience_s, monotonic() + run_s).over(names, on_progress)


def prune(
    office: Office, names: Iterable[str], on_progress: Progress | None = None, actor: Actor = SOFTWARE
) -> list[Cared]:
    """Throw away what is over its time, and nothing else. Kept as evidence."""
    return _Run(office, PRUNED, _prune, actor).over(names, on_progress)


@dataclass(frozen=True)
class _Run:
    """`work` on sites one after the other, each alone; what it came to is evidence of `kind`."""

    office: Office
    kind: str
    work: Callable[[Office, Site, Shell], Cared]
    actor: Actor
    patience_s: float = 0.0
    end: float = float("inf")
    """By the monotonic clock: no other site is begun after it."""

    def over(self, names: Iterable[str], on_progress: Progress | None) -> list[Cared]:
        done: list[Cared] = []
        for name in names:
            if monotonic() > self.end:
                break
            done.append(self._at_work(name))
            self._keep(done[-1])
            if on_progress:
                on_progress(name, STATES[done[-1].status])
        return done

    def _at_work(self, name: str) -> Cared:
        began = monotonic()
        try:
            with alone(self.office, name, WHY, self.actor, self.patience_s) as (place, shell):
                done = self.work(self.office, place, shell)
        except TargetError as error:
            done = Cared(name, "failed", detail=error.said)
        except (RegisterError, SiteError) as error:
            done = Cared(name, "failed", detail=str(error))
        return replace(done, seconds=monotonic() - began)

    def _keep(self, done: Cared) -> None:
        document = json.dumps(done.as_json(), ensure_ascii=False).encode()
        told = (self.kind, f"{done.name}-perawatan.json", "application/json")
        self.office.register.keep(document, *told, target=done.name, actor=self.actor)


def _care(office: Office, place: Site, shell: Shell) -> Cared:
    again = copies.read_again(place, shell)
    copied, trouble = _copied(place, shell, _uncopied(office, place, shell))
    removed = _removed(office, place, shell)
    status = "damaged" if any(again.damaged.values()) else "failed" if trouble else "ok"
    told = (again.read, again.damaged, again.mended, tuple(copied), tuple(removed), trouble)
    return Cared(place.slug, status, *told)


def _prune(office: Office, place: Site, shell: Shell) -> Cared:
    return Cared(place.slug, "ok", removed=tuple(_removed(office, place, shell)))


def _uncopied(office: Office, place: Site, shell: Shell) -> list[SiteBackup]:
    """Good backups of the host that belong among the copies and are not there, oldest first."""
    host, off = copies.on_host(place, shell).good, copies.off_host(place).good
    both = {each.name: each for each in (*off, *host)}
    keep, zone = office.inventory.office.site_backups.off_host, ZoneInfo(office.inventory.office.zone)
    needed = _needed(office, place.slug, backup.proofs(place, shell))
    wanted = [fate.backup for fate in retention.fates(list(both.values()), (), keep, zone, needed) if fate.stays]
    return [each for each in reversed(wanted) if each not in off]


def _copied(place: Site, shell: Shell, wanted: Sequence[SiteBackup]) -> tuple[list[str], str]:
    """Names of what could be copied, and why the rest could not."""
    done: list[str] = []
    try:
        for each in wanted:
            copies.copy(place, shell, each)
            done.append(each.name)
    except TargetError as error:
        return done, error.said
    return done, ""


def _removed(office: Office, place: Site, shell: Shell) -> list[str]:
    found = _fates(office, place, shell)
    going = [[fate.backup for fate in fates if not fate.stays] for fates in (found.host, found.off_host)]
    copies.remove(place, shell, *going)
    return [each.name for each in found.going]
