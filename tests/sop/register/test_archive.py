"""How each device stands with its backups."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sop.register import Register
from tests.sop.register.office import Clock


def states(register: Register, *devices: str) -> dict[str, str]:
    return {each.device: each.state for each in register.backup_states(devices)}


def test_a_device_is_fresh_until_its_last_good_backup_is_too_old(register: Register, clock: Clock) -> None:
    register.keep_config("dinkes-r1", "a\nrahasia", "a\n***", "d1")
    register.note_backup("dinkes-r1", "ok")
    assert states(register, "dinkes-r1", "dinkes-r2") == {"dinkes-r1": "fresh", "dinkes-r2": "never"}
    clock.forward(days=3)
    assert states(register, "dinkes-r1") == {"dinkes-r1": "fresh"}
    clock.forward(seconds=1)
    assert states(register, "dinkes-r1") == {"dinkes-r1": "stale"}
    register.note_backup("dinkes-r1", "unchanged")
    assert states(register, "dinkes-r1") == {"dinkes-r1": "fresh"}


def test_a_failed_try_is_told_beside_the_last_good_backup(register: Register, clock: Clock) -> None:
    kept = register.keep_config("dinkes-r1", "a\nrahasia", "a\n***", "d1")
    register.note_backup("dinkes-r1", "ok")
    good = clock.now
    clock.forward(days=1)
    register.note_backup("dinkes-r1", "failed", "timeout", "60 s")
    (stands,) = register.backup_states(["dinkes-r1"])
    assert (stands.good_at, stands.version, stands.bytes) == (good, kept_again(register, kept.id), len("a\nrahasia"))
    assert stands.last is not None
    assert (stands.last.at - good, stands.last.reason) == (timedelta(days=1), "timeout")


def kept_again(register: Register, version: int) -> object:
    return next(each for each in register.config_versions("dinkes-r1") if each.id == version)


@pytest.mark.parametrize("noted", ["ok", "unchanged"])
def test_a_good_word_without_a_stored_configuration_is_no_backup(register: Register, noted: str) -> None:
    register.note_backup("dinkes-r1", noted)
    (stands,) = register.backup_states(["dinkes-r1"])
    assert (stands.state, stands.good_at, stands.version) == ("never", None, None)
