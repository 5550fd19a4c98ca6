"""RouterOS 6 and 7: written samples in the forms of MikroTik's manual, recordings where they are at hand."""

from __future__ import annotations

from playbooks.network import platforms
from playbooks.network.platforms import mikrotik_routeros as ros
from tests.playbooks.network.samples import brief, samples

NAME = "mikrotik_routeros"
OF = samples(NAME)
SHAPE = platforms.get(NAME)


def test_what_several_commands_tell_of_a_port_is_one_port() -> None:
    raw = {
        "/interface print terse without-paging": " 0  R comment=pusat name=ether1 type=ether mtu=1500 link-downs=2\n",
        "/interface print stats-detail without-paging": ' 0  R name="ether1" link-downs=2 rx-error=7 tx-error=0\n',
        ros.EACH_PORT: "  name: ether1\n  status: link-ok\n  rate: 100Mbps\n  full-duplex: no\n",
        ros.BRIDGE_PORTS: OF.output(ros.BRIDGE_PORTS),
        "/ip address print terse without-paging": " 0   address=192.0.2.1/24 network=192.0.2.0 interface=ether1\n",
    }
    one = SHAPE.parse(raw).interface("ether1")
    assert one is not None
    assert set(raw) <= set(SHAPE.reads)
    assert (one.up, one.mtu, one.errors, one.flaps, one.duplex) == (True, 1500, 7, 2, "half")
    assert (one.speed_mbps, one.description, one.master, one.addresses) == (100, "pusat", "bridge1", ("192.0.2.1/24",))


def test_a_recorded_optic_agrees() -> None:
    (one,) = OF.recorded("interface_ethernet_monitor_name_once", "3")["interfaces"]
    assert (one["name"], one["up"], one["duplex"], one["speed_mbps"]) == ("sfp-sfpplus24", True, "full", 10000)
    assert (one["rx_dbm"], one["rx_low_dbm"]) == (-1.203, -14.0)


def test_recorded_tables_agree() -> None:
    found = OF.recorded("interface_print_brief")["interfaces"]
    assert brief(found, "name", "up", "mtu")[:3] == [
        ("ether1", False, 1500),
        ("ether2", False, 1500),
        ("ether3", True, 1500),
    ]
    found = OF.recorded("interface_ethernet_print")["interfaces"]
    assert brief(found, "name", "enabled", "up")[1:3] == [("ether2", True, True), ("ether3", False, False)]
    found = OF.recorded("ip_address_print", "_5")["interfaces"]
    assert brief(found, "name", "addresses") == [
        ("sfp-sfpplus10", ["192.168.10.1/24"]),
        ("pppoe-out1", ["1.1.1.1/32"]),
    ]


def test_recorded_sessions_and_neighbours_agree() -> None:
    (one,) = OF.recorded("routing_bgp_peer_print_status")["bgp_peers"]
    assert (one["address"], one["remote_as"], one["state"]) == ("192.168.1.134", "65001", "opensent")
    (one,) = OF.recorded("ip_neighbor_print_detail", "_ipv6")["neighbors"]
    assert one == {
        "interface": "ether10",
        "name": "CLEAR",
        "port": "ether1",
        "address": "1.2.4.5",
        "platform": "MikroTik",
    }
    (one,) = OF.recorded("ip_route_print_terse", "IPv6")["default_routes"]
    assert (one["prefix"], one["gateway"], one["active"], one["distance"]) == ("::/0", "pppoe-out1", True, 100)


def test_a_recorded_conflict_agrees() -> None:
    folder = "ip_dhcp-server_lease_print_terse_without-paging"
    found = OF.recorded(folder)["address_conflicts"]
    assert brief(found, "subject") == [("192.168.69.254",)]
