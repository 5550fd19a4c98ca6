"""Secrets come from where their reference says, and never out again by accident."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import pytest

from inventory.credentials import CredentialError, Login, TsigKey, login, resolve, tsig
from inventory.models import Credential, Inventory, Office

SECRET = "s3kr1t-sekali"


def secret_file(path: Path, content: bytes = SECRET.encode(), mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def inventory_of(folder: Path, **fields: str) -> Inventory:
    office = Office(name="Dinas", region="Kabupaten", address="Jalan", place="Contoh")
    return Inventory(folder=str(folder), office=office, credentials={"x": Credential.model_validate(fields)})


def test_an_environment_variable_gives_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTOH", SECRET)
    assert resolve("env:CONTOH") == SECRET


@pytest.mark.parametrize("content", [b"abc", b"abc\n", b"abc\r\n"])
def test_a_file_gives_the_secret_without_its_last_newline(tmp_path: Path, content: bytes) -> None:
    assert resolve(f"file:{secret_file(tmp_path / 's', content)}") == "abc"


def test_a_systemd_credential_gives_the_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    secret_file(tmp_path / "router", mode=0o400)
    assert resolve("cred:router") == SECRET


def test_a_relative_file_counts_from_the_inventory(tmp_path: Path) -> None:
    secret_file(tmp_path / "s")
    assert login(inventory_of(tmp_path, username="a", password="file:s"), "x").password == SECRET
    with pytest.raises(CredentialError, match="path harus lengkap"):
        resolve("file:s")


@pytest.mark.parametrize(
    "reference", ["env:TIDAK_ADA", "env:", "file:", "file:/tidak/ada", "cred:x", "rahasia", "", "vault:x", "file:/a\0b"]
)
def test_a_reference_that_leads_nowhere_is_named(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    with pytest.raises(CredentialError) as caught:
        resolve(reference)
    assert str(caught.value).startswith(f"{reference}: ")


@pytest.mark.parametrize("name", ["../shadow", "a/b", "..", ""])
def test_a_systemd_credential_stays_in_its_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(CredentialError, match="tidak sah"):
        resolve(f"cred:{name}")


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        (SECRET.encode(), 0o644, "terbuka bagi semua"),
        (SECRET.encode() + b"\xff", 0o600, "bukan teks"),
        (b"", 0o600, "kosong"),
        (b"\n", 0o600, "kosong"),
        (b"x" * 70_000, 0o600, "kecil"),
    ],
)
def test_an_unfit_secret_file_is_refused_without_showing_it(
    tmp_path: Path, content: bytes, mode: int, words: str
) -> None:
    path = secret_file(tmp_path / "s", content, mode)
    with pytest.raises(CredentialError, match=words) as caught:
        resolve(f"file:{path}")
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "s", 0o600)
    with pytest.raises(CredentialError, match="berkas biasa"):
        resolve(f"file:{tmp_path / 's'}")


def test_a_login_and_a_tsig_key_hide_their_secrets() -> None:
    shown = repr(Login("a", SECRET, SECRET)) + repr(TsigKey("k", "hmac-sha256", SECRET)) + str(Login("a", SECRET))
    assert SECRET not in shown


def test_a_key_is_given_by_its_path(tmp_path: Path) -> None:
    key = secret_file(tmp_path / "id")
    assert login(inventory_of(tmp_path, username="a", key=f"file:{key}"), "x").key_path == key
    with pytest.raises(CredentialError, match="kunci SSH harus"):
        login(inventory_of(tmp_path, username="a", key="env:KEY"), "x")


def test_a_tsig_key_is_base64_and_not_a_login(tmp_path: Path) -> None:
    secret_file(tmp_path / "s", b"c2VjcmV0\n")
    entry = inventory_of(tmp_path, name="k", secret="file:s")
    assert tsig(entry, "x") == TsigKey("k", "hmac-sha256", "c2VjcmV0")
    with pytest.raises(CredentialError, match="bukan login"):
        login(entry, "x")
    with pytest.raises(CredentialError, match="tidak ada dalam credentials"):
        tsig(entry, "y")
    secret_file(tmp_path / "s", SECRET.encode())
    with pytest.raises(CredentialError, match="base64") as caught:
        tsig(entry, "x")
    assert SECRET not in "".join(traceback.format_exception(caught.value))
