"""Bytes by their hash: stored once, compressed, sealed where secret, and read back only if they are the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import zstandard
from sqlalchemy import select
from sqlalchemy.orm import Session

from sop.register.audit import Happening, evidence_detail
from sop.register.errors import RegisterBroken, SealRefused
from sop.register.records import Actor
from sop.register.tables import Blob, BlobCopy, Evidence
from sop.register.trail import Trail

_PROBE = b"segel"
_PROBE_SHA256 = hashlib.sha256(_PROBE).hexdigest()
"""Sealed together with the first thing: what opens when the key is the right one, whatever else is damaged."""


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

    def _store(self, session: Session, things: Sequence[tuple[Evidence, bytes]], actor: Actor) -> None:
        now, contents = self.clock(), {}
        for evidence, data in things:
            evidence.sha256, evidence.size, evidence.at = hashlib.sha256(data).hexdigest(), len(data), now
            contents[evidence.sha256, evidence.sealed] = (evidence, data)
        known = {}
        for blob in session.scalars(select(Blob).where(Blob.sha256.in_({sha256 for sha256, _ in contents}))):
            if stored := contents.pop((blob.sha256, blob.sealed), None):
                known[blob] = stored
        session.add_all(self._blobs(session, {key: data for key, (_, data) in contents.items()}))
        for blob, (evidence, data) in known.items():
            self._mend(session, evidence, blob, data)
        session.add_all(evidence for evidence, _ in things)
        self._note_all(session, [_kept(evidence) for evidence, _ in things], actor)

    def _mend(self, session: Session, evidence: Evidence, blob: Blob | None, data: bytes) -> None:
        """What is stored already is stored once more if it no longer reads as what it was."""
        try:
            self._read(session, evidence, blob)
        except (RegisterBroken, SealRefused):
            packed = _packed(data)
            whole = self._seal.close(packed, first=False) if evidence.sealed else packed
            session.add(BlobCopy(sha256=evidence.sha256, sealed=evidence.sealed, data=whole))
            session.flush()

    def _blobs(self, session: Session, contents: Mapping[tuple[str, bool], bytes]) -> Iterator[Blob]:
        first = any(sealed for _, sealed in contents) and not _any_sealed(session)
        if first and (_PROBE_SHA256, True) not in contents:
            yield Blob(sha256=_PROBE_SHA256, sealed=True, data=self._seal.close(_packed(_PROBE), first=True))
        for (sha256, sealed), data in contents.items():
            packed = _packed(data)
            yield Blob(sha256=sha256, sealed=sealed, data=self._seal.close(packed, first=False) if sealed else packed)

    def _text(self, session: Session, evidence_id: int) -> str:
        return self._read(session, session.get_one(Evidence, evidence_id)).decode("utf-8", "surrogateescape")

    def _read(self, session: Session, evidence: Evidence, blob: Blob | None = None) -> bytes:
        """The bytes as they were stored, from the blob or else from a copy. Raises as `read`."""
        stored = blob or session.get(Blob, (evidence.sha256, evidence.sealed))
        try:
            return self._opened(evidence, stored.data if stored else None)
        except (RegisterBroken, SealRefused):
            copies = select(BlobCopy.data).filter_by(sha256=evidence.sha256, sealed=evidence.sealed)
            for copy in session.scalars(copies.order_by(BlobCopy.id.desc())):
                with suppress(RegisterBroken, SealRefused):
                    return self._opened(evidence, copy)
            raise

    def _opened(self, evidence: Evidence, data: bytes | None) -> bytes:
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


def _kept(evidence: Evidence) -> Happening:
    return "evidence.kept", evidence.case_id or evidence.target, evidence_detail(evidence)


def _any_sealed(session: Session) -> bool:
    return session.scalar(select(Blob.sha256).where(Blob.sealed).limit(1)) is not None
