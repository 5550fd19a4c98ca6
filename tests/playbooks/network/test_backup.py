"""Whole or not at all: what counts as a device's configuration."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.findings import Reason
from playbooks.network.backup import NotComplete, agreed, check_complete, digest, normalised
from playbooks.network.platforms.platform import OUR_END
from tests.playbooks.network.configs import CONFIGS, FRR_CONFIG, PLATFORMS, ROUTEROS_CONFIG
from tests.playbooks.network.doubles import IOS_CONFIG

PROMPTS = {"frr": "r1", "cisco_ios": "sw-contoh", "mikrotik_routeros": "[otomasi@mt1] >"}


def accepted(platform: str, text: str, previous: str | None = None, prompt: str = "") -> bool:
    try:
        check_complete(platform, text, previous, prompt)
    except NotComplete as error:
        return error.reason not in (Reason.INCOMPLETE, Reason.REFUSED_OUTPUT)
    return True


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_whole_configuration_is_accepted(platform: str) -> None:
    text = normalised(platform, CONFIGS[platform])
    assert accepted(platform, text, previous=text, prompt=PROMPTS[platform])


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_truncation_at_any_byte_is_accepted(platform: str) -> None:
    whole = normalised(platform, CONFIGS[platform])
    data = whole.encode()
    good = [at for at in range(len(data)) if accepted(platform, data[:at].decode("utf-8", "replace"))]
    assert good == []


@pytest.mark.parametrize("platform", PLATFORMS)
@given(data=st.data())
def test_a_hole_cut_into_the_front_or_the_end_is_refused(platform: str, data: st.DataObject) -> None:
    whole = normalised(platform, CONFIGS[platform])
    keep = data.draw(st.integers(0, len(whole) - 2))
    assert not accepted(platform, whole[:keep])


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    "line",
    [
        "*Nov 21 08:00:01.123: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down",
        "%SYS-5-CONFIG_I: Configured from console by otomasi on vty0",
        "08:00:01 echo: system,error,critical login failure for user admin from 10.0.0.1 via ssh",
    ],
)
def test_log_lines_in_the_middle_are_refused(platform: str, line: str) -> None:
    lines = normalised(platform, CONFIGS[platform]).split("\n")
    assert not accepted(platform, "\n".join([*lines[:5], line, *lines[5:]]))


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    "text", ["", "\n\n", "end\n", "% Invalid input detected at '^' marker.\nend\n", "bad command name\n"]
)
def test_error_texts_are_no_configuration(platform: str, text: str) -> None:
    assert not accepted(platform, text)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_another_devices_configuration_is_refused(platform: str) -> None:
    text = normalised(platform, CONFIGS[platform])
    assert not accepted(platform, text, prompt="router-lain")
    assert not accepted(platform, foreign(text), previous=text)


def foreign(text: str) -> str:
    """The same system on another device: other name, other content, all mandatory parts there."""
    kept = re.compile(r"frr |version |hostname |# |/|end$")
    renamed = re.sub(r"hostname \S+|set name=\S+", lambda found: re.sub(r"[\w-]+\Z", "zz9", found[0]), text)
    return "\n".join(
        line if kept.match(line) or "zz9" in line or not line else f"{line}lain" for line in renamed.split("\n")
    )


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_renamed_device_is_still_itself(platform: str) -> None:
    text = normalised(platform, CONFIGS[platform])
    renamed = (
        text.replace("hostname r1", "hostname r9").replace("hostname sw-contoh", "hostname sw9").replace("mt1", "mt9")
    )
    assert accepted(platform, renamed, previous=text)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_much_smaller_than_last_time_is_refused(platform: str) -> None:
    text = normalised(platform, CONFIGS[platform])
    assert not accepted(platform, text, previous=text * 3)


def test_what_changes_by_itself_does_not_change_the_digest() -> None:
    later = ROUTEROS_CONFIG.replace("2026-11-21 08:00:00", "2026-12-01 09:30:00")
    assert digest("mikrotik_routeros", later) == digest("mikrotik_routeros", ROUTEROS_CONFIG)
    assert digest("cisco_ios", IOS_CONFIG.replace("412 bytes", "413 bytes")) == digest("cisco_ios", IOS_CONFIG)
    assert digest("frr", FRR_CONFIG.replace("10.1.12.1", "10.1.12.5")) != digest("frr", FRR_CONFIG)


UNMARKED = ROUTEROS_CONFIG.removesuffix("# end of export\n")
LATER = UNMARKED.replace("08:00:00", "08:00:01")


def test_log_lines_in_two_answers_are_told_from_the_configuration_on_which_both_agree() -> None:
    log = "*Nov 21 08:00:00.123: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/1, changed state to up\n"
    half = IOS_CONFIG.index("!\n", len(IOS_CONFIG) // 2)
    text = agreed("cisco_ios", log + IOS_CONFIG, IOS_CONFIG[:half] + log + IOS_CONFIG[half:], None)
    assert text == IOS_CONFIG
    check_complete("cisco_ios", text)


def test_two_equal_exports_stand_for_an_end_mark_that_the_device_does_not_print() -> None:
    text = agreed("mikrotik_routeros", UNMARKED, LATER, None)
    assert text == LATER + "# end of export\n"
    check_complete("mikrotik_routeros", text)


@pytest.mark.parametrize(
    ("first", "second", "previous"),
    [
        (UNMARKED, LATER.replace("name=mt1\n", "name=m\n"), None),
        (UNMARKED.partition("/system")[0], LATER.partition("/system")[0], ROUTEROS_CONFIG),
        (IOS_CONFIG[:-5], IOS_CONFIG[:-5], None),
    ],
    ids=["answers that differ", "a section lost since the last copy", "an end mark that the device owes"],
)
def test_two_answers_do_not_prove_everything(first: str, second: str, previous: str | None) -> None:
    platform = "cisco_ios" if first.startswith(IOS_CONFIG[:20]) else "mikrotik_routeros"
    with pytest.raises(NotComplete):
        check_complete(platform, agreed(platform, first, second, previous) or second)


def test_where_a_device_prints_no_end_two_answers_that_agree_stand_for_it() -> None:
    whole = "## Last commit: 2026-11-21\nset version 21.4R3\nset system host-name r1\n"
    kept = agreed("juniper_junos", whole, whole, None)
    assert kept == f"{whole}{OUR_END}\n"
    assert agreed("juniper_junos", whole, whole[:-9], None) == ""
    assert digest("juniper_junos", kept) == digest("juniper_junos", whole)
