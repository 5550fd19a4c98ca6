"""A reader process: errands come in over a socket, visits go out. `fleet` starts it; a socket's number is an argument.

With several sockets it becomes as many processes. It loads everything while it is one and has one thread, so that
splitting is safe and what was loaded is shared memory.
"""

from __future__ import annotations

import gc
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from threading import Lock
from typing import NoReturn

from playbooks.network.errands import Errand
from playbooks.network.fleet import READER_THREADS
from playbooks.network.visits import visit


def split(sockets: list[int]) -> int:
    """One process a socket; returns this one's, all others closed. The first stays until the others have ended."""
    mine, place = sockets[0], 0
    gc.freeze()  # the collector would write into what they share
    for number, each in enumerate(sockets[1:], 1):
        if os.fork() == 0:
            mine, place = each, number
            break
    for each in sockets:
        if each != mine:
            os.close(each)
    _keep_to_a_processor(place)
    return mine


def _keep_to_a_processor(place: int) -> None:
    """The threads of one Python take turns anyhow; on one processor a turn costs less."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {allowed[place % len(allowed)]})


def serve(number: int) -> None:
    """Visits until the other side hangs up."""
    connection, one_at_a_time = Connection(number), Lock()

    def go(errand: Errand) -> None:
        done = visit(errand)
        with one_at_a_time, suppress(OSError):
            connection.send(done)

    pool = ThreadPoolExecutor(READER_THREADS)
    with suppress(EOFError, OSError):
        while True:
            pool.submit(go, connection.recv())


def end() -> NoReturn:
    """At once, whatever threads still wait for; after the processes that this one split off."""
    with suppress(ChildProcessError):
        while True:
            os.wait()
    os._exit(0)


if __name__ == "__main__":
    serve(split([int(number) for number in sys.argv[1:]]))
    end()
