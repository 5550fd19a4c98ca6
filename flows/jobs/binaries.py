"""Binary backups of RouterOS devices, beside the text that is the version: made on change, or after a week.

A session of its own, after the text is safe: whatever fails here has its reason and costs no text. One sealed piece of
evidence holds the file and what opens it; its name says to which version it belongs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from flows.jobs.changes import Progress
from flows.jobs.configurations import version_of
from flows.jobs.errors import BadInput
from flows.jobs.network import device_endpoint
from flows.office import Office
from playbooks.findings import Reason, TargetError
from playbooks.network.backup import fetch_config
from playbooks.network.binary import PLATFORM, BinaryCopy, fetch_binary
from playbooks.network.connect import open_session
from sop.register.records import SOFTWARE, Actor, ConfigVersion, EvidenceRecord

KIND = "config_binary"
OLDEST = timedelta(days=7)
DEADLINE_S = 180.0


@dataclass(frozen=True)
class BinaryBackup:
    """How it went: ok, unchanged (a recent one of this version is there) or failed."""

    name: str
    status: str
    version: str = ""
    bytes: int = 0
    reason: str = ""
    detail: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class StoredBinary:
    """A binary backup, opened."""

    version: ConfigVersion
    data: bytes
    password: str


def back_up_binaries(
    office: Office, names: Sequence[str], on_progress: Progress | None = None, actor: Actor = SOFTWARE
) -> list[BinaryBackup]:
    """Of those devices that run RouterOS and whose inventory entry does not forbid it."""
    done = []
    for name in names:
        entry = office.inventory.devices[name]
        if entry.platform == PLATFORM and entry.binary_backup:
            done.append(_backed_up(office, name, actor))
            if on_progress:
                on_progress(name, done[-1].status)
    return done


def _backed_up(office: Office, name: str, actor: Actor) -> BinaryBackup:
    try:
        version = version_of(office, name)
    except BadInput as error:
        return BinaryBackup(name, "failed", reason=str(Reason.ERROR), detail=str(error))
    number = str(version.id)
    kept = _of_version(office, version)
    if kept and office.register.clock() - kept[-1].at < OLDEST:
        return BinaryBackup(name, "unchanged", number, kept[-1].size)
    office.register.audit("binary.intended", name, {"version": version.id}, actor)
    try:
        copy = _fetched(office, name, version)
    except TargetError as error:
        office.register.audit("binary.failed", name, {"reason": error.reason, "detail": error.detail}, actor)
        return BinaryBackup(name, "failed", number, 0, str(error.reason), error.detail)
    _keep(office, version, copy, actor)
    return BinaryBackup(name, "ok", number, len(copy.data), detail=copy.left)


def _fetched(office: Office, name: str, version: ConfigVersion) -> BinaryCopy:
    with open_session(device_endpoint(office, name), DEADLINE_S) as session:
        if fetch_config(session).digest != version.digest:
            why = "konfigurasi berubah sejak cadangan teks; cadangkan teksnya dahulu"
            raise TargetError(name, Reason.ERROR, why)
        return fetch_binary(session)


def _keep(office: Office, version: ConfigVersion, copy: BinaryCopy, actor: Actor) -> None:
    sealed = json.dumps({"password": copy.password}).encode() + b"\n" + copy.data
    about = (KIND, _name(version), "application/octet-stream")
    office.register.keep(sealed, *about, target=version.device, sealed=True, actor=actor)


def _name(version: ConfigVersion) -> str:
    return f"{version.device}-versi-{version.id}.backup"


def _of_version(office: Office, version: ConfigVersion) -> list[EvidenceRecord]:
    kept = office.register.evidence(target=version.device, kind=KIND)
    return [each for each in kept if each.name == _name(version)]


def stored_binary(office: Office, version: ConfigVersion, actor: Actor) -> StoredBinary:
    """The newest binary backup of a version; opening it is audited first. Raises BadInput when there is none."""
    kept = _of_version(office, version)
    if not kept:
        raise BadInput(f"versi {version.id} dari {version.device} tidak punya cadangan biner", "no_binary")
    office.register.audit("config.opened", version.device, {"version": version.id, "binary": kept[-1].id}, actor)
    head, _, data = office.register.read(kept[-1].id).partition(b"\n")
    return StoredBinary(version, data, str(json.loads(head)["password"]))
