"""Building blocks of the lab: namespaces, cables, the management network, supervised daemons.

Everything here runs in a world (world.py): the process that runs the tests stands in the world's own network, which is
the operations centre. Its bridge `mgmt` has 10.99.0.1/24; a device or host is a `Namespace` joined to it by `manage`.
Names need no prefix and nothing needs to be torn down for cleanliness: the world takes it all along.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.world import FOLDER, LabMissing, require

__all__ = [
    "FOLDER",
    "LabMissing",
    "Namespace",
    "Service",
    "cable",
    "folder",
    "manage",
    "management",
    "require",
    "until",
]

OFFICE = "10.99.0.1"
"""The operations centre's own address on the management network."""


def run(
    *argv: str, stdin: str | None = None, check: bool = True, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; AssertionError with its output when it fails, so that a test shows why."""
    done = subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(argv)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def folder(name: str, owner: str = "", mode: int = 0o755) -> Path:
    """A folder of the lab under `FOLDER`, made when missing; `owner` is a user of the machine or of the lab."""
    path = FOLDER / name
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    if owner:
        run("chown", f"{owner}:", str(path))
    return path


def until(true: Callable[[], bool], what: str, seconds: float = 180, every: float = 0.05) -> None:
    """Wait for a condition; AssertionError naming `what` when it does not come in `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(every)


def alive(pid: int) -> bool:
    """Whether a process runs. A zombie, whom only nobody has reaped yet, does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def listens(address: str, port: int) -> bool:
    """Whether a TCP port accepts, seen from the operations centre."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((address, port)) == 0


@dataclass
class Service:
    """A daemon in the foreground, its output in `log`."""

    argv: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    process: subprocess.Popen[bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 10) -> None:
        """Signal it and wait; SIGKILL when it does not end in `seconds`."""
        self.process.send_signal(number)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def wait_for(self, ready: Callable[[], bool], what: str = "", seconds: float = 90) -> Service:
        """Wait until it is ready; AssertionError with the end of its log when it ends before, or never is."""

        def ready_or_dead() -> bool:
            return not self.running or ready()

        try:
            until(ready_or_dead, what or self.argv[0], seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.last_words()}") from None
        if not self.running:
            raise AssertionError(f"{' '.join(self.argv)}: ended at once\n{self.last_words()}")
        return self

    def listening(self, address: str, port: int) -> Service:
        return self.wait_for(lambda: listens(address, port), f"{self.argv[0]} at {address}:{port}")

    def last_words(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]


@dataclass(frozen=True)
class Namespace:
    """A machine of the lab: its own network, host name and mounts; other files, and the users, are the world's."""

    name: str
    holder: subprocess.Popen[str] = field(repr=False)
    """A sleeping process in the machine's namespaces. The kernel also lets a file hold them, but refuses that to mount
    namespaces now and then (EINVAL): since Linux 6.18 their numbers, which must grow, come from a pool of each CPU."""

    @classmethod
    def create(cls, name: str, forwarding: bool = False) -> Namespace:
        require("ip", "nsenter", "unshare")
        sleeper = ["unshare", "--net", "--uts", "--mount", "sh", "-c", f"hostname {name}; echo; exec sleep infinity"]
        made = cls(name, subprocess.Popen(sleeper, stdout=subprocess.PIPE, text=True, start_new_session=True))
        assert made.holder.stdout is not None
        made.holder.stdout.readline()
        run("ip", "netns", "attach", name, str(made.holder.pid))
        made.ip("link", "set", "lo", "up")
        settings = {"ipv4.ip_forward": int(forwarding), "ipv4.icmp_ratelimit": 0, "ipv6.conf.all.disable_ipv6": 1}
        made.run("sysctl", "-qw", *(f"net.{key}={value}" for key, value in settings.items()))
        return made

    def argv(self, *argv: str) -> list[str]:
        """The command that runs `argv` in here."""
        return ["nsenter", "--target", str(self.holder.pid), "--net", "--uts", "--mount", "--", *argv]

    def run(self, *argv: str, stdin: str | None = None, check: bool = True, timeout: float = 120) -> str:
        """Standard output of a command run in here; AssertionError when it fails and `check`."""
        return run(*self.argv(*argv), stdin=stdin, check=check, timeout=timeout).stdout

    def succeeds(self, *argv: str, timeout: float = 120) -> bool:
        return run(*self.argv(*argv), check=False, timeout=timeout).returncode == 0

    def ip(self, *argv: str) -> str:
        return run("ip", "-n", self.name, *argv).stdout

    def start(self, *argv: str, environment: Mapping[str, str] | None = None, log: str = "") -> Service:
        """Start a daemon in here, in the foreground; its log is log/<log or namespace-program>.log of the lab."""
        name = log or f"{self.name}-{Path(argv[0]).name}"
        return Service(self.argv(*argv), folder("log") / f"{name}.log", environment)

    def pings(self, address: str) -> bool:
        return self.succeeds("ping", "-n", "-c", "1", "-W", "1", address)

    def own(self, path: str, source: Path) -> None:
        """Show the machine `source`, a folder of the lab, at `path`; holds for services started later."""
        Path(path).mkdir(exist_ok=True)
        self.run("mount", "--bind", str(source), path)

    def show(self, path: str, text: str) -> Path:
        """Give the machine a file of its own at `path`; returns where it is outside."""
        own = folder(f"files/{self.name}") / path.strip("/").replace("/", "-")
        own.write_text(text)
        Path(path).touch()
        self.run("mount", "--bind", str(own), path)
        return own

    def delete(self) -> None:
        """Take the machine away; end its services first."""
        run("ip", "netns", "delete", self.name)
        self.holder.kill()
        self.holder.wait()


def cable(one: Namespace, its: str, other: Namespace, others: str) -> None:
    """Join two machines: interface `its` of `one` and `others` of `other`, both up."""
    one.ip("link", "add", its, "type", "veth", "peer", "name", others, "netns", other.name)
    one.ip("link", "set", its, "up")
    other.ip("link", "set", others, "up")


def management() -> str:
    """The bridge `mgmt` of the operations centre with 10.99.0.1/24, made on first use; returns its name."""
    if run("ip", "link", "show", "mgmt", check=False).returncode != 0:
        run("ip", "link", "add", "mgmt", "type", "bridge")
        run("ip", "addr", "add", f"{OFFICE}/24", "dev", "mgmt")
        run("ip", "link", "set", "mgmt", "up")
    return "mgmt"


def manage(machine: Namespace, *addresses: str, interface: str = "mgmt0") -> None:
    """Join a machine to the management network with `addresses` of 10.99.0.0/24."""
    outer = f"m-{machine.name}"[:15]
    run("ip", "link", "add", outer, "type", "veth", "peer", "name", interface, "netns", machine.name)
    run("ip", "link", "set", outer, "master", management(), "up")
    for address in addresses:
        machine.ip("addr", "add", f"{address}/24", "dev", interface)
    machine.ip("link", "set", interface, "up")
