"""What the runs at Prefect's page share: the office, how targets are read side by side, how an approved plan is run.

Whoever starts a run at the page has no identity, so a run reads what it likes and changes only what the register
already permits: a plan of a case that stands at the right step, approved where its class asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, wraps
from inspect import signature
from typing import Any, TypeVar

from prefect import Task, get_run_logger, task
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture, as_completed
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import artifacts
from flows.failures import failure
from flows.jobs.changes import ready_plan
from flows.jobs.errors import BadInput
from flows.jobs.step import apply_plan
from flows.jobs.targets import BackedUp, batches, known_case
from flows.office import open_office
from flows.words import lost
from playbooks.findings import TargetResult
from playbooks.plans import Outcome
from sop.register.records import Actor

Read = TypeVar("Read")
Isian = TypeVar("Isian")
Result = TypeVar("Result", bound=TargetResult)
office = cache(open_office)
"""The office of this process; tasks ask for it, because Prefect would walk through it as their argument."""
ME = Actor(via="prefect")
SIDE_BY_SIDE: Any = ThreadPoolTaskRunner(max_workers=8)
ONE_BY_ONE = 24
"""Up to so many targets (an OPD's) each has a task of its own, which a person can watch; a fleet goes in batches."""
BATCH = 50


def named(verb: str) -> Any:
    """Task run names: the target's own, or how many a batch has and which is its first."""

    def name(parameters: dict[str, Any]) -> str:
        names = parameters["names"]
        return f"{verb} {names[0]}" if len(names) == 1 else f"{verb} {len(names)}, mulai {names[0]}"

    return name


def read(reading: Task[..., list[Read] | State[list[Read]]], names: Sequence[str], *about: object) -> list[Read]:
    """The results of a reading task over all targets, in their order; how far it is shows while it runs."""
    size = 1 if len(names) <= ONE_BY_ONE else BATCH
    submitted = [reading.submit(batch, *about) for batch in batches(names, size)]
    if len(submitted) > 1:
        _watched(submitted, len(names))
    came: list[Any] = [each.result(raise_on_failure=False) for each in submitted]
    for each in came:
        if isinstance(each, BaseException):
            raise each
    return [result for each in came for result in each]


def marked(results: list[Result]) -> list[Result] | State[list[Result]]:
    """What a reading task returns: it failed when none of its targets could be read, so that the page marks it."""
    if any(each.reason is None for each in results):
        return results
    return Failed(message=artifacts.plain(lost([each.as_json() for each in results])), data=results)


def _watched(submitted: list[PrefectFuture[Any]], total: int) -> None:
    shown: Any = create_progress_artifact(0.0, key="kemajuan", description=f"{total} sasaran")
    for done, _ in enumerate(as_completed(submitted), start=1):
        update_progress_artifact(shown, 100.0 * done / len(submitted))


def in_words(run: Callable[[Isian], State[None]]) -> Callable[[Isian], State[None]]:
    """A flow whose refusal or failure is told in the office's words; a fault of ours keeps its trace."""

    @wraps(run)
    def told(isian: Isian) -> State[None]:
        try:
            return run(isian)
        except Exception as error:
            said, code, _ = failure(error)
            if code == "internal":
                raise
            get_run_logger().error("%s", artifacts.plain(said))
            return Failed(message=artifacts.plain(said))

    # Prefect makes the form of the signature, and would look up the names in it in this module.
    vars(told)["__signature__"] = signature(run, eval_str=True)
    return told


def change(action: str, case: str, target: str, wanted: str) -> State[None]:
    """Run an approved plan of a case. The run failed when the change was not made, also if everything was put back.

    Without a plan that is ready nothing is done but to show which plans there are.
    """
    here = office()
    known_case(here, case)
    try:
        plan = ready_plan(here, case, action, target, wanted)
    except BadInput as none:
        return _plans_shown(case, str(none))
    done = _apply(case, target, action, plan)
    artifacts.outcome(f"perubahan-{action}", f"{case}: {target}", done, here.register.audit_tip())
    message = artifacts.plain(done.detail)
    return Completed(message=message) if done.ok else Failed(message=message)


def _plans_shown(case: str, why: str) -> State[None]:
    plans = office().register.plans(case)
    if plans:
        artifacts.table("rencana", f"Rencana {case}", artifacts.plan_rows(plans))
        why = f"{why}; tabel rencana menyebut {len(plans)} rencana permohonan ini"
    return Completed(name="Belum dijalankan", message=artifacts.plain(why))


@task(task_run_name="{action} {name}", cache_policy=NO_CACHE, persist_result=False)
def _apply(case: str, name: str, action: str, plan: str) -> Outcome:
    return apply_plan(office(), case, name, action, plan, ME, get_run_logger().info)


def ended(done: Sequence[BackedUp], what: str) -> State[None]:
    """A batch ends well also when some targets could not be reached: message, table and register say which."""
    words, states = {"failed": "gagal", "unproven": "belum terbukti"}, [each.status for each in done]
    counted = artifacts.summary(words.get(each, each) for each in states)
    names = lost([each.as_json() for each in done if each.status in words])
    message = artifacts.plain(f"{len(done)} {what}: {counted}" + (f": {names}" if names else ""))
    return Failed(message=message) if done and set(states) == {"failed"} else Completed(message=message)


def tell(name: str, outcome: str) -> None:
    """Progress of one target, into the run's log."""
    get_run_logger().info("%s: %s", name, artifacts.plain(outcome))
