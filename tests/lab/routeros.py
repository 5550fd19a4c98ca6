"""A facade that speaks RouterOS 7 over SSH and acts on a real namespace.

What it proves: that the program logs in, waits for prompts, reads `print` and `/export`, changes an interface, an
address or a route, and that the change truly happens in a network (the kernel's). What it does not prove: that MikroTik
prints exactly this text or knows exactly these commands; for that there are only recordings. Never say "tested on
RouterOS" because of it.

Ethernet ports, addresses, routes and neighbours are the kernel's; identity, comments, users, filters and schedules are
rows kept in a file, as RouterOS keeps everything at once. A schedule runs its `on-event` once, `interval` after it was
added, which is how a way back is armed here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import os
import re
import struct
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncssh

from tests.lab import accounts
from tests.lab.core import Namespace, Service, cable, folder, manage
from tests.lab.world import CHECKOUT

Row = dict[str, str]
ADDRESS = "10.99.0.31"
USER = "otomasi"
PASSWORD = "PELIHARA_LAB_ROUTEROS"
"""Environment variable of the facade's password."""
VERSION = "7.15.3"
VERBS = ("print", "add", "set", "remove", "enable", "disable", "export", "ping")
KERNEL = ("/interface", "/interface/ethernet", "/ip/address", "/ip/route", "/ip/arp", "/system/resource")
KEPT: dict[str, list[Row]] = {
    "/system/identity": [{"name": "OPD-CONTOH"}],
    "/system/routerboard": [{"routerboard": "yes", "model": "RB4011iGS+", "serial-number": "LAB0000001",
                             "current-firmware": VERSION, "upgrade-firmware": VERSION}],
    "/ip/dns": [{"servers": "10.99.0.1", "allow-remote-requests": "no"}],
    "/ip/firewall/filter": [], "/ip/firewall/nat": [], "/ip/dhcp-server/lease": [], "/ip/neighbor": [],
    "/system/scheduler": [], "/user": [{"name": USER, "group": "full"}], "/log": [],
}  # fmt: skip
TOKEN = re.compile(r'\[[^\]]*\]|[\w.-]+=(?:"(?:\\.|[^"\\])*"|\S*)|\S+')
COMMAND = re.compile(r'(?:"(?:\\.|[^"\\])*"|[^;"])+')
"""Commands of one line stand between semicolons (help.mikrotik.com, "Scripting")."""
PAIR = re.compile(r'([\w.-]+)=("(?:\\.|[^"\\])*"|[^\s\]]*)')


class Refused(Exception):
    """What RouterOS answers instead of doing."""


@dataclass
class Box:
    """The router's state: `ports` are the kernel's interfaces, `file` keeps the rest."""

    ports: tuple[str, ...]
    file: Path
    rows: dict[str, list[Row]] = field(default_factory=dict)
    comments: Row = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        kept: dict[str, Any] = (
            json.loads(self.file.read_text()) if self.file.exists() else {"rows": KEPT, "comments": {}}
        )
        self.rows, self.comments = kept["rows"], kept["comments"]
        self.disk.mkdir(exist_ok=True)

    def keep(self) -> None:
        self.file.write_text(json.dumps({"rows": self.rows, "comments": self.comments}))

    @property
    def identity(self) -> str:
        return self.rows["/system/identity"][0]["name"]

    def answer(self, line: str) -> str:
        """What the terminal prints for a command line."""
        try:
            return "".join(self._carry_out(part.strip()) for part in COMMAND.findall(line))
        except Refused as refusal:
            return f"{refusal}\r\n"

    @property
    def disk(self) -> Path:
        """What SFTP shows."""
        return self.file.with_suffix(".disk")

    def _backup(self, command: str) -> str:
        """The header that RouterOS writes, and the state where it has a format of its own."""
        given = {key: _plain(value) for key, value in PAIR.findall(command)}
        body = json.dumps({"rows": self.rows, "comments": self.comments}).encode()
        data = struct.pack("<II", 0x7391A8EF, len(body) + 72) + bytes(64) + body
        (self.disk / f"{given['name']}.backup").write_bytes(data)
        return "Saving system configuration\r\nConfiguration backup saved\r\n"

    def _remove_file(self, command: str) -> str:
        (self.disk / re.findall(r'name="([^"/]+)"', command)[0]).unlink(missing_ok=True)
        return ""

    def _carry_out(self, command: str) -> str:
        if command.startswith("/system backup save "):
            return self._backup(command)
        if command.startswith("/file remove "):
            return self._remove_file(command)
        if command.startswith(":put "):
            return _plain(command.removeprefix(":put ").strip()) + "\r\n"
        return self._obey(TOKEN.findall(command)) if command else ""

    def _obey(self, words: list[str]) -> str:
        place = next(
            (at for at, word in enumerate(words) if word.rpartition("/")[2] in (*VERBS, "export", "ping")), None
        )
        if place is None:
            raise Refused(f"bad command name {words[0].strip('/')} (line 1 column 1)")
        path, _, verb = "/".join(words[: place + 1]).replace("//", "/").rpartition("/")
        rest = words[place + 1 :]
        match verb:
            case "export":
                return self.export()
            case "ping":
                return ping(rest)
            case "print":
                return shown(self.table(_path(path)), rest)
        self._write(_path(path), verb, rest)
        self.keep()
        return ""

    def table(self, path: str) -> list[Row]:
        match path:
            case "/interface" | "/interface/ethernet":
                return [self._port(link) for link in _kernel("link") if link["ifname"] in self.ports]
            case "/ip/address":
                return _addresses(self.ports)
            case "/ip/route":
                return [_route(route) for route in _kernel("-4", "route")]
            case "/ip/arp":
                return [_neighbour(entry) for entry in _kernel("neigh") if entry.get("lladdr")]
            case "/system/resource":
                return [self._resource()]
        if path not in self.rows:
            raise Refused(f"bad command name {path.rpartition('/')[2]} (line 1 column 1)")
        return self.rows[path]

    def _port(self, link: dict[str, str]) -> Row:
        name, flags = link["ifname"], link["flags"]
        comment = {"comment": self.comments[name]} if name in self.comments else {}
        facts = {"default-name": name, "type": "ether", "mtu": str(link["mtu"]), "actual-mtu": str(link["mtu"])}
        states = {"running": _yes("LOWER_UP" in flags), "disabled": _yes("UP" not in flags)}
        return {"name": name, **facts, "mac-address": link["address"].upper(), **comment, **states}

    def _resource(self) -> Row:
        hours, rest = divmod(int(time.monotonic() - self.started), 3600)
        return {
            "uptime": (f"{hours}h" if hours else "") + f"{rest // 60}m{rest % 60}s",
            "version": f"{VERSION} (stable)", "free-memory": "812.0MiB", "total-memory": "1024.0MiB", "cpu": "ARM",
            "cpu-count": "4", "cpu-load": "3%", "free-hdd-space": "480.1MiB", "total-hdd-space": "512.0MiB",
            "architecture-name": "arm", "board-name": "RB4011iGS+", "platform": "MikroTik",
        }  # fmt: skip

    def _write(self, path: str, verb: str, rest: list[str]) -> None:
        values = {key: _plain(value) for word in rest if not word.startswith("[") for key, value in PAIR.findall(word)}
        rows = self.table(path)
        chosen = _chosen(rows, [word for word in rest if word.startswith("[") or "=" not in word])
        if verb in ("enable", "disable"):
            verb, values = "set", {"disabled": _yes(verb == "disable")}
        if verb != "add" and not chosen and (verb == "remove" or len(rows) != 1):
            raise Refused("no such item")
        if path in KERNEL:
            self._change_kernel(path, verb, chosen, values)
        else:
            _change_rows(rows, verb, chosen or rows, values)

    def _change_kernel(self, path: str, verb: str, chosen: list[Row], values: Row) -> None:
        match path, verb:
            case (("/interface" | "/interface/ethernet"), "set"):
                for port in chosen:
                    self._set_port(port["name"], values)
            case (("/ip/address" | "/ip/route"), "add"):
                _ip(*_object(path, values), verb="add", else_say="failure: cannot add")
            case (("/ip/address" | "/ip/route"), "remove"):
                for row in chosen:
                    _ip(*_object(path, row), verb="del", else_say="failure: cannot remove")
            case _:
                raise Refused("expected end of command (line 1 column 1)")

    def _set_port(self, name: str, values: Row) -> None:
        if "disabled" in values:
            _ip("link", "dev", name, "down" if values["disabled"] == "yes" else "up", verb="set", else_say="failure")
        if "mtu" in values:
            _ip("link", "dev", name, "mtu", values["mtu"], verb="set", else_say="value of mtu out of range")
        if "comment" in values:
            self.comments[name] = values["comment"]

    def export(self) -> str:
        head = f"# {datetime.now(UTC):%Y-%m-%d %H:%M:%S} by RouterOS {VERSION}\n# software id = LAB0-0001\n#\n"
        ports = [
            _port_line(port) for port in self.table("/interface") if "comment" in port or port["disabled"] == "yes"
        ]
        keys = ("address", "interface", "network")
        sections = {
            "/interface ethernet": ports,
            "/ip address": ["add " + _pairs(row, keys) for row in self.table("/ip/address")],
            "/ip dns": ["set " + _pairs(row, ("servers",)) for row in self.rows["/ip/dns"]],
            "/ip firewall filter": ["add " + _pairs(row, row) for row in self.rows["/ip/firewall/filter"]],
            "/ip firewall nat": ["add " + _pairs(row, row) for row in self.rows["/ip/firewall/nat"]],
            "/ip route": ["add disabled=no " + _pairs(row, ("dst-address", "gateway"))
                          for row in self.table("/ip/route") if row["static"] == "yes"],
            "/system identity": ["set " + _pairs(row, ("name",)) for row in self.rows["/system/identity"]],
            "/system scheduler": ["add " + _pairs(row, row) for row in self.rows["/system/scheduler"]],
        }  # fmt: skip
        body = "".join(
            f"{path}\n" + "".join(f"{line}\n" for line in lines) for path, lines in sections.items() if lines
        )
        return f"{head}# model = RB4011iGS+\n# serial number = LAB0000001\n{body}".replace("\n", "\r\n")

    async def run_schedules(self) -> None:
        """Run each schedule once, `interval` after it was first seen."""
        due: dict[str, float] = {}
        while True:
            await asyncio.sleep(0.2)
            schedules = {row["name"]: row for row in self.rows["/system/scheduler"]}
            due = {name: due.get(name, time.monotonic() + _seconds(row)) for name, row in schedules.items()}
            for name in [name for name, at in due.items() if at <= time.monotonic()]:
                self.rows["/system/scheduler"] = [row for row in self.rows["/system/scheduler"] if row["name"] != name]
                for command in schedules[name].get("on-event", "").split(";"):
                    await asyncio.to_thread(self.answer, command.strip())


def _path(words: str) -> str:
    return "/" + words.strip("/")


def _yes(truth: bool) -> str:
    return "yes" if truth else "no"


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _quoted(value: str) -> str:
    if value and re.fullmatch(r"[\w./:,+*-]+", value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _pairs(row: Row, keys: Iterable[str]) -> str:
    return " ".join(f"{key}={_quoted(row[key])}" for key in keys if key in row)


def _port_line(port: Row) -> str:
    changed = {"comment": port.get("comment"), "disabled": "yes" if port["disabled"] == "yes" else None}
    return f"set [ find default-name={port['name']} ] " + _pairs({k: v for k, v in changed.items() if v}, changed)


def _seconds(schedule: Row) -> float:
    """RouterOS writes intervals as 1m30s or as 00:01:30."""
    interval = schedule.get("interval", "0s")
    if ":" in interval:
        hours, minutes, seconds = (int(part) for part in interval.split(":"))
        return hours * 3600 + minutes * 60 + seconds
    units = {"h": 3600, "m": 60, "s": 1}
    return sum(int(count) * units[unit] for count, unit in re.findall(r"(\d+)([hms])", interval))


def _kernel(*what: str) -> list[dict[str, str]]:
    done = subprocess.run(["ip", "-j", *what], capture_output=True, text=True, check=True)
    rows: list[dict[str, str]] = json.loads(done.stdout or "[]")
    return rows


def _ip(kind: str, *rest: str, verb: str, else_say: str) -> None:
    if subprocess.run(["ip", kind, verb, *rest], capture_output=True, check=False).returncode != 0:
        raise Refused(else_say)


def _object(path: str, row: Row) -> tuple[str, ...]:
    """A row in the words of ip(8)."""
    if path == "/ip/address":
        return "addr", row.get("address", ""), "dev", row.get("interface", "")
    return "route", row.get("dst-address", "0.0.0.0/0"), "via", row.get("gateway", "")


def _addresses(ports: tuple[str, ...]) -> list[Row]:
    rows = []
    for link in json.loads(json.dumps(_kernel("-4", "addr"))):
        for held in link["addr_info"] if link["ifname"] in ports else ():
            address = ipaddress.ip_interface(f"{held['local']}/{held['prefixlen']}")
            network = str(address.network.network_address)
            rows.append({"address": str(address), "network": network, "interface": link["ifname"], "disabled": "no"})
    return rows


def _route(route: dict[str, str]) -> Row:
    target = "0.0.0.0/0" if route["dst"] == "default" else route["dst"]
    connected = route.get("protocol") == "kernel"
    fixed = {"gateway": route.get("gateway", route["dev"]), "distance": "0" if connected else "1"}
    return {"dst-address": target, **fixed, "active": "yes", "dynamic": _yes(connected), "static": _yes(not connected)}


def _neighbour(entry: dict[str, str]) -> Row:
    return {
        "address": entry["dst"],
        "mac-address": entry["lladdr"].upper(),
        "interface": entry["dev"],
        "complete": "yes",
    }


def _chosen(rows: list[Row], words: list[str]) -> list[Row]:
    """The rows meant by `[find key=value ...]`, a name or a number."""
    chosen: list[Row] = []
    for word in words:
        wanted = {key: _plain(value) for key, value in PAIR.findall(word)}
        if word.startswith("["):
            chosen += [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]
        else:
            chosen += [row for at, row in enumerate(rows) if word in (row.get("name"), str(at))]
    return chosen


def _change_rows(rows: list[Row], verb: str, chosen: list[Row], values: Row) -> None:
    match verb:
        case "add":
            rows.append(values)
        case "set":
            for row in chosen:
                row.update(values)
        case "remove":
            rows[:] = [row for row in rows if not any(row is gone for gone in chosen)]


def shown(rows: list[Row], how: list[str]) -> str:
    """`print` as RouterOS lays it out: one value a line for a single thing, numbered rows for a table."""
    if "count-only" in how:
        return f"{len(rows)}\r\n"
    if len(rows) == 1 and not {"terse", "detail"} & set(how) and not ("address" in rows[0] or "type" in rows[0]):
        return "".join(f"{key:>24}: {value}\r\n" for key, value in rows[0].items())
    return "".join(f"{at:>2} {_flags(row)} {_pairs(row, _columns(row))}\r\n" for at, row in enumerate(rows))


def _columns(row: Row) -> list[str]:
    return [key for key in row if key not in ("disabled", "running", "active", "dynamic", "static")]


def _flags(row: Row) -> str:
    letters = {"disabled": "X", "dynamic": "D", "active": "A", "running": "R", "static": "s"}
    return "".join(letter for key, letter in letters.items() if row.get(key) == "yes").ljust(3)


def ping(words: list[str]) -> str:
    """`/ping ADDRESS count=N` through the kernel."""
    values = dict(PAIR.findall(" ".join(words)))
    target = next((word for word in words if "=" not in word), values.get("address", ""))
    count = min(int(values.get("count", "4")), 20)
    argv = ["ping", "-n", "-c", str(count), "-i", "0.2", "-W", "1", target]
    replies = dict(re.findall(r"icmp_seq=(\d+) ttl=(\d+)", subprocess.run(argv, capture_output=True, text=True).stdout))
    lines = [
        f"{at:>5} {target:<40} {'56' if str(at + 1) in replies else '':>4} {replies.get(str(at + 1), ''):>3} "
        + ("300us" if str(at + 1) in replies else f"{'':<10} timeout")
        for at in range(count)
    ]
    lost = 100 * (count - len(replies)) // count
    head = "  SEQ HOST                                     SIZE TTL TIME       STATUS"
    tail = f"    sent={count} received={len(replies)} packet-loss={lost}%"
    return "\r\n".join([head, *lines, tail, ""])


class Door(asyncssh.SSHServer):
    """Passwords only; what follows `+` in a user name are console options (MikroTik documentation, "Console login")."""

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return username.partition("+")[0] == USER and password == os.environ[PASSWORD]


async def console(box: Box, process: asyncssh.SSHServerProcess[str]) -> None:
    """A session: RouterOS echoes what is typed, then paints prompt and command once more."""
    if process.command:
        process.stdout.write(await asyncio.to_thread(box.answer, process.command))
        process.exit(0)
        return
    process.stdout.write(f"\r\n  MikroTik RouterOS {VERSION}\r\n\r\n{_prompt(box)}")
    typed = ""
    try:
        while text := await process.stdin.read(4096):
            for letter in text.replace("\n", ""):
                if letter != "\r":
                    typed += letter
                    process.stdout.write(letter)
                    continue
                if typed.strip().strip("/") == "quit":
                    return
                await _carry_out(box, process, typed)
                typed = ""
    except (asyncssh.BreakReceived, asyncssh.TerminalSizeChanged, asyncssh.ConnectionLost):
        pass
    finally:
        process.exit(0)


async def _carry_out(box: Box, process: asyncssh.SSHServerProcess[str], typed: str) -> None:
    process.stdout.write(f"\r{_prompt(box)}{typed}\r\n" if typed else "\r\n")
    if typed.strip():
        process.stdout.write(await asyncio.to_thread(box.answer, typed))
    process.stdout.write(f"\r\n{_prompt(box)}")


def _prompt(box: Box) -> str:
    return f"[{USER}@{box.identity}] > "


async def serve(box: Box, address: str, host_key: str) -> None:
    async def session(process: asyncssh.SSHServerProcess[str]) -> None:
        await console(box, process)

    await asyncssh.create_server(
        Door, address, 22, server_host_keys=[host_key], process_factory=session, line_editor=False, encoding="utf-8",
        sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=bytes(box.disk)),
    )  # fmt: skip
    await box.run_schedules()


@dataclass
class RouterOs:
    """The running facade: `machine` with ether1 (management) and ether2 to the PC `pc` (10.8.0.10)."""

    machine: Namespace
    pc: Namespace
    service: Service
    password: str = field(repr=False)
    host_key: Path = field(repr=False)
    address: str = ADDRESS
    name: str = "mt1"

    def reboot(self) -> None:
        """Uptime begins anew; what is set stays, as on RouterOS."""
        self.service.restart()
        self.service.listening(self.address, 22)

    def heal(self) -> None:
        """Port, address and route as at the start."""
        self.machine.ip("link", "set", "ether2", "mtu", "1500", "up")
        self.machine.ip("addr", "replace", "10.8.0.1/24", "dev", "ether2")
        self.machine.ip("route", "replace", "default", "via", "10.8.0.10")


def start() -> RouterOs:
    """Build the namespace and start the facade in it (about 1 s)."""
    machine, pc = Namespace.create("mt1", forwarding=True), Namespace.create("hmt")
    manage(machine, ADDRESS, interface="ether1")
    cable(machine, "ether2", pc, "eth0")
    pc.ip("addr", "add", "10.8.0.10/24", "dev", "eth0")
    password, host_key = accounts.new_password(), accounts.new_key("host-mt1", "rsa", 2048)
    argv = [sys.executable, "-m", "tests.lab.routeros", ADDRESS, str(host_key), str(folder("routers") / "mt1.json")]
    environment = {**os.environ, PASSWORD: password, "PYTHONPATH": str(CHECKOUT)}
    service = machine.start(*argv, environment=environment, log="mt1").listening(ADDRESS, 22)
    box = RouterOs(machine, pc, service, password, host_key)
    box.heal()
    return box


if __name__ == "__main__":
    asyncio.run(serve(Box(("ether1", "ether2"), Path(sys.argv[3])), sys.argv[1], sys.argv[2]))
