"""Neutral example data for the documents: one of each kind, as a Dinas would print it."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

from PIL import Image

from sop.documents.data import (
    Action,
    Backup,
    Comparison,
    Disposition,
    DispositionSheet,
    FindingRow,
    Handover,
    Item,
    Letterhead,
    Picture,
    PlanLine,
    Recommendation,
    Report,
    Runbook,
    Signatory,
    StepLine,
    Target,
)
from sop.documents.incident_data import IncidentReport, Snapshot, Trace
from sop.documents.period_data import CaseLine, DutyLine, FailedBackup, OldBackup, Periodic
from sop.documents.site_data import Area, Expiry, Identity, Proof, SiteReport, Version
from sop.documents.snapshots import small

AT = datetime(2026, 11, 21, 2, 5, tzinfo=UTC)
TIP = "128 9f2c41d07ab35e66"
HEAD = Letterhead(
    region="Pemerintah Kabupaten Contoh",
    office="Dinas Komunikasi dan Informatika",
    address="Jalan Contoh Nomor 1, Contoh 59511",
    place="Contoh",
    phone="(0291) 000000",
    email="dinkominfo@contoh.example.go.id",
    website="dinkominfo.example.go.id",
)
HEAD_OF_OFFICE = Signatory("Pejabat Contoh Satu", "Kepala Dinas", "19700101 199001 1 001", "plt", "Mengetahui,")
KOORDINATOR = Signatory("Pejabat Contoh Dua", "Koordinator Jaringan", "19800101 200501 1 002", heading="Mengetahui,")
TEAM = Signatory("Pejabat Contoh Tiga", "Tim Teknis", "19900101 201501 2 003", heading="Pelapor,")
PIC = Signatory("Pejabat Contoh Empat", "PIC Dinas Kesehatan")

SHEET = DispositionSheet(
    head=HEAD,
    case_id="JAR-2026-0001",
    written_at=AT,
    audit_tip=TIP,
    sender="Dinas Kesehatan",
    about="Permintaan pemeliharaan jaringan TIK di kantor Dinas Kesehatan",
    received_at=AT,
    letter_number="005/123/XI/2026",
    letter_date=date(2026, 11, 20),
    letter_name="surat-permohonan.pdf",
    letter_sha256="3b" * 32,
    agenda_number="A-0142",
    dispositions=(
        Disposition("Plt. Kepala Dinas", "Kabid Aptika", AT, "Mohon ditindaklanjuti sesuai SOP.", "YA", "PCS"),
        Disposition("Kabid Aptika", "Koordinator Jaringan", AT + timedelta(minutes=3), "", "YA", "PCL"),
        Disposition(
            "Koordinator Jaringan",
            "Helpdesk, Tim Teknis",
            AT + timedelta(minutes=9),
            "Dicatat, dianalisis, dan dikerjakan hari ini; pelayanan puskesmas bergantung pada jalur ini.",
            "YA",
            "PCD",
        ),
    ),
)

_LOST = FindingRow(
    "dinkes-r1",
    "ospf.neighbor_lost",
    "major",
    "10.20.1.2",
    "Neighbor ID 10.20.1.2 diharapkan Full; tidak ada dalam `show ip ospf neighbor`",
    "Periksa kabel dan area OSPF pada kedua sisi.",
    "tetangga OSPF hilang",
    "banyak bingkai rusak: GigabitEthernet0/1",
)
_UNSAVED = FindingRow(
    "dinkes-r1",
    "config.unsaved",
    "warning",
    "running-config",
    "running-config berbeda dari startup-config (3 baris)",
    "Simpan konfigurasi.",
)
_ERRORS = FindingRow(
    "dinkes-sw1",
    "link.errors",
    "critical",
    "GigabitEthernet0/1",
    "1842 input errors, 1842 CRC in 5 minutes",
    "Ganti kabel patch atau periksa konektor.",
    "banyak bingkai rusak",
)

PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="200" viewBox="0 0 640 200">'
    b'<rect width="100%" height="100%" fill="#fff"/><text x="24" y="27" font-family="DejaVu Sans Mono" '
    b'font-size="14">Jaringan Dinas Kesehatan, sebelum pekerjaan</text></svg>'
)

STEPS = (
    (1, "OPD mengirim surat permohonan permintaan pemeliharaan jaringan TIK", "8 menit", "PIC/OPD", 0, 2, False),
    (2, "Kadis mendisposisikan surat permohonan kepada Kabid", "3 menit", "Plt. Kepala Dinas", 2, 0, False),
    (3, "Kabid mendisposisikan surat permohonan kepada Koordinator terkait", "3 menit", "Kabid Aptika", 65, 0, True),
    (
        4,
        "Koordinator mendisposisikan surat permohonan kepada Helpdesk untuk dicatat dan dianalisis lebih lanjut "
        "bersama Tim Teknis terkait",
        "3 menit",
        "Koordinator",
        3,
        0,
        False,
    ),
    (
        5,
        "Tim Teknis melakukan analisis dan melakukan pemeliharaan dan perbaikan jaringan TIK di OPD",
        "15 menit",
        "Tim Teknis",
        0,
        12,
        False,
    ),
)

REPORT = Report(
    head=HEAD,
    case_id="JAR-2026-0001",
    written_at=AT + timedelta(hours=2),
    audit_tip=TIP,
    title="Laporan hasil pemeliharaan dan perbaikan jaringan TIK",
    procedure="SOP Permintaan Pemeliharaan dan Perbaikan Jaringan TIK",
    revision="2022",
    opd="Dinas Kesehatan",
    about="Permintaan pemeliharaan jaringan TIK di kantor Dinas Kesehatan",
    origin="surat",
    opened_at=AT,
    letter_name="surat-permohonan.pdf",
    letter_sha256="3b" * 32,
    targets=(
        Target("dinkes-r1", "mikrotik_routeros", "10.20.1.1", "findings", "ok"),
        Target("dinkes-sw1", "cisco_ios", "10.20.1.3", "findings", "findings"),
        Target("dinkes-r2", "frr", "10.20.1.2", "failed", "failed", "host_key_changed"),
    ),
    before=(_ERRORS, _LOST, _UNSAVED),
    after=(replace(_ERRORS, evidence="1850 input errors, 1850 CRC in 5 minutes"),),
    actions=(
        Action(AT + timedelta(minutes=80), "dinkes-r1", "Mengubah area OSPF ether1 dari 1 menjadi 0 sesuai rencana."),
        Action(AT + timedelta(minutes=82), "dinkes-r1", "Menyimpan konfigurasi berjalan."),
    ),
    backups=(
        Backup("dinkes-r1", "ok", AT + timedelta(minutes=75), 48_123, "a1" * 32, "c0ffee" * 6 + "abcd"),
        Backup("dinkes-sw1", "unchanged", AT + timedelta(minutes=75), 9_871, "b2" * 32, "dadade" * 6 + "abcd"),
        Backup("dinkes-r2", "failed", AT + timedelta(minutes=76), reason="host_key_changed"),
    ),
    plans=(
        PlanLine(
            "7e" * 32,
            "repair",
            "dinkes-r1",
            "B",
            "applied",
            "Samakan area OSPF ether1 dengan tetangganya",
            "Pejabat Contoh Dua (Koordinator)",
            AT + timedelta(minutes=79),
            ("interface ether1", "ip ospf area 0"),
            ("interface ether1", "no ip ospf area 0", "ip ospf area 1"),
        ),
    ),
    steps=tuple(
        StepLine(
            no,
            activity,
            by,
            standard,
            AT + timedelta(minutes=15 * no),
            timedelta(minutes=waiting),
            timedelta(minutes=working),
            late,
        )
        for no, activity, standard, by, waiting, working, late in STEPS
    ),
    recommendations=(
        Recommendation("dinkes-sw1", "Ganti kabel patch GigabitEthernet0/1 ke ruang server."),
        Recommendation("dinkes-r2", "Pastikan kunci host yang baru sah, lalu daftarkan ulang perangkat."),
    ),
    signatories=(KOORDINATOR, TEAM),
    pictures=(Picture("Jaringan Dinas Kesehatan, sebelum pekerjaan", PICTURE),),
    runbooks=(
        Runbook(
            "dinkes-sw1",
            "banyak bingkai rusak: GigabitEthernet0/1",
            (
                "1. Catat penghitung galat: `show interfaces GigabitEthernet0/1`.",
                "2. Ganti kabel patch di kedua ujung, lalu ukur lagi.",
            ),
        ),
    ),
)

_GAMBLING = FindingRow(
    "dinkes-web",
    "content.gambling",
    "critical",
    "https://dinkes.example.go.id/",
    "tautan tersembunyi ke tempat judi: 14 tautan dalam <div style=display:none>",
    "Simpan bukti, lalu jalankan rencana pembersihan.",
    "konten judi",
)
_HEADERS = FindingRow(
    "dinkes-web",
    "headers.missing",
    "warning",
    "https://dinkes.example.go.id/",
    "X-Frame-Options, Referrer-Policy",
    "Jalankan hosting ulang untuk situs ini agar nginx memberi header pengaman.",
    "kepala keamanan HTTP kurang",
)
SITE_REPORT = SiteReport(
    head=HEAD,
    case_id="WEB-2026-0004",
    written_at=AT + timedelta(days=12),
    audit_tip=TIP,
    title="Laporan pemeliharaan tahunan aplikasi/website",
    procedure="SOP Pemeliharaan Aplikasi/Website",
    revision="2022-02",
    opd="Dinas Kesehatan",
    about="Pemeliharaan berkala dinkes.example.go.id (sekurang-kurangnya sekali setahun)",
    origin="berkala",
    opened_at=AT,
    targets=(Target("dinkes-web", "wordpress", "dinkes.example.go.id", "findings", "findings"),),
    before=(_GAMBLING, _HEADERS),
    after=(replace(_HEADERS, evidence="Referrer-Policy"),),
    actions=(Action(AT + timedelta(days=8), "dinkes-web", "melayani rilis 0002-8d1f0c7e55aa"),),
    backups=(
        Backup(
            "dinkes-web", "ok", AT + timedelta(days=7), 48_123_456, "a1" * 32, database_sha256="b2" * 32, off_host=True
        ),
        Backup("dinkes-web", "ok", AT + timedelta(days=8), 48_123_999, "a3" * 32, off_host=False),
        Backup("dinkes-web", "failed", AT + timedelta(days=9), reason="unreachable", off_host=False),
    ),
    plans=(
        PlanLine(
            "8d" * 32,
            "deploy",
            "dinkes-web",
            "A",
            "applied",
            "Terbitkan rilis 0002-8d1f0c7e55aa di dinkes.example.go.id",
            approved_by="Pejabat Contoh Lima (Sub Koor SPA)",
            approved_at=AT + timedelta(days=7),
            changes=("ganti rilis yang dilayani: 0001-1c22 -> 0002-8d1f0c7e55aa",),
            way_back=("kembali ke rilis 0001-1c22",),
            left_out=("Plugin galeri 1.0 -> 2.0: memerlukan PHP 8.3, yang terpasang 8.2.29",),
        ),
    ),
    steps=(
        StepLine(
            6, "Menganalisa dan verifikasi", "Pejabat Contoh Lima", "2 hari", AT, timedelta(hours=3), timedelta(1)
        ),
        StepLine(7, "Pemeliharaan Aplikasi/Website", "Pelihara (otomatis)", "30 hari", AT, None, timedelta(hours=8)),
        StepLine(8, "Hosting dan domain", "Pelihara (otomatis)", "2 hari", AT, None, timedelta(hours=40), late=True),
    ),
    recommendations=(Recommendation("dinkes-web", "Jalankan hosting ulang untuk situs ini."),),
    signatories=(KOORDINATOR, TEAM),
    site=Identity(
        "dinkes-web",
        "dinkes.example.go.id",
        "Dinas Kesehatan",
        "Pejabat Contoh Empat, pic@dinkes.example.go.id",
        "wordpress",
        "web-1",
        "203.0.113.10",
        "mariadb dinkes_web",
    ),
    ended_at=AT + timedelta(days=9),
    scope=("Langkah 6: Menganalisa dan verifikasi", "Langkah 7: Pemeliharaan", "Langkah 8: Hosting dan domain"),
    versions=(
        Version("Rilis", "0001-1c22", "0002-8d1f0c7e55aa"),
        Version("WordPress", "6.1.1", "6.8.3"),
        Version("Plugin lama", "1.0", ""),
        Version("PHP", "8.2.29", "8.2.29"),
        Version("Paket nginx", "1.22.1-9", "1.22.1-9+deb12u2", "applied"),
        Version("Paket php8.2-fpm", "8.2.28-1", "8.2.29-1", "rolled_back", "dinkes-web: status 502"),
        Version("Paket curl", "7.88.1-10", "7.88.1-10+deb12u14", "left"),
    ),
    unread=("sertifikat: sambungan ditolak",),
    areas=(
        Area("Isi halaman", True, (Comparison(_GAMBLING, "teratasi"),)),
        Area("Kepala keamanan HTTP", True, (Comparison(_HEADERS, "tersisa", "Referrer-Policy"),)),
        Area("Sertifikat dan HTTPS", True),
        Area("Berkas", False),
    ),
    expiries=(
        Expiry("Sertifikat HTTPS", date(2026, 12, 20), 17, "penerbit: acme"),
        Expiry("Pendaftaran domain example.go.id", None, None, "belum diisi dalam inventaris"),
        Expiry("Sertifikat lama", date(2026, 11, 1), -32),
        Expiry("Hosting di web-1", None, None, "server kantor sendiri, tanpa masa sewa", endless=True),
    ),
    proofs=(Proof(True, AT + timedelta(days=3), "dimuat ke basis data sementara; situs menjawab"),),
    receiver=PIC,
    next_due=date(2027, 11, 30),
)

HANDOVER = Handover(
    head=HEAD,
    case_id="WEB-2026-0001",
    written_at=AT,
    audit_tip=TIP,
    number="555/001/BA/XI/2026",
    title="Berita acara serah terima hasil pemeliharaan website",
    opd="Dinas Kesehatan",
    about="Pemeliharaan website Dinas Kesehatan",
    giver=Signatory("Pejabat Contoh Lima", "Pranata Komputer", "19910101 201601 1 005"),
    receiver=PIC,
    report_number="555/002/LAP/XI/2026",
    items=(
        Item("dinkes.example.go.id", "Pemutakhiran WordPress, hosting, domain dan sertifikat TLS", "Berfungsi baik"),
    ),
    remaining=("Sandi pengelola lama agar diganti oleh OPD.",),
    witness=HEAD_OF_OFFICE,
)

PERIODIC = Periodic(
    head=HEAD,
    case_id="Laporan 2026-11",
    written_at=AT,
    audit_tip=TIP,
    kind="bulanan",
    period="November 2026",
    cases=(
        CaseLine(
            "JAR-2026-0001",
            "jaringan",
            "Dinas Kesehatan",
            "Permintaan pemeliharaan jaringan TIK",
            AT,
            "selesai",
            closed_at=AT + timedelta(hours=3),
            waiting=timedelta(minutes=70),
            working=timedelta(minutes=72),
            late_steps=1,
        ),
        CaseLine(
            "WEB-2026-0001",
            "website",
            "Dinas Pendidikan",
            "Pemeliharaan website",
            AT,
            "open",
            "Langkah 6: Sub Koordinator",
            waiting=timedelta(minutes=25),
        ),
        CaseLine("JAR-2026-0002", "jaringan", "Kecamatan Contoh", "Penambahan titik jaringan", AT, "ditolak"),
    ),
    overdue=(
        DutyLine("lama.example.go.id", "Dinas Perhubungan", date(2025, 8, 1), date(2026, 8, 1), 112),
        DutyLine("baru.example.go.id", "Kecamatan Contoh", case="WEB-2026-0012, langkah 6: Sub Koor SPA"),
    ),
    coming=(DutyLine("segera.example.go.id", "Dinas Sosial", date(2025, 12, 20), date(2026, 12, 20)),),
    websites=31,
    failed_backups=(
        FailedBackup("dinkes-r2", AT, "unreachable", AT - timedelta(days=2)),
        FailedBackup("x1", AT, "timeout"),
    ),
    devices=12,
    old_backups=(
        OldBackup("dinkes-r2", "Dinas Kesehatan", AT - timedelta(days=9), AT, "unreachable"),
        OldBackup("disdik-sw1", "Dinas Pendidikan", None),
    ),
    stale_days=3,
    signatories=(replace(HEAD_OF_OFFICE, heading=""),),
)
_SHARED = {each.name: getattr(SITE_REPORT, each.name) for each in fields(Report)}


def _drawn() -> bytes:
    page, picture = io.BytesIO(), Image.new("RGB", (1280, 1600), "navy")
    picture.save(page, "PNG")
    return small(page.getvalue())


INCIDENT = IncidentReport(
    **{**_SHARED, "title": "Laporan penanganan insiden siber website"},
    site=SITE_REPORT.site,
    kinds=("isi judi daring disisipkan", "pintu belakang (webshell) atau jadwal jahat"),
    noticed_at=AT,
    kept_at=AT + timedelta(minutes=1),
    traces=(
        Trace("shared/wp-content/uploads/2026/01/gambar.php", "c3" * 32, 54, "www-data", "640", AT, AT),
        Trace("releases/0001-0123456789ab/index.php", "d4" * 32, 512_000, "deploy", "644", AT, AT),
        Trace("halaman depan, perayap mesin pencari", "e5" * 32, 40_000, "", "", None, None),
        Trace("jadwal (cron) www-data", "e6" * 32, 70, "www-data", "", None, None),
    ),
    snapshots=(
        Snapshot("tangkapan layar halaman depan, orang biasa", "e7" * 32, _drawn()),
        Snapshot("tangkapan layar halaman depan, perayap mesin pencari", "e8" * 32),
    ),
    proofs=SITE_REPORT.proofs,
    cleaning=(
        PlanLine(
            "9e" * 32,
            "restore",
            "dinkes-web",
            "B",
            "applied",
            "Bersihkan dinkes.example.go.id",
            approved_by="Pejabat Contoh Lima (Sub Koor SPA)",
            approved_at=AT + timedelta(days=1),
            changes=("karantina shared/wp-content/uploads/2026/01/gambar.php",),
            way_back=("semua yang dikarantina dikembalikan ke tempatnya",),
        ),
    ),
    recovery=SITE_REPORT.plans,
)
