"""Read one device, derive facts, find what is wrong. Whatever could be read is used; raw output is kept as evidence."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inventory.models import Device
from playbooks.findings import Finding, TargetError, TargetResult
from playbooks.network import platforms, rules
from playbooks.network.backup import Shown
from playbooks.network.facts import Facts
from playbooks.network.inquiry import Inquiry, Progress, differences
from playbooks.network.redaction import hidden, redact

if TYPE_CHECKING:
    from playbooks.network.connect import Session
    from playbooks.network.endpoints import Endpoint

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Baseline:
    """How the device was when it last worked: `facts` as `DeviceReading.facts` gave them."""

    config_digest: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    backup_digest: str = ""
    """Of the newest stored configuration, which may be newer than that state, or all that is known."""

    def as_facts(self) -> Facts | None:
        """Facts.from_json of it; None when no state is known. A baseline of another shape counts as an empty one."""
        if not self.facts and not self.config_digest:
            return None
        try:
            known = Facts.from_json(self.facts)
        except (TypeError, AttributeError, KeyError):
            known = Facts()
        return replace(known, running_digest=self.config_digest or known.running_digest)


@dataclass(frozen=True)
class DeviceReading(TargetResult):
    """A TargetResult with the facts behind it; `raw` is redacted."""

    facts: dict[str, Any] = field(default_factory=dict, repr=False)
    """JSON values; the next baseline, when the office calls this state good."""
    before: dict[str, Any] = field(default_factory=dict, repr=False)
    """Facts of the last good run that it was held against."""
    unread: tuple[str, ...] = ()
    """Commands that got no usable answer."""

    @property
    def config_digest(self) -> str:
        return str(self.facts.get("running_digest", ""))

    @property
    def baseline(self) -> Baseline:
        return Baseline(self.config_digest, self.facts)


def diagnose(
    endpoint: Endpoint,
    device: Device,
    baseline: Baseline | None = None,
    session: Session | None = None,
    deadline_s: float = 60,
    on_progress: Progress | None = None,
    running: Shown | None = None,
    clock: Clock = utc_now,
) -> DeviceReading:
    """Read `device` and find what is wrong. Never raises TargetError: it is the result's `reason`.

    `session`: one that is open already (and stays so). Without it one is opened for at most `deadline_s` seconds.
    `running`: what that session shows as its running configuration, for who wants to use it too.
    """
    begin, asked = time.monotonic(), Inquiry(device, on_progress)
    failure = _broke_off(asked, endpoint, session, deadline_s, running)
    stored = baseline.backup_digest if baseline else ""
    facts = replace(asked.facts, read_at=clock().isoformat(timespec="seconds"), backup_digest=stored)
    before = baseline.as_facts() if baseline else None
    found = _judged(facts, device, before, asked.told if failure else None) if asked.raw else []
    return DeviceReading(
        name=endpoint.name,
        seconds=time.monotonic() - begin,
        findings=tuple(found),
        reason=failure.reason if failure else None,
        detail=failure.detail if failure else "",
        facts=facts.as_json(),
        before=before.as_json() if before else {},
        **_evidence(endpoint.platform, asked.raw),
    )


def _broke_off(
    asked: Inquiry, endpoint: Endpoint, session: Session | None, deadline_s: float, running: Shown | None
) -> TargetError | None:
    """Ask everything; why it ended before that, if it did."""
    try:
        with ExitStack() as stack:
            asked.everything(session or stack.enter_context(_opened(endpoint, deadline_s)), running)
    except TargetError as error:
        return error
    return None


def _evidence(platform: str, raw: dict[str, str]) -> dict[str, Any]:
    """Fields of a reading: what the device said, redacted, and the commands it refused."""
    refuses = platforms.get(platform).refuses
    shown = {command: redact(platform, output, hidden) for command, output in raw.items()}
    return {"raw": shown, "unread": tuple(command for command, output in raw.items() if refuses(output))}


def _opened(endpoint: Endpoint, deadline_s: float) -> AbstractContextManager[Session]:
    """What talks SSH is loaded by who talks: rules and readings need none of it."""
    from playbooks.network.connect import open_session

    return open_session(endpoint, deadline_s)


def _judged(facts: Facts, device: Device, before: Facts | None, told: Collection[str] | None) -> list[Finding]:
    """Findings. Of a reading that broke off, `told` says what it told of: nothing else is called missing."""
    if told is None:
        return rules.findings(facts, device, before)
    if not {"ospf_neighbors", "bgp_peers"} <= set(told):
        device = device.model_copy(update={"expect": device.expect.model_copy(update={"neighbors": ()})})
    return rules.findings(facts, device, _as_far_as(facts, before, told) if before else None)


def _as_far_as(facts: Facts, before: Facts, told: Collection[str]) -> Facts:
    """The last good run as far as this one got; of the interfaces those that were seen, for more may follow."""
    seen = {one.name for one in facts.interfaces}
    known = {name: getattr(before, name) for name in {*told, "read_at"}}
    return replace(Facts(**known), interfaces=tuple(one for one in before.interfaces if one.name in seen))


def together(readings: list[DeviceReading]) -> list[DeviceReading]:
    """The same readings, with what only several devices seen together show: ends of a link that disagree (OSPF area,
    timers, MTU), and the finding of one device that explains another's."""
    shared = rules.between({one.name: Facts.from_json(one.facts) for one in readings if one.facts})
    told = [
        rules.Told(
            one.name,
            Facts.from_json(one.facts),
            Facts.from_json(one.before) if one.before else None,
            tuple(rules.joined(one.findings, shared.get(one.name, []))),
        )
        for one in readings
    ]
    found = rules.across(told)
    return [replace(one, findings=found[one.name]) for one in readings]


def with_changes(reading: DeviceReading, platform: str, then: str) -> DeviceReading:
    """The same reading; a changed configuration is told line by line against `then`, the redacted one that worked."""
    now = reading.raw.get(platforms.get(platform).config_command, "")
    lines = [f"{line[0]} {line[1:].strip()[:LINE]}" for line in differences(platform, then, now)]
    more = f"; dan {len(lines) - LINES} baris lain" if len(lines) > LINES else ""
    evidence = "; ".join(lines[:LINES]) + more
    findings = tuple(
        replace(one, evidence=evidence) if one.code == "config.changed" and lines else one for one in reading.findings
    )
    return replace(reading, findings=findings)


LINES, LINE = 8, 100
"""Changed lines that are told, and letters of each."""


def parse(platform: str, command: str, output: str) -> dict[str, Any]:
    """Facts of one recorded output, JSON values; {"unparsed": true} when command or output is not known.

    Raises UnknownPlatform.
    """
    text = output.lstrip("\ufeff").replace("\r\n", "\n")
    known = platforms.get(platform).parse_one(command, text)
    if not known or not text.strip():
        return {"unparsed": True}
    values = asdict(Facts(**known))
    return {str(name): json.loads(json.dumps(values[name])) for name in known}
