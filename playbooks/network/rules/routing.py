"""Ways through the network: OSPF, BGP, the default route and its gateway."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address

from playbooks.findings import Finding, Severity
from playbooks.network.facts import Facts, OspfInterface
from playbooks.network.rules.case import Case, Rule, is_address

ASKED = 5
"""Fewer echo requests than this say nothing about loss: the first may wait for ARP."""
LOST, LOSS = 2, 5.0
"""Lost echoes, and per cent of them, from which on a path is called lossy."""


def ospf_changed(case: Case) -> Iterator[Finding]:
    """Area, timers or MTU of an OSPF interface that differ from the last good run, while neighbours are missing."""
    earlier = {one.name: one for one in case.before.ospf_interfaces} if case.before else {}
    for now in case.facts.ospf_interfaces:
        then = earlier.get(now.name)
        if then is not None and _adjacent_on(case.facts, now.name) < max(
            then.neighbors, _adjacent_on(case.before, now.name)
        ):
            yield from mismatches(now, then, f"{now.name} pada pemeriksaan terakhir yang baik")


def _adjacent_on(facts: Facts | None, interface: str) -> int:
    return sum(one.adjacent for one in facts.ospf_neighbors if one.interface == interface) if facts else 0


def mismatches(one: OspfInterface, other: OspfInterface, other_name: str) -> Iterator[Finding]:
    """What keeps two ends from becoming neighbours (RFC 2328 section 10.5; MTU section 10.6)."""
    advice = "Samakan {what} {port} dengan ujung seberangnya; yang menyimpang dari dokumentasi yang diperbaiki."
    pairs = (
        ("ospf.area_mismatch", "area OSPF", _area(one.area), _area(other.area)),
        ("ospf.timer_mismatch", "hello/dead interval", _timers(one), _timers(other)),
        ("ospf.mtu_mismatch", "MTU", str(one.mtu or ""), str(other.mtu or "")),
        # Neighbours of two kinds may even become full, but no route leads over them (RFC 2328 section 12.4.1).
        ("ospf.neighbor_lost", "jenis jaringan OSPF", _kind(one.kind), _kind(other.kind)),
    )
    for code, what, mine, theirs in pairs:
        if mine and theirs and mine != theirs:
            evidence = f"{one.name}: {what} {mine}; {other_name}: {theirs}"
            yield Finding(code, Severity.MAJOR, one.name, evidence, advice.format(what=what, port=one.name))


def _area(area: str) -> str:
    """Areas are written as a number or as an address."""
    short = area.isascii() and area.isdigit() and len(area) < 11
    return str(IPv4Address(int(area))) if short and int(area) < 2**32 else area


def _kind(kind: str) -> str:
    """However the platform writes it; empty where it is not one of the two that are mistaken for each other."""
    short = re.sub(r"[^a-z]", "", kind.lower())
    return {"pointopoint": "point-to-point", "pointtopoint": "point-to-point", "broadcast": "broadcast"}.get(short, "")


def _timers(interface: OspfInterface) -> str:
    return f"{interface.hello_s}/{interface.dead_s} s" if interface.dead_s else ""


def ospf_stuck(case: Case) -> Iterator[Finding]:
    """ExStart and Exchange that do not pass: the ends disagree about the MTU (RFC 2328 section 10.6)."""
    for neighbor in case.facts.ospf_neighbors:
        if neighbor.state.lower().startswith(("exstart", "exchange")):
            evidence = f"{neighbor.router_id} {neighbor.address} {neighbor.state} {neighbor.interface}"
            advice = f"Tetangga tertahan di {neighbor.state}: samakan MTU {neighbor.interface} dengan ujung seberang."
            yield Finding("ospf.mtu_mismatch", Severity.MAJOR, neighbor.interface, evidence, advice)


def ospf_neighbor_lost(case: Case) -> Iterator[Finding]:
    """Neighbours of the last good run or of the inventory that are not there now."""
    facts = case.facts
    present = {key for one in facts.ospf_neighbors if one.adjacent for key in (one.router_id, one.address)}
    expected = {one.address: one.interface for one in case.before.ospf_neighbors if one.adjacent} if case.before else {}
    known = {one.router_id for one in case.before.ospf_neighbors} if case.before else set()
    named = (name for name in case.expect.neighbors if is_address(name))
    expected |= {name: "" for name in named if name not in known | _bgp_names(facts) | expected.keys()}
    for name, interface in sorted(expected.items()):
        if name not in present:
            missing = f"tetangga {name} {interface} tidak ada dalam daftar tetangga OSPF".replace("  ", " ")
            evidence = _seen(facts, name) or missing
            yield Finding("ospf.neighbor_lost", Severity.MAJOR, name, evidence, _ospf_advice(facts, interface))


def ospf_alone(case: Case) -> Iterator[Finding]:
    """A point-to-point OSPF link without any neighbour, when nothing is known of its past."""
    known = {one.name for one in case.before.ospf_interfaces} if case.before else set()
    for interface in case.facts.ospf_interfaces:
        link = case.facts.interface(interface.name)
        heard = interface.neighbors or _adjacent_on(case.facts, interface.name)
        if interface.name in known or interface.passive or heard or (link and not link.up):
            continue
        if re.sub("[-_ ]", "", interface.kind.upper()).startswith(("POINTOPOINT", "POINTTOPOINT", "PTP", "P2P")):
            evidence = f"{interface.name} area {interface.area} {interface.kind}: 0 tetangga"
            yield Finding(
                "ospf.neighbor_lost", Severity.MAJOR, interface.name, evidence, _ospf_advice(case.facts, interface.name)
            )


def _bgp_names(facts: Facts) -> set[str]:
    return {peer.address for peer in facts.bgp_peers}


def _seen(facts: Facts, name: str) -> str:
    return next(
        (
            f"{one.router_id} {one.address} {one.state} {one.interface}"
            for one in facts.ospf_neighbors
            if name in (one.router_id, one.address)
        ),
        "",
    )


def _ospf_advice(facts: Facts, interface: str) -> str:
    own = next((one for one in facts.ospf_interfaces if one.name == interface), None)
    if own and own.passive:
        return f"Antarmuka {interface} pasif: hapus `ip ospf passive` bila di seberangnya ada router."
    if own is None and interface:
        return f"OSPF tidak aktif pada {interface}: periksa `ip ospf area` dan apakah antarmuka menyala."
    return "Periksa tetangga di seberang: area, hello/dead, MTU, autentikasi, dan filter yang menolak protokol 89."


def default_missing(case: Case) -> Iterator[Finding]:
    routes = case.facts.default_routes
    expected = case.expect.gateway or (case.before and case.before.default_routes)
    if routes is not None and expected and not any(route.active for route in routes):
        inactive = "; ".join(f"{route.prefix} via {route.gateway or route.interface} tidak aktif" for route in routes)
        evidence = inactive or "0.0.0.0/0 tidak ada dalam tabel rute"
        advice = f"Pasang kembali rute default ke {case.gateway or 'gateway yang benar'}."
        yield Finding("route.default_missing", Severity.CRITICAL, "0.0.0.0/0", evidence, advice)


def default_elsewhere(case: Case) -> Iterator[Finding]:
    """A default route that leads somewhere else than the inventory says."""
    active = [route for route in case.facts.default_routes or () if route.active and route.gateway]
    wanted = case.expect.gateway
    if wanted and active and wanted not in {route.gateway for route in active}:
        evidence = "; ".join(f"{route.prefix} via {route.gateway} {route.interface}".strip() for route in active)
        advice = f"Rute default menuju gateway lain; yang benar menurut inventaris {wanted}."
        yield Finding("route.default_missing", Severity.MAJOR, "0.0.0.0/0", evidence, advice)


def gateway_unreachable(case: Case) -> Iterator[Finding]:
    if case.facts.gateway_answers is False:
        evidence = case.facts.gateway_line or f"{case.facts.gateway}: tidak ada jawaban"
        advice = f"Gateway {case.facts.gateway} tidak menjawab: periksa sambungan ke arahnya dan gateway itu sendiri."
        yield Finding("gateway.unreachable", Severity.CRITICAL, case.facts.gateway, evidence, advice)


def path_loss(case: Case) -> Iterator[Finding]:
    """Some echoes of the gateway are lost; all of them is another finding."""
    facts = case.facts
    lost = facts.gateway_sent - facts.gateway_received
    if facts.gateway_sent < ASKED or facts.gateway_received <= 0 or facts.gateway_answers is False:
        return
    if lost >= LOST and lost / facts.gateway_sent * 100 >= LOSS:
        delay = f", rata-rata {facts.gateway_rtt_ms:.0f} ms" if facts.gateway_rtt_ms is not None else ""
        counted = f"{lost} dari {facts.gateway_sent} paket ke {facts.gateway} hilang{delay}"
        evidence = f"{facts.gateway_line}; {counted}".removeprefix("; ")
        advice = f"Paket ke gateway {facts.gateway} hilang: periksa kabel, sinyal radio dan beban sambungan ke sana."
        yield Finding("path.loss", Severity.WARNING, facts.gateway, evidence, advice)


def bgp_peer_down(case: Case) -> Iterator[Finding]:
    earlier = {peer.address for peer in case.before.bgp_peers if peer.up} if case.before else set()
    for peer in case.facts.bgp_peers:
        if not peer.up:
            severity = Severity.MAJOR if not case.before or peer.address in earlier else Severity.WARNING
            evidence = peer.note or f"{peer.address} AS {peer.remote_as} {peer.state}"
            yield Finding("bgp.peer_down", severity, peer.address, evidence, _bgp_advice(peer.address, peer.state))
    for address in sorted(earlier - _bgp_names(case.facts)):
        missing = f"{address}: tidak ada dalam daftar tetangga BGP"
        yield Finding("bgp.peer_down", Severity.MAJOR, address, missing, _bgp_advice(address, ""))


def _bgp_advice(peer: str, state: str) -> str:
    if "admin" in state.lower():
        return f"Sesi ke {peer} dimatikan di konfigurasi (`neighbor ... shutdown`); aktifkan bila tidak disengaja."
    return f"Periksa jangkauan ke {peer}, nomor AS di kedua sisi, sandi sesi, dan filter TCP 179."


RULES: tuple[Rule, ...] = (
    ospf_changed,
    ospf_stuck,
    ospf_neighbor_lost,
    ospf_alone,
    default_missing,
    default_elsewhere,
    gateway_unreachable,
    path_loss,
    bgp_peer_down,
)
