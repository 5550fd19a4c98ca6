"""Is a website well: HTTP, certificate, DNS, disk, backups, content. Reads only; each part has its own limit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

from inventory.causes import cause
from playbooks.findings import Copy, Finding, Reason, Severity, TargetError, TargetResult
from playbooks.hosting import certificates, health, links, names, pages, quota, safekeeping
from playbooks.hosting.connect import Shell
from playbooks.hosting.intruders import exposed
from playbooks.hosting.intruders import inspecting as intruders
from playbooks.hosting.sentinel import inspecting, screenshot
from playbooks.hosting.sentinel import page as sentinel
from playbooks.hosting.sentinel.lexicon import lexicon
from playbooks.hosting.session import Answer, FetchError
from playbooks.hosting.site import MAIN_PORTS, Site
from playbooks.hosting.updates import maintain, packages

SLOW_S = 3.0
EXPIRING = timedelta(days=14)
DISK_LOW, DISK_FULL = 10, 4
"""Percent free, of bytes or of inodes."""
PART_S = 15
HEADERS = ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")

Part = Callable[[float], Iterable[Finding]]
"""One part of a check: seconds it may take -> findings."""


def check(
    site: Site,
    shell: Shell | None = None,
    last_backup: datetime | None = None,
    deadline_s: float = 60,
    failed_drill: datetime | None = None,
) -> TargetResult:
    """Findings of a site, worst first. Without a shell only what is seen from outside.

    `last_backup` and `failed_drill` (UTC; the last drill, when it failed) are what the register knows; the host's own
    list counts too. A part that cannot be read is named in `detail` and does not hide the others; `reason` is set only
    when no part could be read.
    """
    began, look = time.monotonic(), _Look(site, shell)
    parts = look.parts() | {"backup": lambda left: look.backups(left, last_backup, failed_drill)}
    findings, checked, troubles = _read(parts, began + deadline_s)
    blank = _draw(site, look.seen, began + deadline_s)
    return TargetResult(
        site.slug,
        time.monotonic() - began,
        tuple(sorted(findings, key=lambda finding: -finding.severity)),
        reason=troubles[0].reason if len(troubles) == len(parts) else None,
        detail="; ".join([*(str(trouble) for trouble in troubles), *blank]),
        checked=tuple(checked),
        copies=tuple(look.seen.copies),
    )


@dataclass
class _Look:
    """One look at a site: its parts by the families of codes that they look for, and what one saw for the next."""

    site: Site
    shell: Shell | None
    seen: intruders.Seen = field(default_factory=intruders.Seen)
    front: list[sentinel.Page] = field(default_factory=list)

    def parts(self) -> dict[str, Part]:
        """In the order in which they are read: what may be served to a stranger is known once the files are."""
        parts: dict[str, Part] = {
            "http headers": lambda left: _http(self.site, left),
            "dns domain": lambda left: names.of_site(self.site, left),
        }
        if self.site.website.tls.issuer != "none":
            parts["tls"] = lambda left: _tls(self.site, left)
        parts["content"] = lambda left: _content(self.site, left, self.seen, self.front)
        parts["links mixed_content"] = lambda left: _links(self.site, left, self.front)
        if self.shell:
            parts |= self._host_parts(self.shell)
        parts["exposed"] = lambda left: _exposed(self.site, left, self.seen)
        return parts

    def _host_parts(self, shell: Shell) -> dict[str, Part]:
        """Room on its disks, what an intruder left, and what no longer gets fixes."""
        site = self.site
        parts: dict[str, Part] = {
            "disk": lambda left: _disk(site, shell.within(left)),
            "files": lambda left: intruders.look_through(site, shell.within(left), self.seen),
            "php os": lambda left: intruders.look_at_support(site, shell.within(left)),
            "packages": lambda left: packages.outdated(shell.within(left)),
        }
        if site.kind.wordpress:
            parts["cms"] = lambda left: chain(
                maintain.outdated(site, shell.within(left)), intruders.look_at_wordpress(site, shell.within(left))
            )
        return parts

    def backups(self, left: float, last: datetime | None, failed_drill: datetime | None) -> Iterable[Finding]:
        """As the register and, where it can be asked, the host know them."""
        return safekeeping.of_site(self.site, self.shell.within(left) if self.shell else None, last, failed_drill)


def _read(parts: dict[str, Part], deadline: float) -> tuple[list[Finding], list[str], list[TargetError]]:
    """Findings, the families of codes that were looked for, and what could not be read."""
    findings: list[Finding] = []
    checked: list[str] = []
    troubles: list[TargetError] = []
    for families, part in parts.items():
        left = deadline - time.monotonic()
        try:
            if left <= 0:
                raise TargetError("check", Reason.TIMEOUT, "batas waktu pemeriksaan habis")
            findings += part(min(left, PART_S))
            checked += families.split()
        except TargetError as trouble:
            troubles.append(trouble)
    return findings, checked, troubles


def _http(site: Site, left: float) -> Iterator[Finding]:
    path = site.website.health.path
    try:
        page = pages.follow(site, path, left)
    except FetchError as error:
        advice = "Periksa apakah host hidup dan server webnya berjalan (systemctl status nginx atau apache2)."
        yield Finding("http.down", Severity.CRITICAL, site.url("http", path), str(error), advice)
        return
    yield from judge(site, page)


def _content(site: Site, left: float, seen: intruders.Seen, front: list[sentinel.Page]) -> list[Finding]:
    """What was slipped into the first page, asked of the site's own host; its certificate is another part's affair.

    The page goes into `front`; on an alarm, what visitors got goes into `seen`.
    """
    with pages.session(site, left) as session:
        found = inspecting.content(f"{_base(site)}/", session, lexicon(site.inventory.words))
    front.append(found.page)
    seen.copies += found.copies
    return found.findings


def _draw(site: Site, seen: intruders.Seen, deadline: float) -> list[str]:
    """Adds how the pages of an alarm look to people and to search engines; why they could not be drawn, if so."""
    alarmed = {copy.path for copy in seen.copies}
    try:
        for who, headers in (inspecting.PERSON, inspecting.CRAWLER):
            if (name := inspecting.page_of(who)) in alarmed:
                left = min(screenshot.LONGEST_S, deadline - time.monotonic())
                picture = screenshot.take(f"{_base(site)}/", headers["User-Agent"], _places(site), left)
                seen.copies.append(Copy(f"tangkapan layar {name}.png", picture))
    except screenshot.NoPicture as why:
        return [f"tangkapan layar tidak dibuat: {why}"]
    return []


def _places(site: Site) -> dict[str, str]:
    """Where a browser finds the site, by the usual ports and by its host's own."""
    host, address = site.host, f"[{site.host.address}]" if ":" in site.host.address else site.host.address
    usual = {MAIN_PORTS["http"]: host.http_port, MAIN_PORTS["https"]: host.https_port}
    ports = {host.http_port: host.http_port, host.https_port: host.https_port} | usual
    return {f"{site.domain}:{port}": f"{address}:{real}" for port, real in ports.items()}


def _links(site: Site, left: float, front: list[sentinel.Page]) -> Iterator[Finding]:
    with pages.session(site, left) as session:
        yield from links.findings(front[0] if front else None, session)


def _exposed(site: Site, left: float, seen: intruders.Seen) -> Iterator[Finding]:
    with pages.session(site, left) as session:
        yield from exposed.findings(_base(site), site.domain, site.website.kind, session, seen.served)


def _base(site: Site) -> str:
    return site.url("https" if site.website.tls.issuer != "none" else "http")


def judge(site: Site, page: Answer) -> Iterator[Finding]:
    """Findings of one answer: status and text, speed, security headers."""
    trouble = health.judge(site, page)
    if trouble:
        advice = "Baca log galat server web dan PHP situs ini; bila baru terbit, kembalikan rilis (website rollback)."
        severity = Severity.CRITICAL if page.status >= 500 else Severity.MAJOR
        yield Finding("http.error", severity, page.url, trouble, advice)
    if page.seconds > SLOW_S:
        advice = "Periksa beban host, kueri basis data yang lambat, dan jumlah proses PHP."
        yield Finding("http.slow", Severity.WARNING, page.url, f"{page.seconds:.1f} detik (batas {SLOW_S:g})", advice)
    wanted = (*HEADERS, *(["Strict-Transport-Security"] if page.url.startswith("https:") else []))
    missing = [name for name in wanted if name.lower() not in page.headers]
    if missing:
        advice = "Jalankan hosting ulang untuk situs ini agar server web memberi header pengaman."
        yield Finding("headers.missing", Severity.WARNING, page.url, ", ".join(missing), advice)


def _tls(site: Site, left: float) -> Iterator[Finding]:
    url = site.url("https", "/")
    try:
        shown = certificates.served(site, left)
        distrust = certificates.distrust(site, shown, left)
    except (OSError, ValueError) as error:
        advice = "Terbitkan sertifikat (website domain/tls) dan periksa server web mendengarkan HTTPS."
        yield Finding("http.down", Severity.MAJOR, url, cause(error), advice)
        return
    yield from judge_certificate(url, site.domain, shown, distrust, certificates.now())


def judge_certificate(
    url: str, domain: str, shown: certificates.Certificate, distrust: str, now: datetime
) -> Iterator[Finding]:
    """Findings of a served certificate at the moment `now` (UTC)."""
    left, until = shown.left(now), f"berlaku sampai {shown.until:%Y-%m-%d %H:%M} UTC"
    renew = "Perbarui sertifikat dan periksa mengapa pembaruan otomatis tidak berjalan."
    if left <= timedelta(0):
        yield Finding("tls.expired", Severity.CRITICAL, url, until, renew)
    elif left < min(EXPIRING, (shown.until - shown.since) / 4):
        yield Finding("tls.expiring", Severity.WARNING, url, until, renew)
    if not shown.covers(domain):
        names = ", ".join(shown.names[:5]) or "(tanpa nama)"
        advice = "Terbitkan sertifikat untuk nama domain situs ini."
        yield Finding("tls.hostname", Severity.CRITICAL, url, f"diharapkan {domain}, sertifikat untuk {names}", advice)
    if distrust:
        advice = "Pasang sertifikat dari penerbit yang dikenal peramban, beserta rantainya."
        yield Finding("tls.untrusted", Severity.CRITICAL, url, distrust, advice)


_FREE = """
df -P "$1" | awk 'NR == 2 { sub("%", "", $5); print 100 - $5 }'
df -Pi "$1" | awk 'NR == 2 { sub("%", "", $5); print ($5 == "-") ? 100 : 100 - $5 }'
"""


def _disk(site: Site, shell: Shell) -> Iterator[Finding]:
    if site.website.quota_mb:
        yield from quota.judge(site, quota.used(site, shell))
    paths = site.host.paths
    for path in (paths.sites, paths.backups):
        space, inodes = (int(line) for line in shell.script(_FREE, path).split())
        for free, what in ((space, "ruang"), (inodes, "inode")):
            if free < DISK_LOW:
                severity = Severity.CRITICAL if free < DISK_FULL else Severity.WARNING
                advice = "Buang log dan cadangan lama, atau tambah disk."
                yield Finding("disk.low", severity, f"{shell.name}:{path}", f"{what} tersisa {free}%", advice)
