"""Starting and stopping the demo's parts: child processes of ours, and SSH servers of one background thread."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

LOOPBACK = "127.0.0.1"
_START_S = 30.0
_STOP_S = 5.0

_T = TypeVar("_T")


class PartFailed(Exception):
    """A part of the demo did not start; the message is Indonesian and names it."""


@dataclass(frozen=True)
class Part:
    """What a part of the demo is made of: the real program, or a double that stands for it."""

    name: str
    real: bool
    made_of: str


def program(name: str) -> str:
    """Path of an installed program, sbin included (Debian keeps it out of users' PATH); empty when there is none."""
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin:/usr/local/sbin") or ""


def free_port() -> int:
    """A TCP port of the loopback that nothing uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


class Processes:
    """Child processes that end with the demo, in reverse order, whatever way it ends."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in reversed(self._running):
            _stop(process)

    def start(self, name: str, *argv: str, port: int) -> None:
        """Run a program in the foreground until it listens on `port`. Raises PartFailed with its last words."""
        log = self._logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - argv is the demo's own
                [*_ending_with_us(), *argv],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._running.append(process)
        if not _listening(port, lambda: process.poll() is None):
            _stop(process)
            raise PartFailed(f"{name} tidak mau berjalan: {_last_line(log)}")


def _ending_with_us() -> list[str]:
    """A prefix that has the kernel end a process when the demo is killed outright (util-linux, prctl(2))."""
    setpriv = program("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _listening(port: int, alive: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and alive():
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return True
        time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and its children: they share a session of their own."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_S)
            return


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "tanpa keterangan")


class Loop:
    """An asyncio loop in a thread of its own, for the servers that are doubles."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="demo", daemon=True)
        self._thread.start()
        self._closing: list[Callable[[], Awaitable[None]]] = []
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(TimeoutError):
            self.run(self._end(), _STOP_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_STOP_S)

    def run(self, work: Coroutine[Any, Any, _T], timeout_s: float = _START_S) -> _T:
        """Result of a coroutine run on the loop, waited for."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout_s)

    async def _end(self) -> None:
        for close in reversed(self._closing):
            await close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def on_close(self, close: Callable[[], Awaitable[None]]) -> None:
        self._closing.append(close)
