"""The register whole, of its parts."""

from __future__ import annotations

from sop.register.duties import Duties
from sop.register.standing import Standing


class Register(Standing, Duties):
    """`Register(settings, inventory, clock)` opens (and migrates) the database; safe for threads and processes."""
