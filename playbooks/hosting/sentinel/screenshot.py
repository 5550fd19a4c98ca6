"""A page as it looks, for evidence: drawn by headless Chromium, which runs no scripts and reaches the site's host only.

The page means no good, so the browser keeps its sandbox: without one it draws nothing.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from inventory.causes import cause

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LONGEST_S = 30.0
LARGEST = 8_000_000
"""Bytes of a picture; a larger one is refused."""
UNPRIVILEGED = "nobody"
"""Who runs the browser where Pelihara runs as root, as whom Chromium has no sandbox."""
LOG = "log"
PREFERENCES = {"profile": {"default_content_setting_values": {"javascript": 2}}}
"""No scripts: they could speak to addresses without asking for a name (WebRTC). Chromium's own pages still may."""
_PNG = b"\x89PNG\r\n\x1a\n"
_QUIET = (
    *("--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--window-size=1280,1600"),
    *("--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-sync"),
    *("--disable-breakpad", "--no-proxy-server", "--log-level=2"),
    # The certificate is another part's affair.
    "--ignore-certificate-errors",
)
_ONE = Lock()
"""A browser takes much memory: one at a time, whatever the number of sites."""


class NoPicture(Exception):
    """The page could not be drawn. The message is Indonesian."""


def take(url: str, agent: str, places: dict[str, str], seconds: float = LONGEST_S) -> bytes:
    """A PNG of the page at `url`, as a visitor with this User-Agent gets it.

    `places` says where each "name:port" really is ("address:port"); nothing else is reached. Raises NoPicture.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise NoPicture("Chromium tidak terpasang di komputer ini")
    end = time.monotonic() + seconds
    if seconds <= 0 or not _ONE.acquire(timeout=seconds):
        raise NoPicture("waktu pemeriksaan habis")
    try:
        # What is left of a browser that was killed may still be writing.
        with TemporaryDirectory(prefix="pelihara-", ignore_cleanup_errors=True) as folder:
            command = [browser, *_QUIET, f"--user-agent={agent}", rules(places)]
            return _drawn(command, url, Path(folder), end - time.monotonic())
    except OSError as error:
        raise NoPicture(cause(error)) from None
    finally:
        _ONE.release()


def rules(places: dict[str, str]) -> str:
    """Chromium's option that maps names, addresses written as such included; the first rule that fits counts."""
    known = [f"MAP {name} {place}" for name, place in places.items()]
    return f"--host-resolver-rules={','.join([*known, 'MAP * ~NOTFOUND'])}"


def _drawn(command: list[str], url: str, folder: Path, seconds: float) -> bytes:
    picture, preferences = folder / "page.png", folder / "profile/Default/Preferences"
    preferences.parent.mkdir(parents=True)
    preferences.write_text(json.dumps(PREFERENCES))
    if not _run([*command, f"--user-data-dir={folder}/profile", f"--screenshot={picture}", url], folder, seconds):
        raise NoPicture(f"peramban tidak selesai dalam {seconds:.0f} detik")
    data = _read(picture, LARGEST + 1)
    if data.startswith(_PNG) and len(data) <= LARGEST:
        return data
    if b"sandbox" in _read(folder / LOG, 10_000):
        raise NoPicture("kernel ini tidak memberi Chromium sandbox, dan halaman penyusup tidak dibuka tanpa itu")
    raise NoPicture("peramban tidak dapat menggambar halaman ini")


def _run(command: list[str], folder: Path, seconds: float) -> bool:
    """Whether it ended in time. It has `folder` for its own; all processes that it began are ended."""
    who = pwd.getpwnam(UNPRIVILEGED) if os.geteuid() == 0 else None
    with (folder / LOG).open("wb") as log:
        if who:
            for each in (folder, *folder.rglob("*")):
                os.chown(each, who.pw_uid, who.pw_gid)
        process = subprocess.Popen(  # noqa: S603 - the words are options of this file; the address is one argument
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env={"PATH": os.defpath, "HOME": str(folder)},
            start_new_session=True,
            user=who.pw_uid if who else None,
            group=who.pw_gid if who else None,
            extra_groups=[] if who else None,
        )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return True


def _read(path: Path, most: int) -> bytes:
    """The beginning of a file that the browser wrote, if there is one; never through a link."""
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            return file.read(most)
    except OSError:
        return b""
