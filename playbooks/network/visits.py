"""One errand to one device, in one session: its diagnosis, its backup, or both."""

from __future__ import annotations

import logging
from time import monotonic
from typing import TYPE_CHECKING

from playbooks.findings import Reason, TargetError
from playbooks.network.backup import Shown, fetch_config
from playbooks.network.connect import Session, open_session
from playbooks.network.errands import Errand, Visit

if TYPE_CHECKING:
    from inventory.models import Device
    from playbooks.network.diagnose import Baseline, DeviceReading

log = logging.getLogger("pelihara.network")

DEADLINE_S = 50.0
"""For one device, log-in to log-out: an OPD with one that hangs is told within a minute."""


def visit(errand: Errand) -> Visit:
    """Carry out an errand; never raises for what a device does."""
    began = monotonic()
    reading, config, reason, detail = None, None, None, ""
    try:
        with open_session(errand.endpoint, DEADLINE_S) as session:
            running = Shown(session)
            reading = _reading(session, errand.device, errand.baseline, running) if errand.device else None
            config = fetch_config(session, running) if errand.back_up else None
    except TargetError as failure:
        reason, detail = failure.reason, failure.detail
    except Exception as surprise:
        # One device must not keep the others from being backed up; the log has the trace, the technician the name.
        log.exception("%s", errand.name)
        reason, detail = Reason.ERROR, f"kesalahan di dalam pelihara: {type(surprise).__name__}"
    return Visit(errand.name, monotonic() - began, reading, config, reason, detail)


def _reading(session: Session, device: Device, baseline: Baseline | None, running: Shown) -> DeviceReading:
    # A fleet's backup judges nothing, so its readers need no rules.
    from playbooks.network.diagnose import diagnose

    return diagnose(session.endpoint, device, baseline, session, running=running)
