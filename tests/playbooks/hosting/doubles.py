"""An office's inventory in memory, for what needs no host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from inventory.models import Inventory
from playbooks.hosting.site import Site
from playbooks.hosting.vault import Vault

OFFICE = {"name": "Dinas Contoh", "region": "Kabupaten Contoh", "address": "Jalan Contoh 1", "place": "Contoh"}
SEAL = Fernet(Fernet.generate_key())
SHA256 = "0123456789ab" + "0" * 52


def site(folder: Path = Path("/nowhere"), host: dict[str, Any] | None = None, **website: Any) -> Site:
    """A website `portal` at portal.contoh.test; keywords as in websites.yaml."""
    entry = {
        "opd": "dinkes",
        "domain": "portal.contoh.test",
        "host": "web-1",
        "kind": "static",
        "source": {"archive": "rilis.tar.gz", "sha256": SHA256},
        **website,
    }
    inventory = Inventory.model_validate(
        {
            "folder": str(folder),
            "office": OFFICE,
            "hosts": {"web-1": {"address": "127.0.0.1", "credentials": "deploy", **(host or {})}},
            "websites": {"portal": entry},
            "zones": {
                "test": {"server": "127.0.0.1", "credentials": "dns-key"},
                "contoh.test": {"server": "127.0.0.2", "credentials": "dns-key"},
            },
            "acme": {"directory": "https://ca.contoh.test/dir", "contact": "tik@contoh.test"},
        }
    )
    return Site.of(inventory, "portal", folder / "known_hosts", folder / "acme.pem")


def vault(folder: Path) -> Vault:
    """Sealed as an office seals: what was damaged does not open."""

    def unseal(sealed: bytes) -> bytes:
        try:
            return SEAL.decrypt(sealed)
        except InvalidToken:
            raise ValueError("damaged") from None

    return Vault(folder, SEAL.encrypt, unseal)
