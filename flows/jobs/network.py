"""Network jobs: the devices of an office read, backed up, repaired and restored, and the register told of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from difflib import unified_diff
from pathlib import Path
from time import monotonic
from typing import Any

from playbooks.network.diagnose import Baseline, DeviceReading, diagnose, parse
from playbooks.network.history import History

from flows.jobs.errors import BadInput, unknown
from flows.jobs.leases import holding
from flows.office import Office
from inventory.credentials import CredentialError
from inventory.problems import shown
from playbooks.findings import Reason, Severity, TargetError, TargetResult
from playbooks.network import repair, restore
from playbooks.network.backup import ConfigCopy, fetch_config
from playbooks.network.connect import Endpoint, endpoint, open_session
from playbooks.plans import Outcome, Plan
from sop.register.records import SOFTWARE, Actor, ConfigVersion, PlanRecord

PARALLEL = 32
DEADLINE_S = 60.0
"""For one device, log-in to log-out."""

Progress = Callable[[str, str], None]
"""Called with (device, outcome) as each device is done; from the calling thread."""


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
    done: dict[str, Examined] = {}
    for found in _read_all(office, wanted, read, back_up):
        done[found.name] = _record(office, found, case_id, actor, read, back_up)
        if on_progress:
            on_progress(found.name, _outcome(done[found.name]))
    if back_up:
        commits = _project(office, [name for name in wanted if _stored(done[name])], case_id)
        done = {name: _with_commit(each, commits) for name, each in done.items()}
    return [done[name] for name in wanted]


def _read_all(office: Office, names: list[str], read: bool, back_up: bool) -> Iterator[_Read]:
    """Devices as they come home. Only the threads' own sessions run in parallel; the register is spoken to here."""
    baselines = {name: office.register.baseline(name) if read else None for name in names}
    pool = ThreadPoolExecutor(max_workers=min(PARALLEL, max(1, len(names))), thread_name_prefix="device")
    try:
        tasks = [pool.submit(_read, office, name, baselines[name], read, back_up) for name in names]
        for task in as_completed(tasks):
            yield task.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _read(office: Office, name: str, baseline: Baseline | None, read: bool, back_up: bool) -> _Read:
    """One device in one session; runs in a thread of its own and never raises for what a device does."""
    started = monotonic()
    device = office.inventory.devices[name]
    reading, config, error = None, None, None
    try:
        with open_session(_endpoint(office, name), DEADLINE_S) as session:
            reading = diagnose(session.endpoint, device, baseline, session=session) if read else None
            config = fetch_config(session, device) if back_up else None
    except TargetError as failed:
        error = failed
    return _Read(name, monotonic() - started, reading, config, error)


def _endpoint(office: Office, name: str) -> Endpoint:
    try:
        return endpoint(office.inventory, name, office.known_hosts)
    except CredentialError as error:
        raise TargetError(name, Reason.LOGIN_REFUSED, str(error)) from None


def _record(office: Office, found: _Read, case_id: str, actor: Actor, read: bool, back_up: bool) -> Examined:
    reading = _keep_reading(office, found, case_id, actor) if read else None
    return Examined(found.name, reading, _keep_backup(office, found, case_id, actor) if back_up else None)


def _keep_reading(office: Office, found: _Read, case_id: str, actor: Actor) -> DeviceReading:
    reading = found.reading or _failed_reading(found)
    keep = office.register.keep
    document = json.dumps(reading.as_json(), ensure_ascii=False).encode()
    keep(document, "findings", f"{found.name}.json", "application/json", case_id, found.name, actor=actor)
    if reading.raw:
        raw = json.dumps(reading.raw, ensure_ascii=False).encode()
        keep(raw, "raw", f"{found.name}.raw.json", "application/json", case_id, found.name, sealed=True, actor=actor)
    if reading.reason is None and not any(each.severity >= Severity.MAJOR for each in reading.findings):
        office.register.keep_baseline(found.name, reading.facts)
    return reading


def _failed_reading(found: _Read) -> DeviceReading:
    error = found.error or TargetError(found.name, Reason.ERROR)
    return DeviceReading(found.name, found.seconds, reason=error.reason, detail=error.detail)


def _keep_backup(office: Office, found: _Read, case_id: str, actor: Actor) -> BackedUp:
    """A failed backup is noted and leaves the last good one alone (invariant 4)."""
    note = office.register.note_backup
    if found.config is None:
        error = found.error or TargetError(found.name, Reason.ERROR)
        note(found.name, "failed", str(error.reason), error.detail, found.seconds)
        return BackedUp(found.name, "failed", found.seconds, str(error.reason), error.detail)
    copy = found.config
    version = office.register.keep_config(found.name, copy.text, copy.redacted, copy.digest, case_id, actor)
    status = "ok" if version.changed else "unchanged"
    note(found.name, status, "", "", found.seconds)
    return BackedUp(found.name, status, found.seconds, bytes=copy.bytes)


def _stored(done: Examined) -> bool:
    return done.backup is not None and done.backup.status != "failed"


def _project(office: Office, names: list[str], case_id: str) -> dict[str, str]:
    """Bring the git history up to the register, in one commit; what was missed by a killed run comes along."""
    newest = {name: office.register.config_versions(name)[-1] for name in names}
    texts = {name: office.register.read_config(version.id) for name, version in newest.items()}
    return (
        History(office.settings.configs).commit(texts, f"Cadangan konfigurasi{f' untuk {case_id}' if case_id else ''}")
        if texts
        else {}
    )


def _with_commit(done: Examined, commits: dict[str, str]) -> Examined:
    commit = commits.get(done.name, "")
    return replace(done, backup=replace(done.backup, commit=commit)) if done.backup and commit else done


def _outcome(done: Examined) -> str:
    return ", ".join(each.status for each in (done.reading, done.backup) if each is not None)


def propose_repairs(office: Office, case_id: str, device: str, actor: Actor = SOFTWARE) -> list[PlanRecord]:
    """Read a device again and put forward what can be repaired; the same plan is proposed once. Raises TargetError."""
    record = office.inventory.devices[device]
    with open_session(_endpoint(office, device), DEADLINE_S) as session:
        reading = diagnose(session.endpoint, record, office.register.baseline(device), session=session)
        plans = repair.propose(session.endpoint, record, reading)
    return [put_forward(office, case_id, plan, actor) for plan in plans if plan.changes]


def put_forward(office: Office, case_id: str, plan: Plan, actor: Actor) -> PlanRecord:
    """Record a plan in its case: a plan of class A may be applied at once, one of class B waits for its approver."""
    about = (plan.action, plan.target, str(plan.ladder), actor.official)
    return office.register.propose(case_id, plan.document(), *about, actor=actor)


def apply_repair(
    office: Office,
    case_id: str,
    device: str,
    plan_hash: str,
    actor: Actor,
    on_step: Callable[[str], None] | None = None,
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
        playbook = restore if action == "restore" else repair
        outcome = playbook.apply(plan, _endpoint(office, device), office.inventory.devices[device], permit, on_step)
        keep_outcome(office, case_id, plan, outcome, actor)
        register.settle_plan(plan_hash, outcome.status, asdict(outcome), actor, case_id)
    return outcome


def keep_outcome(office: Office, case_id: str, plan: Plan, outcome: Outcome, actor: Actor) -> None:
    """What was done and what it changed, as evidence: findings before and after stand side by side in it."""
    document = json.dumps({"plan": plan.hash, **asdict(outcome)}, ensure_ascii=False).encode()
    name = f"{plan.target}-{plan.action}-{plan.hash[:12]}.json"
    office.register.keep(document, "outcome", name, "application/json", case_id, plan.target, actor=actor)


def propose_restore(office: Office, case_id: str, device: str, version: str, actor: Actor) -> list[PlanRecord]:
    """Put forward a return to a stored configuration; nothing when the device already has it. Raises TargetError."""
    wanted = office.register.read_config(version_of(office, device, version).id, full=True)
    plan = restore.plan(_endpoint(office, device), office.inventory.devices[device], wanted)
    return [put_forward(office, case_id, plan, actor)] if plan.changes else []


def version_of(office: Office, device: str, version: str = "") -> ConfigVersion:
    """A stored configuration by its number, or the newest. Raises BadInput when there is none such."""
    stored = {str(each.id): each for each in office.register.config_versions(device)}
    if not stored:
        raise BadInput(f"{device} belum punya cadangan", "no_backup")
    newest = max(stored.values(), key=lambda each: each.id)
    if version and version not in stored:
        raise BadInput(f"{device} tidak punya versi {shown(version)}; yang ada: {', '.join(stored)}", "unknown_version")
    return stored[version] if version else newest


@dataclass(frozen=True)
class StoredVersion:
    """A stored configuration and the commit of the history that shows it."""

    version: str
    at: datetime
    digest: str
    commit: str


def versions(office: Office, device: str) -> list[StoredVersion]:
    """Stored configurations of a device, newest first."""
    stored = sorted(office.register.config_versions(device), key=lambda each: each.id, reverse=True)
    commits = _commits(office, device, len(stored))
    return [
        StoredVersion(str(each.id), each.at, each.digest, commit) for each, commit in zip(stored, commits, strict=True)
    ]


def _commits(office: Office, device: str, wanted: int) -> list[str]:
    """Commits, newest first, as far as the projection has come; "" for versions it has not seen."""
    known = [each.commit for each in History(office.settings.configs).versions(device)]
    return [*([""] * (wanted - len(known))), *known][:wanted]


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
        raise BadInput(f"{shown(file)}: tidak dapat dibuka ({error.strerror})", "unreadable_file") from None
    if data is None:
        raise BadInput(f"{shown(file)}: lebih besar dari 64 MB", "unreadable_file")
    try:
        return parse(platform, command, data.decode(errors="replace"))
    except (KeyError, ValueError) as error:
        raise BadInput(f"keluaran ini tidak terbaca: {error}", "unreadable_recording") from None
