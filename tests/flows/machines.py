"""Stand-ins for what is at the other end of SSH: a web host whose sites remember what was done to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from flows.jobs import websites
from playbooks.findings import Finding, Reason, Severity, TargetError, TargetResult
from playbooks.hosting.backup import SiteBackup
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Plan


@dataclass
class WebHost:
    """`done` are the actions that took effect, in order; `writes` counts changes of anything."""

    done: list[str] = field(default_factory=list)
    writes: int = 0
    silent: bool = False
    drifted: bool = False
    """Somebody else changed it: planning again gives another plan."""
    breaks_at: str = ""
    """An action during which the process is killed, right after its first write."""
    fails: str = ""
    """An action whose verification fails."""
    backups: int = 0

    @contextmanager
    def open(self, _: object) -> Iterator[WebHost]:
        if self.silent:
            raise TargetError("web-1", Reason.UNREACHABLE, "tidak ada jawaban")
        yield self

    def plan(self, action: str) -> Plan:
        changes = () if action in self.done else (f"lakukan {action}",)
        ladder = Ladder.B if action == "domain" else Ladder.A
        base = "lain" if self.drifted else ""
        return Plan(action, "dinkes-web", ladder, f"{action} dinkes.example.go.id", changes, base=base)

    def apply(self, plan: Plan, permit: Callable[[], None]) -> Outcome:
        now = self.plan(plan.action)
        if not now.changes:
            return Outcome("unchanged")
        if now.hash != plan.hash:
            raise ChangedSincePlan("keadaan berubah")
        permit()
        self.writes += 1
        if self.breaks_at == plan.action:
            raise KeyboardInterrupt
        if self.fails == plan.action:
            return Outcome("rolled_back", "halaman tidak menjawab")
        self.done.append(plan.action)
        return Outcome("applied", steps=((datetime.now(UTC).isoformat(), f"{plan.action} selesai"),))

    def back_up(self, *_: object) -> SiteBackup:
        self.backups += 1
        return SiteBackup("dinkes-web", "/var/backups/x/1", "1", "a" * 64, "", 1024, datetime.now(UTC))

    def check(self, place: Any, shell: object, *_: object) -> TargetResult:
        found = () if "deploy" in self.done else (Finding("http.down", Severity.CRITICAL, "/", "502", "Pasang situs."),)
        return TargetResult(place.slug, 0.1, found if shell is not None else ())


@pytest.fixture
def web_host(monkeypatch: pytest.MonkeyPatch) -> WebHost:
    """The host of dinkes-web."""
    host = WebHost()

    def pair(action: str) -> tuple[Any, Any]:
        return (lambda *_: host.plan(action), lambda plan, _place, _shell, permit, _step: host.apply(plan, permit))

    monkeypatch.setattr(websites, "CHANGES", {action: pair(action) for action in websites.CHANGES})
    monkeypatch.setattr(websites, "open_host", host.open)
    monkeypatch.setattr(websites.check, "check", host.check)
    monkeypatch.setattr(websites.backup, "back_up", host.back_up)
    monkeypatch.setattr(websites.Site, "access", property(lambda place: place.slug))
    monkeypatch.setattr(websites, "wanted", lambda *_: list(websites.NEW_SITE))
    return host
