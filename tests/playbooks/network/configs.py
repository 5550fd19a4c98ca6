"""A whole configuration of each platform, as the device prints it, and the secrets in it."""

from __future__ import annotations

from tests.playbooks.network.doubles import IOS_CONFIG

FRR_CONFIG = """Building configuration...

Current configuration:
!
frr version 8.4.4
frr defaults traditional
hostname r1
service integrated-vtysh-config
!
ip route 0.0.0.0/0 203.0.113.1
!
interface eth1
 description ke gedung B – lantai 2
 ip address 10.1.12.1/30
 ip ospf authentication-key rahasia1
exit
!
router bgp 65001
 neighbor 10.1.13.2 remote-as 65003
 neighbor 10.1.13.2 password rahasia2
exit
!
end
"""
ROUTEROS_CONFIG = """# 2026-11-21 08:00:00 by RouterOS 7.15.3
# software id = LAB0-0001
#
/interface wireless security-profiles
add authentication-types=wpa2-psk mode=dynamic-keys name=kantor \\
    wpa2-pre-shared-key="sandi wifi"
/ppp secret
add name=opd password=rahasia3 profile=default
/ip address
add address=10.8.0.1/24 interface=ether2 network=10.8.0.0
/system identity
set name=mt1
# end of export
"""
CONFIGS = {"frr": FRR_CONFIG, "cisco_ios": IOS_CONFIG, "mikrotik_routeros": ROUTEROS_CONFIG}
SECRETS = {
    "frr": ["rahasia1", "rahasia2"],
    "cisco_ios": ["$1$abcd$efghijklmnopqrstuvwxy1", "$1$zzzz$0123456789012345678901", "rahasia-snmp", "02050D480809"],
    "mikrotik_routeros": ["sandi wifi", "rahasia3"],
}
PLATFORMS = sorted(CONFIGS)
