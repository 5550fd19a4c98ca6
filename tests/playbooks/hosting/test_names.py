"""Record sets and what DNS says, judged without any server."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.findings import Severity
from playbooks.hosting import names, nameservers, records
from playbooks.hosting.names import Ours
from playbooks.hosting.records import Key, RecordSet
from playbooks.hosting.site import Site, SiteError
from tests.playbooks.hosting.doubles import site

DOMAIN = "portal.contoh.test"
ADDRESS = Key(DOMAIN, "A")


def held(*values: str, ttl: int = 300) -> RecordSet:
    return RecordSet(ttl, values)


def test_a_site_wants_one_address_and_what_its_entry_says() -> None:
    wanted = records.wanted(site(records={f"www.{DOMAIN}": {"CNAME": [DOMAIN]}, DOMAIN: {"TXT": ["milik dinas"]}}))
    assert {key: values for key, values in wanted.items() if values} == {
        ADDRESS: ("127.0.0.1",),
        Key(f"www.{DOMAIN}", "CNAME"): (f"{DOMAIN}.",),
        Key(DOMAIN, "TXT"): ('"milik dinas"',),
    }
    assert wanted[Key(f"www.{DOMAIN}", "A")] == (), "a name leads to one place"


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"lain.contoh.test": {"A": ["192.0.2.1"]}}, "tidak di bawahnya"),
        ({DOMAIN: {"A": ["192.0.2.1"]}}, "hosts.yaml"),
        ({f"www.{DOMAIN}": {"A": ["bukan alamat"]}}, "isi yang sah"),
        ({f"www.{DOMAIN}": {"CAA": ["satu"]}}, "isi yang sah"),
        ({f"www.{DOMAIN}": {"CNAME": [DOMAIN], "TXT": ["x"]}}, "CNAME tidak boleh"),
    ],
)
def test_what_is_not_a_sites_to_ask_for_is_refused(entry: dict[str, Any], why: str) -> None:
    with pytest.raises(SiteError, match=why):
        records.wanted(site(records=entry))


def test_a_name_below_another_websites_domain_is_that_websites() -> None:
    place = site(records={f"www.anak.{DOMAIN}": {"A": ["192.0.2.1"]}})
    other = place.website.model_copy(update={"domain": f"anak.{DOMAIN}", "records": {}})
    place.inventory.websites["anak"] = other
    with pytest.raises(SiteError, match="website lain"):
        records.wanted(place)


@pytest.mark.parametrize("name", ["contoh.test", "portal.test"])
def test_the_zone_itself_and_names_outside_are_refused(name: str) -> None:
    with pytest.raises(SiteError):
        records.check_zone(site(), [name])


def test_a_cname_comes_beside_nothing_else() -> None:
    wanted = {Key(DOMAIN, "CNAME"): held("lain.test."), ADDRESS: held()}
    records.check_beside(site(), {ADDRESS: held("192.0.2.1")}, wanted)
    with pytest.raises(SiteError, match="MX"):
        records.check_beside(site(), {Key(DOMAIN, "MX"): held("10 surat.contoh.test.")}, wanted)
    with pytest.raises(SiteError, match="TXT"):
        records.check_beside(site(), {Key(DOMAIN, "CNAME"): held("x.test.")}, {Key(DOMAIN, "TXT"): held('"a"')})


def test_what_says_the_same_already_keeps_its_ttl_and_makes_no_line() -> None:
    found = {ADDRESS: held("127.0.0.1", ttl=60)}
    after = records.goal(found, {ADDRESS: ("127.0.0.1",)})
    assert records.difference(records.owned(found, after), after) == ()
    after = records.goal(found, {ADDRESS: ("127.0.0.2",)})
    assert records.difference(records.owned(found, after), after) == (
        f"hapus {DOMAIN}. 60 A 127.0.0.1",
        f"tambah {DOMAIN}. 300 A 127.0.0.2",
    )


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=600))
def test_any_text_becomes_a_txt_record_that_reads_back(text: str) -> None:
    written = records.parsed("TXT", text.lstrip('"'))
    assert records.parsed("TXT", written) == written


ZONE = {
    Key("contoh.test", "NS"): held("ns1.contoh.test."),
    Key("ns1.contoh.test", "A"): held("127.0.0.2"),
    Key("portal.contoh.test", "A"): held("127.0.0.1"),
    Key("*.anak.contoh.test", "A"): held("127.0.0.1"),
    Key("alias.contoh.test", "CNAME"): held("portal.contoh.test."),
    Key("apa.contoh.test", "CNAME"): held("saja.anak.contoh.test."),
    Key("surat.contoh.test", "MX"): held("10 mx.kenal.test."),
    Key("contoh.test", "TXT"): held('"menunjuk.ke.tidak.ada"'),
}


@pytest.mark.parametrize(
    ("key", "value", "severity"),
    [
        (Key("lama.contoh.test", "CNAME"), "mati.contoh.test.", Severity.MAJOR),
        (Key("toko.contoh.test", "CNAME"), "dinas-lama.hosting.test.", Severity.CRITICAL),
        (Key("cabang.contoh.test", "NS"), "ns.bubar.test.", Severity.CRITICAL),
        (Key("luar.contoh.test", "CNAME"), "masih-ada.test.", Severity.WARNING),
        (Key("bekas.contoh.test", "A"), "203.0.113.99", Severity.WARNING),
        (Key("contoh.test", "MX"), "10 mx.bubar.test.", Severity.CRITICAL),
    ],
)
def test_a_name_that_leads_to_nobody_is_found(key: Key, value: str, severity: Severity) -> None:
    place = site()
    zone = place.inventory.zones["contoh.test"].model_copy(update={"known": ("kenal.test", "198.51.100.0/24")})
    place.inventory.zones["contoh.test"] = zone
    ours = Ours.of(place.inventory, "contoh.test")

    def judged(more: records.Records) -> list[tuple[str, str, Severity]]:
        found = names.judge_zone(
            "contoh.test", {**ZONE, **more}, ours, lambda name: name in ("masih-ada.test", "mx.kenal.test")
        )
        return [(one.code, one.subject, one.severity) for one in found]

    assert judged({}) == []
    assert judged({Key("peta.contoh.test", "A"): held("198.51.100.7")}) == []
    assert judged({key: held(value)}) == [("dns.dangling", f"{key.name} {key.type}", severity)]


@pytest.mark.parametrize(
    ("caa", "wildcard", "codes"),
    [
        ([], False, []),
        (['0 issue "ca.test"'], False, []),
        (['0 issue "ca.test; validationmethods=dns-01"'], False, []),
        (['0 issue "lain.test"'], False, ["dns.mismatch"]),
        (['0 issue ";"'], False, ["dns.mismatch"]),
        (['0 iodef "mailto:tik@contoh.test"'], False, []),
        (['0 issue "ca.test"', '0 issuewild ";"'], False, []),
        (['0 issue "ca.test"', '0 issuewild ";"'], True, ["dns.mismatch"]),
        (['0 issue "lain.test"'], True, ["dns.mismatch"]),
    ],
)
def test_a_caa_record_that_stops_the_next_renewal_is_found(caa: list[str], wildcard: bool, codes: list[str]) -> None:
    place = site(tls={"issuer": "acme", "challenge": "dns-01", "wildcard": wildcard})
    assert [finding.code for finding in names.judge_caa(place, caa, "ca.test")] == codes


@pytest.mark.parametrize(
    ("until", "found"),
    [
        (None, []),
        (date(2027, 3, 1), []),
        (date(2027, 1, 10), [Severity.WARNING]),
        (date(2026, 12, 1), [Severity.MAJOR]),
        (date(2026, 11, 1), [Severity.CRITICAL]),
    ],
)
def test_a_registration_that_ends_is_told_in_time(until: date | None, found: list[Severity]) -> None:
    judged = [*names.judge_registration(DOMAIN, until, date(2026, 11, 21))]
    assert [(one.code, one.severity) for one in judged] == [("domain.expiring", severity) for severity in found]


def test_a_sites_registration_is_its_own_or_its_zones() -> None:
    def zoned(place: Site) -> Site:
        zone = place.inventory.zones["contoh.test"].model_copy(update={"expires": date(2027, 1, 1)})
        place.inventory.zones["contoh.test"] = zone
        return place

    assert site().registered_until is None
    assert zoned(site()).registered_until == date(2027, 1, 1)
    assert zoned(site(expires="2028-01-01")).registered_until == date(2028, 1, 1)


@pytest.mark.parametrize(("now", "wanted", "there"), [(5, 5, True), (6, 5, True), (4, 5, False), (2, 2**32 - 1, True)])
def test_serials_are_compared_as_they_wrap_around(now: int, wanted: int, there: bool) -> None:
    assert nameservers.reached(now, wanted) is there
