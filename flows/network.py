"""Network flows: what Prefect's page offers for devices. The work itself is in flows.jobs."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import artifacts
from flows.forms import DeviceChangeForm, DevicesForm, DrillForm
from flows.jobs import drills, pictures
from flows.jobs import network as jobs
from flows.jobs.readings import settle
from flows.jobs.targets import known_case
from flows.runs import ME, SIDE_BY_SIDE, change, ended, in_words, marked, named, office, read, tell
from flows.words import headline
from playbooks.network.diagnose import DeviceReading
from sop.register.records import Actor

MOST_PICTURES = 4
"""Agencies in a run whose networks are drawn."""


@flow(
    name="Diagnosa jaringan",
    flow_run_name="Diagnosa {isian.label}",
    task_runner=SIDE_BY_SIDE,
    persist_result=False,
)
@in_words
def diagnose(isian: DevicesForm) -> State[None]:
    """Read devices and show what is wrong with them; nothing is changed."""
    here = office()
    case = known_case(here, isian.permohonan)
    names = jobs.chosen(here, isian.perangkat, isian.opd, isian.semua)
    readings = settle(here, read(_diagnose, names), case, ME)
    found = [each.as_json() for each in readings]
    artifacts.findings(
        "diagnosa-jaringan", f"Diagnosa {isian.label}", "perangkat", found, here.register.audit_tip(), _drawn(names)
    )
    return Completed(message=artifacts.plain(headline(found, "perangkat")))


@task(task_run_name=named("diagnosa"), cache_policy=NO_CACHE, persist_result=False)
def _diagnose(names: Sequence[str]) -> list[DeviceReading] | State[list[DeviceReading]]:
    return marked(jobs.read_devices(office(), names, tell))


def _drawn(names: Sequence[str]) -> list[pictures.Picture]:
    """The networks that devices belong to; not of a fleet."""
    here = office()
    agencies = sorted({here.inventory.devices[name].opd for name in names})
    return [pictures.of_agency(here, opd) for opd in agencies] if len(agencies) <= MOST_PICTURES else []


@flow(name="Cadangkan konfigurasi", flow_run_name="Cadangkan {isian.label}", persist_result=False)
@in_words
def back_up(isian: DevicesForm) -> State[None]:
    """Store the configuration of devices in the register and its history."""
    here = office()
    case = known_case(here, isian.permohonan)
    names = jobs.chosen(here, isian.perangkat, isian.opd, isian.semua)
    return ended(back_up_batch(names, case, ME), "perangkat")


@task(task_run_name=named("cadangkan"), cache_policy=NO_CACHE, persist_result=False)
def back_up_batch(names: Sequence[str], case: str, actor: Actor) -> list[jobs.DeviceBackedUp]:
    """One task for all, because a run is one commit of the history; the table names every device."""
    done = jobs.back_up_devices(office(), names, case, tell, actor)
    artifacts.table(
        "cadangkan-konfigurasi",
        f"Cadangan {len(done)} perangkat",
        artifacts.backup_rows(each.as_json() for each in done),
    )
    return done


@flow(name="Perbaiki perangkat", flow_run_name="Perbaiki {isian.label}", persist_result=False)
@in_words
def repair(isian: DeviceChangeForm) -> State[None]:
    """Apply an approved repair to a device."""
    return change("repair", isian.permohonan, isian.perangkat, isian.rencana)


@flow(name="Pulihkan konfigurasi", flow_run_name="Pulihkan {isian.label}", persist_result=False)
@in_words
def restore(isian: DeviceChangeForm) -> State[None]:
    """Bring a device back to a stored configuration by an approved plan."""
    return change("restore", isian.permohonan, isian.perangkat, isian.rencana)


@flow(name="Uji pulih", flow_run_name="Uji pulih {isian.label}", persist_result=False)
def drill(isian: DrillForm) -> State[None]:
    """Load stored configurations into a fresh system of their kind; no device is touched."""
    here = office()
    done = _drill(jobs.chosen(here, isian.perangkat, isian.opd, isian.semua))
    rows = [
        {"perangkat": d.name, "versi": d.version, "uji pulih": drills.STATUSES[d.status], "keterangan": d.detail}
        for d in done
    ]
    artifacts.table("uji-pulih", f"Uji pulih {isian.label}", rows)
    counted = artifacts.summary(drills.STATUSES[each.status] for each in done)
    failed = [each for each in done if each.status == "failed"]
    message = f"{len(done)} perangkat: {counted}"
    return Failed(message=message) if failed else Completed(message=message)


@task(task_run_name=named("uji pulih"), cache_policy=NO_CACHE, persist_result=False)
def _drill(names: Sequence[str]) -> list[drills.Drilled]:
    return drills.drill_devices(office(), names, on_progress=tell, actor=ME)
