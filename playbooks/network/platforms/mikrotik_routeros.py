"""MikroTik RouterOS 6 and 7 over its console. help.mikrotik.com/docs/display/ROS/Command+Line+Interface

An export has no end mark of its own; a comment is printed behind it by the same line of input, and kept, so that a
stored configuration can be proven whole again later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from playbooks.network.facts import BgpPeer, Interface, OspfInterface, OspfNeighbor, Route
from playbooks.network.platforms.platform import ARMED_MINUTES, Change, Platform, Situation, duration_s

LOG_LINE = r"^(?:\w{3}/\d\d/\d{4} |\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d echo: .*\n?"
END = "# end of export"

_FIELD = re.compile(r'(?:^|(?<=\s))([a-z0-9][a-z0-9.-]*)=("(?:[^"\\]|\\.)*"|)')
_ENTRY = re.compile(r"^ ?\s*(\d+) ([A-Za-z*+ -]{0,8}?)\s*(?=;;;|[a-z0-9.-]+=)")


def entries(output: str) -> Iterator[tuple[str, dict[str, str]]]:
    """(flags, fields) of each entry of `print terse` or `print detail`; lines of the log in between are left out.

    A value runs to the next `word=` or the end, as RouterOS does not quote spaces in terse output.
    """
    flags, text = "", ""
    for line in re.sub(LOG_LINE, "", output, flags=re.MULTILINE).splitlines():
        if match := _ENTRY.match(line):
            if text:
                yield flags, pairs(text)
            flags, text = match[2].replace(" ", ""), line[match.end() :]
        elif text:
            text += " " + line.strip()
    if text:
        yield flags, pairs(text)


def pairs(text: str) -> dict[str, str]:
    """key=value fields of one entry; quotes taken off."""
    found = list(_FIELD.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return {
        match[1]: (text[match.end() : end].strip() if not match[2] else match[2][1:-1])
        for match, end in zip(found, ends, strict=True)
    }


def properties(output: str) -> dict[str, str]:
    """`name: value` lines, as /system resource print gives; ValueError when there is none."""
    clean = re.sub(LOG_LINE, "", output, flags=re.MULTILINE)
    found = dict(re.findall(r"^\s*([a-z][a-z0-9-]*): ?(.*?)\s*$", clean, re.MULTILINE))
    if not found:
        raise ValueError("no properties")
    return found


def identity(output: str) -> dict[str, Any]:
    return {"hostname": properties(output)["name"]}


def resource(output: str) -> dict[str, Any]:
    told = properties(output)
    return {
        "version": told["version"],
        "uptime_s": duration_s(told["uptime"]),
        "cpu_percent": float(told["cpu-load"].rstrip("%")),
        "memory_percent": _used(told["free-memory"], told["total-memory"]),
        "storage_percent": _used(told["free-hdd-space"], told["total-hdd-space"]),
    }


def _used(free: str, total: str) -> float:
    return round(100 * (1 - _size(free) / _size(total)), 1)


def _size(text: str) -> float:
    match = re.fullmatch(r"([\d.]+)([KMGT]i)?B", text)
    if match is None:
        raise ValueError(f"not a size: {text!r}")
    return float(match[1]) * 1024.0 ** " KMGT".index((match[2] or " ")[0])


def interfaces(output: str) -> dict[str, Any]:
    return {"interfaces": tuple(_interface(flags, told) for flags, told in _some(output))}


def _some(output: str) -> list[tuple[str, dict[str, str]]]:
    """The entries; ValueError when text came that holds none (an empty list prints nothing at all)."""
    found = list(entries(output))
    if not found and re.sub(r"^(?:Flags|Columns):.*", "", output, flags=re.MULTILINE).strip():
        raise ValueError("no entries in the output")
    return found


def _interface(flags: str, told: dict[str, str]) -> Interface:
    mtu = told.get("actual-mtu") or told.get("mtu", "")
    return Interface(
        name=told["name"],
        enabled="X" not in flags,
        up="R" in flags and "X" not in flags,
        description=told.get("comment", ""),
        mtu=int(mtu) if mtu.isdigit() else 0,
        flaps=int(told.get("link-downs") or 0),
        line=f"{flags or '-'} name={told['name']} link-downs={told.get('link-downs', '?')}",
    )


def addresses(output: str) -> dict[str, Any]:
    held: dict[str, tuple[str, ...]] = {}
    for flags, told in _some(output):
        if not set(flags) & {"X", "I"}:
            held[told["interface"]] = (*held.get(told["interface"], ()), told["address"])
    return {"interfaces": tuple(Interface(name=name, addresses=own) for name, own in held.items())}


def default_routes(output: str) -> dict[str, Any]:
    routes = (_route(flags, told) for flags, told in _some(output) if told.get("dst-address") == "0.0.0.0/0")
    return {"default_routes": tuple(routes)}


def _route(flags: str, told: dict[str, str]) -> Route:
    return Route(
        prefix=told["dst-address"],
        gateway=told.get("gateway", ""),
        interface=told.get("vrf-interface", ""),
        protocol="static" if "s" in flags.lower() else "",
        active="A" in flags,
        distance=int(told.get("distance") or 1),
    )


def ospf_neighbors(output: str) -> dict[str, Any]:
    return {"ospf_neighbors": tuple(_neighbor(told) for _, told in _some(output))}


def _neighbor(told: dict[str, str]) -> OspfNeighbor:
    return OspfNeighbor(told.get("router-id", ""), told["address"], told.get("interface", ""), told["state"])


def ospf_interfaces(output: str) -> dict[str, Any]:
    return {"ospf_interfaces": tuple(_ospf_interface(flags, told) for flags, told in _some(output) if "X" not in flags)}


def _ospf_interface(flags: str, told: dict[str, str]) -> OspfInterface:
    return OspfInterface(
        name=told.get("interface") or told["interfaces"],
        area=told.get("area", ""),
        hello_s=int(duration_s(told.get("hello-interval", "0s"))),
        dead_s=int(duration_s(told.get("dead-interval", "0s"))),
        passive="P" in flags,
        kind=told.get("network-type") or told.get("type", ""),
    )


def bgp_peers(output: str) -> dict[str, Any]:
    return {"bgp_peers": tuple(_peer(flags, told) for flags, told in _some(output) if "X" not in flags)}


def _peer(flags: str, told: dict[str, str]) -> BgpPeer:
    address = told.get("remote-address") or told["remote.address"]
    state = told.get("state") or ("established" if "E" in flags else "idle")
    return BgpPeer(address, told.get("remote-as") or told.get("remote.as", ""), state, f"{address} state={state}")


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


def arm(inverse: tuple[str, ...]) -> tuple[str, ...]:
    """A schedule that runs once: it takes itself away with the change."""
    event = "; ".join((*inverse, f"/system scheduler remove {GUARD}")).replace("\\", "\\\\").replace('"', '\\"')
    return (f'/system scheduler add name={GUARD} interval={ARMED_MINUTES}m on-event="{event}"',)


PLATFORM = Platform(
    name="mikrotik_routeros",
    config_command=f'/export; :put "{END}"',
    reads=(
        "/system identity print",
        "/system resource print",
        "/interface print terse without-paging",
        "/ip address print terse without-paging",
        "/ip route print terse without-paging",
        "/routing ospf neighbor print terse without-paging",
    ),
    parsers={
        "system identity print": identity,
        "system resource print": resource,
        "interface print terse": interfaces,
        "interface print detail": interfaces,
        "ip address print terse": addresses,
        "ip route print terse": default_routes,
        "routing ospf neighbor print": ospf_neighbors,
        "routing ospf neighbor print terse": ospf_neighbors,
        "routing ospf interface print terse": ospf_interfaces,
        "routing bgp peer print status": bgp_peers,
    },
    first_line=r"^# .* by RouterOS ",
    last_line=END,
    section=r"^/[a-z].*",
    hostname=r"^/system identity\n(?:add|set) name=\"?([^\"\n]+?)\"?$",
    sections=(r"^/[a-z]",),
    volatile=rf"^(?:# .* by RouterOS .*|# software id = .*|{END}|\s*)$",
    secrets=(
        r"\b(?:password|secret|passphrase|wpa-pre-shared-key|wpa2-pre-shared-key|pre-shared-key|private-key|preshared-key"
        r"|authentication-key|authentication-password|encryption-password|ipsec-secret|key|wep-key|tcp-md5-key|pin"
        r"|private-pre-shared-key|auth-key|default-authentication-password|shared-secret|eap-password"
        r"|security\.passphrase|management-protection-key|radius-secret|supplicant-password)=(?:\\\n\s*)?"
        r"(?P<secret>\"(?s:[^\"\\]|\\.)*\"|(?:\\\n\s*|[^\s\"])+)",
        r"^(?:add|set) .*?\bname=(?P<secret>\S+) (?=.*\bread-access=)",
    ),
    refused=r"^\s*(?:bad command name|syntax error|expected |failure: |input does not match|invalid value|no such item"
    r"|ambiguous value|bad parameter|not enough permissions|interrupted|missing value|value of )",
    ping="/ping {address} count=2",
    ping_answer=r"received=[1-9]",
    repairs={"link.admin_down": enable_port, "route.default_missing": add_default},
    arm=arm,
    disarm=(f"/system scheduler remove {GUARD}",),
    undo="penjadwal kebalikan dipasang di perangkat sebelum perubahan dan dihapus setelah terbukti baik",
)
