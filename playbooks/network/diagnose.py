"""Read one device, derive facts, find what is wrong. Whatever could be read is used; raw output is kept as evidence."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from difflib import unified_diff
from typing import Any

from inventory.models import Device
from playbooks.findings import Finding, Reason, TargetError, TargetResult
from playbooks.network import platforms, rules
from playbooks.network.backup import NotComplete, check_complete, digest, normalised, significant
from playbooks.network.connect import Endpoint, Session, open_session
from playbooks.network.facts import Facts
from playbooks.network.redaction import hidden, redact

Progress = Callable[[str], None]
"""Told each command before it is asked."""
COMMAND_S = 15.0
PING_S = 4.0


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
) -> DeviceReading:
    """Read `device` and find what is wrong. Never raises TargetError: it is the result's `reason`.

    `session`: one that is open already (and stays so). Without it one is opened for at most `deadline_s` seconds.
    """
    begin = time.monotonic()
    raw: dict[str, str] = {}
    facts, failure = Facts(), None
    try:
        with ExitStack() as stack:
            open_one = session or stack.enter_context(open_session(endpoint, deadline_s))
            facts = read(open_one, device, raw, on_progress or _quietly)
    except TargetError as error:
        failure, facts = error, platforms.get(endpoint.platform).parse(raw)
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


def read(session: Session, device: Device, raw: dict[str, str], on_progress: Progress) -> Facts:
    """Ask everything, filling `raw` as answers come, so that a device that breaks off still tells what it told."""
    platform = session.platform
    for command in platform.reads:
        on_progress(command)
        raw[command] = session.ask(command, COMMAND_S)
    facts = platform.parse(raw)
    facts = _with_gateway(session, device, facts, raw, on_progress)
    return _with_config(session, facts, raw, on_progress)


def _with_gateway(session: Session, device: Device, facts: Facts, raw: dict[str, str], on_progress: Progress) -> Facts:
    """Whether the gateway answers: the one the inventory names, else the one in use."""
    in_use = (route.gateway for route in facts.default_routes or () if route.active and route.gateway)
    gateway = device.expect.gateway or next(in_use, "")
    platform = session.platform
    if not re.fullmatch(r"[0-9.]+|[0-9a-fA-F:]+", gateway) or not platform.ping:
        return facts
    command = platform.ping.format(address=gateway)
    on_progress(command)
    if platform.ping_by_exec:
        raw[command] = _aside(session, command, until=platform.ping_answer)
    else:
        raw[command] = session.ask(command, PING_S + COMMAND_S)
    answers = re.search(platform.ping_answer, raw[command]) is not None
    line = f"{command}: " + (_last_line(raw[command]) or "tidak ada jawaban")
    return replace(facts, gateway=gateway, gateway_answers=answers, gateway_line=line)


def _aside(session: Session, command: str, until: str = "") -> str:
    """Output on a channel beside the terminal; a login that serves none tells nothing, and that is no failure."""
    try:
        return session.run(command, PING_S, until)
    except TargetError:
        return ""


def _last_line(output: str) -> str:
    return next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "")


def _with_config(session: Session, facts: Facts, raw: dict[str, str], on_progress: Progress) -> Facts:
    """Digests of the running and the saved configuration; what cannot be shown whole is not compared."""
    platform = session.platform
    on_progress(platform.config_command)
    raw[platform.config_command] = session.ask(platform.config_command, COMMAND_S * 2)
    running = _whole(platform.name, raw[platform.config_command])
    if running is None:
        return facts
    facts = replace(facts, running_digest=digest(platform.name, running))
    for command in platform.saved_commands:
        on_progress(command)
        raw[command] = _aside(session, command) if platform.saved_by_exec else session.ask(command, COMMAND_S * 2)
        if saved := _saved(platform.name, raw[command]):
            return _with_saved(platform.name, facts, running, saved)
    return facts


def _whole(platform: str, output: str) -> str | None:
    text = normalised(platform, output)
    try:
        check_complete(platform, text)
    except NotComplete:
        return None
    return text


def _saved(platform: str, output: str) -> str | None:
    """The saved configuration; FRR's file ends without the `end` that the running one has."""
    text = normalised(platform, output)
    end = platforms.get(platform).last_line
    if platform == "frr" and text.strip() and not text.endswith(f"\n{end}\n"):
        text = f"{text.rstrip()}\n{end}\n"
    return _whole(platform, text)


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
    known = platforms.get(platform).parse_one(command, output.replace("\r\n", "\n"))
    if not known:
        return {"unparsed": True}
    values = asdict(Facts(**known))
    return {str(name): json.loads(json.dumps(values[name])) for name in known}


def failed(name: str, reason: Reason, detail: str) -> DeviceReading:
    """A reading of a device that could not even be tried."""
    return DeviceReading(name=name, seconds=0.0, reason=reason, detail=detail)
