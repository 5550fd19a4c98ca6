"""Facts in, interfaces that no repair touches out: a table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playbooks.network.facts import Facts, Interface, Neighbor, Route
from playbooks.network.paths import protected
from tests.playbooks.network.rules.known import device

WAN = Interface("ether1", addresses=("203.0.113.2/30",))
LAN = Interface("bridge", addresses=("10.0.0.1/24",))
PORT2 = Interface("ether2", master="bridge")
PORT3 = Interface("ether3", master="bridge", up=False)
OTHER = Interface("ether4", addresses=("10.9.0.1/24",))
ROUTER = Facts(
    hostname="r1",
    interfaces=(WAN, LAN, PORT2, PORT3, OTHER),
    default_routes=(Route("0.0.0.0/0", "203.0.113.1", "", "static"),),
)
CUT = replace(ROUTER, default_routes=(Route("0.0.0.0/0", "203.0.113.1", "", "static", active=False),))
TAGGED = Facts(interfaces=(Interface("eth0"), Interface("eth0.7", addresses=("10.7.0.1/24",))))
VLAN = Interface("Vlan10", addresses=("10.0.0.2/24",))
G1, G2, G3 = (Interface(f"GigabitEthernet0/{number}") for number in (1, 2, 3))
SWITCH = Facts(
    hostname="sw1", interfaces=(VLAN, G1, G2, G3), default_routes=(Route("0.0.0.0/0", "10.0.0.1", "Vlan10"),)
)
SEEN = replace(SWITCH, neighbors=(Neighbor("Gi0/1", "r1.dinkes.example", "ether2"), Neighbor("Gi0/2", "sw2", "Gi0/1")))
FAR = Facts(
    hostname="sw2",
    interfaces=(Interface("Vlan10", addresses=("10.0.0.3/24",)), G1, G2),
    default_routes=SWITCH.default_routes,
    neighbors=(Neighbor("Gi0/1", "sw1", "Gi0/2"), Neighbor("Gi0/2", "ap-lantai-2", "eth0")),
)
TABLE = {
    "way out by route, way in by address, members that are up": (
        (ROUTER, "10.0.0.1", device(), {}),
        {"ether1", "bridge", "ether2"},
    ),
    "another address of the subnet we come in by": ((ROUTER, "10.9.0.77", device(), {}), {"ether1", "ether4"}),
    "an address that is translated: the way out alone": ((ROUTER, "198.51.100.9", device(), {}), {"ether1"}),
    "a route that is not in use": ((CUT, "10.0.0.1", device(), {}), {"bridge", "ether2"}),
    "the gateway that the inventory names": (
        (replace(ROUTER, default_routes=()), "10.0.0.1", device(expect={"gateway": "203.0.113.1"}), {}),
        {"ether1", "bridge", "ether2"},
    ),
    "uplinks of the inventory, however spelled": (
        (SWITCH, "10.0.0.2", device(uplinks=["Gi0/3"]), {}),
        {"Vlan10", "GigabitEthernet0/3", "Gi0/3"},
    ),
    "a neighbour that holds the gateway": (
        (SEEN, "10.0.0.2", device(), {"r1": ROUTER}),
        {"Vlan10", "GigabitEthernet0/1"},
    ),
    "a neighbour that says it is the gateway": (
        (replace(SEEN, neighbors=(Neighbor("Gi0/2", "", address="10.0.0.1"),)), "10.0.0.2", device(), {}),
        {"Vlan10", "GigabitEthernet0/2"},
    ),
    "a gateway behind another switch": (
        (FAR, "10.0.0.3", device(), {"r1": ROUTER, "sw1": SEEN}),
        {"Vlan10", "GigabitEthernet0/1"},
    ),
    "a gateway behind a switch that was not read": ((FAR, "10.0.0.3", device(), {"r1": ROUTER}), {"Vlan10"}),
    "a subinterface lies on its port": ((TAGGED, "10.7.0.1", device(), {}), {"eth0", "eth0.7"}),
    "a member carries what its bridge does": (
        (replace(ROUTER, interfaces=(replace(WAN, master="bond1"), LAN)), "192.0.2.1", device(), {}),
        {"ether1", "bond1"},
    ),
    "nothing is known": ((Facts(), "10.0.0.1", device(), {}), set()),
}


@pytest.mark.parametrize(("asked", "expected"), TABLE.values(), ids=TABLE)
def test_what_no_repair_may_touch(asked: tuple[Facts, str, object, dict[str, Facts]], expected: set[str]) -> None:
    assert protected(*asked) == expected  # type: ignore[arg-type]


def test_the_way_through_ourselves_is_no_way_out() -> None:
    """sw2 hangs on sw1: seen from sw1 the gateway is not behind sw2."""
    assert "GigabitEthernet0/2" not in protected(SEEN, "10.0.0.2", device(), {"r1": ROUTER, "sw2": FAR})
