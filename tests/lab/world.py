"""A world for the lab: network, mount, process, host-name and IPC namespaces around one command.

Why a world and not a handful of `ip netns`: the kernel cleans up. The command runs under PID 1 of its own process
namespace, so when it ends, or is killed with SIGKILL, every daemon, interface, mount, user and file of the lab is gone.
Nothing is ever written to the machine: /run is a fresh tmpfs, /etc, /var and /srv are overlays whose changes live in
it, the network has only a loopback and what the lab adds. Worlds do not see each other, so several can run at a time.

Inside: root, HOME and TMPDIR under `FOLDER`, no way to any outside network. Entering needs root (CAP_SYS_ADMIN) or
`sudo -n`, and a kernel with overlayfs.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = Path("/run/pelihara-lab")
"""Everything the lab writes; a tmpfs that ends with the world."""
MARK = "PELIHARA_LAB_WORLD"
CARRIED = ("PYTHONPATH", "PATH", "LANG", "CI", "PELIHARA_RECORDINGS")
"""What sudo is asked to keep of the environment: nothing that could be a secret, for all can read a command line."""
OVERLAYS = (Path("/etc"), Path("/var"), Path("/srv"))
# linux/sched.h and linux/prctl.h
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
PR_SET_PDEATHSIG = 1


class LabMissing(Exception):
    """A real part of the lab is not here (a program, a privilege, a kernel feature); the message says which."""


def inside() -> bool:
    """Whether this process runs in a world."""
    return MARK in os.environ


def require(*programs: str) -> None:
    """LabMissing unless this is a world and has `programs` (names on PATH, or absolute paths)."""
    if not inside():
        raise LabMissing(
            "the lab needs root or `sudo -n` to make namespaces: run `make test` or `python -m tests.lab run`"
        )
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        raise LabMissing(f"not installed: {', '.join(missing)} (`make setup` installs the lab's Debian packages)")


def can_enter() -> bool:
    """Whether `enter` would work: as root, by trying; otherwise whether sudo asks for no password."""
    if os.geteuid() != 0:
        return _quiet("sudo", "-n", "true")
    return _quiet("unshare", "--net", "--mount", "--pid", "--fork", "true")


def enter(command: Sequence[str]) -> NoReturn:
    """Replace this process by `command` in a new world; its exit status becomes ours."""
    here = [sys.executable, "-m", "tests.lab", "run", "--", *command]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    if os.geteuid() != 0:
        kept = (f"{name}={environment[name]}" for name in CARRIED if name in environment)
        here = ["sudo", "-n", "env", *kept, *here]
    os.execvpe(here[0], here, environment)


def run(command: Sequence[str]) -> int:
    """Run `command` in a new world and wait; returns its exit status (128 + signal when a signal ended it).

    Raises LabMissing when the kernel refuses the namespaces. Ends the whole world when this process gets SIGTERM or
    SIGHUP, or dies.
    """
    _unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET)
    child = os.fork()
    if child == 0:
        _be_first(command)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: os.kill(child, signal.SIGKILL))
    # A terminal's Ctrl-C reaches the command by itself; this process only waits for it to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return _exit_status(os.waitpid(child, 0)[1])


def _be_first(command: Sequence[str]) -> NoReturn:
    """PID 1 of the world: furnish it, start the command, reap whatever ends, leave with the command's status."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    status = 70
    try:
        _furnish()
        process = subprocess.Popen(command, env=_environment())
        signal.signal(signal.SIGINT, _ignore)
        status = _reap_until(process.pid)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"lab: the world could not be made: {error}", file=sys.stderr)
    finally:
        sys.stderr.flush()
        os._exit(status)


def _furnish() -> None:
    _sh("mount", "--make-rprivate", "/")
    _sh("mount", "-t", "proc", "proc", "/proc")
    _sh("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")
    for folder in (FOLDER, FOLDER / "checkout", FOLDER / "home", Path("/run/sshd")):
        folder.mkdir()
    for shared in (Path("/run/lock"), FOLDER / "tmp"):
        shared.mkdir()
        shared.chmod(0o1777)
    _sh("mount", "--bind", str(CHECKOUT), str(FOLDER / "checkout"))
    for folder in OVERLAYS:
        _overlay(folder)
    if any(CHECKOUT.is_relative_to(folder) for folder in OVERLAYS):
        _sh("mount", "--bind", str(FOLDER / "checkout"), str(CHECKOUT))
    _write_afresh(Path("/etc/hosts"), "127.0.0.1 localhost\n::1 localhost\n")
    _write_afresh(Path("/etc/resolv.conf"), "")
    _sh("ip", "link", "set", "lo", "up")


def _overlay(folder: Path) -> None:
    changes = FOLDER / "overlay" / folder.name
    (changes / "upper").mkdir(parents=True)
    (changes / "work").mkdir()
    options = f"lowerdir={folder},upperdir={changes / 'upper'},workdir={changes / 'work'}"
    _sh("mount", "-t", "overlay", "-o", options, "overlay", str(folder))


def _write_afresh(path: Path, text: str) -> None:
    """Replace, never follow: outside, these two are often links or mounts of a container."""
    path.unlink(missing_ok=True)
    path.write_text(text)


def _environment() -> dict[str, str]:
    proxies = {name for name in os.environ if name.lower().endswith("_proxy")}
    outside = {name: value for name, value in os.environ.items() if name not in proxies}
    ours = {"HOME": str(FOLDER / "home"), "TMPDIR": str(FOLDER / "tmp"), "PYTHONPATH": str(CHECKOUT)}
    return {**outside, **ours, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", MARK: "1"}


def _reap_until(command: int) -> int:
    """Reap every child that ends (daemons' children come to PID 1) until `command` does; its exit status."""
    while True:
        pid, status = os.wait()
        if pid == command:
            return _exit_status(status)


def _exit_status(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _unshare(flags: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(flags) != 0:
        raise LabMissing(f"the kernel refuses namespaces to this user: {os.strerror(ctypes.get_errno())}")


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """A handler, unlike SIG_IGN, is not inherited by the command."""


def _sh(*argv: str) -> None:
    subprocess.run(argv, check=True)


def _quiet(*argv: str) -> bool:
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0
