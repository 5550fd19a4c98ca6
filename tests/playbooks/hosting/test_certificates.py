"""When a certificate is renewed, and whether the chain that a host shows would be trusted: real TLS on the loopback."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from playbooks.hosting import certificates
from playbooks.hosting.certificates import Certificate
from playbooks.hosting.site import Site
from tests.playbooks.hosting.doubles import site

DOMAIN = "portal.contoh.test"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("life_days", "left_days", "due"),
    [(90, 31, False), (90, 29, True), (90, -1, True), (6, 3.1, False), (6, 2.9, True), (47, 16, False), (47, 15, True)],
)
def test_a_certificate_is_renewed_well_before_it_ends(life_days: float, left_days: float, due: bool) -> None:
    until = NOW + timedelta(days=left_days)
    held = Certificate("1", (DOMAIN,), until - timedelta(days=life_days), until, b"")
    assert held.renewal_due(NOW) is due


def test_a_certificate_without_the_wildcard_lacks_a_name() -> None:
    held = Certificate("1", (DOMAIN,), NOW, NOW, b"")
    assert held.has([DOMAIN])
    assert not held.has([DOMAIN, f"*.{DOMAIN}"])


class Signed:
    """A certificate with its key, signed by `by` or by itself."""

    def __init__(self, name: str, by: Signed | None = None, ends: timedelta = timedelta(days=90)) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signer, now = by or self, datetime.now(UTC)
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(self.name)
            .issuer_name(signer.name)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=365))
            .not_valid_after(now + ends)
            .add_extension(x509.BasicConstraints(ca=name != DOMAIN, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(signer.key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def private(self) -> str:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@contextmanager
def shown(folder: Path, root: Signed, *chain: Signed) -> Iterator[Site]:
    """The site, its host showing `chain` (the leaf first), and `root` known to us."""
    (folder / "chain.pem").write_text("".join(each.pem for each in chain) + chain[0].private)
    (folder / "root.pem").write_text(root.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "chain.pem")
    with create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    raw = server.accept()[0]
                    with suppress(OSError), context.wrap_socket(raw, server_side=True) as connection:
                        connection.recv(1)

        threading.Thread(target=serve, daemon=True).start()
        place = site(folder, host={"https_port": server.getsockname()[1]})
        acme = place.acme.model_copy(update={"root": "root.pem"})
        inventory = place.inventory.model_copy(update={"acme": acme})
        yield Site(place.slug, inventory, place.known_hosts, place.account_key)


AGO = timedelta(days=-1)


def test_each_fault_of_a_chain_is_told(tmp_path: Path) -> None:
    root, foreign = Signed("Akar"), Signed("Akar lain")
    middle, spent = Signed("Antara", root), Signed("Antara habis", root, AGO)
    leaf, old, late = Signed(DOMAIN, middle), Signed(DOMAIN, middle, AGO), Signed(DOMAIN, spent)

    def told(*chain: Signed, known: Signed = root) -> str:
        with shown(tmp_path, known, *chain) as place:
            return certificates.distrust(place, certificates.served(place))

    assert told(leaf, middle) == ""
    assert told(old, middle) == "", "tls.expired says it"
    assert "antara tidak disertakan" in told(leaf)
    assert "tidak dikenal" in told(leaf, middle, known=foreign)
    assert "habis" in told(late, spent)
    assert told(Signed(DOMAIN)) == "ditandatangani sendiri"
