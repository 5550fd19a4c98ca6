"""One writer per device or site: a lease with owner, expiry and a fencing token that only grows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session

from sop.register.errors import LeaseLost, TargetLocked
from sop.register.records import SOFTWARE, Actor
from sop.register.tables import TargetLease
from sop.register.trail import Trail


@dataclass(frozen=True)
class Lease:
    """The right to write to a target until it expires; `renew` prolongs it by its whole time."""

    target: str
    owner: str
    token: int
    ttl_s: float
    _office: Leases = field(repr=False, compare=False)

    def renew(self) -> None:
        """Raises LeaseLost when it expired or another took the target."""
        self._office.renew(self)


class Leases(Trail):
    """Expiry goes by the register's clock; machines that share a register need synchronised clocks."""

    @contextmanager
    def lease(self, target: str, owner: str, why: str, ttl_s: float = 900, actor: Actor = SOFTWARE) -> Iterator[Lease]:
        """Holds `target` for the block. Raises TargetLocked (who, why, until) while another holds it."""
        with self._refusals("lease", target, actor, {"owner": owner}):
            lease = self._take(target, owner, why, ttl_s, actor)
        try:
            yield lease
        finally:
            self._give_back(lease, actor)

    def renew(self, lease: Lease) -> None:
        """Prolongs a lease that is still held. Raises LeaseLost."""
        with self._database.writing() as session:
            self.hold(session, lease)

    def hold(self, session: Session, lease: Lease) -> None:
        """Checks, and prolongs, a lease within a writing transaction. Raises LeaseLost."""
        row = session.get(TargetLease, lease.target)
        if row is None or row.token != lease.token or row.owner != lease.owner:
            raise LeaseLost(f"kunci atas {lease.target} sudah berpindah dari {lease.owner}")
        if row.until <= self.clock():
            raise LeaseLost(f"kunci {lease.owner} atas {lease.target} kedaluwarsa")
        row.until = self.clock() + timedelta(seconds=lease.ttl_s)

    def _take(self, target: str, owner: str, why: str, ttl_s: float, actor: Actor) -> Lease:
        now = self.clock()
        with self._database.writing() as session:
            row = session.get(TargetLease, target)
            if row is None:
                row = TargetLease(target=target, token=0, owner="", why="", until=now)
                session.add(row)
            elif row.owner and row.until > now:
                raise TargetLocked(target, row.owner, row.why, row.until)
            row.token, row.owner, row.why, row.until = row.token + 1, owner, why, now + timedelta(seconds=ttl_s)
            self._note(session, "lease.taken", target, {"owner": owner, "why": why, "token": row.token}, actor)
            return Lease(target, owner, row.token, ttl_s, self)

    def _give_back(self, lease: Lease, actor: Actor) -> None:
        with self._database.writing() as session:
            row = session.get(TargetLease, lease.target)
            if row is not None and row.token == lease.token:
                row.owner = ""
                self._note(session, "lease.returned", lease.target, {"owner": lease.owner, "token": row.token}, actor)
