"""Where a device is and how to log in. Loads nothing that talks: who sends others out needs no more than this."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inventory.models import Inventory


@dataclass(frozen=True)
class Endpoint:
    """Where a device is and how to log in; secrets stay out of `repr`."""

    name: str
    address: str
    port: int
    platform: str
    username: str
    password: str = field(repr=False, default="")
    enable: str = field(repr=False, default="")
    key_path: str = field(repr=False, default="")
    legacy_ssh: bool = False
    known_hosts: Path = Path("known_hosts")

    @property
    def host_key_name(self) -> str:
        """The name under which OpenSSH files know this address and port."""
        return host_name(self.address, self.port)


def host_name(address: str, port: int) -> str:
    """How known_hosts names a server (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""
    return address if port == 22 else f"[{address}]:{port}"


def endpoint(inventory: Inventory, device: str, known_hosts: Path) -> Endpoint:
    """The endpoint of an inventory device. Raises KeyError for an unknown one, CredentialError for a lost secret."""
    # Who gets endpoints ready made, as reader processes do, needs no inventory.
    from inventory.credentials import login

    entry = inventory.devices[device]
    secret = login(inventory, entry.credentials)
    return Endpoint(
        name=device,
        address=entry.address,
        port=entry.port,
        platform=entry.platform,
        username=secret.username,
        password=secret.password,
        enable=secret.enable,
        key_path=str(secret.key_path or ""),
        legacy_ssh=entry.legacy_ssh,
        known_hosts=known_hosts,
    )
