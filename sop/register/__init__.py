"""The record: cases, evidence, outbox, leases and the audit chain, in one database. Reference: README.md of sop."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sop.register.records import Actor, CaseRecord, EvidenceRecord, Letter, OutboxRow, PlanRecord

if TYPE_CHECKING:
    from sop.register.leases import Lease
    from sop.register.register import Register

__all__ = ["Actor", "CaseRecord", "EvidenceRecord", "Lease", "Letter", "OutboxRow", "PlanRecord", "Register"]

_ON_DATABASE = {"Lease": "leases", "Register": "register"}


def __getattr__(name: str) -> Any:
    """What brings the database along is loaded at its first use (PEP 562): that takes longer than all the rest."""
    if name not in _ON_DATABASE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ON_DATABASE[name]}"), name)
