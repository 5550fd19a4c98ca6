"""Connecting and asking, against doubles that misbehave."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import asyncssh
import paramiko
import pytest

from inventory.causes import cause
from playbooks.findings import Reason, TargetError
from playbooks.network import enrol
from playbooks.network.backup import fetch_config, normalised
from playbooks.network.connect import Session, classify, open_session
from playbooks.network.endpoints import Endpoint
from playbooks.network.greeting import Stopped
from tests.playbooks.network.doubles import IOS_CONFIG, PASSWORD, Double, device


def reason_of(endpoint: Endpoint, deadline_s: float = 3, command: str = "show running-config") -> TargetError:
    with pytest.raises(TargetError) as caught, open_session(endpoint, deadline_s) as session:
        session.ask(command, deadline_s)
    return caught.value


def test_an_answer_comes_without_echo_and_prompt(tmp_path: Path) -> None:
    with device(Double(), tmp_path) as endpoint, open_session(endpoint) as session:
        assert session.prompt == "sw-contoh"
        assert session.ask("show running-config") + "\n" == IOS_CONFIG


@pytest.mark.parametrize("piece", [1, 7, 64])
def test_text_in_pieces_of_any_size_arrives_whole(tmp_path: Path, piece: int) -> None:
    with device(Double(piece=piece), tmp_path) as endpoint, open_session(endpoint) as session:
        assert session.ask("show running-config") + "\n" == IOS_CONFIG


def test_a_prompt_too_many_never_gives_an_empty_configuration(tmp_path: Path) -> None:
    with device(Double(stale=True), tmp_path) as endpoint, open_session(endpoint) as session:
        for _ in range(3):
            assert fetch_config(session).text == normalised("cisco_ios", IOS_CONFIG)


def test_prompts_inside_a_banner_are_not_the_prompt(tmp_path: Path) -> None:
    banner = "*** JANGAN MASUK ***\r\nrouter-lain#\r\nswitch> "
    with device(Double(banner=banner), tmp_path) as endpoint, open_session(endpoint) as session:
        assert session.prompt == "sw-contoh"
        assert session.ask("show running-config") + "\n" == IOS_CONFIG


@pytest.mark.parametrize("pause", [0.01, 0.1, 0.6])
def test_a_painted_again_prompt_is_not_the_end_of_the_answer(tmp_path: Path, pause: float) -> None:
    export = "# 2026-11-21 08:00:00 by RouterOS 7.15.3\n/system identity\nset name=mt1\n# end of export\n"
    command = '/export; :put "# end of export"'
    double = Double({command: export, "/empty": ""}, prompt="[otomasi@mt1] >", repaint=pause)
    with device(double, tmp_path, platform="mikrotik_routeros") as endpoint, open_session(endpoint) as session:
        assert session.ask(command) + "\n" == export
        assert session.ask("/empty") == ""
        assert session.ask(command) + "\n" == export


@pytest.mark.parametrize(
    ("double", "reason"),
    [
        (Double(hang="show running-config"), Reason.TIMEOUT),
        (Double(drop="show running-config"), Reason.INCOMPLETE),
        (Double(hang="terminal length 0"), Reason.TIMEOUT),
    ],
    ids=["hangs", "drops in mid-output", "hangs at login"],
)
def test_a_device_that_breaks_off_has_its_reason_in_time(tmp_path: Path, double: Double, reason: Reason) -> None:
    with device(double, tmp_path) as endpoint:
        begin = time.monotonic()
        assert reason_of(endpoint).reason is reason
        assert time.monotonic() - begin < 20


def test_a_wrong_password_is_told_without_the_password(tmp_path: Path) -> None:
    with device(Double(), tmp_path, password="salah-sekali") as endpoint:
        error = reason_of(endpoint)
    assert error.reason is Reason.LOGIN_REFUSED
    assert "salah-sekali" not in str(error) + repr(error) + repr(endpoint)
    assert error.__cause__ is None


def test_an_unknown_host_key_is_refused_before_the_password_is_sent(tmp_path: Path) -> None:
    double = Double()
    with device(double, tmp_path, enrolled=False) as endpoint:
        assert reason_of(endpoint).reason is Reason.HOST_KEY_UNKNOWN
    assert double.passwords == []


@pytest.mark.parametrize("other", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_a_changed_host_key_is_refused(tmp_path: Path, other: str) -> None:
    double = Double()
    with device(Double(key_type=other), tmp_path) as stranger, device(double, tmp_path, enrolled=False) as endpoint:
        line = next(line for line in stranger.known_hosts.read_text().splitlines() if f":{stranger.port} " in line)
        endpoint.known_hosts.write_text(line.replace(str(stranger.port), str(endpoint.port)) + "\n")
        assert reason_of(endpoint).reason is Reason.HOST_KEY_CHANGED
    assert double.passwords == []


def test_a_host_is_also_known_by_a_hashed_name_or_among_others(tmp_path: Path) -> None:
    with device(Double(), tmp_path) as endpoint:
        name, kind, key = endpoint.known_hosts.read_text().splitlines()[0].split(" ")[:3]
        for names in (paramiko.HostKeys.hash_host(name), f"10.0.0.1,{name}"):
            endpoint.known_hosts.write_text(f"# kantor\n10.0.0.2 {kind} {key}\n{names} {kind} {key}\n")
            with open_session(endpoint) as session:
                assert session.ask("show version") == "IOS"
        endpoint.known_hosts.write_text(f"1{name} {kind} {key}\n")
        assert reason_of(endpoint).reason is Reason.HOST_KEY_UNKNOWN


def test_legacy_algorithms_are_refused_unless_the_inventory_allows_them(tmp_path: Path) -> None:
    old = Double(kex=("diffie-hellman-group14-sha1",))
    with device(Double(), tmp_path), device(old, tmp_path, enrolled=False) as endpoint:
        keys = enrol.fetch_host_keys("127.0.0.1", endpoint.port)
        enrol.record(endpoint.known_hosts, "127.0.0.1", endpoint.port, keys)
        assert reason_of(endpoint).reason is Reason.LEGACY_SSH_REFUSED
        allowed = Endpoint(**{**vars(endpoint), "legacy_ssh": True})
        with open_session(allowed) as session:
            assert session.ask("show version") == "IOS"


def test_nobody_there_is_unreachable(tmp_path: Path) -> None:
    with device(Double(), tmp_path) as endpoint:
        gone = endpoint
    assert reason_of(gone).reason is Reason.UNREACHABLE


def test_a_device_that_was_off_on_the_day_of_enrolment_is_called_unreachable_too(tmp_path: Path) -> None:
    with device(Double(), tmp_path, enrolled=False) as endpoint:
        pass
    assert reason_of(endpoint).reason is Reason.UNREACHABLE


def test_the_deadline_holds_for_the_whole_session(tmp_path: Path) -> None:
    with device(Double(hang="show version"), tmp_path) as endpoint:
        begin = time.monotonic()
        with pytest.raises(TargetError), open_session(endpoint, deadline_s=1.5) as session:
            session.ask("show version", timeout_s=30)
        assert time.monotonic() - begin < 20


def test_a_refused_config_line_is_named_and_config_mode_left(tmp_path: Path) -> None:
    answers = {"configure terminal": "", "interface Gi0/1": "", "end": ""}
    double = Double(answers)
    with device(double, tmp_path) as endpoint, open_session(endpoint) as session:
        with pytest.raises(TargetError, match="descriptin") as caught:
            session.configure(["interface Gi0/1", "descriptin salah", "shutdown"])
        assert caught.value.reason is Reason.REFUSED_OUTPUT
    assert "shutdown" not in double.asked
    assert double.asked[double.asked.index("descriptin salah") + 1] == "end"


class UserMode(Double):
    """Lands below privileged mode and asks for a second password."""

    async def obey(self, process: asyncssh.SSHServerProcess[bytes], command: str) -> bool:
        if self.asked[-1:] == ["enable"]:
            self.asked.append("")
            self.prompt = "sw-contoh#" if command == "rahasia-enable" else self.prompt
            await self.write(process, f"\r\n{self.prompt} ")
            return True
        if command == "enable":
            self.asked.append(command)
            await self.write(process, "enable\r\nPassword: ")
            return True
        return await super().obey(process, command)


def test_privileged_mode_is_entered_with_its_own_password(tmp_path: Path) -> None:
    double = UserMode(prompt="sw-contoh>")
    with device(double, tmp_path, enable="rahasia-enable") as endpoint, open_session(endpoint) as session:
        assert session.ask("show running-config") + "\n" == IOS_CONFIG
    with device(UserMode(prompt="sw-contoh>"), tmp_path, enable="salah") as endpoint:
        error = reason_of(endpoint)
        assert error.reason is Reason.LOGIN_REFUSED
        assert "salah" not in str(error)


def test_recorded_keys_of_other_servers_stay(tmp_path: Path) -> None:
    with device(Double(), tmp_path) as one, device(Double(), tmp_path) as other:
        assert one.port != other.port
        keys = enrol.fetch_host_keys("127.0.0.1", one.port)
        enrol.record(one.known_hosts, "127.0.0.1", one.port, keys)
        assert enrol.recorded(one.known_hosts, "127.0.0.1", one.port) == ["ssh-ed25519"]
        assert enrol.recorded(one.known_hosts, "127.0.0.1", other.port) == ["ssh-ed25519"]
        assert keys[0].fingerprint.startswith("SHA256:")
        assert len(one.known_hosts.read_text().splitlines()) == 2


def test_a_server_that_is_not_ssh_is_no_enrolment(tmp_path: Path) -> None:
    del tmp_path
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=lambda: listener.accept()[0].sendall(b"HTTP/1.1 400\r\n\r\n" * 50), daemon=True).start()
        with pytest.raises(TargetError) as caught:
            enrol.fetch_host_keys("127.0.0.1", listener.getsockname()[1], timeout_s=2)
    assert caught.value.detail == enrol.NOT_SSH


@pytest.mark.parametrize(
    ("error", "reason", "detail"),
    [
        (Stopped(Reason.TIMEOUT, "tidak ada prompt"), Reason.TIMEOUT, "tidak ada prompt"),
        (paramiko.SSHException("Error reading SSH protocol banner"), Reason.TIMEOUT, "sambungan SSH tidak selesai"),
        (paramiko.SSHException("No existing session"), Reason.TIMEOUT, "sambungan SSH tidak selesai"),
        (EOFError(), Reason.INCOMPLETE, "perangkat memutus sambungan"),
        (paramiko.AuthenticationException("Authentication failed."), Reason.LOGIN_REFUSED, ""),
        (ConnectionRefusedError(111, "Connection refused"), Reason.UNREACHABLE, cause(ConnectionRefusedError(111, ""))),
        (ValueError("odd\nthing"), Reason.ERROR, "sambungan gagal; pesan aslinya: 'odd thing'"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_why_a_connection_failed_is_told_in_indonesian(error: BaseException, reason: Reason, detail: str) -> None:
    assert classify(error) == (reason, detail)


class Quoting:
    """A connection whose failures quote what was sent over it."""

    end_of_time = float("inf")

    def ask(self, command: str, timeout_s: float, careful: bool) -> str:
        del careful
        raise ValueError(f"{command!r} after {PASSWORD!r}, {timeout_s} s")


def test_the_password_never_shows(tmp_path: Path) -> None:
    with device(Double(), tmp_path) as endpoint:
        assert PASSWORD not in repr(endpoint)
        with pytest.raises(TargetError) as caught:
            Session(endpoint, Quoting()).ask("show version")
    assert "show version" in str(caught.value)
    assert PASSWORD not in str(caught.value) + repr(caught.value)
