"""Network jobs: the devices of an office read, backed up, repaired and restored, and the register told of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path
from time import monotonic
from typing import Any

from flows.jobs.changes import OnStep, Progress, keep_outcome, put_forward
from flows.jobs.errors import BadInput, unknown, why_not_opened
from flows.jobs.leases import holding
from flows.office import Office
from inventory.credentials import CredentialError
from inventory.problems import shown
from playbooks.findings import Reason, Severity, TargetError, TargetResult
from playbooks.network import repair, restore
from playbooks.network.backup import ConfigCopy, fetch_config
from playbooks.network.connect import Endpoint, endpoint, open_session
from playbooks.network.diagnose import Baseline, DeviceReading, diagnose, failed, parse, together
from playbooks.network.history import History, Version
from playbooks.plans import Ladder, Outcome, Plan
from sop.register.records import SOFTWARE, Actor, ConfigVersion, PlanRecord

log = logging.getLogger("pelihara.network")

PARALLEL = 32
BATCH = 50
"""Readings that are recorded in one transaction."""
_SHORTEST_COMMIT = 7
DEADLINE_S = 60.0
"""For one device, log-in to log-out."""


@dataclass(frozen=True)
class BackedUp:
    """How the backup of one device went: ok (a new version), unchanged or failed."""

    name: str
    status: str
    seconds: float
    reason: str = ""
    detail: str = ""
    bytes: int = 0
    commit: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "status": self.status,
            "reason": self.reason,
            "detail": self.detail,
            "bytes": self.bytes,
            "commit": self.commit,
            "seconds": round(self.seconds, 2),
        }


@dataclass(frozen=True)
class Examined:
    """One device, read in one session: its diagnosis, its backup, or both."""

    name: str
    reading: DeviceReading | None = None
    backup: BackedUp | None = None


@dataclass(frozen=True)
class _Read:
    """What a worker thread brought home; the register has not heard of it yet."""

    name: str
    seconds: float
    reading: DeviceReading | None = None
    config: ConfigCopy | None = None
    error: TargetError | None = None

    @property
    def said(self) -> str:
        """For progress; the findings are not settled yet."""
        if self.error:
            return f"gagal: {self.error.detail or self.error.reason}"
        return "terbaca"


@dataclass(frozen=True)
class _Task:
    """What a worker thread is sent out with."""

    name: str
    baseline: Baseline | None
    previous: str | None


def chosen(office: Office, names: Sequence[str], opd: str = "", every: bool = False) -> list[str]:
    """The devices meant, each once, in the order given. Raises BadInput for what the inventory does not know."""
    known = office.inventory.devices
    for name in names:
        if name not in known:
            raise unknown("perangkat", name, known)
    if opd and opd not in office.inventory.opd:
        raise unknown("OPD", opd, office.inventory.opd)
    picked = [*names, *(office.device_names(opd) if opd else ()), *(known if every else ())]
    if not picked:
        raise BadInput(f"OPD {opd} tidak punya perangkat" if opd else "sebut perangkatnya, atau --opd OPD, atau --all")
    return list(dict.fromkeys(picked))


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
) -> list[BackedUp]:
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
) -> list[Examined]:
    """Diagnose and back up devices with one log-in each; in the order of `names`."""
    wanted = list(names)
    backups: dict[str, BackedUp] = {}
    readings: dict[str, DeviceReading] = {}
    for home in _read_all(office, wanted, read, back_up):
        if back_up:
            with office.register.at_once():
                backups |= {found.name: _keep_backup(office, found, case_id, actor) for found in home}
        for found in home:
            if read:
                readings[found.name] = found.reading or failed(found.name, *_why(found))
            if on_progress:
                on_progress(found.name, found.said)
    # Two ends of a link show more together than each alone, so findings are settled once all are home.
    joined = {each.name: each for each in together([readings[name] for name in wanted if name in readings])}
    for some in _batches(list(joined.values())):
        with office.register.at_once():
            for reading in some:
                _keep_reading(office, reading, case_id, actor)
    commits = _project(office, [each.name for each in backups.values() if each.status != "failed"], case_id)
    return [Examined(name, joined.get(name), _with_commit(backups.get(name), commits)) for name in wanted]


def _batches(readings: list[DeviceReading]) -> Iterator[list[DeviceReading]]:
    for start in range(0, len(readings), BATCH):
        yield readings[start : start + BATCH]


def _read_all(office: Office, names: list[str], read: bool, back_up: bool) -> Iterator[list[_Read]]:
    """Devices as they come home, those of one moment together.

    Only the threads' own sessions run in parallel; the register is spoken to here.
    """
    tasks = [_Task(name, _baseline(office, name) if read else None, _last_config(office, name)) for name in names]
    pool = ThreadPoolExecutor(max_workers=min(PARALLEL, max(1, len(names))), thread_name_prefix="device")
    try:
        away = {pool.submit(_read, office, task, read, back_up) for task in tasks}
        while away:
            home, away = wait(away, return_when=FIRST_COMPLETED)
            yield [done.result() for done in home]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _baseline(office: Office, name: str) -> Baseline | None:
    facts = office.register.baseline(name)
    return Baseline(facts=facts) if facts else None


def _last_config(office: Office, name: str) -> str | None:
    """What a new copy is measured against; its size and names are those of the full text."""
    stored = office.register.config_versions(name)
    return office.register.read_config(stored[-1].id) if stored else None


def _read(office: Office, task: _Task, read: bool, back_up: bool) -> _Read:
    """One device in one session; runs in a thread of its own and never raises for what a device does."""
    started = monotonic()
    device = office.inventory.devices[task.name]
    reading, config, error = None, None, None
    try:
        with open_session(_endpoint(office, task.name), DEADLINE_S) as session:
            reading = diagnose(session.endpoint, device, task.baseline, session) if read else None
            config = fetch_config(session, device, task.previous) if back_up else None
    except TargetError as failure:
        error = failure
    except Exception as surprise:
        # One device must not keep the others from being backed up; the log has the trace, the technician the name.
        log.exception("%s", task.name)
        error = TargetError(task.name, Reason.ERROR, f"kesalahan di dalam pelihara: {type(surprise).__name__}")
    return _Read(task.name, monotonic() - started, reading, config, error)


def _endpoint(office: Office, name: str) -> Endpoint:
    try:
        return endpoint(office.inventory, name, office.known_hosts)
    except CredentialError as error:
        # Nobody refused anything: the login could not even be tried.
        raise TargetError(name, Reason.ERROR, str(error)) from None


def _why(found: _Read) -> tuple[Reason, str]:
    return (found.error.reason, found.error.detail) if found.error else (Reason.ERROR, "")


def _keep_reading(office: Office, reading: DeviceReading, case_id: str, actor: Actor) -> None:
    """Findings and raw output become evidence; a state without serious findings is what the next one is held to."""
    about = (case_id, reading.name)
    for kind, content in (("findings", reading.as_json()), ("raw", reading.raw)):
        document = json.dumps(content, ensure_ascii=False).encode()
        name = f"{reading.name}-{kind}.json"
        office.register.keep(document, kind, name, "application/json", *about, actor=actor) if content else None
    if reading.reason is None and not any(each.severity >= Severity.MAJOR for each in reading.findings):
        office.register.keep_baseline(reading.name, reading.facts, actor)


def _keep_backup(office: Office, found: _Read, case_id: str, actor: Actor) -> BackedUp:
    """A failed backup is noted and leaves the last good one alone (invariant 4)."""
    if found.config is None:
        reason, detail = _why(found)
        office.register.note_backup(found.name, "failed", str(reason), detail, found.seconds, actor)
        return BackedUp(found.name, "failed", found.seconds, str(reason), detail)
    copy = found.config
    version = office.register.keep_config(found.name, copy.text, copy.redacted, copy.digest, case_id, actor)
    status = "ok" if version.changed else "unchanged"
    office.register.note_backup(found.name, status, seconds=found.seconds, actor=actor)
    return BackedUp(found.name, status, found.seconds, bytes=copy.bytes)


def _project(office: Office, names: list[str], case_id: str) -> dict[str, str]:
    """Bring the git history up to the register, in one commit; what was missed by a killed run comes along."""
    newest = {name: office.register.config_versions(name)[-1] for name in names}
    texts = {name: office.register.read_config(version.id) for name, version in newest.items()}
    if not texts:
        return {}
    return History(office.settings.configs).commit(texts, f"Cadangan konfigurasi {case_id}".rstrip())


def _with_commit(backup: BackedUp | None, commits: dict[str, str]) -> BackedUp | None:
    return replace(backup, commit=commits.get(backup.name, "")) if backup else None


def propose_repairs(
    office: Office, case_id: str, device: str, actor: Actor = SOFTWARE, reading: DeviceReading | None = None
) -> list[PlanRecord]:
    """Put forward what can be repaired, from a reading of just now or a new one; the same plan is proposed once.

    Class A comes alone: carrying it out changes what a plan of class B would have been made from. Raises TargetError
    when the device cannot be read, PermitRefused when the case does not stand where plans are made.
    """
    here, entry = _endpoint(office, device), office.inventory.devices[device]
    seen = reading or diagnose(here, entry, _baseline(office, device), deadline_s=DEADLINE_S)
    if seen.reason is not None:
        raise TargetError(device, seen.reason, seen.detail)
    plans = [plan for plan in repair.propose(here, entry, seen) if plan.changes]
    first = [plan for plan in plans if plan.ladder is Ladder.A] or plans
    return [put_forward(office, case_id, plan, actor) for plan in first]


def apply_repair(
    office: Office,
    case_id: str,
    device: str,
    plan_hash: str,
    actor: Actor,
    on_step: OnStep | None = None,
    action: str = "repair",
    patience_s: float = 0.0,
) -> Outcome:
    """Apply one approved repair or restore: permit, lease, way back and verification.

    Raises RegisterError (PermitRefused above all) before the device is touched, ChangedSincePlan when the device is no
    longer as it was planned for, TargetError when it cannot be reached.
    """
    register = office.register
    if device not in office.inventory.devices:
        raise unknown("perangkat", device, office.inventory.devices)
    with holding(office, device, f"{action} {case_id}", actor, patience_s) as lease:
        permit = register.permit(case_id, action, device, plan_hash, lease, actor)
        permit()
        plan = Plan.from_document(register.plan(plan_hash, case_id).document)
        change = restore.apply if action == "restore" else repair.apply
        outcome = change(plan, _endpoint(office, device), office.inventory.devices[device], permit, on_step)
        keep_outcome(office, case_id, plan, outcome, actor)
        register.settle_plan(plan_hash, outcome.status, asdict(outcome), actor, case_id)
    return outcome


def propose_restore(office: Office, case_id: str, device: str, version: str, actor: Actor) -> list[PlanRecord]:
    """Put forward a return to a stored configuration; nothing when the device already has it. Raises TargetError."""
    wanted = office.register.read_config(version_of(office, device, version).id, full=True)
    plan = restore.plan(_endpoint(office, device), office.inventory.devices[device], wanted)
    return [put_forward(office, case_id, plan, actor)] if plan.changes else []


def version_of(office: Office, device: str, version: str = "") -> ConfigVersion:
    """A stored configuration by its number or its commit, or the newest. Raises BadInput when there is none such."""
    stored = {str(each.id): each for each in office.register.config_versions(device)}
    if not stored:
        raise BadInput(f"{device} belum punya cadangan", "no_backup")
    if not version:
        return max(stored.values(), key=lambda each: each.id)
    named = [each.version for each in versions(office, device) if _names(each, version)]
    if len(named) != 1:
        raise BadInput(f"{device} tidak punya versi {shown(version)}; yang ada: {', '.join(stored)}", "unknown_version")
    return stored[named[0]]


def _names(stored: StoredVersion, version: str) -> bool:
    return version == stored.version or (len(version) >= _SHORTEST_COMMIT and stored.commit.startswith(version))


@dataclass(frozen=True)
class StoredVersion:
    """A stored configuration and the commit of the history that shows it."""

    version: str
    at: datetime
    digest: str
    commit: str


def versions(office: Office, device: str) -> list[StoredVersion]:
    """Stored configurations of a device, newest first."""
    stored = office.register.config_versions(device)
    commits = History(office.settings.configs).versions(device)[::-1]
    never = datetime.max.replace(tzinfo=UTC)
    ends = [*(each.at for each in stored), never][1:]
    known = [
        StoredVersion(str(each.id), each.at, each.digest, _take_commit(commits, each.at, end))
        for each, end in zip(stored, ends, strict=True)
    ]
    return known[::-1]


def _take_commit(commits: list[Version], start: datetime, end: datetime) -> str:
    """Takes from `commits` (oldest first) the one made after a version and before the next; git knows whole seconds.

    "" while the projection has not come so far, or when nothing but secrets changed.
    """
    fits = [each for each in commits if start.replace(microsecond=0) <= each.at < end]
    if fits:
        commits.remove(fits[0])
    return fits[0].commit if fits else ""


@dataclass(frozen=True)
class Difference:
    old: str
    new: str
    text: str


def difference(office: Office, device: str, old: str = "", new: str = "") -> Difference:
    """Unified diff of two stored, redacted configurations; by default of the last two. Raises BadInput."""
    newest = version_of(office, device, new)
    older = version_of(office, device, old) if old else _before(office, device, newest)
    before, after = (office.register.read_config(each.id).splitlines() for each in (older, newest))
    lines = unified_diff(before, after, f"{device} versi {older.id}", f"{device} versi {newest.id}", lineterm="")
    return Difference(str(older.id), str(newest.id), "\n".join(lines))


def _before(office: Office, device: str, version: ConfigVersion) -> ConfigVersion:
    earlier = [each for each in office.register.config_versions(device) if each.id < version.id]
    return max(earlier, key=lambda each: each.id, default=version)


def stored_config(office: Office, version: ConfigVersion, full: bool, actor: Actor) -> str:
    """The text of a stored configuration. Reading it in full is audited before it is opened."""
    if full:
        office.register.audit("config.opened", version.device, {"version": version.id}, actor)
    return office.register.read_config(version.id, full=full)


_LARGEST_RECORDING = 64 << 20


def parse_recording(platform: str, command: str, file: Path) -> Any:
    """Facts parsed from one recorded output. Raises BadInput for an unknown platform, command or unreadable file."""
    try:
        data = file.read_bytes() if file.stat().st_size <= _LARGEST_RECORDING else None
    except OSError as error:
        raise BadInput(f"{shown(file)}: tidak dapat dibuka: {why_not_opened(error)}", "unreadable_file") from None
    if data is None:
        raise BadInput(f"{shown(file)}: lebih besar dari 64 MB", "unreadable_file")
    try:
        return parse(platform, command, data.decode(errors="replace"))
    except (KeyError, ValueError) as error:
        raise BadInput(f"keluaran ini tidak terbaca: {error}", "unreadable_recording") from None
