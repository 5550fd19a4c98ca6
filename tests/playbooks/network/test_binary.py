"""RouterOS's binary backup: made, fetched, checked, taken away; every way it can fail has its reason."""

from __future__ import annotations

import io
import struct
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from playbooks.findings import Reason, TargetError
from playbooks.network import binary, platforms
from playbooks.network.binary import AES, FILE, fetch_binary

SAVED = "Saving system configuration\nConfiguration backup saved\n"
BACKUP = struct.pack("<II", AES, 108) + bytes(100)


class Session:
    """A RouterOS whose answer to `save` is `says`, and whose disk holds what SFTP `gives`."""

    def __init__(self, says: str = SAVED, gives: bytes | Exception = BACKUP) -> None:
        self.says, self.gives, self.asked = says, gives, list[str]()
        self.endpoint = SimpleNamespace(name="mt1")
        self.platform = platforms.get(binary.PLATFORM)
        transport = SimpleNamespace(open_sftp_client=lambda: nullcontext(self))
        self.connection = SimpleNamespace(remote_conn=SimpleNamespace(get_transport=lambda: transport))
        self.removal = ""

    def ask(self, command: str, timeout_s: float = 20.0) -> str:
        assert timeout_s > 0
        self.asked.append(command)
        if command.startswith("/file remove"):
            return self.removal
        return self.says if "encryption=" in command or self.says == SAVED else SAVED

    def get_channel(self) -> Any:
        return SimpleNamespace(settimeout=lambda _: None)

    def open(self, name: str, _: str) -> Any:
        assert name == FILE
        if isinstance(self.gives, Exception):
            raise self.gives
        return nullcontext(io.BytesIO(self.gives))


def fetched(session: Session) -> binary.BinaryCopy:
    return fetch_binary(session)  # type: ignore[arg-type]


def test_a_backup_is_encrypted_by_a_password_of_its_own_and_taken_away_from_the_device() -> None:
    session = Session()
    first, second = fetched(session), fetched(session)
    assert (first.data, first.left) == (BACKUP, "")
    assert first.password != second.password
    assert len(first.password) >= 32
    assert f"password={first.password}" in session.asked[0]
    assert session.asked[1] == f'/file remove [find name="{FILE}"]'
    assert first.password not in repr(first)


def test_an_old_routeros_is_asked_in_its_own_words() -> None:
    session = Session(says="expected end of command (line 1 column 50)")
    assert fetched(session).data == BACKUP
    assert "encryption=" not in session.asked[1]


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("not enough permissions (9)", "kebijakan ftp"),
        ("failure: disk full", "penyimpanan perangkat penuh"),
        ("bad command name backup (line 1 column 9)", "tidak mengenal"),
        ("", "tanpa jawaban"),
        ("something else", "cadangan biner ditolak: something else"),
    ],
)
def test_a_refusal_is_told_in_words(says: str, reason: str) -> None:
    session = Session(says)
    with pytest.raises(TargetError, match=reason) as refusal:
        fetched(session)
    assert refusal.value.reason is Reason.REFUSED_OUTPUT


def test_a_device_that_quotes_the_command_does_not_give_the_password_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary.secrets, "token_urlsafe", lambda _: "kata-sandi-berkas")
    with pytest.raises(TargetError) as refusal:
        fetched(Session("bad password=kata-sandi-berkas here"))
    assert "kata-sandi-berkas" not in str(refusal.value)


@pytest.mark.parametrize(
    ("gives", "reason"),
    [
        (b"", Reason.INCOMPLETE),
        (b"# export", Reason.INCOMPLETE),
        (BACKUP[:-1], Reason.INCOMPLETE),
        (BACKUP + b"x", Reason.INCOMPLETE),
        (struct.pack("<II", 0xB1A1AC88, 108) + bytes(100), Reason.INCOMPLETE),
        (FileNotFoundError("no such file"), Reason.REFUSED_OUTPUT),
        (EOFError(), Reason.REFUSED_OUTPUT),
    ],
    ids=["empty", "text", "cut", "longer", "not encrypted", "missing", "closed"],
)
def test_what_is_no_whole_encrypted_backup_is_refused_and_still_taken_away(
    gives: bytes | Exception, reason: Reason
) -> None:
    session = Session(gives=gives)
    with pytest.raises(TargetError) as refusal:
        fetched(session)
    assert refusal.value.reason is reason
    assert session.asked[-1].startswith("/file remove")


def test_a_file_that_stays_on_the_device_is_told() -> None:
    session = Session()
    session.removal = "no such item"
    assert "masih di perangkat" in fetched(session).left
