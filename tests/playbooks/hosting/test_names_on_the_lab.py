"""Domains on real name servers: BIND with Knot as its secondary, Knot as a primary, PowerDNS by its API."""

from __future__ import annotations

import functools
import json
from typing import Any

import pytest

from playbooks.findings import Reason, TargetError
from playbooks.hosting import domain, names, nameservers, zones
from playbooks.hosting.records import Key, RecordSet
from playbooks.hosting.site import Site, SiteError
from playbooks.plans import ChangedSincePlan
from tests.lab import dns
from tests.lab.web import ADDRESS, WebLab
from tests.playbooks.hosting.steps import allowed

pytestmark = pytest.mark.lab

WWW, CAA = "www.{}", '0 issue "ca.lab.test"'
started = functools.cache(dns.start_powerdns)


@pytest.fixture(params=[dns.ZONE, dns.KNOT_ZONE, dns.POWERDNS_ZONE])
def zone(request: pytest.FixtureRequest, web_lab: WebLab) -> str:
    if request.param == dns.POWERDNS_ZONE:
        _register(web_lab, started().token)
    return str(request.param)


def _register(lab: WebLab, token: str) -> None:
    """Write PowerDNS's zone and key into the inventory."""
    secret = lab.folder / "pdns.token"
    secret.write_text(token)
    secret.chmod(0o600)
    entry = {"kind": "powerdns", "server": dns.POWERDNS, "api": dns.API, "credentials": "pdns-key"}
    for name, more in (
        ("zones.yaml", {dns.POWERDNS_ZONE: entry}),
        ("credentials.yaml", {"pdns-key": {"token": f"file:{secret}"}}),
    ):
        path = lab.folder / name
        path.write_text(json.dumps({**json.loads(path.read_text()), **more}))


def named(lab: WebLab, slug: str, zone: str, **entry: Any) -> Site:
    return lab.site(slug, domain=f"{slug}.{zone}", **entry)


def everywhere(site: Site) -> list[dict[Key, RecordSet]]:
    """What each server of the zone says of the site's names."""
    asked = [site.domain, *site.website.records]
    return [server.everything(asked) for server in nameservers.authoritative(*site.zone)]


def said(site: Site) -> dict[str, tuple[str, ...]]:
    """The same by name and type, when all servers agree."""
    (first, *others) = (
        {f"{key.name} {key.type}": held.values for key, held in each.items()} for each in everywhere(site)
    )
    assert all(other == first for other in others)
    return first


def settle(site: Site) -> None:
    """Nobody but a change of ours waits for the secondary."""
    assert nameservers.settled(nameservers.authoritative(*site.zone), nameservers.primary(*site.zone).serial()) == []


def carried_out(site: Site, remove: bool = False) -> tuple[str, ...]:
    plan = domain.plan(site, remove)
    assert plan.hash == domain.plan(site, remove).hash
    outcome = domain.apply(plan, site, allowed)
    assert outcome.status == "applied", outcome.detail
    assert domain.apply(plan, site, allowed).status == "unchanged"
    return plan.changes


def test_names_are_added_changed_and_removed_and_every_server_says_so(web_lab: WebLab, zone: str) -> None:
    own = f"urusan.{zone}"
    more = {f"www.{own}": {"CNAME": [own]}, own: {"CAA": [CAA], "TXT": ['milik "dinas"; ya']}}
    site = named(web_lab, "urusan", zone, records=more)
    assert f"tambah {own}. 300 A {ADDRESS}" in carried_out(site)
    assert said(site) == {
        f"{own} A": (ADDRESS,),
        f"{own} CAA": (CAA,),
        f"{own} TXT": ('"milik \\"dinas\\"; ya"',),
        f"www.{own} CNAME": (f"{own}.",),
    }
    site = named(web_lab, "urusan", zone, records={f"www.{own}": {"A": ["192.0.2.7"]}, own: {"CAA": [CAA], "TXT": []}})
    lines = carried_out(site)
    assert {line.split()[0] for line in lines} == {"hapus", "tambah"}
    assert len(lines) == 3, lines
    assert said(site) == {f"{own} A": (ADDRESS,), f"{own} CAA": (CAA,), f"www.{own} A": ("192.0.2.7",)}
    assert len(carried_out(site, remove=True)) == 3
    assert said(site) == {}


def test_a_zone_that_changed_since_the_plan_is_left_as_it_is(web_lab: WebLab, zone: str) -> None:
    site = named(web_lab, "balapan", zone)
    approved, place = domain.plan(site), Key(site.domain, "A")
    other, none = {place: RecordSet(60, ("192.0.2.9",))}, {place: RecordSet(60, ())}
    editor = zones.editor(site.inventory, zone)
    editor.put(other)
    with pytest.raises(ChangedSincePlan):
        domain.apply(approved, site, allowed)
    with pytest.raises(ChangedSincePlan):
        editor.change(none, {place: RecordSet(60, (ADDRESS,))})
    settle(site)
    assert said(site) == {f"{site.domain} A": ("192.0.2.9",)}
    editor.put(none)


def test_a_copy_of_the_zone_holds_all_of_it(web_lab: WebLab, zone: str) -> None:
    site = named(web_lab, "salinan", zone)
    carried_out(site)
    copy = zones.editor(site.inventory, zone).export()
    assert copy[Key(site.domain, "A")].values == (ADDRESS,)
    assert {Key(zone, "SOA"), Key(zone, "NS"), Key(f"ns1.{zone}", "A")} <= set(copy)
    result = names.check_zone(site.inventory, zone)
    assert (result.reason, [each.code for each in result.findings]) == (None, []), result
    editor = zones.editor(site.inventory, zone)
    editor.put({Key(f"lama.{zone}", "CNAME"): RecordSet(60, (f"tiada.{zone}.",))})
    assert [each.subject for each in names.check_zone(site.inventory, zone).findings] == [f"lama.{zone} CNAME"]
    editor.put({Key(f"lama.{zone}", "CNAME"): RecordSet(60, ())})


def test_a_wrong_key_changes_nothing(web_lab: WebLab, zone: str) -> None:
    site = named(web_lab, "salah-kunci", zone)
    secret = web_lab.folder / ("pdns.token" if zone == dns.POWERDNS_ZONE else "tsig.secret")
    right = secret.read_text()
    secret.write_text("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    try:
        outcome = domain.apply(domain.plan(site), site, allowed)
        with pytest.raises(TargetError) as refusal:
            zones.editor(site.inventory, zone).export()
    finally:
        secret.write_text(right)
    assert outcome.status == "failed"
    assert refusal.value.reason is Reason.LOGIN_REFUSED
    assert said(site) == {}


def test_what_is_not_a_sites_is_refused(web_lab: WebLab) -> None:
    with pytest.raises(SiteError, match="puncak zona"):
        domain.plan(web_lab.site("puncak", domain=dns.ZONE))
    with pytest.raises(SiteError, match=r"zones\.yaml"):
        domain.plan(web_lab.site("luar", domain="luar.example.org"))
    editor = zones.editor(web_lab.inventory, dns.ZONE)
    editor.put({Key("cabang.lab.test", "NS"): RecordSet(60, ("ns.cabang.lab.test.",))})
    with pytest.raises(TargetError, match="didelegasikan"):
        domain.plan(web_lab.site("cabang", domain="web.cabang.lab.test"))
    editor.put(
        {
            Key("cabang.lab.test", "NS"): RecordSet(60, ()),
            Key("surat.lab.test", "MX"): RecordSet(60, ("1 ns1.lab.test.",)),
        }
    )
    beside = {"www.surat.lab.test": {"CNAME": ["ns1.lab.test"]}}
    editor.put({Key("www.surat.lab.test", "TXT"): RecordSet(60, ('"ada"',))})
    with pytest.raises(SiteError, match="TXT"):
        domain.plan(web_lab.site("surat", records=beside))


def test_a_secondary_that_does_not_follow_brings_the_old_records_back(web_lab: WebLab) -> None:
    site, second = web_lab.site("tertinggal"), web_lab.name_server.second
    plan = domain.plan(site)

    def stop(step: str) -> None:
        if step.startswith("memperbarui"):
            second.stop()

    try:
        outcome = domain.apply(plan, site, allowed, stop, settle_s=1)
        with pytest.raises(TargetError, match="belum diubah"):
            domain.apply(plan, site, allowed, settle_s=1)
    finally:
        web_lab.name_server.second_again()
    assert outcome.status == "rolled_back"
    assert dns.SECOND in outcome.detail
    settle(site)
    assert said(site) == {}
