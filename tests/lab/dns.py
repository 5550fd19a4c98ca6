"""Name servers: BIND as the primary that takes signed updates, Knot as its secondary and a primary itself, PowerDNS."""

from __future__ import annotations

import base64
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.lab.core import Namespace, Service, folder, manage, require, run

ADDRESS = "10.99.0.53"
SECOND = "10.99.0.54"
POWERDNS = "10.99.0.55"
ZONE = "lab.test"
KNOT_ZONE = "knot.test"
"""Knot is its primary."""
POWERDNS_ZONE = "pdns.test"
API = f"http://{POWERDNS}:8081"
KEY_NAME = "pelihara"
NAMED, KNOTD, PDNS = "/usr/sbin/named", "/usr/sbin/knotd", "/usr/sbin/pdns_server"


@dataclass(frozen=True)
class NameServer:
    """BIND and its secondary; `secret` is the base64 of their TSIG key `KEY_NAME` (hmac-sha256)."""

    service: Service
    second: Service
    secret: str

    def second_again(self) -> None:
        """Start a secondary that was stopped; it asks its primary at once, not when its timer says so."""
        self.second.start()
        self.second.listening(SECOND, 53)
        run("knotc", "-c", self.second.argv[-1], "zone-refresh", ZONE)


@dataclass(frozen=True)
class PowerDns:
    service: Service
    token: str
    """X-API-Key"""


def start() -> NameServer:
    """BIND at `ADDRESS` as the primary of `ZONE`, Knot at `SECOND` as its secondary and the primary of `KNOT_ZONE`."""
    require(NAMED, KNOTD)
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    bind = _bind(secret)
    return NameServer(bind, _knot(secret), secret)


def _bind(secret: str) -> Service:
    machine = Namespace.create("dns")
    manage(machine, ADDRESS)
    home = folder("dns", owner="bind")
    (home / "db.zone").write_text(_zone(ZONE, ADDRESS, SECOND))
    config = home / "named.conf"
    config.write_text(_NAMED % {"home": home, "secret": secret, "address": ADDRESS, "zone": ZONE, "key": KEY_NAME})
    run("chown", "-R", "bind:bind", str(home))
    return machine.start(NAMED, "-f", "-u", "bind", "-c", str(config)).listening(ADDRESS, 53)


def _knot(secret: str) -> Service:
    machine = Namespace.create("dns2")
    manage(machine, SECOND)
    home = folder("dns2")
    (home / f"{KNOT_ZONE}.zone").write_text(_zone(KNOT_ZONE, SECOND))
    config = home / "knot.conf"
    values = {"home": home, "secret": secret, "address": SECOND, "primary": ADDRESS, "key": KEY_NAME}
    config.write_text(_KNOT % {**values, "zone": ZONE, "own": KNOT_ZONE})
    return machine.start(KNOTD, "-c", str(config)).listening(SECOND, 53)


def start_powerdns() -> PowerDns:
    """PowerDNS with SQLite at `POWERDNS`, the primary of `POWERDNS_ZONE`, its HTTP API at `API`."""
    require(PDNS, "pdnsutil")
    machine, token = Namespace.create("dns3"), secrets.token_hex(16)
    manage(machine, POWERDNS)
    home = folder("dns3")
    (home / "pdns.conf").write_text(_PDNS % {"home": home, "address": POWERDNS, "token": token})
    schema = Path("/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql")
    with closing(sqlite3.connect(home / "pdns.db")) as database:
        database.executescript(schema.read_text())
    (home / "zone").write_text(_zone(POWERDNS_ZONE, POWERDNS))
    util = ("pdnsutil", f"--config-dir={home}")
    run(*util, "load-zone", POWERDNS_ZONE, str(home / "zone"))
    run(*util, "set-meta", POWERDNS_ZONE, "SOA-EDIT-API", "INCREASE")
    service = machine.start(PDNS, f"--config-dir={home}", "--daemon=no", "--guardian=no", "--socket-dir=" + str(home))
    return PowerDns(service.listening(POWERDNS, 53).listening(POWERDNS, 8081), token)


def _zone(name: str, *servers: str) -> str:
    lines = [f"$TTL 60\n$ORIGIN {name}.\n@ IN SOA ns1.{name}. hostmaster.{name}. 1 300 60 3600 60"]
    lines += [f"@ IN NS ns{no}.{name}.\nns{no} IN A {address}" for no, address in enumerate(servers, 1)]
    return "\n".join([*lines, ""])


_NAMED = """
key "%(key)s" { algorithm hmac-sha256; secret "%(secret)s"; };
options {
    directory "%(home)s"; pid-file none; session-keyfile "%(home)s/session.key";
    listen-on { %(address)s; }; listen-on-v6 { none; };
    recursion no; dnssec-validation no; allow-transfer { key %(key)s; };
    notify-delay 0; notify-rate 1000; startup-notify-rate 1000;
};
controls { };
zone "%(zone)s" { type primary; file "db.zone"; update-policy { grant %(key)s zonesub ANY; }; };
"""

_KNOT = """
server:
    rundir: %(home)s
    listen: %(address)s@53
log:
  - target: stderr
    any: info
database:
    storage: %(home)s
    journal-db-max-size: 50M
    kasp-db-max-size: 20M
    timer-db-max-size: 20M
key:
  - id: %(key)s
    algorithm: hmac-sha256
    secret: %(secret)s
remote:
  - id: primary
    address: %(primary)s@53
    key: %(key)s
acl:
  - id: notified
    address: %(primary)s
    action: notify
  - id: holder
    key: %(key)s
    action: [transfer, update]
zone:
  - domain: %(zone)s
    storage: %(home)s
    master: primary
    acl: [notified, holder]
  - domain: %(own)s
    storage: %(home)s
    zonefile-load: whole
    acl: holder
"""

_PDNS = """
launch=gsqlite3
gsqlite3-database=%(home)s/pdns.db
local-address=%(address)s
webserver=yes
webserver-address=%(address)s
webserver-allow-from=10.99.0.0/24
api=yes
api-key=%(token)s
setuid=
setgid=
"""
