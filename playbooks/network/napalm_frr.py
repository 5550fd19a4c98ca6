"""NAPALM driver for FRRouting: vtysh over SSH, JSON getters, configuration by difference.

Stands alone (netmiko with strict host keys, see `optional_args`) or sits on a netmiko connection that is open already.
napalm.readthedocs.io/en/latest/base.html says what each method returns.
"""

from __future__ import annotations

import json
import re
import statistics
import time
from pathlib import Path
from typing import Any

from napalm.base import NetworkDriver
from napalm.base.exceptions import (
    CommandErrorException,
    ConnectionException,
    MergeConfigException,
    ReplaceConfigException,
)
from napalm.base.helpers import mac as normalised_mac
from netmiko import ConnectHandler
from netmiko.exceptions import NetmikoBaseException
from paramiko import SSHException

from playbooks.network.platforms import frr
from playbooks.network.platforms.frr_diff import NotConfiguration, commands
from playbooks.network.redaction import redact

HEADINGS = re.compile(r"\A\s*(?:Building configuration\.\.\.\s*)?(?:Current configuration:\s*)?(?:!\n)?")


class FRRDriver(NetworkDriver):  # type: ignore[misc]
    """`optional_args`: port, key_file, connection (an open netmiko connection), known_hosts (path)."""

    platform = "frr"

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: dict[str, Any] | None = None,
    ) -> None:
        options = dict(optional_args or {})
        self.hostname, self.username, self.timeout = hostname, username, timeout
        self.device = options.pop("connection", None)
        self._borrowed = self.device is not None
        self._password, self._options = password, options
        self._candidate: str | None = None
        self._replaces = False
        self._before: str | None = None

    def open(self) -> None:
        if self._borrowed:
            return
        known_hosts, key_file = self._options.get("known_hosts", ""), self._options.get("key_file")
        try:
            self.device = ConnectHandler(
                device_type="cisco_ios",
                host=self.hostname,
                port=self._options.get("port", 22),
                username=self.username,
                password=self._password,
                key_file=key_file,
                use_keys=bool(key_file),
                ssh_strict=True,
                alt_host_keys=bool(known_hosts),
                alt_key_file=str(known_hosts),
                conn_timeout=self.timeout,
            )
        except (NetmikoBaseException, SSHException, OSError) as error:
            raise ConnectionException(type(error).__name__) from None

    def close(self) -> None:
        if not self._borrowed and self.device:
            self.device.disconnect()
        self.device = None

    def is_alive(self) -> dict[str, bool]:
        return {"is_alive": bool(self.device and self.device.is_alive())}

    def _ask(self, command: str) -> str:
        ask = getattr(self.device, "ask", None)
        return str(ask(command, 30) if ask else self.device.send_command(command, read_timeout=30))

    def _json(self, command: str) -> dict[str, Any]:
        output = self._ask(command)
        try:
            document = json.loads(output)
        except ValueError:
            raise CommandErrorException(f"{command}: {output.strip()[:200]}") from None
        return document if isinstance(document, dict) else {}

    def cli(self, commands: list[str], encoding: str = "text") -> dict[str, str | dict[str, Any]]:
        del encoding
        return {command: self._ask(command) for command in commands}

    def get_facts(self) -> dict[str, Any]:
        told = frr.version(self._ask("show version"))
        uptime = frr.uptime(self._ask("show ip route connected json"))["uptime_s"]
        return {
            "uptime": float(uptime),
            "vendor": "FRRouting",
            "os_version": told["version"],
            "serial_number": "",
            "model": "FRR",
            "hostname": told["hostname"],
            "fqdn": told["hostname"],
            "interface_list": sorted(self._json("show interface json")),
        }

    def get_interfaces(self) -> dict[str, dict[str, Any]]:
        return {name: _interface(told) for name, told in self._json("show interface json").items()}

    def get_interfaces_ip(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for name, told in self._json("show interface json").items():
            for own in told.get("ipAddresses", ()):
                address, _, length = own["address"].partition("/")
                family = found.setdefault(name, {}).setdefault("ipv6" if ":" in address else "ipv4", {})
                family[address] = {"prefix_length": int(length)}
        return found

    def get_bgp_neighbors(self) -> dict[str, dict[str, Any]]:
        families = self._json("show bgp summary json")
        known = next((told for told in families.values() if isinstance(told, dict)), {})
        peers: dict[str, Any] = {}
        for family, told in families.items():
            for address, peer in told.get("peers", {}).items() if isinstance(told, dict) else ():
                one = peers.setdefault(address, _peer(known.get("as", 0), peer))
                one["address_family"]["ipv6" if family.startswith("ipv6") else "ipv4"] = _prefixes(peer)
        return {"global": {"router_id": known.get("routerId", ""), "peers": peers}}

    def get_arp_table(self, vrf: str = "") -> list[dict[str, Any]]:
        del vrf
        rows = (line.split() for line in self._ask("show ip neigh").splitlines()[1:])
        return [
            {"interface": row[0], "ip": row[1], "mac": normalised_mac(row[2]), "age": -1.0}
            for row in rows
            if len(row) >= 3 and re.fullmatch(r"(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}", row[2])
        ]

    def get_config(
        self, retrieve: str = "all", full: bool = False, sanitized: bool = False, format: str = "text"
    ) -> dict[str, str]:
        del full, format
        running = self._running() if retrieve in ("all", "running") else ""
        if sanitized:
            running = redact("frr", running, lambda _: "<removed>")
        candidate = (self._candidate or "") if retrieve in ("all", "candidate") else ""
        # vtysh shows no startup configuration when it is integrated (frr.conf).
        return {"running": running, "candidate": candidate, "startup": ""}

    def _running(self) -> str:
        return HEADINGS.sub("", self._ask("show running-config")).rstrip("\n") + "\n"

    def ping(
        self,
        destination: str,
        source: str = "",
        ttl: int = 255,
        timeout: int = 2,
        size: int = 100,
        count: int = 5,
        vrf: str = "",
        source_interface: str = "",
    ) -> dict[str, Any]:
        """vtysh's ping never ends: it is watched for `count` x `timeout` seconds and cut off."""
        del source, ttl, size, vrf, source_interface
        if not re.fullmatch(r"[0-9A-Fa-f.:]+", destination):
            return {"error": f"not an address: {destination!r}"}
        output = _watch(self.device, f"ping {destination}", count, float(count * timeout))
        times = [float(found) for found in re.findall(r"time=([\d.]+)", output)][:count]
        return {"success": _ping_result(destination, times, count)}

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        self._candidate, self._replaces = _text(filename, config), False

    def load_replace_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        self._candidate, self._replaces = _text(filename, config), True

    def discard_config(self) -> None:
        self._candidate = None

    def compare_config(self) -> str:
        lines = self._lines(self._running(), self._candidate, self._replaces) if self._candidate is not None else ()
        return "\n".join(lines)

    def commit_config(self, message: str = "", revert_in: int | None = None) -> None:
        """Type the difference, then save. A refused line undoes it all: MergeConfig- or ReplaceConfigException."""
        del message
        if revert_in is not None:
            raise NotImplementedError("FRR has no commit confirm")
        if self._candidate is None:
            return
        self._before = self._running()
        try:
            self._type(self._lines(self._before, self._candidate, self._replaces))
        except (MergeConfigException, ReplaceConfigException):
            self._restore(self._before)
            raise
        self._ask("write memory")
        self._candidate = None

    def has_pending_commit(self) -> bool:
        return False

    def rollback(self) -> None:
        if self._before is None:
            raise ReplaceConfigException("nothing was committed in this session")
        self._restore(self._before)
        self._ask("write memory")

    def _restore(self, text: str) -> None:
        self._replaces = True
        self._type(self._lines(self._running(), text, True))

    def _lines(self, have: str, want: str | None, replaces: bool) -> tuple[str, ...]:
        try:
            return commands(have, want or "", replaces)
        except NotConfiguration as error:
            raise self._error(str(error)) from None

    def _type(self, lines: tuple[str, ...]) -> None:
        if not lines:
            return
        try:
            for line in ("configure terminal", *lines):
                answer = self.device.ask(line, 30) if hasattr(self.device, "ask") else self._type_plainly(line)
                if frr.PLATFORM.refuses(answer):
                    raise self._error(f"{line!r}: {answer.strip()[:200]}")
        finally:
            self._type_plainly("end") if not hasattr(self.device, "ask") else self.device.ask("end", 30)

    def _type_plainly(self, line: str) -> str:
        return str(self.device.send_command_timing(line, strip_prompt=True, strip_command=True))

    def _error(self, message: str) -> Exception:
        kind = ReplaceConfigException if self._replaces else MergeConfigException
        error: Exception = kind(message)
        return error


def _text(filename: str | None, config: str | None) -> str:
    if config is not None:
        return config
    if filename is None:
        raise ValueError("filename or config is needed")
    return Path(filename).read_text(encoding="utf-8")


def _interface(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "is_up": told.get("operationalStatus") == "up",
        "is_enabled": told.get("administrativeStatus") == "up",
        "description": told.get("description", ""),
        "last_flapped": -1.0,
        "speed": float(told.get("speed") or 0),
        "mtu": int(told.get("mtu") or 0),
        "mac_address": (told.get("hardwareAddress") or "").upper(),
    }


def _peer(local_as: int, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "local_as": int(told.get("localAs", local_as)),
        "remote_as": int(told["remoteAs"]),
        "remote_id": "",
        "is_up": told["state"] == "Established",
        "is_enabled": "admin" not in told["state"].lower(),
        "description": told.get("desc", ""),
        "uptime": int(told.get("peerUptimeMsec", 0) / 1000) if told["state"] == "Established" else -1,
        "address_family": {},
    }


def _prefixes(told: dict[str, Any]) -> dict[str, int]:
    received = int(told.get("pfxRcd", 0))
    return {
        "received_prefixes": received,
        "accepted_prefixes": received,
        "sent_prefixes": int(told.get("pfxSnt", 0)),
    }


def _watch(connection: Any, command: str, replies: int, seconds: float) -> str:
    """Output of an endless command on a channel of its own, until it gave `replies` lines or time is up."""
    channel = connection.remote_conn.get_transport().open_session(timeout=10)
    end, output = time.monotonic() + seconds, b""
    with channel:
        channel.exec_command(command)
        while output.count(b"time=") < replies and (left := end - time.monotonic()) > 0:
            channel.settimeout(left)
            try:
                chunk = channel.recv(65536)
            except TimeoutError:
                break
            if not chunk:
                break
            output += chunk
    return output.decode("utf-8", "replace")


def _ping_result(destination: str, times: list[float], count: int) -> dict[str, Any]:
    return {
        "probes_sent": count,
        "packet_loss": count - len(times),
        "rtt_min": min(times, default=0.0),
        "rtt_max": max(times, default=0.0),
        "rtt_avg": statistics.fmean(times) if times else 0.0,
        "rtt_stddev": statistics.pstdev(times) if times else 0.0,
        "results": [{"ip_address": destination, "rtt": rtt} for rtt in times],
    }
