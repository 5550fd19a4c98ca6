"""Meeting a device for the first time: its host keys are shown to a person, then recorded. Used for web hosts too."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import paramiko

from inventory.causes import cause
from playbooks.findings import Reason, TargetError
from playbooks.network.endpoints import host_name

KEY_TYPES = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")

NOT_SSH = "yang menjawab bukan server SSH, atau memutus sambungan"


@dataclass(frozen=True)
class HostKey:
    """A server's public key. `fingerprint` is OpenSSH's form, `line` what goes into a known_hosts file."""

    type: str
    fingerprint: str
    line: str


def fetch_host_keys(address: str, port: int = 22, timeout_s: float = 10) -> list[HostKey]:
    """Every type of host key that the server offers, best first; nothing is trusted or recorded.

    Raises TargetError: UNREACHABLE, TIMEOUT, or ERROR when what answers does not speak SSH.
    """
    keys = [key for kind in KEY_TYPES if (key := _fetch(address, port, kind, timeout_s))]
    if not keys:
        raise TargetError(host_name(address, port), Reason.ERROR, "server tidak menunjukkan kunci host")
    return keys


def _fetch(address: str, port: int, kind: str, timeout_s: float) -> HostKey | None:
    connection = _connect(address, port, timeout_s)
    others = [other for other in KEY_TYPES if other != kind]
    if kind != "ssh-rsa":
        others += ["rsa-sha2-512", "rsa-sha2-256"]
    transport = paramiko.Transport(connection, disabled_algorithms={"keys": [*others, "ssh-dss"]})
    transport.banner_timeout = timeout_s
    try:
        transport.start_client(timeout=timeout_s)
        return host_key(address, port, transport.get_remote_server_key())
    except paramiko.ssh_exception.IncompatiblePeer:
        return None
    except TimeoutError:
        raise TargetError(host_name(address, port), Reason.TIMEOUT, "tidak ada jawaban SSH") from None
    except (paramiko.SSHException, EOFError):
        raise TargetError(host_name(address, port), Reason.ERROR, NOT_SSH) from None
    except OSError as error:
        raise TargetError(host_name(address, port), Reason.ERROR, f"{NOT_SSH}: {cause(error)}") from None
    finally:
        transport.close()


def _connect(address: str, port: int, timeout_s: float) -> socket.socket:
    try:
        return socket.create_connection((address, port), timeout_s)
    except TimeoutError:
        raise TargetError(host_name(address, port), Reason.TIMEOUT, "tidak ada jawaban") from None
    except OSError as error:
        raise TargetError(host_name(address, port), Reason.UNREACHABLE, cause(error)) from None


def host_key(address: str, port: int, key: paramiko.PKey) -> HostKey:
    """The HostKey of a key that a server showed."""
    blob = key.asbytes()
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    line = f"{host_name(address, port)} {key.get_name()} {base64.b64encode(blob).decode()}"
    return HostKey(key.get_name(), f"SHA256:{digest}", line)


def record(known_hosts: Path, address: str, port: int, keys: Iterable[HostKey]) -> None:
    """Make `keys` the only recorded ones of this server. The file is replaced whole: never half written."""
    name = host_name(address, port)
    kept = [line for line in _lines(known_hosts) if line.split(" ", 1)[0] != name]
    known_hosts.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=known_hosts.parent, delete=False) as fresh:
        fresh.writelines(f"{line}\n" for line in (*kept, *(key.line for key in keys)))
        fresh.flush()
        os.fsync(fresh.fileno())
    Path(fresh.name).replace(known_hosts)


def recorded(known_hosts: Path, address: str, port: int) -> list[str]:
    """Key types recorded for this server."""
    name = host_name(address, port)
    return [line.split(" ")[1] for line in _lines(known_hosts) if line.split(" ", 1)[0] == name]


def _lines(known_hosts: Path) -> list[str]:
    if not known_hosts.exists():
        return []
    return [line for line in known_hosts.read_text(encoding="utf-8").splitlines() if line.strip()]
