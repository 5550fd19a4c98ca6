"""A certificate for a site: key made on the host, issued by ACME, installed by one rename."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from playbooks.findings import Reason, TargetError
from playbooks.hosting import authority, certificates, files, host, pages
from playbooks.hosting.certificates import Certificate
from playbooks.hosting.connect import Shell
from playbooks.hosting.journal import Journal, OnStep, carry_out
from playbooks.hosting.proving import proving
from playbooks.hosting.site import Site, SiteError
from playbooks.plans import Ladder, Outcome, Permit, Plan

_REQUEST = """
umask 077
rm -rf "$1"
mkdir -p "$1"
openssl ecparam -name prime256v1 -genkey -noout -out "$1/key.pem"
openssl req -new -key "$1/key.pem" -subj / -addext "subjectAltName=$2"
"""
_KEEP = 'rm -rf "$2"; sync --file-system "$1"; mv -T "$1" "$2"'
_POINT = 'ln -sfnT "$2" "$1.next"; mv -fT "$1.next" "$1"'
_FORGET = """
cd "$1"
for name in *; do case $name in live | "$2" | "$3") ;; *) rm -rf "$name" ;; esac; done
"""
_LIVE = 'readlink "$1" || :'


def plan(site: Site, shell: Shell, now: datetime | None = None) -> Plan:
    """Issue or renew; no changes while the live certificate has all names and is not due (`Certificate.renewal_due`).

    Raises SiteError when the inventory asks for no certificate or names no authority, TargetError.
    """
    whole, live = standing(site), live_certificate(site, shell)
    due = live is None or not live.has(_names(site)) or live.renewal_due(now or certificates.now())
    return whole if due else replace(whole, changes=_serve_lines(site, shell, live))


def standing(site: Site) -> Plan:
    """Issue when it is due, now and later: what is approved is the same plan each time, by the same hash. SiteError."""
    if site.website.tls.issuer != "acme":
        raise SiteError(f"{site.slug}: tls.issuer bukan acme")
    if site.website.tls.challenge == "dns-01":
        _ = site.zone
    return Plan(
        action="tls",
        target=site.slug,
        ladder=Ladder.A,
        summary=f"Sertifikat TLS untuk {site.domain}",
        changes=(_issue_line(site), _serve_line(site), _RENEW_LINE),
        way_back=("sertifikat dan konfigurasi nginx yang lama tetap dipakai",),
        details={
            "domain": site.domain,
            "names": _names(site),
            "challenge": site.website.tls.challenge,
            "directory": site.acme.directory,
            "renews": True,
        },
    )


def _names(site: Site) -> list[str]:
    return [site.domain, *([f"*.{site.domain}"] if site.website.tls.wildcard else [])]


_RENEW_LINE = "perbarui dengan cara yang sama setiap kali hampir habis, paling lama setahun sejak disetujui"


def _issue_line(site: Site) -> str:
    proof = f"_acme-challenge.{site.domain} TXT sementara" if site.website.tls.challenge == "dns-01" else "http-01"
    names = ", ".join(_names(site))
    return f"terbitkan sertifikat {names} dari {site.acme.directory}, dibuktikan lewat {proof}; kuncinya dibuat di host"


def _serve_line(site: Site) -> str:
    return f"layani {site.url('https', '/')}"


def _serve_lines(site: Site, shell: Shell, live: Certificate | None) -> tuple[str, ...]:
    """What a run that was killed after the rename still has to do."""
    served = host.file_lines(shell, files.wanted(site, tls=True)) == [] and live and _serial(site) == live.serial
    return () if served else (_serve_line(site),)


def live_certificate(site: Site, shell: Shell) -> Certificate | None:
    """The installed certificate; None when there is none that can be read."""
    pem = shell.read(f"{site.layout.live_tls}/fullchain.pem")
    try:
        return certificates.from_pem(pem) if pem else None
    except ValueError:
        return None


def apply(approved: Plan, site: Site, shell: Shell, permit: Permit, on_step: OnStep | None = None) -> Outcome:
    """Carry out an approved plan. Outcome failed or rolled_back leaves the certificate that was served.

    Raises ChangedSincePlan, TargetError before the first write, and what permit raises.
    """
    journal = Journal(permit, on_step)
    now = plan(site, shell)
    issue = _issue_line(site) in now.changes
    return carry_out(approved, now, journal, lambda: (_renew if issue else _resume)(site, shell, journal))


def _resume(site: Site, shell: Shell, journal: Journal) -> Outcome:
    live = live_certificate(site, shell)
    if live is None:
        raise TargetError(site.slug, Reason.ERROR, "sertifikat hilang dari host")
    return _serve(live, live.serial, site, shell, journal)


def _renew(site: Site, shell: Shell, journal: Journal) -> Outcome:
    work = f"{site.layout.tls}/new"
    with journal.write("membuat kunci dan permintaan sertifikat di host"):
        csr = shell.script(_REQUEST, work, ",".join(f"DNS:{name}" for name in _names(site)))
    with journal.write(f"menjawab tantangan {site.website.tls.challenge} dan menerima sertifikat"):
        chain = _issue(site, shell, csr)
    fresh = _checked(site, chain, csr)
    before = shell.script(_LIVE, site.layout.live_tls).strip()
    with journal.write(f"memasang sertifikat nomor seri {fresh.serial}"):
        shell.write(f"{work}/fullchain.pem", chain)
        shell.script(_KEEP, work, f"{site.layout.tls}/{fresh.serial}")
        shell.script(_POINT, site.layout.live_tls, fresh.serial)
    return _serve(fresh, before, site, shell, journal)


def _issue(site: Site, shell: Shell, csr: str) -> str:
    ca = site.inventory_path(site.acme.ca) if site.acme.ca else None
    with proving(site, shell) as publish:
        challenge = site.website.tls.challenge
        return authority.issue(site.acme, ca, site.account_key, site.domain, csr, challenge, publish)


def _checked(site: Site, chain: str, csr: str) -> Certificate:
    """What the authority sent is for our key and our domain, or it is not installed. Raises TargetError."""
    try:
        fresh = certificates.from_pem(chain)
        ours = fresh.public_key == certificates.requested_key(csr) and fresh.has(_names(site))
    except ValueError:
        ours = False
    if not ours or fresh.until <= certificates.now():
        raise TargetError(site.slug, Reason.REFUSED_OUTPUT, "sertifikat dari penerbit bukan untuk permintaan ini")
    return fresh


def _serve(fresh: Certificate, before: str, site: Site, shell: Shell, journal: Journal) -> Outcome:
    texts = files.wanted(site, tls=True)
    try:
        host.write_files(texts, site, shell, journal)
    except TargetError as error:
        return _back(str(error), before, site, shell, journal)
    if not pages.eventually(lambda: _serial(site) == fresh.serial):
        return _back("host tidak menyajikan sertifikat baru", before, site, shell, journal)
    shell.script(_FORGET, site.layout.tls, fresh.serial, before)
    journal.note(f"https://{site.domain}/ menyajikan nomor seri {fresh.serial}, berlaku sampai {fresh.until:%Y-%m-%d}")
    return journal.outcome("applied")


def _serial(site: Site) -> str:
    try:
        return certificates.served(site).serial
    except (OSError, ValueError):
        return ""


def _back(why: str, before: str, site: Site, shell: Shell, journal: Journal) -> Outcome:
    """Serve what was served before; needs no permit."""
    going_back = Journal(lambda: None, journal.note)
    if before:
        shell.script(_POINT, site.layout.live_tls, before)
    else:
        shell.run("rm", "-f", site.layout.live_tls)
    host.write_files(files.wanted(site, tls=bool(before)), site, shell, going_back)
    journal.note("sertifikat dan konfigurasi lama dikembalikan")
    return journal.outcome("rolled_back", why)
