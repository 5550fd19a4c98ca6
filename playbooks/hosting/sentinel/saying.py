"""How a finding is said: a stranger's words made safe to print, and what to do about them."""

from __future__ import annotations

import re
import unicodedata

from playbooks.findings import Finding, Severity
from playbooks.hosting.sentinel.weighing import Tally

MOST_QUOTED = 3
ADVICE = {
    "content.gambling": "Simpan salinan halaman sebagai bukti, laporkan ke CSIRT, lalu cari berkas atau isi basis data "
    "yang menyisipkannya.",
    "content.hidden_links": "Cari sisipan ini di templat, widget dan basis data; simpan bukti sebelum dibersihkan, "
    "lalu periksa akun admin.",
    "content.defaced": "Alihkan ke halaman pemeliharaan, simpan bukti, laporkan ke CSIRT, lalu pulihkan dari cadangan "
    "yang bersih.",
    "content.cloaked": "Periksa .htaccess, index.php dan plugin yang melihat User-Agent atau Referer; simpan bukti "
    "dan laporkan ke CSIRT.",
}


def finding(code: str, subject: str, evidence: str, severity: Severity = Severity.CRITICAL) -> Finding:
    """A finding with the advice that belongs to its code."""
    return Finding(code, severity, plain(subject, 300), evidence, ADVICE[code])


def plain(text: str, most: int = 140) -> str:
    """A stranger's words as they may stand in a report: one line, no control marks, nothing like markup."""
    kept = "".join(
        " " if mark.isspace() else mark for mark in text if mark.isspace() or unicodedata.category(mark)[0] != "C"
    )
    line = " ".join(kept.translate(str.maketrans("<>`", "‹›'")).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def quoted(tally: Tally) -> str:
    """The heaviest terms and a few places, safe to print."""
    terms = ", ".join(plain(term, 40) for term in tally.heaviest())
    places = "; ".join(f"“{plain(each)}”" for each in dict.fromkeys(tally.quotes[:MOST_QUOTED]))
    return f"{terms}: {places}" if places else terms


def defanged(url: str) -> str:
    """An address that no reader's program makes a link of."""
    return re.sub(r"^http", "hxxp", plain(url, 100)).replace(".", "[.]", 6)
