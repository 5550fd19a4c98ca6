"""When a site's backups are too old, unproven, damaged, or nowhere but on their host."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from playbooks.hosting import safekeeping

NOW = datetime(2026, 11, 21, tzinfo=UTC)
STALE = timedelta(days=3)


def ago(days: float | None) -> datetime | None:
    return None if days is None else NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("age", "severities"), [(None, ["major"]), (1, []), (3, []), (3.1, ["warning"]), (31, ["major"])]
)
def test_a_backup_older_than_the_office_says_is_stale(age: float | None, severities: list[str]) -> None:
    found = list(safekeeping.judge_backup("portal", ago(age), NOW, STALE))
    assert [str(finding.severity) for finding in found] == severities
    assert {finding.code for finding in found} <= {"backup.stale"}


@pytest.mark.parametrize(
    ("newest", "copied", "severities"),
    [
        (None, None, []),
        (0, None, ["major"]),
        (0, 0, []),
        (0, 3, []),
        (0, 4, ["warning"]),
        (5, 5, []),
    ],
)
def test_a_backup_without_a_copy_as_young_is_found(
    newest: float | None, copied: float | None, severities: list[str]
) -> None:
    found = list(safekeeping.judge_copies("portal", "web-1", ago(newest), ago(copied), STALE))
    assert [str(finding.severity) for finding in found] == severities
    assert {finding.code for finding in found} <= {"backup.uncopied"}


def test_damaged_backups_are_one_finding_that_names_them() -> None:
    assert not list(safekeeping.judge_damage("portal", "web-1", []))
    (found,) = safekeeping.judge_damage("portal", "web-1", {"20261102T000000Z", "20261101T000000Z"})
    assert (found.code, found.subject) == ("backup.damaged", "portal: web-1")
    assert found.evidence.startswith("20261101T000000Z, 20261102T000000Z: ")


@pytest.mark.parametrize(
    ("held", "proven", "failed", "severities"),
    [
        (0, None, None, []),
        (3, None, None, ["info"]),
        (3, 10, None, []),
        (3, 46, None, ["warning"]),
        (3, 10, 5, ["major"]),
        (3, 5, 10, []),
        (0, None, 5, ["major"]),
    ],
)
def test_a_backup_is_unproven_after_a_failed_drill_or_a_long_time(
    held: int, proven: int | None, failed: int | None, severities: list[str]
) -> None:
    found = list(safekeeping.judge_proof("portal", held, ago(proven), ago(failed), NOW))
    assert [str(finding.severity) for finding in found] == severities
    assert {finding.code for finding in found} <= {"backup.unproven"}
