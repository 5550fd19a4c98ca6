"""Many devices visited side by side: a few by threads of this process, a fleet by reader processes.

A log-in is mostly computing, and of the threads of one Python only one computes: so a fleet gets a reader process for
each processor, with threads for the waiting. Readers are started afresh, not forked off a program that has threads and
a database open. Errands and visits go over socket pairs, so no secret stands in an argument or an environment; a reader
whose socket ends, ends: none outlives the process that sent it, however that ends.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Lock, Thread

from playbooks.findings import Reason
from playbooks.network.errands import Errand, Visit

FEW = 40
"""Up to so many devices are not worth the start of readers."""
THREADS = 32
"""Visits side by side in this process."""
READER_THREADS = 48
"""Visits side by side in one reader."""
READERS = 4
"""At most: more would only wait for the one who writes down what they bring home."""
END_S = 5.0
"""How long readers may take to end once they were hung up on."""
CARRIED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
"""What a reader gets of the environment; secrets come with the errands."""


class Threads:
    """Visits by threads of this process."""

    size = THREADS

    def __init__(self) -> None:
        self.home: SimpleQueue[Visit] = SimpleQueue()
        """Visits as they end."""
        from playbooks.network.visits import visit  # what talks SSH is loaded by who talks

        self._visit = visit
        self._pool = ThreadPoolExecutor(self.size, thread_name_prefix="device")

    def send(self, errand: Errand) -> None:
        self._pool.submit(self._visit, errand).add_done_callback(lambda done: self.home.put(done.result()))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


class Readers:
    """Visits by processes of their own."""

    def __init__(self) -> None:
        self.home: SimpleQueue[Visit] = SimpleQueue()
        """Visits as they end; those of a reader that was killed have failed."""
        count = min(READERS, len(os.sched_getaffinity(0)))
        self.size = count * READER_THREADS
        pairs = [socket.socketpair() for _ in range(count)]
        self._process = _started([theirs for _, theirs in pairs])
        self._readers = [_Reader(ours, self.home) for ours, _ in pairs]

    def send(self, errand: Errand) -> None:
        """To the reader with the least to do."""
        min(self._readers, key=lambda each: (each.gone, len(each.away))).send(errand)

    def close(self) -> None:
        for reader in self._readers:
            reader.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Reader:
    """Our end of one reader's socket."""

    def __init__(self, ours: socket.socket, home: SimpleQueue[Visit]) -> None:
        self.away: set[str] = set()
        self.gone = False
        self._socket, self._home, self._lock = ours, home, Lock()
        self._connection = Connection(os.dup(ours.fileno()))
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def send(self, errand: Errand) -> None:
        with self._lock:
            self.away.add(errand.name)
            if self.gone:
                self._lose()
        # Whoever cannot be reached has hung up, and the listener says so.
        with suppress(OSError):
            self._connection.send(errand)

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._listener.join()
        self._socket.close()
        self._connection.close()

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                came: Visit = self._connection.recv()
                self.away.discard(came.name)
                self._home.put(came)
        with self._lock:
            self.gone = True
            self._lose()

    def _lose(self) -> None:
        """Nobody brings these home any more."""
        while self.away:
            lost = Visit(self.away.pop(), reason=Reason.ERROR, detail="proses pembaca berhenti sebelum selesai")
            self._home.put(lost)


def _started(ends: list[socket.socket]) -> subprocess.Popen[bytes]:
    """The process that becomes all readers; it gets their ends of the sockets."""
    numbers = [end.fileno() for end in ends]
    # The same packages as here, and few heaps: each thread's own would double the memory.
    environment = {name: os.environ[name] for name in CARRIED if name in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "MALLOC_ARENA_MAX": "2"}
    command = [sys.executable, "-P", "-m", "playbooks.network.reader", *map(str, numbers)]
    try:
        # A session of its own: Ctrl-C is for the parent, who then hangs up.
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            pass_fds=numbers,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    finally:
        for end in ends:
            end.close()


Crew = Threads | Readers


@contextmanager
def crew(devices: int) -> Iterator[Crew]:
    """Whoever visits so many devices: takes errands by `send`, puts visits into `home`, one for each errand."""
    hired = Readers() if devices > FEW else Threads()
    try:
        yield hired
    finally:
        hired.close()
