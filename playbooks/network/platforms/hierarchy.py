"""The lines between two configurations of indented blocks, by hier-config (its documentation, "Remediation")."""

from __future__ import annotations

from collections.abc import Callable

Difference = Callable[[str, str], tuple[str, ...]]


def difference(language: str) -> Difference:
    """`language` as hier-config names it (CISCO_IOS): lines that make the wanted one of what runs."""

    def lines(have: str, wanted: str) -> tuple[str, ...]:
        # Loaded late: a reader of a fleet plans nothing.
        from hier_config import Platform, WorkflowRemediation, get_hconfig

        kind = Platform[language]
        workflow = WorkflowRemediation(get_hconfig(kind, have), get_hconfig(kind, wanted))
        return tuple(line.cisco_style_text() for line in workflow.remediation_config.all_children_sorted())

    return lines
