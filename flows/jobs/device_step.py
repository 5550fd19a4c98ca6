"""The step at which an OPD's devices are read, backed up and repaired, each as far as it goes without a person."""

from __future__ import annotations

import json
from collections.abc import Collection

from flows.jobs import network, repairs
from flows.jobs.step import Stopped, Task, kept_here, newest_plan, ready, run_plan
from playbooks.findings import Severity, TargetError
from playbooks.network import rules
from playbooks.network.diagnose import DeviceReading

_CHANGES = ("repair", "restore")
_SERIOUS = [str(each) for each in Severity if each >= Severity.MAJOR]


def diagnose(task: Task) -> None:
    """Read, back up and repair what was not yet done in this step, in one session a device; then look again.

    What a repair left is planned for anew: a fault beside a configuration that was saved first, or the configuration
    beside a fault, which is saved only once the fault is gone.
    """
    office, case = task.office, task.case
    devices = office.devices_of(case)
    if not devices:
        raise Stopped(f"OPD {case.opd} tidak punya perangkat dalam inventaris")
    fresh = _examine(task, [name for name in devices if not _read_well(task, name) or _changed_since_read(task, name)])
    readable = [name for name in devices if _read_well(task, name)]
    if not readable:
        raise Stopped(f"tidak satu pun perangkat {case.opd} terbaca; lihat temuan, lalu ulangi diagnosa")
    while True:
        for name in readable:
            if _to_consider(task, name):
                _propose(task, name, fresh.get(name))
        if not ready(task, _CHANGES):
            return
        failures = _apply_each(task, _CHANGES)
        fresh = _examine(task, [name for name in readable if _changed_since_read(task, name)])
        if failures:
            raise Stopped("; ".join(failures))


def _examine(task: Task, devices: list[str]) -> dict[str, DeviceReading]:
    done = network.examine(task.office, devices, task.case.id, task.on_progress, task.actor) if devices else []
    readings = {each.name: each.reading for each in done if each.reading}
    task.carried.results += [reading.as_json() for reading in readings.values()]
    task.carried.backups += [each.backup.as_json() for each in done if each.backup]
    return readings


def _changed_since_read(task: Task, device: str) -> bool:
    """A repaired device is read and backed up once more, as is one in trouble, which another's repair may have helped.

    The report shows before and after.
    """
    read = _last(task, "findings", device)
    newest = max((each.id for each in kept_here(task, "outcome")), default=0)
    return newest > read and (_last(task, "outcome", device) > read or _in_trouble(task, device))


def _last(task: Task, kind: str, device: str) -> int:
    """The newest evidence of a kind about a device since the case came to this step; 0 when there is none."""
    return max((each.id for each in kept_here(task, kind) if each.target == device), default=0)


def _read_well(task: Task, device: str) -> bool:
    read = _last(task, "findings", device)
    return bool(read) and json.loads(task.office.register.read(read))["status"] != "failed"


def _in_trouble(task: Task, device: str) -> bool:
    """Whether the newest reading of a device, which there is, has a serious finding, and no plan of its own is ahead:

    one that waits for a person, or was just approved and reads the device itself before and after.
    """
    plans = task.office.register.plans(task.case.id)
    if any(plan.target == device and plan.state in ("proposed", "approved") for plan in plans):
        return False
    found = json.loads(task.office.register.read(_last(task, "findings", device)))["findings"]
    return any(each["severity"] in _SERIOUS for each in found)


def _to_consider(task: Task, device: str) -> bool:
    """Whether the device was read since its plans were put forward, or the last of them came to nothing."""
    last = newest_plan(task, lambda plan: plan.target == device)
    undone = last and (last.came_to_nothing or (last.action, last.state) == ("restore", "dropped"))
    return bool(undone) or _last(task, "findings", device) > _last(task, "proposals", device)


def _propose(task: Task, device: str, reading: DeviceReading | None) -> None:
    """Put a device's repairs forward once; which ones is kept, so that a run that was killed does not miss any.

    A restore that was asked for comes alone: it changes what repairs would have been planned from.
    """
    try:
        asked = repairs.asked_restore(task.office, task.case.id, device)
        plans = asked or repairs.propose_repairs(task.office, task.case.id, device, task.actor, reading)
    except TargetError as error:
        task.on_progress(device, f"rencana tidak dapat dibuat: {error.said}")
        return
    if reading:
        _tell_held_save(task, reading)
    document = json.dumps([plan.hash for plan in plans]).encode()
    about = ("proposals", f"{device}-rencana.json", "application/json", task.case.id, device)
    task.office.register.keep(document, *about, actor=task.actor)


def _tell_held_save(task: Task, reading: DeviceReading) -> None:
    faults = ", ".join(f"{each.code} {each.subject}" for each in rules.unfit_to_save(reading.findings))
    if faults and any(each.code == "config.unsaved" for each in reading.findings):
        task.on_progress(reading.name, f"konfigurasi belum boleh disimpan selama masih ada gangguan: {faults}")


def _apply_each(task: Task, actions: Collection[str]) -> list[str]:
    """Devices do not depend on each other: what fails on one is told, and the others are still repaired."""
    failures = []
    for plan in ready(task, actions):
        try:
            run_plan(task, plan)
        except Stopped as stop:
            failures.append(str(stop))
    return failures
