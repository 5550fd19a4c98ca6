"""Both procedures on real parts, driven by the command line and the jobs that Prefect starts too."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from flows.jobs import cases, websites
from flows.office import Office, open_office
from playbooks.findings import Reason, TargetError
from playbooks.hosting import authority, certificates, zones
from playbooks.hosting.records import Key, RecordSet
from playbooks.hosting.site import Site
from playbooks.network.history import History
from tests.flows.conftest import Pelihara
from tests.flows.steps import act, settle, submit
from tests.lab import dns
from tests.lab.network import Mailbox, NetworkLab
from tests.lab.web import WebLab
from tests.lab.world import FOLDER

pytestmark = pytest.mark.lab


@pytest.fixture
def at_network(network_lab: NetworkLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pelihara:
    return settle(tmp_path, network_lab.inventory_folder, network_lab.known_hosts, monkeypatch)


def test_a_device_is_met_first_and_trusted_then(
    network_lab: NetworkLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pelihara = settle(tmp_path, network_lab.inventory_folder, None, monkeypatch)
    assert pelihara("network", "diagnose", "r2", "--json").json["targets"][0]["reason"] == "host_key_unknown"
    refused = pelihara("inventory", "enrol", "r2", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "not_confirmed")
    assert not (tmp_path / "home" / "known_hosts").exists()
    shown = pelihara("inventory", "enrol", "r2", "--yes", "--json")
    assert shown.code == 0
    assert shown.json["targets"][0]["keys"][0]["fingerprint"].startswith("SHA256:")
    assert pelihara("network", "diagnose", "r2", "--json").code == 0


def test_all_devices_are_backed_up_once_and_unchanged_the_second_time(at_network: Pelihara) -> None:
    first = at_network("network", "backup", "--all", "--json")
    assert first.code == 0, first.out
    assert {each["status"] for each in first.json["devices"]} == {"ok"}
    assert len({each["commit"] for each in first.json["devices"]}) == 1
    again = at_network("network", "backup", "--all", "--json")
    assert [each for each in again.json["devices"] if each["status"] != "unchanged"] == []


def test_what_was_changed_and_saved_since_the_backup_is_named_by_the_command(
    at_network: Pelihara, healthy_network: NetworkLab
) -> None:
    assert at_network("network", "backup", "r2", "--json").code == 0
    healthy_network["r2"].changed()
    (target,) = at_network("network", "diagnose", "r2", "--json").json["targets"]
    assert [one["code"] for one in target["findings"]] == ["config.changed"]
    assert at_network("network", "backup", "r2", "--json").code == 0
    (target,) = at_network("network", "diagnose", "r2", "--json").json["targets"]
    assert "cadangan" not in "".join(one["evidence"] for one in target["findings"])


def test_a_port_that_was_shut_is_found_approved_and_enabled(
    at_network: Pelihara, healthy_network: NetworkLab, tmp_path: Path, mailbox: Mailbox
) -> None:
    at_network("network", "diagnose", "r1")
    at_network("network", "backup", "r1")
    router = healthy_network["r1"]
    router.shut()
    case = submit(at_network, tmp_path, "--sop", "jaringan", "--opd", "dinkes", "--device", "r1")
    act(at_network, case, "kadis", "kabid-aptika", "koordinator")
    office = open_office()
    assert cases.carry(office, case).state == "waiting"
    assert "shutdown" in router.running
    (plan,) = [each for each in office.register.plans(case) if each.ladder == "B"]
    refused = at_network(
        "network", "repair", "r1", "--case", case, "--apply", plan.hash, "--as", "tim-teknis", "--json"
    )
    assert (refused.code, refused.json["error"]["code"]) == (1, "permit_refused")
    assert "shutdown" in router.running
    act(at_network, case, "koordinator")
    carried = cases.carry(office, case)
    assert carried.state == "done", carried.reason
    assert "shutdown" not in router.running
    assert cases.carry(office, case).state == "done"
    act(at_network, case, "koordinator", "kabid-aptika", "kadis")
    record = office.register.case(case)
    assert record.state == "selesai"
    assert "no shutdown" in json.loads(plan.document)["changes"]
    assert {"laporan", "lembar_disposisi"} <= {each.kind for each in record.evidence}
    assert any(message["Subject"].startswith(case) for message in mailbox.messages)
    assert at_network("audit", "verify").code == 0


def test_a_device_is_brought_back_to_a_stored_configuration(
    at_network: Pelihara, healthy_network: NetworkLab, tmp_path: Path
) -> None:
    router = healthy_network["r2"]
    assert at_network("network", "backup", "r2").code == 0
    router.configure("interface eth3", "description salah ketik")
    router.save()
    case = submit(at_network, tmp_path, "--sop", "jaringan", "--opd", "dinkes", "--device", "r2")
    act(at_network, case, "kadis", "kabid-aptika", "koordinator")
    words = ("network", "restore", "r2", "--case", case, "--as", "tim-teknis")
    shown = at_network(*words, "--json")
    assert shown.code == 0, shown.err
    (plan,) = shown.json["plans"]
    assert at_network(*words, "--apply", plan["hash"]).code == 1
    assert "salah ketik" in router.running
    act(at_network, case, "koordinator")
    done = at_network(*words, "--apply", plan["hash"], "--json")
    assert (done.code, done.json["status"]) == (0, "applied"), done.out + done.err
    assert "salah ketik" not in router.running
    assert at_network(*words, "--json").json["plans"] == []


def test_a_routers_backup_is_proven_by_loading_it_into_a_fresh_frr(
    healthy_network: NetworkLab, at_network: Pelihara
) -> None:
    assert healthy_network["r2"].running
    assert at_network("network", "backup", "r2", "r3").code == 0
    drilled = at_network("network", "drill", "r2", "--json")
    assert [(each["status"], each["differences"]) for each in drilled.json["devices"]] == [("ok", [])]
    stands = {each["name"]: each for each in at_network("network", "board", "r2", "r3", "--json").json["devices"]}
    assert (stands["r2"]["state"], stands["r2"]["drill"]["passed"], stands["r3"]["drill"]) == ("fresh", True, None)
    assert at_network("network", "verify").code == 0


def test_a_routeros_is_backed_up_as_text_and_as_its_own_binary(
    healthy_network: NetworkLab, at_network: Pelihara, tmp_path: Path
) -> None:
    assert healthy_network["r1"].running
    done = at_network("network", "backup", "mt1", "r1", "--binary", "--json")
    assert done.code == 0, done.out + done.err
    (made,) = done.json["binaries"]
    assert (made["name"], made["status"], made["detail"]) == ("mt1", "ok", "")
    out = tmp_path / "mt1.backup"
    assert at_network("network", "show", "mt1", "--sealed", "--binary", out).code == 0
    assert (out.read_bytes()[:4], len(out.read_bytes())) == (b"\xef\xa8\x91\x73", made["bytes"])
    assert not [*FOLDER.glob("routers/mt1.disk/*")], "nothing of it stays on the device"
    again = at_network("network", "backup", "mt1", "--binary", "--json").json
    assert [each["status"] for each in (*again["devices"], *again["binaries"])] == ["unchanged", "unchanged"]


def test_a_restore_asked_for_with_the_letter_is_carried_out_by_its_case(
    at_network: Pelihara, healthy_network: NetworkLab, tmp_path: Path
) -> None:
    router = healthy_network["r2"]
    assert at_network("network", "backup", "r2").code == 0
    case = submit(at_network, tmp_path, "--sop", "jaringan", "--opd", "dinkes", "--device", "r2")
    asked = at_network("network", "restore", "r2", "--case", case, "--as", "tim-teknis", "--json")
    assert (asked.code, asked.json["noted"]) == (0, True), asked.err
    router.configure("interface eth3", "description salah ketik")
    router.save()
    act(at_network, case, "kadis", "kabid-aptika", "koordinator")
    office = open_office()
    assert cases.carry(office, case).state == "waiting"
    assert "salah ketik" in router.running
    act(at_network, case, "koordinator")
    done = cases.carry(office, case)
    assert done.state == "done", done.reason
    assert "salah ketik" not in router.running


@pytest.mark.parametrize("after_s", [0.7, 1.2, 2.0, 3.0])
def test_a_backup_killed_at_any_moment_is_finished_by_the_next(
    at_network: Pelihara, tmp_path: Path, after_s: float
) -> None:
    command = [sys.executable, "-c", "from flows.cli import main; main()", "network", "backup", "--all", "--json"]
    victim = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        victim.wait(after_s)
    except subprocess.TimeoutExpired:
        victim.send_signal(signal.SIGKILL)
    victim.wait(10)
    done = at_network("network", "backup", "--all", "--json")
    assert done.code == 0, done.out
    assert {each["status"] for each in done.json["devices"]} <= {"ok", "unchanged"}
    for name in ("r1", "r2", "r3", "mt1"):
        versions = at_network("network", "history", name, "--json").json["versions"]
        assert len(versions) == 1
        assert versions[0]["commit"]
    assert at_network("audit", "verify").code == 0
    assert History(tmp_path / "home" / "configs").fsck() == []


def test_a_wrong_password_and_a_silent_device_are_told_apart(
    at_network: Pelihara, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PELIHARA_LAB_FRR", "salah")
    done = {each["name"]: each["reason"] for each in at_network("network", "backup", "--all", "--json").json["devices"]}
    assert done["r1"] == "login_refused"
    assert done["mt1"] == ""


@pytest.fixture
def at_web(web_lab: WebLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pelihara]:
    page = "<h1>Dinas Kesehatan</h1>"
    web_lab.site(
        "kasus",
        source=web_lab.archive("kasus.tar.gz", {"index.html": page}),
        health={"path": "/", "expect": "Dinas Kesehatan"},
        tls={"issuer": "acme"},
    )
    officials = web_lab.folder / "officials.yaml"
    before = officials.read_text()
    officials.write_text(json.dumps(_officials()))
    yield settle(tmp_path, web_lab.folder, web_lab.known_hosts, monkeypatch)
    officials.write_text(before)


def _officials() -> dict[str, dict[str, str]]:
    roles = ("kadis", "sekretaris", "kabid", "sub_koordinator", "pelaksana", "tim_teknis")
    return {role.replace("_", "-"): {"name": f"Pejabat Contoh {role}", "role": role} for role in roles}


def test_a_website_is_analysed_approved_hosted_deployed_named_and_certified(
    at_web: Pelihara, web_lab: WebLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = submit(at_web, tmp_path, "--sop", "website", "--opd", "dinkes", "--website", "kasus")
    act(at_web, case, "pelaksana", "kadis", "sekretaris", "kabid")
    office: Office = open_office()
    assert cases.carry(office, case).state == "waiting"
    assert {plan.action for plan in office.register.plans(case)} == {"host", "deploy", "domain", "tls"}
    act(at_web, case, "sub-koordinator")
    assert cases.carry(office, case).state == "done"
    carried = cases.carry(office, case)
    assert carried.state == "done", carried.reason
    assert cases.carry(office, case).state == "waiting"
    assert {plan.state for plan in office.register.plans(case)} == {"applied"}
    place = web_lab.site("kasus")
    page = httpx.get(f"http://{place.host.address}/", headers={"Host": place.domain}, follow_redirects=False)
    assert page.status_code in (200, 301)
    shown = at_web("website", "check", "kasus", "--json")
    assert shown.code == 0, shown.out
    # A backup that was never restored is said to be unproven; the lab's certificates live for days only.
    known = {"headers.missing", "tls.expiring", "backup.unproven"}
    assert {each["code"] for each in shown.json["targets"][0]["findings"]} <= known
    act(at_web, case, "pelaksana")
    assert office.register.case(case).state == "selesai"
    renewed_by_the_clock(at_web, place, monkeypatch)
    assert at_web("audit", "verify").code == 0


def renewed_by_the_clock(pelihara: Pelihara, place: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Near its end the certificate is renewed under the approval that stands; an authority that is down leaves it."""

    def renewals() -> list[tuple[str, str]]:
        done = pelihara("website", "renew", "--json").json["certificates"]
        return [(each["website"], each["status"]) for each in done if each["website"] == place.slug]

    first = certificates.served(place)
    assert renewals() == [], "it is not due yet"
    with monkeypatch.context() as near:
        near.setattr(certificates, "now", lambda: first.until - timedelta(days=29))
        with monkeypatch.context() as down:
            down.setattr(authority, "issue", refuse)
            assert renewals() == [(place.slug, "failed")]
        assert certificates.served(place).serial == first.serial
        assert renewals() == [(place.slug, "renewed")]
    assert certificates.served(place).serial != first.serial


def refuse(*_: object) -> str:
    raise TargetError("ca", Reason.ERROR, "penerbit sertifikat: tidak menjawab")


def test_a_zone_is_copied_compared_and_judged_and_a_sites_names_are_taken_away(
    at_web: Pelihara, web_lab: WebLab, tmp_path: Path
) -> None:
    def backup() -> list[str]:
        return [each["status"] for each in at_web("website", "zone", "backup", dns.ZONE, "--json").json["zones"]]

    web_lab.site("pindah")
    own = f"pindah.{dns.ZONE}"
    assert backup() == ["ok"]
    assert backup() == ["unchanged"]
    case = submit(at_web, tmp_path, "--sop", "website", "--opd", "dinkes", "--website", "pindah")
    act(at_web, case, "pelaksana", "kadis", "sekretaris", "kabid")
    editor = zones.editor(web_lab.inventory, dns.ZONE)
    editor.put({Key(own, "A"): RecordSet(60, ("10.99.0.40",)), Key(f"lama.{own}", "A"): RecordSet(60, ("192.0.2.4",))})
    assert backup() == ["ok"]
    said = at_web("website", "zone", "diff", dns.ZONE).out
    assert f"+{own}. 60 IN A 10.99.0.40" in said
    assert len(at_web("website", "zone", "history", dns.ZONE, "--json").json["versions"]) == 2
    (judged,) = at_web("website", "zone", "check", dns.ZONE, "--json").json["targets"]
    assert [each["subject"] for each in judged["findings"] if each["code"] == "dns.dangling"] == [f"lama.{own} A"]
    editor.put({Key(f"lama.{own}", "A"): RecordSet(60, ())})

    office = open_office()
    office.register.keep(b"{}", "analysis", "analisis.json", case_id=case)
    (plan,) = websites.propose_removal(office, case, "pindah")
    act(at_web, case, "sub-koordinator")
    assert cases.carry(office, case).state == "done"
    assert cases.carry(office, case).state == "done"
    assert office.register.plan(plan.hash, case).state == "applied"
    assert Key(own, "A") not in editor.export()
    assert at_web("audit", "verify").code == 0


def carried(pelihara: Pelihara, tmp_path: Path, site: str, *more: str) -> tuple[Office, str]:
    """A case of `site` from its letter to the step of the report; `more` is a command given once it is analysed."""
    case = submit(pelihara, tmp_path, "--sop", "website", "--opd", "dinkes", "--website", site)
    act(pelihara, case, "pelaksana", "kadis", "sekretaris", "kabid")
    office = open_office()
    assert cases.carry(office, case).state == "waiting"
    if more:
        said = pelihara(*more, "--case", case, "--as", "pelaksana")
        assert said.code == 0, said.err
    act(pelihara, case, "sub-koordinator")
    for _ in ("pemeliharaan", "hosting"):
        done = cases.carry(office, case)
        assert done.state == "done", done.reason
    assert cases.carry(office, case).state == "waiting"
    return office, case


def test_an_update_keeps_the_release_before_it_and_a_case_goes_back_to_that(
    at_web: Pelihara, web_lab: WebLab, tmp_path: Path
) -> None:
    def release(text: str) -> None:
        archive = web_lab.archive(f"{text}.tar.gz", {"index.html": f"<h1>{text}</h1>"})
        web_lab.site("rilis", source=archive, health={"path": "/", "expect": "rilis"})

    def front() -> str:
        place = web_lab.site("rilis")
        return httpx.get(f"http://{place.host.address}/", headers={"Host": place.domain}).text

    for text in ("rilis-satu", "rilis-dua"):
        release(text)
        office, case = carried(at_web, tmp_path, "rilis")
        assert front() == f"<h1>{text}</h1>"
        act(at_web, case, "pelaksana")
    assert [plan.action for plan in office.register.plans(case)] == ["deploy"]
    assert len([*Path("/srv/pelihara/rilis/releases").iterdir()]) == 2
    office, case = carried(at_web, tmp_path, "rilis", "website", "rollback", "rilis")
    assert [(plan.action, plan.state) for plan in office.register.plans(case)] == [("rollback", "applied")]
    assert front() == "<h1>rilis-satu</h1>"
    assert at_web("audit", "verify").code == 0
