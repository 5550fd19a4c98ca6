"""The database under the register: migrations, many processes at once, and death in the middle of a transaction."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, text

from inventory.settings import Settings
from sop.register import Register, database
from sop.register.database import HEAD, Database
from sop.register.errors import AlreadyDone, ConfigRefused, NotYourTurn, RegisterFull, RegisterUnavailable
from sop.register.tables import Table
from tests.sop.register.office import CLI, an_inventory, network_case

CHECKOUT = Path(__file__).resolve().parents[3]


def child(settings: Settings, script: str, *arguments: str) -> subprocess.Popen[str]:
    """Another process on the same register; `register` and the office's helpers are at hand."""
    prelude = """
        import sys
        from pathlib import Path
        from inventory.settings import Settings
        from sop.register import Register
        from sop.register.errors import *
        from tests.sop.register.office import *
        settings = Settings(home=Path(sys.argv[1]), database_url=sys.argv[2])
        register = Register(settings, an_inventory())
    """
    program = textwrap.dedent(prelude) + textwrap.dedent(script)
    command = [sys.executable, "-c", program, str(settings.home), settings.database_url, *arguments]
    return subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)


def output(process: subprocess.Popen[str]) -> str:
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return printed.strip()


def test_the_migrations_make_exactly_the_tables_of_the_models(settings: Settings) -> None:
    made = Database(Register(settings, an_inventory()).settings.register_url)
    with made.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_the_newest_migration_is_the_one_the_program_looks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(database._MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


@pytest.mark.lab
def test_processes_that_open_a_new_register_at_once_migrate_it_once(settings: Settings) -> None:
    children = [child(settings, "print(len(register.cases()))") for _ in range(4)]
    assert [output(process) for process in children] == ["0"] * 4


def test_threads_that_open_a_new_register_at_once_migrate_it_once(settings: Settings) -> None:
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: Register(settings, an_inventory()), range(6)))
    assert all(register.verify_audit().ok for register in opened)


def test_a_migration_that_fails_leaves_nothing_behind(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = database._upgrade

    def half(connection: object) -> None:
        whole(connection)  # type: ignore[arg-type]
        raise OSError("disk full")

    monkeypatch.setattr(database, "_upgrade", half)
    with pytest.raises(OSError, match="disk full"):
        Register(settings, an_inventory())
    monkeypatch.undo()
    assert Register(settings, an_inventory()).cases() == []


def test_sqlite_keeps_a_rollback_journal_full_sync_and_a_private_file(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new" / "home", database_url="")
    register = Register(settings, an_inventory())
    with register._database.engine.connect() as connection:
        values = [connection.scalar(text(f"pragma {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
    assert values == ["delete", 2, 1]
    assert stat.S_IMODE((settings.home / "register.sqlite").stat().st_mode) == 0o600


def test_of_two_simultaneous_acts_exactly_one_counts_between_threads(register: Register) -> None:
    for _ in range(5):
        case = network_case(register)

        def act(_number: int, case_id: str = case.id) -> bool:
            try:
                register.act(case_id, "kadis-1", "YA", actor=CLI)
            except (AlreadyDone, NotYourTurn):
                return False
            return True

        with ThreadPoolExecutor(6) as pool:
            assert sum(pool.map(act, range(6))) == 1
        assert [event.kind for event in register.case(case.id).events] == ["opened", "answered"]
    assert register.verify_audit().ok


@pytest.mark.lab
def test_of_simultaneous_acts_exactly_one_counts_between_processes(register: Register, settings: Settings) -> None:
    case = network_case(register)
    script = """
        try:
            register.act(sys.argv[3], "kadis-1", "YA", actor=CLI)
            print("counted")
        except AlreadyDone:
            print("refused")
    """
    children = [child(settings, script, case.id) for _ in range(4)]
    assert sorted(output(process) for process in children) == ["counted", "refused", "refused", "refused"]
    assert len(register.case(case.id).events) == 2
    assert register.verify_audit().ok


@pytest.mark.lab
def test_leases_and_audit_rows_of_many_processes_do_not_mix(register: Register, settings: Settings) -> None:
    script = """
        taken = 0
        while taken < 5:
            try:
                with register.lease("dinkes-r1", sys.argv[3], "uji") as lease:
                    register.audit("work", "dinkes-r1", {"token": lease.token, "owner": sys.argv[3]}, FLOW)
                    taken += 1
            except TargetLocked:
                pass
        print(taken)
    """
    children = [child(settings, script, f"run-{number}") for number in range(3)]
    assert [output(process) for process in children] == ["5"] * 3
    rows = [row for row in register.audit_rows("dinkes-r1") if row.action in ("lease.taken", "work", "lease.returned")]
    rounds = [rows[start : start + 3] for start in range(0, len(rows), 3)]
    assert [[row.action for row in one] for one in rounds] == [["lease.taken", "work", "lease.returned"]] * 15
    assert all(len({(row.detail["token"], row.detail["owner"]) for row in one}) == 1 for one in rounds)
    assert register.verify_audit().ok


@pytest.mark.lab
def test_numbers_given_by_processes_at_once_are_all_different(register: Register, settings: Settings) -> None:
    children = [child(settings, "print(network_case(register).id)") for _ in range(4)]
    printed = {output(process) for process in children}
    assert len(printed) == 4
    assert {case.id for case in register.cases()} == printed


@pytest.mark.lab
def test_a_process_killed_within_its_transaction_leaves_no_trace(register: Register, settings: Settings) -> None:
    case = network_case(register)
    tip = register.audit_tip()
    script = """
        from sop.register import cases
        import time
        def wait(*_arguments):
            print("event and audit row are written, not committed", flush=True)
            time.sleep(60)
        cases.records = wait
        register.act(sys.argv[3], "kadis-1", "YA", actor=CLI)
    """
    victim = child(settings, script, case.id)
    assert victim.stdout is not None
    assert victim.stdout.readline().startswith("event and audit row")
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    victim.stdout.close()
    assert register.case(case.id).position == case.position
    assert register.audit_tip() == tip
    assert register.act(case.id, "kadis-1", "YA", actor=CLI).position.step == 3
    assert register.verify_audit(tip).ok


def test_a_process_and_its_fork_use_the_register_side_by_side(register: Register) -> None:
    network_case(register)
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            opened = [network_case(register).id for _ in range(10)]
            status = 0 if len(set(opened)) == 10 else 1
        finally:
            os._exit(status)
    mine = [network_case(register).id for _ in range(10)]
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert len(set(mine)) == 10
    assert len(register.cases()) == 21
    assert register.verify_audit().ok


def test_a_write_while_another_process_reads_waits_its_turn(register: Register) -> None:
    with register._database.reading() as session:
        session.execute(text("select count(*) from cases"))
        with ThreadPoolExecutor(1) as pool:
            pending = pool.submit(network_case, register)
            session.close()
            assert pending.result(30).id == "JAR-2026-0001"


def test_a_register_of_a_newer_program_is_left_alone(settings: Settings) -> None:
    register = Register(settings, an_inventory())
    with register._database.writing() as session:
        session.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(RegisterUnavailable, match="lebih baru"):
        Register(settings, an_inventory())


def test_a_file_that_is_no_database_is_named_and_not_touched(tmp_path: Path) -> None:
    (tmp_path / "register.sqlite").write_bytes(b"bukan basis data" * 100)
    with pytest.raises(RegisterUnavailable):
        Register(Settings(home=tmp_path, database_url=""), an_inventory())
    assert (tmp_path / "register.sqlite").read_bytes().startswith(b"bukan basis data")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://kepala:rahasia@127.0.0.1:1/x",
        "postgresql://kepala:rahasia@127.0.0.1:pintu/x",
        "oracel://kepala:rahasia@host/x",
        "rahasia",
    ],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(url: str) -> None:
    with pytest.raises(RegisterUnavailable) as error:
        Database(url)
    assert "rahasia" not in str(error.value)


def test_a_folder_in_the_place_of_the_register_is_named(tmp_path: Path) -> None:
    (tmp_path / "register.sqlite").mkdir()
    with pytest.raises(RegisterUnavailable):
        Register(Settings(home=tmp_path, database_url=""), an_inventory())


def test_a_database_that_another_keeps_locked_is_said_to_be_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_BUSY_S", 0.1)
    register = Register(Settings(home=tmp_path, database_url=""), an_inventory())
    with register._database.writing(), pytest.raises(RegisterUnavailable, match="locked"):
        network_case(register)
    assert network_case(register).id == "JAR-2026-0001"


def test_what_is_recorded_at_once_is_recorded_whole_or_not_at_all(register: Register) -> None:
    def stumble() -> None:
        with register.at_once():
            register.keep(b"satu", "raw", "satu.txt")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        stumble()
    assert register.evidence() == []
    with register.at_once():
        register.keep(b"satu", "raw", "satu.txt")
        register.note_backup("r1", "ok")
        assert [each.name for each in register.evidence()] == ["satu.txt"]
    assert len(register.backups("r1")) == 1
    assert register.verify_audit().ok


def test_a_record_refused_within_others_leaves_only_itself_out(register: Register) -> None:
    def refused() -> None:
        with register.at_once():
            register.keep(b"dua", "raw", "dua.txt")
            register.keep_config("r1", " ", " ", "0")

    with register.at_once():
        register.keep(b"satu", "raw", "satu.txt")
        with pytest.raises(ConfigRefused):
            refused()
        register.keep(b"tiga", "raw", "tiga.txt")
    assert [each.name for each in register.evidence()] == ["satu.txt", "tiga.txt"]
    assert register.verify_audit().ok


def test_other_threads_take_no_part_in_what_one_records_at_once(register: Register) -> None:
    with register.at_once():
        register.keep(b"satu", "raw", "satu.txt")
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(register.evidence).result() == []


def test_a_full_disk_is_called_so_and_leaves_the_register_as_it_was(tmp_path: Path) -> None:
    register = Register(Settings(home=tmp_path, database_url=""), an_inventory())
    register.keep(b"satu", "raw", "satu.txt")

    def no_room(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    event.listen(register._database.engine, "connect", no_room)

    def fill() -> None:
        with register.at_once():
            register.keep(os.urandom(1 << 20), "raw", "dua.txt")

    with pytest.raises(RegisterFull):
        fill()
    event.remove(register._database.engine, "connect", no_room)
    assert [each.name for each in register.evidence()] == ["satu.txt"]
    assert register.verify_audit().ok
