"""WordPress from its host's side: its administrators and its version."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from playbooks.findings import Finding, Severity
from playbooks.hosting import database
from playbooks.hosting.connect import Shell
from playbooks.hosting.sentinel.saying import plain
from playbooks.hosting.site import Site
from playbooks.hosting.updates import versions

# Who has no such role but may rule users or settings all the same counts too.
_ADMINS = (
    "select u.user_login, u.user_registered, u.ID from {name}.wp_users u join {name}.wp_usermeta m on m.user_id = u.ID"
    " where m.meta_key = 'wp_capabilities' and (m.meta_value like '%\"administrator\"%'"
    " or m.meta_value like '%\"edit_users\"%' or m.meta_value like '%\"manage_options\"%') order by u.ID limit 500"
)
_RENAME = "update {} set meta_key = '{}' where user_id in ({}) and meta_key = '{}'"
_ASIDE = "dicabut_"
_KEYS = ("wp_capabilities", "wp_user_level", "session_tokens")
_VERSION = re.compile(r"^\$wp_version = '([\d.]{1,20})[^']*';", re.MULTILINE)


@dataclass(frozen=True)
class Admin:
    """Who rules a WordPress; `since` as its database says it."""

    login: str
    since: str
    id: int


def administrators(site: Site, shell: Shell) -> list[Admin]:
    """Everyone who rules the site. Raises TargetError."""
    rows = database.query(site, shell, _ADMINS.format(name=f"`{database.name(site)}`"))
    return [Admin(row[0], row[1], int(row[2])) for row in rows if len(row) == 3 and row[2].isdecimal()]


def strangers(found: Iterable[Admin], known: Iterable[str]) -> list[Admin]:
    """Those whom the inventory does not name."""
    expected = {name.lower() for name in known}
    return [each for each in found if each.login.lower() not in expected]


def disable(site: Site, shell: Shell, ids: Iterable[int]) -> None:
    """Take rights and sessions from users, in a way that `enable` undoes: their rows get other keys."""
    _rename(site, shell, ids, _ASIDE, "", _KEYS)


def enable(site: Site, shell: Shell, ids: Iterable[int]) -> None:
    """Give back what `disable` took. Sessions stay ended."""
    _rename(site, shell, ids, "", _ASIDE, _KEYS[:2])


def _rename(site: Site, shell: Shell, ids: Iterable[int], to: str, of: str, keys: Iterable[str]) -> None:
    users = ", ".join(str(int(each)) for each in ids)
    if users:
        table = f"`{database.name(site)}`.wp_usermeta"
        database.query(site, shell, "; ".join(_RENAME.format(table, to + key, users, of + key) for key in keys))


def judge_administrators(site: str, found: Iterable[Admin], known: Iterable[str]) -> Iterator[Finding]:
    """Findings of administrators that the inventory does not name."""
    advice = "Tanyakan kepada OPD; bila bukan miliknya, cabut haknya (website clean) dan ganti semua sandi admin."
    for each in strangers(found, known):
        told = f"admin {plain(each.login, 60)!r} sejak {plain(each.since, 20)}"
        evidence = f"{told}, tidak ada dalam admins di websites.yaml"
        yield Finding("cms.unknown_admin", Severity.CRITICAL, site, evidence, advice)


def version(text: str) -> str:
    """The version that wp-includes/version.php says; empty when it says none."""
    match = _VERSION.search(text)
    return match[1] if match else ""


def judge_version(site: str, served: str, archived: str) -> Iterator[Finding]:
    """The finding of a site that runs an older WordPress than the inventory's archive holds."""
    if served and archived and versions.newer(archived, served):
        evidence = f"dilayani WordPress {served}, arsip dalam inventaris {archived}"
        yield Finding("cms.outdated", Severity.MAJOR, site, evidence, "Terbitkan arsip yang baru (website deploy).")
