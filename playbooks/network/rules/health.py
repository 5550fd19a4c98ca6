"""The device itself: load, storage, power and heat, clock, restarts, age of its software."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from playbooks.findings import Finding, Severity
from playbooks.network.facts import Facts
from playbooks.network.rules.case import Case, Rule

BUSY, FULL = 85.0, 90.0
"""Per cent from which on processor and memory, or storage, are called high."""
STEADY = 3.0
"""Memory or storage that was as full at the last good run, within so many per cent, is how this device works."""
CLOCKS_DIFFER_S = 120.0
"""How far uptimes and times of reading may disagree without a restart."""
FIRMWARE = Path(__file__).with_name("firmware.yaml")


def cpu(case: Case) -> Iterator[Finding]:
    advice = "Cari proses atau lalu lintas penyebab beban; periksa loop dan serangan."
    value = case.facts.cpu_percent
    if value is not None and value >= BUSY:
        yield Finding("cpu.high", Severity.WARNING, "prosesor", f"prosesor terpakai {value:g} %", advice)


def memory(case: Case) -> Iterator[Finding]:
    advice = "Memori hampir habis: kurangi layanan atau jadwalkan mulai ulang."
    then = case.before.memory_percent if case.before else None
    yield from _full("memory.high", "memori", case.facts.memory_percent, then, BUSY, advice)


def storage(case: Case) -> Iterator[Finding]:
    advice = "Hapus berkas lama di penyimpanan perangkat sebelum memutakhirkan apa pun."
    then = case.before.storage_percent if case.before else None
    yield from _full("storage.low", "penyimpanan", case.facts.storage_percent, then, FULL, advice)


def _full(
    code: str, subject: str, now: float | None, then: float | None, limit: float, advice: str
) -> Iterator[Finding]:
    if now is not None and now >= limit:
        usual = then is not None and then >= limit and now - then < STEADY
        severity = Severity.INFO if usual else Severity.WARNING
        yield Finding(code, severity, subject, f"{subject} terpakai {now:g} %", advice)


def environment(case: Case) -> Iterator[Finding]:
    for note in case.facts.alarms:
        advice = f"Periksa {note.subject}: catu daya, kipas, suhu ruang dan debu; perangkat dapat mati sendiri."
        yield Finding("environment.alarm", Severity.WARNING, note.subject, note.line, advice)


def clock(case: Case) -> Iterator[Finding]:
    """A clock that was not synchronised at the last good run either is for information only."""
    if case.facts.clock_synchronised is False:
        usual = case.before is not None and case.before.clock_synchronised is False
        evidence = case.facts.clock_line or "jam tidak disinkronkan"
        advice = "Setel server NTP dan pastikan UDP 123 lolos; tanpa jam yang benar log tidak dapat dipercaya."
        yield Finding("clock.unsynchronised", Severity.INFO if usual else Severity.WARNING, "jam", evidence, advice)


def rebooted(case: Case) -> Iterator[Finding]:
    now, then = case.facts.uptime_s, case.before.uptime_s if case.before else None
    if now is None or then is None or not (now < then or _began_since(case)):
        return
    why = f"; {case.facts.restart_reason}" if case.facts.restart_reason else ""
    evidence = f"menyala {now:.0f} s; pada pemeriksaan terakhir {then:.0f} s{why}"
    advice = "Perangkat menyala ulang. Periksa catu daya, UPS dan log; pastikan konfigurasi tersimpan."
    yield Finding("device.rebooted", Severity.WARNING, case.facts.hostname or "perangkat", evidence, advice)


def _began_since(case: Case) -> bool:
    """Whether its uptime begins after the last good run, which a long absence hides from the uptimes alone."""
    now, then = _read_at(case.facts), _read_at(case.before) if case.before else None
    return bool(now and then and now - (case.facts.uptime_s or 0.0) > then + CLOCKS_DIFFER_S)


def _read_at(facts: Facts) -> float | None:
    """Seconds since 1970."""
    try:
        at = datetime.fromisoformat(facts.read_at)
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo else None


def firmware(case: Case) -> Iterator[Finding]:
    """For information: old software works; its replacement is planned, not rushed."""
    match = re.search(r"([0-9]{1,4})\.([0-9]{1,4})", case.facts.version)
    told = _supported().get((case.platform, f"{int(match[1])}.{int(match[2])}")) if match else None
    if told and case.facts.read_at[:10] > told[1].isoformat():
        name, end, source = told
        evidence = f"{name} {case.facts.version}: didukung sampai {end.isoformat()} ({source})"
        advice = (
            f"Rencanakan pemutakhiran {name} ke versi yang masih didukung, di luar jam kerja dan setelah dicadangkan."
        )
        yield Finding("firmware.eol", Severity.INFO, case.facts.version, evidence, advice)


@cache
def _supported() -> dict[tuple[str, str], tuple[str, date, str]]:
    """Name, last day of support, source; by platform and release."""
    entries: list[dict[str, Any]] = YAML(typ="safe").load(FIRMWARE)
    return {
        (platform, release): (entry["name"], end, entry["source"])
        for entry in entries
        for platform in entry["platforms"]
        for release, end in entry["ends"].items()
    }


RULES: tuple[Rule, ...] = (cpu, memory, storage, environment, clock, rebooted, firmware)
