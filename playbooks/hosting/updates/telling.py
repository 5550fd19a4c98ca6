"""What became of each update of a run: in one sentence for people, and as parts that a report can set out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from playbooks.hosting.journal import Journal
from playbooks.plans import Outcome, Part

State = Literal["applied", "rolled_back", "failed", "left"]
WORDS: dict[State, str] = {
    "applied": "selesai",
    "rolled_back": "dikembalikan",
    "failed": "gagal",
    "left": "belum dijalankan",
}
ALREADY = "sudah terpasang ketika rencana dijalankan"


class Telling:
    """One run's updates, told in order. A `what` of it is (name, old version, new version)."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._said: list[str] = []
        self.lines: list[str] = []
        self.states: list[State] = []

    def tell(self, line: str, what: Iterable[tuple[str, str, str]], state: State, why: str = "") -> None:
        """What became of an update that is shown and approved as `line`; one that was not begun is no step."""
        said = f"{line}: {WORDS[state]}" + (f" ({why})" if why else "")
        self._said.append(said)
        self.lines.append(line)
        self.states.append(state)
        self._journal.parts += [Part(*each, state, why) for each in what]
        if state != "left":
            self._journal.note(said)

    @property
    def failed(self) -> bool:
        """Whether one failed and its way back too: nothing may be tried after it."""
        return "failed" in self.states

    def already(self, what: Iterable[tuple[str, str, str]]) -> None:
        """What is as planned before this run did anything for it."""
        told = {(each.name, each.new) for each in self._journal.parts}
        self._journal.parts += [Part(*each, "applied", ALREADY) for each in what if (each[0], each[2]) not in told]

    def outcome(self, trouble: str = "") -> Outcome:
        """Of the whole run; `trouble` is why it could not go on."""
        back, done = self.states.count("rolled_back"), len(self.states)
        status = "failed" if trouble or self.failed else "rolled_back" if back else "applied" if done else "unchanged"
        some = f"hanya {back} dari {done} yang dikembalikan: " if status == "rolled_back" and back < done else ""
        return self._journal.outcome(status, some + "; ".join(filter(None, (*self._said, trouble))))
