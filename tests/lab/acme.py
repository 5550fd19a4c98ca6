"""pebble, an ACME server (RFC 8555) that really asks for the http-01 challenge."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.lab import dns
from tests.lab.core import Namespace, Service, folder, manage, require, run

ADDRESS = "10.99.0.14"
DIRECTORY = f"https://{ADDRESS}:14000/dir"
LIFE_S = 90 * 24 * 3600


@dataclass(frozen=True)
class Authority:
    """A running pebble; `ca` (PEM) signs its own HTTPS, `root` (PEM) the certificates it issues."""

    service: Service
    ca: Path
    root: Path


def start() -> Authority:
    """pebble at `DIRECTORY`, resolving names at the lab's own name server."""
    require("pebble", "openssl")
    machine = Namespace.create("ca")
    manage(machine, ADDRESS)
    home = folder("ca")
    key, certificate = _own_https(home)
    config = home / "pebble.json"
    config.write_text(
        json.dumps(
            {
                "pebble": {
                    "listenAddress": f"{ADDRESS}:14000",
                    "managementListenAddress": f"{ADDRESS}:15000",
                    "certificate": str(certificate),
                    "privateKey": str(key),
                    "httpPort": 80,
                    "tlsPort": 443,
                    "certificateValidityPeriod": LIFE_S,
                    "externalAccountBindingRequired": False,
                }
            }
        )
    )
    # A name that was proven before would now and then count as proven still, and its challenge not be asked for.
    tuned = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}
    environment = {**tuned, "PATH": "/usr/bin:/usr/sbin:/bin"}
    service = machine.start(
        "pebble", "-config", str(config), "-dnsserver", f"{dns.ADDRESS}:53", environment=environment
    ).listening(ADDRESS, 14000)
    root = home / "root.pem"
    root.write_text(_fetch(f"https://{ADDRESS}:15000/roots/0", certificate))
    return Authority(service, certificate, root)


def _own_https(home: Path) -> tuple[Path, Path]:
    key, certificate = home / "https.key", home / "https.pem"
    names = f"subjectAltName=IP:{ADDRESS}"
    run(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"),
        *("-subj", "/CN=lab", "-addext", names, "-keyout", str(key), "-out", str(certificate)),
    )
    return key, certificate


def _fetch(url: str, ca: Path) -> str:
    answer = requests.get(url, verify=str(ca), timeout=60)
    answer.raise_for_status()
    return answer.text
