"""The register's tables. A change here needs a migration in migrations/versions (a test compares the two)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Instant(TypeDecorator[datetime]):
    """UTC instants: SQLite has no zone, so it is taken off and put on at the border."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from anywhere: what a database cannot hold (NUL, lone surrogates) becomes a replacement character."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Values(TypeDecorator[Any]):
    """JSON as ASCII text: PostgreSQL's own type refuses some strings that devices send."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str:
        return json.dumps(value, sort_keys=True, default=str)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Any:
        return json.loads(value)


def storable(text: str) -> str:
    """`text` as it comes back from the database."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


class Table(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map: ClassVar = {datetime: Instant, dict[str, Any]: Values, list[str]: Values, str: Words}


class Case(Table):
    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(primary_key=True)
    sop: Mapped[str]
    revision: Mapped[str]
    procedure_sha256: Mapped[str]
    opd: Mapped[str]
    about: Mapped[str]
    origin: Mapped[str]
    devices: Mapped[list[str]]
    website: Mapped[str] = mapped_column(index=True)
    requested_by: Mapped[str]
    opened_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(index=True)
    """Copy of the position's state, so that open cases are found without replaying all; written with each event."""


class CaseEvent(Table):
    """Acts on a case; append-only. Two simultaneous acts would have the same seq: the key lets one pass."""

    __tablename__ = "events"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    audit_seq: Mapped[int] = mapped_column(BigInteger, ForeignKey("audit.seq"), unique=True)
    at: Mapped[datetime]
    step: Mapped[int]
    kind: Mapped[str]
    actor: Mapped[str]
    role: Mapped[str]
    answer: Mapped[str]
    note: Mapped[str]
    plans: Mapped[list[str]]
    acting: Mapped[str]
    name: Mapped[str]
    paraf: Mapped[str]
    via: Mapped[str]
    terminal: Mapped[str]
    system_user: Mapped[str]
    paper: Mapped[str]


class CasePlan(Table):
    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("case_id", "hash", name="plan_once_a_case"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    hash: Mapped[str] = mapped_column(index=True)
    action: Mapped[str]
    target: Mapped[str]
    ladder: Mapped[str]
    state: Mapped[str]
    proposer: Mapped[str]
    document: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    approver: Mapped[str]
    reason: Mapped[str]
    outcome: Mapped[dict[str, Any]]


class Blob(Table):
    """Content by its hash, compressed; sealed content is encrypted after that."""

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[bool] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class BlobCopy(Table):
    """The same content stored once more, because its blob no longer reads as what it was."""

    __tablename__ = "blob_copies"
    __table_args__ = (Index("copies_of_blob", "sha256", "sealed"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    sealed: Mapped[bool]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class Evidence(Table):
    __tablename__ = "evidence"
    __table_args__ = (Index("evidence_of_case", "case_id", "kind"), Index("evidence_of_target", "target", "kind"))

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    sealed: Mapped[bool]
    kind: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    at: Mapped[datetime]
    case_id: Mapped[str]
    target: Mapped[str]


class Config(Table):
    __tablename__ = "configs"
    __table_args__ = (Index("configs_of_device", "device", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    device: Mapped[str]
    digest: Mapped[str]
    at: Mapped[datetime]
    full_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    redacted_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))


class Quarantine(Table):
    """Versions that are not good: unproven from the start, or damaged until they read whole again."""

    __tablename__ = "quarantine"

    config_id: Mapped[int] = mapped_column(ForeignKey("configs.id"), primary_key=True)
    at: Mapped[datetime]
    reason: Mapped[str]


class Backup(Table):
    __tablename__ = "backups"
    __table_args__ = (Index("backups_of_target", "target", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    target: Mapped[str]
    at: Mapped[datetime]
    status: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[str]
    seconds: Mapped[float]


class DeviceBaseline(Table):
    __tablename__ = "baselines"

    device: Mapped[str] = mapped_column(primary_key=True)
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class Outbox(Table):
    """Work for a flow, written in the transaction of the act that calls for it."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    step: Mapped[int]
    attempt: Mapped[int]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(index=True)
    """waiting, posted, closed."""
    run_id: Mapped[str]
    outcome: Mapped[str]
    at: Mapped[datetime]


class TargetLease(Table):
    """One row a target; `token` only ever grows, so that a late writer is recognised."""

    __tablename__ = "leases"

    target: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[int]
    owner: Mapped[str]
    """Empty when nobody holds it."""
    why: Mapped[str]
    until: Mapped[datetime]


class AuditEntry(Table):
    """The chain, append-only (triggers refuse anything else). Texts are stored as they were hashed."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    actor: Mapped[str]
    detail: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]
