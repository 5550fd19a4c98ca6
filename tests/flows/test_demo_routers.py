"""The router doubles keep what they are told, and show what follows from it, as the real ones do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.demo import frr, routeros, routers
from flows.demo.parts import Loop
from flows.demo.webhost import new_key
from playbooks.findings import Reason, TargetError
from playbooks.network.connect import open_session
from playbooks.network.endpoints import Endpoint
from playbooks.network.enrol import fetch_host_keys, record

PASSWORD = "rahasia-demo"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[routers.Routers]:
    with Loop() as loop:
        yield routers.start(loop, new_key(tmp_path / "host"), PASSWORD)


def endpoint(demo: routers.Routers, name: str, folder: Path, password: str = PASSWORD) -> Endpoint:
    port = demo.ports[name]
    known = folder / "known_hosts"
    record(known, "127.0.0.1", port, fetch_host_keys("127.0.0.1", port))
    platform = "mikrotik_routeros" if name == "dinkes-r2" else "frr"
    return Endpoint(name, "127.0.0.1", port, platform, routers.USERNAME, password, known_hosts=known)


def test_a_port_switched_off_shows_as_down_until_it_is_switched_on_again(demo: routers.Routers, tmp_path: Path) -> None:
    demo.break_something()
    with open_session(endpoint(demo, "dinkes-r1", tmp_path)) as session:
        before = json.loads(session.ask("show interface json"))["eth1"]
        session.configure(["interface eth1", "no shutdown", "exit"])
        after = json.loads(session.ask("show interface json"))["eth1"]
    assert (before["administrativeStatus"], before["operationalStatus"]) == ("down", "down")
    assert (after["administrativeStatus"], after["operationalStatus"]) == ("up", "up")


def test_what_is_not_saved_is_not_in_the_saved_configuration(demo: routers.Routers, tmp_path: Path) -> None:
    demo.break_something()
    with open_session(endpoint(demo, "dinkes-r3", tmp_path)) as session:
        assert "Ruang arsip" in session.ask("show running-config")
        assert "Ruang arsip" not in session.run("show startup-config")
        assert "[OK]" in session.ask("write memory")
        assert "Ruang arsip" in session.run("show startup-config")


def test_a_wrong_line_is_refused_as_frr_refuses_it(demo: routers.Routers, tmp_path: Path) -> None:
    with open_session(endpoint(demo, "dinkes-r1", tmp_path)) as session:
        with pytest.raises(TargetError) as caught:
            session.configure(["interface eth1", "omong kosong"])
        assert caught.value.reason is Reason.REFUSED_OUTPUT
        assert session.ask("show version").startswith("FRRouting")


def test_a_wrong_password_is_refused(demo: routers.Routers, tmp_path: Path) -> None:
    with (
        pytest.raises(TargetError) as caught,
        open_session(endpoint(demo, "dinkes-r2", tmp_path, password="salah")),
    ):
        pass
    assert caught.value.reason is Reason.LOGIN_REFUSED


def test_a_mikrotik_change_shows_in_print_and_export(demo: routers.Routers, tmp_path: Path) -> None:
    with open_session(endpoint(demo, "dinkes-r2", tmp_path)) as session:
        assert "disabled" not in session.ask("/export")
        session.ask("/interface disable ether2")
        assert " X " in session.ask("/interface print terse without-paging").splitlines()[1]
        assert "ether2 ] comment=" in session.ask("/export")
        session.ask("/interface ethernet set [ find default-name=ether2 ] disabled=no")
        assert " X " not in session.ask("/interface print terse without-paging")
        assert "bad command name" in session.ask("/omong kosong")


def test_a_mikrotik_loses_its_default_route_with_the_uplink() -> None:
    r2 = routers.mikrotik()
    assert " A " in r2.execute("/ip route print terse")
    r2.execute("/interface disable ether1")
    assert " A " not in r2.execute("/ip route print terse")
    assert "received=0" in r2.execute("/ping 10.20.4.1 count=2")


WORDS = st.sampled_from(
    "interface eth0|interface eth1|no shutdown|shutdown|ip ospf area 0|no ip ospf area|ip ospf area 1|router ospf|end|"
    "ip ospf hello-interval 5|ip ospf passive|description a b|no description|exit|configure terminal|"
    "ip address 10.0.0.1/24|no ip address 10.0.0.1/24|ip route 0.0.0.0/0 10.20.0.1|do show version|omong".split("|")
)


@given(st.lists(WORDS, max_size=12))
def test_whatever_is_typed_a_saved_frr_configuration_reads_back_the_same(lines: list[str]) -> None:
    router = frr.Router(routers.R1)
    console = frr.Vtysh(router)
    for line in ["configure terminal", *lines]:
        if console.execute(line) is None:
            console = frr.Vtysh(router)
    text = router.running.text(router.version)
    assert frr.parse(text).text(router.version) == text


@given(st.text(max_size=60))
def test_whatever_is_typed_the_mikrotik_console_answers(line: str) -> None:
    assert isinstance(routeros.Terminal(routers.mikrotik()).execute(line), str | None)
