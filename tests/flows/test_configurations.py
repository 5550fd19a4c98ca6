"""A stored version is named by its number, a day, a moment, or the start of its hash; everything else gets help."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flows.jobs import archive, configurations, network
from flows.jobs.errors import BadInput
from flows.office import Office
from playbooks.network.history import History
from tests.flows.conftest import Pelihara
from tests.flows.machines import Routers, routers

__all__ = ["routers"]

NOON = datetime(2026, 11, 18, 5, 0, tzinfo=UTC)
"""12:00 at the office."""


@pytest.fixture
def week(office: Office, routers: Routers, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A version each at noon of 18, 19 and 21 November; the last is the first one again."""
    for days, word in ((0, "satu"), (1, "dua"), (3, "satu")):
        now = NOON + timedelta(days=days)
        monkeypatch.setattr(office.register, "_clock", lambda now=now: now)
        routers.configs["dinkes-r1"] = f"hostname dinkes-r1\nsecret rahasia\nbanner {word}\nend\n"
        network.back_up_devices(office, ["dinkes-r1"])
    # git goes by the machine's clock, which this test's office does not.
    archive._rebuild(office, History(office.settings.configs))
    return office


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("", 3),
        ("2", 2),
        ("2026-11-18", 1),
        ("2026-11-19", 2),
        ("2026-11-20", 2),
        ("2026-12-31", 3),
        ("2026-11-19 11:59", 1),
        ("2026-11-19T12:00", 2),
    ],
)
def test_a_version_is_named_by_number_day_or_moment(week: Office, written: str, version: int) -> None:
    assert configurations.version_of(week, "dinkes-r1", written).id == version


def test_a_version_is_named_by_the_start_of_its_commit_or_digest(week: Office) -> None:
    newest, middle, oldest = configurations.versions(week, "dinkes-r1")
    assert configurations.version_of(week, "dinkes-r1", middle.digest[:12]).id == 2
    for each in (newest, middle, oldest):
        assert str(configurations.version_of(week, "dinkes-r1", each.commit[:10]).id) == each.version
    with pytest.raises(BadInput, match="beberapa versi dinkes-r1: 1, 3"):
        configurations.version_of(week, "dinkes-r1", oldest.digest[:8])


@pytest.mark.parametrize("written", ["99", "abc", "zzzzzzz", "2026-11-17", "../x", "HEAD~1", "-1"])
def test_what_names_no_version_is_answered_with_those_there_are(week: Office, written: str) -> None:
    with pytest.raises(BadInput, match=r"yang ada: 3 \(2026-11-21\), 2 \(2026-11-19\), 1 \(2026-11-18\)") as refusal:
        configurations.version_of(week, "dinkes-r1", written)
    assert "Cara menyebutnya" in str(refusal.value)


def test_a_day_that_does_not_exist_is_named(week: Office) -> None:
    with pytest.raises(BadInput, match="2026-11-31 bukan tanggal yang ada"):
        configurations.version_of(week, "dinkes-r1", "2026-11-31")


@pytest.mark.usefixtures("week")
def test_two_versions_are_compared_however_they_are_named(pelihara: Pelihara) -> None:
    for words in (("1", "2"), ("2026-11-18", "2026-11-20"), ("--from", "1", "--to", "2")):
        shown = pelihara("network", "diff", "dinkes-r1", *words, "--json").json
        assert (shown["from"], shown["to"], "+banner dua" in shown["diff"]) == ("1", "2", True)
    assert pelihara("network", "diff", "dinkes-r1", "--json").json["from"] == "2"
    assert "Tidak ada beda" in pelihara("network", "diff", "dinkes-r1", "1", "3").out


def test_the_devices_that_changed_in_some_days_are_listed(week: Office, routers: Routers) -> None:
    network.back_up_devices(week, ["dinkes-sw1"])
    assert routers.logins
    (device,) = configurations.changes(week, ["dinkes-r1", "disdik-r1"], NOON + timedelta(hours=1))
    assert (device.old, device.new, device.versions, device.added) == ("1", "3", 2, 0), "it is again what it was"
    both = configurations.changes(week, ["dinkes-r1", "dinkes-sw1"], NOON + timedelta(days=2))
    assert {(each.device, each.old, each.added, each.removed) for each in both} == {
        ("dinkes-r1", "2", 1, 1),
        ("dinkes-sw1", "", 0, 0),
    }
    assert configurations.changes(week, ["dinkes-r1"], NOON + timedelta(days=4)) == []


def test_the_changes_command_shows_what_changed(week: Office, pelihara: Pelihara, routers: Routers) -> None:
    assert routers.logins
    assert week.register.config_versions("dinkes-r1")
    said = pelihara("network", "changes", "--opd", "dinkes", "--days", "3650", "--json")
    assert [(each["device"], each["versions"]) for each in said.json["changes"]] == [("dinkes-r1", 3)]
    assert "cadangan pertama" in pelihara("network", "changes", "--days", "3650", "--diff").out
    assert pelihara("network", "changes", "--days", "0").code == 2
