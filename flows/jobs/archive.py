"""The archive, proven night by night: every stored configuration read again, the history held against the register.

What no longer reads as it was stored is set aside (quarantine), told, and taken anew from its device. Nothing is thrown
away: a quarantined version stays, and comes back by itself once it reads whole again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from flows.jobs import network
from flows.office import Office
from playbooks.findings import explained
from playbooks.network import platforms
from playbooks.network.backup import NotComplete, check_complete
from playbooks.network.history import History, HistoryError, State
from playbooks.network.redaction import hidden, redact
from sop.register.errors import RegisterBroken, SealRefused
from sop.register.records import SOFTWARE, UNPROVEN, Actor, AuditReport, ConfigVersion
from sop.register.shelf import GOOD

UNDER_WAY = timedelta(hours=1)
"""A backup run writes the history at its end: what it stored so recently may not be there yet."""
BROKEN_SEAL = "segelnya tidak dapat dibuka, padahal kuncinya benar"


@dataclass(frozen=True)
class Damage:
    """A stored configuration that is not what was stored; `reason` is Indonesian."""

    device: str
    version: str
    at: str
    """When it was taken, UTC."""
    reason: str


@dataclass(frozen=True)
class Checked:
    """What a look through the archive found and did."""

    devices: int
    versions: int
    damaged: tuple[Damage, ...]
    """Set aside now."""
    standing: tuple[Damage, ...]
    """In quarantine since an earlier look."""
    released: tuple[str, ...]
    """Numbers of versions that read whole again."""
    seal: str
    """Why sealed texts cannot be read at all; "" when they can."""
    history: tuple[str, ...]
    """What was wrong with the git history."""
    rebuilt: bool
    audit: AuditReport
    backups: tuple[network.DeviceBackedUp, ...]
    """Of the devices whose newest version was set aside."""

    @property
    def ok(self) -> bool:
        """Whether nothing new was found; a version set aside earlier was told of then."""
        return not (self.damaged or self.seal or self.history) and self.audit.ok

    @property
    def problems(self) -> list[str]:
        """What is to be told, a line each."""
        taken = {each.name: each for each in self.backups}
        lines = [self._told(each, taken.get(each.device)) for each in self.damaged]
        lines += [f"Kunci segel: {self.seal}; isi lengkap tidak dapat diperiksa."] if self.seal else []
        lines += [f"Riwayat git: {each}" for each in self.history]
        if self.history:
            lines.append("Riwayat git dibangun ulang dari register." if self.rebuilt else "Riwayat git BELUM pulih.")
        return [*lines, *(f"Jejak audit: {each}" for each in self.audit.problems)]

    @staticmethod
    def _told(damage: Damage, backup: network.DeviceBackedUp | None) -> str:
        said = f"{damage.device} versi {damage.version} rusak dan dikarantina: {damage.reason}."
        if backup is None:
            return said
        if backup.status not in GOOD:
            return f"{said} Cadangan baru GAGAL: {explained(backup.reason, backup.detail)}."
        return f"{said} Cadangan baru sudah diambil."

    def as_json(self) -> dict[str, Any]:
        backups = [each.as_json() for each in self.backups]
        return {"ok": self.ok, **asdict(self), "backups": backups, "problems": self.problems}


@dataclass(frozen=True)
class _Look:
    """What reading everything again showed: why which version is not good, and why none can be unsealed."""

    faults: dict[int, str]
    seal: str = ""


def check_archive(office: Office, actor: Actor = SOFTWARE) -> Checked:
    """Read every stored configuration again, hold the git history against the register, follow the audit chain."""
    versions = [each for each in office.register.archived() if each.quarantined != UNPROVEN]
    look = _read_again(office, versions)
    damaged = [each for each in versions if each.id in look.faults and not each.quarantined]
    released = [each for each in versions if each.quarantined and each.id not in look.faults and not look.seal]
    for each in damaged:
        office.register.quarantine(each, look.faults[each.id], actor)
    for each in released:
        office.register.release(each, actor)
    network.project(office, [each.device for each in (*damaged, *released)])
    history, rebuilt = _prove_history(office)
    report = office.register.verify_audit()
    standing = [each for each in versions if each.quarantined and each not in released]
    backups = network.back_up_devices(office, _without_newest(office, versions, damaged), actor=actor)
    checked = Checked(
        devices=len({each.device for each in versions}),
        versions=len(versions),
        damaged=tuple(_damage(each, look.faults[each.id]) for each in damaged),
        standing=tuple(_damage(each, each.quarantined) for each in standing),
        released=tuple(str(each.id) for each in released),
        seal=look.seal,
        history=tuple(history),
        rebuilt=rebuilt,
        audit=report,
        backups=tuple(backups),
    )
    about = {"versions": checked.versions, "ok": checked.ok, "problems": checked.problems}
    office.register.audit("archive.checked", "arsip", about, actor)
    return checked


def _damage(version: ConfigVersion, reason: str) -> Damage:
    return Damage(version.device, str(version.id), version.at.isoformat(), reason)


def _read_again(office: Office, versions: Sequence[ConfigVersion]) -> _Look:
    """A key that opens nothing is a lost key, and no text is damaged by that."""
    faults: dict[int, str] = {}
    refused: dict[int, str] = {}
    for each in versions:
        try:
            why = _fault(office, each, office.register.read_config(each.id, full=True))
        except SealRefused as error:
            refused[each.id], why = str(error), _redacted_fault(office, each)
        except RegisterBroken as error:
            why = str(error)
        if why:
            faults[each.id] = why
    if refused and len(refused) == len(versions) and not office.register.seal_is_right():
        return _Look(faults, next(iter(refused.values())))
    return _Look(dict.fromkeys(refused, BROKEN_SEAL) | faults)


def _fault(office: Office, version: ConfigVersion, full: str) -> str:
    """Why a version whose full text reads as stored is not good all the same; "" when it is."""
    if _redacted_fault(office, version) and not _mended(office, version, full):
        return _redacted_fault(office, version)
    return incomplete(_platform(office, version.device), full)


def _redacted_fault(office: Office, version: ConfigVersion) -> str:
    try:
        office.register.read_config(version.id)
    except RegisterBroken as error:
        return str(error)
    return ""


def _mended(office: Office, version: ConfigVersion, full: str) -> bool:
    """The redacted text follows from the full one, as long as what counts as a secret is what it was."""
    platform = _platform(office, version.device)
    return bool(platform) and office.register.mend_redacted(version, redact(platform, full, hidden))


def _platform(office: Office, device: str) -> str:
    """ "" for a device that is no longer in the inventory, or of a platform that we do not know."""
    entry = office.inventory.devices.get(device)
    return entry.platform if entry and entry.platform in platforms.ALL else ""


def incomplete(platform: str, text: str) -> str:
    """Why a stored text is no whole configuration (Indonesian); "" when it is one, or when nobody can tell.

    A device may have been replaced by one of another make since: then the text has to be whole for some platform.
    """
    if not platform or not (why := _why_incomplete(platform, text)):
        return ""
    return why if all(_why_incomplete(other, text) for other in platforms.ALL) else ""


def _why_incomplete(platform: str, text: str) -> str:
    try:
        check_complete(platform, text)
    except NotComplete as error:
        return error.detail
    return ""


def _without_newest(office: Office, versions: Sequence[ConfigVersion], damaged: Sequence[ConfigVersion]) -> list[str]:
    """Devices of the inventory whose newest version was set aside just now."""
    newest = {each.device: each for each in versions}
    return [each.device for each in damaged if newest[each.device] == each and each.device in office.inventory.devices]


def _prove_history(office: Office) -> tuple[list[str], bool]:
    """What was wrong with the git history, and whether it has been put right."""
    history = History(office.settings.configs)
    if not (problems := _history_problems(office, history)):
        return [], False
    _rebuild(office, history)
    return problems, not _history_problems(office, history)


def _history_problems(office: Office, history: History) -> list[str]:
    try:
        unknown = {each.device for each in office.register.archived() if each.quarantined}
        return history.fsck() or history.differs(_states(office), unknown, office.register.clock() - UNDER_WAY)
    except HistoryError as error:
        return [str(error)]


def _rebuild(office: Office, history: History) -> Path | None:
    with suppress(HistoryError):
        return history.rebuild(_states(office))
    return None


def _states(office: Office) -> Iterator[State]:
    """Every good version, those of one moment together, as a backup run commits them."""
    good = [each for each in office.register.archived() if not each.quarantined]
    for at, together in groupby(good, key=lambda each: each.at):
        texts = {each.device: office.register.read_config(each.id) for each in together}
        yield State(at, texts, "Cadangan konfigurasi")
