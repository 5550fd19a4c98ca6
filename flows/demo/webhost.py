"""The demo's web host on the loopback: the real sshd, nginx and BIND where they are installed, doubles where not.

Everything runs as the user who started the demo, on high ports, inside the demo's folder.
"""

from __future__ import annotations

import base64
import getpass
import os
import secrets
import shlex
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from flows.demo import doubles
from flows.demo.parts import LOOPBACK, Loop, Part, PartFailed, Processes, free_port, program

ZONE = "example.go.id"
TSIG_NAME = "pelihara-demo"


@dataclass(frozen=True)
class WebHost:
    """Where the host's services answer, and what they are."""

    folder: Path
    user: str
    ssh_port: int
    http_port: int
    dns_port: int
    key: Path
    """Private key that may log in."""
    tsig_secret: Path
    nginx_test: str
    nginx_reload: str
    parts: tuple[Part, ...]


def start(folder: Path, processes: Processes, loop: Loop) -> WebHost:
    """Start the host's three services in `folder`. Raises PartFailed when an installed one does not start."""
    for name in ("ssh", "nginx/sites", "nginx/temp", "dns", "srv", "backups", "acme"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    key = new_key(folder / "ssh" / "login")
    ssh_port, ssh = _ssh(folder / "ssh", key, processes, loop)
    http_port, web, commands = _nginx(folder / "nginx", processes, loop)
    secret = _new_secret(folder / "dns" / "tsig")
    dns_port, dns = _dns(folder / "dns", secret, processes, loop)
    test, reload = commands
    return WebHost(folder, getpass.getuser(), ssh_port, http_port, dns_port, key, secret, test, reload, (ssh, web, dns))


def new_key(path: Path) -> Path:
    """A fresh ed25519 key, its public half beside it."""
    pair = asyncssh.generate_private_key("ssh-ed25519")
    pair.write_private_key(str(path))
    pair.write_public_key(f"{path}.pub")
    path.chmod(0o600)
    return path


def _new_secret(path: Path) -> Path:
    path.touch(mode=0o600)
    path.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    return path


# --- SSH

_SSHD = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/login.pub
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowUsers {user}
Subsystem sftp internal-sftp
"""


def _ssh(folder: Path, key: Path, processes: Processes, loop: Loop) -> tuple[int, Part]:
    new_key(folder / "host")
    if sshd := program("sshd"):
        try:
            return _real_ssh(sshd, folder, key, processes, loop), Part("SSH server web", True, "OpenSSH sshd")
        except PartFailed:  # a locked account or a user without a shell: the double needs neither
            pass
    port = loop.run(doubles.shell_server(loop, folder / "host", folder / "login.pub"))
    return port, Part("SSH server web", False, "pengganti (asyncssh) karena sshd tidak terpasang atau menolak berjalan")


def _real_ssh(sshd: str, folder: Path, key: Path, processes: Processes, loop: Loop) -> int:
    port = free_port()
    config = folder / "sshd_config"
    config.write_text(_SSHD.format(port=port, folder=folder, user=getpass.getuser()))
    processes.start("sshd", sshd, "-D", "-e", "-f", str(config), port=port)
    if not loop.run(_logs_in(port, key)):
        raise PartFailed("sshd menolak pengguna ini")
    return port


async def _logs_in(port: int, key: Path) -> bool:
    try:
        async with asyncssh.connect(
            LOOPBACK, port, username=getpass.getuser(), client_keys=[str(key)], known_hosts=None, config=None
        ) as connection:
            done = await connection.run("exit 0", timeout=5)
            return done.exit_status == 0
    except (OSError, asyncssh.Error):
        return False


# --- nginx

_NGINX = """\
{user}pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
daemon off;
events {{ worker_connections 64; }}
http {{
    types {{
        text/html html; text/css css; application/javascript js; image/svg+xml svg; image/png png; image/jpeg jpg;
    }}
    default_type application/octet-stream;
    access_log {folder}/access.log;
    client_body_temp_path {folder}/temp/body;
    proxy_temp_path {folder}/temp/proxy;
    fastcgi_temp_path {folder}/temp/fastcgi;
    uwsgi_temp_path {folder}/temp/uwsgi;
    scgi_temp_path {folder}/temp/scgi;
    server_names_hash_bucket_size 128;
    server {{ listen {port} default_server; server_name _; return 404; }}
    include {folder}/sites/*.conf;
}}
"""


def _nginx(folder: Path, processes: Processes, loop: Loop) -> tuple[int, Part, tuple[str, str]]:
    port = free_port()
    nginx = program("nginx")
    if not nginx:
        port = loop.run(doubles.web_server(loop, folder / "sites"))
        return port, Part("Server web", False, "pengganti (Python) karena nginx tidak terpasang"), ("true", "true")
    config = folder / "nginx.conf"
    user = f"user {getpass.getuser()};\n" if os.geteuid() == 0 else ""
    config.write_text(_NGINX.format(folder=folder, port=port, user=user))
    command = (nginx, "-q", "-c", str(config), "-e", str(folder / "error.log"))
    processes.start("nginx", *command, port=port)
    test, reload = shlex.join((*command, "-t")), shlex.join((*command, "-s", "reload"))
    return port, Part("Server web", True, "nginx"), (test, reload)


# --- DNS

_NAMED = """\
key "{name}" {{ algorithm hmac-sha256; secret "{secret}"; }};
options {{
    directory "{folder}";
    pid-file "{folder}/named.pid";
    session-keyfile "{folder}/session.key";
    listen-on port {port} {{ 127.0.0.1; }};
    listen-on-v6 {{ none; }};
    recursion no;
    dnssec-validation no;
    notify no;
}};
controls {{ }};
zone "{zone}" {{ type primary; file "zone.db"; update-policy {{ grant {name} zonesub ANY; }}; }};
"""

ZONE_FILE = """\
$TTL 60
@ IN SOA ns1 hostmaster 1 300 60 3600 60
@ IN NS ns1
ns1 IN A 127.0.0.1
"""


def _dns(folder: Path, secret: Path, processes: Processes, loop: Loop) -> tuple[int, Part]:
    named = program("named")
    if not named:
        port = loop.run(doubles.name_server(loop, ZONE, ZONE_FILE, {TSIG_NAME: secret.read_text()}))
        return port, Part("Server DNS", False, "pengganti (dnspython) karena BIND tidak terpasang")
    port = free_port()
    config = folder / "named.conf"
    config.touch(mode=0o600)
    values = {"name": TSIG_NAME, "secret": secret.read_text(), "folder": folder, "port": port, "zone": ZONE}
    config.write_text(_NAMED.format(**values))
    (folder / "zone.db").write_text(ZONE_FILE)
    processes.start("named", named, "-g", "-c", str(config), "-n", "1", port=port)
    return port, Part("Server DNS", True, "BIND named")
