"""Whatever people and flows try in whatever order: only the right one in turn moves a case, and the chain holds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.settings import Settings
from sop.register import CaseRecord, Register
from sop.register.errors import RegisterError
from tests.sop.register.office import CLI, FLOW, ROLES, a_plan, an_inventory, digest, network_case, website_case

OFFICIALS = st.sampled_from([*(f"{role}-1" for role in ROLES), "auditor-1", "dinkes", "dinsos"])
ACTS = st.tuples(
    st.just("act"), OFFICIALS, st.sampled_from(["YA", "YA", "YA", "TIDAK"]), st.sampled_from(["", "alasan"])
)
IN_TURN = st.tuples(st.just("turn"), st.sampled_from(["YA", "YA", "YA", "TIDAK"]))
PLANS = st.tuples(st.just("propose"), st.sampled_from(["A", "B", "C"]), st.sampled_from(["repair", "deploy"]))
OTHERS = st.sampled_from([("complete",), ("evidence",), ("retry",), ("settle",), ("write",)])
MOVES = st.lists(st.one_of(IN_TURN, IN_TURN, IN_TURN, ACTS, PLANS, OTHERS), min_size=8, max_size=20)


def move(register: Register, case: CaseRecord, what: tuple[str, ...]) -> None:
    target = case.website or "dinkes-r1"
    match what:
        case ("act", official, answer, note):
            register.act(case.id, official, answer, note, actor=CLI)
        case ("turn", answer):
            register.act(case.id, case.position.turn[0] if case.position.turn else "kadis", answer, "alasan", actor=CLI)
        case ("propose", ladder, action):
            register.propose(case.id, a_plan(target, action, ladder), action, target, ladder, "pelihara")
        case ("complete",):
            register.complete_work(case.id, case.position.step, FLOW, {})
        case ("settle",):
            register.settle_plan(case.plans[-1].hash if case.plans else "", "failed", {}, FLOW, case.id)
        case ("write",):
            write(register, case, target)
        case _:
            prepare(register, case, what)


def prepare(register: Register, case: CaseRecord, what: tuple[str, ...]) -> None:
    if what == ("evidence",):
        for kind in case.step.needs:
            register.keep(b"x", kind, "x", case_id=case.id)
    for row in register.outbox_due() if what == ("retry",) else ():
        register.outbox_retry(row.id, "mati")


def write(register: Register, case: CaseRecord, target: str) -> None:
    """A write that is let through was allowed by everything the invariants name."""
    for plan in case.plans or ():
        with register.lease(target, "run", "uji") as lease:
            register.permit(case.id, plan.action, target, plan.hash, lease)()
        assert case.position.is_open
        assert plan.action in case.step.allows
        assert plan.state in ("proposed", "approved")
        assert digest(plan.document) == plan.hash
        approvers = {
            event.role for event in case.events if event.kind in ("approved", "answered") and plan.hash in event.plans
        }
        assert plan.ladder == "A" or approvers & {"koordinator", "kabid", "sub_koordinator"}


def attempt(register: Register, case: CaseRecord, what: tuple[str, ...]) -> str:
    """Why it was refused; "" when it was not."""
    try:
        move(register, case, what)
    except RegisterError as refusal:
        return str(refusal)
    return ""


@given(st.sampled_from([network_case, website_case]), MOVES)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_only_the_right_act_in_turn_moves_a_case(opening: object, moves: list[tuple[str, ...]]) -> None:
    with TemporaryDirectory() as home:
        register = Register(Settings(home=Path(home), database_url=""), an_inventory())
        case = opening(register)  # type: ignore[operator]
        for what in moves:
            before = register.case(case.id)
            refused = attempt(register, before, what)
            after = register.case(case.id)
            assert not refused or after.events == before.events or what == ("write",)
            news = after.events[len(before.events) :]
            assert after.events[: len(before.events)] == before.events
            if what[0] in ("act", "turn"):
                assert all(event.role in before.position.turn for event in news)
                assert all(event.note for event in news if event.answer == "TIDAK")
            assert len({row.key for row in register.outbox_due()}) == len(register.outbox_due())
        assert register.verify_audit().problems == ()
