"""Changes on platforms that confirm and revert by themselves, over doubles that do. What those prove stands at them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from playbooks.findings import TargetError
from playbooks.network import change
from playbooks.network.backup import fetch_config
from playbooks.network.change import Proof, Steps, Work, carry_out
from playbooks.network.connect import Session, open_session
from playbooks.network.endpoints import Endpoint
from playbooks.plans import Ladder, Outcome, Plan
from tests.playbooks.network import vendors
from tests.playbooks.network.doubles import device
from tests.playbooks.network.vendors import PORT, Eos, Ios, Junos, Vendor, Vrp

IOS = (f"interface {PORT}", "no shutdown"), (f"interface {PORT}", "shutdown")
JUNOS = ("delete interfaces ge-0/0/1 disable",), ("set interfaces ge-0/0/1 disable",)
KINDS: dict[str, tuple[type[Vendor], tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "cisco_ios": (Ios, IOS),
    "arista_eos": (Eos, IOS),
    "juniper_junos": (Junos, JUNOS),
}


class Bench:
    """A device, and the change that switches its port on."""

    def __init__(self, platform: str, there: Vendor, here: Endpoint) -> None:
        self.there, self.here = there, here
        self.commands, self.inverse = KINDS[platform][1]
        self.save = platform != "juniper_junos"

    def work(self, wrong: str = "", commands: tuple[str, ...] = ()) -> Outcome:
        with open_session(self.here) as session:
            typed = commands or self.commands
            details = {"commands": list(typed), "save": self.save}
            base = fetch_config(session).digest
            plan = Plan("repair", self.here.name, Ladder.B, "Aktifkan port", typed, self.inverse, "", base, details)
            return carry_out(Work(plan, self.here, lambda: None, self.proof(wrong), Steps(None)), session)

    def proof(self, wrong: str) -> Callable[[Session], Proof]:
        return lambda _: Proof(wrong or ("" if "shutdown" not in self.there.now() else "port masih mati"))


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    there = KINDS[request.param][0](answers={})
    for name, seconds in {"VERIFY_S": 1.0, "PAUSE_S": 0.1, "SETTLE_S": 0.0, "RETURN_S": 8.0}.items():
        monkeypatch.setattr(change, name, seconds)
    with device(there, tmp_path, platform=request.param) as here:
        yield Bench(request.param, there, here)


def past_the_timer() -> None:
    time.sleep(3 * vendors.MINUTE_S + 0.1)


def test_a_confirmed_change_outlasts_the_timer_and_is_saved(bench: Bench) -> None:
    outcome = bench.work()
    assert outcome.status == "applied", outcome
    past_the_timer()
    assert "shutdown" not in bench.there.now()
    assert bench.there.saved == bench.there.now() or not bench.save
    assert [what for _, what in outcome.steps][1] == "jalan mundur dipasang di perangkat"


def test_what_does_not_prove_good_is_taken_back_and_nothing_is_saved(bench: Bench) -> None:
    before = bench.there.running, bench.there.saved
    outcome = bench.work(wrong="gangguan masih ada")
    assert outcome.status == "rolled_back", outcome
    past_the_timer()
    assert (bench.there.now(), bench.there.saved) == before
    assert not bench.there.sessions


def test_a_change_that_cuts_everybody_off_is_taken_back_by_the_device(bench: Bench) -> None:
    before = bench.there.running, bench.there.saved
    bench.there.cuts = True
    outcome = bench.work()
    assert outcome.status == "rolled_back", outcome
    assert (bench.there.now(), bench.there.saved) == before


def test_a_line_refused_half_way_leaves_nothing_behind(bench: Bench) -> None:
    before = bench.there.running, bench.there.saved
    outcome = bench.work(commands=(*bench.commands, "kata yang tak dikenal"))
    assert outcome.status == "rolled_back", outcome
    past_the_timer()
    assert (bench.there.now(), bench.there.saved) == before
    assert not bench.there.sessions


def test_what_a_killed_run_left_in_a_session_is_not_committed_with_the_next(bench: Bench) -> None:
    bench.there.sessions["pelihara"] = frozenset({"description milik run yang mati", "shutdown"})
    assert bench.work().status == "applied"
    assert "description lantai 2" in bench.there.now()


def test_a_device_that_cannot_take_a_change_back_is_not_changed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    if not isinstance(bench.there, Ios):
        return
    monkeypatch.setattr(bench.there, "archive", False, raising=False)
    with pytest.raises(TargetError, match="archive"):
        bench.work()
    assert "shutdown" in bench.there.now()
    assert not [line for line in bench.there.typed if line.startswith("configure")]


@pytest.mark.parametrize(("platform", "kind"), [("cisco_ios", Ios), ("huawei_vrp", Vrp)])
def test_the_questions_of_a_save_are_answered(platform: str, kind: type[Vendor], tmp_path: Path) -> None:
    there: Any = kind(answers={}, running=frozenset({"description baru"}))
    with device(there, tmp_path, platform=platform) as here, open_session(here) as session:
        change.save(session)
    assert there.saved == there.running


def test_a_question_is_answered_only_where_something_is_changed(tmp_path: Path) -> None:
    there: Any = Vrp(answers={}, running=frozenset({"description baru"}))
    with (
        device(there, tmp_path, platform="huawei_vrp") as here,
        open_session(here) as session,
        pytest.raises(TargetError),
    ):
        session.ask("save", 0.5)
    assert there.saved != there.running
