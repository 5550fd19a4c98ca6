"""A fleet read by processes of its own: nothing is lost, left behind or told to anybody when one of them dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from playbooks.findings import Reason
from playbooks.network import fleet
from playbooks.network.errands import Errand, Visit
from playbooks.network.fleet import Crew, Readers, Threads
from tests.lab.core import alive, until
from tests.playbooks.network.doubles import IOS_CONFIG, PASSWORD, Double, device

Send = Callable[..., Errand]


@pytest.fixture
def errand(tmp_path: Path) -> Iterator[Send]:
    """An errand to a pretended switch that behaves as told."""
    with ExitStack() as stack:

        def made(name: str, **behaviour: object) -> Errand:
            (folder := tmp_path / name).mkdir()
            there = stack.enter_context(device(Double(**behaviour), folder))  # type: ignore[arg-type]
            return Errand(replace(there, name=name))

        yield made


def brought_home(crew: Crew, count: int) -> dict[str, Visit]:
    return {visit.name: visit for visit in (crew.home.get(timeout=240) for _ in range(count))}


def readers() -> list[int]:
    """Process ids of all readers that run and are this process's doing."""
    told = subprocess.run(["ps", "-eww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in told.splitlines() if "playbooks.network.reader" in line]
    first = {int(pid) for pid, parent, _ in rows if int(parent) == os.getpid()}
    return sorted(first | {int(pid) for pid, parent, _ in rows if int(parent) in first})


@pytest.mark.parametrize("hired", [Threads, Readers])
def test_every_errand_comes_home_once(hired: type[Crew], errand: Send) -> None:
    sent = [errand("sw-1"), errand("sw-2", drop="show running-config"), errand("sw-3")]
    crew = hired()
    try:
        for each in sent:
            crew.send(each)
        home = brought_home(crew, len(sent))
    finally:
        crew.close()
    assert crew.home.empty()
    assert {name: visit.reason for name, visit in home.items()} == {
        "sw-1": None,
        "sw-2": Reason.INCOMPLETE,
        "sw-3": None,
    }
    config = home["sw-3"].config
    assert config is not None
    assert config.text == IOS_CONFIG.partition("bytes\n")[2]


def test_only_a_fleet_is_worth_processes() -> None:
    with fleet.crew(fleet.FEW) as few, fleet.crew(fleet.FEW + 1) as many:
        assert (type(few), type(many)) == (Threads, Readers)


def test_a_killed_reader_fails_its_devices_alone_and_those_sent_later_go_to_others(errand: Send) -> None:
    crew = Readers()
    try:
        until(lambda: len(readers()) == crew.size // fleet.READER_THREADS, "the readers are there")
        hanging = [errand(f"sw-{number}", hang="show running-config") for number in range(2)]
        for each in hanging:
            crew.send(each)
        os.kill(readers()[0], signal.SIGKILL)
        lost = crew.home.get(timeout=240)
        assert (lost.name in {"sw-0", "sw-1"}, lost.reason) == (True, Reason.ERROR)
        assert "pembaca" in lost.detail
        crew.send(errand("sw-9"))
        came = crew.home.get(timeout=240)
        assert (came.name, came.reason) == ("sw-9", None if len(os.sched_getaffinity(0)) > 1 else Reason.ERROR)
    finally:
        crew.close()


def test_readers_end_with_whoever_sent_them_even_killed() -> None:
    program = (
        "import time; from playbooks.network.fleet import Readers; crew = Readers();"
        "print(crew._process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        reader = int(parent.stdout.readline())
        parent.kill()
    until(lambda: not alive(reader), "the reader ends with its parent")


def test_closing_waits_for_no_device(errand: Send) -> None:
    crew = Readers()
    crew.send(errand("sw-1", hang="show running-config"))
    left = readers()
    began = time.monotonic()
    crew.close()
    assert time.monotonic() - began < fleet.END_S
    until(lambda: not any(map(alive, left)), "the readers end")


def test_no_secret_stands_in_an_argument_or_environment(errand: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPD_ROUTER_PASSWORD", PASSWORD)
    crew = Readers()
    try:
        crew.send(errand("sw-1"))
        for pid in readers():
            told = b"".join(Path(f"/proc/{pid}/{file}").read_bytes() for file in ("cmdline", "environ"))
            assert PASSWORD.encode() not in told
        assert crew.home.get(timeout=240).reason is None
    finally:
        crew.close()
