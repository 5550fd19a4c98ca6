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
    from playbooks.findings import TargetError

    if isinstance(error, TargetError):
        return str(error), str(error.reason), 1
    if isinstance(error, _not_done()):
        return str(error), _code(error), 1
    return (str(error), _code(error), 2) if isinstance(error, _unusable()) else None


def _not_done() -> tuple[type[Exception], ...]:
    """Errors of work that was begun or refused. Imported once something failed: they bring the database and SSH."""
    from playbooks.hosting.archive import ArchiveRefused
    from playbooks.network.history import HistoryError
    from playbooks.plans import ChangedSincePlan
    from sop.documents.write import DocumentError
    from sop.mail import MailError
    from sop.register import errors

    lost = (errors.LeaseLost, errors.TargetLocked, errors.RegisterBroken, errors.RegisterFull)
    refused = (errors.PermitRefused, errors.NotConfirmed, errors.OwnPlan)
    return (*refused, *lost, ChangedSincePlan, ArchiveRefused, HistoryError, MailError, DocumentError)


def _unusable() -> tuple[type[Exception], ...]:
    """Errors of bad input or configuration: nothing was done."""
    from inventory.credentials import CredentialError
    from inventory.importing.sheets import ImportRefused
    from inventory.problems import InventoryError
    from inventory.settings import SettingsError
    from playbooks.hosting.site import SiteError
    from sop.procedure import ProcedureError
    from sop.register.errors import RegisterError

    return RegisterError, InventoryError, SettingsError, CredentialError, ImportRefused, ProcedureError, SiteError


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
