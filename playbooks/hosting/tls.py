"""A certificate for a site: key made on the host, issued by ACME, installed by one rename."""

from __future__ import annotations

from datetime import datetime

from playbooks.findings import Reason, TargetError
from playbooks.hosting import authority, certificates, files, host, pages
from playbooks.hosting.certificates import Certificate
from playbooks.hosting.connect import Shell
from playbooks.hosting.journal import Journal, OnStep, carry_out
from playbooks.hosting.site import Site, SiteError
from playbooks.plans import Ladder, Outcome, Permit, Plan

_REQUEST = """
umask 077
rm -rf "$1"
mkdir -p "$1"
openssl ecparam -name prime256v1 -genkey -noout -out "$1/key.pem"
openssl req -new -key "$1/key.pem" -subj / -addext "subjectAltName=DNS:$2"
"""
_KEEP = 'rm -rf "$2"; sync --file-system "$1"; mv -T "$1" "$2"'
_POINT = 'ln -sfnT "$2" "$1.next"; mv -fT "$1.next" "$1"'
_FORGET = """
cd "$1"
for name in *; do case $name in live | "$2" | "$3") ;; *) rm -rf "$name" ;; esac; done
"""
_LIVE = 'readlink "$1" || :'


def plan(site: Site, shell: Shell, now: datetime | None = None) -> Plan:
    """Issue or renew; no changes while the live certificate fits the domain and more than a third of its life is left.

    Raises SiteError when the inventory asks for no certificate or names no authority, TargetError.
    """
    if site.website.tls.issuer != "acme":
        raise SiteError(f"{site.slug}: tls.issuer bukan acme")
    live = _live(site, shell)
    due = live is None or not live.covers(site.domain) or live.renewal_due(now or certificates.now())
    return Plan(
        action="tls",
        target=site.slug,
        ladder=Ladder.A,
        summary=f"Sertifikat TLS untuk {site.domain}",
        changes=_issue_lines(site, live) if due else _serve_lines(site, shell, live),
        way_back=("sertifikat dan konfigurasi nginx yang lama tetap dipakai",),
        details={"domain": site.domain, "directory": site.acme.directory},
    )


def _issue_lines(site: Site, live: Certificate | None) -> tuple[str, ...]:
    instead = f", pengganti nomor seri {live.serial}" if live else ""
    issue = f"terbitkan sertifikat {site.domain} dari {site.acme.directory}{instead}; kuncinya dibuat di host"
    return issue, _serve_line(site)


def _serve_line(site: Site) -> str:
    return f"layani {site.url('https', '/')}"


def _serve_lines(site: Site, shell: Shell, live: Certificate | None) -> tuple[str, ...]:
    """What a run that was killed after the rename still has to do."""
    served = host.file_lines(shell, files.wanted(site, tls=True)) == [] and live and _serial(site) == live.serial
    return () if served else (_serve_line(site),)


def _live(site: Site, shell: Shell) -> Certificate | None:
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
    issue = len(now.changes) > 1
    return carry_out(approved, now, journal, lambda: (_renew if issue else _resume)(site, shell, journal))


def _resume(site: Site, shell: Shell, journal: Journal) -> Outcome:
    live = _live(site, shell)
    if live is None:
        raise TargetError(site.slug, Reason.ERROR, "sertifikat hilang dari host")
    return _serve(live, live.serial, site, shell, journal)


def _renew(site: Site, shell: Shell, journal: Journal) -> Outcome:
    work = f"{site.layout.tls}/new"
    with journal.write("membuat kunci dan permintaan sertifikat di host"):
        csr = shell.script(_REQUEST, work, site.domain)
    with journal.write("menjawab tantangan http-01 dan menerima sertifikat"):
        chain = _issue(site, shell, csr)
    fresh = _checked(site, chain, csr)
    before = shell.script(_LIVE, site.layout.live_tls).strip()
    with journal.write(f"memasang sertifikat nomor seri {fresh.serial}"):
        shell.write(f"{work}/fullchain.pem", chain)
        shell.script(_KEEP, work, f"{site.layout.tls}/{fresh.serial}")
        shell.script(_POINT, site.layout.live_tls, fresh.serial)
    return _serve(fresh, before, site, shell, journal)


def _issue(site: Site, shell: Shell, csr: str) -> str:
    folder = f"{site.host.paths.challenges}/.well-known/acme-challenge"
    tokens: list[str] = []

    def publish(token: str, text: str) -> None:
        tokens.append(f"{folder}/{token}")
        shell.write(tokens[-1], text, "0644")
        page = pages.fetch(site, "http", f"/.well-known/acme-challenge/{token}")
        if page.text != text:
            raise TargetError(site.slug, Reason.ERROR, f"host tidak menyajikan tantangan ACME (status {page.status})")

    ca = site.inventory_path(site.acme.ca) if site.acme.ca else None
    try:
        return authority.issue(site.acme, ca, site.account_key, site.domain, csr, publish)
    except pages.PageError as error:
        raise TargetError(site.slug, Reason.ERROR, str(error)) from None
    finally:
        if tokens:
            shell.run("rm", "-f", *tokens)


def _checked(site: Site, chain: str, csr: str) -> Certificate:
    """What the authority sent is for our key and our domain, or it is not installed. Raises TargetError."""
    try:
        fresh = certificates.from_pem(chain)
        ours = fresh.public_key == certificates.requested_key(csr) and fresh.covers(site.domain)
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
