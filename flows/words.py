"""Indonesian for the stable words of playbooks.findings, as terminal and Prefect show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playbooks.findings import TITLES, explained

STATES = {"ok": "baik", "findings": "ada temuan", "failed": "tidak terbaca"}
SEVERITIES = {"critical": "kritis", "major": "berat", "warning": "peringatan", "info": "catatan"}
"""The worst first."""
_MOST_NAMES = 5


def named(finding: str) -> str:
    """A finding's name ("link.down ether1") in words: sambungan putus: ether1. Another device's has its name before."""
    code, _, subject = finding.partition(" ")
    if code not in TITLES and subject.partition(" ")[0] in TITLES:
        return f"{code}: {named(subject)}"
    return f"{TITLES.get(code, code)}: {subject}" if subject else TITLES.get(code, code)


def title(finding: Mapping[str, str]) -> str:
    return named(f"{finding['code']} {finding['subject']}")


def headline(results: Sequence[Mapping[str, Any]], what: str) -> str:
    """How reading went: 12 perangkat: 11 terbaca (2 ada temuan), 1 gagal: sw3 (tidak terjangkau)."""
    failed = [each for each in results if each["reason"]]
    found = sum(each["status"] == "findings" for each in results)
    read = f"{len(results) - len(failed)} terbaca ({f'{found} ada temuan' if found else 'tanpa temuan'})"
    parts = [read] * (len(failed) < len(results)) + [f"{len(failed)} gagal: {lost(failed)}"] * bool(failed)
    return f"{len(results)} {what}: {', '.join(parts)}"


def lost(failed: Sequence[Mapping[str, Any]]) -> str:
    """Who could not be read, and why; of many the first."""
    some = [f"{each['name']} ({explained(each['reason']).partition(';')[0]})" for each in failed[:_MOST_NAMES]]
    more = f" dan {len(failed) - len(some)} lainnya" if len(failed) > len(some) else ""
    return ", ".join(some) + more


def worst_first(results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Unread targets, then those with the gravest findings; of these where they begin and whoever explains most."""
    causes = [each.get("cause", "") for result in results for each in result["findings"]]

    def rank(one: Mapping[str, Any]) -> tuple[bool, int, int, int, int, str]:
        blamed = sum(cause.startswith(f"{one['name']} ") for cause in causes)
        return not one["reason"], *_gravest(one), -blamed, -len(one["findings"]), one["name"]

    return sorted(results, key=rank)


def _gravest(result: Mapping[str, Any]) -> tuple[int, int]:
    """Of all its findings, and of those that nothing explains."""
    grades = [[*SEVERITIES].index(each["severity"]) for each in result["findings"]]
    roots = [grade for grade, each in zip(grades, result["findings"], strict=True) if not each.get("cause")]
    return min(grades, default=len(SEVERITIES)), min(roots, default=len(SEVERITIES))
