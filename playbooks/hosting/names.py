"""What DNS says, judged: of a site's own domain, and of a whole zone (names that lead to nobody, servers that lag)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from ipaddress import ip_address, ip_network

import dns.exception
import dns.resolver

from inventory.models import Inventory
from playbooks.findings import Finding, Reason, Severity, TargetError, TargetResult
from playbooks.hosting import nameservers, zones
from playbooks.hosting.nameservers import Nameserver
from playbooks.hosting.records import Key, Records, RecordSet
from playbooks.hosting.site import Site, SiteError

EXPIRING_DAYS, EXPIRING_SOON_DAYS = 60, 30
FOLLOW_S = 8.0
"""For a secondary to take over what has just changed; BIND alone may wait five seconds before it tells its own."""
_LEADS = {"A": 0, "AAAA": 0, "CNAME": 0, "NS": 0, "MX": 1}
"""Types that lead somewhere, and which word of their value says where."""

Exists = Callable[[str], bool]
"""Whether a name of somebody else's zone has any record."""


def of_site(site: Site, left: float) -> Iterator[Finding]:
    """Findings of a site's domain, from each of its zone's servers; from this machine's resolver when none is known."""
    yield from judge_registration(site.domain, site.registered_until, datetime.now(UTC).date())
    try:
        first, *others = nameservers.authoritative(*site.zone)
        expected = first.records([site.domain], deadline_s=min(left, nameservers.ANSWER_S))
        yield from judge_records(site, expected)
        for server in others:
            yield from _other(server, site.domain, first, expected)
        if site.website.tls.issuer == "acme" and site.acme.caa:
            yield from judge_caa(site, _nearest_caa(first, site.domain), site.acme.caa)
    except SiteError:
        yield from judge_records(site, _resolved(site, left))


def _nearest_caa(server: Nameserver, domain: str) -> tuple[str, ...]:
    """The CAA records that hold for a domain: its own, else its nearest parent's (RFC 8659, section 3)."""
    name = domain
    while name.endswith(server.zone):
        if held := server.records([name], ["CAA"]):
            return held[Key(name, "CAA")].values
        name = name.partition(".")[2]
    return ()


def _resolved(site: Site, left: float) -> Records:
    found = {}
    for kind in ("A", "AAAA"):
        try:
            answer = dns.resolver.resolve(site.domain, kind, lifetime=min(left, 5))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            continue
        except (dns.exception.DNSException, OSError, SiteError) as error:
            raise TargetError(site.slug, Reason.TIMEOUT, f"DNS: {type(error).__name__}") from None
        values = tuple(sorted(record.to_text() for record in answer))
        found[Key(site.domain, kind)] = RecordSet(answer.rrset.ttl if answer.rrset else 0, values)
    return found


def judge_records(site: Site, records: Records) -> Iterator[Finding]:
    """Findings of what one server says about the domain's address."""
    addresses = [value for key, held in records.items() if key.type in ("A", "AAAA") for value in held.values]
    if not records:
        advice = "Daftarkan domain ini (website domain) bersama tim jaringan."
        yield Finding("dns.missing", Severity.CRITICAL, site.domain, "tidak ada jawaban untuk domain ini", advice)
    elif addresses and set(addresses) != {site.ip}:
        evidence = f"diharapkan {site.ip}, dijawab {', '.join(addresses[:8])}"
        advice = "Pastikan alamat yang benar, lalu perbaiki catatan DNS atau inventaris."
        yield Finding("dns.mismatch", Severity.MAJOR, site.domain, evidence, advice)


def _other(server: Nameserver, domain: str, first: Nameserver, expected: Records) -> Iterator[Finding]:
    """Findings of a server that is silent, or says another thing than the primary."""
    try:
        said = _told(server.records([domain]))
    except TargetError as error:
        said = error.detail
    if said != _told(expected):
        evidence = f"{server.address}: {said}; {first.address}: {_told(expected)}"
        advice = "Periksa server ini dan penyalinan zonanya (AXFR, NOTIFY) bersama tim jaringan."
        yield Finding("dns.mismatch", Severity.MAJOR, f"{domain} di {server.address}", evidence, advice)


def _told(found: Records) -> str:
    return ", ".join(f"{key.type} {' '.join(held.values[:4])}" for key, held in found.items()) or "tidak ada"


def judge_caa(site: Site, records: Iterable[str], issuer: str) -> Iterator[Finding]:
    """A CAA set that does not name the authority in use stops the next renewal (RFC 8659)."""
    tag = "issuewild" if site.website.tls.wildcard else "issue"
    parts = [record.split(maxsplit=2) for record in records]
    named = [value.strip('"').partition(";")[0].strip() for _, kind, value in parts if kind == tag]
    if tag == "issuewild" and not named:
        named = [value.strip('"').partition(";")[0].strip() for _, kind, value in parts if kind == "issue"]
    if named and issuer not in named:
        evidence = f"CAA mengizinkan {', '.join(filter(None, named)) or 'tidak satu pun'}, penerbit kita {issuer}"
        advice = "Sesuaikan catatan CAA (records dalam websites.yaml) sebelum sertifikat harus diperbarui."
        yield Finding("dns.mismatch", Severity.MAJOR, f"{site.domain} CAA", evidence, advice)


def judge_registration(domain: str, until: date | None, today: date) -> Iterator[Finding]:
    """Findings of a registration that ends; the day is the inventory's, nobody is asked."""
    left = (until - today).days if until else EXPIRING_DAYS + 1
    if until and left <= EXPIRING_DAYS:
        severity = Severity.MAJOR if left <= EXPIRING_SOON_DAYS else Severity.WARNING
        evidence = f"terdaftar sampai {until} menurut inventaris ({left} hari lagi)"
        advice = "Perpanjang domain, lalu ubah expires di inventaris."
        yield Finding("domain.expiring", Severity.CRITICAL if left < 0 else severity, domain, evidence, advice)


@dataclass(frozen=True)
class Ours:
    """What names of a zone may lead to: addresses and networks, names and domains."""

    networks: tuple[str, ...]
    domains: tuple[str, ...]

    @classmethod
    def of(cls, inventory: Inventory, zone: str) -> Ours:
        """Our hosts and devices, our name servers, and what the inventory's `known` adds."""
        hosts, entry = inventory.hosts.values(), inventory.zones[zone]
        held = [each for host in hosts for each in (host.address, host.public_address) if each]
        held += [device.address for device in inventory.devices.values()]
        held += [entry.server, *entry.servers, *entry.known]
        networks = tuple(each for each in held if _is_network(each))
        return cls(networks, tuple(each.lower().rstrip(".") for each in held if not _is_network(each)))

    def holds(self, where: str) -> bool:
        if _is_network(where):
            return any(ip_address(where) in ip_network(each, strict=False) for each in self.networks)
        return any(where == each or where.endswith(f".{each}") for each in self.domains)


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def judge_zone(zone: str, records: Records, ours: Ours, exists: Exists) -> Iterator[Finding]:
    """Names that lead to nobody, or to somebody unknown: whoever takes that place speaks in the agency's name."""
    names = {key.name for key in records}
    servers = {value.rstrip(".").lower() for key, held in records.items() if key.type == "NS" for value in held.values}
    for key, held in records.items():
        if key.type in ("A", "AAAA") and key.name in servers:
            continue  # A name server is judged by its answers.
        for value in held.values if key.type in _LEADS else ():
            where = value.split()[_LEADS[key.type]].rstrip(".").lower()
            own = where == zone or where.endswith(f".{zone}")
            if own and where not in names and not _covered(where, zone, names):
                yield _dangling(key, where, Severity.MAJOR, "nama itu tidak ada di zona ini")
            elif not own and not _is_network(where) and where and not exists(where):
                yield _dangling(
                    key,
                    where,
                    Severity.CRITICAL,
                    _UNCLAIMED,
                )
            elif not own and where and not ours.holds(where):
                yield _dangling(key, where, Severity.WARNING, "bukan host kita; pastikan layanan itu masih milik dinas")


_UNCLAIMED = "tujuannya tidak ada; siapa pun yang mendaftarkannya mengisi nama ini"


def _covered(name: str, zone: str, names: set[str]) -> bool:
    """By a wildcard of the zone."""
    while name != zone:
        name = name.partition(".")[2]
        if f"*.{name}" in names:
            return True
    return False


def _dangling(key: Key, where: str, severity: Severity, why: str) -> Finding:
    advice = "Hapus catatan ini bila tidak dipakai, atau tambahkan tujuannya ke known dalam zones.yaml."
    return Finding("dns.dangling", severity, f"{key.name} {key.type}", f"menunjuk ke {where}: {why}", advice)


def exists(name: str) -> bool:
    """Whether this machine's resolver finds anything there; in doubt, yes."""
    try:
        dns.resolver.resolve(name, "A", lifetime=nameservers.ANSWER_S)
    except dns.resolver.NXDOMAIN:
        return False
    except (dns.exception.DNSException, OSError):
        return True
    return True


def check_zone(inventory: Inventory, name: str, known: Exists = exists) -> TargetResult:
    """Findings of a whole zone, worst first: what its names lead to, servers that lag behind, its registration."""
    began = time.monotonic()
    try:
        editor = zones.editor(inventory, name)
        records = editor.export()
        servers = nameservers.authoritative(name, inventory.zones[name])
        lagging = nameservers.settled(servers, editor.server.serial(), FOLLOW_S)
    except TargetError as error:
        return TargetResult(name, time.monotonic() - began, reason=error.reason, detail=error.detail)
    advice = "Periksa server ini dan penyalinan zonanya bersama tim jaringan."
    findings = [Finding("dns.mismatch", Severity.MAJOR, name, each, advice) for each in lagging]
    findings += judge_zone(name, records, Ours.of(inventory, name), known)
    findings += judge_registration(name, inventory.zones[name].expires, datetime.now(UTC).date())
    ranked = tuple(sorted(findings, key=lambda finding: -finding.severity))
    return TargetResult(name, time.monotonic() - began, ranked)
