"""Ruijie RGOS 10.4 to 12 (switches, routers). ruijienetworks.com: RGOS Command Reference.

It speaks like IOS but names of interfaces hold a space, so that none of ntc-templates' cisco_ios tables fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import pairwise
from typing import Any

from playbooks.network.facts import Arp, BgpPeer, Interface, Neighbor, OspfNeighbor, Pool, Route
from playbooks.network.platforms.platform import Platform

PORT = r"[A-Z][A-Za-z-]* ?\d[\d/.:]*"
IP = r"\d+\.\d+\.\d+\.\d+"


def version(output: str) -> dict[str, Any]:
    told = dict(re.findall(r"^System (description|uptime|software version|serial number) *: *(\S.*?) *$", output, re.M))
    model = re.search(r"\(([^()\s]+)\) [Bb]y ", told.get("description", ""))
    known: dict[str, Any] = {"version": told["software version"], "uptime_s": _uptime(told["uptime"])}
    return known | {"model": model[1] if model else "", "serial": told.get("serial number", "")}


def _uptime(text: str) -> float:
    """Seconds of days:hours:minutes:seconds, with or without their letters."""
    match = re.fullmatch(r"(\d+)d?:(\d+)h?:(\d+)m?:(\d+)s?", text.replace(" ", ""))
    if match is None:
        raise ValueError(f"no uptime: {text!r}")
    days, hours, minutes, seconds = map(int, match.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + seconds


HEAD = re.compile(
    rf"^({PORT}) is (administratively down|up|down) *, *line protocol is (up|down) *$", re.MULTILINE | re.IGNORECASE
)


def interfaces(output: str) -> dict[str, Any]:
    heads = list(HEAD.finditer(output))
    if not heads or len(heads) != len(re.findall(r"line protocol is", output)):
        raise ValueError("not only interfaces")
    ends = [head.start() for head in heads[1:]] + [len(output)]
    return {"interfaces": tuple(_interface(h, output[h.end() : end]) for h, end in zip(heads, ends, strict=True))}


def _interface(head: re.Match[str], body: str) -> Interface:
    name, state, protocol = head.groups()
    speed = re.search(r"oper speed is (\d+)([MG])", body)
    duplex = re.search(r"oper duplex is (Full|Half)", body, re.IGNORECASE)
    address = re.search(rf"^[ \t]*Interface address is: ({IP}/\d+)", body, re.MULTILINE)
    told = re.search(r"^[ \t]*Description: *(\S.*?) *$", body, re.MULTILINE)
    mtu = re.search(r"^[ \t]*MTU (\d+) bytes", body, re.MULTILINE)
    errors = re.findall(r"^[ \t]*(\d+) (?:input|output) errors", body, re.MULTILINE)
    return Interface(
        name=name,
        enabled=not state.lower().startswith("admin"),
        up=state.lower() == protocol.lower() == "up",
        description=told[1] if told else "",
        mtu=int(mtu[1]) if mtu else 0,
        addresses=(address[1],) if address else (),
        errors=sum(map(int, errors)),
        duplex=duplex[1].lower() if duplex else "",
        speed_mbps=int(speed[1]) * (1000 if speed[2] == "G" else 1) if speed else 0,
        line=head[0].rstrip(),
    )


PROTOCOLS = {"S": "static", "R": "RIP", "O": "OSPF", "B": "BGP", "I": "IS-IS", "i": "IS-IS", "C": "connected"}
HOP = rf"(?:\[(\d+)/\d+\] )?(?:via ({IP})|is directly connected)(.*)$"


def default_routes(output: str) -> dict[str, Any]:
    if not re.search(r"^Gateway of last resort is ", output, re.MULTILINE):
        raise ValueError("no table of routes")
    return {"default_routes": tuple(_defaults(output))}


def _defaults(output: str) -> Iterator[Route]:
    block = re.search(r"^([A-Z]\S*(?: [A-Z]\d?)?\*?) +0\.0\.0\.0/0 (.*\n?(?:^ +\[.*\n?)*)", output, re.MULTILINE)
    for line in block[2].strip().split("\n") if block else ():
        hop = re.fullmatch(HOP, line.strip())
        if block is None or hop is None:
            raise ValueError(f"not a route: {line!r}")
        out = re.search(rf", ({PORT})", hop[3])
        yield Route("0.0.0.0/0", hop[2] or "", out[1] if out else "", PROTOCOLS[block[1][0]], True, int(hop[1] or 0))


NEIGHBOR = re.compile(
    rf"^ *({IP}) +\d+ +([A-Za-z0-9-]+/ ?(?:[A-Za-z]+|-)) +(?:(?:-|[A-Za-z]+) +)?(?:\d\d:\d\d:\d\d|-) +"
    rf"({IP}) +({PORT}) *$",
    re.MULTILINE,
)


def ospf_neighbors(output: str) -> dict[str, Any]:
    body = output.partition("Neighbor ID")[2]
    rows = NEIGHBOR.findall(body)
    if not re.match(r" +Pri +State .*Address +Interface *(?:\n|\Z)", body) or len(rows) != _count(rf"^ *{IP} ", body):
        raise ValueError("not a table of neighbours")
    return {"ospf_neighbors": tuple(OspfNeighbor(own, address, out, state) for own, state, address, out in rows)}


def _count(pattern: str, text: str) -> int:
    return len(re.findall(pattern, text, re.MULTILINE))


PEER = re.compile(r"^([0-9a-fA-F:.]+) +4 +([\d.]+)(?: +\d+){5} +\S+ +(\S.*?) *$", re.MULTILINE)


def bgp_peers(output: str) -> dict[str, Any]:
    head, _, body = output.partition("State/PfxRcd")
    rows = PEER.findall(body)
    if not body or "Neighbor" not in head or len(rows) != _count(r"^[0-9a-fA-F:.]+ +4 ", body):
        raise ValueError("not a table of peers")
    return {"bgp_peers": tuple(_peer(*row) for row in rows)}


def _peer(address: str, remote: str, shown: str) -> BgpPeer:
    ip_address(address)
    return BgpPeer(address, remote, "Established" if shown.isdigit() else shown, f"{address} AS {remote} {shown}")


def cpu(output: str) -> dict[str, Any]:
    """The busiest of its modules."""
    loads = re.findall(r"^[ \t]*CPU utilization in five minutes *: *(\d{1,3}(?:\.\d+)?)%", output, re.MULTILINE)
    return {"cpu_percent": max(map(float, loads))}


def memory(output: str) -> dict[str, Any]:
    """The fullest of its modules."""
    used = re.findall(r"^[ \t]*System Memory *: .*?, *(\d{1,3}(?:\.\d+)?)% used rate", output, re.MULTILINE)
    return {"memory_percent": max(map(float, used))}


def neighbors(output: str) -> dict[str, Any]:
    head = re.search(r"^System Name +Local Intf +Port ID +Capability +Aging-time *$", output, re.MULTILINE)
    if head is None:
        raise ValueError("no table of neighbours")
    starts = [head[0].index(word) for word in ("System Name", "Local Intf", "Port ID", "Capability")]
    lines = [line for line in output[head.end() :].split("\n") if line.strip() and not line.startswith("Total ")]
    return {"neighbors": tuple(_neighbor(line, starts) for line in lines)}


def _neighbor(line: str, starts: list[int]) -> Neighbor:
    """Columns stand where their headings do; a line whose values run into each other is not read."""
    name, local, port = (line[start:end].strip() for start, end in pairwise(starts))
    if any(line[start - 1 : start].strip() for start in starts[1:]) or not re.fullmatch(PORT, local):
        raise ValueError(f"not in columns: {line!r}")
    return Neighbor(local, name, port)


def arp(output: str) -> dict[str, Any]:
    rows = re.findall(rf"^Internet +({IP}) +\S+ +([0-9a-f.]{{14}}|\S+) +arpa +({PORT}) *$", output, re.MULTILINE)
    if not re.search(r"^Protocol +Address +Age.* +Interface *$", output, re.MULTILINE):
        raise ValueError("no table of addresses")
    if len(rows) != _count(r"^Internet ", output):
        raise ValueError("not only addresses")
    return {"arp": tuple(Arp(address, mac, out) for address, mac, out in rows if re.fullmatch(r"[0-9a-f.]{14}", mac))}


def pools(output: str) -> dict[str, Any]:
    if not re.search(r"^Pool name +Total +Distributed +Remained +Percentage *$", output, re.MULTILINE):
        raise ValueError("no table of pools")
    rows = re.findall(r"^(\S+) +(\d+) +(\d+) +\d+ +[\d.]+%? *$", output, re.MULTILINE)
    return {"dhcp_pools": tuple(Pool(name, int(size), int(used)) for name, size, used in rows)}


def clock(output: str) -> dict[str, Any]:
    match = re.search(r"^[ \t]*Clock is (un)?synchronized\b.*$", output, re.MULTILINE)
    if match is None:
        raise ValueError("no status of the clock")
    return {"clock_synchronised": match[1] is None, "clock_line": match[0].strip()}


PLATFORM = Platform(
    name="ruijie_os",
    prompt=r"NAME(?:\([^\n()]{1,60}\))?[>#]",
    paging=("terminal length 0", "terminal width 256"),
    config_command="show running-config",
    reads=(
        "show version",
        "show interfaces",
        "show ip route",
        "show ip ospf neighbor",
        "show ip bgp summary",
        "show lldp neighbors",
        "show arp",
        "show cpu",
        "show memory",
        "show ntp status",
        "show ip dhcp pool",
    ),
    parsers={
        "show version": version,
        "show interfaces": interfaces,
        "show ip route": default_routes,
        "show ip ospf neighbor": ospf_neighbors,
        "show ip bgp summary": bgp_peers,
        "show bgp ipv4 unicast summary": bgp_peers,
        "show lldp neighbors": neighbors,
        "show arp": arp,
        "show cpu": cpu,
        "show memory": memory,
        "show ntp status": clock,
        "show ip dhcp pool": pools,
    },
    first_line=r"^version \S",
    last_line="end",
    hostname=r"^hostname (\S+)",
    sections=(r"^hostname ", r"^interface ", r"^line (?:con|console|vty) "),
    noise=r"\A(?:\s*Building configuration\.\.\.[ \t]*\n)?(?:\s*Current configuration ?:[^\n]*\n)?",
    volatile=r"^(?:!.*|Current configuration ?:.*|end|\s*)$",
    secrets=(
        r"^[ \t]*(?:enable (?:password|secret)|password|secret)(?: level \d+)?(?: \d)? (?P<secret>\S+)[ \t]*$",
        r"^[ \t]*(?:username|webmaster level \d+ username) \S+ (?:.*? )?(?:password|secret)(?: \d)? (?P<secret>\S+)",
        r"\b(?:radius-server|tacacs-server)(?: host \S+(?: .*?)?)? key(?: \d)? (?P<secret>\S+)",
        r"^[ \t]*key \d (?P<secret>\S+)[ \t]*$",
        r"^[ \t]*key (?P<secret>(?!\d+[ \t]*$)\S+)[ \t]*$",
        r"^[ \t]*(?:server-private \S+ .*?key|web-auth portal key|portal-key)(?: \d)? (?P<secret>\S+)",
        r"^[ \t]*key-string(?: \d)? (?P<secret>\S+)",
        r"^[ \t]*snmp-server community(?: [0-9](?= \S))? (?P<secret>\S+)",
        r"^[ \t]*snmp-server host (?:\S+ )*?(?:version (?:1|2c)|traps|informs) (?!version )(?:[0-9] )?(?P<secret>\S+)",
        r"^[ \t]*snmp-server host (?!ipv6 |oob )\S+ (?!traps |informs |version |vrf )(?P<secret>\S+)",
        r"^[ \t]*snmp-server user .*\bauth (?:md5|sha\d*) (?P<secret>\S+)",
        r"^[ \t]*snmp-server user .*\bpriv (?:des56|des|3des|aes\d*)(?: (?:128|192|256))? (?P<secret>\S+)",
        r"\b(?:message-digest-key \d+ md5|authentication-key \d+ md5|authentication-key|authentication text"
        r"|isis password|area-password|domain-password|standby \d+ authentication|vrrp \d+ authentication)(?: \d)? "
        r"(?P<secret>\S+)",
        r"\bneighbor \S+ password(?: \d)? (?P<secret>\S+)",
        r"\bppp (?:chap password|pap sent-username \S+ password)(?: \d)? (?P<secret>\S+)",
        r"\bcrypto isakmp key(?: \d)? (?P<secret>\S+) ",
        r"\b(?:set-key (?:ascii|hex)|set preshared-key)(?: \d)? (?P<secret>\S+)",
    ),
    refused=r"^[ \t]*% ?(?:Invalid|Incomplete|Ambiguous|Unknown|Unrecognized|Error|Bad|Access denied|User does not have"
    r"|Command rejected).*",
    enter_config=("configure terminal",),
    leave_config=("end",),
    enable="enable",
    save=("write",),
    saved=r"\[OK\]",
    saved_commands=("show startup-config",),
    ping="ping {address} ntimes {count} timeout 1",
)
