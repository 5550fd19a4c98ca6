import io
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from pypdf import PdfReader

from sop.documents import write
from sop.documents.data import FindingRow
from tests.sop.documents import hostile, samples

Writer = Callable[[Any], bytes]
PAPERS: dict[str, tuple[Writer, Any]] = {
    "disposition": (write.disposition_sheet, samples.SHEET),
    "report": (write.report, samples.REPORT),
    "site": (write.site_report, samples.SITE_REPORT),
    "incident": (write.incident, samples.INCIDENT),
    "handover": (write.handover, samples.HANDOVER),
    "periodic": (write.periodic, samples.PERIODIC),
}


def png() -> bytes:
    """A black picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    return " ".join("\n".join(pages(pdf)).split())


@cache
def sample(name: str) -> bytes:
    """A sample as PDF; writing and reading one takes most of a test's time."""
    writer, data = PAPERS[name]
    return writer(data)


@cache
def sample_pages(name: str) -> list[str]:
    return pages(sample(name))


def sample_text(name: str) -> str:
    return " ".join("\n".join(sample_pages(name)).split())


@cache
def poisoned_pages(name: str) -> tuple[list[str], list[float]]:
    """A paper of hostile texts only: its pages, and how far from the left edge each text begins, in points."""
    writer, data = PAPERS[name]
    edges: list[float] = []

    def visit(text: str, cm: list[float], tm: list[float], _font: Any, _size: Any) -> None:
        if text.strip():
            edges.append(tm[4] * cm[0] + cm[4])

    pdf = PdfReader(io.BytesIO(writer(hostile.poisoned(data))))
    return [page.extract_text(visitor_text=visit) for page in pdf.pages], edges


@pytest.fixture(params=PAPERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_paper_bears_letterhead_audit_tip_and_page_numbers(name: str) -> None:
    printed = sample_pages(name)
    assert samples.HEAD.office.upper() in printed[0]
    for no, page in enumerate(printed, start=1):
        assert samples.TIP in page
        assert f"Halaman {no} dari {len(printed)}" in page


def test_no_page_is_empty(name: str) -> None:
    assert min(len(page) for page in sample_pages(name)) > 150


def test_the_same_data_gives_the_same_bytes(name: str) -> None:
    writer, data = PAPERS[name]
    assert writer(data) == sample(name)


def test_hostile_texts_are_printed_as_they_are_and_leave_the_layout_whole(name: str) -> None:
    printed, _ = poisoned_pages(name)
    assert f"Halaman {len(printed)} dari {len(printed)}" in printed[-1]
    # A name of ten thousand letters must not turn a paper into a book.
    assert len(printed) <= 12
    whole = "".join("".join(printed).split()).lower()
    for text in (
        "#setpage(fill:red)*tebal*_miring_$x^2$@rujukan<label>\\`raw`",
        "<script>alert(1)</script>",
        "{{7*7}}",
    ):
        assert text in whole


@pytest.mark.parametrize("text", hostile.TEXTS, ids=range(len(hostile.TEXTS)))
def test_each_hostile_text_in_every_field_still_gives_a_paper(name: str, text: str) -> None:
    writer, data = PAPERS[name]
    assert writer(hostile.poisoned(data, only=text)).startswith(b"%PDF-")


def test_nothing_leaves_its_page_sideways(name: str) -> None:
    _, edges = poisoned_pages(name)
    assert edges
    assert min(edges) >= 0
    assert max(edges) <= 595


def test_a_paper_takes_less_than_a_second(name: str) -> None:
    writer, data = PAPERS[name]
    sample(name)  # fonts and templates are read once
    started = time.process_time()
    writer(replace(data, case_id="JAR-2026-9999"))
    assert time.process_time() - started < 1


def test_empty_papers_can_be_written() -> None:
    report = replace(
        samples.REPORT,
        **dict.fromkeys(("targets", "before", "actions", "backups", "plans", "steps", "recommendations"), ()),
        after=None,
        letter_sha256="",
    )
    printed = text_of(write.report(report))
    assert "Pemeriksaan tidak menemukan gangguan." in printed
    assert "Lampiran" not in printed
    periodic = replace(samples.PERIODIC, cases=(), overdue=(), failed_backups=())
    assert "Semua 31 website telah dipelihara" in text_of(write.periodic(periodic))
    assert "LEMBAR DISPOSISI" in text_of(write.disposition_sheet(replace(samples.SHEET, dispositions=())))


def test_a_disposition_sheet_shows_letter_agenda_and_every_disposition() -> None:
    printed = sample_text("disposition")
    for text in ("005/123/XI/2026", "A-0142", "20 November 2026", "Mohon ditindaklanjuti", "Plt. Kepala Dinas", "PCD"):
        assert text in printed
    assert "21 November 2026 pukul 09.14 WIB" in printed


def test_actions_of_one_minute_are_told_apart_by_their_seconds() -> None:
    (action, *_) = samples.REPORT.actions
    actions = tuple(replace(action, at=action.at.replace(second=second)) for second in (12, 47))
    printed = text_of(write.report(replace(samples.REPORT, actions=actions)))
    assert ".12 WIB" in printed
    assert ".47 WIB" in printed


def test_a_report_compares_before_and_after_and_marks_what_is_late() -> None:
    printed = sample_text("report")
    for text in (
        "Tetap ada",
        "Hilang (teratasi)",
        "Kritis",
        "TERLAMBAT",
        "1 jam 5 menit",
        "kunci host berubah",
        "48.123",
    ):
        assert text in printed
    assert "kunci host berubah" in printed
    assert "Pejabat Contoh Dua (Koordinator)" in printed
    assert "a1" * 32 in printed, "the annex must hold the full hash"


def test_a_report_says_what_explains_what_shows_the_network_and_the_plan_with_its_way_back() -> None:
    printed = sample_text("report")
    for text in (
        "akibat dari banyak bingkai rusak: GigabitEthernet0/1",
        "ip ospf area 0",
        "no ip ospf area 0",
        "Jaringan Dinas Kesehatan, sebelum pekerjaan",
        "Panduan pekerjaan oleh teknisi (kelas C)",
        "show interfaces GigabitEthernet0/1",
    ):
        assert text in printed, text
    assert "akibat dari" not in text_of(write.report(replace(samples.REPORT, before=samples.REPORT.before[:1])))


def test_a_large_picture_has_a_page_of_its_own_and_long_plans_are_cut_with_a_word_about_it() -> None:
    (small,) = samples.REPORT.pictures
    (plan,) = samples.REPORT.plans
    long = replace(plan, changes=tuple(f"baris {no}" for no in range(500)))
    pdf = write.report(replace(samples.REPORT, pictures=(replace(small, large=True),), plans=(long,)))
    last = PdfReader(io.BytesIO(pdf)).pages[-1]
    assert (round(last.mediabox.width), "Lampiran: gambar jaringan" in last.extract_text()) == (842, True)
    assert "460 baris lagi" in text_of(pdf)


def test_a_websites_report_tells_what_changed_what_holds_how_long_and_what_was_not_tested() -> None:
    printed = sample_text("site")
    for text in (
        "LAPORAN PEMELIHARAAN TAHUNAN APLIKASI/WEBSITE",
        "WordPress 6.1.1 6.8.3 berubah",
        "Paket nginx 1.22.1-9 1.22.1-9+deb12u2 terpasang",
        "Paket php8.2-fpm 8.2.28-1 8.2.29-1 dikembalikan ke versi lama:",
        "Paket curl 7.88.1-10 7.88.1-10+deb12u14 belum dijalankan",
        "Plugin lama 1.0 tidak ada lagi",
        "Tetap: PHP 8.2.29.",
        "basis data b2b2b2b2b2b2 ada",
        "BELUM ADA",
        "20 Desember 2026 (17 hari lagi)",
        "habis 32 hari yang lalu",
        "tidak diketahui belum diisi dalam inventaris",
        "Tidak dikerjakan: Plugin galeri 1.0 -> 2.0: memerlukan PHP 8.3",
        "Hosting di web-1 – server kantor sendiri, tanpa masa sewa",
        "terbukti pulih pada",
        "Berkas belum diuji",
        "Sertifikat dan HTTPS diperiksa, tidak ada temuan",
        "selambat-lambatnya 30 November 2027",
        "belum dipaparkan kepada Dinas Kesehatan",
        "diterima dengan catatan",
        "Menerima, PIC Dinas Kesehatan",
    ):
        assert text in printed, text
    assert "b2" * 32 in printed, "the annex must hold the database's hash too"


def test_a_websites_report_without_evidence_says_so_in_every_part() -> None:
    nothing: dict[str, Any] = dict.fromkeys(
        ("before", "actions", "backups", "plans", "steps", "proofs", "expiries"), ()
    )
    bare = replace(samples.SITE_REPORT, **nothing, after=None, targets=(), versions=None, ended_at=None, next_due=None)
    printed = text_of(write.site_report(bare))
    for text in (
        "Situs ini belum dapat diperiksa.",
        "Tidak ada perubahan yang dilakukan pada situs.",
        "Versi perangkat lunak belum diuji",
        "Tidak ada cadangan yang dibuat.",
        "belum ada cadangan situs ini yang pernah dipulihkan",
        "Pemeliharaan selesai : belum selesai",
    ):
        assert text in printed, text


def test_an_incidents_report_follows_the_agencys_phases_and_names_each_trace() -> None:
    printed = sample_text("incident")
    assert "diambil lewat web" in printed
    phases = ("A. Persiapan", "B. Identifikasi", "C. Penahanan", "D. Pemberantasan", "E. Pemulihan", "F. Tindak lanjut")
    at = [printed.index(phase) for phase in phases]
    assert at == sorted(at)
    together = printed.replace(" ", "")
    assert "c3" * 32 in together
    assert "www-data 70 – –" in printed
    for text in ("isi judi daring disisipkan", "Bersihkan dinkes.example.go.id", "deploy 644 512.000"):
        assert text in printed, text


def test_an_incidents_report_shows_the_page_as_it_looked() -> None:
    (page,) = [each for each in PdfReader(io.BytesIO(sample("incident"))).pages if each.images]
    assert [each.image.format for each in page.images if each.image] == ["JPEG"]
    together = "".join(page.extract_text().split())
    for each in samples.INCIDENT.snapshots:
        assert each.title.replace(" ", "") in together
        assert each.sha256 in together
    assert "gambartidakdapatdibukadisini" in together


def test_an_incident_without_traces_or_plans_says_so() -> None:
    bare = replace(samples.INCIDENT, traces=(), snapshots=(), cleaning=(), recovery=(), after=None, kept_at=None)
    printed = text_of(write.incident(bare))
    for text in ("Tidak ada salinan berkas", "pelihara website clean", "belum diperiksa ulang sesudah penanganan"):
        assert text in printed, text


def test_sixty_findings_of_a_website_are_all_printed() -> None:
    (_, finding) = samples.SITE_REPORT.before
    many = tuple(replace(finding, subject=f"/halaman-{no}") for no in range(60))
    report = replace(samples.SITE_REPORT, before=many, after=many)
    printed = text_of(write.site_report(report))
    assert all(f"/halaman-{no}" in printed for no in range(60))


def test_findings_are_matched_by_target_code_and_subject() -> None:
    report = samples.REPORT
    fresh = FindingRow("dinkes-r1", "cpu.high", "warning", "cpu", "97%", "")
    states = [each.state for each in replace(report, after=(*(report.after or ()), fresh)).comparisons()]
    assert states == ["tersisa", "teratasi", "teratasi", "baru"]


def test_a_target_that_could_not_be_read_again_counts_as_unchecked_not_as_resolved() -> None:
    unread = tuple(replace(target, after="failed") for target in samples.REPORT.targets)
    tally = replace(samples.REPORT, targets=unread, after=()).tally()
    assert (tally.resolved, tally.unchecked) == (0, 3)
    assert replace(samples.REPORT, after=None).tally().unchecked == 3


def test_a_handover_opens_with_the_day_in_words_and_carries_both_signatures() -> None:
    printed = sample_text("handover")
    opening = "Pada hari ini, Sabtu, tanggal dua puluh satu bulan November tahun dua ribu dua puluh enam"
    assert opening in printed
    for text in ("PIHAK PERTAMA", "PIHAK KEDUA", "Pejabat Contoh Lima", "Pejabat Contoh Empat", "Plt. Kepala Dinas"):
        assert text in printed


def test_the_day_in_words_is_the_offices_day() -> None:
    late = replace(samples.HANDOVER, written_at=samples.AT + timedelta(hours=16))
    assert "Minggu, tanggal dua puluh dua" in text_of(write.handover(late))


def test_a_monthly_report_lists_cases_overdue_websites_and_failed_backups() -> None:
    printed = sample_text("periodic")
    for text in ("LAPORAN BULANAN", "November 2026", "lama.example.go.id", "lewat 112 hari", "belum pernah tercatat"):
        assert text in printed
    for text in (
        "2 website tidak dipelihara selama setahun",
        "2 dari 31",
        "langkah 6: Sub Koor SPA",
        "Segera jatuh tempo",
    ):
        assert text in printed
    for text in ("2 dari 12", "disdik-sw1", "belum pernah", "basi setelah 3 hari"):
        assert text in printed
    for text in ("Ditolak", "Tidak terjangkau", "belum ada", "berjalan 1, selesai 1, ditolak 1, ditarik 0"):
        assert text in printed


def test_a_logo_is_printed_and_a_broken_one_is_named() -> None:
    with_logo = replace(samples.SHEET, head=replace(samples.HEAD, logo=png()))
    assert len(PdfReader(io.BytesIO(write.disposition_sheet(with_logo))).pages[0].images) == 1
    broken = replace(samples.SHEET, head=replace(samples.HEAD, logo=b"bukan gambar"))
    with pytest.raises(write.DocumentError, match="lembar_disposisi untuk JAR-2026-0001"):
        write.disposition_sheet(broken)
