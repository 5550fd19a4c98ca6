"""What a run leaves for its reader at Prefect's page: Markdown and tables, in which device output is never markup."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.words import SEVERITIES, STATES
from playbooks.findings import why
from playbooks.plans import Outcome

LONGEST = 400
"""Characters of one hostile text; the whole of it is evidence in the register."""
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: object, limit: int = LONGEST) -> str:
    """One line without control or direction-changing characters."""
    kept = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in str(text)[: limit + 1])
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[:limit] + "…"


def quoted(text: object) -> str:
    """Text that Markdown shows as it is: every ASCII punctuation mark may be escaped (CommonMark 2.4)."""
    return _PUNCTUATION.sub(r"\\\1", plain(text))


def findings(key: str, title: str, results: Sequence[dict[str, Any]], tip: str, papers: Iterable[str] = ()) -> None:
    """Findings of devices or websites (TargetResult.as_json), unread targets first, as a Markdown artifact."""
    counted = f"{len(results)} diperiksa: {summary(each['status'] for each in results)}."
    markdown(key, title, [counted, *targets(results)], tip, papers)


def targets(results: Sequence[dict[str, Any]]) -> list[str]:
    """Markdown of what was found, a section a target, the worst finding first."""
    worst_first = sorted(results, key=lambda each: (not each["reason"], -len(each["findings"]), each["name"]))
    return [line for result in worst_first for line in _target(result)]


def _target(result: dict[str, Any]) -> list[str]:
    lines = ["", f"## {quoted(result['name'])}: {STATES[result['status']]} ({result['seconds']:.1f} s)", ""]
    if result["reason"]:
        lines.append(f"{why(result['reason'])}: {quoted(result['detail'])}")
    if result["findings"]:
        lines += ["| Berat | Temuan | Mengenai | Bukti | Saran |", "|---|---|---|---|---|"]
    return lines + [_finding(each) for each in sorted(result["findings"], key=_rank)]


def _finding(finding: dict[str, str]) -> str:
    cells = (SEVERITIES[finding["severity"]], *(finding[key] for key in ("code", "subject", "evidence", "advice")))
    return f"| {' | '.join(quoted(cell) or '-' for cell in cells)} |"


def _rank(finding: dict[str, str]) -> int:
    return [*SEVERITIES].index(finding["severity"])


def outcome(key: str, title: str, done: Outcome, tip: str, papers: Iterable[str] = ()) -> None:
    """What applying a plan came to, step by step, as a Markdown artifact."""
    words = {"applied": "diterapkan", "unchanged": "sudah demikian", "rolled_back": "dikembalikan", "failed": "gagal"}
    steps = [f"1. {quoted(at)}: {quoted(what)}" for at, what in done.steps]
    said = f"Hasil: **{words.get(done.status, quoted(done.status))}**. {quoted(done.detail)}"
    markdown(key, title, [said, "", *steps], tip, papers)


def markdown(key: str, title: str, lines: Iterable[str], tip: str, papers: Iterable[str] = ()) -> None:
    """`lines` are Markdown; `title`, `papers` (paths of PDFs) and `tip` (of the audit chain) are escaped here."""
    documents = [f"- {quoted(paper)}" for paper in papers]
    body = [f"# {quoted(title)}", "", *lines, *(["", "## Dokumen", "", *documents] if documents else [])]
    text = "\n".join([*body, "", f"Ujung rantai audit: {quoted(tip)}"])
    create_markdown_artifact(text, key=key, description=plain(title))


def table(key: str, title: str, rows: Iterable[Mapping[str, object]]) -> None:
    """A row a target of a batch."""
    create_table_artifact(cells(rows), key=key, description=plain(title))


def cells(rows: Iterable[Mapping[str, object]]) -> list[dict[str, str]]:
    """Rows of a table artifact: the page reads its cells as Markdown, too."""
    return [{name: quoted(value) for name, value in row.items()} for row in rows]


def summary(states: Iterable[str]) -> str:
    """How many ended in which state, in words."""
    words = {**STATES, "unchanged": "tidak berubah", "ok": "baik"}
    counted: dict[str, int] = {}
    for state in states:
        counted[words.get(state, state)] = counted.get(words.get(state, state), 0) + 1
    return ", ".join(f"{count} {state}" for state, count in counted.items()) or "tidak ada"
