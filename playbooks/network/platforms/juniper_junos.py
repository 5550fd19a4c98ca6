"""Juniper Junos: MX, EX, QFX, SRX. juniper.net/documentation: CLI User Guide (`commit confirmed`, `configure
exclusive`), the command references of `show interfaces`, `show bgp summary`, `show chassis routing-engine` and kin.

`show configuration` prints no end mark, but the last thing of a whole one is a bracket that closes a block of the top
level. A change is written into a locked candidate and put in force by `commit confirmed`: unless another `commit`
follows, Junos itself brings the former configuration back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from playbooks.network.facts import (
    Arp,
    BgpPeer,
    Interface,
    Neighbor,
    Note,
    OspfInterface,
    OspfNeighbor,
    Route,
    StpPort,
)
from playbooks.network.platforms.linux import associations
from playbooks.network.platforms.platform import ARMED_MINUTES, OUR_END, Change, Platform, Situation, duration_s
from playbooks.network.platforms.proof import Rest
from playbooks.network.platforms.tables import every
from playbooks.network.platforms.text import needed

COMMIT = f"commit confirmed {ARMED_MINUTES}"
ROLES = {"ROOT": "root", "DESG": "designated", "ALT": "alternate", "BKUP": "backup", "DIS": "disabled"}
STATES = {"FWD": "forwarding", "BLK": "blocking", "LRN": "learning", "LIS": "listening", "DIS": "disabled"}
SHUT = ("Disabled by bpdu-control", "MAC limit exceeded", "MAC move limit exceeded", "Storm control in effect")
"""Reasons for which a switch of the EX series takes a port out of service by itself."""
DISKS = ("/", "/.mount", "/var", "/.mount/var", "/config", "/cf/var")
"""File systems that fill; the others are images, full by nature."""


def version(output: str) -> dict[str, Any]:
    needed(r"^(?:Junos: |JUNOS )", output)
    suites = r"^(?:Junos: |JUNOS (?:EX +)?(?:Software (?:Suite|Release)|Base OS (?:boot|Software Suite)) \[)([^\]\s]+)"
    return {
        "hostname": _the(re.findall(r"^Hostname: (\S+)", output, re.MULTILINE)),
        "model": _same(re.findall(r"^Model: (\S+)", output, re.MULTILINE)),
        "version": _same(re.findall(suites, output, re.MULTILINE)),
    }


def hardware(output: str) -> dict[str, Any]:
    """Serial number and model of the chassis, by the columns of the heading; a virtual chassis has no model."""
    head = needed(r"^Item +Version +Part number +Serial number +Description", output)[0]
    lines = re.findall(r"^Chassis .*$", output, re.MULTILINE)
    number, words = head.index("Serial number"), head.index("Description")
    models = [line[words:].strip() for line in lines]
    return {
        "serial": _the([line[number:words].strip() for line in lines]),
        "model": _same([each for each in models if each != "Virtual Chassis"]),
    }


def uptime(output: str) -> dict[str, Any]:
    """Of one routing engine: members of a virtual chassis each have their own."""
    (ago,) = re.findall(r"^System booted: .*\(([^()]*) ago\)", output, re.MULTILINE)
    return {"uptime_s": _age_s(ago)}


def _age_s(text: str) -> float:
    """Seconds of `22w0d 19:16` or `00:12:41`."""
    match = re.fullmatch(r"((?:\d+[ywd])*) ?(?:(\d+):(\d\d)(?::(\d\d))?)?", text.strip())
    if match is None:
        raise ValueError(f"not an age: {text!r}")
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    return (duration_s(match[1]) if match[1] else 0) + hours * 3600 + minutes * 60 + seconds


def processes(output: str) -> dict[str, Any]:
    """The heading of `show system processes`; Junos Evolved prints one for each node, which then tells nothing."""
    (idle,) = re.findall(r"^CPU: .*?([\d.]+)% idle", output, re.MULTILINE)
    up = needed(r" up (\d+)\+(\d\d):(\d\d):(\d\d) ", output)
    days, hours, minutes, seconds = map(int, up.groups())
    return {
        "cpu_percent": round(100 - float(idle), 1),
        "uptime_s": float(((days * 24 + hours) * 60 + minutes) * 60 + seconds),
    }


def routing_engine(output: str) -> dict[str, Any]:
    """Of the routing engine in charge."""
    needed(r"^Routing Engine status:", output)
    slots = re.split(r"^ +Slot \d+:\n", output, flags=re.MULTILINE)
    (engine,) = [each for each in slots if len(slots) < 3 or re.search(r"Current state +Master", each)][-1:]
    return {
        "cpu_percent": 100 - float(needed(r"^ +Idle +(\d+) percent", engine)[1]),
        "memory_percent": float(needed(r"^ +Memory utilization +(\d+) percent", engine)[1]),
    }


def storage(output: str) -> dict[str, Any]:
    needed(r"^Filesystem +Size +Used +Avail +Capacity +Mounted on", output)
    rows = re.findall(r"^/dev/(?!md)\S+ .* (\d+)% +(/\S*)", output, re.MULTILINE)
    return {"storage_percent": float(max(int(used) for used, mount in rows if mount in DISKS))}


def alarms(output: str) -> dict[str, Any]:
    if re.search(r"^No alarms currently active", output, re.MULTILINE):
        return {"alarms": ()}
    lines = re.findall(r"^(\d{4}-\d\d-\d\d \S+ \S+ +(?:Major|Minor) +(.*\S)) *$", output, re.MULTILINE)
    if len(lines) != int(needed(r"^(\d+) alarms? currently active", output)[1]):
        raise ValueError("not all alarms were recognised")
    return {"alarms": tuple(Note(subject, line) for line, subject in lines)}


def interfaces(output: str) -> dict[str, Any]:
    """`show interfaces`, also with statistics, detail or extensive: the ports, and their units with the addresses."""
    blocks = re.split(r"^(?=Physical interface: )", output, flags=re.MULTILINE)
    if len(blocks) < 2 or re.sub(r"^\S*:\n-+$|^\{.*\}$", "", blocks[0], flags=re.MULTILINE).strip():
        raise ValueError("no interface in the output")
    return {"interfaces": tuple(one for block in blocks[1:] for one in _port(block))}


def _port(block: str) -> Iterator[Interface]:
    text, *units = re.split(r"^(?=  Logical interface )", block, flags=re.MULTILINE)
    line = text.partition("\n")[0].strip()
    head = needed(
        r"\APhysical interface: ([^\s,]+) *, (Enabled|Administratively down), Physical link is (Up|Down)\b", text
    )
    speed = re.search(r"\bSpeed: (\d+)(m|g)(?:bps)?\b", text, re.IGNORECASE)
    duplex = re.search(r"\b(?:Link-mode|Duplex): (Full|Half)-duplex", text, re.IGNORECASE)
    port = Interface(
        name=head[1],
        enabled=head[2] == "Enabled",
        up=head[2] == "Enabled" and head[3] == "Up",
        description=_after(r"^  Description: (.*\S)", text),
        mtu=int(_after(r"\bMTU: (\d+)\b", text) or 0),
        errors=sum(map(int, re.findall(r"(?:In|Out)put errors: *(?:\n +(?:Carrier.*?)?Errors: )?(\d+)", text))),
        duplex=duplex[1].lower() if duplex else "",
        speed_mbps=int(speed[1]) * (1000 if speed[2].lower() == "g" else 1) if speed else 0,
        line=line,
    )
    yield port
    for unit in units:
        yield _unit(port, unit)


def _unit(port: Interface, text: str) -> Interface:
    flags = needed(r"^ +Flags: (.*)$", text)[1]
    named = set(re.split(r"\s{2,}Encapsulation", flags)[0].split())
    enabled = port.enabled and not named & {"Down", "Disabled"}
    first = re.search(r"\bProtocol inet, MTU: (\d+)", text)
    return Interface(
        name=needed(r"\A +Logical interface (\S+)", text)[1],
        enabled=enabled,
        up=enabled and port.up and "Up" in named,
        description=_after(r"^    Description: (.*\S)", text),
        mtu=int(first[1]) if first else 0,
        addresses=tuple(_addresses(text)),
        line=f"{text.partition(' (')[0].strip()}, Flags: {flags.strip()}",
    )


def _addresses(text: str) -> Iterator[str]:
    """A unit's own addresses; one without a destination stands for itself alone."""
    for line in re.findall(r"^ +(?:Destination: .*, )?Local: .*$", text, re.MULTILINE):
        own = _after(r"\bLocal: ([^\s,]+)", line)
        network = _after(r"\bDestination: ([^\s,]+)", line)
        size = network.partition("/")[2] if network else "128" if ":" in own else "32"
        if size and not own.startswith("fe80"):
            yield f"{own}/{size}"


def optics(output: str) -> dict[str, Any]:
    """Light received, of several lanes the weakest; a port that gets none at all has no number for it."""
    blocks = re.split(r"^(?=Physical interface: )", output, flags=re.MULTILINE)[1:]
    found = [(needed(r"\APhysical interface: (\S+)", block)[1], block) for block in blocks]
    light = [Interface(name, rx_dbm=_dbm(_RX, block), rx_low_dbm=_dbm(_LOW, block)) for name, block in found]
    if not light:
        raise ValueError("no optic in the output")
    return {"interfaces": tuple(one for one in light if one.rx_dbm is not None)}


_RX = (
    r"^ +(?:Laser receiver power|Receiver signal average optical power|Laser rx power) +: +[\d.]+ mW / +(-?[\d.]+) dBm"
)
_LOW = r"^ +Laser rx power low warning threshold +: +[\d.]+ mW / +(-?[\d.]+) dBm"


def _dbm(pattern: str, text: str) -> float | None:
    return min(map(float, re.findall(pattern, text, re.MULTILINE)), default=None)


def switched(output: str) -> dict[str, Any]:
    """`show ethernet-switching interfaces` of EX without ELS: ports that the switch itself took out of service."""
    needed(r"^Interface +State +VLAN members +(?:Tag +Tagging +)?Blocking *$", output)
    ports = every(r"^((\S+) +(up|down) .*\S) *$", r"^[a-z]+[\d/-]*\.\d+ +\S", output)
    return {"interfaces": tuple(_switched(*port.groups()) for port in ports)}


def _switched(line: str, name: str, state: str) -> Interface:
    told = needed(rf"({'|'.join(SHUT)}|unblocked|blocked by .*)$", line)[1]
    return Interface(name, up=state == "up", error_disabled=told if told in SHUT else "", line=line)


def arp(output: str) -> dict[str, Any]:
    head = needed(r"^MAC Address +Address +(Name +)?Interface +Flags", output)
    name = r"\S+ +" if head[1] else ""
    rows = re.findall(rf"^([0-9a-f:]{{17}}) +(\S+) +{name}(\S+)(?: \[.*\])? +\S+ *$", output, re.MULTILINE)
    if len(rows) != int(_after(r"^Total entries: (\d+)", output) or len(rows)):
        raise ValueError("not all entries were recognised")
    return {"arp": tuple(Arp(address, mac, interface) for mac, address, interface in rows)}


def neighbors(output: str) -> dict[str, Any]:
    """`show lldp neighbors`; a port whose name has spaces in it is told from the name of the system by two spaces."""
    head = needed(r"^Local Interface +(Parent Interface +)?Chassis Id +Port info +System Name", output)
    begin = r"(\S+) +\S+ +\S+ +" if head[1] else r"(\S+) +\S+ +"
    lines = [line for line in output[head.end() :].splitlines() if line.strip() and not line.startswith("{")]
    return {"neighbors": tuple(_neighbor(needed(f"^{begin}(\\S.*?) *$", line)) for line in lines)}


def _neighbor(found: re.Match[str]) -> Neighbor:
    port, *name = re.split(r" {2,}", found[2]) if "  " in found[2] else found[2].split()
    if len(name) > 1:
        raise ValueError(f"port or name? {found[2]!r}")
    return Neighbor(found[1], name[0] if name else "", port)


def spanning_tree(output: str) -> dict[str, Any]:
    parts = re.split(r"^Spanning tree interface parameters for (?:instance|VLAN) (\d+)", output, flags=re.MULTILINE)
    if len(parts) < 2:
        raise ValueError("no spanning tree in the output")
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return {"stp_ports": tuple(port for instance, text in pairs for port in _stp(instance, text))}


def _stp(instance: str, text: str) -> Iterator[StpPort]:
    row = r"^(\S+) +\d+:\d+ +\d+:\d+ +\S+ +\d+ +([A-Z]+) +([A-Z]+) *$"
    for name, state, role in re.findall(row, text, re.MULTILINE):
        yield StpPort(name, ROLES[role], STATES[state], instance)


def bgp_peers(output: str) -> dict[str, Any]:
    if re.match(r"\s*BGP is not running", output):
        return {"bgp_peers": ()}
    told = int(needed(r"^Groups: \d+ Peers: (\d+) Down peers: \d+", output)[1])
    row = r"^([0-9a-f.:]+)(?:\+\d+)? +(\d+) +\d+ +\d+ +\d+ +\d+ +((?:\d+[wdy])*(?:\d+[wdy] )?[\d:]+) +(\S+)"
    peers = tuple(_peer(*found) for found in re.findall(row, output, re.MULTILINE))
    if len(peers) != told:
        raise ValueError(f"{len(peers)} of {told} peers recognised")
    return {"bgp_peers": peers}


def _peer(address: str, remote_as: str, since: str, state: str) -> BgpPeer:
    """Junos shortens `Established`, or counts routes in its place."""
    up = state == "Establ" or re.fullmatch(r"\d+/\d+/\d+(?:/\d+)?", state)
    return BgpPeer(address, remote_as, "Established" if up else state, f"{address} AS {remote_as} {state} {since}")


def ospf_neighbors(output: str) -> dict[str, Any]:
    if re.match(r"\s*OSPF instance is not running", output):
        return {"ospf_neighbors": ()}
    head = needed(r"^Address +Interface +State +ID +Pri +Dead *$", output)
    rows = [line for line in output[head.end() :].splitlines() if line.strip() and not line.startswith("{")]
    found = [needed(r"^([\d.]+) +(\S+) +(\S+) +([\d.]+) +\d+ +\d+ *$", row) for row in rows]
    return {"ospf_neighbors": tuple(OspfNeighbor(one[4], one[1], one[2], one[3]) for one in found)}


def ospf_interfaces(output: str) -> dict[str, Any]:
    """`show ospf interface detail`."""
    if re.match(r"\s*OSPF instance is not running", output):
        return {"ospf_interfaces": ()}
    head = needed(r"^Interface +State +Area +DR ID +BDR ID +Nbrs *$", output)
    blocks = re.split(r"^(?=[a-z]\S* +\S+ +\d)", output[head.end() :], flags=re.MULTILINE)[1:]
    return {"ospf_interfaces": tuple(map(_ospf_interface, blocks))}


def _ospf_interface(text: str) -> OspfInterface:
    head = needed(r"\A(\S+) +\S+ +([\d.]+) +[\d.]+ +[\d.]+ +(\d+) *$", text)
    kind = needed(r"^ +Type: (\w+),.*?\bMTU: (\d+)", text)
    timers = needed(r"^ +Hello: (\d+), Dead: (\d+)", text)
    passive = re.search(r"\bPassive\b", text) is not None
    return OspfInterface(head[1], head[2], int(timers[1]), int(timers[2]), int(kind[2]), passive, kind[1], int(head[3]))


def default_routes(output: str) -> dict[str, Any]:
    """`show route 0.0.0.0/0 exact`: of the main table; without such a route Junos prints nothing at all."""
    if not re.sub(r"^\{.*\}$", "", output, flags=re.MULTILINE).strip():
        return {"default_routes": ()}
    tables = re.split(r"^(?=\S+\.\d+: \d+ destinations?,)", output, flags=re.MULTILINE)
    if len(tables) < 2:
        raise ValueError("no table in the output")
    main = [tuple(_routes(table)) for table in tables if table.startswith("inet.0: ")]
    if not all(main):
        raise ValueError("a table without the route that was asked for")
    return {"default_routes": tuple(route for table in main for route in table)}


def _routes(table: str) -> Iterator[Route]:
    """A way is in use when its route is (`*` or `+`) and it is the one chosen (`>`)."""
    for mark, protocol, distance, text in re.findall(
        r"^(?:0\.0\.0\.0/0)? +([*+-]?)\[([\w-]+)/(\d+)\](.*(?:\n(?! *[*+-]?\[) .*)*)", table, re.MULTILINE
    ):
        for chosen, gateway, interface in re.findall(r"^ +(>)? *(?:to (\S+) )?via ([^\s,]+)", text, re.MULTILINE):
            active = mark in ("*", "+") and bool(chosen)
            yield Route("0.0.0.0/0", gateway, interface, protocol.lower(), active, int(distance))


def statements(config: str) -> set[str]:
    """Every statement of a configuration with the path that leads to it, as `set` would name it."""
    path: list[str] = []
    found = set()
    for line in (re.sub(r"\s*##.*", "", each).strip() for each in config.splitlines()):
        if line.endswith("{"):
            path.append(line[:-1].strip())
        elif line == "}":
            path = path[:-1]
        elif line.endswith(";"):
            found.add(" ".join((*path, line[:-1])))
    return found


def enable_port(now: Situation) -> Change | None:
    """Of a unit: its own `disable`, or the one of its port."""
    name = now.finding.subject
    port, _, unit = name.partition(".")
    wanted = [f"interfaces {port} disable"] + [f"interfaces {port} unit {unit} disable"] * bool(unit)
    there = [each for each in wanted if each in statements(now.config)]
    if not there:
        return None
    deleted, written = (tuple(f"{verb} {each}" for each in there) for verb in ("delete", "set"))
    return Change(deleted, written, f"Aktifkan {name}", name)


def restore_default(now: Situation) -> Change | None:
    """A static default route to the gateway that the inventory names or that the last good run used.

    Only where the route there is has nothing but next hops: another preference or a `reject` was somebody's wish.
    """
    then = (route.gateway for route in now.before.default_routes or () if route.protocol == "static")
    gateway = now.gateway or next(then, "")
    out = next((one for one in now.facts.interfaces if one.up and one.reaches(gateway)), None)
    about = [
        each for each in statements(now.config) if re.match(r"(?:inactive: )?routing-options .*\b0\.0\.0\.0/0", each)
    ]
    hops = sorted(each for each in about if re.fullmatch(re.escape(_DEFAULT) + r"[\d.]+", each))
    right = _DEFAULT + gateway
    if out is None or out.holds(gateway) or right in hops or len(hops) != len(about):
        return None
    commands = (f"set {right}", *(f"delete {each}" for each in hops))
    inverse = (*(f"set {each}" for each in hops), f"delete {right}")
    return Change(commands, inverse, f"Pasang rute default ke {gateway}")


def restore_timers(now: Situation) -> Change | None:
    """Hello and dead interval of an OSPF interface, where its own statements set them."""
    name = now.finding.subject
    then = next((one for one in now.before.ospf_interfaces if one.name == name and one.dead_s), None)
    about = rf"(protocols ospf area \S+ interface {re.escape(name)} )(?:hello|dead)-interval \d+"
    told = sorted(each for each in statements(now.config) if re.fullmatch(about, each))
    if then is None or not told:
        return None
    head = told[0].rpartition(" ")[0].rpartition(" ")[0]
    right = (f"{head} hello-interval {then.hello_s}", f"{head} dead-interval {then.dead_s}")
    if set(told) == set(right):
        return None
    added = [each for each in right if each.rpartition(" ")[0] not in {old.rpartition(" ")[0] for old in told}]
    summary = f"Kembalikan hello/dead OSPF {name} ke {then.hello_s}/{then.dead_s} detik"
    inverse = (*(f"set {each}" for each in told), *(f"delete {each}" for each in added))
    return Change(tuple(f"set {each}" for each in right), inverse, summary, name)


def unhide(now: Situation) -> Change | None:
    """A neighbour lost behind an interface that was made passive since."""
    name = next((one.interface for one in now.before.ospf_neighbors if one.address == now.finding.subject), "")
    then = next((one for one in now.before.ospf_interfaces if one.name == name), None)
    about = rf"protocols ospf area \S+ interface {re.escape(name)} passive"
    quiet = next((each for each in statements(now.config) if name and re.fullmatch(about, each)), "")
    if not quiet or then is None or then.passive:
        return None
    return Change((f"delete {quiet}",), (f"set {quiet}",), f"Aktifkan kembali OSPF pada {name}", name)


def restore_peer(now: Situation) -> Change | None:
    """A BGP neighbour whose AS was changed since it last worked, where it has an AS of its own."""
    then = next((peer for peer in now.before.bgp_peers if peer.address == now.finding.subject and peer.up), None)
    about = rf"protocols bgp group \S+ neighbor {re.escape(now.finding.subject)} peer-as \d+"
    told = [each for each in statements(now.config) if re.fullmatch(about, each)]
    if then is None or len(told) != 1 or told[0].endswith(f" {then.remote_as}"):
        return None
    right = f"{told[0].rpartition(' ')[0]} {then.remote_as}"
    summary = f"Kembalikan AS tetangga BGP {then.address} ke {then.remote_as}"
    return Change((f"set {right}",), (f"set {told[0]}",), summary)


_DEFAULT = "routing-options static route 0.0.0.0/0 next-hop "


def _after(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else ""


def _same(values: Iterable[str]) -> str:
    """What all members say alike; empty when they differ or say nothing."""
    told = set(values)
    return told.pop() if len(told) == 1 else ""


def _the(values: list[str]) -> str:
    """`_same` of what must have been said."""
    if not values:
        raise ValueError("not in the output")
    return _same(values)


PLATFORM = Platform(
    name="juniper_junos",
    aliases=("juniper",),
    prompt=(
        r"(?:\n*# commit confirmed will be [^\n]*\n)?"
        r"(?:\n*\{[a-z]+(?::\w+)?\}(?:\[edit[^\]\n]*\])?\n|\n*\[edit[^\]\n]*\]\n|\n+)?[\w.-]+@NAME[>#]"
    ),
    paging=("set cli screen-length 0", "set cli screen-width 0", "set cli complete-on-space off"),
    napalm="junos",
    shown_on="recordings",
    config_command="show configuration",
    reads=(
        "show chassis hardware",
        "show version",
        "show system uptime",
        "show interfaces statistics",
        "show ethernet-switching interfaces",
        "show interfaces diagnostics optics",
        "show lldp neighbors",
        "show arp no-resolve",
        "show spanning-tree interface",
        "show route 0.0.0.0/0 exact",
        "show ospf interface detail",
        "show ospf neighbor",
        "show bgp summary",
        "show chassis routing-engine",
        "show system storage",
        "show chassis alarms",
        "show ntp associations no-resolve",
    ),
    parsers={
        "show chassis hardware": hardware,
        "show version": version,
        "show system uptime": uptime,
        "show system processes brief": processes,
        "show system processes summary": processes,
        "show interfaces": interfaces,
        "show interfaces statistics": interfaces,
        "show interfaces detail": interfaces,
        "show interfaces extensive": interfaces,
        "show ethernet-switching interfaces": switched,
        "show interfaces diagnostics optics": optics,
        "show lldp neighbors": neighbors,
        "show arp": arp,
        "show arp no-resolve": arp,
        "show spanning-tree interface": spanning_tree,
        "show route 0.0.0.0/0 exact": default_routes,
        "show ospf interface detail": ospf_interfaces,
        "show ospf neighbor": ospf_neighbors,
        "show bgp summary": bgp_peers,
        "show chassis routing-engine": routing_engine,
        "show system storage": storage,
        "show chassis alarms": alarms,
        "show ntp associations no-resolve": associations,
    },
    first_line=r"^version \S+;",
    last_line="",
    proof=Rest("{shown} | find {word}"),
    hostname=r"^[ \t]+host-name \"?([^\s;\"]+)\"?;",
    sections=(r"^system \{", rf"^\}}\n(?:{OUR_END}\n)?\Z"),
    volatile=rf"^(?:## Last (?:commit|changed): .*|{OUR_END}|\s*)$",
    secrets=(
        r"\b(?:secret|(?:[\w-]+-)?password|authentication-key|md5 \d+ key|ascii-text|hexadecimal|community-name"
        r"|trap-group) \"?(?P<secret>(?!\$|-----BEGIN)[^\"\s;{]+)\"?(?:;| \{)",
        r"^ {4}community \"?(?P<secret>[^\"\s;]+)\"?(?:;| \{\n\s+(?:authorization|clients|view|client-list-name"
        r"|routing-instance|logical-system)\b)",
        r"\"(?P<secret>(?:\$\w{1,5}\$|-----BEGIN)[^\"\n]*|[^\"\n]+(?=\"; *## SECRET-DATA))\"",
    ),
    refused=r"^(?:[ \t]+\^ *|syntax error.*|unknown command.*|missing argument.*|invalid \S+.*|error: .*"
    r"|permission denied.*|[ \t]*'.*' is ambiguous.*)$",
    enter_config=("configure exclusive",),
    enter_armed=("configure exclusive",),
    leave_armed=(COMMIT, "exit configuration-mode"),
    leave_config=("commit", "exit configuration-mode"),
    abandon=("rollback 0", "exit configuration-mode"),
    ping="ping {address} rapid count {count} wait 1",
    repairs={
        "link.admin_down": enable_port,
        "ospf.timer_mismatch": restore_timers,
        "ospf.neighbor_lost": unhide,
        "bgp.peer_down": restore_peer,
        "route.default_missing": restore_default,
        "gateway.unreachable": restore_default,
    },
    disarm=("configure exclusive", "commit", "exit configuration-mode"),
    undo=f"`{COMMIT}`: tanpa `commit` kedua Junos sendiri mengembalikan konfigurasi semula",
)
