"""One file an operating system: what to ask, how to read it, how a whole configuration looks, what can be undone."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from playbooks.network.platforms.platform import Platform, UnknownPlatform


def _found() -> dict[str, Platform]:
    """Every file here that holds a PLATFORM, by its name."""
    names = (each.name for each in iter_modules(__path__) if each.name != "__main__")
    modules = [import_module(f"{__name__}.{name}") for name in names]
    platforms = [module.PLATFORM for module in modules if hasattr(module, "PLATFORM")]
    return {name: platform for platform in platforms for name in (platform.name, *platform.aliases)}


ALL: dict[str, Platform] = _found()


def get(name: str) -> Platform:
    """The platform of a device's inventory entry. Raises UnknownPlatform, which names those there are."""
    try:
        return ALL[name]
    except KeyError:
        raise UnknownPlatform(name, sorted(ALL)) from None


__all__ = ["ALL", "Platform", "UnknownPlatform", "get"]
