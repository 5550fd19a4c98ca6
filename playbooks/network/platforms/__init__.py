"""One file an operating system: what to ask, how to read it, how a whole configuration looks, what can be undone."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from playbooks.network.platforms.platform import Platform, UnknownPlatform

if TYPE_CHECKING:
    ALL: dict[str, Platform]
    """Every platform by its name and its other names."""

_FILES = frozenset(each.name for each in iter_modules(__path__)) - {"__main__"}


@cache
def _of_file(name: str) -> Platform | None:
    """The PLATFORM that the file of this name holds, if there is such a file and it holds one."""
    return getattr(import_module(f"{__name__}.{name}"), "PLATFORM", None) if name in _FILES else None


def get(name: str) -> Platform:
    """The platform of a device's inventory entry. Raises UnknownPlatform, which names those there are."""
    # All files together take longer to load than many a command to run, and most devices name theirs.
    found = _of_file(name) or _all().get(name)
    if found is None:
        raise UnknownPlatform(name, sorted(_all()))
    return found


@cache
def _all() -> dict[str, Platform]:
    platforms = filter(None, map(_of_file, sorted(_FILES)))
    return {name: platform for platform in platforms for name in (platform.name, *platform.aliases)}


def __getattr__(name: str) -> Any:
    if name == "ALL":
        return _all()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["ALL", "Platform", "UnknownPlatform", "get"]
