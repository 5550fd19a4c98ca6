"""Ubiquiti EdgeSwitch: `show version` as recorded; all else stands in its samples."""

from __future__ import annotations

from tests.playbooks.network.samples import samples

NAME = "ubiquiti_edgeswitch"
OF = samples(NAME)


def test_the_recorded_version_is_read_rightly() -> None:
    assert OF.recorded("show_version") == {"version": "1.9.1", "model": "ES-48-500W", "serial": "18E8292278F5"}
