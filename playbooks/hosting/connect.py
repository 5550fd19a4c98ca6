"""One way to a web host: SSH as an unprivileged user, its host key known beforehand, every command an argument list."""

from __future__ import annotations

import io
import logging
import shlex
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import paramiko
from fabric import Config, Connection
from invoke.exceptions import CommandTimedOut, ThreadException

from inventory.causes import cause
from inventory.credentials import CredentialError, Login, login
from inventory.models import Host, Inventory
from inventory.problems import not_opened
from playbooks.findings import Reason, TargetError

CONNECT_S = 10
COMMAND_S = 120
KEEPALIVE_S = 15
# paramiko's word for a command whose channel closed before an exit status came.
NO_EXIT_STATUS = -1
LOCK_S = 60
WINDOW = 1 << 18
_FOLDERS = """
group=$1; shift
while [ $# -gt 0 ]; do install -d -m "$1" ${group:+-g "$group"} "$2"; shift 2; done
"""
# SHA-1 signatures and key exchange: a web server of today needs none of them.
LEGACY = {
    "keys": ["ssh-rsa", "ssh-dss"],
    "pubkeys": ["ssh-rsa", "ssh-dss"],
    "kex": ["diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"],
}


# What paramiko logs as an error, traceback and all, it also raises.
logging.getLogger("paramiko.transport").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class HostAccess:
    """How to log in to one host of the inventory."""

    name: str
    host: Host
    login: Login
    known_hosts: Path


class CommandFailed(TargetError):
    """A command on the host ended with another exit code than expected."""

    def __init__(self, target: str, argv: tuple[str, ...], code: int, stderr: str) -> None:
        # The text of a script is ours, and long: its arguments and what it said tell which it was.
        said = shlex.join(word for word in argv if "\n" not in word)[:200]
        super().__init__(target, Reason.ERROR, f"{said} -> {code}: {stderr.strip()[-400:]}")
        self.code, self.stderr = code, stderr


class UnknownHostKey(paramiko.SSHException):
    """The host's key is not in known_hosts."""


class _Strict(paramiko.RejectPolicy):
    def missing_host_key(self, _client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> NoReturn:
        raise UnknownHostKey(f"{hostname} {key.get_name()} {key.fingerprint}")


def access(inventory: Inventory, host: str, known_hosts: Path) -> HostAccess:
    """Access to a host by its slug. KeyError when the inventory has none; TargetError when its login is unusable."""
    entry = inventory.hosts[host]
    try:
        return HostAccess(host, entry, login(inventory, entry.credentials), known_hosts)
    except CredentialError as error:
        # Nobody refused anything: the login could not even be tried.
        raise TargetError(host, Reason.ERROR, str(error)) from None


class Shell:
    """Commands and files on one host. Arguments are quoted: none is ever read as shell syntax."""

    def __init__(self, access: HostAccess, connection: Connection, timeout_s: float = COMMAND_S) -> None:
        self.access, self.name, self.host = access, access.name, access.host
        self.connection, self.timeout_s = connection, timeout_s

    def within(self, timeout_s: float) -> Shell:
        """The same shell, whose commands may take `timeout_s` unless they say otherwise."""
        return Shell(self.access, self.connection, timeout_s)

    def run(self, *argv: str, timeout_s: float | None = None) -> str:
        """Standard output of a command. Raises CommandFailed on a non-zero exit, TargetError when the host is lost."""
        limit = timeout_s or self.timeout_s
        begun = time.monotonic()
        with _as_target_error(self.name):
            done = self.connection.run(
                shlex.join(argv), hide=True, warn=True, in_stream=False, encoding="utf-8", timeout=limit
            )
        # By the clock: invoke's own word for a timeout depends on which of its threads ends first.
        if done.exited == NO_EXIT_STATUS and time.monotonic() - begun >= limit:
            raise TargetError(self.name, Reason.TIMEOUT, "perintah tidak selesai pada waktunya")
        if done.exited == NO_EXIT_STATUS and not self.connection.transport.is_active():
            raise TargetError(self.name, Reason.UNREACHABLE, "sambungan terputus di tengah perintah")
        if done.exited != 0:
            raise CommandFailed(self.name, argv, done.exited, done.stderr)
        return str(done.stdout)

    def script(self, script: str, *arguments: str, lock: str = "", timeout_s: float | None = None) -> str:
        """Run a constant POSIX sh script; the arguments are $1, $2, ... and never part of its text.

        A script outlives a killed worker. With `lock`, a path on the host, the next one waits for it to end, or fails.
        """
        alone = ("flock", "--wait", str(LOCK_S), lock) if lock else ()
        return self.run(*alone, "sh", "-euc", script, "sh", *arguments, timeout_s=timeout_s)

    def once(self, script: str, *arguments: str) -> str:
        """As `script`; where many sites of a host are read together, the host is asked by the first of them only."""
        return self.script(script, *arguments)

    def holds(self, *argv: str) -> bool:
        """Whether a command succeeds."""
        try:
            self.run(*argv)
        except CommandFailed:
            return False
        return True

    def privileged(self, command: str) -> str:
        """Run one of the inventory's `commands` of this host, with `sudo -n` where the host needs it."""
        sudo = ("sudo", "-n") if self.host.commands.sudo else ()
        return self.run(*sudo, *shlex.split(command))

    def put(self, data: bytes | Path, path: str) -> None:
        """Upload to a path, in place; write to a name that nothing reads yet."""
        with _as_target_error(self.name):
            self.connection.put(io.BytesIO(data) if isinstance(data, bytes) else str(data), path)

    def upload(self, chunks: Iterable[bytes], path: str) -> None:
        """Upload what comes piece by piece, in the memory of one; as `put`."""
        with _as_target_error(self.name), self.connection.sftp().open(path, "wb") as file:
            file.set_pipelined(True)
            for chunk in chunks:
                file.write(chunk)

    def download(self, path: str) -> Iterator[bytes]:
        """Content of a file piece by piece, no faster than it is taken. Raises as `run`."""
        with _as_target_error(self.name), closing(self.connection.create_session()) as channel:
            # SFTP would ask for the next pieces whether or not somebody takes them.
            channel.settimeout(self.timeout_s)
            channel.exec_command(shlex.join(("cat", "--", path)))
            while chunk := channel.recv(WINDOW):
                yield chunk
            if (code := channel.recv_exit_status()) == NO_EXIT_STATUS:
                raise TargetError(self.name, Reason.UNREACHABLE, "sambungan terputus di tengah perintah")
            if code != 0:
                raise CommandFailed(self.name, ("cat", path), code, "")

    def write(self, path: str, text: str, mode: str = "0640") -> None:
        """Put a text file at `path` in one step: readers see the old content or the new, never a part."""
        self.put(text.encode(), f"{path}.new")
        self.script('chmod "$2" "$1.new"; mv -T "$1.new" "$1"', path, mode)

    def read(self, path: str, limit: int = 1_000_000) -> str:
        """Content of a text file, at most `limit` bytes; empty when there is none."""
        return self.script('[ ! -e "$1" ] || head -c "$2" "$1"', path, str(limit))

    def folders(self, modes: Mapping[str, str], group: str) -> None:
        """Make folders with their modes, in order, that belong to `group`, if any, and hand it on."""
        self.script(_FOLDERS, group, *(word for path, mode in modes.items() for word in (mode, path)))


@contextmanager
def open_host(access: HostAccess) -> Iterator[Shell]:
    """A shell on the host. Raises TargetError with the reason when it cannot be had; never asks, never learns a key."""
    connection = _connection(access)
    try:
        with _as_target_error(access.name):
            connection.open()
            connection.transport.set_keepalive(KEEPALIVE_S)
        yield Shell(access, connection)
    finally:
        connection.close()


def _connection(access: HostAccess) -> Connection:
    key = access.login.key_path
    connection = Connection(
        access.host.address,
        user=access.login.username,
        port=access.host.port,
        config=Config(lazy=True, overrides={"load_ssh_configs": False}),
        connect_timeout=CONNECT_S,
        connect_kwargs={
            "allow_agent": False,
            "look_for_keys": False,
            "banner_timeout": CONNECT_S,
            "auth_timeout": CONNECT_S,
            "disabled_algorithms": LEGACY,
            **({"key_filename": str(key)} if key else {"password": access.login.password}),
        },
    )
    if access.known_hosts.exists():
        connection.client.load_host_keys(str(access.known_hosts))
    connection.client.set_missing_host_key_policy(_Strict())
    return connection


# The order matters: the first match wins, and all of paramiko's are SSHException.
_REASONS: tuple[tuple[type[BaseException], Reason], ...] = (
    (UnknownHostKey, Reason.HOST_KEY_UNKNOWN),
    (paramiko.BadHostKeyException, Reason.HOST_KEY_CHANGED),
    (paramiko.AuthenticationException, Reason.LOGIN_REFUSED),
    (paramiko.ssh_exception.IncompatiblePeer, Reason.LEGACY_SSH_REFUSED),
    (CommandTimedOut, Reason.TIMEOUT),
    (TimeoutError, Reason.TIMEOUT),
    (paramiko.SSHException, Reason.ERROR),
    (PermissionError, Reason.ERROR),
    (FileNotFoundError, Reason.ERROR),
    (ThreadException, Reason.UNREACHABLE),
    (OSError, Reason.UNREACHABLE),
    (EOFError, Reason.UNREACHABLE),
)


@contextmanager
def _as_target_error(name: str) -> Iterator[None]:
    try:
        yield
    except tuple(kind for kind, _ in _REASONS) as error:
        reason = next(reason for kind, reason in _REASONS if isinstance(error, kind))
        raise TargetError(name, reason, _detail(name, error)) from None


def _detail(name: str, error: BaseException) -> str:
    """What the reason alone does not say (Indonesian); only what no vocabulary has is quoted as it came."""
    match error:
        case UnknownHostKey():
            return f"{error}; jalankan `pelihara inventory enrol {name}`"
        case paramiko.BadHostKeyException():
            return f"yang ditunjukkan sekarang {error.key.get_name()} {error.key.fingerprint}"
        case paramiko.AuthenticationException() | paramiko.ssh_exception.IncompatiblePeer():
            return ""
        case paramiko.SSHException():
            return f"sambungan SSH gagal: {' '.join(str(error).split())[:300]}"
        case CommandTimedOut():
            return "perintah tidak selesai pada waktunya"
        case ThreadException():
            return "sambungan terputus di tengah perintah"
        case FileNotFoundError() | PermissionError():
            return f"{error.filename}: {cause(error)}" if error.filename else not_opened(error)
        case _:
            return cause(error)
