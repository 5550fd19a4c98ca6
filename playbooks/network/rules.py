"""From facts to findings: one short pure function a rule. Nothing here talks to a device or reads a clock.

A rule looks at `Case` (facts, what the inventory expects, the last good run) and yields findings; `findings` collects
and ranks them, the cause above what follows from it. Evidence is the device's own words, advice is for the technician.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from inventory.models import Device, Expectation
from playbooks.findings import Finding, Severity
from playbooks.network.facts import Facts, Interface, OspfInterface

FLAPS = 5
"""More link losses than this since the last good run count as flapping."""
ERRORS = 100
"""More damaged frames than this since the last good run (or in all, without one) are worth a look."""
BUSY, FULL = 85.0, 90.0
"""Per cent from which on processor and memory, or storage, are called high."""

ORDER = (
    "link.admin_down link.down link.duplex link.errors link.flapping ospf.area_mismatch ospf.mtu_mismatch "
    "ospf.timer_mismatch ospf.neighbor_lost route.default_missing gateway.unreachable bgp.peer_down device.rebooted "
    "config.unsaved config.changed cpu.high memory.high storage.low"
).split()
"""Cause before consequence."""


@dataclass(frozen=True)
class Case:
    """Everything a rule may look at. `before` are the facts of the last good run; empty ones when there was none."""

    facts: Facts
    expect: Expectation = field(default_factory=Expectation)
    uplinks: tuple[str, ...] = ()
    before: Facts | None = None

    def wanted_up(self, interface: Interface) -> bool:
        """Whether somebody counts on it: the inventory, the last good run, or an address on it."""
        said = self.expect.interfaces.get(interface.name)
        if said is not None:
            return said == "up"
        if interface.name in self.uplinks:
            return True
        earlier = self.before.interface(interface.name) if self.before else None
        return earlier.up if earlier else bool(interface.addresses)

    def severity_of(self, interface: str) -> Severity:
        return Severity.CRITICAL if interface in self.uplinks else Severity.MAJOR


def findings(facts: Facts, device: Device | None = None, before: Facts | None = None) -> list[Finding]:
    """All findings, ranked: what needs attention first, among those the cause before its consequences."""
    case = Case(facts, device.expect, device.uplinks, before) if device else Case(facts, before=before)
    return _holding(ranked(finding for rule in RULES for finding in rule(case)))


def ranked(found: Iterable[Finding]) -> list[Finding]:
    """Major and critical ones in the order of `ORDER`, then warnings, then information."""
    return sorted(
        found, key=lambda one: (-min(one.severity, Severity.MAJOR), _place(one.code), -one.severity, one.subject)
    )


def unfit_to_save(found: Iterable[Finding]) -> list[Finding]:
    """Why the running configuration must not be saved: serious faults, which a restart would then no longer heal."""
    return [one for one in found if one.severity >= Severity.MAJOR and one.code != "config.unsaved"]


def _holding(found: list[Finding]) -> list[Finding]:
    faults = ", ".join(f"{one.code} {one.subject}" for one in unfit_to_save(found))
    advice = (
        "Konfigurasi berjalan belum disimpan. Jangan simpan dulu: baris yang belum disimpan mungkin penyebab gangguan "
        f"({faults}), dan bila disimpan gangguan itu tetap ada setelah perangkat menyala ulang. Atasi gangguannya dulu."
    )
    return [replace(one, advice=advice) if faults and one.code == "config.unsaved" else one for one in found]


def _place(code: str) -> int:
    return ORDER.index(code) if code in ORDER else len(ORDER)


def link_admin_down(case: Case) -> Iterator[Finding]:
    for interface in case.facts.interfaces:
        if not interface.enabled and case.wanted_up(interface):
            advice = (
                f"Port {interface.name} dimatikan di konfigurasi. Pastikan tidak disengaja, lalu aktifkan kembali "
                "lewat rencana perbaikan."
            )
            yield Finding("link.admin_down", case.severity_of(interface.name), interface.name, interface.line, advice)


def link_down(case: Case) -> Iterator[Finding]:
    for interface in case.facts.interfaces:
        if interface.enabled and not interface.up and case.wanted_up(interface):
            advice = (
                f"Periksa kabel, konektor atau SFP di {interface.name}, dan apakah perangkat di seberangnya menyala."
            )
            yield Finding("link.down", case.severity_of(interface.name), interface.name, interface.line, advice)


def link_missing(case: Case) -> Iterator[Finding]:
    """An interface that the inventory or the last good run knows and the device no longer has."""
    known = {name for name, state in case.expect.interfaces.items() if state == "up"}
    known |= {one.name for one in case.before.interfaces if one.up and one.addresses} if case.before else set()
    have = {interface.name for interface in case.facts.interfaces}
    for name in sorted(known - have) if have else ():
        advice = f"Port {name} tidak lagi ada pada perangkat: modul terlepas, rusak, atau nama port berubah."
        yield Finding("link.down", case.severity_of(name), name, f"{name}: tidak ada dalam daftar antarmuka", advice)


def link_errors(case: Case) -> Iterator[Finding]:
    for interface, earlier in _with_earlier(case):
        count = interface.errors - (earlier.errors if earlier and earlier.errors <= interface.errors else 0)
        if count > ERRORS:
            evidence = f"{interface.line}; {count} bingkai rusak"
            advice = f"Ganti kabel atau SFP {interface.name}; samakan kecepatan dan dupleks di kedua ujung."
            yield Finding("link.errors", Severity.WARNING, interface.name, evidence, advice)


def link_flapping(case: Case) -> Iterator[Finding]:
    for interface, earlier in _with_earlier(case):
        if earlier and interface.flaps - earlier.flaps > FLAPS:
            evidence = f"{interface.line}; putus {interface.flaps - earlier.flaps} kali sejak pemeriksaan terakhir"
            advice = (
                f"Sambungan {interface.name} putus-nyambung: periksa kabel, konektor dan daya perangkat di seberang."
            )
            yield Finding("link.flapping", Severity.WARNING, interface.name, evidence, advice)


def _with_earlier(case: Case) -> Iterator[tuple[Interface, Interface | None]]:
    for interface in case.facts.interfaces:
        yield interface, case.before.interface(interface.name) if case.before else None


def ospf_changed(case: Case) -> Iterator[Finding]:
    """Area, timers or MTU of an OSPF interface that differ from the last good run, while neighbours are missing."""
    earlier = {one.name: one for one in case.before.ospf_interfaces} if case.before else {}
    for now in case.facts.ospf_interfaces:
        then = earlier.get(now.name)
        if then is not None and _adjacent_on(case.facts, now.name) < max(
            then.neighbors, _adjacent_on(case.before, now.name)
        ):
            yield from _mismatches(now, then, f"{now.name} pada pemeriksaan terakhir yang baik")


def _adjacent_on(facts: Facts | None, interface: str) -> int:
    return sum(one.adjacent for one in facts.ospf_neighbors if one.interface == interface) if facts else 0


def _mismatches(one: OspfInterface, other: OspfInterface, other_name: str) -> Iterator[Finding]:
    """What keeps two ends from becoming neighbours (RFC 2328 section 10.5; MTU section 10.6)."""
    advice = "Samakan {what} di kedua ujung; yang menyimpang dari dokumentasi yang diperbaiki."
    pairs = (
        ("ospf.area_mismatch", "area OSPF", _area(one.area), _area(other.area)),
        ("ospf.timer_mismatch", "hello/dead interval", _timers(one), _timers(other)),
        ("ospf.mtu_mismatch", "MTU", str(one.mtu or ""), str(other.mtu or "")),
    )
    for code, what, mine, theirs in pairs:
        if mine and theirs and mine != theirs:
            evidence = f"{one.name}: {what} {mine}; {other_name}: {theirs}"
            yield Finding(code, Severity.MAJOR, one.name, evidence, advice.format(what=what))


def _area(area: str) -> str:
    return f"0.0.0.{area}" if area.isdigit() and int(area) < 256 else area


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
    named = (name for name in case.expect.neighbors if _is_address(name))
    expected |= {name: "" for name in named if name not in known | _bgp_names(facts)}
    for name, interface in sorted(expected.items()):
        if name not in present:
            evidence = _seen(
                facts, name
            ) or f"tetangga {name} {interface} tidak ada dalam daftar tetangga OSPF".replace("  ", " ")
            yield Finding("ospf.neighbor_lost", Severity.MAJOR, name, evidence, _ospf_advice(facts, interface))


def ospf_alone(case: Case) -> Iterator[Finding]:
    """A point-to-point OSPF link without any neighbour, when nothing is known of its past."""
    known = {one.name for one in case.before.ospf_interfaces} if case.before else set()
    for interface in case.facts.ospf_interfaces:
        link = case.facts.interface(interface.name)
        if interface.name in known or interface.passive or interface.neighbors or (link and not link.up):
            continue
        if interface.kind.upper().replace("-", "").startswith(("POINTOPOINT", "POINTTOPOINT", "PTP")):
            evidence = f"{interface.name} area {interface.area} {interface.kind}: 0 tetangga"
            yield Finding(
                "ospf.neighbor_lost", Severity.MAJOR, interface.name, evidence, _ospf_advice(case.facts, interface.name)
            )


def _bgp_names(facts: Facts) -> set[str]:
    return {peer.address for peer in facts.bgp_peers}


def _is_address(name: str) -> bool:
    return name.count(".") == 3 and name.replace(".", "").isdigit()


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
        evidence = (
            "; ".join(f"{route.prefix} via {route.gateway} tidak aktif" for route in routes)
            or "0.0.0.0/0 tidak ada dalam tabel rute"
        )
        advice = f"Pasang kembali rute default ke {_gateway_wanted(case) or 'gateway yang benar'}."
        yield Finding("route.default_missing", Severity.CRITICAL, "0.0.0.0/0", evidence, advice)


def default_elsewhere(case: Case) -> Iterator[Finding]:
    """A default route that leads somewhere else than the inventory says."""
    active = [route for route in case.facts.default_routes or () if route.active and route.gateway]
    wanted = case.expect.gateway
    if wanted and active and wanted not in {route.gateway for route in active}:
        evidence = "; ".join(f"{route.prefix} via {route.gateway} {route.interface}".strip() for route in active)
        advice = f"Rute default menuju gateway lain; yang benar menurut inventaris {wanted}."
        yield Finding("route.default_missing", Severity.MAJOR, "0.0.0.0/0", evidence, advice)


def _gateway_wanted(case: Case) -> str:
    earlier = (case.before.default_routes or ()) if case.before else ()
    return case.expect.gateway or next((route.gateway for route in earlier if route.gateway), "")


def gateway_unreachable(case: Case) -> Iterator[Finding]:
    if case.facts.gateway_answers is False:
        advice = f"Gateway {case.facts.gateway} tidak menjawab: periksa sambungan ke arahnya dan gateway itu sendiri."
        yield Finding("gateway.unreachable", Severity.CRITICAL, case.facts.gateway, case.facts.gateway_line, advice)


def bgp_peer_down(case: Case) -> Iterator[Finding]:
    earlier = {peer.address for peer in case.before.bgp_peers if peer.up} if case.before else set()
    for peer in case.facts.bgp_peers:
        if not peer.up:
            severity = Severity.MAJOR if not case.before or peer.address in earlier else Severity.WARNING
            yield Finding("bgp.peer_down", severity, peer.address, peer.note, _bgp_advice(peer.state))
    for address in sorted(earlier - _bgp_names(case.facts)) if case.facts.bgp_peers or earlier else ():
        yield Finding(
            "bgp.peer_down", Severity.MAJOR, address, f"{address}: tidak ada dalam daftar tetangga BGP", _bgp_advice("")
        )


def _bgp_advice(state: str) -> str:
    if "admin" in state.lower():
        return "Sesi dimatikan di konfigurasi (`neighbor ... shutdown`); aktifkan kembali bila tidak disengaja."
    return "Periksa jangkauan ke alamat tetangga, nomor AS di kedua sisi, sandi sesi, dan filter TCP 179."


def rebooted(case: Case) -> Iterator[Finding]:
    now, then = case.facts.uptime_s, case.before.uptime_s if case.before else None
    if now is not None and then is not None and now < then:
        evidence = f"menyala {int(now)} s; pada pemeriksaan terakhir {int(then)} s"
        advice = "Perangkat menyala ulang. Periksa catu daya, UPS dan log; pastikan konfigurasi tersimpan."
        yield Finding("device.rebooted", Severity.WARNING, case.facts.hostname or "perangkat", evidence, advice)


def unsaved(case: Case) -> Iterator[Finding]:
    facts = case.facts
    if facts.saved_digest and facts.running_digest and facts.saved_digest != facts.running_digest:
        evidence = "; ".join(facts.unsaved_lines[:6]) or "konfigurasi berjalan berbeda dari yang tersimpan"
        advice = "Konfigurasi berjalan belum disimpan dan hilang bila perangkat mati. Simpan lewat rencana kelas A."
        yield Finding("config.unsaved", Severity.WARNING, "konfigurasi", evidence, advice)


def changed(case: Case) -> Iterator[Finding]:
    now, then = case.facts.running_digest, case.before.running_digest if case.before else ""
    if now and then and now != then:
        evidence = f"sidik konfigurasi {now[:12]}, pada keadaan baik terakhir {then[:12]}"
        advice = "Konfigurasi berubah sejak keadaan baik terakhir. Lihat `pelihara network diff`; pastikan itu dikenal."
        yield Finding("config.changed", Severity.WARNING, "konfigurasi", evidence, advice)


def resources(case: Case) -> Iterator[Finding]:
    facts = case.facts
    limits = (
        (
            "cpu.high",
            "prosesor",
            facts.cpu_percent,
            BUSY,
            "Cari proses atau lalu lintas penyebab beban; periksa loop dan serangan.",
        ),
        (
            "memory.high",
            "memori",
            facts.memory_percent,
            BUSY,
            "Memori hampir habis: kurangi layanan atau jadwalkan mulai ulang.",
        ),
        (
            "storage.low",
            "penyimpanan",
            facts.storage_percent,
            FULL,
            "Hapus berkas lama di penyimpanan perangkat sebelum memutakhirkan apa pun.",
        ),
    )
    for code, subject, value, limit, advice in limits:
        if value is not None and value >= limit:
            yield Finding(code, Severity.WARNING, subject, f"{subject} terpakai {value:g} %", advice)


RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    link_admin_down,
    link_down,
    link_missing,
    link_errors,
    link_flapping,
    ospf_changed,
    ospf_stuck,
    ospf_neighbor_lost,
    ospf_alone,
    default_missing,
    default_elsewhere,
    gateway_unreachable,
    bgp_peer_down,
    rebooted,
    unsaved,
    changed,
    resources,
)


def between(facts: dict[str, Facts]) -> dict[str, list[Finding]]:
    """What only two devices seen together show: OSPF ends of one subnet that disagree. By device, for both ends."""
    ends = [
        (name, one, own)
        for name, told in facts.items()
        for one in told.ospf_interfaces
        if (own := told.interface(one.name))
    ]
    found: dict[str, list[Finding]] = {name: [] for name in facts}
    for name, one, link in ends:
        for other_name, other, other_link in ends:
            if name != other_name and _same_subnet(link, other_link):
                found[name] += _mismatches(one, other, f"{other_name} {other.name}")
    return found


def _same_subnet(one: Interface, other: Interface) -> bool:
    return any(other.reaches(address.partition("/")[0]) for address in one.addresses)


def joined(own: Sequence[Finding], shared: Sequence[Finding]) -> list[Finding]:
    """A device's findings with those seen from both ends; the same mismatch is told once, both ends' words win."""
    told = {(finding.code, finding.subject) for finding in shared}
    return _holding(ranked([*shared, *(finding for finding in own if (finding.code, finding.subject) not in told)]))
