"""What a playbook found: the stable vocabulary shared by the command line, reports and tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

TITLES = {
    "link.down": "sambungan putus",
    "link.admin_down": "port dimatikan di konfigurasi",
    "link.errors": "banyak bingkai rusak",
    "link.flapping": "sambungan putus-nyambung",
    "link.duplex": "kecepatan atau dupleks tidak cocok",
    "optic.low_power": "daya cahaya serat lemah",
    "ospf.neighbor_lost": "tetangga OSPF hilang",
    "ospf.area_mismatch": "area OSPF berbeda",
    "ospf.mtu_mismatch": "MTU berbeda pada sambungan OSPF",
    "ospf.timer_mismatch": "waktu hello/dead OSPF berbeda",
    "bgp.peer_down": "sesi BGP putus",
    "route.default_missing": "rute bawaan tidak ada",
    "gateway.unreachable": "gerbang tidak menjawab",
    "path.loss": "paket hilang di jalan",
    "dhcp.pool_exhausted": "alamat DHCP habis",
    "dhcp.rogue_server": "server DHCP asing",
    "dns.not_answering": "server DNS tidak menjawab",
    "ip.conflict": "alamat IP ganda",
    "loop.detected": "jaringan berputar (loop)",
    "stp.blocked_uplink": "uplink diblokir spanning tree",
    "cpu.high": "prosesor sibuk",
    "memory.high": "memori hampir habis",
    "storage.low": "penyimpanan hampir penuh",
    "environment.alarm": "alarm daya, kipas atau suhu",
    "config.unsaved": "konfigurasi belum disimpan",
    "config.changed": "konfigurasi berubah",
    "config.lost": "konfigurasi hilang",
    "firmware.eol": "versi perangkat lunak tidak didukung lagi",
    "clock.unsynchronised": "jam tidak sinkron",
    "device.rebooted": "perangkat baru menyala ulang",
    "errdisabled.port": "port dimatikan oleh perangkatnya sendiri",
    "pppoe.down": "sambungan PPPoE putus",
    "vpn.down": "VPN putus",
    "wifi.clients_none": "Wi-Fi tanpa pengguna",
    "uplink.saturated": "uplink penuh",
    "http.down": "situs tidak menjawab",
    "http.error": "situs menjawab dengan kesalahan",
    "http.slow": "situs lambat",
    "tls.expiring": "sertifikat segera habis",
    "tls.expired": "sertifikat sudah habis",
    "tls.untrusted": "sertifikat tidak dipercaya",
    "tls.hostname": "sertifikat untuk nama lain",
    "dns.missing": "nama tidak ada di DNS",
    "dns.mismatch": "DNS menunjuk ke tempat lain",
    "dns.dangling": "nama menunjuk ke yang tidak ada lagi",
    "content.gambling": "konten judi",
    "content.cloaked": "isi berbeda bagi mesin pencari",
    "content.hidden_links": "tautan tersembunyi",
    "content.defaced": "halaman diubah orang",
    "files.changed": "berkas berubah",
    "files.unknown": "berkas tidak dikenal",
    "files.webshell": "pintu belakang (webshell)",
    "headers.missing": "kepala keamanan HTTP kurang",
    "cms.outdated": "CMS usang",
    "cms.unknown_admin": "admin CMS tidak dikenal",
    "php.eol": "PHP tidak didukung lagi",
    "os.eol": "sistem operasi tidak didukung lagi",
    "packages.outdated": "paket sistem usang",
    "disk.low": "diska hampir penuh",
    "backup.stale": "cadangan terlalu lama",
    "backup.unproven": "cadangan belum terbukti",
    "backup.uncopied": "cadangan tanpa salinan di luar host",
    "backup.damaged": "cadangan rusak",
    "exposed.file": "berkas rahasia terbuka",
    "exposed.debug": "mode debug terbuka",
    "links.broken": "tautan rusak",
    "mixed_content": "isi tanpa HTTPS",
    "domain.expiring": "masa domain segera habis",
}
"""Each finding in a few Indonesian words, for headings, pictures and tables."""
CODES = frozenset(TITLES)


class Severity(IntEnum):
    """How bad a finding is; ordered, so that findings can be ranked."""

    INFO = 0
    WARNING = 1
    MAJOR = 2
    CRITICAL = 3

    def __str__(self) -> str:
        return self.name.lower()


class Reason(StrEnum):
    """Why a target could not be read or written."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    LOGIN_REFUSED = "login_refused"
    HOST_KEY_CHANGED = "host_key_changed"
    HOST_KEY_UNKNOWN = "host_key_unknown"
    LEGACY_SSH_REFUSED = "legacy_ssh_refused"
    INCOMPLETE = "incomplete"
    UNPROVEN = "unproven"
    REFUSED_OUTPUT = "refused_output"
    ERROR = "error"


REASONS = {
    Reason.UNREACHABLE: "tidak terjangkau",
    Reason.TIMEOUT: "tidak menjawab sampai batas waktu",
    Reason.LOGIN_REFUSED: "menolak nama pengguna atau kata sandi",
    Reason.HOST_KEY_CHANGED: "kunci host berubah; periksa alatnya sebelum mendaftarkan lagi",
    Reason.HOST_KEY_UNKNOWN: "kunci host belum dicatat",
    Reason.LEGACY_SSH_REFUSED: "hanya mendukung SSH lama",
    Reason.INCOMPLETE: "jawabannya terpotong",
    Reason.UNPROVEN: "belum terbukti utuh",
    Reason.REFUSED_OUTPUT: "jawabannya bukan yang diminta",
    Reason.ERROR: "gagal",
}
"""What a technician reads for each reason (Indonesian); `detail` adds to it and does not say it again."""


def explained(reason: str, detail: str = "") -> str:
    """A reason as it was stored or reported, in Indonesian (any other word as it is), and what `detail` adds."""
    said = REASONS.get(Reason(reason), reason) if reason in frozenset(Reason) else reason
    return f"{said}: {detail}" if detail else said


@dataclass(frozen=True)
class Finding:
    """One fact worth a person's attention.

    `subject` names what it is about (interface, neighbour, path), `evidence` is the device's own line or the measured
    value, `advice` the next step in Indonesian. `code` is one of `CODES`; ValueError otherwise.
    """

    code: str
    severity: Severity
    subject: str
    evidence: str
    advice: str
    cause: str = ""
    """`name` of the finding that explains this one."""
    at: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Interfaces it is about or lies behind: what ties it to its cause. Not told."""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"unknown finding code {self.code!r}")

    @property
    def name(self) -> str:
        return f"{self.code} {self.subject}"

    def as_json(self) -> dict[str, str]:
        """Its fields as text; `cause` only where there is one."""
        told = {key: str(getattr(self, key)) for key in ("code", "severity", "subject", "evidence", "advice")}
        return {**told, "cause": self.cause} if self.cause else told


@dataclass(frozen=True)
class Copy:
    """A file as an intruder left it, or a page as a visitor got it: that has no owner and no times.

    `path` may be printed. Times in seconds since 1970.
    """

    path: str
    data: bytes = field(repr=False)
    owner: str = ""
    mode: str = ""
    modified: int = 0
    """By the file's own account, which who wrote it may have set."""
    changed: int = 0
    """By its inode's."""


@dataclass(frozen=True)
class TargetResult:
    """Outcome of reading one device or website: findings, or the reason why it could not be read."""

    name: str
    seconds: float
    findings: tuple[Finding, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    raw: dict[str, str] = field(default_factory=dict, repr=False)
    """Raw output by command, kept as evidence."""
    copies: tuple[Copy, ...] = field(default=(), repr=False)
    """Files that findings are about: to be kept as evidence, sealed."""
    checked: tuple[str, ...] = ()
    """Families of codes ("http", "tls") that were looked for to the end: no finding of them is then good news."""

    @property
    def status(self) -> str:
        if self.reason is not None:
            return "failed"
        return "findings" if self.findings else "ok"

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "status": self.status,
            "reason": str(self.reason) if self.reason else "",
            "detail": self.detail,
            "seconds": round(self.seconds, 2),
            "findings": [finding.as_json() for finding in self.findings],
            **({"checked": [*self.checked]} if self.checked else {}),
        }


def nested(findings: Iterable[Mapping[str, str]]) -> list[tuple[int, Mapping[str, str]]]:
    """Findings as JSON, in the order given, each with how many of them stand between it and its first cause."""
    ones = list(findings)
    causes = {f"{one['code']} {one['subject']}": one.get("cause", "") for one in ones}
    return [(len(_causes_of(one, causes)), one) for one in ones]


def _causes_of(one: Mapping[str, str], causes: Mapping[str, str]) -> set[str]:
    """The known findings behind one; a chain that bites its own tail ends there."""
    seen: set[str] = set()
    name = one.get("cause", "")
    while name in causes and name not in seen:
        seen.add(name)
        name = causes[name]
    return seen


class TargetError(Exception):
    """A device or host could not be used; `reason` says why in the stable vocabulary, `detail` in words."""

    def __init__(self, target: str, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{target}: {explained(reason, detail)}")
        self.target, self.reason, self.detail = target, reason, detail

    @property
    def said(self) -> str:
        """Why, for a technician (Indonesian); the target is not named again."""
        return explained(self.reason, self.detail)
