"""Sealing: what only workers and the administrator may read is encrypted before it is stored."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from inventory.causes import cause
from inventory.settings import Settings
from sop.register.errors import SealRefused


class Seal:
    """Encrypts and decrypts with the installation's key, which is looked up at first use and never shown."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cipher: Fernet | None = None

    def close(self, data: bytes, first: bool) -> bytes:
        """`data`, encrypted. Raises SealRefused if the key is bad or missing.

        For the `first` thing sealed a missing key file in the state folder is created; later a missing key is a lost
        one, and a new one would hide that until the old seals are needed.
        """
        return self._fernet(create=first).encrypt(data)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed. Raises SealRefused without the key, or with another one."""
        fernet = self._fernet(create=False)
        try:
            # Fernet's base64 has bits and letters that it reads as others: no damage shall pass for none.
            if base64.urlsafe_b64encode(base64.urlsafe_b64decode(sealed)) != sealed:
                raise InvalidToken
            return fernet.decrypt(sealed)
        except (InvalidToken, ValueError):
            raise SealRefused("segel tidak dapat dibuka dengan kunci ini") from None

    def _fernet(self, create: bool) -> Fernet:
        if self._cipher is None:
            try:
                self._cipher = Fernet(self._key(create))
            except ValueError:
                raise SealRefused("kunci segel bukan kunci Fernet (44 huruf base64)") from None
        return self._cipher

    def _key(self, create: bool) -> bytes:
        if self._settings.seal_key:
            from inventory.credentials import resolve

            return resolve(self._settings.seal_key).strip().encode()
        path = self._settings.home / "seal.key"
        if create and not path.exists():
            _create(path, Fernet.generate_key())
        try:
            return path.read_bytes().strip()
        except OSError as error:
            raise SealRefused(f"kunci segel {path.name} tidak dapat dibaca: {cause(error)}") from None


def _create(path: Path, key: bytes) -> None:
    """Writes the key so that two processes agree on one, and a crash leaves a whole key or none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
