"""Three hundred websites looked at in one run on a real web host, twenty of which hang."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from flows.jobs import websites
from flows.office import Office
from inventory.load import load_inventory
from inventory.settings import Settings
from tests.lab import dns, hanging
from tests.lab.core import run
from tests.lab.hanging import DRIPPING, DRIPPING_TLS, SILENT
from tests.lab.web import ADDRESS, WebLab

pytestmark = pytest.mark.lab

SITES, HANGING = 300, 20
SITE_S, RUN_S = 30.0, 150.0
FLAT_MB = 40
"""What 300 sites may take more than 20 did, of a process of some 200 MB."""
NONE: dict[str, Any] = {"tls": {"issuer": "none"}}
TLS: dict[str, Any] = {"tls": {"issuer": "acme"}}
WAYS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "diam": ({"http_port": SILENT}, NONE),
    "menetes": ({"http_port": DRIPPING}, NONE),
    "tls-diam": ({"https_port": SILENT}, TLS),
    "tls-menetes": ({"https_port": DRIPPING_TLS}, TLS),
    "ssh-diam": ({"port": SILENT, "http_port": DRIPPING}, NONE),
    "dns-diam": ({}, NONE),
}
"""How a site hangs: what is different about its host, and its own entry; the last stands on the good host."""
HANG = [f"10.99.0.{71 + no}" for no in range(len(WAYS) - 1)]
"""More addresses of the same machine, on which only what hangs answers, and nginx."""


@pytest.fixture(scope="module")
def many(web_lab: WebLab, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """280 names that nginx answers for, and 20 that hang in each of the `WAYS`."""
    home = tmp_path_factory.mktemp("many")
    folder = home / "inventory"
    shutil.copytree(web_lab.folder, folder)
    hosts = json.loads((folder / "hosts.yaml").read_text())
    names = [f"situs-{no}" for no in range(SITES - HANGING)]
    sites = {name: site(name, "web-1", f"{name}.{dns.ZONE}", NONE) for name in names}
    for no in range(HANGING):
        way = [*WAYS][no % len(WAYS)]
        if way == "dns-diam":
            sites[f"{way}-{no}"] = site(f"{way}-{no}", "web-1", f"{way}-{no}.hang.test", NONE)
            continue
        hosts[way] = {**hosts["web-1"], "address": HANG[no % len(WAYS)], **WAYS[way][0]}
        sites[f"{way}-{no}"] = site(f"{way}-{no}", way, f"{way}-{no}.{dns.ZONE}", WAYS[way][1])
    zones = json.loads((folder / "zones.yaml").read_text())
    zones["hang.test"] = {**zones[dns.ZONE], "server": ADDRESS, "port": SILENT}
    for name, entries in (("hosts", hosts), ("websites", sites), ("zones", zones)):
        (folder / f"{name}.yaml").write_text(json.dumps(entries))
    serve(web_lab, sites)
    settings = Settings(home=home / "home", inventory=folder)
    settings.make_home()
    shutil.copy(web_lab.known_hosts, settings.known_hosts)
    return Office(settings, load_inventory(folder))


def site(name: str, host: str, domain: str, entry: dict[str, Any]) -> dict[str, Any]:
    health = {"path": "/", "expect": f"Situs {name}"}
    return {"opd": "dinkes", "domain": domain, "host": host, "kind": "static", "health": health, **entry}


def serve(lab: WebLab, sites: dict[str, dict[str, Any]]) -> None:
    """A server block and a name for each site, and the host's ports that hang."""
    security = "".join(
        f"add_header {name} x; " for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")
    )
    blocks = [
        f"server {{ listen 80; server_name {each['domain']}; {security}"
        f"location / {{ default_type text/html; return 200 '<h1>{each['health']['expect']}</h1>'; }} }}\n"
        for each in sites.values()
    ]
    Path("/etc/nginx/conf.d/many.conf").write_text("server_names_hash_max_size 4096;\n" + "".join(blocks))
    lab.machine.run("/usr/sbin/nginx", "-s", "reload")
    added = [f"update add {each['domain']}. 60 A {ADDRESS}" for each in sites.values() if "hang." not in each["domain"]]
    key = f"hmac-sha256:{dns.KEY_NAME}:{lab.name_server.secret}"
    run("nsupdate", "-y", key, stdin="\n".join([f"server {dns.ADDRESS}", f"zone {dns.ZONE}", *added, "send", ""]))
    for address in HANG:
        lab.machine.ip("address", "add", f"{address}/24", "dev", "mgmt0")
    lab.machine.start(sys.executable, hanging.__file__, log="hanging").listening(ADDRESS, SILENT)


def resident_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def test_hanging_sites_hold_up_no_other_and_the_run_ends_in_time(many: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websites, "DEADLINE_S", SITE_S)
    names = [*many.inventory.websites]
    websites.check_websites(many, names[:HANGING])
    before, began = resident_mb(), time.monotonic()
    results = websites.check_websites(many, names, run_s=RUN_S)
    took, grown = time.monotonic() - began, resident_mb() - before
    print(
        f"\n{len(results)} websites, {HANGING} of them hanging: {took:.1f} s, memory {before:.0f} MB + {grown:.1f} MB"
    )
    assert [each.name for each in results] == names
    good = [each for each in results if each.name.startswith("situs-")]
    assert Counter(each.reason for each in good) == Counter({None: SITES - HANGING})
    assert {found.code for each in good for found in each.findings} == {"backup.stale"}
    assert took < RUN_S
    assert grown < FLAT_MB
    bad = {each.name: each for each in results if each not in good}
    assert len(bad) == HANGING
    for name, each in bad.items():
        assert each.reason or each.detail or "http.down" in {found.code for found in each.findings}, name
        assert each.seconds < SITE_S + 15, name


def test_a_run_that_is_out_of_time_names_what_it_did_not_read(many: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websites, "DEADLINE_S", SITE_S)
    hang = [name for name in many.inventory.websites if name.startswith(("diam", "menetes"))]
    began = time.monotonic()
    results = websites.check_websites(many, [*hang, "situs-1"], run_s=3)
    assert time.monotonic() - began < SITE_S
    assert {each.name: str(each.reason) for each in results} == {**dict.fromkeys(hang, "timeout"), "situs-1": "None"}
