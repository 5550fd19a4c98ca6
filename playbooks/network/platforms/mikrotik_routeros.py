"""MikroTik RouterOS 6 and 7 over its console. help.mikrotik.com/docs (Command Line Interface, Ethernet, OSPF, BGP,
DHCP, Health, Bridging and Switching), wiki.mikrotik.com for version 6. Thresholds of optics: SFF-8472 table 9-5.

An export has no end mark of its own; a comment is printed behind it by the same line of input, and kept, so that a
stored configuration can be proven whole again later.
"""

from __future__ import annotations

import re
from typing import Any

from playbooks.network.platforms import routeros_links as links
from playbooks.network.platforms import routeros_repairs as repairs
from playbooks.network.platforms import routeros_routing as routing
from playbooks.network.platforms import routeros_services as services
from playbooks.network.platforms import routeros_system as system
from playbooks.network.platforms.platform import Parser, Platform
from playbooks.network.platforms.proof import Mark
from playbooks.network.platforms.routeros_print import entries

__all__ = ["PLATFORM", "entries"]

END = "# end of export"


EACH_PORT = ":foreach i in=[/interface ethernet find] do={/interface ethernet monitor $i once}"
"""One after the other: side by side their columns have gaps."""
BRIDGE_PORTS = (
    "/interface bridge port print terse without-paging; "
    ":foreach i in=[/interface bridge port find] do={/interface bridge port monitor $i once}"
)
OSPF = "/routing ospf interface print terse; /routing ospf neighbor print terse without-paging"
POOLS = "/ip dhcp-server print terse; /ip pool print terse; /ip pool used print terse without-paging"
CONFLICTS = "/ip dhcp-server lease print terse without-paging where status=conflict"
LOG = '/log print without-paging where message~"conflict|loop|unknown dhcp"'
WIRELESS = "/interface wireless print terse; /interface wireless registration-table print terse without-paging"
WIFI = "/interface wifi print terse; /interface wifi registration-table print terse without-paging"


LINKS = tuple(f"interface {menu}" for menu in "ethernet bridge vlan bonding wireguard vrrp gre eoip ipip".split())
"""Menus that show a part of the interfaces with what is special about them."""


def _printed(menu: str, read: Parser, columns: Parser | None = None) -> dict[str, Parser]:
    """Every form of `print`: in columns or as entries, whichever the version and the menu prefer."""

    def parse(output: str) -> dict[str, Any]:
        in_columns = columns and re.search(r"^[ \t]*#\s+[A-Z]", output, re.MULTILINE)
        return columns(output) if columns and in_columns else read(output)

    return {f"{menu} print{form}": parse for form in ("", " brief", " terse", " detail")}


def _key(command: str) -> str:
    """As `Platform.command_key` spells it."""
    words = command.lower().lstrip("/").split()
    return " ".join(word for word in words if word != "without-paging")


_VALUE = (
    r"(?:\\\n\s*)?(?P<secret>\"(?s:[^\"\\]|\\.)*\"(?![^\s\\;)\]},])|\\\"(?s:[^\"])*?\\\""
    r"|(?:\\\n\s*|[^\s\"\\]|\\(?![\n\"]))+)"
)
"""A value in quotes, in a script's escaped quotes, or bare; it may begin on the next line."""
_KEYED = (
    r"(?<![\w-])(?:(?:[\w-]*-)?(?:password|secrets?|passphrase|pre-shared-key|preshared-key|private-key|protection-key"
    rf"|authentication-key|auth-key|md5-key|wep-key|static-key-\d)|key|pin|cak)={_VALUE}"
)
_COMMUNITY = (
    r"^/snmp community\n(?:(?:add|set) (?:[^\n\\]|\\[\s\S])*\n){%d}(?:add|set) (?:[^\n\\]|\\[\s\S])*?(?<![\w-])name="
    + _VALUE
)
"""The name of one entry of the list is a password too; which entry is left open."""


PLATFORM = Platform(
    name="mikrotik_routeros",
    config_command=f'/export; :put "{END}"',
    napalm="ros",
    shown_on="recordings",
    reads=(
        "/system identity print",
        "/system resource print",
        "/system routerboard print",
        "/interface print terse without-paging",
        "/interface print stats-detail without-paging",
        EACH_PORT,
        "/ip address print terse without-paging",
        "/ip route print terse without-paging",
        OSPF,
        "/routing bgp session print terse without-paging",
        "/routing bgp peer print status without-paging",
        "/ip neighbor print detail without-paging",
        "/ip arp print terse without-paging",
        BRIDGE_PORTS,
        POOLS,
        CONFLICTS,
        "/ip dhcp-server alert print terse without-paging",
        LOG,
        "/system health print",
        "/system ntp client print",
        WIRELESS,
        WIFI,
        "/interface wireguard peers print terse without-paging",
    ),
    parsers={
        "system identity print": system.identity,
        "system resource print": system.resource,
        "system routerboard print": system.routerboard,
        "system health print": system.health,
        "system ntp client print": system.clock,
        **_printed("interface", links.interfaces, links.interface_table),
        **{
            key: parser
            for menu in LINKS
            for key, parser in _printed(menu, links.interfaces, links.interface_table).items()
        },
        **{
            key: parser
            for kind in links.DIALLED
            for key, parser in _printed(f"interface {kind.removesuffix('-out')}-client", links.clients(kind)).items()
        },
        **_printed("interface wireguard peers", links.wireguard_peers),
        **_printed("ip address", links.addresses, links.address_table),
        **_printed("ip route", routing.default_routes, routing.route_table),
        **_printed("ip arp", routing.arp, routing.arp_table),
        **_printed("ip neighbor", routing.neighbors),
        **_printed("ip dhcp-server lease", services.leases, services.lease_table),
        **_printed("ip dhcp-server alert", services.strangers),
        **_printed("routing ospf neighbor", routing.ospf_neighbors),
        **_printed("routing ospf interface", routing.ospf_interfaces),
        **_printed("routing ospf interface-template", routing.ospf_interfaces),
        **_printed("routing bgp session", routing.bgp_peers),
        "routing bgp peer print status": routing.bgp_peers,
        "log print": services.log,
        "log print detail": services.log,
        "interface print stats-detail": links.interfaces,
        "interface ethernet monitor name once": links.ethernet,
        _key(EACH_PORT): links.ethernet,
        _key(BRIDGE_PORTS): links.bridge_ports,
        _key(OSPF): routing.ospf,
        _key(POOLS): services.pools,
        _key(CONFLICTS): services.leases,
        _key(LOG): services.log,
        _key(WIRELESS): links.radios,
        _key(WIFI): links.radios,
    },
    first_line=r"^# .* by RouterOS ",
    last_line=END,
    mark_asked=True,
    proof=Mark(f':put "{END}"', END),
    hostname=r"^/system identity\n(?:add|set) name=\"?([^\"\n]+?)\"?$",
    sections=(r"^/[a-z]",),
    volatile=rf"^(?:# .* by RouterOS .*|# software id = .*|{END}|\s*)$",
    secrets=(_KEYED, *(_COMMUNITY % place for place in range(12))),
    refused=r"^[ \t]*(?:bad command name|syntax error|expected |failure: |input does not match|invalid value"
    r"|no such item|ambiguous value|bad parameter|not enough permissions|interrupted|missing value|value of )",
    resolve=":put [:resolve {name} server={server}]",
    resolved=r"^(?:\d+\.\d+\.\d+\.\d+|[0-9a-f:]*:[0-9a-f:]+)\s*$|\bname (?:does not exist|exists)\b",
    unresolved=r"^failure: .*\b(?:timeout|timed out|server failure|refused)\b",
    ping="/ping {address} count={count} interval=100ms",
    repairs={
        "link.admin_down": repairs.enable_port,
        "route.default_missing": repairs.add_default,
        "pppoe.down": repairs.redial,
        "ip.conflict": repairs.forget_conflict,
        "dhcp.pool_exhausted": repairs.widen_pool,
    },
    arm=repairs.arm,
    disarm=(f"/system scheduler remove {repairs.GUARD}",),
    undo="penjadwal kebalikan dipasang di perangkat sebelum perubahan dan dihapus setelah terbukti baik",
)
