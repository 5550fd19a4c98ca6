"""What somebody is sent to a device for, and what comes home. Loads nothing that talks or judges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from playbooks.findings import Reason, explained
from playbooks.network.endpoints import Endpoint

if TYPE_CHECKING:
    from inventory.models import Device
    from playbooks.network.backup import ConfigCopy
    from playbooks.network.diagnose import Baseline, DeviceReading


@dataclass(frozen=True)
class Errand:
    """What somebody is sent out with: to whom, and for what."""

    endpoint: Endpoint
    device: Device | None = None
    """As the inventory knows it, for a diagnosis; None when none is wanted."""
    baseline: Baseline | None = None
    """How the device was when it last worked; for its diagnosis."""
    back_up: bool = True

    @property
    def name(self) -> str:
        return self.endpoint.name


@dataclass(frozen=True)
class Visit:
    """What was brought home; with neither reading nor config `reason` says why."""

    name: str
    seconds: float = 0.0
    reading: DeviceReading | None = None
    config: ConfigCopy | None = None
    reason: Reason | None = None
    detail: str = ""

    def refused(self, reason: Reason, detail: str) -> Visit:
        """The same, its configuration thrown away."""
        return replace(self, config=None, reason=reason, detail=detail)

    @property
    def seen(self) -> DeviceReading:
        """The diagnosis; of a device that could not be read, why."""
        from playbooks.network.diagnose import DeviceReading

        return self.reading or DeviceReading(self.name, self.seconds, (), self.reason or Reason.ERROR, self.detail)

    @property
    def said(self) -> str:
        """For progress; the findings are not settled yet."""
        return f"gagal: {self.detail or explained(self.reason)}" if self.reason else "terbaca"
