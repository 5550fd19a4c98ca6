"""The step at which an OPD's devices are read, backed up and repaired, each as far as it goes without a person."""

from __future__ import annotations

import json
from collections.abc import Collection

from flows.jobs import network, repairs
from flows.jobs.step import Stopped, Task, kept_here, ready, run_plan
from playbooks.findings import TargetError
from playbooks.network.diagnose import DeviceReading


def diagnose(task: Task) -> None:
    """Read, back up and repair what was not yet done in this step, in one session a device; then look again."""
    office, case = task.office, task.case
    devices = list(case.devices) or office.device_names(case.opd)
    if not devices:
        raise Stopped(f"OPD {case.opd} tidak punya perangkat dalam inventaris")
    fresh = _examine(task, [name for name in devices if not _read_well(task, name)])
    readable = [name for name in devices if _read_well(task, name)]
    if not readable:
        raise Stopped(f"tidak satu pun perangkat {case.opd} terbaca; lihat temuan, lalu ulangi diagnosa")
    considered = {each.target for each in kept_here(task, "proposals")}
    for name in readable:
        if name not in considered:
            _propose(task, name, fresh.get(name))
    failures = _apply_each(task, ("repair", "restore"))
    fresh = _examine(task, [name for name in devices if _changed_since_read(task, name)])
    if failures:
        raise Stopped("; ".join(failures))
    for name in readable:
        if _only_class_a(task, name):
            _propose(task, name, fresh.get(name))


def _examine(task: Task, devices: list[str]) -> dict[str, DeviceReading]:
    done = network.examine(task.office, devices, task.case.id, task.on_progress, task.actor) if devices else []
    readings = {each.name: each.reading for each in done if each.reading}
    task.carried.results += [reading.as_json() for reading in readings.values()]
    task.carried.backups += [each.backup.as_json() for each in done if each.backup]
    return readings


def _changed_since_read(task: Task, device: str) -> bool:
    """A repaired device is read and backed up once more: the report shows before and after."""
    last = {
        kind: max((each.id for each in kept_here(task, kind) if each.target == device), default=0)
        for kind in ("findings", "outcome")
    }
    return last["outcome"] > last["findings"]


def _read_well(task: Task, device: str) -> bool:
    kept = [each for each in kept_here(task, "findings") if each.target == device]
    return bool(kept) and json.loads(task.office.register.read(kept[-1].id))["status"] != "failed"


def _propose(task: Task, device: str, reading: DeviceReading | None) -> None:
    """Put a device's repairs forward once; which ones is kept, so that a run that was killed does not miss any."""
    try:
        plans = repairs.propose_repairs(task.office, task.case.id, device, task.actor, reading)
    except TargetError as error:
        task.on_progress(device, f"rencana tidak dapat dibuat: {error.detail or error.reason}")
        return
    document = json.dumps([plan.hash for plan in plans]).encode()
    about = ("proposals", f"{device}-rencana.json", "application/json", task.case.id, device)
    task.office.register.keep(document, *about, actor=task.actor)


def _only_class_a(task: Task, device: str) -> bool:
    """Whether what waits for nobody is done, and what needs approval can be planned for the state that it left."""
    plans = task.office.register.case(task.case.id).plans
    return {plan.ladder for plan in plans if plan.target == device} == {"A"}


def _apply_each(task: Task, actions: Collection[str]) -> list[str]:
    """Devices do not depend on each other: what fails on one is told, and the others are still repaired."""
    failures = []
    for plan in ready(task, actions):
        try:
            run_plan(task, plan)
        except Stopped as stop:
            failures.append(str(stop))
    return failures
