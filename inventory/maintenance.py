"""When changes that a second person approved may be made: the office's maintenance window, or a device's own. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from inventory.models import Inventory, Window


def window(inventory: Inventory, device: str) -> Window | None:
    """A device's own window, else the office's; None where changes may be made at any time."""
    entry = inventory.devices.get(device)
    return (entry.maintenance if entry else None) or inventory.office.maintenance


def opening(of: Window, now: datetime, zone: str) -> datetime | None:
    """When the window opens next, in the office's zone; None while it is open. `now`: any zone."""
    here = now.astimezone(ZoneInfo(zone))
    # One that began yesterday may still be open; in eight days every weekday has come.
    for days in range(-1, 9):
        begin, end = _on(of, here + timedelta(days=days))
        if here < end and of.covers(begin):
            return None if begin <= here else begin
    raise ValueError("a window without a day")


def _on(of: Window, day: datetime) -> tuple[datetime, datetime]:
    begin = day.replace(hour=of.start.hour, minute=of.start.minute, second=0, microsecond=0)
    end = day.replace(hour=of.end.hour, minute=of.end.minute, second=0, microsecond=0)
    return begin, end if of.start < of.end else end + timedelta(days=1)
