"""From the outbox to Prefect, and from dead runs back: the only road on which approved work becomes a run.

The register says what must be done; a run owns nothing. Posting carries the row's key as Prefect's idempotency key, so
a row posted twice (killed before it was marked, server killed after it answered) is still one run. A run whose process
is gone is set to Crashed, since Prefect never notices by itself when worker and run die together.

Speaks plain HTTP and imports no Prefect: the dispatcher lives as long as the office does and stays small.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx

from flows.office import open_office
from sop.register import Register
from sop.register.records import OutboxRow

log = logging.getLogger("pelihara.dispatch")

HANDLE_CASE = "Tangani permohonan/tangani-permohonan"
STUCK = "Tertahan"
"""Name of the failed state of a run that a person must look into: starting it again would change nothing."""
ATTEMPTS = 3
WORKER = f"pelihara@{socket.gethostname()}"
"""Name of this machine's worker; a run says by it on which machine its process is."""
GRACE = timedelta(minutes=2)
"""Between a worker's taking a run and its process being known."""
LONGEST = timedelta(hours=2)
"""A run on another machine, whose process cannot be seen from here, is taken for dead after this."""
PAGE = 200
"""As many runs as the server gives at once."""
TURN_S = 2.0
LONGEST_WAIT_S = 30.0


@dataclass(frozen=True)
class Run:
    """A Prefect flow run: its state's type (SCHEDULED, RUNNING, ...) and name, since when, and where its process is."""

    id: str
    state: str
    name: str
    message: str
    since: datetime
    worker: str
    pid: str

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Run:
        state = answer["state"] or {}
        since = datetime.fromisoformat(state.get("timestamp") or answer["created"])
        worker = str(answer.get("labels", {}).get("prefect.worker.name", ""))
        pid = answer.get("infrastructure_pid") or ""
        kind, name, message = (state.get(key) or "" for key in ("type", "name", "message"))
        return cls(answer["id"], kind, name, message, since, worker, pid)


class Server:
    """Prefect's HTTP API, as much of it as is needed here. Every method raises httpx.HTTPError when it cannot."""

    def __init__(self, url: str, timeout_s: float = 10) -> None:
        name, _, password = os.environ.get("PREFECT_API_AUTH_STRING", "").partition(":")
        auth = httpx.BasicAuth(name, password) if name else None
        # The environment's proxy is for the outside; the server is on this machine or the technical network.
        self._http = httpx.Client(base_url=url.rstrip("/"), timeout=timeout_s, auth=auth, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def create_run(self, deployment: str, key: str, name: str, parameters: dict[str, Any]) -> str:
        """Id of the run of a deployment ("flow/deployment") with this idempotency key; a new one at the first call."""
        flow, _, short = deployment.partition("/")
        found = self._ask("GET", f"/deployments/name/{flow}/{short}")["id"]
        wanted = {"idempotency_key": key, "name": name, "parameters": parameters}
        return str(self._ask("POST", f"/deployments/{found}/create_flow_run", wanted)["id"])

    def runs(self, ids: Iterable[str]) -> dict[str, Run]:
        """The runs that Prefect still knows, by id."""
        wanted = list(ids)
        pages = [wanted[start : start + PAGE] for start in range(0, len(wanted), PAGE)]
        return {run.id: run for page in pages for run in self._filter({"id": {"any_": page}})}

    def under_way(self) -> list[Run]:
        """Runs of deployments that ought to have a process."""
        states = {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}
        return self._filter({"state": states, "deployment_id": {"is_null_": False}})

    def crash(self, run_id: str, message: str) -> None:
        """Set a run to Crashed; a run that has ended meanwhile stays as it ended."""
        self._ask("POST", f"/flow_runs/{run_id}/set_state", {"state": {"type": "CRASHED", "message": message}})

    def _filter(self, which: dict[str, Any]) -> list[Run]:
        return [Run.of(each) for each in self._ask("POST", "/flow_runs/filter", {"flow_runs": which, "limit": PAGE})]

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._http.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json()


def is_dead(run: Run, now: datetime) -> bool:
    """Whether the process of a run that is under way is gone."""
    if run.worker and run.worker != WORKER:
        return now - run.since > LONGEST
    if not run.pid.isdigit():
        return now - run.since > GRACE
    return not _lives(run)


def _lives(run: Run) -> bool:
    """The environment proves that the process is this run's, for numbers are used again.

    It is empty in a zombie, and for a moment while one program takes another's place (execve), as a run's does.
    """
    process = Path("/proc", run.pid)
    try:
        environment = (process / "environ").read_bytes()
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return f"PREFECT__FLOW_RUN_ID={run.id}".encode() in environment.split(b"\0") or (not environment and state != "Z")


class Dispatcher:
    """Posts what is due and settles what has ended. Any number of turns, killed anywhere, do each row's work once."""

    def __init__(self, register: Register, server: Server, deployment: str = HANDLE_CASE) -> None:
        self._register, self._server, self._deployment = register, server, deployment

    def turn(self) -> None:
        """One look at outbox and runs. Raises httpx.HTTPError when the server does not answer; nothing is lost then."""
        self.post()
        self.bury()
        self.settle()

    def post(self) -> None:
        """Create runs for what is due. One that is refused (nothing deployed yet) waits alone."""
        for row in self._register.outbox_due():
            try:
                self._post(row)
            except httpx.HTTPStatusError as refused:
                if refused.response.is_server_error:
                    raise
                log.error("%s is refused: %s", row.key, refused.response.text[:300])

    def _post(self, row: OutboxRow) -> None:
        name = f"{row.case_id} langkah {row.step} ({row.attempt})"
        asked = {"permohonan": row.case_id, "langkah": row.step, "percobaan": row.attempt}
        run_id = self._server.create_run(self._deployment, row.key, name, {"isian": asked})
        self._register.outbox_posted(row.id, run_id)
        log.info("posted %s as run %s", row.key, run_id)

    def bury(self) -> None:
        """Set runs whose process is gone to Crashed."""
        now = datetime.now(UTC)
        dead = [run for run in self._server.under_way() if is_dead(run, now)]
        # A process may report its end and leave between our two looks: only what stands still after them is dead.
        again = self._server.runs(run.id for run in dead) if dead else {}
        for run in dead:
            if again.get(run.id) == run:
                self._server.crash(run.id, "Proses run ini sudah tidak ada (dihentikan paksa atau mesin mati).")
                log.warning("run %s has no process any more: crashed", run.id)

    def settle(self) -> None:
        """Close rows whose run has ended; give what failed or crashed a new attempt, up to `ATTEMPTS`."""
        rows = self._register.outbox_open()
        runs = self._server.runs(row.run_id for row in rows) if rows else {}
        for row in rows:
            self._settle(row, runs.get(row.run_id))

    def _settle(self, row: OutboxRow, run: Run | None) -> None:
        state = run.state if run else "LOST"
        if state == "COMPLETED":
            self._register.outbox_closed(row.id, "selesai")
        elif state == "CANCELLED":
            self._register.outbox_closed(row.id, "dibatalkan di Prefect")
        elif run and run.name == STUCK:
            self._register.outbox_closed(row.id, f"tertahan: {run.message}")
        elif state in ("FAILED", "CRASHED", "LOST"):
            self._again(row, f"{state.lower()}: {run.message if run else 'Prefect tidak mengenal run ini'}")

    def _again(self, row: OutboxRow, why: str) -> None:
        log.warning("%s: %s", row.key, why)
        if self._died_before(row) < ATTEMPTS - 1:
            self._register.outbox_retry(row.id, why)
        else:
            self._register.outbox_closed(row.id, f"gagal {ATTEMPTS} kali; terakhir {why}")

    def _died_before(self, row: OutboxRow) -> int:
        """Runs of this work that died one after the other; anything else that happened to the case begins anew."""
        events = reversed(self._register.case(row.case_id).events)
        return sum(1 for _ in takewhile(lambda event: event.kind == "retried" and not event.role, events))


def keep_on(dispatcher: Dispatcher, stop: threading.Event) -> None:
    """Turn until told to stop; wait longer, up to half a minute, while the server does not answer."""
    wait = TURN_S
    while not stop.is_set():
        try:
            dispatcher.turn()
            wait = TURN_S
        except httpx.HTTPError as error:
            wait = min(wait * 2, LONGEST_WAIT_S)
            log.warning("Prefect does not do it (%s); again in %.0f s", error or type(error).__name__, wait)
        stop.wait(wait)


def main() -> None:
    """`python -m flows.dispatch`, a child of `pelihara up`."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for chatty in ("httpx", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    office = open_office()
    keep_on(Dispatcher(office.register, Server(office.settings.prefect_url)), stop)


if __name__ == "__main__":
    main()
