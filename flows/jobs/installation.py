"""`pelihara check`: is everything there that the office needs? Asks, changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from flows.office import Office, open_office
from inventory.credentials import CredentialError, resolve
from inventory.models import Device, Host
from playbooks.network.endpoints import host_name

_FREE_BYTES = 1 << 30
_PATIENCE_S = 3.0


@dataclass(frozen=True)
class Check:
    """One question and its answer, Indonesian."""

    what: str
    ok: bool
    detail: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def check() -> list[Check]:
    """All questions. Raises InventoryError when the inventory itself cannot be read."""
    office = open_office()
    return [ask(office) for ask in (_inventory, _register, _credentials, _host_keys, _space, _prefect)]


def _inventory(office: Office) -> Check:
    found = office.inventory
    counted = f"{len(found.devices)} perangkat, {len(found.websites)} website, {len(found.officials)} pejabat"
    return Check("inventaris", True, f"{found.folder}: {counted}")


def _register(office: Office) -> Check:
    report = office.register.verify_audit()
    said = f"{report.rows} baris audit, ujung {report.tip}" if report.ok else "; ".join(report.problems)
    return Check("register", report.ok, said)


def _credentials(office: Office) -> Check:
    missing = list(_unresolved(office))
    return Check("kredensial", not missing, "; ".join(missing) or f"{len(office.inventory.credentials)} dapat dibaca")


def _unresolved(office: Office) -> Iterator[str]:
    for name, entry in office.inventory.credentials.items():
        for reference in filter(None, (entry.password, entry.enable, entry.key, entry.secret)):
            try:
                resolve(reference, Path(office.inventory.folder))
            except CredentialError as error:
                yield f"{name}: {error}"


def _host_keys(office: Office) -> Check:
    """known_hosts is OpenSSH's: `address` or `[address]:port` begins the line."""
    recorded = office.known_hosts.read_text() if office.known_hosts.is_file() else ""
    trusted = {name for line in recorded.splitlines() for name in line.split(" ")[0].split(",")}
    machines: dict[str, Device | Host] = {**office.inventory.devices, **office.inventory.hosts}
    strange = [name for name, each in machines.items() if host_name(each.address, each.port) not in trusted]
    said = f"belum dicatat: {', '.join(strange)}; jalankan `pelihara inventory enrol`" if strange else "semua dicatat"
    return Check("kunci host SSH", not strange, said)


def _space(office: Office) -> Check:
    free = shutil.disk_usage(office.settings.home).free
    return Check("ruang disk", free > _FREE_BYTES, f"{free / (1 << 30):.1f} GiB tersisa di {office.settings.home}")


def _prefect(office: Office) -> Check:
    url = office.settings.prefect_url
    try:
        well = httpx.get(f"{url}/health", timeout=_PATIENCE_S, trust_env=False).is_success
    except httpx.HTTPError:
        well = False
    return Check("server Prefect", well, f"{url} {'menjawab' if well else 'tidak menjawab; jalankan `pelihara up`'}")
