"""Why a job was not begun or not finished. Messages are read by officials and technicians: Indonesian."""

from __future__ import annotations

from collections.abc import Iterable

from inventory.problems import shown, suggestion


class JobError(Exception):
    """`code` is a stable English word for programs."""

    code = "not_done"

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code or self.code


class BadInput(JobError):
    """What was asked cannot be done as it was written; nothing was done."""

    code = "bad_input"


class NotDone(JobError):
    """The work was refused, or failed on the way; the message says what was left as it was."""


def unknown(what: str, name: str, known: Iterable[str]) -> BadInput:
    """`what` ("perangkat") is not called `name`; says which known name was perhaps meant."""
    return BadInput(f'{what} "{shown(name)}" tidak ada dalam inventaris{suggestion(name, known)}', "unknown_target")
