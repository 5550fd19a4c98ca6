"""Short whole configurations of three platforms, as the device prints them."""

from __future__ import annotations

from tests.playbooks.network.doubles import IOS_CONFIG
from tests.playbooks.network.samples import samples

FRR_CONFIG = samples("frr").config
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
PLATFORMS = sorted(CONFIGS)
