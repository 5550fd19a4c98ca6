"""A session without SSH, with a device that shows what it is told to: what becomes of texts is decided above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from playbooks.findings import TargetError
from playbooks.network import platforms
from playbooks.network.backup import (
    ConfigCopy,
    NotComplete,
    Shown,
    check_plausible,
    fetch_config,
    normalised,
    proven,
)
from playbooks.network.endpoints import Endpoint
from tests.playbooks.network.doubles import filtered
from tests.playbooks.network.samples import samples

REFUSAL = "% Invalid input detected at '^' marker."


def printed(name: str) -> str:
    """A real-shaped configuration, as a device of the platform prints it."""
    return samples(name).config


def hostname(name: str, text: str) -> str:
    return re.findall(platforms.get(name).hostname, text, re.MULTILINE)[-1]


class Reader:
    """As `Session`. `shown` are its answers to the configuration command, the last one from then on.

    `truth` is what it really runs: its filters (`| begin`) work on that. Empty: it knows no filters.
    """

    def __init__(self, name: str, shown: Sequence[str], truth: str = "", prompt: str = "") -> None:
        self.platform, self.shown, self.truth = platforms.get(name), list(shown), truth
        self.prompt = prompt or hostname(name, printed(name))
        self.endpoint: Any = Endpoint("d1", "192.0.2.1", 22, name, "otomasi", "", known_hosts=None)  # type: ignore[arg-type]
        self.asked: list[str] = []

    def ask(self, command: str, timeout_s: float = 0, careful: bool = False) -> str:
        del timeout_s, careful
        self.asked.append(command)
        if command == self.platform.config_command:
            return self.shown.pop(0) if len(self.shown) > 1 else self.shown[0]
        shown = filtered(command, self.truth)
        return REFUSAL if shown is None else shown


def verdict(reader: Reader, previous: str | None = None) -> str:
    """What became of the configuration: good, unproven, or why it was refused."""
    try:
        text = proven(reader, Shown(reader))  # type: ignore[arg-type]
        check_plausible(reader.platform.name, text, previous) if previous else None
    except NotComplete as found:
        return str(found.reason)
    return "good"


def copied(reader: Reader) -> ConfigCopy | TargetError:
    try:
        return fetch_config(reader)  # type: ignore[arg-type]
    except TargetError as failure:
        return failure


def stored(name: str, text: str) -> str:
    """As a good copy of it is stored: without what stands before it, and ended by our mark where it has none."""
    shape, text = platforms.get(name), normalised(name, text)
    return text if text.endswith(f"\n{shape.end_mark}\n") else f"{text}{shape.end_mark}\n"
