"""The device's configuration: saved, changed, lost; and when it must not be saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from playbooks.findings import Finding, Severity
from playbooks.network.rules.case import Case, Rule

RUNNING, SAVED = "konfigurasi", "konfigurasi tersimpan"
BARE = 0.5
"""A running configuration with fewer than this part of its lines was lost, not changed."""
ENOUGH_LINES = 20
"""Shorter configurations say nothing by their length."""


def unsaved(case: Case) -> Iterator[Finding]:
    facts = case.facts
    differs = facts.saved_digest and facts.running_digest and facts.saved_digest != facts.running_digest
    if differs or (facts.startup_empty and not facts.saved_digest):
        evidence = "; ".join(facts.unsaved_lines[:6]) or facts.startup_line
        advice = "Konfigurasi berjalan belum disimpan dan hilang bila perangkat mati. Simpan lewat rencana kelas A."
        evidence = evidence or "konfigurasi berjalan berbeda dari yang tersimpan"
        yield Finding("config.unsaved", Severity.WARNING, RUNNING, evidence, advice)


def changed(case: Case) -> Iterator[Finding]:
    """Since the newest backup or, where that is the same, since the last good run."""
    now, backup = case.facts.running_digest, case.facts.backup_digest
    then = case.before.running_digest if case.before else ""
    known, when = (backup, "cadangan terakhir") if backup and backup != now else (then, "keadaan baik terakhir")
    if now and known and now != known:
        evidence = f"sidik konfigurasi {now[:12]}, pada {when} {known[:12]}"
        advice = f"Konfigurasi berubah sejak {when}. Lihat `pelihara network diff`; pastikan itu dikenal."
        yield Finding("config.changed", Severity.WARNING, RUNNING, evidence, advice)


def nothing_saved(case: Case) -> Iterator[Finding]:
    if case.facts.startup_empty:
        evidence = case.facts.startup_line or "tidak ada konfigurasi yang tersimpan"
        advice = "Bila perangkat menyala ulang, ia kosong. Pastikan konfigurasi berjalan benar, lalu simpan."
        yield Finding("config.lost", Severity.MAJOR, SAVED, evidence, advice)


def mostly_gone(case: Case) -> Iterator[Finding]:
    """Most of what ran at the last good run runs no more, as after a reset or a start with nothing saved."""
    now, then = case.facts.config_lines, case.before.config_lines if case.before else 0
    if now > 0 and then >= ENOUGH_LINES and now < then * BARE:
        evidence = f"{now} baris konfigurasi; pada keadaan baik terakhir {then}"
        advice = "Sebagian besar konfigurasi hilang. Jangan simpan; pulihkan dari cadangan terakhir yang baik."
        yield Finding("config.lost", Severity.CRITICAL, RUNNING, evidence, advice)


def unfit_to_save(found: Iterable[Finding]) -> list[Finding]:
    """Why the running configuration must not be saved: serious faults, which a restart would then no longer heal."""
    healed = (f"config.unsaved {RUNNING}", f"config.lost {SAVED}")
    return [one for one in found if one.severity >= Severity.MAJOR and one.name not in healed]


def holding(found: list[Finding]) -> list[Finding]:
    """The same findings; the advice to save is turned round while `unfit_to_save` names a reason."""
    faults = ", ".join(one.name for one in unfit_to_save(found))
    advice = (
        "Konfigurasi berjalan belum disimpan. Jangan simpan dulu: baris yang belum disimpan mungkin penyebab gangguan "
        f"({faults}), dan bila disimpan gangguan itu tetap ada setelah perangkat menyala ulang. Atasi gangguannya dulu."
    )
    return [replace(one, advice=advice) if faults and one.code == "config.unsaved" else one for one in found]


RULES: tuple[Rule, ...] = (unsaved, changed, nothing_saved, mostly_gone)
