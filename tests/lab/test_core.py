"""The world and its building blocks."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import world
from tests.lab.core import OFFICE, Namespace, cable, manage, until

pytestmark = pytest.mark.lab


def test_a_machine_on_the_management_network_answers_the_tests_process() -> None:
    machine = Namespace.create("core-a")
    manage(machine, "10.99.0.240")
    assert machine.pings(OFFICE)
    assert machine.run("hostname").strip() == "core-a"
    machine.delete()


def test_a_cable_joins_two_machines_and_a_pulled_one_does_not() -> None:
    one, other = Namespace.create("core-b"), Namespace.create("core-c")
    cable(one, "eth0", other, "eth0")
    one.ip("addr", "add", "192.0.2.1/30", "dev", "eth0")
    other.ip("addr", "add", "192.0.2.2/30", "dev", "eth0")
    assert one.pings("192.0.2.2")
    other.ip("link", "set", "eth0", "down")
    assert not one.pings("192.0.2.2")
    one.delete()
    other.delete()


STRANGER = """useradd stranger; ip netns add strange; ip link add br-strange type bridge; touch /var/strange
touch /srv/strange
setsid sleep 4711 & echo up; wait"""


@pytest.fixture
def strange_world() -> Iterator[subprocess.Popen[bytes]]:
    """A second world in which much is done and a process left that belongs to no session of ours."""
    outside = {name: value for name, value in os.environ.items() if name != world.MARK}
    command = [sys.executable, "-m", "tests.lab", "run", "--", "sh", "-c", STRANGER]
    process = subprocess.Popen(command, env=outside, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        until(_sleeps, "the stranger's process")
        yield process
    finally:
        process.kill()
        process.wait()


def test_what_a_world_does_is_not_seen_outside(strange_world: subprocess.Popen[bytes]) -> None:
    assert strange_world.poll() is None
    assert "stranger" not in Path("/etc/passwd").read_text()
    assert not Path("/srv/strange").exists()
    assert not Path("/var/strange").exists()
    assert not Path("/run/netns/strange").exists()
    assert b"strange" not in subprocess.run(["ip", "link"], capture_output=True, check=True).stdout


def test_sigkill_ends_every_process_of_a_world(strange_world: subprocess.Popen[bytes]) -> None:
    strange_world.kill()
    until(lambda: not _sleeps(), "the end of the stranger's process")


def _sleeps() -> bool:
    return any(line == b"sleep\x004711\x00" for line in _command_lines())


def _command_lines() -> list[bytes]:
    lines = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            lines.append((folder / "cmdline").read_bytes())
        except OSError:
            continue
    return lines
