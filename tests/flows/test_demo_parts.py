"""What the demo starts ends with it, and only a folder that a demo wrote is ever deleted."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest
from rich.console import Console

from flows import demo
from flows.demo.parts import LOOPBACK, PartFailed, Processes, free_port
from tests.lab.core import alive, until

LISTEN = "import socket,sys,time; s=socket.create_server(('127.0.0.1',int(sys.argv[1]))); time.sleep(600)"


def interrupted(folder: Path) -> None:
    """Start a part that has a child, and be interrupted; `pids` tells both."""
    port, pids = free_port(), folder / "pids"
    script = f'echo $$ >{pids}; {sys.executable} -c "$1" {port} & echo $! >>{pids}; wait'
    with Processes(folder / "log") as processes:
        processes.start("contoh", "/bin/sh", "-c", script, "sh", LISTEN, port=port)
        assert all(alive(int(pid)) for pid in pids.read_text().split())
        raise KeyboardInterrupt


def test_a_part_is_stopped_with_its_children_however_the_demo_ends(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path)
    started = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(started) == 2
    until(lambda: not any(map(alive, started)), "the part and its child end")


def test_a_part_that_does_not_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    with (
        Processes(tmp_path) as processes,
        pytest.raises(PartFailed, match="contoh tidak mau berjalan: alamat sudah dipakai"),
    ):
        processes.start("contoh", "/bin/sh", "-c", "echo alamat sudah dipakai >&2; exit 1", port=free_port())


def said(folder: Path) -> tuple[int, str]:
    console = Console(file=io.StringIO(), width=200)
    code = demo.run(folder, console)
    assert isinstance(console.file, io.StringIO)
    return code, console.file.getvalue()


def test_a_folder_that_no_demo_wrote_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "penting.txt").write_text("jangan dihapus")
    code, text = said(tmp_path)
    assert code == 2
    assert "bukan folder demo" in text
    assert (tmp_path / "penting.txt").read_text() == "jangan dihapus"


@pytest.mark.parametrize("name", ["folder demo", "demo;x", "démo"])
def test_a_folder_whose_name_no_configuration_file_can_hold_is_refused(tmp_path: Path, name: str) -> None:
    code, text = said(tmp_path / name)
    assert code == 2
    assert "spasi atau tanda khusus" in text
    assert os.listdir(tmp_path) == []
    assert LOOPBACK not in text


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    code, text = said(tmp_path / "berkas" / "demo")
    assert code == 2
    assert f"{tmp_path}/berkas/demo: " in text
