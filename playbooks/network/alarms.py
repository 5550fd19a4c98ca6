"""Calls at a moment to come, all made by one thread: a timer thread for each session of a fleet costs too much."""

from __future__ import annotations

import sched
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Thread

LOOK_S = 0.1
"""A call may come late by so much."""


@contextmanager
def after(seconds: float, call: Callable[[], object]) -> Iterator[None]:
    """`call` is made unless the block ends within so many seconds; it must be quick and not raise."""
    agenda = _agenda()
    entry = agenda.enter(seconds, 0, call)
    try:
        yield
    finally:
        with suppress(ValueError):  # it was made
            agenda.cancel(entry)


@cache
def _agenda() -> sched.scheduler:
    agenda = sched.scheduler(time.monotonic)
    Thread(target=_keep, args=(agenda,), name="alarms", daemon=True).start()
    return agenda


def _keep(agenda: sched.scheduler) -> None:
    while True:
        agenda.run(blocking=False)
        time.sleep(LOOK_S)
