"""A folder of recorded outputs, `<platform>/<command>/*.raw`: what of it is read, what is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playbooks.network import platforms
from playbooks.network.diagnose import parse


@dataclass(frozen=True)
class Recording:
    """One file; its folders name platform (an alias too) and command."""

    platform: str
    command: str
    file: Path

    @property
    def text(self) -> str:
        return self.file.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")

    def facts(self) -> dict[str, Any]:
        """As `diagnose.parse`."""
        return parse(self.platform, self.command, self.text)


def recordings(folder: Path) -> Iterator[Recording]:
    """Those of the platforms there are, in the order of their names."""
    for name in sorted(platforms.ALL):
        for file in sorted((folder / name).glob("*/*.raw")):
            yield Recording(name, file.parent.name, file)


def table(folder: Path) -> str:
    """Lines `platform | recordings | parsed | unparsed`, a platform and its aliases one line, and a sum."""
    read, unread = Counter[str](), Counter[str]()
    for one in recordings(folder):
        (unread if "unparsed" in one.facts() else read)[platforms.get(one.platform).name] += 1
    read["all"], unread["all"] = read.total(), unread.total()
    names = [*sorted({platform.name for platform in platforms.ALL.values()}), "all"]
    lines = [f"{name:20} | {read[name] + unread[name]:10} | {read[name]:6} | {unread[name]:8}\n" for name in names]
    return "".join((f"{'platform':20} | recordings | parsed | unparsed\n", *lines))
