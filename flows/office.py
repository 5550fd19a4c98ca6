"""The office as a command or a flow meets it: its settings, inventory and register, opened together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from inventory.load import load_inventory
from inventory.models import Inventory
from inventory.settings import Settings
from sop.register import Register


@dataclass
class Office:
    """Everything a job needs; the register is opened (and migrated) on first use."""

    settings: Settings
    inventory: Inventory

    @cached_property
    def register(self) -> Register:
        self.settings.make_home()
        return Register(self.settings, self.inventory)

    @property
    def known_hosts(self) -> Path:
        return self.settings.known_hosts

    def device_names(self, opd: str) -> list[str]:
        return [name for name, device in self.inventory.devices.items() if device.opd == opd]


def open_office() -> Office:
    """The office of this installation. Raises InventoryError when the inventory does not hold together."""
    settings = Settings.read()
    return Office(settings, load_inventory(settings.inventory))
