"""Network flows: what Prefect's page offers for devices. The work itself is in flows.jobs.

Whoever starts a run at the page has no identity, so a run reads what it likes and changes only what the register
already permits: a plan of a case that stands at the right step, approved where its class asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import artifacts
from flows.forms import DeviceChangeForm, DevicesForm
from flows.jobs import network as jobs
from flows.jobs import repairs
from flows.jobs.changes import ready_plan
from flows.office import Office, open_office
from playbooks.findings import TargetResult
from playbooks.plans import Outcome
from sop.register.records import Actor

office = cache(open_office)
"""The office of this process; tasks ask for it, because Prefect would walk through it as their argument."""
ME = Actor(via="prefect")
SIDE_BY_SIDE: Any = ThreadPoolTaskRunner(max_workers=8)
ONE_BY_ONE = 24
"""Up to so many devices (an OPD's) each has a task of its own, which a person can watch; a fleet goes in batches."""
BATCH = 50


def named(verb: str) -> Any:
    """Task run names: the device's own, or how many a batch has and which is its first."""

    def name(parameters: dict[str, Any]) -> str:
        names = parameters["names"]
        return f"{verb} {names[0]}" if len(names) == 1 else f"{verb} {len(names)}, mulai {names[0]}"

    return name


@flow(
    name="Diagnosa jaringan",
    flow_run_name="Diagnosa {isian.label}",
    task_runner=SIDE_BY_SIDE,
    persist_result=False,
)
def diagnose(isian: DevicesForm) -> State[None]:
    """Read devices and show what is wrong with them; nothing is changed."""
    here = office()
    case = known_case(here, isian.permohonan)
    names = jobs.chosen(here, isian.perangkat, isian.opd, isian.semua)
    size = 1 if len(names) <= ONE_BY_ONE else BATCH
    batches = [names[start : start + size] for start in range(0, len(names), size)]
    done = [result for read in [_diagnose.submit(batch, case) for batch in batches] for result in read.result()]
    found, title = [each.as_json() for each in done], f"Diagnosa {isian.label}"
    artifacts.findings("diagnosa-jaringan", title, found, here.register.audit_tip())
    if size > 1:
        rows = [{"perangkat": r.name, "keadaan": r.status, "sebab": r.reason or "", "detik": r.seconds} for r in done]
        artifacts.table("diagnosa-jaringan-daftar", title, rows)
    return Completed(message=f"{len(done)} perangkat: {artifacts.summary(each.status for each in done)}")


@task(task_run_name=named("diagnosa"), cache_policy=NO_CACHE, persist_result=False)
def _diagnose(names: Sequence[str], case: str) -> list[TargetResult]:
    return jobs.diagnose_devices(office(), names, case, _tell, ME)


@flow(name="Cadangkan konfigurasi", flow_run_name="Cadangkan {isian.label}", persist_result=False)
def back_up(isian: DevicesForm) -> State[None]:
    """Store the configuration of devices in the register and its history."""
    here = office()
    case = known_case(here, isian.permohonan)
    names = jobs.chosen(here, isian.perangkat, isian.opd, isian.semua)
    return ended(back_up_batch(names, case, ME), "perangkat")


@task(task_run_name=named("cadangkan"), cache_policy=NO_CACHE, persist_result=False)
def back_up_batch(names: Sequence[str], case: str, actor: Actor) -> list[jobs.BackedUp]:
    """One task for all, because a run is one commit of the history; the table names every device."""
    done = jobs.back_up_devices(office(), names, case, _tell, actor)
    artifacts.table("cadangkan-konfigurasi", f"Cadangan {len(done)} perangkat", [each.as_json() for each in done])
    return done


@flow(name="Perbaiki perangkat", flow_run_name="Perbaiki {isian.label}", persist_result=False)
def repair(isian: DeviceChangeForm) -> State[None]:
    """Apply an approved repair to a device."""
    return _change("repair", isian)


@flow(name="Pulihkan konfigurasi", flow_run_name="Pulihkan {isian.label}", persist_result=False)
def restore(isian: DeviceChangeForm) -> State[None]:
    """Bring a device back to a stored configuration by an approved plan."""
    return _change("restore", isian)


def _change(action: str, isian: DeviceChangeForm) -> State[None]:
    here = office()
    plan = ready_plan(here, isian.permohonan, action, isian.perangkat, isian.rencana)
    done = _apply(isian.permohonan, isian.perangkat, plan, action)
    title = f"{isian.permohonan}: {isian.perangkat}"
    artifacts.outcome(f"perubahan-{action}", title, done, here.register.audit_tip())
    return settled(done)


@task(task_run_name="{action} {name}", cache_policy=NO_CACHE, persist_result=False)
def _apply(case: str, name: str, plan: str, action: str) -> Outcome:
    return repairs.apply_repair(office(), case, name, plan, ME, get_run_logger().info, action)


def known_case(here: Office, case: str) -> str:
    """The case's number, if one is given. Raises UnknownCase before anything is read."""
    return here.register.case(case).id if case else ""


def ended(done: Sequence[object], what: str) -> State[None]:
    """A batch ends well also when some targets could not be reached: the table and the register say which."""
    states = [str(getattr(each, "status", "")) for each in done]
    message = f"{len(done)} {what}: {artifacts.summary('gagal' if each == 'failed' else each for each in states)}"
    return Failed(message=message) if done and set(states) == {"failed"} else Completed(message=message)


def settled(done: Outcome) -> State[None]:
    """The run failed when the change was not made, also if everything was put back."""
    return Completed(message=artifacts.plain(done.detail)) if done.ok else Failed(message=artifacts.plain(done.detail))


def _tell(name: str, outcome: str) -> None:
    get_run_logger().info("%s: %s", name, artifacts.plain(outcome))
