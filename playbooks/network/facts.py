"""What is known of one device: frozen values, the only thing that rules look at. Pure; JSON-able both ways."""

from __future__ import annotations

import types
import typing
from dataclasses import asdict, dataclass, fields, is_dataclass
from ipaddress import ip_interface
from typing import Any

from playbooks.network.ports import same_port


@dataclass(frozen=True)
class Interface:
    name: str
    enabled: bool = True
    up: bool = True
    description: str = ""
    mtu: int = 0
    """Bytes; 0 when not told."""
    addresses: tuple[str, ...] = ()
    """With prefix length: 10.0.0.1/30."""
    errors: int = 0
    """Damaged frames in and out since the counters began."""
    flaps: int = 0
    """Times the link went down."""
    duplex: str = ""
    """full, half, or empty when not told."""
    speed_mbps: int = 0
    error_disabled: str = ""
    """Why the device itself switched it off (bpduguard, psecure-violation, ...)."""
    load_percent: float | None = None
    """Of its speed, the busier direction."""
    rx_dbm: float | None = None
    """Light received by its optic."""
    rx_low_dbm: float | None = None
    """Below this the optic's maker warns."""
    master: str = ""
    """The bridge or bond that it is a member of."""
    line: str = ""
    """The device's own words about its state."""

    def holds(self, address: str) -> bool:
        """Whether `address` is one of its own."""
        return any(own.partition("/")[0] == address for own in self.addresses)

    def reaches(self, address: str) -> bool:
        """Whether `address` lies in one of its subnets."""
        return any(_contains(own, address) for own in self.addresses)


@dataclass(frozen=True)
class OspfInterface:
    name: str
    area: str
    hello_s: int = 0
    dead_s: int = 0
    mtu: int = 0
    passive: bool = False
    kind: str = ""
    """Network type as the device writes it."""
    neighbors: int = 0


@dataclass(frozen=True)
class OspfNeighbor:
    router_id: str
    address: str
    interface: str
    state: str

    @property
    def adjacent(self) -> bool:
        """Full, or 2-Way as between two routers that are neither DR nor BDR (RFC 2328 section 10.1)."""
        return self.state.lower().startswith(("full", "2-way", "twoway", "2way"))


@dataclass(frozen=True)
class BgpPeer:
    address: str
    remote_as: str
    state: str
    note: str = ""

    @property
    def up(self) -> bool:
        return self.state.lower() == "established"


@dataclass(frozen=True)
class Route:
    prefix: str
    gateway: str
    interface: str = ""
    protocol: str = ""
    active: bool = True
    distance: int = 1


@dataclass(frozen=True)
class Neighbor:
    """Who is at the other end of a link, as LLDP, CDP or MNDP tell (IEEE 802.1AB)."""

    interface: str
    name: str
    port: str = ""
    address: str = ""
    platform: str = ""


@dataclass(frozen=True)
class StpPort:
    """A port in a spanning tree (IEEE 802.1D)."""

    interface: str
    role: str
    """root, designated, alternate, backup, disabled"""
    state: str
    """forwarding, blocking, learning, listening, discarding, disabled"""
    instance: str = ""
    """VLAN or MST instance."""


@dataclass(frozen=True)
class Pool:
    """A pool of addresses of a DHCP server."""

    name: str
    size: int
    used: int


@dataclass(frozen=True)
class Tunnel:
    """A PPPoE session or a VPN."""

    name: str
    kind: str
    """pppoe or vpn"""
    up: bool
    line: str = ""


@dataclass(frozen=True)
class Radio:
    """A wireless interface."""

    name: str
    enabled: bool
    clients: int


@dataclass(frozen=True)
class Offer:
    """Who offered an address when one was asked for (RFC 2131 section 3.1)."""

    server: str
    interface: str = ""
    line: str = ""


@dataclass(frozen=True)
class Resolver:
    """A DNS server that was asked a name."""

    server: str
    answers: bool
    """Any answer counts, NXDOMAIN too; SERVFAIL, REFUSED and silence do not."""
    line: str = ""
    from_here: bool = False
    """It was asked from our machine, not by the device."""


@dataclass(frozen=True)
class Arp:
    """Who answers for an address."""

    address: str
    mac: str
    interface: str = ""


@dataclass(frozen=True)
class Note:
    """Something the device itself complains of: an alarm, a line of its log."""

    subject: str
    line: str


@dataclass(frozen=True)
class Facts:
    """One reading of a device. None means: the platform does not tell, or it was not asked."""

    hostname: str = ""
    version: str = ""
    uptime_s: float | None = None
    read_at: str = ""
    """When it was read: ISO 8601 with zone, our clock. Rules know no other time."""
    restart_reason: str = ""
    """The device's own words about why it last started."""
    interfaces: tuple[Interface, ...] = ()
    ospf_interfaces: tuple[OspfInterface, ...] = ()
    ospf_neighbors: tuple[OspfNeighbor, ...] = ()
    bgp_peers: tuple[BgpPeer, ...] = ()
    default_routes: tuple[Route, ...] | None = None
    gateway: str = ""
    gateway_answers: bool | None = None
    gateway_line: str = ""
    gateway_sent: int = 0
    """Echo requests to the gateway; too few (below 5) say nothing about loss."""
    gateway_received: int = 0
    gateway_rtt_ms: float | None = None
    """Mean round trip to the gateway."""
    cpu_percent: float | None = None
    memory_percent: float | None = None
    storage_percent: float | None = None
    model: str = ""
    serial: str = ""
    neighbors: tuple[Neighbor, ...] = ()
    stp_ports: tuple[StpPort, ...] = ()
    dhcp_pools: tuple[Pool, ...] = ()
    dhcp_offers: tuple[Offer, ...] | None = None
    """Every offer to one request; empty when nobody offered, None when nobody asked."""
    dhcp_strangers: tuple[Note, ...] = ()
    """Servers that the device's own guard does not know (RouterOS dhcp-server alert, snooping); subject: address."""
    resolvers: tuple[Resolver, ...] = ()
    tunnels: tuple[Tunnel, ...] = ()
    radios: tuple[Radio, ...] = ()
    arp: tuple[Arp, ...] = ()
    alarms: tuple[Note, ...] = ()
    """Power, fans, temperature: only what is not well."""
    address_conflicts: tuple[Note, ...] = ()
    loops: tuple[Note, ...] = ()
    clock_synchronised: bool | None = None
    clock_line: str = ""
    running_digest: str = ""
    backup_digest: str = ""
    """Of the newest stored copy at the moment of reading; empty when there was none, or nobody said."""
    saved_digest: str | None = None
    unsaved_lines: tuple[str, ...] = ()
    config_lines: int = 0
    """Significant lines of the running configuration; 0 when it was not read whole."""
    startup_empty: bool | None = None
    """Whether the device says that nothing is saved to start from."""
    startup_line: str = ""
    """Its own words about that."""

    def interface(self, name: str) -> Interface | None:
        """The interface of that name, however it is spelled."""
        exact = next((interface for interface in self.interfaces if interface.name == name), None)
        return exact or next((interface for interface in self.interfaces if same_port(interface.name, name)), None)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Facts:
        """What `as_json` gave, keys of other versions ignored. Raises TypeError for a document of another shape."""
        return typing.cast(Facts, _built(cls, document))


def _contains(own: str, address: str) -> bool:
    try:
        return ip_interface(address).ip in ip_interface(own).network
    except ValueError:
        return False


def _built(kind: Any, value: Any) -> Any:
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        known = {field.name for field in fields(kind)}
        return typing.cast(Any, kind)(**{key: _built(hints[key], item) for key, item in value.items() if key in known})
    if value is None:
        return None
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return _built(next(part for part in typing.get_args(kind) if part is not type(None)), value)
    if typing.get_origin(kind) is tuple:
        return tuple(_built(typing.get_args(kind)[0], item) for item in value)
    return value
