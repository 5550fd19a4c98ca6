"""VyOS: outputs in its form, and recordings where they are at hand; no real device."""

from __future__ import annotations

import pytest

from playbooks.findings import Finding, Severity
from playbooks.network.facts import Facts, Interface, Route
from playbooks.network.platforms import get
from playbooks.network.platforms.platform import Situation
from tests.playbooks.network.samples import samples

NAME = "vyatta_vyos"
OF = samples(NAME)
VYOS = get(NAME)
CONFIG = OF.config


def situation(code: str, subject: str, config: str = CONFIG) -> Situation:
    facts = Facts(interfaces=(Interface("eth0", addresses=("192.0.2.2/30",)),))
    before = Facts(default_routes=(Route("0.0.0.0/0", "192.0.2.1", protocol="static"),))
    return Situation(Finding(code, Severity.MAJOR, subject, "", ""), facts, before, config)


@pytest.mark.parametrize(("port", "where"), [("eth1", "ethernet eth1"), ("eth2.10", "ethernet eth2 vif 10")])
def test_a_port_that_is_switched_off_is_switched_on(port: str, where: str) -> None:
    change = VYOS.repairs["link.admin_down"](situation("link.admin_down", port))
    assert change is not None
    assert change.commands == (f"delete interfaces {where} disable",)
    assert change.inverse == (f"set interfaces {where} disable",)
    assert VYOS.repairs["link.admin_down"](situation("link.admin_down", "eth0")) is None


def test_the_default_route_goes_back_to_its_gateway() -> None:
    change = VYOS.repairs["route.default_missing"](situation("route.default_missing", ""))
    head = "protocols static route 0.0.0.0/0 next-hop"
    assert change is not None
    assert change.commands == (f"set {head} 192.0.2.1", f"delete {head} 192.0.2.9")
    assert change.inverse == (f"set {head} 192.0.2.9", f"delete {head} 192.0.2.1")


@pytest.mark.parametrize("tail", ["blackhole", "next-hop 192.0.2.9 distance '200'", "next-hop 192.0.2.1"])
def test_a_default_route_that_somebody_shaped_is_left_alone(tail: str) -> None:
    config = CONFIG.replace("next-hop 192.0.2.9", tail)
    assert VYOS.repairs["route.default_missing"](situation("route.default_missing", "", config)) is None


def test_recorded_addresses_are_read_rightly() -> None:
    found = OF.recorded("show_arp")["arp"]
    assert len(found) == 4
    assert found[0] == {"address": "10.123.254.20", "mac": "9c:8e:99:fa:15:0a", "interface": "eth1.1230"}
