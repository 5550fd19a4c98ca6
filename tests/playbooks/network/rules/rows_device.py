"""Rows about the device itself and its configuration."""

from __future__ import annotations

from dataclasses import replace

from playbooks.network.facts import Facts, Note
from tests.playbooks.network.rules.known import GOOD, LATER, SWITCH, Row

FULL = replace(SWITCH, memory_percent=90, storage_percent=95)
NIGHT, MORNING = "2026-11-20T00:00:00+00:00", "2026-11-21T00:00:00+00:00"
OLD = replace(SWITCH, version="v6.4.9 build1966", read_at=MORNING)
FORTIGATE = {"platform": "fortinet"}
EMPTY = replace(SWITCH, startup_empty=True, startup_line="startup-config is not present", running_digest="a")

ROWS = (
    Row("cpu.high", "busy", replace(LATER, cpu_percent=85), "cpu.high warning prosesor", GOOD),
    Row("cpu.high", "nearly", replace(LATER, cpu_percent=84.9), "", GOOD),
    Row("memory.high", "full", replace(LATER, memory_percent=97), "memory.high warning memori", GOOD),
    Row("memory.high", "as always", replace(SWITCH, memory_percent=91), "memory.high info memori", FULL),
    Row("memory.high", "fuller than ever", replace(SWITCH, memory_percent=93), "memory.high warning memori", FULL),
    Row("memory.high", "nearly", replace(LATER, memory_percent=84), "", GOOD),
    Row("storage.low", "full", replace(LATER, storage_percent=99), "storage.low warning penyimpanan", GOOD),
    Row(
        "storage.low",
        "the image takes it up, as always",
        replace(SWITCH, storage_percent=95),
        "storage.low info penyimpanan",
        FULL,
    ),
    Row("storage.low", "nearly", replace(LATER, storage_percent=89), "", GOOD),
    Row(
        "environment.alarm",
        "a fan",
        replace(SWITCH, alarms=(Note("FAN 2", "FAN 2 is FAULTY"),)),
        "environment.alarm warning FAN 2",
    ),
    Row("environment.alarm", "none", SWITCH),
    Row(
        "clock.unsynchronised",
        "since",
        replace(SWITCH, clock_synchronised=False),
        "clock.unsynchronised warning jam",
        replace(SWITCH, clock_synchronised=True),
    ),
    Row(
        "clock.unsynchronised",
        "has never been",
        replace(SWITCH, clock_synchronised=False),
        "clock.unsynchronised info jam",
        replace(SWITCH, clock_synchronised=False),
    ),
    Row("clock.unsynchronised", "not told", replace(SWITCH, clock_synchronised=None)),
    Row("device.rebooted", "up for less than then", replace(LATER, uptime_s=60), "device.rebooted warning r1", GOOD),
    Row(
        "device.rebooted",
        "up for longer, and yet began since",
        replace(SWITCH, read_at=MORNING),
        "device.rebooted warning sw1",
        replace(SWITCH, uptime_s=60, read_at=NIGHT),
    ),
    Row(
        "device.rebooted",
        "a day older",
        replace(SWITCH, uptime_s=86_460 + 30, read_at=MORNING),
        "",
        replace(SWITCH, uptime_s=60, read_at=NIGHT),
    ),
    Row("device.rebooted", "nothing to hold it against", replace(SWITCH, uptime_s=1)),
    Row("firmware.eol", "past its day", OLD, "firmware.eol info v6.4.9 build1966", None, FORTIGATE),
    Row("firmware.eol", "its last day", replace(OLD, read_at="2024-09-30T08:00:00+00:00"), "", None, FORTIGATE),
    Row("firmware.eol", "still supported", replace(OLD, version="v7.4.1"), "", None, FORTIGATE),
    Row("firmware.eol", "not in the list", replace(OLD, version="v9.9.1"), "", None, FORTIGATE),
    Row("firmware.eol", "another maker's number", OLD, "", None, {"platform": "mikrotik_routeros"}),
    Row("firmware.eol", "the day is not known", replace(OLD, read_at=""), "", None, FORTIGATE),
    Row("config.unsaved", "differs", replace(LATER, saved_digest="b"), "config.unsaved warning konfigurasi", GOOD),
    Row("config.unsaved", "the saved one is not shown", replace(LATER, saved_digest=None), "", GOOD),
    Row(
        "config.changed",
        "since",
        replace(LATER, running_digest="b", saved_digest="b"),
        "config.changed warning konfigurasi",
        GOOD,
    ),
    Row(
        "config.changed",
        "since the backup, nothing else known",
        Facts(running_digest="b", backup_digest="a"),
        "config.changed warning konfigurasi",
    ),
    Row("config.changed", "as backed up", Facts(running_digest="a", backup_digest="a"), ""),
    Row("config.changed", "not read whole this time", replace(LATER, running_digest=""), "", GOOD),
    Row(
        "config.lost",
        "nothing to start from",
        EMPTY,
        "config.lost major konfigurasi tersimpan, config.unsaved warning konfigurasi",
    ),
    Row("config.lost", "most of it", replace(LATER, config_lines=30), "config.lost critical konfigurasi", GOOD),
    Row("config.lost", "a part of it", replace(LATER, config_lines=50), "", GOOD),
    Row("config.lost", "not read whole", replace(LATER, config_lines=0), "", GOOD),
    Row("config.lost", "there is one", replace(EMPTY, startup_empty=False)),
)
