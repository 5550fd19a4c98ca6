"""What a Linux machine in an office's network sees of it: bridge, addresses given, who answers. Commands and parsers.

ip-link(8), dnsmasq(8), nmap's broadcast-dhcp-discover, arp-scan(1), dig(1). Asking for an address and asking a whole
subnet need root: the account's sudoers may allow exactly these two commands (README of this folder's parent). What is
not installed or not allowed tells nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Any

from playbooks.network.facts import Arp, Interface, Note, Offer, Pool, Resolver, StpPort

BRIDGES = "ip -d link show type bridge; ip -d link show type bridge_slave"
POOLS = "cat /etc/dnsmasq.conf /etc/dnsmasq.d/*.conf /var/lib/misc/dnsmasq.leases 2>/dev/null"
OFFERS = (
    "sudo -n nmap -n --script broadcast-dhcp-discover --script-args broadcast-dhcp-discover.timeout=2s </dev/null 2>&1"
)
OWNERS = (
    "(ip -o link show | awk '{for (at = 1; at < NF; at++) if ($at == \"link/ether\") print $(at + 1)}'; "
    'for port in $(ip -o -4 address show scope global | awk \'{split($4, own, "/"); '
    "if (own[2] > 21 && own[2] < 31) print $2}' | sort -u); "
    "do sudo -n arp-scan --localnet --quiet --arpspa=0.0.0.0 --interface=$port </dev/null 2>&1 "
    '| sed "s/^/$port /" & done; wait)'
)
"""Asked as by who has no address yet (RFC 5227), so that one's own are asked for too and nobody's tables change.

Subnets of more than a thousand addresses are left out: that takes longer than a diagnosis may.
"""
RESOLVERS = (
    "for server in $(awk '/^nameserver/ {print $2}' /etc/resolv.conf); "
    'do echo "server $server"; dig +time=2 +tries=1 +noall +comments @$server go.id SOA; done'
)
STATES = {"disabled", "listening", "learning", "forwarding", "blocking"}


def bridges(output: str) -> dict[str, Any]:
    """Ports of the kernel's bridges. A port held back by its own bridge hears itself: two ports on one cable."""
    links = re.split(r"^(?=\d+: )", output, flags=re.MULTILINE)
    if links[0].strip():
        raise ValueError("no link in the output")
    own = {_name(link): (_told("bridge_id", link), _told("stp_state", link)) for link in links if " bridge_id " in link}
    ports = [(link, *own[_told("master", link)]) for link in links if _told("master", link) in own]
    members = tuple(Interface(_name(link), master=_told("master", link)) for link, _, _ in ports)
    spanned = [(link, bridge) for link, bridge, stp in ports if stp not in ("", "0")]
    loops = (_loop(link) for link, bridge in spanned if _role(link, bridge) == "backup")
    return {
        "interfaces": members,
        "stp_ports": tuple(_stp_port(link, bridge) for link, bridge in spanned),
        "loops": tuple(loops),
    }


def _name(link: str) -> str:
    return link.split(": ")[1].partition("@")[0] if ": " in link else ""


def _told(word: str, link: str) -> str:
    found = re.search(rf"\b{word} (\S+)", link)
    return found[1] if found else ""


def _stp_port(link: str, bridge: str) -> StpPort:
    state = re.search(r"\bbridge_slave state (\w+)", link)
    if state is None or state[1] not in STATES:
        raise ValueError(f"not the state of a port: {link[:60]!r}")
    return StpPort(_name(link), _role(link, bridge), state[1])


def _role(link: str, bridge: str) -> str:
    """IEEE 802.1D: held back by another port of one's own bridge is a backup, by another bridge an alternate."""
    mine = _told("designated_bridge", link) == bridge
    if "bridge_slave state blocking" in link:
        return "backup" if mine else "alternate"
    if "bridge_slave state disabled" in link:
        return "disabled"
    return "designated" if mine else "root"


def _loop(link: str) -> Note:
    line = f"{_name(link)} state blocking designated_bridge {_told('designated_bridge', link)}"
    return Note(_name(link), f"{line}: bridge ini mendengar dirinya sendiri")


def pools(output: str) -> dict[str, Any]:
    """Ranges that dnsmasq gives, and leases that it has given in them."""
    ranges = re.findall(r"^[ \t]*dhcp-range=(.*)$", output, re.MULTILINE)
    leased = re.findall(r"^\d+ [0-9a-f:]+ ([\d.]+) \S+ \S+$", output, re.MULTILINE)
    bounds = filter(None, map(_bounds, ranges))
    return {"dhcp_pools": tuple(_pool(first, last, leased) for first, last in bounds)}


def _bounds(text: str) -> tuple[IPv4Address, IPv4Address] | None:
    """First and last address; None for a range that only is announced (static, IPv6)."""
    addresses = re.findall(r"(?:^|,)(\d+\.\d+\.\d+\.\d+)(?=,|\s*$)", text)
    return (IPv4Address(addresses[0]), IPv4Address(addresses[1])) if len(addresses) > 1 else None


def _pool(first: IPv4Address, last: IPv4Address, leased: list[str]) -> Pool:
    used = {address for address in leased if first <= IPv4Address(address) <= last}
    return Pool(f"{first}-{last}", int(last) - int(first) + 1, len(used))


def offers(output: str) -> dict[str, Any]:
    """Who offered an address to one request (nmap). A server does not hear its own offers."""
    if "Nmap done" not in output:
        raise ValueError("nmap did not finish")
    return {"dhcp_offers": tuple(_offers(output))}


def _offers(output: str) -> Iterator[Offer]:
    for answer in re.split(r"^\|\s+Response \d+ of \d+:", output, flags=re.MULTILINE)[1:]:
        told = dict(re.findall(r"^\|_?\s+([\w ]+): (.+?)\s*$", answer, re.MULTILINE))
        if told.get("DHCP Message Type") == "DHCPOFFER":
            line = f"{told['Interface']}: {told['Server Identifier']} menawarkan {told['IP Offered']}"
            yield Offer(told["Server Identifier"], told["Interface"], line)


def owners(output: str) -> dict[str, Any]:
    """Who answers for each address of the own subnets (arp-scan), the machine itself left out."""
    if "Ending arp-scan" not in output:
        raise ValueError("nothing was asked")
    own = set(re.findall(r"^([0-9a-f:]{17})$", output, re.MULTILINE))
    found = re.findall(r"^(\S+) (\d+\.\d+\.\d+\.\d+)\t([0-9a-f:]{17})\b", output, re.MULTILINE)
    heard = {Arp(address, mac, port): None for port, address, mac in found if mac not in own}
    return {"arp": tuple(heard)}


def resolvers(output: str) -> dict[str, Any]:
    """Each server of resolv.conf, and whether dig had an answer of it."""
    blocks = re.split(r"^server (?=\S+$)", output, flags=re.MULTILINE)[1:]
    return {"resolvers": tuple(map(_resolver, blocks))}


def _resolver(block: str) -> Resolver:
    server, _, said = block.partition("\n")
    found = re.search(r"\bstatus: ([A-Z]+)", said)
    status = found[1] if found else ""
    trouble = re.search(r"^;; (.*(?:timed out|error|no servers).*)$", said, re.MULTILINE)
    if not status and not trouble:
        raise ValueError(f"no answer of dig: {said[:60]!r}")
    line = f"{server}: " + (f"status {status}" if status else trouble[1] if trouble else "")
    return Resolver(server, status in ("NOERROR", "NXDOMAIN"), line)
