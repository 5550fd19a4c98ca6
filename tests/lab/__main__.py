"""The lab by hand.

python -m tests.lab run [--] COMMAND...   run a command in a world of its own
python -m tests.lab up                    start network and web host in a world that stays
python -m tests.lab shell [COMMAND...]    a shell (or a command) in that world, the inventory's variables set
python -m tests.lab down                  end it, and all that runs in it
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.lab import world
from tests.lab.world import CHECKOUT, FOLDER

PLACE = CHECKOUT / ".lab"
"""Outside: the process id of the standing world, and its log."""
VARIABLES = FOLDER / "variables.json"
"""Inside: what a shell's environment gets."""


def main(arguments: list[str]) -> int:
    match arguments:
        case ["run", "--", *command] | ["run", *command] if command:
            return world.run(command)
        case ["up"]:
            return up()
        case ["hold"]:
            return hold()
        case ["shell", *command]:
            return shell(command or ["bash"])
        case ["down"]:
            return down()
    print(__doc__, file=sys.stderr)
    return 2


def up() -> int:
    if _standing():
        print("The lab is up already.")
        return 0
    PLACE.mkdir(exist_ok=True)
    with (PLACE / "log").open("wb") as log:
        argv = [sys.executable, "-m", "tests.lab", "run", "--", sys.executable, "-m", "tests.lab", "hold"]
        keeper = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    (PLACE / "pid").write_text(str(keeper.pid))
    while keeper.poll() is None:
        if "The lab is up" in (PLACE / "log").read_text():
            print((PLACE / "log").read_text(), end="")
            return 0
        time.sleep(0.2)
    print((PLACE / "log").read_text(), end="", file=sys.stderr)
    return 1


def hold() -> int:
    """Inside: start everything, write down how to use it, stay."""
    from tests.lab import network, web  # heavy, and no other command needs them
    from tests.lab.core import folder

    lab = network.start()
    hosting = web.start(folder("web"))
    both = network.merge_inventories(FOLDER / "both", lab.inventory_folder, hosting.folder)
    home = FOLDER / "home/.pelihara"
    home.mkdir()
    (home / "known_hosts").write_text(lab.known_hosts.read_text() + hosting.known_hosts.read_text())
    passwords = {device.variable: device.password for device in lab.devices.values()}
    places = {"PELIHARA_INVENTORY": str(both), "PELIHARA_HOME": str(home)}
    VARIABLES.write_text(json.dumps({**passwords, **places, "HOME": str(FOLDER / "home"), world.MARK: "1"}))
    VARIABLES.chmod(0o600)
    print(f"The lab is up: routers {', '.join(lab.devices)}, web host web-1. Enter it: python -m tests.lab shell")
    sys.stdout.flush()
    signal.pause()
    return 0


def shell(command: list[str]) -> int:
    first = _first_of_world()
    if not first:
        print("The lab is not up: make lab-up", file=sys.stderr)
        return 2
    enter = ["nsenter", "--target", str(first), "--all", f"--wd={CHECKOUT}"]
    variables = json.loads(subprocess.run([*enter, "cat", str(VARIABLES)], capture_output=True, check=True).stdout)
    path = f"{CHECKOUT}/.venv/bin:{os.environ['PATH']}:/usr/sbin:/sbin"
    return subprocess.run([*enter, *command], env={**os.environ, **variables, "PATH": path}, check=False).returncode


def down() -> int:
    keeper = _standing()
    if keeper:
        os.kill(keeper, signal.SIGTERM)
        while _standing():
            time.sleep(0.05)
    (PLACE / "pid").unlink(missing_ok=True)
    return 0


def _standing() -> int:
    """The keeper's process id; 0 when there is none (a number of that file may be another's by now)."""
    try:
        pid = int((PLACE / "pid").read_text())
        mine = b"tests.lab\x00hold" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return 0
    return pid if mine else 0


def _first_of_world() -> int:
    keeper = _standing()
    if not keeper:
        return 0
    children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
    return int(children[0]) if children else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except world.LabMissing as missing:
        sys.exit(f"lab: {missing}")
