"""What the tests of each platform are made of: a file of data each, beside this one, named as the platform.

    device: sw-contoh               its name in the configuration and the prompts
    prompts, no_prompts: [...]      lines that are a prompt of it, and that only look like one
    refusals: [...]                 how it says no
    config: |                       as it prints it; what people must not see stands in «marks»
    unchanged_by, changed_by:       replacements in it: all of the first together are no change, each of the others is
    alike: [...]                    commands that match one of these have outputs of one form
    recorded: {read: 14, unread: [...]}   at least so many recordings are read; these, of known commands, are not
    outputs:                        of commands, and exactly the facts they tell, fields as by default left out
      - {command, output, facts}
      - {command, where, reads, facts, says}   the first of that command with one place changed; what that shows

Invented, in the form of the vendors' manuals and of recorded outputs.
"""

from __future__ import annotations

import functools
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from playbooks.network import platforms
from playbooks.network.diagnose import parse

NAMES = sorted({platform.name for platform in platforms.ALL.values()})
RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[5] / "shared" / "recordings"))
HIDDEN = "<disamarkan>"


@dataclass(frozen=True)
class Output:
    """One output of a command and the facts it tells; empty: none."""

    command: str
    text: str
    facts: dict[str, Any]
    says: str


@dataclass(frozen=True)
class Samples:
    """One platform's file."""

    name: str
    data: dict[str, Any]

    @property
    def device(self) -> str:
        return str(self.data["device"])

    @property
    def marked(self) -> str:
        """The configuration with its secrets marked. No file may hold what looks like a private key: KIND parts it."""
        return str(self.data["config"]).replace("{KIND}", "PRIVATE")

    @property
    def config(self) -> str:
        return re.sub("[«»]", "", self.marked)

    @property
    def redacted(self) -> str:
        """What people are to see of it."""
        return re.sub("«[^»]*»", HIDDEN, self.marked)

    @property
    def secrets(self) -> list[str]:
        return re.findall("«([^»]*)»", self.marked)

    def lines(self, key: str) -> list[Any]:
        return list(self.data.get(key, ()))

    @functools.cached_property
    def outputs(self) -> list[Output]:
        first: dict[str, str] = {}
        found = []
        for one in self.lines("outputs"):
            text = one["output"] if "output" in one else _changed(first[one["command"]], one)
            first.setdefault(one["command"], text)
            found.append(Output(one["command"], text, one["facts"], one.get("says", "")))
        return found

    def output(self, command: str) -> str:
        """The first one of that command."""
        return next(one.text for one in self.outputs if one.command == command)

    def recording(self, folder: str, case: str = "") -> str:
        """Text of a recording: `case` is its file's name, or what follows the platform and the command in that."""
        name = case if case.endswith(".raw") else f"{self.name}_{folder}{case}.raw"
        file = RECORDINGS / "cli" / self.name / folder / name
        if not file.exists():
            pytest.skip(f"no recordings at {RECORDINGS}")
        return file.read_text(encoding="utf-8", errors="replace")

    def recorded(self, folder: str, case: str = "") -> dict[str, Any]:
        """Facts of a recording."""
        return parse(self.name, folder, self.recording(folder, case))


def _changed(text: str, one: dict[str, Any]) -> str:
    assert text.count(one["where"]) == 1, one
    return text.replace(one["where"], one["reads"])


@functools.cache
def samples(name: str) -> Samples:
    return Samples(name, YAML(typ="safe").load((Path(__file__).parent / f"{name}.yaml").read_text()))


def brief(values: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Of each value the fields that a test is about."""
    return [tuple(value[name] for name in names) for value in values]
