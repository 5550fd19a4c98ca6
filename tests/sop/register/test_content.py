"""Damage to stored bytes: always found, and healed by the same content coming by again."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from sop.register import Register
from sop.register.errors import RegisterBroken, SealRefused
from sop.register.tables import Blob, BlobCopy, Evidence
from tests.sop.register.office import Clock

CONFIG = "hostname r1\n" + "".join(f"interface eth{n}\n ip address 10.0.{n}.1/24\n" for n in range(40)) + "end\n"
READS = (RegisterBroken, SealRefused)


def stored(register: Register, sealed: bool) -> tuple[Evidence, bytes]:
    kept = register.keep(CONFIG.encode(), "config", "r1.cfg", sealed=sealed)
    with register._database.reading() as session:
        evidence = session.get_one(Evidence, kept.id)
        return evidence, session.get_one(Blob, (evidence.sha256, sealed)).data


def put(register: Register, evidence: Evidence, data: bytes) -> None:
    """What someone with the database's password, or a bad disk under it, does."""
    sqlite = register._database.is_sqlite
    with register._database.writing() as session:
        off = "drop trigger if exists blobs_no_update" if sqlite else "alter table blobs disable trigger user"
        session.execute(text(off))
        session.get_one(Blob, (evidence.sha256, evidence.sealed)).data = data


def flipped(data: bytes, at: int, mask: int) -> bytes:
    return data[:at] + bytes([data[at] ^ mask]) + data[at + 1 :]


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@pytest.mark.parametrize("sealed", [True, False])
def test_a_damaged_byte_anywhere_in_a_stored_blob_is_found(
    register: Register, sealed: bool, data: st.DataObject
) -> None:
    """On the real database; the one bit of a Zstandard header that its readers ignore does not change the text."""
    evidence, whole = stored(register, sealed)
    at, mask = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(1, 255))
    put(register, evidence, flipped(whole, at, mask))
    try:
        assert register.read(evidence.id) == CONFIG.encode()
        assert not sealed, f"byte {at} ^ {mask:#x} passed"
    except READS:
        pass
    finally:
        put(register, evidence, whole)
    assert register.read(evidence.id) == CONFIG.encode()


def test_every_bit_of_a_sealed_blob_counts(register: Register) -> None:
    evidence, whole = stored(register, sealed=True)
    for at in range(0, len(whole), 3):
        for bit in range(8):
            with pytest.raises(READS):
                register._opened(evidence, flipped(whole, at, 1 << bit))


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("length", [0, 1, 10, -1])
def test_a_cut_blob_is_found(register: Register, sealed: bool, length: int) -> None:
    evidence, whole = stored(register, sealed)
    put(register, evidence, whole[:length])
    with pytest.raises(READS):
        register.read(evidence.id)


@pytest.mark.parametrize("sealed", [True, False])
def test_the_same_content_stored_again_heals_what_was_damaged(register: Register, sealed: bool) -> None:
    evidence, whole = stored(register, sealed)
    put(register, evidence, flipped(whole, len(whole) // 2, 1))
    with pytest.raises(READS):
        register.read(evidence.id)
    again = register.keep(CONFIG.encode(), "config", "r1.cfg", sealed=sealed)
    register.keep(CONFIG.encode(), "config", "r1.cfg", sealed=sealed)
    assert register.read(evidence.id) == register.read(again.id) == CONFIG.encode()
    with register._database.reading() as session:
        assert len(session.scalars(select(BlobCopy)).all()) == 1, "once is enough"


def test_a_header_that_asks_for_all_memory_is_refused_before_it_gets_any(register: Register) -> None:
    evidence, whole = stored(register, sealed=False)
    # Frame header: single segment, content size of eight bytes, all ones but the last two.
    huge = whole[:4] + b"\xe0" + b"\xff" * 6 + b"\x00\x00" + whole[7:]
    with pytest.raises(RegisterBroken):
        register._opened(evidence, huge)


def test_empty_evidence_comes_back_empty(register: Register) -> None:
    assert register.read(register.keep(b"", "raw", "kosong.txt").id) == b""


def test_a_damaged_newest_configuration_gives_way_to_the_one_before(register: Register, clock: Clock) -> None:
    register.keep_config("dinkes-r1", "a\nrahasia", "a\n***", "d1")
    clock.forward(days=1)
    newest = register.keep_config("dinkes-r1", "b\nrahasia", "b\n***", "d2")
    register.keep_config("dinkes-r2", "c\nrahasia", "c\n***", "d3")
    with register._database.reading() as session:
        evidence = session.scalars(select(Evidence).filter_by(kind="config_redacted", target="dinkes-r1")).all()[-1]
    put(register, evidence, b"x")
    assert register.newest_configs(["dinkes-r1", "dinkes-r2"]) == {"dinkes-r1": "a\n***", "dinkes-r2": "c\n***"}
    register.quarantine(newest, "rusak")
    assert register.keep_config("dinkes-r1", "b\nrahasia", "b\n***", "d2").changed
    assert register.newest_configs(["dinkes-r1"]) == {"dinkes-r1": "b\n***"}


def test_quarantine_is_audited_and_lifted_once(register: Register) -> None:
    kept = register.keep_config("dinkes-r1", "a\nrahasia", "a\n***", "d1")
    register.quarantine(kept, "rusak")
    register.quarantine(kept, "rusak lagi")
    assert [each.quarantined for each in register.archived()] == ["rusak"]
    register.release(kept)
    register.release(kept)
    assert [each.quarantined for each in register.archived()] == [""]
    actions = [row.action for row in register.audit_rows("dinkes-r1") if row.action != "evidence.kept"]
    assert actions == ["config.quarantined", "config.released"]
    assert register.verify_audit().ok


def test_a_good_word_about_a_version_that_is_damaged_now_counts_no_more(register: Register, clock: Clock) -> None:
    register.keep_config("dinkes-r1", "a\nrahasia", "a\n***", "d1")
    register.note_backup("dinkes-r1", "ok")
    clock.forward(days=1)
    register.note_backup("dinkes-r1", "unchanged")
    good = clock.now
    clock.forward(days=1)
    damaged = register.keep_config("dinkes-r1", "b\nrahasia", "b\n***", "d2")
    register.note_backup("dinkes-r1", "ok")
    clock.forward(days=1)
    register.note_backup("dinkes-r1", "unchanged")
    register.quarantine(damaged, "rusak")
    (stands,) = register.backup_states(["dinkes-r1"])
    assert (stands.good_at, stands.version and stands.version.digest) == (good, "d1")
