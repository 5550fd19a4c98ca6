"""Words of offices are known, and an office's own are known better."""

from __future__ import annotations

import pytest

from inventory.importing.words import Words, shipped
from inventory.models import Headings

WORDS = Words(Headings(), shipped())
OWN = Words(
    Headings(
        columns={"opd": ("unit kerja",), "model": ("jenis",)}, platforms={"frr": ("kotak putih",)}, retired=("lelang",)
    ),
    shipped(),
)


@pytest.mark.parametrize(
    ("said", "platform"),
    [
        ("MikroTik RB750Gr3", "mikrotik_routeros"),
        ("RB2011UiAS", "mikrotik_routeros"),
        ("CCR1036-12G-4S", "mikrotik_routeros"),
        ("Cisco WS-C2960-24TT-L", "cisco_ios"),
        ("Cisco Nexus 3048", "cisco_nxos"),
        ("Huawei S5720", "huawei_vrp"),
        ("HP ProCurve 2530", "hp_procurve"),
        ("Aruba 2930F", "hp_procurve"),
        ("Aruba 6300M", "aruba_aoscx"),
        ("Ubiquiti EdgeRouter X", "ubiquiti_edgerouter"),
        ("FortiGate 60F", "fortinet"),
        ("Epson L310", ""),
        ("Rbukan apa-apa", ""),
        ("", ""),
    ],
)
def test_vendor_and_model_point_to_a_platform(said: str, platform: str) -> None:
    assert WORDS.platform(said) == platform


def test_headings_are_known_however_they_are_written() -> None:
    for heading, column in (("ALAMAT IP :", "address"), ("nama_perangkat", "name"), ("Merk/Tipe", "model")):
        assert (
            WORDS.headings[" ".join(heading.lower().replace("_", " ").replace("/", " ").strip(" :").split())][0]
            == column
        )


def test_an_office_adds_its_own_words_and_they_come_first() -> None:
    assert OWN.headings["unit kerja"][0] == "opd"
    assert (WORDS.headings["jenis"][0], OWN.headings["jenis"][0]) == ("role", "model")
    assert OWN.platform("Kotak Putih 9") == "frr"
    assert OWN.is_retired("LELANG")
    assert OWN.is_retired("Rusak berat")


@pytest.mark.parametrize("heading", ["Password", "PASSWORD SSH", "Kata Sandi", "enable", "SNMP Community", "user/pass"])
def test_a_heading_that_speaks_of_secrets_is_known(heading: str) -> None:
    assert WORDS.is_secret(heading)


@pytest.mark.parametrize("heading", ["Nama Perangkat", "Alamat IP", "Kredensial", "Passport"])
def test_a_heading_that_does_not_is_left_alone(heading: str) -> None:
    assert not WORDS.is_secret(heading)


def test_roles_and_kinds_are_said_in_the_inventorys_words() -> None:
    assert (WORDS.role("Manageable Switch"), WORDS.role("CCTV Pintu")) == ("switch", "cctv pintu")
    assert (WORDS.kind("WordPress"), WORDS.kind("joomla")) == ("wordpress", "joomla")
