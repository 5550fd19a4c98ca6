"""Repairs on real FRR routers: planned, permitted, made and proven; or undone to the byte, whatever goes wrong."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from playbooks.network import change, connect, repair, restore
from playbooks.network.backup import fetch_config
from playbooks.network.change import Proof
from playbooks.network.connect import open_session
from playbooks.network.diagnose import Baseline
from playbooks.network.platforms import frr
from playbooks.plans import Outcome, Plan
from tests.lab.core import until
from tests.lab.frr import Router
from tests.lab.network import NetworkLab
from tests.playbooks.network.test_on_the_lab import at, good, permitted, proposed, read

__all__ = ["good"]

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("fewer_echoes")]

Inject = Callable[[Router], None]


@dataclass(frozen=True)
class Fault:
    """What is broken on r1, and by which code it is found."""

    code: str
    inject: Inject


def drifted(router: Router) -> None:
    router.configure("interface eth2", "description salah", "exit", "ip route 198.51.100.0/24 10.1.12.2")
    router.save()


FAULTS = {
    "OSPF area": Fault("ospf.area_mismatch", Router.ospf_area),
    "OSPF timers": Fault("ospf.timer_mismatch", Router.ospf_hello),
    "OSPF passive": Fault("ospf.neighbor_lost", Router.ospf_passive),
    "port shut": Fault("link.admin_down", Router.shut),
    "no default route": Fault("route.default_missing", Router.no_default),
    "wrong default route": Fault("route.default_missing", Router.wrong_default),
    "BGP shut": Fault("bgp.peer_down", Router.bgp_shutdown),
    "BGP AS": Fault("bgp.peer_down", Router.bgp_as),
}


@dataclass(frozen=True)
class Broken:
    """r1 with a fault in it, the plan that would put it right, and what its two configurations were then."""

    lab: NetworkLab
    plan: Plan
    running: str
    saved: str
    good: dict[str, Baseline]

    @property
    def router(self) -> Router:
        return self.lab["r1"]

    def apply(self, on_step: Callable[[str], None] | None = None, permit: Callable[[], None] = permitted) -> Outcome:
        module = restore if self.plan.action == "restore" else repair
        return module.apply(self.plan, *at(self.lab, "r1"), permit, on_step)

    def shows_again(self) -> None:
        """A neighbour that came back with the repair is missed only once its dead interval is over."""
        if self.plan.action == "repair":
            again = proposed(self.lab, self.good, "r1", self.plan.finding)
            assert again.hash == self.plan.hash

    def assert_untouched(self) -> None:
        assert self.router.running == self.running
        assert self.router.startup.read_text() == self.saved


@pytest.fixture(params=[*FAULTS, "changed since backup"])
def broken(request: pytest.FixtureRequest, healthy_network: NetworkLab, good: dict[str, Baseline]) -> Broken:
    router = healthy_network["r1"]
    if request.param == "changed since backup":
        where, device = at(healthy_network, "r1")
        with open_session(where) as session:
            wanted = fetch_config(session).text
        drifted(router)
        plan = restore.plan(where, device, wanted)
    else:
        fault = FAULTS[request.param]
        fault.inject(router)
        router.save()
        plan = proposed(healthy_network, good, "r1", fault.code)
    return Broken(healthy_network, plan, router.running, router.startup.read_text(), good)


def test_a_repair_is_undone_to_the_byte_whatever_goes_wrong_and_made_when_nothing_does(broken: Broken) -> None:
    """One fault, one plan: what was undone leaves the router as it was, so that the plan still holds."""
    nobody_can_log_in_after_the_write(broken)
    broken.shows_again()
    it_does_not_prove_good(broken)
    broken.shows_again()
    the_program_is_killed_and_the_next_run_finds_it(broken)
    broken.shows_again()
    it_is_made_proven_and_saved(broken)


def nobody_can_log_in_after_the_write(broken: Broken) -> None:
    def on_step(said: str) -> None:
        if "perintah dijalankan" in said:
            cut_off(broken.router)
        if "verifikasi gagal" in said:
            broken.router.machine.run("nft", "flush", "ruleset")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(change, "VERIFY_S", 1.5)
        patch.setattr(connect, "CONNECT_S", 2.0)
        outcome = broken.apply(on_step)
    assert outcome.status == "rolled_back", outcome
    assert "sambungan baru gagal" in outcome.detail
    broken.assert_untouched()


def it_does_not_prove_good(broken: Broken) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(change, "VERIFY_S", 0.0)
        patch.setattr(restore if broken.plan.action == "restore" else repair, "_proof", lambda *_: Proof("masih ada"))
        outcome = broken.apply()
    assert outcome.status == "rolled_back", outcome
    broken.assert_untouched()


def the_program_is_killed_and_the_next_run_finds_it(broken: Broken) -> None:
    where, said = at(broken.lab, "r1")[0], list[str]()
    with open_session(where) as session:
        before = fetch_config(session).text
    killed_after_the_write(broken)
    assert broken.router.running != broken.running
    outcome = change.recover(broken.plan, where, permitted, before, 1.0, said.append)
    assert outcome is not None
    assert (outcome.status, outcome.detail) == ("rolled_back", change.INTERRUPTED)
    assert f"{change.INTERRUPTED} ditemukan" in said
    broken.assert_untouched()
    assert not list(broken.router.folder("etc").glob("pelihara-batal*")), "the guard would strike later"
    assert change.recover(broken.plan, where, permitted, before, 1.0) is None


def it_is_made_proven_and_saved(broken: Broken) -> None:
    asked, said = list[str](), list[str]()
    outcome = broken.apply(said.append, lambda: asked.append("permit"))
    assert outcome.status == "applied", outcome
    assert broken.router.running == broken.router.healthy
    assert broken.router.startup.read_text() == broken.router.saved
    assert {"jalan mundur dipasang di perangkat", "jalan mundur dilepas"} <= set(said)
    assert len(asked) == 4, "arming, writing, disarming and saving each ask"
    if broken.plan.action == "repair":
        assert {" ".join(fault) for fault in broken.plan.details["faults"]} <= set(outcome.verdict["hilang"])


@pytest.mark.parametrize("broken", ["port shut", "OSPF area"], indirect=True)
def test_a_repair_whose_program_is_killed_is_undone_by_the_router_itself(
    broken: Broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL between write and proof, and nobody comes back."""
    monkeypatch.setattr(frr, "ARMED_MINUTES", 0.05)
    killed_after_the_write(broken)
    assert broken.router.running != broken.running
    until(lambda: broken.router.running == broken.running, "the router takes it back", 15, every=0.3)
    broken.assert_untouched()


def cut_off(router: Router) -> None:
    """New sessions come to nothing; those there are go on."""
    rules = "add table inet t; add chain inet t i { type filter hook input priority 0; }"
    router.machine.run("nft", f"{rules}; add rule inet t i tcp dport 22 ct state new drop")


def killed_after_the_write(broken: Broken) -> None:
    """The program in a process of its own, and its end."""

    def run() -> None:
        def on_step(said: str) -> None:
            if "perintah dijalankan" in said:
                os.kill(os.getpid(), signal.SIGKILL)

        broken.apply(on_step)

    child = multiprocessing.get_context("fork").Process(target=run)
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL


def test_what_somebody_else_changed_meanwhile_is_not_undone(
    healthy_network: NetworkLab, good: dict[str, Baseline]
) -> None:
    router = healthy_network["r1"]
    router.shut()
    plan = proposed(healthy_network, good, "r1", "link.admin_down")
    where, _ = at(healthy_network, "r1")
    with open_session(where) as session:
        before = fetch_config(session).text
    router.configure("interface eth1", "no shutdown", "interface eth2", "description milik orang lain")
    now = router.running
    outcome = change.recover(plan, where, permitted, before, 3600.0)
    assert outcome is not None
    assert outcome.status == "failed"
    assert "interface eth1; shutdown" in outcome.detail
    assert router.running == now


def test_several_faults_of_a_router_are_one_plan(healthy_network: NetworkLab, good: dict[str, Baseline]) -> None:
    router = healthy_network["r1"]
    router.ospf_area()
    router.bgp_shutdown()
    router.save()
    end = time.monotonic() + 60
    while True:
        reading = read(healthy_network, "r1", good["r1"])
        (plan, *others) = repair.propose(*at(healthy_network, "r1"), reading) or [None]
        codes = [code for code, _ in plan.details["faults"]] if plan else []
        if set(codes) >= {"ospf.area_mismatch", "bgp.peer_down"} or time.monotonic() > end:
            break
    assert not others
    outcome = repair.apply(Plan.from_document(plan.document()), *at(healthy_network, "r1"), permitted)
    assert outcome.status == "applied", outcome
    assert router.running == router.healthy
    assert router.startup.read_text() == router.saved
