"""The dispatcher: work is posted once, whatever dies; what died is begun again, a few times."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from flows import dispatch
from flows.dispatch import ATTEMPTS, STUCK, WORKER, Dispatcher, Run, Server, is_dead, keep_on
from inventory.settings import Settings
from sop.register import Register
from sop.register.records import OutboxRow
from tests.flows.house import House, free_port, processes, until
from tests.sop.register.office import CLI, an_inventory, approved, network_case

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
A_RUN = Run("run-1", "RUNNING", "Running", "", NOW, WORKER, "")


class FakeServer:
    """Prefect as the dispatcher sees it; keeps the promise of the idempotency key."""

    def __init__(self) -> None:
        self.by_key: dict[str, Run] = {}
        self.crashed: list[str] = []
        self.refused: set[str] = set()
        self.down = False

    def create_run(self, _deployment: str, key: str, _name: str, _parameters: dict[str, Any]) -> str:
        if self.down:
            raise httpx.ConnectError("refused")
        if key in self.refused:
            request = httpx.Request("POST", "http://prefect")
            raise httpx.HTTPStatusError("refused", request=request, response=httpx.Response(404, request=request))
        fresh = replace(A_RUN, id=f"run-{len(self.by_key)}", state="SCHEDULED")
        return self.by_key.setdefault(key, fresh).id

    def runs(self, ids: Any) -> dict[str, Run]:
        wanted = set(ids)
        return {run.id: run for run in self.by_key.values() if run.id in wanted}

    def under_way(self) -> list[Run]:
        return [run for run in self.by_key.values() if run.state == "RUNNING"]

    def crash(self, run_id: str, message: str) -> None:
        self.crashed.append(run_id)
        self.end("CRASHED", message=message)

    def end(self, state: str, name: str = "", message: str = "") -> None:
        """The newest run is in this state now."""
        key, run = list(self.by_key.items())[-1]
        self.by_key[key] = replace(run, state=state, name=name or state.title(), message=message)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(Settings(home=tmp_path), an_inventory())


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def dispatcher(register: Register, server: FakeServer) -> Dispatcher:
    approved(register, network_case(register))
    return Dispatcher(register, server)  # type: ignore[arg-type]


def row_of(register: Register) -> OutboxRow:
    (row,) = [*register.outbox_due(), *register.outbox_open()]
    return row


def test_work_is_posted_once_and_closed_when_its_run_completed(
    register: Register, server: FakeServer, dispatcher: Dispatcher
) -> None:
    for _ in range(3):
        dispatcher.turn()
    assert [*server.by_key] == [row_of(register).key]
    server.end("COMPLETED")
    dispatcher.turn()
    assert register.outbox_due() == register.outbox_open() == []


def test_a_dispatcher_killed_between_posting_and_marking_makes_no_second_run(
    register: Register, server: FakeServer, dispatcher: Dispatcher
) -> None:
    row = row_of(register)
    posted = server.create_run(dispatch.HANDLE_CASE, row.key, "", {})
    dispatcher.turn()
    assert row_of(register).run_id == posted
    assert len(server.by_key) == 1


def test_nothing_is_lost_while_the_server_is_down(
    register: Register, server: FakeServer, dispatcher: Dispatcher
) -> None:
    server.down = True
    with pytest.raises(httpx.ConnectError):
        dispatcher.turn()
    assert len(register.outbox_due()) == 1
    server.down = False
    dispatcher.turn()
    assert register.outbox_due() == []


def test_work_that_is_refused_waits_and_holds_up_no_other(
    register: Register, server: FakeServer, dispatcher: Dispatcher
) -> None:
    first = row_of(register)
    server.refused = {first.key}
    approved(register, network_case(register))
    dispatcher.turn()
    assert [row.key for row in register.outbox_due()] == [first.key]
    assert len(server.by_key) == 1
    server.refused.clear()
    dispatcher.turn()
    assert len(server.by_key) == 2


@pytest.mark.parametrize("state", ["FAILED", "CRASHED"])
def test_what_dies_is_begun_again_up_to_the_limit(
    register: Register, server: FakeServer, dispatcher: Dispatcher, state: str
) -> None:
    for _ in range(ATTEMPTS + 2):
        dispatcher.turn()
        server.end(state)
        dispatcher.turn()
    assert len(server.by_key) == ATTEMPTS
    assert register.outbox_due() == register.outbox_open() == []


def test_a_run_prefect_forgot_is_begun_again(register: Register, server: FakeServer, dispatcher: Dispatcher) -> None:
    dispatcher.turn()
    first = row_of(register)
    server.by_key.clear()
    dispatcher.turn()
    assert row_of(register).key != first.key


@pytest.mark.parametrize(("state", "name"), [("CANCELLED", "Cancelled"), ("FAILED", STUCK)])
def test_what_a_person_stopped_or_must_look_into_is_not_begun_again(
    register: Register, server: FakeServer, dispatcher: Dispatcher, state: str, name: str
) -> None:
    dispatcher.turn()
    server.end(state, name)
    dispatcher.turn()
    assert register.outbox_due() == register.outbox_open() == []


def test_a_run_without_its_process_is_crashed_and_begun_again(
    register: Register, server: FakeServer, dispatcher: Dispatcher
) -> None:
    dispatcher.turn()
    key, run = next(iter(server.by_key.items()))
    server.by_key[key] = replace(run, state="RUNNING", pid=str(_dead_pid()))
    dispatcher.turn()
    assert server.crashed == [run.id]
    assert row_of(register).key != key


def test_a_run_that_ends_between_two_looks_is_not_crashed(server: FakeServer, dispatcher: Dispatcher) -> None:
    server.by_key["k"] = replace(A_RUN, pid=str(_dead_pid()))
    seen = server.under_way()
    server.under_way = lambda: seen  # type: ignore[method-assign]
    server.end("COMPLETED")
    dispatcher.bury()
    assert server.crashed == []


def _dead_pid() -> int:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    return gone.pid


@pytest.fixture
def own_process() -> Iterator[subprocess.Popen[bytes]]:
    env = {**os.environ, "PREFECT__FLOW_RUN_ID": A_RUN.id}
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=env)
    yield process
    process.kill()
    process.wait()


def test_a_process_counts_only_as_the_run_it_was_started_for(own_process: subprocess.Popen[bytes]) -> None:
    run = replace(A_RUN, pid=str(own_process.pid))
    until(lambda: not is_dead(run, NOW), 10)
    assert is_dead(replace(run, id="run-2"), NOW)
    assert is_dead(replace(run, pid=str(os.getpid())), NOW)


def test_a_process_that_is_becoming_another_program_is_not_dead() -> None:
    """While execve runs, the environment reads as empty."""
    code = "import os, sys; os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    again = [sys.executable, "-c", code, "-c", code, "-c", code, "-c", "input()"]
    env = {**os.environ, "PREFECT__FLOW_RUN_ID": A_RUN.id}
    with subprocess.Popen(again, stdin=subprocess.PIPE, env=env) as process:
        run = replace(A_RUN, pid=str(process.pid))
        assert not any(is_dead(run, NOW) for _ in range(3000))
        process.kill()


def test_a_zombie_is_dead(own_process: subprocess.Popen[bytes]) -> None:
    own_process.send_signal(signal.SIGKILL)
    until(lambda: is_dead(replace(A_RUN, pid=str(own_process.pid)), NOW), 10)


@pytest.mark.parametrize(
    ("worker", "age", "dead"),
    [
        (WORKER, dispatch.GRACE - timedelta(seconds=1), False),
        (WORKER, dispatch.GRACE + timedelta(seconds=1), True),
        ("pelihara@elsewhere", dispatch.LONGEST - timedelta(seconds=1), False),
        ("pelihara@elsewhere", dispatch.LONGEST + timedelta(seconds=1), True),
    ],
)
def test_a_run_whose_process_is_not_known_is_given_time(worker: str, age: timedelta, dead: bool) -> None:
    assert is_dead(replace(A_RUN, worker=worker), NOW + age) is dead


def test_the_dispatcher_waits_longer_while_the_server_is_down_and_goes_on_after(
    server: FakeServer, dispatcher: Dispatcher
) -> None:
    waits: list[float] = []
    stop = threading.Event()

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        server.down = len(waits) < 6
        if len(waits) == 8:
            stop.set()
        return stop.is_set()

    server.down = True
    stop.wait = wait  # type: ignore[method-assign,assignment]
    keep_on(dispatcher, stop)
    assert waits == [4, 8, 16, 30, 30, 30, 2, 2]
    assert len(server.by_key) == 1


@pytest.fixture(scope="session")
def tiny(house: House) -> House:
    (house.home / "tiny").mkdir()
    house.prefect("deploy", "--all", "--prefect-file", "tests/flows/tiny.yaml")
    return house


@pytest.fixture(scope="session")
def shared_register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """Not the house's own, whose rows its own dispatcher posts; one for all tests, so that case numbers differ."""
    return Register(Settings(home=tmp_path_factory.mktemp("register")), an_inventory())


@pytest.fixture
def to_tiny(tiny: House, shared_register: Register) -> Dispatcher:
    return Dispatcher(shared_register, Server(tiny.settings.prefect_url), "Tiny/tiny")


def lines(house: House, case: str) -> list[str]:
    file = house.home / "tiny" / case
    return file.read_text().split() if file.exists() else []


def turned(dispatcher: Dispatcher) -> bool:
    dispatcher.turn()
    return True


def turned_until_done(dispatcher: Dispatcher, register: Register) -> None:
    until(lambda: turned(dispatcher) and not register.outbox_due() and not register.outbox_open(), 90)


@pytest.mark.lab
def test_a_real_server_that_comes_back_is_given_the_work_once(
    tiny: House, shared_register: Register, to_tiny: Dispatcher
) -> None:
    case = approved(shared_register, network_case(shared_register))
    nobody = Dispatcher(shared_register, Server(f"http://127.0.0.1:{free_port()}/api"), "Tiny/tiny")
    with pytest.raises(httpx.HTTPError):
        nobody.turn()
    (row,) = shared_register.outbox_due()
    until(lambda: turned(to_tiny) and not shared_register.outbox_due())
    again = until(lambda: Server(tiny.settings.prefect_url).create_run("Tiny/tiny", row.key, "", {"isian": {}}))
    turned_until_done(to_tiny, shared_register)
    assert lines(tiny, case.id) == ["1"]
    assert tiny.ask(f"/flow_runs/{again}")["parameters"]["isian"]["permohonan"] == case.id


@pytest.mark.lab
def test_work_whose_worker_and_process_were_killed_is_finished_by_another(
    tiny: House, shared_register: Register, to_tiny: Dispatcher
) -> None:
    case = approved(shared_register, network_case(shared_register))
    hold = tiny.home / "tiny" / f"{case.id}.hold"
    hold.touch()
    until(lambda: turned(to_tiny) and lines(tiny, case.id) == ["1"])
    (row,) = shared_register.outbox_open()
    (process,) = processes(f"PREFECT__FLOW_RUN_ID={row.run_id}")
    tiny.kill("worker start")
    os.kill(process, signal.SIGKILL)
    hold.unlink()
    turned_until_done(to_tiny, shared_register)
    assert lines(tiny, case.id) == ["1", "2"]
    assert tiny.ask(f"/flow_runs/{row.run_id}")["state_type"] == "CRASHED"


@pytest.mark.lab
def test_approved_work_is_run_once_though_the_server_is_killed_right_after_the_approval(house: House) -> None:
    register = house.register()
    case = network_case(register)
    while not case.step.work:
        holder = next(slug for slug, one in register.inventory.officials.items() if one.role == case.position.turn[0])
        case = register.act(case.id, holder, "YA", "setuju", actor=CLI)
    house.kill("server start")
    until(lambda: not register.outbox_due() and not register.outbox_open(), 600, f"see {house.log}")
    (run,) = [run for run in house.runs("tangani-permohonan") if run["parameters"]["isian"]["permohonan"] == case.id]
    assert run["name"] == f"{case.id} langkah 5 (1)"
    assert run["state_type"] in ("COMPLETED", "FAILED")
