"""Evidence, sealed configurations, backups and baselines."""

from __future__ import annotations

import stat

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import text

from inventory.settings import Settings
from sop.register import Register
from sop.register.errors import ConfigRefused, RegisterBroken, SealRefused, UnknownEvidence
from sop.register.records import NewConfig
from sop.register.tables import Blob
from tests.sop.register.office import Clock, an_inventory, digest

SECRET = "enable secret 5 $1$rahasia"


def blobs(register: Register) -> list[bytes]:
    with register._database.reading() as session:
        return [blob.data for blob in session.query(Blob)]


def forge(register: Register, statement: str, **values: object) -> None:
    """What someone with the database's password can do."""
    trigger = (
        "drop trigger blobs_no_update" if register._database.is_sqlite else "alter table blobs disable trigger user"
    )
    with register._database.writing() as session:
        session.execute(text(trigger))
        session.execute(text(statement), values)


def test_evidence_comes_back_byte_for_byte_with_its_hash(register: Register) -> None:
    data = bytes(range(256)) * 100
    kept = register.keep(data, "raw", "show run.txt", "application/octet-stream", target="dinkes-r1")
    assert (kept.sha256, kept.size) == (digest(data), len(data))
    assert register.read(kept.id) == data
    assert register.evidence(target="dinkes-r1", kind="raw") == [kept]


def test_the_same_bytes_are_stored_once(register: Register) -> None:
    ids = {register.keep(b"same", "raw", f"{n}.txt").id for n in range(3)}
    assert len(ids) == 3
    assert len(blobs(register)) == 1


def test_sealed_evidence_is_unreadable_in_the_database_and_without_the_key(
    register: Register, settings: Settings
) -> None:
    kept = register.keep(SECRET.encode(), "config", "r1.cfg", sealed=True)
    assert all(SECRET.encode() not in data for data in blobs(register))
    assert register.read(kept.id) == SECRET.encode()
    key = settings.home / "seal.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.write_bytes(Fernet.generate_key())
    with pytest.raises(SealRefused):
        Register(settings, an_inventory()).read(kept.id)
    key.unlink()
    with pytest.raises(SealRefused):
        Register(settings, an_inventory()).read(kept.id)


def test_a_lost_key_is_told_and_not_replaced_by_a_new_one(register: Register, settings: Settings) -> None:
    register.keep(SECRET.encode(), "config", "r1.cfg", sealed=True)
    key = settings.home / "seal.key"
    key.unlink()
    with pytest.raises(SealRefused, match=r"seal\.key"):
        Register(settings, an_inventory()).keep(b"baru", "config", "r1.cfg", sealed=True)
    assert not key.exists()


def test_a_key_that_is_none_is_refused_without_being_shown(settings: Settings) -> None:
    register = Register(settings, an_inventory())
    (settings.home).mkdir(exist_ok=True)
    (settings.home / "seal.key").write_text("bukan-kunci")
    with pytest.raises(SealRefused) as refusal:
        register.keep(b"x", "config", "r1.cfg", sealed=True)
    assert "bukan-kunci" not in str(refusal.value)


def test_altered_evidence_is_not_handed_out(register: Register) -> None:
    kept = register.keep(b"asli", "raw", "a.txt")
    other = register.keep(b"palsu", "raw", "b.txt")
    forge(
        register,
        "update blobs set data = (select data from blobs where sha256 = :other) where sha256 = :mine",
        other=other.sha256,
        mine=kept.sha256,
    )
    with pytest.raises(RegisterBroken):
        register.read(kept.id)


def test_unknown_evidence_and_versions_are_named(register: Register) -> None:
    with pytest.raises(UnknownEvidence, match="99"):
        register.read(99)
    with pytest.raises(UnknownEvidence, match="99"):
        register.read_config(99)


def test_a_config_makes_a_new_version_only_when_its_digest_changed(register: Register, clock: Clock) -> None:
    first = register.keep_config("dinkes-r1", f"a\n{SECRET}", "a\n***", "d1")
    clock.forward(days=1)
    same = register.keep_config("dinkes-r1", f"! later\na\n{SECRET}", "a\n***", "d1")
    third = register.keep_config("dinkes-r1", f"b\n{SECRET}", "b\n***", "d2")
    assert (first.changed, same.changed, same.id, third.changed) == (True, False, first.id, True)
    assert [version.id for version in register.config_versions("dinkes-r1")] == [first.id, third.id]
    assert register.read_config(first.id) == "a\n***"
    assert register.read_config(first.id, full=True) == f"a\n{SECRET}"


def test_going_back_to_an_older_config_is_a_version_of_its_own(register: Register) -> None:
    for digest_ in ("d1", "d2", "d1"):
        register.keep_config("dinkes-r1", "a", "a", digest_)
    assert len(register.config_versions("dinkes-r1")) == 3


def test_configs_of_many_devices_are_kept_together_and_each_has_its_newest_text(register: Register) -> None:
    register.keep_config("dinkes-r1", f"a\n{SECRET}", "a\n***", "d1")
    taken = [NewConfig(name, f"b\n{SECRET}", "b\n***", "d2") for name in ("dinkes-r1", "dinkes-sw1")]
    first = register.keep_configs(taken)
    again = register.keep_configs([taken[1], NewConfig("disdik-r1", "c", "c", "d3")])
    assert [(each.device, each.changed) for each in first] == [("dinkes-r1", True), ("dinkes-sw1", True)]
    assert [(each.id == first[1].id, each.changed) for each in again] == [(True, False), (False, True)]
    assert register.newest_configs(["dinkes-sw1", "dinkes-r1", "disdik-r1", "utara-r1"]) == {
        "dinkes-r1": "b\n***",
        "dinkes-sw1": "b\n***",
        "disdik-r1": "c",
    }
    assert register.read_config(first[0].id, full=True) == f"b\n{SECRET}"
    assert register.verify_audit().ok


def test_one_empty_config_among_many_keeps_none(register: Register) -> None:
    with pytest.raises(ConfigRefused, match="dinkes-sw1"):
        register.keep_configs([NewConfig("dinkes-r1", "a", "a", "d1"), NewConfig("dinkes-sw1", " ", " ", "d1")])
    assert register.newest_configs(["dinkes-r1", "dinkes-sw1"]) == {}


@pytest.mark.parametrize(("full", "redacted"), [("", ""), (" \n", "x"), ("x", "")])
def test_an_empty_config_never_becomes_a_version(register: Register, full: str, redacted: str) -> None:
    register.keep_config("dinkes-r1", "good", "good", "d1")
    with pytest.raises(ConfigRefused):
        register.keep_config("dinkes-r1", full, redacted, "d2")
    assert len(register.config_versions("dinkes-r1")) == 1


def test_a_config_with_bytes_that_are_no_text_survives(register: Register) -> None:
    odd = b"banner \xff\x00".decode("utf-8", "surrogateescape")
    version = register.keep_config("dinkes-r1", odd, odd, "d1")
    assert register.read_config(version.id, full=True) == odd


def test_the_last_good_backup_skips_failures(register: Register, clock: Clock) -> None:
    assert register.last_good_backup("dinkes-r1") is None
    register.note_backup("dinkes-r1", "ok", seconds=1.5)
    good = clock.now
    clock.forward(days=1)
    register.note_backup("dinkes-r1", "failed", "timeout", "60 s", 60.0)
    assert register.last_good_backup("dinkes-r1") == good
    assert [note.status for note in register.backups("dinkes-r1")] == ["ok", "failed"]


def test_a_baseline_is_replaced_and_odd_strings_survive(register: Register) -> None:
    assert register.baseline("dinkes-r1") is None
    register.keep_baseline("dinkes-r1", {"hostname": "r1"})
    register.keep_baseline("dinkes-r1", {"hostname": "r1\0\ud800"})
    assert register.baseline("dinkes-r1") == {"hostname": "r1\0\ud800"}
