"""Ports and what runs over them: state, damage, light, duplex, spanning tree, loops, load."""

from __future__ import annotations

from collections.abc import Iterator

from playbooks.findings import Finding, Severity
from playbooks.network.facts import Interface, StpPort
from playbooks.network.ports import Spellings, same_port
from playbooks.network.rules.case import Case, Rule, grown

FLAPS = 5
"""More link losses than this since the last good run count as flapping."""
ERRORS = 100
"""More damaged frames than this since the last good run are worth a look; without one they may be of years ago."""
FADED_DB = 3.0
"""An optic that receives less than half the light of the last good run is failing or dirty."""
SATURATED = 90.0
"""Per cent of an uplink's speed."""


def link_admin_down(case: Case) -> Iterator[Finding]:
    for interface in case.facts.interfaces:
        if not interface.enabled and case.wanted_up(interface):
            advice = (
                f"Port {interface.name} dimatikan di konfigurasi. Pastikan tidak disengaja, lalu aktifkan kembali "
                "lewat rencana perbaikan."
            )
            yield Finding("link.admin_down", case.weight(interface.name), interface.name, _words(interface), advice)


def link_down(case: Case) -> Iterator[Finding]:
    """Tunnels have words of their own, and a radio without clients is not "running" on some platforms."""
    spoken_for = {one.name for one in case.facts.tunnels} | {one.name for one in case.facts.radios}
    for interface in case.facts.interfaces:
        if interface.enabled and not interface.up and interface.name not in spoken_for and case.wanted_up(interface):
            advice = (
                f"Periksa kabel, konektor atau SFP di {interface.name}, dan apakah perangkat di seberangnya menyala."
            )
            yield Finding("link.down", case.weight(interface.name), interface.name, _words(interface), advice)


def _words(interface: Interface) -> str:
    """The device's own, or how it was read."""
    state = "mati" if not interface.enabled else "menyala" if interface.up else "putus"
    return interface.line or f"{interface.name}: {state}"


def link_missing(case: Case) -> Iterator[Finding]:
    """An interface that the inventory or the last good run knows and the device no longer has."""
    have = Spellings(interface.name for interface in case.facts.interfaces)
    known = {have.of(name) for name, state in case.expect.interfaces.items() if state == "up"}
    known |= {have.of(one.name) for one in case.before.interfaces if one.up and one.addresses} if case.before else set()
    gone = {name for name in known if case.said(name) != "down" and not case.facts.interface(name)}
    for name in sorted(gone) if case.facts.interfaces else ():
        advice = f"Port {name} tidak lagi ada pada perangkat: modul terlepas, rusak, atau nama port berubah."
        yield Finding("link.down", case.weight(name), name, f"{name}: tidak ada dalam daftar antarmuka", advice)


def link_errors(case: Case) -> Iterator[Finding]:
    for interface in case.facts.interfaces:
        earlier = case.earlier(interface.name)
        count = grown(interface.errors, earlier.errors if earlier else None)
        if count > ERRORS:
            evidence = f"{_words(interface)}; {count} bingkai rusak"
            advice = f"Ganti kabel atau SFP {interface.name}; samakan kecepatan dan dupleks di kedua ujung."
            severity = Severity.WARNING if earlier else Severity.INFO
            yield Finding("link.errors", severity, interface.name, evidence, advice)


def link_flapping(case: Case) -> Iterator[Finding]:
    for interface in case.facts.interfaces:
        earlier = case.earlier(interface.name)
        count = grown(interface.flaps, earlier.flaps) if earlier else 0
        if count > FLAPS:
            evidence = f"{_words(interface)}; putus {count} kali sejak pemeriksaan terakhir"
            advice = (
                f"Sambungan {interface.name} putus-nyambung: periksa kabel, konektor dan daya perangkat di seberang."
            )
            yield Finding("link.flapping", Severity.WARNING, interface.name, evidence, advice)


def link_duplex(case: Case) -> Iterator[Finding]:
    """Half duplex at 100 Mbps or more comes of one end that does not negotiate (IEEE 802.3 clause 28)."""
    for interface in case.facts.interfaces:
        earlier = case.earlier(interface.name)
        was_half = earlier is not None and earlier.duplex == "half"
        if interface.up and interface.duplex == "half" and interface.speed_mbps != 10 and not was_half:
            evidence = f"{_words(interface)}; dupleks half, {interface.speed_mbps or '?'} Mbps"
            advice = f"Setel {interface.name} dan port seberangnya sama: keduanya auto, atau keduanya full."
            yield Finding("link.duplex", Severity.WARNING, interface.name, evidence, advice)


def link_slower(case: Case) -> Iterator[Finding]:
    """A link between devices that negotiates less than it did: a broken pair. A sleeping computer does so by intent."""
    for interface in case.facts.interfaces:
        earlier = case.earlier(interface.name)
        if (
            not earlier
            or not interface.up
            or interface.duplex == "half"
            or case.weight(interface.name) < Severity.MAJOR
        ):
            continue
        if 0 < interface.speed_mbps < earlier.speed_mbps and {interface.speed_mbps, earlier.speed_mbps} <= _ETHERNET:
            evidence = f"{_words(interface)}; {interface.speed_mbps} Mbps, sebelumnya {earlier.speed_mbps} Mbps"
            advice = f"Kecepatan {interface.name} turun: ganti kabelnya, lalu periksa setelan auto di kedua ujung."
            yield Finding("link.duplex", Severity.WARNING, interface.name, evidence, advice)


_ETHERNET = frozenset((10, 100, 1000, 2500, 5000, 10000, 25000, 40000, 100000))


def optic_low_power(case: Case) -> Iterator[Finding]:
    for interface in case.facts.interfaces:
        told = _dim(interface, case.earlier(interface.name))
        if told and interface.enabled and case.wanted_up(interface):
            evidence = f"{interface.name}: daya terima {interface.rx_dbm:.1f} dBm, {told}"
            advice = f"Bersihkan konektor serat dan periksa tekukan kabel pada {interface.name}; bila tetap, ganti SFP."
            yield Finding("optic.low_power", Severity.WARNING, interface.name, evidence, advice)


def _dim(now: Interface, then: Interface | None) -> str:
    if now.rx_dbm is None:
        return ""
    if now.rx_low_dbm is not None and now.rx_dbm < now.rx_low_dbm:
        return f"batas pembuat {now.rx_low_dbm:.1f} dBm"
    if then is not None and then.rx_dbm is not None and then.rx_dbm - now.rx_dbm > FADED_DB:
        return f"sebelumnya {then.rx_dbm:.1f} dBm"
    return ""


def errdisabled(case: Case) -> Iterator[Finding]:
    for interface in case.facts.interfaces:
        if interface.error_disabled and case.said(interface.name) != "down":
            evidence = f"{_words(interface)}; err-disabled: {interface.error_disabled}"
            severity = case.weight(interface.name) if case.wanted_up(interface) else Severity.WARNING
            advice = (
                f"Perangkat sendiri mematikan {interface.name} ({interface.error_disabled}). "
                "Hilangkan dulu penyebabnya, baru aktifkan kembali port itu."
            )
            yield Finding("errdisabled.port", severity, interface.name, evidence, advice)


def loop_told(case: Case) -> Iterator[Finding]:
    for note in case.facts.loops:
        yield _loop(note.subject, note.line)


def loop_seen(case: Case) -> Iterator[Finding]:
    """A device that hears itself: two of its ports see each other, or one hears its own address (IEEE 802.1AB)."""
    facts = case.facts
    own = [one for one in facts.neighbors if one.name and one.name == facts.hostname]
    for one in own:
        back = any(same_port(one.port, far.interface) and same_port(far.port, one.interface) for far in own)
        held = any(link.holds(one.address) for link in facts.interfaces) if one.address else False
        if one.port and back and (held or not same_port(one.port, one.interface)):
            yield _loop(one.interface, f"{one.interface}: tetangga {one.name} {one.port} adalah perangkat ini sendiri")


def _loop(port: str, line: str) -> Finding:
    advice = f"Ada loop pada {port}: cabut kabel yang kembali ke jaringan yang sama, lalu nyalakan spanning tree."
    return Finding("loop.detected", Severity.MAJOR, port, line, advice)


def stp_blocked_uplink(case: Case) -> Iterator[Finding]:
    """An uplink that spanning tree holds back while no other one carries, or one that carried before."""
    told: set[str] = set()
    for port in case.facts.stp_ports:
        if not case.is_uplink(port.interface) or not _blocked(port) or port.interface in told:
            continue
        carried = any(_forwards(one) and _same(one, port) for one in case.before.stp_ports) if case.before else False
        spare = any(
            _forwards(one) and one.instance == port.instance and case.is_uplink(one.interface)
            for one in case.facts.stp_ports
        )
        if carried or not spare:
            told.add(port.interface)
            evidence = f"{port.interface} {port.instance} {port.role} {port.state}".replace("  ", " ")
            severity = Severity.WARNING if spare else Severity.MAJOR
            advice = f"Uplink {port.interface} ditahan spanning tree: cari jalur ganda atau root bridge yang berpindah."
            yield Finding("stp.blocked_uplink", severity, port.interface, evidence, advice)


def _blocked(port: StpPort) -> bool:
    return port.state.lower().startswith(("block", "discard", "blk")) or "inc" in port.state.lower()


def _forwards(port: StpPort) -> bool:
    return port.state.lower().startswith(("forward", "fwd"))


def _same(one: StpPort, other: StpPort) -> bool:
    return one.interface == other.interface and one.instance == other.instance


def uplink_saturated(case: Case) -> Iterator[Finding]:
    for name in case.ways_out:
        link = next((one for one in case.facts.interfaces if same_port(one.name, name)), None)
        if link and link.up and link.load_percent is not None and link.load_percent >= SATURATED:
            evidence = f"{link.name}: terpakai {link.load_percent:.0f} % dari {link.speed_mbps or '?'} Mbps"
            advice = f"Uplink {link.name} penuh: cari pemakai terbesar, batasi, atau naikkan kapasitasnya."
            yield Finding("uplink.saturated", Severity.WARNING, link.name, evidence, advice)


RULES: tuple[Rule, ...] = (
    link_admin_down,
    link_down,
    link_missing,
    link_errors,
    link_flapping,
    link_duplex,
    link_slower,
    optic_low_power,
    errdisabled,
    loop_told,
    loop_seen,
    stp_blocked_uplink,
    uplink_saturated,
)
