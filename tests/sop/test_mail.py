import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from inventory.models import Mail
from sop.mail import Attachment, MailError, compose, send

SECRET = "rahasia-sekali"
PDF = b"%PDF-1.7\r\n\x00\xff isi"


class Inbox:
    """The handler of a real SMTP server: keeps what arrives, refuses recipients that begin with `tolak`."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address.startswith("tolak"):
            return "550 kotak surat tidak ada"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.recipients += envelope.rcpt_tos
        return "250 OK"


Serve = Callable[..., tuple[Inbox, Mail]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[Controller] = []

    def start(**options: Any) -> tuple[Inbox, Mail]:
        inbox = Inbox()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return inbox, Mail(host="127.0.0.1", port=port, sender="dinas@contoh.example.go.id")

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context with a certificate for 127.0.0.1, and the certificate's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = tmp_path / "server.key"
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, pem


def only(secret: str) -> Callable[..., AuthResult]:
    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=data.password == secret.encode(), handled=False)

    return authenticate


def test_a_message_arrives_with_its_documents_byte_for_byte(serve: Serve) -> None:
    inbox, mail = serve()
    send(
        mail,
        "kabid@contoh.example.go.id",
        "Laporan – JAR-2026-0001",
        "Mohon diteruskan.\n",
        [Attachment("laporan.pdf", PDF)],
    )
    (letter,) = inbox.letters
    assert inbox.recipients == ["kabid@contoh.example.go.id"]
    assert letter["Subject"] == "Laporan – JAR-2026-0001"
    assert letter["Message-ID"].endswith("@contoh.example.go.id>")
    (attached,) = letter.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("laporan.pdf", "application/pdf")
    assert attached.get_content() == PDF
    body = letter.get_body()
    assert body is not None
    assert body.get_content().strip() == "Mohon diteruskan."


@pytest.mark.parametrize("breaking", ["\n", "\r", "\r\n", "\x00", "\x85", "\u2028"])
def test_a_line_break_can_forge_no_header(breaking: str) -> None:
    forged = f"a{breaking}Bcc: pencuri@contoh.example.go.id"
    with pytest.raises(MailError, match="perihal"):
        compose("a@b.example", "c@d.example", forged, "")
    with pytest.raises(MailError, match="alamat surel"):
        compose("a@b.example", f"c@d.example{breaking}Bcc: x@y.example", "", "")
    with pytest.raises(MailError, match="nama lampiran"):
        compose("a@b.example", "c@d.example", "", "", [Attachment(forged, b"")])


@pytest.mark.parametrize("to", ["", "tanpa-at", "a@b.example, c@d.example", "Nama <a@b.example>", "a@", "@b.example"])
def test_anything_but_one_plain_address_is_refused(to: str) -> None:
    with pytest.raises(MailError, match="tidak sah"):
        compose("dinas@contoh.example.go.id", to, "Perihal", "Isi")


def test_a_refused_recipient_is_named_with_the_servers_words(serve: Serve) -> None:
    inbox, mail = serve()
    with pytest.raises(MailError, match=r"tolak@contoh\.example\.go\.id lewat 127\.0\.0\.1:\d+ .*550 kotak surat"):
        send(mail, "tolak@contoh.example.go.id", "Perihal", "Isi")
    assert not inbox.letters


def test_a_server_that_is_not_there_is_named(serve: Serve) -> None:
    _, mail = serve()
    nowhere = mail.model_copy(update={"port": 1})
    with pytest.raises(MailError, match=r"127\.0\.0\.1:1 tidak terkirim"):
        send(nowhere, "kabid@contoh.example.go.id", "Perihal", "Isi")


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = Mail(host="127.0.0.1", port=silent.getsockname()[1], sender="dinas@contoh.example.go.id")
        with pytest.raises(MailError, match="tidak menjawab sampai batas waktu"):
            send(mail, "kabid@contoh.example.go.id", "Perihal", "Isi", timeout_s=0.2)


def test_login_over_starttls_reaches_a_server_whose_certificate_is_trusted(
    serve: Serve, tls: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = tls
    inbox, mail = serve(tls_context=context, authenticator=only(SECRET), auth_required=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("SURAT_SANDI", SECRET)
    login = mail.model_copy(update={"starttls": True, "username": "dinas", "password": "env:SURAT_SANDI"})
    send(login, "kabid@contoh.example.go.id", "Perihal", "Isi")
    assert len(inbox.letters) == 1


def test_a_wrong_password_is_told_without_the_password(
    serve: Serve, tls: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = tls
    inbox, mail = serve(tls_context=context, authenticator=only("lain"), auth_required=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("SURAT_SANDI", SECRET)
    login = mail.model_copy(update={"starttls": True, "username": "dinas", "password": "env:SURAT_SANDI"})
    with pytest.raises(MailError, match=r"login ditolak \(535\)") as caught:
        send(login, "kabid@contoh.example.go.id", "Perihal", "Isi")
    assert SECRET not in str(caught.value)
    assert not inbox.letters


def test_an_untrusted_certificate_stops_the_message(serve: Serve, tls: tuple[ssl.SSLContext, Path]) -> None:
    inbox, mail = serve(tls_context=tls[0])
    with pytest.raises(MailError, match="certificate verify failed"):
        send(mail.model_copy(update={"starttls": True}), "kabid@contoh.example.go.id", "Perihal", "Isi")
    assert not inbox.letters


def test_a_server_without_starttls_gets_no_message_when_it_is_asked_for(serve: Serve) -> None:
    inbox, mail = serve()
    with pytest.raises(MailError, match="STARTTLS"):
        send(mail.model_copy(update={"starttls": True}), "kabid@contoh.example.go.id", "Perihal", "Isi")
    assert not inbox.letters


def test_a_password_never_goes_over_the_open_network(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    _, mail = serve(auth_require_tls=False, authenticator=only(SECRET))
    monkeypatch.setenv("SURAT_SANDI", SECRET)
    login = mail.model_copy(update={"username": "dinas", "password": "env:SURAT_SANDI"})
    with pytest.raises(MailError, match="starttls akan memperlihatkan"):
        send(login, "kabid@contoh.example.go.id", "Perihal", "Isi")


def test_a_missing_password_names_its_reference(
    serve: Serve, tls: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = tls
    _, mail = serve(tls_context=context)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    login = mail.model_copy(update={"starttls": True, "username": "dinas", "password": "env:TIDAK_ADA"})
    with pytest.raises(MailError, match="env:TIDAK_ADA"):
        send(login, "kabid@contoh.example.go.id", "Perihal", "Isi")
