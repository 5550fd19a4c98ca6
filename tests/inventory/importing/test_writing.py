"""What is written is what was planned; all other bytes stay, and a refusal leaves the folder as it was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.importing import Change, Choices, ImportRefused, plan_import, write, writing
from inventory.load import load_inventory
from inventory.problems import InventoryError
from tests.inventory.importing.sheets_made import HEADINGS, PLATFORMS, R2, bytes_of, office, separated

NEW = {"opd": "dinkes", "address": "10.20.5.1", "platform": "frr", "credentials": "opd-router"}


def change(slug: str, fields: Mapping[str, Any], action: Any = "add", **more: Any) -> Change:
    return Change(more.pop("table", "devices"), slug, action, "", 2, dict(fields), **more)


def test_a_new_entry_stands_behind_the_others_whose_bytes_stay(tmp_path: Path) -> None:
    found, before = office(tmp_path), bytes_of(tmp_path)
    assert write([change("r9", NEW, guessed_from="x")], found, PLATFORMS) == ["devices.yaml"]
    after = bytes_of(tmp_path)
    assert after.pop("devices.yaml") == before.pop("devices.yaml") + (
        b"r9:\n  opd: dinkes\n  address: 10.20.5.1\n  platform: frr  # tebakan menurut merk dan tipe\n"
        b"  credentials: opd-router\n"
    )
    assert after == before
    assert load_inventory(tmp_path).devices["r9"].platform == "frr"


def test_an_update_changes_the_value_and_nothing_beside_it(tmp_path: Path) -> None:
    found = office(tmp_path)
    before = (tmp_path / "devices.yaml").read_text()
    fields = {"address": "10.20.1.77", "legacy_ssh": False, "role": "core", "uplinks": ["eth1", "eth2"]}
    write([change("dinkes-sw1", fields, "update")], found, (*PLATFORMS,))
    expected = (
        before.replace("address: 10.20.1.2\n", "address: 10.20.1.77\n")
        .replace("role: switch", "role: core")
        .replace("legacy_ssh: true  ", "legacy_ssh: false  ")
        .replace("uplinks: [GigabitEthernet0/1]", "uplinks: [eth1, eth2]")
    )
    assert (tmp_path / "devices.yaml").read_text() == expected


def test_a_key_that_an_entry_did_not_have_is_added_in_blocks_and_in_braces(tmp_path: Path) -> None:
    office(tmp_path)
    (tmp_path / "devices.yaml").write_text(
        "# kepala\na: {opd: dinkes, address: 10.0.0.1, platform: frr, credentials: opd-router} # ekor\n"
        "b:\n    # dalam\n    opd: dinkes\n    address: 10.0.0.2\n    platform: frr\n    credentials: opd-router"
    )
    found = load_inventory(tmp_path)
    write([change(slug, {"segment": "kota: a"}, "update") for slug in "ab"], found, PLATFORMS)
    text = (tmp_path / "devices.yaml").read_text()
    assert '# kepala\na: {segment: "kota: a", opd: dinkes, ' in text
    assert '    # dalam\n    segment: "kota: a"\n    opd: dinkes\n' in text
    assert {each.segment for each in load_inventory(tmp_path).devices.values()} == {"kota: a"}


@pytest.mark.parametrize("text", ["", "# belum ada", "# belum\r\n", "\ufeff"])
def test_an_empty_file_and_one_that_is_not_there_are_begun(tmp_path: Path, text: str) -> None:
    office(tmp_path)
    (tmp_path / "websites.yaml").unlink()
    (tmp_path / "devices.yaml").write_bytes(text.encode())
    site = {"opd": "dinkes", "domain": "a.example.go.id", "host": "web-1", "kind": "static"}
    found = load_inventory(tmp_path)
    assert write([change("r9", NEW), change("s", site, table="websites")], found, PLATFORMS) == [
        "devices.yaml",
        "websites.yaml",
    ]
    assert set(load_inventory(tmp_path).websites) == {"s"}
    assert (tmp_path / "devices.yaml").read_bytes().startswith(text.encode())
    assert (b"\r\n" in (tmp_path / "devices.yaml").read_bytes()) == ("\r\n" in text)


ODD = [
    "{a: {opd: dinkes, address: 10.0.0.1, platform: frr, credentials: opd-router}}\n",
    "  a: {opd: dinkes, address: 10.0.0.1, platform: frr, credentials: opd-router}\n",
    "a: {opd: dinkes, address: 10.0.0.1, platform: frr, credentials: opd-router}\n...\n",
]


@pytest.mark.parametrize("text", ODD)
def test_a_file_written_otherwise_is_refused_and_left(tmp_path: Path, text: str) -> None:
    office(tmp_path)
    (tmp_path / "devices.yaml").write_text(text)
    found, before = load_inventory(tmp_path), bytes_of(tmp_path)
    with pytest.raises((ImportRefused, InventoryError)):
        write([change("r9", NEW)], found, PLATFORMS)
    assert bytes_of(tmp_path) == before


def test_a_list_that_goes_over_lines_is_left_to_people(tmp_path: Path) -> None:
    office(tmp_path)
    entry = "a:\n  opd: dinkes\n  address: 10.0.0.1\n  platform: frr\n  credentials: opd-router\n"
    (tmp_path / "devices.yaml").write_text(f"{entry}  uplinks:\n    - eth0  # ke pusat\n    - eth1\n")
    found, before = load_inventory(tmp_path), bytes_of(tmp_path)
    with pytest.raises(ImportRefused, match="uplinks"):
        write([change("a", {"uplinks": ["eth2"]}, "update")], found, PLATFORMS)
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize(
    "fields",
    [{**NEW, "platform": "vax"}, {**NEW, "opd": "nirwana"}, {**NEW, "address": "10.20.1.1"}, {**NEW, "opd": 5}],
)
def test_what_the_inventory_would_refuse_is_never_written(tmp_path: Path, fields: dict[str, Any]) -> None:
    found, before = office(tmp_path), bytes_of(tmp_path)
    with pytest.raises(ValueError, match=r"."):
        write([change("r9", fields)], found, PLATFORMS)
    assert bytes_of(tmp_path) == before


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = office(tmp_path)
    rehearse = writing._rehearse

    def slowly(*words: Any) -> None:
        rehearse(*words)
        with (tmp_path / "devices.yaml").open("a") as file:
            file.write("# tangan lain\n")

    monkeypatch.setattr(writing, "_rehearse", slowly)
    with pytest.raises(ImportRefused, match="berubah sementara itu"):
        write([change("r9", NEW)], found, PLATFORMS)
    assert "r9" not in load_inventory(tmp_path).devices
    assert (tmp_path / "devices.yaml").read_text().endswith("# tangan lain\n")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_linked_file_stays_linked_and_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "lain").mkdir()
    (tmp_path / "inventaris").mkdir()
    office(tmp_path / "inventaris")
    real = (tmp_path / "inventaris" / "devices.yaml").rename(tmp_path / "lain" / "devices.yaml")
    real.chmod(0o640)
    (tmp_path / "inventaris" / "devices.yaml").symlink_to(real)
    write([change("r9", NEW)], load_inventory(tmp_path / "inventaris"), PLATFORMS)
    assert (tmp_path / "inventaris" / "devices.yaml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "r9:" in real.read_text()


def test_importing_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    (tmp_path / "i").mkdir()
    found = office(tmp_path / "i")
    path = separated(
        tmp_path / "a.csv", [HEADINGS, R2, ("sw", "HP", "ProCurve 2530", "fd00::5", "dinkes", "opd-switch")]
    )
    write(plan_import(path, found, PLATFORMS, Choices()).to_write, found, PLATFORMS)
    again = plan_import(path, load_inventory(tmp_path / "i"), PLATFORMS, Choices(update=True))
    assert [each.action for each in again.changes] == ["same", "same"]


LINES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=40).filter(str.isprintable)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES, st.from_regex(r"[a-z0-9](?:[a-z0-9_-]{0,20}[a-z0-9])?", fullmatch=True))
def test_any_line_of_text_is_read_back_as_it_was_written(words: str, slug: str) -> None:
    added = writing.changed("", [change(slug, {"name": words}, table="opd")])
    updated = writing.changed(
        f'"{slug}": {{name: lama}} # ekor\n', [change(slug, {"name": words}, "update", table="opd")]
    )
    for text in (added, updated):
        assert writing.YAML(typ="safe", pure=True).load(text) == {slug: {"name": words}}
    assert updated.endswith(" # ekor\n")
