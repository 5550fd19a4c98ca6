"""A double of an FRR router behind vtysh. It keeps a running and a saved configuration and derives its state from it.

The shapes of its answers are those of FRR 8.4.4, taken from a real one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

_HEADS = re.compile(r"(interface \S+|router (ospf|bgp \d+)|line vty)$")
_TOP = re.compile(r"(ip route \S+ \S+|hostname \S+|log .+|service .+)$")
_INTERFACE = re.compile(
    r"(description .+|shutdown|ip address \S+|ip ospf (area \S+|passive|(hello|dead)-interval \d+"
    r"|network \S+|mtu-ignore|cost \d+))$"
)
_OSPF = re.compile(r"(ospf router-id \S+|passive-interface \S+|network \S+ area \S+|log-adjacency-changes)$")
_HAS_MANY = ("ip address", "ip route", "network", "passive-interface")
_FLAGS = ("shutdown", "ip ospf passive", "ip ospf mtu-ignore")


@dataclass
class Config:
    """Lines of the top level, and of each block under its head."""

    top: list[str] = field(default_factory=list)
    blocks: dict[str, list[str]] = field(default_factory=dict)

    def value(self, head: str, key: str, default: str = "") -> str:
        found = (line.removeprefix(key).strip() for line in self.blocks.get(head, ()) if line.startswith(f"{key} "))
        return next(found, default)

    def text(self, version: str) -> str:
        lines = [
            f"frr version {version}",
            "frr defaults traditional",
            *self._named("hostname"),
            *self._named("service"),
        ]
        parts = ["\n".join(lines), *(["\n".join(self._named("ip route"))] if self._named("ip route") else [])]
        parts += [
            "\n".join([head, *(f" {line}" for line in sorted(lines)), "exit"]) for head, lines in self.blocks.items()
        ]
        return "".join(f"{part}\n!\n" for part in parts)

    def _named(self, word: str) -> list[str]:
        return [line for line in self.top if line.startswith(word)]

    def take(self, head: str, line: str) -> bool:
        """Enter one line, "no ..." included; False when FRR would not know it."""
        wanted = line.removeprefix("no ")
        lines = self.blocks.setdefault(head, []) if head else self.top
        grammar = _INTERFACE if head.startswith("interface") else _OSPF if head.startswith("router") else _TOP
        if line.startswith("no "):
            gone = [each for each in lines if each == wanted or each.startswith(f"{wanted} ")]
            lines[:] = [each for each in lines if each not in gone]
            return bool(gone) or bool(grammar.match(wanted)) or wanted in _FLAGS
        if not grammar.match(wanted):
            return False
        if not wanted.startswith(_HAS_MANY):
            key = "description" if wanted.startswith("description") else wanted.rpartition(" ")[0]
            lines[:] = [each for each in lines if wanted in _FLAGS or not each.startswith(f"{key} ")]
        if wanted not in lines:
            lines.append(wanted)
        return True


def parse(text: str) -> Config:
    """A configuration file as FRR writes it."""
    config, head = Config(), ""
    for raw in text.splitlines():
        line = raw.strip()
        if _HEADS.match(line):
            head = line
            config.blocks.setdefault(head, [])
        elif line in ("exit", "!", "end", ""):
            head = ""
        elif not line.startswith("frr "):
            config.take(head, line)
    return config


@dataclass
class Neighbor:
    """The OSPF router at the other end of an interface, as it is configured."""

    interface: str
    router_id: str
    address: str
    area: str = "0"
    hello: str = "10"


class Router:
    """The device: configuration, cables and neighbours; answers to what vtysh can be asked."""

    version = "8.4.4"

    def __init__(self, startup: str, neighbors: tuple[Neighbor, ...] = (), cabled: tuple[str, ...] = ()) -> None:
        self.running, self.startup = parse(startup), startup
        self._neighbors, self._cabled = neighbors, cabled
        self._shows: dict[str, Callable[[], str]] = {
            "show version": self._show_version,
            "show running-config": self._show_running,
            "show startup-config": lambda: self.startup,
            "show interface json": lambda: _json({name: self._interface(name) for name in self.interfaces}),
            "show interface brief json": lambda: _json({name: self._brief(name) for name in self.interfaces}),
            "show ip ospf neighbor json": lambda: _json({"neighbors": self._adjacent()}),
            "show ip ospf interface json": lambda: _json({"interfaces": self._ospf_interfaces()}),
            "show ip ospf json": self._show_ospf,
            "show ip route json": lambda: _json(self._routes()),
            "show ip route connected json": lambda: _json(self._routes("connected")),
            "show ip route 0.0.0.0/0 json": lambda: _json(self._routes("static")),
            "show bgp summary json": lambda: "bgpd is not running\n",
            "show ip bgp summary json": lambda: "bgpd is not running\n",
        }

    @property
    def hostname(self) -> str:
        return next((line.split()[1] for line in self.running.top if line.startswith("hostname ")), "frr")

    @property
    def interfaces(self) -> list[str]:
        return [head.split()[1] for head in self.running.blocks if head.startswith("interface ")]

    def answer(self, command: str) -> str:
        """What vtysh prints for an exec-mode command."""
        words = " ".join(command.split()).replace("running-config no-header", "running-config")
        if words in ("write memory", "write", "copy running-config startup-config"):
            return self._save()
        if words.startswith("ping "):
            return self._ping(words.split()[1])
        if words.startswith("terminal ") or not words:
            return ""
        show = self._shows.get(words)
        return show() if show else f"% Unknown command: {command}\n"

    def _ping(self, address: str) -> str:
        """vtysh's ping goes on until it is interrupted; this one says at once what that says in two seconds."""
        if self._reaches(address):
            return "".join(f"64 bytes from {address}: icmp_seq={no} ttl=64 time=0.4 ms\n" for no in (1, 2, 3))
        return f"From {address}: Destination Host Unreachable\n"

    def is_up(self, name: str) -> bool:
        return name in self._cabled and "shutdown" not in self.running.blocks.get(f"interface {name}", [])

    def _save(self) -> str:
        self.startup = self.running.text(self.version)
        return (
            "Note: this version of vtysh never writes vtysh.conf\nBuilding Configuration...\n"
            "Integrated configuration saved to /etc/frr/frr.conf\n[OK]\n"
        )

    def _show_version(self) -> str:
        about = f"FRRouting {self.version} ({self.hostname}) on Linux(6.1.0)."
        return f"{about}\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n"

    def _show_running(self) -> str:
        return f"Building configuration...\n\nCurrent configuration:\n!\n{self.running.text(self.version)}end\n"

    def _addresses(self, name: str) -> list[str]:
        lines = self.running.blocks.get(f"interface {name}", [])
        return [line.split()[-1] for line in lines if line.startswith("ip address ")]

    def _brief(self, name: str) -> dict[str, Any]:
        status = "up" if self.is_up(name) else "down"
        return {"status": status, "vrfName": "default", "addresses": self._addresses(name)}

    def _interface(self, name: str) -> dict[str, Any]:
        head, index = f"interface {name}", self.interfaces.index(name) + 2
        enabled = "shutdown" not in self.running.blocks[head]
        state = {True: "<UP,BROADCAST,RUNNING,MULTICAST>", False: "<BROADCAST,MULTICAST>"}[enabled]
        return {
            "administrativeStatus": "up" if enabled else "down",
            "operationalStatus": "up" if self.is_up(name) else "down",
            "linkDetection": True,
            "linkUps": 1,
            "linkDowns": 0,
            "vrfName": "default",
            "description": self.running.value(head, "description"),
            "index": index,
            "metric": 0,
            "mtu": 1500,
            "speed": 1000,
            "flags": state,
            "type": "Ethernet",
            "hardwareAddress": f"02:00:00:00:00:{index:02x}",
            "ipAddresses": [
                {"address": each, "secondary": False, "unnumbered": False} for each in self._addresses(name)
            ],
            "interfaceType": "Other",
        }

    def _adjacent(self) -> dict[str, Any]:
        return {each.router_id: [self._neighbor(each)] for each in self._neighbors if self._full(each)}

    def _full(self, neighbor: Neighbor) -> bool:
        head = f"interface {neighbor.interface}"
        area, hello = self.running.value(head, "ip ospf area"), self.running.value(head, "ip ospf hello-interval", "10")
        return self.is_up(neighbor.interface) and (area, hello) == (neighbor.area, neighbor.hello)

    def _neighbor(self, neighbor: Neighbor) -> dict[str, Any]:
        own = self._addresses(neighbor.interface)[0].partition("/")[0]
        return {
            "priority": 1,
            "state": "Full/-",
            "nbrPriority": 1,
            "nbrState": "Full/-",
            "converged": "Full",
            "role": "DROther",
            "upTimeInMsec": 864_000_000,
            "deadTimeMsecs": 36_000,
            "routerDeadIntervalTimerDueMsec": 36_000,
            "upTime": "10d00h00m",
            "deadTime": "36.000s",
            "address": neighbor.address,
            "ifaceAddress": neighbor.address,
            "ifaceName": f"{neighbor.interface}:{own}",
            "retransmitCounter": 0,
            "requestCounter": 0,
            "dbSummaryCounter": 0,
        }

    def _ospf_interfaces(self) -> dict[str, Any]:
        speaking = [name for name in self.interfaces if self.running.value(f"interface {name}", "ip ospf area")]
        return {name: self._ospf_interface(name) for name in speaking if self.is_up(name)}

    def _ospf_interface(self, name: str) -> dict[str, Any]:
        head = f"interface {name}"
        own = ip_interface(self._addresses(name)[0])
        full = len([each for each in self._neighbors if each.interface == name and self._full(each)])
        return {
            "ifUp": True,
            "mtuBytes": 1500,
            "ospfEnabled": True,
            "ipAddress": str(own.ip),
            "ipAddressPrefixlen": own.network.prefixlen,
            "area": _dotted(self.running.value(head, "ip ospf area")),
            "routerId": self.running.value("router ospf", "ospf router-id"),
            "networkType": "POINTOPOINT",
            "cost": 10,
            "state": "Point-To-Point",
            "timerMsecs": 1000 * int(self.running.value(head, "ip ospf hello-interval", "10")),
            "timerDeadSecs": int(self.running.value(head, "ip ospf dead-interval", "40")),
            "timerWaitSecs": 40,
            "timerRetransmitSecs": 5,
            "timerPassiveIface": "ip ospf passive" in self.running.blocks[head],
            "nbrCount": full,
            "nbrAdjacentCount": full,
        }

    def _show_ospf(self) -> str:
        return _json({"routerId": self.running.value("router ospf", "ospf router-id"), "areas": {_dotted("0"): {}}})

    def _routes(self, only: str = "") -> dict[str, Any]:
        lines = [line.split() for line in self.running.top if line.startswith("ip route ")]
        routes = [(prefix, "static", hop) for _, _, prefix, hop in lines if self._reaches(hop)]
        routes += [(network, "connected", name) for name, network in self._networks()]
        return {prefix: [_route(prefix, kind, via)] for prefix, kind, via in routes if only in ("", kind)}

    def _networks(self) -> list[tuple[str, str]]:
        working = filter(self.is_up, self.interfaces)
        return [(name, str(ip_interface(each).network)) for name in working for each in self._addresses(name)]

    def _reaches(self, hop: str) -> bool:
        return any(ip_address(hop) in ip_network(network) for _, network in self._networks())


def _route(prefix: str, protocol: str, via: str) -> dict[str, Any]:
    hop = {"interfaceName": via, "directlyConnected": True} if protocol == "connected" else {"ip": via, "afi": "ipv4"}
    return {
        "prefix": prefix,
        "protocol": protocol,
        "vrfName": "default",
        "selected": True,
        "destSelected": True,
        "distance": 0 if protocol == "connected" else 1,
        "metric": 0,
        "installed": True,
        "uptime": "1d00h00m",
        "nexthops": [{"fib": True, "active": True, **hop}],
    }


def _dotted(area: str) -> str:
    return area if "." in area else f"0.0.0.{area}"


def _json(value: Any) -> str:
    return json.dumps(value, indent=2) + "\n"


class Vtysh:
    """One login: exec mode, configuration mode and the block that is being edited."""

    banner = ""
    repaints = False

    def __init__(self, router: Router) -> None:
        self._router, self._configuring, self._head = router, False, ""

    @property
    def prompt(self) -> str:
        mode = "(config-if)" if self._head.startswith("interface") else "(config-router)" if self._head else "(config)"
        return f"{self._router.hostname}{mode if self._configuring else ''}# "

    def execute(self, line: str) -> str | None:
        command = " ".join(line.split())
        if command in ("exit", "quit", "end") or not command:
            return self._leave(command)
        if not self._configuring:
            return self._exec(command)
        if command.startswith("do "):
            return self._router.answer(command[3:])
        return self._configure(command)

    def _leave(self, command: str) -> str | None:
        if command in ("exit", "quit") and not self._configuring:
            return None
        if command:
            self._configuring = self._configuring and command != "end" and bool(self._head)
            self._head = ""
        return ""

    def _exec(self, command: str) -> str:
        if command in ("configure terminal", "configure", "conf t"):
            self._configuring = True
            return ""
        return "" if command == "enable" else self._router.answer(command)

    def _configure(self, command: str) -> str:
        if _HEADS.match(command):
            self._head = command
            self._router.running.blocks.setdefault(command, [])
            return ""
        if self._router.running.take(self._head, command) or (self._head and self._router.running.take("", command)):
            return ""
        return f"% Unknown command: {command}\n"
