"""The maintenance of websites (SOP website, steps 6 to 8): the open case of each, carried until a person's turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from flows.jobs import cases
from flows.jobs.changes import Progress
from flows.jobs.errors import BadInput
from flows.jobs.step import Carried
from flows.office import Office
from playbooks.findings import TargetError
from playbooks.hosting.site import SiteError
from sop.register.errors import RegisterError
from sop.register.records import SOFTWARE, Actor, CaseRecord

PARALLEL = 4
"""Sites at a time: what changes them is watched by people."""
RUN_S = 4 * 3600.0
"""Sites not begun by then are left for another run; one that is being changed is finished."""
STATES = {
    "waiting": "menunggu giliran orang",
    "stopped": "tertahan",
    "over": "menunggu giliran orang",
    "none": "tanpa permohonan",
    "late": "belum dimulai",
}


@dataclass(frozen=True)
class Maintained:
    """How far a website's case came. `state` is one of `STATES`; `stands` says where the case is now."""

    name: str
    state: str
    case: str = ""
    stands: str = ""
    reason: str = ""
    done: tuple[Carried, ...] = field(default=(), repr=False)
    """What was done at each step, in order."""

    @property
    def ok(self) -> bool:
        return self.state in ("waiting", "over")

    @property
    def results(self) -> list[dict[str, Any]]:
        """The newest findings of the site, as JSON; none when it was not looked at."""
        return next((each.results for each in reversed(self.done) if each.results), [])

    @property
    def documents(self) -> list[str]:
        return [path for each in self.done for path in each.documents]

    def as_json(self) -> dict[str, Any]:
        about = {"name": self.name, "status": self.state, "case": self.case, "stands": self.stands}
        return {**about, "reason": self.reason, "steps": [each.as_json() for each in self.done]}


def maintain_websites(
    office: Office,
    names: Sequence[str],
    case_id: str = "",
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
    run_s: float = RUN_S,
) -> list[Maintained]:
    """Analysis, backup, the approved changes and the report of each site, as far as they go without a person.

    Each in its open case, or all in `case_id` (raises BadInput when that is another site's, UnknownCase). Running it
    again goes on where a person's answer or a killed run left it.
    """
    if case_id and {office.register.case(case_id).website} != {*names}:
        raise BadInput(f"permohonan {case_id} bukan tentang {', '.join(names)}", "other_website")
    pool = ThreadPoolExecutor(max_workers=PARALLEL)
    running = {pool.submit(_maintain, office, name, case_id, actor): name for name in names}
    done = {}
    for each in _finished(pool, running, run_s):
        done[each.name] = each
        if on_progress:
            on_progress(each.name, STATES[each.state])
    return [done[name] for name in names]


def _finished(pool: ThreadPoolExecutor, running: dict[Future[Maintained], str], run_s: float) -> Iterator[Maintained]:
    told = set()
    with suppress(TimeoutError):
        for each in as_completed(running, run_s):
            told.add(each)
            yield each.result()
    pool.shutdown(cancel_futures=True)
    for each in running.keys() - told:
        yield Maintained(running[each], "late", reason="waktu habis") if each.cancelled() else each.result()


def _maintain(office: Office, name: str, case_id: str, actor: Actor) -> Maintained:
    case = office.register.case(case_id) if case_id else _open_case(office, name)
    if case is None:
        return Maintained(
            name, "none", reason="tidak ada permohonan yang terbuka; buka dengan surat, atau tunggu sapuan"
        )
    done: list[Carried] = []
    try:
        while not done or done[-1].state == "done":
            done.append(cases.carry(office, case.id, run=f"{actor.via} {actor.official}".strip()))
        state, reason = done[-1].state, done[-1].reason
    except (RegisterError, TargetError, SiteError) as error:
        state, reason = "stopped", str(error)
    return Maintained(name, state, case.id, office.register.case(case.id).stands, reason, tuple(done))


def _open_case(office: Office, name: str) -> CaseRecord | None:
    """The site's open case; of several one whose maintenance is still to come, the oldest first."""
    opened = office.register.cases(state="open", website=name)
    return min(opened, key=lambda case: (case.maintained_at is not None, case.opened_at), default=None)
