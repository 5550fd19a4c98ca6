"""Shells for reading many sites at once: few logins a host, kept open, and a host that is lost is not asked again."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from playbooks.findings import Reason, TargetError
from playbooks.hosting.connect import HostAccess, Shell, open_host

LOGINS = 4
"""Logins to one host at a time: sshd's MaxStartups begins to drop at ten."""


class Shells:
    """Opens shells as they are asked for, closes all at the end. For many threads."""

    def __init__(self, logins: int = LOGINS) -> None:
        self._logins = logins
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def shell(self, access: HostAccess, timeout_s: float) -> Shell:
        """A shell whose commands each wait for a free login. Raises TargetError when there is none to be had."""
        with self._lock:
            host = self._hosts.setdefault(access.name, _Host(access, self._logins))
        if not host.reached:
            with host.login(timeout_s):
                pass
        return _Borrowing(host, timeout_s)

    def close(self) -> None:
        for host in self._hosts.values():
            host.close()


class _Host:
    def __init__(self, access: HostAccess, logins: int) -> None:
        self.access = access
        self.reached = False
        self.lost: TargetError | None = None
        self.told: dict[tuple[str, ...], str] = {}
        self.asking = threading.Lock()
        self._free: queue.LifoQueue[tuple[ExitStack, Shell] | None] = queue.LifoQueue()
        for _ in range(logins):
            self._free.put(None)

    @contextmanager
    def login(self, timeout_s: float) -> Iterator[Shell]:
        """A login, alone, within `timeout_s`. Raises TargetError."""
        try:
            held = self._free.get(timeout=timeout_s)
        except queue.Empty:
            raise TargetError(self.access.name, Reason.TIMEOUT, "servernya terlalu sibuk dengan situs lain") from None
        try:
            held = held or self._opened()
            self.reached = True
            yield held[1]
        except TargetError as error:
            if held and error.reason in (Reason.TIMEOUT, Reason.UNREACHABLE):
                held[0].close()
                held = None
            raise
        finally:
            self._free.put(held)

    def _opened(self) -> tuple[ExitStack, Shell]:
        if self.lost:
            raise TargetError(self.lost.target, self.lost.reason, self.lost.detail)
        stack = ExitStack()
        try:
            return stack, stack.enter_context(open_host(self.access))
        except TargetError as error:
            self.lost = error
            raise

    def close(self) -> None:
        """Logins in use are closed by their timeouts."""
        while not self._free.empty():
            if held := self._free.get():
                held[0].close()


class _Borrowing(Shell):
    """Reads through whichever login is free."""

    def __init__(self, host: _Host, timeout_s: float) -> None:
        self._host, self.access, self.name, self.host = host, host.access, host.access.name, host.access.host
        self.timeout_s = timeout_s

    def within(self, timeout_s: float) -> Shell:
        return _Borrowing(self._host, timeout_s)

    def run(self, *argv: str, timeout_s: float | None = None) -> str:
        limit = timeout_s or self.timeout_s
        end = time.monotonic() + limit
        with self._host.login(limit) as shell:
            return shell.within(max(0.1, end - time.monotonic())).run(*argv)

    def once(self, script: str, *arguments: str) -> str:
        if not self._host.asking.acquire(timeout=self.timeout_s):
            raise TargetError(self.name, Reason.TIMEOUT, "servernya terlalu sibuk dengan situs lain")
        try:
            asked = (script, *arguments)
            if asked not in self._host.told:
                self._host.told[asked] = self.script(*asked)
            return self._host.told[asked]
        finally:
            self._host.asking.release()
