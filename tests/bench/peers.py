"""What an office would write itself: every running config into a file.

`python -m tests.bench.peers PEER COUNT FOLDER`
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.fleet import PASSWORD, USER, Switch

WORKERS = 50


def netmiko_threads(switches: list[Switch], folder: Path) -> None:
    """The script that most network engineers write first: netmiko in 50 threads, host keys unchecked."""
    from netmiko import ConnectHandler

    def fetch(switch: Switch) -> None:
        login = {"host": switch.address, "username": USER, "password": PASSWORD}
        with ConnectHandler(device_type="cisco_ios", **login) as connection:
            (folder / f"{switch.name}.cfg").write_text(str(connection.send_command("show running-config")))

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(fetch, switches))


def asyncssh_raw(switches: list[Switch], folder: Path) -> None:
    """The limit: one process, no terminal, no prompt, no check."""
    import asyncssh

    async def fetch(switch: Switch, gate: asyncio.Semaphore) -> None:
        login = {"username": USER, "password": PASSWORD, "known_hosts": None}
        async with gate, asyncssh.connect(switch.address, **login) as connection:
            done = await connection.run("show running-config")
        (folder / f"{switch.name}.cfg").write_text(str(done.stdout))

    async def everyone() -> None:
        gate = asyncio.Semaphore(WORKERS)
        await asyncio.gather(*(fetch(switch, gate) for switch in switches))

    asyncio.run(everyone())


PEERS = {"netmiko": netmiko_threads, "asyncssh": asyncssh_raw}

if __name__ == "__main__":
    PEERS[sys.argv[1]]([Switch(number) for number in range(int(sys.argv[2]))], Path(sys.argv[3]))
