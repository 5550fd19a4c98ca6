"""What an office would write itself: every running config into a file.

`python -m tests.bench.peers PEER COUNT FOLDER`. Further tools are measured where they, and the scripts that drive
them, are at hand: `others` says how each is found.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import pwd
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.fleet import PASSWORD, PORT, USER, Device, fleet

WORKERS = 50
SCRIPTS = Path(__file__).resolve().parents[3] / "shared" / "bench" / "peers"
"""The ../shared/bench folder beside the checkout, where there is one."""


def netmiko_threads(devices: list[Device], folder: Path) -> None:
    """The script that most network engineers write first: netmiko in 50 threads, host keys unchecked."""
    from netmiko import ConnectHandler

    def fetch(device: Device) -> None:
        login = {"host": device.address, "port": PORT, "username": USER, "password": PASSWORD}
        with ConnectHandler(device_type=device.platform, **login) as connection:
            (folder / f"{device.name}.cfg").write_text(str(connection.send_command(device.command)))

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(fetch, devices))


def asyncssh_raw(devices: list[Device], folder: Path) -> None:
    """The limit: one process, no terminal, no prompt, no check."""
    import asyncssh

    async def fetch(device: Device, gate: asyncio.Semaphore) -> None:
        login = {"port": PORT, "username": USER, "password": PASSWORD, "known_hosts": None}
        async with gate, asyncssh.connect(device.address, **login) as connection:
            done = await connection.run(device.command)
        (folder / f"{device.name}.cfg").write_text(str(done.stdout))

    async def everyone() -> None:
        gate = asyncio.Semaphore(WORKERS)
        await asyncio.gather(*(fetch(device, gate) for device in devices))

    asyncio.run(everyone())


PEERS = {"netmiko": netmiko_threads, "asyncssh": asyncssh_raw}


def write_manifest(path: Path, devices: list[Device]) -> None:
    """The fleet as the scripts of the others read it."""
    login = {
        "port": PORT,
        "username": USER,
        "password": PASSWORD,
        "secret": PASSWORD,
        "user_exec": False,
        "kind": "ios",
    }
    rows = [
        {**login, "name": each.name, "host": each.address, "device_type": each.platform, "show_config": each.command}
        for each in devices
    ]
    path.write_text(json.dumps(rows))


def others(manifest: Path, state: Path) -> Iterator[tuple[str, list[str], str]]:
    """Name, command (without the folder to write to; empty when it is not here) and how to get it."""
    ansible, here = shutil.which("ansible-playbook"), bool(SCRIPTS.is_dir())
    threads = ["-w", str(WORKERS)]
    python = str(Path(ansible).resolve().parent / "python") if ansible else ""
    found = {
        "ansible": [python, "ansible_peer.py"] if python and Path(python).exists() else [],
        "rancid": [sys.executable, "rancid_peer.py"] if shutil.which("rancid-run") and _is_user("rancid") else [],
        "nornir": [sys.executable, "nornir_peer.py"] if _has("nornir_netmiko") else [],
        "scrapli": [sys.executable, "scrapli_async.py"] if _has("scrapli") else [],
    }
    more = {"rancid": ["--state", str(state)]}
    for name, hint in GET.items():
        program = found[name] if here else []
        script = [str(SCRIPTS / program[1])] if program else []
        command = [program[0], *script, str(manifest), "{out}", *threads, *more.get(name, [])] if program else []
        yield name, command, hint if here else f"../shared/bench, and {hint}"


GET = {
    "ansible": "a venv with `ansible ansible-pylibssh` whose bin is on PATH",
    "rancid": "`apt-get install rancid` and its user: `adduser --system --group rancid`",
    "nornir": "`pip install nornir nornir-netmiko`",
    "scrapli": "`pip install 'scrapli[asyncssh]==2025.1.30'`",
}


def _is_user(name: str) -> bool:
    return any(each.pw_name == name for each in pwd.getpwall())


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


if __name__ == "__main__":
    PEERS[sys.argv[1]](fleet(int(sys.argv[2]), faulty=False), Path(sys.argv[3]))
