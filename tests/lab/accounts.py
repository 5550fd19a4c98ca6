"""Users and SSH servers of the lab's machines. Users live in the world's own /etc and vanish with it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from tests.lab.core import Namespace, Service, folder, require, run

SSHD = "/usr/sbin/sshd"


def user(name: str, groups: Sequence[str] = (), password: str = "") -> Path:
    """Make a user with a home in the lab's folder; returns the home. Without a password only keys can log in."""
    home = folder("homes") / name
    extra = ("-G", ",".join(groups)) if groups else ()
    # sshd without PAM refuses a locked account ("!"); "*" has no password but is not locked.
    run("useradd", "-m", "-d", str(home), "-s", "/bin/bash", "-p", "*", *extra, name)
    if password:
        run("chpasswd", stdin=f"{name}:{password}\n")
    return home


def new_password() -> str:
    return secrets.token_urlsafe(12)


def new_key(name: str, kind: str = "ed25519", bits: int | None = None) -> Path:
    """Make an SSH key pair keys/<name> and keys/<name>.pub once; returns the private key's path."""
    key = folder("keys", mode=0o700) / name
    if not key.exists():
        size = ("-b", str(bits)) if bits else ()
        run("ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", name, "-f", str(key))
    return key


def sshd(machine: Namespace, address: str, settings: str, host_key: Path | None = None, port: int = 22) -> Service:
    """Start OpenSSH in a machine at `address`:`port`, with `settings` (sshd_config) beside the lab's own."""
    require(SSHD)
    key = host_key or new_key(f"host-{machine.name}")
    config = folder("sshd") / f"{machine.name}-{port}.conf"
    own = f"Port {port}\nListenAddress {address}\nHostKey {key}\nPidFile none\nUsePAM no\nUseDNS no\n"
    config.write_text(f"{own}PermitRootLogin no\nPrintMotd no\nPrintLastLog no\nMaxStartups 100\n{settings}\n")
    server = machine.start(SSHD, "-D", "-e", "-f", str(config), log=f"{machine.name}-sshd-{port}")
    server.wait_for(lambda: "Server listening" in server.last_words(), f"sshd of {machine.name}")
    return server


def host_key_line(address: str, key: Path, port: int = 22) -> str:
    """The known_hosts line (sshd(8)) of a server's key."""
    name = address if port == 22 else f"[{address}]:{port}"
    kind, blob = key.with_suffix(".pub").read_text().split()[:2]
    return f"{name} {kind} {blob}\n"
