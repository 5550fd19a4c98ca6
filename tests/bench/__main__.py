"""Measures `pelihara network backup --all` beside its peers and prints ratios to plain netmiko, taken in one run.

Ours does all it does for an office: inventory, host keys, completeness, redaction, register, audit, one git commit. The
peers only write files. The fleet shares the machine's processors with them. `python -m tests.bench [COUNT]`, else 200.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.fleet import PASSWORD, USER, Switch
from tests.bench.peers import PEERS
from tests.lab.accounts import host_key_line, new_key
from tests.lab.core import folder
from tests.lab.world import CHECKOUT


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and of processor (with all descendants), MiB of the greatest process."""

    wall: float
    cpu: float
    memory: float


def measure(argv: list[str], environment: dict[str, str]) -> tuple[Cost, str]:
    """Run to the end; what it cost and what it printed. AssertionError when it fails."""
    began = time.monotonic()
    with subprocess.Popen(argv, env=environment, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{' '.join(argv)}: exit {process.returncode}\n{said[-2000:]}"
    return Cost(time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), said


def write_inventory(target: Path, switches: list[Switch]) -> None:
    """The example office with the fleet for devices."""
    example = CHECKOUT / "inventory"
    for name in ("office.yaml", "opd.yaml", "officials.yaml"):
        (target / name).write_bytes((example / name).read_bytes())
    entry = {"opd": "dinkes", "platform": "cisco_ios", "credentials": "fleet", "role": "switch"}
    devices = {switch.name: {**entry, "address": switch.address} for switch in switches}
    (target / "devices.yaml").write_text(json.dumps(devices))
    login = {"fleet": {"username": USER, "password": "env:PELIHARA_BENCH_PASSWORD"}}
    (target / "credentials.yaml").write_text(json.dumps(login))


def peer(name: str, switches: list[Switch], environment: dict[str, str]) -> Cost:
    target = folder(f"bench-{name}")
    argv = [sys.executable, "-m", "tests.bench.peers", name, str(len(switches)), str(target)]
    cost, _ = measure(argv, environment)
    exact = sum(switch.config() in (target / f"{switch.name}.cfg").read_text() for switch in switches)
    assert exact == len(switches), f"{name}: {exact} of {len(switches)} configs are exact"
    return cost


def ours(switches: list[Switch], environment: dict[str, str]) -> Cost:
    argv = [str(Path(sys.executable).parent / "pelihara"), "network", "backup", "--all", "--json"]
    cost, said = measure(argv, environment)
    states = [device["status"] for device in json.loads(said)["devices"]]
    assert states == ["ok"] * len(switches), f"not all ok: {sorted(set(states))}"
    return cost


def main(count: int) -> None:
    switches, key = [Switch(number) for number in range(count)], new_key("fleet")
    inventory, home = folder("bench-inventory"), folder("bench-home")
    write_inventory(inventory, switches)
    (home / "known_hosts").write_text("".join(host_key_line(switch.address, key) for switch in switches))
    places = {"PELIHARA_INVENTORY": str(inventory), "PELIHARA_HOME": str(home), "PELIHARA_BENCH_PASSWORD": PASSWORD}
    environment = {**os.environ, **places}
    argv = [sys.executable, "-m", "tests.bench.fleet", str(count), str(key)]
    with subprocess.Popen(argv, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as fleet:
        assert fleet.stdout is not None
        fleet.stdout.readline()
        try:
            costs = {name: peer(name, switches, environment) for name in PEERS}
            costs["pelihara"] = ours(switches, environment)
        finally:
            fleet.terminate()
    report(count, costs)


def report(count: int, costs: dict[str, Cost]) -> None:
    base = costs["netmiko"]
    print(f"{count} devices, 8 KB configs, {os.cpu_count()} processors; ratios to plain netmiko with 50 threads\n")
    print(f"{'':<10}{'wall s':>9}{'cpu s':>9}{'MiB':>7}{'wall':>8}{'cpu':>8}")
    for name, cost in costs.items():
        ratios = f"{cost.wall / base.wall:>7.2f}x{cost.cpu / base.cpu:>7.2f}x"
        print(f"{name:<10}{cost.wall:>9.2f}{cost.cpu:>9.2f}{cost.memory:>7.0f}{ratios}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
