"""Indonesian for the stable words of playbooks.findings, as terminal and Prefect show them."""

from __future__ import annotations

STATES = {"ok": "baik", "findings": "ada temuan", "failed": "tidak terbaca"}
SEVERITIES = {"critical": "kritis", "major": "berat", "warning": "peringatan", "info": "catatan"}
"""The worst first."""
