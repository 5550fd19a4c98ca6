"""The whole demo, from both letters to both reports."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from flows import demo
from flows.demo import story, webhost
from sop import procedure
from tests.lab.core import until
from tests.lab.web import quiet_packages


def played(folder: Path) -> tuple[int, str]:
    screen = io.StringIO()
    code = demo.run(folder, Console(file=screen, width=240, highlight=False))
    return code, screen.getvalue()


def living(folder: Path) -> list[str]:
    """Command lines of other processes that name the folder."""
    lines = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        lines += [line] if str(folder) in line and entry.parent.name != str(os.getpid()) else []
    return lines


def expect_both_cases(folder: Path, code: int, text: str) -> None:
    assert code == 0, text
    for sop in ("jaringan", "website"):
        for step in procedure.load(sop).steps:
            assert step.kind == "end" or f"  {step.no}. {step.activity}\n" in text
    assert text.count(" selesai\n") == 2
    papers = sorted(path.name.split("-")[0] for path in (folder / "home" / "documents").rglob("*.pdf"))
    assert papers == sorted(["laporan", "berita_acara", "lembar_disposisi"] * 2)
    assert all(path.read_bytes().startswith(b"%PDF-") for path in folder.rglob("laporan*.pdf"))
    assert "  - shutdown\n" in text, "the difference of the last two configurations"
    assert "dinkes-r1: konfigurasi belum boleh disimpan selama masih ada gangguan: link.admin_down eth1\n" in text
    assert "dinkes-r1: konfigurasi disimpan" not in text, "the fault was never saved"
    assert (
        text.index("dinkes-r3: konfigurasi disimpan")
        < text.index("(kelas B): Aktifkan eth1")
        < text.index("terbukti baik")
    )
    assert "menjawab" in text
    assert "TIDAK menjawab" not in text
    assert ", utuh" in text
    assert living(folder) == []


def test_a_device_that_was_read_again_is_told_so() -> None:
    rows = [{"name": "r1"}, {"name": "r3"}, {"name": "r3"}]
    assert [name for name, _ in story._named(rows)] == ["r1", "r3", "r3 (dibaca lagi)"]


@pytest.mark.lab
def test_the_demo_goes_from_letter_to_report_with_nothing_but_python_and_again_with_real_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet_packages()
    with monkeypatch.context() as bare:
        bare.setattr(webhost, "program", lambda _: "")
        code, text = played(tmp_path / "demo")
    expect_both_cases(tmp_path / "demo", code, text)
    assert text.count("pengganti") >= 5, "the demo says which of its parts are doubles"

    code, text = played(tmp_path / "demo")
    expect_both_cases(tmp_path / "demo", code, text)
    for part in ("OpenSSH sshd", "nginx", "BIND named"):
        assert part in text


@pytest.mark.lab
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_demo_that_is_stopped_leaves_nothing_running(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "demo"
    program = f"from pathlib import Path; from flows import demo; raise SystemExit(demo.run(Path({str(folder)!r})))"
    # A shell's background job ignores Ctrl-C and hands that down; a person's terminal does not.
    heeding = f"import signal; signal.signal(signal.SIGINT, signal.default_int_handler); {program}"
    child = subprocess.Popen([sys.executable, "-c", heeding], stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        until(lambda: len(living(folder)) >= 4, "the demo's parts")
    finally:
        child.send_signal(number)
        child.wait(180)
    until(lambda: not living(folder), "the end of all parts")
