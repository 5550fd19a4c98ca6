"""The archive of configurations as a whole: how each device stands with its backups, and what of it is damaged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sop.register.errors import RegisterBroken
from sop.register.records import (
    SOFTWARE,
    UNPROVEN,
    Actor,
    BackupNote,
    BackupState,
    ConfigVersion,
    DrillNote,
    EvidenceRecord,
    Freshness,
)
from sop.register.shelf import GOOD, Shelf, evidence_record, newest_versions, records, version_record
from sop.register.tables import Backup, Config, Evidence, Quarantine


class Archive(Shelf):
    """What `Shelf` stores one by one, looked at together."""

    def backup_states(self, devices: Collection[str]) -> list[BackupState]:
        """How each of some devices stands, in their order. Stale: not proven good for the office's number of days."""
        with self._database.reading() as session:
            versions, sizes = _newest(session, devices)
            damaged = _damaged_since(session, versions, devices)
            drills = self._last_drills(session, devices)
            good, last = _last_good(session, devices), _last_tries(session, devices)
            good |= {name: _last_good_before(session, name, at, versions) for name, at in damaged.items()}
        oldest = self.clock() - timedelta(days=self.inventory.office.backup_stale_days)
        return [
            BackupState(
                device=name,
                state=freshness(good.get(name) if name in versions else None, oldest),
                good_at=good.get(name) if name in versions else None,
                version=versions.get(name),
                bytes=sizes.get(name, 0),
                last=last.get(name),
                drill=drills.get(name),
            )
            for name in devices
        ]

    def last_drills(self, targets: Collection[str]) -> dict[str, DrillNote]:
        """The newest restore drill of each device or website that had any."""
        with self._database.reading() as session:
            return self._last_drills(session, targets)

    def _last_drills(self, session: Session, targets: Collection[str]) -> dict[str, DrillNote]:
        """One that can no longer be read proves nothing."""
        mine = select(func.max(Evidence.id)).where(Evidence.kind == "drill", Evidence.target.in_(targets))
        notes = {}
        for evidence in session.scalars(select(Evidence).where(Evidence.id.in_(mine.group_by(Evidence.target)))):
            with suppress(RegisterBroken):
                told = json.loads(self._read(session, evidence))
                notes[evidence.target] = DrillNote(told["version"], evidence.at, told["passed"])
        return notes

    def newest_evidence(self, kind: str, targets: Collection[str]) -> dict[str, EvidenceRecord]:
        """The newest evidence of a kind of each target that has any."""
        mine = select(func.max(Evidence.id)).where(Evidence.kind == kind, Evidence.target.in_(targets))
        with self._database.reading() as session:
            rows = session.scalars(select(Evidence).where(Evidence.id.in_(mine.group_by(Evidence.target))))
            return {row.target: evidence_record(row) for row in rows}

    def archived(self) -> list[ConfigVersion]:
        """Every stored configuration of every device, oldest first."""
        with self._database.reading() as session:
            return records(session, select(Config.id))

    def quarantine(self, version: ConfigVersion, reason: str, actor: Actor = SOFTWARE) -> None:
        """Sets a version aside: from now on the newest good one before it stands for the device."""
        with self._database.writing() as session:
            if session.get(Quarantine, version.id) is None:
                self._aside(session, version, reason, actor)

    def release(self, version: ConfigVersion, actor: Actor = SOFTWARE) -> None:
        """Takes a version that reads whole again out of quarantine."""
        with self._database.writing() as session:
            if kept := session.get(Quarantine, version.id):
                about = {"version": version.id, "reason": kept.reason}
                self._note(session, "config.released", version.device, about, actor)
                session.delete(kept)

    def mend_redacted(self, version: ConfigVersion, text: str, actor: Actor = SOFTWARE) -> bool:
        """Stores a version's redacted text once more, if `text` is exactly what it was. False when it is not."""
        data = text.encode("utf-8", "surrogateescape")
        with self._database.writing() as session:
            evidence = session.get_one(Evidence, session.get_one(Config, version.id).redacted_id)
            if hashlib.sha256(data).hexdigest() != evidence.sha256:
                return False
            self._note(session, "config.mended", version.device, {"version": version.id}, actor)
            self._mend(session, evidence, None, data)
            return True


def freshness(good_at: datetime | None, oldest: datetime) -> Freshness:
    """`oldest`: a good backup of before is stale."""
    if good_at is None:
        return "never"
    return "fresh" if good_at >= oldest else "stale"


def _newest(session: Session, devices: Collection[str]) -> tuple[dict[str, ConfigVersion], dict[str, int]]:
    rows = select(Config, Evidence.size).join(Evidence, Evidence.id == Config.full_id)
    found = session.execute(rows.where(Config.id.in_(newest_versions(devices)))).tuples().all()
    versions = {config.device: version_record(config) for config, _ in found}
    return versions, {config.device: size for config, size in found}


def _last_good(session: Session, devices: Collection[str]) -> dict[str, datetime]:
    rows = select(Backup.target, func.max(Backup.at)).where(Backup.target.in_(devices), Backup.status.in_(GOOD))
    return dict(session.execute(rows.group_by(Backup.target)).tuples().all())


def _last_tries(session: Session, devices: Collection[str]) -> dict[str, BackupNote]:
    newest = select(func.max(Backup.id)).where(Backup.target.in_(devices)).group_by(Backup.target)
    rows = session.scalars(select(Backup).where(Backup.id.in_(newest)))
    return {b.target: BackupNote(b.target, b.at, b.status, b.reason, b.detail, b.seconds) for b in rows}


def _damaged_since(
    session: Session, good: Mapping[str, ConfigVersion], devices: Collection[str]
) -> dict[str, datetime]:
    """When the first version after a device's newest good one was taken, all of those being damaged now.

    An unproven one never stood for the device, so nothing that was noted is about it.
    """
    rows = select(Config).join(Quarantine, Quarantine.config_id == Config.id).where(Config.device.in_(devices))
    rows = rows.where(Quarantine.reason != UNPROVEN)
    since: dict[str, datetime] = {}
    for each in session.scalars(rows.order_by(Config.id)):
        if each.device not in good or each.id > good[each.device].id:
            since.setdefault(each.device, each.at)
    return since


def _last_good_before(session: Session, device: str, end: datetime, good: Mapping[str, ConfigVersion]) -> datetime:
    """What was noted as good after `end` was about a version that is damaged now."""
    if device not in good:
        return end
    rows = select(func.max(Backup.at)).filter_by(target=device).where(Backup.status.in_(GOOD), Backup.at < end)
    return session.scalar(rows) or good[device].at
