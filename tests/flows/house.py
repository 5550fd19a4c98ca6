"""A whole `pelihara up` for tests: real server, worker and dispatcher on a loopback port, in a home of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx

from inventory.load import load_inventory
from inventory.settings import CHECKOUT, Settings
from sop.register import Register

T = TypeVar("T")
PELIHARA = [sys.executable, "-c", "from flows.cli import main; main()"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], T], seconds: float = 240, what: str = "") -> T:
    """The first true answer. Fails the test when none comes in time; a server that is down has not answered yet."""
    end = time.monotonic() + seconds
    while True:
        try:
            if answer := true():
                return answer
        except httpx.HTTPError:
            pass
        assert time.monotonic() < end, f"nothing after {seconds} s: {what or true}"
        time.sleep(0.25)


def processes(word: str) -> dict[int, str]:
    """Living processes whose environment holds `word`, with their command lines."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


class House:
    """`pelihara up` on a home and an inventory that a test may change."""

    def __init__(self, folder: Path, inventory: Path, known_hosts: Path | None) -> None:
        self.port = free_port()
        self.home = folder / "home"
        self.log = folder / "up.log"
        self.settings = Settings(home=self.home, inventory=folder / "inventory", prefect_url=f"{self.page}/api")
        shutil.copytree(inventory, self.settings.inventory, ignore=shutil.ignore_patterns("*.py", "__*"))
        self.home.mkdir(mode=0o700)
        if known_hosts:
            shutil.copy(known_hosts, self.settings.known_hosts)
        self.http = httpx.Client(base_url=self.settings.prefect_url, timeout=60, trust_env=False)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def mark(self) -> str:
        """Stands in the environment of every process of this house."""
        return f"PELIHARA_HOME={self.home}"

    def env(self) -> dict[str, str]:
        ours = {"PELIHARA_HOME": str(self.home), "PELIHARA_INVENTORY": str(self.settings.inventory)}
        path = os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))
        return {**os.environ, **ours, "PYTHONPATH": path}

    def start(self) -> None:
        command = [*PELIHARA, "up", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.env(), stdout=log, stderr=log, start_new_session=True)
        try:
            until(lambda: "deploy selesai" in self.log.read_text(), 600, "deployment")
        except AssertionError:
            raise AssertionError("\n".join(self.log.read_text().splitlines()[-40:])) from None

    def stop(self, number: int = signal.SIGINT) -> int:
        assert self.process
        self.process.send_signal(number)
        return self.process.wait(180)

    def register(self) -> Register:
        return Register(self.settings, load_inventory(self.settings.inventory))

    def prefect(self, *words: str) -> None:
        """Prefect's own command, on this server."""
        env = {**self.env(), "PREFECT_API_URL": self.settings.prefect_url, "PREFECT_HOME": str(self.home / "prefect")}
        command = [sys.executable, "-m", "prefect", "--no-prompt", *words]
        subprocess.run(command, env=env, check=True, capture_output=True, cwd=CHECKOUT, timeout=240)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.http.request("POST" if body is not None else "GET", path, json=body)
        answer.raise_for_status()
        return answer.json()

    def deployment(self, name: str) -> dict[str, Any]:
        (found,) = self.ask("/deployments/filter", {"deployments": {"name": {"any_": [name]}}})
        return dict(found)

    def runs(self, deployment: str) -> list[dict[str, Any]]:
        which = {"deployment_id": {"any_": [self.deployment(deployment)["id"]]}}
        return list(self.ask("/flow_runs/filter", {"flow_runs": which}))

    def begun(self, deployment: str, **parameters: Any) -> str:
        """Id of a run as the page starts it; the page is told 503 by a busy SQLite and asks again, too."""
        path = f"/deployments/{self.deployment(deployment)['id']}/create_flow_run"
        return str(until(lambda: self.ask(path, {"parameters": parameters}))["id"])

    def ended(self, run: str, seconds: float = 600) -> dict[str, Any]:
        """The run, when it has ended."""
        states = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        return until(lambda: (now := dict(self.ask(f"/flow_runs/{run}")))["state_type"] in states and now, seconds)

    def child(self, words: str) -> int:
        """The process of this house whose command line holds `words`."""
        return next(pid for pid, command in processes(self.mark).items() if words in command)

    def kill(self, words: str) -> None:
        os.kill(self.child(words), signal.SIGKILL)


def lit(folder: Path, inventory: Path = CHECKOUT / "inventory", known_hosts: Path | None = None) -> Iterator[House]:
    """A house that is up; afterwards nothing of it may be left."""
    house = House(folder, inventory, known_hosts)
    try:
        house.start()
        yield house
        assert house.stop() == 0
        assert processes(house.mark) == {}
    finally:
        for pid in processes(house.mark):
            os.kill(pid, signal.SIGKILL)
        house.http.close()
