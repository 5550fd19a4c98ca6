"""The office as a command or a flow meets it: its settings, inventory and register, opened together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from inventory.load import load_inventory
from inventory.models import Inventory
from inventory.settings import Settings

if TYPE_CHECKING:
    from sop.register import CaseRecord, Register


@dataclass
class Office:
    """Everything a job needs; the register is opened (and migrated) on first use."""

    settings: Settings
    inventory: Inventory

    @cached_property
    def register(self) -> Register:
        from sop.register import Register  # devices can be visited while the database is being loaded

        self.settings.make_home()
        return Register(self.settings, self.inventory)

    @property
    def known_hosts(self) -> Path:
        return self.settings.known_hosts

    def devices_of(self, case: CaseRecord) -> list[str]:
        """The devices that a network case is about: those it names, else all of its OPD."""
        if case.website:
            return []
        return list(case.devices) or [name for name, each in self.inventory.devices.items() if each.opd == case.opd]


def open_office() -> Office:
    """The office of this installation. Raises InventoryError when the inventory does not hold together."""
    settings = Settings.read()
    return Office(settings, load_inventory(settings.inventory))
