"""RouterOS's ports: states, addresses, optics, tunnels, bridges with their spanning tree, radios."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import log10
from typing import Any

from playbooks.network.facts import Interface, Radio, StpPort, Tunnel
from playbooks.network.platforms.platform import duration_s
from playbooks.network.platforms.routeros_print import (
    ADDRESS,
    Told,
    blocks,
    plain,
    properties,
    rows_like,
    some,
    table,
)


def interfaces(output: str) -> dict[str, Any]:
    """Interfaces of any menu; where the type is told, also the dialled sessions among them."""
    found = some(output, "mtu|actual-mtu|mac-address|rx-byte|link-downs")
    facts: dict[str, Any] = {"interfaces": tuple(_interface(flags, told) for flags, told in found)}
    if any("type" in told for _, told in found):
        dialled = (_tunnel(told["type"], flags, told) for flags, told in found if told.get("type") in DIALLED)
        facts["tunnels"] = tuple(each for each in dialled if each)
    return facts


def _interface(flags: str, told: Told) -> Interface:
    mtu = told.get("actual-mtu") or told.get("mtu", "")
    return Interface(
        name=told["name"],
        enabled="X" not in flags,
        up="R" in flags and "X" not in flags,
        description=told.get("comment", ""),
        mtu=int(mtu) if mtu.isdigit() else 0,
        errors=_count(told, "rx-error") + _count(told, "tx-error"),
        flaps=int(told.get("link-downs") or 0),
        line=f"{flags or '-'} name={told['name']} link-downs={told.get('link-downs', '?')}",
    )


def _count(told: Told, key: str) -> int:
    """A counter; RouterOS parts the thousands by spaces."""
    return int(told.get(key, "").replace(" ", "") or 0)


DIALLED = {"pppoe-out": "pppoe", "pptp-out": "vpn", "l2tp-out": "vpn", "sstp-out": "vpn", "ovpn-out": "vpn"}
"""Interfaces that run only while their session stands; others (GRE, WireGuard) run whether or not anybody answers."""


def _tunnel(kind: str, flags: str, told: Told) -> Tunnel | None:
    line = f"{flags or '-'} name={told['name']} type={kind}"
    return None if "X" in flags else Tunnel(told["name"], DIALLED[kind], "R" in flags, line)


def clients(kind: str) -> Callable[[str], dict[str, Any]]:
    """Parser of `/interface ...-client print`, whose entries all are of one type."""

    def parse(output: str) -> dict[str, Any]:
        found = (_tunnel(kind, flags, told) for flags, told in some(output, "connect-to|user|interface"))
        return {"tunnels": tuple(each for each in found if each)}

    return parse


HANDSHAKE_S = 180
"""After so long without one WireGuard throws its keys away (Donenfeld, "WireGuard", section 6.1)."""


def wireguard_peers(output: str) -> dict[str, Any]:
    """Peers of which it is sure: a fresh handshake, or none although the peer is to be kept alive."""
    found = (_wireguard_peer(told) for flags, told in some(output) if "X" not in flags)
    return {"tunnels": tuple(each for each in found if each)}


def _wireguard_peer(told: Told) -> Tunnel | None:
    last = told.get("last-handshake", "")
    fresh = bool(last) and duration_s(last) <= HANDSHAKE_S
    if not fresh and not told.get("persistent-keepalive"):
        return None
    name = told.get("name") or told["interface"]
    return Tunnel(name, "vpn", fresh, f"interface={told['interface']} name={name} last-handshake={last or 'never'}")


def interface_table(output: str) -> dict[str, Any]:
    told = table(output)
    mtu = "ACTUAL-MTU" if "ACTUAL-MTU" in told.headings else "MTU"
    if told.headings[0] != "NAME" or mtu not in told.headings:
        raise ValueError("no interfaces in the table")
    rows = ((comment, *told.cells(line)) for comment, line in told.lines)
    return {
        "interfaces": tuple(
            _interface(flags, {"name": cells["NAME"], "mtu": cells.get(mtu, ""), "comment": comment})
            for comment, flags, cells in rows
        )
    }


def ethernet(output: str) -> dict[str, Any]:
    """`/interface ethernet monitor`, one port or one after the other."""
    ports = (_port(properties(block), block) for block in blocks(output, "name"))
    return {"interfaces": tuple(port for port in ports if port)}


def _port(told: Told, block: str) -> Interface | None:
    """Raises ValueError for several ports side by side, whose columns have gaps."""
    if len(told["status"].split()) != 1:
        raise ValueError(f"not a status: {told['status']!r}")
    if told["status"] not in ("link-ok", "no-link"):
        return None
    linked = told["status"] == "link-ok"
    light = re.fullmatch(r"(-?[\d.]+)dBm", told.get("sfp-rx-power", ""))
    rx = float(light[1]) if light else None
    return Interface(
        name=told["name"],
        up=linked,
        duplex={"yes": "full", "no": "half"}.get(told.get("full-duplex", ""), "") if linked else "",
        speed_mbps=_mbps(told["rate"]) if linked and told.get("rate") else 0,
        rx_dbm=rx,
        rx_low_dbm=None if rx is None else _warns_below(block, rx),
        line=" ".join(f"{key}={told[key]}" for key in ("name", "status", "rate", "full-duplex") if told.get(key)),
    )


def _mbps(rate: str) -> int:
    match = re.fullmatch(r"([\d.]{1,6})([MG])bps", rate)
    if match is None:
        raise ValueError(f"not a rate: {rate!r}")
    return int(float(match[1]) * (1000 if match[2] == "G" else 1))


def _warns_below(block: str, rx_dbm: float) -> float | None:
    """The optic's own low warning. RouterOS shows its monitoring page from byte 128 on; that it is this page is proven
    by the received power in it, which has to be the one that RouterOS read.
    """
    rows = re.findall(r"\b(00[0-9a-f]0): ((?:[0-9a-f]{2} +){16})", block)
    page = bytes.fromhex("".join(row for at, row in rows if at >= "0080"))
    if [at for at, _ in rows] != [f"00{digit:x}0" for digit in range(16)]:
        return None
    received, low = _dbm(page[104:106]), _dbm(page[38:40])
    return low if received is not None and low is not None and abs(received - rx_dbm) < 0.5 else None


def _dbm(raw: bytes) -> float | None:
    """Tenths of a microwatt, as SFF-8472 counts light."""
    power = int.from_bytes(raw, "big")
    return round(10 * log10(power / 10000), 1) if power else None


def addresses(output: str) -> dict[str, Any]:
    return _held(
        [(flags, told["interface"], told["address"]) for flags, told in some(output, "network|actual-interface")]
    )


def address_table(output: str) -> dict[str, Any]:
    told = table(output)
    if told.headings not in (("ADDRESS", "NETWORK", "INTERFACE"), ("ADDRESS", "NETWORK", "INTERFACE", "VRF")):
        raise ValueError(f"columns {told.headings}")
    vrf = r" +\S+" if "VRF" in told.headings else ""
    rows = rows_like(told, rf"(?P<address>{ADDRESS}/\d+) +{ADDRESS} +(?P<interface>\S.*?){vrf}")
    return _held([(row["flags"], row["interface"], row["address"]) for row in rows])


def _held(rows: list[tuple[str, str, str]]) -> dict[str, Any]:
    held: dict[str, tuple[str, ...]] = {}
    for flags, interface, address in rows:
        if not set(flags) & {"X", "I"}:
            held[interface] = (*held.get(interface, ()), address)
    return {"interfaces": tuple(Interface(name=name, addresses=own) for name, own in held.items())}


def bridge_ports(output: str) -> dict[str, Any]:
    """The list of bridge ports and behind it each one's monitor; only one that is in its bridge has a role."""
    listed, *monitored = re.split(r"^(?=\s*interface: )", plain(output), maxsplit=1, flags=re.MULTILINE)
    ports = some(listed, "path-cost|priority|pvid|hw")
    members = [told for flags, told in ports if "X" not in flags and not told["interface"].startswith("*")]
    states = [properties(block) for text in monitored for block in blocks(text, "interface")]
    return {
        "interfaces": tuple(Interface(told["interface"], master=told["bridge"]) for told in members),
        "stp_ports": tuple(_stp_port(told) for told in states if told["status"] == "in-bridge"),
    }


def _stp_port(told: Told) -> StpPort:
    """IEEE 802.1D table 17-1: what neither learns nor forwards discards."""
    role = re.fullmatch(r"(root|designated|alternate|backup|disabled)-port", told["role"])
    if role is None or {told["learning"], told["forwarding"]} - {"yes", "no"}:
        raise ValueError(f"not a port: {told}")
    active = ("forwarding", told["forwarding"]), ("learning", told["learning"])
    return StpPort(told["interface"], role[1], next((state for state, on in active if on == "yes"), "discarding"))


_RADIO = {"ssid", "mode", "radio-name", "radio-mac", "configuration", "configuration.mode", "configuration.ssid"}


def radios(output: str) -> dict[str, Any]:
    """`/interface wireless print` (or wifi) and behind it the registration table; stations are left out."""
    found = some(output)
    seen = [told["interface"] for _, told in found if "interface" in told and "name" not in told]
    own = [(flags, told) for flags, told in found if "name" in told]
    if not all(_RADIO & set(told) for _, told in own):
        raise ValueError("an interface that is no radio")
    own = [(flags, told) for flags, told in own if _serves(told)]
    return {"radios": tuple(Radio(told["name"], "X" not in flags, seen.count(told["name"])) for flags, told in own)}


def _serves(told: Told) -> bool:
    """Whether it is an access point: a profile that only is named does not say, and a CAPsMAN has the clients."""
    if told.get("comment", "").startswith("managed by CAPsMAN"):
        return False
    mode = told.get("mode") or told.get("configuration.mode") or ("" if told.get("configuration") else "ap")
    return mode in ("ap", "ap-bridge", "bridge")
