"""Leases that outlast a slow step but not a dead process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from time import monotonic, sleep

from flows.office import Office
from sop.register.errors import RegisterError, TargetLocked
from sop.register.leases import Lease
from sop.register.records import Actor

TTL_S = 60.0
"""After SIGKILL a target is free again this soon; while its process lives the lease is renewed."""
PATIENCE_S = 90.0
"""How long a flow waits for a target, so that it outwaits the lease of a run that died."""
_LOOK_S = 2.0


@contextmanager
def holding(office: Office, target: str, why: str, actor: Actor, patience_s: float = 0.0) -> Iterator[Lease]:
    """Holds `target` for the block. Raises TargetLocked when it is another's for longer than `patience_s`."""
    with ExitStack() as stack:
        lease = _taken(stack, office, target, why, actor, patience_s)
        done = threading.Event()
        keeper = threading.Thread(target=_keep, args=(lease, done), name=f"lease {target}", daemon=True)
        keeper.start()
        try:
            yield lease
        finally:
            done.set()
            keeper.join()


def _taken(stack: ExitStack, office: Office, target: str, why: str, actor: Actor, patience_s: float) -> Lease:
    end = monotonic() + patience_s
    while True:
        try:
            owner = actor.official or "pelihara"
            return stack.enter_context(office.register.lease(target, owner, why, TTL_S, actor))
        except TargetLocked:
            if monotonic() >= end:
                raise
            sleep(_LOOK_S)


def _keep(lease: Lease, done: threading.Event) -> None:
    """A lease that is lost stays lost: the permit finds out at the next write."""
    with suppress(RegisterError):
        while not done.wait(TTL_S / 3):
            lease.renew()
