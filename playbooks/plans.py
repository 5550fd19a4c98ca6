"""Plan, show, approve, apply: a change is a value that can be read, hashed and approved before it is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal

Permit = Callable[[], None]
"""Re-reads the register and raises when the change may (no longer) be made. Called just before each write."""


class Ladder(StrEnum):
    """The class of a change on the repair ladder (README of playbooks)."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True)
class Plan:
    """A change to one target, complete enough to be shown, hashed, approved and applied.

    `action` is the word the register permits by ("repair", "restore", "deploy", "host", "domain", "tls", "maintain",
    "rollback"); `changes` are the lines a person reads and approves; `way_back` undoes them; `base` is the digest of
    the target's state the plan was made from; `details` holds what `apply` needs, JSON values only, never a secret and
    never a time, so that planning the same change twice gives the same hash. An empty `changes` means nothing to do.
    `left_out` is what was looked for and is not done from here, each with the reason (Indonesian).
    """

    action: str
    target: str
    ladder: Ladder
    summary: str
    changes: tuple[str, ...]
    way_back: tuple[str, ...] = ()
    finding: str = ""
    base: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def document(self) -> bytes:
        """Canonical JSON: the exact bytes that are stored, shown and approved."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def hash(self) -> str:
        """SHA-256 of `document`, hex."""
        return hashlib.sha256(self.document()).hexdigest()

    @classmethod
    def from_document(cls, document: bytes) -> Plan:
        fields = json.loads(document)
        lists = {key: tuple(fields.get(key, ())) for key in ("changes", "way_back", "left_out")}
        return cls(**{**fields, **lists, "ladder": Ladder(fields["ladder"])})


@dataclass(frozen=True)
class Part:
    """One of the things that a plan brings to another version, as an official calls it, and what became of it."""

    name: str
    old: str
    new: str
    state: Literal["applied", "rolled_back", "failed", "left"]
    """`left`: not begun, because one before it failed."""
    why: str = ""
    """Of what is not as planned (Indonesian)."""


@dataclass(frozen=True)
class Outcome:
    """What applying a plan came to; `steps` are (UTC ISO time, what was done) in order."""

    status: str
    """applied; unchanged; rolled_back: verification failed and the way back was taken; failed: see `detail`."""
    detail: str = ""
    steps: tuple[tuple[str, str], ...] = ()
    before: tuple[dict[str, str], ...] = ()
    """Findings before, as JSON."""
    after: tuple[dict[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    """Of a plan of updates, each of them."""
    backups: tuple[dict[str, Any], ...] = ()
    """Made before the change, as JSON."""

    @property
    def ok(self) -> bool:
        return self.status in ("applied", "unchanged")

    @property
    def partly(self) -> bool:
        """Whether some parts were taken back and the others stay."""
        return self.status == "rolled_back" and any(each.state == "applied" for each in self.parts)

    @property
    def verdict(self) -> dict[str, list[str]]:
        """What the change did to the findings, each by its code and subject: hilang, tetap, baru."""
        before, after = ([f"{each['code']} {each['subject']}" for each in found] for found in (self.before, self.after))
        return {
            "hilang": [name for name in before if name not in after],
            "tetap": [name for name in before if name in after],
            "baru": [name for name in after if name not in before],
        }

    def as_json(self) -> dict[str, Any]:
        """Its fields, and the verdict."""
        return {**asdict(self), "verdict": self.verdict}


class ChangedSincePlan(Exception):
    """The target is no longer as it was when the plan was made; nothing was written."""
