"""Findings for a person: the worst first, each with its evidence and the next step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console

from flows.cli.answer import plain, status
from flows.words import SEVERITIES, STATES
from playbooks.findings import why

STYLES = {"critical": "bold red", "major": "red", "warning": "yellow", "info": ""}


def print_targets(targets: Iterable[dict[str, Any]], to: Console) -> None:
    """Each target as `as_json` of playbooks.findings.TargetResult gives it."""
    for each in targets:
        to.print(status(each["status"], f"{each['name']}: {STATES[each['status']]} ({each['seconds']:.1f} s)"))
        if each["reason"]:
            to.print(plain(f"  {why(each['reason'])}{': ' + each['detail'] if each['detail'] else ''}", "red"))
        for finding in each["findings"]:
            _print_finding(finding, to)


def _print_finding(finding: dict[str, str], to: Console) -> None:
    severity = finding["severity"]
    to.print(plain(f"  [{SEVERITIES[severity]}] {finding['code']} {finding['subject']}", STYLES[severity]))
    to.print(plain(f"      bukti: {finding['evidence']}"))
    to.print(plain(f"      saran: {finding['advice']}"))
