"""One file an operating system: what to ask, how to read it, how a whole configuration looks, what can be undone."""

from __future__ import annotations

from playbooks.network.platforms import cisco_ios, frr, mikrotik_routeros
from playbooks.network.platforms.platform import Platform, UnknownPlatform

ALL: dict[str, Platform] = {
    platform.name: platform for platform in (frr.PLATFORM, mikrotik_routeros.PLATFORM, cisco_ios.PLATFORM)
}


def get(name: str) -> Platform:
    """The platform of a device's inventory entry. Raises UnknownPlatform, which names those there are."""
    try:
        return ALL[name]
    except KeyError:
        raise UnknownPlatform(name, sorted(ALL)) from None


__all__ = ["ALL", "Platform", "UnknownPlatform", "get"]
