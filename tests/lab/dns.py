"""BIND with a zone that takes signed updates (RFC 2136, TSIG)."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass

from tests.lab.core import Namespace, Service, folder, manage, require, run

ADDRESS = "10.99.0.53"
ZONE = "lab.test"
KEY_NAME = "pelihara"
NAMED = "/usr/sbin/named"


@dataclass(frozen=True)
class NameServer:
    """A running BIND; `secret` is the base64 of its TSIG key `KEY_NAME` (hmac-sha256)."""

    service: Service
    secret: str


def start() -> NameServer:
    """BIND at `ADDRESS` as the primary of `ZONE`."""
    require(NAMED)
    machine = Namespace.create("dns")
    manage(machine, ADDRESS)
    home, secret = folder("dns", owner="bind"), base64.b64encode(secrets.token_bytes(32)).decode()
    (home / "db.zone").write_text(_ZONE)
    config = home / "named.conf"
    config.write_text(_CONFIG % {"home": home, "secret": secret, "address": ADDRESS, "zone": ZONE, "key": KEY_NAME})
    run("chown", "-R", "bind:bind", str(home))
    service = machine.start(NAMED, "-f", "-u", "bind", "-c", str(config))
    return NameServer(service.listening(ADDRESS, 53), secret)


_ZONE = f"""$TTL 60
@ IN SOA ns1.{ZONE}. hostmaster.{ZONE}. 1 300 60 3600 60
@ IN NS ns1.{ZONE}.
ns1 IN A {ADDRESS}
"""

_CONFIG = """
key "%(key)s" { algorithm hmac-sha256; secret "%(secret)s"; };
options {
    directory "%(home)s"; pid-file none; session-keyfile "%(home)s/session.key";
    listen-on { %(address)s; }; listen-on-v6 { none; };
    recursion no; dnssec-validation no; allow-transfer { key %(key)s; };
};
controls { };
zone "%(zone)s" { type primary; file "db.zone"; update-policy { grant %(key)s zonesub ANY; }; };
"""
