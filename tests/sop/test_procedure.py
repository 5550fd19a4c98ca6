"""Both SOPs row by row against the official forms, and a check that finds what is wrong in a procedure."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sop.procedure import (
    FOLDER,
    Procedure,
    ProcedureError,
    Standard,
    available,
    check,
    check_released,
    load,
    table,
)

NETWORK = """
1 | OPD mengirim surat permohonan permintaan pemeliharaan jaringan TIK | PIC/OPD | Surat Permohonan | 8 menit | Laporan Surat Permohonan
2 | Kadis mendisposisikan surat permohonan kepada Kabid | Kepala Dinas | Surat Permohonan | 3 menit | Disposisi
3 | Kabid mendisposisikan surat permohonan kepada Koordinator terkait | Kabid | Komputer, ATK, lembaran disposisi | 3 menit | Disposisi
4 | Koordinator mendisposisikan surat permohonan kepada Helpdesk untuk dicatat dan dianalisis lebih lanjut bersama Tim Teknis terkait | Koordinator, Helpdesk | Surat Permohonan | 3 menit | Disposisi
5 | Tim Teknis melakukan analisis dan melakukan pemeliharaan dan perbaikan jaringan TIK di OPD | Tim Teknis | Surat Permohonan | 15 menit | Laporan
6 | Tim Teknis berkoordinasi dengan Helpdesk untuk membuat laporan hasil pemeliharaan dan selanjutnya dilaporkan kepada Koordinator | Tim Teknis, Helpdesk | Perangkat yang dibutuhkan | 60 menit | Laporan
7 | Koordinator melaporkan hasil pemeliharaan dan perbaikan jaringan kepada Kabid | Koordinator | Laporan | 5 menit | Laporan
8 | Kabid menyampaikan laporan hasil pemeliharaan dan perbaikan jaringan kepada Kadis | Kabid | Laporan | 5 menit | Laporan
9 | Kadis menerima laporan hasil pemeliharaan dan perbaikan jaringan | Kepala Dinas | Laporan | 5 menit | Laporan
"""  # noqa: E501
WEBSITE = """
1 | Membuat surat permohonan pemeliharaan Aplikasi/Website dan diunggah di aplikasi MIPP | OPD | Surat Permohonan OPD; upload di MIPP | 10 menit [satuan dibaca sebagai] | Surat Permohonan
2 | Pelaksana memproses permohonan melalui aplikasi MIPP dan meneruskan ke Kadin | Pelaksana/Pranata | Surat Permohonan OPD; lembar disposisi | 5 menit | Surat Permohonan & lampiran disposisi; Agenda Surat; Lembar Disposisi
3 | Disposisi Kepala Dinas ke Sekretaris | Kepala Dinas | Disposisi Kadis | 10 menit | Surat Permohonan & lampiran disposisi; catatan disposisi dinas; paraf Kadis
4 | Sekretaris mempelajari dan mendisposisi ke Kabid Aplikasi Informatika | Sekretaris | Disposisi Sekretaris | 10 menit | Surat Permohonan & lampiran disposisi; catatan disposisi dinas; paraf Sekretaris
5 | Kabid Aplikasi Informatika mempelajari surat dan diteruskan ke Sub Koordinator SPA untuk ditindaklanjuti | Kabid | Pelajari Aplikasi/Website yang akan dikembangkan; lembar disposisi | 10 menit | Surat Permohonan & lampiran disposisi; catatan disposisi dinas; paraf Kabid
6 | Menganalisa dan verifikasi aplikasi/website yang akan dilakukan pemeliharaan | Sub Koor SPA [dibaca sebagai] | Analisa dan verifikasi Aplikasi/Website | 2 hari | Hasil Analisa dan Verifikasi Aplikasi/Website
7 | Pemeliharaan Aplikasi/Website | Pelaksana/Pranata [dibaca sebagai] | Pemeliharaan Aplikasi/Website | 30 hari | Hasil Pemeliharaan Aplikasi/Website
8 | Hosting dan domain Aplikasi/Website ke Server berkoordinasi dengan tim jaringan | Pelaksana/Pranata, bersama tim jaringan [dibaca sebagai] | Aplikasi/Website; jaringan server; koordinasi dengan tim jaringan | 2 hari | Hasil hosting dan domain
9 | Tindak lanjut Pemeliharaan Aplikasi/Website ke OPD | Pelaksana/Pranata [dibaca sebagai] | Pemaparan ke OPD | 60 menit | Implementasi Aplikasi/Website; Data Pemeliharaan Aplikasi/Website
10 | Selesai |  |  |  |
"""  # noqa: E501


@pytest.mark.parametrize(("sop", "form"), [("jaringan", NETWORK), ("website", WEBSITE)])
def test_every_row_stands_as_on_the_official_form(sop: str, form: str) -> None:
    expected = [tuple(cell.strip() for cell in line.split("|")) for line in form.strip().splitlines()]
    assert table(load(sop)) == expected


@pytest.mark.parametrize("procedure", available(), ids=lambda procedure: procedure.sop)
def test_a_shipped_procedure_has_nothing_wrong(procedure: Procedure) -> None:
    assert check(procedure) == []


def test_the_heads_of_both_forms_are_complete() -> None:
    network, website = load("jaringan"), load("website")
    assert len(network.legal_basis) == 5
    assert network.qualifications[-1] == "PIC/OPD"
    assert network.columns[3] == "Persyaratan/perlengkapan"
    assert (website.number, website.dates["direvisi"], website.dates["efektif"]) == (
        "Dinkominfo / 9 / 1 / 23",
        "Februari 2022",
        "",
    )
    assert len(website.equipment) == 8
    assert website.records == ("Data Pemeliharaan Aplikasi/Website",)
    assert website.columns[3] == "Persyaratan/kelengkapan"


def test_no_released_revision_was_edited() -> None:
    assert check_released() == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the procedures that a test may spoil."""
    return Path(shutil.copytree(FOLDER, tmp_path / "procedures"))


def test_an_edited_a_removed_and_an_unlisted_revision_are_named(folder: Path) -> None:
    network = folder / "jaringan" / "1.yaml"
    network.write_text(network.read_text() + "\n")
    shutil.copy(network, folder / "jaringan" / "2.yaml")
    (folder / "website" / "2022-02.yaml").unlink()
    assert check_released(folder) == [
        "jaringan/1.yaml: sudah terbit dan diubah; buat revisi baru",
        "website/2022-02.yaml: sudah terbit tetapi berkasnya hilang",
        "jaringan/2.yaml: belum tercatat di released.yaml",
    ]


def change(folder: Path, **fields: Any) -> Path:
    """The network SOP as revision 2, with top-level fields replaced."""
    yaml = YAML(typ="safe")
    content = yaml.load((folder / "jaringan" / "1.yaml").read_text())
    path = folder / "jaringan" / "2.yaml"
    with path.open("w") as file:
        yaml.dump({**content, "revision": "2", **fields}, file)
    return path


def step(no: int, /, **fields: Any) -> list[dict[str, Any]]:
    """The network SOP's steps with one of them changed."""
    steps = YAML(typ="safe").load((FOLDER / "jaringan" / "1.yaml").read_text())["steps"]
    steps[no - 1].update(fields)
    return list(steps)


def test_the_newest_revision_in_force_is_taken(folder: Path) -> None:
    change(folder, in_force=date(2027, 1, 1))
    assert load("jaringan", folder=folder, today=date(2026, 12, 31)).revision == "1"
    assert load("jaringan", folder=folder, today=date(2027, 1, 1)).revision == "2"
    assert load("jaringan", "1", folder=folder).revision == "1"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"steps": step(2, answers={"YA": 44})}, "langkah 2: jawaban YA menuju langkah 44 yang tidak ada"),
        ({"steps": step(2, answers={"TIDAK": "ditolak"})}, "langkah 2: jawaban YA harus menuju suatu langkah"),
        ({"steps": step(3, answers={"YA": 5})}, "langkah 4 tidak pernah tercapai"),
        ({"steps": step(9, answers={"YA": 2})}, "langkah 9 tidak pernah sampai ke 'selesai'"),
        ({"steps": step(2, acts=[])}, "langkah 2: tidak ada yang berwenang menjawab"),
        ({"steps": step(2, time=None)}, "langkah 2: waktu baku"),
        ({"steps": step(5, work=["menebak"])}, "langkah 5: kata 'menebak' pada 'work' tidak dikenal"),
        ({"steps": step(5, allows=["hapus"])}, "langkah 5: kata 'hapus' pada 'allows' tidak dikenal"),
        ({"steps": step(5, needs=["bukti"])}, "langkah 5: kata 'bukti' pada 'needs' tidak dikenal"),
        ({"steps": step(5, approves=[])}, "langkah 5: mengizinkan perubahan"),
        ({"steps": step(7, completes="by_flow")}, "langkah 7: diselesaikan alur"),
        ({"steps": step(7, executors=["sekretaris"])}, "pelaksana 'sekretaris' tidak punya kolom"),
        ({"steps": step(4, no=40)}, "langkah harus bernomor urut"),
        ({"origins": {"surat": {"begins": 12}}}, "asal 'surat' mulai di langkah 12 yang tidak ada"),
        ({"steps": step(9, kind="end")}, "langkah 9: langkah akhir tidak punya jawaban"),
    ],
)
def test_check_names_what_does_not_hold(folder: Path, fields: dict[str, Any], problem: str) -> None:
    change(folder, **fields)
    problems = check(load("jaringan", "2", folder=folder))
    assert any(problem in found for found in problems), problems


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"steps": step(2, acts=["bupati"])}, "steps.1.acts.0"),
        ({"steps": step(2, time="3")}, "steps.1.time"),
        ({"steps": step(2, time="3 minggu")}, "steps.1.time"),
        ({"steps": step(2, time="0 menit")}, "steps.1.time"),
        ({"steps": step(2, time="-3 menit")}, "steps.1.time"),
        ({"steps": step(2, kind="rapat")}, "steps.1.kind"),
        ({"steps": step(2, warna="biru")}, "steps.1.warna"),
        ({"steps": step(2, answers={"MUNGKIN": 3})}, "steps.1.answers.MUNGKIN"),
        ({"title": None}, "title"),
        ({"in_force": "kapan-kapan"}, "in_force"),
    ],
)
def test_a_file_that_cannot_be_read_names_file_and_key(folder: Path, fields: dict[str, Any], key: str) -> None:
    change(folder, **fields)
    with pytest.raises(ProcedureError) as error:
        load("jaringan", "2", folder=folder)
    assert f"jaringan/2.yaml: {key}" in str(error.value)


@pytest.mark.parametrize("content", ["", "- 1", "a: [", "a: 1\na: 2\n", "\x00", "!!python/object/apply:os.system [id]"])
def test_what_is_no_procedure_at_all_is_refused(folder: Path, content: str) -> None:
    (folder / "jaringan" / "2.yaml").write_text(content)
    with pytest.raises(ProcedureError, match=r"jaringan/2\.yaml"):
        load("jaringan", "2", folder=folder)


def test_a_key_written_twice_is_refused(folder: Path) -> None:
    path = folder / "jaringan" / "1.yaml"
    path.write_text(path.read_text() + '\ntitle: "lain"\n')
    with pytest.raises(ProcedureError, match="title"):
        load("jaringan", "1", folder=folder)


def test_a_file_under_another_name_is_refused(folder: Path) -> None:
    shutil.copy(folder / "jaringan" / "1.yaml", folder / "jaringan" / "9.yaml")
    with pytest.raises(ProcedureError, match="nama folder dan berkas"):
        load("jaringan", "9", folder=folder)


def test_unknown_sops_and_revisions_say_which_there_are() -> None:
    with pytest.raises(ProcedureError, match="jaringan, website"):
        load("gedung")
    with pytest.raises(ProcedureError, match="2022-02"):
        load("website", "1999")
    with pytest.raises(ProcedureError, match="belum ada yang berlaku"):
        load("website", today=date(2020, 1, 1))
    with pytest.raises(ProcedureError):
        load("../procedures/jaringan")


def test_a_standard_prints_as_the_form_writes_it() -> None:
    assert str(Standard(amount=30, unit="hari")) == "30 hari"
