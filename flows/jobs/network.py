"""Network jobs: the devices of an office diagnosed and backed up, and the register told of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from queue import Empty, SimpleQueue
from time import monotonic

from flows.jobs.changes import Progress
from flows.jobs.pictures import keep_facts
from flows.jobs.targets import BackedUp, batches, picked
from flows.office import Office
from inventory.credentials import CredentialError
from inventory.problems import shown
from playbooks.findings import Reason, Severity, TargetError, TargetResult
from playbooks.network import platforms
from playbooks.network.diagnose import Baseline, DeviceReading, together, with_changes
from playbooks.network.endpoints import Endpoint, endpoint
from playbooks.network.errands import Errand, Visit
from playbooks.network.fleet import Crew, crew
from playbooks.network.history import History, HistoryError
from sop.register.errors import RegisterError
from sop.register.records import SOFTWARE, Actor, BackupNote, ConfigVersion, NewConfig

log = logging.getLogger("pelihara.network")

BATCH = 50
"""Devices that are recorded in one transaction."""
GATHER_S = 0.3
"""How long a device that came home waits for others to be recorded with."""

PROVEN = timedelta(hours=1)
"""How long a changed configuration has been backed up, without a serious finding, before it counts as good."""


@dataclass(frozen=True)
class DeviceBackedUp(BackedUp):
    commit: str = ""
    """Of the history, when the configuration changed."""


@dataclass(frozen=True)
class Examined:
    """One device, read in one session: its diagnosis, its backup, or both."""

    name: str
    reading: DeviceReading | None = None
    backup: DeviceBackedUp | None = None


def chosen(office: Office, names: Sequence[str], opd: str = "", every: bool = False) -> list[str]:
    """The devices meant, each once, in the order given. Raises BadInput for what the inventory does not know."""
    return picked("perangkat", office.inventory.devices, office.inventory.opd, names, opd, every)


def diagnose_devices(
    office: Office,
    names: Iterable[str],
    case_id: str = "",
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
) -> list[TargetResult]:
    """Diagnose devices in parallel; a device that cannot be read has its reason and holds up no other.

    Raw outputs and findings become evidence; a run without serious findings becomes the next baseline.
    """
    done = examine(office, names, case_id, on_progress, actor, back_up=False)
    return [each.reading for each in done if each.reading]


def back_up_devices(
    office: Office,
    names: Iterable[str],
    case_id: str = "",
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
) -> list[DeviceBackedUp]:
    """Back up devices in parallel: full text sealed, redacted text to the history, one commit a run."""
    done = examine(office, names, case_id, on_progress, actor, read=False)
    return [each.backup for each in done if each.backup]


def examine(
    office: Office,
    names: Iterable[str],
    case_id: str = "",
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
    read: bool = True,
    back_up: bool = True,
    settled: bool = True,
) -> list[Examined]:
    """Diagnose and back up devices with one log-in each; in the order of `names`.

    `settled`: false when the caller settles the readings, together with others.
    """
    wanted = list(names)
    backups: dict[str, DeviceBackedUp] = {}
    readings: dict[str, DeviceReading] = {}
    for home in _visits(office, wanted, read, back_up):
        if back_up:
            backups |= _keep_backups(office, home, case_id, actor)
        for found in home:
            if read:
                readings[found.name] = found.seen
            if on_progress:
                on_progress(found.name, found.said)
    in_order = [readings[name] for name in wanted if name in readings]
    joined = {each.name: each for each in (settle(office, in_order, case_id, actor) if settled else in_order)}
    commits = project(office, [each.name for each in backups.values() if each.status != "failed"], case_id)
    return [Examined(name, joined.get(name), _with_commit(backups.get(name), commits)) for name in wanted]


def settle(office: Office, readings: Sequence[DeviceReading], case_id: str, actor: Actor) -> list[DeviceReading]:
    """Keep readings. Two ends of a link show more together than each alone, so all of them are looked at first."""
    joined = together([_with_changes(office, each) for each in readings])
    for some in batches(joined, BATCH):
        with office.register.at_once():
            for reading in some:
                _keep_reading(office, reading, case_id, actor)
    return joined


def _with_changes(office: Office, reading: DeviceReading) -> DeviceReading:
    """What was changed since it last worked, where the configuration of that time was backed up."""
    if not any(one.code == "config.changed" for one in reading.findings):
        return reading
    good = reading.before.get("running_digest")
    versions = [one.id for one in office.register.config_versions(reading.name) if one.digest == good]
    platform = office.inventory.devices[reading.name].platform
    # A damaged copy only keeps the lines from being told; the nightly check tells of the damage.
    with suppress(RegisterError):
        return with_changes(reading, platform, office.register.read_config(versions[-1])) if versions else reading
    return reading


def read_devices(office: Office, names: Iterable[str], on_progress: Progress | None = None) -> list[DeviceReading]:
    """Readings that have yet to be settled; nothing is kept."""
    done = examine(office, names, on_progress=on_progress, back_up=False, settled=False)
    return [each.reading for each in done if each.reading]


def _visits(office: Office, names: list[str], read: bool, back_up: bool) -> Iterator[list[Visit]]:
    """Visits as they come home, those of about one moment together.

    Only the sessions run side by side; the register is spoken to here.
    """
    fleet, away = batches(names, BATCH), 0
    with crew(len(names)) as sent:
        while True:
            while away < sent.size + BATCH and (some := next(fleet, None)):
                _send(office, some, read, back_up, sent)
                away += len(some)
            if not away:
                return
            home = _gathered(sent.home, min(away, BATCH))
            away -= len(home)
            yield home


def _gathered(came: SimpleQueue[Visit], most: int) -> list[Visit]:
    """Up to `most` that came: the first, and who follows it within GATHER_S."""
    home = [came.get()]
    end = monotonic() + GATHER_S
    with suppress(Empty):
        while len(home) < most:
            home.append(came.get(timeout=max(0.0, end - monotonic())))
    return home


def _send(office: Office, names: list[str], read: bool, back_up: bool, to: Crew) -> None:
    """A new copy is measured against the last one's redacted text; its size and names are those of the full text."""
    texts = office.register.newest_configs(names) if back_up else {}
    known = last_baselines(office, names) if read else {}
    for name in names:
        try:
            where = device_endpoint(office, name)
        except TargetError as error:
            to.home.put(Visit(name, reason=error.reason, detail=error.detail))
            continue
        device = office.inventory.devices[name] if read else None
        to.send(Errand(where, device, known.get(name), back_up, texts.get(name)))


def last_baselines(office: Office, names: Sequence[str]) -> dict[str, Baseline]:
    """Of each device the last state without serious findings, and its newest backup; none where neither is known."""
    stored = office.register.newest_digests(names)
    states = {name: office.register.baseline(name) or {} for name in names}
    return {
        name: Baseline(facts=facts, backup_digest=stored.get(name, ""))
        for name, facts in states.items()
        if facts or name in stored
    }


def device_endpoint(office: Office, name: str) -> Endpoint:
    """How a device is reached and logged into. Raises TargetError when a secret or its platform is not there."""
    platform = office.inventory.devices[name].platform
    if platform not in platforms.ALL:
        known = ", ".join(sorted(platforms.ALL))
        raise TargetError(name, Reason.ERROR, f"platform {shown(platform)} belum dikenal; yang ada: {known}")
    try:
        return endpoint(office.inventory, name, office.known_hosts)
    except CredentialError as error:
        # Nobody refused anything: the login could not even be tried.
        raise TargetError(name, Reason.ERROR, str(error)) from None


def _keep_reading(office: Office, reading: DeviceReading, case_id: str, actor: Actor) -> None:
    """Findings and raw output become evidence; a state without serious findings is what the next one is held to."""
    about = (case_id, reading.name)
    for kind, content in (("findings", reading.as_json()), ("raw", reading.raw)):
        document = json.dumps(content, ensure_ascii=False).encode()
        name = f"{reading.name}-{kind}.json"
        office.register.keep(document, kind, name, "application/json", *about, actor=actor) if content else None
    keep_facts(office, reading, case_id, actor)
    if _is_good(office, reading):
        office.register.keep_baseline(reading.name, reading.facts, actor)


def _is_good(office: Office, reading: DeviceReading) -> bool:
    """Whether the next diagnosis may be held to this state: nothing serious, and no change too fresh to judge.

    A wrong change hurts seconds later, when timers have run out; taken for good until then, it would hide the cause.
    """
    if reading.reason is not None or any(each.severity >= Severity.MAJOR for each in reading.findings):
        return False
    if not {"config.unsaved", "config.changed"} & {each.code for each in reading.findings}:
        return True
    known = [each for each in office.register.config_versions(reading.name) if not each.quarantined]
    proven = known and known[-1].digest == reading.config_digest and office.register.clock() - known[-1].at >= PROVEN
    return bool(proven) or office.register.baseline(reading.name) is None


def _keep_backups(office: Office, home: list[Visit], case_id: str, actor: Actor) -> dict[str, DeviceBackedUp]:
    """In one transaction; a failed backup is noted and leaves the last good one alone (invariant 4)."""
    copies = [(found.name, found.config) for found in home if found.config]
    new = [NewConfig(name, copy.text, copy.redacted, copy.digest) for name, copy in copies]
    with office.register.at_once():
        kept = {version.device: version for version in office.register.keep_configs(new, case_id, actor)}
        done = {found.name: _backed_up(found, kept.get(found.name)) for found in home}
        now = office.register.clock()
        notes = [BackupNote(b.name, now, b.status, b.reason, b.detail, b.seconds) for b in done.values()]
        office.register.note_backups(notes, actor)
    return done


def _backed_up(found: Visit, version: ConfigVersion | None) -> DeviceBackedUp:
    if found.config is None or version is None:
        return DeviceBackedUp(found.name, "failed", found.seconds, str(found.reason or Reason.ERROR), found.detail)
    status = "ok" if version.changed else "unchanged"
    return DeviceBackedUp(found.name, status, found.seconds, bytes=found.config.bytes)


def project(office: Office, names: list[str], case_id: str = "") -> dict[str, str]:
    """Bring the git history up to the register, in one commit; what was missed by a killed run comes along.

    A damaged history fails no backup: the register has it, and the nightly look (`jobs/archive.py`) writes it anew.
    """
    texts = office.register.newest_configs(names)
    if not texts:
        return {}
    try:
        return History(office.settings.configs).commit(texts, f"Cadangan konfigurasi {case_id}".rstrip())
    except HistoryError:
        log.exception("the history cannot be written")
        return {}


def _with_commit(backup: DeviceBackedUp | None, commits: dict[str, str]) -> DeviceBackedUp | None:
    return replace(backup, commit=commits.get(backup.name, "")) if backup else None
