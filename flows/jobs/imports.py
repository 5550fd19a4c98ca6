"""Taking devices and websites over from an office's sheets: the inventory's own import, with the platforms we know."""

from __future__ import annotations

from pathlib import Path

from inventory import importing
from inventory.importing import Choices, ImportPlan
from inventory.load import load_inventory
from inventory.models import Inventory
from inventory.problems import InventoryError, Problem
from inventory.settings import Settings
from playbooks.hosting.updates import catalogue
from playbooks.network import platforms


def checked_inventory() -> Inventory:
    """The inventory, its platforms known ones and its archives of updates fit to be opened. Raises InventoryError."""
    found = load_inventory(Settings.read().inventory, platforms.ALL)
    refused = catalogue.read(Path(found.folder)).refused
    if refused:
        raise InventoryError(Problem(catalogue.FOLDER, "", "", why) for why in refused)
    return found


def plan(file: Path, inventory: Inventory, choices: Choices) -> ImportPlan:
    """What importing `file` would do. Raises ImportRefused."""
    return importing.plan_import(file, inventory, platforms.ALL, choices)


def write(plan: ImportPlan, inventory: Inventory) -> list[str]:
    """Write what is to be written; returns the names of the files. Raises ImportRefused: then nothing was written."""
    return importing.write(plan.to_write, inventory, platforms.ALL)
