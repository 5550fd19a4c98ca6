"""The case flow: carry an approved case through its technical step until a person's turn. Posted by flows.dispatch."""

from __future__ import annotations

from prefect import flow, runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import artifacts
from flows.dispatch import STUCK
from flows.forms import CaseForm
from flows.jobs import cases as jobs
from flows.jobs import pictures
from flows.jobs.step import Carried
from flows.runs import office, tell

_STATES = {
    "done": "langkah selesai",
    "waiting": "menunggu giliran orang",
    "stopped": "tertahan",
    "over": "tidak ada lagi yang dikerjakan",
}


@flow(name="Tangani permohonan", flow_run_name="{isian.label}", persist_result=False)
def handle_case(isian: CaseForm) -> State[None]:
    """Do what is left of the case's technical step. Killed anywhere, the register knows; run again, it finishes."""
    done = _carry(isian.permohonan, isian.langkah, isian.percobaan)
    _show(done)
    if done.state == "stopped":
        return Failed(name=STUCK, message=artifacts.plain(done.reason))
    return Completed(message=f"{done.case_id} langkah {done.step}: {_STATES[done.state]}")


@task(task_run_name="{case} langkah {step}", cache_policy=NO_CACHE, persist_result=False)
def _carry(case: str, step: int, attempt: int) -> Carried:
    run = f"prefect:{runtime.flow_run.id}"
    return jobs.carry(office(), case, step, attempt, run, tell)


def _show(done: Carried) -> None:
    title = f"{done.case_id} langkah {done.step}"
    said = f"Keadaan: **{_STATES[done.state]}**. {artifacts.quoted(done.reason)}"
    changed = [_line(" ".join(str(each[key]) for key in ("action", "target", "status"))) for each in done.outcomes]
    unsent = [_line(f"surel tidak terkirim: {each}") for each in done.undelivered]
    drawn = [artifacts.picture(each) for each in pictures.of_case(office(), office().register.case(done.case_id))]
    body = [said, "", *drawn, *artifacts.targets(done.results), "", *changed, *unsent]
    artifacts.markdown("tangani-permohonan", title, body, office().register.audit_tip(), done.documents)
    if done.backups:
        artifacts.table("tangani-permohonan-cadangan", f"Cadangan {title}", artifacts.backup_rows(done.backups))


def _line(text: str) -> str:
    return f"- {artifacts.quoted(text)}"
