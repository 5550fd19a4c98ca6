"""What the demo's office has: an inventory of its own, secrets by reference, letters and a release of a website."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import typst

from flows.demo.routers import USERNAME, Routers
from flows.demo.webhost import TSIG_NAME, ZONE, WebHost
from inventory.load import load_inventory
from inventory.models import Device, Host, Inventory
from inventory.settings import CHECKOUT
from playbooks.network.enrol import fetch_host_keys, record

SITE = "disdik-web"
DOMAIN = f"disdik.{ZONE}"
NETWORK_OPD, WEBSITE_OPD = "dinkes", "disdik"
_FROM_EXAMPLE = ("office.yaml", "opd.yaml", "officials.yaml")
_MAIL = "mail: {{host: 127.0.0.1, port: {port}, sender: pelihara@example.go.id}}\n"
_LETTER = Path(__file__).with_name("letter.typ")
_PAGE = """\
<!doctype html>
<html lang="id">
<meta charset="utf-8">
<title>Dinas Pendidikan Kabupaten Contoh</title>
<h1>Dinas Pendidikan Kabupaten Contoh</h1>
<p>Halaman ini dipasang oleh demo Pelihara.</p>
</html>
"""


def write(folder: Path, password: Path, routers: Routers, host: WebHost, mail_port: int) -> Inventory:
    """Write the inventory into `folder` and load it. JSON is YAML, so values need no quoting of ours."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FROM_EXAMPLE:
        (folder / name).write_text((CHECKOUT / "inventory" / name).read_text(encoding="utf-8"), encoding="utf-8")
    with (folder / "office.yaml").open("a", encoding="utf-8") as office:
        office.write(_MAIL.format(port=mail_port))
    release = _release(folder / "disdik-web.tar.gz", {"index.html": _PAGE, "robots.txt": "User-agent: *\nAllow: /\n"})
    tables = {
        "devices": _devices(routers),
        "hosts": {"web-1": _host(host)},
        "websites": {SITE: _website(release)},
        "zones": {ZONE: {"server": "127.0.0.1", "port": host.dns_port, "credentials": "dns-key"}},
        "credentials": {
            "opd-router": {"username": USERNAME, "password": f"file:{password}"},
            "deploy": {"username": host.user, "key": f"file:{host.key}"},
            "dns-key": {"name": TSIG_NAME, "secret": f"file:{host.tsig_secret}"},
        },
    }
    for name, entries in tables.items():
        (folder / f"{name}.yaml").write_text(json.dumps(entries, indent=2) + "\n", encoding="utf-8")
    return load_inventory(folder)


def _devices(routers: Routers) -> dict[str, dict[str, object]]:
    common = {"opd": NETWORK_OPD, "address": "127.0.0.1", "credentials": "opd-router"}
    frr = {
        "platform": "frr",
        "uplinks": ["eth0"],
        "expect": {"neighbors": ["10.255.0.1"], "interfaces": {"eth0": "up", "eth1": "up", "eth2": "up"}},
    }
    mikrotik = {
        "platform": "mikrotik_routeros",
        "uplinks": ["ether1"],
        "expect": {"interfaces": {"ether1": "up", "ether2": "up"}},
    }
    kinds = {"dinkes-r1": frr, "dinkes-r2": mikrotik, "dinkes-r3": frr}
    return {name: {**common, **kinds[name], "port": port} for name, port in routers.ports.items()}


def _host(host: WebHost) -> dict[str, object]:
    top = host.folder
    paths = {"sites": "srv", "nginx": "nginx/sites", "php_fpm": "php", "backups": "backups", "challenges": "acme"}
    return {
        "address": "127.0.0.1",
        "port": host.ssh_port,
        "http_port": host.http_port,
        "credentials": "deploy",
        "paths": {key: str(top / path) for key, path in paths.items()},
        "commands": {"sudo": False, "nginx_test": host.nginx_test, "nginx_reload": host.nginx_reload},
    }


def _website(release: Path) -> dict[str, object]:
    digest = hashlib.sha256(release.read_bytes()).hexdigest()
    return {
        "opd": WEBSITE_OPD,
        "domain": DOMAIN,
        "host": "web-1",
        "kind": "static",
        "source": {"archive": release.name, "sha256": digest},
        "health": {"path": "/", "expect": "Dinas Pendidikan"},
        "tls": {"issuer": "none"},
    }


def _release(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text.encode()), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


def enrol(inventory: Inventory, known_hosts: Path) -> None:
    """Record the host keys of all parts: they were made a moment ago, by ourselves."""
    places: dict[str, Device | Host] = {**inventory.devices, **inventory.hosts}
    for target in places.values():
        record(known_hosts, target.address, target.port, fetch_host_keys(target.address, target.port))


def letter(agency: str, about: str) -> bytes:
    """An agency's letter of request as a one-page PDF."""
    pdf: bytes = typst.compile(str(_LETTER), sys_inputs={"agency": agency, "about": about})
    return pdf
