"""What an import would do is decided before anything is written, and every fault is named by its cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.importing import Change, Choices, ImportPlan, ImportRefused, plan_import
from inventory.models import Headings
from tests.inventory.importing.sheets_made import HEADINGS, OFFICE, PLATFORMS, R2, Cells, separated, workbook

Planned = Callable[..., ImportPlan]


@pytest.fixture
def planned(tmp_path: Path) -> Planned:
    """Plans a CSV of the rows, below the usual headings unless others are given."""

    def plan(*rows: Cells, headings: Cells = HEADINGS, **choices: Any) -> ImportPlan:
        path = separated(tmp_path / "a.csv", [headings, *rows])
        return plan_import(path, OFFICE, PLATFORMS, Choices(**choices))

    return plan


def only(plan: ImportPlan) -> Change:
    assert plan.problems == []
    (change,) = plan.changes
    return change


def faults(plan: ImportPlan) -> list[tuple[int, str, str]]:
    assert not plan.changes
    return [(each.row, each.column, each.message) for each in plan.problems]


def with_cell(column: str, cell: object) -> list[object]:
    row: list[object] = list(R2)
    row[HEADINGS.index(column)] = cell
    return row


def test_a_row_becomes_an_entry_and_a_guess_is_said_to_be_one(planned: Planned) -> None:
    change = only(planned(R2))
    assert (change.table, change.slug, change.action, change.row) == ("devices", "router-2", "add", 2)
    assert change.fields == {
        "opd": "dinkes",
        "address": "10.20.5.1",
        "platform": "mikrotik_routeros",
        "credentials": "opd-router",
    }
    assert change.guessed_from == "MikroTik RB750Gr3"


def test_a_platform_that_is_said_is_no_guess(planned: Planned) -> None:
    change = only(planned((*R2, "FRR"), headings=(*HEADINGS, "Platform")))
    assert (change.fields["platform"], change.guessed_from) == ("frr", "")


def test_choices_stand_in_for_what_rows_do_not_say(planned: Planned) -> None:
    change = only(
        planned(
            ("r2", "Cisco", "10.0.0.1", "2222", "ether1; ether2"),
            headings=("Hostname", "Vendor", "IP Address", "Port SSH", "Uplink"),
            opd="Dinas Pendidikan",
            credentials="opd-switch",
        )
    )
    assert change.fields == {
        "opd": "disdik",
        "address": "10.0.0.1",
        "port": 2222,
        "platform": "cisco_ios",
        "uplinks": ["ether1", "ether2"],
        "credentials": "opd-switch",
    }


@pytest.mark.parametrize("choices", [{"opd": "dinas antah"}, {"credentials": "dns-key"}, {"sheet": "Router"}])
def test_a_choice_that_names_nothing_is_refused(planned: Planned, choices: dict[str, str]) -> None:
    with pytest.raises(ImportRefused):
        planned(R2, **choices)


@pytest.mark.parametrize(
    ("column", "cell", "letter", "said"),
    [
        ("Alamat IP", "010.020.001.001", "D", "nol di depan"),
        ("Alamat IP", "10.20.1.256", "D", "harus alamat IP"),
        ("Alamat IP", "10.20.1.1", "D", "sudah dipakai oleh dinkes-r1"),
        ("Alamat IP", "10.20.9.10", "D", "sudah dipakai oleh web-1"),
        ("Alamat IP", "-oProxyCommand=x", "D", "harus alamat IP"),
        ("Alamat IP", "", "D", "alamat IP kosong"),
        ("Alamat IP", "=1+1", "D", "rumus"),
        ("Alamat IP", "x" * 600, "D", "lebih dari 500"),
        ("Nama Perangkat", "", "A", "nama kosong"),
        ("Nama Perangkat", "???", "A", "tidak dapat dibuat"),
        ("OPD", "Dinas Kesehatn", "E", 'maksud Anda "Dinas Kesehatan"'),
        ("OPD", "", "E", "--opd"),
        ("Kredensial", "", "F", "--credentials"),
        ("Kredensial", "dns-key", "F", "bukan nama kredensial"),
        ("Tipe", "#REF!", "C", "kesalahan #REF!"),
    ],
)
def test_a_fault_is_named_by_its_cell(planned: Planned, column: str, cell: str, letter: str, said: str) -> None:
    (fault,) = faults(planned(with_cell(column, cell)))
    assert fault[:2] == (2, letter)
    assert said in fault[2]


@pytest.mark.parametrize("port", ["0", "70000", "dua"])
def test_a_port_that_is_none_is_named(planned: Planned, port: str) -> None:
    ((_, column, _),) = faults(planned((*R2, port), headings=(*HEADINGS, "Port")))
    assert column == "G"


def test_what_points_to_no_platform_is_named_with_its_words(planned: Planned) -> None:
    (fault,) = faults(planned(("AP", "Epson", "L310", *R2[3:])))
    assert '"Epson L310"' in fault[2]


def test_all_faults_of_a_row_are_told_at_once(planned: Planned) -> None:
    assert len(faults(planned(("AP", "Epson", "L310", "0.0.0.0", "x", "y")))) == 4


def test_two_rows_of_one_name_or_one_address_clash_and_the_first_is_named(planned: Planned) -> None:
    plan = planned(R2, with_cell("Alamat IP", "10.9.9.9"), with_cell("Nama Perangkat", "lain"))
    assert [each.slug for each in plan.changes] == ["router-2"]
    name, address = plan.problems
    assert "baris 2" in name.message
    assert (address.column, address.message) == ("D", "sudah dipakai oleh router-2")


def test_a_secret_is_never_taken_nor_shown(planned: Planned) -> None:
    plan = planned((*R2, "s3cret", "s3cret"), headings=(*HEADINGS, "Password", "SNMP Community"))
    assert "s3cret" not in repr((plan.changes, plan.problems, plan.left_out))
    assert [each.column for each in plan.left_out] == ["G", "H"]
    assert "credentials.yaml" in plan.left_out[0].message
    assert "s3cret" not in repr(planned(with_cell("Kredensial", "s3cret")).problems)


def test_an_entry_that_is_there_is_left_unless_it_shall_be_updated(planned: Planned) -> None:
    row = ("dinkes-r1", "Cisco", "2960", "10.20.1.1", "Dinas Pendidikan", "opd-router")
    left, changed = only(planned(row)), only(planned(row, update=True))
    assert (left.action, changed.action) == ("differs", "update")
    assert (changed.fields, changed.before) == ({"opd": "disdik"}, {"opd": "dinkes"})
    assert only(planned(("dinkes-r1", "Cisco", "2960", "10.20.1.1", "", ""))).action == "same"


def test_an_unknown_agency_is_registered_once_and_only_when_asked(planned: Planned) -> None:
    rows = [with_cell("OPD", "Root > Dinas Sosial"), ("sw", "Cisco", "x", "10.9.9.9", "DINAS SOSIAL", "opd-switch")]
    assert len(planned(*rows).problems) == 2
    plan = planned(*rows, with_opd=True)
    assert [(each.table, each.slug, each.fields.get("opd")) for each in plan.changes] == [
        ("opd", "dinas-sosial", None),
        ("devices", "router-2", "dinas-sosial"),
        ("devices", "sw", "dinas-sosial"),
    ]
    assert plan.changes[0].fields == {"name": "Dinas Sosial"}


def test_an_agency_of_rows_at_fault_alone_is_not_registered(planned: Planned) -> None:
    row = ["r2", "Epson", "L310", "10.9.9.9", "Dinas Sosial", "opd-router"]
    assert planned(row, with_opd=True).changes == []


def test_what_is_out_of_use_is_left_out_with_its_reason(planned: Planned) -> None:
    plan = planned((*R2, "Rusak Berat"), headings=(*HEADINGS, "Kondisi"))
    assert (plan.changes, plan.problems) == ([], [])
    assert plan.left_out[-1].message == 'tidak diambil: "Rusak Berat"'


def test_a_column_nobody_knows_is_told(planned: Planned) -> None:
    assert [each.heading for each in planned((*R2, "1"), headings=(*HEADINGS, "Tahun")).left_out] == ["Tahun"]


def test_the_same_heading_twice_is_a_fault(planned: Planned) -> None:
    plan = planned((*R2, "10.9.9.9"), headings=(*HEADINGS, "ALAMAT IP"))
    assert [(each.row, each.column) for each in plan.problems] == [(1, "G")]


def test_the_preferred_of_two_columns_counts_unless_it_is_empty(planned: Planned) -> None:
    headings = (*HEADINGS, "Lokasi")
    assert only(planned((*R2, "Dinas Pendidikan"), headings=headings)).fields["opd"] == "dinkes"
    assert only(planned((*with_cell("OPD", ""), "Dinas Pendidikan"), headings=headings)).fields["opd"] == "disdik"


def test_an_office_reads_its_own_headings(tmp_path: Path) -> None:
    path = separated(tmp_path / "a.csv", [("Sebutan", "Kotak", "Nomor", "Unit"), ("r9", "putih", "10.9.9.9", "dinkes")])
    own = Headings(
        columns={"name": ("sebutan",), "vendor": ("kotak",), "address": ("nomor",), "opd": ("unit",)},
        platforms={"frr": ("putih",)},
    )
    office = OFFICE.model_copy(update={"headings": own})
    assert only(plan_import(path, office, PLATFORMS, Choices(credentials="opd-router"))).fields["platform"] == "frr"


def test_a_title_above_merged_cells_and_a_second_sheet_do_no_harm(tmp_path: Path) -> None:
    rows = [["DAFTAR PERANGKAT"], [], HEADINGS, R2, ("sw", "Cisco", "2960", "10.9.9.9", None, "opd-switch")]
    path = workbook(tmp_path / "a.xlsx", rows, ["A1:F1", "E4:E5"])
    plan = plan_import(path, OFFICE, PLATFORMS, Choices())
    assert [(each.slug, each.fields["opd"], each.row) for each in plan.changes] == [
        ("router-2", "dinkes", 4),
        ("sw", "dinkes", 5),
    ]
    assert plan.tables[0].heading_row == 3
    assert plan_import(path, OFFICE, PLATFORMS, Choices(sheet="Router")).changes == plan.changes


def test_a_file_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="baris judul"):
        plan_import(separated(tmp_path / "a.csv", [["halo"], ["dunia"]]), OFFICE, PLATFORMS, Choices())


WEB_HEADINGS = ("Alamat Website", "OPD", "Server", "CMS", "Database")
NEW_SITE = ("https://baru.example.go.id/", "disdik", "10.20.9.10", "WordPress", "baru")


def test_a_list_of_websites_is_taken_too(planned: Planned) -> None:
    change = only(planned(NEW_SITE, headings=WEB_HEADINGS))
    assert (change.table, change.slug) == ("websites", "baru-example-go-id")
    assert change.fields == {
        "opd": "disdik",
        "domain": "baru.example.go.id",
        "host": "web-1",
        "kind": "wordpress",
        "database": {"engine": "mariadb", "name": "baru"},
    }


def test_a_website_is_known_by_its_domain(planned: Planned) -> None:
    change = only(planned(("dinkes.example.go.id", "dinkes", "web-1", "wp", "dinkes_web"), headings=WEB_HEADINGS))
    assert (change.slug, change.action) == ("dinkes-web", "same")


@pytest.mark.parametrize(
    ("at", "cell", "letter", "said"),
    [
        (0, "bukan domain", "A", "nama domain"),
        (2, "web-9", "C", "hosts.yaml"),
        (3, "joomla", "D", "harus salah satu"),
        (3, "", "D", "jenis website kosong"),
        (4, "", "E", "database"),
        (4, "Basis Data", "E", "huruf kecil"),
    ],
)
def test_a_fault_of_a_website_is_named_by_its_cell(
    planned: Planned, at: int, cell: str, letter: str, said: str
) -> None:
    (fault,) = faults(
        planned([cell if index == at else each for index, each in enumerate(NEW_SITE)], headings=WEB_HEADINGS)
    )
    assert fault[1] == letter
    assert said in fault[2]


def test_a_netbox_dump_is_planned_like_a_sheet(tmp_path: Path) -> None:
    device = {
        "name": "dinkes-sw9",
        "device_type": {"model": "Catalyst 2960", "manufacturer": {"name": "Cisco"}},
        "role": {"name": "Access Switch"},
        "tenant": {"name": "Dinas Kesehatan"},
        "site": {"name": "Kantor Bupati"},
        "primary_ip": {"address": "10.20.5.9/24"},
        "status": {"value": "active"},
    }
    (tmp_path / "a.json").write_text(json.dumps([device, {**device, "name": "x", "status": {"value": "planned"}}]))
    plan = plan_import(tmp_path / "a.json", OFFICE, PLATFORMS, Choices(credentials="opd-switch"))
    assert only(plan).fields == {
        "opd": "dinkes",
        "address": "10.20.5.9",
        "platform": "cisco_ios",
        "role": "switch",
        "credentials": "opd-switch",
    }


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=30), min_size=6, max_size=6))
def test_any_cells_make_a_sound_entry_or_a_fault_and_never_an_error(planned: Planned, cells: list[str]) -> None:
    plan = planned([each.replace("\0", "") for each in cells])
    for change in plan.changes:
        assert change.fields["address"].isprintable()
        assert change.fields["opd"] in OFFICE.opd
        assert change.fields["credentials"] in OFFICE.credentials
