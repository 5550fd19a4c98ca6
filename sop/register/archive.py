"""The archive of configurations as a whole: how each device stands with its backups."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sop.register.records import BackupNote, BackupState, ConfigVersion, Freshness
from sop.register.shelf import GOOD, Shelf, newest_versions, version_record
from sop.register.tables import Backup, Config, Evidence


class Archive(Shelf):
    """What `Shelf` stores one by one, looked at together."""

    def backup_states(self, devices: Collection[str]) -> list[BackupState]:
        """How each of some devices stands, in their order. Stale: not proven good for the office's number of days."""
        with self._database.reading() as session:
            versions, sizes = _newest(session, devices)
            good, last = _last_good(session, devices), _last_tries(session, devices)
        oldest = self.clock() - timedelta(days=self.inventory.office.backup_stale_days)
        return [
            BackupState(
                device=name,
                state=freshness(good.get(name) if name in versions else None, oldest),
                good_at=good.get(name) if name in versions else None,
                version=versions.get(name),
                bytes=sizes.get(name, 0),
                last=last.get(name),
            )
            for name in devices
        ]


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
