"""One page of a site, asked of its own host: the address is the inventory's, never one that a page or a name says."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Literal
from urllib.parse import urlsplit

from playbooks.hosting.session import Answer, FetchError, Forbidden, Pin, Session, sound
from playbooks.hosting.site import MAIN_PORTS, Site

Scheme = Literal["http", "https"]
PAGE_S = 15
HOPS = 3
PLAIN = {"User-Agent": "Pelihara", "Accept": "*/*"}
CANDIDATE = {"X-Pelihara-Release": "next"}
"""Asks the web server for the release that is being proven (templates/nginx.conf.j2, apache.conf.j2)."""
DRILL = {"X-Pelihara-Release": "drill"}
"""Asks it for the backup that a restore drill has opened; nobody gets anything while there is none."""


def session(site: Site, deadline_s: float) -> Session:
    """Requests to the site's host for at most `deadline_s`.

    The certificate is not judged here (certificates.py does), so that a release can be proven while it has expired.
    """
    ports = {MAIN_PORTS["http"]: site.host.http_port, MAIN_PORTS["https"]: site.host.https_port}
    return Session(time.monotonic() + deadline_s, pins={site.domain: Pin(site.host.address, ports)}, verify=False)


def fetch(
    site: Site, scheme: Scheme, path: str = "/", deadline_s: float = PAGE_S, headers: Mapping[str, str] = PLAIN
) -> Answer:
    """GET a path from the site's host under the site's name, redirects not followed. Raises FetchError."""
    with session(site, deadline_s) as talk:
        return talk.get(site.url(scheme, path), {**PLAIN, **headers}, hops=0)


def follow(site: Site, path: str = "/", deadline_s: float = PAGE_S, headers: Mapping[str, str] = PLAIN) -> Answer:
    """Like `fetch` from http on, following redirects as long as they stay with the site. Raises FetchError."""
    wanted = {**PLAIN, **headers}
    with session(site, deadline_s) as talk:
        answer = talk.get(site.url("http", path), wanted, hops=0)
        for _ in range(HOPS):
            if not _stays(site, answer):
                break
            answer = talk.get(answer.beyond, wanted, hops=0)
    return answer


def _stays(site: Site, answer: Answer) -> bool:
    """Whether an answer redirects to the site itself."""
    try:
        return bool(answer.beyond) and urlsplit(sound(answer.beyond)).hostname == site.domain
    except Forbidden:
        return False


def eventually(true: Callable[[], bool], seconds: float = 8, pause_s: float = 0.25) -> bool:
    """Whether `true` becomes true within `seconds`; a page that cannot be had counts as not yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if true():
                return True
        except FetchError:
            pass
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
