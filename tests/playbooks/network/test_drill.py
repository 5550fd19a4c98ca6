"""A stored configuration loaded into a real, fresh FRR."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from playbooks.network import drill, frr_drill
from playbooks.network.backup import fetch_config
from playbooks.network.connect import open_session
from playbooks.network.drill import CannotDrill
from tests.lab.network import NetworkLab
from tests.playbooks.network.configs import CONFIGS, FRR_CONFIG
from tests.playbooks.network.test_on_the_lab import at


def machine() -> tuple[str, ...]:
    """What a drill must leave alone: links, FRR's files and processes of this machine."""
    links = subprocess.run(["ip", "-o", "link"], capture_output=True, text=True, check=True).stdout
    files = sorted(str(each) for folder in ("/etc/frr", "/run/frr") for each in Path(folder).glob("*"))
    frr = [each.read_text() for each in Path("/proc").glob("[0-9]*/comm") if each.exists()]
    return links, *files, *sorted(name for name in frr if name.strip() in ("zebra", "ospfd", "bgpd", "staticd"))


@pytest.mark.lab
@pytest.mark.parametrize("router", ["r1", "r2", "r3"])
def test_the_backup_of_a_router_comes_out_of_a_fresh_frr_as_it_went_in(
    healthy_network: NetworkLab, router: str
) -> None:
    where, _ = at(healthy_network, router)
    with open_session(where) as session:
        text = fetch_config(session).text
    before = machine()
    done = drill.drill("frr", text)
    assert (done.passed, done.differences, done.detail) == (True, (), "semua baris keluar sama")
    assert "ospfd" in done.how
    assert machine() == before
    with open_session(where) as session:
        assert fetch_config(session).text == text


@pytest.mark.lab
def test_secrets_are_loaded_and_not_told() -> None:
    done = drill.drill("frr", FRR_CONFIG)
    assert done.passed, (done.detail, done.differences)
    broken = FRR_CONFIG.replace(" neighbor 10.1.13.2 password", " neighbor 10.1.13.9 password")
    told = drill.drill("frr", broken)
    assert not told.passed
    assert "rahasia2" not in f"{told}"


@pytest.mark.lab
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" ip address 10.1.12.1/30", " ip address 10.1.12.1/99"),
        ("router bgp 65001", "router bgp enam"),
        ("ip route 0.0.0.0/0 203.0.113.1", "ip rute 0.0.0.0/0 203.0.113.1"),
        (
            " neighbor 10.1.13.2 remote-as 65003",
            " neighbor 10.1.13.2 remote-as 0",
        ),
    ],
)
def test_a_configuration_that_does_not_come_out_as_it_went_in_is_not_proven(old: str, new: str) -> None:
    assert old in FRR_CONFIG
    done = drill.drill("frr", FRR_CONFIG.replace(old, new))
    assert not done.passed
    assert done.detail


def test_a_cut_configuration_is_not_even_loaded() -> None:
    done = drill.drill("frr", FRR_CONFIG.replace("end\n", ""))
    assert (done.passed, "bukan konfigurasi utuh" in done.detail) == (False, True)


@pytest.mark.parametrize("platform", sorted(set(CONFIGS) - {"frr"}))
def test_a_platform_without_a_lab_device_says_so(platform: str) -> None:
    with pytest.raises(CannotDrill, match="belum ada perangkat uji"):
        drill.drill(platform, CONFIGS[platform])


def test_without_frr_or_root_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "vtysh" else name)
    with pytest.raises(CannotDrill, match="vtysh tidak ada"):
        drill.drill("frr", FRR_CONFIG)
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(CannotDrill, match="root"):
        drill.drill("frr", FRR_CONFIG)


def test_names_of_interfaces_are_names_and_nothing_else() -> None:
    hostile = "interface eth0; reboot\ninterface $(id)\ninterface -h\ninterface eth1\ninterface vlan.10 vrf opd\n"
    assert frr_drill.INTERFACE.findall(hostile) == ["eth1", "vlan.10"]
