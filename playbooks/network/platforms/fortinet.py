"""FortiGate, FortiOS 5.6 to 7.6. docs.fortinet.com: FortiOS CLI reference, Administration guide (CPU and memory).

`show full-configuration` encrypts every secret anew each time it is shown, so lines that hold one (ENC, and the Base64
of keys) are no sign of a change; certificates have the same form and share that fate. A secret that alone was changed
is thus not noticed and comes into a copy with the next other change: else every night would bring a "change". Its
pages are answered: to turn them off, `config system console` would have to be written.
"""

from __future__ import annotations

import re
from ipaddress import ip_interface
from typing import Any

from playbooks.network.facts import Arp, BgpPeer, Interface, Note, OspfInterface, OspfNeighbor, Route, Tunnel
from playbooks.network.platforms.platform import OUR_END, Platform, duration_s
from playbooks.network.platforms.proof import Count


def status(output: str) -> dict[str, Any]:
    match = re.search(r"^Version: (\S+) (v\d+\.\d+\.\d+),build\S+", output, re.MULTILINE)
    if match is None:
        raise ValueError("no version")
    hostname = _found(r"^Hostname: (\S+)", output)
    told = {"model": match[1], "version": match[2], "hostname": hostname}
    serial = re.search(r"^Serial-Number: (\S+)", output, re.MULTILINE)
    reason = re.search(r"^Last reboot reason: (\S.*)$", output, re.MULTILINE)
    return told | ({"serial": serial[1]} if serial else {}) | ({"restart_reason": reason[1].strip()} if reason else {})


def performance(output: str) -> dict[str, Any]:
    memory = re.search(r"^Memory(?: states)?:.*?\b(?:used \(([\d.]+)%\)|(\d+)% used)", output, re.MULTILINE)
    if memory is None:
        raise ValueError("no memory")
    return {
        "cpu_percent": 100 - float(_found(r"^CPU states:.*?\b(\d+)% idle\b", output)),
        "memory_percent": float(memory[1] or memory[2]),
        "uptime_s": duration_s(_found(r"^Uptime: (\d+ days?, +\d+ hours?, +\d+ minutes?)\s*$", output)),
    }


def top(output: str) -> dict[str, Any]:
    uptime = _found(r"^Run Time: +(\d+ days?, \d+ hours? and \d+ minutes?)\s*$", output)
    return {"uptime_s": duration_s(uptime), "cpu_percent": 100 - float(_found(r"^\d+U,.*?\b(\d+)I\b", output))}


def cluster(output: str) -> dict[str, Any]:
    """What a cluster's health lacks; FortiOS keeps the lines of it under the heading only when there is something."""
    model = _found(r"^Model: (\S+)\s*$", output)
    health = re.search(r"^HA Health Status:((?:.*\n)(?:[ \t]+.*\n)*)", output, re.MULTILINE)
    if health is None:
        raise ValueError("no health")
    lines = [line.strip(" \t;") for line in health[1].splitlines() if line.strip() not in ("", "OK")]
    return {"model": model, "alarms": tuple(Note("HA", line) for line in lines)}


def interfaces(output: str) -> dict[str, Any]:
    """`get system interface`: its status is the one that was configured, links are told by `physical`."""
    _, *parts = re.split(r"^== ?\[ (?=.+ \]\s*$)", output, flags=re.MULTILINE)
    if not parts:
        raise ValueError("no interface")
    return {"interfaces": tuple(map(_configured, parts))}


def _configured(text: str) -> Interface:
    head, _, line = text.strip().partition("\n")
    name = head.rstrip().removesuffix("]").rstrip()
    if not line.startswith(f"name: {name} "):
        raise ValueError(f"not an interface: {line[:60]!r}")
    status = re.findall(r"(?<=\s)status: (\S+)", line)
    if set(status) - {"up", "down"}:
        raise ValueError(f"a status that is not known: {status}")
    down = "down" in status
    shown = f"name: {name} status: down" if down else ""
    return Interface(name, enabled=not down, up=not down, addresses=_addresses(line), line=shown)


def _addresses(text: str) -> tuple[str, ...]:
    found = re.findall(r"(?<![\w-])ip: (\d\S+) (\d\S+)", text)
    return tuple(ip_interface(f"{own}/{mask}").with_prefixlen for own, mask in found if own.strip("0."))


def links(output: str) -> dict[str, Any]:
    _, *parts = re.split(r"^[ \t]*==\[(?=[^\]\n]+\]\s*$)", output, flags=re.MULTILINE)
    if not parts:
        raise ValueError("no interface")
    return {"interfaces": tuple(map(_link, parts))}


def _link(text: str) -> Interface:
    name, state = text[: text.index("]")], _found(r"^[ \t]+status: (up|down)\b", text)
    speed = (
        re.search(r"^[ \t]+speed: (\d+)Mbps(?: \(Duplex: (full|half)\))?", text, re.MULTILINE)
        if state == "up"
        else None
    )
    wide = re.findall(r"^[ \t]+ipv6: ((?!::/0)\S+/\d+)\s*$", text, re.MULTILINE)
    return Interface(
        name=name,
        up=state == "up",
        addresses=(*_addresses(text), *wide),
        duplex=(speed[2] or "") if speed else "",
        speed_mbps=int(speed[1]) if speed else 0,
        line=f"{name} status: {state}",
    )


def devices(output: str) -> dict[str, Any]:
    """`fnsysctl ifconfig`: RUNNING is the link, as in Linux."""
    _, *parts = re.split(r"^(?=\S+\s+Link encap:)", output, flags=re.MULTILINE)
    if not parts:
        raise ValueError("no interface")
    return {"interfaces": tuple(map(_device, parts))}


def _device(text: str) -> Interface:
    flags, mtu = re.search(r"^[ \t]+((?:[A-Z]+ )*) *MTU:(\d+)", text, re.MULTILINE).groups()  # type: ignore[union-attr]
    own = re.findall(r"^[ \t]+inet addr:(\S+).*?\bMask:(\S+)", text, re.MULTILINE)
    return Interface(
        name=text.split(maxsplit=1)[0],
        enabled="UP" in flags.split(),
        up={"UP", "RUNNING"} <= set(flags.split()),
        mtu=int(mtu),
        addresses=tuple(ip_interface(f"{address}/{mask}").with_prefixlen for address, mask in own),
        errors=sum(map(int, re.findall(r"^[ \t]+[RT]X packets:\d+ errors:(\d+)", text, re.MULTILINE))),
        line=" ".join(flags.split()),
    )


def bgp_peers(output: str) -> dict[str, Any]:
    if not re.search(
        r"^Neighbor\s+V\s+AS\s+MsgRcvd\s+MsgSent\s+TblVer\s+InQ\s+OutQ\s+Up/Down\s+State/PfxRcd", output, re.M
    ):
        raise ValueError("no heading")
    row = r"^([0-9a-f]+[.:][0-9a-f.:]+)\s+\d+\s+(\d+)(?:\s+\d+){5}\s+(\S+)\s+(\d+|[A-Z]\w+)(?: \([^)\n]*\))?\s*$"
    found = re.findall(row, output, re.MULTILINE)
    return {"bgp_peers": tuple(_peer(address, remote, since, shown) for address, remote, since, shown in found)}


def _peer(address: str, remote_as: str, since: str, shown: str) -> BgpPeer:
    state = "Established" if shown.isdigit() else shown
    return BgpPeer(address, remote_as, state, f"{address} AS {remote_as} {since} {shown}")


def bgp_details(output: str) -> dict[str, Any]:
    row = r"^BGP neighbor is (\S+), remote AS (\d+), .*\n(?:(?!BGP neighbor ).*\n)*?\s+BGP state = (\w+)([^\n]*)"
    found = re.findall(row, output, re.MULTILINE)
    if not found or len(found) != output.count("BGP neighbor is "):
        raise ValueError("a neighbour without its state")
    return {"bgp_peers": tuple(BgpPeer(a, n, s, f"{a} AS {n} BGP state = {s}{more}") for a, n, s, more in found)}


def ospf_neighbors(output: str) -> dict[str, Any]:
    if not re.search(r"^Neighbor ID\s+Pri\s+State\s+Dead Time\s+Address\s+Interface", output, re.MULTILINE):
        raise ValueError("no heading")
    row = r"^([\d.]+)\s+\d+\s+(\S+(?:/ ?\S+)?)\s+\d\d:\d\d:\d\d\s+([\d.]+)\s+(\S+)"
    found = re.findall(row, output, re.MULTILINE)
    return {
        "ospf_neighbors": tuple(OspfNeighbor(router, address, port, state) for router, state, address, port in found)
    }


def ospf_interfaces(output: str) -> dict[str, Any]:
    _, *parts = re.split(r"^(?=\S+ is (?:up|down), line protocol is )", output, flags=re.MULTILINE)
    if not parts:
        raise ValueError("no interface")
    return {"ospf_interfaces": tuple(_ospf_interface(part) for part in parts if "OSPF not enabled" not in part)}


def _ospf_interface(text: str) -> OspfInterface:
    return OspfInterface(
        name=text.split(maxsplit=1)[0],
        area=_found(r"\bArea (\S+?),", text),
        hello_s=int(float(_found(r"\bHello ([\d.]+),", text))),
        dead_s=int(float(_found(r"\bDead ([\d.]+),", text))),
        mtu=int(_found(r"\bMTU (\d+)", text)),
        passive="No Hellos (Passive interface)" in text,
        kind=_found(r"\bNetwork Type (\S+?),", text),
        neighbors=int((re.findall(r"\bNeighbor Count is (\d+)", text) or ["0"])[0]),
    )


def default_routes(output: str) -> dict[str, Any]:
    """Of VRF 0, which is the whole table of a device without others."""
    if not re.search(r"^Codes: K - kernel, C - connected, S - static", output, re.MULTILINE):
        raise ValueError("not the routing table")
    tables = re.split(r"^Routing table for VRF=(?=\d)", output, flags=re.MULTILINE)
    main = next((table for table in tables[1:] if table.startswith("0\n")), "" if tables[1:] else output)
    blocks = re.findall(r"^([A-Zi])\S*(?:[ \t]+[A-Z]\w)?[ \t]+0\.0\.0\.0/0((?:.*\n?)(?:[ \t]{8,}\S.*\n?)*)", main, re.M)
    return {"default_routes": tuple(_route(code, line) for code, hops in blocks for line in hops.strip().split("\n"))}


_CODES = {"S": "static", "O": "ospf", "B": "bgp", "R": "rip", "K": "kernel", "C": "connected", "i": "isis"}


_HOP = re.compile(
    r"\s*(?:\[(?P<distance>\d+)/\d+\] )?"
    r"(?:via (?P<hop>[\d.]+)(?:, | \(recursive (?:is directly connected|via \S+), )(?P<out>[^\s,)]+)"
    r"|via (?P<tunnel>\S+) tunnel [\d.]+|is directly connected, (?P<own>[^\s,]+)|is a summary, (?P<null>Null))"
)


def _route(code: str, line: str) -> Route:
    match = _HOP.match(line)
    if match is None:
        raise ValueError(f"a default route of another form: {line!r}")
    out = next(filter(None, match.group("out", "tunnel", "own", "null")))
    return Route("0.0.0.0/0", match["hop"] or "", out, _CODES[code], distance=int(match["distance"] or 0))


def arp(output: str) -> dict[str, Any]:
    if not re.search(r"^Address\s+Age\(min\)\s+Hardware Addr\s+Interface", output, re.MULTILINE):
        raise ValueError("no heading")
    found = re.findall(r"^(\d[\d.]+)\s+\S+\s+((?:[0-9a-f]{2}:){5}[0-9a-f]{2})\s+(\S.*?)\s*$", output, re.MULTILINE)
    return {"arp": tuple(Arp(*each) for each in found)}


def clock(output: str) -> dict[str, Any]:
    match = re.search(r"^synchronized: (yes|no), ntpsync: .*", output, re.MULTILINE)
    if match is None:
        raise ValueError("no clock")
    return {"clock_synchronised": match[1] == "yes", "clock_line": match[0].strip()}


def tunnels(output: str) -> dict[str, Any]:
    """A tunnel stands as long as one of its selectors does."""
    found = re.findall(r"^('(.+?)' \S+ +selectors\(total,up\): (\d+)/(\d+)).*$", output, re.MULTILINE)
    if not found:
        raise ValueError("no tunnel")
    return {"tunnels": tuple(Tunnel(name, "vpn", up=int(up) > 0, line=line) for line, name, _, up in found)}


def _found(pattern: str, text: str) -> str:
    """Group 1 of the first match; ValueError when there is none."""
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise ValueError(f"nothing like {pattern!r}")
    return match[1]


_QUOTED = r'"(?:[^"\\\n]|\\.)*"'
_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"

PLATFORM = Platform(
    name="fortinet",
    prompt=r"NAME (?:\([^)\n]{1,60}\) )?[#$] ?",
    shown_on="recordings",
    config_command="show full-configuration",
    reads=(
        "get system status",
        "get system performance status",
        "get system interface physical",
        "get system interface",
        "get router info routing-table all",
        "get router info ospf interface",
        "get router info ospf neighbor",
        "get router info bgp summary",
        "get system arp",
        "get system ha status",
        "get vpn ipsec tunnel summary",
        "diagnose sys ntp status",
    ),
    parsers={
        "get system status": status,
        "get system performance status": performance,
        "diagnose sys top": top,
        "get system ha status": cluster,
        "get system interface": interfaces,
        "get system interface physical": links,
        "fnsysctl ifconfig": devices,
        "get router info bgp summary": bgp_peers,
        "get router info bgp neighbors": bgp_details,
        "get router info ospf neighbor": ospf_neighbors,
        "get router info ospf interface": ospf_interfaces,
        "get router info routing-table all": default_routes,
        "get system arp": arp,
        "diagnose sys ntp status": clock,
        "get vpn ipsec tunnel summary": tunnels,
    },
    first_line=r"^#config-version=\S+",
    last_line="",
    proof=Count("{shown} | grep -c ^end", line="end"),
    hostname=r'^config system global\n(?: .*\n)*? +set hostname "?([^"\n]+?)"?$',
    sections=(
        r"^config system global$",
        r"^config system interface$",
        r"^config firewall policy$",
        rf"^end\n(?:{OUR_END}\n)?\Z",
    ),
    volatile=rf"^(?:#conf_file_ver=.*|.*\bENC \S{{8,}}.*|\s*set last-?updated? \d+|DEK-Info: .*|\s*{_BASE64}|\s*)$",
    secrets=(
        r"\bENC (?P<secret>\S{8,})",
        rf"^[ \t]*set (?:passwd\d?|password|psksecret|secret|secondary-secret|passphrase|auth-pwd|priv-pwd|key-string"
        rf"|md5-key \d+|login-passwd|proxy-password|api-key) (?P<secret>{_QUOTED})",
        rf"^(?P<secret>{_BASE64})$(?=(?:\n[A-Za-z0-9+/=]++){{0,200}}+\n-----END [A-Z ]*PRIVATE KEY-----)",
        rf"^config system snmp community\n +edit \d+\n +set name (?P<secret>{_QUOTED})$",
        rf"^ +set name (?P<secret>{_QUOTED})$(?=(?:\n(?! {{4}}next$|end$).*){{0,150}}?\n +set (?:query|trap)-v[12]c?-)",
    ),
    refused=r"^[ \t]*+(?:Unknown action|Command fail\b|command parse error|Parsing error|Permission denied"
    r"|Access denied|.*entry not found in table)",
    ping="execute ping {address}",
)
