"""Plain Linux over SSH, sh or bash as the login shell: servers that route, serve addresses or answer names.

man pages: ip-address(8), ip-route(8), ip-neighbour(8), proc(5), df(1) (POSIX), vmstat(8), chronyc(1), ntpq(8),
lldpcli(8), dmidecode(8), interfaces(5), netplan(5), systemd.network(5).

The configuration is the files that make the network, one after the other. A file that the login may not read ends the
print before its end mark, so that half a configuration is never taken for a whole one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from playbooks.network.facts import Arp, Interface, Neighbor, Route
from playbooks.network.platforms import linux_services as services
from playbooks.network.platforms.platform import Platform
from playbooks.network.platforms.text import needed

END = "# end of configuration"
FILES = (
    "/etc/hostname /etc/hosts /etc/resolv.conf /etc/network/interfaces /etc/network/interfaces.d/* /etc/netplan/*.yaml "
    "/etc/systemd/network/* /etc/NetworkManager/system-connections/* /etc/sysctl.d/* "
    "/etc/dnsmasq.conf /etc/dnsmasq.d/*"
)
NO_NUMBER = ("", "Not Specified", "None", "N/A", "Default string", "To be filled by O.E.M.", "To Be Filled By O.E.M.",
             "System Product Name", "System Serial Number", "0123456789")  # fmt: skip
"""What makers of mainboards leave in the fields for model and serial number."""

_LINK = re.compile(r"^\d+: ([^\s:@]+)(?:@[^\s:]+)?: <([A-Z0-9_,-]*)> mtu (\d+)\b.*?(?: state ([A-Z]+)\b|$)")
_ROUTE = (
    r"^(?!.* (?:lladdr |[A-Z]{4,} *$))\s*"
    r"(?:(?:unicast|unreachable|blackhole|prohibit|throw|local|broadcast|multicast) )?"
    r"(?:default|[\d.]+(?:/\d+)?|[0-9a-f]*:[0-9a-f:.]*(?:/\d+)?)"
    r"(?: (?:via|dev|proto|scope|src|metric|table|nhid|nexthop|tos|encap|error)\b| *$)"
)
_OWN = re.compile(r"^\s+inet6? (\S+?)(?:/(\d+))?(?: peer [^\s/]+/(\d+))? .*?\bscope (\w+)")


def hostname(output: str) -> dict[str, Any]:
    """`uname -snr`: behind the name of the kernel, so that not any word is one."""
    return {"hostname": needed(r"\A\s*Linux ([\w.-]+) \d+\.\d+\S*\s*\Z", output)[1]}


def version(output: str) -> dict[str, Any]:
    return {"version": needed(r'^PRETTY_NAME="?([^"\n]+)"?$', output)[1]}


def uptime(output: str) -> dict[str, Any]:
    return {"uptime_s": float(needed(r"\A\s*(\d+\.\d+) \d+\.\d+\s*\Z", output)[1])}


def interfaces(output: str) -> dict[str, Any]:
    """`ip address` and `ip link`, with or without counters (-s)."""
    blocks = list(_blocks(output))
    if not blocks:
        raise ValueError("no link in the output")
    routers = {needed(_LINK.pattern, block[0])[1] for block in blocks if "<NOARP,MASTER" in block[0]}
    return {"interfaces": tuple(_interface(block, routers) for block in blocks)}


def _blocks(output: str) -> Iterator[list[str]]:
    """The lines of one link each; ValueError for a text that does not begin with one."""
    block: list[str] = []
    for line in filter(str.strip, output.splitlines()):
        if not line[0].isspace():
            if block:
                yield block
            block = []
        block.append(line)
    if block:
        yield block


def _interface(lines: list[str], routers: set[str]) -> Interface:
    """`routers`: the VRFs, which are written as masters too, and are neither bridge nor bond."""
    head = needed(_LINK.pattern, lines[0])
    flags = head[2].split(",")
    return Interface(
        name=head[1],
        enabled="UP" in flags,
        up={"UP", "LOWER_UP"} <= set(flags) and head[4] in ("UP", "UNKNOWN"),
        description=next((line.strip().removeprefix("alias ") for line in lines if line.startswith("    alias ")), ""),
        mtu=int(head[3]),
        addresses=tuple(_addresses(lines)),
        errors=sum(_errors(lines)),
        master="" if _word("master", lines[0]) in routers else _word("master", lines[0]),
        line=lines[0].strip(),
    )


def _addresses(lines: list[str]) -> Iterator[str]:
    """Addresses with the length of their subnet; those that every IPv6 link has by itself are left out."""
    for match in filter(None, map(_OWN.match, lines)):
        if match[4] != "link" or "." in match[1]:
            yield f"{match[1]}/{match[2] or match[3]}"


def _errors(lines: list[str]) -> Iterator[int]:
    for head, values in pairwise(lines):
        if re.match(r"\s+[RT]X: +bytes ", head):
            yield int(values.split()[head.replace("RX:", "").replace("TX:", "").split().index("errors")])


def default_routes(output: str) -> dict[str, Any]:
    """`ip route show`: among several the one of the lowest metric is in use, and none whose link is down."""
    told = [line for each in _joined(output) for line in _hops(each)]
    live = [_metric(line) for line in told if not _dead(line)]
    return {"default_routes": tuple(_route(line, not _dead(line) and _metric(line) == min(live)) for line in told)}


def _joined(output: str) -> Iterator[str]:
    """Each route in one line, its next hops behind it; ValueError for a line that is no route."""
    routes = re.sub(r"\n\s+(?=nexthop )", " ", output).splitlines()
    for line in filter(str.strip, routes):
        needed(_ROUTE, line)
        if re.match(r"\s*default ", line):
            yield line.strip()


def _hops(line: str) -> list[str]:
    head, *hops = line.split(" nexthop ")
    return [f"{head} {hop}" for hop in hops] or [line]


def _dead(line: str) -> bool:
    return bool({"linkdown", "dead"} & set(line.split()))


def _metric(line: str) -> int:
    return int(_word("metric", line) or 0)


def _word(name: str, line: str) -> str:
    """What stands behind `name` in a line of ip(8)."""
    found = re.search(rf" {name} (\S+)", line)
    return found[1] if found else ""


def _route(line: str, active: bool) -> Route:
    via = re.search(r" via (?:inet6 )?(\S+)", line)
    return Route("0.0.0.0/0", via[1] if via else "", _word("dev", line), _word("proto", line), active)


def neighbours(output: str) -> dict[str, Any]:
    """`ip neighbour show`: who answered; entries without an answer have no lladdr."""
    lines = list(filter(str.strip, output.splitlines()))
    found = [needed(r"^([0-9a-f.:]+) dev (\S+)(?: lladdr (\S+))?.* [A-Z]+\s*$", line) for line in lines]
    return {"arp": tuple(Arp(one[1], one[3], one[2]) for one in found if one[3])}


def arp(output: str) -> dict[str, Any]:
    """`arp -a`."""
    lines = list(filter(str.strip, output.splitlines()))
    found = [needed(r"^\S+ \(([\d.]+)\) at (?:([0-9a-f:]{17}) \[|<).* on (\S+)\s*$", line) for line in lines]
    return {"arp": tuple(Arp(one[1], one[2], one[3]) for one in found if one[2])}


def load(output: str) -> dict[str, Any]:
    """`vmstat 1 2`: the last line is the last second."""
    head = needed(r"^.* us +sy +id .*$", output)[0].split()
    values = output.strip().splitlines()[-1].split()
    if len(head) != len(values):
        raise ValueError("columns do not fit")
    return {"cpu_percent": float(100 - int(values[head.index("id")]))}


def top(output: str) -> dict[str, Any]:
    """The heading of procps' top; of one machine only."""
    (idle,) = re.findall(r"^%?Cpu\(s\):.*?([\d.]+)[ %]id", output, re.MULTILINE)
    memory = needed(r"^([KMG]i?)B Mem ?: *([\d.]+) total, *([\d.]+) free, *([\d.]+) used", output)
    return {
        "cpu_percent": round(100 - float(idle), 1),
        "memory_percent": round(100 * float(memory[4]) / float(memory[2]), 1),
        "uptime_s": up_s(output),
    }


def up_s(output: str) -> float:
    """Seconds of the line that uptime(1), top(1) and w(1) begin with: `up 11 days,  6:15,  1 user`."""
    match = needed(r"\bup +(?:(\d+) days?, +)?(?:(\d+):(\d\d)|(\d+) min)?,? +\d+ users?", output)
    days, hours, minutes, alone = (int(part or 0) for part in match.groups())
    return float(days * 86400 + hours * 3600 + (minutes + alone) * 60)


def memory(output: str) -> dict[str, Any]:
    told = dict(re.findall(r"^(\w+): +(\d+) kB$", output, re.MULTILINE))
    return {"memory_percent": round(100 * (1 - int(told["MemAvailable"]) / int(told["MemTotal"])), 1)}


def storage(output: str) -> dict[str, Any]:
    """`df -P /`."""
    return {"storage_percent": float(needed(r"^\S+ +\d+ +\d+ +\d+ +(\d+)% +/$", output)[1])}


def chrony(output: str) -> dict[str, Any]:
    line = needed(r"^Leap status +: (Normal|Insert second|Delete second|Not synchronised)$", output)
    return {"clock_synchronised": line[1] != "Not synchronised", "clock_line": line[0]}


def timedatectl(output: str) -> dict[str, Any]:
    line = needed(r"^ *(?:System clock|NTP) synchronized: (yes|no)$", output)
    return {"clock_synchronised": line[1] == "yes", "clock_line": line[0].strip()}


def associations(output: str) -> dict[str, Any]:
    """`ntpq -p`: the server marked `*` (or `o`) is the one in use."""
    needed(r"^ +remote +refid +st +t +when +poll +reach +delay +offset +jitter *$", output)
    used = re.search(r"^[*o]\S.*$", output, re.MULTILINE)
    return {"clock_synchronised": used is not None, "clock_line": used[0].strip() if used else ""}


def lldp(output: str) -> dict[str, Any]:
    """`lldpctl -f keyvalue`."""
    told = dict(re.findall(r"^lldp\.(.+)=(.*)$", output, re.MULTILINE))
    if output.strip() and not told:
        raise ValueError("no key=value lines")
    return {"neighbors": tuple(_neighbor(key.removesuffix(".via"), told) for key in told if key.endswith(".via"))}


def _neighbor(interface: str, told: dict[str, str]) -> Neighbor:
    def of(*keys: str) -> str:
        return next((told[f"{interface}.{key}"] for key in keys if f"{interface}.{key}" in told), "")

    return Neighbor(
        interface=interface,
        name=of("chassis.name"),
        port=of("port.ifname", "port.local", "port.mac"),
        address=of("chassis.mgmt-ip"),
        platform=of("chassis.descr"),
    )


def hardware(output: str) -> dict[str, Any]:
    """`dmidecode -t system`."""
    block = needed(r"^System Information\n(?:[ \t]+.*\n?)+", output)[0]
    told = dict(re.findall(r"^[ \t]+(Product Name|Serial Number): *(.*?) *$", block, re.MULTILINE))
    return {"model": _given(told["Product Name"]), "serial": _given(told["Serial Number"])}


def _given(value: str) -> str:
    return "" if value in NO_NUMBER else value


def _key(command: str) -> str:
    """As `Platform.command_key` spells it."""
    return " ".join(command.lower().replace("_", " ").split())


PLATFORM = Platform(
    name="linux",
    prompt=r"(?:\([\w.-]+\) ?)?\[?(?:[\w.-]+@)?NAME(?:[: ][^\n$#]*)?\]?[$#]",
    paging=("export LC_ALL=C PAGER=cat SYSTEMD_PAGER=cat",),
    shown_on="recordings",
    config_command=(
        f'(for f in {FILES}; do [ ! -f "$f" ] || {{ echo "# file $f"; awk 1 "$f"; }} || exit 1; done; echo "{END}")'
    ),
    reads=(
        "uname -snr",
        "cat /etc/os-release",
        "dmidecode -t system",
        "cat /proc/uptime",
        "ip -s address show",
        "ip route show",
        "ip neighbour show",
        "lldpctl -f keyvalue",
        "vmstat 1 2",
        "cat /proc/meminfo",
        "df -P /",
        "timedatectl",
        "ntpq -pn",
        "chronyc -n tracking",
        services.BRIDGES,
        services.POOLS,
        services.OFFERS,
        services.OWNERS,
        services.RESOLVERS,
    ),
    parsers={
        "uname -snr": hostname,
        "cat /etc/os-release": version,
        "dmidecode -t system": hardware,
        "cat /proc/uptime": uptime,
        "ip address show": interfaces,
        "ip -s address show": interfaces,
        "ip link show": interfaces,
        "ip -s link show": interfaces,
        "ip route show": default_routes,
        "ip neighbour show": neighbours,
        "arp -a": arp,
        "lldpctl -f keyvalue": lldp,
        "top": top,
        "vmstat 1 2": load,
        "cat /proc/meminfo": memory,
        "df -p /": storage,
        "timedatectl": timedatectl,
        "ntpq -pn": associations,
        "chronyc -n tracking": chrony,
        _key(services.BRIDGES): services.bridges,
        _key(services.POOLS): services.pools,
        _key(services.OFFERS): services.offers,
        _key(services.OWNERS): services.owners,
        _key(services.RESOLVERS): services.resolvers,
    },
    first_line=r"\A# file /etc/",
    last_line=END,
    hostname=r"^# file /etc/hostname\n([^\s.]+)",
    volatile=r"^[ \t\r]*(?:#(?! file /).*)?$",
    secrets=(
        r"^[ \t]*+#?[ \t]*+(?:wpa-psk|wpa-password|wpa-passphrase|wpa-private-key-passwd|wireless-key\d?"
        r"|wireless-wep-key)\s+(?P<secret>\S.*?)\s*$",
        r"^[ \t]*+#?[ \t]*+-?[ \t]*+(?:password|client-key-password|private-key|key|shared|psk|auth-key|community): +"
        r"(?P<secret>[^\s{|>#].*?)\s*$",
        r"^[ \t]*+[#;]?[ \t]*+(?:[\w-]*[Pp]assword|psk|wep-key\d|leap-password|pin|PrivateKey|PresharedKey|private-key"
        r"|preshared-key|WPAPsk|secret|ipsec-psk|Key)\s*=\s*(?P<secret>\S.*?)\s*$",
    ),
    refused=r": (?:command )?not found$|[Pp]ermission denied|: No such file or directory|Operation not permitted"
    r"|^sudo: (?!unable to resolve)|^(?:Object|Command) .* is unknown|^(?:Error|Usage|usage): |Cannot talk to daemon"
    r"|[Ii]nvalid option",
    ping="ping -c {count} -i 0.2 -W 1 {address}",
)
