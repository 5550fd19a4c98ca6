"""Website jobs: sites checked, backed up and changed by approved plans, and the register told of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Any

from flows.jobs import traces
from flows.jobs.changes import OnStep, Progress, apply_approved, put_forward
from flows.jobs.errors import BadInput
from flows.jobs.leases import holding
from flows.jobs.targets import BackedUp, picked
from flows.office import Office
from playbooks.findings import Reason, TargetError, TargetResult
from playbooks.hosting import (
    check,
    copies,
    deploy,
    domain,
    host,
    lock,
    profile,
    releases,
    restore,
    rollback,
    session,
    tls,
)
from playbooks.hosting.connect import Shell, open_host
from playbooks.hosting.intruders import cleaning
from playbooks.hosting.sentinel import inspecting as sentinel
from playbooks.hosting.sentinel.lexicon import lexicon
from playbooks.hosting.shells import Shells
from playbooks.hosting.site import Site, SiteError
from playbooks.hosting.updates import maintain, system
from playbooks.hosting.vault import Vault
from playbooks.plans import Outcome, Permit, Plan
from sop.register.errors import SealRefused, TargetLocked
from sop.register.records import SOFTWARE, Actor, PlanRecord

PARALLEL = 32
DEADLINE_S = 60.0
"""For one site: a host that says nothing, then a page, a name and a certificate that do not come."""
RUN_S = 900.0
"""For all sites of a run."""

Planner = Callable[[Site, Shell], Plan]
Applier = Callable[[Plan, Site, Shell, Permit, OnStep | None], Outcome]


def _apply_domain(plan: Plan, place: Site, _: Shell, permit: Permit, on_step: OnStep | None) -> Outcome:
    """A name is changed at its DNS server; the host has no part in it."""
    return domain.apply(plan, place, permit, on_step)


def _apply_restore(plan: Plan, place: Site, shell: Shell, permit: Permit, on_step: OnStep | None) -> Outcome:
    """A site is restored from a backup, or to its own release by taking out what an intruder left."""
    apply = cleaning.apply if cleaning.is_cleaning(plan) else restore.apply
    return apply(plan, place, shell, permit, on_step)


def _apply_maintain(plan: Plan, place: Site, shell: Shell, permit: Permit, on_step: OnStep | None) -> Outcome:
    """What is kept up to date is a WordPress, or the packages of the host under it."""
    apply = system.apply if system.is_of_packages(plan) else maintain.apply
    return apply(plan, place, shell, permit, on_step)


CHANGES: dict[str, tuple[Planner, Applier]] = {
    "host": (host.plan, host.apply),
    "deploy": (deploy.plan, deploy.apply),
    "domain": (lambda place, _: domain.plan(place), _apply_domain),
    "tls": (tls.plan, tls.apply),
    "rollback": (rollback.plan, rollback.apply),
    "restore": (restore.plan, _apply_restore),
    "maintain": (maintain.plan, _apply_maintain),
    "packages": (system.plan, _apply_maintain),
    "clean": (cleaning.plan, cleaning.apply),
}
"""By the register's word for the action, which of a clean-up is "restore" too, and of packages "maintain"; the first
four in the order in which a new site needs them."""


def permitted(action: str) -> str:
    """The register's word that allows a change."""
    return {"clean": "restore", "packages": "maintain"}.get(action, action)


NEW_SITE = ("host", "deploy", "domain", "tls")


@dataclass(frozen=True)
class SiteBackedUp(BackedUp):
    path: str = ""
    """On its host."""
    files_sha256: str = ""
    database_sha256: str = ""
    off_host: bool = False
    """Whether it was copied off its host too; `detail` says why not."""


@dataclass(frozen=True)
class _Known:
    """What the register knows of a website's backups (UTC)."""

    backup: datetime | None
    """When the newest good one was made."""
    failed_drill: datetime | None
    """When the last drill was, if it failed."""


def chosen(office: Office, names: Sequence[str], opd: str = "", every: bool = False) -> list[str]:
    """The websites meant, each once, in the order given. Raises BadInput for what the inventory does not know."""
    return picked("website", office.inventory.websites, office.inventory.opd, names, opd, every)


def site(office: Office, name: str) -> Site:
    """Raises SiteError when the inventory has no such website."""
    return Site.of(office.inventory, name, office.known_hosts, office.settings.home / "acme.pem", vault(office))


@contextmanager
def alone(office: Office, name: str, why: str, actor: Actor, patience_s: float) -> Iterator[tuple[Site, Shell]]:
    """A site and a shell on its host, for long work without a plan: the register's lease and the host's own note keep
    others out.

    Raises SiteError, TargetError, and TargetLocked when it is another's for longer than `patience_s`.
    """
    place = site(office, name)
    with (
        holding(office, name, why, actor, patience_s),
        open_host(place.access) as shell,
        lock.held(place, shell, actor.official or "pelihara", why, lock.LONG_S),
    ):
        yield place, shell


def vault(office: Office) -> Vault:
    """Where copies of websites' backups are. What it seals and opens raises TargetError without the right key."""

    def seal(data: bytes) -> bytes:
        try:
            return office.register.seal(data)
        except SealRefused as error:
            raise _without_key(error) from None

    def unseal(sealed: bytes) -> bytes:
        try:
            return office.register.unseal(sealed)
        except SealRefused as error:
            if office.register.seal_is_right():
                raise ValueError("damaged") from error
            raise _without_key(error) from None

    return Vault(office.settings.vault, seal, unseal)


def _without_key(error: SealRefused) -> TargetError:
    return TargetError("salinan cadangan", Reason.ERROR, str(error))


def check_websites(
    office: Office,
    names: Iterable[str],
    case_id: str = "",
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
    kind: str = "findings",
    run_s: float = RUN_S,
) -> list[TargetResult]:
    """Check sites in parallel: what a visitor meets, and the host's side where it can be reached. Kept as evidence.

    A site has `DEADLINE_S`, all together have `run_s`; what is not read by then has failed, and holds up no other.
    """
    asked = [*dict.fromkeys(names)]
    drills = office.register.last_drills(asked)
    known = {
        name: _Known(
            office.register.last_good_backup(name),
            drills[name].at if name in drills and not drills[name].passed else None,
        )
        for name in asked
    }
    results = {}
    for result in _checked(office, known, run_s):
        document = json.dumps(result.as_json(), ensure_ascii=False).encode()
        about = (kind, f"{result.name}.json", "application/json", case_id, result.name)
        office.register.keep(document, *about, actor=actor)
        traces.keep(office, result, case_id, actor)
        results[result.name] = result
        if on_progress:
            on_progress(result.name, result.status)
    return [results[name] for name in asked]


def _checked(office: Office, known: Mapping[str, _Known], run_s: float) -> Iterator[TargetResult]:
    """Results as they come."""
    shells, pool = Shells(), ThreadPoolExecutor(max_workers=min(PARALLEL, max(1, len(known))))
    waiting = {pool.submit(_check, office, name, about, shells): name for name, about in known.items()}
    try:
        for done in as_completed(waiting, run_s):
            del waiting[done]
            yield done.result()
    except TimeoutError:
        late = "belum selesai ketika waktu pemeriksaan habis"
        yield from (TargetResult(name, run_s, reason=Reason.TIMEOUT, detail=late) for name in waiting.values())
    finally:
        # Nobody waits for what hangs: its own deadlines end it.
        pool.shutdown(wait=False, cancel_futures=True)
        shells.close()


def _check(office: Office, name: str, known: _Known, shells: Shells) -> TargetResult:
    """Without its host a site is still seen from outside, and the host's silence is said."""
    end = monotonic() + DEADLINE_S
    try:
        place = site(office, name)
    except SiteError as error:
        return TargetResult(name, 0.0, reason=Reason.ERROR, detail=str(error))
    try:
        shell = shells.shell(place.access, DEADLINE_S / 2)
        return check.check(place, shell, known.backup, end - monotonic(), known.failed_drill)
    except TargetError as error:
        seen = check.check(place, None, known.backup, end - monotonic(), known.failed_drill)
        return replace(seen, reason=error.reason, detail=error.detail)


def inspect(office: Office, url: str, allow_internal: bool) -> TargetResult:
    """One page as its visitors get it, outside the inventory. Raises BadInput for what is no address."""
    try:
        session.sound(sentinel.complete(url))
    except session.FetchError as error:
        raise BadInput(str(error), "bad_address") from None
    return sentinel.inspect(url, allow_internal, words=lexicon(office.inventory.words))


def keep_profile(office: Office, name: str, case_id: str, actor: Actor = SOFTWARE) -> profile.Profile:
    """What the site stands on now, as evidence of kind "profile". Raises SiteError."""
    place = site(office, name)
    try:
        with open_host(place.access) as shell:
            found = profile.read(place, shell)
    except TargetError:
        found = profile.read(place, None)
    document = json.dumps(found.as_json(), ensure_ascii=False).encode()
    office.register.keep(document, "profile", f"{name}.json", "application/json", case_id, name, actor=actor)
    return found


def published(office: Office, name: str) -> bool:
    """Whether the site has a release on its host. Raises SiteError, TargetError."""
    place = site(office, name)
    with open_host(place.access) as shell:
        return bool(releases.read(place.layout, shell).current)


def back_up_websites(
    office: Office,
    names: Iterable[str],
    case_id: str = "",
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
    patience_s: float = 0.0,
) -> list[SiteBackedUp]:
    """Back up files and database of each site on its host, one after the other; hashes go into the register.

    A site that is another's for longer than `patience_s` is not backed up.
    """
    done = []
    for name in names:
        result = _back_up(office, name, actor, patience_s)
        _note(office, result, case_id, actor)
        done.append(result)
        if on_progress:
            on_progress(name, result.status)
    return done


def _back_up(office: Office, name: str, actor: Actor, patience_s: float) -> SiteBackedUp:
    started = monotonic()
    try:
        with alone(office, name, "pencadangan", actor, patience_s) as (place, shell):
            made = copies.make(place, shell)
    except TargetError as error:
        return SiteBackedUp(name, "failed", monotonic() - started, str(error.reason), error.detail)
    except (SiteError, TargetLocked) as error:
        return SiteBackedUp(name, "failed", monotonic() - started, str(Reason.ERROR), str(error))
    return _made(name, made.as_json())


def _made(name: str, told: Mapping[str, Any]) -> SiteBackedUp:
    same = ("seconds", "detail", "bytes", "path", "files_sha256", "database_sha256", "off_host")
    return SiteBackedUp(name, "ok", **{field: told[field] for field in same})


def _note(office: Office, result: SiteBackedUp, case_id: str, actor: Actor) -> None:
    """A backup, or why there is none, goes into the register."""
    office.register.note_backup(result.name, result.status, result.reason, result.detail, result.seconds, actor)
    document = json.dumps(result.as_json(), ensure_ascii=False).encode()
    about = ("backup", f"{result.name}.json", "application/json", case_id, result.name)
    office.register.keep(document, *about, actor=actor)


def make_plan(office: Office, name: str, action: str) -> Plan:
    """The plan of one action on a site as it is now. Raises SiteError (bad inventory), TargetError."""
    place = site(office, name)
    with open_host(place.access) as shell:
        return CHANGES[action][0](place, shell)


def wanted(office: Office, name: str) -> list[str]:
    """What a site of this inventory entry is meant to have, in the order it is set up."""
    place = site(office, name)
    needs = {"deploy": place.website.source is not None, "tls": place.website.tls.issuer != "none"}
    return [action for action in NEW_SITE if needs.get(action, True)]


def propose(
    office: Office, case_id: str, name: str, action: str, actor: Actor = SOFTWARE, on_step: OnStep | None = None
) -> list[PlanRecord]:
    """Put a plan forward in its case; nothing when the site already is so, then `on_step` is told what is left out."""
    plan = make_plan(office, name, action)
    if plan.changes:
        return [put_forward(office, case_id, plan, actor)]
    if on_step:
        for line in plan.left_out:
            on_step(f"tidak dikerjakan: {line}")
    return []


def propose_undoing(office: Office, case_id: str, name: str, actor: Actor = SOFTWARE) -> list[PlanRecord]:
    """Put forward that what the last clean-up moved out comes back. Raises SiteError, TargetError."""
    place = site(office, name)
    with open_host(place.access) as shell:
        plan = cleaning.plan_undo(place, shell)
    return [put_forward(office, case_id, plan, actor)] if plan.changes else []


def propose_removal(office: Office, case_id: str, name: str, actor: Actor = SOFTWARE) -> list[PlanRecord]:
    """Put forward that a site's names are taken out of its zone; nothing when none is there."""
    plan = domain.plan(site(office, name), remove=True)
    return [put_forward(office, case_id, plan, actor)] if plan.changes else []


def apply_plan(
    office: Office,
    case_id: str,
    name: str,
    action: str,
    plan_hash: str,
    actor: Actor,
    on_step: OnStep | None = None,
    patience_s: float = 0.0,
) -> Outcome:
    """Apply one plan of a case: permit before every write, lease, way back. Running it again does what is left.

    Raises RegisterError (PermitRefused above all) before the host is touched, ChangedSincePlan, TargetError, SiteError.
    """

    def change(plan: Plan, permit: Permit) -> Outcome:
        place, about = site(office, name), (actor.official or "pelihara", f"{action} {case_id}")
        with ExitStack() as stack:
            shell = stack.enter_context(open_host(place.access))
            all_of_it = [site(office, each) for each in sorted({name, *_touched(plan)})]
            renewals = [stack.enter_context(lock.held(each, shell, *about)) for each in all_of_it]

            def leave() -> None:
                permit()
                for renew in renewals:
                    renew()

            outcome = CHANGES[action][1](plan, place, shell, leave, on_step)
            for made in outcome.backups:
                _note(office, _made(name, made), case_id, actor)
            return outcome

    return apply_approved(office, case_id, name, action, plan_hash, actor, patience_s, change, _touched)


def _touched(plan: Plan) -> list[str]:
    """The websites that a plan touches beside its own."""
    return [*plan.details["sites"]] if system.is_of_packages(plan) else []
