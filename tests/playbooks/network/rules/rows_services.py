"""Rows about addresses, names, tunnels and wireless."""

from __future__ import annotations

from dataclasses import replace

from playbooks.network.facts import Arp, Interface, Note, Offer, Pool, Radio, Resolver, Tunnel
from tests.playbooks.network.rules.known import GOOD, LATER, SWITCH, Row

POOL = Pool("lan", 100, 50)
OFFER = Offer("10.9.0.1", "ether2", "DHCPOFFER from 10.9.0.1")
OURS = {"expect": {"dhcp": ["10.9.0.1"]}}
ROGUE = Offer("192.168.0.1", "ether2", "DHCPOFFER from 192.168.0.1")
DNS = Resolver("10.9.0.53", False, "query timed out")
OWNER = Arp("203.0.113.1", "aa:bb:cc:00:00:01", "eth2")
OTHER = Arp("203.0.113.1", "aabb.cc00.0002", "eth2")
VIRTUAL = Arp("203.0.113.1", "00:00:5E:00:01:0A", "eth2")
PPPOE = Tunnel("pppoe-out1", "pppoe", False, "pppoe-out1: terminating... authentication failed")
VPN = Tunnel("ipsec1", "vpn", False)
RADIO = Radio("wlan1", True, 0)

ROWS = (
    Row(
        "dhcp.pool_exhausted",
        "all given",
        replace(SWITCH, dhcp_pools=(replace(POOL, used=100),)),
        "dhcp.pool_exhausted major lan",
    ),
    Row(
        "dhcp.pool_exhausted",
        "nearly all",
        replace(SWITCH, dhcp_pools=(replace(POOL, used=90),)),
        "dhcp.pool_exhausted warning lan",
    ),
    Row("dhcp.pool_exhausted", "most", replace(SWITCH, dhcp_pools=(replace(POOL, used=89),))),
    Row("dhcp.pool_exhausted", "size not told", replace(SWITCH, dhcp_pools=(Pool("lan", 0, 0),))),
    Row(
        "dhcp.pool_exhausted",
        "emptied",
        replace(SWITCH, dhcp_pools=(Pool("lan", 0, 0),)),
        "dhcp.pool_exhausted major lan",
        replace(SWITCH, dhcp_pools=(POOL,)),
    ),
    Row(
        "dhcp.pool_exhausted",
        "nobody offers",
        replace(SWITCH, dhcp_offers=()),
        "dhcp.pool_exhausted major 10.9.0.1",
        None,
        OURS,
    ),
    Row(
        "dhcp.pool_exhausted",
        "nobody offers any more",
        replace(SWITCH, dhcp_offers=()),
        "dhcp.pool_exhausted major 10.9.0.1",
        replace(SWITCH, dhcp_offers=(OFFER,)),
    ),
    Row("dhcp.pool_exhausted", "nobody ever did", replace(SWITCH, dhcp_offers=())),
    Row(
        "dhcp.rogue_server",
        "not one of ours",
        replace(SWITCH, dhcp_offers=(OFFER, ROGUE)),
        "dhcp.rogue_server major 192.168.0.1",
        None,
        OURS,
    ),
    Row(
        "dhcp.rogue_server",
        "new since",
        replace(SWITCH, dhcp_offers=(OFFER, ROGUE)),
        "dhcp.rogue_server major 192.168.0.1",
        replace(SWITCH, dhcp_offers=(OFFER,)),
    ),
    Row(
        "dhcp.rogue_server",
        "the device's guard tells",
        replace(SWITCH, dhcp_strangers=(Note("192.168.0.1", "unknown-server=192.168.0.1"),)),
        "dhcp.rogue_server major 192.168.0.1",
    ),
    Row("dhcp.rogue_server", "ours alone", replace(SWITCH, dhcp_offers=(OFFER,)), "", None, OURS),
    Row(
        "dhcp.rogue_server",
        "the device itself",
        replace(SWITCH, interfaces=(Interface("ether2", addresses=("192.168.0.1/24",)),), dhcp_offers=(OFFER, ROGUE)),
        "",
        None,
        OURS,
    ),
    Row("dhcp.rogue_server", "the only one, and none named", replace(SWITCH, dhcp_offers=(ROGUE,))),
    Row("dns.not_answering", "the only one", replace(SWITCH, resolvers=(DNS,)), "dns.not_answering major 10.9.0.53"),
    Row(
        "dns.not_answering",
        "one of two",
        replace(SWITCH, resolvers=(DNS, Resolver("10.9.0.54", True))),
        "dns.not_answering warning 10.9.0.53",
    ),
    Row(
        "dns.not_answering",
        "it says there is no such name",
        replace(SWITCH, resolvers=(Resolver("10.9.0.53", True, "NXDOMAIN"),)),
    ),
    Row(
        "ip.conflict",
        "told",
        replace(SWITCH, address_conflicts=(Note("10.9.0.7", "%IP-4-DUPADDR: Duplicate address 10.9.0.7"),)),
        "ip.conflict major 10.9.0.7",
    ),
    Row("ip.conflict", "two answer", replace(LATER, arp=(OWNER, OTHER)), "ip.conflict major 203.0.113.1", GOOD),
    Row(
        "ip.conflict",
        "the gateway is another machine",
        replace(LATER, arp=(OTHER,)),
        "ip.conflict warning 203.0.113.1",
        replace(GOOD, arp=(OWNER,)),
    ),
    Row(
        "ip.conflict",
        "the gateway's other spelling",
        replace(LATER, arp=(replace(OWNER, mac="AABB.CC00.0001"),)),
        "",
        replace(GOOD, arp=(OWNER,)),
    ),
    Row(
        "ip.conflict",
        "the gateway is a virtual router now",
        replace(LATER, arp=(VIRTUAL,)),
        "",
        replace(GOOD, arp=(OWNER,)),
    ),
    Row("ip.conflict", "a virtual router and its owner", replace(LATER, arp=(OWNER, VIRTUAL)), "", GOOD),
    Row(
        "ip.conflict",
        "a client's lease went to another",
        replace(LATER, arp=(replace(OTHER, address="10.9.0.7"),)),
        "",
        replace(GOOD, arp=(replace(OWNER, address="10.9.0.7"),)),
    ),
    Row("pppoe.down", "nothing known of it", replace(SWITCH, tunnels=(PPPOE,)), "pppoe.down major pppoe-out1"),
    Row(
        "pppoe.down",
        "was up",
        replace(SWITCH, tunnels=(PPPOE,)),
        "pppoe.down major pppoe-out1",
        replace(SWITCH, tunnels=(replace(PPPOE, up=True),)),
    ),
    Row("pppoe.down", "was down", replace(SWITCH, tunnels=(PPPOE,)), "", replace(SWITCH, tunnels=(PPPOE,))),
    Row(
        "pppoe.down",
        "the spare one",
        replace(SWITCH, tunnels=(PPPOE,)),
        "",
        None,
        {"expect": {"interfaces": {"pppoe-out1": "down"}}},
    ),
    Row(
        "vpn.down",
        "was up",
        replace(SWITCH, tunnels=(VPN,)),
        "vpn.down major ipsec1",
        replace(SWITCH, tunnels=(replace(VPN, up=True),)),
    ),
    Row("vpn.down", "perhaps on demand", replace(SWITCH, tunnels=(VPN,)), "vpn.down warning ipsec1"),
    Row("vpn.down", "up", replace(SWITCH, tunnels=(replace(VPN, up=True),))),
    Row("vpn.down", "was down", replace(SWITCH, tunnels=(VPN,)), "", replace(SWITCH, tunnels=(VPN,))),
    Row(
        "wifi.clients_none",
        "had some",
        replace(SWITCH, radios=(RADIO,)),
        "wifi.clients_none warning wlan1",
        replace(SWITCH, radios=(replace(RADIO, clients=12),)),
    ),
    Row(
        "wifi.clients_none",
        "they are on the other band",
        replace(SWITCH, radios=(RADIO, Radio("wlan2", True, 9))),
        "wifi.clients_none info wlan1",
        replace(SWITCH, radios=(replace(RADIO, clients=12),)),
    ),
    Row("wifi.clients_none", "never had any", replace(SWITCH, radios=(RADIO,)), "", replace(SWITCH, radios=(RADIO,))),
    Row(
        "wifi.clients_none",
        "switched off",
        replace(SWITCH, radios=(replace(RADIO, enabled=False),)),
        "",
        replace(SWITCH, radios=(replace(RADIO, clients=12),)),
    ),
)
