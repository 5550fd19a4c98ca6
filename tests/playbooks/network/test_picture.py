"""The picture of an agency's network: who is connected to whom, where the fault is, and nothing hostile in it."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.models import Device, Expectation
from playbooks.network.facts import Facts, Interface, Neighbor, OspfNeighbor, Route
from playbooks.network.picture import Seen, draw
from playbooks.network.picture.layout import HEIGHT, WIDTH, laid_out
from playbooks.network.picture.svg import printable, short
from playbooks.network.picture.topology import STRANGERS, topology

SVG = "{http://www.w3.org/2000/svg}"
DOWN = {"code": "link.down", "severity": "major", "subject": "eth1", "evidence": "down", "advice": "lihat kabel"}


def device(address: str = "10.0.0.1", role: str = "router", gateway: str = "", uplinks: tuple[str, ...] = ()) -> Device:
    expect = Expectation(gateway=gateway)
    return Device(opd="x", address=address, platform="frr", role=role, credentials="x", expect=expect, uplinks=uplinks)


def facts(*ports: tuple[str, str], neighbors: tuple[Neighbor, ...] = (), **more: Any) -> Facts:
    links = tuple(Interface(name, addresses=(address,)) for name, address in ports)
    return Facts(interfaces=links, neighbors=neighbors, **more)


R1 = Seen("r1", device(gateway="10.9.0.1"), facts(("eth0", "10.9.0.2/24"), ("eth1", "10.1.12.1/30")))
R2 = Seen("r2", device("10.1.12.2"), facts(("eth1", "10.1.12.2/30"), ("eth2", "10.2.0.1/24")))


def links(*seen: Seen) -> list[tuple[str, str, str, str]]:
    found = topology(seen)
    return sorted((*sorted(link.ends), *(link.port(end) for end in sorted(link.ends))) for link in found.links)


def texts(picture: str) -> list[str]:
    return [each.text or "" for each in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def test_two_that_share_a_subnet_are_linked_by_their_ports_and_the_gateway_stands_on_top() -> None:
    assert links(R1, R2) == [("? 10.9.0.1", "r1", "", "eth0"), ("r1", "r2", "eth1", "eth1")]
    found = topology([R1, R2])
    boxes = laid_out(found).boxes
    assert found.nodes["? 10.9.0.1"].kind == "gateway"
    assert boxes["? 10.9.0.1"].y < boxes["r1"].y < boxes["r2"].y


def test_what_both_ends_announce_in_other_spellings_is_one_link() -> None:
    here = facts(neighbors=(Neighbor("GigabitEthernet0/1", "sw2.kantor.example", "Gi0/2"),))
    there = facts(neighbors=(Neighbor("GigabitEthernet0/2", "sw1", "Gi0/1"),))
    assert links(Seen("sw1", device(), here), Seen("sw2", device("10.0.0.2"), there)) == [
        ("sw1", "sw2", "GigabitEthernet0/1", "Gi0/2")
    ]


def test_a_subnet_behind_cables_that_are_known_is_not_drawn_again() -> None:
    def switch(no: int, *neighbors: Neighbor) -> Seen:
        return Seen(
            f"sw{no}", device(f"10.3.0.{no}", "switch"), facts(("Vlan1", f"10.3.0.{no}/24"), neighbors=neighbors)
        )

    cabled = [switch(1, Neighbor("p2", "sw2"), Neighbor("p3", "sw3")), switch(2), switch(3)]
    assert [each[:2] for each in links(*cabled)] == [("sw1", "sw2"), ("sw1", "sw3")]
    apart = [switch(1), switch(2), switch(3)]
    assert [each[:2] for each in links(*apart)] == [("10.3.0.0/24", f"sw{no}") for no in (1, 2, 3)]


def test_two_routers_stay_linked_though_a_third_connects_them_as_well() -> None:
    r1 = Seen("r1", device("10.1.12.1"), facts(("a", "10.1.12.1/30"), ("b", "10.1.13.1/30")))
    r2 = Seen("r2", device("10.1.12.2"), facts(("a", "10.1.12.2/30"), ("c", "10.1.23.1/30")))
    r3 = Seen("r3", device("10.1.13.2"), facts(("b", "10.1.13.2/30"), ("c", "10.1.23.2/30")))
    assert [each[:2] for each in links(r1, r2, r3)] == [("r1", "r2"), ("r1", "r3"), ("r2", "r3")]


def test_an_address_that_two_devices_have_connects_nobody() -> None:
    default = facts(("bridge", "192.168.88.1/24"))
    assert links(Seen("r1", device("10.0.0.1"), default), Seen("r2", device("10.0.0.2"), default)) == []


def test_a_pulled_cable_is_still_drawn_as_it_was_and_bears_the_mark() -> None:
    before = facts(neighbors=(Neighbor("eth1", "r2", "eth1"),))
    r1 = Seen("r1", device(), facts(), before, findings=(DOWN,))
    found = topology([r1, Seen("r2", device("10.0.0.2"), facts())])
    (link,) = found.links
    assert (link.seen, link.state, link.marks) == (False, "fault", [1])
    assert "1. r1: sambungan putus (eth1)" in texts(draw("x", [r1]))


@pytest.mark.parametrize("subject", ["eth1", "10.1.12.2", "2.2.2.2"])
def test_a_fault_marks_the_link_at_its_port_toward_its_address_or_toward_its_router_id(subject: str) -> None:
    lost = {**DOWN, "code": "ospf.neighbor_lost", "subject": subject}
    before = facts(ospf_neighbors=(OspfNeighbor("2.2.2.2", "10.1.12.2", "eth1", "Full/DR"),))
    r1 = Seen("r1", R1.device, R1.facts, before, (lost,))
    found = topology([r1, R2])
    assert [(link.ends, link.marks) for link in found.links if link.marks] == [(("r1", "r2"), [1])]
    assert not any(node.marks for node in found.nodes.values())


def test_what_is_about_no_link_marks_the_device_and_a_consequence_gets_no_number() -> None:
    busy = {**DOWN, "code": "cpu.high", "severity": "warning", "subject": "prosesor"}
    loss = {**DOWN, "code": "path.loss", "subject": "10.9.0.1", "cause": "cpu.high prosesor"}
    found = topology([Seen("r1", device(), facts(), None, (busy, loss))])
    (mark,) = found.marks
    assert found.nodes["r1"].marks == [1]
    assert (mark.state, mark.consequences) == ("fault", ["paket hilang di jalan (10.9.0.1)"])


def test_what_another_devices_fault_explains_is_told_with_it() -> None:
    lost = {**DOWN, "code": "ospf.neighbor_lost", "subject": "10.1.12.1", "cause": "r1 link.down eth1"}
    stray = {**lost, "cause": "r9 link.down eth1"}
    found = topology([Seen("r0", device(), facts(), None, (lost,)), Seen("r1", R1.device, R1.facts, None, (DOWN,))])
    (mark,) = found.marks
    assert (mark.target, mark.consequences) == ("r1", ["r0: tetangga OSPF hilang (10.1.12.1)"])
    assert not found.nodes["r0"].marks
    alone = topology([Seen("r0", device(), facts(), None, (stray,))])
    assert [each.target for each in alone.marks] == ["r0"], "a cause that is not in the picture"


def test_information_is_no_fault() -> None:
    old = {**DOWN, "code": "firmware.eol", "severity": "info"}
    assert "Tidak ada gangguan." in texts(draw("x", [Seen("r1", device(), facts(), None, (old,))]))


def test_a_device_that_could_not_be_read_is_dashed_named_with_its_reason_and_linked_as_it_was() -> None:
    silent = Seen("r2", R2.device, None, R2.facts, (), "timeout")
    picture = draw("x", [R1, silent])
    assert "1. r2: tidak terbaca: tidak menjawab sampai batas waktu" in texts(picture)
    assert topology([R1, silent]).between("r1", "r2")
    boxes = [each for each in ElementTree.fromstring(picture).iter(f"{SVG}rect") if each.get("width") == str(WIDTH)]
    assert [bool(each.get("stroke-dasharray")) for each in boxes].count(True) == 1


def test_a_device_that_was_never_read_hangs_on_the_subnet_of_its_address() -> None:
    stranger = Seen("ap1", device("10.2.0.7", "ap"), None, None, (), "unreachable")
    assert ("ap1", "r2", "", "eth2") in links(R1, R2, stranger)


def test_neighbours_beyond_the_first_few_are_counted_not_drawn() -> None:
    crowd = tuple(Neighbor(f"p{no}", f"telepon{no}") for no in range(100))
    said = texts(draw("x", [Seen("sw1", device(role="switch"), facts(neighbors=crowd))]))
    assert sum(each.startswith("telepon") for each in said) == STRANGERS
    assert f"{100 - STRANGERS} tetangga lain" in said


def test_pppoe_leads_to_the_internet() -> None:
    dialled = facts(default_routes=(Route("0.0.0.0/0", "pppoe-out1"),))
    assert links(Seen("r1", device(), dialled)) == [("? internet ", "r1", "", "pppoe-out1")]


def office(count: int) -> list[Seen]:
    """Routers, switches under them, access points under those, each announced by the one above."""
    seen = []
    for no in range(count):
        role = "router" if no < 2 else "switch" if no < 8 else "ap"
        below = [each for each in range(count) if each and (each - 1) // 6 == no]
        neighbors = tuple(Neighbor(f"ether{each}", f"alat{each}", "ether1") for each in below)
        seen.append(Seen(f"alat{no}", device(f"10.0.0.{no + 1}", role), facts(neighbors=neighbors)))
    return seen


@pytest.mark.parametrize("count", [1, 3, 12, 40])
def test_boxes_never_overlap_and_every_device_has_one(count: int) -> None:
    placed = laid_out(topology(office(count)))
    boxes = list(placed.boxes.values())
    assert len(boxes) == count
    for no, one in enumerate(boxes):
        assert 0 <= one.left <= placed.width - WIDTH
        assert 0 <= one.top <= placed.height - min(one.height, HEIGHT)
        for other in boxes[no + 1 :]:
            assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= (one.height + other.height) / 2


def test_the_same_readings_give_the_same_bytes() -> None:
    assert draw("x", office(40)) == draw("x", office(40))


hostile = st.text(max_size=40) | st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"/><image href="http://jahat.example"/>',
        "]]>&lt;",
        "\x00\x1b[2J",
        "\u202eabc",
        "x" * 9000,
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(hostile, hostile, hostile), max_size=8), hostile)
def test_hostile_names_are_text_and_never_markup(said: list[tuple[str, str, str]], title: str) -> None:
    neighbors = tuple(Neighbor(port, name, port, address, name) for port, name, address in said)
    read = Facts(hostname=title, interfaces=(Interface(title, addresses=(title,)),), neighbors=neighbors)
    bad = {**DOWN, "subject": title}
    picture = draw(title, [Seen("r1", device(gateway=""), read, read, (bad,)), R2])
    tree = ElementTree.fromstring(picture)
    assert {each.tag.removeprefix(SVG) for each in tree.iter()} <= {"svg", "title", "rect", "g", "path", "text"}
    assert not any("href" in name or name.startswith("on") for each in tree.iter() for name in each.attrib)
    assert all(each.isprintable() and len(each) < 250 for each in texts(picture))


def test_long_names_are_cut_to_what_fits() -> None:
    assert printable("abcdef", 6) == "abcdef"
    assert printable("abcdefg", 6) == "abcde…"
    assert printable("日本語日本語", 6) == "日本…"
    assert printable("a\u202eb\nc", 9) == "a?b?c"


def test_long_kinds_of_ports_are_shortened_and_others_left_alone() -> None:
    assert [short(port) for port in ("GigabitEthernet0/1", "ether2", "eth0.100", "sfp-sfpplus1")] == [
        "Gi0/1",
        "ether2",
        "eth0.100",
        "sfp-sfpplus1",
    ]
