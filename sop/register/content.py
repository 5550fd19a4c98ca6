"""Bytes by their hash: stored once, compressed, sealed where secret, and read back only if they are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

import zstandard
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sop.register.audit import Happening, evidence_detail
from sop.register.errors import RegisterBroken, SealRefused
from sop.register.records import Actor, EvidenceRecord, NewEvidence
from sop.register.tables import Blob, BlobCopy, Evidence
from sop.register.trail import Trail

_PROBE = b"segel"
_PROBE_SHA256 = hashlib.sha256(_PROBE).hexdigest()
"""Sealed together with the first thing: what opens when the key is the right one, whatever else is damaged."""


class Described(Protocol):
    """What says by its hash what its content has to be: evidence, or the few columns of it that tell."""

    @property
    def id(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def sealed(self) -> bool: ...
    @property
    def size(self) -> int: ...


class Content(Trail):
    """What evidence holds. Damage is met by storing the same content once more, as soon as it comes by again."""

    def seal_is_right(self) -> bool:
        """Whether the key is the one that things were sealed with; False also when that can no longer be told."""
        with self._database.reading() as session:
            probe = session.get(Blob, (_PROBE_SHA256, True))
            if probe is None:
                return False
            try:
                return _unpacked(self._seal.open(probe.data), len(_PROBE)) == _PROBE
            except (SealRefused, zstandard.ZstdError, ValueError):
                return False

    def seal(self, data: bytes) -> bytes:
        """A few bytes, sealed for keeping elsewhere. Raises SealRefused if the key is bad or lost."""
        with self._database.writing() as session:
            if not _any_sealed(session):
                session.execute(insert(Blob), [self._probe()])
            return self._seal.close(data, first=False)

    def unseal(self, sealed: bytes) -> bytes:
        """What `seal` was given. Raises SealRefused."""
        return self._seal.open(sealed)

    def _probe(self) -> dict[str, Any]:
        data = self._seal.close(_packed(_PROBE), first=True)
        return {"sha256": _PROBE_SHA256, "sealed": True, "data": data}

    def _store(self, session: Session, things: Sequence[NewEvidence], actor: Actor) -> list[EvidenceRecord]:
        """In the order of `things`. Rows, not objects, are written: a fleet's backup adds thousands."""
        if not things:
            return []
        rows = [self._row(each) for each in things]
        ids = session.scalars(insert(Evidence).returning(Evidence.id, sort_by_parameter_order=True), rows)
        stored = [EvidenceRecord(id=number, **row) for number, row in zip(ids, rows, strict=True)]
        contents = {(each.sha256, each.sealed): (each, new.data) for each, new in zip(stored, things, strict=True)}
        blobs = select(Blob.sha256, Blob.sealed, Blob.data).where(Blob.sha256.in_({sha256 for sha256, _ in contents}))
        for sha256, sealed, data in session.execute(blobs).tuples():
            if known := contents.pop((sha256, sealed), None):
                self._mend(session, known[0], data, known[1])
        if new := [*self._blobs(session, {key: data for key, (_, data) in contents.items()})]:
            session.execute(insert(Blob), new)
        self._note_all(session, [_kept(each) for each in stored], actor)
        return stored

    def _row(self, new: NewEvidence) -> dict[str, Any]:
        told = {key: value for key, value in vars(new).items() if key != "data"}
        return {**told, "sha256": hashlib.sha256(new.data).hexdigest(), "size": len(new.data), "at": self.clock()}

    def _mend(self, session: Session, evidence: Described, stored: bytes | None, data: bytes) -> None:
        """What is stored already is stored once more if it no longer reads as what it was."""
        try:
            self._read(session, evidence, stored)
        except (RegisterBroken, SealRefused):
            packed = _packed(data)
            whole = self._seal.close(packed, first=False) if evidence.sealed else packed
            session.add(BlobCopy(sha256=evidence.sha256, sealed=evidence.sealed, data=whole))
            session.flush()

    def _blobs(self, session: Session, contents: Mapping[tuple[str, bool], bytes]) -> Iterator[dict[str, Any]]:
        first = any(sealed for _, sealed in contents) and not _any_sealed(session)
        if first and (_PROBE_SHA256, True) not in contents:
            yield self._probe()
        for (sha256, sealed), data in contents.items():
            packed = _packed(data)
            whole = self._seal.close(packed, first=False) if sealed else packed
            yield {"sha256": sha256, "sealed": sealed, "data": whole}

    def _text(self, session: Session, evidence_id: int) -> str:
        return self._read(session, session.get_one(Evidence, evidence_id)).decode("utf-8", "surrogateescape")

    def _read(self, session: Session, evidence: Described, stored: bytes | None = None) -> bytes:
        """The bytes as they were stored, from the blob (`stored`, if it was read already) or else from a copy.

        Raises as `read`.
        """
        content = {"sha256": evidence.sha256, "sealed": evidence.sealed}
        try:
            return self._opened(evidence, stored or session.scalar(select(Blob.data).filter_by(**content)))
        except (RegisterBroken, SealRefused):
            copies = select(BlobCopy.data).filter_by(**content)
            for copy in session.scalars(copies.order_by(BlobCopy.id.desc())):
                with suppress(RegisterBroken, SealRefused):
                    return self._opened(evidence, copy)
            raise

    def _opened(self, evidence: Described, data: bytes | None) -> bytes:
        """The bytes, if they are still what was stored."""
        if data is None:
            raise RegisterBroken(f"isi bukti nomor {evidence.id} hilang")
        packed = self._seal.open(data) if evidence.sealed else data
        try:
            plain = _unpacked(packed, evidence.size)
        except (zstandard.ZstdError, ValueError):
            raise RegisterBroken(f"isi bukti nomor {evidence.id} rusak") from None
        if hashlib.sha256(plain).hexdigest() != evidence.sha256:
            raise RegisterBroken(f"isi bukti nomor {evidence.id} tidak cocok dengan sidik jarinya")
        return plain


def _packed(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


def _unpacked(packed: bytes, size: int) -> bytes:
    """Raises ValueError or ZstdError. A damaged header may ask for any amount of memory, so its size is read first."""
    if zstandard.get_frame_parameters(packed).content_size != size:
        raise ValueError("not the size that was stored")
    return zstandard.decompress(packed)


def _kept(evidence: EvidenceRecord) -> Happening:
    return "evidence.kept", evidence.case_id or evidence.target, evidence_detail(evidence)


def _any_sealed(session: Session) -> bool:
    return session.scalar(select(Blob.sha256).where(Blob.sealed).limit(1)) is not None
