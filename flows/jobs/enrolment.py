"""Enrolment: SSH host keys are shown, compared by a person, and only then trusted (design invariant 8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from flows.jobs.errors import BadInput, unknown
from inventory.models import Device, Host, Inventory
from inventory.settings import Settings
from playbooks.findings import TargetError, explained
from playbooks.network import enrol
from playbooks.network.enrol import HostKey


@dataclass(frozen=True)
class Seen:
    """The keys a target shows; none when it could not be asked (`reason`, `detail`)."""

    name: str
    address: str
    port: int
    keys: tuple[HostKey, ...] = ()
    reason: str = ""
    detail: str = ""

    @property
    def said(self) -> str:
        """Why there are no keys, for a person."""
        return explained(self.reason, self.detail)

    def as_json(self) -> dict[str, Any]:
        keys = [{"type": key.type, "fingerprint": key.fingerprint} for key in self.keys]
        return {
            "name": self.name,
            "address": self.address,
            "port": self.port,
            "status": "ok" if self.keys else "failed",
            "reason": self.reason,
            "detail": self.detail,
            "keys": keys,
        }


def chosen(inventory: Inventory, names: Sequence[str], every: bool) -> list[tuple[str, str, int]]:
    """(name, address, port) of the devices and web hosts meant. Raises BadInput for unknown names, or none."""
    known: dict[str, Device | Host] = {**inventory.devices, **inventory.hosts}
    for name in names:
        if name not in known:
            raise unknown("perangkat atau server", name, known)
    picked = list(known) if every else list(dict.fromkeys(names))
    if not picked:
        raise BadInput("sebut perangkat atau servernya, atau --all")
    return [(name, known[name].address, known[name].port) for name in picked]


def look(targets: Iterable[tuple[str, str, int]]) -> list[Seen]:
    """Ask each target for its host keys; nothing is recorded."""
    with ThreadPoolExecutor(max_workers=16) as pool:
        return list(pool.map(lambda target: _ask(*target), targets))


def _ask(name: str, address: str, port: int) -> Seen:
    try:
        return Seen(name, address, port, tuple(enrol.fetch_host_keys(address, port)))
    except TargetError as error:
        return Seen(name, address, port, reason=str(error.reason), detail=error.detail)


def trust(settings: Settings, seen: Iterable[Seen]) -> None:
    """Record the keys that were shown. Raises SettingsError when there is no place for them."""
    settings.make_home()
    for each in seen:
        if each.keys:
            enrol.record(settings.known_hosts, each.address, each.port, list(each.keys))
