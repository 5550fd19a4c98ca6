"""Changing and copying a zone, whatever its primary speaks. `editor` picks by the zone's `kind`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import dns.name
import dns.query
import dns.rcode
import dns.tsig
import dns.update
import dns.xfr
import dns.zone

from inventory.credentials import CredentialError, TsigKey, tsig
from inventory.models import Inventory
from playbooks.findings import Reason, TargetError
from playbooks.hosting import nameservers
from playbooks.hosting.nameservers import ANSWER_S, Nameserver
from playbooks.hosting.powerdns import PowerDns
from playbooks.hosting.records import Key, Records, RecordSet, of_rrset

TRANSFER_S = 60.0
# RFC 2136, section 3.2.5: what the server answers when the prerequisites do not hold.
_NOT_AS_PLANNED = (dns.rcode.YXDOMAIN, dns.rcode.YXRRSET, dns.rcode.NXDOMAIN, dns.rcode.NXRRSET)
_NOT_ALLOWED = (dns.rcode.REFUSED, dns.rcode.NOTAUTH)


class Editor(Protocol):
    """The primary of a zone, with the right to change it."""

    @property
    def server(self) -> Nameserver: ...

    def change(self, before: Records, after: Records) -> None:
        """From `before` to `after` (the same keys; an empty set is none) at once.

        Raises ChangedSincePlan when the zone does not hold `before`, TargetError when the server refuses or is silent.
        """

    def put(self, after: Records) -> None:
        """Make these sets as they are given, whatever was there: for names that are nobody else's. TargetError."""

    def export(self) -> dict[Key, RecordSet]:
        """The whole zone. Raises TargetError, INCOMPLETE when it was cut short."""


def editor(inventory: Inventory, name: str) -> Editor:
    """Raises TargetError when the zone's credentials cannot be had."""
    zone = inventory.zones[name]
    server = nameservers.primary(name, zone)
    with credentials_of(name):
        if zone.kind == "powerdns":
            return PowerDns.of(inventory, name, server)
        return Rfc2136(server, tsig(inventory, zone.credentials))


@contextmanager
def credentials_of(zone: str) -> Iterator[None]:
    try:
        yield
    except CredentialError as error:
        raise TargetError(zone, Reason.ERROR, str(error)) from None


@dataclass(frozen=True)
class Rfc2136:
    """BIND, Knot and others: signed updates (RFC 2136, RFC 8945) and transfers (RFC 5936)."""

    server: Nameserver
    key: TsigKey

    def change(self, before: Records, after: Records) -> None:
        update = self._update()
        for key, held in before.items():
            owner = dns.name.from_text(key.name)
            if held.values:
                update.present(owner, key.type, *held.values)
            else:
                update.absent(owner, key.type)
        self._set(update, before, after)
        self._send(update)

    def put(self, after: Records) -> None:
        update = self._update()
        self._set(update, {}, after)
        self._send(update)

    def export(self) -> dict[Key, RecordSet]:
        query, zone = dns.xfr.make_query(self._empty(), keyring=self._ring())[0], self._empty()
        with self.server.trouble(), _whole(self.server):
            dns.query.inbound_xfr(
                self.server.numeric,
                zone,
                query,
                self.server.port,
                ANSWER_S,
                TRANSFER_S,
                udp_mode=dns.query.UDPMode.NEVER,
            )
        sets = [dns.rrset.from_rdata_list(name, rds.ttl, list(rds)) for name, rds in zone.iterate_rdatasets()]
        return dict(of_rrset(rrset) for rrset in sets)

    def _set(self, update: dns.update.UpdateMessage, before: Records, after: Records) -> None:
        """Sets that stay are not touched: no serial and no TTL changes for nothing."""
        due = {key: held for key, held in after.items() if before.get(key) != held}
        for key in due:
            update.delete(dns.name.from_text(key.name), key.type)
        for key, held in due.items():
            if held.values:
                update.add(dns.name.from_text(key.name), held.ttl, key.type, *held.values)

    def _empty(self) -> dns.zone.Zone:
        return dns.zone.Zone(dns.name.from_text(self.server.zone), relativize=False)

    def _ring(self) -> dict[dns.name.Name, dns.tsig.Key]:
        return {dns.name.from_text(self.key.name): dns.tsig.Key(self.key.name, self.key.secret, self.key.algorithm)}

    def _update(self) -> dns.update.UpdateMessage:
        keyname = dns.name.from_text(self.key.name)
        return dns.update.UpdateMessage(self.server.zone, keyring=self._ring(), keyname=keyname)

    def _send(self, update: dns.update.UpdateMessage) -> None:
        with self.server.trouble():
            code = dns.query.tcp(update, self.server.numeric, ANSWER_S, self.server.port).rcode()
        if code in _NOT_AS_PLANNED:
            raise self.server.changed()
        if code != dns.rcode.NOERROR:
            reason = Reason.LOGIN_REFUSED if code in _NOT_ALLOWED else Reason.ERROR
            raise TargetError(self.server.zone, reason, f"{self.server.address} menolak: {dns.rcode.to_text(code)}")


@contextmanager
def _whole(server: Nameserver) -> Iterator[None]:
    """A transfer ends with the SOA it began with; one that does not is no copy."""
    try:
        yield
    except dns.xfr.TransferError as error:
        refused = f"{server.address} menolak menyalin zona: {dns.rcode.to_text(error.rcode)}"
        raise TargetError(server.zone, Reason.LOGIN_REFUSED, refused) from None
    except EOFError:
        raise TargetError(server.zone, Reason.INCOMPLETE, f"{server.address} memutus salinan zona") from None
