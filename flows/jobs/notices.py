"""Notices: whose turn it is gets told by mail, once; a mail that fails is recorded and blocks nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from pathlib import Path

from flows.office import Office
from sop import mail
from sop.register.authority import OPD, capacities
from sop.register.confirmation import confirmer
from sop.register.records import SOFTWARE, CaseRecord

_PAPERS = ("laporan", "berita_acara", "lembar_disposisi")


def tell_turn(office: Office, case_id: str) -> list[str]:
    """Mail the papers to everyone whose turn it is now; returns what could not be sent, Indonesian.

    Told once for where the case stands: running it again sends only what failed. Of a case that is over, the OPD's
    contacts are told how it ended.
    """
    case = office.register.case(case_id)
    place = case.position
    key = f"{case.id}:{place.step}:{place.attempt}:{len(place.waiting)}:{place.state}"
    if case.unconfirmed:
        return _tell_confirmers(office, case, key)
    return _tell(office, case, key, place.turn if place.is_open else (OPD,), _subject(case))


def _tell_confirmers(office: Office, case: CaseRecord, key: str) -> list[str]:
    """Those whose word a plan needs before it can be approved; its approvers are told after them."""
    roles = [role for plan in case.unconfirmed if (role := confirmer(plan.action))]
    return _tell(office, case, f"{key}:konfirmasi", roles, "rencana menunggu konfirmasi Anda")


def tell_after_act(office: Office, case_id: str) -> list[str]:
    """As `tell_turn`, unless a flow works at the step first: it tells when a person is needed."""
    case = office.register.case(case_id)
    place = case.position
    return [] if place.is_open and case.step.work and not place.waiting else tell_turn(office, case_id)


def tell_informed(office: Office, case_id: str) -> list[str]:
    """Tell those whom the SOP wants informed of how the case came in, although they do not act."""
    case = office.register.case(case_id)
    informed = case.procedure.origins[case.origin].informed
    return _tell(office, case, f"{case.id}:dibuka", informed, "permohonan dibuka, untuk diketahui")


def tell_archive(office: Office, problems: Sequence[str]) -> list[str]:
    """Mail what a look through the archive found to the technical team and the administrators, once a day."""
    if office.inventory.office.mail is None or not problems:
        return []
    day = office.register.calendar.day(office.register.clock())
    key = f"arsip:{day}:{hashlib.sha256(chr(10).join(problems).encode()).hexdigest()[:12]}"
    title = f"Periksa arsip {day}: ditemukan kerusakan"
    text = "\n".join(
        [
            *problems,
            "",
            "Selengkapnya: pelihara network verify; pelihara network board; pelihara website copies --all",
            "",
            office.inventory.office.name,
        ]
    )
    told, due = _told(office, key), _officials(office, ("tim_teknis", "admin"))
    return [why for to in due if to not in told and (why := _mail(office, key, to, title, text, []))]


def _tell(office: Office, case: CaseRecord, key: str, roles: Collection[str], subject: str) -> list[str]:
    if office.inventory.office.mail is None:
        return []
    told = _told(office, key)
    due = [to for to in _addresses(office, case, roles) if to not in told]
    return [why for to in due if (why := _send(office, case, key, to, subject))]


def _told(office: Office, key: str) -> set[str]:
    return {row.detail["to"] for row in office.register.audit_rows(key) if row.action == "mail.sent"}


def _addresses(office: Office, case: CaseRecord, roles: Collection[str]) -> list[str]:
    mails = _officials(office, roles)
    if OPD in roles:
        mails += [contact.email for contact in office.inventory.opd[case.opd].pic]
    return [each for each in dict.fromkeys(mails) if each]


def _officials(office: Office, roles: Collection[str]) -> list[str]:
    people, today = office.inventory.officials, office.register.calendar.day(office.register.clock())
    mails = [each.email for slug, each in people.items() if {*roles} & {*capacities(office.inventory, slug, today)}]
    return [each for each in dict.fromkeys(mails) if each]


def _send(office: Office, case: CaseRecord, key: str, to: str, subject: str) -> str:
    return _mail(office, key, to, f"{case.id}: {subject}", _text(office, case), _attached(office, case))


def _mail(office: Office, key: str, to: str, title: str, text: str, attached: Sequence[mail.Attachment]) -> str:
    """Why it could not be sent, Indonesian; "" when it was."""
    settings, folder = office.inventory.office.mail, Path(office.inventory.folder)
    if settings is None:
        return "surel kantor belum diisi dalam office.yaml"
    about = {"to": to, "subject": title}
    try:
        mail.send(settings, to, title, text, attached, folder)
    except mail.MailError as error:
        office.register.audit("mail.failed", key, {**about, "why": str(error)}, SOFTWARE)
        return str(error)
    office.register.audit("mail.sent", key, about, SOFTWARE)
    return ""


def _subject(case: CaseRecord) -> str:
    if not case.position.is_open:
        return f"permohonan {case.state}"
    return "rencana menunggu persetujuan Anda" if case.position.waiting else "menunggu tindakan Anda"


def _text(office: Office, case: CaseRecord) -> str:
    place = case.position
    where = (
        f"Sekarang langkah {place.step}: {case.step.activity}" if place.is_open else f"Permohonan ini {place.state}."
    )
    return "\n".join(
        [
            f"Permohonan {case.id} dari {office.inventory.opd[case.opd].name}.",
            f"Perihal: {case.about}",
            "",
            where,
            "",
            f"Selengkapnya: pelihara case show {case.id}",
            "",
            office.inventory.office.name,
        ]
    )


def _attached(office: Office, case: CaseRecord) -> list[mail.Attachment]:
    pdfs = (each for each in case.evidence if each.kind in _PAPERS and each.media_type == "application/pdf")
    newest = {each.kind: each for each in pdfs}
    return [mail.Attachment(each.name, office.register.read(each.id)) for each in newest.values()]
