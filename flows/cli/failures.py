"""Which failures are bad input (exit 2, nothing was done) and which are work that was refused or failed (exit 1)."""

from __future__ import annotations

import re

from flows.jobs.errors import BadInput, JobError
from flows.words import why


def failure(error: Exception) -> tuple[str, str, int]:
    """(message in Indonesian, code, exit code) of an exception that ended a command."""
    if isinstance(error, JobError):
        return str(error), error.code, 2 if isinstance(error, BadInput) else 1
    return _known(error) or (f"kesalahan di dalam pelihara ({type(error).__name__}); jejaknya di atas.", "internal", 1)


def _known(error: Exception) -> tuple[str, str, int] | None:
    # Imported here, once something failed: these modules bring the database and SSH with them.
    from inventory.credentials import CredentialError
    from inventory.problems import InventoryError
    from playbooks.findings import TargetError
    from playbooks.plans import ChangedSincePlan
    from sop.mail import MailError
    from sop.procedure import ProcedureError
    from sop.register.errors import LeaseLost, OwnPlan, PermitRefused, RegisterError, TargetLocked

    if isinstance(error, TargetError):
        return f"{error.target}: {why(error.reason)}{': ' + error.detail if error.detail else ''}", str(error.reason), 1
    if isinstance(error, PermitRefused | OwnPlan | LeaseLost | TargetLocked | ChangedSincePlan | MailError):
        return str(error), _code(error), 1
    if isinstance(error, RegisterError | InventoryError | CredentialError | ProcedureError):
        return str(error), _code(error), 2
    return None


def _code(error: Exception) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
