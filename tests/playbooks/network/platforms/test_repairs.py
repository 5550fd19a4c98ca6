"""What each platform would type for a finding, and its exact inverse; and where it leaves things to a person."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from playbooks.findings import Finding, Severity
from playbooks.network import platforms
from playbooks.network.facts import (
    Arp,
    BgpPeer,
    Facts,
    Interface,
    Neighbor,
    Note,
    OspfInterface,
    OspfNeighbor,
    Route,
)
from playbooks.network.platforms.platform import Situation
from playbooks.plans import Ladder

IOS = """version 15.2
hostname sw1
!
interface GigabitEthernet0/1
 ip address 10.1.12.1 255.255.255.252
 ip ospf hello-interval 3
 ip ospf dead-interval 12
!
interface GigabitEthernet0/5
 switchport mode access
!
router ospf 1
 passive-interface GigabitEthernet0/1
!
router bgp 65001
 neighbor 10.1.13.2 remote-as 65099
 neighbor 10.1.14.2 remote-as 65004
 neighbor 10.1.14.2 shutdown
!
ip route 0.0.0.0 0.0.0.0 203.0.113.3
end
"""
JUNOS = """version 18.4R1;
protocols {
    bgp {
        group luar {
            neighbor 10.1.13.2 {
                peer-as 65099;
            }
        }
    }
    ospf {
        area 0.0.0.0 {
            interface ge-0/0/1.0 {
                hello-interval 3;
                passive;
            }
        }
    }
}
"""
ROS = """# 2026-11-21 08:00:00 by RouterOS 7.16
/interface pppoe-client
add disabled=no interface=ether1 name=pppoe-out1 user=dinkes
/ip pool
add name=lan ranges=10.3.0.10-10.3.0.20
"""
LINKS = (
    Interface("GigabitEthernet0/1", addresses=("10.1.12.1/30",)),
    Interface("GigabitEthernet0/4", addresses=("203.0.113.2/29",)),
    Interface("GigabitEthernet0/5"),
)
DEAD = replace(LINKS[2], up=False)
SHUT = replace(DEAD, error_disabled="bpduguard")
GOOD = Facts(
    interfaces=LINKS,
    ospf_interfaces=(OspfInterface("Gi0/1", "0", 10, 40), OspfInterface("ge-0/0/1.0", "0.0.0.0", 10, 40)),
    ospf_neighbors=(
        OspfNeighbor("10.255.0.2", "10.1.12.2", "Gi0/1", "FULL/DR"),
        OspfNeighbor("10.255.0.9", "10.1.99.2", "ge-0/0/1.0", "Full"),
    ),
    bgp_peers=(BgpPeer("10.1.13.2", "65003", "Established"), BgpPeer("10.1.14.2", "65004", "Established")),
    default_routes=(Route("0.0.0.0/0", "203.0.113.1", protocol="static"),),
)
NOW = replace(GOOD, ospf_interfaces=(replace(GOOD.ospf_interfaces[0], hello_s=3, dead_s=12),))
LAN = Facts(
    interfaces=(Interface("ether2", addresses=("10.3.0.1/24",)),),
    arp=(Arp("10.3.0.25", "02:00:00:00:00:01", "ether2"),),
)


@dataclass(frozen=True)
class Row:
    platform: str
    code: str
    subject: str
    commands: str
    """Parted by `; `; empty: nothing is planned."""
    inverse: str = ""
    now: Facts = NOW
    config: str = IOS
    ladder: Ladder = Ladder.B
    evidence: str = ""
    before: Facts = field(default=GOOD, repr=False)


TIMERS = "ospf.timer_mismatch"
ROWS = (
    Row(
        "cisco_ios",
        TIMERS,
        "Gi0/1",
        "interface Gi0/1; ip ospf hello-interval 10; ip ospf dead-interval 40",
        "interface Gi0/1; no ip ospf hello-interval 10; no ip ospf dead-interval 40; "
        "ip ospf hello-interval 3; ip ospf dead-interval 12",
    ),
    Row(
        "cisco_ios",
        TIMERS,
        "Gi0/1",
        "",
        config=IOS.replace(" ip ospf hello-interval 3\n ip ospf dead-interval 12\n", ""),
    ),
    Row(
        "cisco_ios",
        "ospf.neighbor_lost",
        "10.1.12.2",
        "router ospf 1; no passive-interface GigabitEthernet0/1",
        "router ospf 1; passive-interface GigabitEthernet0/1",
    ),
    Row(
        "cisco_ios",
        "ospf.neighbor_lost",
        "10.1.12.2",
        "",
        config=IOS.replace("router bgp", "router ospf 2\nrouter bgp"),
    ),
    Row("cisco_ios", "ospf.neighbor_lost", "10.9.9.9", ""),
    Row(
        "arista_eos",
        "bgp.peer_down",
        "10.1.13.2",
        "router bgp 65001; neighbor 10.1.13.2 remote-as 65003",
        "router bgp 65001; neighbor 10.1.13.2 remote-as 65099",
    ),
    Row(
        "cisco_ios",
        "bgp.peer_down",
        "10.1.14.2",
        "router bgp 65001; no neighbor 10.1.14.2 shutdown",
        "router bgp 65001; neighbor 10.1.14.2 shutdown",
    ),
    Row("cisco_ios", "bgp.peer_down", "10.1.14.2", "", before=Facts()),
    Row(
        "cisco_ios",
        "gateway.unreachable",
        "203.0.113.3",
        "ip route 0.0.0.0 0.0.0.0 203.0.113.1; no ip route 0.0.0.0 0.0.0.0 203.0.113.3",
        "ip route 0.0.0.0 0.0.0.0 203.0.113.3; no ip route 0.0.0.0 0.0.0.0 203.0.113.1",
    ),
    Row("cisco_ios", "gateway.unreachable", "203.0.113.3", "", config=IOS.replace("203.0.113.3", "203.0.113.3 200")),
    Row(
        "arista_eos",
        "route.default_missing",
        "0.0.0.0/0",
        "ip route 0.0.0.0/0 203.0.113.1",
        "no ip route 0.0.0.0/0 203.0.113.1",
    ),
    Row(
        "cisco_ios",
        "errdisabled.port",
        "GigabitEthernet0/5",
        "interface GigabitEthernet0/5; shutdown; no shutdown",
        "interface GigabitEthernet0/5; no shutdown",
        replace(NOW, interfaces=(*LINKS[:2], SHUT)),
        ladder=Ladder.A,
    ),
    Row(
        "cisco_ios",
        "errdisabled.port",
        "GigabitEthernet0/5",
        "",
        now=replace(NOW, interfaces=(*LINKS[:2], SHUT), loops=(Note("Gi0/5", "loop"),)),
    ),
    Row(
        "cisco_ios",
        "link.down",
        "GigabitEthernet0/5",
        "interface GigabitEthernet0/5; shutdown; no shutdown",
        "interface GigabitEthernet0/5; no shutdown",
        replace(NOW, interfaces=(*LINKS[:2], DEAD)),
        ladder=Ladder.A,
    ),
    Row(
        "cisco_ios",
        "link.down",
        "GigabitEthernet0/5",
        "",
        now=replace(NOW, interfaces=(*LINKS[:2], DEAD), neighbors=(Neighbor("Gi0/5", "ap-lobi"),)),
    ),
    Row(
        "cisco_ios", "link.down", "GigabitEthernet0/4", "", now=replace(NOW, interfaces=(replace(LINKS[1], up=False),))
    ),
    Row(
        "juniper_junos",
        TIMERS,
        "ge-0/0/1.0",
        "set protocols ospf area 0.0.0.0 interface ge-0/0/1.0 hello-interval 10; "
        "set protocols ospf area 0.0.0.0 interface ge-0/0/1.0 dead-interval 40",
        "set protocols ospf area 0.0.0.0 interface ge-0/0/1.0 hello-interval 3; "
        "delete protocols ospf area 0.0.0.0 interface ge-0/0/1.0 dead-interval 40",
        config=JUNOS,
    ),
    Row(
        "juniper_junos",
        "ospf.neighbor_lost",
        "10.1.99.2",
        "delete protocols ospf area 0.0.0.0 interface ge-0/0/1.0 passive",
        "set protocols ospf area 0.0.0.0 interface ge-0/0/1.0 passive",
        config=JUNOS,
    ),
    Row(
        "juniper_junos",
        "bgp.peer_down",
        "10.1.13.2",
        "set protocols bgp group luar neighbor 10.1.13.2 peer-as 65003",
        "set protocols bgp group luar neighbor 10.1.13.2 peer-as 65099",
        config=JUNOS,
    ),
    Row(
        "mikrotik_routeros",
        "pppoe.down",
        "pppoe-out1",
        "/interface pppoe-client disable pppoe-out1; /interface pppoe-client enable pppoe-out1",
        "/interface pppoe-client enable pppoe-out1",
        config=ROS,
        ladder=Ladder.A,
    ),
    Row("mikrotik_routeros", "pppoe.down", "pppoe-out2", "", config=ROS),
    Row(
        "mikrotik_routeros",
        "ip.conflict",
        "10.3.0.9",
        "/ip dhcp-server lease remove [find where address=10.3.0.9 and status=conflict]",
        config=ROS,
        ladder=Ladder.A,
        evidence="address=10.3.0.9 server=dhcp1 status=conflict",
    ),
    Row("mikrotik_routeros", "ip.conflict", "10.3.0.9", "", config=ROS, evidence="10.3.0.9 di ether2: dua MAC"),
    Row(
        "mikrotik_routeros",
        "dhcp.pool_exhausted",
        "lan",
        '/ip pool set [find name="lan"] ranges=10.3.0.10-10.3.0.24',
        '/ip pool set [find name="lan"] ranges=10.3.0.10-10.3.0.20',
        LAN,
        ROS,
    ),
    Row(
        "mikrotik_routeros",
        "dhcp.pool_exhausted",
        "lan",
        "",
        now=replace(LAN, arp=(Arp("10.3.0.21", "x"),)),
        config=ROS,
    ),
    Row("mikrotik_routeros", "dhcp.pool_exhausted", "lan", "", now=Facts(), config=ROS),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.platform} {row.code} {'' if row.commands else 'left'}")
def test_a_finding_is_put_right_in_the_platforms_own_words(row: Row) -> None:
    finding = Finding(row.code, Severity.MAJOR, row.subject, row.evidence, "")
    change = platforms.get(row.platform).repairs[row.code](Situation(finding, row.now, row.before, row.config))
    assert (change.commands if change else ()) == tuple(filter(None, _parted(row.commands)))
    if change:
        assert change.inverse == tuple(filter(None, _parted(row.inverse)))
        assert change.ladder is row.ladder


def _parted(words: str) -> list[str]:
    """RouterOS hangs up and dials again in one line of input."""
    return [words] if words.startswith("/interface pppoe-client disable") else words.split("; ")
