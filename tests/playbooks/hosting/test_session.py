"""A session with strangers: where it may go, and what it takes from hosts that mean no good."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from playbooks.hosting.session import FetchError, Forbidden, Pin, Session, permitted, sound

Answer = Callable[[bytes], bytes]
INTERNAL = frozenset({"127.0.0.1", "portal.test"})


@contextmanager
def server(answer: Answer, tls: ssl.SSLContext | None = None, drip_s: float = 0) -> Iterator[int]:
    """The port of a host on loopback that gives `answer(request)`, byte by byte when it drips."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with suppress(OSError), tls.wrap_socket(connection, True) if tls else connection as talk:
                        said = answer(talk.recv(65536))
                        for at in range(0, len(said), 1 if drip_s else len(said) or 1):
                            talk.sendall(said[at : at + 1] if drip_s else said)
                            time.sleep(drip_s)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


@contextmanager
def keeping(each: int) -> Iterator[tuple[int, list[int]]]:
    """The port of a host that answers so many requests of a connection, takes one more and hangs up; and how many
    requests each connection brought. It talks to one visitor at a time."""
    brought: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    brought.append(0)
                    with connection, suppress(OSError):
                        while connection.recv(65536):
                            brought[-1] += 1
                            if brought[-1] > each:
                                break
                            connection.sendall(ok(b"x"))

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1], brought


def session(seconds: float = 5, **settings: object) -> Session:
    return Session(time.monotonic() + seconds, **{"internal": INTERNAL, **settings})  # type: ignore[arg-type]


def ok(body: bytes, *headers: str) -> bytes:
    lines = "".join(f"{each}\r\n" for each in headers)
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode() + body


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8"])
def test_a_public_address_may_be_asked(address: str) -> None:
    assert permitted(address)


@pytest.mark.parametrize(
    "address",
    "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 100.64.0.1 ::1 fc00::1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1::"
    " ::127.0.0.1".split(),
)
def test_an_internal_address_may_be_asked_only_when_it_is_said_so(address: str) -> None:
    assert not permitted(address)
    assert permitted(address, internal=True)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "240.0.0.1"]
)
def test_some_addresses_may_never_be_asked(address: str) -> None:
    assert not permitted(address, internal=True)


@pytest.mark.parametrize(
    "url",
    ["ftp://x.test/", "file:///etc/passwd", "http://a\r\nX: y", "//x.test", "http://", "http://[x/", "gopher://a"],
)
def test_what_is_not_http_is_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        sound(url)


def test_an_address_is_made_fit_for_a_request() -> None:
    assert sound("http://user:sandi@Portal.TEST:80/a b?q=é#x") == "http://portal.test:80/a%20b?q=%C3%A9"


def test_an_internal_host_is_refused_unless_it_was_named() -> None:
    with server(lambda _: ok(b"x")) as port:
        assert session().get(f"http://127.0.0.1:{port}/", {}).body == b"x"
        with pytest.raises(Forbidden):
            session(internal=frozenset()).get(f"http://127.0.0.1:{port}/", {})


def test_a_name_is_resolved_once_and_stays_where_it_was() -> None:
    asked: list[str] = []

    def rebinding(name: str, _: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with server(lambda request: ok(request)) as port:
        talk = session(resolver=rebinding)
        first, second = (talk.get(f"http://portal.test:{port}/{path}", {}).body for path in "ab")
    assert (asked, f"Host: portal.test:{port}".encode() in first, second[:6]) == (["portal.test"], True, b"GET /b")


def test_requests_to_a_host_share_a_connection_which_ends_with_the_session() -> None:
    with keeping(9) as (port, brought):
        for _ in range(2):
            with session() as talk:
                assert [talk.get(f"http://127.0.0.1:{port}/", {}).body for _ in range(3)] == [b"x"] * 3
    assert brought == [3, 3]


def test_a_request_over_a_kept_connection_that_the_host_closes_is_made_again() -> None:
    with keeping(2) as (port, brought), session() as talk:
        assert [talk.get(f"http://127.0.0.1:{port}/", {}).body for _ in range(4)] == [b"x"] * 4
    assert brought == [3, 2]


def test_a_request_over_a_new_connection_is_made_once() -> None:
    with keeping(0) as (port, brought), session() as talk, pytest.raises(FetchError):
        talk.get(f"http://127.0.0.1:{port}/", {})
    assert brought == [1]


@pytest.mark.parametrize(
    "target", ["http://127.0.0.2:{port}/", "http://169.254.169.254/", "file:///etc/passwd", "http://[::1]/"]
)
def test_a_redirect_to_another_internal_host_is_told_and_not_followed(target: str) -> None:
    with server(lambda _: f"HTTP/1.1 302 X\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()) as port:
        answer = session().get(f"http://127.0.0.1:{port}/", {})
    assert (answer.status, answer.way) == (302, ())
    assert answer.beyond == target


def test_redirects_end() -> None:
    def circle(request: bytes) -> bytes:
        return b"HTTP/1.1 302 X\r\nLocation: " + request.split()[1] + b"x\r\nContent-Length: 0\r\n\r\n"

    with server(circle) as port:
        assert len(session().get(f"http://127.0.0.1:{port}/", {}).way) == 5


def test_a_bomb_unpacks_no_further_than_the_limit() -> None:
    with server(lambda _: ok(gzip.compress(bytes(50_000_000)), "Content-Encoding: gzip")) as port:
        assert len(session().get(f"http://127.0.0.1:{port}/", {}, largest=100_000).body) == 100_000


def test_a_host_that_drips_is_left_at_the_deadline() -> None:
    with server(lambda _: ok(b"x" * 1000), drip_s=0.05) as port:
        began = time.monotonic()
        with pytest.raises(FetchError) as late:
            session(0.5).get(f"http://127.0.0.1:{port}/", {})
    assert late.value.late
    assert time.monotonic() - began < 10


def test_a_handshake_that_drips_is_left_at_the_deadline() -> None:
    with server(lambda _: b"\x16\x03\x03\x3f\xff" + bytes(1000), drip_s=0.05) as port:
        began = time.monotonic()
        with pytest.raises(FetchError) as late:
            session(0.5, verify=False).get(f"https://127.0.0.1:{port}/", {})
    assert late.value.late
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 99999 X\r\n\r\n", b"\xff" * 200_000])
def test_what_is_not_http_is_no_answer(answer: bytes) -> None:
    with server(lambda _: answer) as port, pytest.raises(FetchError):
        session().get(f"http://127.0.0.1:{port}/", {})


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_body_that_does_not_unpack_is_what_came_before(coding: str) -> None:
    with server(lambda _: ok(b"no gzip", f"Content-Encoding: {coding}")) as port:
        assert session().get(f"http://127.0.0.1:{port}/", {}).body == b""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of portal.test, signed by itself; key and certificate in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(1), now + timedelta(1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("portal.test")]), critical=False)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "x.pem").write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(pem))
    return tmp_path / "x.pem"


def test_a_pinned_host_is_asked_by_its_name_and_its_certificate_is_verified(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, names = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _, name, __: names.append(name)
    with server(lambda _: ok(b"x"), context) as port:
        pins = {"portal.test": Pin("127.0.0.1", {443: port}), "lain.test": Pin("127.0.0.1", {443: port})}
        with pytest.raises(FetchError, match="TLS ditolak"):
            session(pins=pins).get("https://portal.test/", {})
        assert session(pins=pins, verify=False).get("https://portal.test/", {}).body == b"x"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert session(pins=pins).get("https://portal.test/", {}).body == b"x"
        with pytest.raises(FetchError, match="TLS ditolak"):
            session(pins=pins).get("https://lain.test/", {})
    assert names == ["portal.test", "portal.test", "portal.test", "lain.test"]
