"""What is typed to turn one FRR configuration into another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.network.platforms.frr_diff import NotConfiguration, commands
from tests.playbooks.network.test_backup import FRR_CONFIG

HEAD = "frr version 8.4.4\nhostname r1\n!\n"


def block(head: str, *lines: str) -> str:
    return f"{head}\n" + "".join(f" {line}\n" for line in lines) + "exit\n!\n"


@pytest.mark.parametrize(
    ("have", "want", "typed"),
    [
        ("", "ip route 10.0.0.0/8 10.1.1.1\n", ("ip route 10.0.0.0/8 10.1.1.1",)),
        ("ip route 10.0.0.0/8 10.1.1.1\n", "", ("no ip route 10.0.0.0/8 10.1.1.1",)),
        (block("interface eth1", "shutdown"), block("interface eth1"), ("interface eth1", "no shutdown", "exit")),
        (
            block("interface eth1", "description a", "ip ospf hello-interval 3"),
            block("interface eth1", "description b", "ip ospf hello-interval 1"),
            ("interface eth1", "description b", "ip ospf hello-interval 1", "exit"),
        ),
        (
            block("interface eth1", "description a", "ip ospf area 1"),
            block("interface eth1", "ip ospf area 0"),
            ("interface eth1", "no description", "no ip ospf area 1", "ip ospf area 0", "exit"),
        ),
        (block("router ospf", "redistribute static"), "", ("no router ospf",)),
        (
            block("router bgp 65001", "neighbor 10.1.1.2 remote-as 1", "neighbor 10.1.1.2 timers connect 1"),
            block("router bgp 65001"),
            ("router bgp 65001", "no neighbor 10.1.1.2 remote-as 1", "exit"),
        ),
        (
            block("router bgp 65001", "address-family ipv4 unicast", " network 10.3.0.0/24", "exit-address-family"),
            block("router bgp 65001"),
            ("router bgp 65001", "address-family ipv4 unicast", "no network 10.3.0.0/24", "exit", "exit"),
        ),
        (
            block("interface eth9", "ip address 10.9.9.1/24"),
            "",
            ("interface eth9", "no ip address 10.9.9.1/24", "exit"),
        ),
    ],
)
def test_the_smallest_difference_is_typed(have: str, want: str, typed: tuple[str, ...]) -> None:
    assert commands(HEAD + have, HEAD + want) == typed


def test_merging_takes_nothing_away_but_what_it_says() -> None:
    have = block("interface eth1", "description a", "ip ospf cost 5")
    assert commands(have, block("interface eth1", "no ip ospf cost 5"), replace=False) == (
        "interface eth1",
        "no ip ospf cost 5",
        "exit",
    )


def test_the_same_configuration_needs_nothing() -> None:
    assert commands(FRR_CONFIG, FRR_CONFIG) == ()


def test_text_that_is_no_configuration_is_refused() -> None:
    with pytest.raises(NotConfiguration):
        commands(FRR_CONFIG, "      melayang\n")


LINES = st.lists(
    st.sampled_from(["description x", "shutdown", "ip address 10.0.0.1/24", "ip ospf area 0"]), unique=True
)


@given(LINES, LINES)
def test_taking_a_difference_back_ends_where_it_began(one: list[str], other: list[str]) -> None:
    """A tiny device that knows `no`: whatever is typed there and back leaves it as it was."""
    have, want = block("interface eth1", *one), block("interface eth1", *other)
    assert typed(set(one), commands(have, want)) == set(other)
    assert typed(set(other), commands(want, have)) == set(one)


def typed(lines: set[str], typed_lines: tuple[str, ...]) -> set[str]:
    for line in typed_lines:
        if line in ("interface eth1", "exit"):
            continue
        removed = line.removeprefix("no ") if line.startswith("no ") else None
        lines = {each for each in lines if not each.startswith(removed)} if removed else lines | {line}
    return lines
