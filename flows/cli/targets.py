"""What is read from devices and websites: which are meant, and their findings, each with evidence and next step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.padding import Padding

from flows.cli.answer import Json, answer, indented, plain, progress, status, table
from flows.cli.later import later
from flows.cli.person import terminal_actor
from flows.words import SEVERITIES, STATES, headline, named, title, worst_first
from playbooks.findings import explained, nested

if TYPE_CHECKING:
    from flows import office
    from flows.jobs import drills
    from flows.jobs import targets as jobs
    from playbooks.findings import TargetResult
else:
    office, jobs, drills = later("flows.office"), later("flows.jobs.targets"), later("flows.jobs.drills")

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


def answer_targets(results: Iterable[TargetResult], what: str, json: Json) -> None:
    """Findings of `what` (perangkat, website); exit code 1 when a target could not be read."""
    targets = [each.as_json() for each in results]
    done = not any(each["reason"] for each in targets)
    answer({"targets": targets}, json, lambda c: print_targets(targets, what, c), done)


def print_targets(targets: Sequence[dict[str, Any]], what: str, to: Console) -> None:
    """How it went, then what is wrong where (TargetResult.as_json), the worst first; good ones by name."""
    to.print(plain(headline(targets, what), "bold"))
    for each in worst_first(targets):
        if each["status"] != "ok":
            _print_target(each, to)
    if good := sorted(each["name"] for each in targets if each["status"] == "ok"):
        to.print(status("ok", f"Baik: {', '.join(good)}"))


def _print_target(target: dict[str, Any], to: Console) -> None:
    to.print(status(target["status"], f"{target['name']}: {STATES[target['status']]} ({target['seconds']:.1f} s)"))
    if target["reason"]:
        _print_in(2, explained(target["reason"], target["detail"]), "red", to)
    for depth, finding in nested(target["findings"]):
        _print_finding(depth, finding, to)


def _print_finding(depth: int, finding: Mapping[str, str], to: Console) -> None:
    """A cause with evidence and next step; what follows from it one line each under it, for it goes with its cause."""
    if depth:
        said = f"akibatnya: {title(finding)} ({finding['code']}); {finding['evidence']}"
        _print_in(2 + 4 * depth, said, "dim", to)
        return
    severity = finding["severity"]
    said = f"{SEVERITIES[severity].upper()}: {title(finding)} ({finding['code']})"
    _print_in(2, said, STYLES[severity], to)
    _print_in(6, f"bukti: {finding['evidence']}", "", to)
    if finding.get("cause"):
        _print_in(6, f"sebab: {named(finding['cause'])}", "", to)
    _print_in(6, f"langkah: {finding['advice']}", "", to)


def _print_in(columns: int, said: str, style: str, to: Console) -> None:
    """Set in with all its lines, so that a device's words cannot pass for a line of ours."""
    to.print(Padding(plain(said, style), (0, 0, 0, columns), expand=False))


def print_drills(done: Sequence[drills.Drilled], what: str, to: Console) -> None:
    """Restore drills of `what` ("Perangkat", "Website"): of which version, how each went, what came out otherwise."""
    words = drills.STATUSES
    rows = [(d.name, d.version, status(d.status, words[d.status]), d.detail, f"{d.seconds:.1f} s") for d in done]
    to.print(table((what, "Versi", "Uji pulih", "Keterangan", "Lama"), rows))
    for each in done:
        if each.how:
            to.print(plain(f"{each.name}: {each.how}."))
        for line in each.differences:
            to.print(plain(indented(f"  {line}", 4), "green" if line.startswith("+") else "red"), soft_wrap=True)
