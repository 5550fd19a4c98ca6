"""What an intruder left on a website, kept as evidence: the files sealed, and a list that says what they were."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from flows.office import Office
from playbooks.findings import Copy, TargetResult
from sop.documents.from_incident import COPY, PICTURE, TRACES
from sop.register.records import Actor


def keep(office: Office, result: TargetResult, case_id: str, actor: Actor) -> None:
    """Keep the files that a reading's findings are about, each content once a site and case, and their list."""
    if not result.copies:
        return
    held = {each.sha256 for each in office.register.evidence(case_id, result.name, COPY)}
    for copy in result.copies:
        if (digest := _sha256(copy)) not in held:
            held.add(digest)
            about = (COPY, copy.path, _media_type(copy), case_id, result.name)
            office.register.keep(copy.data, *about, sealed=True, actor=actor)
    document = json.dumps({"files": [_line(each) for each in result.copies]}, ensure_ascii=False).encode()
    if not _is_kept(office, document, case_id, result.name):
        about = (TRACES, f"{result.name}-jejak.json", "application/json", case_id, result.name)
        office.register.keep(document, *about, actor=actor)


def _media_type(copy: Copy) -> str:
    """Of a picture that was drawn of a page; what a file of the host says of itself is not believed."""
    drawn = not copy.owner and copy.data.startswith(b"\x89PNG")
    return PICTURE if drawn else "application/octet-stream"


def _line(copy: Copy) -> dict[str, object]:
    told = {key: value for key, value in asdict(copy).items() if key != "data"}
    return {**told, "sha256": _sha256(copy), "bytes": len(copy.data)}


def _is_kept(office: Office, document: bytes, case_id: str, site: str) -> bool:
    digest = hashlib.sha256(document).hexdigest()
    return any(each.sha256 == digest for each in office.register.evidence(case_id, site, TRACES))


def _sha256(copy: Copy) -> str:
    return hashlib.sha256(copy.data).hexdigest()
