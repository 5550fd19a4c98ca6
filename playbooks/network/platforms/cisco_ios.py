"""Cisco IOS and IOS-XE; the tables are read in cisco_tables.

cisco.com: Configuration Fundamentals, `configure terminal revert timer` (needs `archive`); Security Command Reference,
types of passwords (0, 4 to 9) and keys; Using the Command-Line Interface, prompts of the modes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from playbooks.network.facts import Route
from playbooks.network.platforms import cisco_repairs, hierarchy
from playbooks.network.platforms import cisco_tables as read
from playbooks.network.platforms.platform import ARMED_MINUTES, Platform, duration_s
from playbooks.network.platforms.tables import rows


def version(output: str) -> dict[str, Any]:
    told = rows("cisco_ios", "show version", output)[0]
    if not told["version"]:
        raise ValueError("no version in the output")
    first = {"model": told["hardware"][:1], "serial": told["serial"][:1]}
    known = {"hostname": told["hostname"], "version": told["version"], "uptime_s": duration_s(told["uptime"])}
    known |= {"restart_reason": told["reload_reason"]}
    return known | {name: value[0] for name, value in first.items() if value}


def default_routes(output: str) -> dict[str, Any]:
    """Of the global table, which comes first; tables of VRFs follow it."""
    table = output.partition("\nRouting Table: ")[0]
    match = re.search(r"^Gateway of last resort is (not set|[\d.]+ to network [\d.]+)", table, re.MULTILINE)
    if match is None or table.startswith("Routing Table: "):
        raise ValueError("no global routing table in the output")
    entry = re.search(r"^([A-Za-z])[* %+p]\S* +0\.0\.0\.0/0 *(.*(?:\n +\[.*)*)", table, re.MULTILINE)
    routes = tuple(_routes(entry[1], entry[2])) if entry else ()
    if match[1].endswith(" to network 0.0.0.0") and not routes:
        raise ValueError("a gateway of last resort, but no route to it")
    return {"default_routes": routes}


def _routes(code: str, paths: str) -> Iterator[Route]:
    protocol = "static" if code == "S" else code
    path = r"\[(\d+)/\d+\] via ([\d.]+)(?: \(\S+\))?(?:, [\d.:ywdh]+)?(?:, ([A-Z][\w/.:-]+))?"
    for distance, gateway, interface in re.findall(path, paths):
        yield Route("0.0.0.0/0", gateway, interface, protocol, distance=int(distance))
    if direct := re.search(r"is directly connected, ([A-Z][\w/.:-]+)", paths):
        yield Route("0.0.0.0/0", "", direct[1], protocol, distance=0)


SETTING = r"^(?! *(?:description|remark|banner|alias|event|name|!)\b)[^\n]*?"
"""A line that sets something; in free text the same words are no secret."""
SECRETS = (
    SETTING + r"\b(?:password|secret)(?: level \d+)? [0-9] (?P<secret>\S[^\n]*?)"
    r"(?= realm | callin\b| description | one-time\b|[ \t]*$)",
    SETTING + r"\b(?:password|secret)(?: level \d+| encrypted)? (?P<secret>\S+)(?= realm | callin\b|[ \t]*$)",
    r"^ ?password (?![0-9] |encryption\b)(?P<secret>\S+ [^\n]*?)[ \t]*$",
    r"^(?! *(?:key \d{1,4}[ \t]*$|ntp (?:server|peer)\b))"
    + SETTING
    + r"\b(?:key|key-string|server-key|authentication-key|pre-shared-key"
    r"(?: local| remote)?(?: address \S+(?: \d+\.\S+)? key| hostname \S+ key| hex)?)(?: [0-9])? "
    r"(?P<secret>(?!chain\b|config-key\b|generate\b|address\b|hostname\b|local\b|remote\b|hex\b)\S+)"
    r"(?=[ \t]*$| (?:address|hostname|no-xauth|timeout)\b)",
    r"\bkey config-key \S+ (?P<secret>\S+)",
    r"\bsnmp-server community (?P<secret>\S+)",
    r"\bsnmp-server host \S+(?: vrf \S+)?(?: traps| informs)?(?: version (?:1|2c))? "
    r"(?!version\b|vrf\b|traps\b|informs\b)(?P<secret>\S+)",
    r"\b(?:message-digest-key \d+ md5|authentication-key \d+ md5)(?: [0-9])? (?P<secret>\S+)",
    r"^ *(?:standby|vrrp|glbp) (?:\d+ )?authentication (?!md5\b|text\b)(?P<secret>\S+)",
    r"\bauthentication (?:text|(?:mode )?hmac-sha-256)(?: [0-9])? (?P<secret>\S+)",
    r"\bip nhrp authentication (?P<secret>\S+)",
    r"\bsnmp-server user [^\n]*\bauth (?:md5|sha)(?:-\d+| \d+)? (?P<secret>\S+)",
    r"\bsnmp-server user [^\n]*\bpriv (?:3?des|aes)(?: \d+)? (?P<secret>\S+)",
    r"\bwpa-psk (?:ascii|hex)(?: [0-9])? (?P<secret>\S+)",
    r"\bpsk set-key (?:ascii|hex)(?: [0-9])? (?P<secret>\S+)",
    r"\bencryption (?:mode \S+ )?key \d(?: size \d+bit)?(?: [0-9])? (?P<secret>\S+)",
    r"\b\w+://[^\s:/@]+:(?P<secret>[^\s@]+)@",
)


PLATFORM = Platform(
    name="cisco_ios",
    aliases=("cisco_xe", "cisco_ioswlc"),
    prompt=r"NAME[\w.-]{0,60}(?:\([^\s()#>]{1,40}\)?)?[>#]",
    paging=("terminal width 511", "terminal length 0"),
    napalm="ios",
    shown_on="recordings",
    config_command="show running-config",
    reads=(
        "show version",
        "show interfaces",
        "show interfaces status",
        "show interfaces status err-disabled",
        "show interfaces transceiver",
        "show ip route",
        "show lldp neighbors detail",
        "show cdp neighbors detail",
        "show spanning-tree",
        "show ip ospf interface",
        "show ip ospf neighbor",
        "show ip bgp summary",
        "show crypto session",
        "show ip arp",
        "show ip dhcp pool",
        "show ntp status",
        "show environment all",
        "show processes cpu | include CPU utilization",
        "show memory statistics",
        "show file systems",
        "show logging",
    ),
    parsers={
        "show version": version,
        "show interfaces": read.interfaces,
        "show ip interface": read.interfaces,
        "show interfaces status": read.interfaces_status,
        "show interfaces status err-disabled": read.error_disabled,
        "show interfaces description": read.interface_states,
        "show ip interface brief": read.interface_states,
        "show ipv6 interface brief": read.interface_states,
        "show ip vrf interfaces": read.interface_states,
        "show interface link": read.interface_link,
        "show etherchannel summary": read.bundles,
        "show interface transceiver": read.optics,
        "show interfaces transceiver": read.optics,
        "show interfaces transceiver detail": read.optics_detail,
        "show cdp neighbors": read.cdp,
        "show cdp neighbors detail": read.cdp_detail,
        "show lldp neighbors": read.lldp,
        "show lldp neighbors detail": read.lldp_detail,
        "show spanning-tree": read.spanning_tree,
        "show ip route": default_routes,
        "show ip ospf interface": read.ospf_interfaces,
        "show ip ospf interface brief": read.ospf_interfaces_brief,
        "show ip ospf neighbor": read.ospf_neighbors,
        "show ip ospf neighbor detail": read.ospf_neighbors_detail,
        "show ip bgp summary": read.bgp_peers,
        "show ip bgp all summary": read.bgp_peers,
        "show bgp all summary": read.bgp_peers,
        "show ip bgp neighbors": read.bgp_neighbors,
        "show ip bgp vpnv4 all neighbors": read.bgp_neighbors,
        "show crypto session": read.crypto_sessions,
        "show crypto session detail": read.crypto_sessions,
        "show dmvpn": read.dmvpn,
        "show sdwan bfd sessions table": read.sdwan_sessions,
        "show arp": read.arp,
        "show ip arp": read.arp,
        "show ip dhcp pool": read.dhcp_pools,
        "show ntp status": read.ntp_status,
        "show ntp associations": read.ntp_associations,
        "show clock": read.clock,
        "show environment all": read.environment,
        "show environment power all": read.environment,
        "show environment temperature": read.environment,
        "show env temperature status": read.environment,
        "show power status": read.power_status,
        "show power supplies": read.power_supplies,
        "show processes cpu": read.cpu,
        "show processes cpu | include cpu utilization": read.cpu,
        "show memory statistics": read.memory,
        "show processes memory sorted": read.memory,
        "show file systems": read.storage,
        "dir": read.storage,
        "show inventory": read.inventory,
        "show module": read.chassis,
        "show platform": read.chassis,
        "show platform diag": read.chassis,
        "show redundancy": read.image,
        "show logging": read.logging,
    },
    first_line=r"^version \d",
    last_line="end",
    hostname=r"^hostname (\S+)",
    sections=(r"^hostname ",),
    noise=r"\A(?:\s*Building configuration\.\.\.\s*\n)?(?:\s*(?:Current configuration|Using)[^\n]*\n)?",
    volatile=r"^(?:!.*|ntp clock-period .*|Current configuration : .*|end|\s*)$",
    secrets=SECRETS,
    refused=r"^[ \t]*(?:% ?(?:Invalid|Incomplete|Ambiguous|Unknown|Unrecognized|Authorization|Error|Bad|Access denied|"
    r"Permission denied|Command rejected|This command is not authorized)|Command authorization failed).*",
    enter_config=("configure terminal",),
    leave_config=("end",),
    enable="enable",
    save=("write memory",),
    questions={r"\[confirm\] ?$": "", r"Destination filename \[[^\]]*\]\? ?$": ""},
    saved=r"\[OK\]",
    saved_commands=("show startup-config",),
    nothing_saved=r"^(?:startup-config is not present|%% Non-volatile configuration memory .*not present).*",
    ping="ping {address} repeat {count} timeout 1",
    repairs=cisco_repairs.repairs("0.0.0.0 0.0.0.0"),
    enter_armed=(f"configure terminal revert timer {ARMED_MINUTES}",),
    leave_armed=("end",),
    arms_where=r"^archive\n(?: .*\n)*? +path \S",
    disarm=("configure confirm",),
    difference=hierarchy.difference("CISCO_IOS"),
    undo_now=("configure revert now",),
    undo="`configure terminal revert timer` (pembatalan berjangka di perangkat; butuh `archive` dengan `path`)",
)
