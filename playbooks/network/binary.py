"""RouterOS's own binary backup: what a like router takes back whole, users and certificates included.

It is made on the device's disk, fetched over the same SSH connection and taken away again. The configuration is not
touched; the file is encrypted by a password that was drawn for it alone. help.mikrotik.com, "Backup"; the header:
github.com/BigNerd95/RouterOS-Backup-Tools.
"""

from __future__ import annotations

import re
import secrets
import struct
from dataclasses import dataclass, field

import paramiko

from playbooks.findings import Reason, TargetError
from playbooks.network.connect import Session

PLATFORM = "mikrotik_routeros"
NAME = "pelihara-cadangan"
"""Always the same: what a killed run left behind is written over by the next, and then taken away."""
FILE = f"{NAME}.backup"
AES, RC4 = 0x7391A8EF, 0x7291A8EF
"""First four bytes (little-endian) of an encrypted backup; the next four are its length."""
LARGEST = 64 * 1024 * 1024
SAVE_S = 60
SAVED = re.compile(r"(?i)configuration backup saved")
OLD_SYNTAX = re.compile(r"(?i)expected end of command|no such argument|unknown parameter|input does not match")
REASONS = (
    (r"(?i)not enough permissions", "akun ini tidak boleh membuatnya; beri kebijakan ftp, sensitive dan policy"),
    (r"(?i)disk full|no space|not enough (?:disk )?space", "penyimpanan perangkat penuh"),
    (r"(?i)bad command name", "perangkat ini tidak mengenal cadangan biner"),
)


@dataclass(frozen=True)
class BinaryCopy:
    """A backup and what opens it: both secrets of the device, to be kept sealed."""

    data: bytes = field(repr=False)
    password: str = field(repr=False)
    left: str = ""
    """Why the file could not be taken away from the device (Indonesian); "" when it was."""


def fetch_binary(session: Session) -> BinaryCopy:
    """Make, fetch and take away a binary backup.

    Raises TargetError: REFUSED_OUTPUT when the device will not make it or hand it out, INCOMPLETE when what came is no
    whole backup. Nothing that was asked is quoted, for the password is in it.
    """
    password = secrets.token_urlsafe(24)
    _save(session, password)
    try:
        data = _fetched(session)
    finally:
        left = _take_away(session)
    _check_whole(session, data)
    return BinaryCopy(data, password, left)


def _save(session: Session, password: str) -> None:
    said = session.ask(f"/system backup save name={NAME} encryption=aes-sha256 password={password}", SAVE_S)
    if OLD_SYNTAX.search(said):
        # Before RouterOS 6.43 there was one encryption only.
        said = session.ask(f"/system backup save name={NAME} password={password}", SAVE_S)
    if not SAVED.search(said):
        told = next((why for pattern, why in REASONS if re.search(pattern, said)), "")
        answer = said.replace(password, "***").strip()[:200] or "tanpa jawaban"
        raise TargetError(session.endpoint.name, Reason.REFUSED_OUTPUT, told or f"cadangan biner ditolak: {answer}")


def _fetched(session: Session) -> bytes:
    try:
        with session.connection.remote_conn.get_transport().open_sftp_client() as sftp:
            sftp.get_channel().settimeout(SAVE_S)
            with sftp.open(FILE, "rb") as file:
                return bytes(file.read(LARGEST))
    except (OSError, EOFError, paramiko.SSHException) as error:
        why = str(error) or type(error).__name__
        detail = f"cadangan biner tidak dapat diambil lewat SFTP ({why[:120]})"
        raise TargetError(session.endpoint.name, Reason.REFUSED_OUTPUT, detail) from None


def _take_away(session: Session) -> str:
    try:
        said = session.ask(f'/file remove [find name="{FILE}"]')
    except TargetError as error:
        return f"{FILE} masih di perangkat: {error.said}"
    return f"{FILE} masih di perangkat: {said.strip()[:120]}" if session.platform.refuses(said) else ""


def _check_whole(session: Session, data: bytes) -> None:
    magic, length = struct.unpack("<II", data[:8]) if len(data) >= 8 else (0, 0)
    if magic not in (AES, RC4):
        raise TargetError(session.endpoint.name, Reason.INCOMPLETE, "yang diambil bukan cadangan RouterOS tersandi")
    if length != len(data):
        detail = f"cadangan biner terpotong: {len(data)} dari {length} byte"
        raise TargetError(session.endpoint.name, Reason.INCOMPLETE, detail)
