"""Why a host cannot be had: the stable reason, and a line for a technician that holds no secret."""

from __future__ import annotations

import socket
from pathlib import Path

import paramiko
import pytest

from inventory.credentials import Login
from inventory.models import Credential
from playbooks.findings import Reason, TargetError
from playbooks.hosting import connect, zones
from playbooks.hosting.connect import HostAccess, UnknownHostKey
from tests.playbooks.hosting.doubles import site


def test_a_missing_secret_is_an_error_of_this_machine_that_names_the_reference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DEPLOY_PASSWORD", raising=False)
    inventory = site().inventory
    inventory.credentials["deploy"] = Credential(username="deploy", password="env:DEPLOY_PASSWORD")
    with pytest.raises(TargetError, match="env:DEPLOY_PASSWORD") as caught:
        connect.access(inventory, "web-1", Path("known_hosts"))
    assert caught.value.reason is Reason.ERROR


def test_a_missing_dns_key_is_an_error_of_this_machine_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DNS_SECRET", raising=False)
    place = site()
    place.inventory.credentials["dns-key"] = Credential(name="k", algorithm="hmac-sha256", secret="env:DNS_SECRET")
    with pytest.raises(TargetError, match="env:DNS_SECRET") as caught:
        zones.editor(place.inventory, place.zone[0])
    assert caught.value.reason is Reason.ERROR


def test_a_closed_port_is_unreachable_in_indonesian(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    host = site(host={"port": port}).host
    there = HostAccess("web-1", host, Login("deploy", password="rahasia"), tmp_path / "known_hosts")
    with pytest.raises(TargetError) as caught, connect.open_host(there):
        pass
    assert caught.value.reason is Reason.UNREACHABLE
    assert caught.value.detail.startswith("sambungan ditolak")


@pytest.mark.parametrize(
    ("error", "reason", "said"),
    [
        (
            UnknownHostKey("[h]:1 ssh-x SHA256:y"),
            Reason.HOST_KEY_UNKNOWN,
            "[h]:1 ssh-x SHA256:y; jalankan `pelihara inventory enrol web-1`",
        ),
        (paramiko.AuthenticationException("Authentication failed."), Reason.LOGIN_REFUSED, ""),
        (TimeoutError("timed out"), Reason.TIMEOUT, "tidak ada jawaban sampai batas waktu"),
        (EOFError(), Reason.UNREACHABLE, "sambungan diputus oleh lawan bicara"),
        (FileNotFoundError(2, "No such file", "rilis.tar"), Reason.ERROR, "rilis.tar: tidak ada"),
        (PermissionError(13, "Permission denied"), Reason.ERROR, "berkas tidak boleh dibaca oleh pengguna ini"),
        (paramiko.SSHException("odd\nline"), Reason.ERROR, "sambungan SSH gagal: odd line"),
    ],
)
def test_what_ssh_raises_becomes_a_reason_and_a_line(error: Exception, reason: Reason, said: str) -> None:
    with pytest.raises(TargetError) as caught, connect._as_target_error("web-1"):
        raise error
    assert (caught.value.reason, caught.value.detail) == (reason, said)
