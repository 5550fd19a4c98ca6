"""What must not be lost: evidence, device configurations, how backups went, baselines of diagnoses."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session

from sop.register.errors import ConfigRefused, RegisterBroken, UnknownEvidence
from sop.register.records import SOFTWARE, Actor, BackupNote, ConfigVersion, EvidenceRecord
from sop.register.tables import Backup, Blob, Config, DeviceBaseline, Evidence
from sop.register.trail import Trail

_GOOD = ("ok", "unchanged")


class Shelf(Trail):
    """Evidence is content-addressed: the same bytes are stored once, and read back only if they are the same."""

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
            evidence = Evidence(
                kind=kind, name=name, media_type=media_type, case_id=case_id, target=target, sealed=sealed
            )
            return evidence_record(self._store(session, evidence, data, actor))

    def read(self, evidence_id: int) -> bytes:
        """The bytes. Raises UnknownEvidence, SealRefused, or RegisterBroken when they are not what was stored."""
        with self._database.reading() as session:
            evidence = session.get(Evidence, evidence_id)
            if evidence is None:
                raise UnknownEvidence(f"bukti nomor {evidence_id} tidak ada")
            return self._fetch(session, evidence)

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
        """A new version when `digest` differs from the newest one's, else that one with `changed` false.

        `full` is sealed. Raises ConfigRefused for an empty configuration.
        """
        if not full.strip() or not redacted.strip():
            raise ConfigRefused(f"konfigurasi {device} kosong; versi yang ada tetap dipertahankan")
        with self._database.writing() as session:
            newest = session.scalar(select(Config).filter_by(device=device).order_by(Config.id.desc()).limit(1))
            if newest is not None and newest.digest == digest:
                return _version(newest, changed=False)
            about = {"name": f"{device}.cfg", "media_type": "text/plain", "case_id": case_id, "target": device}
            whole = Evidence(kind="config", sealed=True, **about)
            shown = Evidence(kind="config_redacted", sealed=False, **about)
            self._store(session, whole, full.encode("utf-8", "surrogateescape"), actor)
            self._store(session, shown, redacted.encode("utf-8", "surrogateescape"), actor)
            config = Config(device=device, digest=digest, at=self.clock(), full_id=whole.id, redacted_id=shown.id)
            session.add(config)
            session.flush()
            return _version(config)

    def config_versions(self, device: str) -> list[ConfigVersion]:
        """The stored configurations of a device, oldest first."""
        with self._database.reading() as session:
            rows = session.scalars(select(Config).filter_by(device=device).order_by(Config.id))
            return [_version(config) for config in rows]

    def read_config(self, version_id: int, full: bool = False) -> str:
        """The redacted text, or the full one for who holds the seal's key. Raises as `read`."""
        with self._database.reading() as session:
            config = session.get(Config, version_id)
            if config is None:
                raise UnknownEvidence(f"versi konfigurasi {version_id} tidak ada")
            evidence = session.get_one(Evidence, config.full_id if full else config.redacted_id)
            return self._fetch(session, evidence).decode("utf-8", "surrogateescape")

    def note_backup(
        self,
        target: str,
        status: str,
        reason: str = "",
        detail: str = "",
        seconds: float = 0.0,
        actor: Actor = SOFTWARE,
    ) -> None:
        """Records how a backup went; `status` is ok, unchanged or failed."""
        about = {"status": status, "reason": reason, "detail": detail, "seconds": seconds}
        with self._database.writing() as session:
            self._note(session, "backup.noted", target, about, actor)
            session.add(Backup(target=target, at=self.clock(), **about))

    def backups(self, target: str) -> list[BackupNote]:
        """How the target's backups went, oldest first."""
        with self._database.reading() as session:
            rows = session.scalars(select(Backup).filter_by(target=target).order_by(Backup.id))
            return [BackupNote(b.target, b.at, b.status, b.reason, b.detail, b.seconds) for b in rows]

    def last_good_backup(self, target: str) -> datetime | None:
        """When the target was last backed up with success (or found unchanged)."""
        rows = select(Backup.at).filter_by(target=target).where(Backup.status.in_(_GOOD))
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

    def _store(self, session: Session, evidence: Evidence, data: bytes, actor: Actor) -> Evidence:
        evidence.sha256, evidence.size, evidence.at = hashlib.sha256(data).hexdigest(), len(data), self.clock()
        if session.get(Blob, (evidence.sha256, evidence.sealed)) is None:
            packed = zstandard.compress(data)
            stored = self._seal.close(packed, not _any_sealed(session)) if evidence.sealed else packed
            session.add(Blob(sha256=evidence.sha256, sealed=evidence.sealed, data=stored))
        session.add(evidence)
        about = {key: getattr(evidence, key) for key in ("sha256", "kind", "name", "size", "target", "sealed")}
        self._note(session, "evidence.kept", evidence.case_id or evidence.target, about, actor)
        return evidence

    def _fetch(self, session: Session, evidence: Evidence) -> bytes:
        blob = session.get(Blob, (evidence.sha256, evidence.sealed))
        if blob is None:
            raise RegisterBroken(f"isi bukti nomor {evidence.id} hilang")
        packed = self._seal.open(blob.data) if evidence.sealed else blob.data
        try:
            data = zstandard.decompress(packed)
        except zstandard.ZstdError:
            raise RegisterBroken(f"isi bukti nomor {evidence.id} rusak") from None
        if hashlib.sha256(data).hexdigest() != evidence.sha256:
            raise RegisterBroken(f"isi bukti nomor {evidence.id} tidak cocok dengan sidik jarinya")
        return data


def evidence_record(row: Evidence) -> EvidenceRecord:
    return EvidenceRecord(**{name: getattr(row, name) for name in EvidenceRecord.__dataclass_fields__})


def _version(row: Config, changed: bool = True) -> ConfigVersion:
    return ConfigVersion(row.id, row.device, row.digest, row.at, changed)


def _any_sealed(session: Session) -> bool:
    return session.scalar(select(Blob.sha256).where(Blob.sealed).limit(1)) is not None
