"""One errand to one device, in one session: its diagnosis, its backup, or both."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from time import monotonic

from inventory.models import Device
from playbooks.findings import Reason, TargetError, why
from playbooks.network.backup import ConfigCopy, Shown, fetch_config
from playbooks.network.connect import Endpoint, Session, open_session
from playbooks.network.diagnose import Baseline, DeviceReading, diagnose

log = logging.getLogger("pelihara.network")

DEADLINE_S = 50.0
"""For one device, log-in to log-out: an OPD with one that hangs is told within a minute."""


@dataclass(frozen=True)
class Errand:
    """What somebody is sent out with: to whom, and for what."""

    endpoint: Endpoint
    device: Device
    read: bool = True
    back_up: bool = True
    baseline: Baseline | None = None
    """How the device was when it last worked; for its diagnosis."""
    previous: str | None = None
    """The last good copy, which a new one is measured against."""

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

    @property
    def seen(self) -> DeviceReading:
        """The diagnosis; of a device that could not be read, why."""
        return self.reading or DeviceReading(self.name, self.seconds, (), self.reason or Reason.ERROR, self.detail)

    @property
    def said(self) -> str:
        """For progress; the findings are not settled yet."""
        return f"gagal: {self.detail or why(self.reason)}" if self.reason else "terbaca"


def visit(errand: Errand) -> Visit:
    """Carry out an errand; never raises for what a device does."""
    began = monotonic()
    reading, config, reason, detail = None, None, None, ""
    try:
        with open_session(errand.endpoint, DEADLINE_S) as session:
            running = Shown(session)
            reading = _reading(session, errand, running) if errand.read else None
            config = fetch_config(session, errand.previous, running) if errand.back_up else None
    except TargetError as failure:
        reason, detail = failure.reason, failure.detail
    except Exception as surprise:
        # One device must not keep the others from being backed up; the log has the trace, the technician the name.
        log.exception("%s", errand.name)
        reason, detail = Reason.ERROR, f"kesalahan di dalam pelihara: {type(surprise).__name__}"
    return Visit(errand.name, monotonic() - began, reading, config, reason, detail)


def _reading(session: Session, errand: Errand, running: Shown) -> DeviceReading:
    return diagnose(session.endpoint, errand.device, errand.baseline, session, running=running)
