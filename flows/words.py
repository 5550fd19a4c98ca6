"""Indonesian for the stable words of playbooks.findings, as terminal and Prefect show them."""

from __future__ import annotations

STATES = {"ok": "baik", "findings": "ada temuan", "failed": "tidak terbaca"}
SEVERITIES = {"critical": "kritis", "major": "berat", "warning": "peringatan", "info": "catatan"}
"""The worst first."""

REASONS = {
    "unreachable": "tidak terjangkau",
    "timeout": "tidak menjawab sampai batas waktu",
    "login_refused": "menolak nama pengguna atau kata sandi",
    "host_key_changed": "kunci host berubah; periksa alatnya sebelum mendaftarkan lagi",
    "host_key_unknown": "kunci host belum terdaftar; jalankan `pelihara inventory enrol`",
    "legacy_ssh_refused": "hanya bicara SSH usang; izinkan dengan legacy_ssh: true bila memang perlu",
    "incomplete": "jawabannya terpotong",
    "refused_output": "jawabannya bukan yang diminta",
    "error": "gagal",
}
"""Indonesian for the stable reasons of playbooks.findings.Reason."""


def why(reason: object) -> str:
    return REASONS.get(str(reason), str(reason))
