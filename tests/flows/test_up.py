"""The supervisor: one a home, children that come back, nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prefect.settings import Settings as PrefectSettings

from flows import up
from flows.up import Child, Supervisor, environment
from inventory.settings import Settings
from tests.flows.house import PELIHARA, House, free_port, processes, until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def said() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def supervisor(settings: Settings, said: list[tuple[str, str]]) -> Supervisor:
    return Supervisor(settings, free_port(), lambda source, line: said.append((source, line)))


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def looked(supervisor: Supervisor, until_true: object) -> None:
    def look() -> bool:
        supervisor._look()
        return bool(until_true())  # type: ignore[operator]

    until(look, 20)


def test_a_port_that_is_taken_is_said_and_nothing_is_started(settings: Settings, said: list[tuple[str, str]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert up.run(settings, port, lambda *line: said.append(line)) == 2
    assert said == [("pelihara", f"port {port} sudah dipakai program lain; pilih yang lain dengan --port")]


def test_a_faulty_inventory_is_named_and_nothing_is_started(
    settings: Settings, said: list[tuple[str, str]], tmp_path: Path
) -> None:
    (tmp_path / "devices.yaml").write_text("r1: {opd: dinkes}\n")
    faulty = settings.model_copy(update={"inventory": tmp_path})
    assert up.run(faulty, say=lambda source, line: said.append((source, line))) == 2
    assert "devices.yaml" in said[-1][1]
    assert not (settings.home / "prefect").exists()


def test_a_home_has_one_supervisor(settings: Settings, said: list[tuple[str, str]]) -> None:
    with up._only_one(settings.home / "prefect"):
        assert up.run(settings, free_port(), lambda *line: said.append(line)) == 2
    assert said == [("pelihara", f"`pelihara up` sudah berjalan untuk {settings.home}")]


def test_children_are_told_to_report_nothing_to_the_outside(settings: Settings) -> None:
    told = environment(settings, 4200)
    assert told["DO_NOT_TRACK"] == "1"
    assert told["PREFECT_SERVER_ANALYTICS_ENABLED"] == told["PREFECT_SERVER_UI_V2_ENABLED"] == "false"
    assert told["PREFECT_HOME"] == str(settings.home / "prefect")
    assert told["PELIHARA_PREFECT_URL"] == "http://127.0.0.1:4200/api"


def test_children_ask_a_locked_server_for_minutes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_CLIENT_MAX_RETRIES", environment(settings, 4200)["PREFECT_CLIENT_MAX_RETRIES"])
    waits = [2**times for times in range(1, PrefectSettings().client.max_retries + 1)]
    assert sum(waits) > 300


def test_children_need_not_read_all_public_roots_for_a_server_without_tls(
    supervisor: Supervisor, settings: Settings
) -> None:
    with supervisor:
        told = environment(settings, 4200)
        assert told["PREFECT_API_URL"].startswith("http://127.0.0.1:")
        assert len(ssl.create_default_context(cafile=told["PREFECT_API_SSL_CERT_FILE"]).get_ca_certs()) == 1


def test_a_child_that_dies_comes_back_and_is_heard(supervisor: Supervisor, said: list[tuple[str, str]]) -> None:
    with supervisor:
        supervisor._begin(Child("ticker", python("print('here', flush=True); raise SystemExit(3)")))
        looked(supervisor, lambda: said.count(("ticker", "here")) == 2)
    assert ("pelihara", "ticker berhenti (status 3); dinyalakan lagi dalam 1 detik") in said


def test_a_child_that_need_not_last_is_repeated_until_it_succeeds(
    supervisor: Supervisor, said: list[tuple[str, str]], tmp_path: Path
) -> None:
    code = f"import pathlib; p = pathlib.Path({str(tmp_path / 'x')!r}); print('no'); p.exists() or (p.touch(), exit(1))"
    with supervisor:
        supervisor._begin(Child("deploy", python(code), lasting=False))
        looked(supervisor, lambda: ("pelihara", "deploy selesai") in said)
    assert said.count(("deploy", "no")) == 1


def test_early_deaths_are_waited_out_longer_each_time() -> None:
    child = Child("c", (), started=time.monotonic())
    assert [child.put_off() for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    child.started -= up.STEADY_S + 1
    assert child.put_off() == 1


GRANDPARENT = """
import subprocess, sys, time
run = [sys.executable, "-c", "import time; time.sleep(99)"]
subprocess.Popen(run, start_new_session=True, env={"MARK": sys.argv[1]})
time.sleep(99)
"""


def test_runs_that_lost_their_worker_do_not_outlive_the_supervisor(supervisor: Supervisor, tmp_path: Path) -> None:
    """As Prefect's worker starts runs; the worker is killed, so that nobody passes a signal on."""
    with supervisor:
        worker = Child("worker", (*python(GRANDPARENT), str(tmp_path)))
        supervisor._begin(worker)
        until(lambda: processes(f"MARK={tmp_path}"), 10)
        assert worker.process
        worker.process.kill()
        looked(supervisor, lambda: worker.process is None)
        assert processes(f"MARK={tmp_path}")
    assert processes(f"MARK={tmp_path}") == {}


def test_processes_that_were_there_before_are_left_alone(supervisor: Supervisor) -> None:
    other = subprocess.Popen(python("input()"), stdin=subprocess.PIPE)
    with supervisor:
        supervisor._begin(Child("child", python("")))
        looked(supervisor, lambda: supervisor._children[0].due)
    assert other.poll() is None
    other.kill()
    other.wait()


def test_children_have_their_interrupt_back_though_the_supervisor_was_started_without(
    settings: Settings, said: list[tuple[str, str]]
) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Supervisor(settings, free_port(), lambda *line: said.append(line)) as supervisor:
            code = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
            supervisor._begin(Child("child", python(code)))
            looked(supervisor, lambda: ("child", "True") in said)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.lab
def test_up_keeps_server_worker_and_dispatcher_and_brings_back_what_is_killed(house: House) -> None:
    for words in ("server start", "worker start", "flows.dispatch"):
        before = house.child(words)
        os.kill(before, signal.SIGKILL)
        until(lambda words=words, before=before: _other(house, words, before), 120)  # type: ignore[misc]
    until(lambda: house.ask("/health"), 120)


def _other(house: House, words: str, before: int) -> bool:
    return any(words in command and pid != before for pid, command in processes(house.mark).items())


@pytest.mark.lab
def test_a_supervisor_that_is_killed_takes_everything_with_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    env = {**os.environ, "PELIHARA_HOME": str(home)}
    process = subprocess.Popen([*PELIHARA, "up", "--port", str(free_port())], env=env, stdout=subprocess.DEVNULL)
    mark = f"PELIHARA_HOME={home}"
    until(lambda: any("server start" in command for command in processes(mark).values()), 90)
    process.kill()
    process.wait()
    until(lambda: not processes(mark), 30)


@pytest.mark.lab
def test_a_server_that_lives_but_never_answers_is_ended_and_comes_back(
    supervisor: Supervisor, said: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up, "ASK_S", 0.0)
    monkeypatch.setattr(up, "START_S", 1.0)
    supervisor._server.argv = python("import time; print('deaf', flush=True); time.sleep(99)")
    with supervisor:
        supervisor._begin(supervisor._server)
        looked(supervisor, lambda: said.count(("server", "deaf")) == 2)
    assert ("pelihara", "server berhenti (status -9); dinyalakan lagi dalam 1 detik") in said
