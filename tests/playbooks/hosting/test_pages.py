"""Pages of hosts that mean no good, or are not there."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from playbooks.hosting import certificates, check, pages
from playbooks.hosting.session import LARGEST, FetchError
from playbooks.hosting.site import Site
from tests.playbooks.hosting.doubles import site


@contextmanager
def host(answer: Callable[[socket.socket], None]) -> Iterator[Site]:
    """A site whose host does what `answer` does with each connection, once the request was sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection, suppress(OSError):
                        connection.recv(4096)
                        answer(connection)

        threading.Thread(target=serve, daemon=True).start()
        port = server.getsockname()[1]
        yield site(host={"http_port": port, "https_port": port}, health={"path": "/", "expect": "Dinas"})


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X")
        time.sleep(0.05)


def flood(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(bytes(65536))


def text(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(answer)


def test_a_host_that_drips_is_cut_off_in_time() -> None:
    with host(drip) as dripping:
        began = time.monotonic()
        with pytest.raises(FetchError):
            pages.fetch(dripping, "http", deadline_s=0.5)
        assert time.monotonic() - began < 20


def test_a_host_that_floods_gives_no_more_than_the_limit() -> None:
    with host(flood) as flooding:
        assert len(pages.fetch(flooding, "http").body) == LARGEST


@pytest.mark.parametrize("answer", [b"", b"\x00\xff" * 50, b"HTTP/1.1 99999 X\r\n\r\n"])
def test_what_is_not_http_is_no_page(answer: bytes) -> None:
    with host(text(answer)) as broken, pytest.raises(FetchError):
        pages.fetch(broken, "http", deadline_s=2)


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/latest", "//evil.test/x", "file:///etc/passwd", "http://portal.contoh.test@evil.test/"],
)
def test_a_redirect_away_from_the_site_is_not_followed(location: str) -> None:
    with host(text(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n".encode())) as leading:
        assert pages.follow(leading).status == 302


def test_a_circle_of_redirects_ends() -> None:
    with host(text(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n")) as circling:
        assert pages.follow(circling).status == 302


def test_a_site_that_is_not_there_is_down() -> None:
    nobody = site(host={"http_port": 9, "https_port": 9}, domain="portal.contoh.go.id", tls={"issuer": "acme"})
    findings = {(finding.code, finding.subject) for finding in check.check(nobody, deadline_s=3).findings}
    assert ("http.down", "http://portal.contoh.go.id:9/") in findings
    assert ("http.down", "https://portal.contoh.go.id:9/") in findings


def test_a_host_without_tls_shows_no_certificate() -> None:
    with host(text(b"HTTP/1.1 200 OK\r\n\r\nDinas")) as plain, pytest.raises(OSError, match="SSL"):
        certificates.served(plain, 2)


def test_why_a_page_cannot_be_had_is_told_in_indonesian() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(FetchError, match="sambungan ditolak"):
        pages.fetch(site(host={"http_port": port}), "http")
    with host(text(b"SSH-2.0-x\r\n")) as other, pytest.raises(FetchError, match="jawabannya bukan HTTP"):
        pages.fetch(other, "http")
    with host(drip) as dripping, pytest.raises(FetchError, match="tidak menjawab sampai batas waktu"):
        pages.fetch(dripping, "http", deadline_s=0.3)
