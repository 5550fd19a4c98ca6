"""Juniper Junos: outputs in its form, and recordings where they are at hand; no real device."""

from __future__ import annotations

from typing import Any

import pytest

from playbooks.findings import Finding, Severity
from playbooks.network.facts import Facts, Interface, Route
from playbooks.network.platforms import get
from playbooks.network.platforms.juniper_junos import statements
from playbooks.network.platforms.platform import Situation
from tests.playbooks.network.samples import samples

NAME = "juniper_junos"
OF = samples(NAME)
JUNOS = get(NAME)

CONFIG = OF.config


def situation(code: str, subject: str, config: str = CONFIG, gateway: str = "") -> Situation:
    facts = Facts(interfaces=(Interface("ge-0/0/0.0", addresses=("192.0.2.2/30",)),))
    before = Facts(default_routes=(Route("0.0.0.0/0", "192.0.2.1", protocol="static"),))
    return Situation(Finding(code, Severity.MAJOR, subject, "", ""), facts, before, config, gateway)


def test_statements_are_named_as_set_names_them() -> None:
    found = statements(CONFIG)
    assert "interfaces ge-0/0/2 unit 5 disable" in found
    assert "routing-options static route 0.0.0.0/0 next-hop 192.0.2.9" in found
    assert "system authentication-order [ password radius ]" in found


@pytest.mark.parametrize(
    ("port", "where"),
    [("ge-0/0/1", "ge-0/0/1"), ("ge-0/0/1.0", "ge-0/0/1"), ("ge-0/0/2.5", "ge-0/0/2 unit 5")],
)
def test_a_port_that_is_switched_off_is_switched_on_for_three_minutes(port: str, where: str) -> None:
    change = JUNOS.repairs["link.admin_down"](situation("link.admin_down", port))
    assert change is not None
    assert change.commands == (f"delete interfaces {where} disable",)
    assert change.inverse == (f"set interfaces {where} disable",)
    assert JUNOS.leave_armed[0] == "commit confirmed 3"


def test_a_port_that_the_configuration_does_not_switch_off_is_left_alone() -> None:
    assert JUNOS.repairs["link.admin_down"](situation("link.admin_down", "ge-0/0/0")) is None


def test_the_default_route_goes_back_to_its_gateway() -> None:
    change = JUNOS.repairs["gateway.unreachable"](situation("gateway.unreachable", "192.0.2.9"))
    head = "routing-options static route 0.0.0.0/0 next-hop"
    assert change is not None
    assert change.commands == (f"set {head} 192.0.2.1", f"delete {head} 192.0.2.9")
    assert change.inverse == (f"set {head} 192.0.2.9", f"delete {head} 192.0.2.1")


@pytest.mark.parametrize(
    "route",
    ["route 0.0.0.0/0 reject;", "route 0.0.0.0/0 next-hop 192.0.2.1;", "inactive: route 0.0.0.0/0 next-hop 192.0.2.9;",
     "route 0.0.0.0/0 next-hop [ 192.0.2.9 192.0.2.10 ];"],
)  # fmt: skip
def test_a_default_route_that_somebody_shaped_is_left_alone(route: str) -> None:
    config = CONFIG.replace("route 0.0.0.0/0 next-hop 192.0.2.9;", route)
    assert JUNOS.repairs["gateway.unreachable"](situation("gateway.unreachable", "", config)) is None


@pytest.mark.parametrize("text", ["syntax error, expecting <command>.", "error: configuration database modified"])
def test_refusals_are_recognised_and_warnings_are_none(text: str) -> None:
    assert JUNOS.refuses(text)
    assert not JUNOS.refuses("warning: statement not found")


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("show_system_uptime/juniper_junos_show_system_uptime.raw", "uptime_s", 13374960.0),
        ("show_chassis_hardware/juniper_junos_show_chassis_hardware3.raw", "model", "JNP204 [MX204]"),
        ("show_chassis_hardware/juniper_junos_show_chassis_hardware_dac_no_revision.raw", "model", ""),
        ("show_version/juniper_junos_show_version_ex.raw", "version", "13.2X51-D35.3"),
        ("show_version/juniper_junos_show_version_vmhost.raw", "version", ""),
        ("show_system_processes_summary/juniper_junos_show_system_processes_summary.raw", "cpu_percent", 19.0),
    ],
)
def test_recordings_are_read_rightly(name: str, key: str, value: Any) -> None:
    folder, case = name.split("/")
    assert OF.recorded(folder, case)[key] == value


def test_recorded_tables_are_read_rightly() -> None:
    ports = OF.recorded("show_ethernet-switching_interfaces")
    shut = {one["name"]: one["error_disabled"] for one in ports["interfaces"] if one["error_disabled"]}
    assert shut == {
        "ge-0/0/4.0": "MAC limit exceeded",
        "ge-0/0/5.0": "MAC move limit exceeded",
        "ge-0/0/6.0": "Storm control in effect",
        "ge-0/0/17.0": "Disabled by bpdu-control",
    }
    unit = OF.recorded("show_interfaces")["interfaces"][1]
    assert (unit["name"], unit["addresses"]) == ("ge-0/0/0.2036", ["10.10.199.180/29"])
    assert len(OF.recorded("show_bgp_summary")["bgp_peers"]) == 6
    assert len(OF.recorded("show_arp_no-resolve")["arp"]) == 9
