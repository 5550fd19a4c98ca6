"""Notices: whose turn it is gets told by mail, once; a mail that fails is recorded and blocks nothing."""

from __future__ import annotations

from pathlib import Path

from flows.office import Office
from inventory.models import Mail
from sop import mail
from sop.register.authority import OPD, capacities
from sop.register.records import SOFTWARE, CaseRecord

_PAPERS = ("laporan", "berita_acara", "lembar_disposisi")


def tell_turn(office: Office, case_id: str) -> list[str]:
    """Mail the papers to everyone whose turn it is now; returns what could not be sent, Indonesian.

    Told once for a case, step and attempt: running it again sends only what failed.
    """
    case = office.register.case(case_id)
    settings = office.inventory.office.mail
    if settings is None:
        return []
    told = {row.detail["to"] for row in office.register.audit_rows(_key(case)) if row.action == "mail.sent"}
    return [why for to in _addresses(office, case) if to not in told and (why := _send(office, settings, case, to))]


def _key(case: CaseRecord) -> str:
    place = case.position
    return f"{case.id}:{place.step}:{place.attempt}:{place.state}"


def _addresses(office: Office, case: CaseRecord) -> list[str]:
    """Of those who must act; of a case that is over, the OPD's contacts, who are told how it ended."""
    people, turn = office.inventory.officials, set(case.position.turn)
    today = office.register.calendar.day(office.register.clock())
    mails = [people[slug].email for slug in people if turn & set(capacities(office.inventory, slug, today))]
    if OPD in turn or not case.position.is_open:
        mails += [contact.email for contact in office.inventory.opd[case.opd].pic]
    return [each for each in dict.fromkeys(mails) if each]


def _send(office: Office, settings: Mail, case: CaseRecord, to: str) -> str:
    about = {"to": to, "step": case.position.step}
    folder = Path(office.inventory.folder)
    try:
        mail.send(settings, to, f"{case.id}: {_subject(case)}", _text(office, case), _attached(office, case), folder)
    except mail.MailError as error:
        office.register.audit("mail.failed", _key(case), {**about, "why": str(error)}, SOFTWARE)
        return str(error)
    office.register.audit("mail.sent", _key(case), about, SOFTWARE)
    return ""


def _subject(case: CaseRecord) -> str:
    if not case.position.is_open:
        return f"permohonan {case.state}"
    return "rencana menunggu persetujuan" if case.position.waiting else "menunggu tindakan Anda"


def _text(office: Office, case: CaseRecord) -> str:
    opd = office.inventory.opd[case.opd].name
    lines = [f"Permohonan {case.id} dari {opd}.", f"Perihal: {case.about}", ""]
    if case.position.is_open:
        lines += [
            f"Sekarang langkah {case.position.step}: {case.step.activity}",
            "",
            f"Lihat: pelihara case show {case.id}",
        ]
    else:
        lines.append(f"Permohonan ini {case.state}.")
    return "\n".join([*lines, "", office.inventory.office.name])


def _attached(office: Office, case: CaseRecord) -> list[mail.Attachment]:
    newest = {
        each.kind: each for each in case.evidence if each.kind in _PAPERS and each.media_type == "application/pdf"
    }
    return [mail.Attachment(each.name, office.register.read(each.id)) for each in newest.values()]
