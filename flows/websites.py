"""Website flows: what Prefect's page offers for websites. The work itself is in flows.jobs.websites."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import artifacts
from flows.forms import MaintenanceForm, WebsiteChangeForm, WebsiteDrillForm, WebsitesForm
from flows.jobs import site_drills
from flows.jobs import websites as jobs
from flows.jobs.drills import STATUSES, Drilled
from flows.jobs.leases import PATIENCE_S
from flows.jobs.maintenance import STATES, Maintained, maintain_websites
from flows.jobs.targets import known_case
from flows.runs import ME, SIDE_BY_SIDE, change, in_words, marked, named, office, read, tell
from flows.words import headline
from playbooks.findings import TargetResult
from sop.register.records import Actor


@flow(
    name="Periksa website",
    flow_run_name="Periksa {isian.label}",
    task_runner=SIDE_BY_SIDE,
    persist_result=False,
)
@in_words
def check(isian: WebsitesForm) -> State[None]:
    """Check websites as a visitor and on their hosts; nothing is changed."""
    here = office()
    case = known_case(here, isian.permohonan)
    names = jobs.chosen(here, isian.website, isian.opd, isian.semua)
    done = read(_check, names, case)
    found, title = [each.as_json() for each in done], f"Periksa {isian.label}"
    artifacts.findings("periksa-website", title, "website", found, here.register.audit_tip())
    return Completed(message=artifacts.plain(headline(found, "website")))


@task(task_run_name=named("periksa"), cache_policy=NO_CACHE, persist_result=False)
def _check(names: Sequence[str], case: str) -> list[TargetResult] | State[list[TargetResult]]:
    return marked(jobs.check_websites(office(), names, case, tell, ME))


@task(task_run_name=named("cadangkan"), cache_policy=NO_CACHE, persist_result=False)
def back_up_batch(names: Sequence[str], case: str, actor: Actor) -> list[jobs.SiteBackedUp]:
    """Files and databases, on their hosts; the table names every site."""
    done = jobs.back_up_websites(office(), names, case, tell, actor, PATIENCE_S)
    artifacts.table(
        "cadangkan-website", f"Cadangan {len(done)} website", artifacts.backup_rows(each.as_json() for each in done)
    )
    return done


@flow(name="Uji pulih website", flow_run_name="Uji pulih {isian.label}", persist_result=False)
@in_words
def drill(isian: WebsiteDrillForm) -> State[None]:
    """Open the newest backups beside their live sites and ask them for their pages."""
    return drilled(drill_batch(jobs.chosen(office(), isian.website, isian.opd, isian.semua), ME))


def drilled(done: Sequence[Drilled]) -> State[None]:
    """A run of drills failed when a backup did; one that could not be tried is told."""
    counted = artifacts.summary(STATUSES[each.status] for each in done)
    bad = ", ".join(each.name for each in done if each.status != "ok")
    message = artifacts.plain(f"{len(done)} website: {counted}" + (f": {bad}" if bad else ""))
    return Failed(message=message) if any(each.status == "failed" for each in done) else Completed(message=message)


@task(task_run_name=named("uji pulih"), cache_policy=NO_CACHE, persist_result=False)
def drill_batch(names: Sequence[str], actor: Actor) -> list[Drilled]:
    """The table names every site and why a backup is not proven."""
    done = site_drills.drill_websites(office(), names, tell, actor, PATIENCE_S)
    rows = [
        {"website": d.name, "cadangan": d.version, "uji pulih": STATUSES[d.status], "keterangan": d.detail or d.how}
        for d in done
    ]
    artifacts.table("uji-pulih-website", f"Uji pulih {len(done)} website", rows)
    return done


@flow(name="Pelihara website", flow_run_name="Pelihara {isian.label}", persist_result=False)
@in_words
def maintain(isian: MaintenanceForm) -> State[None]:
    """Carry each website's open case through steps 6 to 8, until a person's turn."""
    here = office()
    names = jobs.chosen(here, isian.website, isian.opd, isian.semua)
    done = _maintain(names, known_case(here, isian.permohonan))
    rows = [_row(each) for each in done]
    artifacts.table("pelihara-website-permohonan", f"Pemeliharaan {len(done)} website", rows)
    if found := [seen for each in done for seen in each.results]:
        title = f"Temuan pemeliharaan {isian.label}"
        artifacts.findings("pelihara-website", title, "website", found, here.register.audit_tip())
    stuck = ", ".join(each.name for each in done if not each.ok)
    counted = artifacts.summary(STATES[each.state] for each in done)
    message = artifacts.plain(f"{len(done)} website: {counted}" + (f": {stuck}" if stuck else ""))
    return Completed(message=message) if any(each.ok for each in done) else Failed(message=message)


def _row(each: Maintained) -> dict[str, object]:
    said = {"website": each.name, "permohonan": each.case or "-", "keadaan": STATES[each.state]}
    return {**said, "sekarang": each.stands or "-", "sebab": each.reason or "-"}


@task(task_run_name=named("pelihara"), cache_policy=NO_CACHE, persist_result=False)
def _maintain(names: Sequence[str], case: str) -> list[Maintained]:
    return maintain_websites(office(), names, case, tell, ME)


@flow(name="Pasang website", flow_run_name="Pasang {isian.label}", persist_result=False)
@in_words
def deploy(isian: WebsiteChangeForm) -> State[None]:
    """Put a release in place by an approved plan."""
    return change("deploy", isian.permohonan, isian.website, isian.rencana)


@flow(name="Perbarui website", flow_run_name="Perbarui {isian.label}", persist_result=False)
@in_words
def update(isian: WebsiteChangeForm) -> State[None]:
    """Bring WordPress and its parts to the inventory's versions, or its host's packages, by an approved plan."""
    return change("maintain", isian.permohonan, isian.website, isian.rencana)


@flow(name="Bersihkan website", flow_run_name="Bersihkan {isian.label}", persist_result=False)
@in_words
def clean(isian: WebsiteChangeForm) -> State[None]:
    """Move what an intruder left out of a site by an approved plan."""
    return change(jobs.permitted("clean"), isian.permohonan, isian.website, isian.rencana)


@flow(name="Siapkan hosting", flow_run_name="Hosting {isian.label}", persist_result=False)
@in_words
def host(isian: WebsiteChangeForm) -> State[None]:
    """Prepare web server, PHP and database for a site by an approved plan."""
    return change("host", isian.permohonan, isian.website, isian.rencana)


@flow(name="Atur domain", flow_run_name="Domain {isian.label}", persist_result=False)
@in_words
def domain(isian: WebsiteChangeForm) -> State[None]:
    """Point a domain to its host by an approved plan."""
    return change("domain", isian.permohonan, isian.website, isian.rencana)
