"""Restore drills: a stored configuration is loaded into a fresh system, and what came of it is recorded on the version.

A drill touches no device of the office: the system is started for it and ends with it (`playbooks/network/drill.py`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flows.jobs.changes import Progress
from flows.jobs.configurations import stored_config, version_of
from flows.jobs.errors import BadInput
from flows.office import Office
from playbooks.network.drill import CannotDrill, Drill, drill
from sop.register.errors import RegisterError
from sop.register.records import SOFTWARE, Actor, ConfigVersion

STATUSES = {"ok": "terbukti pulih", "failed": "GAGAL", "untested": "tidak dapat diuji"}


@dataclass(frozen=True)
class Drilled:
    """How the drill of a device's version went; `status` is ok, failed, or untested (nothing to load it into)."""

    name: str
    status: str
    version: str = ""
    how: str = ""
    detail: str = ""
    differences: tuple[str, ...] = ()
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "seconds": round(self.seconds, 2)}


def drill_devices(
    office: Office,
    names: Sequence[str],
    version: str = "",
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
) -> list[Drilled]:
    """Drill a version of each device, the newest good one if none is named. A device without one is untested."""
    done = []
    for name in names:
        done.append(_drilled(office, name, version, actor))
        if on_progress:
            on_progress(name, STATUSES[done[-1].status])
    return done


def _drilled(office: Office, name: str, version: str, actor: Actor) -> Drilled:
    try:
        stored = version_of(office, name, version)
    except BadInput as error:
        if version:
            raise
        return Drilled(name, "untested", detail=str(error))
    try:
        done = drill(office.inventory.devices[name].platform, stored_config(office, stored, True, actor))
    except (CannotDrill, RegisterError) as error:
        return Drilled(name, "untested", str(stored.id), detail=str(error))
    _keep(office, stored, done, actor)
    status = "ok" if done.passed else "failed"
    return Drilled(name, status, str(stored.id), done.how, done.detail, done.differences, done.seconds)


def _keep(office: Office, version: ConfigVersion, done: Drill, actor: Actor) -> None:
    document = json.dumps({**asdict(done), "version": version.id}, ensure_ascii=False).encode()
    name = f"{version.device}-uji-pulih.json"
    office.register.keep(document, "drill", name, "application/json", target=version.device, actor=actor)
