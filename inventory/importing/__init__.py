"""Devices and websites out of the sheets an office has: planned, shown, and only then written into the inventory."""

from inventory.importing.plan import Change, Choices, ImportPlan, plan_import
from inventory.importing.sheets import ImportRefused, SheetProblem
from inventory.importing.writing import write

__all__ = ["Change", "Choices", "ImportPlan", "ImportRefused", "SheetProblem", "plan_import", "write"]
