"""Which failures are bad input (exit 2, nothing was done) and which are work that was refused or failed (exit 1)."""

from __future__ import annotations

import re

from flows.jobs.errors import BadInput, JobError
from inventory.causes import cause
from inventory.problems import shown


def failure(error: Exception) -> tuple[str, str, int]:
    """(message in Indonesian, code, exit code) of an exception that ended a command."""
    if isinstance(error, JobError):
        return str(error), error.code, 2 if isinstance(error, BadInput) else 1
    return (
        _known(error)
        or _surroundings(error)
        or (f"kesalahan di dalam pelihara ({type(error).__name__}); jejaknya di atas.", "internal", 1)
    )


def _known(error: Exception) -> tuple[str, str, int] | None:
    # Imported here, once something failed: these modules bring the database and SSH with them.
    from inventory.credentials import CredentialError
    from inventory.importing.sheets import ImportRefused
    from inventory.problems import InventoryError
    from inventory.settings import SettingsError
    from playbooks.findings import TargetError
    from playbooks.hosting.archive import ArchiveRefused
    from playbooks.hosting.site import SiteError
    from playbooks.network.history import HistoryError
    from playbooks.plans import ChangedSincePlan
    from sop.documents.write import DocumentError
    from sop.mail import MailError
    from sop.procedure import ProcedureError
    from sop.register.errors import (
        LeaseLost,
        NotConfirmed,
        OwnPlan,
        PermitRefused,
        RegisterBroken,
        RegisterError,
        RegisterFull,
        TargetLocked,
    )

    if isinstance(error, TargetError):
        return str(error), str(error.reason), 1
    refused = PermitRefused | NotConfirmed | OwnPlan | LeaseLost | TargetLocked | RegisterBroken | RegisterFull
    if isinstance(error, refused | ChangedSincePlan | ArchiveRefused | HistoryError | MailError | DocumentError):
        return str(error), _code(error), 1
    unusable = InventoryError | SettingsError | CredentialError | ImportRefused | ProcedureError | SiteError
    if isinstance(error, RegisterError | unusable):
        return str(error), _code(error), 2
    return None


def _surroundings(error: Exception) -> tuple[str, str, int] | None:
    """What is wrong with this machine or its settings. A database's own words may quote its address: not repeated."""
    from pydantic import ValidationError
    from sqlalchemy.exc import SQLAlchemyError

    if isinstance(error, SQLAlchemyError):
        return f"register tidak dapat dipakai ({type(error).__name__}); periksa PELIHARA_DATABASE_URL", "register", 1
    if isinstance(error, ValidationError):
        places = ", ".join(str(detail["loc"][0]).upper() for detail in error.errors() if detail["loc"])
        return f"setelan tidak terbaca: PELIHARA_{places}", "settings", 2
    if isinstance(error, OSError):
        return f"{shown(error.filename or 'berkas')}: {cause(error)}", "surroundings", 1
    return None


def _code(error: Exception) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()
