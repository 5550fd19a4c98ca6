"""What RouterOS serves and complains of: DHCP's pools and leases, its log, strange servers."""

from __future__ import annotations

import re
from ipaddress import IPv4Address
from typing import Any

from playbooks.network.facts import Note, Pool
from playbooks.network.platforms.routeros_print import ADDRESS, MAC, Told, plain, some, table


def pools(output: str) -> dict[str, Any]:
    """Servers, pools and what is taken, printed one behind the other; newer versions of 7 count by themselves."""
    told = [told for _, told in some(output)]
    served = {each["address-pool"] for each in told if "address-pool" in each}
    taken = [each["pool"] for each in told if "pool" in each]
    found = (_pool(each, taken) for each in told if "ranges" in each and each["name"] in served)
    return {"dhcp_pools": tuple(found)}


def _pool(told: Told, taken: list[str]) -> Pool:
    size = sum(_range(each) for each in told["ranges"].split(","))
    used = int(told["used"]) if told.get("used") else taken.count(told["name"])
    return Pool(told["name"], int(told.get("total") or size), used)


def _range(text: str) -> int:
    if match := re.fullmatch(rf"{ADDRESS}/(\d+)", text):
        return int(2 ** (32 - int(match[1])))
    first, _, last = text.partition("-")
    return _number(last or first) - _number(first) + 1


def _number(address: str) -> int:
    return int(IPv4Address(address))


def leases(output: str) -> dict[str, Any]:
    """A lease in conflict: the server found somebody else answering at its address."""
    told = [told for _, told in some(output, "server|status|last-seen")]
    if any("address" not in each and "mac-address" not in each for each in told):
        raise ValueError("not a lease")
    lines = ((each, each.get("active-address") or each["address"]) for each in told if each.get("status") == "conflict")
    return {
        "address_conflicts": tuple(
            Note(address, f"address={address} server={each.get('server', '')} status=conflict")
            for each, address in lines
        )
    }


def lease_table(output: str) -> dict[str, Any]:
    told = table(output)
    if told.headings[0] != "ADDRESS" or told.headings[-2:] != ("STATUS", "LAST-SEEN"):
        raise ValueError(f"columns {told.headings}")
    states = "(?: (?P<status>waiting|testing|authorizing|busy|offered|bound|declined|conflict))?"
    shape = rf"\s*\d+ +(?:[XRDB]+ +)?(?P<address>{ADDRESS})? *.*?{states}(?: +(?:never|[\dwdhms]+))? *"
    found = [re.fullmatch(shape, line) for _, line in told.lines]
    if not all(found):
        raise ValueError("a line that is no lease")
    rows = [
        (row["address"], line.strip())
        for row, (_, line) in zip(found, told.lines, strict=True)
        if row and row["status"] == "conflict"
    ]
    return {"address_conflicts": tuple(Note(address, line) for address, line in rows)}


_TIME = r"(?:\w{3}/\d\d(?:/\d{4})? |\d{4}-\d\d-\d\d |\d\d-\d\d )?\d\d:\d\d:\d\d"
_DETAIL = re.compile(rf'\s*(?:\d+ )?time={_TIME} topics=(?P<topics>\S+) message="?(?P<message>.*?)"?\s*')
_PLAIN = re.compile(rf"\s*{_TIME} (?P<topics>[a-z0-9,!-]+) (?P<message>.*?)\s*")


def log(output: str) -> dict[str, Any]:
    """Loops that bridges and loop protection saw, addresses that the DHCP server found taken, servers it does not know.

    What no line of it speaks of is not denied: other commands tell how it stands now.
    """
    lines = [line for line in plain(output).splitlines() if line.strip()]
    told = [match for line in lines if (match := _DETAIL.fullmatch(line) or _PLAIN.fullmatch(line))]
    if lines and not told:
        raise ValueError("no line of a log")
    loops = r"(?:.*\bon )?(\S+?)(?=[: ]).*(?:probably loop|\bloop detected|looped packet)"
    seen = {
        "address_conflicts": _notes(told, "dhcp", rf"\bconflict\b.*?\bfor ({ADDRESS})"),
        "dhcp_strangers": _notes(told, "dhcp", rf"unknown dhcp server.*?\bip ({ADDRESS})"),
    }
    found = {name: notes for name, notes in seen.items() if notes}
    return {"loops": _notes(told, "interface|bridge|loop-protect", loops), **found}


def _notes(told: list[re.Match[str]], topic: str, shape: str) -> tuple[Note, ...]:
    about = [each for each in told if re.search(rf"\b(?:{topic})\b", each["topics"])]
    found = [(re.search(shape, each["message"]), each[0].strip()) for each in about]
    return tuple({match[1]: Note(match[1], line) for match, line in found if match}.values())


def strangers(output: str) -> dict[str, Any]:
    """DHCP servers that an alert of the device sees and does not know; it tells their MAC address."""
    alerts = [told for flags, told in some(output, "unknown-server|valid-server|alert-timeout") if "X" not in flags]
    found = [(told["interface"], told.get("unknown-server", "")) for told in alerts]
    seen = [(port, mac) for port, macs in found for mac in re.findall(MAC, macs)]
    return {"dhcp_strangers": tuple(Note(mac, f"interface={port} unknown-server={mac}") for port, mac in seen)}
