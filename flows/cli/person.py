"""Who sits at this terminal, and in whose name they act (design invariant 11)."""

from __future__ import annotations

import getpass
import os
import socket
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from flows.jobs.errors import BadInput, unknown

if TYPE_CHECKING:
    from flows.office import Office
    from inventory.models import Role
    from sop.register.records import Actor

as_option = Annotated[
    str, typer.Option("--as", metavar="PEJABAT", help="Siapa yang bertindak: nama di officials.yaml, atau perannya.")
]
paper_option = Annotated[
    str, typer.Option("--paper", metavar="TEKS", help="Lembar asli yang disalin bila mencatat untuk orang lain.")
]


def terminal_actor(official: str, paper: str = "") -> Actor:
    """The actor of an act at this terminal."""
    from sop.register.records import Actor

    return Actor(official, via="cli", terminal=_terminal(), system_user=_login(), paper=paper)


def technician(office: Office, named: str, role: Role) -> Actor:
    """The actor of a technician's command: --as, else PELIHARA_OFFICIAL, else the only one of that role.

    Where there are several, the act is the software's own, with login and terminal: a plan computed from findings is
    not its typist's, and its approval is another official's in any case.
    """
    slug = named or office.settings.official
    return terminal_actor(_official(office, slug) if slug else _only(office, role))


def _official(office: Office, word: str) -> str:
    people = office.inventory.officials
    if word in people:
        return word
    holders = [slug for slug, each in people.items() if each.role == word]
    if len(holders) == 1:
        return holders[0]
    if holders:
        raise BadInput(
            f"{word} dipegang {len(holders)} pejabat ({', '.join(holders)}); sebut namanya", "unknown_official"
        )
    raise unknown("pejabat", word, people)


def _only(office: Office, role: Role) -> str:
    holders = [slug for slug, each in office.inventory.officials.items() if each.role == role]
    return holders[0] if len(holders) == 1 else ""


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _terminal() -> str:
    try:
        line = os.ttyname(sys.stdin.fileno())
    except (OSError, ValueError):
        line = "tanpa terminal"
    return f"{socket.gethostname()} {line}"
