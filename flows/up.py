"""`pelihara up`: Prefect's server, a worker and the dispatcher, kept alive under one supervisor and ended together.

One thread, one loop: read what the children say, start again what died, deploy anew when the inventory changes. Nothing
survives the supervisor: the kernel ends the children if it is killed, and runs whose worker died come back to it as
their nearest living ancestor, so that they can be ended too. No Prefect is imported here: it would cost seconds.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import certifi
import httpx
import typer

from flows.dispatch import WORKER
from inventory.load import load_inventory
from inventory.problems import InventoryError
from inventory.settings import CHECKOUT, Settings

HOST = "127.0.0.1"
"""Prefect has one password at most and no roles: it is for this machine; the office reaches it by a tunnel or proxy."""
POOL = "pelihara"
RECIPE = CHECKOUT / "prefect.yaml"
START_S = 240.0
"""For the server to answer, first start with its database migrations included."""
ASK_S = 15.0
"""Between two looks whether the server still answers."""
STOP_S = 20.0
"""For a child to end by itself before it is killed."""
STEADY_S = 60.0
"""A child that lived so long starts anew without delay."""
LONGEST_DELAY_S = 30.0
LOOK_S = 0.5
LAST_WORDS = 15
"""Lines of a failed deployment that are shown."""
ONE_ROOT = "root.pem"
"""Prefect reads the file of roots anew for each of its clients, 128 of them at a deployment and 20 ms each for all the
public roots. This server is asked without TLS, so one root is enough."""
RETRIES = 8
"""The server's SQLite answers 503 while it is locked. A worker that has asked for a minute, Prefect's five times, calls
the run crashed, and a night's duty is not done. It waits twice as long each time: eight times are eight minutes."""
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)

Say = Callable[[str, str], None]


class UpError(Exception):
    """It cannot be started; the message is for the person who tried (Indonesian)."""


def run(settings: Settings, port: int = 4200, say: Say | None = None) -> int:
    """Keep the office's server, worker and dispatcher running until SIGINT or SIGTERM; 0 after a clean end.

    State is kept in `settings.home`/prefect. `say(source, line)` gets everything a child prints; the terminal by
    default. Returns 2 when another one runs on this home, the port is taken or the inventory is faulty, 1 when the
    server does not come up.
    """
    tell = say or _print
    try:
        settings.make_home()
        if faults := _faults(settings.inventory):
            raise UpError(f"inventaris keliru: {faults}")
        with _only_one(settings.home / "prefect"), Supervisor(settings, port, tell) as supervisor:
            return supervisor.keep()
    except UpError as error:
        tell("pelihara", str(error))
        return 2


def _print(source: str, line: str) -> None:
    typer.echo(f"{source:<9}| {line}")


def _write_root(file: Path) -> None:
    end = "-----END CERTIFICATE-----\n"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(certifi.contents().partition(end)[0] + end)


@contextmanager
def _only_one(state: Path) -> Iterator[None]:
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (state / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UpError(f"`pelihara up` sudah berjalan untuk {state.parent}") from None
        yield


def _faults(inventory: Path) -> str:
    """What is wrong with the inventory (Indonesian); "" when it loads."""
    try:
        load_inventory(inventory)
    except InventoryError as error:
        return str(error)
    return ""


def environment(settings: Settings, port: int) -> dict[str, str]:
    """What the children are told: these settings, this server, and that nothing is reported to the outside."""
    state = settings.home / "prefect"
    url = f"http://{HOST}:{port}/api"
    ours = {f"PELIHARA_{name.upper()}": str(value) for name, value in settings.model_dump().items()}
    return {
        **os.environ,
        **ours,
        "PELIHARA_PREFECT_URL": url,
        "PREFECT_HOME": str(state),
        "PREFECT_API_URL": url,
        "PREFECT_API_SSL_CERT_FILE": str(state / ONE_ROOT),
        "PREFECT_CLIENT_MAX_RETRIES": str(RETRIES),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_UI_STATIC_DIRECTORY": str(state / "ui"),
        "PREFECT_CLI_COLORS": "false",
        "PREFECT_CLI_PROMPT": "false",
        "DO_NOT_TRACK": "1",
        "NO_PROXY": f"{HOST},localhost",
        # Runs are started as `python -m prefect.engine` (prefect.yaml): this one.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
        "PYTHONUNBUFFERED": "1",
    }


@dataclass(eq=False)
class Child:
    """A process of its own session. `lasting` ones are started again whenever they end, others until they succeed.

    Of those others only a failure's last words are worth the reader's time.
    """

    name: str
    argv: Sequence[str]
    lasting: bool = True
    process: subprocess.Popen[bytes] | None = None
    ear: int = -1
    """Reading end of what it prints."""
    started: float = 0.0
    delay: float = 0.0
    due: float | None = None
    """When to start it again, if it is to be (time.monotonic)."""
    rest: bytes = b""
    last_words: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_WORDS))

    def start(self, env: Mapping[str, str]) -> None:
        self.started, self.due = monotonic(), None
        self.last_words.clear()
        self.ear, mouth = os.pipe()
        try:
            self.process = subprocess.Popen(  # noqa: S603 - every word of argv stands in this file
                self.argv,
                env=env,
                cwd=CHECKOUT,
                stdin=subprocess.DEVNULL,
                stdout=mouth,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        finally:
            os.close(mouth)

    def ended(self) -> int | None:
        """Exit status of a child that was started and has ended."""
        return self.process.poll() if self.process else None

    def put_off(self) -> float:
        """Seconds until it starts again: 1 after a steady life, doubled at each early death."""
        steady = monotonic() - self.started > STEADY_S
        self.delay = 1.0 if steady else min(max(1.0, self.delay * 2), LONGEST_DELAY_S)
        self.due = monotonic() + self.delay
        return self.delay

    def lines(self, said: bytes) -> list[str]:
        """Whole lines of what was said so far."""
        *whole, self.rest = (self.rest + said).split(b"\n")
        return [text for line in whole if (text := line.decode(errors="replace").rstrip())]

    def signal(self, number: int) -> None:
        """Reaches the whole session: `prefect server start` is itself a parent."""
        if self.process:
            _signal_session(self.process.pid, number)


def _die_with_parent() -> None:
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal_session(leader: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, number)


def _prefect(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "prefect", *words)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _own_processes() -> set[int]:
    """Children of this process, those that came back to it from a dead child included."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            # The name in brackets may hold anything; after it stand state and parent.
            if int(stat.read_text().rpartition(")")[2].split()[1]) == os.getpid():
                found.add(int(stat.parent.name))
    return found


class Supervisor:
    """The children of one `pelihara up`. As a context manager it leaves none of them behind."""

    def __init__(self, settings: Settings, port: int, say: Say) -> None:
        self._inventory, self._port, self._say = settings.inventory, port, say
        self._env = environment(settings, port)
        self._http = httpx.Client(base_url=self._env["PREFECT_API_URL"], timeout=5, trust_env=False)
        self._ears = selectors.DefaultSelector()
        self._children: list[Child] = []
        self._seen = self._deployed_from()
        self._stopping = False
        self._handlers: dict[int, Any] = {}
        self._not_ours: set[int] = set()
        self._server = Child("server", _prefect("server", "start", "--host", HOST, "--port", str(port)))
        self._answered = self._asked = monotonic()
        self._deploy = Child("deploy", _prefect("--no-prompt", "deploy", "--all", "--prefect-file", str(RECIPE)), False)

    def __enter__(self) -> Supervisor:
        if _taken(self._port):
            raise UpError(f"port {self._port} sudah dipakai program lain; pilih yang lain dengan --port")
        _write_root(Path(self._env["PREFECT_API_SSL_CERT_FILE"]))
        self._not_ours = _own_processes()
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
        # Having a handler, not ignoring, lets children start with the default again, also when our parent ignored it.
        self._handlers = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        self._end_all()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 0)
        self._ears.close()
        self._http.close()

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def keep(self) -> int:
        """Start everything and keep it running until told to stop. 1 when the server never answers, else 0."""
        self._say("pelihara", "menyalakan Prefect ...")
        self._begin(self._server)
        if not self._until(self._has_pool, START_S):
            return 0 if self._stopping else self._gave_up()
        self._begin(self._deploy)
        self._begin(Child("worker", _prefect("worker", "start", "--pool", POOL, "--type", "process", "--name", WORKER)))
        self._begin(Child("dispatch", (sys.executable, "-m", "flows.dispatch")))
        self._say("pelihara", f"siap di http://{HOST}:{self._port} (Ctrl-C untuk berhenti)")
        while not self._stopping:
            self._look()
        return 0

    def _gave_up(self) -> int:
        self._say("pelihara", f"server Prefect tidak menjawab dalam {START_S:.0f} detik")
        return 1

    def _until(self, true: Callable[[], bool], limit_s: float) -> bool:
        end = monotonic() + limit_s
        while not self._stopping and monotonic() < end:
            if true():
                return True
            self._look()
        return False

    def _has_pool(self) -> bool:
        """Whether the server answers and has the work pool, made here if need be; the worker fills in its template."""
        try:
            made = self._http.post("/work_pools/", json={"name": POOL, "type": "process"})
        except httpx.HTTPError:
            return False
        return made.is_success or made.status_code == httpx.codes.CONFLICT

    def _look(self) -> None:
        self._listen(LOOK_S)
        for child in self._children:
            self._mind(child)
        if monotonic() - self._asked > ASK_S:
            self._watch_server()
        if self._deployed_from() != self._seen:
            self._deploy_again()

    def _watch_server(self) -> None:
        """A server that lives but does not answer would keep everyone waiting for good: end it, it comes back."""
        self._asked = monotonic()
        if self._has_pool():
            self._answered = self._asked
        elif self._asked - max(self._answered, self._server.started) > START_S:
            self._say("pelihara", "server Prefect hidup tetapi tidak menjawab: dimatikan")
            self._server.signal(signal.SIGKILL)

    def _begin(self, child: Child) -> None:
        child.start(self._env)
        self._ears.register(child.ear, selectors.EVENT_READ, child)
        if child not in self._children:
            self._children.append(child)

    def _mind(self, child: Child) -> None:
        """Bring back a child that ended although its work is not done."""
        status = child.ended()
        if status is not None:
            self._bury(child)
            self._reap()
            self._settle(child, status)
        if child.due is not None and monotonic() >= child.due:
            self._begin(child)

    def _settle(self, child: Child, status: int) -> None:
        if status == 0 and not child.lasting:
            self._say("pelihara", f"{child.name} selesai")
            return
        for line in child.last_words:
            self._say(child.name, line)
        delay = child.put_off()
        self._say("pelihara", f"{child.name} berhenti (status {status}); dinyalakan lagi dalam {delay:.0f} detik")

    def _bury(self, child: Child) -> None:
        """What its session left behind would hold its port or do its work twice."""
        child.signal(signal.SIGKILL)
        self._listen(0)
        if child.ear in self._ears.get_map():
            self._ears.unregister(child.ear)
        os.close(child.ear)
        child.process, child.ear, child.rest = None, -1, b""

    def _listen(self, wait_s: float) -> None:
        for key, _ in self._ears.select(wait_s):
            said = os.read(key.fd, 65536)
            self._hear(key.data, key.data.lines(said))
            if not said:
                self._ears.unregister(key.fd)

    def _hear(self, child: Child, lines: list[str]) -> None:
        if not child.lasting:
            child.last_words.extend(lines)
            return
        for line in lines:
            self._say(child.name, line)

    def _deploy_again(self) -> None:
        """Forms offer the inventory as it was when they were deployed."""
        if self._deploy.process:
            return
        self._seen = self._deployed_from()
        if faults := _faults(self._inventory):
            self._say("pelihara", f"inventaris keliru, formulir tetap yang lama: {faults}")
            return
        self._say("pelihara", "inventaris berubah: formulir diperbarui")
        self._deploy.due = monotonic()

    def _deployed_from(self) -> frozenset[tuple[str, int, int]]:
        states = [(str(file), file.stat()) for file in (RECIPE, *self._inventory.glob("*.yaml"))]
        return frozenset((name, state.st_mtime_ns, state.st_size) for name, state in states)

    def _reap(self) -> set[int]:
        """Strays that are alive: runs whose worker died. Those that ended are forgotten."""
        known = self._not_ours | {child.process.pid for child in self._children if child.process}
        return {pid for pid in _own_processes() - known if os.waitpid(pid, os.WNOHANG) == (0, 0)}

    def _end_all(self) -> None:
        """End the children, the server last, so that runs can still say how they ended; then what they left behind."""
        self._say("pelihara", "berhenti ...")
        for child in reversed(self._children):
            self._end_strays() if child.name == "server" else None
            self._end(child)
        self._end_strays()

    def _end(self, child: Child) -> None:
        child.signal(signal.SIGTERM)
        self._wait(lambda: child.process is None or child.ended() is not None)
        if child.process:
            child.signal(signal.SIGKILL)
            child.process.wait()
            self._bury(child)

    def _end_strays(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            for pid in self._reap():
                _signal_session(pid, number)
            self._wait(lambda: not self._reap())

    def _wait(self, true: Callable[[], bool]) -> None:
        end = monotonic() + STOP_S
        while not true() and monotonic() < end:
            self._listen(0.1)
