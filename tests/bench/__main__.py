"""`pelihara network backup --all` beside what an office would use instead, over a pretended fleet, in one run.

Ours does all it does for an office: inventory, host keys, completeness, redaction, register, audit, one git commit. The
peers only write files. The fleet shares the machine's processors with them. Figures move with the machine: read ratios
of one run. Afterwards a fleet with faults, and what became of every device of it.

`python -m tests.bench [SIZE...] [--rounds N]`, else sizes 50, 200 and 1000 and one round. `make bench SIZES="50 200"`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flows.office import open_office
from playbooks.network.visits import DEADLINE_S
from tests.bench.cost import Cost, measure
from tests.bench.fleet import PASSWORD, PORT, USER, Device, fleet, make_key
from tests.bench.peers import PEERS, others, write_manifest

CHECKOUT = Path(__file__).resolve().parents[2]
SMALL = 50
"""Up to so many devices all tools are measured; more would take some of them half an hour."""
FAULTY = 200
EXACT, GOOD = "exact", {"ok", "unchanged"}


@contextmanager
def serving(devices: Sequence[Device], key: Path) -> Iterator[None]:
    faulty = ["--faulty"] if devices[0].faulty else []
    command = [sys.executable, "-m", "tests.bench.fleet", str(len(devices)), str(key), *faulty]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "READY\n", "the fleet did not start"
        try:
            yield
        finally:
            process.terminate()


def settle(folder: Path, devices: Sequence[Device], public: str) -> dict[str, str]:
    """An office whose devices these are, its register made; returns its environment."""
    inventory, home = folder / "inventory", folder / "home"
    inventory.mkdir(parents=True)
    home.mkdir()
    for name in ("office.yaml", "opd.yaml", "officials.yaml"):
        (inventory / name).write_bytes((CHECKOUT / "inventory" / name).read_bytes())
    entry = {"opd": "dinkes", "credentials": "fleet", "role": "switch", "port": PORT}
    rows = {each.name: {**entry, "platform": each.platform, "address": each.address} for each in devices}
    (inventory / "devices.yaml").write_text(json.dumps(rows))
    login = {"fleet": {"username": USER, "password": "env:PELIHARA_BENCH_PASSWORD"}}
    (inventory / "credentials.yaml").write_text(json.dumps(login))
    (home / "known_hosts").write_text("".join(f"[{each.address}]:{PORT} {public}\n" for each in devices))
    told = {"PELIHARA_INVENTORY": str(inventory), "PELIHARA_HOME": str(home), "PELIHARA_BENCH_PASSWORD": PASSWORD}
    return {**os.environ, **told, "PYTHONPATH": str(CHECKOUT)}


def ours(folder: Path, devices: Sequence[Device], public: str) -> tuple[Cost, dict[str, str]]:
    """What our backup cost, and the state of each device that it told."""
    environment = settle(folder, devices, public)
    said = folder / "said.json"
    command = [sys.executable, "-c", "from flows.cli import main; main()", "network", "backup", "--all", "--json"]
    cost, _ = measure(["sh", "-c", '"$@" 2>/dev/null', "sh", *command], environment, said)
    return cost, {each["name"]: each["status"] for each in json.loads(said.read_text())["devices"]}


def stored(folder: Path, devices: Sequence[Device]) -> dict[str, str]:
    """The newest full configuration of each device that the register holds one of."""
    os.environ |= {"PELIHARA_INVENTORY": str(folder / "inventory"), "PELIHARA_HOME": str(folder / "home")}
    register = open_office().register
    assert register.verify_audit().ok, "the audit chain is broken"
    versions = {each.name: register.config_versions(each.name) for each in devices}
    return {name: register.read_config(some[-1].id, full=True) for name, some in versions.items() if some}


def exact(text: str, device: Device) -> bool:
    """All of the configuration and nothing beside it but the lines that stand before it, and after it on a router."""
    before, found, after = text.replace("\r", "").partition(device.config())
    return bool(found) and before.count("\n") <= 4 and after.strip() in ("", "# end of export", device.prompt)


def once(size: int, folder: Path, key: Path, public: str) -> dict[str, Cost]:
    """Every tool in turn over one healthy fleet."""
    devices, costs = fleet(size, faulty=False), {}
    with serving(devices, key):
        for name in PEERS:
            command = [sys.executable, "-m", "tests.bench.peers", name, str(size), "{out}"]
            costs[name] = peer(name, command, folder / name, devices)
        costs["pelihara"], states = ours(folder / "pelihara", devices, public)
        assert set(states.values()) == {"ok"}, f"not all are ok: {Counter(states.values())}"
        texts = stored(folder / "pelihara", devices)
        assert all(exact(texts[each.name], each) for each in devices), "a stored configuration is not exact"
        for name, command in further(size, folder, devices):
            try:
                if name == "rancid":  # its first run sets it up and commits once a device
                    peer(name, command, folder / "rancid-first", devices)
                costs[name] = peer(name, command, folder / name, devices)
            except AssertionError as failure:
                print(failure)
    return costs


def peer(name: str, command: Sequence[str], folder: Path, devices: Sequence[Device]) -> Cost:
    """What another tool cost; it counts only when it brought every configuration home."""
    folder.mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    cost, _ = measure([part.replace("{out}", str(folder)) for part in command], environment, folder / "said")
    files = [folder / f"{each.name}.cfg" for each in devices]
    # RANCID puts lines in another order; no configuration is without its ports.
    whole = sum(
        file.exists() and file.read_text().count(" meja ") == each.config().count(" meja ")
        for file, each in zip(files, devices, strict=True)
    )
    assert whole == len(devices), f"{name}: {whole} of {len(devices)} came home; see {folder}/said"
    return cost


def further(size: int, folder: Path, devices: Sequence[Device]) -> Iterator[tuple[str, list[str]]]:
    """Other tools that are at hand, for a small fleet; says which are not."""
    if size > SMALL:
        return
    manifest = folder / "fleet.json"
    write_manifest(manifest, devices)
    for name, command, hint in others(manifest, folder / "state"):
        if not command:
            print(f"{name} is not here; it takes {hint}")
            continue
        yield name, command


def report(size: int, rounds: Sequence[dict[str, Cost]]) -> None:
    """Medians; ratios are taken round by round."""
    print(
        f"\n{size} devices, 8 KB configs, {os.cpu_count()} processors, {len(rounds)} round(s); ratios to plain netmiko"
    )
    print(f"{'':<10}{'wall s':>9}{'cpu s':>9}{'MiB':>7}{'wall':>9}{'cpu':>9}")
    for name in rounds[0]:
        wall, cpu, memory = (
            statistics.median(getattr(each[name], what) for each in rounds) for what in ("wall", "cpu", "memory")
        )
        ratio = [
            statistics.median(getattr(each[name], what) / getattr(each["netmiko"], what) for each in rounds)
            for what in ("wall", "cpu")
        ]
        print(f"{name:<10}{wall:>9.2f}{cpu:>9.2f}{memory:>7.0f}{ratio[0]:>8.2f}x{ratio[1]:>8.2f}x", flush=True)


def faults(folder: Path, key: Path, public: str) -> bool:
    """A fleet with faults beside the same fleet without; whether all of it came out as it has to."""
    healthy, devices = fleet(FAULTY, faulty=False), fleet(FAULTY, faulty=True)
    with serving(healthy, key):
        usual, _ = ours(folder / "healthy", healthy, public)
    with serving(devices, key):
        cost, states = ours(folder / "faulty", devices, public)
    texts = stored(folder / "faulty", devices)
    told = Counter((each.fault or "healthy", verdict(each, states[each.name], texts)) for each in devices)
    late = cost.wall - usual.wall
    print(f"\n{FAULTY} devices, 5 % hanging, 5 % hanging up in mid-output, 5 % printing log lines into it")
    for (fault, became), number in sorted(told.items()):
        print(f"{fault:<10}{number:>5} {became}")
    print(f"{late:.1f} s later than without faults (a device may take {DEADLINE_S:.0f} s); {cost.memory:.0f} MiB")
    bad = [key for key in told if key[1] not in ALLOWED[key[0]]]
    return not bad and late <= DEADLINE_S + 5


ALLOWED = {
    "healthy": {EXACT},
    "syslog": {EXACT, "refused"},
    **{fault: {"refused"} for fault in ("drop", "hang", "silent")},
}


def verdict(device: Device, state: str, texts: dict[str, str]) -> str:
    if device.name not in texts:
        return "refused" if state == "failed" else "called good without a copy"
    if state not in GOOD:
        return "called bad with a copy"
    return EXACT if exact(texts[device.name], device) else "short or dirty, and called good"


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("sizes", metavar="SIZE", type=int, nargs="*", help="devices; else 50, 200 and 1000")
    given.add_argument("--rounds", type=int, default=1, help="of all tools in turn")
    chosen = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="pelihara-bench-") as name:
        folder = Path(name)
        # RANCID runs as a user of its own.
        folder.chmod(0o755)
        public = make_key(folder / "key")
        for size in chosen.sizes or (SMALL, 200, 1000):
            rounds = []
            for number in range(chosen.rounds):
                (place := folder / f"{size}-{number}").mkdir()
                rounds.append(once(size, place, folder / "key", public))
            report(size, rounds)
        good = faults(folder, folder / "key", public)
    print("every healthy copy exact, no other called good, none waited for too long" if good else "NOT AS IT HAS TO BE")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
