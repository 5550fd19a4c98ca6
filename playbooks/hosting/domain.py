"""Point a domain at its host: one signed update (RFC 2136, TSIG), then the server itself is asked (SOP, step 8)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dns.exception
import dns.inet
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.update

from inventory.causes import cause
from inventory.credentials import CredentialError, tsig
from inventory.models import Zone
from playbooks.findings import Reason, TargetError
from playbooks.hosting.journal import Journal, OnStep, carry_out
from playbooks.hosting.site import Site
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Permit, Plan

TTL_S = 300
ANSWER_S = 5
TYPES = ("A", "AAAA", "CNAME")
"""Records that say where a web site is; a domain has exactly one of them when this playbook is done."""
# RFC 2136, section 3.2.5: what the server answers when the prerequisites do not hold.
_NOT_AS_PLANNED = (dns.rcode.YXDOMAIN, dns.rcode.YXRRSET, dns.rcode.NXDOMAIN, dns.rcode.NXRRSET)

Records = dict[str, list[str]]
"""Values by type, sorted."""


@dataclass(frozen=True)
class Server:
    """The primary server of a zone."""

    zone: str
    address: str
    port: int

    @classmethod
    def of(cls, name: str, zone: Zone) -> Server:
        return cls(name, zone.server, zone.port)

    def records(self, domain: str, deadline_s: float = ANSWER_S) -> Records:
        """What the server itself says about a domain, types of `TYPES` only. Raises TargetError."""
        with _as_target_error(self):
            answers = [self._ask(domain, kind, deadline_s) for kind in TYPES]
        owner = dns.name.from_text(domain)
        found = {
            dns.rdatatype.to_text(rrset.rdtype): sorted(rdata.to_text() for rdata in rrset)
            for answer in answers
            for rrset in answer.answer
            if rrset.name == owner
        }
        return {kind: found[kind] for kind in TYPES if kind in found}

    def serial(self) -> int:
        """Serial of the zone. Raises TargetError."""
        with _as_target_error(self):
            answer = self._ask(self.zone, "SOA", ANSWER_S)
        if not answer.answer:
            raise TargetError(self.zone, Reason.ERROR, f"{self.address} tidak memegang zona ini")
        return int(answer.answer[0][0].serial)

    def _ask(self, name: str, kind: str, deadline_s: float) -> dns.message.Message:
        answer = dns.query.tcp(dns.message.make_query(name, kind), self.numeric, deadline_s, self.port)
        if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise TargetError(self.zone, Reason.ERROR, f"{self.address} menjawab {dns.rcode.to_text(answer.rcode())}")
        return answer

    @property
    def numeric(self) -> str:
        """Raises OSError when the server's name has no address."""
        return self.address if dns.inet.is_address(self.address) else socket.gethostbyname(self.address)

    def send(self, update: dns.update.UpdateMessage) -> None:
        """Raises ChangedSincePlan when a prerequisite fails, TargetError when the server refuses or does not answer."""
        with _as_target_error(self):
            code = dns.query.tcp(update, self.numeric, ANSWER_S, self.port).rcode()
        if code in _NOT_AS_PLANNED:
            raise ChangedSincePlan(f"domain {self.zone}: isi zona sudah berubah sejak rencana disetujui")
        if code != dns.rcode.NOERROR:
            raise TargetError(self.zone, Reason.LOGIN_REFUSED, f"{self.address} menolak: {dns.rcode.to_text(code)}")


def plan(site: Site) -> Plan:
    """Add or put right the domain's address; no changes when it is so already. Raises SiteError, TargetError."""
    name, zone = site.zone
    before = Server.of(name, zone).records(site.domain)
    wanted = _wanted(site)
    return Plan(
        action="domain",
        target=site.slug,
        ladder=Ladder.B if before and before != wanted else Ladder.A,
        summary=f"Arahkan {site.domain} ke {site.address} (zona {name})",
        changes=() if before == wanted else (*_lines("hapus", site, before), *_lines("tambah", site, wanted)),
        way_back=(*_lines("hapus", site, wanted), *_lines("tambah", site, before)),
        details={"zone": name, "server": f"{zone.server}#{zone.port}", "records": wanted},
    )


def _wanted(site: Site) -> Records:
    return {"AAAA" if ":" in site.ip else "A": [site.ip]}


def _lines(verb: str, site: Site, records: Records) -> list[str]:
    return [f"{verb} {site.domain}. {TTL_S} {kind} {value}" for kind in records for value in records[kind]]


def apply(approved: Plan, site: Site, permit: Permit, on_step: OnStep | None = None) -> Outcome:
    """Carry out an approved plan. Outcome failed: the server refused, its key for one, and nothing was changed.

    Raises ChangedSincePlan, TargetError before the update is sent, and what permit raises.
    """
    journal = Journal(permit, on_step)
    now = plan(site)
    return carry_out(approved, now, journal, lambda: _work(site, journal))


def _work(site: Site, journal: Journal) -> Outcome:
    server = Server.of(*site.zone)
    before, wanted, serial = server.records(site.domain), _wanted(site), server.serial()
    with journal.write(f"memperbarui {site.domain} di {server.address}"):
        server.send(_update(site, before, wanted))
    if server.records(site.domain) == wanted and server.serial() != serial:
        journal.note(f"{server.address} menjawab {site.domain}: {site.address}")
        return journal.outcome("applied")
    server.send(_update(site, server.records(site.domain), before))
    journal.note("jawaban server tidak sesuai; catatan lama dikembalikan")
    return journal.outcome("rolled_back", f"{server.address} tidak menjawab {site.address} untuk {site.domain}")


def _update(site: Site, before: Records, after: Records) -> dns.update.UpdateMessage:
    """From `before` to `after` in one transaction, refused by the server unless it still holds exactly `before`."""
    name, zone = site.zone
    try:
        key = tsig(site.inventory, zone.credentials)
    except CredentialError as error:
        raise TargetError(name, Reason.ERROR, str(error)) from None
    ring = {dns.name.from_text(key.name): dns.tsig.Key(key.name, key.secret, key.algorithm)}
    update = dns.update.UpdateMessage(name, keyring=ring, keyname=dns.name.from_text(key.name))
    owner = dns.name.from_text(site.domain)
    for kind in TYPES:
        if kind in before:
            update.present(owner, kind, *before[kind])
            update.delete(owner, kind)
        else:
            update.absent(owner, kind)
    for kind, values in after.items():
        update.add(owner, TTL_S, kind, *values)
    return update


@contextmanager
def _as_target_error(server: Server) -> Iterator[None]:
    where = f"{server.address}#{server.port}"
    try:
        yield
    except (dns.tsig.PeerError, dns.tsig.BadSignature, dns.tsig.BadKey) as error:
        detail = f"{where} menolak kunci TSIG: {type(error).__name__}"
        raise TargetError(server.zone, Reason.LOGIN_REFUSED, detail) from None
    except dns.exception.Timeout:
        raise TargetError(server.zone, Reason.TIMEOUT, f"{where} tidak menjawab") from None
    except (OSError, EOFError) as error:
        raise TargetError(server.zone, Reason.UNREACHABLE, f"{where}: {cause(error)}") from None
    except (dns.exception.DNSException, ValueError) as error:
        raise TargetError(server.zone, Reason.ERROR, f"{where}: {type(error).__name__}") from None
