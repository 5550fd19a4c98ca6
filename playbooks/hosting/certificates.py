"""Certificates: what one says, when it should be renewed, and whether a browser would trust the one a host serves."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from playbooks.hosting.site import Site

RENEW_AT, RENEW_SHORT_AT = 3, 2
"""A certificate is renewed when less than 1 / RENEW_AT of its life is left (Let's Encrypt, integration guide), one of
at most `SHORT_LIFE` when half is left: a failure leaves time for more than one further try.
"""
SHORT_LIFE = timedelta(days=10)


@dataclass(frozen=True)
class Certificate:
    """The facts of a leaf certificate; times in UTC."""

    serial: str
    names: tuple[str, ...]
    since: datetime
    until: datetime
    public_key: bytes

    def covers(self, domain: str) -> bool:
        """RFC 6125: exact, or a wildcard for exactly one label."""
        return domain in self.names or f"*.{domain.partition('.')[2]}" in self.names

    def left(self, now: datetime) -> timedelta:
        return self.until - now

    def renewal_due(self, now: datetime) -> bool:
        life = self.until - self.since
        return self.left(now) < life / (RENEW_SHORT_AT if life <= SHORT_LIFE else RENEW_AT)

    def has(self, names: Iterable[str]) -> bool:
        """Whether it was issued for all of these, wildcards as such."""
        return all(name in self.names for name in names)


def parse(certificate: x509.Certificate) -> Certificate:
    """Raises ValueError for a certificate with a broken name extension."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        dns_names = tuple(name.lower() for name in names.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        dns_names = ()
    return Certificate(
        f"{certificate.serial_number:x}",
        dns_names,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        _key(certificate),
    )


def _key(certificate: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def from_pem(pem: str) -> Certificate:
    """The first certificate of a chain. Raises ValueError."""
    return parse(x509.load_pem_x509_certificate(pem.encode()))


def requested_key(csr_pem: str) -> bytes:
    """Public key (DER) of a signing request. Raises ValueError."""
    return _key(x509.load_pem_x509_csr(csr_pem.encode()))


def served(site: Site, deadline_s: float = 10) -> Certificate:
    """The certificate that the site's host shows for its domain, trusted or not. Raises OSError, ValueError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with _handshake(site, context, deadline_s) as connection:
        der = connection.getpeercert(binary_form=True)
    return parse(x509.load_der_x509_certificate(der or b""))


def distrust(site: Site, shown: Certificate, deadline_s: float = 10) -> str:
    """Why the chain that the host shows with `shown` would not be trusted, its name and dates apart; "" if it would be.

    Raises OSError when there is no TLS to be had.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    acme = site.inventory.acme
    if acme and acme.root and (root := site.inventory_path(acme.root)).is_file():
        context.load_verify_locations(Path(root))
    try:
        _handshake(site, context, deadline_s).close()
    except ssl.SSLCertVerificationError as error:
        return _why(error, shown, now())
    return ""


def _why(error: ssl.SSLCertVerificationError, shown: Certificate, now: datetime) -> str:
    """OpenSSL's reason in Indonesian. The dates of the certificate itself are findings of their own."""
    if error.verify_code in _DATES and not shown.since <= now <= shown.until:
        return ""
    return _REASONS.get(error.verify_code, str(error.verify_message))


# openssl-verification-options(1): X509_V_ERR_*.
_DATES = (9, 10)
_NO_ISSUER = "rantainya tidak lengkap (sertifikat antara tidak disertakan), atau penerbitnya tidak dikenal peramban"
_REASONS = {
    9: "sertifikat antara dalam rantainya belum berlaku",
    10: "sertifikat antara dalam rantainya sudah habis",
    18: "ditandatangani sendiri",
    19: "akar dalam rantainya tidak dikenal peramban",
    20: _NO_ISSUER,
    21: _NO_ISSUER,
}


def now() -> datetime:
    return datetime.now(UTC)


def _handshake(site: Site, context: ssl.SSLContext, deadline_s: float) -> ssl.SSLSocket:
    raw = socket.create_connection((site.host.address, site.host.https_port), deadline_s)
    return shake_hands(raw, context, site.domain, deadline_s)


def shake_hands(raw: socket.socket, context: ssl.SSLContext, domain: str, deadline_s: float) -> ssl.SSLSocket:
    """TLS over a connected socket, which is closed when there is none to be had. Raises OSError.

    Socket timeouts start anew with each byte: only a watchdog ends a host that drips.
    """
    late = threading.Event()
    connection = context.wrap_socket(raw, server_hostname=domain, do_handshake_on_connect=False)
    watchdog = threading.Timer(deadline_s, _cut, [connection, late])
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.do_handshake()
    except OSError:
        connection.close()
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        watchdog.cancel()
    return connection


def _cut(connection: ssl.SSLSocket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        # Of the socket below TLS: the handshake goes on in another thread.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
