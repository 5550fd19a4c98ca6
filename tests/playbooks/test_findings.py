"""Causes and what follows from them."""

from __future__ import annotations

from playbooks.findings import Reason, TargetError, nested


def one(code: str, cause: str = "") -> dict[str, str]:
    return {"code": code, "subject": "x", **({"cause": f"{cause} x"} if cause else {})}


def depths(*findings: dict[str, str]) -> list[int]:
    return [depth for depth, _ in nested(findings)]


def test_depth_counts_the_causes_behind_a_finding() -> None:
    chain = (one("link.down"), one("ospf.neighbor_lost", "link.down"), one("bgp.peer_down", "ospf.neighbor_lost"))
    assert depths(*chain) == [0, 1, 2]


def test_a_cause_that_is_not_among_the_findings_counts_for_nothing() -> None:
    assert depths(one("gateway.unreachable", "link.down")) == [0]


def test_causes_in_a_circle_end() -> None:
    assert depths(one("link.down", "loop.detected"), one("loop.detected", "link.down")) == [2, 2]


def test_a_failure_is_told_in_the_technicians_words_with_and_without_a_detail() -> None:
    assert TargetError("r1", Reason.TIMEOUT).said == "tidak menjawab sampai batas waktu"
    assert TargetError("r1", Reason.UNREACHABLE, "sambungan ditolak").said == "tidak terjangkau: sambungan ditolak"
