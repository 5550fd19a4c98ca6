"""RouterOS itself: name, version, board, load, sensors, clock."""

from __future__ import annotations

import re
from typing import Any

from playbooks.network.facts import Note
from playbooks.network.platforms.platform import duration_s
from playbooks.network.platforms.routeros_print import Told, entries, properties, table


def identity(output: str) -> dict[str, Any]:
    told = properties(output)
    if len(told) > 1:
        raise ValueError("more than a name")
    return {"hostname": told["name"]}


def resource(output: str) -> dict[str, Any]:
    told = properties(output)
    shares = {
        "memory_percent": ("free-memory", "total-memory"),
        "storage_percent": ("free-hdd-space", "total-hdd-space"),
    }
    used = {
        fact: _used(told[free], told[total]) for fact, (free, total) in shares.items() if {free, total} <= set(told)
    }
    load = {"cpu_percent": float(told["cpu-load"].rstrip("%"))} if "cpu-load" in told else {}
    return {"version": told["version"], "uptime_s": duration_s(told["uptime"]), **load, **used}


def _used(free: str, total: str) -> float:
    """Per cent. Raises ValueError."""
    if not _size(total):
        raise ValueError("nothing in all")
    return round(100 * (1 - _size(free) / _size(total)), 1)


def _size(text: str) -> float:
    match = re.fullmatch(r"([\d.]{1,12})([KMGT]i)?B", text)
    if match is None:
        raise ValueError(f"not a size: {text!r}")
    return float(match[1]) * 1024.0 ** " KMGT".index((match[2] or " ")[0])


def routerboard(output: str) -> dict[str, Any]:
    told = properties(output)
    return {"model": told["model"], "serial": told.get("serial-number", "")}


def health(output: str) -> dict[str, Any]:
    """Power supplies and fans that say that they are not well. Version 6 prints properties, version 7 a list."""
    states = _sensors(output)
    bad = [(name, value) for name, value in states.items() if name.endswith("-state") and value != "ok"]
    return {"alarms": tuple(Note(name, f"{name}: {value}") for name, value in bad)}


def _sensors(output: str) -> Told:
    if found := list(entries(output)):
        return {told["name"]: told["value"] for _, told in found}
    if "NAME" not in output:
        return _measured(properties(output)) if output.strip() else {}
    told = table(output)
    if told.headings[:2] != ("NAME", "VALUE"):
        raise ValueError(f"columns {told.headings}")
    rows = [re.fullmatch(r"\s*\d+ +(\S+)(?: +(\S+))?(?: +\S+)?", line) for _, line in told.lines]
    return {row[1]: row[2] or "" for row in rows if row}


def _measured(told: Told) -> Told:
    """Properties as version 6 prints them. Raises ValueError when none is a sensor's."""
    if not any(re.search(r"temperature|voltage|current$|consumption|^fan|^psu|-state$", name) for name in told):
        raise ValueError("no sensor in the output")
    return told


def clock(output: str) -> dict[str, Any]:
    """Whether NTP has set the clock. Who has turned NTP off may take the time from elsewhere (/ip cloud, GPS)."""
    told = properties(output)
    if told["enabled"] != "yes":
        return {"clock_synchronised": None, "clock_line": f"enabled: {told['enabled']}"}
    if "status" in told:
        return {"clock_synchronised": told["status"] == "synchronized", "clock_line": f"status: {told['status']}"}
    last = told.get("last-update-before", "")
    return {"clock_synchronised": bool(last), "clock_line": f"last-update-before: {last}"}
