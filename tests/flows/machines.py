"""Stand-ins for what is at the other end of SSH: they remember what was done to them, and misbehave when told to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from flows.jobs import network, readings, repairs, websites
from playbooks.findings import Finding, Reason, Severity, TargetError, TargetResult
from playbooks.hosting.connect import CommandFailed
from playbooks.hosting.kept import SiteBackup
from playbooks.hosting.profile import Profile
from playbooks.network import diagnose, rules, visits
from playbooks.network.backup import ConfigCopy
from playbooks.network.diagnose import DeviceReading
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Plan
from sop.register.records import Actor

TEKNIS = Actor("teknis-1", via="cli")
UNSAVED = Finding("config.unsaved", Severity.WARNING, "running-config", "+ip route", "Simpan konfigurasi.")
DOWN = Finding("link.admin_down", Severity.MAJOR, "ether2", "disabled", "Hidupkan kembali.")


def killed(*_: object, **__: object) -> None:
    """As far as the code that is left can tell, SIGKILL."""
    raise KeyboardInterrupt


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
    published: str = "1"
    """The release that is served."""
    locked: str = ""
    """What an operator's lock on the host says."""

    @contextmanager
    def open(self, _: object) -> Iterator[WebHost]:
        if self.silent:
            raise TargetError("web-1", Reason.UNREACHABLE, "tidak ada jawaban")
        yield self

    def script(self, *words: str, **_: object) -> str:
        """The only scripts sent here are those of the lock."""
        if self.locked:
            raise CommandFailed("web-1", words, 75, self.locked)
        return ""

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

    def profile(self, *_: object) -> Profile:
        until = datetime(2027, 1, 31, tzinfo=UTC)
        return Profile({"Rilis": "0002-b" if "deploy" in self.done else "0001-a", "PHP": "8.2.29"}, until)

    def check(self, place: Any, shell: object, *_: object) -> TargetResult:
        found = () if "deploy" in self.done else (Finding("http.down", Severity.CRITICAL, "/", "502", "Pasang situs."),)
        return TargetResult(place.slug, 0.1, found if shell is not None else ())


@pytest.fixture
def web_host(monkeypatch: pytest.MonkeyPatch) -> WebHost:
    """The host of dinkes-web."""
    host = WebHost()

    def pair(action: str) -> tuple[Any, Any]:
        word = websites.permitted(action)
        return (lambda *_: host.plan(word), lambda plan, _place, _shell, permit, _step: host.apply(plan, permit))

    monkeypatch.setattr(websites, "CHANGES", {action: pair(action) for action in websites.CHANGES})
    monkeypatch.setattr(websites, "open_host", host.open)
    monkeypatch.setattr(websites.Shells, "shell", lambda *_: host.open(_).__enter__())
    monkeypatch.setattr(websites.check, "check", host.check)
    monkeypatch.setattr(websites.profile, "read", host.profile)
    monkeypatch.setattr(websites.copies.backup, "back_up", host.back_up)
    monkeypatch.setattr(websites.copies, "copy", lambda *_: None)
    monkeypatch.setattr(websites.releases, "read", lambda *_: SimpleNamespace(current=host.published))
    monkeypatch.setattr(websites.Site, "access", property(lambda place: place.slug))
    monkeypatch.setattr(websites, "wanted", lambda *_: list(websites.NEW_SITE))
    return host


@dataclass
class Routers:
    """Devices by name: what is wrong with each, its configuration, and how it misbehaves."""

    findings: dict[str, list[Finding]] = field(default_factory=dict)
    configs: dict[str, str] = field(default_factory=dict)
    broken: dict[str, Reason] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    helped: dict[str, list[str]] = field(default_factory=dict)
    """By device: whose links come back once it is repaired."""
    recovered: list[str] = field(default_factory=list)
    """Devices that were looked at for what a killed run left on them."""
    drifted: bool = False
    doubtful: set[str] = field(default_factory=set)
    """Devices that cannot tell where their configuration ends."""
    unproven: bool = False
    """A repair does not help; one of class B is taken back."""
    dies: bool = False
    """The process is killed right after the first write."""

    @contextmanager
    def open(self, endpoint: Any, _: float) -> Iterator[Any]:
        self.logins.append(endpoint.name)
        if endpoint.name in self.broken:
            raise TargetError(endpoint.name, self.broken[endpoint.name], "lab")
        yield Session(endpoint)

    def diagnose(self, endpoint: Any, *_: object, **__: object) -> DeviceReading:
        if endpoint.name in self.broken:
            return DeviceReading(endpoint.name, 0.1, reason=self.broken[endpoint.name], detail="lab")
        facts = {"uptime": 1, "running_digest": self.fetch(Session(endpoint)).digest}
        return DeviceReading(
            endpoint.name, 0.1, tuple(self.findings.get(endpoint.name, ())), raw={"show": "x"}, facts=facts
        )

    def fetch(self, session: Any, *_: object) -> ConfigCopy:
        text = self.configs.get(session.endpoint.name, f"hostname {session.endpoint.name}\nsecret rahasia\nend\n")
        sure, digest = session.endpoint.name not in self.doubtful, hashlib.sha256(text.encode()).hexdigest()
        return ConfigCopy(text, digest, text.replace("rahasia", "***"), len(text), sure)

    def propose(self, endpoint: Any, _: object, reading: DeviceReading, **__: object) -> list[Plan]:
        ladders = {"config.unsaved": Ladder.A, "link.admin_down": Ladder.B}
        return [
            Plan(
                "repair",
                endpoint.name,
                ladders[each.code],
                f"perbaiki {each.code} {each.subject}",
                (f"atasi {each.subject}",),
                finding=each.code,
                base=str(len(self.writes)),
                details={"faults": [[each.code, each.subject]]},
            )
            for each in reading.findings
            if each.code in ladders and not (each.code == "config.unsaved" and rules.unfit_to_save(reading.findings))
        ]

    def plan_restore(self, endpoint: Any, _: object, wanted: str) -> Plan:
        now = self.configs.get(endpoint.name, "")
        changes = () if now == wanted else tuple(wanted.splitlines())
        return Plan("restore", endpoint.name, Ladder.B, "kembali", changes, base=now, details={"wanted": wanted})

    def restore(self, plan: Plan, endpoint: Any, _: object, permit: Callable[[], None], *__: object) -> Outcome:
        permit()
        self.writes.append(endpoint.name)
        self.configs[endpoint.name] = str(plan.details["wanted"])
        return Outcome("applied")

    def recover(self, plan: Plan, *_: object) -> None:
        self.recovered.append(plan.target)

    def apply(self, plan: Plan, endpoint: Any, _: object, permit: Callable[[], None], *__: object) -> Outcome:
        if self.drifted:
            raise ChangedSincePlan("keadaan berubah")
        permit()
        self.writes.append(endpoint.name)
        if self.dies:
            raise KeyboardInterrupt
        if self.unproven:
            return Outcome("failed" if plan.ladder is Ladder.A else "rolled_back", "temuan tetap ada")
        ((code, subject),) = plan.details["faults"]
        self.findings[endpoint.name] = [
            each for each in self.findings[endpoint.name] if (each.code, each.subject) != (code, subject)
        ]
        for name in self.helped.pop(endpoint.name, ()):
            self.findings[name] = [each for each in self.findings[name] if each.code != "link.down"]
        self.configs[endpoint.name] = f"hostname {endpoint.name}\nsecret rahasia\n! {len(self.writes)}\nend\n"
        return Outcome("applied", steps=((datetime.now(UTC).isoformat(), f"{code} diatasi"),))


@dataclass(frozen=True)
class Session:
    endpoint: Any


@pytest.fixture
def routers(monkeypatch: pytest.MonkeyPatch) -> Routers:
    """The devices of the inventory; passwords need no place here."""
    there = Routers()
    monkeypatch.setattr(visits, "open_session", there.open)
    monkeypatch.setattr(network, "endpoint", lambda _, name, __: SimpleNamespace(name=name))
    monkeypatch.setattr(diagnose, "diagnose", there.diagnose)
    monkeypatch.setattr(repairs, "diagnose", there.diagnose)
    monkeypatch.setattr(readings, "together", lambda readings: readings)
    monkeypatch.setattr(visits, "fetch_config", there.fetch)
    monkeypatch.setattr(repairs.repair, "propose", there.propose)
    monkeypatch.setattr(repairs.repair, "apply", there.apply)
    monkeypatch.setattr(repairs, "recover", there.recover)
    monkeypatch.setattr(repairs.restore, "plan", there.plan_restore)
    monkeypatch.setattr(repairs.restore, "apply", there.restore)
    return there
