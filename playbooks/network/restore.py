"""Back to a stored configuration, by the smallest difference. Class B always: a second person reads the very lines.

By `Platform.difference`, where the platform has one. RouterOS exports cannot be compared line by line without harm
(rows have no names), so a restore there stays with a person; so does a difference with a secret in it, for a plan is
shown.
"""

from __future__ import annotations

import re
from functools import partial

from inventory.models import Device
from playbooks.findings import Reason, TargetError
from playbooks.network import change, platforms
from playbooks.network.backup import NotComplete, check_complete, digest, fetch_config, normalised
from playbooks.network.change import Keep, OnStep, Proof, Steps, Work
from playbooks.network.connect import Session, open_session
from playbooks.network.diagnose import diagnose
from playbooks.network.endpoints import Endpoint
from playbooks.network.facts import Facts
from playbooks.network.paths import protected
from playbooks.network.redaction import hidden, redact
from playbooks.plans import ChangedSincePlan, Ladder, Outcome, Permit, Plan


def plan(endpoint: Endpoint, device: Device, wanted_text: str) -> Plan:
    """What would make the running configuration the wanted one; no changes when it is so already.

    Raises TargetError: REFUSED_OUTPUT when the wanted text is incomplete, belongs to another device, cannot be compared
    on this platform, or would touch a secret, an uplink or the management path; others when the device cannot be read.
    """
    wanted = normalised(endpoint.platform, wanted_text)
    with open_session(endpoint) as session:
        return _plan(session, device, wanted)


def _plan(session: Session, device: Device, wanted: str) -> Plan:
    endpoint = session.endpoint
    try:
        check_complete(endpoint.platform, wanted, prompt=session.prompt)
    except NotComplete as error:
        raise _refused(endpoint, f"konfigurasi tersimpan ditolak: {error.detail}") from None
    have = fetch_config(session)
    commands, way_back = difference(endpoint, have.text, wanted), difference(endpoint, wanted, have.text)
    _require_no_secret(endpoint, (*commands, *way_back))
    facts = session.platform.parse({command: session.ask(command) for command in session.platform.reads})
    _require_harmless(endpoint, commands, facts, device)
    return Plan(
        action="restore",
        target=endpoint.name,
        ladder=Ladder.B,
        summary=f"Kembalikan konfigurasi {endpoint.name} ke versi {digest(endpoint.platform, wanted)[:12]}",
        changes=(*commands, *(session.platform.save if commands else ())),
        way_back=way_back,
        base=have.digest,
        details={"commands": list(commands), "save": True, "wanted": digest(endpoint.platform, wanted)},
    )


def difference(endpoint: Endpoint, have: str, wanted: str) -> tuple[str, ...]:
    """Lines that lead from one configuration to the other. TargetError(REFUSED_OUTPUT) where no safe way is known."""
    compare = platforms.get(endpoint.platform).difference
    if compare is None:
        why = "pemulihan otomatis belum aman pada platform ini; pulihkan per bagian di perangkat, oleh teknisi"
        raise _refused(endpoint, why)
    return compare(have, wanted)


def _refused(endpoint: Endpoint, why: str) -> TargetError:
    return TargetError(endpoint.name, Reason.REFUSED_OUTPUT, why)


def _require_no_secret(endpoint: Endpoint, lines: tuple[str, ...]) -> None:
    text = "\n".join(lines)
    if redact(endpoint.platform, text, hidden) != text:
        raise _refused(
            endpoint, "selisihnya memuat sandi atau kunci; kembalikan baris itu di tempat, lalu rencanakan lagi"
        )


def _require_harmless(endpoint: Endpoint, commands: tuple[str, ...], facts: Facts, device: Device) -> None:
    """Neither uplink nor management path, and no address of an interface that carries our session."""
    kept = protected(facts, endpoint.address, device)
    for line in commands:
        match = re.match(r"(?:no )?interface (\S+)", line.strip())
        if match and match[1] in kept:
            raise _refused(endpoint, f"rencana menyentuh {match[1]}, uplink atau jalur pengelolaan; kerjakan di tempat")


def apply(
    plan: Plan,
    endpoint: Endpoint,
    device: Device,
    permit: Permit,
    on_step: OnStep | None = None,
    keep: Keep | None = None,
) -> Outcome:
    """Make an approved restore. Raises as `repair.apply` does."""
    with open_session(endpoint, change.WORK_S) as session:
        # The difference follows from base and wanted text alone, so the same base means the same plan.
        now = fetch_config(session)
        if now.digest == plan.details["wanted"]:
            return Outcome("unchanged", "konfigurasi sudah sama")
        if now.digest != plan.base:
            raise ChangedSincePlan(f"{plan.target}: keadaan perangkat berubah sejak rencana dibuat; buat rencana baru")
        before = diagnose(endpoint, device, session=session)
        shown = tuple(finding.as_json() for finding in before.findings)
        work = Work(plan, endpoint, permit, partial(_proof, plan, device), Steps(on_step), shown, keep)
        return change.carry_out(work, session)


def _proof(plan: Plan, device: Device, fresh: Session) -> Proof:
    if fetch_config(fresh).digest != plan.details["wanted"]:
        return Proof("konfigurasi belum sama dengan versi yang diminta")
    return Proof("", diagnose(fresh.endpoint, device, session=fresh).findings)
