"""The board of backups: of each device the last good one, the last try, and why it failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flows.office import Office
from playbooks.findings import explained
from sop.register.records import BackupState

STATES = {"fresh": "segar", "stale": "basi", "never": "belum ada"}
"""The words of the board, as its readers know them."""
COLUMNS = ("perangkat", "OPD", "keadaan", "cadangan baik terakhir", "versi", "byte", "percobaan terakhir", "uji pulih")
_TRIES = {"ok": "baik, versi baru", "unchanged": "baik, tidak berubah", "unproven": "tersimpan, belum terbukti utuh"}


@dataclass(frozen=True)
class Line:
    """A device on the board. `age` is that of the last good backup."""

    stands: BackupState
    opd: str
    age: timedelta | None
    zone: str

    @property
    def state(self) -> str:
        return self.stands.state

    @property
    def cells(self) -> dict[str, str]:
        """Words for each column, by its name."""
        version = str(self.stands.version.id) if self.stands.version else ""
        size = str(self.stands.bytes or "")
        about = (self.stands.device, self.opd, STATES[self.state], self._good(), version, size)
        return dict(zip(COLUMNS, (*about, self._last(), self._drill()), strict=True))

    def _good(self) -> str:
        if self.stands.good_at is None or self.age is None:
            return ""
        return f"{self._moment(self.stands.good_at)} ({elapsed(self.age)} lalu)"

    def _last(self) -> str:
        last = self.stands.last
        if last is None:
            return "belum pernah dicoba"
        said = _TRIES.get(last.status) or f"gagal, {explained(last.reason, last.detail)}"
        return f"{self._moment(last.at)} {said.replace('gagal, gagal:', 'gagal:')}"

    def _drill(self) -> str:
        drill = self.stands.drill
        if drill is None:
            return "belum diuji"
        day = f"{drill.at.astimezone(ZoneInfo(self.zone)):%Y-%m-%d}"
        newest = self.stands.version and self.stands.version.id == drill.version
        of = "" if newest else f" (versi {drill.version})"
        return f"terbukti pulih {day}{of}" if drill.passed else f"GAGAL pulih {day}{of}"

    def _moment(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self.zone)):%Y-%m-%d %H:%M}"

    def as_json(self) -> dict[str, Any]:
        """Times are UTC; `version` and `bytes` are those of the last good backup."""
        stands, last = self.stands, self.stands.last
        return {
            "name": stands.device,
            "opd": self.opd,
            "state": self.state,
            "good_at": stands.good_at,
            "age_seconds": round(self.age.total_seconds()) if self.age is not None else None,
            "version": str(stands.version.id) if stands.version else "",
            "bytes": stands.bytes,
            "tried_at": last.at if last else None,
            "status": last.status if last else "",
            "reason": last.reason if last else "",
            "detail": last.detail if last else "",
            "drill": asdict(stands.drill) if stands.drill else None,
        }


def board(office: Office, names: Sequence[str]) -> list[Line]:
    """A line a device: those without a backup first, then the stale ones, the oldest first."""
    now, zone = office.register.clock(), office.inventory.office.zone
    lines = [
        Line(each, office.inventory.devices[each.device].opd, now - each.good_at if each.good_at else None, zone)
        for each in office.register.backup_states(names)
    ]
    urgency = ("never", "stale", "fresh")
    return sorted(lines, key=lambda each: (urgency.index(each.state), -(each.age or timedelta()), each.stands.device))


def elapsed(span: timedelta) -> str:
    """ "35 menit", "20 jam", "3 hari": as exact as anyone needs it."""
    hours = int(span.total_seconds() // 3600)
    if hours >= 48:
        return f"{hours // 24} hari"
    return f"{hours} jam" if hours else f"{int(span.total_seconds() // 60)} menit"


def summary(lines: Sequence[Line], limit: int) -> str:
    """One sentence under the board; `limit` in days."""
    counted = Counter(each.state for each in lines)
    said = ", ".join(f"{counted[state]} {word}" for state, word in STATES.items())
    return f"{len(lines)} perangkat: {said}. Basi: cadangan baik terakhir lebih dari {limit} hari yang lalu."
