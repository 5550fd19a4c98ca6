"""Pictures of pages: where the browser may go, and what is told when there is no picture."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from playbooks.hosting import check
from playbooks.hosting.sentinel import screenshot
from playbooks.hosting.sentinel.screenshot import NoPicture
from tests.lab.core import alive, until
from tests.playbooks.hosting.doubles import site
from tests.playbooks.hosting.sentinel.labelled import Case, served

PAGE = "<p>Dinas"
BAIT = "<p>slot gacor maxwin"


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH, in which a test puts what is found as browser; run as who runs the test."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1)
    return tmp_path / "chromium"


def made(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_browser_reaches_the_places_it_was_told_and_no_other() -> None:
    option = screenshot.rules({"portal.test:80": "10.0.0.1:8080", "portal.test:443": "[fd00::1]:443"})
    assert option.endswith("=MAP portal.test:80 10.0.0.1:8080,MAP portal.test:443 [fd00::1]:443,MAP * ~NOTFOUND")


def test_a_missing_browser_is_told_and_the_pages_are_kept_all_the_same(browser: Path) -> None:
    assert not browser.exists()
    case = Case("portal", "x", {"page": BAIT}, {})
    with served([case]) as port:
        result = check.check(site(domain=case.host, host={"http_port": port}), deadline_s=20)
    assert "tangkapan layar tidak dibuat: Chromium tidak terpasang di komputer ini" in result.detail
    assert [copy.path for copy in result.copies] == ["halaman depan, orang biasa"]


def test_a_browser_that_cannot_be_begun_is_told(browser: Path) -> None:
    browser.write_text("no program")
    browser.chmod(0o755)
    with pytest.raises(NoPicture):
        screenshot.take("http://portal.test/", "x", {})


def test_a_browser_that_hangs_is_ended_with_all_it_began(browser: Path, tmp_path: Path) -> None:
    made(browser, f"/bin/sleep 600 & echo $! > {tmp_path}/child; wait")
    began = time.monotonic()
    with pytest.raises(NoPicture, match="tidak selesai"):
        screenshot.take("http://portal.test/", "x", {}, 1)
    assert time.monotonic() - began < 20
    child = int((tmp_path / "child").read_text())
    until(lambda: not alive(child), "what the browser began ends with it")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo 'No usable sandbox!' >&2; exit 1", "sandbox"),
        ("exit 0", "tidak dapat menggambar"),
        ('for each; do case "$each" in --screenshot=*) echo x > "${each#*=}";; esac; done', "tidak dapat menggambar"),
        (
            'for each; do case "$each" in --screenshot=*) /bin/ln -s /dev/zero "${each#*=}";; esac; done',
            "tidak dapat menggambar",
        ),
    ],
)
def test_why_there_is_no_picture_is_told(browser: Path, script: str, told: str) -> None:
    made(browser, script)
    with pytest.raises(NoPicture, match=told):
        screenshot.take("http://portal.test/", "x", {})


class Watched(Case):
    """A case that notes what it is asked for."""

    def answer(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        ASKED.append(path)
        return super().answer(path, headers)


ASKED: list[str] = []


@pytest.mark.lab
def test_a_real_browser_draws_the_page_runs_no_script_and_asks_nobody_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as neighbour:
        neighbour.setblocking(False)
        inside = f"127.0.0.1:{neighbour.getsockname()[1]}"
        page = f"{BAIT}<img src=/own.png><img src=http://{inside}/><script>new Image().src='/ran.png'</script>"
        case = Watched("portal", "x", {"page": f"{page}<iframe src=http://{inside}/></iframe>"}, {})
        with served([case]) as port:
            picture = screenshot.take(f"http://{case.host}/", "x", {f"{case.host}:80": f"127.0.0.1:{port}"})
        with pytest.raises(BlockingIOError):
            neighbour.accept()
    assert picture.startswith(b"\x89PNG")
    assert {"/", "/own.png"} <= {*ASKED} <= {"/", "/own.png", "/favicon.ico"}
