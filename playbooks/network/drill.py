"""The restore drill: a stored configuration is loaded into a fresh system of its kind, and must come out as it went in.

What starts such a system is the platform's own (`Platform.drill`); nothing in use is touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pkgutil import resolve_name

from playbooks.network import platforms
from playbooks.network.backup import NotComplete, check_complete, normalised


class CannotDrill(Exception):
    """There is no system here to load it into; the message is Indonesian. It says nothing about the configuration."""


@dataclass(frozen=True)
class Drill:
    """What loading a configuration came to. `how` and `detail` are Indonesian; `differences` hold no secret."""

    passed: bool
    how: str
    detail: str = ""
    differences: tuple[str, ...] = ()
    """Lines that are missing (`-`) or came out beside what went in (`+`)."""
    seconds: float = 0.0


def drill(platform: str, text: str) -> Drill:
    """Load a whole configuration into a fresh system of its platform. Raises CannotDrill where there is none."""
    if not platforms.get(platform).drill:
        raise CannotDrill(f"belum ada perangkat uji untuk platform {platform}")
    load: Callable[[str], Drill] = resolve_name(platforms.get(platform).drill)
    started, wanted = time.monotonic(), normalised(platform, text)
    try:
        check_complete(platform, wanted)
    except NotComplete as error:
        return Drill(False, "", f"bukan konfigurasi utuh: {error.detail}")
    return replace(load(wanted), seconds=time.monotonic() - started)
