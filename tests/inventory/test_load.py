"""An inventory either loads, or every fault is named by file, entry and key."""

from __future__ import annotations

import os
import random
import shutil
import string
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.load import load_inventory
from inventory.problems import InventoryError, Problem
from inventory.settings import CHECKOUT

EXAMPLE = CHECKOUT / "inventory"
Office = Callable[[dict[str, str]], Path]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """The example office, with files replaced (or left out where the text is "-")."""

    def make(changes: dict[str, str]) -> Path:
        for file in EXAMPLE.glob("*.yaml"):
            shutil.copy(file, tmp_path)
        for name, text in changes.items():
            (tmp_path / name).unlink(missing_ok=True)
            if text != "-":
                (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return make


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(InventoryError) as caught:
        load_inventory(folder)
    return caught.value.problems


def only(folder: Path) -> Problem:
    found = problems(folder)
    assert len(found) == 1, found
    return found[0]


OPD = "dinkes: {name: Dinas Kesehatan}\n"
LOGIN = "opd-router: {username: a, password: env:A}\ndns-key: {name: k, secret: env:B}\n"


def device(extra: str = "", **fields: str) -> str:
    keys = {"opd": "dinkes", "address": "10.0.0.1", "platform": "frr", "credentials": "opd-router", **fields}
    return "r1: {" + ", ".join(f"{key}: {value}" for key, value in keys.items()) + extra + "}\n"


def small(make: Office, /, **files: str) -> Path:
    base = {"opd": OPD, "credentials": LOGIN, "devices": "-", "hosts": "-", "websites": "-", "zones": "-", "acme": "-"}
    return make({f"{name}.yaml": text for name, text in {**base, **files}.items()})


def test_the_example_office_loads() -> None:
    loaded = load_inventory(EXAMPLE)
    assert set(loaded.opd) == {"dinkes", "disdik", "kec-utara"}
    assert {official.role for official in loaded.officials.values()} == {
        "kadis", "sekretaris", "kabid", "koordinator", "sub_koordinator",
        "helpdesk", "tim_teknis", "pelaksana", "auditor", "admin",
    }  # fmt: skip
    assert loaded.office.hours["friday"].pause is not None
    assert loaded.folder == str(EXAMPLE)


def test_office_yaml_alone_is_an_inventory(office: Office) -> None:
    loaded = load_inventory(small(office, opd="-", officials="-", credentials="-"))
    assert loaded.devices == {}
    assert loaded.acme is None


def test_an_empty_file_means_none_of_these(office: Office) -> None:
    assert load_inventory(small(office, devices="", acme="# belum\n")).devices == {}


def test_hours_left_out_are_those_of_the_civil_service(office: Office) -> None:
    text = "name: Dinas\nregion: Kabupaten\naddress: Jalan\nplace: Contoh\n"
    hours = load_inventory(small(office, office=text)).office.hours
    assert sorted(hours) == ["friday", "monday", "thursday", "tuesday", "wednesday"]


def test_a_missing_folder_and_a_missing_office_file_are_errors(office: Office, tmp_path: Path) -> None:
    assert "tidak ada" in only(tmp_path / "none").message
    assert only(small(office, office="-")) == Problem("office.yaml", "", "", "berkas ini wajib ada")


def test_an_expired_appointment_is_no_error(office: Office) -> None:
    text = "a: {name: A, role: kabid, acting: {kind: plt, for: kadis, from: 2020-01-01, until: 2020-01-02}}"
    acting = load_inventory(small(office, officials=text)).officials["a"].acting
    assert acting is not None
    assert acting.until == date(2020, 1, 2)


ACTING = "a: {{name: A, role: kabid, acting: {{kind: plt, for: kadis, from: {}, until: 2026-01-01}}}}"
FAULTS = [
    ({"devices": device(", rool: x")}, "r1", "rool", 'tidak dikenal (maksud Anda "role"?)'),
    ({"devices": device(opd="dinkse")}, "r1", "opd", '"dinkse" tidak ada dalam opd.yaml (maksud Anda "dinkes"?)'),
    ({"devices": device(credentials="nope")}, "r1", "credentials", "tidak ada dalam credentials.yaml"),
    ({"devices": device(credentials="dns-key")}, "r1", "credentials", "bukan login"),
    ({"devices": device(port='"22"')}, "r1", "port", "bilangan bulat"),
    ({"devices": device(port="true")}, "r1", "port", "bilangan bulat"),
    ({"devices": device(port="70000")}, "r1", "port", "paling besar 65535"),
    ({"devices": device(port="0")}, "r1", "port", "paling kecil 1"),
    ({"devices": device(address="-oProxyCommand=x")}, "r1", "address", "alamat IP"),
    ({"devices": device(address="10.0.0.1 x")}, "r1", "address", "alamat IP"),
    ({"devices": device(address='""')}, "r1", "address", "kosong"),
    ({"devices": device(address="10.20.1.256")}, "r1", "address", "alamat IP"),
    ({"devices": device(address="010.020.001.001")}, "r1", "address", "alamat IP"),
    ({"devices": device(address="'192168100100'")}, "r1", "address", "alamat IP"),
    ({"headings": "columns: {alamat: [ip]}"}, "", "columns.alamat", "harus salah satu dari"),
    ({"headings": "kinds: {static: statis}"}, "", "kinds.static", "daftar"),
    ({"words": "promotion: {Slot Baru: 4}"}, "", "promotion.Slot Baru", "berhuruf kecil"),
    ({"words": "promotion: {slot baru: 11}"}, "", "promotion.slot baru", "paling besar 10"),
    ({"words": "ordinary: slot sidang"}, "", "ordinary", "daftar"),
    ({"words": "kata: [a]"}, "", "kata", "tidak dikenal"),
    ({"devices": device(legacy_ssh="mungkin")}, "r1", "legacy_ssh", "true atau false"),
    ({"devices": device(uplinks="eth0")}, "r1", "uplinks", "daftar"),
    ({"devices": device(uplinks='["e\\nreload"]')}, "r1", "uplinks.0", "antarmuka"),
    ({"devices": device(expect="{interfaces: {eth0: oke}}")}, "r1", "expect.interfaces.eth0", '"up" atau "down"'),
    ({"devices": device(expect='{interfaces: {"e;x": up}}')}, "r1", "expect.interfaces.e;x", "antarmuka"),
    ({"devices": "r1: {opd: dinkes}"}, "r1", "address", "wajib diisi"),
    ({"devices": "r1: 5"}, "r1", "", "pasangan kunci: nilai"),
    ({"devices": "- r1"}, "", "", "nama: {kunci: nilai"),
    ({"devices": "R1 x: {}"}, "R1 x", "", "huruf kecil"),
    ({"devices": "../r1: {}"}, "../r1", "", "huruf kecil"),
    ({"devices": "1: {}"}, "1", "", "huruf kecil"),
    ({"devices": device() + device(address="10.0.0.2")}, "r1", "", "tertulis dua kali, lagi di baris 2"),
    ({"devices": device() + device().replace("r1:", "r2:")}, "r2", "address", "sudah dipakai oleh r1"),
    ({"devices": device(", opd: dinkes")}, "r1", "opd", "tertulis dua kali"),
    ({"opd": "dinkes: {name: 5}"}, "dinkes", "name", "harus teks"),
    ({"opd": 'dinkes: {name: "a\\nb"}'}, "dinkes", "name", "satu baris"),
    ({"opd": 'dinkes: {name: "\\ud800"}'}, "dinkes", "name", "karakter yang rusak"),
    ({"opd": "dinkes: {name: A, pic: [{name: B, email: b}]}"}, "dinkes", "pic.0.email", "alamat surel"),
    ({"officials": "a: {name: A, role: bupati}"}, "a", "role", "harus salah satu dari"),
    (
        {"officials": ACTING.format("2026-02-02")},
        "a", "acting", "lebih awal",
    ),
    (
        {"officials": ACTING.format("0")},
        "a", "acting.from", "harus tanggal",
    ),
    ({"hosts": "h: {address: a, credentials: opd-router, web_user: A B}"}, "h", "web_user", "bentuknya tidak sah"),
    ({"credentials": LOGIN + "x: {username: a}"}, "x", "", "isi username"),
    ({"credentials": LOGIN + "x: {username: a, password: env:A, name: b, secret: env:B}"}, "x", "", "isi username"),
    ({"zones": "example: {server: 10.0.0.1, credentials: dns-key}"}, "example", "", "nama zona DNS"),
    ({"zones": "example.go.id: {server: 10.0.0.1, credentials: opd-router}"}, "example.go.id", "credentials", "TSIG"),
    ({"websites": "w: {opd: dinkes, domain: A.go.id, host: h, kind: static}"}, "w", "domain", "nama domain"),
    ({"websites": "w: {opd: dinkes, domain: a.go.id, host: h, kind: static}"}, "w", "host", "dalam hosts.yaml"),
    ({"websites": "w: {opd: dinkes, domain: a.go.id, host: h, kind: wordpress}"}, "w", "", "memerlukan database"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "entry", "key", "words"), FAULTS)
def test_a_fault_is_named_by_entry_and_key(
    office: Office, files: dict[str, str], entry: str, key: str, words: str
) -> None:
    found = [problem for problem in problems(small(office, **files)) if (problem.entry, problem.key) == (entry, key)]
    assert [problem for problem in found if words in problem.message], problems(small(office, **files))
    assert {problem.file for problem in found} == {f"{next(iter(files))}.yaml"}


def test_every_fault_of_every_file_is_named_at_once_with_its_line(office: Office) -> None:
    folder = small(office, devices=device(rool="x", opd="nope"), officials="\na:\n  name: A\n  role: bupati\n")
    assert [(p.file, p.line, p.entry, p.key) for p in problems(folder)] == [
        ("devices.yaml", 1, "r1", "rool"),
        ("officials.yaml", 4, "a", "role"),
    ]
    with pytest.raises(InventoryError, match=r"^devices.yaml:1: r1.rool: kunci ini tidak dikenal"):
        load_inventory(folder)


def test_a_reference_to_a_faulty_entry_is_not_a_second_fault(office: Office) -> None:
    assert only(small(office, devices=device(), opd="dinkes: {nama: Dinas, name: Dinas}")).key == "nama"


def test_a_domain_used_twice_is_refused(office: Office) -> None:
    hosts = "h: {address: 10.0.0.9, credentials: opd-router}"
    site = "{opd: dinkes, domain: a.go.id, host: h, kind: static}"
    found = only(small(office, hosts=hosts, websites=f"w1: {site}\nw2: {site}\n"))
    assert (found.entry, found.key, found.message) == ("w2", "domain", "a.go.id sudah dipakai oleh w1")


def test_a_device_and_a_host_at_one_address_and_port_are_refused(office: Office) -> None:
    found = only(small(office, hosts="h: {address: 10.0.0.1, credentials: opd-router}", devices=device()))
    assert (found.file, found.entry, found.key) == ("hosts.yaml", "h", "address")


@pytest.mark.parametrize("name", ["device.yaml", "devices.yml", "catatan.YAML"])
def test_another_yaml_file_is_named(office: Office, name: str) -> None:
    assert only(office({name: ""})).file == name


HOURS = "name: D\nregion: K\naddress: J\nplace: C\nhours: "


@pytest.mark.parametrize(
    ("text", "key", "words"),
    [
        (HOURS + "{}", "hours", "kurang isinya"),
        (HOURS + "{monday: {start: 730, end: 16:00}}", "hours.monday.start", "harus jam"),
        (HOURS + '{monday: {start: "16:00", end: "07:30"}}', "hours.monday", "berurutan"),
        (HOURS + '{monday: {start: "07:30", end: "25:00"}}', "hours.monday.end", "harus jam"),
        (HOURS + '{senin: {start: "07:30", end: "16:00"}}', "hours.senin", "salah satu dari"),
        (HOURS + '{monday: {start: "07:30", end: "16:00", pause: ["12:00"]}}', "hours.monday.pause.1", "wajib diisi"),
        (HOURS.replace("hours: ", "zone: Asia/Demak"), "zone", "zona waktu"),
        (HOURS.replace("hours: ", "holidays: {2026-02-30: X}"), "holidays", "bukan tanggal"),
        (HOURS.replace("hours: ", "mail: {host: m, sender: s, password: rahasia}"), "mail.password", "rujukan"),
        ("[]", "", "pasangan kunci: nilai"),
        ("", "name", "wajib diisi"),
    ],
)
def test_a_fault_of_the_office_is_named(office: Office, text: str, key: str, words: str) -> None:
    found = problems(small(office, office=text))
    assert [problem for problem in found if problem.key == key and words in problem.message], found


def test_a_secret_written_by_mistake_is_never_repeated(office: Office) -> None:
    text = "opd-router: {username: a, password: s3kr1t-sekali}\n"
    with pytest.raises(InventoryError) as caught:
        load_inventory(small(office, credentials=text))
    assert "s3kr1t" not in f"{caught.value} {caught.value!r} {caught.value.__cause__} {caught.value.__context__}"


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "a tag": (b"r1: !!python/object/apply:os.system [id]", "tag"),
    "an anchor": (b"r1: &x {}", "jangkar"),
    "an alias of nothing": (b"r1: *x", "*"),
    "a merge key": (b"r1: {<<: {a: b}}", "tag"),
    "billion laughs": (BOMB.encode(), "jangkar"),
    "a list that holds itself": (b"&a [*a]", "jangkar"),
    "fifty megabytes": (b"# " + b"x" * 50_000_000, "terlalu besar"),
    "too deep": (b"r1: " + b"[" * 5000, "terlalu dalam"),
    "deep": (b"r1: " + b"[" * 20 + b"]" * 20, "terlalu dalam"),
    "not UTF-8": (b"r1: \xff\xfe", "bukan teks UTF-8 (byte ke-5)"),
    "UTF-16": ("r1: {}".encode("utf-16"), "UTF-8"),
    "a control character": (b"r1: \x1b[2J", "karakter kendali"),
    "tabs": (b"r1:\n\topd: dinkes", "tab"),
    "an open bracket": (b"r1: {opd: dinkes", "kurung"),
    "an open quote": (b'r1: "opd', "tanda kutip"),
    "two documents": (b"---\na: {}\n---\nb: {}", "satu dokumen"),
    "a list for a key": (b"? [a, b]\n: 1", "satu kata"),
    "an endless number": (b"r1: {port: " + b"9" * 6000 + b"}", "bukan tanggal atau bilangan"),
}


@pytest.mark.parametrize(("data", "words"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_yaml_is_refused_by_name(office: Office, data: bytes, words: str) -> None:
    folder = small(office)
    (folder / "devices.yaml").write_bytes(data)
    found = problems(folder)
    assert {problem.file for problem in found} == {"devices.yaml"}
    assert any(words in problem.message for problem in found)


def test_a_pipe_or_a_folder_in_place_of_a_file_is_refused(office: Office) -> None:
    folder = small(office)
    os.mkfifo(folder / "devices.yaml")
    (folder / "hosts.yaml").mkdir()
    assert [problem.message for problem in problems(folder)] == ["bukan berkas biasa"] * 2


def test_a_byte_order_mark_is_no_fault(office: Office) -> None:
    folder = small(office)
    (folder / "opd.yaml").write_bytes(b"\xef\xbb\xbf" + OPD.encode())
    assert load_inventory(folder).opd["dinkes"].name == "Dinas Kesehatan"


def test_terminal_sequences_in_names_do_not_reach_the_message(office: Office) -> None:
    found = problems(small(office, devices='"\\e[2J": {}\n'))
    assert all(str(problem).isprintable() for problem in found)


VALUES = [
    "5",
    "true",
    "~",
    "[]",
    "{}",
    "x",
    '""',
    '"\\ud800"',
    "2026-11-01",
    "1e400",
    ".nan",
    "[[]]",
    "{a: {b: c}}",
    "-",
]


@st.composite
def mutation(draw: st.DrawFn) -> tuple[str, str]:
    """A file of the example with pieces cut, doubled, swapped for values of other types, or noise put in."""
    file = draw(st.sampled_from(sorted(path.name for path in EXAMPLE.glob("*.yaml"))))
    text = (EXAMPLE / file).read_text()
    rnd = random.Random(draw(st.integers()))
    for _ in range(draw(st.integers(1, 4))):
        at = rnd.randrange(len(text) + 1)
        to = min(len(text), at + rnd.randrange(1, 30))
        noise = "".join(rnd.choices(string.printable + "é\u2028", k=rnd.randrange(4)))
        piece = rnd.choice(["", text[at:to] * 2, noise, rnd.choice(VALUES)])
        text = text[:at] + piece + text[to:]
        if rnd.random() < 0.5 and ": " in text:
            where = rnd.choice([n for n in range(len(text)) if text.startswith(": ", n)])
            end = min((n for n in (text.find(mark, where + 2) for mark in ",}\n") if n > 0), default=len(text))
            text = text[: where + 2] + rnd.choice(VALUES) + text[end:]
    return file, text


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutation())
def test_a_mutated_inventory_loads_or_is_refused_but_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, changed: tuple[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__", "*.md"))
    (folder / changed[0]).write_text(changed[1], encoding="utf-8", newline="")
    said = outcome(folder)
    assert said.replace("\n", "").isprintable()
    assert "nilainya tidak sah" not in said, "a pydantic error has no Indonesian sentence"
    shutil.rmtree(folder)


def outcome(folder: Path) -> str:
    try:
        return repr(type(load_inventory(folder)))
    except InventoryError as error:
        return str(error) or pytest.fail("refused without a problem")
