"""What is read from devices and websites: which are meant, and their findings, each with evidence and next step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console

from flows.cli.answer import Json, answer, indented, plain, progress, status
from flows.cli.later import later
from flows.cli.person import terminal_actor
from flows.words import SEVERITIES, STATES
from playbooks.findings import why

if TYPE_CHECKING:
    from flows import office
    from flows.jobs import targets as jobs
    from playbooks.findings import TargetResult
else:
    office, jobs = later("flows.office"), later("flows.jobs.targets")

Found = TypeVar("Found")
Case = Annotated[str, typer.Option("--case", metavar="ID", help="Permohonan yang menaungi pekerjaan ini.")]

STYLES = {"critical": "bold red", "major": "red", "warning": "yellow", "info": ""}


def read_targets(
    what: str,
    choose: Callable[[office.Office, Sequence[str], str, bool], list[str]],
    read: Callable[..., list[Found]],
    meant: tuple[list[str] | None, str, bool],
    case: str,
    as_json: bool,
) -> list[Found]:
    """`read` the targets that are `meant` (names, OPD, all), told of on stderr; in a case, when one is named."""
    here = office.open_office()
    names, opd, every = meant
    targets = choose(here, names or [], opd, every)
    known = jobs.known_case(here, case)
    with progress(what, len(targets), as_json) as told:
        return read(here, targets, known, told, terminal_actor(here.settings.official))


def answer_targets(results: Iterable[TargetResult], json: Json) -> None:
    """Findings; exit code 1 when a target could not be read."""
    targets = [each.as_json() for each in results]
    done = not any(each["reason"] for each in targets)
    answer({"targets": targets}, json, lambda c: print_targets(targets, c), done)


def print_targets(targets: Iterable[dict[str, Any]], to: Console) -> None:
    """Each target as `as_json` of playbooks.findings.TargetResult gives it."""
    for each in targets:
        to.print(status(each["status"], f"{each['name']}: {STATES[each['status']]} ({each['seconds']:.1f} s)"))
        if each["reason"]:
            to.print(plain(indented(f"  {why(each['reason'], each['detail'])}", 4), "red"))
        for finding in each["findings"]:
            _print_finding(finding, to)


def _print_finding(finding: dict[str, str], to: Console) -> None:
    severity = finding["severity"]
    to.print(plain(f"  [{SEVERITIES[severity]}] {finding['code']} {finding['subject']}", STYLES[severity]))
    for word, said in (("bukti", finding["evidence"]), ("saran", finding["advice"])):
        to.print(plain(indented(f"      {word}: {said}", 13)))
