"""What platform files read out of recorded and of hostile output."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbooks.network import platforms
from playbooks.network.diagnose import parse
from playbooks.network.drivers import driver
from playbooks.network.facts import Facts, Interface, Note
from playbooks.network.platforms import mikrotik_routeros as ros
from playbooks.network.platforms.platform import UnknownPlatform, duration_s, merged
from playbooks.network.terminal import Terminal

RECORDINGS = Path(os.environ.get("PELIHARA_RECORDINGS", Path(__file__).parents[4] / "shared" / "recordings"))
FOLDERS = sorted(platforms.ALL)


def test_every_platform_has_its_terminal_and_its_own_name() -> None:
    for name, platform in platforms.ALL.items():
        assert name in (platform.name, *platform.aliases)
        assert issubclass(driver(platform), Terminal)


def sample(platform: str, folder: str, name: str) -> dict[str, Any]:
    file = RECORDINGS / "cli" / platform / folder / name
    if not file.exists():
        pytest.skip(f"no recordings at {RECORDINGS}")
    return parse(platform, folder, file.read_text())


def test_routeros_resource_agrees_with_the_recording() -> None:
    facts = sample("mikrotik_routeros", "system_resource_print", "mikrotik_routeros_system_resource_print_2.raw")
    assert facts == {
        "version": "6.48.7 (long-term)",
        "uptime_s": 86400 + 6 * 3600 + 22 * 60,
        "cpu_percent": 1.0,
        "memory_percent": 28.9,
        "storage_percent": 79.1,
    }


def test_routeros_routes_agree_with_the_recording() -> None:
    folder = "ip_route_print_terse_without-paging"
    (route,) = sample("mikrotik_routeros", folder, f"mikrotik_routeros_{folder}.raw")["default_routes"]
    assert (route["gateway"], route["active"], route["distance"]) == ("192.168.8.1", True, 2)


def test_routeros_interfaces_agree_with_the_recording() -> None:
    folder = "interface_print_terse_without-paging"
    found = sample("mikrotik_routeros", folder, f"mikrotik_routeros_{folder}.raw")["interfaces"]
    states = {one["name"]: (one["enabled"], one["up"]) for one in found}
    assert states["ether1"] == (True, False)
    assert states["ether2_UniFi2"] == (True, True)
    assert states["ether3 UniFi1"] == (True, False)
    assert states["bridge-VLAN2"] == (False, False)


def test_ios_interfaces_agree_with_the_recording() -> None:
    found = sample("cisco_ios", "show_interfaces", "cisco_ios_show_interfaces.raw")["interfaces"]
    first = next(one for one in found if one["name"] == "GigabitEthernet0/0")
    assert (first["up"], first["mtu"], first["errors"]) == (False, 1500, 0)


FRR_INTERFACE = {"administrativeStatus": "up", "operationalStatus": "down", "mtu": 1500, "linkDowns": 2,
                 "ipAddresses": [{"address": "10.1.12.1/30"}, {"address": "fe80::1/64"}]}  # fmt: skip


def test_frr_reads_its_json() -> None:
    (one,) = parse("frr", "show interface json", json.dumps({"eth1": FRR_INTERFACE}))["interfaces"]
    assert (one["enabled"], one["up"], one["addresses"]) == (True, False, ["10.1.12.1/30"])
    assert one["line"] == "Interface eth1 is up, line protocol is down"


@pytest.mark.parametrize("platform", FOLDERS)
def test_unknown_commands_and_refusals_are_unparsed(platform: str) -> None:
    for command in ("show nothing", "", "/reboot", *platforms.get(platform).reads):
        for output in ("% Unknown command: show nothing", "bad command name show (line 1 column 1)", "{", "null", "[]"):
            assert parse(platform, command, output) == {"unparsed": True}, (command, output)


def test_an_unknown_platform_names_those_there_are() -> None:
    with pytest.raises(UnknownPlatform, match="frr"):
        parse("vms", "show", "")


KEYS = st.sampled_from("neighbors interfaces 0.0.0.0/0 eth1 ipv4Unicast peers nexthops uptime state".split())
OUTPUTS = st.text() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
).map(json.dumps)


@pytest.mark.parametrize("platform", sorted({one.name for one in platforms.ALL.values()}))
@settings(max_examples=40)
@given(output=OUTPUTS)
def test_no_output_whatever_raises(platform: str, output: str) -> None:
    shape = platforms.get(platform)
    for command in shape.reads:
        json.dumps(parse(platform, command, output))
    assert isinstance(shape.parse(dict.fromkeys(shape.reads, output)), Facts)


def test_terse_values_with_spaces_quotes_and_log_lines_between() -> None:
    text = (
        " 0   comment=ke gedung B name=ether1 mac-address=AA:BB\n"
        "17:20:06 echo: system,error,critical login failure for user admin via ssh\n"
        ' 1 XR  name="ether 2" comment="a=b \\"c\\"" mtu=1500\n'
    )
    (_, one), (flags, two) = ros.entries(text)
    assert one == {"comment": "ke gedung B", "name": "ether1", "mac-address": "AA:BB"}
    assert (flags, two["name"], two["mtu"]) == ("XR", "ether 2", "1500")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1d6h22m", 109320), ("10w2d", 6220800), ("00:14:29", 869), ("1d02h03m", 93780), ("2 weeks, 3 days", 1468800)],
)
def test_durations(text: str, seconds: int) -> None:
    assert duration_s(text) == seconds


def test_what_several_commands_tell_of_a_port_is_put_together() -> None:
    states = (Interface("e1", up=False, mtu=1500, addresses=("192.0.2.1/30",)), Interface("e2"))
    joined = merged("interfaces", states, (Interface("e1", duplex="half", rx_dbm=-31.0), Interface("e3")))
    assert joined == (
        Interface("e1", up=False, mtu=1500, addresses=("192.0.2.1/30",), duplex="half", rx_dbm=-31.0),
        Interface("e2"),
        Interface("e3"),
    )


def test_complaints_of_several_commands_add_up() -> None:
    fan, power = Note("fan 1", "failed"), Note("PSU 2", "off")
    assert merged("alarms", (fan,), (fan, power)) == (fan, power)


FLOODS = (" " * 30000 + "x", " \n" * 15000, "\n" * 30000, "a" * 30000, "a " * 15000, '"' * 30000, "1." * 15000)


@pytest.mark.parametrize("name", sorted({platform.name for platform in platforms.ALL.values()}))
def test_no_pattern_of_a_platform_keeps_anybody_busy(name: str) -> None:
    shape = platforms.get(name)
    patterns = (shape.refused, shape.volatile, shape.noise, shape.hostname, shape.first_line, shape.nothing_saved)
    for pattern in (*patterns, *shape.sections):
        for flood in FLOODS:
            begin = time.process_time()
            re.search(pattern, flood, re.MULTILINE)
            assert time.process_time() - begin < 0.5, (pattern, flood[:9])
