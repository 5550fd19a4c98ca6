"""Read one device, derive facts, find what is wrong. Whatever could be read is used; raw output is kept as evidence."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from difflib import unified_diff
from typing import Any

from inventory.models import Device
from playbooks.findings import Finding, TargetError, TargetResult
from playbooks.network import echoes, platforms, rules
from playbooks.network.backup import NotComplete, Shown, agreed, check_complete, digest, normalised, proven, significant
from playbooks.network.connect import Endpoint, Session, open_session
from playbooks.network.facts import Facts
from playbooks.network.platforms.platform import Platform
from playbooks.network.redaction import hidden, redact
from playbooks.network.rules.case import is_address

Progress = Callable[[str], None]
"""Told each command before it is asked."""
Clock = Callable[[], datetime]
COMMAND_S = 15.0
CONFIG_S = 30.0


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Baseline:
    """How the device was when it last worked: `facts` as `DeviceReading.facts` gave them."""

    config_digest: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def as_facts(self) -> Facts:
        """Facts.from_json of it. A baseline of another shape counts as none."""
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
    begin = time.monotonic()
    raw: dict[str, str] = {}
    facts, failure = Facts(), None
    try:
        with ExitStack() as stack:
            open_one = session or stack.enter_context(open_session(endpoint, deadline_s))
            facts = read(open_one, device, raw, on_progress or _quietly, running)
    except TargetError as error:
        failure, facts = error, platforms.get(endpoint.platform).parse(raw)
    facts = replace(facts, read_at=clock().isoformat(timespec="seconds"))
    before = baseline.as_facts() if baseline else None
    return DeviceReading(
        name=endpoint.name,
        seconds=time.monotonic() - begin,
        findings=tuple(_judged(facts, device, before, whole=failure is None)) if raw else (),
        reason=failure.reason if failure else None,
        detail=failure.detail if failure else "",
        raw={command: _redacted(endpoint.platform, output) for command, output in raw.items()},
        facts=facts.as_json(),
        before=before.as_json() if before else {},
        unread=tuple(command for command, output in raw.items() if platforms.get(endpoint.platform).refuses(output)),
    )


def _judged(facts: Facts, device: Device, before: Facts | None, whole: bool) -> list[Finding]:
    """Findings; of a reading that broke off nothing is called missing, for it may just not have been asked."""
    if whole:
        return rules.findings(facts, device, before)
    expect = device.expect.model_copy(update={"neighbors": ()})
    return rules.findings(facts, device.model_copy(update={"expect": expect}))


def _quietly(command: str) -> None:
    del command


def read(
    session: Session, device: Device, raw: dict[str, str], on_progress: Progress, running: Shown | None = None
) -> Facts:
    """Ask everything, filling `raw` as answers come, so that a device that breaks off still tells what it told."""
    platform = session.platform
    for command in platform.reads:
        on_progress(command)
        raw[command] = session.ask(command, COMMAND_S)
    facts = platform.parse(raw)
    facts = _with_gateway(session, device, facts, raw, on_progress)
    return _with_config(session, facts, raw, running or Shown(session, CONFIG_S), on_progress)


def _with_gateway(session: Session, device: Device, facts: Facts, raw: dict[str, str], on_progress: Progress) -> Facts:
    """Whether the gateway answers, and how many echoes get lost: the one the inventory names, else the one in use."""
    in_use = (route.gateway for route in facts.default_routes or () if route.active and route.gateway)
    gateway = device.expect.gateway or next(in_use, "")
    if not is_address(gateway) or not session.platform.ping:
        return facts
    told = echoes.ask(session, gateway, raw, on_progress)
    if told is None:
        return replace(facts, gateway=gateway)
    return replace(
        facts,
        gateway=gateway,
        gateway_answers=told.received > 0,
        gateway_line=f"ping {gateway}: {told.received} dari {told.sent} dijawab",
        gateway_sent=told.sent,
        gateway_received=told.received,
        gateway_rtt_ms=told.rtt_ms,
    )


def _with_config(session: Session, facts: Facts, raw: dict[str, str], running: Shown, on_progress: Progress) -> Facts:
    """Digests of the running and the saved configuration; what cannot be shown whole is not compared."""
    platform = session.platform
    on_progress(platform.config_command)
    text = _running(session, running, raw)
    if text is None:
        return facts
    lines = sum(bool(line.strip()) for line in significant(platform.name, text).splitlines())
    facts = replace(facts, running_digest=digest(platform.name, text), config_lines=lines)
    for command in platform.saved_commands:
        on_progress(command)
        saved = _saved(session, command, text, raw)
        if saved is not None:
            return _with_saved(platform.name, facts, text, saved)
        if found := re.search(platform.nothing_saved, raw[command], re.MULTILINE):
            return replace(facts, startup_empty=True, startup_line=found[0].strip())
    return facts


def _running(session: Session, running: Shown, raw: dict[str, str]) -> str | None:
    """The running configuration, proven; its last answer goes to `raw` however this ends."""
    try:
        return proven(session, running)
    except NotComplete:
        return None
    finally:
        if running.answers:
            raw[session.platform.config_command] = running.answers[-1]


def _saved(session: Session, command: str, running: str, raw: dict[str, str]) -> str | None:
    """The saved configuration, proven like the running one; where it says the same, that is proof enough."""
    platform = session.platform
    raw[command] = _aside(session, command) if platform.saved_by_exec else session.ask(command, CONFIG_S)
    first = _with_end(platform, raw[command])
    if significant(platform.name, first) == significant(platform.name, running):
        return running
    if not _is_whole(platform.name, first) and platform.mark_is_ours and not platform.refuses(first):
        first = agreed(platform.name, first, _with_end(platform, session.ask(command, CONFIG_S)), None)
    return first if _is_whole(platform.name, first) else None


def _with_end(platform: Platform, output: str) -> str:
    """FRR's file ends without the `end` that its running configuration has; vtysh does not show it."""
    text = normalised(platform.name, output)
    if platform.name == "frr" and text.strip() and not text.endswith(f"\n{platform.last_line}\n"):
        return f"{text.rstrip()}\n{platform.last_line}\n"
    return text


def _is_whole(platform: str, text: str) -> bool:
    try:
        check_complete(platform, text)
    except NotComplete:
        return False
    return True


def _aside(session: Session, command: str) -> str:
    """Output on a channel beside the terminal; a login that serves none tells nothing, and that is no failure."""
    try:
        return session.run(command, COMMAND_S)
    except TargetError:
        return ""


def _with_saved(platform: str, facts: Facts, running: str, saved: str) -> Facts:
    old, new = (redact(platform, significant(platform, text), hidden).splitlines() for text in (saved, running))
    lines = [
        line for line in unified_diff(old, new, lineterm="", n=0) if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    return replace(facts, saved_digest=digest(platform, saved), unsaved_lines=tuple(lines))


def _redacted(platform: str, output: str) -> str:
    return redact(platform, output, hidden)


def together(readings: list[DeviceReading]) -> list[DeviceReading]:
    """The same readings, with the findings that only two ends seen together show (OSPF area, timers, MTU)."""
    shared = rules.between({one.name: Facts.from_json(one.facts) for one in readings if one.facts})
    return [replace(one, findings=tuple(rules.joined(one.findings, shared.get(one.name, [])))) for one in readings]


def parse(platform: str, command: str, output: str) -> dict[str, Any]:
    """Facts of one recorded output, JSON values; {"unparsed": true} when command or output is not known.

    Raises UnknownPlatform.
    """
    known = platforms.get(platform).parse_one(command, output.lstrip("\ufeff").replace("\r\n", "\n"))
    if not known or not output.strip():
        return {"unparsed": True}
    values = asdict(Facts(**known))
    return {str(name): json.loads(json.dumps(values[name])) for name in known}
