"""Care of websites' backups by the real register, on a host that is this machine: real scripts, without SSH."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from flows.jobs import site_care, websites
from flows.office import Office, open_office
from playbooks.findings import Reason, TargetError
from playbooks.hosting import backup
from playbooks.hosting.connect import CommandFailed, Shell
from playbooks.hosting.kept import SiteBackup
from tests.flows.conftest import Pelihara

SITE = "disdik-web"


class Here(Shell):
    """The host's commands and files, on this machine."""

    def __init__(self, office: Office) -> None:
        self.name, self.host, self.timeout_s = "web-1", office.inventory.hosts["web-1"], 60

    def within(self, _: float) -> Shell:
        return self

    def run(self, *argv: str, timeout_s: float | None = None) -> str:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout_s or 240, check=False)
        if done.returncode:
            raise CommandFailed(self.name, argv, done.returncode, done.stderr)
        return done.stdout

    def put(self, data: bytes | Path, path: str) -> None:
        assert isinstance(data, bytes)
        Path(path).write_bytes(data)

    def upload(self, chunks: Iterable[bytes], path: str) -> None:
        Path(path).write_bytes(b"".join(chunks))

    def download(self, path: str) -> Iterator[bytes]:
        yield Path(path).read_bytes()


@pytest.fixture
def served(home: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose static site has an upload on this machine; nobody is logged in to."""
    sites, backups = home / "srv", home / "var"
    (sites / SITE / "shared" / "uploads").mkdir(parents=True)
    (sites / SITE / "shared" / "uploads" / "surat.txt").write_text("isi")
    backups.mkdir()
    paths = {"sites": str(sites), "backups": str(backups)}
    host = {"address": "127.0.0.1", "credentials": "deploy", "paths": paths}
    hosts = {"web-1": host, "web-2": {**host, "port": 2222}}
    inventory = Path(os.environ["PELIHARA_INVENTORY"])
    (inventory / "hosts.yaml").write_text(json.dumps(hosts))
    few = "site_backups: {host: {daily: 2, weekly: 0}, off_host: {daily: 2, weekly: 0, monthly: 0, yearly: 0}}"
    text = (inventory / "office.yaml").read_text()
    (inventory / "office.yaml").write_text(re.sub(r"site_backups:.*\n( .*\n)+", f"{few}\n", text))
    office = open_office()

    @contextmanager
    def opened(_: object) -> Iterator[Shell]:
        yield Here(office)

    for module in (websites, site_care):
        monkeypatch.setattr(module, "open_host", opened)
    monkeypatch.setattr(websites.Site, "access", property(lambda _: None))
    return office


def back_up(office: Office, monkeypatch: pytest.MonkeyPatch, days: int, offline: bool = False) -> SiteBackup:
    """A backup that is so many days old; `offline`: its copy failed."""
    at, make = office.register.clock() - timedelta(days=days), backup.back_up
    with monkeypatch.context() as then:
        then.setattr(backup, "back_up", lambda place, shell: make(place, shell, at))
        if offline:
            then.setattr(websites.copies, "copy", refused)
        (done,) = websites.back_up_websites(office, [SITE])
    assert (done.status, done.off_host) == ("ok", not offline), done
    return next(each for each in on_host(office) if each.path == done.path)


def refused(*_: object) -> None:
    raise TargetError(SITE, Reason.ERROR, "diska penuh")


def on_host(office: Office) -> list[SiteBackup]:
    return backup.backups(websites.site(office, SITE), Here(office))


def off_host(office: Office) -> list[SiteBackup]:
    return websites.vault(office).held(SITE, websites.site(office, SITE).layout.backups)


def care(office: Office) -> site_care.Cared:
    (done,) = site_care.care(office, [SITE])
    return done


def spoil(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"\0\0")


def codes(office: Office) -> tuple[str, ...]:
    return site_care.doubts(office, [SITE])[SITE]


def test_what_was_not_copied_is_copied_the_next_night_and_then_nothing_is_left_to_do(
    served: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = back_up(served, monkeypatch, 0, offline=True)
    assert "backup.uncopied" in codes(served)
    assert care(served).copied == (kept.name,)
    assert off_host(served) == [kept]
    assert "backup.uncopied" not in codes(served)
    again = care(served)
    assert (again.status, again.read, again.copied, again.removed) == ("ok", 2, (), ())


@pytest.mark.parametrize("place", ["host", "off_host"])
def test_a_damaged_backup_is_had_from_the_other_place_and_one_damaged_in_both_is_told(
    served: Office, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    kept = back_up(served, monkeypatch, 0)
    files = {
        "host": Path(kept.path, "files.tar.gz"),
        "off_host": served.settings.vault / SITE / kept.name / "files.tar.gz.sealed",
    }
    spoil(files[place])
    done = care(served)
    assert (done.status, done.mended[place], done.problems) == ("ok", [kept.name], [])
    assert care(served).mended == {"host": [], "off_host": []}
    for path in files.values():
        spoil(path)
    done = care(served)
    assert (done.status, done.damaged) == ("damaged", {"host": [kept.name], "off_host": [kept.name]})
    assert all(kept.name in line for line in done.problems)
    assert "backup.damaged" in codes(served)
    assert on_host(served) == off_host(served) == [kept], "nothing is thrown away for being damaged"


def test_what_is_over_its_time_goes_from_both_places_and_what_is_needed_stays(
    served: Office, monkeypatch: pytest.MonkeyPatch, pelihara: Pelihara
) -> None:
    made = [back_up(served, monkeypatch, days) for days in (400, 399, 398, 300, 1, 0)]
    proven, asked = made[1], made[2]
    drill = json.dumps({"version": proven.name, "passed": True}).encode()
    served.register.keep(drill, "drill", "d.json", "application/json", target=SITE)
    pelihara("website", "sweep")
    (case,) = [each for each in served.register.cases() if each.website == SITE]
    served.register.keep(
        json.dumps({"path": asked.path}).encode(), "backup", "b.json", "application/json", case.id, SITE
    )
    shown = pelihara("website", "prune", SITE)
    assert [word in shown.out for word in ("DIBUANG", "Belum ada yang dibuang", case.id)] == [True, True, True]
    assert len(on_host(served)) == len(off_host(served)) == 6, "shown, and nothing done"
    done = pelihara("website", "prune", SITE, "--yes")
    assert (done.code, "dibuang" in done.out) == (0, True), done.out
    stays = {each.name for each in (*made[4:], proven, asked)}
    assert stays <= {each.name for each in on_host(served)}
    assert stays <= {each.name for each in off_host(served)}
    assert "Tidak ada yang lewat" in pelihara("website", "prune", SITE, "--yes").out


def test_nothing_goes_while_somebody_is_at_work(served: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for days in (400, 399, 0):
        back_up(served, monkeypatch, days)
    with served.register.lease(SITE, "pranata-1", "deploy", 60):
        (held,) = site_care.prune(served, [SITE])
    notice = Path(websites.site(served, SITE).layout.notice)
    notice.write_text("siapa: operator\nsebab: periksa\ndari: lain\nsampai: 2099-01-01T00:00:00Z\n")
    (locked,) = site_care.prune(served, [SITE])
    assert [held.status, locked.status, len(on_host(served))] == ["failed", "failed", 3]
    assert "operator" in locked.detail
    notice.unlink()
    (done,) = site_care.prune(served, [SITE])
    assert done.removed


def test_a_full_disk_holds_up_no_throwing_away_and_a_lost_key_calls_nothing_damaged(
    served: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [back_up(served, monkeypatch, days) for days in (400, 1)]
    newest = back_up(served, monkeypatch, 0, offline=True)
    with monkeypatch.context() as full:
        full.setattr(site_care.copies, "copy", refused)
        done = care(served)
    assert (done.status, "diska penuh" in done.detail, done.removed) == ("failed", True, (made[0].name,))
    assert "backup.damaged" not in codes(served)
    (served.settings.home / "seal.key").rename(served.settings.home / "lain.key")
    (lost,) = site_care.care(open_office(), [SITE])
    assert (lost.status, "kunci segel" in lost.detail, lost.damaged) == ("failed", True, {})
    (served.settings.home / "lain.key").rename(served.settings.home / "seal.key")
    assert care(served).copied == (newest.name,)


def test_the_list_says_where_each_backup_is_and_why_it_stays(
    served: Office, monkeypatch: pytest.MonkeyPatch, pelihara: Pelihara
) -> None:
    kept = back_up(served, monkeypatch, 0, offline=True)
    told = pelihara("website", "copies", SITE).out
    for word in (kept.name, "harian", "tidak ada"):
        assert word in told
    (listed,) = pelihara("website", "copies", SITE, "--json").json["websites"]
    assert [each["backup"] for each in listed["host"]] == [kept.name]
    assert listed["off_host"] == []


def test_a_run_begins_no_site_after_its_time_and_the_longest_unread_come_first(
    served: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(served, monkeypatch, 0)
    assert site_care.care(served, site_care.due(served), run_s=-1) == []
    care(served)
    assert site_care.due(served)[-1] == SITE
