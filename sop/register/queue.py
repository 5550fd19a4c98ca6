"""The outbox: work that a flow must do, written with the act that calls for it, so that neither exists alone."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sop.progress import Position
from sop.register.errors import UnknownEvidence
from sop.register.records import SOFTWARE, Actor, OutboxRow
from sop.register.tables import Case, Outbox
from sop.register.trail import Trail


class Queue(Trail):
    """A row is waiting, then posted (a run was created for it), then closed."""

    def outbox_due(self) -> list[OutboxRow]:
        """Rows for which no run was created yet, oldest first."""
        return self._outbox("waiting")

    def outbox_open(self) -> list[OutboxRow]:
        """Rows whose run has not ended, as far as the register knows."""
        return self._outbox("posted")

    def outbox_last(self, case_id: str) -> OutboxRow | None:
        """The work last asked for in a case; its `outcome` says how it ended."""
        with self._database.reading() as session:
            row = session.scalar(select(Outbox).filter_by(case_id=case_id).order_by(Outbox.id.desc()).limit(1))
            return outbox_row(row) if row else None

    def outbox_posted(self, row_id: int, run_id: str, actor: Actor = SOFTWARE) -> None:
        """A run was created for the row; posting the same row again changes nothing."""
        with self._database.writing() as session:
            row = outbox_entry(session, row_id)
            if row.state == "waiting":
                row.state, row.run_id = "posted", run_id
                self._note(session, "outbox.posted", row.case_id, {"key": row.key, "run": run_id}, actor)

    def outbox_closed(self, row_id: int, outcome: str, actor: Actor = SOFTWARE) -> None:
        """The row's run ended; `outcome` says how. Closing twice keeps the first outcome."""
        with self._database.writing() as session:
            self._close(session, outbox_entry(session, row_id), outcome, actor)

    def _outbox(self, state: str) -> list[OutboxRow]:
        with self._database.reading() as session:
            rows = session.scalars(select(Outbox).filter_by(state=state).order_by(Outbox.id))
            return [outbox_row(row) for row in rows]

    def _close(self, session: Session, row: Outbox, outcome: str, actor: Actor) -> None:
        if row.state != "closed":
            row.state, row.outcome = "closed", outcome
            self._note(session, "outbox.closed", row.case_id, {"key": row.key, "outcome": outcome}, actor)

    def _call_flow(self, session: Session, case: Case, place: Position, work: tuple[str, ...], actor: Actor) -> None:
        key = f"{case.id}:{place.step}:{place.attempt}"
        payload = {"case_id": case.id, "sop": case.sop, "step": place.step, "attempt": place.attempt, "work": [*work]}
        row = Outbox(key=key, case_id=case.id, step=place.step, attempt=place.attempt, payload=payload)
        row.state, row.run_id, row.outcome, row.at = "waiting", "", "", self.clock()
        session.add(row)
        self._note(session, "outbox.written", case.id, {"key": key}, actor)

    def _under_way(self, session: Session, case_id: str) -> bool:
        asked = select(Outbox.id).filter_by(case_id=case_id).where(Outbox.state != "closed")
        return session.scalar(asked.limit(1)) is not None

    def _supersede(self, session: Session, case_id: str, why: str, actor: Actor) -> None:
        """Work that was not begun yet and is no longer wanted."""
        for row in session.scalars(select(Outbox).filter_by(case_id=case_id, state="waiting")):
            self._close(session, row, why, actor)


def outbox_entry(session: Session, row_id: int) -> Outbox:
    """Raises UnknownEvidence."""
    row = session.get(Outbox, row_id)
    if row is None:
        raise UnknownEvidence(f"pekerjaan nomor {row_id} tidak ada")
    return row


def outbox_row(row: Outbox) -> OutboxRow:
    return OutboxRow(**{name: getattr(row, name) for name in OutboxRow.__dataclass_fields__})
