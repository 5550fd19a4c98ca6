"""One page of a site, asked of its own host: the address is the inventory's, never one that a page or a name says."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Literal
from urllib.parse import urljoin, urlsplit

from inventory.causes import cause
from playbooks.hosting.certificates import shake_hands
from playbooks.hosting.site import Site

Scheme = Literal["http", "https"]
LARGEST = 2_000_000
PAGE_S = 15
HOPS = 3
PLAIN = {"User-Agent": "Pelihara", "Accept": "*/*"}
CANDIDATE = {"X-Pelihara-Release": "next"}
"""Asks the web server for the release that is being proven (templates/nginx.conf.j2, apache.conf.j2)."""
DRILL = {"X-Pelihara-Release": "drill"}
"""Asks it for the backup that a restore drill has opened; nobody gets anything while there is none."""


class PageError(Exception):
    """The host gave no page: refused, cut off, too slow, not HTTP."""


@dataclass(frozen=True)
class Page:
    """An answer; `body` holds at most `LARGEST` bytes."""

    url: str
    status: int
    headers: Message
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def location(self) -> str:
        return str(self.headers.get("Location", ""))


def fetch(
    site: Site, scheme: Scheme, path: str = "/", deadline_s: float = PAGE_S, headers: Mapping[str, str] = PLAIN
) -> Page:
    """GET a path from the site's host under the site's name, redirects not followed. Raises PageError.

    The certificate is not judged here (certificates.py does), so that a release can be proven while it has expired.
    """
    began = time.monotonic()
    connection = _connection(site, scheme, deadline_s)
    # Socket timeouts start anew with each byte: only a watchdog ends a host that drips.
    late = threading.Event()
    watchdog = threading.Timer(deadline_s, _cut, [connection, late])
    watchdog.daemon = True
    watchdog.start()
    url = site.url(scheme, path)
    try:
        connection.request("GET", path, headers={"Host": urlsplit(url).netloc, **PLAIN, **headers})
        answer = connection.getresponse()
        body = answer.read(LARGEST)
        if late.is_set():
            raise TimeoutError
        return Page(url, answer.status, answer.headers, body, time.monotonic() - began)
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = f"tidak selesai dalam {deadline_s:g} detik" if late.is_set() else _why(error)
        raise PageError(f"{url}: {why}") from None
    finally:
        watchdog.cancel()
        connection.close()


def follow(site: Site, path: str = "/", deadline_s: float = PAGE_S, headers: Mapping[str, str] = PLAIN) -> Page:
    """Like `fetch` from http on, following redirects as long as they stay with the site. Raises PageError."""
    deadline = time.monotonic() + deadline_s
    page = fetch(site, "http", path, deadline_s, headers)
    for _ in range(HOPS):
        target = urlsplit(urljoin(page.url, page.location))
        if page.status not in (301, 302, 303, 307, 308) or target.hostname != site.domain:
            break
        scheme: Scheme = "https" if target.scheme == "https" else "http"
        wanted = target.path + (f"?{target.query}" if target.query else "")
        page = fetch(site, scheme, wanted or "/", max(deadline - time.monotonic(), 0.1), headers)
    return page


def eventually(true: Callable[[], bool], seconds: float = 8, pause_s: float = 0.25) -> bool:
    """Whether `true` becomes true within `seconds`; a page that cannot be had counts as not yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if true():
                return True
        except PageError:
            pass
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)


def _connection(site: Site, scheme: Scheme, deadline_s: float) -> http.client.HTTPConnection:
    address, timeout = site.host.address, min(deadline_s, PAGE_S)
    if scheme == "http":
        return http.client.HTTPConnection(address, site.host.http_port, timeout=timeout)
    return _Tls(site.domain, address, site.host.https_port, timeout)


class _Tls(http.client.HTTPConnection):
    """HTTPS to a pinned address: the name goes into SNI only."""

    def __init__(self, domain: str, address: str, port: int, timeout: float) -> None:
        super().__init__(address, port, timeout=timeout)
        self._domain, self._timeout = domain, timeout

    def connect(self) -> None:
        super().connect()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.sock = shake_hands(self.sock, context, self._domain, self._timeout)


def _why(error: Exception) -> str:
    spoke = isinstance(error, http.client.HTTPException) and not isinstance(error, OSError)
    return "jawabannya bukan HTTP" if spoke else cause(error)


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    late.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
