"""Whole or not at all: what counts as a device's configuration."""

from __future__ import annotations

from playbooks.network.backup import agreed, check_complete, digest
from tests.playbooks.network.configs import FRR_CONFIG, ROUTEROS_CONFIG
from tests.playbooks.network.doubles import IOS_CONFIG


def test_what_changes_by_itself_does_not_change_the_digest() -> None:
    later = ROUTEROS_CONFIG.replace("2026-11-21 08:00:00", "2026-12-01 09:30:00")
    assert digest("mikrotik_routeros", later) == digest("mikrotik_routeros", ROUTEROS_CONFIG)
    assert digest("cisco_ios", IOS_CONFIG.replace("412 bytes", "413 bytes")) == digest("cisco_ios", IOS_CONFIG)
    assert digest("frr", FRR_CONFIG.replace("10.1.12.1", "10.1.12.5")) != digest("frr", FRR_CONFIG)


def test_log_lines_in_two_answers_are_told_from_the_configuration_on_which_both_agree() -> None:
    log = "*Nov 21 08:00:00.123: %LINK-3-UPDOWN: Interface GigabitEthernet1/0/1, changed state to up\n"
    half = IOS_CONFIG.index("!\n", len(IOS_CONFIG) // 2)
    text = agreed("cisco_ios", log + IOS_CONFIG, IOS_CONFIG[:half] + log + IOS_CONFIG[half:])
    assert text == IOS_CONFIG
    check_complete("cisco_ios", text)
