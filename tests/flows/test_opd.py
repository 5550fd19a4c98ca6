"""A whole OPD diagnosed: one device that hangs, wherever it does, costs neither the others nor the time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from flows.jobs import network
from flows.office import Office
from inventory.models import Device
from playbooks.findings import Reason
from playbooks.network import connect, enrol, inquiry, visits
from tests.playbooks.network.doubles import PASSWORD, Double, serving

NAMES = [f"sw-{number:02}" for number in range(1, 13)]
BAD = NAMES[6]
VERSION = "Cisco IOS Software, C2960 Software (C2960-LANBASEK9-M), Version 15.0(2)SE, RELEASE SOFTWARE (fc1)\n"
PORTS = (
    "GigabitEthernet0/1 is administratively down, line protocol is down \n"
    "  Hardware is Gigabit Ethernet, address is 0012.0012.0012 (bia 0012.0012.0012)\n"
    "  Internet address is 10.20.1.2/24\n  MTU 1500 bytes, BW 1000000 Kbit, DLY 10 usec, \n"
    "     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored\n"
)
ANSWERS = {"show version": VERSION, "show interfaces": PORTS}
HANGS = {
    "takes the connection and says nothing": {"stuck": "greeting"},
    "never says whether the password is right": {"stuck": "password"},
    "grants no channel": {"stuck": "channel"},
    "shows no prompt": {"stuck": "prompt"},
    "hangs in mid-diagnosis": {"hang": "show ip route"},
    "trickles for ever": {"trickle": "show ip route"},
    "hangs at its configuration": {"hang": "show running-config"},
}
SOME = ("takes the connection and says nothing", "grants no channel", "trickles for ever")


@contextmanager
def twelve(office: Office, folder: Path, **bad: str) -> Iterator[Office]:
    """An OPD of twelve pretended switches, one of which misbehaves."""
    office.settings.make_home()
    (folder / "sandi").touch(mode=0o600)
    (folder / "sandi").write_text(PASSWORD)
    secret = office.inventory.credentials["opd-router"].model_copy(
        update={"username": "otomasi", "password": f"file:{folder / 'sandi'}", "enable": "", "key": ""}
    )
    devices = {}
    with ExitStack() as stack:
        for name in NAMES:
            double = Double(dict(ANSWERS), **(bad if name == BAD else {}))  # type: ignore[arg-type]
            port = stack.enter_context(serving(double))
            deaf = double.stuck == "greeting"
            keys = [any_key(port)] if deaf else enrol.fetch_host_keys("127.0.0.1", port)
            enrol.record(office.known_hosts, "127.0.0.1", port, keys)
            devices[name] = Device(opd="dinkes", address="127.0.0.1", port=port, platform="cisco_ios", credentials="c")
        inventory = office.inventory.model_copy(update={"devices": devices, "credentials": {"c": secret}})
        yield replace(office, inventory=inventory)


def any_key(port: int) -> enrol.HostKey:
    return enrol.host_key("127.0.0.1", port, paramiko.ECDSAKey.generate())


def diagnosed(office: Office, folder: Path, within_s: float, **bad: str) -> None:
    with twelve(office, folder, **bad) as opd:
        began = time.monotonic()
        results = network.diagnose_devices(opd, NAMES)
        took = time.monotonic() - began
    assert took < within_s, [(each.name, each.reason, each.detail) for each in results]
    assert [each.name for each in results] == NAMES
    assert {each.name: each.reason for each in results if each.reason} == {BAD: Reason.TIMEOUT}, [
        each.detail for each in results
    ]
    told = {each.name: [one.code for one in each.findings] for each in results}
    partly = [] if bad.get("stuck") else ["link.admin_down"]
    assert told == {name: partly if name == BAD else ["link.admin_down"] for name in NAMES}


@pytest.mark.parametrize("bad", [HANGS[name] for name in SOME], ids=SOME)
def test_eleven_results_and_one_reason(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: dict[str, str]
) -> None:
    """With every deadline at a tenth of its length, within a tenth of a minute; the time is theirs, not the test's."""
    for where, names in ((connect, ("CONNECT_S", "LOGIN_S")), (inquiry, ("COMMAND_S", "CONFIG_S"))):
        for name in names:
            monkeypatch.setattr(where, name, getattr(where, name) / 10)
    monkeypatch.setattr(visits, "DEADLINE_S", visits.DEADLINE_S / 10)
    diagnosed(office, tmp_path, 6 + 3, **bad)


@pytest.mark.lab
@pytest.mark.parametrize("bad", HANGS.values(), ids=HANGS)
def test_an_opd_of_twelve_with_one_that_hangs_is_told_within_a_minute(
    office: Office, tmp_path: Path, bad: dict[str, str]
) -> None:
    diagnosed(office, tmp_path, 60, **bad)
