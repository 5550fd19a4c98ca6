"""What people read of a diagnosis of several devices: where it begins first, and what another device explains."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import Any

from rich.console import Console

from flows.cli.targets import print_targets
from flows.words import named, worst_first
from playbooks.findings import Finding, Reason, Severity, TargetResult

SHUT = Finding("link.admin_down", Severity.MAJOR, "ether2", "ether2: mati", "Aktifkan.")
DOWN = Finding("link.down", Severity.MAJOR, "eth1", "eth1: putus", "Periksa kabel.", cause="r2 link.admin_down ether2")
HOT = Finding("cpu.high", Severity.MAJOR, "prosesor", "prosesor 99 %", "Cari penyebabnya.")


def results(**found: tuple[Finding, ...]) -> list[dict[str, Any]]:
    return [TargetResult(name, 1.0, many).as_json() for name, many in found.items()]


def test_devices_are_told_from_where_it_begins() -> None:
    told = results(r1=(DOWN,), r2=(SHUT,), r3=(HOT,), r4=(replace(HOT, severity=Severity.WARNING),), r5=())
    told.append(TargetResult("r6", 1.0, reason=Reason.TIMEOUT).as_json())
    assert [each["name"] for each in worst_first(told)] == ["r6", "r2", "r3", "r1", "r4", "r5"]


def test_a_cause_on_another_device_is_named_with_it() -> None:
    assert named("r2 link.admin_down ether2") == "r2: port dimatikan di konfigurasi: ether2"
    assert named("link.admin_down ether2") == "port dimatikan di konfigurasi: ether2"
    to = Console(file=StringIO(), width=100, color_system=None)
    print_targets(results(r1=(DOWN,), r2=(SHUT,)), "perangkat", to)
    text = to.file.getvalue()  # type: ignore[attr-defined]
    assert "      sebab: r2: port dimatikan di konfigurasi: ether2\n      langkah: Periksa kabel.\n" in text
    assert text.count("sebab:") == 1
