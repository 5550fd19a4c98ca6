"""Pictures of agencies' networks, drawn from readings that the register keeps; no device is touched."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.jobs.errors import BadInput, NotDone, unknown
from flows.office import Office
from inventory.causes import cause
from playbooks.network.diagnose import Baseline, DeviceReading
from playbooks.network.facts import Facts
from playbooks.network.picture import Seen, draw
from sop.documents.words import moment
from sop.register.records import SOFTWARE, Actor, CaseRecord, EvidenceRecord

_KIND = "facts"
"""Of the evidence that a picture is drawn from."""


@dataclass(frozen=True)
class Picture:
    """SVG, and when the newest reading in it was made."""

    opd: str
    title: str
    svg: str
    at: datetime

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in pixels."""
        box = re.search(r'viewBox="0 0 (\S+) (\S+)"', self.svg)
        return (float(box[1]), float(box[2])) if box else (0.0, 0.0)


def keep_facts(office: Office, reading: DeviceReading, case_id: str, actor: Actor = SOFTWARE) -> None:
    """What a later picture needs of a reading."""
    document = {**reading.as_json(), "facts": None if reading.reason else reading.facts}
    about = (_KIND, f"{reading.name}-fakta.json", "application/json", case_id, reading.name)
    office.register.keep(json.dumps(document, ensure_ascii=False).encode(), *about, actor=actor)


def of_agency(office: Office, opd: str) -> Picture:
    """The network as it was read last. Raises BadInput for an unknown OPD, or one none of whose devices was read."""
    if opd not in office.inventory.opd:
        raise unknown("OPD", opd, office.inventory.opd)
    newest = {name: _newest(office.register.evidence(target=name, kind=_KIND)) for name in _devices(office, opd)}
    if not any(newest.values()):
        raise BadInput(f"jaringan OPD {opd} belum pernah dibaca; jalankan `pelihara network diagnose --opd {opd}`")
    return _drawn(office, opd, newest, "")


def of_case(office: Office, case: CaseRecord) -> list[Picture]:
    """Before the work, and after it where a device was read again; none when the case read no device."""
    kept: dict[str, list[EvidenceRecord]] = {}
    for record in office.register.evidence(case_id=case.id, kind=_KIND):
        kept.setdefault(record.target, []).append(record)
    if not kept:
        return []
    names = _devices(office, case.opd)
    aside = {name: _newest(office.register.evidence(target=name, kind=_KIND)) for name in names if name not in kept}
    first = {
        name: next((one for one in several if _read(office, one)["facts"]), several[0])
        for name, several in kept.items()
    }
    last = {name: several[-1] for name, several in kept.items()}
    before = _drawn(office, case.opd, aside | first, "sebelum pekerjaan")
    return [before, _drawn(office, case.opd, aside | last, "sesudah pekerjaan")] if last != first else [before]


def write(office: Office, picture: Picture, path: Path | None) -> Path:
    """Put it where it was asked for, or with the office's papers. Raises NotDone when it cannot be written there."""
    target = path or office.settings.documents / picture.opd / f"jaringan-{picture.opd}.svg"
    try:
        if path is None:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.write_text(picture.svg, encoding="utf-8")
    except OSError as error:
        raise NotDone(f"{target} tidak dapat ditulis: {cause(error)}", "not_written") from None
    return target


def _devices(office: Office, opd: str) -> list[str]:
    return [name for name, device in office.inventory.devices.items() if device.opd == opd]


def _newest(kept: Iterable[EvidenceRecord]) -> EvidenceRecord | None:
    return max(kept, key=lambda each: each.id, default=None)


def _read(office: Office, record: EvidenceRecord) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(office.register.read(record.id))
    return document


def _drawn(office: Office, opd: str, records: Mapping[str, EvidenceRecord | None], when: str) -> Picture:
    at = max(record.at for record in records.values() if record)
    title, clock = f"Jaringan {office.inventory.opd[opd].name}", moment(at, office.inventory.office.zone)
    below = ", ".join(filter(None, (when, f"dibaca {clock}")))
    known = sorted(name for name in records if name in office.inventory.devices)
    svg = draw(title, [_seen(office, name, records[name]) for name in known], below)
    return Picture(opd, f"{title}, {below}", svg, at)


def _seen(office: Office, name: str, record: EvidenceRecord | None) -> Seen:
    device, good = office.inventory.devices[name], office.register.baseline(name)
    before = Baseline(facts=good).as_facts() if good else None
    if record is None:
        return Seen(name, device, None, before)
    read = _read(office, record)
    facts = Facts.from_json(read["facts"]) if read["facts"] else None
    return Seen(name, device, facts, before, tuple(read["findings"]), read["reason"])
