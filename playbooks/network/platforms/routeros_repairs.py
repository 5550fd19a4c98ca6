"""What RouterOS can have put right, each with its inverse, and the way back it takes by itself: a scheduler."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, ip_interface
from typing import Any

from playbooks.network.platforms.platform import ARMED_MINUTES, Change, Situation
from playbooks.network.platforms.routeros_print import ADDRESS
from playbooks.plans import Ladder

GUARD = "pelihara-batal"
"""Name of the schedule that undoes an unconfirmed change."""


def enable_port(now: Situation) -> Change | None:
    name = now.finding.subject
    if not re.fullmatch(r"[A-Za-z0-9._/@+-]+", name):
        return None
    return Change((f"/interface enable {name}",), (f"/interface disable {name}",), f"Aktifkan {name}", name)


def add_default(now: Situation) -> Change | None:
    """A default route where none is left; one that leads elsewhere is for a person to judge."""
    then = (route.gateway for route in now.before.default_routes or () if route.protocol == "static")
    gateway = now.gateway or next(then, "")
    out = next((one for one in now.facts.interfaces if one.up and one.reaches(gateway)), None)
    if out is None or out.holds(gateway) or now.facts.default_routes:
        return None
    add = f"/ip route add dst-address=0.0.0.0/0 gateway={gateway} comment=pelihara"
    return Change((add,), ("/ip route remove [find comment=pelihara]",), f"Pasang rute default ke {gateway}")


def redial(now: Situation) -> Change | None:
    """Class A, once: hang up a session that does not come about, and dial again, in one line of input."""
    name = now.finding.subject
    if not re.fullmatch(r"[A-Za-z0-9._@+-]+", name) or not re.search(rf"\bname={re.escape(name)}(?=\s)", now.config):
        return None
    again = f"/interface pppoe-client disable {name}; /interface pppoe-client enable {name}"
    return Change((again,), (f"/interface pppoe-client enable {name}",), f"Dial ulang {name} satu kali", name, Ladder.A)


def forget_conflict(now: Situation) -> Change | None:
    """Class A: a lease that the server holds back, for somebody else answered at its address once."""
    address = now.finding.subject
    if not re.fullmatch(ADDRESS, address) or "status=conflict" not in now.finding.evidence:
        return None
    remove = f"/ip dhcp-server lease remove [find where address={address} and status=conflict]"
    return Change((remove,), (), f"Lepaskan alamat {address} yang ditahan server DHCP", ladder=Ladder.A)


def widen_pool(now: Situation) -> Change | None:
    """Up to as many addresses again behind a pool's last one, as far as its own subnet goes and nobody is there."""
    name, links = now.finding.subject, now.facts.interfaces
    range_of = rf"^add (?:.* )?name={re.escape(name)} ranges=({ADDRESS})-({ADDRESS})(?= |$)"
    found = re.search(range_of, now.config, re.MULTILINE)
    if found is None or not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        return None
    first, last = IPv4Address(found[1]), IPv4Address(found[2])
    own = [ip_interface(address) for link in links if link.reaches(found[1]) for address in link.addresses]
    taken = {one.address for one in now.facts.arp} | {str(each.ip) for each in own}
    homes = [each.network for each in own if first in each.network]
    end = last
    while homes and int(end) - int(last) <= int(last) - int(first) and _free(end + 1, homes[0], taken):
        end += 1
    if end == last:
        return None
    menu = f'/ip pool set [find name="{name}"] ranges='
    summary = f"Perluas kolam DHCP {name} dari {last} sampai {end}"
    return Change((f"{menu}{first}-{end}",), (f"{menu}{first}-{last}",), summary)


def _free(address: IPv4Address, home: Any, taken: set[str]) -> bool:
    return address in home and address != home.broadcast_address and str(address) not in taken


def arm(inverse: tuple[str, ...]) -> tuple[str, ...]:
    """A schedule that runs once: it takes itself away with the change."""
    event = "; ".join((*inverse, f"/system scheduler remove {GUARD}")).replace("\\", "\\\\").replace('"', '\\"')
    return (f'/system scheduler add name={GUARD} interval={ARMED_MINUTES}m on-event="{event}"',)
