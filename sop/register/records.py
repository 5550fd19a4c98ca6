"""What the register hands out: plain frozen values, detached from the database."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from sop.procedure import Procedure, Step
from sop.progress import ANSWERS, Event, Position
from sop.register.confirmation import lacks


def proposal(hashes: Sequence[str]) -> str:
    """One hash for what is approved at once: a single plan's own, several plans' hash of hashes, "" for none."""
    if len(hashes) < 2:
        return "".join(hashes)
    return hashlib.sha256("".join(sorted(hashes)).encode()).hexdigest()


PlanState = Literal["proposed", "approved", "dropped", "applied", "rolled_back", "failed"]
Via = Literal["cli", "prefect", "desk", "clock", "flow"]


@dataclass(frozen=True)
class Actor:
    """Who did it and how: an act recorded for someone else says at which terminal, by whom, from which paper.

    `official` is the slug of the person at the keyboard, "" for the software itself. `system_user` is the operating
    system's login.
    """

    official: str = ""
    via: Via = "cli"
    terminal: str = ""
    system_user: str = ""
    paper: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


SOFTWARE = Actor(via="flow")
"""The software itself, at nobody's keyboard."""


@dataclass(frozen=True)
class Letter:
    """The agency's letter as it was handed in; `name` is the file's name without a folder."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class EvidenceRecord:
    """A stored file. `sha256` is of the plain bytes; `sealed` ones need the seal's key to be read."""

    id: int
    sha256: str
    kind: str
    name: str
    media_type: str
    size: int
    at: datetime
    case_id: str = ""
    target: str = ""
    sealed: bool = False


@dataclass(frozen=True)
class PlanRecord:
    """A plan in a case. `hash` is the SHA-256 of `document`; `action` may join several words with `+` (a bundle)."""

    hash: str
    case_id: str
    action: str
    target: str
    ladder: str
    state: PlanState
    proposer: str
    document: bytes = field(repr=False)
    at: datetime = field(repr=False)
    approver: str = ""
    reason: str = ""
    """Why it was dropped."""
    outcome: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def came_to_nothing(self) -> bool:
        """Whether it was tried and its target is as it was before."""
        return self.state in ("failed", "rolled_back")


@dataclass(frozen=True)
class CaseRecord:
    """A case with everything that happened to it."""

    id: str
    sop: str
    revision: str
    opd: str
    about: str
    origin: str
    devices: tuple[str, ...]
    website: str
    opened_at: datetime
    requested_by: str
    procedure: Procedure = field(repr=False)
    events: tuple[Event, ...] = field(repr=False)
    position: Position = field()
    plans: tuple[PlanRecord, ...] = field(repr=False)
    evidence: tuple[EvidenceRecord, ...] = field(repr=False)

    @property
    def step(self) -> Step:
        """The step where the case stands (or ended)."""
        return self.procedure.step(self.position.step)

    @property
    def state(self) -> str:
        return self.position.state

    @property
    def unconfirmed(self) -> tuple[PlanRecord, ...]:
        """Plans that may still be carried out, but not without another team's word (sop.register.confirmation)."""
        alive = (plan for plan in self.plans if plan.state in ("proposed", "approved"))
        return tuple(plan for plan in alive if self.position.is_open and lacks(plan.action, plan.hash, self.events))

    @property
    def stands(self) -> str:
        """Where it is and who must act: Langkah 6: Sub Koor SPA."""
        turn = ", ".join(self.procedure.label(role) for role in self.position.turn)
        return f"Langkah {self.position.step}: {turn}" if self.position.is_open else self.state

    @property
    def maintained_at(self) -> datetime | None:
        """When the maintenance of its website was completed."""
        done = (each for each in self.events if each.kind in ANSWERS and each.answer == "YA")
        return max((each.at for each in done if self.procedure.step(each.step).maintains), default=None)

    @property
    def proposal(self) -> str:
        """What `act` can bind to: the waiting plan's hash, or one hash over several; "" for none."""
        return proposal(self.position.waiting)


@dataclass(frozen=True)
class NewEvidence:
    """Something to be kept; what is `sealed` can be read only with the seal's key."""

    kind: str
    name: str
    data: bytes = field(repr=False)
    media_type: str = "text/plain"
    case_id: str = ""
    target: str = ""
    sealed: bool = False


@dataclass(frozen=True)
class NewConfig:
    """A device's configuration to be kept; `digest` tells whether anything in it is new."""

    device: str
    full: str = field(repr=False)
    redacted: str = field(repr=False)
    digest: str
    proven: bool = True
    """Whether anything but its looks says that it is whole."""


UNPROVEN = "belum terbukti utuh"
"""Why a version is set aside that nothing proves whole."""


@dataclass(frozen=True)
class ConfigVersion:
    """A stored configuration of a device. `changed` is false when `keep_config` found nothing new."""

    id: int
    device: str
    digest: str
    at: datetime
    changed: bool = True
    quarantined: str = ""
    """Why it is set aside, damaged or UNPROVEN (Indonesian); "" for a good one."""


@dataclass(frozen=True)
class BackupNote:
    """How a backup of a device or website went."""

    target: str
    at: datetime
    status: str
    reason: str = ""
    detail: str = ""
    seconds: float = 0.0


Freshness = Literal["fresh", "stale", "never"]


@dataclass(frozen=True)
class DrillNote:
    """The newest restore drill: of which version, when, and whether it came out as it went in."""

    version: int | str
    """Of a device the stored version's number, of a website the backup's name."""
    at: datetime
    passed: bool


@dataclass(frozen=True)
class BackupState:
    """How a device stands with its backups.

    `good_at` is when its newest good version was last taken or found unchanged; `last` is the last try, good or not.
    """

    device: str
    state: Freshness
    good_at: datetime | None = None
    version: ConfigVersion | None = None
    bytes: int = 0
    """Of the full text of `version`."""
    last: BackupNote | None = None
    drill: DrillNote | None = None


@dataclass(frozen=True)
class OutboxRow:
    """Work that a flow must do. `key` (case:step:attempt) makes its start idempotent."""

    id: int
    key: str
    case_id: str
    step: int
    attempt: int
    payload: dict[str, Any]
    state: str
    run_id: str = ""
    outcome: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class AuditRow:
    """A link of the chain. `at` is the stored text (UTC, ISO 8601); `hash` covers everything before it."""

    seq: int
    at: str
    action: str
    subject: str
    actor: dict[str, str]
    detail: dict[str, Any]
    previous: str
    hash: str

    @property
    def tip(self) -> str:
        """What a document prints so that a shortened chain is found: sequence number and start of the hash."""
        return f"{self.seq}:{self.hash[:16]}"


@dataclass(frozen=True)
class AuditReport:
    """What `verify_audit` found; `problems` are Indonesian."""

    ok: bool
    rows: int
    tip: str
    problems: tuple[str, ...] = ()
