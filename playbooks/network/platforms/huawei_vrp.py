"""Huawei VRP 5 and 8: S and CE switches, AR and NE routers, USG firewalls.

support.huawei.com: command references of the S12700 (`display ospf peer`, `display stp`), of access points (`display
cpu-usage`) and of the NetEngine 8000 (`snmp-agent`). Recordings stand behind version, interfaces, LLDP, ARP, verbose
routes, boards, temperatures and start files; the other tables, and light received, were seen on no device.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from playbooks.network.facts import (
    Arp,
    BgpPeer,
    Interface,
    Neighbor,
    Note,
    OspfInterface,
    OspfNeighbor,
    Pool,
    Route,
    StpPort,
)
from playbooks.network.platforms.platform import Platform, duration_s

ADDRESS = r"\d+\.\d+\.\d+\.\d+"
ROLES = {"ROOT": "root", "DESI": "designated", "ALTE": "alternate", "BACK": "backup", "DISA": "disabled",
         "MAST": "master"}  # fmt: skip


def only(pattern: str, text: str) -> re.Match[str]:
    """The first match of `pattern` in the lines of `text`; ValueError when there is none."""
    if found := re.search(pattern, text, re.MULTILINE):
        return found
    raise ValueError(f"no {pattern!r} in the output")


def told(pattern: str, text: str) -> str:
    """Group 1 of the first match, without the blanks around; empty when the text does not tell."""
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip() if found else ""


def parts(heading: str, text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each heading and the text up to the next one; ValueError when there is none."""
    found = list(re.finditer(heading, text, re.MULTILINE))
    if not found:
        raise ValueError(f"no {heading!r} in the output")
    ends = [match.start() for match in found[1:]] + [len(text)]
    return ((match, text[match.end() : end]) for match, end in zip(found, ends, strict=True))


def body(heading: str, text: str) -> list[str]:
    """The lines under a table's column headings that are neither empty nor rules; ValueError without the headings."""
    lines = text[only(heading, text).end() :].splitlines()
    return [line.rstrip() for line in lines if line.strip(" -")]


def row(pattern: str, line: str) -> re.Match[str]:
    """`line` as a row of a table; ValueError for any other line."""
    if found := re.fullmatch(pattern, line):
        return found
    raise ValueError(f"not a row: {line!r}")


def counted(expected: str, found: int) -> None:
    """Raises ValueError when a table holds another number of entries than its own total says."""
    if expected and int(expected) != found:
        raise ValueError(f"{found} entries, the device counts {expected}")


def sysname(output: str) -> dict[str, Any]:
    return {"hostname": only(r"^ ?sysname (\S+) *$", output)[1]}


def version(output: str) -> dict[str, Any]:
    software = only(r"^VRP \(R\) [Ss]oftware, Version (\S+ \([^()\n]+\)) *$", output)
    device = only(r"^(?:(?:HUAWEI|Huawei|Quidway|Secoway) )?(\S[^:\n]*?) uptime is (\d.*)$", output)
    model = re.sub(r"(?: Terabit)?(?: Routing)? (?:Router|Switch)$", "", device[1])
    return {"version": software[1], "model": model, "uptime_s": duration_s(device[2])}


def interfaces(output: str) -> dict[str, Any]:
    return {"interfaces": tuple(_interface(*each) for each in parts(r"^(\S+) current state *: *(.*\S) *$", output))}


def _interface(heading: re.Match[str], text: str) -> Interface:
    name, state = heading[1], known_state(heading[2].rstrip(" ,"))
    protocol = known_state(only(r"^ *Line protocol current state *: *(.*\S) *$", text)[1])
    return Interface(
        name=name,
        enabled="administratively" not in state.lower(),
        up=state.startswith("UP") and protocol.startswith("UP"),
        description=told(r"^Description *:(.*)$", text),
        mtu=int(told(r"\bThe (?:Maximum Transmit Unit|MTU) is (\d+)", text) or 0),
        addresses=tuple(re.findall(rf"^Internet Address is (?:[a-zA-Z ]+, *)?({ADDRESS}/\d+)\b", text, re.MULTILINE)),
        errors=_errors(text),
        duplex=told(r"^ *Duplex *: *(FULL|HALF)\b", text).lower(),
        speed_mbps=int(told(r"^ *Speed *: *(\d+) *,", text) or 0),
        error_disabled=told(r"^ERROR DOWN *\((.+?)\)", state),
        load_percent=_load(text),
        rx_dbm=_dbm(r"\bRx Power *: *(-?\d+\.\d+) ?dBm", text),
        rx_low_dbm=_dbm(r"\bRx Power *:[^\n]*?\bWarning range *: *\[ *(-?\d+\.\d+) *,", text),
        line=f"{name} current state : {state}, Line protocol current state : {protocol}",
    )


def known_state(text: str) -> str:
    """What stands behind `current state`, a note in brackets allowed. ValueError for a word that is not known."""
    return row(r"(?:Administratively |STP |ERROR |[\w -]*[Ll]oop[\w -]* )?(?:UP|DOWN)\b.*|[Ss]tandby.*", text)[0]


def _errors(text: str) -> int:
    """Damaged frames: the totals where the device sums them up, else the single counters it prints."""
    totals = re.findall(r"\bTotal Error: *(\d+)", text)
    single = r"\b(?:Errors?|FCS|error packets): *(\d+)|^ *(\d+) (?:input |output )?errors?\b"
    return sum(map(int, totals or ("".join(pair) for pair in re.findall(single, text, re.MULTILINE))))


def _load(text: str) -> float | None:
    shares = re.findall(r"^ *(?:Input|Output) bandwidth utilization *: *([\d.]+)%", text, re.MULTILINE)
    return max(map(float, shares)) if len(shares) == 2 else None


def _dbm(pattern: str, text: str) -> float | None:
    return float(power) if (power := told(pattern, text)) else None


def interfaces_brief(output: str) -> dict[str, Any]:
    lines = body(r"^Interface +PHY +Protocol +InUti +OutUti +inErrors +outErrors *$", output)
    return {"interfaces": tuple(map(_interface_brief, lines))}


def interfaces_described(output: str) -> dict[str, Any]:
    lines = body(r"^Interface +PHY +Protocol +Description *$", output)
    states = r"[*^#!]?(?:up|down)(?:\(\w+\))?"
    found = (row(rf" *(\S+?)(?:\(\d+G\))? +({states}) +({states}|--)(?: +(\S.*))?", line) for line in lines)
    return {"interfaces": tuple(_described(each) for each in found)}


def _described(each: re.Match[str]) -> Interface:
    name, physical, protocol, about = each.groups()
    up = physical.startswith("up") and protocol.startswith("up")
    line = " ".join(each[0].split())
    return Interface(name, enabled=not physical.startswith("*"), up=up, description=about or "", line=line)


def trunks(output: str) -> dict[str, Any]:
    """`display eth-trunk`: bundles; of a member it tells whether it carries traffic, not whether its link runs."""
    trunk = parts(r"^(Eth-Trunk\d+)'s state information is: *$", output)
    states = ((head[1], only(r"^Operate status *: *(up|down) ", text)) for head, text in trunk)
    found = (Interface(name, up=state[1] == "up", line=f"{name} {state[0].strip()}") for name, state in states)
    return {"interfaces": tuple(found)}


def _interface_brief(line: str) -> Interface:
    each = row(
        r" *(\S+?)(?:\(\d+G\))? +(\S*(?:up|down)\S*) +(\S*(?:up|down|--)\S*)"
        r" +([\d.]+%|--) +([\d.]+%|--) +(\d+) +(\d+)",
        line,
    )
    name, physical, protocol, received, sent = each.group(1, 2, 3, 4, 5)
    return Interface(
        name=name,
        enabled=not physical.startswith("*"),
        up=physical.startswith("up") and protocol.startswith("up"),
        errors=int(each[6]) + int(each[7]),
        load_percent=None if "--" in (received, sent) else max(float(received[:-1]), float(sent[:-1])),
        line=" ".join(line.split()),
    )


def neighbors(output: str) -> dict[str, Any]:
    heading = r"^(\S+) has (\d+) neighbor(?:s|\(s\))? *:? *$"
    return {"neighbors": tuple(one for each in parts(heading, output) for one in _neighbors_on(*each))}


def _neighbors_on(port: re.Match[str], text: str) -> list[Neighbor]:
    found = [part for _, part in parts(r"^ *Neighbor index *: *\d+ *$", text)] if int(port[2]) else []
    counted(port[2], len(found))
    return [neighbor(port[1], part) for part in found]


def neighbor(interface: str, text: str) -> Neighbor:
    """One neighbour of LLDP (IEEE 802.1AB); what its description says further down is not taken for fields."""
    head, _, tail = text.partition("System description")
    address = told(rf"^ *Management address(?: value)? *: *({ADDRESS}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+) *$", tail or head)
    return Neighbor(
        interface=interface,
        name=told(r"^ *System name *:(.*)$", head),
        port=only(r"^ *Port ID *:(.*)$", head)[1].strip(),
        address=address,
        platform=told(r"\A *:(.*)$", tail),
    )


def default_routes(output: str) -> dict[str, Any]:
    """Of the brief table, which holds active routes only; equal ones follow without their destination."""
    lines = body(r"^ *Destination/Mask +Proto +Pre +Cost +(?:Flags +)?NextHop +Interface *$", output)
    pattern = (
        rf" *(?:({ADDRESS}/\d+) +)?(?:([A-Z]\w*) +(\d+) +(\d+) +(?:[A-Z]+ +)?)?({ADDRESS}) +(\S+)"  # flags may be empty
    )
    prefix, protocol, distance, routes = "", "", "0", []
    for each in (row(pattern, line) for line in lines):
        prefix = each[1] or prefix
        protocol, distance = (each[2], each[3]) if each[2] else (protocol, distance)
        if prefix == "0.0.0.0/0":
            routes.append(Route(prefix, each[5], each[6], _protocol(protocol), distance=int(distance)))
    if not routes:  # none at all is only said of a whole table
        counted(only(r"\bRoutes *: *(\d+)", output)[1], len(lines))
    return {"default_routes": tuple(routes)}


def _protocol(name: str) -> str:
    return "static" if name == "Static" else name


def default_routes_verbose(output: str) -> dict[str, Any]:
    only(r"^Routing Tables? *: *(?:Public|_public_) *$", output)
    found = list(parts(r"^ *Destination *: *(\S+) *$", output))
    if not all(re.fullmatch(rf"{ADDRESS}/\d+", heading[1]) for heading, _ in found):
        raise ValueError("not a table of IPv4 routes")
    return {"default_routes": tuple(_route(text) for heading, text in found if heading[1] == "0.0.0.0/0")}


def _route(text: str) -> Route:
    return Route(
        prefix="0.0.0.0/0",
        gateway=only(rf"^ *NextHop *: *({ADDRESS})\b", text)[1],
        interface=only(r"\bInterface *: *(\S+)", text)[1],
        protocol=_protocol(only(r"^ *Protocol *: *(\S+)", text)[1]),
        active=only(r"^ *State *: *(Active|Inactive|Invalid|Standby|Backup)\b", text)[1] == "Active",
        distance=int(only(r"^ *Preference *: *(\d+)", text)[1]),
    )


def ospf_neighbors(output: str) -> dict[str, Any]:
    found = []
    for port, text in parts(rf"^ *Area \S+ interface {ADDRESS} ?\((\S+)\)'s neighbors *$", output.expandtabs()):
        for heading, part in parts(rf"^ *Router ID *: *({ADDRESS}) +Address *: *({ADDRESS})\b", text):
            found.append(OspfNeighbor(heading[1], heading[2], port[1], only(r"^ *State *: *([\w-]+)", part)[1]))
    return {"ospf_neighbors": tuple(found)}


def ospf_interfaces(output: str) -> dict[str, Any]:
    if re.search(r"^ *IP Address +Type +State\b", output, re.MULTILINE):
        raise ValueError("the short table has no names of interfaces")
    found = []
    for area, text in parts(r"^ *Area *: *(\S+)", output.expandtabs()):
        if re.search(r"^ *Interface *:", text, re.MULTILINE):
            ports = parts(rf"^ *Interface *: *{ADDRESS} *\((\S+)\)", text)
            found += [_ospf_interface(port[1], area[1], part) for port, part in ports]
    return {"ospf_interfaces": tuple(found)}


def _ospf_interface(name: str, area: str, text: str) -> OspfInterface:
    timers = only(r"^ *Timers *: *Hello (\d+) *, *Dead (\d+)\b", text)
    return OspfInterface(
        name=name,
        area=area,
        hello_s=int(timers[1]),
        dead_s=int(timers[2]),
        mtu=int(told(r"\bMTU *: *(\d+)", text) or 0),
        passive=re.search(r"^ *Silent interface", text, re.MULTILINE) is not None,
        kind=only(r"\bType *: *(\S+)", text)[1],
    )


def bgp_peers(output: str) -> dict[str, Any]:
    lines = body(r"^ *Peer +V +AS +MsgRcvd +MsgSent +OutQ +Up/Down +State +PrefRcv *$", output)
    found = tuple(map(_peer, lines))
    counted(told(r"^ *Total number of peers *: *(\d+)", output), len(found))
    return {"bgp_peers": found}


def _peer(line: str) -> BgpPeer:
    each = row(r" *(\S+) +4 +([\d.]+) +\d+ +\d+ +\d+ +\S+ +(No neg|[A-Z]\w+(?:\(\w+\))?)(?: +\d+)?", line)
    return BgpPeer(each[1], each[2], each[3], " ".join(line.split()))


def stp_ports(output: str) -> dict[str, Any]:
    lines = body(r"^ *(?:MST ?ID|VLAN ID) +Port +Role +STP State +Protection\b.*$", output)
    return {"stp_ports": tuple(map(_stp_port, lines))}


def _stp_port(line: str) -> StpPort:
    each = row(
        r" *(\d+) +(\S+) +([A-Z]{4}) +(FORWARDING|DISCARDING|LEARNING|LISTENING|BLOCKING|DISABLED) +\S+(?: +\S+)*", line
    )
    return StpPort(each[2], ROLES[each[3]], each[4].lower(), each[1])


def arp(output: str) -> dict[str, Any]:
    lines = body(r"^IP ADDRESS +MAC ADDRESS +EXPIRE ?\(M\) +TYPE +(?:INTERFACE|VLAN)\b.*$", output)
    rows = [line for line in lines if re.match(rf" ?{ADDRESS} ", line)]
    counted(told(r"^Total: *(\d+)", output), len(rows))
    return {"arp": tuple(one for line in rows if (one := _arp(line)))}


def _arp(line: str) -> Arp | None:
    """None while nobody answered yet."""
    each = row(rf" ?({ADDRESS}) +(\S+) +(?:\d+ +)?(?:I -|[A-Z]{{1,2}}[-/]?\d*/?\d*) +(\S+)(?: .*)?", line)
    return Arp(each[1], each[2], each[3]) if re.fullmatch(r"[0-9A-Fa-f]{4}(?:-[0-9A-Fa-f]{4}){2}", each[2]) else None


def boards(output: str) -> dict[str, Any]:
    """Boards, fans and power supplies; those whose alarm is not Normal."""
    heading = r"^Slot(?:/Card| +(?:Card|Sub)) +(?:Card-)?Type +Online +Power +Register +(?:Alarm|Status)\b.*$"
    pattern = r"(.*?) +(?:Present|Offline|Absent) +\S+ +(?:Registered|Unregistered) +(\S+)(?: +\S+)?"
    rows = [(line, row(pattern, line)) for line in body(heading, output)]
    alarms = tuple(
        Note(" ".join(found[1].split()), " ".join(line.split()))
        for line, found in rows
        if found[2] not in ("Normal", "-")
    )
    model = told(r"^(\S+)'s Device status:", output)
    return {"alarms": alarms, "model": model} if model else {"alarms": alarms}


def temperatures(output: str) -> dict[str, Any]:
    """Sensors whose status is not NORMAL."""
    only(r"^PCB +I2C +Addr +Chl +Status +Minor +Major +Fatal\b", output)
    lines = re.findall(r"^\S+ +\d+ +\d+ +\d+ .*", output, re.MULTILINE)
    rows = [row(r"(\S+ +\d+ +\d+ +\d+) +([A-Z]+) +(?:\d+ +){5}-?\d+", line.rstrip()) for line in lines]
    return {
        "alarms": tuple(
            Note(" ".join(each[1].split()), " ".join(each[0].split())) for each in rows if each[2] != "NORMAL"
        )
    }


def startup(output: str) -> dict[str, Any]:
    """Whether every main board has a saved configuration to start from next time."""
    files = re.findall(r"^ *(Next (?:main )?startup saved-configuration file *: *(\S+)) *$", output, re.MULTILINE)
    empty = [line for line, file in files if file.lower() == "null"]
    line = (empty or [files[0][0]])[0]
    return {"startup_empty": bool(empty), "startup_line": line}


def cpu(output: str) -> dict[str, Any]:
    """Over five minutes; access points tell the present share only."""
    share = told(r"\bfive minutes *: *(\d+(?:\.\d+)?)%", output) or only(r"^CPU Usage *: *(\d+(?:\.\d+)?)%", output)[1]
    return {"cpu_percent": float(share)}


def memory(output: str) -> dict[str, Any]:
    share = only(r"^ *Memory Using Percentage(?: Is)? *: *(\d+(?:\.\d+)?)%", output)[1]
    return {"memory_percent": float(share)}


def clock(output: str) -> dict[str, Any]:
    """Whether NTP says so (RFC 5905)."""
    status = only(r"^ *[Cc]lock status *: *(synchronized|unsynchronized) *$", output)
    return {"clock_synchronised": status[1] == "synchronized", "clock_line": status[0].strip()}


def pools(output: str) -> dict[str, Any]:
    """Address pools; addresses that are set aside (disabled) belong to nobody."""
    found = list(parts(r"^ *Pool-name *: *(\S+) *$", output))
    return {"dhcp_pools": tuple(_pool(heading[1], text) for heading, text in found)}


def _pool(name: str, text: str) -> Pool:
    counts = only(r"^ *Address Statistic *: *Total *: *(\d+) +Used *: *(\d+) *$", text)
    aside = only(r"\bDisabled? *: *(\d+) *$", text)
    return Pool(name, int(counts[1]) - int(aside[1]), int(counts[2]))


PLATFORM = Platform(
    name="huawei_vrp",
    aliases=("huawei",),
    prompt=r"(?:HRP_[MS])?(?:<NAME(?:-diagnose)?>|\[[~*]?NAME(?:-[^\]\s]+)?\])",
    paging=("screen-length 0 temporary", "undo terminal monitor"),
    shown_on="recordings",
    config_command="display current-configuration",
    reads=(
        "display current-configuration | include sysname",
        "display version",
        "display interface",
        "display lldp neighbor",
        "display ip routing-table",
        "display ospf interface all",
        "display ospf peer",
        "display bgp peer",
        "display stp brief",
        "display arp brief",
        "display ip pool",
        "display device",
        "display cpu-usage",
        "display memory-usage",
        "display ntp-service status",
        "display startup",
    ),
    parsers={
        "display current-configuration | include sysname": sysname,
        "display version": version,
        "display interface": interfaces,
        "display interface brief": interfaces_brief,
        "display interface description": interfaces_described,
        "display eth-trunk": trunks,
        "display lldp neighbor": neighbors,
        "display ip routing-table": default_routes,
        "display ip routing-table verbose": default_routes_verbose,
        "display ospf interface all": ospf_interfaces,
        "display ospf peer": ospf_neighbors,
        "display bgp peer": bgp_peers,
        "display stp brief": stp_ports,
        "display arp": arp,
        "display arp all": arp,
        "display arp brief": arp,
        "display ip pool": pools,
        "display device": boards,
        "display temperature": temperatures,
        "display cpu-usage": cpu,
        "display cpu": cpu,
        "display memory-usage": memory,
        "display memory": memory,
        "display ntp-service status": clock,
        "display ntp status": clock,
        "display startup": startup,
    },
    first_line=r"\A(?:!Software Version |\[V\d|#$)",
    last_line="return",
    hostname=r"^ ?sysname (\S+)$",
    sections=(r"^ ?sysname ", r"^#$"),
    volatile=r"^(?:!.*|\[V\d\w+\]|#|return|\s*)$",
    secrets=(
        r"(?<!server )(?<!client )\b(?:irreversible-cipher|cipher|simple|plain)"
        rf"(?: (?:irreversible-cipher|cipher|simple|plain)){{0,3}}+(?: {ADDRESS}(?= \S))?+ (?P<secret>\S+)",
        r"\bauthentication-mode (?:hmac-)?(?:simple|md5|sha[\w-]*)(?: (?:usual|nonstandard|\d+)(?= \S))?+"
        r" (?!(?:cipher|plain|simple|key-id|keychain|privacy-mode)\b)(?P<secret>\S+)",
        r"\bprivacy-mode (?:aes|3?des)\w* (?!(?:cipher|simple)\b)(?P<secret>\S+)",
        r"\bsnmp-agent community (?:read|write) (?!(?:cipher|simple)\b)(?P<secret>\S+)",
        r"\bsecurityname (?!cipher\b)(?P<secret>\S++)(?! v3\b)",
        r"\b(?:shared-key|pre-shared-key|key-string|pass-phrase(?: \d(?= ))?+)"
        r" (?!(?:cipher|simple|plain)\b)(?P<secret>\S+)",
        r"\bpin verify (?:auto )?(?!(?:auto|cipher)\b)(?P<secret>\S+)",
        r"(?P<secret>(?P<mark>%\^%#|%\+%#|%@%@|@%@%|%#%#|%\$%\$)\S+?(?P=mark))",
    ),
    refused=r"^[ \t]*Error: ?[A-Za-z].*",
    enter_config=("system-view",),
    leave_config=("return",),
    save=("save",),
    questions={r"(?i)\[Y/N\] ?:? ?$": "y"},
    saved=r"(?i)\bsuccessfully\b",
    saved_commands=("display saved-configuration",),
    ping="ping -c {count} -m 200 -t 1000 {address}",
)
