"""A double of a MikroTik router: menus of rows that can be printed, changed and exported, as the RouterOS console does.

What it shows is written after MikroTik's documentation and recordings, not taken from a router of our own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_interface

Row = dict[str, str]
_VERBS = ("print", "add", "set", "remove", "enable", "disable", "monitor")
_WORD = re.compile(r'\[[^\]]*\]|[^\s="]+="(?:[^"\\]|\\.)*"|\S+')
_STATE = ("running", "disabled", "dynamic", "active", "default-name", "mac-address", "type", "mtu", "actual-interface")
"""What is shown but is no configuration."""


class Refused(Exception):
    """The console's own words about a command it does not take."""


@dataclass
class Router:
    """The device: one list of rows a menu, and the cables that are plugged in."""

    name: str
    menus: dict[str, list[Row]]
    cabled: tuple[str, ...] = ()
    version: str = "7.15.3"

    def execute(self, line: str) -> str:
        """Output of one console line; a statement that is refused ends it."""
        said = ""
        try:
            for statement in re.split(r";\s*(?=[:/])", line):
                said += self._execute(statement)
        except Refused as error:
            said += f"{error}\n"
        return said

    def _execute(self, line: str) -> str:
        if put := re.match(r'\s*:put "(.*)"\s*$', line):
            return f"{put[1]}\n"
        words = _WORD.findall(_spaced(line)) or [""]
        if words[0] == "export":
            return self._export()
        if words[0] == "ping":
            return self._ping(words[1], dict(word.split("=", 1) for word in words if "=" in word))
        at = next((index for index, word in enumerate(words) if word in _VERBS), 0)
        menu, verb, rest = "/".join(words[:at]), words[at], words[at + 1 :]
        if menu not in self.menus:
            raise Refused(f"bad command name {words[0]} (line 1 column 1)")
        return self._print(menu, rest) if verb in ("print", "monitor") else self._change(menu, verb, rest)

    def rows(self, menu: str) -> list[Row]:
        """Rows with what the hardware adds to them."""
        rows = self.menus[menu]
        if menu in ("interface", "interface/ethernet"):
            return [{**row, "running": _yes(self._runs(row))} for row in self.menus["interface"]]
        if menu == "ip/route":
            return [{**row, "active": _yes(self._is_active(row))} for row in rows]
        return rows

    def _runs(self, row: Row) -> bool:
        return row["name"] in self.cabled and row.get("disabled") != "true"

    def _ping(self, address: str, given: dict[str, str]) -> str:
        sent = min(int(given.get("count", "4")), 20)
        if not self._is_near(address):
            return f"    sent={sent} received=0 packet-loss=100%\n"
        return f"    sent={sent} received={sent} packet-loss=0% min-rtt=340us avg-rtt=410us max-rtt=620us\n"

    def _is_active(self, route: Row) -> bool:
        return route.get("disabled") != "true" and self._is_near(route["gateway"])

    def _is_near(self, address: str) -> bool:
        up = {row["name"] for row in self.menus["interface"] if self._runs(row)}
        near = (row["address"] for row in self.menus["ip/address"] if row["interface"] in up)
        return any(ip_address(address) in ip_interface(own).network for own in near)

    def _print(self, menu: str, words: list[str]) -> str:
        rows = [row for row in self.rows(menu) if _matches(row, words)]
        if len(self.menus[menu]) == 1 and "name" not in words and menu in _SINGLE:
            return "".join(f"{key:>20}: {value}\n" for key, value in rows[0].items()) + "\n"
        return "".join(_terse(number, row) for number, row in enumerate(rows)) + "\n"

    def _change(self, menu: str, verb: str, words: list[str]) -> str:
        given = dict(word.split("=", 1) for word in words if "=" in word and not word.startswith("["))
        values = {key: value.strip('"') for key, value in given.items() if key != "numbers"}
        if verb == "add":
            self.menus[menu].append(values)
        else:
            self._change_rows(menu, verb, self._picked(menu, words), values)
        return ""

    def _change_rows(self, menu: str, verb: str, picked: list[Row], values: Row) -> None:
        if verb == "remove":
            self.menus[menu] = [row for row in self.menus[menu] if row not in picked]
        if verb in ("enable", "disable"):
            values = {"disabled": _yes(verb == "disable")}
        for row in picked:
            row.update({key: {"yes": "true", "no": "false"}.get(value, value) for key, value in values.items()})

    def _picked(self, menu: str, words: list[str]) -> list[Row]:
        """Rows meant by `[ find key=value ]`, a name or a number; the one row of a menu that has no list."""
        owner = self.menus["interface"] if menu == "interface/ethernet" else self.menus[menu]
        finds = [word.strip("[] ").split()[1:] for word in words if word.startswith("[")]
        if finds:
            return [row for row in owner if _matches(row, ["where", *finds[0]])]
        names = [word for word in words if "=" not in word] + [
            word[8:] for word in words if word.startswith("numbers=")
        ]
        if not names and menu in _SINGLE:
            return owner
        picked = [row for number, row in enumerate(owner) if row.get("name") in names or str(number) in names]
        if not picked:
            raise Refused("no such item")
        return picked

    def _export(self) -> str:
        stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        lines = [f"# {stamp} by RouterOS {self.version}", "# software id = DEMO-0001", "#", "# model = RB4011iGS+"]
        lines += ["# serial number = DEMO00000001"]
        for menu, rows in self.menus.items():
            if menu not in _READ_ONLY and (exported := [_exported(menu, row) for row in rows if _exported(menu, row)]):
                lines += ["/" + ("interface ethernet" if menu == "interface" else menu.replace("/", " ")), *exported]
        return "\n".join(lines) + "\n"


_SINGLE = ("system/identity", "system/resource", "system/clock", "system/routerboard", "ip/dns", "system/ntp/client")
_READ_ONLY = (
    "interface/ethernet",
    "system/resource",
    "system/clock",
    "system/routerboard",
    "ip/arp",
    "log",
    "system/health",
)


def _spaced(line: str) -> str:
    """`/ip/address/print` and `/ip address print` are one command; slashes within values stay."""
    words = line.strip().split(" ")
    return " ".join(word if "=" in word else word.replace("/", " ") for word in words)


def _matches(row: Row, words: list[str]) -> bool:
    """Whether a row fits the conditions after `where`; without it every row does."""
    if "where" not in words:
        return True
    conditions = [word.split("=", 1) for word in words[words.index("where") + 1 :] if "=" in word]
    yes_no = {"yes": "true", "no": "false"}
    wanted = {key: yes_no.get(value.strip('"'), value.strip('"')) for key, value in conditions}
    names = {**row, "default-name": row.get("default-name", row.get("name", ""))}
    return all(names.get(key, "false" if value == "false" else "") == value for key, value in wanted.items())


def _terse(number: int, row: Row) -> str:
    flags = "".join(
        letter
        for key, letter in (("disabled", "X"), ("dynamic", "D"), ("active", "A"), ("running", "R"))
        if row.get(key) == "true"
    )
    shown = {key: value for key, value in row.items() if key not in ("disabled", "running", "dynamic", "active")}
    return f"{number:>2} {flags:<3} " + " ".join(f"{key}={_quoted(value)}" for key, value in shown.items()) + "\n"


def _exported(menu: str, row: Row) -> str:
    """One line of an export: what differs from the factory state."""
    values = {
        key: value for key, value in row.items() if key not in _STATE and not (menu == "interface" and key == "name")
    }
    if row.get("disabled") == "true":
        values["disabled"] = "yes"
    if row.get("dynamic") == "true" or not values:
        return ""
    verb = f"set [ find default-name={row.get('default-name', row['name'])} ]" if menu == "interface" else "add"
    verb = "set" if menu in _SINGLE else verb
    return f"{verb} " + " ".join(f"{key}={_quoted(value)}" for key, value in values.items())


def _quoted(value: str) -> str:
    return f'"{value}"' if not value or re.search(r'[\s"=]', value) else value


def _yes(value: bool) -> str:
    return "true" if value else "false"


class Terminal:
    """One login."""

    repaints = True

    def __init__(self, router: Router) -> None:
        self._router = router
        self.banner = f"\n  MikroTik RouterOS {router.version} (c) 1999-2024       https://www.mikrotik.com/\n\n"

    @property
    def prompt(self) -> str:
        return f"[otomasi@{self._router.menus['system/identity'][0]['name']}] > "

    def execute(self, line: str) -> str | None:
        if line.strip() in ("/quit", "quit"):
            return None
        return self._router.execute(line) if line.strip() else ""
