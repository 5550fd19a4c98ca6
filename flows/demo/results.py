"""What the demo leaves behind: papers, configurations and their difference, the site, the mails, the audit chain."""

from __future__ import annotations

import http.client
from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype

from flows.demo import folder
from flows.demo.parts import LOOPBACK
from flows.demo.stage import SETTINGS, Stage
from flows.jobs import configurations
from sop.register.records import CaseRecord


def show(stage: Stage, done: list[CaseRecord]) -> bool:
    """Say where everything is. Returns whether all of it is as it should be."""
    stage.say("\nIII. Hasil", "bold cyan")
    _papers(stage)
    diff = _configs(stage)
    site = _site_answers(stage)
    mails = len(list((stage.folder / "surel").glob("*.eml")))
    stage.say(f"Surel pemberitahuan: {stage.folder / 'surel'} ({mails} surel)")
    audit = stage.office.register.verify_audit()
    state, style = ("utuh", "green") if audit.ok else ("RUSAK", "bold red")
    stage.say(f"Jejak audit: {audit.rows} baris, {state}", style)
    stage.say(f"Lihat lagi: PELIHARA_SETTINGS={stage.folder / SETTINGS} pelihara case show {done[0].id}")
    return diff and site and audit.ok and all(case.state == "selesai" for case in done)


def _papers(stage: Stage) -> None:
    stage.say("Dokumen:")
    for path in sorted(Path(stage.office.settings.documents).rglob("*.pdf")):
        stage.say(f"  {path}")


def _configs(stage: Stage) -> bool:
    """Show both configurations of the repaired router and what differs. Whether there are at least two."""
    versions = configurations.versions(stage.office, "dinkes-r1")
    stage.say(f"Cadangan konfigurasi: {stage.office.settings.configs} (dinkes-r1: {len(versions)} versi)")
    if len(versions) < 2:
        return False
    for line in configurations.difference(stage.office, "dinkes-r1").text.splitlines():
        stage.say(f"  {line}", {"+": "green", "-": "red"}.get(line[:1], "dim"))
    return True


def _site_answers(stage: Stage) -> bool:
    """Ask the name at the office's own DNS server, then the page at the web server."""
    host, want = stage.host, stage.office.inventory.websites[folder.SITE].health.expect
    address = _resolve(folder.DOMAIN, host.dns_port)
    page = _fetch(folder.DOMAIN, host.http_port) if address else ""
    good = want in page
    place = f"http://{folder.DOMAIN}:{host.http_port}/ ({address or 'tanpa alamat DNS'})"
    stage.say(f"Website {place}: {'menjawab' if good else 'TIDAK menjawab'}", "green" if good else "bold red")
    return good


def _resolve(name: str, port: int) -> str:
    answer = dns.query.udp(dns.message.make_query(name, "A"), LOOPBACK, timeout=5, port=port).answer
    found = [record.to_text() for group in answer if group.rdtype == dns.rdatatype.A for record in group]
    return found[0] if found else ""


def _fetch(name: str, port: int) -> str:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": f"{name}:{port}"})
        response = connection.getresponse()
        return response.read().decode("utf-8", "replace") if response.status == http.client.OK else ""
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()
