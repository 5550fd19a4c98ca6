"""What a playbook found: the stable vocabulary shared by the command line, reports and tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

CODES = frozenset(
    """
    link.down link.admin_down link.errors link.flapping link.duplex optic.low_power ospf.neighbor_lost
    ospf.area_mismatch ospf.mtu_mismatch ospf.timer_mismatch bgp.peer_down route.default_missing gateway.unreachable
    path.loss dhcp.pool_exhausted dhcp.rogue_server dns.not_answering ip.conflict loop.detected stp.blocked_uplink
    cpu.high memory.high storage.low environment.alarm config.unsaved config.changed config.lost firmware.eol
    clock.unsynchronised device.rebooted errdisabled.port pppoe.down vpn.down wifi.clients_none uplink.saturated
    http.down http.error http.slow tls.expiring tls.expired tls.untrusted tls.hostname dns.missing dns.mismatch
    dns.dangling content.gambling content.cloaked content.hidden_links content.defaced files.changed files.unknown
    files.webshell headers.missing cms.outdated cms.unknown_admin php.eol os.eol disk.low backup.stale
    backup.unproven exposed.file exposed.debug links.broken mixed_content domain.expiring
    """.split()
)


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
    Reason.REFUSED_OUTPUT: "jawabannya bukan yang diminta",
    Reason.ERROR: "gagal",
}
"""What a technician reads for each reason (Indonesian); `detail` adds to it and does not say it again."""


def why(reason: str, detail: str = "") -> str:
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
class TargetResult:
    """Outcome of reading one device or website: findings, or the reason why it could not be read."""

    name: str
    seconds: float
    findings: tuple[Finding, ...] = ()
    reason: Reason | None = None
    detail: str = ""
    raw: dict[str, str] = field(default_factory=dict, repr=False)
    """Raw output by command, kept as evidence."""

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
        }


class TargetError(Exception):
    """A device or host could not be used; `reason` says why in the stable vocabulary, `detail` in words."""

    def __init__(self, target: str, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{target}: {why(reason, detail)}")
        self.target, self.reason, self.detail = target, reason, detail
