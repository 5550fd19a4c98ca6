"""What a run leaves for its reader at Prefect's page: Markdown and tables, in which device output is never markup."""

from __future__ import annotations

import json
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.jobs.pictures import Picture
from flows.words import SEVERITIES, STATES, headline, named, title, worst_first
from playbooks.findings import explained, nested
from playbooks.plans import Outcome
from sop.register.records import PlanRecord
from sop.words import PLANS

LONGEST = 400
"""Characters of one hostile text; the whole of it is evidence in the register."""
_COLUMNS = ("perangkat", "temuan", "tingkat", "bukti", "langkah", "penyebab")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: object, limit: int = LONGEST) -> str:
    """One line without control or direction-changing characters."""
    kept = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in str(text)[: limit + 1])
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[:limit] + "…"


def quoted(text: object) -> str:
    """Text that Markdown shows as it is: every ASCII punctuation mark may be escaped (CommonMark 2.4)."""
    return _PUNCTUATION.sub(r"\\\1", plain(text))


def findings(
    key: str, title: str, what: str, results: Sequence[dict[str, Any]], tip: str, pictures: Iterable[Picture] = ()
) -> None:
    """Findings of `what` (devices, websites; TargetResult.as_json): to read as Markdown, to sort as a table."""
    drawn = [picture(each) for each in pictures]
    markdown(key, title, [quoted(headline(results, what)), "", *drawn, *targets(results)], tip)
    if rows := finding_rows(results):
        table(f"{key}-temuan", f"Temuan: {title}", rows)


def picture(drawn: Picture) -> str:
    """The picture as a paragraph of Markdown; it carries itself, so that the page asks nobody for it."""
    return f"![{quoted(drawn.title)}](data:image/svg+xml;base64,{b64encode(drawn.svg.encode()).decode()})\n"


def targets(results: Sequence[dict[str, Any]]) -> list[str]:
    """Markdown of what was found: a section a target with findings, the worst target first; the good ones by name."""
    good = sorted(quoted(each["name"]) for each in results if each["status"] == "ok")
    bad = [line for each in worst_first(results) if each["status"] != "ok" for line in _target(each)]
    return [*bad, *(["", f"**Baik:** {', '.join(good)}"] if good else [])]


def _target(result: dict[str, Any]) -> list[str]:
    lines = ["", f"## {quoted(result['name'])}: {STATES[result['status']]} ({result['seconds']:.1f} s)", ""]
    if result["reason"]:
        lines += [f"{quoted(explained(result['reason']))}: {quoted(result['detail'])}", ""]
    return lines + [line for depth, finding in nested(result["findings"]) for line in _finding(depth, finding)]


def _finding(depth: int, finding: Mapping[str, str]) -> list[str]:
    """A cause with evidence and next step; what follows from it stands under it, and needs no step of its own."""
    told, evidence = quoted(title(finding)), quoted(finding["evidence"]) or "-"
    if depth:
        return [f"{'  ' * depth}- akibatnya: {told} (bukti: {evidence})"]
    return [
        f"- **{SEVERITIES[finding['severity']].upper()}: {told}** ({quoted(finding['code'])})",
        f"  - bukti: {evidence}",
        *([f"  - sebab: {quoted(named(finding['cause']))}"] if finding.get("cause") else []),
        f"  - langkah: {quoted(finding['advice']) or '-'}",
    ]


def finding_rows(results: Sequence[dict[str, Any]]) -> list[dict[str, object]]:
    """A row a finding, in the order of the rules: causes before what follows from them."""
    return [row for result in worst_first(results) for row in _rows(result)]


def _rows(result: dict[str, Any]) -> Iterator[dict[str, object]]:
    if result["reason"]:
        said = (result["name"], "tidak terbaca", "-", explained(result["reason"], result["detail"]), "-", "-")
        yield dict(zip(_COLUMNS, said, strict=True))
    for each in result["findings"]:
        cause = named(each["cause"]) if each.get("cause") else "-"
        about = (result["name"], title(each), SEVERITIES[each["severity"]], each["evidence"], each["advice"], cause)
        yield dict(zip(_COLUMNS, about, strict=True))


def backup_rows(backups: Iterable[Mapping[str, Any]]) -> list[dict[str, object]]:
    """A row a backup (BackedUp.as_json), the failed ones first."""
    words = {"ok": "versi baru", "unchanged": "tidak berubah", "unproven": "BELUM TERBUKTI", "failed": "GAGAL"}
    return [
        {
            "sasaran": each["name"],
            "cadangan": words[each["status"]],
            "sebab": explained(each["reason"], each["detail"]) or "-",
            "bita": each["bytes"],
            "detik": each["seconds"],
        }
        for each in sorted(backups, key=lambda one: (one["status"] in ("ok", "unchanged"), one["name"]))
    ]


def plan_rows(plans: Iterable[PlanRecord]) -> list[dict[str, object]]:
    """A row a plan, what can still be run first: what it changes, how it goes back, how it stands."""
    open_first = sorted(plans, key=lambda each: (each.state not in ("approved", "proposed"), each.target, each.at))
    return [_plan_row(each) for each in open_first]


def _plan_row(plan: PlanRecord) -> dict[str, object]:
    fields = json.loads(plan.document)
    return {
        "perangkat": plan.target,
        "isi": fields.get("summary", ""),
        "keadaan": PLANS.get(plan.state, plan.state),
        "kelas": plan.ladder,
        "yang diubah": "; ".join(fields.get("changes", ())) or "-",
        "sidik rencana": plan.hash,
        "jalan kembali": "; ".join(fields.get("way_back", ())) or "-",
        "tidak dikerjakan": "; ".join(fields.get("left_out", ())) or "-",
    }


def outcome(key: str, title: str, done: Outcome, tip: str, papers: Iterable[str] = ()) -> None:
    """What applying a plan came to, step by step, and what it did to the findings, as a Markdown artifact."""
    words = {"applied": "diterapkan", "unchanged": "sudah demikian", "rolled_back": "dikembalikan", "failed": "gagal"}
    steps = [f"1. {quoted(at)}: {quoted(what)}" for at, what in done.steps]
    became = "sebagian dikembalikan" if done.partly else words.get(done.status, quoted(done.status))
    said = f"Hasil: **{became}**. {quoted(done.detail)}"
    verdict = [f"- {word}: {quoted(named(name))}" for word, names in done.verdict.items() for name in names]
    compared = ["", "Temuan sebelum dan sesudah:", "", *verdict] if verdict else []
    markdown(key, title, [said, "", *steps, *compared], tip, papers)


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
