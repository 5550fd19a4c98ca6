"""WordPress from its host's side: its administrators and its version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from playbooks.findings import Finding, Severity
from playbooks.hosting import database
from playbooks.hosting.connect import Shell
from playbooks.hosting.sentinel.rules import plain
from playbooks.hosting.site import Site

# Who has no such role but may rule users or settings all the same counts too.
_ADMINS = (
    "select u.user_login, u.user_registered from {name}.wp_users u join {name}.wp_usermeta m on m.user_id = u.ID"
    " where m.meta_key = 'wp_capabilities' and (m.meta_value like '%\"administrator\"%'"
    " or m.meta_value like '%\"edit_users\"%' or m.meta_value like '%\"manage_options\"%') order by u.ID limit 500"
)
_VERSION = re.compile(r"^\$wp_version = '([\d.]{1,20})[^']*';", re.MULTILINE)


def administrators(site: Site, shell: Shell) -> list[tuple[str, str]]:
    """Login and day of registration of everyone who rules the site. Raises TargetError."""
    rows = database.query(site, shell, _ADMINS.format(name=f"`{database.name(site)}`"))
    return [(row[0], row[1]) for row in rows if len(row) == 2]


def judge_administrators(site: str, found: Iterable[tuple[str, str]], known: Iterable[str]) -> Iterator[Finding]:
    """Findings of administrators that the inventory does not name."""
    expected = {name.lower() for name in known}
    advice = "Tanyakan kepada OPD; bila bukan miliknya, cabut haknya dan ganti semua sandi admin."
    for login, since in found:
        if login.lower() not in expected:
            evidence = f"admin {plain(login, 60)!r} sejak {plain(since, 20)}, tidak ada dalam admins di websites.yaml"
            yield Finding("cms.unknown_admin", Severity.CRITICAL, site, evidence, advice)


def version(text: str) -> str:
    """The version that wp-includes/version.php says; empty when it says none."""
    match = _VERSION.search(text)
    return match[1] if match else ""


def judge_version(site: str, served: str, archived: str) -> Iterator[Finding]:
    """The finding of a site that runs an older WordPress than the inventory's archive holds."""
    if served and archived and _numbers(served) < _numbers(archived):
        evidence = f"dilayani WordPress {served}, arsip dalam inventaris {archived}"
        yield Finding("cms.outdated", Severity.MAJOR, site, evidence, "Terbitkan arsip yang baru (website deploy).")


def _numbers(told: str) -> list[int]:
    return [int(part) for part in told.split(".") if part]
