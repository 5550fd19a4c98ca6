"""The board of websites: of each the last maintenance, when the next is due, and what is being done about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flows.jobs import site_care
from flows.office import Office
from inventory.models import Website
from playbooks.findings import TITLES
from sop.register.duties import Duty
from sop.words import DUTIES

DOUBTS = "masalah cadangan"
COLUMNS = ("website", "OPD", "keadaan", "pemeliharaan terakhir", "jatuh tempo", "permohonan", "cadangan baik", DOUBTS)


@dataclass(frozen=True)
class Line:
    """A website on the board; `backed_up` is when its last good backup was made, `doubts` what is wrong with them."""

    duty: Duty
    site: Website
    backed_up: datetime | None
    doubts: tuple[str, ...]
    """Codes of findings, as the register and the copies know them; no host is asked."""
    zone: str

    @property
    def state(self) -> str:
        return self.duty.state

    @property
    def cells(self) -> dict[str, str]:
        """Words for each column, by its name."""
        duty, backup = self.duty, self.backed_up
        kept = f"{backup.astimezone(ZoneInfo(self.zone)):%Y-%m-%d}" if backup else "belum ada"
        about = (duty.website, self.site.opd, DUTIES[self.state], _day(duty.last), self._due())
        return dict(zip(COLUMNS, (*about, duty.told, kept, self._doubted()), strict=True))

    def _doubted(self) -> str:
        return ", ".join(TITLES[code] for code in self.doubts)

    def _due(self) -> str:
        due, day = self.duty.due, self.duty.day
        if due is None:
            return "sekarang"
        said = f"lewat {(day - due).days} hari" if day >= due else f"{(due - day).days} hari lagi"
        return f"{_day(due)} ({said})"

    def as_json(self) -> dict[str, Any]:
        duty = self.duty
        return {
            "name": duty.website,
            "domain": self.site.domain,
            "opd": self.site.opd,
            "state": duty.state,
            "red": duty.red,
            "last": _day(duty.last),
            "due": _day(duty.due),
            "case": duty.case.id if duty.case else "",
            "note": duty.told,
            "backed_up": self.backed_up,
            "backup_findings": [*self.doubts],
        }


def board(office: Office, names: Sequence[str]) -> list[Line]:
    """A line a website: those without any maintenance first, then by the day on which their year is over."""
    register, inventory = office.register, office.inventory
    duties = register.duties(register.calendar.day(register.clock()), names)
    doubts = site_care.doubts(office, names)
    lines = [
        Line(
            duty,
            inventory.websites[duty.website],
            register.last_good_backup(duty.website),
            doubts[duty.website],
            inventory.office.zone,
        )
        for duty in duties
    ]
    return sorted(lines, key=lambda line: (line.duty.due or date.min, line.duty.website))


def summary(lines: Sequence[Line]) -> str:
    """One sentence under the board."""
    counted = Counter(each.state for each in lines)
    return f"{len(lines)} website: " + ", ".join(f"{counted[state]} {word}" for state, word in DUTIES.items()) + "."


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""
