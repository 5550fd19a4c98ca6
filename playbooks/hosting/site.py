"""A website with everything a playbook needs to know about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_address
from pathlib import Path

from inventory.models import Acme, Host, Inventory, Website, Zone
from playbooks.hosting.connect import HostAccess, access
from playbooks.hosting.kinds import Kind, kind_of
from playbooks.hosting.layout import Layout
from playbooks.hosting.vault import Vault

MAIN_PORTS = {"http": 80, "https": 443}


class SiteError(ValueError):
    """The inventory does not say enough, or something that cannot be, for this playbook; the message is Indonesian."""


@dataclass(frozen=True)
class Site:
    """One website of the inventory, with its host."""

    slug: str
    inventory: Inventory = field(repr=False)
    known_hosts: Path
    account_key: Path
    """The ACME account's private key (PEM) on this machine; made on first use."""
    vault: Vault | None = field(default=None, repr=False)
    """Where its backups are copied to; None: nowhere."""

    @classmethod
    def of(
        cls, inventory: Inventory, slug: str, known_hosts: Path, account_key: Path, vault: Vault | None = None
    ) -> Site:
        """Raises SiteError when the inventory has no such website."""
        if slug not in inventory.websites:
            raise SiteError(f"website {slug!r} tidak ada dalam websites.yaml")
        return cls(slug, inventory, known_hosts, account_key, vault)

    @property
    def website(self) -> Website:
        return self.inventory.websites[self.slug]

    @property
    def domain(self) -> str:
        return self.website.domain

    @property
    def host(self) -> Host:
        return self.inventory.hosts[self.website.host]

    @property
    def access(self) -> HostAccess:
        """Login to the site's host. Raises TargetError when its credentials cannot be had."""
        return access(self.inventory, self.website.host, self.known_hosts)

    @property
    def kind(self) -> Kind:
        """Raises SiteError when this kind of website cannot be hosted yet."""
        try:
            return kind_of(self.website.kind)
        except KeyError:
            raise SiteError(f"{self.slug}: jenis situs {self.website.kind!r} belum didukung") from None

    @property
    def shared(self) -> tuple[str, ...]:
        """Folders of a release that outlive it: its kind's, and its own of the inventory."""
        return (*self.kind.shared, *self.website.shared)

    @property
    def writable(self) -> tuple[str, ...]:
        """Folders in `shared/` that PHP may write."""
        return (*self.kind.writable, *self.website.shared)

    @property
    def layout(self) -> Layout:
        return Layout(f"{self.host.paths.sites}/{self.slug}", f"{self.host.paths.backups}/{self.slug}")

    @property
    def web_user(self) -> str:
        """The system user that its PHP runs as."""
        return self.website.web_user or self.host.web_user

    @property
    def group(self) -> str:
        """The group that PHP and the web server read by; empty where they run as the login user."""
        return self.web_user if self.host.commands.sudo else ""

    @property
    def address(self) -> str:
        """The address that the domain should point to."""
        return self.host.public_address or self.host.address

    @property
    def ip(self) -> str:
        """`address` as DNS writes it. Raises SiteError when the inventory has a name there."""
        try:
            return str(ip_address(self.address))
        except ValueError:
            raise SiteError(f"{self.website.host}: isi public_address dengan alamat IP di hosts.yaml") from None

    @property
    def zone(self) -> tuple[str, Zone]:
        """Name and entry of the zone that holds the domain: the longest suffix. Raises SiteError when there is none."""
        for name in sorted(self.inventory.zones, key=len, reverse=True):
            if self.domain == name or self.domain.endswith(f".{name}"):
                return name, self.inventory.zones[name]
        raise SiteError(f"{self.slug}: tidak ada zona dalam zones.yaml untuk {self.domain}")

    @property
    def registered_until(self) -> date | None:
        """Last day of the domain's registration, as the inventory has it."""
        zones = self.inventory.zones.items()
        inherited = [zone.expires for name, zone in zones if self.domain == name or self.domain.endswith(f".{name}")]
        return self.website.expires or next(filter(None, inherited), None)

    @property
    def acme(self) -> Acme:
        """Raises SiteError when the inventory names no certificate authority."""
        if self.inventory.acme is None:
            raise SiteError(f"{self.slug}: penerbit sertifikat belum diisi dalam acme.yaml")
        return self.inventory.acme

    def inventory_path(self, name: str) -> Path:
        """A file named in the inventory; a relative name counts from the inventory's folder."""
        return Path(self.inventory.folder) / name

    def url(self, scheme: str, path: str = "") -> str:
        """The site's public address, for example https://dinkes.example.go.id/."""
        port = {"http": self.host.http_port, "https": self.host.https_port}[scheme]
        return f"{scheme}://{self.domain}{'' if port == MAIN_PORTS[scheme] else f':{port}'}{path}"
