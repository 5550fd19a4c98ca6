"""What one entry says about another: names that must exist, and things that may be there only once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from inventory.document import Document
from inventory.models import Credential
from inventory.problems import Problem, shown, suggestion

_REFERENCES = (
    ("devices", "opd", "opd"),
    ("devices", "credentials", "credentials"),
    ("hosts", "credentials", "credentials"),
    ("websites", "opd", "opd"),
    ("websites", "host", "hosts"),
    ("zones", "credentials", "credentials"),
)


def check(
    parts: Mapping[str, Any], documents: Mapping[str, Document], platforms: Collection[str] = ()
) -> list[Problem]:
    """Problems between entries of `parts` (tables by file name, as loaded); each names the entry that refers."""
    checks = (
        *_unknown(parts, documents),
        *_unfit(parts),
        *_addresses(parts),
        *_domains(parts),
        *_platforms(parts, platforms),
    )
    return [_problem(documents, *found) for found in checks]


_Found = tuple[str, str, str, str]
"""Table, slug, key, message."""


def _problem(documents: Mapping[str, Document], table: str, slug: str, key: str, message: str) -> Problem:
    line = documents[table].line((slug, key)) if table in documents else 0
    return Problem(f"{table}.yaml", slug, key, message, line)


def _unknown(parts: Mapping[str, Any], documents: Mapping[str, Document]) -> Iterator[_Found]:
    for table, key, target in _REFERENCES:
        known = _slugs(documents.get(target))
        for slug, entry in parts.get(table, {}).items():
            name = getattr(entry, key)
            if name not in known:
                hint = suggestion(name, known)
                yield table, slug, key, f'"{shown(name)}" tidak ada dalam {target}.yaml{hint}'


def _slugs(document: Document | None) -> set[str]:
    """All names a file holds, those of faulty entries included: one fault is reported once."""
    rows = document.data if document else None
    return {str(slug) for slug in rows} if isinstance(rows, dict) else set()


def _unfit(parts: Mapping[str, Any]) -> Iterator[_Found]:
    """Credentials of another kind than what they are for."""
    credentials: Mapping[str, Credential] = parts.get("credentials", {})
    for table in ("devices", "hosts", "zones"):
        for slug, entry in parts.get(table, {}).items():
            credential = credentials.get(entry.credentials)
            fits, needed = _NEEDED[getattr(entry, "kind", "") if table == "zones" else ""]
            if credential is not None and not fits(credential):
                yield table, slug, "credentials", f'"{entry.credentials}" bukan {needed}'


_NEEDED: dict[str, tuple[Callable[[Credential], bool], str]] = {
    "": (lambda credential: credential.is_login, "login (username, password atau key)"),
    "rfc2136": (lambda credential: credential.is_tsig, "kunci TSIG (name, secret)"),
    "powerdns": (lambda credential: credential.is_token, "kunci API (token)"),
}
"""By the kind of a zone; "" for what is logged in to."""


def _addresses(parts: Mapping[str, Any]) -> Iterator[_Found]:
    seen: dict[tuple[str, int], str] = {}
    for table in ("devices", "hosts"):
        for slug, entry in parts.get(table, {}).items():
            first = seen.setdefault((entry.address, entry.port), slug)
            if first != slug:
                yield table, slug, "address", f"{entry.address} port {entry.port} sudah dipakai oleh {first}"


def _domains(parts: Mapping[str, Any]) -> Iterator[_Found]:
    seen: dict[str, str] = {}
    for slug, entry in parts.get("websites", {}).items():
        first = seen.setdefault(entry.domain, slug)
        if first != slug:
            yield "websites", slug, "domain", f"{entry.domain} sudah dipakai oleh {first}"


def _platforms(parts: Mapping[str, Any], known: Collection[str]) -> Iterator[_Found]:
    for slug, entry in parts.get("devices", {}).items():
        if known and entry.platform not in known:
            hint = suggestion(entry.platform, known)
            yield "devices", slug, "platform", f'"{shown(entry.platform)}" bukan platform yang dikenal{hint}'
