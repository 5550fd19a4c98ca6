"""A web host as Debian makes it: sshd, nginx or Apache, php-fpm, MariaDB; BIND and pebble beside it, and an inventory.

The host is prepared as playbooks/hosting/README.md asks of an administrator: a login user without root, who may write
the folders of configuration, test and reload the two services through sudo, and log in to MariaDB by unix_socket.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from inventory.load import load_inventory
from inventory.models import Inventory
from playbooks.hosting.site import Site
from tests.lab import acme, dns
from tests.lab.accounts import host_key_line, new_key, sshd, user
from tests.lab.core import LabMissing, Namespace, Service, folder, manage, require, run, until

ADDRESS = "10.99.0.40"
APACHE = "10.99.0.41"
LOGIN = "deploy"
SSHD_SETTINGS = f"PasswordAuthentication no\nAllowUsers {LOGIN}\nSubsystem sftp internal-sftp"
SOCKET = "/run/mysqld/mysqld.sock"
FPM = "/usr/sbin/php-fpm8.2"
FPM_PID = "/run/php/php8.2-fpm.pid"
PACKAGES = Path("/var/lib/pelihara-lab-packages")
WRAPPER = Path("/etc/pelihara-paket")
"""The lab's /usr is the machine's own."""
WORDPRESS = Path("/usr/share/wordpress")
BROWSERS = (".js", ".css", ".map", ".png", ".gif", ".jpg", ".svg", ".woff", ".woff2", ".ttf", ".eot", ".swf", ".xap")
RELOADS = {
    "nginx_reload": "/usr/sbin/nginx -s reload",
    "apache_reload": "/usr/sbin/apachectl graceful",
    "php_fpm_reload": f"/usr/bin/pkill -USR2 -F {FPM_PID}",
}
"""The lab has no systemd."""


@dataclass
class WebLab:
    """The running host and what an installation needs to know about it."""

    machine: Namespace
    services: dict[str, Service]
    name_server: dns.NameServer
    authority: acme.Authority
    folder: Path
    """Inventory folder; `rewrite` changes its websites."""
    known_hosts: Path
    key: Path
    websites: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def inventory(self) -> Inventory:
        return load_inventory(self.folder)

    def site(self, slug: str, **entry: Any) -> Site:
        """A website of the inventory, written there first when it is new or has an `entry` (websites.yaml)."""
        if entry or slug not in self.websites:
            defaults = {"opd": "dinkes", "domain": f"{slug}.{dns.ZONE}", "host": "web-1", "kind": "static"}
            self.websites[slug] = {**defaults, **entry}
            _write(self.folder / "websites.yaml", self.websites)
        return Site.of(self.inventory, slug, self.known_hosts, self.folder.parent / "acme-account.pem")

    def archive(self, name: str, files: Mapping[str, str]) -> dict[str, str]:
        """Pack a release into the inventory folder; returns its `source` entry."""
        return source(self.folder, name, pack(files))

    def wordpress_version(self) -> str:
        """What Debian's package says of itself."""
        return run("dpkg-query", "-W", "-f", "${Version}", "wordpress").stdout.partition("+")[0]

    def wordpress(self) -> dict[str, str]:
        """The `source` entry of Debian's WordPress, packed as its authors do."""
        return source(self.folder, "wordpress.tar.gz", wordpress())

    def light_wordpress(self, files: Mapping[str, str] | None = None) -> dict[str, str]:
        """The same without what only browsers load, and with `files` of its own: quicker to pack and to unpack."""
        data = wordpress(json.dumps(dict(files or {})))
        return source(self.folder, f"wordpress-{hashlib.sha256(data).hexdigest()[:12]}.tar.gz", data)

    def sql(self, statement: str) -> str:
        """Run as the database's root."""
        return run("mariadb", f"--socket={SOCKET}", "-N", "-B", "-e", statement).stdout.strip()


@pytest.fixture(scope="session")
def web_lab(tmp_path_factory: pytest.TempPathFactory) -> WebLab:
    """The web host with its name server and certificate authority, started once a session."""
    return start(tmp_path_factory.mktemp("web"))


def start(home: Path) -> WebLab:
    """Start all and wait until it answers. `home` gets the inventory folder and known_hosts."""
    require("nginx", FPM, "mariadbd", "mariadb-install-db", "sudo")
    if not WORDPRESS.is_dir():
        raise LabMissing("not installed: wordpress (`make setup` installs the lab's Debian packages)")
    machine = Namespace.create("web")
    manage(machine, ADDRESS)
    key = new_key(LOGIN)
    _prepare(key)
    names, services = dns.start(), _services(machine)
    authority, known_hosts = acme.start(), home / "known_hosts"
    known_hosts.write_text(host_key_line(ADDRESS, new_key("host-web")))
    lab = WebLab(machine, services, names, authority, home / "inventory", known_hosts, key)
    _write_inventory(lab)
    return lab


def _prepare(key: Path) -> None:
    ssh = user(LOGIN, groups=["www-data"]) / ".ssh"
    ssh.mkdir(mode=0o700)
    shutil.copy(key.with_suffix(".pub"), ssh / "authorized_keys")
    run("chown", "-R", f"{LOGIN}:", str(ssh))
    for path, mode in (("/srv/pelihara", "755"), ("/srv/pelihara/acme", "755"), ("/var/backups/pelihara", "700")):
        run("install", "-d", "-o", LOGIN, "-m", mode, path)
    for path in ("/etc/nginx/conf.d", "/etc/apache2/sites-enabled", "/etc/php/8.2/fpm/pool.d"):
        run("chgrp", LOGIN, path)
        run("chmod", "2775", path)
    tests = ["/usr/sbin/nginx -t", "/usr/sbin/apachectl configtest", f"{FPM} -t"]
    commands = [
        *tests,
        *RELOADS.values(),
        str(WRAPPER),
        *(f"/usr/bin/crontab -u www-data {each}" for each in ("-l", "-")),
    ]
    sudoers = Path("/etc/sudoers.d/pelihara")
    sudoers.write_text(f"{LOGIN} ALL=(root) NOPASSWD: {', '.join(commands)}\n")
    sudoers.chmod(0o440)
    wrapper = Path(__file__).resolve().parents[2] / "playbooks/hosting/templates/pelihara-paket.sh"
    run("install", "-o", "root", "-m", "755", str(wrapper), str(WRAPPER))
    quiet_packages()
    with Path("/etc/hosts").open("a") as hosts:
        hosts.write("127.0.1.1 web\n")


def quiet_packages() -> None:
    """The host's only source of packages is a folder of its own, empty until a test puts something there.

    A look at all that Debian has takes apt a second or two of processor time.
    """
    require("apt-get")
    run("install", "-d", str(PACKAGES), "/var/lib/apt/lab/partial")
    (PACKAGES / "Packages").touch()
    Path("/etc/apt/lab.list").write_text(f"deb [trusted=yes] file:{PACKAGES} ./\n")
    settings = {"Etc::sourcelist": "/etc/apt/lab.list", "Etc::sourceparts": "-", "State::lists": "/var/lib/apt/lab"}
    lines = [f'Dir::{name} "{value}";\n' for name, value in settings.items()]
    Path("/etc/apt/apt.conf.d/99lab").write_text("".join(lines))


def _services(machine: Namespace) -> dict[str, Service]:
    for path, owner in (("/run/php", "www-data"), ("/run/mysqld", "mysql")):
        run("install", "-d", "-o", owner, path)
    return {
        "sshd": sshd(machine, ADDRESS, SSHD_SETTINGS),
        "mariadb": _mariadb(machine),
        "php-fpm": _php_fpm(machine),
        "nginx": machine.start("/usr/sbin/nginx", "-g", "daemon off;").listening(ADDRESS, 80),
    }


@pytest.fixture(scope="session")
def apache(web_lab: WebLab) -> Service:
    """A second host, `web-2`, with Apache. It shares the first one's folders, PHP and database server."""
    require("/usr/sbin/apache2", "/usr/sbin/apachectl", "/usr/sbin/a2enmod")
    machine = Namespace.create("apache")
    manage(machine, APACHE)
    run("a2dismod", "-q", "-f", "php8.2", "mpm_prefork")
    run("a2enmod", "-q", "mpm_event", "proxy_fcgi", "rewrite", "headers", "ssl")
    with web_lab.known_hosts.open("a") as known:
        known.write(host_key_line(APACHE, new_key("host-apache")))
    sshd(machine, APACHE, SSHD_SETTINGS)
    return machine.start("/usr/sbin/apachectl", "-D", "FOREGROUND").listening(APACHE, 80)


def _mariadb(machine: Namespace) -> Service:
    data = folder("mariadb", owner="mysql")
    run(
        "mariadb-install-db",
        "--user=mysql",
        f"--datadir={data}",
        "--skip-test-db",
        "--auth-root-authentication-method=socket",
    )
    service = machine.start(
        *("mariadbd", "--no-defaults", "--user=mysql", f"--datadir={data}", f"--socket={SOCKET}", "--skip-networking"),
        *("--innodb-buffer-pool-size=32M", "--performance-schema=OFF", "--innodb-flush-log-at-trx-commit=0"),
    )
    service.wait_for(lambda: run("mariadb", f"--socket={SOCKET}", "-e", "select 1", check=False).returncode == 0)
    account = f"create user {LOGIN}@localhost identified via unix_socket"
    grant = f"grant all on *.* to {LOGIN}@localhost with grant option"
    run("mariadb", f"--socket={SOCKET}", "-e", f"{account}; {grant}")
    return service


def _php_fpm(machine: Namespace) -> Service:
    pool = Path("/etc/php/8.2/fpm/php-fpm.conf")
    pool.write_text(
        f"[global]\npid = {FPM_PID}\nprocess_control_timeout = 10s\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n"
    )
    service = machine.start(FPM, "--nodaemonize")
    until(Path("/run/php/php8.2-fpm.sock").exists, "php-fpm's own socket")
    return service


def _write(path: Path, entries: object) -> None:
    """JSON is YAML."""
    path.write_text(json.dumps(entries, indent=1))


def _write_inventory(lab: WebLab) -> None:
    example = Path(__file__).resolve().parents[2] / "inventory"
    lab.folder.mkdir()
    for name in ("office.yaml", "opd.yaml", "officials.yaml"):
        shutil.copy(example / name, lab.folder)
    for name, path in (("ca.pem", lab.authority.ca), ("root.pem", lab.authority.root)):
        shutil.copy(path, lab.folder / name)
    secret = lab.folder / "tsig.secret"
    secret.write_text(lab.name_server.secret)
    secret.chmod(0o600)
    _write(lab.folder / "devices.yaml", {})
    host = {"credentials": "deploy", "commands": {**RELOADS, "packages": str(WRAPPER)}}
    hosts = {"web-1": {"address": ADDRESS, **host}, "web-2": {"address": APACHE, "webserver": "apache", **host}}
    _write(lab.folder / "hosts.yaml", hosts)
    _write(lab.folder / "websites.yaml", {})
    zones = {dns.ZONE: dns.ADDRESS, dns.KNOT_ZONE: dns.SECOND}
    _write(lab.folder / "zones.yaml", {name: {"server": at, "credentials": "dns-key"} for name, at in zones.items()})
    _write(
        lab.folder / "acme.yaml",
        {"directory": acme.DIRECTORY, "contact": "tik@lab.test", "ca": "ca.pem", "root": "root.pem"},
    )
    _write(
        lab.folder / "credentials.yaml",
        {
            "deploy": {"username": LOGIN, "key": f"file:{lab.key}"},
            "dns-key": {"name": dns.KEY_NAME, "secret": f"file:{secret}"},
        },
    )


def source(folder: Path, name: str, data: bytes) -> dict[str, str]:
    """Keep an archive in an inventory folder; returns the `source` entry that names it."""
    (folder / name).write_bytes(data)
    return {"archive": name, "sha256": hashlib.sha256(data).hexdigest()}


def pack(files: Mapping[str, str]) -> bytes:
    """A tar.gz of text files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            _add(archive, name, text)
    return packed.getvalue()


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(text.encode())
    archive.addfile(entry, io.BytesIO(text.encode()))


@functools.cache
def wordpress(light: str = "") -> bytes:
    """Debian's WordPress with its links followed, under one top folder, without Debian's wp-config.php.

    `light`: without what only browsers load, and with these files of its own (JSON).
    """

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        left_out = entry.name.endswith("/wp-config.php") or (light and entry.name.endswith(BROWSERS))
        return None if left_out else entry

    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1, dereference=True) as archive:
        archive.add(WORDPRESS, "wordpress", filter=plain)
        for name, text in json.loads(light or "{}").items():
            _add(archive, f"wordpress/{name}", text)
    return packed.getvalue()
