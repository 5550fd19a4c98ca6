"""Whether a site works, by asking its own host for the health page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from playbooks.hosting import pages
from playbooks.hosting.session import Answer, FetchError
from playbooks.hosting.site import Site

INSTALLER = "/wp-admin/install.php"
LOGIN = "/wp-login.php"
BROKEN = ("Error establishing a database connection", "There has been a critical error on this website")


def problem(site: Site, seconds: float = 3, headers: Mapping[str, str] = pages.PLAIN) -> str:
    """Why the site does not work, in Indonesian; empty when it does. A site that does not is asked for `seconds`.

    `headers`: whom to ask; not the release that visitors get but the one that is being proven, or a restore drill.
    """
    last = "tidak menjawab"

    def works() -> bool:
        nonlocal last
        try:
            last = judge(site, pages.follow(site, site.website.health.path, headers=headers)) or _login(site, headers)
        except FetchError as error:
            last = str(error)
        return not last

    pages.eventually(works, seconds)
    return last


def judge(site: Site, page: Answer) -> str:
    """Why a health page is not what it should be; empty when it is.

    A new WordPress shows its installer: the files and the database work, only a person can go on.
    """
    if page.status != 200:
        return f"{page.url}: status {page.status}"
    broken = [text for text in BROKEN if site.website.kind == "wordpress" and text in page.text]
    if broken:
        return f"{page.url}: {broken[0]}"
    if not is_installer(site, page) and site.website.health.expect not in page.text:
        return f"{page.url}: tidak memuat {site.website.health.expect!r}"
    return ""


def _login(site: Site, headers: Mapping[str, str]) -> str:
    """Why WordPress's door for its editors is broken; a cached front page hides a fatal error that this page shows."""
    if site.website.kind != "wordpress":
        return ""
    page = pages.follow(site, LOGIN, headers=headers)
    return f"{page.url}: status {page.status}" if page.status >= 500 else ""


def remark(site: Site) -> str:
    """What a person must do next on a healthy site, in Indonesian; empty when nothing."""
    try:
        fresh = is_installer(site, pages.follow(site))
    except FetchError:
        fresh = False
    url = site.url("https" if site.website.tls.issuer != "none" else "http", INSTALLER)
    return f"WordPress belum dipasang: buka {url} sekarang, sebelum orang lain membukanya" if fresh else ""


def is_installer(site: Site, page: Answer) -> bool:
    """Whether this is the first page of a WordPress that has no site yet."""
    return site.website.kind == "wordpress" and urlsplit(page.url).path == INSTALLER
