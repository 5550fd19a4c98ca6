"""Making a planned change safely: way back first, permit before each write, proof over a new session, or all undone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from playbooks.findings import Finding, Reason, TargetError
from playbooks.network import platforms
from playbooks.network.backup import UNPROVEN, ConfigCopy, fetch_config
from playbooks.network.connect import Session, open_session
from playbooks.network.endpoints import Endpoint
from playbooks.network.platforms.platform import ARMED_MINUTES, Platform
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Permit, Plan

OnStep = Callable[[str], None]
Keep = Callable[[ConfigCopy], None]
VERIFY_S = 30.0
"""How long a change may take to show that it helped: protocols converge."""
RETURN_S = 120.0
"""How long a device that no longer answers is tried again before its way back is given up."""
PAUSE_S = 1.0
WORK_S = VERIFY_S + RETURN_S + 240.0
"""How long the session of a change may be in use: commits and saves take their minute too."""
RECOVER_S = ARMED_MINUTES * 60.0 + 180.0
MARGIN_S = 20.0
"""So long before the device takes a change back by itself it is no longer confirmed."""

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
    armed_at: float | None = None
    """When (time.monotonic) the device was told to take the change back by itself."""

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
    keep: Keep | None = None
    """Told the configuration of before, which is all there is of it, before anything is written."""

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
    copy = _backed_up(work, session)
    _require_guard(work, session, copy)
    try:
        _arm(work, session)
        _write(work, session)
        if work.plan.ladder is Ladder.A:
            # What a device shut by itself it shuts again within seconds.
            time.sleep(SETTLE_S)
        proof = _verify(work)
        if not proof.wrong:
            _keep(work, session)
            return work.outcome("applied", after=_left(work, proof.findings))
        why = f"verifikasi gagal: {proof.wrong}"
    except TargetError as error:
        why = f"perintah gagal: {error.said}"
    except BaseException:
        # A permit that is withdrawn here, Ctrl-C, a mistake of ours: nothing stays half done.
        _undo(work, session, copy, "dihentikan")
        raise
    return _undo(work, session, copy, why)


def _backed_up(work: Work, session: Session) -> ConfigCopy:
    copy = fetch_config(session)
    if not copy.proven:
        raise TargetError(work.plan.target, Reason.UNPROVEN, f"tidak ada yang diubah: {UNPROVEN}")
    if copy.digest != work.plan.base:
        raise ChangedSincePlan(f"{work.plan.target}: konfigurasi berubah sejak rencana dibuat; buat rencana baru")
    if work.keep:
        work.keep(copy)
    work.steps.say(f"konfigurasi {copy.digest[:12]} dicadangkan ({copy.bytes} byte)")
    return copy


def _require_guard(work: Work, session: Session, copy: ConfigCopy) -> None:
    platform = session.platform
    if work.plan.ladder is Ladder.B and not platform.can_arm(copy.text):
        why = f"perangkat belum dapat membatalkan sendiri: {platform.undo}"
        raise TargetError(session.endpoint.name, Reason.REFUSED_OUTPUT, why)


def _arm(work: Work, session: Session) -> None:
    platform, armed = session.platform, bool(session.platform.enter_armed)
    if work.plan.ladder is Ladder.A:
        return
    for command in platform.arm(work.plan.way_back):
        work.permit()
        armed = re.search(platform.guarded, _tell(session, command)) is not None
    work.steps.armed_at = time.monotonic() if armed else None
    work.steps.say("jalan mundur dipasang di perangkat" if armed else f"jalan mundur disiapkan: {platform.undo}")


def _tell(session: Session, command: str) -> str:
    """A command of the device's own way back."""
    return session.run(command) if session.platform.guard_by_exec else session.order(command)


def _write(work: Work, session: Session) -> None:
    work.permit()
    if work.plan.details.get("exec"):
        for command in work.commands:
            session.order(command)
    else:
        session.configure(work.commands, armed=work.plan.ladder is Ladder.B)
    work.steps.say(f"{len(work.commands)} perintah dijalankan")


def _verify(work: Work) -> Proof:
    """Ask over new sessions until the change proves good and the rest has settled, or time is up."""
    begin = time.monotonic()
    while True:
        try:
            with open_session(work.endpoint, VERIFY_S) as fresh:
                proof = work.proof(fresh)
        except TargetError as error:
            proof = Proof(f"sambungan baru gagal ({error.said})")
        waited = time.monotonic() - begin
        if not proof.wrong and (proof.settled or waited >= SETTLE_S):
            work.steps.say("terbukti baik lewat sambungan baru")
            return proof
        if waited >= VERIFY_S:
            return proof
        time.sleep(PAUSE_S)


def _keep(work: Work, session: Session) -> None:
    with _usable(work, session) as good:
        if work.steps.armed_at is not None:
            _require_time_left(work)
            for command in good.platform.disarm:
                work.permit()
                _tell(good, command)
            work.steps.say("jalan mundur dilepas")
        if work.save:
            work.permit()
            work.steps.saving = True
            save(good)
            work.steps.say("konfigurasi disimpan")


def _require_time_left(work: Work) -> None:
    """Confirming what the device is just taking back would call a change good that is gone."""
    if time.monotonic() - (work.steps.armed_at or 0.0) > ARMED_MINUTES * 60 - MARGIN_S:
        raise TargetError(work.endpoint.name, Reason.TIMEOUT, "perangkat sudah membatalkan sendiri")


def _left(work: Work, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """What the proof saw, less what keeping the change has put right since."""
    return tuple(each for each in findings if not (work.save and each.code == "config.unsaved"))


def save(session: Session) -> None:
    """Make the running configuration the saved one. Raises TargetError when the device does not say that it did."""
    said = "\n".join(session.order(command) for command in session.platform.save)
    if session.platform.save and not _matches(session.platform.saved, said):
        raise TargetError(session.endpoint.name, Reason.REFUSED_OUTPUT, f"tidak tersimpan: {said.strip()[:200]}")


def _matches(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.MULTILINE) is not None


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
            problem = error.said
        if time.monotonic() >= end:
            work.steps.say(f"jalan mundur gagal: {problem}")
            way = "; ".join(work.plan.way_back)
            return work.outcome("failed", f"{why}; jalan mundur gagal: {problem}. Kembalikan di tempat: {way}")
        time.sleep(PAUSE_S)


def _take_back(work: Work, session: Session, copy: ConfigCopy) -> None:
    """As the device itself does, or by the difference to the copy, whatever stands there now; else by the inverse."""
    now = fetch_config(session)
    if now.digest != copy.digest and (compare := _by_us(session.platform)):
        session.configure(compare(now.text, copy.text))
    elif now.digest != copy.digest:
        _try_each(session, session.platform.undo_now)
        if fetch_config(session).digest != copy.digest:
            with suppress(TargetError):
                session.configure(work.plan.way_back)
    if work.steps.armed_at is not None:
        _try_each(session, session.platform.disarm)


def _by_us(platform: Platform) -> Callable[[str, str], tuple[str, ...]] | None:
    """The comparison to take a change back with, where the device does not return by itself to what it was."""
    return None if platform.undo_now else platform.difference


def _try_each(session: Session, commands: Iterable[str]) -> None:
    """Refused where nothing is armed (any more), and that is as good."""
    for command in commands:
        with suppress(TargetError):
            _tell(session, command)


INTERRUPTED = "pekerjaan sebelumnya terputus di tengah; perubahan setengah jalan"


def recover(
    plan: Plan, endpoint: Endpoint, permit: Permit, base: str, since_s: float, on_step: OnStep | None = None
) -> Outcome | None:
    """What a run that died left on a device: taken back, by the device itself or by us. None when nothing is left.

    `base`: the configuration of before the change, empty where nobody has it; `since_s`: how long ago (seconds) its
    last write was permitted. Raises TargetError when the device cannot be read.
    """
    work = Work(plan, endpoint, permit, lambda _: Proof(INTERRUPTED), Steps(on_step, armed_at=time.monotonic()))
    copy = ConfigCopy(base, plan.base, "", len(base))
    end = time.monotonic() + ARMED_MINUTES * 60 + MARGIN_S - since_s
    with open_session(endpoint, RECOVER_S) as session:
        now = fetch_config(session)
        if now.digest == copy.digest:
            _call_off(session)
            return None
        work.steps.say(f"{INTERRUPTED} ditemukan")
        # Where the device takes it back in the meantime there is nothing left to do but to prove it.
        while not _is_ours(work, now, copy):
            if time.monotonic() >= end:
                way = "; ".join(plan.way_back)
                return work.outcome("failed", f"{INTERRUPTED} bercampur perubahan lain. Kembalikan di tempat: {way}")
            time.sleep(PAUSE_S)
            now = fetch_config(session)
        return _undo(work, session, copy, INTERRUPTED)


def _call_off(session: Session) -> None:
    """A way back that no configuration shows may still be waiting for its time."""
    if session.platform.guard_by_exec:
        _try_each(session, session.platform.disarm)


def _is_ours(work: Work, now: ConfigCopy, copy: ConfigCopy) -> bool:
    """Whether taking the change back would lead to the configuration of before, and undo nobody else's work."""
    if now.digest == copy.digest:
        return True
    compare = _by_us(platforms.get(work.endpoint.platform))
    return compare is not None and set(compare(now.text, copy.text)) <= {*work.plan.way_back, "exit"}


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
