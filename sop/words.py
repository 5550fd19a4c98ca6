"""Indonesian for the stable words of the register, as refusals and terminal show them."""

from __future__ import annotations

EVIDENCE = {
    "letter": "surat",
    "findings": "temuan",
    "analysis": "analisis",
    "raw": "keluaran perangkat",
    "facts": "fakta terbaca",
    "proposals": "rencana",
    "runbook": "panduan kerja",
    "config": "konfigurasi (tersegel)",
    "config_redacted": "konfigurasi (disamarkan)",
    "restore_request": "permintaan pengembalian",
    "backup": "cadangan",
    "zone": "salinan zona DNS",
    "profile": "profil situs",
    "copy": "salinan berkas mencurigakan (tersegel)",
    "traces": "daftar berkas mencurigakan",
    "laporan_insiden": "laporan insiden",
    "outcome": "hasil pekerjaan",
    "laporan": "laporan",
    "berita_acara": "berita acara",
    "lembar_disposisi": "lembar disposisi",
    "data_pemeliharaan": "data pemeliharaan",
}
PLANS = {
    "proposed": "menunggu persetujuan",
    "approved": "boleh dijalankan",
    "dropped": "ditolak",
    "applied": "sudah dijalankan",
    "rolled_back": "yang tidak terbukti dikembalikan seperti semula",
    "failed": "gagal",
}
DUTIES = {
    "never": "belum pernah tercatat",
    "overdue": "lewat setahun",
    "coming": "segera jatuh tempo",
    "kept": "terpelihara",
}
"""How a website stands with its yearly maintenance; the first two are red."""
