"""The register's base: transactions, the clock, and the audit row without which nothing happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.models import Inventory
from inventory.settings import Settings
from sop.register import audit
from sop.register.audit import Happening
from sop.register.database import Database
from sop.register.errors import RegisterError, RegisterUnavailable
from sop.register.records import Actor, AuditReport, AuditRow
from sop.register.seal import Seal
from sop.register.tables import AuditEntry
from sop.working_time import Calendar


def utcnow() -> datetime:
    return datetime.now(UTC)


class Trail:
    """Opens (and migrates) the database named by the settings. One object serves all threads."""

    def __init__(self, settings: Settings, inventory: Inventory, clock: Callable[[], datetime] = utcnow) -> None:
        self.settings, self.inventory, self._clock = settings, inventory, clock
        self.calendar = Calendar(inventory.office)
        self._database = Database(settings.register_url)
        self._seal = Seal(settings)

    def clock(self) -> datetime:
        """Now, in UTC."""
        return self._clock().astimezone(UTC)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What this thread records within is one transaction: many small records cost little more than one.

        Others wait meanwhile, so keep it short; no lease and no act of a person belongs in here, since a refusal inside
        is only audited if nothing after it fails.
        """
        with self._database.at_once():
            yield

    def audit(self, action: str, subject: str, detail: Mapping[str, Any], actor: Actor) -> AuditRow:
        """Records something that happened outside the register (a run, a mail, a document)."""
        with self._database.writing() as session:
            return self._note(session, action, subject, detail, actor)

    def audit_tip(self) -> str:
        """Sequence number and start of the hash of the newest row; printed in every document."""
        with self._database.reading() as session:
            return audit.tip(session)

    def audit_rows(self, subject: str = "") -> list[AuditRow]:
        """The chain, or its rows about one subject, in order."""
        rows = select(AuditEntry).order_by(AuditEntry.seq)
        with self._database.reading() as session:
            return [audit.row(entry) for entry in session.scalars(rows.filter_by(subject=subject) if subject else rows)]

    def verify_audit(self, tip: str = "") -> AuditReport:
        """Finds edited, deleted and reordered rows; with the tip of a printed document, cut-off ones too."""
        with self._database.reading() as session:
            return audit.verify(session, tip)

    def _note(self, session: Session, action: str, subject: str, detail: Mapping[str, Any], actor: Actor) -> AuditRow:
        return self._note_all(session, [(action, subject, detail)], actor)[0]

    def _note_all(self, session: Session, happenings: Sequence[Happening], actor: Actor) -> list[AuditRow]:
        return audit.append(session, self.clock(), happenings, actor)

    @contextmanager
    def _refusals(self, action: str, subject: str, actor: Actor, detail: Mapping[str, object]) -> Iterator[None]:
        """A refusal undoes its transaction, so it is audited in one of its own."""
        try:
            yield
        except RegisterUnavailable:
            raise
        except RegisterError as refusal:
            told = {**detail, "refusal": type(refusal).__name__, "why": str(refusal)}
            self.audit(f"{action}.refused", subject, told, actor)
            raise
