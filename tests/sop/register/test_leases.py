"""Invariant 5: one writer per target, and a late writer is recognised by its token."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest

from sop.register import Lease, Register
from sop.register.errors import LeaseLost, TargetLocked
from tests.sop.register.office import Clock


def test_a_held_target_says_who_why_and_until_when(register: Register) -> None:
    with (
        register.lease("dinkes-r1", "run-1", "cadangan malam", 60),
        pytest.raises(TargetLocked) as refusal,
        register.lease("dinkes-r1", "run-2", "perbaikan"),
    ):
        pass
    assert (refusal.value.who, refusal.value.why) == ("run-1", "cadangan malam")
    assert "run-1 (cadangan malam)" in str(refusal.value)
    assert any(row.action == "lease.refused" for row in register.audit_rows("dinkes-r1"))


def test_a_returned_target_is_free_and_its_token_grows(register: Register) -> None:
    with register.lease("dinkes-r1", "run-1", "a") as first:
        pass
    with register.lease("dinkes-r1", "run-1", "a") as second:
        pass
    assert second.token == first.token + 1


def test_a_lease_is_returned_when_the_work_fails(register: Register) -> None:
    with pytest.raises(ZeroDivisionError), register.lease("dinkes-r1", "run-1", "a"):
        raise ZeroDivisionError
    with register.lease("dinkes-r1", "run-2", "b"):
        pass


def test_an_expired_lease_goes_to_the_next_and_the_first_cannot_come_back(register: Register, clock: Clock) -> None:
    with register.lease("dinkes-r1", "run-1", "a", 60) as late:
        clock.forward(seconds=61)
        with register.lease("dinkes-r1", "run-1", "b", 60) as new:
            with pytest.raises(LeaseLost):
                late.renew()
            new.renew()
            assert new.token > late.token
    with register.lease("dinkes-r1", "run-3", "c", 60):
        pass


def test_the_end_of_a_lost_lease_does_not_free_the_next_holder(register: Register, clock: Clock) -> None:
    with register.lease("dinkes-r1", "run-1", "a", 60):
        clock.forward(seconds=61)
        taken = register.lease("dinkes-r1", "run-2", "b", 60)
        taken.__enter__()
    with pytest.raises(TargetLocked), register.lease("dinkes-r1", "run-3", "c"):
        pass


def test_renewing_prolongs_and_an_expired_lease_is_not_renewed(register: Register, clock: Clock) -> None:
    with register.lease("dinkes-r1", "run-1", "a", 60) as lease:
        clock.forward(seconds=50)
        lease.renew()
        clock.forward(seconds=50)
        lease.renew()
        clock.forward(seconds=60)
        with pytest.raises(LeaseLost):
            lease.renew()


def test_of_many_at_once_one_gets_the_target(register: Register) -> None:
    held = [register.lease("dinkes-r1", f"run-{number}", "a") for number in range(8)]

    def take(lease: AbstractContextManager[Lease]) -> bool:
        try:
            lease.__enter__()
        except TargetLocked:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, held)) == 1
