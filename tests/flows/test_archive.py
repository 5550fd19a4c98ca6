"""The archive, damaged on purpose: found, set aside, told, taken anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from flows.jobs import archive, configurations, network, notices
from flows.jobs.errors import BadInput
from flows.office import Office
from inventory.models import Mail
from playbooks.findings import Reason
from playbooks.network import platforms, visits
from playbooks.network.backup import ConfigCopy, copy_of
from playbooks.network.history import History
from sop import mail
from sop.register import Register
from sop.register.tables import Blob, Config, Evidence
from tests.flows.conftest import Pelihara
from tests.flows.machines import Routers, routers
from tests.playbooks.network.configs import ROUTEROS_CONFIG

__all__ = ["routers"]

NAMES = ["dinkes-r1", "disdik-r1"]


@pytest.fixture
def real(routers: Routers, monkeypatch: pytest.MonkeyPatch) -> Routers:
    """Devices whose configurations are whole RouterOS exports."""
    routers.configs = {name: ROUTEROS_CONFIG.replace("rahasia3", f"lama-{name}") for name in NAMES}

    def fetch(session: Any, *_: object) -> ConfigCopy:
        return copy_of("mikrotik_routeros", routers.configs[session.endpoint.name])

    monkeypatch.setattr(visits, "fetch_config", fetch)
    return routers


def changed(name: str) -> str:
    return ROUTEROS_CONFIG.replace("10.8.0.", "10.9.0.").replace("rahasia3", f"rahasia-{name}")


@pytest.fixture
def stored(office: Office, real: Routers, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Two devices; the first has two versions (1 and 3)."""
    for name in NAMES:
        network.back_up_devices(office, [name])
    real.configs["dinkes-r1"] = changed("dinkes-r1")
    network.back_up_devices(office, NAMES)
    assert archive.check_archive(office).ok
    later(office, monkeypatch)
    return office


def later(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """When no run can be under way any more."""
    monkeypatch.setattr(office.register, "_clock", lambda: datetime.now(UTC) + 2 * archive.UNDER_WAY)


def forge(register: Register, version: int, kind: str, data: bytes | None = None) -> None:
    """What a bad disk, or someone with the database's password, does to a stored text: a flipped byte, or `data`."""
    with register._database.writing() as session:
        session.execute(text("drop trigger if exists blobs_no_update"))
        config = session.get_one(Config, version)
        evidence = session.get_one(Evidence, config.full_id if kind == "config" else config.redacted_id)
        blob = session.get_one(Blob, (evidence.sha256, evidence.sealed))
        held = bytearray(blob.data)
        held[len(held) // 2] ^= 1
        blob.data = bytes(held) if data is None else data


def numbers(office: Office, device: str) -> list[tuple[int, bool]]:
    return [(each.id, not each.quarantined) for each in office.register.config_versions(device)]


@pytest.mark.parametrize("kind", ["config", "config_redacted"])
@pytest.mark.parametrize("data", [None, b"", b"\x28\xb5\x2f\xfd"], ids=["flipped", "empty", "cut"])
def test_a_damaged_newest_version_is_set_aside_and_taken_anew(
    stored: Office, real: Routers, monkeypatch: pytest.MonkeyPatch, kind: str, data: bytes | None
) -> None:
    forge(stored.register, 3, kind, data)
    # The redacted text no longer follows from the full one once another kind of secret was learnt.
    monkeypatch.setattr(archive, "redact", lambda *_: "lain")
    before = len(real.logins)
    found = archive.check_archive(stored)
    assert [(each.device, each.version) for each in found.damaged] == [("dinkes-r1", "3")]
    assert (found.ok, found.seal, found.history, found.audit.ok) == (False, "", (), True)
    assert real.logins[before:] == ["dinkes-r1"]
    assert [(each.name, each.status) for each in found.backups] == [("dinkes-r1", "ok")]
    assert "Cadangan baru sudah diambil" in found.problems[0]
    assert numbers(stored, "dinkes-r1") == [(1, True), (3, False), (4, True)]
    assert stored.register.read_config(4, full=True) == changed("dinkes-r1")
    actions = [row.action for row in stored.register.audit_rows("dinkes-r1")]
    assert "config.quarantined" in actions
    again = archive.check_archive(stored)
    assert (again.ok, again.released) == (True, ("3",)), "the same content was stored once more"
    assert stored.register.read_config(3, full=True) == changed("dinkes-r1")


def test_without_its_device_the_version_before_stands_in(
    stored: Office, real: Routers, pelihara: Pelihara, submit: Callable[..., str]
) -> None:
    real.broken["dinkes-r1"] = Reason.UNREACHABLE
    forge(stored.register, 3, "config")
    found = archive.check_archive(stored)
    assert "Cadangan baru GAGAL" in found.problems[0]
    assert configurations.version_of(stored, "dinkes-r1").id == 1
    assert stored.register.newest_configs(["dinkes-r1"])["dinkes-r1"] == stored.register.read_config(1)
    with pytest.raises(BadInput, match="versi 3 dari dinkes-r1 dikarantina"):
        configurations.version_of(stored, "dinkes-r1", "3")
    for words in (("show", "--at", "3"), ("restore", "--case", submit(), "--as", "teknis-1", "--at", "3")):
        said = pelihara("network", words[0], "dinkes-r1", *words[1:])
        assert (said.code, "dikarantina" in said.err) == (2, True), words
    assert "karantina: " in pelihara("network", "history", "dinkes-r1").out
    assert History(stored.settings.configs).show("dinkes-r1") == stored.register.read_config(1)
    again = archive.check_archive(stored)
    assert (again.ok, [each.version for each in again.standing], again.history) == (True, ["3"], ())
    assert again.backups == ()


def test_a_quarantined_newest_version_is_no_fresh_backup(stored: Office, real: Routers) -> None:
    real.broken["disdik-r1"] = Reason.TIMEOUT
    forge(stored.register, 2, "config")
    archive.check_archive(stored)
    (stands,) = stored.register.backup_states(["disdik-r1"])
    assert (stands.state, stands.version, stands.good_at) == ("never", None, None)
    assert stands.last is not None
    assert stands.last.reason == "timeout"


def test_a_damaged_redacted_text_is_mended_from_the_full_one(stored: Office) -> None:
    forge(stored.register, 1, "config_redacted")
    assert archive.check_archive(stored).ok
    assert "10.8.0.1" in stored.register.read_config(1)
    assert [row.action for row in stored.register.audit_rows("dinkes-r1")].count("config.mended") == 1


def test_an_older_version_is_set_aside_without_asking_its_device(stored: Office, real: Routers) -> None:
    forge(stored.register, 1, "config")
    before = len(real.logins)
    found = archive.check_archive(stored)
    assert ([each.version for each in found.damaged], len(real.logins)) == (["1"], before)
    assert configurations.version_of(stored, "dinkes-r1").id == 3
    assert archive.check_archive(stored).ok


def test_a_wrong_key_is_told_as_such_and_sets_nothing_aside(stored: Office, real: Routers) -> None:
    key = stored.settings.home / "seal.key"
    right = key.read_bytes()
    key.write_bytes(Fernet.generate_key())
    other = Office(stored.settings, stored.inventory)
    before = len(real.logins)
    found = archive.check_archive(other)
    assert (found.ok, found.damaged, len(real.logins)) == (False, (), before)
    assert "segel tidak dapat dibuka dengan kunci ini" in found.problems[0]
    key.unlink()
    assert "tidak dapat dibaca" in archive.check_archive(Office(stored.settings, stored.inventory)).seal
    key.write_bytes(right)
    assert archive.check_archive(Office(stored.settings, stored.inventory)).ok


def test_the_only_sealed_version_that_is_damaged_is_told_from_a_wrong_key(office: Office, real: Routers) -> None:
    network.back_up_devices(office, ["dinkes-r1"])
    real.broken["dinkes-r1"] = Reason.TIMEOUT
    forge(office.register, 1, "config")
    found = archive.check_archive(office)
    assert [each.reason for each in found.damaged] == [archive.BROKEN_SEAL]


def test_what_is_no_whole_configuration_is_set_aside_however_well_it_reads(office: Office, real: Routers) -> None:
    cut = ROUTEROS_CONFIG.replace("# end of export\n", "")
    office.register.keep_config("dinkes-r1", cut, cut, "d1")
    found = archive.check_archive(office)
    assert "penanda akhir" in found.damaged[0].reason
    assert real.logins == ["dinkes-r1"]


def test_why_there_is_no_new_backup_is_said_in_words(office: Office, real: Routers) -> None:
    network.back_up_devices(office, ["dinkes-r1"])
    real.broken["dinkes-r1"] = Reason.TIMEOUT
    forge(office.register, 1, "config")
    told = " ".join(archive.check_archive(office).problems)
    assert "Cadangan baru GAGAL: tidak menjawab sampai batas waktu" in told


@pytest.mark.parametrize("text", ["", "bukan konfigurasi\n", "end\n", "% Invalid input\nend\n", "a\nreturn\n"])
def test_text_that_is_no_configuration_is_whole_for_no_platform(text: str) -> None:
    assert all(archive.incomplete(platform, text) for platform in platforms.ALL)


def test_a_device_replaced_by_another_make_keeps_its_old_versions(stored: Office) -> None:
    entry = stored.inventory.devices["dinkes-r1"].model_copy(update={"platform": "cisco_ios"})
    devices = {**stored.inventory.devices, "dinkes-r1": entry}
    inventory = stored.inventory.model_copy(update={"devices": devices})
    assert archive.check_archive(Office(stored.settings, inventory)).ok
    del devices["dinkes-r1"]
    assert archive.check_archive(Office(stored.settings, inventory)).ok


def rewrite_branch(repo: Path) -> None:
    History(repo).commit({"dinkes-r1": "ditulis orang lain\n"}, "x")


def cut_object(repo: Path) -> None:
    blob = next(each for each in repo.glob("objects/??/*") if each.is_file())
    blob.chmod(0o644)
    blob.write_bytes(blob.read_bytes()[:5])


@pytest.mark.parametrize(
    "damage",
    [cut_object, rewrite_branch, shutil.rmtree, lambda repo: (repo / "refs/heads/main").unlink()],
    ids=["cut", "rewritten", "gone", "branch deleted"],
)
def test_a_damaged_history_is_written_anew_from_the_register(stored: Office, damage: Callable[[Path], None]) -> None:
    before = [each.version for each in configurations.versions(stored, "dinkes-r1")]
    damage(stored.settings.configs)
    assert [each.version for each in configurations.versions(stored, "dinkes-r1")] == before
    found = archive.check_archive(stored)
    assert (found.ok, found.rebuilt, found.damaged) == (False, True, ())
    assert all(each.commit for each in configurations.versions(stored, "dinkes-r1"))
    assert archive.check_archive(stored).ok


def test_a_run_under_way_is_no_damage(office: Office, real: Routers, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has stored what it took, and writes the history at its end."""
    network.back_up_devices(office, NAMES)
    real.configs["dinkes-r1"] = changed("dinkes-r1")
    with monkeypatch.context() as patch:
        patch.setattr(network, "project", lambda *_: {})
        network.back_up_devices(office, NAMES)
        assert archive.check_archive(office).ok
        later(office, monkeypatch)
        found = archive.check_archive(office)
    assert (found.ok, found.rebuilt) == (False, True)
    assert "bukan versi terbaru" in found.history[0]


def test_a_damaged_history_keeps_no_backup_from_being_made(stored: Office, real: Routers) -> None:
    (stored.settings.configs / "HEAD").write_text("x")
    real.configs["dinkes-r1"] = ROUTEROS_CONFIG
    (done,) = network.back_up_devices(stored, ["dinkes-r1"])
    assert (done.status, done.commit) == ("ok", "")
    assert archive.check_archive(stored).rebuilt
    assert configurations.versions(stored, "dinkes-r1")[0].commit


def test_a_forged_hash_is_found_by_the_audit_chain(stored: Office) -> None:
    with stored.register._database.writing() as session:
        session.execute(text("drop trigger evidence_no_update"))
        session.execute(text("update evidence set sha256 = (select sha256 from evidence where id = 3) where id = 1"))
    found = archive.check_archive(stored)
    assert any("tidak punya baris audit" in each for each in found.audit.problems)
    assert not found.ok


class Post:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def __call__(self, _: Any, to: str, subject: str, text: str, *__: object) -> None:
        self.sent.append((to, subject, text))


def test_damage_is_mailed_once_to_the_technical_team_and_the_administrators(
    stored: Office, real: Routers, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post()
    monkeypatch.setattr(mail, "send", post)
    office = stored.inventory.office.model_copy(
        update={"mail": Mail(host="127.0.0.1", sender="pelihara@example.go.id")}
    )
    here = Office(stored.settings, stored.inventory.model_copy(update={"office": office}))
    assert real.logins
    forge(here.register, 3, "config")
    found = archive.check_archive(here)
    assert notices.tell_archive(here, found.problems) == []
    people = here.inventory.officials.values()
    assert {to for to, _, _ in post.sent} == {each.email for each in people if each.role in ("tim_teknis", "admin")}
    assert all("dinkes-r1 versi 3 rusak dan dikarantina" in body for _, _, body in post.sent)
    count = len(post.sent)
    assert count
    notices.tell_archive(here, found.problems)
    notices.tell_archive(here, [])
    assert len(post.sent) == count


def test_the_command_tells_what_was_found_and_fails_once(stored: Office, pelihara: Pelihara, real: Routers) -> None:
    assert pelihara("network", "verify").code == 0
    forge(stored.register, 3, "config")
    said = pelihara("network", "verify")
    assert (said.code, "versi 3 rusak dan dikarantina" in said.out, "Arsip TIDAK utuh" in said.out) == (1, True, True)
    assert real.logins
    shown = pelihara("network", "verify", "--json")
    assert (shown.code, shown.json["ok"], shown.json["released"]) == (0, True, ["3"])
