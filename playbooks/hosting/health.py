"""Whether a site works, by asking its own host for the health page."""

from __future__ import annotations

from urllib.parse import urlsplit

from playbooks.hosting import pages
from playbooks.hosting.site import Site

INSTALLER = "/wp-admin/install.php"
BROKEN = ("Error establishing a database connection", "There has been a critical error on this website")


def problem(site: Site, seconds: float = 8) -> str:
    """Why the site does not work, in Indonesian; empty when it does. A site that does not is asked for `seconds`."""
    last = "tidak menjawab"

    def works() -> bool:
        nonlocal last
        try:
            last = judge(site, pages.follow(site, site.website.health.path))
        except pages.PageError as error:
            last = str(error)
        return not last

    pages.eventually(works, seconds)
    return last


def judge(site: Site, page: pages.Page) -> str:
    """Why a health page is not what it should be; empty when it is.

    A new WordPress shows its installer: the files and the database work, only a person can go on.
    """
    if page.status != 200:
        return f"{page.url}: status {page.status}"
    broken = [text for text in BROKEN if site.kind.wordpress and text in page.text]
    if broken:
        return f"{page.url}: {broken[0]}"
    if not is_installer(site, page) and site.website.health.expect not in page.text:
        return f"{page.url}: tidak memuat {site.website.health.expect!r}"
    return ""


def is_installer(site: Site, page: pages.Page) -> bool:
    """Whether this is the first page of a WordPress that has no site yet."""
    return site.kind.wordpress and urlsplit(page.url).path == INSTALLER
