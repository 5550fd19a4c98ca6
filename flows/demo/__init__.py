"""`pelihara demo`: both procedures from letter to report, on one machine, without root and without a network."""

from __future__ import annotations

import logging
import re
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from flows.demo import folder as inventory_folder
from flows.demo import routers, story, webhost
from flows.demo.parts import Loop, PartFailed, Processes
from flows.demo.postbox import postbox
from flows.demo.stage import SETTINGS, Stage
from flows.demo.webhost import new_key
from flows.office import Office
from inventory.problems import not_opened
from inventory.settings import Settings

FOLDER = Path("demo")
_MARK = ".pelihara-demo"


def run(folder: Path = FOLDER, console: Console | None = None) -> int:
    """Play the demo in `folder`, which is written anew. Returns the exit code: 0 done, 1 it failed, 2 unfit folder."""
    say = console or Console(highlight=False)
    place = folder.resolve()
    if refusal := _refusal(place):
        say.print(refusal, style="red", markup=False)
        return 2
    try:
        _empty(place)
    except OSError as error:
        say.print(f"{place}: {not_opened(error)}", style="red", markup=False)
        return 2
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # its threads would print each refused key on the story
    try:
        with _ended_by_signals(), Loop() as loop, Processes(place / "log") as processes:
            return _play(place, processes, loop, say)
    except PartFailed as error:
        say.print(f"Demo tidak dapat dimulai: {error}", style="red", markup=False)
    except KeyboardInterrupt:
        say.print("\nDemo dihentikan; semua bagiannya sudah dimatikan.", style="yellow")
    return 1


def _refusal(place: Path) -> str:
    """Why this folder cannot be the demo's; empty when it can. Only a folder that a demo wrote is ever deleted."""
    if not re.fullmatch(r"[A-Za-z0-9/._+-]+", str(place)):
        return f"Folder demo tidak boleh memuat spasi atau tanda khusus: {place}"
    if place.exists() and not (place.is_dir() and ((place / _MARK).exists() or not any(place.iterdir()))):
        return f"{place} sudah ada dan bukan folder demo; pilih folder lain dengan --keep"
    return ""


def _empty(place: Path) -> None:
    if place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True, mode=0o700)
    (place / _MARK).touch()


def _play(place: Path, processes: Processes, loop: Loop, say: Console) -> int:
    secret = place / "sandi-router"
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_hex(16))
    devices = routers.start(loop, new_key(place / "kunci-router"), secret.read_text())
    host = webhost.start(place / "web", processes, loop)
    mail_port, mail = loop.run(postbox(loop, place / "surel"))
    inventory = inventory_folder.write(place / "inventory", secret, devices, host, mail_port)
    office = Office(_settings(place), inventory)
    inventory_folder.enrol(inventory, office.known_hosts)
    return story.tell(Stage(office, devices, host, (*devices.parts, *host.parts, mail), say))


def _settings(place: Path) -> Settings:
    """The demo's own, whatever the environment says; kept in a file for looking around afterwards."""
    settings = Settings(home=place / "home", inventory=place / "inventory", database_url="", seal_key="")
    settings.home.mkdir(mode=0o700)
    lines = [f"PELIHARA_HOME={settings.home}", f"PELIHARA_INVENTORY={settings.inventory}"]
    (place / SETTINGS).write_text("\n".join(lines) + "\n")
    return settings


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A demo that is told to stop (SIGTERM, SIGHUP) leaves the way Ctrl-C leaves: nothing stays running."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    signals = [number for number in wanted if signal.getsignal(number) is not signal.SIG_IGN]
    before = [signal.signal(number, stop) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
