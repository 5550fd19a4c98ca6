"""A plan named by the beginning of its hash."""

from __future__ import annotations

import pytest

from flows.jobs.errors import BadInput
from flows.jobs.hashes import whole

ONE, OTHER = "abcdef01" + "0" * 56, "abcdef01" + "1" * 56


@pytest.mark.parametrize("given", [ONE, ONE[:9], ONE[:9].upper(), f" {ONE[:12]}\n"])
def test_what_begins_one_plan_means_it(given: str) -> None:
    assert whole([ONE, OTHER], given) == ONE


def test_eight_letters_are_enough_and_seven_are_not() -> None:
    assert whole([ONE], ONE[:8]) == ONE
    for given in (ONE[:7], "", "   "):
        with pytest.raises(BadInput, match="paling sedikit 8 huruf"):
            whole([ONE], given)


def test_letters_that_begin_several_plans_are_refused_and_name_them() -> None:
    with pytest.raises(BadInput, match=f"{ONE[:24]}, {OTHER[:24]}"):
        whole([ONE, OTHER], ONE[:8])


def test_an_unknown_hash_is_left_for_the_register_to_refuse() -> None:
    assert whole([ONE], "f" * 64) == "f" * 64
