"""Facts in, findings out: a table. Each code has rows where it is found and rows where it nearly is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playbooks.findings import CODES
from playbooks.network.facts import Facts
from playbooks.network.rules import findings
from tests.playbooks.network.rules import rows_device, rows_links, rows_routing, rows_services
from tests.playbooks.network.rules.known import DOWN, ETH1, ETH2, GOOD, LATER, Row, device, ports, told

ROWS: tuple[Row, ...] = (*rows_links.ROWS, *rows_routing.ROWS, *rows_services.ROWS, *rows_device.ROWS)
FAMILIES = (
    "link optic ospf bgp route gateway path dhcp ip loop stp cpu memory storage environment config firmware clock "
    "device errdisabled pppoe vpn wifi uplink"
).split()
NETWORK = {code for code in CODES if code.partition(".")[0] in FAMILIES} | {"dns.not_answering"}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_fault_gives_its_findings_and_no_other(row: Row) -> None:
    assert row.told() == row.expected


@pytest.mark.parametrize("code", sorted(NETWORK))
def test_each_code_is_found_and_nearly_found(code: str) -> None:
    rows = [row for row in ROWS if row.code == code]
    found = [row for row in rows if f"{code} " in row.expected]
    assert found
    assert len(found) < len(rows)


@pytest.mark.parametrize("row", [row for row in ROWS if row.expected], ids=str)
def test_every_finding_says_what_was_seen_and_what_to_do(row: Row) -> None:
    for one in findings(row.facts, device(**row.about), row.before):
        assert one.evidence.strip(), one
        assert one.advice.endswith("."), one
        assert one.advice.count(". ") < 3, one


@pytest.mark.parametrize("before", [None, GOOD])
def test_a_healthy_device_has_no_findings(before: Facts | None) -> None:
    assert told(LATER, before, gateway="203.0.113.1", neighbors=["10.255.0.2"], interfaces={"eth1": "up"}) == []


def test_the_inventory_knows_better_than_the_last_run() -> None:
    assert told(ports(LATER, DOWN, ETH2), interfaces={"eth1": "down"}) == []
    assert told(ports(LATER, ETH2), interfaces={"eth1": "down"}) == []
    assert told(ports(LATER, ETH1), None, interfaces={"eth9": "up"})[0][0] == "link.down"
    assert told(replace(LATER, ospf_neighbors=()), None, neighbors=["10.255.0.2"])[0][0] == "ospf.neighbor_lost"


def test_facts_survive_json() -> None:
    assert Facts.from_json(GOOD.as_json()) == GOOD
    assert Facts.from_json({**GOOD.as_json(), "unknown": 1}) == GOOD
    assert Facts.from_json({}) == Facts()
    for row in ROWS:
        assert Facts.from_json(row.facts.as_json()) == row.facts
