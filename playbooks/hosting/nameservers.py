"""Authoritative servers of a zone, each asked itself: what it says of a name, and how new its copy of the zone is."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.inet
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.tsig

from inventory.causes import cause
from inventory.models import Zone
from playbooks.findings import Reason, TargetError
from playbooks.hosting.records import ADDRESSES, OTHERS, Key, RecordSet, of_rrset
from playbooks.plans import ChangedSincePlan

ANSWER_S = 5.0
SETTLE_S = 60.0
"""How long a secondary may take to fetch what its primary has told it of (RFC 1996)."""
_LOOK_S = 0.25


@dataclass(frozen=True)
class Nameserver:
    """A server of one zone. Every method raises TargetError when it does not answer, or is not the zone's."""

    zone: str
    address: str
    port: int = 53

    @property
    def numeric(self) -> str:
        """Raises OSError when the server's name has no address."""
        return self.address if dns.inet.is_address(self.address) else socket.gethostbyname(self.address)

    def records(
        self, names: Iterable[str], types: Iterable[str] = ADDRESSES, deadline_s: float = ANSWER_S
    ) -> dict[Key, RecordSet]:
        """Its record sets of these names and types."""
        found: dict[Key, RecordSet] = {}
        for name in names:
            for kind in types:
                answer = self.ask(name, kind, deadline_s)
                held = dict(of_rrset(rrset) for rrset in answer.answer)
                found |= {key: held[key] for key in held if key == Key(name, kind)}
        return found

    def everything(self, names: Iterable[str]) -> dict[Key, RecordSet]:
        """What stands at these names, as far as a web site could get in its way."""
        return self.records(names, (*ADDRESSES, *OTHERS))

    def serial(self, deadline_s: float = ANSWER_S) -> int:
        answer = self.ask(self.zone, "SOA", deadline_s)
        if not answer.answer:
            raise TargetError(self.zone, Reason.ERROR, f"{self.address} tidak memegang zona ini")
        return int(answer.answer[0][0].serial)

    def ask(self, name: str, kind: str, deadline_s: float = ANSWER_S) -> dns.message.Message:
        """An authoritative answer; a referral or a cached answer is none."""
        with self.trouble():
            answer = dns.query.tcp(dns.message.make_query(name, kind, flags=0), self.numeric, deadline_s, self.port)
        if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise TargetError(self.zone, Reason.ERROR, f"{self.address} menjawab {dns.rcode.to_text(answer.rcode())}")
        if not answer.flags & dns.flags.AA:
            raise TargetError(self.zone, Reason.ERROR, f"{self.address} tidak berwenang atas {name} (didelegasikan?)")
        return answer

    def changed(self) -> ChangedSincePlan:
        return ChangedSincePlan(f"domain {self.zone}: isi zona sudah berubah sejak rencana disetujui")

    @contextmanager
    def trouble(self) -> Iterator[None]:
        """What goes wrong between here and the server, as TargetError."""
        where = f"{self.address}#{self.port}"
        try:
            yield
        except (dns.tsig.PeerError, dns.tsig.BadSignature, dns.tsig.BadKey) as error:
            detail = f"{where} menolak kunci TSIG: {type(error).__name__}"
            raise TargetError(self.zone, Reason.LOGIN_REFUSED, detail) from None
        except dns.exception.Timeout:
            raise TargetError(self.zone, Reason.TIMEOUT, f"{where} tidak menjawab") from None
        except (OSError, EOFError) as error:
            raise TargetError(self.zone, Reason.UNREACHABLE, f"{where}: {cause(error)}") from None
        except (dns.exception.DNSException, ValueError) as error:
            raise TargetError(self.zone, Reason.ERROR, f"{where}: {type(error).__name__}") from None


def primary(name: str, zone: Zone) -> Nameserver:
    return Nameserver(name, zone.server, zone.port)


def authoritative(name: str, zone: Zone) -> list[Nameserver]:
    """The primary, and each server that the inventory or else the zone's NS records name. Raises TargetError."""
    first = primary(name, zone)
    addresses = zone.servers or [address for server in _named(first) for address in _addresses(first, server)]
    with first.trouble():
        own = {first.address, first.numeric}
    others = dict.fromkeys(address for address in addresses if address not in own)
    return [first, *(Nameserver(name, address) for address in others)]


def _named(first: Nameserver) -> list[str]:
    found = first.records([first.zone], ["NS"])
    return [value.rstrip(".").lower() for held in found.values() for value in held.values]


def _addresses(first: Nameserver, server: str) -> list[str]:
    """Glue from the primary for a server within the zone, this machine's resolver for any other."""
    if server.endswith(f".{first.zone}"):
        found = first.records([server], ("A", "AAAA"))
        return [value for held in found.values() for value in held.values]
    try:
        return sorted({str(info[4][0]) for info in socket.getaddrinfo(server, 53, proto=socket.IPPROTO_TCP)})
    except OSError:
        why = f"server {server} tidak punya alamat dari sini; isi servers dalam zones.yaml"
        raise TargetError(first.zone, Reason.UNREACHABLE, why) from None


def reached(now: int, wanted: int) -> bool:
    """Whether a serial is `wanted` or later (RFC 1982)."""
    return (now - wanted) % 2**32 < 2**31


def behind(servers: Iterable[Nameserver], serial: int) -> Iterator[str]:
    """Each server whose copy is older than `serial`, or that gives none, with what it says."""
    for server in servers:
        try:
            held = server.serial()
        except TargetError as error:
            yield error.detail
            continue
        if not reached(held, serial):
            yield f"{server.address} masih di nomor seri {held}, belum {serial}"


def settled(servers: Iterable[Nameserver], serial: int, seconds: float = SETTLE_S) -> list[str]:
    """Wait until every server has `serial`; returns those that do not after `seconds`, with what they say."""
    each, deadline = [*servers], time.monotonic() + seconds
    while (late := [*behind(each, serial)]) and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
    return late
