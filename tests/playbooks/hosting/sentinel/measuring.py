"""How well the sentinel does on a set of labelled pages: precision, recall, and each page it got wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from playbooks.findings import TargetResult
from playbooks.hosting.sentinel import inspecting
from tests.playbooks.hosting.sentinel.labelled import Case, cases, served


@dataclass(frozen=True)
class Measured:
    """Results by case; a page counts as found bad when it has a finding of its content."""

    results: tuple[tuple[Case, TargetResult], ...]

    def _count(self, bad: bool, alarmed: bool) -> int:
        return sum(case.bad is bad and is_alarm(result) is alarmed for case, result in self.results)

    @property
    def precision(self) -> float:
        alarms = self._count(True, True) + self._count(False, True)
        return self._count(True, True) / alarms if alarms else 1.0

    @property
    def recall(self) -> float:
        bad = self._count(True, True) + self._count(True, False)
        return self._count(True, True) / bad if bad else 1.0

    @property
    def wrong(self) -> list[tuple[Case, TargetResult]]:
        return [(case, result) for case, result in self.results if case.bad is not is_alarm(result) or result.reason]

    def lines(self) -> list[str]:
        """What the command prints."""
        labels = Counter(case.label for case, _ in self.results)
        right = Counter(case.label for case, result in self.results if case.bad is is_alarm(result))
        table = [f"{label:10} {right[label]:3} of {count:3} right" for label, count in sorted(labels.items())]
        wrong = [f"wrong: {case.name}: {_codes(result)}" for case, result in self.wrong]
        return [*table, *wrong, f"pages {len(self.results)} precision {self.precision:.3f} recall {self.recall:.3f}"]


def is_alarm(result: TargetResult) -> bool:
    return any(each.code.startswith("content.") for each in result.findings)


def _codes(result: TargetResult) -> str:
    told = [f"{each.code} {each.evidence}" for each in result.findings]
    return " | ".join(told) or str(result.detail or "nothing found")


def measure(name: str) -> Measured:
    """Inspect every page of a set over real HTTP."""
    every = cases(name)
    with served(every) as port:
        return Measured(tuple((case, _inspected(case, port)) for case in every))


def _inspected(case: Case, port: int) -> TargetResult:
    def here(name: str, _: int) -> list[str]:
        if name != case.host:
            raise OSError(name)
        return ["127.0.0.1"]

    return inspecting.inspect(f"http://{case.host}:{port}/", allow_internal=True, resolver=here)
