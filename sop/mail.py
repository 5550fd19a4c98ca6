"""Mail over SMTP: one message to one recipient, with documents attached."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, make_msgid
from pathlib import Path

from inventory.causes import cause
from inventory.credentials import CredentialError, resolve
from inventory.models import Mail

_TIMEOUT_S = 20.0


class MailError(Exception):
    """A message was not sent. Names recipient and server, never the password."""


@dataclass(frozen=True)
class Attachment:
    """A file to send; `media_type` such as application/pdf."""

    name: str
    data: bytes = field(repr=False)
    media_type: str = "application/pdf"


def send(
    mail: Mail,
    to: str,
    subject: str,
    text: str,
    attachments: Sequence[Attachment] = (),
    folder: Path | None = None,
    timeout_s: float = _TIMEOUT_S,
) -> None:
    """Hands one message to the office's mail server, or raises MailError; nothing is retried here.

    `folder` is where a relative `file:` reference of the password counts from. With `starttls` the server's certificate
    is checked; a login without STARTTLS is refused, as it would show the password to the network.
    """
    message = compose(mail.sender, to, subject, text, attachments)
    try:
        with smtplib.SMTP(mail.host, mail.port, _domain(mail.sender), timeout=timeout_s) as server:
            _secure(server, mail, folder)
            server.send_message(message)
    except (OSError, smtplib.SMTPException, CredentialError) as error:
        raise MailError(f"surel ke {to} lewat {mail.host}:{mail.port} tidak terkirim: {_why(error)}") from None


def compose(sender: str, to: str, subject: str, text: str, attachments: Sequence[Attachment] = ()) -> EmailMessage:
    """The message as it is sent. MailError when an address, the subject or a file's name could forge a header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender)
    message["To"] = _address(to)
    message["Subject"] = _line(subject, "perihal")
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=_domain(sender))
    # RFC 3834: keeps holiday replies from answering a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    for attachment in attachments:
        main, _, sub = attachment.media_type.partition("/")
        name = _line(attachment.name, "nama lampiran")
        message.add_attachment(attachment.data, maintype=main, subtype=sub, filename=name)
    return message


def _secure(server: smtplib.SMTP, mail: Mail, folder: Path | None) -> None:
    if mail.starttls:
        server.starttls(context=ssl.create_default_context())
    if mail.username and not mail.starttls:
        raise smtplib.SMTPException("login tanpa starttls akan memperlihatkan sandi; isi starttls pada office.yaml")
    if mail.username:
        server.login(mail.username, resolve(mail.password, folder))


def _address(text: str) -> Address:
    """Exactly one plain address; a list, a display name or a line break is refused."""
    try:
        return Address(addr_spec=_line(text, "alamat surel"))
    except (ValueError, IndexError, MessageError):
        raise MailError(f"alamat surel tidak sah: {text!r}") from None


def _line(text: str, what: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 or character in "\x85\u2028\u2029" for character in text):
        raise MailError(f"{what} memuat ganti baris atau karakter kendali: {text!r}")
    return text


def _domain(sender: str) -> str:
    """The sender's domain, instead of asking the network for this machine's name."""
    return sender.rpartition("@")[2]


def _why(error: Exception) -> str:
    """The server's answer; of a refused login only the code, because the answer may repeat what was sent."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"login ditolak ({error.smtp_code})"
        case smtplib.SMTPRecipientsRefused():
            return "; ".join(f"{code} {_decoded(answer)}" for code, answer in error.recipients.values())
        case smtplib.SMTPResponseException():
            return f"{error.smtp_code} {_decoded(error.smtp_error)}"
        case smtplib.SMTPServerDisconnected():
            return "server memutus sambungan, atau tidak menjawab sampai batas waktu"
        case ConnectionError() | TimeoutError() | socket.gaierror():
            return cause(error)
        case _:
            return str(error) or type(error).__name__


def _decoded(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
