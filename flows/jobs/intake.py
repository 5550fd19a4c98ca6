"""What people hand in and answer: letters, lists, officials' acts. Touches no machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.jobs import notices
from flows.jobs.errors import BadInput
from flows.jobs.hashes import whole
from flows.office import Office
from inventory.causes import cause
from inventory.problems import shown
from sop.register.errors import LetterRefused
from sop.register.letters import LARGEST
from sop.register.records import Actor, CaseRecord, Letter, PlanRecord

LONGEST_SUBJECT = 500
"""Letters of a request's subject: more than any letter's, and still a line of a table."""
STATES = ("open", "selesai", "ditolak", "ditarik")


@dataclass(frozen=True)
class Acted:
    """A case after an official's answer, and the plans that the answer decided."""

    case: CaseRecord
    plans: tuple[PlanRecord, ...]
    undelivered: tuple[str, ...] = ()
    """Notices to the next in the chain that could not be mailed, and why."""


def listed(office: Office, state: str = "", opd: str = "") -> list[CaseRecord]:
    """Cases, oldest first. Raises BadInput for an unknown state or OPD."""
    if state and state not in STATES:
        raise BadInput(f"keadaan {shown(state)} tidak dikenal; yang ada: {', '.join(STATES)}", "unknown_state")
    if opd and opd not in office.inventory.opd:
        raise BadInput(f"OPD {shown(opd)} tidak ada di inventaris", "unknown_agency")
    return office.register.cases(state=state or None, opd=opd or None)


def subject(text: str) -> str:
    """The subject of a request, on one line. Raises BadInput when it is longer than `LONGEST_SUBJECT` letters."""
    line = " ".join(text.split())
    if len(line) > LONGEST_SUBJECT:
        raise BadInput(f"perihal paling panjang {LONGEST_SUBJECT} huruf; ini {len(line)}", "subject_too_long")
    return line


def read_letter(file: Path) -> Letter:
    """The letter as handed in. Raises LetterRefused before a file that cannot be one is read."""
    try:
        if not file.is_file():
            raise LetterRefused(
                f"surat {shown(file)} tidak ada" if not file.exists() else f"{shown(file)} bukan berkas"
            )
        if (size := file.stat().st_size) > LARGEST:
            raise LetterRefused(f"surat {shown(file)} {size / 1e6:.0f} MB; paling besar 20 MB")
        return Letter(file.name, file.read_bytes())
    except OSError as error:
        raise LetterRefused(f"surat {shown(file)} tidak dapat dibuka: {cause(error)}") from None
    except ValueError:
        raise LetterRefused(f"nama berkas surat {shown(file)} tidak sah") from None


def act(office: Office, case_id: str, official: str, answer: str, note: str, plan: str, actor: Actor) -> Acted:
    """Record an official's answer; while plans wait, the answer decides exactly those shown in the result.

    `plan` may be shortened to eight letters; "" is the one that waits. Raises BadInput for less, or several meant.
    """
    before = office.register.case(case_id)
    meant = whole((*before.position.waiting, before.proposal), plan) if plan else ""
    after = office.register.act(before.id, official, answer.strip().upper(), note, meant, actor)
    return _acted(office, before, after)


def confirm(office: Office, case_id: str, official: str, answer: str, note: str, plan: str, actor: Actor) -> Acted:
    """Record another team's answer to a plan that changes something of theirs. `plan` as for `act`."""
    before = office.register.case(case_id)
    meant = whole((each.hash for each in before.unconfirmed), plan) if plan else ""
    after = office.register.confirm(before.id, official, answer.strip().upper(), note, meant, actor)
    return _acted(office, before, after)


def _acted(office: Office, before: CaseRecord, after: CaseRecord) -> Acted:
    decided = {hash_ for event in after.events[len(before.events) :] for hash_ in event.plans}
    plans = tuple(plan for plan in after.plans if plan.hash in decided)
    return Acted(after, plans, tuple(notices.tell_after_act(office, after.id)))
