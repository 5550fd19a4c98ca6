"""What a command costs with everything it starts: seconds of wall and processor, memory of all at the peak."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

PR_SET_CHILD_SUBREAPER = 36
"""prctl(2): daemons that a command leaves behind fall to us, so that their time is counted too."""
EVERY_S = 0.1
DAEMON_S = 3.0
"""How long what a command left behind may take to end by itself."""


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and of processor; MiB (proportional set size, proc(5)) of the whole tree."""

    wall: float
    cpu: float
    memory: float


def measure(command: Sequence[str], environment: Mapping[str, str], said: Path) -> tuple[Cost, int]:
    """Run to the end, output into `said`; what it cost, and its exit status."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    others = set(_tree())
    before, began, peak = _children(), time.monotonic(), _Peak(others)
    with said.open("wb") as file:
        status = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file, check=False
        )
    wall = time.monotonic() - began
    _end(others)
    return Cost(wall, _children() - before, peak.end()), status.returncode


class _Peak:
    """Looks on from a thread of its own."""

    def __init__(self, others: set[int]) -> None:
        self._others, self._most, self._done = others, 0.0, Event()
        self._thread = Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        while not self._done.wait(EVERY_S):
            self._most = max(self._most, sum(_memory(pid) for pid in set(_tree()) - self._others))

    def end(self) -> float:
        self._done.set()
        self._thread.join()
        return self._most


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _tree() -> list[int]:
    """All processes below this one."""
    below: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := _parent(entry)):
            below.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [os.getpid()]
    while todo:
        found += (ours := below.get(todo.pop(), []))
        todo += ours
    return found


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _memory(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _end(others: set[int]) -> None:
    """What was left behind ends, by itself or made to, and is waited for."""
    end = time.monotonic() + DAEMON_S
    while left := set(_tree()) - others:
        for pid in left:
            if time.monotonic() > end:
                os.kill(pid, 9)
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                continue
        time.sleep(0.05)
