"""What must not be lost: evidence, device configurations, how backups went, baselines of diagnoses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, insert, select
from sqlalchemy.orm import Session

from sop.register.content import Content
from sop.register.errors import ConfigRefused, RegisterBroken, UnknownEvidence
from sop.register.records import (
    SOFTWARE,
    UNPROVEN,
    Actor,
    BackupNote,
    ConfigVersion,
    EvidenceRecord,
    NewConfig,
    NewEvidence,
)
from sop.register.tables import Backup, Blob, Config, DeviceBaseline, Evidence, Quarantine

GOOD = ("ok", "unchanged")
GOOD_VERSION = Config.id.not_in(select(Quarantine.config_id))
"""Not in quarantine."""


class Shelf(Content):
    """Keeps and hands out; how bytes are stored is `Content`'s."""

    def keep(
        self,
        data: bytes,
        kind: str,
        name: str,
        media_type: str = "text/plain",
        case_id: str = "",
        target: str = "",
        sealed: bool = False,
        actor: Actor = SOFTWARE,
    ) -> EvidenceRecord:
        """Stores evidence. `sealed` content can be read only with the seal's key."""
        with self._database.writing() as session:
            new = NewEvidence(kind, name, data, media_type, case_id, target, sealed)
            return self._store(session, [new], actor)[0]

    def read(self, evidence_id: int) -> bytes:
        """The bytes. Raises UnknownEvidence, SealRefused, or RegisterBroken when they are not what was stored."""
        with self._database.reading() as session:
            evidence = session.get(Evidence, evidence_id)
            if evidence is None:
                raise UnknownEvidence(f"bukti nomor {evidence_id} tidak ada")
            return self._read(session, evidence)

    def evidence(self, case_id: str = "", target: str = "", kind: str = "") -> list[EvidenceRecord]:
        """Evidence that matches all given, oldest first."""
        wanted = {"case_id": case_id, "target": target, "kind": kind}
        rows = select(Evidence).filter_by(**{key: value for key, value in wanted.items() if value})
        with self._database.reading() as session:
            return [evidence_record(evidence) for evidence in session.scalars(rows.order_by(Evidence.id))]

    def keep_config(
        self,
        device: str,
        full: str,
        redacted: str,
        digest: str,
        case_id: str = "",
        actor: Actor = SOFTWARE,
    ) -> ConfigVersion:
        """`keep_configs` for one device."""
        return self.keep_configs([NewConfig(device, full, redacted, digest)], case_id, actor)[0]

    def keep_configs(
        self, taken: Sequence[NewConfig], case_id: str = "", actor: Actor = SOFTWARE
    ) -> list[ConfigVersion]:
        """A new version where the digest differs from the device's newest one, else that one with `changed` false.

        One that is not proven becomes good by saying the same as a good one; else it is set aside from the start, and
        nothing good is replaced by it. Each device at most once; all are stored together. Full texts are sealed.
        Raises ConfigRefused when any is empty.
        """
        for each in taken:
            if not each.full.strip() or not each.redacted.strip():
                raise ConfigRefused(f"konfigurasi {each.device} kosong; versi yang ada tetap dipertahankan")
        with self._database.writing() as session:
            known = _known(session, taken)
            new = [each for each in taken if each.device not in known]
            added = self._add_versions(session, new, case_id, actor)
            for each, version in zip(new, added, strict=True):
                known[each.device] = version if each.proven else self._aside(session, version, UNPROVEN, actor)
            return [known[each.device] for each in taken]

    def _aside(self, session: Session, version: ConfigVersion, reason: str, actor: Actor) -> ConfigVersion:
        """The version, set aside."""
        about = {"version": version.id, "reason": reason}
        self._note(session, "config.quarantined", version.device, about, actor)
        session.add(Quarantine(config_id=version.id, at=self.clock(), reason=reason))
        return replace(version, quarantined=reason)

    def _add_versions(
        self, session: Session, new: Sequence[NewConfig], case_id: str, actor: Actor
    ) -> list[ConfigVersion]:
        if not new:
            return []
        texts = [text for each in new for text in _texts(each, case_id)]
        ids = iter([evidence.id for evidence in self._store(session, texts, actor)])
        rows = [
            {"device": each.device, "digest": each.digest, "full_id": next(ids), "redacted_id": next(ids)}
            for each in new
        ]
        now = self.clock()
        adding = insert(Config).values(at=now).returning(Config.id, sort_by_parameter_order=True)
        numbers = session.scalars(adding, rows)
        return [ConfigVersion(id, each.device, each.digest, now) for id, each in zip(numbers, new, strict=True)]

    def config_versions(self, device: str) -> list[ConfigVersion]:
        """The stored configurations of a device, oldest first; those set aside say why."""
        with self._database.reading() as session:
            return records(session, select(Config.id).filter_by(device=device))

    def read_config(self, version_id: int, full: bool = False) -> str:
        """The redacted text, or the full one for who holds the seal's key. Raises as `read`."""
        with self._database.reading() as session:
            config = session.get(Config, version_id)
            if config is None:
                raise UnknownEvidence(f"versi konfigurasi {version_id} tidak ada")
            return self._text(session, config.full_id if full else config.redacted_id)

    def newest_digests(self, devices: Collection[str]) -> dict[str, str]:
        """The digest of the newest good version of each device that has one."""
        wanted = select(Config.device, Config.digest).where(Config.id.in_(newest_versions(devices)))
        with self._database.reading() as session:
            return dict(session.execute(wanted).tuples().all())

    def newest_configs(self, devices: Collection[str]) -> dict[str, str]:
        """The newest redacted text of each device that has one; of a damaged version, the text before it."""
        content = and_(Blob.sha256 == Evidence.sha256, Blob.sealed == Evidence.sealed)
        described = (Evidence.id, Evidence.sha256, Evidence.sealed, Evidence.size)
        texts = select(Config.device, Config.id.label("version"), *described, Blob.data).join(
            Evidence, Evidence.id == Config.redacted_id
        )
        with self._database.reading() as session:
            rows = session.execute(texts.outerjoin(Blob, content).where(Config.id.in_(newest_versions(devices))))
            found = {each.device: self._text_or_before(session, each) for each in rows}
        return {device: text for device, text in found.items() if text is not None}

    def _text_or_before(self, session: Session, newest: Row[Any]) -> str | None:
        """`newest`: the columns of a version, its device, its redacted text as described and as it lies there."""
        with suppress(RegisterBroken):
            return self._read(session, newest, newest.data).decode("utf-8", "surrogateescape")
        earlier = select(Config.redacted_id).filter_by(device=newest.device).where(Config.id < newest.version)
        for redacted_id in session.scalars(earlier.where(GOOD_VERSION).order_by(Config.id.desc())):
            with suppress(RegisterBroken):
                return self._text(session, redacted_id)
        return None

    def note_backup(
        self,
        target: str,
        status: str,
        reason: str = "",
        detail: str = "",
        seconds: float = 0.0,
        actor: Actor = SOFTWARE,
    ) -> None:
        """Records how a backup went; `status` is ok, unchanged, unproven or failed."""
        self.note_backups([BackupNote(target, self.clock(), status, reason, detail, seconds)], actor)

    def note_backups(self, notes: Sequence[BackupNote], actor: Actor = SOFTWARE) -> None:
        """Records how several backups went."""
        about = [{key: getattr(note, key) for key in ("status", "reason", "detail", "seconds")} for note in notes]
        told = [("backup.noted", note.target, detail) for note, detail in zip(notes, about, strict=True)]
        with self._database.writing() as session:
            self._note_all(session, told, actor)
            if notes:
                session.execute(insert(Backup), [vars(note) for note in notes])

    def backups(self, target: str) -> list[BackupNote]:
        """How the target's backups went, oldest first."""
        with self._database.reading() as session:
            rows = session.scalars(select(Backup).filter_by(target=target).order_by(Backup.id))
            return [BackupNote(b.target, b.at, b.status, b.reason, b.detail, b.seconds) for b in rows]

    def last_good_backup(self, target: str) -> datetime | None:
        """When the target was last backed up with success (or found unchanged)."""
        rows = select(Backup.at).filter_by(target=target).where(Backup.status.in_(GOOD))
        with self._database.reading() as session:
            return session.scalar(rows.order_by(Backup.at.desc()).limit(1))

    def baseline(self, device: str) -> dict[str, Any] | None:
        """Facts of the device's last good diagnosis."""
        with self._database.reading() as session:
            kept = session.get(DeviceBaseline, device)
            return kept.facts if kept else None

    def keep_baseline(
        self,
        device: str,
        facts: dict[str, Any],
        actor: Actor = SOFTWARE,
    ) -> None:
        """Replaces the facts that the next diagnosis compares with."""
        with self._database.writing() as session:
            self._note(session, "baseline.kept", device, {"facts": facts}, actor)
            session.merge(DeviceBaseline(device=device, facts=facts, at=self.clock()))


def _texts(new: NewConfig, case_id: str) -> Iterator[NewEvidence]:
    """Full, then redacted."""
    for kind, text in (("config", new.full), ("config_redacted", new.redacted)):
        data = text.encode("utf-8", "surrogateescape")
        sealed = kind == "config"
        yield NewEvidence(kind, f"{new.device}.cfg", data, case_id=case_id, target=new.device, sealed=sealed)


def evidence_record(row: Evidence) -> EvidenceRecord:
    return EvidenceRecord(**{name: getattr(row, name) for name in EvidenceRecord.__dataclass_fields__})


def version_record(row: Config, changed: bool = True, quarantined: str = "") -> ConfigVersion:
    return ConfigVersion(row.id, row.device, row.digest, row.at, changed, quarantined)


def _known(session: Session, taken: Sequence[NewConfig]) -> dict[str, ConfigVersion]:
    """By device, the version that says the same already: the newest good one, of the unproven also the newest such."""
    digests = {each.device: each.digest for each in taken}
    doubtful = [each.device for each in taken if not each.proven]
    found: dict[str, ConfigVersion] = {}
    kinds = [(_newest_unproven(doubtful), UNPROVEN)] if doubtful else []
    for numbers, reason in (*kinds, (newest_versions(digests), "")):
        for row in session.scalars(select(Config).where(Config.id.in_(numbers))):
            if row.digest == digests[row.device]:
                found[row.device] = version_record(row, changed=False, quarantined=reason)
    return found


def _newest_unproven(devices: Collection[str]) -> Select[tuple[int]]:
    rows = select(func.max(Config.id)).join(Quarantine, Quarantine.config_id == Config.id)
    return rows.where(Config.device.in_(devices), Quarantine.reason == UNPROVEN).group_by(Config.device)


def newest_versions(devices: Collection[str]) -> Select[tuple[int]]:
    """Numbers of the newest good versions of some devices."""
    return select(func.max(Config.id)).where(Config.device.in_(devices), GOOD_VERSION).group_by(Config.device)


def records(session: Session, numbers: Select[tuple[int]]) -> list[ConfigVersion]:
    """Versions by their numbers, oldest first."""
    rows = select(Config, Quarantine.reason).outerjoin(Quarantine, Quarantine.config_id == Config.id)
    found = session.execute(rows.where(Config.id.in_(numbers)).order_by(Config.id)).tuples()
    return [version_record(config, quarantined=reason or "") for config, reason in found]
