"""Secrets, resolved from references at the moment of use. Nothing here shows, logs or raises a secret's value."""

from __future__ import annotations

import base64
import binascii
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from inventory.models import Credential, Inventory
from inventory.problems import not_opened

_LARGEST = 65_536
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


class CredentialError(Exception):
    """A secret cannot be had; names the reference and why (Indonesian), never the value."""

    def __init__(self, reference: str, why: str) -> None:
        super().__init__(f"{reference}: {why}")
        self.reference = reference


@dataclass(frozen=True)
class Login:
    """A user of a device or host, with a password or the path of an SSH private key, or both."""

    username: str
    password: str = field(default="", repr=False)
    enable: str = field(default="", repr=False)
    key_path: Path | None = None


@dataclass(frozen=True)
class TsigKey:
    """A key for signed DNS updates (RFC 8945); `secret` is base64."""

    name: str
    algorithm: str
    secret: str = field(repr=False)


def resolve(reference: str, folder: Path | None = None) -> str:
    """The secret behind env:NAME, file:PATH or cred:NAME; a relative PATH counts from `folder`. CredentialError."""
    kind, _, name = reference.partition(":")
    if kind == "env":
        return _from_environment(reference, name)
    return _content(reference, _path(reference, folder))


def login(inventory: Inventory, name: str) -> Login:
    """The login that credentials.yaml calls `name`, secrets resolved. CredentialError when it cannot be had."""
    entry, folder = _entry(inventory, name), Path(inventory.folder)
    if not entry.username:
        raise CredentialError(name, "bukan login: username belum diisi")
    return Login(
        entry.username,
        password=resolve(entry.password, folder) if entry.password else "",
        enable=resolve(entry.enable, folder) if entry.enable else "",
        key_path=_key(entry.key, folder) if entry.key else None,
    )


def tsig(inventory: Inventory, name: str) -> TsigKey:
    """The TSIG key that credentials.yaml calls `name`. CredentialError when it cannot be had."""
    entry = _entry(inventory, name)
    if not entry.is_tsig:
        raise CredentialError(name, "bukan kunci TSIG: name dan secret belum diisi")
    secret = resolve(entry.secret, Path(inventory.folder))
    try:
        base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        raise CredentialError(entry.secret, "kunci TSIG harus tertulis dalam base64") from None
    return TsigKey(entry.name, entry.algorithm, secret)


def token(inventory: Inventory, name: str) -> str:
    """The key of an HTTP API that credentials.yaml calls `name`. CredentialError when it cannot be had."""
    entry = _entry(inventory, name)
    if not entry.is_token:
        raise CredentialError(name, "bukan kunci API: token belum diisi")
    return resolve(entry.token, Path(inventory.folder))


def _entry(inventory: Inventory, name: str) -> Credential:
    if name not in inventory.credentials:
        raise CredentialError(name, "tidak ada dalam credentials.yaml")
    return inventory.credentials[name]


def _from_environment(reference: str, name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise CredentialError(reference, "peubah lingkungan ini belum diisi")
    return value


def _path(reference: str, folder: Path | None) -> Path:
    kind, _, name = reference.partition(":")
    if kind == "cred":
        return _systemd(reference, name)
    if kind != "file" or not name:
        raise CredentialError(reference, "rujukan harus env:NAMA, file:PATH atau cred:NAMA")
    path = Path(name)
    if not path.is_absolute() and folder is None:
        raise CredentialError(reference, "path harus lengkap, mulai dari /")
    return (folder or Path()) / path


def _systemd(reference: str, name: str) -> Path:
    """systemd.exec(5), LoadCredential=: a service's secrets are files of one folder."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if not folder:
        raise CredentialError(reference, "CREDENTIALS_DIRECTORY belum diisi; layanan ini tidak dijalankan oleh systemd")
    if not _NAME.fullmatch(name):
        raise CredentialError(reference, "nama kredensial tidak sah")
    return Path(folder) / name


def _key(reference: str, folder: Path) -> Path:
    if reference.startswith("env:"):
        raise CredentialError(reference, "kunci SSH harus file:PATH atau cred:NAMA")
    path = _path(reference, folder)
    _require_private(reference, path)
    return path


def _content(reference: str, path: Path) -> str:
    _require_private(reference, path)
    try:
        text = path.read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise CredentialError(reference, "isi berkas bukan teks UTF-8") from None
    except OSError as error:
        raise CredentialError(reference, not_opened(error)) from None
    if not text:
        raise CredentialError(reference, "berkas ini kosong")
    return text


def _require_private(reference: str, path: Path) -> None:
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise CredentialError(reference, not_opened(error)) from None
    if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
        raise CredentialError(reference, "bukan berkas rahasia: harus berkas biasa yang kecil")
    if status.st_mode & stat.S_IRWXO:
        raise CredentialError(reference, "berkas terbuka bagi semua pengguna; jalankan chmod 600 padanya")
