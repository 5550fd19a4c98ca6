"""The office's inventory: what the YAML files of a folder may say. Reference: README.md of this folder."""

from __future__ import annotations

import re
from datetime import date, time
from ipaddress import ip_address
from itertools import pairwise
from typing import Annotated, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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
RecordType = Literal["A", "AAAA", "CNAME", "CAA", "TXT"]
WebsiteKind = Literal["static", "php", "wordpress", "laravel", "codeigniter", "codeigniter3", "opensid"]
Column = Literal[
    "name",
    "address",
    "port",
    "platform",
    "vendor",
    "model",
    "opd",
    "role",
    "uplinks",
    "credentials",
    "segment",
    "status",
    "domain",
    "host",
    "kind",
    "database",
]
"""What a column of a sheet can mean to `pelihara inventory import`."""
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)(?!(.*\.)?[0-9]+$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9-]{1,63})*"
)
"""RFC 1123; what ends in a number is an IP address or a slip (10.20.1.256, 010.020.001.001), never a name."""
_PORT_NAME = re.compile(r"[A-Za-z0-9<][A-Za-z0-9 ./:_<>+*-]{0,63}")
_REFERENCE = re.compile(r"(env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*|cred:[A-Za-z0-9_][A-Za-z0-9_.-]*)")


def is_domain(value: str) -> bool:
    """Whether `value` is a domain name of at least two labels, in small letters (RFC 1123)."""
    return bool(_DOMAIN.fullmatch(value))


def _line(value: str) -> str:
    if value and not value.isprintable():
        raise ValueError("harus satu baris teks tanpa karakter kendali")
    return value


def _reference(value: str) -> str:
    if value and not _REFERENCE.fullmatch(value):
        raise ValueError("tulis rujukan env:NAMA, file:PATH atau cred:NAMA, bukan rahasianya sendiri")
    return value


def _address(value: str) -> str:
    if value and not _HOST_NAME.fullmatch(value):
        try:
            ip_address(value)
        except ValueError:
            raise ValueError("harus alamat IP atau nama host") from None
    return value


def _email(value: str) -> str:
    if value and not re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+", value):
        raise ValueError("harus alamat surel, misalnya nama@example.go.id")
    return value


def _term(value: str) -> str:
    if not all(word.isalnum() and word == word.lower() for word in value.split(" ")):
        raise ValueError("harus kata-kata berhuruf kecil dengan satu spasi di antaranya, tanpa tanda baca")
    return value


def _domain(value: str) -> str:
    if not is_domain(value):
        raise ValueError("harus nama domain dengan huruf kecil, misalnya dinkes.example.go.id")
    return value


def _record_name(value: str) -> str:
    label = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
    if len(value) > 253 or not re.fullmatch(rf"({label}\.)+{label}", value):
        raise ValueError("harus nama DNS lengkap dengan huruf kecil, tanpa titik di belakang dan tanpa *")
    return value


def _api(value: str) -> str:
    if value and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+/?", value):
        raise ValueError("harus alamat http(s)://nama:port tanpa jalur")
    return value.rstrip("/")


def _port_name(value: str) -> str:
    if not _PORT_NAME.fullmatch(value):
        raise ValueError("bukan nama antarmuka (port) yang sah")
    return value


def _https(value: str) -> str:
    if not re.fullmatch(r"https://[^\s\"'<>]+", value):
        raise ValueError("harus alamat https://...")
    return value


def _absolute(value: str) -> str:
    if not value.startswith("/") or not re.fullmatch(r"[A-Za-z0-9/._+-]+", value):
        raise ValueError("harus path lengkap mulai dari /, tanpa spasi atau tanda khusus")
    return value


def _web_path(value: str) -> str:
    if not value.startswith("/") or any(mark.isspace() for mark in value):
        raise ValueError("harus mulai dengan / dan tanpa spasi")
    return value


def _folder(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*", value):
        raise ValueError("harus nama folder di dalam rilis, misalnya public/uploads")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError("bukan zona waktu yang dikenal, misalnya Asia/Jakarta") from None
    return value


def _written_day(value: object) -> object:
    if not isinstance(value, str | date):  # pydantic would take a number for seconds since 1970
        raise ValueError("harus tanggal, misalnya 2026-11-01")
    return value


def _written_time(value: object) -> object:
    if not isinstance(value, str | time) or (isinstance(value, str) and not re.fullmatch(r"\d\d:\d\d", value)):
        raise ValueError('harus jam, misalnya "07:30"')
    return value


SecretReference = Annotated[str, AfterValidator(_reference)]
"""Where a secret is, never the secret itself: env:NAME, file:PATH or cred:NAME (systemd credentials)."""

Line = Annotated[str, AfterValidator(_line)]
"""One line of printable text; may be empty. It goes into documents, mails and terminals."""

Name = Annotated[str, Field(min_length=1), AfterValidator(_line)]
Address = Annotated[str, Field(min_length=1), AfterValidator(_address)]
"""IP address or host name; can never be taken for a command's option."""

OptionalAddress = Annotated[str, AfterValidator(_address)]
Email = Annotated[str, AfterValidator(_email), AfterValidator(_line)]
Port = Annotated[int, Field(ge=1, le=65535, strict=True)]
Interface = Annotated[str, AfterValidator(_port_name)]
"""Name of a device's interface. It stands in commands, so it holds no quote, newline or separator."""

Directory = Annotated[str, AfterValidator(_absolute)]
Day = Annotated[date, BeforeValidator(_written_day)]
Clock = Annotated[time, BeforeValidator(_written_time)]


class Entry(BaseModel):
    """An entry of an inventory file; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Contact(Entry):
    """PIC of an agency."""

    name: Name
    email: Email = ""
    phone: Line = ""


class Agency(Entry):
    """An OPD (opd.yaml)."""

    name: Name
    pic: tuple[Contact, ...] = ()
    segment: Line = ""
    address: Line = ""


class Acting(Entry):
    """A temporary appointment: plt (vacant post) or plh (absent holder), both days included."""

    kind: Literal["plt", "plh"]
    role: Role = Field(alias="for")
    since: Day = Field(alias="from")
    until: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until < self.since:
            raise ValueError("until lebih awal daripada from")
        return self


class Official(Entry):
    """officials.yaml"""

    name: Name
    role: Role
    email: Email = ""
    nip: Line = ""
    telegram: Line = ""
    title: Line = ""
    acting: Acting | None = None


class Expectation(Entry):
    """What a healthy device looks like; the baseline of a diagnosis."""

    neighbors: tuple[Name, ...] = ()
    gateway: OptionalAddress = ""
    interfaces: dict[Interface, Literal["up", "down"]] = {}
    dhcp: tuple[Address, ...] = ()
    """DHCP servers that may answer here; any other is a stranger."""
    dns: tuple[Address, ...] = ()
    """DNS servers that have to answer the device."""


class Window(Entry):
    """When changes of class B may be made, in the office's zone; into the next day where `end` is not after `start`."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)] = get_args(Weekday)
    """The days on which it begins."""
    start: Clock
    end: Clock

    def covers(self, begin: date) -> bool:
        """Whether it begins on that day."""
        return get_args(Weekday)[begin.weekday()] in self.days

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.start == self.end:
            raise ValueError("start dan end tidak boleh sama")
        return self


class Device(Entry):
    """devices.yaml; `platform` is netmiko's device_type, or `frr`."""

    opd: str
    address: Address
    port: Port = 22
    platform: Name
    role: Name = "router"
    uplinks: tuple[Interface, ...] = ()
    credentials: str
    legacy_ssh: bool = False
    expect: Expectation = Expectation()
    maintenance: Window | None = None
    """In place of the office's."""
    segment: Line = ""
    binary_backup: bool = True
    """RouterOS: whether its own binary backup may be made too, which puts a file on its disk for a moment."""


class HostPaths(Entry):
    """Where things are on a web host; the defaults are Debian's."""

    sites: Directory = "/srv/pelihara"
    nginx: Directory = "/etc/nginx/conf.d"
    apache: Directory = "/etc/apache2/sites-enabled"
    php_fpm: Directory = "/etc/php/8.2/fpm/pool.d"
    backups: Directory = "/var/backups/pelihara"
    challenges: Directory = "/srv/pelihara/acme"
    php_sockets: Directory = "/run/php"
    mariadb_socket: Directory = "/run/mysqld/mysqld.sock"


class HostCommands(Entry):
    """Commands of a web host. Tests and reloads run through `sudo -n`, as the host's sudoers allows them,
    when `sudo` is true. The MariaDB client never runs as root (it has a shell escape): the login user has its own
    account in the database server, by unix_socket (playbooks/hosting/README.md).
    """

    sudo: bool = True
    nginx_test: Line = "/usr/sbin/nginx -t"
    nginx_reload: Line = "/usr/bin/systemctl reload nginx"
    apache_test: Line = "/usr/sbin/apachectl configtest"
    apache_reload: Line = "/usr/bin/systemctl reload apache2"
    php_fpm_test: Line = "/usr/sbin/php-fpm8.2 -t"
    php_fpm_reload: Line = "/usr/bin/systemctl reload php8.2-fpm"
    packages: Line = "/usr/local/sbin/pelihara-paket"
    crontab: Directory = "/usr/bin/crontab"
    php: Directory = "/usr/bin/php"
    composer: Directory = "/usr/bin/composer"
    mariadb: Line = "/usr/bin/mariadb"
    mariadb_dump: Line = "/usr/bin/mariadb-dump"


SystemUser = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]


class Host(Entry):
    """hosts.yaml: a web server reached over SSH as an unprivileged user."""

    address: Address
    port: Port = 22
    credentials: str
    webserver: Literal["nginx", "apache"] = "nginx"
    segment: Line = ""
    public_address: OptionalAddress = ""
    """Address that domains point to; `address` when empty."""
    web_user: SystemUser = "www-data"
    """User and group of the web server's workers, and of PHP's where a website has none of its own; the login user
    is in the group. Unused without sudo."""
    http_port: Port = 80
    https_port: Port = 443
    paths: HostPaths = HostPaths()
    commands: HostCommands = HostCommands()


def _database_name(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,47}", value):
        raise ValueError("harus huruf kecil, angka atau _, paling panjang 48, mulai dengan huruf")
    if value.endswith(("__new", "__old", "__failed", "__uji")):
        raise ValueError("tidak boleh berakhir __new, __old, __failed atau __uji: itu nama basis data sementara")
    return value


def _archive(value: str) -> str:
    scheme, mark, _ = value.partition("://")
    if mark and scheme not in ("http", "https"):
        raise ValueError("harus path berkas atau alamat http(s)")
    return value


def _sha256(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        raise ValueError("harus SHA-256: 64 angka heksadesimal dengan huruf kecil")
    return value


class Database(Entry):
    """A site's database; its user has the same name."""

    engine: Literal["mariadb"]
    name: Annotated[str, AfterValidator(_database_name)]


class Source(Entry):
    """Release archive (tar.gz or zip): a path (relative to the inventory folder) or URL, with its SHA-256."""

    archive: Annotated[Name, AfterValidator(_archive)]
    sha256: Annotated[str, AfterValidator(_sha256)]


class Health(Entry):
    """The page that proves a release works, and a text that must stand in it."""

    path: Annotated[Line, AfterValidator(_web_path)] = "/"
    expect: Line = ""


class Tls(Entry):
    """Who issues the certificate and how the domain is proven."""

    issuer: Literal["acme", "none"] = "none"
    challenge: Literal["http-01", "dns-01"] = "http-01"
    wildcard: bool = False
    """Also for every name directly below the domain; needs dns-01 (RFC 8555, section 7.1.3)."""

    @model_validator(mode="after")
    def _can_be_proven(self) -> Self:
        if self.wildcard and self.challenge != "dns-01":
            raise ValueError("wildcard: true memerlukan challenge: dns-01")
        return self


class Website(Entry):
    """websites.yaml"""

    opd: str
    domain: Annotated[str, AfterValidator(_domain)]
    host: str
    kind: WebsiteKind
    database: Database | None = None
    source: Source | None = None
    health: Health = Health()
    tls: Tls = Tls()
    shared: tuple[Annotated[str, AfterValidator(_folder)], ...] = ()
    """Folders of its own in a release that outlive it and that PHP may write, for example public/uploads."""
    records: dict[Annotated[str, AfterValidator(_record_name)], dict[RecordType, tuple[Name, ...]]] = {}
    """What DNS says of the domain and names below it, beside its own address; an empty list: no such record."""
    expires: Day | None = None
    """Until when the domain is registered; its zone's when not given. Nothing is asked over the network for it."""
    quota_mb: Annotated[int, Field(ge=1, strict=True)] | None = None
    """Megabytes on its host's disk, releases and uploads together; a release that does not fit is refused."""
    web_user: SystemUser | None = None
    """User and group that its PHP runs as; its host's when not given. Login user and web server are in the group."""
    admins: tuple[Line, ...] = ()
    """Logins of WordPress's administrators as the agency knows them; any other is a finding."""
    maintained: Day | None = None
    """Last maintenance before this register began; the yearly duty counts from here until a case says otherwise."""

    @model_validator(mode="after")
    def _has_database(self) -> Self:
        if self.kind in ("wordpress", "opensid") and self.database is None:
            raise ValueError(f"situs {self.kind} memerlukan database: {{engine: mariadb, name: ...}}")
        return self


class Zone(Entry):
    """zones.yaml: a DNS zone that can be changed by RFC 2136 with TSIG, or over PowerDNS's HTTP API."""

    kind: Literal["rfc2136", "powerdns"] = "rfc2136"
    server: Address
    """Of the primary; it is asked by DNS at `port` in either case."""
    port: Port = 53
    credentials: str
    """rfc2136: a TSIG key; powerdns: a token (X-API-Key)."""
    api: Annotated[Line, AfterValidator(_api)] = ""
    """powerdns: where its HTTP API answers, for example http://10.20.9.53:8081."""
    servers: tuple[Address, ...] = ()
    """Authoritative servers to ask beside the primary; when none are given, those that the zone's NS records name."""
    known: tuple[Name, ...] = ()
    """Where names may point beside our own hosts: addresses, networks, or domains (those below them included)."""
    expires: Day | None = None
    """Until when the domain is registered."""

    @model_validator(mode="after")
    def _has_api(self) -> Self:
        if (self.kind == "powerdns") != bool(self.api):
            raise ValueError("api diisi untuk kind: powerdns, dan hanya untuk itu")
        return self


class Credential(Entry):
    """credentials.yaml: a login (username with password or key), a TSIG key (name, algorithm, secret) or a token."""

    username: Line = ""
    password: SecretReference = ""
    enable: SecretReference = ""
    key: SecretReference = ""
    name: Line = ""
    algorithm: Literal["hmac-sha256", "hmac-sha384", "hmac-sha512"] = "hmac-sha256"
    secret: SecretReference = ""
    token: SecretReference = ""
    """Key of an HTTP API."""

    @property
    def is_tsig(self) -> bool:
        return bool(self.name and self.secret)

    @property
    def is_token(self) -> bool:
        return bool(self.token)

    @property
    def is_login(self) -> bool:
        return bool(self.username and (self.password or self.key))

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if [self.is_login, self.is_tsig, self.is_token].count(True) != 1:
            kinds = "username dengan password atau key (login), atau name dengan secret (kunci TSIG), atau token"
            raise ValueError(f"isi {kinds}")
        return self


class Acme(Entry):
    """acme.yaml: the certificate authority; `ca` is a PEM file that signs its own HTTPS, when not a public one."""

    directory: Annotated[str, AfterValidator(_https)]
    contact: Email
    ca: Line = ""
    caa: Line = ""
    """What a CAA record calls this authority, for example letsencrypt.org; "": CAA records are not judged."""
    root: Line = ""
    """PEM file of the root that signs the certificates it issues, when browsers' roots do not have it."""


class Headings(Entry):
    """headings.yaml: an office's own words in sheets, beside those of importing/headings.yaml, which has all keys."""

    columns: dict[Column, tuple[Name, ...]] = {}
    """What a column holds: the headings it may have, the preferred one first."""
    secrets: tuple[Name, ...] = ()
    """Words in headings of columns that are never read."""
    platforms: dict[Name, tuple[Name, ...]] = {}
    """Platform: words of vendor and model that point to it (`*`, `[0-9]` as in file names); the first match counts."""
    roles: dict[Name, tuple[Name, ...]] = {}
    kinds: dict[WebsiteKind, tuple[Name, ...]] = {}
    retired: tuple[Name, ...] = ()
    """States of a device that is not in use."""


Term = Annotated[str, Field(min_length=1), AfterValidator(_term)]
Weight = Annotated[float, Field(ge=0, le=10)]
"""How much a word proves: from 2.5 on it is proof, below 1 it only counts beside others, 0 takes it out."""


class Words(Entry):
    """words.yaml: an office's own words for looking at pages, beside those of playbooks/hosting/sentinel/words.yaml."""

    promotion: dict[Term, Weight] = {}
    """Words of gambling."""
    trade: dict[Term, Weight] = {}
    """Words of other dark trade."""
    defacement: dict[Term, Weight] = {}
    ordinary: tuple[Term, ...] = ()
    """Words of everyday use that hold one of those and do not count."""
    reporting: tuple[Term, ...] = ()
    """Words of who reports or warns."""
    services: tuple[Term, ...] = ()
    invitations: tuple[Term, ...] = ()
    offers: tuple[Term, ...] = ()
    """Words of who offers games: inviting, or praising only."""
    sales: tuple[Term, ...] = ()
    """Words of who sells."""
    brands: tuple[Term, ...] = ()
    """Names of gambling sites, without the number behind them."""
    trusted: tuple[Annotated[str, AfterValidator(_domain)], ...] = ()
    """Domains that pages of ours may link to, those below them included."""


class WorkingDay(Entry):
    """Office hours of one weekday, in the office's zone."""

    start: Clock
    end: Clock
    pause: tuple[Clock, Clock] | None = None
    """Start and end of the midday break, which does not count as working time."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        moments = (self.start, *(self.pause or ()), self.end)
        if any(later <= earlier for earlier, later in pairwise(moments)):
            raise ValueError("jam harus berurutan: start, pause, end")
        return self


def _civil_service_hours() -> dict[Weekday, WorkingDay]:
    """37.5 hours in five days, the break not counted (Perpres 21/2023, pasal 4)."""
    day = WorkingDay(start=time(7, 30), end=time(16), pause=(time(12), time(13)))
    friday = WorkingDay(start=time(7, 30), end=time(16, 30), pause=(time(11, 30), time(13)))
    return {"monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": friday}


class Mail(Entry):
    """The office's SMTP relay."""

    host: Address
    port: Port = 25
    sender: Annotated[Email, Field(min_length=1)]
    starttls: bool = False
    username: Line = ""
    password: SecretReference = ""


class Telegram(Entry):
    """The office's bot."""

    token: Annotated[SecretReference, Field(min_length=1)]


Count = Annotated[int, Field(ge=0, le=1000, strict=True)]


class Retention(Entry):
    """Of so many days, weeks, months and years that have a backup, the newest one of each is kept."""

    daily: Annotated[int, Field(ge=1, le=1000, strict=True)] = 7
    weekly: Count = 4
    monthly: Count = 0
    yearly: Count = 0


class SiteBackups(Entry):
    """Which backups of a website are kept: on its host, where the disk is the site's too, and off it."""

    host: Retention = Retention()
    off_host: Retention = Retention(monthly=12, yearly=2)


class Office(Entry):
    """office.yaml: the office itself, its hours, holidays, letterhead and channels."""

    name: Name
    region: Name
    """Letterhead's first line, for example the regency."""
    address: Name
    place: Name
    """Where documents are signed."""
    phone: Line = ""
    email: Email = ""
    website: Line = ""
    logo: Line = ""
    zone: Annotated[str, AfterValidator(_zone)] = "Asia/Jakarta"
    hours: dict[Weekday, WorkingDay] = Field(default_factory=_civil_service_hours, min_length=1)
    holidays: dict[Day, Name] = {}
    """Days off beside the national holidays and cuti bersama, with their names."""
    working: dict[Day, Name] = {}
    """Days that are worked although the calendar says holiday, with the reason."""
    maintenance: Window | None = None
    """None: approved changes are made at any time."""
    mail: Mail | None = None
    telegram: Telegram | None = None
    backup_stale_days: Annotated[int, Field(ge=1, le=365, strict=True)] = 3
    """A device or website whose last good backup is older counts as stale. They are nightly; a weekend may pass."""
    site_backups: SiteBackups = SiteBackups()
    maintenance_ahead_days: Annotated[int, Field(ge=0, le=180, strict=True)] = 45
    """So long before a website's year is over its case is opened: the SOP gives steps 6 and 7 2 + 30 working days."""


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
    headings: Headings | None = None
    words: Words | None = None
