"""Scheduled flows: what the clock starts, letter or no letter. A day on which the machine was off is caught up.

Schedules stand in prefect.yaml, in the office's time zone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import artifacts, network, websites
from flows.forms import MonthForm
from flows.jobs import archive, binaries, board, notices, renewals, reports, site_board, site_care, site_drills
from flows.jobs import duties as jobs
from flows.jobs import zones as zone_jobs
from flows.jobs.duties import CLOCK
from flows.jobs.leases import PATIENCE_S
from flows.jobs.targets import BackedUp, batches
from flows.runs import BATCH, ended, office, tell
from sop.register.records import CaseRecord


def _named(duty: str) -> Callable[[], str]:
    return lambda: f"{duty} {_today():%Y-%m-%d}"


def _today() -> date:
    """The day at the office."""
    return office().register.calendar.day(office().register.clock())


@flow(name="Cadangan malam", flow_run_name=_named("Cadangan malam"), persist_result=False)
def nightly_backup() -> State[None]:
    """Back up every device, then every website and DNS zone; the board shows how every device stands after it."""
    inventory = office().inventory
    devices = [each for batch in batches(inventory.devices, BATCH) for each in network.back_up_batch(batch, "", CLOCK)]
    sites = [each for batch in batches(inventory.websites, BATCH) for each in websites.back_up_batch(batch, "", CLOCK)]
    zones = _back_up_zones() if inventory.zones else []
    _back_up_binaries()
    _show_board()
    return ended([*devices, *sites, *zones], "perangkat, website dan zona")


@task(task_run_name="salinan zona DNS", cache_policy=NO_CACHE, persist_result=False)
def _back_up_zones() -> list[BackedUp]:
    done = zone_jobs.back_up_zones(office(), office().inventory.zones, tell, CLOCK)
    rows = artifacts.backup_rows(each.as_json() for each in done)
    artifacts.table("cadangan-zona", f"Salinan {len(done)} zona", rows)
    return done


@task(task_run_name="cadangan biner RouterOS", cache_policy=NO_CACHE, persist_result=False)
def _back_up_binaries() -> None:
    """What fails here has its reason in the table and fails nothing: the text is safe."""
    done = binaries.back_up_binaries(office(), list(office().inventory.devices), tell, CLOCK)
    artifacts.table("cadangan-biner", f"Cadangan biner {len(done)} perangkat", [each.as_json() for each in done])


@task(task_run_name="papan cadangan", cache_policy=NO_CACHE, persist_result=False)
def _show_board() -> None:
    here = office()
    lines = board.board(here, list(here.inventory.devices))
    title = board.summary(lines, here.inventory.office.backup_stale_days)
    artifacts.table("papan-cadangan", title, [line.cells for line in lines])


@flow(name="Rawat cadangan website", flow_run_name=_named("Rawat cadangan website"), persist_result=False)
def care_for_site_backups() -> State[None]:
    """Read every website's backups again, copy them off their hosts, throw away what is over its time."""
    done = _care_for_site_backups()
    counted = artifacts.summary(site_care.STATES[each.status] for each in done)
    message = artifacts.plain(f"{len(done)} website: {counted}")
    return Failed(message=message) if any(each.problems for each in done) else Completed(message=message)


@task(task_run_name="rawat cadangan website", cache_policy=NO_CACHE, persist_result=False)
def _care_for_site_backups() -> list[site_care.Cared]:
    done = site_care.care(office(), site_care.due(office()), tell, CLOCK, PATIENCE_S)
    artifacts.table("rawat-cadangan-website", f"Cadangan {len(done)} website", [each.cells for each in done])
    for unsent in notices.tell_archive(office(), [line for each in done for line in each.problems]):
        get_run_logger().warning("%s", artifacts.plain(unsent))
    return done


@flow(name="Periksa arsip", flow_run_name=_named("Periksa arsip"), persist_result=False)
def archive_check() -> State[None]:
    """Read every stored configuration again and hold the history against the register; what is damaged is told."""
    found = _check_archive()
    read = f"{found.versions} versi dari {found.devices} perangkat dibaca ulang"
    lines = [f"{read}.", "", *(f"- {artifacts.quoted(each)}" for each in found.problems or ["Semuanya utuh."])]
    artifacts.markdown("periksa-arsip", "Periksa arsip", lines, office().register.audit_tip())
    if found.ok:
        return Completed(message=f"{read}, semuanya utuh")
    return Failed(message=f"{read}; {len(found.problems)} masalah, lihat artefaknya")


@task(task_run_name="periksa arsip", cache_policy=NO_CACHE, persist_result=False)
def _check_archive() -> archive.Checked:
    found = archive.check_archive(office(), CLOCK)
    for unsent in notices.tell_archive(office(), found.problems):
        get_run_logger().warning("%s", artifacts.plain(unsent))
    return found


@flow(name="Uji pulih berkala", flow_run_name=_named("Uji pulih berkala"), persist_result=False)
def monthly_drill() -> State[None]:
    """Drill every website of which no backup was proven for a month."""
    if names := site_drills.due(office()):
        return websites.drilled(websites.drill_batch(names, CLOCK))
    return Completed(message="tidak ada website yang perlu diuji pulih hari ini")


@flow(name="Sapuan tahunan", flow_run_name=_named("Sapuan tahunan"), persist_result=False)
def yearly_sweep() -> State[None]:
    """Open a case for every website whose year is nearly over; the board shows how every website stands after it."""
    opened = _open_due_cases()
    rows = [{"permohonan": case.id, "website": case.website, "opd": case.opd} for case in opened]
    artifacts.table("sapuan-tahunan", f"{len(opened)} permohonan berkala dibuka", rows)
    _show_site_board()
    return Completed(message=f"{len(opened)} permohonan berkala dibuka")


@flow(name="Perbarui sertifikat", flow_run_name=_named("Perbarui sertifikat"), persist_result=False)
def renew_certificates() -> State[None]:
    """Renew every certificate that is due, as its approved plan says; the others' cases are opened."""
    done = _renew()
    artifacts.table("perbarui-sertifikat", f"{len(done)} sertifikat", [each.as_json() for each in done])
    failed = [each.website for each in done if not each.ok]
    if failed:
        return Failed(message=f"gagal, yang lama tetap dipakai: {artifacts.plain(', '.join(failed))}")
    return Completed(message=f"{len(done)} sertifikat ditangani")


@task(task_run_name="perbarui sertifikat", cache_policy=NO_CACHE, persist_result=False)
def _renew() -> list[renewals.Renewal]:
    return renewals.renew_due(office(), tell)


@task(task_run_name="buka permohonan berkala", cache_policy=NO_CACHE, persist_result=False)
def _open_due_cases() -> list[CaseRecord]:
    return jobs.open_due_cases(office())


@task(task_run_name="papan website", cache_policy=NO_CACHE, persist_result=False)
def _show_site_board() -> None:
    here = office()
    lines = site_board.board(here, list(here.inventory.websites))
    artifacts.table("papan-website", site_board.summary(lines), [line.cells for line in lines])


@flow(name="Laporan bulanan", flow_run_name="Laporan bulanan {isian.label}", persist_result=False)
def monthly_report(isian: MonthForm) -> State[None]:
    """Write the report of a month, the last full one if none is given."""
    month = isian.bulan or _last_month(_today())
    paper = _write(month)
    said = f"Laporan bulan {artifacts.quoted(month)} tersimpan."
    artifacts.markdown("laporan-bulanan", f"Laporan {month}", [said], office().register.audit_tip(), [str(paper.path)])
    return Completed(message=f"laporan {month} tersimpan")


@task(task_run_name="laporan {month}", cache_policy=NO_CACHE, persist_result=False)
def _write(month: str) -> reports.Written:
    return reports.report_month(office(), month, CLOCK)


def _last_month(today: date) -> str:
    """YYYY-MM"""
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"
