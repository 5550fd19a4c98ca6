"""What users notice first: addresses, names, sessions to the provider, tunnels, wireless."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from playbooks.findings import Finding, Severity
from playbooks.network.facts import Facts, Pool, Tunnel
from playbooks.network.rules.case import Case, Rule

NEARLY = 90.0
"""Per cent of a pool's addresses in use."""
SHARED_MACS = ("00005e0001", "00005e0002", "00000c07ac", "00000c9ff", "0007b400")
"""Virtual routers' own (VRRP, HSRP, GLBP): they move from one router to the other by design."""


def pool_exhausted(case: Case) -> Iterator[Finding]:
    for pool in case.facts.dhcp_pools:
        used = pool.used / pool.size * 100 if pool.size > 0 else 0.0
        if used >= NEARLY or _shrunk(case, pool):
            severity = Severity.MAJOR if pool.used >= pool.size else Severity.WARNING
            evidence = f"{pool.name}: {pool.used} dari {pool.size} alamat terpakai"
            advice = f"Kolam DHCP {pool.name} habis: perpendek masa sewa, hapus sewa yang usang, atau perluas kolamnya."
            yield Finding("dhcp.pool_exhausted", severity, pool.name, evidence, advice)


def _shrunk(case: Case, pool: Pool) -> bool:
    """Nothing to give where there was something."""
    then = case.before.dhcp_pools if case.before else ()
    return pool.size <= 0 and any(one.name == pool.name and one.size > 0 for one in then)


def no_offer(case: Case) -> Iterator[Finding]:
    """Nobody offered an address where somebody should or did: used up, or the server is gone."""
    earlier = (case.before.dhcp_offers or ()) if case.before else ()
    named = case.expect.dhcp or tuple(sorted({offer.server for offer in earlier}))
    servers = [server for server in named if not any(link.holds(server) for link in case.facts.interfaces)]
    if case.facts.dhcp_offers == () and servers and not any(pool_exhausted(case)):
        missing = ", ".join(servers)
        evidence = f"permintaan DHCP tidak dijawab; seharusnya oleh {missing}"
        advice = f"Periksa apakah kolam alamat di {missing} habis dan apakah layanan DHCP di sana berjalan."
        yield Finding("dhcp.pool_exhausted", Severity.MAJOR, missing, evidence, advice)


def rogue_offer(case: Case) -> Iterator[Finding]:
    """Offers of a server that nobody named; where nobody named any, of a second one on the same port."""
    offers = case.facts.dhcp_offers or ()
    earlier = (case.before.dhcp_offers or ()) if case.before else ()
    known = set(case.expect.dhcp) or {offer.server for offer in earlier}
    several = len({offer.server for offer in offers}) > 1
    for offer in offers:
        own = any(link.holds(offer.server) for link in case.facts.interfaces)
        if offer.server not in known and not own and (known or several):
            severity = Severity.MAJOR if known else Severity.WARNING
            yield _rogue(offer.server, offer.line or f"tawaran DHCP dari {offer.server}", offer.interface, severity)


def rogue_told(case: Case) -> Iterator[Finding]:
    for note in case.facts.dhcp_strangers:
        if note.subject not in case.expect.dhcp:
            yield _rogue(note.subject, note.line, "", Severity.MAJOR)


def _rogue(server: str, line: str, port: str, severity: Severity) -> Finding:
    where = f" di {port}" if port else ""
    advice = (
        f"Server DHCP {server}{where} bukan milik dinas: telusuri portnya lewat tabel MAC, lalu cabut perangkat itu."
    )
    return Finding("dhcp.rogue_server", severity, server, line, advice)


def dns_silent(case: Case) -> Iterator[Finding]:
    """One that only we asked and that never answered us may just not serve strangers: for information."""
    others = any(one.answers for one in case.facts.resolvers)
    answered = {one.server for one in case.before.resolvers if one.answers} if case.before else set()
    for one in case.facts.resolvers:
        if not one.answers:
            severity = Severity.WARNING if others else Severity.MAJOR
            severity = Severity.INFO if one.from_here and one.server not in answered else severity
            advice = (
                f"Server DNS {one.server} tidak menjawab: periksa layanan di sana, jalur ke sana, dan filter port 53."
            )
            yield Finding("dns.not_answering", severity, one.server, one.line or f"{one.server}: tanpa jawaban", advice)


def conflict_told(case: Case) -> Iterator[Finding]:
    for note in case.facts.address_conflicts:
        yield conflict(note.subject, note.line, Severity.MAJOR)


def conflict_heard(case: Case) -> Iterator[Finding]:
    """Two answer for one address on one port."""
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in case.facts.arp:
        owners[one.interface, one.address].add(bare(one.mac))
    for (port, address), macs in sorted(owners.items()):
        real = sorted(mac for mac in macs if mac and not mac.startswith(SHARED_MACS))
        mine = any(link.holds(address) for link in case.facts.interfaces)
        if len(real) > 1 or (real and mine):
            also = "; perangkat ini sendiri memakainya" if mine else ""
            yield conflict(address, f"{address} di {port}: {', '.join(real)}{also}", Severity.MAJOR)


def owner_changed(case: Case) -> Iterator[Finding]:
    """Another machine answers for the gateway or a neighbour than at the last good run."""
    if case.before is None:
        return
    then, now = _owners(case.before), _owners(case.facts)
    for address in sorted(_of_the_network(case) & then.keys() & now.keys()):
        if then[address] != now[address] and not any(
            mac.startswith(SHARED_MACS) for mac in then[address] | now[address]
        ):
            evidence = f"{address}: {', '.join(sorted(now[address]))}; sebelumnya {', '.join(sorted(then[address]))}"
            yield conflict(address, evidence, Severity.WARNING)


def neighbors_address(case: Case) -> Iterator[Finding]:
    """The device holds an address that a router next to it held at the last good run."""
    if case.before is None:
        return
    theirs = {one.address for one in case.before.ospf_neighbors if one.adjacent}
    for link in case.facts.interfaces:
        for address in sorted(theirs):
            if link.up and link.holds(address):
                evidence = f"{address} kini di {link.name}; pada keadaan baik terakhir milik router tetangga"
                yield conflict(address, evidence, Severity.MAJOR)


def _owners(facts: Facts) -> dict[str, frozenset[str]]:
    owners: dict[str, frozenset[str]] = {}
    for one in facts.arp:
        if bare(one.mac):
            owners[one.address] = owners.get(one.address, frozenset()) | {bare(one.mac)}
    return owners


def _of_the_network(case: Case) -> set[str]:
    routers = {one.address for one in case.before.ospf_neighbors} if case.before else set()
    return routers | {peer.address for peer in case.facts.bgp_peers} | {case.gateway, *case.expect.neighbors}


def conflict(address: str, line: str, severity: Severity) -> Finding:
    advice = f"Alamat {address} dijawab dua perangkat: cari keduanya lewat tabel MAC dan ganti alamat yang salah."
    return Finding("ip.conflict", severity, address, line, advice)


def bare(mac: str) -> str:
    """A hardware address as hex digits only, however it was written; empty for what is none."""
    digits = "".join(mark for mark in mac.lower() if mark in "0123456789abcdef")
    return digits if len(digits) == 12 and digits.strip("0") else ""


def pppoe_down(case: Case) -> Iterator[Finding]:
    for tunnel in _lost(case, "pppoe"):
        advice = f"Sesi PPPoE {tunnel.name} putus: periksa sambungan ke penyedia, lalu nama pengguna dan sandinya."
        yield Finding("pppoe.down", Severity.MAJOR, tunnel.name, tunnel.line or f"{tunnel.name}: putus", advice)


def vpn_down(case: Case) -> Iterator[Finding]:
    """One that nobody is known to use may only be dialled on demand."""
    for tunnel in _lost(case, "vpn"):
        known = case.before is not None or bool(case.said(tunnel.name))
        severity = Severity.MAJOR if known else Severity.WARNING
        advice = f"VPN {tunnel.name} putus: periksa jangkauan ke ujung seberang, kunci atau sandi, dan jam kedua sisi."
        yield Finding("vpn.down", severity, tunnel.name, tunnel.line or f"{tunnel.name}: putus", advice)


def _lost(case: Case, kind: str) -> Iterator[Tunnel]:
    """Tunnels that somebody counts on: named by the inventory, up at the last good run, or nothing known of them."""
    then = {one.name: one.up for one in case.before.tunnels} if case.before else {}
    for tunnel in case.facts.tunnels:
        said = case.said(tunnel.name) or ("up" if case.is_uplink(tunnel.name) else "")
        if tunnel.kind == kind and not tunnel.up and (said == "up" if said else then.get(tunnel.name, True)):
            yield tunnel


def clients_none(case: Case) -> Iterator[Finding]:
    """Nobody on a radio that had somebody; on one of several it says little, for clients choose their band."""
    then = {one.name: one.clients for one in case.before.radios} if case.before else {}
    elsewhere = any(one.enabled and one.clients > 0 for one in case.facts.radios)
    for radio in case.facts.radios:
        if radio.enabled and radio.clients == 0 and then.get(radio.name, 1) > 0:
            sure = bool(then.get(radio.name)) and not elsewhere
            evidence = f"{radio.name}: 0 klien" + (f", sebelumnya {then[radio.name]}" if radio.name in then else "")
            advice = f"Tidak ada klien pada {radio.name}: pada jam kerja periksa SSID, sandi, kanal, dan DHCP-nya."
            yield Finding(
                "wifi.clients_none", Severity.WARNING if sure else Severity.INFO, radio.name, evidence, advice
            )


RULES: tuple[Rule, ...] = (
    pool_exhausted,
    no_offer,
    rogue_offer,
    rogue_told,
    dns_silent,
    conflict_told,
    conflict_heard,
    owner_changed,
    neighbors_address,
    pppoe_down,
    vpn_down,
    clients_none,
)
