"""Network jobs against the real register: devices read and backed up, and what is kept of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from flows.jobs import board, configurations, network, readings
from flows.jobs.archive import check_archive
from flows.jobs.errors import BadInput
from flows.office import Office
from playbooks.findings import Finding, Reason, Severity
from playbooks.network import fleet, visits
from playbooks.network.backup import digest
from playbooks.network.diagnose import DeviceReading, with_changes
from playbooks.network.history import History
from playbooks.network.redaction import hidden, redact
from sop.register.records import NewConfig
from tests.flows.conftest import Pelihara
from tests.flows.machines import DOWN, TEKNIS, Routers, killed, routers

__all__ = ["routers"]

Submit = Callable[..., str]


def test_a_device_that_fails_holds_up_no_other(office: Office, routers: Routers) -> None:
    routers.broken["dinkes-sw1"] = Reason.TIMEOUT
    done = network.back_up_devices(office, ["dinkes-r1", "dinkes-sw1"])
    assert [(each.name, each.status, each.reason) for each in done] == [
        ("dinkes-r1", "ok", ""),
        ("dinkes-sw1", "failed", "timeout"),
    ]
    assert office.register.last_good_backup("dinkes-r1")
    assert office.register.last_good_backup("dinkes-sw1") is None


def test_what_nothing_proves_whole_is_kept_told_and_never_good(
    office: Office, routers: Routers, pelihara: Pelihara
) -> None:
    routers.doubtful = {"dinkes-r1"}
    said = pelihara("network", "backup", "dinkes-r1", "dinkes-sw1", "--json")
    doubtful, good = said.json["devices"]
    assert (said.code, doubtful["status"], doubtful["reason"], good["status"]) == (1, "failed", "incomplete", "ok")
    assert "tidak dapat menunjukkan" in doubtful["detail"]
    (version,) = office.register.config_versions("dinkes-r1")
    assert version.quarantined == "belum terbukti utuh"
    assert office.register.newest_configs(["dinkes-r1"]) == {}
    assert office.register.last_good_backup("dinkes-r1") is None
    assert not History(office.settings.configs).versions("dinkes-r1")
    assert "BELUM TERBUKTI" in pelihara("network", "backup", "dinkes-r1").out
    assert len(office.register.config_versions("dinkes-r1")) == 1
    assert "karantina: belum terbukti utuh" in pelihara("network", "history", "dinkes-r1").out
    assert "dinkes-r1" not in {each.device for each in check_archive(office).damaged}
    assert office.register.config_versions("dinkes-r1")[0].quarantined
    (line,) = board.board(office, ["dinkes-r1"])
    assert (line.state, line.cells["percobaan terakhir"][-29:]) == ("never", "tersimpan, belum terbukti utuh"[-29:])


def test_what_nothing_proves_whole_replaces_no_good_copy_and_is_good_once_it_says_the_same(
    office: Office, routers: Routers
) -> None:
    def backed_up() -> str:
        return network.back_up_devices(office, ["dinkes-r1"])[0].status

    before = backed_up()
    routers.doubtful = {"dinkes-r1"}
    same, whole = backed_up(), routers.configs.get("dinkes-r1")
    routers.configs["dinkes-r1"] = "hostname dinkes-r1\n"
    cut, at = backed_up(), office.register.last_good_backup("dinkes-r1")
    assert (before, same, cut) == ("ok", "unchanged", "unproven")
    assert "end" in office.register.newest_configs(["dinkes-r1"])["dinkes-r1"]
    routers.configs = {"dinkes-r1": whole} if whole else {}
    assert backed_up() == "unchanged"
    (state,) = office.register.backup_states(["dinkes-r1"])
    assert state.good_at is not None
    assert at is not None
    assert state.good_at > at
    routers.doubtful, routers.configs["dinkes-r1"] = set(), "hostname dinkes-r1\n"
    assert backed_up() == "ok"


def test_a_copy_worse_than_the_last_good_one_is_refused_and_leaves_it_alone(office: Office, routers: Routers) -> None:
    named = "/system identity\nset name={}\n"
    routers.configs["dinkes-r1"] = whole = named.format("dinkes-r1") + "/ip address add address=192.0.2.1/24\n" * 9
    assert network.back_up_devices(office, ["dinkes-r1"])[0].status == "ok"
    said: dict[str, str] = {}
    for worse, reason in ((named.format("dinkes-r1"), "incomplete"), (named.format("lain"), "refused_output")):
        routers.configs["dinkes-r1"] = worse
        (done,) = network.back_up_devices(office, ["dinkes-r1"], on_progress=said.__setitem__)
        assert (done.status, done.reason) == ("failed", reason)
        assert said["dinkes-r1"].startswith("gagal: ")
    (version,) = office.register.config_versions("dinkes-r1")
    assert office.register.read_config(version.id, full=True) == whole


def test_a_device_that_a_person_says_was_replaced_is_believed(routers: Routers, pelihara: Pelihara) -> None:
    routers.configs["dinkes-r1"] = "/system identity\nset name=lama\n" + "/ip address add address=192.0.2.1/24\n" * 9
    assert pelihara("network", "backup", "dinkes-r1").code == 0
    routers.configs["dinkes-r1"] = "/system identity\nset name=baru\n"
    refused = pelihara("network", "backup", "dinkes-r1", "--json")
    assert (refused.code, refused.json["devices"][0]["status"]) == (1, "failed")
    assert "--replaced" in refused.json["devices"][0]["detail"]
    everything = pelihara("network", "backup", "--all", "--replaced")
    assert (everything.code, "sebut nama perangkat" in everything.err) == (2, True)
    said = pelihara("network", "backup", "dinkes-r1", "--replaced", "--json")
    assert (said.code, said.json["devices"][0]["status"]) == (0, "ok")
    assert pelihara("network", "backup", "dinkes-r1").code == 0


@pytest.mark.parametrize("batch", [1, 2, 50])
def test_a_device_is_told_of_only_when_the_register_has_it(
    office: Office, routers: Routers, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(network, "BATCH", batch)
    monkeypatch.setattr(fleet.Threads, "size", 2)
    names = ["dinkes-r1", "dinkes-sw1", "disdik-r1"]
    routers.broken["dinkes-sw1"] = Reason.TIMEOUT
    told = {}

    def tell(name: str, _: str) -> None:
        told[name] = len(office.register.backups(name))

    assert [each.name for each in network.back_up_devices(office, names, on_progress=tell)] == names
    assert told == dict.fromkeys(names, 1)
    assert office.register.verify_audit().ok


def test_a_run_is_one_commit_and_an_unchanged_configuration_none(office: Office, routers: Routers) -> None:
    first = network.back_up_devices(office, ["dinkes-r1", "dinkes-sw1"])
    assert len({each.commit for each in first}) == 1
    assert first[0].commit
    again = network.back_up_devices(office, ["dinkes-r1"])
    assert (again[0].status, again[0].commit) == ("unchanged", "")
    routers.configs["dinkes-r1"] = "hostname dinkes-r1\nsecret rahasia\nip route\nend\n"
    assert network.back_up_devices(office, ["dinkes-r1"])[0].status == "ok"
    assert [each.version for each in configurations.versions(office, "dinkes-r1")] == ["3", "1"]
    assert all(each.commit for each in configurations.versions(office, "dinkes-r1"))
    assert "+ip route" in configurations.difference(office, "dinkes-r1").text
    oldest = configurations.versions(office, "dinkes-r1")[-1]
    assert configurations.version_of(office, "dinkes-r1", oldest.commit[:8]).id == int(oldest.version)
    with pytest.raises(BadInput):
        configurations.version_of(office, "dinkes-r1", "99")


def test_the_newest_backup_is_what_a_device_is_held_to_even_when_it_was_never_diagnosed(
    office: Office, routers: Routers
) -> None:
    names = ["dinkes-r1", "dinkes-sw1"]
    assert readings.last_baselines(office, names) == {}
    network.back_up_devices(office, ["dinkes-r1"])
    routers.configs["dinkes-r1"] = "hostname dinkes-r1\nsecret rahasia\nip route\nend\n"
    network.back_up_devices(office, ["dinkes-r1"])
    known = readings.last_baselines(office, names)
    assert set(known) == {"dinkes-r1"}
    assert known["dinkes-r1"].backup_digest == office.register.config_versions("dinkes-r1")[-1].digest
    assert known["dinkes-r1"].as_facts() is None


@pytest.mark.parametrize("code", ["config.changed", "config.unsaved"])
def test_a_changed_configuration_is_what_the_next_reading_is_held_to_once_it_has_proven_itself(
    office: Office, routers: Routers, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    network.diagnose_devices(office, ["dinkes-r1"])
    good = office.register.baseline("dinkes-r1")
    routers.configs["dinkes-r1"] = "hostname dinkes-r1\nsecret rahasia\nip route\nend\n"
    routers.findings["dinkes-r1"] = [Finding(code, Severity.WARNING, "konfigurasi", "+ip route", "Periksa.")]
    network.examine(office, ["dinkes-r1"])
    assert office.register.baseline("dinkes-r1") == good, "its harm may not show yet"
    later = office.register.clock() + readings.PROVEN
    monkeypatch.setattr(office.register, "_clock", lambda: later)
    network.diagnose_devices(office, ["dinkes-r1"])
    assert office.register.baseline("dinkes-r1") != good


def test_the_history_catches_up_after_a_killed_run(
    office: Office, routers: Routers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(network, "project", killed)
        with pytest.raises(KeyboardInterrupt):
            network.back_up_devices(office, ["dinkes-r1"])
    assert routers.logins == ["dinkes-r1"]
    (done,) = network.back_up_devices(office, ["dinkes-r1"])
    assert done.status == "unchanged"
    assert done.commit


def test_a_device_that_was_never_backed_up_has_an_empty_history(pelihara: Pelihara, submit: Submit) -> None:
    assert pelihara("network", "history", "dinkes-r1", "--json").json["versions"] == []
    for words in (("show", "dinkes-r1"), ("diff", "dinkes-r1"), ("restore", "dinkes-r1", "--case", submit())):
        said = pelihara("network", *words, *(("--as", "teknis-1") if "--case" in words else ()))
        assert (said.code, "belum punya cadangan" in said.err) == (2, True)


def test_secrets_are_shown_only_to_who_asks_for_the_sealed_text_and_that_is_audited(
    office: Office, routers: Routers, pelihara: Pelihara
) -> None:
    network.back_up_devices(office, ["dinkes-r1"])
    assert routers.logins
    assert "rahasia" not in pelihara("network", "show", "dinkes-r1").out
    assert "rahasia" in pelihara("network", "show", "dinkes-r1", "--sealed").out
    assert office.register.audit_rows("dinkes-r1")[-1].action == "config.opened"


def test_a_surprise_inside_one_device_is_its_failure_alone(
    office: Office, routers: Routers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprised(session: object, *_: object) -> object:
        if session.endpoint.name == "dinkes-sw1":  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return routers.fetch(session)

    monkeypatch.setattr(visits, "fetch_config", surprised)
    done = network.back_up_devices(office, ["dinkes-r1", "dinkes-sw1"])
    assert [each.status for each in done] == ["ok", "failed"]


def test_diagnosis_in_json_is_the_documents_form(pelihara: Pelihara, routers: Routers) -> None:
    routers.findings["dinkes-r1"] = [DOWN]
    routers.broken["dinkes-sw1"] = Reason.HOST_KEY_CHANGED
    said = pelihara("network", "diagnose", "--opd", "dinkes", "--json")
    assert said.code == 1
    good, bad = said.json["targets"]
    assert (good["name"], good["status"], good["reason"]) == ("dinkes-r1", "findings", "")
    assert set(good["findings"][0]) == {"code", "severity", "subject", "evidence", "advice"}
    assert (bad["status"], bad["reason"], bad["findings"]) == ("failed", "host_key_changed", [])
    shown = pelihara("network", "diagnose", "--opd", "dinkes")
    assert "Hidupkan kembali." in shown.out
    assert "kunci host berubah" in shown.out


def test_backup_in_json_is_the_documents_form(pelihara: Pelihara, routers: Routers) -> None:
    routers.broken["disdik-r1"] = Reason.UNREACHABLE
    said = pelihara("network", "backup", "--all", "--json")
    assert said.code == 1
    assert all(
        {"name", "status", "reason", "bytes", "commit", "seconds"} <= each.keys() for each in said.json["devices"]
    )
    assert {each["status"] for each in said.json["devices"]} == {"ok", "failed"}


def test_a_secret_that_is_not_there_is_not_blamed_on_the_device(pelihara: Pelihara) -> None:
    (device,) = pelihara("network", "backup", "utara-r1", "--json").json["devices"]
    assert (device["status"], device["reason"]) == ("failed", "error")
    assert "belum diisi" in device["detail"]


BEFORE = "version 15.2\nhostname sw\ninterface Gi0/1\n no shutdown\nusername a password 7 SANDI1\nend\n"
AFTER = (
    BEFORE.replace(" no shutdown", " shutdown")
    .replace("SANDI1", "SANDI2")
    .replace("end\n", "ntp server 9.9.9.9\nend\n")
)
CHANGED = Finding(
    "config.changed", Severity.WARNING, "konfigurasi", "sidik konfigurasi a, dahulu b", "Pastikan itu dikenal."
)


def changed(before: str, now: str = AFTER) -> DeviceReading:
    return DeviceReading(
        "dinkes-sw1", 0.1, (CHANGED,), raw={"show running-config": redact("cisco_ios", now, hidden)},
        facts={"hostname": "sw"}, before={"running_digest": digest("cisco_ios", before)},
    )  # fmt: skip


def test_a_changed_configuration_is_told_line_by_line_against_the_one_that_worked(office: Office) -> None:
    devices = dict(office.inventory.devices)
    devices["dinkes-sw1"] = devices["dinkes-sw1"].model_copy(update={"platform": "cisco_ios"})
    here = replace(office, inventory=office.inventory.model_copy(update={"devices": devices}))
    for text in (BEFORE, AFTER):
        shown = redact("cisco_ios", text, hidden)
        here.register.keep_configs([NewConfig("dinkes-sw1", text, shown, digest("cisco_ios", text))], "", TEKNIS)
    (told,) = readings.settle(here, [changed(BEFORE)], "", TEKNIS)
    assert told.findings[0].evidence == "- no shutdown; + shutdown; + ntp server 9.9.9.9"
    assert "SANDI" not in json.dumps(told.as_json())
    (unknown,) = readings.settle(here, [changed("hostname lain\n")], "", TEKNIS)
    assert unknown.findings[0].evidence == CHANGED.evidence


def test_of_many_changed_lines_the_first_are_told() -> None:
    more = BEFORE.replace("end\n", "".join(f"ip route 10.{n}.0.0 255.255.0.0 10.0.0.1\n" for n in range(30)) + "end\n")
    evidence = with_changes(changed(BEFORE, more), "cisco_ios", BEFORE).findings[0].evidence
    assert evidence.startswith("+ ip route 10.0.0.0 255.255.0.0 10.0.0.1; ")
    assert evidence.endswith("; dan 22 baris lain")
