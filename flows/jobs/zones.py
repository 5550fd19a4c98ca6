"""DNS zones copied, compared and judged: the register holds each version of a zone as evidence of kind `zone`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import unified_diff
from time import monotonic

from flows.jobs.changes import Progress
from flows.jobs.errors import BadInput, unknown
from flows.jobs.targets import BackedUp
from flows.office import Office
from inventory.problems import shown
from playbooks.findings import TargetError, TargetResult
from playbooks.hosting import names as judging
from playbooks.hosting import records, zones
from sop.register.records import SOFTWARE, Actor, EvidenceRecord

KIND = "zone"


def chosen(office: Office, names: Sequence[str]) -> list[str]:
    """The zones meant, all when none is named. Raises BadInput for what the inventory does not know."""
    known = office.inventory.zones
    for name in names:
        if name not in known:
            raise unknown("zona", name, known)
    if not known:
        raise BadInput("inventaris belum punya zona")
    return list(dict.fromkeys(names or known))


def back_up_zones(
    office: Office, names: Iterable[str], on_progress: Progress | None = None, actor: Actor = SOFTWARE
) -> list[BackedUp]:
    """Copy zones whole (AXFR, or PowerDNS's API); a version is kept when more than the serial is new."""
    done = []
    for name in names:
        result = _back_up(office, name, actor)
        office.register.note_backup(name, result.status, result.reason, result.detail, result.seconds, actor)
        done.append(result)
        if on_progress:
            on_progress(name, result.status)
    return done


def _back_up(office: Office, name: str, actor: Actor) -> BackedUp:
    started = monotonic()
    try:
        text = records.zone_text(name, zones.editor(office.inventory, name).export())
    except TargetError as error:
        return BackedUp(name, "failed", monotonic() - started, str(error.reason), error.detail)
    newest = versions(office, name)[:1]
    if newest and _body(_text(office, newest[0])) == _body(text):
        return BackedUp(name, "unchanged", monotonic() - started, bytes=len(text))
    office.register.keep(text.encode(), KIND, f"{name}.zone", "text/plain", "", name, actor=actor)
    return BackedUp(name, "ok", monotonic() - started, bytes=len(text))


def _body(text: str) -> list[str]:
    return [line for line in text.splitlines() if " SOA " not in line]


def versions(office: Office, name: str) -> list[EvidenceRecord]:
    """Newest first."""
    return office.register.evidence(target=name, kind=KIND)[::-1]


def _text(office: Office, version: EvidenceRecord) -> str:
    return office.register.read(version.id).decode()


def difference(office: Office, name: str, old: str = "", new: str = "") -> str:
    """Unified diff of two versions by their numbers; by default of the last two. Raises BadInput."""
    held = versions(office, name)
    newer = _version(name, held, new) if new else next(iter(held), None)
    if newer is None:
        raise BadInput(f"zona {name} belum pernah dicadangkan", "no_backup")
    earlier = next((each for each in held if each.id < newer.id), newer)
    older = _version(name, held, old) if old else earlier
    before, after = (_text(office, each).splitlines() for each in (older, newer))
    titles = (f"{name} versi {older.id}", f"{name} versi {newer.id}")
    return "\n".join(unified_diff(before, after, *titles, lineterm="", n=0))


def _version(name: str, held: Sequence[EvidenceRecord], number: str) -> EvidenceRecord:
    for each in held:
        if str(each.id) == number:
            return each
    known = ", ".join(str(each.id) for each in held[:8]) or "belum ada"
    raise BadInput(f"zona {name} tidak punya versi {shown(number)}; yang ada: {known}", "unknown_version")


def check_zones(office: Office, names: Iterable[str], on_progress: Progress | None = None) -> list[TargetResult]:
    """Names that lead to nobody, servers that lag, registrations that end. Nothing is changed."""
    done = []
    for name in names:
        done.append(judging.check_zone(office.inventory, name))
        if on_progress:
            on_progress(name, done[-1].status)
    return done
