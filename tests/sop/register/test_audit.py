"""Invariant 6: the chain is append-only, and every kind of tampering is found."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from sop.register import Register, audit
from sop.register.errors import NotYourTurn
from tests.sop.register.office import CLI, approved, network_case, propose


@pytest.fixture
def history(register: Register) -> Register:
    """A register with something in it."""
    propose(register, approved(register, network_case(register)))
    register.audit("mail.sent", "JAR-2026-0001", {"to": "kadis-1"}, CLI)
    assert register.verify_audit().ok
    return register


def run(register: Register, *statements: str) -> None:
    """What someone with the database's password can do, past the program's own checks."""
    database = register._database
    if database.is_sqlite:
        with sqlite3.connect(str(database.url.database)) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()
    else:
        with database.engine.begin() as session:
            for statement in statements:
                session.execute(text(statement))


def without_guards(register: Register) -> None:
    """Takes away what the database itself refuses."""
    if register._database.is_sqlite:
        tables = ("audit", "events")
        run(register, *(f"drop trigger {table}_no_{change}" for table in tables for change in ("update", "delete")))
    else:
        run(register, "alter table audit disable trigger user", "alter table events disable trigger user")
        run(register, "alter table events drop constraint events_audit_seq_fkey")


@pytest.mark.parametrize(
    "statement", ["update audit set at = at", "delete from audit", "update events set at = at", "delete from events"]
)
def test_the_database_itself_refuses_to_change_or_delete(history: Register, statement: str) -> None:
    with pytest.raises((DBAPIError, sqlite3.Error), match="append-only"):
        run(history, statement)
    assert history.verify_audit().ok


@pytest.mark.lab
def test_postgresql_refuses_to_empty_the_chain(postgres_schema: str, tmp_path: object) -> None:
    from inventory.settings import Settings
    from tests.sop.register.office import an_inventory

    register = Register(Settings(home=tmp_path, database_url=postgres_schema), an_inventory())
    with pytest.raises(DBAPIError, match="append-only"):
        run(register, "truncate audit cascade")


@pytest.mark.parametrize(
    "statement",
    [
        "update audit set at = '2020-01-01T00:00:00+00:00' where seq = 2",
        "update audit set action = 'lain' where seq = 2",
        "update audit set subject = 'JAR-2026-9999' where seq = 2",
        "update audit set actor = '{}' where seq = 2",
        "update audit set detail = '{}' where seq = 2",
        "update audit set detail = 'bukan JSON' where seq = 2",
    ],
)
def test_an_edit_of_any_column_is_found(history: Register, statement: str) -> None:
    without_guards(history)
    run(history, statement)
    assert any("baris 2 berubah" in problem for problem in history.verify_audit().problems)


def test_an_edit_with_its_own_hash_put_right_is_found_at_the_next_row(history: Register) -> None:
    from sop.register import audit
    from sop.register.tables import AuditEntry

    without_guards(history)
    with history._database.writing() as session:
        entry = session.get_one(AuditEntry, 2)
        entry.subject = "JAR-2026-9999"
        entry.hash = audit._digest([getattr(entry, name) for name in audit._HASHED])
    assert any("baris 3 tidak menyambung" in problem for problem in history.verify_audit().problems)


def test_a_deletion_in_the_middle_is_found(history: Register) -> None:
    without_guards(history)
    run(history, "delete from audit where seq = 4")
    assert any("baris 4 hilang" in problem for problem in history.verify_audit().problems)


def test_two_rows_swapped_are_found(history: Register) -> None:
    without_guards(history)
    run(
        history,
        "update audit set seq = 9999 where seq = 3",
        "update audit set seq = 3 where seq = 4",
        "update audit set seq = 4 where seq = 9999",
    )
    assert any("baris 3 tidak menyambung" in problem for problem in history.verify_audit().problems)


def test_a_chain_cut_off_at_its_end_is_found_with_a_printed_tip(history: Register) -> None:
    tip = history.audit_tip()
    assert history.verify_audit(tip).ok
    without_guards(history)
    run(history, "delete from audit where seq = (select max(seq) from audit)")
    assert history.verify_audit().ok  # a shorter chain is whole in itself
    assert any(tip in problem for problem in history.verify_audit(tip).problems)


@pytest.mark.parametrize("tip", ["1:0000000000000000", "1:", "99:abc", "kacau"])
def test_a_tip_that_is_of_no_row_is_not_believed(history: Register, tip: str) -> None:
    assert not history.verify_audit(tip).ok


def test_an_older_tip_is_still_found_in_a_chain_that_grew(history: Register) -> None:
    tip = history.audit_tip()
    history.audit("mail.sent", "x", {}, CLI)
    assert history.verify_audit(tip).ok
    assert history.audit_tip() != tip


@pytest.mark.parametrize(
    "statement",
    [
        "update events set note = 'lain' where seq = 2",
        "update events set actor = 'kabid-1' where seq = 2",
        "delete from events where seq = 3",
        "update cases set requested_by = 'orang lain'",
        "update cases set devices = '[\"dinkes-r2\"]'",
        "update plans set document = 'x'",
        "update events set plans = 'bukan JSON' where seq = 2",
    ],
)
def test_what_the_chain_tells_of_is_held_against_it(history: Register, statement: str) -> None:
    without_guards(history)
    run(history, statement)
    assert not history.verify_audit().ok


def test_an_event_without_an_audit_row_of_its_own_is_found(history: Register) -> None:
    without_guards(history)
    run(
        history,
        "insert into events (case_id, seq, audit_seq, at, step, kind, actor, role, answer, note, plans, acting, name,"
        " paraf, via, terminal, system_user, paper) select case_id, 99, 1, at, step, kind, actor, role, answer, note,"
        " plans, acting, name, paraf, via, terminal, system_user, paper from events where seq = 2",
    )
    assert any("tidak punya baris audit" in problem for problem in history.verify_audit().problems)


def test_a_refusal_is_a_row_with_its_reason(history: Register) -> None:
    with pytest.raises(NotYourTurn):
        history.act("JAR-2026-0001", "kadis-1", "YA", "segera", actor=CLI)
    row = history.audit_rows()[-1]
    assert (row.action, row.subject, row.actor["terminal"]) == ("case.act.refused", "JAR-2026-0001", "pts/3")
    assert (row.detail["refusal"], row.detail["official"]) == ("NotYourTurn", "kadis-1")
    assert "giliran" in row.detail["why"]


def test_rows_written_at_once_by_many_threads_make_one_chain(register: Register) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: register.audit("test", str(n), {"n": n}, CLI), range(40)))
    report = register.verify_audit()
    assert (report.ok, report.rows) == (True, 40)
    assert sorted(int(row.subject) for row in register.audit_rows()) == list(range(40))


def test_details_survive_whatever_they_hold(register: Register) -> None:
    odd = {"raw": "\0\ud800\x1b[31m", "n": 1.5, "list": [None, True], "time": {"nested": "é"}}
    register.audit("test", "x\0", odd, CLI)
    assert register.audit_rows()[-1].detail == json.loads(json.dumps(odd))
    assert register.verify_audit().ok


def test_evidence_that_was_exchanged_moved_or_taken_away_is_found(register: Register) -> None:
    kept = [register.keep(data, "raw", f"{data.decode()}.txt", target="dinkes-r1") for data in (b"satu", b"dua")]
    assert register.verify_audit().ok
    about = {"mine": kept[0].id, "other": kept[1].sha256}
    for change in (
        "update evidence set sha256 = :other where id = :mine",
        "update evidence set target = 'dinsos-r1' where id = :mine",
        "delete from evidence where id = :mine",
    ):
        with register._database.writing() as session:
            for which in ("update", "delete"):
                session.execute(text(_without_trigger(register, which)))
            session.execute(text(change), about)
            found = audit.verify(session)
            session.rollback()
        assert any("bukti" in problem for problem in found.problems), change


def _without_trigger(register: Register, which: str) -> str:
    if register._database.is_sqlite:
        return f"drop trigger evidence_no_{which}"
    return "alter table evidence disable trigger user"
