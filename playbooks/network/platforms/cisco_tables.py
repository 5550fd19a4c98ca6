"""What Cisco-like command lines print: pure readers of one output each, fields of `Facts` out.

cisco.com: Interface and Hardware Component Command Reference, LAN Switching, IP Routing: OSPF, Network Management
System Message Guide. Names, areas and addresses stay as printed; ValueError where the headings are not the known ones.
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
    StpPort,
    Tunnel,
)
from playbooks.network.platforms.tables import Row, every, rows

Told = dict[str, Any]

IOS = "cisco_ios"
STATUS = r"(?:administratively )?(?:up|down)(?: \([a-z -]+\))?|deleted|reset|disabled|initializing|standby(?: mode)?"
HEAD = (
    r"^(?P<name>\S+(?: \d\S*| Plane Interface)?) is "
    rf"(?P<status>{STATUS})(?:, line protocol is (?P<protocol>[a-z][^\n]*?))?[ \t]*$"
)
"""Pseudowires have no line protocol."""
ROLES = {"Root": "root", "Desg": "designated", "Altn": "alternate", "Back": "backup", "Mstr": "root"}
STATES = {"FWD": "forwarding", "BLK": "blocking", "LRN": "learning", "LIS": "listening", "BKN": "blocking"}
"""BKN: blocked because the two ends disagree (root guard, loop guard, type, VLAN)."""
DOWN = frozenset("notconnect disabled err-disabled suspended monitoring inactive down faulty sfpabsent".split())
WELL = frozenset(("", "ok", "good", "green", "n.a.", "--", "none", "not present"))


def _required(pattern: str, output: str) -> re.Match[str]:
    if match := re.search(pattern, output, re.MULTILINE):
        return match
    raise ValueError(f"not in the output: {pattern}")


def _number(pattern: str, text: str) -> int:
    match = re.search(pattern, text, re.MULTILINE)
    return int(match[1]) if match else 0


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 1)


def _blocks(head: str, output: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each heading with the text up to the next one. ValueError without any."""
    heads = list(re.finditer(head, output, re.MULTILINE))
    if not heads:
        raise ValueError(f"not in the output: {head}")
    ends = [match.start() for match in heads[1:]] + [len(output)]
    return ((match, output[match.end() : end]) for match, end in zip(heads, ends, strict=True))


def interfaces(output: str) -> Told:
    """`show interfaces` and `show ip interface`."""
    found = list(_blocks(HEAD, output))
    if len(found) < len(re.findall(r"^\S.*, line protocol is ", output, re.MULTILINE)):
        raise ValueError("an interface in a state that is not known")
    return {"interfaces": tuple(_interface(head, body) for head, body in found)}


def _interface(head: re.Match[str], body: str) -> Interface:
    status, protocol = head["status"], head["protocol"] or head["status"]
    described = re.search(r"^ +Description: (.*\S)", body, re.MULTILINE)
    duplex = re.search(r"^ +(Full|Half)[- ]duplex", body, re.MULTILINE | re.IGNORECASE)
    speed = re.search(r"^ +\w+[- ]duplex, (\d+) ?([MG])b(?:/s|ps)", body, re.MULTILINE | re.IGNORECASE)
    return Interface(
        name=head["name"],
        enabled="administratively" not in status and status != "disabled",
        up=status.startswith("up") and protocol.startswith("up"),
        description=described[1] if described else "",
        mtu=_number(r"^ +MTU (?:is )?(\d+) bytes", body),
        addresses=tuple(re.findall(r"^ +(?:Internet|Secondary) address (?:is )?([\d.]+/\d+)", body, re.MULTILINE)),
        errors=_number(r"^ +(\d+) input errors", body) + _number(r"^ +(\d+) output errors", body),
        duplex=duplex[1].lower() if duplex else "",
        speed_mbps=int(speed[1]) * (1000 if speed[2] in "Gg" else 1) if speed else 0,
        error_disabled="err-disabled" if "err-disabled" in protocol + status else "",
        load_percent=_load(body),
        line=head[0].rstrip(),
    )


def _load(body: str) -> float | None:
    match = re.search(r"^ +reliability \d+/255, txload (\d+)/255, rxload (\d+)/255", body, re.MULTILINE)
    return _percent(max(map(int, match.groups())), 255) if match else None


def interfaces_status(output: str) -> Told:
    _required(r"^Port\s+Name\s+Status\s+Vlan\s+Duplex\s+Speed", output)
    return {"interfaces": tuple(_port(row, output) for row in rows(IOS, "show interfaces status", output))}


def _port(row: Row, output: str) -> Interface:
    status = row["status"].partition(":")[0].lower()
    if status not in DOWN | {"connected", "up"}:
        raise ValueError(f"unknown status {status!r}")
    duplex = row["duplex"].removeprefix("a-")
    return Interface(
        name=row["port"],
        enabled=status != "disabled",
        up=status not in DOWN,
        description=row["name"],
        duplex=duplex if duplex in ("full", "half") else "",
        speed_mbps=_mbps(row["speed"].removeprefix("a-")),
        error_disabled=status if status == "err-disabled" else "",
        line=_line(row["port"], output),
    )


def _mbps(text: str) -> int:
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(G?)", text)
    return int(float(match[1]) * (1000 if match[2] else 1)) if match else 0


def _line(name: str, output: str) -> str:
    """The device's own line about `name`."""
    return " ".join(_required(rf"^[ \t]*{re.escape(name)}(?!\S).*", output)[0].split())


def error_disabled(output: str) -> Told:
    _required(r"^Port\s+Name\s+Status\s+Reason", output)
    told = rows(IOS, "show interfaces status err-disabled", output)
    return {
        "interfaces": tuple(
            Interface(
                row["interface"],
                up=False,
                description=row["name"],
                error_disabled=row["port_error"],
                line=_line(row["interface"], output),
            )
            for row in told
        )
    }


def interface_states(output: str) -> Told:
    """`show interfaces description`, `show ip interface brief`, `show ip vrf interfaces`, `show ipv6 interface brief`:
    addresses stand there without their length, so only the states are told."""
    _required(
        r"^Interface +(?:Status +Protocol|IP-Address +(?:OK\?|VRF))|^\S+ +\[[a-z ]+/[a-z]+\]\s*$", output.lstrip("\n")
    )
    pattern = (
        r"^(?P<name>[A-Za-z][\w/.:-]*\d[\w/.:-]*) +(?:"
        r"(?P<s1>admin down|up|down|deleted|reset) +(?P<p1>up|down)\b(?P<about>.*)"
        r"|\S+ +(?:YES|NO) +\w+ +(?P<s2>administratively down|up|down|deleted|reset) +(?P<p2>up|down)"
        r"|[\d.]+ +\S+ +(?P<p3>up|down)|unassigned +\S+ +(?P<p4>up|down)"
        r"|\[(?P<s5>administratively down|up|down|deleted|reset)/(?P<p5>up|down)\])\s*$"
    )
    found = every(pattern, r"^[A-Za-z][\w/.:-]*\d[\w/.:-]* +(?!.*[#>]sh)\S", output)
    if not found:
        raise ValueError("no interface in the output")
    return {"interfaces": tuple(map(_state, found))}


def _state(told: re.Match[str]) -> Interface:
    status = told["s1"] or told["s2"] or told["s5"] or "up"
    protocol = told["p1"] or told["p2"] or told["p3"] or told["p4"] or told["p5"]
    return Interface(
        told["name"],
        enabled=not status.startswith("admin"),
        up=status == protocol == "up",
        description=(told["about"] or "").strip(),
        line=" ".join(told[0].split()),
    )


def interface_link(output: str) -> Told:
    _required(r"^Port\s+Name\s+Down Time\s+(?:Up Time|Down Since)", output)
    lines = [line for line in output.splitlines() if line.strip()][1:]
    told = zip(rows(IOS, "show interface link", output), lines, strict=True)
    return {
        "interfaces": tuple(
            Interface(row["port"], up=row["downtime"] in ("00:00:00", "00 secs"), line=" ".join(line.split()))
            for row, line in told
        )
    }


BUNDLES = r"^(?:Group +Port-(?:channel +| +Type +)Protocol +(?:Member )?Ports| *Port-Channel +Protocol +Ports) *$"


def bundles(output: str) -> Told:
    """`show etherchannel summary`, `show port-channel summary`: U in use, P (bndl) bundled, D down, s suspended.

    Who stands alone or waits in reserve runs, or does not, by itself; that is not told.
    """
    table = output[_required(BUNDLES, output).end() :]
    found, bundle = [], ""
    for name, flags in re.findall(r"([A-Za-z][\w/.:-]*\d)\(([\w+*^-]+)\)", table):
        if name.startswith("Po"):
            bundle = name
            found.append(Interface(name, up=_in_use(flags)))
        elif "P" in flags or flags == "bndl":
            found.append(Interface(name, master=bundle))
        elif flags[0] in "Ds":
            found.append(Interface(name, up=False))
    return {"interfaces": tuple(found)}


def _in_use(flags: str) -> bool:
    if not set(flags) & set("UDMN"):
        raise ValueError(f"unknown flags {flags!r}")
    return "U" in flags


READING = r"(-?\d+(?:\.\d+)?|N/A)(?:[ \t]+(?:\+\+|\+|--|-)(?=\s|$))?"


def optics(output: str) -> Told:
    """`show interfaces transceiver`: temperature, voltage, (current,) power sent, power received; dBm."""
    _required(r"^Port +\(Celsius\) +\(Volts\) +(?:\(mA\) +)?\(dBm\) +\(dBm\)", output)
    line = re.compile(rf"^([A-Z][A-Za-z]*\d\S*)((?:[ \t]+{READING}){{4,5}})[ \t]*$", re.MULTILINE)
    told = [(match[1], re.findall(READING, match[2])[-1]) for match in line.finditer(output)]
    return {"interfaces": tuple(Interface(name, rx_dbm=_dbm(value)) for name, value in told)}


def optics_detail(output: str) -> Told:
    """`show interfaces transceiver detail`: the table of power received, its thresholds (alarm, warning: high, low)."""
    head = _required(r"^ +Receive Power.*\n *Port.*\n[- ]+$", output)
    table = output[head.end() :].lstrip("\n").partition("\n\n")[0]
    line = re.compile(rf"^([A-Z][A-Za-z]*\d\S*)(?:[ \t]+N/A)?((?:[ \t]+{READING}){{5}})[ \t]*$", re.MULTILINE)
    found = [(match[1], re.findall(READING, match[2])) for match in line.finditer(table)]
    if not found:
        raise ValueError("no power received in the output")
    return {"interfaces": tuple(Interface(name, rx_dbm=_dbm(v[0]), rx_low_dbm=_dbm(v[3])) for name, v in found)}


def _dbm(text: str) -> float | None:
    return None if text == "N/A" else float(text)


def cdp(output: str) -> Told:
    _required(r"^Device[ -]ID +Local Intrfce +Ho?ldti?me", output)
    keys = ("local_interface", "neighbor_name", "neighbor_interface", "platform")
    told = [[row[key] for key in keys] for row in rows(IOS, "show cdp neighbors", output)]
    return _neighbors([Neighbor(own, name, port, platform=platform) for own, name, port, platform in told])


def cdp_detail(output: str) -> Told:
    return _neighbors([_cdp_entry(head[1], body) for head, body in _blocks(r"^Device ID: *(.*\S)", output)])


def _cdp_entry(name: str, body: str) -> Neighbor:
    link = _required(r"^Interface: *(\S+?), *Port ID \(outgoing port\): *(.*\S)", body)
    address = re.search(r"^ *IP address: ([\d.]+)", body, re.MULTILINE)
    platform = re.search(r"^Platform: *(.*?) *, *Capabilities:", body, re.MULTILINE)
    return Neighbor(link[1], name, link[2], address[1] if address else "", platform[1] if platform else "")


def lldp(output: str) -> Told:
    _required(r"^Device ID +Local Intf +Hold-time", output)
    found = rows(IOS, "show lldp neighbors", output)
    return _neighbors(
        [Neighbor(row["local_interface"], row["neighbor_name"], row["neighbor_interface"]) for row in found]
    )


def lldp_detail(output: str) -> Told:
    """The port is the identifier that the neighbour gives; old releases do not tell the own interface."""
    head = r"^(?:Local Intf: *(\S+).*\n(?:Local Intf .*\n)?)?Chassis id: .*$"
    return _neighbors([_lldp(head[1] or "", body) for head, body in _blocks(head, output)])


def _lldp(own: str, body: str) -> Neighbor:
    name = re.search(r"^System Name: *(.*\S)", body, re.MULTILINE)
    address = re.search(r"^Management Addresses:\n +IP: (\S+)", body, re.MULTILINE)
    model = re.search(r"^ +Model: (?!- not)(.*\S)", body, re.MULTILINE)
    told = (match[1] if match else "" for match in (address, model))
    return Neighbor(own, name[1] if name else "", _required(r"^Port id: *(.*\S)", body)[1], *told)


def _neighbors(found: list[Neighbor]) -> Told:
    if not found:
        raise ValueError("no neighbour in the output")
    return {"neighbors": tuple(found)}


def spanning_tree(output: str) -> Told:
    if re.match(r"\s*No spanning tree instances? exists?", output):
        return {"stp_ports": ()}
    row = r"^(\S+) +([A-Z][a-z]{3}) +([A-Z]{3})\*? *\d+ +\d+\.\d+ "
    alike = r"^[A-Z][A-Za-z-]*\d[\d/.]* +\S"
    return {
        "stp_ports": tuple(
            StpPort(name, ROLES[role], STATES[state], head[1])
            for head, body in _blocks(r"^(VLAN\d+|MST\d+)\s*$", output)
            for name, role, state in (found.groups() for found in every(row, alike, body))
        )
    }


def ospf_neighbors(output: str) -> Told:
    found = rows(IOS, "show ip ospf neighbor", output)
    return {
        "ospf_neighbors": tuple(
            OspfNeighbor(row["neighbor_id"], row["ip_address"], row["interface"], row["state"]) for row in found
        )
    }


def ospf_neighbors_detail(output: str) -> Told:
    head = r"^ *Neighbor (\d[\d.]+), interface address ([\d.]+)"
    return {"ospf_neighbors": tuple(_ospf_neighbor(*each) for each in _blocks(head, output))}


def _ospf_neighbor(head: re.Match[str], body: str) -> OspfNeighbor:
    interface, state = _required(r"via interface (\S+)", body)[1], _required(r"State is ([\w-]+)", body)[1]
    return OspfNeighbor(head[1], head[2], interface, state)


def ospf_interfaces_brief(output: str) -> Told:
    return {"ospf_interfaces": tuple(map(_ospf_brief, rows(IOS, "show ip ospf interface brief", output)))}


def _ospf_brief(row: Row) -> OspfInterface:
    kind = row["state"] if row["state"] in ("P2P", "P2MP", "LOOP") else ""
    return OspfInterface(row["interface"], row["area"], kind=kind, neighbors=int(row["neighbors_fc"].partition("/")[0]))


def ospf_interfaces(output: str) -> Told:
    return {"ospf_interfaces": tuple(_ospf_interface(head["name"], body) for head, body in _blocks(HEAD, output))}


def _ospf_interface(name: str, body: str) -> OspfInterface:
    return OspfInterface(
        name,
        area=_required(r"\bArea ([\d.]+)", body)[1],
        hello_s=_number(r"Timer intervals configured, Hello (\d+),", body),
        dead_s=_number(r"Timer intervals configured, Hello \d+, Dead (\d+),", body),
        passive="No Hellos (Passive interface)" in body,
        kind=_required(r"Network Type (\w+)", body)[1],
        neighbors=_number(r"Adjacent neighbor count is (\d+)", body),
    )


def bgp_peers(output: str) -> Told:
    """Summaries of every address family; a long address stands on a line of its own, `*` marks a dynamic neighbour."""
    _required(r"^Neighbor +V +AS +MsgRcvd", output)
    row = r"^\*?([\da-fA-F][\da-fA-F.:]+)\s+4 +(\d[\d.]*)(?: +\d+){5} +\S+ +(\d+|[A-Z][A-Za-z]+(?: \(\w+\))?)\s*?$"
    alike = r"^\*?[\da-fA-F][\da-fA-F.:]+\s+4 +\d"
    return {"bgp_peers": tuple(_peer(*told.groups()) for told in every(row, alike, output))}


def _peer(address: str, remote_as: str, shown: str) -> BgpPeer:
    state = "Established" if shown.isdigit() else shown
    return BgpPeer(address, remote_as, state, f"{address} AS {remote_as} {shown}")


def bgp_neighbors(output: str) -> Told:
    head = r"^BGP neighbor is ([\da-fA-F.:]+), +(?:vrf \S+, +)?remote AS ([\d.]+),[^\n]*"
    return {"bgp_peers": tuple(_bgp_neighbor(*each) for each in _blocks(head, output))}


def _bgp_neighbor(head: re.Match[str], body: str) -> BgpPeer:
    state = _required(r"^ +BGP state = (\w+)", body)
    return BgpPeer(head[1], head[2], state[1], f"{' '.join(head[0].split())}; {state[0].strip()}")


def arp(output: str) -> Told:
    _required(r"^[ \t]*Protocol +Address +Age ?\(min\) +Hardware Addr +Type +Interface", output)
    row = r"^[ \t]*Internet +([\d.]+) +(?:-|\d+) +((?:[0-9a-f]{4}\.){2}[0-9a-f]{4}) +\S+(?: +(\S+))?[ \t]*$"
    return {"arp": tuple(Arp(*found) for found in re.findall(row, output, re.MULTILINE))}


def dhcp_pools(output: str) -> Told:
    return {"dhcp_pools": tuple(_pool(head[1], body) for head, body in _blocks(r"^Pool (\S+) *:\s*$", output))}


def _pool(name: str, body: str) -> Pool:
    """Excluded addresses, where the release counts them, are never given out."""
    total = int(_required(r"^ +Total addresses +: (\d+)", body)[1])
    used = int(_required(r"^ +Leased addresses +: (\d+)", body)[1])
    return Pool(name, total - _number(r"^ +Excluded addresses +: (\d+)", body), used)


def crypto_sessions(output: str) -> Told:
    """Up means that data can pass: IPsec SAs stand (UP-ACTIVE, UP-NO-IKE)."""
    _required(r"^Crypto session current status", output)
    return {"tunnels": tuple(_session(head[1], body) for head, body in _blocks(r"^Interface: (\S+)", output))}


def _session(name: str, body: str) -> Tunnel:
    status = _required(r"^ *Session status: ((?:UP|DOWN)(?:-(?:ACTIVE|IDLE|NO-IKE|NEGOTIATING))?)[ \t]*$", body)[1]
    peer = re.search(r"^ *Peer: (\S+)", body, re.MULTILINE)
    line = f"{name} {f'Peer: {peer[1]} ' if peer else ''}Session status: {status}"
    return Tunnel(name, "vpn", status in ("UP-ACTIVE", "UP-NO-IKE"), line)


def dmvpn(output: str) -> Told:
    _required(r"^ *# Ent +Peer NBMA Addr +Peer Tunnel Add +State +UpDn Tm +Attrb", output)
    row = r"^ +\d+ +([\d.]+) +([\d.]+) +(\w+) +\S+ +\S+ *$"
    peers = every(row, r"^ +\d+ +[\d.]+ +[\d.]+ ", output)
    return {"tunnels": tuple(Tunnel(peer[2], "vpn", peer[3] == "UP", " ".join(peer[0].split())) for peer in peers)}


def sdwan_sessions(output: str) -> Told:
    """Tunnels of an SD-WAN by the address of their far end."""
    _required(r"^SRC IP +DST IP +PROTO +PORT +PORT +SYSTEM IP +ID +COLOR +COLOR +STATE", output)
    row = r"^\S+ +(\S+) +(?:ipsec|gre) +\d+ +\d+ +\S+ +\d+ +\S+ +\S+ +(up|down) .*$"
    found = every(row, r"^[\d.]+ +[\d.]+ +(?:ipsec|gre) ", output)
    return {"tunnels": tuple(Tunnel(each[1], "vpn", each[2] == "up", " ".join(each[0].split())) for each in found)}


def logging(output: str) -> Told:
    """Addresses used twice, loops, DHCP servers behind untrusted ports: each subject once, by its last line."""
    _required(r"^Syslog logging: (?:enabled|disabled)", output)
    lines = output.partition("Log Buffer")[2].splitlines()
    doubles = r"%IP-4-DUPADDR: Duplicate address (?P<subject>\S+) on "
    loops = (
        r"%(?:ETHCNTR-3-LOOP_BACK_DETECTED|PM-4-ERR_DISABLE): .*[Ll]oop-?back.* on (?P<subject>\S+?)[.,]?(?= |$)"
        r"|%SPANTREE-2-LOOPGUARD_BLOCK: .* port (?P<guarded>\S+?)[.,]?(?= |$)"
    )
    offers = r"%DHCP_SNOOPING-5-DHCP_SNOOPING_UNTRUSTED_PORT: .* DHCP(?:OFFER|ACK)\b.* sa: (?P<subject>[0-9a-f.]+)"
    return {
        "address_conflicts": _notes(doubles, lines),
        "loops": (*_notes(loops, lines), *_flapping(lines)),
        "dhcp_strangers": _notes(offers, lines),
    }


def _notes(pattern: str, lines: list[str]) -> tuple[Note, ...]:
    found = ((re.search(pattern, line), line.strip()) for line in lines)
    last = {next(filter(None, match.groups())): line for match, line in found if match}
    return tuple(Note(subject, line) for subject, line in last.items())


def _flapping(lines: list[str]) -> tuple[Note, ...]:
    """Several hosts seen to and fro between the same two ports: a loop. One alone may be a client that roams."""
    pattern = r"MACFLAP_NOTIF: Host (\S+) in vlan \d+ is flapping between port (\S+) and port (\S+)"
    seen: dict[tuple[str, ...], dict[str, str]] = {}
    for line in lines:
        if match := re.search(pattern, line):
            seen.setdefault(tuple(sorted(match.groups()[1:])), {})[match[1]] = line.strip()
    return tuple(Note(ports[0], [*hosts.values()][-1]) for ports, hosts in seen.items() if len(hosts) > 1)


def environment(output: str) -> Told:
    """Power supplies, fans, temperatures of Catalyst switches: what is not well."""
    parts = (*_supplies(output), *_sensors(output), *_states(output))
    if not parts:
        raise ValueError("nothing known in the output")
    return {"alarms": tuple(Note(name, line) for name, state, line in parts if state.lower() not in WELL)}


def _supplies(output: str) -> Iterator[tuple[str, str, str]]:
    """SW, PID, Serial#, Status, Sys Pwr, PoE Pwr, Watts; of one that is built in only whether it is good."""
    _, head, table = output.partition("Sys Pwr  PoE Pwr  Watts")
    row = r" *(\d+[A-D]?) +(?:(Not Present)|\S+(?: \S+)? +(?:\S+ +(\S.*?) +)?(Good|Bad)(?: +\S+ +\S+)?) *"
    for line in re.findall(r"^ *\d+[A-D]? +\S.*$", table, re.MULTILINE) if head else ():
        match = re.fullmatch(row, line)
        if match is None:
            raise ValueError(f"unknown power supply {line!r}")
        yield match[1], match[2] or match[3] or match[4], " ".join(line.split())


def _sensors(output: str) -> Iterator[tuple[str, str, str]]:
    value = r"^ *(\w+) Temperature Value: \d+ Degree Celsius\n *(?:\w+ )?Temperature State: (\w+)"
    for match in re.finditer(value, output, re.MULTILINE):
        yield match[1], match[2], " ".join(match[0].split())


def _states(output: str) -> Iterator[tuple[str, str, str]]:
    state = r"^ *((?:(?:Switch|SW) \d+:? )?(?:FAN(?: [\w-]+)*|(?:SYSTEM )?TEMPERATURE|POWER(?: [\w-]+)*)) is ([^\n]+)$"
    for match in re.finditer(state, output, re.MULTILINE):
        yield match[1], match[2].strip(), match[0].strip()


def power_status(output: str) -> Told:
    """Catalyst 4500: supplies (model, type, states) and their inputs (voltage, state)."""
    _required(r"^Supply +Model No +Type +Status +Sensor +Status", output)
    lines = re.findall(r"^PS\d+.*\S", output, re.MULTILINE)
    return {"alarms": tuple(Note(line.split()[0], " ".join(line.split())) for line in lines if _fails(line))}


def _fails(line: str) -> bool:
    name, *cells = re.split(r" {2,}", line)
    return bool({cell.lower() for cell in cells[1 if "-" in name else 2 :]} - WELL)


def power_supplies(output: str) -> Told:
    needed = _required(r"^Power supplies needed by system +: *(\d+)", output)
    have = _required(r"^Power supplies currently available +: *(\d+)", output)
    short = int(have[1]) < int(needed[1])
    return {"alarms": (Note("Power supplies", " ".join(have[0].split())),) if short else ()}


def cpu(output: str) -> Told:
    """Mean of five minutes; of all cores where each has its line."""
    line = r"^(?:Core \d+: )?CPU utilization for five seconds: .*five minutes: (\d+)%"
    found = [int(percent) for percent in re.findall(line, output, re.MULTILINE)]
    return {"cpu_percent": round(sum(found) / len(found), 1)} if found else _unread("load")


def _unread(what: str) -> Told:
    raise ValueError(f"no {what} in the output")


def memory(output: str) -> Told:
    """The pool of the operating system."""
    pools = (
        r"^Processor Pool Total: +(?P<total>\d+) +Used: +(?P<used>\d+) ",
        r"^ *Head +Total\(b\) +Used\(b\)[^\n]*\n(?:[^\n]*\n)*?Processor +[0-9A-F]+ +(?P<total>\d+) +(?P<used>\d+) ",
        r"^System memory +: (?P<total>\d+)K total, (?P<used>\d+)K used",
    )
    match = next((found for pool in pools if (found := re.search(pool, output, re.MULTILINE))), None)
    return {"memory_percent": _percent(int(match["used"]), int(match["total"]))} if match else _unread("pool")


def storage(output: str) -> Told:
    """`show file systems`: the one in use (marked), or `dir`."""
    if match := re.search(r"^\* +(?P<size>\d+) +(?P<free>\d+) +\w+ +[rw]+ ", output, re.MULTILINE):
        pass
    else:
        match = _required(r"^(?P<size>\d+) bytes total \((?P<free>\d+) bytes free", output)
    size = int(match["size"])
    return {"storage_percent": _percent(size - int(match["free"]), size) if size else None}


def ntp_status(output: str) -> Told:
    match = _required(r"^ *Clock is (synchronized|unsynchronized)\b[^\n]*", output)
    return {"clock_synchronised": match[1] == "synchronized", "clock_line": match[0].strip()}


def ntp_associations(output: str) -> Told:
    """`*` marks the server that the clock follows."""
    _required(r"^ +address +ref clock +st +when +poll +reach", output)
    peer = re.search(r"^ *\*~?\S+[^\n]*", output, re.MULTILINE)
    following = bool(peer and "sys.peer" not in peer[0])
    return {"clock_synchronised": following, "clock_line": peer[0].strip() if peer and following else ""}


def clock(output: str) -> Told:
    """A star: never set by a source of time; a point: the source is lost. No mark is also a clock set by hand."""
    match = _required(r"\A\s*([*.]?)(\d\d:\d\d:\d\d\.\d+ \S+ \w{3} \w{3} +\d+ \d{4})", output)
    return {"clock_line": match[0].strip()} | ({"clock_synchronised": False} if match[1] else {})


def inventory(output: str) -> Told:
    """Model and serial number of the chassis, or of the first switch of a stack."""
    entry = r'^NAME: "([^"]*)",? *DESCR: "([^"]*)"\s*\n *PID: *(\S*) *, *VID: *[^,\n]*, *SN: *(\S*)'
    for name, about, model, serial in re.findall(entry, output, re.MULTILINE):
        if re.search(r"chassis|\bstack\b", f"{name} {about}", re.IGNORECASE) or re.fullmatch(r"(?:Switch )?\d", name):
            return {key: value for key, value in (("model", model), ("serial", serial)) if value}
    raise ValueError("no chassis in the output")


def chassis(output: str) -> Told:
    return {"model": _required(r"^Chassis [Tt]ype ?: (\S+)", output)[1]}


def image(output: str) -> Told:
    """`show redundancy`: the software of the active processor."""
    return {"version": _required(r"^ *Image Version = .*, Version ([^,\s]+)", output)[1]}
