"""Names of ports: one port is one port, however a command, a person or a neighbour spells it. Pure.

What a device's table of interfaces calls a port is its name everywhere, so that a name that is told or typed is one the
device understands; other spellings are brought to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

SHORT = {
    "ge": "gigabitethernet",
    "xge": "ten-gigabitethernet",
    "xgigabitethernet": "ten-gigabitethernet",
    "fge": "fortygige",
    "hge": "hundredgige",
    "bagg": "bridge-aggregation",
    "ragg": "route-aggregation",
}
"""Short forms of Comware and VRP that are not how the long ones begin."""


def same_port(one: str, other: str) -> bool:
    """Whether two spellings mean one port: Gi0/1 and GigabitEthernet0/1."""
    (kind, number), (other_kind, other_number) = _spelled(one), _spelled(other)
    if not number or not other_number:
        return one.lower() == other.lower()
    return number == other_number and (kind.startswith(other_kind) or other_kind.startswith(kind))


@lru_cache(4096)
def _spelled(port: str) -> tuple[str, str]:
    match = re.fullmatch(r"([a-z-]{2,}) ?([0-9][0-9/.:]*)", port.lower())
    return (SHORT.get(match[1], match[1]), match[2]) if match else ("", "")


class Spellings:
    """The names of a device's ports, found by any spelling."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, str] = {}
        self._by_number: dict[str, list[str]] = {}
        for name in names:
            self._names[name] = name
            self._by_number.setdefault(_spelled(name)[1] or name.lower(), []).append(name)

    def of(self, port: str) -> str:
        """The name of a port; what was given where none or several could be meant."""
        if port not in self._names:
            alike = self._by_number.get(_spelled(port)[1] or port.lower(), [])
            meant = [name for name in alike if same_port(name, port)]
            self._names[port] = meant[0] if len(meant) == 1 else port
        return self._names[port]


NAMING = {"ospf_interfaces": ("name",), "interfaces": ("master",)}
"""Where a port's name stands in the entries of a field of Facts, if not under `interface`."""


def united(known: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of Facts in which every port is named as the table of interfaces names it."""
    names = Spellings(interface.name for interface in known.get("interfaces", ()))
    return {field: _respelled(field, value, names) for field, value in known.items()}


def _respelled(field: str, value: Any, names: Spellings) -> Any:
    if not isinstance(value, tuple) or not value or not is_dataclass(value[0]):
        return value
    ports = NAMING.get(field, ("interface",))
    told = [each.name for each in fields(value[0]) if each.name in ports]
    return tuple(replace(one, **{key: names.of(getattr(one, key)) for key in told}) if told else one for one in value)
