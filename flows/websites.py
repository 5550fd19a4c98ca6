"""Website flows: what Prefect's page offers for websites. The work itself is in flows.jobs.websites."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows import artifacts
from flows.forms import WebsiteCaseForm, WebsiteChangeForm, WebsitesForm
from flows.jobs import websites as jobs
from flows.jobs.changes import ready_plan
from flows.jobs.leases import PATIENCE_S
from flows.network import BATCH, ME, ONE_BY_ONE, SIDE_BY_SIDE, known_case, named, office, settled
from playbooks.findings import TargetResult
from playbooks.plans import Outcome
from sop.register.records import Actor


@flow(
    name="Periksa website",
    flow_run_name="Periksa {isian.label}",
    task_runner=SIDE_BY_SIDE,
    persist_result=False,
)
def check(isian: WebsitesForm) -> State[None]:
    """Check websites as a visitor and on their hosts; nothing is changed."""
    here = office()
    case = known_case(here, isian.permohonan)
    names = jobs.chosen(here, isian.website, isian.opd, isian.semua)
    size = 1 if len(names) <= ONE_BY_ONE else BATCH
    batches = [names[start : start + size] for start in range(0, len(names), size)]
    done = [result for read in [_check.submit(batch, case) for batch in batches] for result in read.result()]
    found, title = [each.as_json() for each in done], f"Periksa {isian.label}"
    artifacts.findings("periksa-website", title, found, here.register.audit_tip())
    return Completed(message=f"{len(done)} website: {artifacts.summary(each.status for each in done)}")


@task(task_run_name=named("periksa"), cache_policy=NO_CACHE, persist_result=False)
def _check(names: Sequence[str], case: str) -> list[TargetResult]:
    return jobs.check_websites(office(), names, case, _tell, ME)


@task(task_run_name=named("cadangkan"), cache_policy=NO_CACHE, persist_result=False)
def back_up_batch(names: Sequence[str], case: str, actor: Actor) -> list[jobs.BackedUp]:
    """Files and databases, on their hosts; the table names every site."""
    done = jobs.back_up_websites(office(), names, case, _tell, actor, PATIENCE_S)
    artifacts.table("cadangkan-website", f"Cadangan {len(done)} website", [each.as_json() for each in done])
    return done


@flow(name="Pelihara website", flow_run_name="Pelihara {isian.label}", persist_result=False)
def maintain(isian: WebsiteCaseForm) -> State[None]:
    """Back up and check a website for its case."""
    here = office()
    done = _maintain(isian.permohonan, isian.website)
    artifacts.table("cadangkan-website", f"Cadangan {isian.website}", [done.backup.as_json()])
    title = f"{isian.permohonan}: pemeliharaan {isian.website}"
    artifacts.findings("pelihara-website", title, [done.check.as_json()], here.register.audit_tip())
    message = f"cadangan {done.backup.status}, pemeriksaan {done.check.status}"
    return Completed(message=message) if done.ok else Failed(message=message)


@task(task_run_name="pelihara {name}", cache_policy=NO_CACHE, persist_result=False)
def _maintain(case: str, name: str) -> jobs.Maintained:
    return jobs.maintain(office(), case, name, ME, _tell, PATIENCE_S)


@flow(name="Pasang website", flow_run_name="Pasang {isian.label}", persist_result=False)
def deploy(isian: WebsiteChangeForm) -> State[None]:
    """Put a release in place by an approved plan."""
    return _change("deploy", isian)


@flow(name="Siapkan hosting", flow_run_name="Hosting {isian.label}", persist_result=False)
def host(isian: WebsiteChangeForm) -> State[None]:
    """Prepare web server, PHP and database for a site by an approved plan."""
    return _change("host", isian)


@flow(name="Atur domain", flow_run_name="Domain {isian.label}", persist_result=False)
def domain(isian: WebsiteChangeForm) -> State[None]:
    """Point a domain to its host by an approved plan."""
    return _change("domain", isian)


def _change(action: str, isian: WebsiteChangeForm) -> State[None]:
    here = office()
    plan = ready_plan(here, isian.permohonan, action, isian.website, isian.rencana)
    done = _apply(isian.permohonan, isian.website, action, plan)
    title = f"{isian.permohonan}: {isian.website}"
    artifacts.outcome(f"perubahan-{action}", title, done, here.register.audit_tip())
    return settled(done)


@task(task_run_name="{action} {name}", cache_policy=NO_CACHE, persist_result=False)
def _apply(case: str, name: str, action: str, plan: str) -> Outcome:
    return jobs.apply_plan(office(), case, name, action, plan, ME, get_run_logger().info)


def _tell(name: str, outcome: str) -> None:
    get_run_logger().info("%s: %s", name, artifacts.plain(outcome))
