"""Proving a domain to the certificate authority: a file on its host (http-01), or a record of its zone (dns-01)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playbooks.findings import Reason, TargetError
from playbooks.hosting import nameservers, pages, zones
from playbooks.hosting.authority import Proof, Publish
from playbooks.hosting.connect import Shell
from playbooks.hosting.records import Key, RecordSet
from playbooks.hosting.session import FetchError
from playbooks.hosting.site import Site

_TTL_S = 60


@contextmanager
def proving(site: Site, shell: Shell) -> Iterator[Publish]:
    """How this site's proofs are published; what was published is taken away at the end, whatever happens."""
    with _by_dns(site) if site.website.tls.challenge == "dns-01" else _by_http(site, shell) as publish:
        yield publish


@contextmanager
def _by_http(site: Site, shell: Shell) -> Iterator[Publish]:
    folder = f"{site.host.paths.challenges}/.well-known/acme-challenge"
    files: list[str] = []

    def publish(proofs: Sequence[Proof]) -> None:
        for proof in proofs:
            files.append(f"{folder}/{proof.token}")
            shell.write(files[-1], proof.text, "0644")
            page = pages.fetch(site, "http", f"/.well-known/acme-challenge/{proof.token}")
            if page.text != proof.text:
                why = f"host tidak menyajikan tantangan ACME (status {page.status})"
                raise TargetError(site.slug, Reason.ERROR, why)

    try:
        yield publish
    except FetchError as error:
        raise TargetError(site.slug, Reason.ERROR, str(error)) from None
    finally:
        if files:
            shell.run("rm", "-f", *files)


@contextmanager
def _by_dns(site: Site) -> Iterator[Publish]:
    """The name below `_acme-challenge` is used for nothing else (RFC 8555, section 8.4), so it needs no comparison."""
    place = Key(f"_acme-challenge.{site.domain}", "TXT")
    editor = zones.editor(site.inventory, site.zone[0])
    servers = nameservers.authoritative(*site.zone)
    if "CNAME" in {key.type for key in editor.server.everything([place.name])}:
        raise TargetError(site.slug, Reason.ERROR, f"{place.name} adalah CNAME; tantangan dns-01 dijawab di tujuannya")

    def publish(proofs: Sequence[Proof]) -> None:
        editor.put({place: RecordSet(_TTL_S, tuple(sorted(f'"{proof.text}"' for proof in proofs)))})
        if late := nameservers.settled(servers, editor.server.serial(), nameservers.SETTLE_S):
            raise TargetError(site.slug, Reason.ERROR, f"server DNS belum sepakat: {'; '.join(late)}")

    try:
        yield publish
    finally:
        editor.put({place: RecordSet(_TTL_S, ())})
