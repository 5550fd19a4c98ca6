"""The office's inventory: what the YAML files of a folder may say. Reference: README.md of this folder."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Role = Literal[
    "kadis",
    "sekretaris",
    "kabid",
    "koordinator",
    "sub_koordinator",
    "helpdesk",
    "tim_teknis",
    "pelaksana",
    "auditor",
    "admin",
]


def _is_reference(value: str) -> str:
    if value and not value.startswith(("env:", "file:", "cred:")):
        raise ValueError("tulis rujukan env:NAMA, file:PATH atau cred:NAMA, bukan rahasianya sendiri")
    return value


SecretReference = Annotated[str, AfterValidator(_is_reference)]
"""Where a secret is, never the secret itself: env:NAME, file:PATH or cred:NAME (systemd credentials)."""


class Entry(BaseModel):
    """An entry of an inventory file; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(Entry):
    """PIC of an agency."""

    name: str
    email: str = ""
    phone: str = ""


class Agency(Entry):
    """An OPD (opd.yaml)."""

    name: str
    pic: tuple[Contact, ...] = ()
    segment: str = ""
    address: str = ""


class Acting(Entry):
    """A temporary appointment: plt (vacant post) or plh (absent holder), both days included."""

    kind: Literal["plt", "plh"]
    role: Role = Field(alias="for")
    since: date = Field(alias="from")
    until: date


class Official(Entry):
    """officials.yaml"""

    name: str
    role: Role
    email: str = ""
    nip: str = ""
    telegram: str = ""
    title: str = ""
    acting: Acting | None = None


class Expectation(Entry):
    """What a healthy device looks like; the baseline of a diagnosis."""

    neighbors: tuple[str, ...] = ()
    gateway: str = ""
    interfaces: dict[str, Literal["up", "down"]] = {}


class Device(Entry):
    """devices.yaml; `platform` is netmiko's device_type, or `frr`."""

    opd: str
    address: str
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    platform: str
    role: str = "router"
    uplinks: tuple[str, ...] = ()
    credentials: str
    legacy_ssh: bool = False
    expect: Expectation = Expectation()
    segment: str = ""


class HostPaths(Entry):
    """Where things are on a web host; the defaults are Debian's."""

    sites: str = "/srv/pelihara"
    nginx: str = "/etc/nginx/conf.d"
    php_fpm: str = "/etc/php/8.2/fpm/pool.d"
    backups: str = "/var/backups/pelihara"
    challenges: str = "/srv/pelihara/acme"


class HostCommands(Entry):
    """Commands that need privilege, as the host's sudoers allows them; run through `sudo -n` when `sudo` is true."""

    sudo: bool = True
    nginx_test: str = "/usr/sbin/nginx -t"
    nginx_reload: str = "/usr/bin/systemctl reload nginx"
    php_fpm_test: str = "/usr/sbin/php-fpm8.2 -t"
    php_fpm_reload: str = "/usr/bin/systemctl reload php8.2-fpm"
    mariadb: str = "/usr/bin/mariadb"
    mariadb_dump: str = "/usr/bin/mariadb-dump"


class Host(Entry):
    """hosts.yaml: a web server reached over SSH as an unprivileged user."""

    address: str
    port: Annotated[int, Field(ge=1, le=65535)] = 22
    credentials: str
    webserver: Literal["nginx", "apache"] = "nginx"
    segment: str = ""
    public_address: str = ""
    """Address that domains point to; `address` when empty."""
    http_port: Annotated[int, Field(ge=1, le=65535)] = 80
    https_port: Annotated[int, Field(ge=1, le=65535)] = 443
    paths: HostPaths = HostPaths()
    commands: HostCommands = HostCommands()


class Database(Entry):
    engine: Literal["mariadb"]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]


class Source(Entry):
    """Release archive (tar.gz or zip): a path (relative to the inventory folder) or URL, with its SHA-256."""

    archive: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Health(Entry):
    """The page that proves a release works, and a text that must stand in it."""

    path: str = "/"
    expect: str = ""


class Tls(Entry):
    issuer: Literal["acme", "none"] = "none"
    challenge: Literal["http-01"] = "http-01"


class Website(Entry):
    """websites.yaml"""

    opd: str
    domain: Annotated[str, Field(pattern=r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$")]
    host: str
    kind: Literal["static", "php", "wordpress", "laravel", "codeigniter", "opensid"]
    database: Database | None = None
    source: Source | None = None
    health: Health = Health()
    tls: Tls = Tls()
    maintained: date | None = None
    """Last maintenance before this register began; the yearly duty counts from here until a case says otherwise."""


class Zone(Entry):
    """zones.yaml: a DNS zone that can be changed by RFC 2136 with TSIG."""

    kind: Literal["rfc2136"] = "rfc2136"
    server: str
    port: Annotated[int, Field(ge=1, le=65535)] = 53
    credentials: str


class Credential(Entry):
    """credentials.yaml: a login (username with password or key) or a TSIG key (name, algorithm, secret)."""

    username: str = ""
    password: SecretReference = ""
    enable: SecretReference = ""
    key: SecretReference = ""
    name: str = ""
    algorithm: Literal["hmac-sha256", "hmac-sha384", "hmac-sha512"] = "hmac-sha256"
    secret: SecretReference = ""


class Acme(Entry):
    """acme.yaml: the certificate authority; `ca` is a PEM file that signs its own HTTPS, when not a public one."""

    directory: str
    contact: str
    ca: str = ""


class WorkingDay(Entry):
    start: time
    end: time
    pause: tuple[time, time] | None = None
    """Start and end of the midday break, which does not count as working time."""


class Mail(Entry):
    host: str
    port: int = 25
    sender: str
    starttls: bool = False
    username: str = ""
    password: SecretReference = ""


class Telegram(Entry):
    token: SecretReference


class Office(Entry):
    """office.yaml: the office itself, its hours, holidays, letterhead and channels."""

    name: str
    region: str
    """Letterhead's first line, for example the regency."""
    address: str
    place: str
    """Where documents are signed."""
    phone: str = ""
    email: str = ""
    website: str = ""
    logo: str = ""
    zone: str = "Asia/Jakarta"
    hours: dict[Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], WorkingDay] = {}
    holidays: dict[date, str] = {}
    """Days off beside the national holidays and cuti bersama, with their names."""
    working: dict[date, str] = {}
    """Days that are worked although the calendar says holiday, with the reason."""
    mail: Mail | None = None
    telegram: Telegram | None = None


class Inventory(Entry):
    """The whole folder, references checked. Slugs are the keys."""

    folder: str
    office: Office
    opd: dict[str, Agency] = {}
    officials: dict[str, Official] = {}
    devices: dict[str, Device] = {}
    hosts: dict[str, Host] = {}
    websites: dict[str, Website] = {}
    zones: dict[str, Zone] = {}
    credentials: dict[str, Credential] = {}
    acme: Acme | None = None
