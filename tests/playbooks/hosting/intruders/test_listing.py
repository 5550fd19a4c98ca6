"""What a host says of its files is parsed byte for byte, and never believed when a part is missing."""

from __future__ import annotations

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.findings import Reason, TargetError
from playbooks.hosting.intruders import listing

SUM = "ab" * 32
NAMES = st.binary(min_size=1, max_size=40).map(lambda name: name.replace(b"\0", b"?"))


def told(*records: bytes, end: bytes = b"e\0") -> bytes:
    return b"".join(record + b"\0" for record in records) + end


def file(path: bytes, target: bytes = b"", kind: bytes = b"f") -> tuple[bytes, bytes]:
    return b"f" + kind + b" 12 www-data 640 1700000000 1700000100 " + path, b"t" + target


@given(st.lists(NAMES, max_size=8, unique=True))
def test_any_name_comes_back_as_the_bytes_that_it_was(names: list[bytes]) -> None:
    paths = [b"shared/" + name for name in names]
    records = [record for path in paths for record in file(path)]
    sums = [f"h{SUM}  ".encode() + path for path in paths]
    parsed = listing.parse(told(*records, *sums), "0001-abc", "web-1")
    assert [path.encode("utf-8", "surrogateescape") for path in parsed.entries] == paths
    assert all(entry.sha256 == SUM and entry.owner == "www-data" for entry in parsed.entries.values())


@given(st.binary(max_size=300))
def test_whatever_a_host_says_is_parsed_or_refused(data: bytes) -> None:
    if data.endswith(b"\0e\0") or data == b"e\0":
        listing.parse(data, "0001-abc", "web-1")
    else:
        with pytest.raises(TargetError, match="terpotong"):
            listing.parse(data, "0001-abc", "web-1")


def test_a_name_cannot_pass_for_a_checksum_or_for_the_end() -> None:
    forged = b"shared/x\nh" + SUM.encode() + b"  shared/y\ne"
    parsed = listing.parse(told(*file(forged), *file(b"shared/y")), "0001-abc", "web-1")
    assert len(parsed.entries) == 2
    assert {entry.sha256 for entry in parsed.entries.values()} == {""}


def test_a_list_that_was_cut_off_is_refused() -> None:
    with pytest.raises(TargetError, match="terpotong"):
        listing.parse(told(*file(b"shared/a"), end=b""), "0001-abc", "web-1")


def test_what_was_not_read_to_its_end_is_said() -> None:
    parsed = listing.parse(told(*file(b"releases/0001-abc/a.php"), b"px"), "0001-abc", "web-1")
    assert parsed.gaps == ("1 berkas rilis belum terbaca", "pencarian PHP di unggahan belum selesai")


def test_checksums_of_the_deploy_are_kept_apart_from_those_of_today() -> None:
    records = (*file(b"releases/0001-abc/a.php"), f"m{SUM}  a.php".encode())
    parsed = listing.parse(told(*records), "0001-abc", "web-1")
    assert parsed.recorded == {"a.php": SUM}
    assert parsed.entries["releases/0001-abc/a.php"].sha256 == ""


@pytest.mark.parametrize("said", ["", "bukan base64!", base64.b64encode(b"bukan gzip").decode()])
def test_an_answer_that_does_not_unpack_is_refused(said: str) -> None:
    with pytest.raises(TargetError) as refused:
        listing.unpacked(said, "web-1")
    assert refused.value.reason in (Reason.REFUSED_OUTPUT, Reason.INCOMPLETE)


def test_an_answer_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "UNPACKED", 1000)
    bomb = base64.b64encode(gzip.compress(b"\0" * 100_000)).decode()
    with pytest.raises(TargetError, match="terlalu besar"):
        listing.unpacked(bomb, "web-1")


def test_only_so_much_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SHOWN_ALL", 30)
    records = [record for name in (b"a", b"b", b"c") for record in file(b"shared/" + name)]
    held = listing.parse(told(*records, *file(b"shared/link", b"/etc/passwd", b"l")), "0001-abc", "web-1")
    assert listing._affordable(held, held.entries) == b"shared/a\0shared/b\0"
