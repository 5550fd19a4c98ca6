"""Reading a device that answers only in part."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inventory.models import Device, Expectation
from playbooks.findings import Reason
from playbooks.network import inquiry
from playbooks.network.backup import Shown, digest, fetch_config
from playbooks.network.connect import open_session
from playbooks.network.diagnose import Baseline, diagnose
from playbooks.network.facts import BgpPeer, Facts, Interface, OspfNeighbor
from tests.playbooks.network.doubles import IOS_CONFIG, Double, device

SHUT = json.dumps({"eth1": {"administrativeStatus": "down", "ipAddresses": [{"address": "10.1.12.1/30"}]}}) + "\n"
UP = SHUT.replace('"down"', '"up", "operationalStatus": "up"')
VERSION = "FRRouting 8.4.4 (r1) on Linux(6.1).\n"
BEFORE = Facts(
    interfaces=(Interface("eth1", addresses=("10.1.12.1/30",)),),
    ospf_neighbors=(OspfNeighbor("10.255.0.2", "10.1.12.2", "eth1", "Full/-"),),
    bgp_peers=(BgpPeer("10.1.13.2", "65003", "Established"),),
)
ENTRY = Device.model_validate(
    {"opd": "x", "address": "127.0.0.1", "platform": "frr", "credentials": "c", "expect": {"neighbors": ["10.255.0.2"]}}
)


def test_a_device_that_hangs_midway_still_tells_what_it_told(tmp_path: Path) -> None:
    answers = {"show version": VERSION, "show interface json": SHUT}
    double = Double(answers, prompt="r1#", hang="show ip route connected json")
    with device(double, tmp_path, platform="frr") as endpoint:
        reading = diagnose(endpoint, ENTRY, Baseline(facts=BEFORE.as_json()), deadline_s=3)
    assert reading.reason is Reason.TIMEOUT
    assert reading.status == "failed"
    assert [one.code for one in reading.findings] == ["link.admin_down"]
    assert list(reading.raw) == ["show version", "show interface json"]


def test_a_routing_daemon_that_died_is_a_lost_neighbour(tmp_path: Path) -> None:
    answers = {"show version": VERSION, "show interface json": UP}
    double = Double(answers, prompt="r1#", refuse="ospfd is not running\n")
    with device(double, tmp_path, platform="frr") as endpoint:
        reading = diagnose(endpoint, ENTRY, Baseline(facts=BEFORE.as_json()), deadline_s=20)
    assert "ospf.neighbor_lost" in [one.code for one in reading.findings]


def test_secrets_do_not_stand_in_the_raw_output(tmp_path: Path) -> None:
    config = "frr version 8.4.4\nfrr defaults traditional\nhostname r1\n"
    config += "router bgp 1\n neighbor 10.1.1.2 password rahasia9\nend\n"
    double = Double({"show running-config": config}, prompt="r1#", refuse="% Unknown command\n")
    with device(double, tmp_path, platform="frr") as endpoint:
        reading = diagnose(endpoint, ENTRY, deadline_s=20)
    assert "password <disamarkan>" in reading.raw["show running-config"]
    assert "rahasia9" not in json.dumps(reading.raw) + json.dumps(reading.facts) + repr(reading)


NEXUS = "version 9.3(3)\nhostname sw-contoh\n\ninterface Ethernet1/1\n  no shutdown\nline vty\n"
MORNING = datetime(2026, 11, 2, 7, 30, tzinfo=UTC)


def test_where_a_device_prints_no_end_but_tells_of_it_the_proven_text_is_its_digest(tmp_path: Path) -> None:
    double = Double({"show running-config": NEXUS, "show startup-config": NEXUS})
    with device(double, tmp_path, platform="cisco_nxos") as endpoint:
        reading = diagnose(endpoint, ENTRY, deadline_s=20, clock=lambda: MORNING)
    assert reading.config_digest == digest("cisco_nxos", NEXUS)
    assert reading.facts["config_lines"] == 5
    assert reading.facts["saved_digest"] == reading.config_digest
    assert reading.facts["read_at"] == "2026-11-02T07:30:00+00:00"
    assert double.asked.count("show running-config") == 1


def test_what_nothing_proves_whole_is_compared_with_nothing(tmp_path: Path) -> None:
    saved = NEXUS.replace("  no shutdown\n", "  shutdown\n")
    double = Double(
        {"show running-config": NEXUS, "show startup-config": saved, "show running-config | begin line": ""}
    )
    with device(double, tmp_path, platform="cisco_nxos") as endpoint:
        reading = diagnose(endpoint, ENTRY, deadline_s=20)
    assert reading.config_digest == ""
    assert "config.unsaved" not in [one.code for one in reading.findings]


def test_what_runs_and_was_not_saved_is_seen_there_too(tmp_path: Path) -> None:
    saved = NEXUS.replace("  no shutdown\n", "  shutdown\n")
    double = Double({"show running-config": NEXUS, "show startup-config": saved})
    with device(double, tmp_path, platform="cisco_nxos") as endpoint:
        reading = diagnose(endpoint, ENTRY, deadline_s=20)
    told = [(one.code, one.evidence) for one in reading.findings]
    assert ("config.unsaved", "-  shutdown; +  no shutdown") in told


def test_a_device_that_has_nothing_saved_says_so(tmp_path: Path) -> None:
    double = Double({"show running-config": IOS_CONFIG, "show startup-config": "startup-config is not present\n"})
    with device(double, tmp_path) as endpoint:
        reading = diagnose(endpoint, ENTRY, deadline_s=20)
    lost = next(one for one in reading.findings if one.code == "config.lost")
    assert lost.evidence == "startup-config is not present"


def test_diagnosis_and_backup_of_one_session_ask_for_the_configuration_once(tmp_path: Path) -> None:
    double = Double({"show running-config": NEXUS})
    with device(double, tmp_path, platform="cisco_nxos") as endpoint, open_session(endpoint, 20) as session:
        running = Shown(session)
        reading = diagnose(endpoint, ENTRY, session=session, running=running)
        assert fetch_config(session, running).digest == reading.config_digest
    assert double.asked.count("show running-config") == 1


OSPF = (
    json.dumps(
        {"neighbors": {"10.255.0.3": [{"ifaceAddress": "10.1.13.2", "ifaceName": "eth2", "nbrState": "Full/DR"}]}}
    )
    + "\n"
)
COUNTED = Facts(
    uptime_s=900.0,
    read_at="2026-11-01T07:30:00+00:00",
    interfaces=(Interface("eth1", addresses=("10.1.12.1/30",), flaps=1), Interface("eth9", addresses=("10.9.0.1/30",))),
    ospf_neighbors=BEFORE.ospf_neighbors,
    bgp_peers=BEFORE.bgp_peers,
)
FLAPPING = UP.replace('"ipAddresses"', '"linkDowns": 9, "ipAddresses"')


@pytest.mark.parametrize(
    ("answers", "hang", "expected"),
    [
        ({"show interface json": FLAPPING}, "show ip route connected json", ["link.flapping"]),
        (
            {"show interface json": FLAPPING, "show ip ospf neighbor json": OSPF},
            "show bgp summary json",
            ["link.flapping", "ospf.neighbor_lost"],
        ),
    ],
)
def test_what_was_told_is_held_against_the_last_good_run_and_what_was_not_is_not_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, str], hang: str, expected: list[str]
) -> None:
    monkeypatch.setattr(inquiry, "COMMAND_S", 1.0)
    double = Double({"show version": VERSION, **answers}, prompt="r1#", hang=hang, refuse="% Unknown command\n")
    with device(double, tmp_path, platform="frr") as endpoint:
        reading = diagnose(endpoint, ENTRY, Baseline(facts=COUNTED.as_json()), deadline_s=10)
    assert (reading.reason, [one.code for one in reading.findings]) == (Reason.TIMEOUT, expected)


def test_a_device_that_hangs_after_its_gateway_was_asked_still_tells_of_it(tmp_path: Path) -> None:
    entry = ENTRY.model_copy(update={"platform": "cisco_ios", "expect": Expectation(gateway="10.0.0.1")})
    answers = {"ping 10.0.0.1 repeat 5 timeout 1": "Success rate is 0 percent (0/5)\n"}
    with device(Double(answers, hang="show running-config"), tmp_path) as endpoint:
        reading = diagnose(endpoint, entry, deadline_s=3)
    assert (reading.reason, [one.code for one in reading.findings]) == (Reason.TIMEOUT, ["gateway.unreachable"])
