"""The yearly duty as the office meets it: the sweep opens cases, the board says how every website stands."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.office import Office
from tests.flows.conftest import Pelihara
from tests.flows.house import PELIHARA


def thirty_sites(inventory: Path, year: int) -> list[date]:
    """Websites whose years end on days spread over `year`; returns the days on which the clock should ask for them."""
    days = [date(year, 1, 1) + timedelta(days=12 * no + 5) for no in range(30)]
    entry = {"opd": "dinkes", "host": "web-1", "kind": "static"}
    sites = {
        f"situs-{no}": {**entry, "domain": f"situs-{no}.example.go.id", "maintained": str(day.replace(year=year - 1))}
        for no, day in enumerate(days)
    }
    (inventory / "websites.yaml").write_text(json.dumps(sites))
    return [day - timedelta(days=45) for day in days]


def test_the_sweep_opens_a_case_for_each_site_once_and_tells_which(office: Office, pelihara: Pelihara) -> None:
    first, second = pelihara("website", "sweep"), pelihara("website", "sweep")
    cases = office.register.cases()
    assert {case.website for case in cases} >= {"disdik-web", "utara-web"}
    assert {case.origin for case in cases} == {"berkala"}
    assert all(case.id in first.out for case in cases)
    assert (first.code, second.code) == (0, 0)
    assert "Tidak ada website" in second.out
    assert len(office.register.cases()) == len(cases)


def test_the_board_puts_the_red_sites_first_and_says_what_is_being_done(pelihara: Pelihara) -> None:
    pelihara("website", "sweep")
    rows = pelihara("website", "board", "--json").json["websites"]
    assert rows[0]["name"] == "utara-web"
    assert (rows[0]["state"], rows[0]["red"], rows[0]["last"]) == ("never", True, "")
    assert [row["due"] for row in rows] == sorted(row["due"] for row in rows)
    told = pelihara("website", "board").out
    for words in ("belum pernah tercatat", "3 website:", rows[0]["case"], "langkah 6", "Jatuh tempo"):
        assert words in told


def test_the_board_of_one_agency_shows_its_sites_only(pelihara: Pelihara) -> None:
    rows = pelihara("website", "board", "--opd", "disdik", "--json").json["websites"]
    assert [row["name"] for row in rows] == ["disdik-web"]
    assert pelihara("website", "board", "tidak-ada").code == 2


@pytest.mark.lab
def test_over_a_year_of_the_real_clock_thirty_sites_get_one_case_each_though_the_machine_was_off_on_their_days(
    office: Office,
) -> None:
    """Processes under faketime, on days that are nobody's day; one comes back from a clock that went back."""
    asked = thirty_sites(office.settings.inventory, 2031)
    opened: Counter[str] = Counter()
    start = min(asked)
    for days in (1, 178, 90, 349):
        day = start + timedelta(days=days)
        assert day not in asked
        opened.update(swept_on(day))
    assert opened == Counter({f"situs-{no}": 1 for no in range(30)})


def swept_on(day: date) -> list[str]:
    """Websites for which a process that believes it is `day` opened a case."""
    env = {**os.environ, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    command = ["faketime", f"{day} 07:30:00", *PELIHARA, "website", "sweep", "--json"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return [each["website"] for each in json.loads(done.stdout)["opened"]]
