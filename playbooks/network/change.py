"""Making a planned change safely: way back first, permit before each write, proof over a new session, or all undone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from playbooks.findings import Finding, Reason, TargetError
from playbooks.network.backup import ConfigCopy, fetch_config
from playbooks.network.connect import Endpoint, Session, open_session
from playbooks.network.platforms import frr_diff
from playbooks.plans import ChangedSincePlan, Outcome, Permit, Plan

OnStep = Callable[[str], None]
VERIFY_S = 30.0
"""How long a change may take to show that it helped: protocols converge."""
RETURN_S = 120.0
"""How long a device that no longer answers is tried again before its way back is given up."""
PAUSE_S = 1.0

SETTLE_S = 15.0
"""How long a good change is given to bring the rest back (neighbours, routes) before it is called good as it is."""


@dataclass(frozen=True)
class Proof:
    """What a new session showed: `wrong` is empty when the change is good, `settled` when nothing else is hurt."""

    wrong: str
    findings: tuple[Finding, ...] = ()
    settled: bool = True


@dataclass
class Steps:
    """What was done, in order, with UTC times."""

    on_step: OnStep | None
    done: list[tuple[str, str]] = field(default_factory=list)
    saving: bool = False
    """Whether saving was begun: then undoing has to save too."""

    def say(self, what: str) -> None:
        self.done.append((datetime.now(UTC).isoformat(timespec="seconds"), what))
        if self.on_step:
            self.on_step(what)


@dataclass(frozen=True)
class Work:
    """One change being made."""

    plan: Plan
    endpoint: Endpoint
    permit: Permit
    proof: Callable[[Session], Proof]
    steps: Steps
    before: tuple[dict[str, str], ...] = ()

    @property
    def commands(self) -> tuple[str, ...]:
        return tuple(self.plan.details["commands"])

    @property
    def save(self) -> bool:
        return bool(self.plan.details.get("save"))

    def outcome(self, status: str, detail: str = "", after: tuple[Finding, ...] = ()) -> Outcome:
        shown = tuple(finding.as_json() for finding in after)
        return Outcome(status, detail, tuple(self.steps.done), self.before, shown)


def carry_out(work: Work, session: Session) -> Outcome:
    """Back up, arm, write, verify over a new session, then keep the change or undo it.

    `session` is open and stays so: when no new session comes about, the way back is tried over it first. Raises
    ChangedSincePlan, whatever `permit` raises, and TargetError, all before anything was written.
    """
    copy = fetch_config(session)
    if copy.digest != work.plan.base:
        raise ChangedSincePlan(f"{work.plan.target}: konfigurasi berubah sejak rencana dibuat; buat rencana baru")
    work.steps.say(f"konfigurasi {copy.digest[:12]} dicadangkan ({copy.bytes} byte)")
    _arm(work, session)
    try:
        _write(work, session)
        proof = _verify(work)
        if not proof.wrong:
            _keep(work, session)
            return work.outcome("applied", after=_left(work, proof.findings))
        why = f"verifikasi gagal: {proof.wrong}"
    except TargetError as error:
        why = f"perintah gagal: {error.detail or error.reason}"
    except BaseException:
        # A permit that is withdrawn here, Ctrl-C, a mistake of ours: nothing stays half done.
        _undo(work, session, copy, "dihentikan")
        raise
    return _undo(work, session, copy, why)


def _arm(work: Work, session: Session) -> None:
    commands = session.platform.arm(work.plan.way_back)
    for command in commands:
        work.permit()
        session.order(command)
    armed = commands or session.platform.enter_armed
    work.steps.say(
        "jalan mundur dipasang di perangkat" if armed else "jalan mundur disiapkan: " + session.platform.undo
    )


def _write(work: Work, session: Session) -> None:
    work.permit()
    session.configure(work.commands, armed=True)
    work.steps.say(f"{len(work.commands)} perintah dijalankan")


def _verify(work: Work) -> Proof:
    """Ask over new sessions until the change proves good and the rest has settled, or time is up."""
    begin = time.monotonic()
    while True:
        try:
            with open_session(work.endpoint, VERIFY_S) as fresh:
                proof = work.proof(fresh)
        except TargetError as error:
            proof = Proof(f"sambungan baru gagal ({error.reason})")
        waited = time.monotonic() - begin
        if not proof.wrong and (proof.settled or waited >= SETTLE_S):
            work.steps.say("terbukti baik lewat sambungan baru")
            return proof
        if waited >= VERIFY_S:
            return proof
        time.sleep(PAUSE_S)


def _keep(work: Work, session: Session) -> None:
    with _usable(work, session) as good:
        for command in good.platform.disarm:
            work.permit()
            good.order(command)
        if good.platform.disarm:
            work.steps.say("jalan mundur dilepas")
        if work.save:
            work.permit()
            work.steps.saving = True
            save(good)
            work.steps.say("konfigurasi disimpan")


def _left(work: Work, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What the proof saw, less what keeping the change has put right since."""
    return tuple(each for each in findings if not (work.save and each.code == "config.unsaved"))


def save(session: Session) -> None:
    """Make the running configuration the saved one. Raises TargetError when the device does not say that it did."""
    said = "\n".join(session.order(command) for command in session.platform.save)
    if session.platform.save and not _matches(session.platform.saved, said):
        raise TargetError(session.endpoint.name, Reason.REFUSED_OUTPUT, f"tidak tersimpan: {said.strip()[:200]}")


def _matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text) is not None


def _undo(work: Work, session: Session, copy: ConfigCopy, why: str) -> Outcome:
    """Take the way back until the configuration is proven to be as before, or time is up."""
    work.steps.say(why)
    end = time.monotonic() + RETURN_S
    problem = ""
    while True:
        try:
            with _usable(work, session) as good:
                _take_back(work, good, copy)
                if work.steps.saving:
                    save(good)
            with open_session(work.endpoint) as fresh:
                now = fetch_config(fresh)
            if now.digest == copy.digest:
                work.steps.say("konfigurasi terbukti sama seperti sebelum perubahan")
                return work.outcome("rolled_back", why)
            problem = "konfigurasi belum sama seperti sebelumnya"
        except TargetError as error:
            problem = error.detail or str(error.reason)
        if time.monotonic() >= end:
            work.steps.say(f"jalan mundur gagal: {problem}")
            way = "; ".join(work.plan.way_back)
            return work.outcome("failed", f"{why}; jalan mundur gagal: {problem}. Kembalikan di tempat: {way}")
        time.sleep(PAUSE_S)


def _take_back(work: Work, session: Session, copy: ConfigCopy) -> None:
    """FRR: the difference to the copy, whatever stands there now. Others: the inverse commands of the plan."""
    if session.endpoint.platform == "frr":
        lines = frr_diff.commands(fetch_config(session).text, copy.text)
        if lines:
            session.configure(lines)
        return
    with suppress(TargetError):
        session.configure(work.plan.way_back)
    for command in session.platform.disarm:
        with suppress(TargetError):
            session.order(command)


@contextmanager
def _usable(work: Work, session: Session) -> Iterator[Session]:
    """The session we have while it answers, else a new one."""
    try:
        session.ask(session.platform.reads[0], 5)
    except TargetError:
        with open_session(work.endpoint) as fresh:
            yield fresh
        return
    yield session
