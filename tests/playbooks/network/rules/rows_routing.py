"""Rows about OSPF, BGP, the default route and its gateway."""

from __future__ import annotations

from dataclasses import replace

from tests.playbooks.network.rules.known import (
    DEFAULT,
    GOOD,
    LATER,
    NEIGHBOR,
    OSPF1,
    PEER,
    SWITCH,
    Row,
)

ALONE = replace(LATER, ospf_neighbors=())
LOST = "ospf.neighbor_lost major 10.1.12.2"
PINGED = replace(LATER, gateway_sent=20, gateway_line="ping")
WANTED = {"expect": {"gateway": "203.0.113.1"}}
STUCK = replace(LATER, ospf_neighbors=(replace(NEIGHBOR, state="ExStart/DR"),))

ROWS = (
    Row("ospf.neighbor_lost", "was there", ALONE, LOST, GOOD),
    Row(
        "ospf.neighbor_lost",
        "named by the inventory",
        ALONE,
        "ospf.neighbor_lost major 10.255.0.2",
        None,
        {"expect": {"neighbors": ["10.255.0.2"]}},
    ),
    Row(
        "ospf.neighbor_lost",
        "alone on a point-to-point link",
        replace(ALONE, ospf_interfaces=(replace(OSPF1, neighbors=0),)),
        "ospf.neighbor_lost major eth1",
    ),
    Row(
        "ospf.neighbor_lost",
        "2-Way is as far as two of its kind go",
        replace(LATER, ospf_neighbors=(replace(NEIGHBOR, state="2-Way/DROther"),)),
        "",
        GOOD,
    ),
    Row(
        "ospf.neighbor_lost",
        "alone on a passive port",
        replace(ALONE, ospf_interfaces=(replace(OSPF1, neighbors=0, passive=True),)),
    ),
    Row(
        "ospf.area_mismatch",
        "changed here",
        replace(ALONE, ospf_interfaces=(replace(OSPF1, area="0.0.0.5", neighbors=0),)),
        f"ospf.area_mismatch major eth1, {LOST}",
        GOOD,
    ),
    Row(
        "ospf.area_mismatch",
        "written otherwise",
        replace(ALONE, ospf_interfaces=(replace(OSPF1, area="0", neighbors=0),)),
        LOST,
        GOOD,
    ),
    Row(
        "ospf.area_mismatch",
        "changed at both ends",
        replace(LATER, ospf_interfaces=(replace(OSPF1, area="0.0.0.5"),)),
        "",
        GOOD,
    ),
    Row(
        "ospf.timer_mismatch",
        "changed here",
        replace(ALONE, ospf_interfaces=(replace(OSPF1, hello_s=10, dead_s=40, neighbors=0),)),
        f"ospf.timer_mismatch major eth1, {LOST}",
        GOOD,
    ),
    Row(
        "ospf.timer_mismatch",
        "not told",
        replace(ALONE, ospf_interfaces=(replace(OSPF1, hello_s=0, dead_s=0, neighbors=0),)),
        LOST,
        GOOD,
    ),
    Row("ospf.mtu_mismatch", "stuck in ExStart", STUCK, f"ospf.mtu_mismatch major eth1, {LOST}", GOOD),
    Row(
        "ospf.mtu_mismatch",
        "changed here",
        replace(ALONE, ospf_interfaces=(replace(OSPF1, mtu=1400, neighbors=0),)),
        f"ospf.mtu_mismatch major eth1, {LOST}",
        GOOD,
    ),
    Row(
        "ospf.mtu_mismatch",
        "another MTU, and neighbours all the same",
        replace(LATER, ospf_interfaces=(replace(OSPF1, mtu=1400),)),
        "",
        GOOD,
    ),
    Row(
        "route.default_missing",
        "gone",
        replace(LATER, default_routes=()),
        "route.default_missing critical 0.0.0.0/0",
        GOOD,
    ),
    Row(
        "route.default_missing",
        "not active",
        replace(LATER, default_routes=(replace(DEFAULT, active=False),)),
        "route.default_missing critical 0.0.0.0/0",
        None,
        WANTED,
    ),
    Row(
        "route.default_missing",
        "leads elsewhere",
        replace(LATER, default_routes=(replace(DEFAULT, gateway="203.0.113.9"),)),
        "route.default_missing major 0.0.0.0/0",
        GOOD,
        WANTED,
    ),
    Row(
        "route.default_missing",
        "one of two leads there",
        replace(LATER, default_routes=(DEFAULT, replace(DEFAULT, gateway="203.0.113.9"))),
        "",
        GOOD,
        WANTED,
    ),
    Row(
        "route.default_missing",
        "never had one",
        replace(LATER, default_routes=()),
        "",
        replace(GOOD, default_routes=()),
    ),
    Row("route.default_missing", "not asked", replace(LATER, default_routes=None), "", GOOD, WANTED),
    Row(
        "gateway.unreachable",
        "dead",
        replace(LATER, gateway_answers=False),
        "gateway.unreachable critical 203.0.113.1",
        GOOD,
    ),
    Row("gateway.unreachable", "not asked", replace(LATER, gateway_answers=None), "", GOOD),
    Row("path.loss", "a fifth", replace(PINGED, gateway_received=16), "path.loss warning 203.0.113.1", GOOD),
    Row("path.loss", "one, as for ARP", replace(PINGED, gateway_received=19), "", GOOD),
    Row("path.loss", "too few asked", replace(PINGED, gateway_sent=3, gateway_received=1), "", GOOD),
    Row("path.loss", "two of many", replace(PINGED, gateway_sent=100, gateway_received=98), "", GOOD),
    Row(
        "path.loss",
        "all of them is another fault",
        replace(PINGED, gateway_answers=False, gateway_received=0),
        "gateway.unreachable critical 203.0.113.1",
        GOOD,
    ),
    Row(
        "bgp.peer_down",
        "was up",
        replace(LATER, bgp_peers=(replace(PEER, state="Active"),)),
        "bgp.peer_down major 10.1.13.2",
        GOOD,
    ),
    Row("bgp.peer_down", "no longer configured", replace(LATER, bgp_peers=()), "bgp.peer_down major 10.1.13.2", GOOD),
    Row(
        "bgp.peer_down",
        "was down then too",
        replace(SWITCH, bgp_peers=(replace(PEER, state="Idle (Admin)"),)),
        "bgp.peer_down warning 10.1.13.2",
        replace(SWITCH, bgp_peers=(replace(PEER, state="Idle"),)),
    ),
    Row(
        "bgp.peer_down",
        "taken away while it was down",
        SWITCH,
        "",
        replace(SWITCH, bgp_peers=(replace(PEER, state="Idle"),)),
    ),
)
