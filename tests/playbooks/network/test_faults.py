"""Every fault of the lab's table, injected into real parts, is the first finding on the device that the table names."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from inventory.load import load_inventory
from playbooks.findings import Finding, Severity
from playbooks.network import rules
from playbooks.network.diagnose import Baseline, DeviceReading, diagnose, together
from playbooks.network.endpoints import endpoint
from playbooks.network.facts import Facts
from tests.lab.faults import COMBINATIONS, IN_COMBINATION, LAN, ROUTERS, Fault
from tests.lab.network import NetworkLab

pytestmark = pytest.mark.lab

WITHIN_S = 60.0
"""Until when a fault has to show."""
SILENCE_S = 4.0
"""Dead intervals and hold times of the lab are no longer: until then a router may not know yet what it has lost."""


HOST = ("cpu.high", "memory.high", "storage.low")
"""A Linux machine of the lab shares processor, memory and disk with the one that runs the tests."""


def diagnosed(
    lab: NetworkLab, names: tuple[str, ...], good: Mapping[str, Baseline] | None = None
) -> dict[str, DeviceReading]:
    """The devices read at the same time and settled together, as the command does."""
    inventory = load_inventory(lab.inventory_folder)

    def one(name: str) -> DeviceReading:
        where = endpoint(inventory, name, lab.known_hosts)
        return diagnose(where, inventory.devices[name], good[name] if good else None)

    with ThreadPoolExecutor(len(names)) as pool:
        readings = together(list(pool.map(one, names)))
    return {one.name: replace(one, findings=tuple(filter(_own, one.findings))) for one in readings}


def _own(finding: Finding) -> bool:
    return finding.code not in HOST


def told(found: Sequence[Finding]) -> str:
    return "\n".join(f"{one.code} {one.subject} ({one.severity.name}) <- {one.cause}: {one.evidence}" for one in found)


def until_first(lab: NetworkLab, fault: Fault, good: Mapping[str, Baseline]) -> dict[str, DeviceReading]:
    """The devices' readings, once the fault is the first finding on its device or time is up."""
    end = time.monotonic() + WITHIN_S
    while True:
        known = lab.network.known()
        readings = diagnosed(lab, fault.devices, good)
        found = readings[fault.device].findings
        if [one.code for one in found[:1]] == [fault.code] or time.monotonic() > end:
            return readings
        lab.network.until_other(known, SILENCE_S)


def unknown_before(lab: NetworkLab, readings: Mapping[str, DeviceReading]) -> dict[str, DeviceReading]:
    """What the same readings say to who knows nothing of the past."""
    devices = load_inventory(lab.inventory_folder).devices
    fresh = [
        replace(one, findings=tuple(rules.findings(Facts.from_json(one.facts), devices[one.name])), before={})
        for one in readings.values()
    ]
    return {one.name: replace(one, findings=tuple(filter(_own, one.findings))) for one in together(fresh)}


@pytest.fixture(autouse=True)
def _as_few_echoes_as_do(request: pytest.FixtureRequest) -> None:
    """Whether packets get lost is one test's business."""
    if "packets lost" not in request.node.name:
        request.getfixturevalue("fewer_echoes")


def test_a_healthy_network_has_no_finding_above_information(healthy_network: NetworkLab) -> None:
    everything = tuple(healthy_network.devices)
    good = baselines(healthy_network, everything)
    for known in (None, good):
        for reading in diagnosed(healthy_network, everything, known).values():
            assert reading.reason is None, reading.detail
            assert not [one for one in reading.findings if one.severity > Severity.INFO], told(reading.findings)


@pytest.mark.parametrize("name", ROUTERS)
def test_a_fault_of_the_routers_is_the_first_finding(healthy_network: NetworkLab, name: str) -> None:
    shown_first(healthy_network, ROUTERS[name])


@pytest.mark.parametrize("name", LAN)
def test_a_fault_of_the_office_is_the_first_finding(healthy_network: NetworkLab, name: str) -> None:
    shown_first(healthy_network, LAN[name])


def shown_first(lab: NetworkLab, fault: Fault) -> None:
    good = baselines(lab, fault.devices)
    fault.inject(lab)
    readings = until_first(lab, fault, good)
    found = readings[fault.device].findings
    assert [one.code for one in found[:1]] == [fault.code], told(found)
    if fault.without_baseline:
        found = unknown_before(lab, readings)[fault.device].findings
        assert [one.code for one in found[:1]] == [fault.without_baseline], f"without a baseline\n{told(found)}"


@pytest.mark.parametrize("name", COMBINATIONS)
def test_each_of_several_faults_is_named_and_the_worst_one_first(healthy_network: NetworkLab, name: str) -> None:
    faults = [IN_COMBINATION[each] for each in COMBINATIONS[name]]
    devices = tuple(sorted({device for fault in faults for device in fault.devices}))
    good = baselines(healthy_network, devices)
    for fault in reversed(faults):
        fault.inject(healthy_network)
    end = time.monotonic() + WITHIN_S
    while True:
        known = healthy_network.network.known()
        readings = diagnosed(healthy_network, devices, good)
        codes = [[one.code for one in readings[fault.device].findings] for fault in faults]
        named = all(fault.code in found for fault, found in zip(faults, codes, strict=True))
        if (named and codes[0][0] == faults[0].code) or time.monotonic() > end:
            break
        healthy_network.network.until_other(known, SILENCE_S)
    assert named, "\n\n".join(told(readings[fault.device].findings) for fault in faults)
    assert codes[0][0] == faults[0].code, told(readings[faults[0].device].findings)


_LASTING: dict[str, Baseline] = {}
"""Of devices that no test restarts: their reading takes long, and what counters count there is not judged."""


def baselines(lab: NetworkLab, names: tuple[str, ...]) -> dict[str, Baseline]:
    new = tuple(name for name in names if name not in _LASTING)
    known = {name: reading.baseline for name, reading in diagnosed(lab, new).items()} if new else {}
    _LASTING.update({name: good for name, good in known.items() if name in ("sw1", "srv1")})
    return {name: {**_LASTING, **known}[name] for name in names}
