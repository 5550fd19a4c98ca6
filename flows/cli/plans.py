"""How a plan is shown: the exact lines that are approved, and the hash that stands for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from flows.cli.answer import answer, indented, moment, plain, status
from flows.cli.later import later
from sop.words import PLANS

if TYPE_CHECKING:
    from flows.jobs import hashes
    from flows.office import Office
    from playbooks.plans import Outcome
    from sop.register.records import PlanRecord
else:
    hashes = later("flows.jobs.hashes")

Apply = Annotated[
    str,
    typer.Option(
        "--apply", metavar="HASH", help="Jalankan rencana ini (paling sedikit 8 huruf); tanpa ini hanya ditampilkan."
    ),
]


def change(
    here: Office,
    about: dict[str, str],
    given: str,
    propose: Callable[[], list[PlanRecord]],
    apply: Callable[[str], Outcome],
    as_json: bool,
) -> None:
    """Plan and show; or with a hash, `apply` exactly that plan of the case.

    `about` begins the document: the target, by its kind, and its `case`. Raises UnknownCase, BadInput.
    """
    if not given:
        plans = [plan_document(each) for each in propose()]
        answer({**about, "plans": plans}, as_json, lambda c: print_plans(plans, c))
        return
    meant = hashes.whole((each.hash for each in here.register.case(about["case"]).plans), given)
    outcome = apply(meant)
    document, target, zone = {**about, "hash": meant, **outcome.as_json()}, next(iter(about.values())), _zone(here)
    answer(document, as_json, lambda c: print_outcome(target, outcome, zone, c), outcome.ok)


def _zone(here: Office) -> str:
    return here.inventory.office.zone


def plan_document(record: PlanRecord) -> dict[str, Any]:
    """A plan as JSON; a bundle's own plans stand in `plans`."""
    fields = json.loads(record.document)
    members = [_lines(each) for each in fields.get("plans", [])]
    return {
        "hash": record.hash,
        "class": record.ladder,
        "action": record.action,
        "target": record.target,
        "state": record.state,
        "proposer": record.proposer,
        "approver": record.approver,
        **_lines(fields),
        **({"plans": members} if members else {}),
    }


def _lines(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "summary": fields.get("summary", ""),
        "changes": fields.get("changes", []),
        "way_back": fields.get("way_back", []),
        "left_out": fields.get("left_out", []),
        "finding": fields.get("finding", ""),
    }


def print_plan(plan: dict[str, Any], to: Console) -> None:
    """The plan's lines as a person approves them."""
    state = PLANS.get(plan["state"], plan["state"])
    to.print(plain(f"Rencana {plan['target']} ({plan['action']}, kelas {plan['class']}): {plan['summary']}", "bold"))
    to.print(plain(f"  {state}; hash {plan['hash']}"), soft_wrap=True)
    for member in plan.get("plans", [plan]):
        if member is not plan:
            to.print(plain(f"  {member['summary']}"))
        for line in member["changes"]:
            to.print(plain(indented(f"    + {line}", 6), "green"), soft_wrap=True)
        for line in member["way_back"]:
            to.print(plain(indented(f"    jalan kembali: {line}", 6), "dim"), soft_wrap=True)
        for line in member["left_out"]:
            to.print(plain(indented(f"    tidak dikerjakan: {line}", 6), "yellow"), soft_wrap=True)


def print_plans(plans: list[dict[str, Any]], to: Console) -> None:
    for plan in plans:
        print_plan(plan, to)
    if not plans:
        to.print(plain("Tidak ada yang perlu diubah, atau tidak ada yang dapat diubah dari sini."))


OUTCOMES = {
    "applied": ("ok", "dijalankan dan terbukti"),
    "unchanged": ("ok", "sudah demikian; tidak ada yang diubah"),
    "rolled_back": ("failed", "tidak terbukti, dikembalikan seperti semula"),
    "partly": ("failed", "sebagian tidak terbukti dan dikembalikan, selebihnya dijalankan dan terbukti"),
    "failed": ("failed", "gagal"),
}


def print_outcome(target: str, outcome: Outcome, zone: str, to: Console) -> None:
    """What applying came to, step by step, by the office's clock."""
    for at, what in outcome.steps:
        to.print(plain(f"  {moment(datetime.fromisoformat(at), zone, '%H:%M:%S %Z')}  {what}"))
    style, said = OUTCOMES["partly" if outcome.partly else outcome.status]
    to.print(status(style, f"{target}: {said}{': ' + outcome.detail if outcome.detail else ''}."))
    for name in outcome.verdict["hilang"]:
        to.print(plain(f"  hilang: {name}"))
    for finding in outcome.after:
        state = "baru" if f"{finding['code']} {finding['subject']}" in outcome.verdict["baru"] else "tetap"
        to.print(plain(f"  {state}: {finding['code']} {finding['subject']}: {finding['evidence']}"))
