"""Why the register refuses. Messages are Indonesian: officials and technicians read them."""

from __future__ import annotations

from datetime import datetime


class RegisterError(Exception):
    """Base of every refusal; nothing was changed, except that the refusal itself is in the audit."""


class UnknownCase(RegisterError):
    """No case with this number."""


class UnknownOfficial(RegisterError):
    """No official with this slug, or a role that not exactly one official holds today."""


class UnknownAgency(RegisterError):
    """No OPD with this slug."""


class UnknownTarget(RegisterError):
    """A device or website that the inventory does not know, or that is another OPD's."""


class UnknownProcedure(RegisterError):
    """No such SOP, revision or origin, or a pinned revision whose file has changed."""


class UnknownAnswer(RegisterError):
    """The step does not know this answer."""


class UnknownPlan(RegisterError):
    """No such plan in this case, or the act does not say which of several."""


class UnknownEvidence(RegisterError):
    """No such evidence, configuration version or outbox row."""


class NotYourTurn(RegisterError):
    """The official has a part in this SOP, but another's turn is now."""


class WrongRole(RegisterError):
    """The official's role has no part in this SOP, or not in this act."""


class OwnRequest(RegisterError):
    """Nobody decides on their own request."""


class OwnPlan(RegisterError):
    """Nobody approves their own plan."""


class NotConfirmed(RegisterError):
    """A plan lacks the word of the team whose part of the office it changes."""


class AlreadyDone(RegisterError):
    """The act was done before, by this official or by one who was faster."""


class ReasonMissing(RegisterError):
    """TIDAK, or a withdrawal, without a reason."""


class OutputMissing(RegisterError):
    """The step's required output does not exist yet."""


class LetterRefused(RegisterError):
    """The letter is missing, empty, too large or not what its name says."""


class PermitRefused(RegisterError):
    """A write to a device or host is not (or no longer) covered by an approved case."""


class LeaseLost(RegisterError):
    """The lease on a target ran out or went to another owner."""


class TargetLocked(RegisterError):
    """Another owner holds the target."""

    def __init__(self, target: str, who: str, why: str, until: datetime) -> None:
        super().__init__(f"{target} sedang dipakai {who} ({why}) sampai {until:%Y-%m-%d %H:%M:%S} UTC")
        self.target, self.who, self.why, self.until = target, who, why, until


class ConfigRefused(RegisterError):
    """A configuration without content is no version of anything."""


class SealRefused(RegisterError):
    """Sealed evidence cannot be opened: no key, or not the right one."""


class RegisterUnavailable(RegisterError):
    """The database cannot be reached, opened or locked in time, or is of a newer program; no URL is shown."""


class RegisterFull(RegisterError):
    """No room is left on the disk; the transaction was undone."""


class RegisterBroken(RegisterError):
    """What is stored contradicts itself: evidence with another hash, or events that no procedure produces."""
