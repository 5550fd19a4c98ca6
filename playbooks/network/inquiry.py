"""Everything asked of one device in one session, in an order in which each answer is of use if the next never comes."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from inventory.models import Device
from playbooks.findings import TargetError
from playbooks.network import echoes, names
from playbooks.network.backup import NotComplete, Shown, digest, normalised, proven, significant, whole
from playbooks.network.facts import Facts
from playbooks.network.platforms.platform import Platform
from playbooks.network.redaction import hidden, redact
from playbooks.network.rules.case import is_address

if TYPE_CHECKING:
    from playbooks.network.connect import Session


Progress = Callable[[str], None]
"""Told each command before it is asked."""
COMMAND_S, CONFIG_S = 15.0, 30.0


class Inquiry:
    """What a device told so far: of one that breaks off too."""

    def __init__(self, device: Device, on_progress: Progress | None = None) -> None:
        self.device, self._on_progress = device, on_progress
        self.raw: dict[str, str] = {}
        """Answers by command, secrets included."""
        self.facts = Facts()
        self.told: set[str] = set()
        """Fields of `facts` that some answer told."""

    def everything(self, session: Session, running: Shown | None = None) -> None:
        """Ask all there is to ask. Raises TargetError when the device breaks off."""
        try:
            for command in session.platform.reads:
                self._ask(session, command, COMMAND_S)
        finally:
            known = session.platform.known(self.raw)
            self._learn(**known)
        self._gateway(session)
        self._resolvers(session)
        self._config(session, running or Shown(session, CONFIG_S))

    def _ask(self, session: Session, command: str, timeout_s: float) -> str:
        self._say(command)
        self.raw[command] = session.ask(command, timeout_s)
        return self.raw[command]

    def _aside(self, session: Session, command: str) -> str:
        """`_ask` on a channel beside the terminal; a login that serves none tells nothing, and that is no failure."""
        self._say(command)
        self.raw[command] = ""
        with suppress(TargetError):
            self.raw[command] = session.run(command, COMMAND_S)
        return self.raw[command]

    def _say(self, command: str) -> None:
        if self._on_progress:
            self._on_progress(command)

    def _learn(self, **known: Any) -> None:
        self.facts = replace(self.facts, **known)
        self.told |= known.keys()

    def _gateway(self, session: Session) -> None:
        """Whether the gateway answers, and how many echoes get lost: that of the inventory, else the one in use."""
        in_use = (route.gateway for route in self.facts.default_routes or () if route.active and route.gateway)
        gateway = self.device.expect.gateway or next(in_use, "")
        if not is_address(gateway) or not session.platform.ping:
            return
        told = echoes.ask(session, gateway, self.raw, self._say)
        self._learn(gateway=gateway)
        if told is not None:
            self._learn(
                gateway_answers=told.received > 0,
                gateway_line=f"ping {gateway}: {told.received} dari {told.sent} dijawab",
                gateway_sent=told.sent,
                gateway_received=told.received,
                gateway_rtt_ms=told.rtt_ms,
            )

    def _resolvers(self, session: Session) -> None:
        """DNS servers that the inventory or the device itself names, but for those that were asked already."""
        asked = {one.server for one in self.facts.resolvers}
        wanted = [server for server in self.device.expect.dns if server not in asked]
        more = names.ask(session, wanted, self.raw, self._say)
        if more:
            self._learn(resolvers=(*self.facts.resolvers, *more))

    def _config(self, session: Session, running: Shown) -> None:
        """Digests of the running and the saved configuration; what cannot be shown whole is not compared."""
        platform = session.platform
        self._say(platform.config_command)
        text = self._running(session, running)
        if text is None:
            return
        lines = sum(bool(line.strip()) for line in significant(platform.name, text).splitlines())
        self._learn(running_digest=digest(platform.name, text), config_lines=lines)
        for command in platform.saved_commands:
            saved = self._saved(session, command, text)
            if saved is not None:
                changes = differences(platform.name, saved, text)
                self._learn(saved_digest=digest(platform.name, saved), unsaved_lines=changes)
                return
            if found := re.search(platform.nothing_saved, self.raw[command], re.MULTILINE):
                self._learn(startup_empty=True, startup_line=found[0].strip())
                return

    def _running(self, session: Session, running: Shown) -> str | None:
        """The running configuration, proven; its last answer is kept however this ends."""
        try:
            return proven(session, running)
        except NotComplete:
            return None
        finally:
            if running.answers:
                self.raw[session.platform.config_command] = running.answers[-1]

    def _saved(self, session: Session, command: str, running: str) -> str | None:
        """The saved configuration, proven like the running one; where it says the same, that is proof enough."""
        platform = session.platform
        answer = self._aside(session, command) if platform.saved_by_exec else self._ask(session, command, CONFIG_S)
        first = _with_end(platform, answer)
        if significant(platform.name, first) == significant(platform.name, running):
            return running
        with suppress(NotComplete):
            return whole(session, command, first)
        return None


def differences(platform: str, old: str, new: str) -> tuple[str, ...]:
    """Lines that one configuration lacks (-) and the other has (+), in order, secrets hidden."""
    before, after = (redact(platform, significant(platform, text), hidden).splitlines() for text in (old, new))
    lines = unified_diff(before, after, lineterm="", n=0)
    return tuple(line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def _with_end(platform: Platform, output: str) -> str:
    """The saved configuration as the running one would be shown."""
    text = normalised(platform.name, output)
    if platform.saved_without_end and text.strip() and not text.endswith(f"\n{platform.last_line}\n"):
        return f"{text.rstrip()}\n{platform.last_line}\n"
    return text
