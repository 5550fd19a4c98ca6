"""Host keys are trusted only after somebody said so: what is asked, what is refused, and that a refusal is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.root import app
from flows.jobs import enrolment
from flows.jobs.enrolment import Seen
from playbooks.network.enrol import HostKey
from tests.flows.conftest import Pelihara

KEY = HostKey("ssh-ed25519", "SHA256:contoh", "10.20.1.1 ssh-ed25519 AAAA")


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch, pelihara: Pelihara) -> Pelihara:
    """dinkes-r1 shows its key, every other target is silent."""

    def ask(name: str, address: str, port: int) -> Seen:
        if name == "dinkes-r1":
            return Seen(name, address, port, (KEY,))
        return Seen(name, address, port, reason="unreachable", detail="sambungan ditolak")

    monkeypatch.setattr(enrolment, "_ask", ask)
    return pelihara


def typed(text: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["inventory", "enrol", "dinkes-r1"], input=text, catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.usefixtures("answering")
@pytest.mark.parametrize("text", ["", "\n", "tidak\n", "mungkin\n"])
def test_without_a_yes_nothing_is_recorded_and_it_is_said_how(home: Path, text: str) -> None:
    code, out, err = typed(text)
    assert (code, out) == (2, "")
    assert "SHA256:contoh" in err
    assert "tidak ada kunci host yang dicatat" in err
    assert "--yes" in err
    assert not (home / "known_hosts").exists()


@pytest.mark.usefixtures("answering")
@pytest.mark.parametrize("text", ["ya\n", "Y\n"])
def test_a_yes_at_the_prompt_records_what_was_shown(home: Path, text: str) -> None:
    code, out, _ = typed(text)
    assert code == 0, out
    assert (home / "known_hosts").read_text().strip() == KEY.line


def test_json_asks_nobody_but_shows_the_fingerprints(answering: Pelihara, home: Path) -> None:
    said = answering("inventory", "enrol", "dinkes-r1", "--json")
    assert (said.code, said.json["error"]["code"]) == (2, "not_confirmed")
    assert "SHA256:contoh" in said.err
    assert not (home / "known_hosts").exists()


def test_who_is_silent_is_told_and_the_others_are_recorded(answering: Pelihara, home: Path) -> None:
    words = ("inventory", "enrol", "dinkes-r1", "web-1", "--yes")
    said = answering(*words, "--json")
    assert said.code == 1
    told = [(each["name"], each["status"], each["reason"]) for each in said.json["targets"]]
    assert told == [("dinkes-r1", "ok", ""), ("web-1", "failed", "unreachable")]
    assert (home / "known_hosts").exists()
    assert "web-1: tidak dicatat: tidak terjangkau: sambungan ditolak" in answering(*words).out
