"""Restore drills of websites: the newest backup opened beside the live site, and what came of it kept as evidence.

The lease's row in the audit ("uji pulih") stands before the first write, the evidence after it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from time import monotonic

from flows.jobs.changes import Progress
from flows.jobs.drills import STATUSES, Drilled
from flows.jobs.websites import alone
from flows.office import Office
from playbooks.findings import TargetError
from playbooks.hosting.drill import drill
from playbooks.hosting.site import SiteError
from sop.register.errors import TargetLocked
from sop.register.records import SOFTWARE, Actor

EVERY = timedelta(days=30)
"""A backup of each website is proven at least so often."""
RUN_S = 7200.0
"""After so long a run of the clock begins no other drill; what is left is due tomorrow."""


def drill_websites(
    office: Office,
    names: Iterable[str],
    on_progress: Progress | None = None,
    actor: Actor = SOFTWARE,
    patience_s: float = 0.0,
    run_s: float = RUN_S,
) -> list[Drilled]:
    """Drill the newest backup of each website, one after the other; one that cannot be drilled holds up no other."""
    done, end = [], monotonic() + run_s
    for name in names:
        if monotonic() > end:
            break
        done.append(_drilled(office, name, actor, patience_s))
        if on_progress:
            on_progress(name, STATUSES[done[-1].status])
    return done


def due(office: Office) -> list[str]:
    """Websites with a backup of which none was proven for `EVERY`: never proven ones first, then the longest ago.

    One whose drill failed or could not be done is due again the next day.
    """
    register = office.register
    backed_up = [name for name in office.inventory.websites if register.last_good_backup(name)]
    notes, oldest = register.last_drills(backed_up), register.clock() - EVERY
    proven = {name: note.at for name, note in notes.items() if note.passed and note.at > oldest}
    waiting = [name for name in backed_up if name not in proven]
    return sorted(waiting, key=lambda name: notes[name].at.timestamp() if name in notes else 0.0)


def _drilled(office: Office, name: str, actor: Actor, patience_s: float) -> Drilled:
    try:
        with alone(office, name, "uji pulih", actor, patience_s) as (place, shell):
            done = drill(place, shell)
            document = json.dumps(asdict(done), ensure_ascii=False).encode()
            told = ("drill", f"{name}-uji-pulih.json", "application/json")
            office.register.keep(document, *told, target=name, actor=actor)
    except TargetError as error:
        return Drilled(name, "untested", detail=error.detail or str(error))
    except (SiteError, TargetLocked) as error:
        return Drilled(name, "untested", detail=str(error))
    status = "ok" if done.passed else "failed"
    return Drilled(name, status, done.version, done.how, done.detail, seconds=done.seconds)
