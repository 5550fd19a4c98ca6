"""Plans and what they came to."""

from __future__ import annotations

from playbooks.plans import Outcome

SHUT = {"code": "link.admin_down", "subject": "eth1", "evidence": "before"}
HOT = {"code": "cpu.high", "subject": "prosesor", "evidence": "91 %"}
LOST = {"code": "ospf.neighbor_lost", "subject": "10.255.0.2", "evidence": "-"}


def test_the_verdict_says_what_is_gone_what_stayed_and_what_is_new() -> None:
    outcome = Outcome("applied", before=(SHUT, HOT), after=({**HOT, "evidence": "95 %"}, LOST))
    assert outcome.verdict == {
        "hilang": ["link.admin_down eth1"],
        "tetap": ["cpu.high prosesor"],
        "baru": ["ospf.neighbor_lost 10.255.0.2"],
    }
    assert outcome.as_json()["verdict"] == outcome.verdict


def test_a_change_that_was_undone_leaves_the_findings_of_before() -> None:
    assert Outcome("rolled_back", before=(SHUT,), after=(SHUT,)).verdict["hilang"] == []
