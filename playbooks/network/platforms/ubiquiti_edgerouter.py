"""Ubiquiti EdgeRouter (EdgeOS 1 and 2, of Vyatta's kin). help.ui.com: EdgeRouter CLI; docs.vyos.io; man ip, free, ntpq.

`show configuration` puts stars where secrets are; `show configuration commands` is the one that can be typed back, and
it has no end mark. The saved configuration is of another form (config.boot), so that the two cannot be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from ipaddress import ip_address, ip_interface
from typing import Any

from playbooks.network.facts import Arp, BgpPeer, Interface, Neighbor, OspfNeighbor, Pool, Route
from playbooks.network.platforms import tables
from playbooks.network.platforms.platform import Platform
from playbooks.network.platforms.proof import Rest

_rows = partial(tables.rows, "ubiquiti_edgerouter")


def version(output: str) -> dict[str, Any]:
    told = dict(re.findall(r"^([A-Z][\w /]+):[ \t]+(\S.*?)[ \t]*$", output, re.MULTILINE))
    known: dict[str, Any] = {"version": told["Version"], "uptime_s": _uptime(told["Uptime"])}
    return known | {"model": told.get("HW model", ""), "serial": told.get("HW S/N", "")}


def _uptime(text: str) -> float:
    """Seconds of procps' `up 11 days,  6:15,` or `up 5 min,`."""
    match = re.search(r"\bup +(?:(\d+) days?, *)?(?:(\d+):(\d\d)|(\d+) min),", text)
    if match is None:
        raise ValueError(f"no uptime: {text!r}")
    days, hours, minutes, only = (int(part or 0) for part in match.groups())
    return days * 86400 + hours * 3600 + (minutes + only) * 60


def interfaces(output: str) -> dict[str, Any]:
    """The short table: state and link are u, D or A (switched off)."""
    head = re.search(r"^Interface +IP Address +S/L +Description *\n[- ]+$", output, re.MULTILINE)
    if head is None:
        raise ValueError("no table of interfaces")
    found: list[Interface] = []
    for line in output[head.end() :].split("\n"):
        if match := re.fullmatch(r"(\S+) +(\S+) +([uDA])/([uD])(?: +(\S.*?))? *", line):
            found.append(_interface(*match.groups()))
        elif found and (match := re.fullmatch(r" +(\S+) *", line)):
            found[-1] = _with(found[-1], match[1])
        elif line.strip():
            raise ValueError(f"not an interface: {line!r}")
    return {"interfaces": tuple(found)}


def _interface(name: str, address: str, state: str, link: str, description: str | None) -> Interface:
    bare = Interface(
        name=name,
        enabled=state != "A",
        up=state == link == "u",
        description=description or "",
        line=f"{name} {state}/{link}",
    )
    return bare if address == "-" else _with(bare, address)


def _with(interface: Interface, address: str) -> Interface:
    ip_interface(address)
    return Interface(**{**vars(interface), "addresses": (*interface.addresses, address)})


BLOCK = re.compile(r"^(\S+?)(?:@\S+)?: <([A-Z0-9_,-]*)> mtu (\d+) .*\n((?:[ \t].*\n|\n)*)", re.MULTILINE)
COUNTERS = r"^ +[RT]X: +bytes +packets +errors .*\n +\d+ +\d+ +(\d+)"


def details(output: str) -> dict[str, Any]:
    """What `ip` tells, with description and counters under it."""
    found = tuple(_detail(*match.groups()) for match in BLOCK.finditer(output.rstrip("\n") + "\n"))
    if not found or BLOCK.sub("", output.rstrip("\n") + "\n").strip():
        raise ValueError("not only interfaces")
    return {"interfaces": found}


def _detail(name: str, flags: str, mtu: str, rest: str) -> Interface:
    own = re.findall(r"^ +inet6? (\S+/\d+)(?: brd \S+)? scope (?!link)", rest, re.MULTILINE)
    told = re.search(r"^ +Description: *(\S.*?) *$", rest, re.MULTILINE)
    errors = re.findall(COUNTERS, rest, re.MULTILINE)
    return Interface(
        name=name,
        enabled="UP" in flags.split(","),
        up={"UP", "LOWER_UP"} <= set(flags.split(",")),
        description=told[1] if told else "",
        mtu=int(mtu),
        addresses=tuple(own),
        errors=sum(map(int, errors)),
        line=f"{name}: <{flags}> mtu {mtu}",
    )


def physical(output: str) -> dict[str, Any]:
    """One port as ethtool tells it."""
    told = dict(re.findall(r"^[ \t]+(Speed|Duplex|Link detected): *(\S+)", output, re.MULTILINE))
    name = re.findall(r"^Settings for (\S+):", output, re.MULTILINE)
    if len(name) != 1 or told["Link detected"] not in ("yes", "no"):
        raise ValueError("not one port")
    speed = re.fullmatch(r"(\d+)Mb/s", told["Speed"])
    duplex = told["Duplex"].lower()
    return {
        "interfaces": (
            Interface(
                name=name[0],
                up=told["Link detected"] == "yes",
                duplex=duplex if duplex in ("full", "half") else "",
                speed_mbps=int(speed[1]) if speed else 0,
                line=f"{name[0]} Link detected: {told['Link detected']}",
            ),
        )
    }


HOP = re.compile(
    r"(?P<codes>[A-Z][A-Z0-9]?(?: [A-Z][A-Z0-9])?)? ?(?P<marks>[*>p]*) ?(?:(?P<prefix>[\d.]+/\d+) )?"
    r"(?:\[(?P<distance>\d+)/\d+\] )?(?:via (?P<gateway>[\d.]+)|is directly connected)(?P<rest>.*)"
)
PROTOCOLS = {"K": "kernel", "C": "connected", "S": "static", "R": "RIP", "B": "BGP", "O": "OSPF"}


def default_routes(output: str) -> dict[str, Any]:
    table = output.partition('IP Route Table for VRF "default"\n')[2].partition("\nIP Route Table")[0]
    if not table:
        raise ValueError("no table of routes")
    return {"default_routes": tuple(route for route in _routes(table) if route.prefix == "0.0.0.0/0")}


def _routes(table: str) -> Iterator[Route]:
    """A line without prefix is another way to the prefix before it."""
    codes, prefix = "", ""
    for line in filter(None, (" ".join(line.split()) for line in table.split("\n"))):
        match = HOP.fullmatch(line)
        if match is None or not (match["prefix"] or prefix):
            if re.match(r"Gateway of last resort is ", line):
                continue
            raise ValueError(f"not a route: {line!r}")
        codes, prefix = (match["codes"] or "", match["prefix"]) if match["prefix"] else (codes, prefix)
        yield _route(codes, prefix, match)


def _route(codes: str, prefix: str, match: re.Match[str]) -> Route:
    out = re.search(r", ([A-Za-z][\w.@-]*)", match["rest"])
    return Route(
        prefix=prefix,
        gateway=match["gateway"] or "",
        interface=out[1] if out else "",
        protocol=PROTOCOLS[codes[:1]],
        active="*" in match["marks"],
        distance=int(match["distance"] or 0),
    )


NEIGHBOR = re.compile(
    r"^([\d.]+) +\d+ +([A-Za-z0-9-]+/ ?[A-Za-z-]+) +(?:\d\d:\d\d:\d\d|-|inactive) +([\d.]+) +(\S+?)(?: +\d+)? *$",
    re.MULTILINE,
)


def ospf_neighbors(output: str) -> dict[str, Any]:
    head, _, body = output.partition("Interface")
    if "Neighbor ID" not in head:
        raise ValueError("no table of neighbours")
    rows = NEIGHBOR.findall(body)
    if len(rows) != len(re.findall(r"^\d+\.\d+\.\d+\.\d+ ", body, re.MULTILINE)):
        raise ValueError("not only neighbours")
    return {"ospf_neighbors": tuple(OspfNeighbor(own, address, out, state) for own, state, address, out in rows)}


PEER = re.compile(r"^(\S+) +4 +(\d+)(?: +\d+){5} +\S+ +(\S.*?) *$", re.MULTILINE)


def bgp_peers(output: str) -> dict[str, Any]:
    head, _, body = output.partition("State/PfxRcd")
    if not body or "Neighbor" not in head:
        raise ValueError("no table of peers")
    rows = PEER.findall(body)
    if len(rows) != len(re.findall(r"^[0-9a-fA-F:.]+ +4 ", body, re.MULTILINE)):
        raise ValueError("not only peers")
    return {"bgp_peers": tuple(_peer(*row) for row in rows)}


def _peer(address: str, remote: str, shown: str) -> BgpPeer:
    ip_address(address)
    return BgpPeer(address, remote, "Established" if shown.isdigit() else shown, f"{address} AS {remote} {shown}")


def neighbors(output: str) -> dict[str, Any]:
    """Columns stand where their headings do; a longer value is cut off by the router itself."""
    head = re.search(r"^Device ID +Local +Proto +Cap +Platform +Port ID *$", output, re.MULTILINE)
    if head is None:
        raise ValueError("no table of neighbours")
    starts = [head[0].index(word) for word in ("Device ID", "Local", "Proto", "Cap", "Platform", "Port ID")]
    lines = [line for line in output[head.end() :].split("\n") if line.strip() and not line.startswith("---")]
    return {"neighbors": tuple(_neighbor(line, starts) for line in lines)}


def _neighbor(line: str, starts: list[int]) -> Neighbor:
    if any(line[start - 1 : start].strip() for start in starts[1:]) or not line[:1].strip():
        raise ValueError(f"not in columns: {line!r}")
    ends = [*starts[1:], len(line)]
    name, local, _, _, kind, port = (line[start:end].strip() for start, end in zip(starts, ends, strict=True))
    if not re.fullmatch(r"[a-z]+[\d.]+", local):
        raise ValueError(f"not an interface: {local!r}")
    return Neighbor(local, name, port, platform=kind)


def arp(output: str) -> dict[str, Any]:
    rows = _rows("show arp", output)
    return {
        "arp": tuple(
            Arp(row["ip_address"], row["mac_address"], row["interface"])
            for row in rows
            if row["mac_address"] != "(incomplete)"
        )
    }


def pools(output: str) -> dict[str, Any]:
    if not re.search(r"^[ \t]*pool +pool size +leased +avail *$", output, re.MULTILINE):
        raise ValueError("no table of pools")
    rows = re.findall(r"^(\S+) +(\d+) +(\d+) +(\d+) *$", output, re.MULTILINE)
    return {"dhcp_pools": tuple(Pool(name, int(size), int(used)) for name, size, used, _ in rows)}


def memory(output: str) -> dict[str, Any]:
    """What programs hold, as free(1) tells it: caches are no load."""
    head = re.search(r"^ +total +used +free +shared +(buffers +cached|buff/cache +available) *$", output, re.MULTILINE)
    row = re.search(r"^Mem: +(\d{1,15}) +(\d+) +\d+ +\d+ +(\d+) +(\d+) *$", output, re.MULTILINE)
    if head is None or row is None:
        raise ValueError("no table of memory")
    total, used, fifth, sixth = map(int, row.groups())
    held = total - sixth if "available" in head[1] else used - fifth - sixth
    if not 0 <= held <= total:
        raise ValueError("parts do not make a whole")
    return {"memory_percent": round(100 * held / total, 1)}


def storage(output: str) -> dict[str, Any]:
    if not re.search(r"^Filesystem +Size +Used +Avail +Use% +Mounted on *$", output, re.MULTILINE):
        raise ValueError("no table of file systems")
    used = re.findall(r" (\d{1,3})% +/(?:root\.dev)? *$", output, re.MULTILINE)
    return {"storage_percent": float(max(map(int, used)))}


def clock(output: str) -> dict[str, Any]:
    """ntpq's table: the server that is followed has a star (or an o, with a pulse)."""
    head = re.search(
        r"^ +remote +refid +st +t +when +poll +reach +delay +offset +jitter *\n=+ *$", output, re.MULTILINE
    )
    if head is None:
        raise ValueError("no table of time servers")
    peers = [line.rstrip() for line in output[head.end() :].split("\n") if line.strip()]
    followed = next((line for line in peers if line[0] in "*o"), "")
    return {"clock_synchronised": bool(followed), "clock_line": followed or (peers[0] if peers else "")}


WORDS = (
    r"encrypted-password|plaintext-password|simple-password|password|passphrase|pre-shared-secret|pre-shared-key"
    r"|shared-secret-key|secret|psk|private-key|preshared-key|md5-key|encrypted-key|plaintext-key|auth-key|wep-key"
    r"|radius-server \S+ key|commit-archive location|unms connection|tunnel-key|api-key|token"
)
VALUE = r"'?(?P<secret>(?<=')[^'\n]+|[^\s']\S*)"

PLATFORM = Platform(
    name="ubiquiti_edgerouter",
    prompt=r"(?:\[edit[^\n\]]*\]\n)?[\w.-]+@NAME(?::[^\n$#]{0,80}[$#]|#)",
    paging=("terminal width 512", "terminal length 0"),
    shown_on="recordings",
    config_command="show configuration commands | no-more",
    reads=(
        "show version",
        "show interfaces detail",
        "show interfaces",
        "show ip route",
        "show ip ospf neighbor",
        "show ip bgp summary",
        "show lldp neighbors",
        "show arp",
        "show dhcp statistics",
        "show system memory",
        "show system storage",
        "show ntp",
    ),
    parsers={
        "show version": version,
        "show interfaces": interfaces,
        "show interfaces ethernet": interfaces,
        "show interfaces detail": details,
        "show interfaces ethernet detail": details,
        "show interfaces ethernet physical": physical,
        "show ip route": default_routes,
        "show ip ospf neighbor": ospf_neighbors,
        "show ip bgp summary": bgp_peers,
        "show lldp neighbors": neighbors,
        "show arp": arp,
        "show dhcp statistics": pools,
        "show system memory": memory,
        "show system storage": storage,
        "show ntp": clock,
    },
    first_line=r"^set (?:firewall|interfaces|custom-attribute|load-balance|policy|port-forward|protocols|service) ",
    last_line="",
    proof=Rest("show configuration commands | grep -A 99999 {word}"),
    hostname=r"^set system host-name '?([^'\s]+)'?$",
    sections=(r"^set interfaces ", r"^set system host-name ", r"^set system login user \S+ authentication "),
    volatile=r"^[ \t]*$",
    secrets=(
        rf"^set (?:[^'\n]*? )?(?:{WORDS}) {VALUE}'?$",
        rf"^set service snmp community {VALUE}",
    ),
    refused=r"^[ \t]*+(?:Invalid command: .*|Incomplete command: .*|Ambiguous command: .*|-?v?bash: .*"
    r"|.*Configuration path: .* is not valid|(?:Set|Delete|Commit) failed.*|Permission denied.*)",
    enter_config=("configure",),
    leave_config=("commit", "exit"),
    save=("configure", "save", "exit"),
    saved=r"^Done$",
    ping="/bin/ping -c {count} -i 0.2 -W 1 {address}",
)
