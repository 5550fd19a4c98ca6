"""A cell becomes a value of the inventory, or is refused with what to write instead."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.importing import values


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("10.20.1.1", "10.20.1.1"),
        ("10.20.1.1/24", "10.20.1.1"),
        ("10.20.1.0/31", "10.20.1.0"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("2001:db8::5/64", "2001:db8::5"),
        ("r1.dinkes.example.go.id", "r1.dinkes.example.go.id"),
    ],
)
def test_an_address_is_taken_as_the_inventory_writes_it(cell: str, value: str) -> None:
    assert values.address(cell) == value


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("010.020.001.001", "nol di depan"),
        ("10.20.1.01/24", "nol di depan"),
        ("10.20.1.0/24", "alamat jaringan"),
        ("10.20.1.1/40", "bukan alamat IP"),
        ("10.20.1.1, 10.20.1.2", "lebih dari satu"),
        ("10.20.1.1 10.20.1.2", "lebih dari satu"),
        ("192168100100", "titiknya hilang"),
        ("10.20.1.1:8291", "kolom Port"),
        ("0.0.0.0", "bukan alamat sebuah perangkat"),
        ("224.0.0.5", "bukan alamat sebuah perangkat"),
    ],
)
def test_an_address_that_is_not_sure_is_refused(cell: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        values.address(cell)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Router Dinkes 1", "router-dinkes-1"),
        ("SW_Lt.2 (Baru)", "sw_lt-2-baru"),
        ("dinkes-r1", "dinkes-r1"),
        ("Café №5", "cafe-no5"),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_a_name_becomes_a_slug(name: str, slug: str) -> None:
    assert values.slug(name) == slug


@given(st.text(max_size=200))
def test_any_name_is_a_slug_or_refused_and_a_slug_stays(name: str) -> None:
    try:
        slug = values.slug(name)
    except ValueError:
        return
    assert re.fullmatch(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?", slug)
    assert values.slug(slug) == slug


@pytest.mark.parametrize("cell", ["dua puluh dua", "-1", "22/tcp", "123456", "٢٢"])
def test_a_port_is_a_number(cell: str) -> None:
    with pytest.raises(ValueError, match="port SSH"):
        values.port(cell)


def test_a_domain_may_be_written_as_its_page() -> None:
    assert values.domain("https://Dinkes.Example.go.id/") == "dinkes.example.go.id"
