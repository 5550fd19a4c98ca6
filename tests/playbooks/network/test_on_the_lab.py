"""On real FRR routers and on the RouterOS facade: faults named, repairs made and undone."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from inventory.load import load_inventory
from inventory.models import Device, Expectation
from playbooks.findings import Reason, TargetError
from playbooks.network import repair, restore
from playbooks.network.backup import fetch_config
from playbooks.network.connect import open_session
from playbooks.network.diagnose import Baseline, DeviceReading, diagnose
from playbooks.network.endpoints import Endpoint, endpoint
from playbooks.plans import ChangedSincePlan, Ladder, Plan
from tests.lab.network import NetworkLab

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("fewer_echoes")]


def at(lab: NetworkLab, name: str) -> tuple[Endpoint, Device]:
    inventory = load_inventory(lab.inventory_folder)
    return endpoint(inventory, name, lab.known_hosts), inventory.devices[name]


def read(lab: NetworkLab, name: str, baseline: Baseline | None = None) -> DeviceReading:
    where, device = at(lab, name)
    return diagnose(where, device, baseline)


@pytest.fixture
def good(healthy_network: NetworkLab) -> dict[str, Baseline]:
    """The last good run of the devices, which are read at once: each takes its seconds for counting echoes."""
    names = ("r1", "r2", "r3", "mt1")
    with ThreadPoolExecutor(len(names)) as pool:
        return {one.name: one.baseline for one in pool.map(partial(read, healthy_network), names)}


def permitted() -> None:
    """A permit that grants."""


def propose(lab: NetworkLab, good: dict[str, Baseline], name: str) -> list[Plan]:
    return repair.propose(*at(lab, name), read(lab, name, good[name]))


def proposed(lab: NetworkLab, good: dict[str, Baseline], name: str, code: str, within_s: float = 60) -> Plan:
    """The plan for a finding, once the device itself shows it."""
    end = time.monotonic() + within_s
    while True:
        plans = propose(lab, good, name)
        found = next((plan for plan in plans if plan.finding == code), None)
        if found or time.monotonic() > end:
            assert found, f"no plan for {code}"
            return Plan.from_document(found.document())
        time.sleep(0.5)


def test_saving_is_class_a_and_saves(healthy_network: NetworkLab, good: dict[str, Baseline]) -> None:
    router = healthy_network["r1"]
    router.unsaved()
    plan = proposed(healthy_network, good, "r1", "config.unsaved")
    assert plan.ladder is Ladder.A
    outcome = repair.apply(plan, *at(healthy_network, "r1"), permitted)
    assert outcome.status == "applied"
    assert "belum disimpan" in router.startup.read_text()


def test_a_port_shut_by_hand_is_not_saved_but_enabled_and_then_the_rest_is_saved(
    healthy_network: NetworkLab, good: dict[str, Baseline]
) -> None:
    router = healthy_network["r1"]
    router.unsaved()
    router.shut()
    fix = proposed(healthy_network, good, "r1", "link.admin_down")
    assert "config.unsaved" not in {plan.finding for plan in propose(healthy_network, good, "r1")}
    assert repair.apply(fix, *at(healthy_network, "r1"), permitted).status == "applied"
    assert router.startup.read_text() == router.saved, "what others left unsaved is not saved along with the repair"
    save = proposed(healthy_network, good, "r1", "config.unsaved")
    assert repair.apply(save, *at(healthy_network, "r1"), permitted).status == "applied"
    assert "belum disimpan" in router.startup.read_text()
    assert "shutdown" not in router.startup.read_text()


def test_without_a_permit_nothing_is_written(healthy_network: NetworkLab, good: dict[str, Baseline]) -> None:
    router = healthy_network["r1"]
    router.shut()
    plan = proposed(healthy_network, good, "r1", "link.admin_down")
    before = router.running

    def refuse() -> None:
        raise PermissionError("tidak diizinkan")

    with pytest.raises(PermissionError):
        repair.apply(plan, *at(healthy_network, "r1"), refuse)
    assert router.running == before


def test_a_device_changed_since_the_plan_is_left_alone(healthy_network: NetworkLab, good: dict[str, Baseline]) -> None:
    router = healthy_network["r1"]
    router.shut()
    plan = proposed(healthy_network, good, "r1", "link.admin_down")
    router.configure("interface eth2", "description lain")
    before = router.running
    with pytest.raises(ChangedSincePlan):
        repair.apply(plan, *at(healthy_network, "r1"), permitted)
    assert router.running == before


def test_the_management_port_and_uplinks_are_never_planned_for(
    healthy_network: NetworkLab, good: dict[str, Baseline]
) -> None:
    where, device = at(healthy_network, "r1")
    healthy_network["r1"].shut()
    reading = read(healthy_network, "r1", good["r1"])
    shut = next(one for one in reading.findings if one.code == "link.admin_down")
    assert repair.plan_for(shut, where, device, reading)
    assert not repair.plan_for(shut, where, device.model_copy(update={"uplinks": ("eth1",)}), reading)
    assert not repair.plan_for(shut, replace(where, address="10.1.12.1"), device, reading)


def test_a_restore_is_the_smallest_difference_and_ends_byte_for_byte(healthy_network: NetworkLab) -> None:
    where, device = at(healthy_network, "r1")
    with open_session(where) as session:
        wanted = fetch_config(session).text
    router = healthy_network["r1"]
    router.configure("interface eth2", "description lain", "exit", "ip route 198.51.100.0/24 10.1.12.2")
    plan = restore.plan(where, device, wanted)
    assert plan.ladder is Ladder.B
    assert [line for line in plan.changes if line != "exit"] == [
        "no ip route 198.51.100.0/24 10.1.12.2",
        "interface eth2",
        "description sambungan eth2",
        "write memory",
    ]
    assert restore.apply(plan, where, device, permitted).status == "applied"
    with open_session(where) as session:
        assert fetch_config(session).text == wanted


def test_another_devices_configuration_is_not_restored(healthy_network: NetworkLab) -> None:
    where, device = at(healthy_network, "r1")
    with open_session(at(healthy_network, "r2")[0]) as session:
        foreign = fetch_config(session).text
    with pytest.raises(TargetError) as caught:
        restore.plan(where, device, foreign)
    assert caught.value.reason is Reason.REFUSED_OUTPUT


def test_the_napalm_driver_commits_and_rolls_back_on_the_same_connection(healthy_network: NetworkLab) -> None:
    router = healthy_network["r1"]
    with open_session(at(healthy_network, "r1")[0]) as session:
        driver = session.driver
        assert driver.device is session.connection
        assert driver.get_facts()["hostname"] == "r1"
        assert driver.get_bgp_neighbors()["global"]["peers"]["10.1.13.2"]["is_up"]
        assert driver.get_interfaces_ip()["eth1"]["ipv4"]["10.1.12.1"] == {"prefix_length": 30}
        assert driver.ping("10.1.12.2", count=2)["success"]["packet_loss"] == 0
        driver.load_merge_candidate(config="interface eth3\n description dari napalm\nexit\n")
        assert "description dari napalm" in driver.compare_config()
        driver.commit_config()
        assert "dari napalm" in router.running
        driver.rollback()
    assert router.running == router.healthy


def test_a_routeros_port_is_enabled_and_the_guard_taken_away(
    healthy_network: NetworkLab, good: dict[str, Baseline]
) -> None:
    where, known = at(healthy_network, "mt1")
    # The only other machine there is called its gateway, and nobody touches the way to that.
    device = known.model_copy(update={"expect": Expectation(interfaces={"ether2": "up"})})
    with open_session(where) as session:
        session.ask("/interface disable ether2")
    reading = diagnose(where, device, good["mt1"])
    assert reading.findings[0].code == "link.admin_down"
    plan = repair.propose(where, device, reading)[0]
    outcome = repair.apply(plan, where, device, permitted)
    assert outcome.status == "applied", outcome
    with open_session(where) as session:
        assert "disabled=yes" not in fetch_config(session).text
        assert "pelihara-batal" not in session.ask("/system scheduler print terse without-paging")
