"""The bench's own judgement: what passes for a good copy of a pretended device."""

from __future__ import annotations

import pytest

from tests.bench.__main__ import ALLOWED, EXACT, verdict
from tests.bench.fleet import LOG, Device

SWITCH, ROUTER = Device(0, faulty=True), Device(2, faulty=True)


@pytest.mark.parametrize("device", [SWITCH, ROUTER])
def test_a_copy_is_exact_whatever_heading_stands_before_it(device: Device) -> None:
    shown = device.answer(device.command)
    assert verdict(device, "ok", {device.name: shown}) == EXACT
    assert verdict(device, "unchanged", {device.name: device.config() + "\n"}) == EXACT


@pytest.mark.parametrize("device", [SWITCH, ROUTER])
def test_a_short_or_dirty_copy_that_was_called_good_is_never_allowed(device: Device) -> None:
    text = device.config()
    dirty = text.replace("\n", f"\n{LOG.format(1)}\n", 1)
    for copy in (text[: len(text) // 2], text[1:], dirty, f"{text}\n{LOG.format(1)}"):
        judged = verdict(device, "ok", {device.name: copy})
        assert all(judged not in allowed for allowed in ALLOWED.values()), copy[-80:]


def test_a_device_called_good_without_a_copy_is_never_allowed() -> None:
    judged = verdict(SWITCH, "ok", {})
    assert all(judged not in allowed for allowed in ALLOWED.values())


def test_of_a_faulty_fleet_five_in_a_hundred_have_each_fault() -> None:
    faults = [Device(number, faulty=True).fault for number in range(200)]
    assert {fault: faults.count(fault) for fault in set(faults)} == {
        "": 170,
        "silent": 5,
        "hang": 5,
        "drop": 10,
        "syslog": 10,
    }
