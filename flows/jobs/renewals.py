"""Certificates renewed by the clock: the plan that was approved, carried out again; without one a case is opened."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from flows.jobs.changes import Progress, keep_outcome
from flows.jobs.duties import CLOCK
from flows.jobs.leases import PATIENCE_S, holding
from flows.jobs.notices import tell_informed
from flows.jobs.websites import site
from flows.office import Office
from playbooks.findings import TargetError
from playbooks.hosting import tls
from playbooks.hosting.connect import open_host
from playbooks.hosting.site import SiteError
from playbooks.plans import ChangedSincePlan, Plan
from sop.register.errors import AlreadyDone, RegisterError
from sop.register.records import Actor, PlanRecord

LAPSING = timedelta(days=60)
"""So long before an approval ends, the next case asks for a new one."""


@dataclass(frozen=True)
class Renewal:
    """What became of a certificate that is due.

    `status`: renewed, failed (`detail` says why; the old one is still served), asked (a case was opened), waiting (one
    is open already, and its officials have not answered).
    """

    website: str
    status: str
    detail: str = ""
    case: str = ""

    @property
    def ok(self) -> bool:
        return self.status != "failed"

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def renew_due(office: Office, on_progress: Progress | None = None, actor: Actor = CLOCK) -> list[Renewal]:
    """Every website's certificate that is due; one that fails holds up no other. Running it again does what is left."""
    asked = [name for name, each in office.inventory.websites.items() if each.tls.issuer == "acme"]
    done = []
    for name in asked:
        if (result := _renew(office, name, actor)) is not None:
            done.append(result)
            if on_progress:
                on_progress(name, result.status)
    return done


def approval_lapses(office: Office, name: str) -> bool:
    """Whether a case that is open now should have the site's renewals approved for another year."""
    standing = office.register.standing("tls", name)
    return standing is None or standing[1] - office.register.clock() < LAPSING


def _renew(office: Office, name: str, actor: Actor) -> Renewal | None:
    """None when nothing is due, or the site never had a certificate: its first is its own case's."""
    try:
        if not _due(office, name):
            return None
        standing = office.register.standing("tls", name)
        return _again(office, standing[0], actor) if standing else _ask(office, name, actor)
    except ChangedSincePlan:
        return _ask(office, name, actor)
    except (TargetError, SiteError, RegisterError) as error:
        return Renewal(name, "failed", str(error))


def _due(office: Office, name: str) -> bool:
    place = site(office, name)
    with open_host(place.access) as shell:
        return tls.live_certificate(place, shell) is not None and bool(tls.plan(place, shell).changes)


def _again(office: Office, standing: PlanRecord, actor: Actor) -> Renewal:
    """The same approved plan; its outcome is evidence of the case in which it was approved."""
    plan, place = Plan.from_document(standing.document), site(office, standing.target)
    with holding(office, standing.target, "pembaruan sertifikat", actor, PATIENCE_S) as lease:
        permit = office.register.permit_again(standing, lease, actor)
        permit()
        with open_host(place.access) as shell:
            outcome = tls.apply(plan, place, shell, permit)
        keep_outcome(office, standing.case_id, plan, outcome, actor)
    told = {"plan": standing.hash, "status": outcome.status, "detail": outcome.detail}
    office.register.audit("plan.renewed", standing.case_id, told, actor)
    return Renewal(standing.target, "renewed" if outcome.ok else "failed", outcome.detail, standing.case_id)


def _ask(office: Office, name: str, actor: Actor) -> Renewal:
    """No approval stands for what is due now: a periodic case asks for one."""
    entry = office.inventory.websites[name]
    about = f"Pembaruan sertifikat {entry.domain}"
    try:
        case = office.register.open_case("website", entry.opd, about, None, website=name, origin="berkala", actor=actor)
    except AlreadyDone as error:
        return Renewal(name, "waiting", str(error))
    tell_informed(office, case.id)
    return Renewal(name, "asked", about, case.id)
