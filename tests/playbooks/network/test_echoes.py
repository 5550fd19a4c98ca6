"""How many echoes of the gateway were lost, in the words of each platform's ping (shapes of vendors' manuals)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from playbooks.network import echoes, platforms
from playbooks.network.connect import open_session
from playbooks.network.echoes import ENOUGH, FEW, MANY, Echoes, counted
from tests.playbooks.network.doubles import Double, device

TOLD = {
    "iputils": (
        "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.04 ms\n\n--- 10.0.0.1 ping statistics ---\n"
        "20 packets transmitted, 18 received, +1 errors, 10% packet loss, time 3829ms\n"
        "rtt min/avg/max/mdev = 0.022/0.251/0.340/0.010 ms\n",
        Echoes(20, 18, 0.251),
    ),
    "busybox": (
        "5 packets transmitted, 5 packets received, 0% packet loss\nround-trip min/avg/max = 0.1/0.2/0.3 ms\n",
        Echoes(5, 5, 0.2),
    ),
    "NX-OS": (
        "5 packets transmitted, 4 packets received, 20.00% packet loss\nround-trip min/avg/max = 0.4/0.635/0.9 ms\n",
        Echoes(5, 4, 0.635),
    ),
    "Junos, rapid": (
        "!!.!!\n--- 10.0.0.1 ping statistics ---\n5 packets transmitted, 4 packets received, 20% packet loss\n"
        "round-trip min/avg/max/stddev = 1.1/2.5/3.2/0.4 ms\n",
        Echoes(5, 4, 2.5),
    ),
    "IOS": (
        "Sending 5, 100-byte ICMP Echos to 10.0.0.1, timeout is 1 seconds:\n.!!!!\n"
        "Success rate is 80 percent (4/5), round-trip min/avg/max = 1/2/4 ms\n",
        Echoes(5, 4, 2.0),
    ),
    "IOS, nobody": ("Success rate is 0 percent (0/5)\n", Echoes(5, 0)),
    "VRP": (
        "    5 packet(s) transmitted\n    3 packet(s) received\n    40.00% packet loss\n"
        "    round-trip min/avg/max = 10/12/20 ms\n",
        Echoes(5, 3, 12.0),
    ),
    "Comware": (
        "5 packet(s) transmitted, 5 packet(s) received, 0.0% packet loss\n"
        "round-trip min/avg/max/std-dev = 0.685/0.759/0.823/0.047 ms\n",
        Echoes(5, 5, 0.759),
    ),
    "RouterOS, last of its summaries": (
        "    sent=20 received=20 packet-loss=0% min-rtt=340us avg-rtt=410us max-rtt=620us \n"
        "    sent=25 received=24 packet-loss=4% min-rtt=340us avg-rtt=1ms200us max-rtt=9ms \n",
        Echoes(25, 24, 1.2),
    ),
    "EdgeSwitch": (
        "Send count=3, Receive count=3 from 10.0.0.1\nAverage round trip time = 1.50 ms\n",
        Echoes(3, 3, 1.5),
    ),
    "ProCurve, one by one": ("10.0.0.1 is alive, time = 1 ms\n10.0.0.1 is alive, time = 1 ms\n", Echoes(2, 2)),
    "cut off": (
        "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.4 ms\n"
        "64 bytes from 10.0.0.1: icmp_seq=3 ttl=64 time=0.4 ms\n",
        Echoes(3, 2),
    ),
    "no way there": ("ping: connect: Network is unreachable\n", Echoes(0, 0)),
    "refused": ("% Invalid input detected at '^' marker.\n", None),
    "nothing": ("", None),
}


@pytest.mark.parametrize(("output", "expected"), TOLD.values(), ids=TOLD)
def test_the_echoes_are_counted(output: str, expected: Echoes | None) -> None:
    assert counted(output) == expected


def test_echoes_add_up_and_the_mean_is_weighed() -> None:
    assert Echoes(5, 5, 1.0) + Echoes(15, 15, 5.0) == Echoes(20, 20, 4.0)
    assert Echoes(5, 5) + Echoes(15, 0) == Echoes(20, 5)


@pytest.mark.parametrize(
    "output",
    [
        "1" * 60000,
        "1" * 5000 + " packets transmitted, 1 received",
        "min/avg/max = 1/1.2.3/4",
        "icmp_seq=1 " * 5000,
        "5 packets transmitted, 5 received\nrtt min/avg/max/mdev = 1." + "1." * 20000,
    ],
)
def test_hostile_numbers_neither_raise_nor_keep_anybody_busy(output: str) -> None:
    begin = time.process_time()
    told = counted(output)
    assert time.process_time() - begin < 1
    assert told is None or told.rtt_ms is None


@pytest.mark.parametrize("name", sorted({platform.name for platform in platforms.ALL.values()}))
def test_every_platform_can_be_asked(name: str) -> None:
    platform = platforms.get(name)
    command = platform.ping.format(address="10.0.0.1", count=5)
    assert " 10.0.0.1" in command
    assert platform.ping_endless or "{count}" in platform.ping or name == "fortinet"


def asked(tmp_path: Path, answers: dict[int, str]) -> tuple[Echoes | None, list[str]]:
    """IOS that answers a ping of so many echoes like this."""
    ping = "ping 10.0.0.1 repeat {} timeout 1"
    raw: dict[str, str] = {}
    double = Double({ping.format(count): said for count, said in answers.items()})
    with device(double, tmp_path) as endpoint, open_session(endpoint, 10) as session:
        return echoes.ask(session, "10.0.0.1", raw, lambda _: None), list(raw)


def rate(received: int, sent: int) -> str:
    return f"Success rate is {100 * received // sent} percent ({received}/{sent})\n"


def test_a_gateway_that_answers_is_asked_about_twenty_times_and_a_dead_one_not(tmp_path: Path) -> None:
    told, commands = asked(tmp_path, {FEW: rate(5, 5), MANY: rate(15, 15)})
    assert told == Echoes(20, 20)
    assert len(commands) == 2
    assert asked(tmp_path, {FEW: rate(0, 5)})[0] == Echoes(5, 0)
    assert asked(tmp_path, {})[0] is None


def test_who_loses_one_is_asked_more(tmp_path: Path) -> None:
    told, _ = asked(tmp_path, {FEW: rate(4, 5), MANY: rate(15, 15)})
    assert told == Echoes(35, 34)
    assert told.sent >= ENOUGH


def test_a_ping_that_never_ends_is_interrupted_on_several_channels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(echoes, "CUT_S", 0.4)
    monkeypatch.setattr(echoes, "APART_S", 0.0)
    line = "64 bytes from 10.0.0.1: icmp_seq={} ttl=64 time=0.4 ms\n"
    double = Double({}, prompt="r1#", endless={"ping 10.0.0.1": [line.format(number) for number in (1, 2, 3)]})
    raw: dict[str, str] = {}
    begin = time.monotonic()
    with device(double, tmp_path, platform="frr") as endpoint, open_session(endpoint, 20) as session:
        told = echoes.ask(session, "10.0.0.1", raw, lambda _: None)
    assert told == Echoes(24, 24)
    assert raw["ping 10.0.0.1"].count("icmp_seq=3") == 8
    assert time.monotonic() - begin < 4


def test_a_ping_that_ends_by_itself_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(echoes, "CUT_S", 30.0)
    monkeypatch.setattr(echoes, "APART_S", 30.0)
    double = Double({"ping 10.0.0.1": "% Network is unreachable\n"}, prompt="r1#")
    begin = time.monotonic()
    with device(double, tmp_path, platform="frr") as endpoint, open_session(endpoint, 60) as session:
        told = echoes.ask(session, "10.0.0.1", {}, lambda _: None)
    assert told == Echoes(0, 0)
    assert time.monotonic() - begin < 30
