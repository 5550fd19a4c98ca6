"""What diagnoses of devices leave in the register: evidence, and the state that the next one is held to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from flows.jobs.pictures import keep_facts
from flows.jobs.targets import batches
from flows.office import Office
from playbooks.findings import Severity
from playbooks.network.diagnose import Baseline, DeviceReading, together, with_changes
from sop.register.errors import RegisterError
from sop.register.records import Actor

BATCH = 50
"""Readings that are kept in one transaction."""
PROVEN = timedelta(hours=1)
"""How long a changed configuration has been backed up, without a serious finding, before it counts as good."""


def settle(office: Office, readings: Sequence[DeviceReading], case_id: str, actor: Actor) -> list[DeviceReading]:
    """Keep readings. Two ends of a link show more together than each alone, so all of them are looked at first."""
    joined = together([_with_changes(office, each) for each in readings])
    for some in batches(joined, BATCH):
        with office.register.at_once():
            for reading in some:
                _keep_reading(office, reading, case_id, actor)
    return joined


def _with_changes(office: Office, reading: DeviceReading) -> DeviceReading:
    """What was changed since it last worked, where the configuration of that time was backed up."""
    if not any(one.code == "config.changed" for one in reading.findings):
        return reading
    good = reading.before.get("running_digest")
    versions = [one.id for one in office.register.config_versions(reading.name) if one.digest == good]
    platform = office.inventory.devices[reading.name].platform
    # A damaged copy only keeps the lines from being told; the nightly check tells of the damage.
    with suppress(RegisterError):
        return with_changes(reading, platform, office.register.read_config(versions[-1])) if versions else reading
    return reading


def last_baselines(office: Office, names: Sequence[str]) -> dict[str, Baseline]:
    """Of each device the last state without serious findings, and its newest backup; none where neither is known."""
    stored = office.register.newest_digests(names)
    states = {name: office.register.baseline(name) or {} for name in names}
    return {
        name: Baseline(facts=facts, backup_digest=stored.get(name, ""))
        for name, facts in states.items()
        if facts or name in stored
    }


def _keep_reading(office: Office, reading: DeviceReading, case_id: str, actor: Actor) -> None:
    """Findings and raw output become evidence; a state without serious findings is what the next one is held to."""
    about = (case_id, reading.name)
    for kind, content in (("findings", reading.as_json()), ("raw", reading.raw)):
        document = json.dumps(content, ensure_ascii=False).encode()
        name = f"{reading.name}-{kind}.json"
        office.register.keep(document, kind, name, "application/json", *about, actor=actor) if content else None
    keep_facts(office, reading, case_id, actor)
    if _is_good(office, reading):
        office.register.keep_baseline(reading.name, reading.facts, actor)


def _is_good(office: Office, reading: DeviceReading) -> bool:
    """Whether the next diagnosis may be held to this state: nothing serious, and no change too fresh to judge.

    A wrong change hurts seconds later, when timers have run out; taken for good until then, it would hide the cause.
    """
    if reading.reason is not None or any(each.severity >= Severity.MAJOR for each in reading.findings):
        return False
    if not {"config.unsaved", "config.changed"} & {each.code for each in reading.findings}:
        return True
    known = [each for each in office.register.config_versions(reading.name) if not each.quarantined]
    proven = known and known[-1].digest == reading.config_digest and office.register.clock() - known[-1].at >= PROVEN
    return bool(proven) or office.register.baseline(reading.name) is None
