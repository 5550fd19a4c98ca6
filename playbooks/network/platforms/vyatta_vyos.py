"""VyOS 1.2 and later, and what is left of Vyatta. docs.vyos.io: Command-Line Interface, Configuration Overview
(`commit-confirm`); its routing is FRR (docs.frrouting.org), its shell is bash, so that Linux' own commands answer too.

`commit-confirm` is not used: without `confirm` the router starts anew, which cuts off everybody for minutes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from playbooks.network.facts import Arp, BgpPeer, Interface, Neighbor, OspfInterface, OspfNeighbor, Pool, Route
from playbooks.network.platforms import linux
from playbooks.network.platforms.platform import Change, Platform, Situation
from playbooks.network.platforms.proof import Rest
from playbooks.network.platforms.text import needed

END = "# end of configuration"
IP = r"[\d.]+|[0-9a-f:]*:[0-9a-f:.]*"


def version(output: str) -> dict[str, Any]:
    known = {"version": needed(r"^Version: +((?:VyOS|Vyatta|VC)\S*(?: \S+)*) *$", output)[1]}
    for name, label in (("model", "model"), ("serial", "S/N")):
        if found := re.search(rf"^(?:Hardware|HW) {label}: +(\S.*?) *$", output, re.MULTILINE):
            known[name] = found[1]
    return known


def interfaces(output: str) -> dict[str, Any]:
    """`show interfaces`: S is what was configured (A: switched off), L the link."""
    head = needed(r"^Interface +IP Address +(MAC +VRF +MTU +)?S/L +Description *$", output)
    if "S - State, L - Link, u - Up, D - Down, A - Admin Down" not in output:
        raise ValueError("another key of states")
    return {"interfaces": tuple(_interface(block, bool(head[1])) for block in _blocks(output[head.end() :]))}


def _blocks(output: str) -> Iterator[list[str]]:
    """The first line of each interface, and those with its further addresses."""
    block: list[str] = []
    for line in output.splitlines():
        if line[:1].strip("- ") and block:
            yield block
        if line[:1].strip("- "):
            block = [line]
        elif line.strip("- "):
            block.append(line)
    if block:
        yield block


def _interface(lines: list[str], wide: bool) -> Interface:
    middle = r"\S+ +\S+ +(\d+|-) +" if wide else r"( *)"
    head = needed(rf"^(\S+) +(\S+) +{middle}([uDA])/([uDA])(?: +(\S.*?))? *$", lines[0])
    own = [head[2], *(needed(r"^ +(\S+) *$", line)[1] for line in lines[1:])]
    return Interface(
        name=head[1],
        enabled=head[4] != "A",
        up=(head[4], head[5]) == ("u", "u"),
        description=head[6] or "",
        mtu=int(head[3]) if head[3].isdigit() else 0,
        addresses=tuple(needed(r"^\S+/\d+$", each)[0] for each in own if each != "-"),
        line=lines[0].strip(),
    )


def arp(output: str) -> dict[str, Any]:
    """The table of arp(8), or the one of VyOS 1.4; who did not answer has no address there."""
    if re.match(r"\s*Address +HWtype +HWaddress +Flags Mask +Iface *\n", output):
        rows = re.findall(r"^(\S+) +ether +([0-9a-f:]{17}) +\S+ +(\S+) *$", output, re.MULTILINE)
        return {"arp": tuple(Arp(address, mac, interface) for address, mac, interface in rows)}
    needed(r"^Address +Interface +Link layer address +State *$", output)
    rows = re.findall(r"^(\S+) +(\S+) +([0-9a-f:]{17}) +\w+ *$", output, re.MULTILINE)
    return {"arp": tuple(Arp(address, mac, interface) for address, interface, mac in rows)}


def default_routes(output: str) -> dict[str, Any]:
    if re.match(r"\s*% Network not in table", output):
        return {"default_routes": ()}
    entries = re.split(r"^Routing entry for 0\.0\.0\.0/0\n", output, flags=re.MULTILINE)
    if len(entries) < 2:
        raise ValueError("no entry for the default route")
    return {"default_routes": tuple(route for entry in entries[1:] for route in _routes(entry))}


def _routes(entry: str) -> Iterator[Route]:
    known = needed(r'^ +Known via "(\w+)", distance (\d+),', entry)
    hops = re.findall(rf"^ +(\*?) +({IP}|directly connected)(?:, via |, )(\S+?)(?: \w+)*(?:,.*)?$", entry, re.MULTILINE)
    for mark, gateway, interface in hops:
        gateway = "" if gateway == "directly connected" else gateway
        yield Route("0.0.0.0/0", gateway, interface, known[1], bool(mark), int(known[2]))


def ospf_neighbors(output: str) -> dict[str, Any]:
    head = re.search(r"^Neighbor ID +Pri +State +(?:Up Time +)?Dead Time +Address +Interface +RXmtL.*$", output, re.M)
    if head is None:
        raise ValueError("no heading")
    row = r"^([\d.]+) +\d+ +([\w-]+/ ?[\w-]+|[\w-]+) +.*? ([\d.]+) +(\S+?)(?::[\d.]+)? +\d+ +\d+ +\d+ *$"
    found = [needed(row, line) for line in output[head.end() :].splitlines() if line.strip()]
    return {"ospf_neighbors": tuple(OspfNeighbor(one[1], one[3], one[4], one[2]) for one in found)}


def ospf_interfaces(output: str) -> dict[str, Any]:
    blocks = re.split(r"^(?=\S+ is (?:up|down))", output, flags=re.MULTILINE)
    if len(blocks) < 2:
        raise ValueError("no OSPF interface")
    return {"ospf_interfaces": tuple(_ospf_interface(each) for each in blocks[1:] if "OSPF not enabled" not in each)}


def _ospf_interface(text: str) -> OspfInterface:
    timers = needed(r"^ +Timer intervals configured, Hello (\d+)s?, Dead (\d+)s?,", text)
    neighbors = re.search(r"^ +Neighbor Count is (\d+)", text, re.MULTILINE)
    return OspfInterface(
        name=needed(r"\A(\S+) is ", text)[1],
        area=needed(r", Area ([\d.]+)", text)[1],
        hello_s=int(timers[1]),
        dead_s=int(timers[2]),
        mtu=int(needed(r"\bMTU (\d+) bytes", text)[1]),
        passive="No Hellos (Passive interface)" in text,
        kind=needed(r"\bNetwork Type (\w+)", text)[1],
        neighbors=int(neighbors[1]) if neighbors else 0,
    )


def bgp_peers(output: str) -> dict[str, Any]:
    """Behind a number of prefixes, or the want of a policy for them (RFC 8212), stands an established session."""
    told = int(needed(r"^Total number of neighbors (\d+)", output)[1])
    needed(r"^Neighbor +V +AS +MsgRcvd +MsgSent +TblVer +InQ +OutQ +Up/Down +State/PfxRcd", output)
    row = rf"^({IP}) +4 +(\d+)(?: +\d+){{5}} +(\S+) +(\d+|\(Policy\)|[A-Z]\w+(?: \(\w+\))?)"
    peers = tuple(_peer(*found) for found in re.findall(row, output, re.MULTILINE))
    if len(peers) != told:
        raise ValueError(f"{len(peers)} of {told} peers recognised")
    return {"bgp_peers": peers}


def _peer(address: str, remote_as: str, since: str, shown: str) -> BgpPeer:
    state = "Established" if shown.isdigit() or shown == "(Policy)" else shown
    return BgpPeer(address, remote_as, state, f"{address} AS {remote_as} {shown} {since}")


def neighbors(output: str) -> dict[str, Any]:
    """`show lldp neighbors`, by the columns that the line of dashes marks."""
    head = needed(r"^(Device(?: ID)? +Local.*)\n(-+(?: +-+)+) *\n", output)
    starts = [each.start() for each in re.finditer(r"-+", head[2])]
    titles = _cells(head[1], starts)
    rows = [_cells(line, starts) for line in output[head.end() :].splitlines() if line.strip()]
    port = next(at for at, title in enumerate(titles) if title in ("Port ID", "Remote Port"))
    maker = titles.index("Platform")
    return {"neighbors": tuple(Neighbor(row[1], row[0], row[port], platform=row[maker]) for row in rows)}


def _cells(line: str, starts: list[int]) -> list[str]:
    """The line cut where columns begin; ValueError when a word lies across a cut."""
    if any(line[at - 1 : at].strip() for at in starts[1:]):
        raise ValueError(f"columns do not fit: {line!r}")
    return [line[begin:end].strip() for begin, end in zip(starts, [*starts[1:], None], strict=True)]


def dhcp_pools(output: str) -> dict[str, Any]:
    needed(r"^[Pp]ool +(?:Size|[Pp]ool size) +(?:Leases|# leased) +(?:Available|# avail)", output)
    rows = re.findall(r"^(\S+) +(\d+) +(\d+) +(-?\d+)(?: +\d+%)? *$", output, re.MULTILINE)
    return {"dhcp_pools": tuple(Pool(name, int(size), int(used)) for name, size, used, _ in rows)}


def ntp(output: str) -> dict[str, Any]:
    """`show ntp`: ntpd's table, or chrony's, where `^*` marks the source in use."""
    if not re.search(r"^MS Name/IP address +Stratum Poll Reach LastRx Last sample", output, re.MULTILINE):
        return linux.associations(output)
    used = re.search(r"^[\^=#]\* .*$", output, re.MULTILINE)
    return {"clock_synchronised": used is not None, "clock_line": used[0].strip() if used else ""}


def enable_port(now: Situation) -> Change | None:
    """The `disable` of the interface itself, wherever its kind puts it."""
    name, lines = now.finding.subject, now.config.splitlines()
    port, _, vlan = name.partition(".")
    own = re.compile(rf"set (interfaces \S+ {re.escape(port)}{f' vif {re.escape(vlan)}' if vlan else ''} disable)")
    found = next(filter(None, map(own.fullmatch, lines)), None)
    if found is None:
        return None
    return Change((f"delete {found[1]}",), (f"set {found[1]}",), f"Aktifkan {name}", name)


def restore_default(now: Situation) -> Change | None:
    """A static default route to the gateway that the inventory names or that the last good run used.

    Only where the route there is has nothing but next hops: a distance or a blackhole was somebody's wish.
    """
    then = (route.gateway for route in now.before.default_routes or () if route.protocol == "static")
    gateway = now.gateway or next(then, "")
    out = next((one for one in now.facts.interfaces if one.up and one.reaches(gateway)), None)
    head = "protocols static route 0.0.0.0/0 "
    about = [line for line in now.config.splitlines() if line.startswith(f"set {head}")]
    hops = [line.removeprefix("set ") for line in about if re.fullmatch(f"set {head}next-hop [0-9.]+", line)]
    right = f"{head}next-hop {gateway}"
    if out is None or out.holds(gateway) or right in hops or len(hops) != len(about):
        return None
    commands = (f"set {right}", *(f"delete {hop}" for hop in hops))
    inverse = (*(f"set {hop}" for hop in hops), f"delete {right}")
    return Change(commands, inverse, f"Pasang rute default ke {gateway}")


PLATFORM = Platform(
    name="vyatta_vyos",
    aliases=("vyos",),
    prompt=r"(?:\n*\[edit[^\]\n]*\]\n)?[\w.-]+@NAME(?::[^\n$#]*)?[$>#]",
    paging=("set terminal length 0", "set terminal width 511"),
    napalm="vyos",
    shown_on="recordings",
    config_command=f"show configuration commands && echo '{END}'",
    reads=(
        "uname -snr",
        "show version",
        "cat /proc/uptime",
        "show interfaces",
        "show arp",
        "show lldp neighbors",
        "show ip route 0.0.0.0/0",
        "show ip ospf interface",
        "show ip ospf neighbor",
        "show ip bgp summary",
        "show dhcp server statistics",
        "vmstat 1 2",
        "cat /proc/meminfo",
        "df -P /",
        "show ntp",
    ),
    parsers={
        "uname -snr": linux.hostname,
        "show version": version,
        "cat /proc/uptime": linux.uptime,
        "show interfaces": interfaces,
        "show arp": arp,
        "show lldp neighbors": neighbors,
        "show ip route 0.0.0.0/0": default_routes,
        "show ip ospf interface": ospf_interfaces,
        "show ip ospf neighbor": ospf_neighbors,
        "show ip bgp summary": bgp_peers,
        "show dhcp server statistics": dhcp_pools,
        "vmstat 1 2": linux.load,
        "cat /proc/meminfo": linux.memory,
        "df -p /": linux.storage,
        "show ntp": ntp,
    },
    first_line=r"\Aset \S+ ",
    last_line=END,
    mark_asked=True,
    proof=Rest("show configuration commands | grep -A 99999 {word}"),
    hostname=r"^set system host-name '?([^'\s]+)'?$",
    sections=(r"^set system host-name ",),
    volatile=rf"^(?:{END}|\s*)$",
    secrets=(
        r"^set (?!.*\bpublic-keys? )(?:.* )?(?:[\w-]*(?:password|secret|passphrase|private-key|shared-key|md5-key"
        r"|plaintext-key|encrypted-key|shared-secret-key)|psk|key) '(?P<secret>[^\n]+)'$",
        r"^set service snmp community '?(?P<secret>[^'\s]+)'?",
    ),
    refused=r"^[ \t]*(?:Invalid command:|Ambiguous command:|Incomplete command:|Configuration path: .*not valid"
    r"|Value validation failed|(?:Set|Delete|Commit) failed|Nothing to delete|% (?!Warning|Network ).*"
    r"|(?:vbash|bash): .*(?:not found|denied|No such file).*)",
    enter_config=("configure",),
    leave_config=("commit", "exit"),
    abandon=("exit discard",),
    save=("configure", "save", "exit discard"),
    saved=r"^Done\b",
    ping="ping {address} count {count} interval 0.2",
    repairs={
        "link.admin_down": enable_port,
        "route.default_missing": restore_default,
        "gateway.unreachable": restore_default,
    },
    undo="perintah kebalikan lewat sambungan baru; `commit-confirm` tidak dipakai karena menyalakan ulang router",
)
