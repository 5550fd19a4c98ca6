"""The command at hostile or odd places: terminals that could be steered, readers that went away, closed streams."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from flows.cli.answer import print_json, table
from flows.cli.plans import print_outcome, print_plan
from flows.cli.targets import print_targets
from playbooks.plans import Outcome, Part
from tests.flows.conftest import Pelihara

HOSTILE = "up\x1b[2J\x9b31m\u202e[red]x[/red]\x07\x00\nJejak audit utuh"
PELIHARA = (sys.executable, "-c", "from flows.cli import main; main()")


def printed(show: Callable[[Console], None]) -> str:
    to = Console(file=io.StringIO(), width=200, force_terminal=False)
    show(to)
    return to.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def assert_harmless(said: str) -> None:
    assert not {"\x1b", "\x9b", "\u202e", "\x07", "\x00"} & set(said)
    assert "[red]x[/red]" in said
    assert "\nJejak audit utuh" not in said


def test_findings_of_a_hostile_device_steer_no_terminal_and_forge_no_line() -> None:
    finding = {"code": "link.down", "severity": "major", "subject": "eth0", "evidence": HOSTILE, "advice": HOSTILE}
    target = {
        "name": "r1",
        "status": "failed",
        "reason": "error",
        "detail": HOSTILE,
        "seconds": 1,
        "findings": [finding],
    }
    assert_harmless(printed(lambda to: print_targets([{**target, "findings": [finding]}], "perangkat", to)))


def test_a_technician_reads_the_cause_and_its_next_step_and_under_it_what_follows() -> None:
    cause = {
        "code": "link.down",
        "severity": "major",
        "subject": "ether2",
        "evidence": "no link",
        "advice": "Cek kabel.",
    }
    lost = {
        **cause,
        "code": "ospf.neighbor_lost",
        "subject": "10.0.0.2",
        "evidence": "Down",
        "cause": "link.down ether2",
    }
    found = {"name": "r1", "status": "findings", "reason": "", "detail": "", "seconds": 1.2, "findings": [cause, lost]}
    said = printed(lambda to: print_targets([found], "perangkat", to))
    assert [line.rstrip() for line in said.splitlines()] == [
        "1 perangkat: 1 terbaca (1 ada temuan)",
        "r1: ada temuan (1.2 s)",
        "  BERAT: sambungan putus: ether2 (link.down)",
        "      bukti: no link",
        "      langkah: Cek kabel.",
        "      akibatnya: tetangga OSPF hilang: 10.0.0.2 (ospf.neighbor_lost); Down",
    ]


def test_a_plan_with_hostile_lines_steers_no_terminal_and_forges_no_line() -> None:
    plan = {"target": "r1", "action": "repair", "class": "B", "summary": "x", "state": "proposed", "hash": "f" * 64}
    said = printed(
        lambda to: print_plan({**plan, "changes": [HOSTILE], "way_back": [HOSTILE], "left_out": [HOSTILE]}, to)
    )
    assert_harmless(said)


def test_an_update_of_many_parts_of_which_some_stay_is_not_called_taken_back() -> None:
    stays, back = Part("Plugin agenda", "1.0", "1.1", "applied"), Part("Plugin galeri", "1.0", "2.0", "rolled_back")
    some, none = (Outcome("rolled_back", "...", parts=parts) for parts in ((stays, back), (back,)))
    assert "sebagian tidak terbukti" in printed(lambda to: print_outcome("dinkes-web", some, "Asia/Jakarta", to))
    assert "dikembalikan seperti semula" in printed(lambda to: print_outcome("dinkes-web", none, "Asia/Jakarta", to))


def test_json_is_ascii_so_that_no_locale_breaks_it_and_no_terminal_is_steered(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_json({"evidence": HOSTILE, "name": "Jos\u00e9"})
    out = capsys.readouterr().out
    assert out.isascii()
    assert "\x1b" not in out
    assert json.loads(out) == {"evidence": HOSTILE, "name": "Jos\u00e9"}


def test_a_narrow_terminal_loses_nothing_of_a_table() -> None:
    rows = table(("Permohonan", "Perihal", "Langkah"), [("JAR-2026-0001", "Jaringan lambat", "5: Tim Teknis")])
    wide, narrow = (Console(file=io.StringIO(), width=width, force_terminal=False) for width in (100, 32))
    for to in (wide, narrow):
        to.print(rows)
    assert "Permohonan: JAR-2026-0001\nPerihal: Jaringan lambat" in narrow.file.getvalue()  # type: ignore[attr-defined]
    assert "JAR-2026-0001" in wide.file.getvalue()  # type: ignore[attr-defined]
    assert "Perihal:" not in wide.file.getvalue()  # type: ignore[attr-defined]


def test_a_recording_is_shown_without_its_escape_sequences(pelihara: Pelihara, tmp_path: Path) -> None:
    recording = tmp_path / "a [red] 'b' $(id)\n.txt"
    recording.write_text("Interface   IP\n\x1b[2J\x9b31m")
    said = pelihara("network", "parse", recording, "--platform", "frr", "--command", "show interface brief")
    assert not {"\x1b", "\x9b"} & set(said.out + said.err)


def test_a_reader_that_went_away_changes_nothing() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*PELIHARA, "sop", "list"], stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_an_answer_that_cannot_be_written_is_a_failure_told_once(more: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PELIHARA, "sop", "list", *more], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["Gagal: jawaban tidak dapat ditulis: ruang disk habis"]


def test_streams_that_the_caller_closed_are_no_failure() -> None:
    script = f"{sys.executable} -c 'from flows.cli import main; main()' sop list >&- 2>&- <&-"
    assert subprocess.run(["sh", "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_an_interrupted_command_says_so(
    pelihara: Pelihara, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sop.procedure.available", stop)
    said = pelihara("sop", "list", *more)
    assert said.code == 130
    assert "dihentikan" in said.err
    assert not more or said.json["error"]["code"] == "interrupted"
