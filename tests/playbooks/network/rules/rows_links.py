"""Rows about ports."""

from __future__ import annotations

from dataclasses import replace

from playbooks.network.facts import Interface, Neighbor, Note, Radio, StpPort, Tunnel
from tests.playbooks.network.rules.known import DOWN, ETH1, ETH2, GOOD, LATER, SWITCH, Row, ports

SHUT = replace(DOWN, enabled=False)
PORT = Interface("Gi0/3", line="Gi0/3 is up")
UPLINK = Interface("Gi0/1", line="Gi0/1 is up", speed_mbps=1000, duplex="full")
OFF = replace(PORT, up=False, line="Gi0/3 is down")
FIBRE = replace(UPLINK, rx_dbm=-6.0, rx_low_dbm=-14.0)
TO_CORE = {"uplinks": ["Gi0/1"]}
SEEN = Neighbor("Gi0/3", "sw2", "Gi0/24")
BLOCKED = StpPort("Gi0/1", "alternate", "blocking", "VLAN0001")
CARRIES = StpPort("Gi0/2", "root", "forwarding", "VLAN0001")
LOOP = Note("Gi0/7", "%LOOP: Gi0/7 receives its own frames")

ROWS = (
    Row("link.admin_down", "shut", ports(LATER, SHUT, ETH2), "link.admin_down major eth1", GOOD),
    Row(
        "link.admin_down",
        "shut on purpose",
        ports(LATER, SHUT, ETH2),
        "",
        GOOD,
        {"expect": {"interfaces": {"eth1": "down"}}},
    ),
    Row("link.admin_down", "was shut before", ports(SWITCH, SHUT), "", ports(SWITCH, SHUT)),
    Row("link.down", "with an address", ports(LATER, DOWN, ETH2), "link.down major eth1", GOOD),
    Row("link.down", "gone altogether", ports(LATER, ETH2), "link.down major eth1", GOOD),
    Row("link.down", "an uplink", ports(SWITCH, replace(UPLINK, up=False)), "link.down critical Gi0/1", None, TO_CORE),
    Row(
        "link.down",
        "an uplink spelled in full",
        ports(SWITCH, replace(UPLINK, up=False)),
        "link.down critical Gi0/1",
        None,
        {"uplinks": ["GigabitEthernet0/1"]},
    ),
    Row(
        "link.down",
        "behind it was a switch",
        ports(SWITCH, OFF),
        "link.down major Gi0/3",
        replace(ports(SWITCH, PORT), neighbors=(SEEN,)),
    ),
    Row("link.down", "may be a computer", ports(SWITCH, OFF), "link.down warning Gi0/3", ports(SWITCH, PORT)),
    Row(
        "link.down",
        "a switch's port may be a computer's",
        ports(SWITCH, OFF),
        "link.down info Gi0/3",
        ports(SWITCH, PORT),
        {"role": "switch"},
    ),
    Row("link.down", "nobody counts on it", ports(SWITCH, OFF)),
    Row("link.down", "was down before", ports(SWITCH, OFF), "", ports(SWITCH, OFF)),
    Row(
        "link.down",
        "a radio without clients is not down",
        replace(ports(SWITCH, OFF), radios=(Radio("Gi0/3", True, 3),)),
        "",
        ports(SWITCH, PORT),
    ),
    Row(
        "link.down",
        "a tunnel tells in its own words",
        replace(ports(SWITCH, replace(OFF, name="vpn1")), tunnels=(Tunnel("vpn1", "vpn", True),)),
        "",
        ports(SWITCH, replace(PORT, name="vpn1")),
    ),
    Row("link.errors", "many since", ports(LATER, replace(ETH1, errors=500), ETH2), "link.errors warning eth1", GOOD),
    Row(
        "link.errors",
        "old ones",
        ports(LATER, replace(ETH1, errors=5000), ETH2),
        "",
        ports(GOOD, replace(ETH1, errors=4950), ETH2),
    ),
    Row(
        "link.errors",
        "counted anew",
        ports(LATER, replace(ETH1, errors=50), ETH2),
        "",
        ports(GOOD, replace(ETH1, errors=4950), ETH2),
    ),
    Row("link.errors", "of years, perhaps", ports(SWITCH, replace(PORT, errors=5000)), "link.errors info Gi0/3"),
    Row("link.errors", "just as many as are borne", ports(SWITCH, replace(PORT, errors=100))),
    Row("link.flapping", "often", ports(LATER, replace(ETH1, flaps=9), ETH2), "link.flapping warning eth1", GOOD),
    Row("link.flapping", "a few times", ports(LATER, replace(ETH1, flaps=5), ETH2), "", GOOD),
    Row("link.flapping", "since when is not known", ports(SWITCH, replace(PORT, flaps=900))),
    Row(
        "link.duplex",
        "half",
        ports(SWITCH, replace(UPLINK, duplex="half", speed_mbps=100)),
        "link.duplex warning Gi0/1",
    ),
    Row("link.duplex", "an old hub", ports(SWITCH, replace(UPLINK, duplex="half", speed_mbps=10))),
    Row(
        "link.duplex",
        "has always been",
        ports(SWITCH, replace(PORT, duplex="half")),
        "",
        ports(SWITCH, replace(PORT, duplex="half")),
    ),
    Row(
        "link.duplex",
        "an uplink fell back",
        ports(SWITCH, replace(UPLINK, speed_mbps=100)),
        "link.duplex warning Gi0/1",
        ports(SWITCH, UPLINK),
        TO_CORE,
    ),
    Row("link.duplex", "a computer sleeps", ports(SWITCH, replace(UPLINK, speed_mbps=10)), "", ports(SWITCH, UPLINK)),
    Row(
        "optic.low_power",
        "below the maker's limit",
        ports(SWITCH, replace(FIBRE, rx_dbm=-15.1)),
        "optic.low_power warning Gi0/1",
        None,
        TO_CORE,
    ),
    Row(
        "optic.low_power",
        "halved",
        ports(SWITCH, replace(FIBRE, rx_dbm=-9.5)),
        "optic.low_power warning Gi0/1",
        ports(SWITCH, FIBRE),
    ),
    Row("optic.low_power", "a little less", ports(SWITCH, replace(FIBRE, rx_dbm=-8.9)), "", ports(SWITCH, FIBRE)),
    Row("optic.low_power", "no fibre in it", ports(SWITCH, replace(FIBRE, up=False, rx_dbm=-40.0))),
    Row(
        "errdisabled.port",
        "with its cause",
        ports(SWITCH, replace(OFF, error_disabled="bpduguard")),
        "errdisabled.port warning Gi0/3, link.down warning Gi0/3",
        ports(SWITCH, PORT),
    ),
    Row(
        "errdisabled.port",
        "nobody counts on it",
        ports(SWITCH, replace(OFF, error_disabled="bpduguard")),
        "errdisabled.port warning Gi0/3",
    ),
    Row(
        "errdisabled.port",
        "not to be used at all",
        ports(SWITCH, replace(OFF, error_disabled="bpduguard")),
        "",
        None,
        {"expect": {"interfaces": {"Gi0/3": "down"}}},
    ),
    Row("loop.detected", "told", replace(SWITCH, loops=(LOOP,)), "loop.detected major Gi0/7"),
    Row(
        "loop.detected",
        "two own ports see each other",
        replace(SWITCH, neighbors=(Neighbor("Gi0/7", "sw1", "Gi0/8"), Neighbor("Gi0/8", "sw1", "Gi0/7"))),
        "loop.detected major Gi0/7, loop.detected major Gi0/8",
    ),
    Row("loop.detected", "a namesake", replace(SWITCH, neighbors=(Neighbor("Gi0/7", "sw1", "Gi0/8"),))),
    Row(
        "loop.detected",
        "a namesake on the same port",
        replace(SWITCH, neighbors=(Neighbor("Gi0/7", "sw1", "Gi0/7", "10.0.0.9"),)),
    ),
    Row(
        "stp.blocked_uplink",
        "the only one",
        replace(SWITCH, stp_ports=(BLOCKED,)),
        "stp.blocked_uplink major Gi0/1",
        None,
        TO_CORE,
    ),
    Row(
        "stp.blocked_uplink",
        "carried before",
        replace(SWITCH, stp_ports=(BLOCKED, CARRIES)),
        "stp.blocked_uplink warning Gi0/1",
        replace(SWITCH, stp_ports=(replace(BLOCKED, state="forwarding"),)),
        {"uplinks": ["Gi0/1", "Gi0/2"]},
    ),
    Row(
        "stp.blocked_uplink",
        "the spare one",
        replace(SWITCH, stp_ports=(BLOCKED, CARRIES)),
        "",
        None,
        {"uplinks": ["Gi0/1", "Gi0/2"]},
    ),
    Row("stp.blocked_uplink", "no uplink", replace(SWITCH, stp_ports=(BLOCKED,))),
    Row(
        "uplink.saturated",
        "full",
        ports(SWITCH, replace(UPLINK, load_percent=97.0)),
        "uplink.saturated warning Gi0/1",
        None,
        TO_CORE,
    ),
    Row(
        "uplink.saturated",
        "the default route's port, where none is named",
        ports(LATER, ETH1, replace(ETH2, load_percent=97.0)),
        "uplink.saturated warning eth2",
        GOOD,
    ),
    Row("uplink.saturated", "busy", ports(SWITCH, replace(UPLINK, load_percent=89.0)), "", None, TO_CORE),
    Row("uplink.saturated", "a server's port", ports(SWITCH, replace(PORT, load_percent=97.0)), "", None, TO_CORE),
)
