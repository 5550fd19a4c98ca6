"""Cases: opened by a letter or the clock, moved by officials and flows, each act one event with its audit row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sop import procedure as procedures
from sop import progress
from sop.procedure import Procedure, ProcedureError, Step
from sop.progress import Event, EventKind, Position
from sop.register import audit
from sop.register.archive import Archive
from sop.register.authority import OPD, Capacity, authorise, capacities, find
from sop.register.dossier import Dossier, open_dossier, records
from sop.register.errors import (
    AlreadyDone,
    LetterRefused,
    NotYourTurn,
    OutputMissing,
    ReasonMissing,
    UnknownAgency,
    UnknownAnswer,
    UnknownCase,
    UnknownPlan,
    UnknownProcedure,
    UnknownTarget,
    WrongRole,
)
from sop.register.letters import media_type
from sop.register.plans import approve, drop
from sop.register.queue import Queue, outbox_entry
from sop.register.records import SOFTWARE, Actor, CaseRecord, Letter, NewEvidence, proposal
from sop.register.tables import Case, CaseEvent, Evidence, storable
from sop.words import EVIDENCE

ITSELF = "pelihara"
"""Who acts when no person does."""


@dataclass(frozen=True)
class _Act:
    """An official's answer, as checked."""

    who: Capacity
    answer: str
    note: str
    actor: Actor


class Cases(Archive, Queue):
    """Every method that changes a case does so in one transaction with its event, audit row and outbox row."""

    def open_case(
        self,
        sop: str,
        opd: str,
        about: str,
        letter: Letter | None,
        devices: Sequence[str] = (),
        website: str = "",
        origin: str = "surat",
        requested_by: str = "",
        actor: Actor = SOFTWARE,
    ) -> CaseRecord:
        """Opens a case under the newest revision of the SOP, pinned with its hash, and the letter's.

        Raises UnknownProcedure, UnknownAgency, UnknownTarget, LetterRefused, ReasonMissing (no `about`), or
        AlreadyDone when the clock has opened one for this website already.
        """
        with self._refusals("case.open", opd, actor, {"sop": sop, "about": about}):
            procedure = self._newest(sop, origin)
            self._check_subject(procedure, opd, about, devices, website)
            media = _check_letter(procedure, origin, letter)
            with self._database.writing() as session:
                if origin != "surat":
                    _forbid_second(session, sop, website, origin)
                row = Case(sop=sop, revision=procedure.revision, procedure_sha256=procedure.sha256, opd=opd)
                row.about, row.origin, row.website = storable(about), origin, website
                row.devices = [*dict.fromkeys(devices)]
                row.requested_by = storable(requested_by or self._first_pic(opd))
                row.id, row.opened_at, row.state = self._number(session, procedure), self.clock(), "open"
                session.add(row)
                self._note(session, "case.opened", row.id, audit.case_detail(row), actor)
                if letter:
                    self._store(session, [NewEvidence("letter", letter.name, letter.data, media, row.id)], actor)
                dossier = Dossier(row, procedure, [])
                self._begin(session, dossier, actor)
                return records(session, [row])[0]

    def act(
        self,
        case_id: str,
        official: str,
        answer: str,
        note: str = "",
        plan_hash: str = "",
        actor: Actor = SOFTWARE,
        step: int | None = None,
    ) -> CaseRecord:
        """An official answers. `official` is a slug, or a role that exactly one official holds.

        While a plan waits, YA approves exactly it and TIDAK drops it. At a person's work step YA also approves the
        plans made there; `plan_hash` (as `CaseRecord.proposal` showed it) makes sure that they are still the same.
        `step` is the step the caller saw. Raises what `authorise` raises, and UnknownCase, UnknownOfficial,
        UnknownAnswer, ReasonMissing, OutputMissing, UnknownPlan, OwnPlan, AlreadyDone.
        """
        asked = {"official": official, "answer": answer, "note": note, "plan": plan_hash}
        with self._refusals("case.act", case_id, actor, asked), self._database.writing() as session:
            dossier = self._dossier(session, case_id)
            who = self._who(dossier, official, step)
            _check_answer(dossier, answer, note)
            act = _Act(who, answer, storable(note).strip(), actor)
            if dossier.position.waiting and not _decides_all(dossier):
                self._decide_plan(session, dossier, act, plan_hash)
            else:
                self._answer(session, dossier, act, plan_hash)
            return records(session, [dossier.row])[0]

    def withdraw(self, case_id: str, official: str, reason: str, actor: Actor = SOFTWARE) -> CaseRecord:
        """Kadis, or the OPD that asked, stops an open case for good; nothing is written to any machine afterwards."""
        with (
            self._refusals("case.withdraw", case_id, actor, {"official": official}),
            self._database.writing() as session,
        ):
            dossier = self._dossier(session, case_id)
            if not dossier.position.is_open:
                raise AlreadyDone(f"{case_id} sudah {dossier.position.state}")
            held = self._held(dossier, official)
            who = held.get("kadis") or held.get(OPD)
            if who is None:
                raise WrongRole(f"{official} tidak berwenang menarik {case_id}; hanya Kadis atau OPD pemohon")
            if not _says_something(reason):
                raise ReasonMissing(f"menarik {case_id} harus disertai alasan")
            self._event(session, dossier, "withdrawn", actor, who, note=storable(reason).strip())
            self._supersede(session, case_id, "ditarik", actor)
            return records(session, [dossier.row])[0]

    def resume(self, case_id: str, official: str, note: str = "", actor: Actor = SOFTWARE) -> CaseRecord:
        """Whose turn it is has the flow take up a work step again, once what stopped it was put right.

        Raises what `authorise` raises, and UnknownCase, UnknownOfficial, NotYourTurn (no flow works here, or a plan
        waits), AlreadyDone (the flow is at it).
        """
        with self._refusals("case.resume", case_id, actor, {"official": official}), self._database.writing() as session:
            dossier = self._dossier(session, case_id)
            who = self._who(dossier, official, None)
            if not dossier.step.work or dossier.position.waiting:
                what = "ada rencana yang menunggu jawaban" if dossier.position.waiting else "tidak ada kerja otomatis"
                raise NotYourTurn(f"{case_id} langkah {dossier.step.no}: {what}")
            if self._under_way(session, case_id):
                raise AlreadyDone(f"{case_id} langkah {dossier.step.no} sedang dikerjakan")
            self._event(session, dossier, "retried", actor, who, note=storable(note).strip())
            return records(session, [dossier.row])[0]

    def complete_work(self, case_id: str, step: int, actor: Actor, outcome: dict[str, Any]) -> CaseRecord:
        """A flow finished a step's work. Raises OutputMissing, AlreadyDone, NotYourTurn, WrongRole."""
        with self._refusals("case.complete", case_id, actor, {"step": step}), self._database.writing() as session:
            dossier = self._dossier(session, case_id)
            _check_turn_of_flow(dossier, step)
            if missing := self._missing(session, dossier):
                raise OutputMissing(f"{case_id} langkah {step}: belum ada {_named(missing)}")
            result = json.dumps(outcome, ensure_ascii=False, sort_keys=True, default=str).encode("utf-8", "replace")
            self._leave(session, dossier, "outcome", f"langkah-{step}.json", "application/json", result, actor)
            self._event(session, dossier, "completed", actor, answer="YA")
            return records(session, [dossier.row])[0]

    def outbox_retry(self, row_id: int, why: str, actor: Actor = SOFTWARE) -> None:
        """Closes a row whose run died and, if the case still stands there, calls for a new attempt."""
        with self._database.writing() as session:
            from_row = outbox_entry(session, row_id)
            if from_row.state == "closed":
                return
            self._close(session, from_row, why, actor)
            dossier = self._dossier(session, from_row.case_id)
            place = dossier.position
            if place.is_open and (place.step, place.attempt) == (from_row.step, from_row.attempt) and not place.waiting:
                self._event(session, dossier, "retried", actor, note=storable(why))

    def case(self, case_id: str) -> CaseRecord:
        """A case with its events, plans and evidence. Raises UnknownCase."""
        with self._database.reading() as session:
            row = session.get(Case, case_id)
            if row is None:
                raise _unknown(case_id)
            return records(session, [row])[0]

    def cases(self, state: str | None = None, opd: str | None = None, website: str | None = None) -> list[CaseRecord]:
        """Cases that match all given, oldest first."""
        wanted = {"state": state, "opd": opd, "website": website}
        rows = select(Case).filter_by(**{key: value for key, value in wanted.items() if value is not None})
        with self._database.reading() as session:
            return records(session, session.scalars(rows.order_by(Case.opened_at, Case.id)).all())

    def _newest(self, sop: str, origin: str) -> Procedure:
        try:
            procedure = procedures.load(sop, today=self.calendar.day(self.clock()))
        except ProcedureError as error:
            raise UnknownProcedure(str(error)) from None
        if origin not in procedure.origins:
            raise UnknownProcedure(f"SOP {sop} tidak mengenal asal {origin!r}")
        return procedure

    def _check_subject(self, procedure: Procedure, opd: str, about: str, devices: Sequence[str], website: str) -> None:
        if opd not in self.inventory.opd:
            raise UnknownAgency(f"OPD {opd!r} tidak ada di inventaris")
        if not _says_something(about):
            raise ReasonMissing("perihal permohonan belum diisi")
        for device in devices:
            known = self.inventory.devices.get(device)
            if known is None or known.opd != opd:
                raise UnknownTarget(f"perangkat {device!r} tidak ada pada OPD {opd}")
        site = self.inventory.websites.get(website)
        if website and (site is None or site.opd != opd):
            raise UnknownTarget(f"website {website!r} tidak ada pada OPD {opd}")
        _check_kind(procedure, devices, website)

    def _first_pic(self, opd: str) -> str:
        pic = self.inventory.opd[opd].pic
        return pic[0].name if pic else ""

    def _number(self, session: Session, procedure: Procedure) -> str:
        start = f"{procedure.prefix}-{self.calendar.day(self.clock()).year}-"
        taken = session.scalar(select(func.count()).select_from(Case).where(Case.id.startswith(start))) or 0
        return f"{start}{taken + 1:04d}"

    def _begin(self, session: Session, dossier: Dossier, actor: Actor) -> None:
        begins = dossier.procedure.origins[dossier.row.origin].begins
        letter = dossier.procedure.step(begins).kind == "letter"
        who = Capacity(dossier.row.opd, dossier.row.requested_by, OPD) if letter else None
        self._event(session, dossier, "opened", actor, who, answer="YA" if letter else "")

    def _held(self, dossier: Dossier, official: str) -> dict[str, Capacity]:
        day = self.calendar.day(self.clock())
        return capacities(self.inventory, find(self.inventory, dossier.row.opd, official, day), day)

    def _who(self, dossier: Dossier, official: str, step: int | None) -> Capacity:
        day = self.calendar.day(self.clock())
        slug = find(self.inventory, dossier.row.opd, official, day)
        if step is not None and step != dossier.position.step and dossier.position.is_open:
            raise AlreadyDone(f"{dossier.row.id} sudah berada di langkah {dossier.position.step}, bukan {step}")
        return authorise(self.inventory, dossier.docket, slug, day)

    def _decide_plan(self, session: Session, dossier: Dossier, act: _Act, plan_hash: str) -> None:
        waiting = dossier.position.waiting
        if plan_hash and plan_hash not in waiting:
            raise UnknownPlan(f"rencana {plan_hash[:12]} tidak sedang menunggu persetujuan pada {dossier.row.id}")
        if not plan_hash and len(waiting) > 1:
            raise UnknownPlan(f"sebutkan salah satu rencana: {', '.join(h[:12] for h in waiting)}")
        plan = plan_hash or waiting[0]
        kind: EventKind = "approved" if act.answer == "YA" else "dropped"
        if act.answer == "YA":
            approve(session, dossier.row.id, (plan,), act.who.slug, act.note, dossier.events)
        else:
            drop(session, dossier.row.id, (plan,), act.who.slug, act.note)
        self._event(session, dossier, kind, act.actor, act.who, answer=act.answer, note=act.note, plans=(plan,))

    def _answer(self, session: Session, dossier: Dossier, act: _Act, plan_hash: str) -> None:
        plans = dossier.position.waiting
        if plan_hash and plan_hash != proposal(plans):
            raise UnknownPlan(f"rencana pada {dossier.row.id} sudah berbeda dari yang ditampilkan")
        if act.answer == "TIDAK" and plans:
            drop(session, dossier.row.id, plans, act.who.slug, act.note)
            self._event(session, dossier, "dropped", act.actor, act.who, answer="TIDAK", note=act.note, plans=plans)
            return
        if act.answer == "YA":
            self._require_output(session, dossier, act)
            approve(session, dossier.row.id, plans, act.who.slug, act.note, dossier.events)
        self._event(session, dossier, "answered", act.actor, act.who, answer=act.answer, note=act.note, plans=plans)

    def _require_output(self, session: Session, dossier: Dossier, act: _Act) -> None:
        """The step's evidence exists, or the person's note becomes it."""
        step, case_id = dossier.step, dossier.row.id
        missing = self._missing(session, dossier)
        if step.kind == "work" and not step.needs:
            # Nothing but the person's word says what was done.
            missing = ["outcome"]
        if missing and not _says_something(act.note):
            raise OutputMissing(
                f"{case_id} langkah {step.no}: belum ada {_named(missing)}; "
                "tunggu hasilnya, atau tulis catatan tentang apa yang dikerjakan"
            )
        for kind in missing:
            self._leave(
                session, dossier, kind, f"catatan-langkah-{step.no}.txt", "text/plain", act.note.encode(), act.actor
            )

    def _missing(self, session: Session, dossier: Dossier) -> list[str]:
        kinds = set(session.scalars(select(Evidence.kind).filter_by(case_id=dossier.row.id)))
        return [kind for kind in dossier.step.needs if kind not in kinds]

    def _leave(
        self, session: Session, dossier: Dossier, kind: str, name: str, media: str, data: bytes, actor: Actor
    ) -> None:
        self._store(session, [NewEvidence(kind, name, data, media, dossier.row.id)], actor)

    def _event(
        self,
        session: Session,
        dossier: Dossier,
        kind: EventKind,
        actor: Actor,
        who: Capacity | None = None,
        answer: str = "",
        note: str = "",
        plans: tuple[str, ...] = (),
    ) -> None:
        """Writes the event with its audit row, the case's new state, and the outbox row that it calls for."""
        row, before = dossier.row, dossier.position if dossier.events else None
        step = before.step if before else dossier.procedure.origins[row.origin].begins
        event = Event(len(dossier.events) + 1, self.clock(), step, kind, who.slug if who else ITSELF)
        event = replace(event, answer=answer, note=note, plans=plans, via=actor.via, terminal=actor.terminal)
        event = replace(event, system_user=actor.system_user, paper=actor.paper)
        if who:
            paraf = f"{who.initials}/{audit.next_seq(session)}"
            event = replace(event, role=who.role, acting=who.acting, name=who.name, paraf=paraf)
        written = self._note(session, f"event.{kind}", row.id, audit.event_detail(event), actor)
        fields = {**event.__dict__, "plans": [*event.plans]}
        session.add(CaseEvent(case_id=row.id, audit_seq=written.seq, **fields))
        dossier.events.append(event)
        after = dossier.position
        row.state = after.state
        session.flush()
        if _calls_flow(before, after, dossier.step):
            self._call_flow(session, row, after, dossier.step.work, actor)

    def _dossier(self, session: Session, case_id: str) -> Dossier:
        row = session.get(Case, case_id)
        if row is None:
            raise _unknown(case_id)
        return open_dossier(session, row)


def _decides_all(dossier: Dossier) -> bool:
    """At a person's work step the answer covers the step and every plan made there."""
    return dossier.step.completes == "by_person"


def _calls_flow(before: Position | None, after: Position, step: Step) -> bool:
    """A flow is called when the case comes to technical work, or the work there begins anew."""
    if not after.is_open or after.waiting or not step.work:
        return False
    return before is None or (before.step, before.attempt) != (after.step, after.attempt)


def _check_answer(dossier: Dossier, answer: str, note: str) -> None:
    known = progress.answers(dossier.procedure, dossier.position)
    if answer not in known:
        raise UnknownAnswer(
            f"jawaban {answer!r} tidak dikenal di langkah {dossier.step.no}; pilih {' atau '.join(known)}"
        )
    check_reason(dossier.row.id, answer, note)


def check_reason(case_id: str, answer: str, note: str) -> None:
    """Raises ReasonMissing for a TIDAK that does not say why."""
    if answer == "TIDAK" and not _says_something(note):
        raise ReasonMissing(f"TIDAK pada {case_id} harus disertai alasan")


def _says_something(text: str) -> bool:
    """Blanks, invisible characters and a lone dash are no reason and no subject."""
    return any(character.isalnum() for character in text)


def _named(kinds: Sequence[str]) -> str:
    return ", ".join(EVIDENCE.get(kind, kind) for kind in kinds)


def _check_turn_of_flow(dossier: Dossier, step: int) -> None:
    place, case_id = dossier.position, dossier.row.id
    if not place.is_open:
        raise AlreadyDone(f"{case_id} sudah {place.state}")
    if place.step != step:
        done = any(event.step == step and event.kind in progress.ANSWERS for event in dossier.events)
        refusal = AlreadyDone if done else NotYourTurn
        raise refusal(f"{case_id} berada di langkah {place.step}, bukan {step}")
    if dossier.step.completes != "by_flow":
        raise WrongRole(f"langkah {step} diselesaikan oleh orang, bukan oleh alur")
    if place.waiting:
        raise NotYourTurn(f"{case_id} menunggu persetujuan rencana {', '.join(h[:12] for h in place.waiting)}")


def _check_kind(procedure: Procedure, devices: Sequence[str], website: str) -> None:
    if procedure.concerns == "website" and not website:
        raise UnknownTarget(f"SOP {procedure.sop} memerlukan website yang akan dipelihara")
    if devices if procedure.concerns == "website" else website:
        raise UnknownTarget(f"SOP {procedure.sop} tidak menyangkut {'perangkat' if devices else 'website'}")


def _check_letter(procedure: Procedure, origin: str, letter: Letter | None) -> str:
    """The letter's media type; "" where the origin begins without one."""
    if letter is not None:
        return media_type(letter)
    if procedure.step(procedure.origins[origin].begins).kind == "letter":
        raise LetterRefused("permohonan harus disertai surat")
    return ""


def _forbid_second(session: Session, sop: str, website: str, origin: str) -> None:
    """While a case that the clock opened is still to maintain the site, there is no second one."""
    same = select(Case).filter_by(sop=sop, website=website, origin=origin, state="open")
    for taken in records(session, session.scalars(same).all()):
        if not taken.maintained_at:
            raise AlreadyDone(f"pemeliharaan {origin} untuk {website} sudah dibuka: {taken.id}")


def _unknown(case_id: str) -> UnknownCase:
    return UnknownCase(f"permohonan {case_id!r} tidak ada")
