"""Give a website its place on a host: folders, database and user, PHP pool, web server (SOP website, step 8)."""

from __future__ import annotations

import hashlib

from playbooks.findings import Reason, TargetError
from playbooks.hosting import account, database, files, pages, secrets, webservers
from playbooks.hosting.connect import CommandFailed, Shell
from playbooks.hosting.install import confirm, install, put_back
from playbooks.hosting.journal import Journal, OnStep, carry_out
from playbooks.hosting.site import Site
from playbooks.plans import Ladder, Outcome, Permit, Plan

MARK = "x-content-type-options"
"""A header that the site's own configuration sets and a default page does not."""
_MISSING = 'for path; do [ -d "$path" ] || printf "%s\\n" "$path"; done'
_STATE = """
for path; do
    if [ -e "$path.old" ]; then echo unfinished; elif [ -f "$path" ]; then sha256sum <"$path"; else echo none; fi
done
"""


def plan(site: Site, shell: Shell) -> Plan:
    """What is missing on the host; no changes when all is as it should be. Raises SiteError, TargetError."""
    account.check(site, shell)
    texts = files.wanted(site, tls=has_certificate(site, shell))
    missing = (*_folder_lines(site, shell), *_database_lines(site, shell), *_secret_lines(site, shell))
    return Plan(
        action="host",
        target=site.slug,
        ladder=Ladder.A,
        summary=f"Hosting {site.domain} di {site.website.host}",
        changes=(*missing, *file_lines(shell, texts)),
        way_back=("konfigurasi lama dikembalikan bila uji server web atau PHP menolak atau situs tidak menjawab",),
        details={
            "files": {path: _digest(text) for path, text in texts.items()},
            "database": database.name(site) if site.website.database else "",
        },
    )


def apply(approved: Plan, site: Site, shell: Shell, permit: Permit, on_step: OnStep | None = None) -> Outcome:
    """Carry out an approved plan. Raises ChangedSincePlan, TargetError before the first write, permit's."""
    journal = Journal(permit, on_step)
    now = plan(site, shell)
    return carry_out(approved, now, journal, lambda: _work(set(now.changes), site, shell, journal))


def has_certificate(site: Site, shell: Shell) -> bool:
    return site.website.tls.issuer != "none" and shell.holds("test", "-e", f"{site.layout.live_tls}/fullchain.pem")


def folders(site: Site) -> dict[str, str]:
    """The site's folders and their modes; 2770 where PHP writes."""
    layout = site.layout
    closed = (layout.base, layout.releases, layout.shared, layout.proven, layout.incoming, layout.tls)
    names = {*site.shared, *site.writable, *(name.rpartition("/")[0] for name in site.kind.secrets)} - {""}
    every = sorted({"/".join(name.split("/")[:depth]) for name in names for depth in range(1, name.count("/") + 2)})
    shared = {f"{layout.shared}/{name}": "2770" if _is_in(name, site.writable) else "2750" for name in every}
    challenges = f"{site.host.paths.challenges}/.well-known/acme-challenge"
    return {**dict.fromkeys(closed, "2750"), **shared, challenges: "0755"}


def _is_in(name: str, folders: tuple[str, ...]) -> bool:
    return any(name == folder or name.startswith(f"{folder}/") for folder in folders)


def _folder_lines(site: Site, shell: Shell) -> list[str]:
    return [_folder_line(path) for path in shell.script(_MISSING, *folders(site)).splitlines()]


def _folder_line(path: str) -> str:
    return f"buat folder {path}"


def _database_lines(site: Site, shell: Shell) -> list[str]:
    lines = []
    if site.website.database and not database.ready(site, shell):
        lines.append(f"buat basis data dan pengguna MariaDB {database.name(site)}; sandinya dibuat dan tinggal di host")
    return lines


def _secret_lines(site: Site, shell: Shell) -> list[str]:
    return [_secret_line(path) for path in secrets.missing(site, shell)]


def _secret_line(path: str) -> str:
    return f"isi {path}; sandi dan kuncinya dibuat dan tinggal di host"


def file_lines(shell: Shell, texts: dict[str, str]) -> list[str]:
    """One line for each configuration file that is not as it should be, or whose installation was cut off."""
    states = shell.script(_STATE, *texts).splitlines()
    return [
        _file_line(path, _digest(text))
        for (path, text), state in zip(texts.items(), states, strict=True)
        if state.split()[0] != _digest(text)
    ]


def _file_line(path: str, digest: str) -> str:
    return f"tulis {path} (SHA-256 {digest[:12]})"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _work(due: set[str], site: Site, shell: Shell, journal: Journal) -> Outcome:
    missing = {path: mode for path, mode in folders(site).items() if _folder_line(path) in due}
    if missing:
        with journal.write(f"membuat {len(missing)} folder"):
            shell.folders(missing, site.group)
    if any("basis data" in line for line in due):
        with journal.write(f"membuat basis data dan pengguna {database.name(site)}"):
            database.create(site, shell)
    for path in (path for path in secrets.missing(site, shell) if _secret_line(path) in due):
        with journal.write(f"mengisi {path} di host"):
            secrets.make(path, site, shell)
    texts = files.wanted(site, tls=has_certificate(site, shell))
    left = {path: text for path, text in texts.items() if _file_line(path, _digest(text)) in due}
    write_files(left, site, shell, journal)
    return journal.outcome("applied")


def write_files(texts: dict[str, str], site: Site, shell: Shell, journal: Journal) -> None:
    """Install configuration files, in order. Raises TargetError; the failing file's old text is back."""
    web, pool = files.web_path(site), files.pool_path(site)
    for path in texts:
        with journal.write(f"menulis {path}"):
            if path == pool:
                _install_pool(site, shell, texts[path])
            elif path == web:
                _install_web(site, shell, texts[path])
            else:
                shell.write(path, texts[path])
                shell.run("chgrp", site.group, path) if site.group else None


def _install_pool(site: Site, shell: Shell, text: str) -> None:
    commands, path = site.host.commands, files.pool_path(site)
    install(shell, path, text, commands.php_fpm_test, commands.php_fpm_reload)
    try:
        shell.script('for i in $(seq 50); do [ ! -S "$1" ] || exit 0; sleep 0.1; done; exit 1', files.php_socket(site))
    except CommandFailed:
        put_back(shell, path, commands.php_fpm_reload)
        raise TargetError(shell.name, Reason.ERROR, f"soket PHP {files.php_socket(site)} tidak muncul") from None
    confirm(shell, path)


def _install_web(site: Site, shell: Shell, text: str) -> None:
    server, path = webservers.of(site.host), files.web_path(site)
    install(shell, path, text, server.test, server.reload)
    if not pages.eventually(lambda: MARK in pages.fetch(site, "http").headers):
        put_back(shell, path, server.reload)
        why = f"{server.name} tidak menjawab untuk {site.domain}; konfigurasi lama kembali"
        raise TargetError(shell.name, Reason.ERROR, why)
    confirm(shell, path)
