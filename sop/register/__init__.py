"""The record: cases, evidence, outbox, leases and the audit chain, in one database. Reference: README.md of sop."""

from sop.register.duties import Duties
from sop.register.leases import Lease
from sop.register.records import Actor, CaseRecord, EvidenceRecord, Letter, OutboxRow, PlanRecord
from sop.register.standing import Standing

__all__ = ["Actor", "CaseRecord", "EvidenceRecord", "Lease", "Letter", "OutboxRow", "PlanRecord", "Register"]


class Register(Standing, Duties):
    """`Register(settings, inventory, clock)` opens (and migrates) the database; safe for threads and processes."""
