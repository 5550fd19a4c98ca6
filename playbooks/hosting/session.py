"""Pages of strangers: each name is resolved once and its address pinned, internal addresses are refused, and size,
redirects and time have limits. What an answer says never widens where the next request may go. A host's connection is
kept for the next request."""

from __future__ import annotations

import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Self
from urllib.parse import quote, urljoin, urlsplit

import httpcore

from inventory.causes import cause

LARGEST = 2_000_000
"""Bytes of a body, on the wire and unpacked alike; the rest is not read."""
HOPS = 5
WAIT_S = 10.0
"""The longest single wait for a connection or for more of an answer."""
OPEN = 4
"""Connections that are kept at most; one to a host is enough for requests that follow each other."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
Resolver = Callable[[str, int], Iterable[str]]
"""Name and port -> addresses. Raises OSError."""
_NAT64 = 0x0064FF9B << 64
"""The 96 bits of 64:ff9b::/96."""


class FetchError(Exception):
    """No answer: refused, cut off, too slow, not HTTP. The message is Indonesian; `late` when time ran out."""

    def __init__(self, message: str, late: bool = False) -> None:
        super().__init__(message)
        self.late = late


class Forbidden(FetchError):
    """An address that may not be asked."""


@dataclass(frozen=True)
class Answer:
    """The last answer on the way; `body` is unpacked."""

    url: str
    status: int
    headers: Mapping[str, str]
    """Names in small letters; of a name that stands twice, the last."""
    body: bytes
    way: tuple[str, ...] = ()
    """Addresses that redirected, in order."""
    beyond: str = ""
    """Where the last answer redirects to and was not followed: too far, a circle, forbidden or silent."""
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """The body as UTF-8, with a mark for each byte that is none."""
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Pin:
    """Where the inventory says a name is, and which ports stand there for the usual ones."""

    address: str
    ports: Mapping[int, int] = field(default_factory=dict)


def resolve(name: str, port: int) -> list[str]:
    """By the system's resolver, in its order. Raises OSError."""
    return [str(each[4][0]) for each in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]


def permitted(address: str, internal: bool = False) -> bool:
    """Whether an IP address may be asked: a public one, or with `internal` also loopback and private ones.

    Never link-local (cloud metadata), multicast, unspecified or reserved. An IPv4 address inside an IPv6 one counts
    as itself (IANA special-purpose registries; RFC 4291, 6052, 3056, 4380).
    """
    return all(_permitted(each, internal) for each in _meant(ip_address(address.partition("%")[0])))


def _permitted(address: IPv4Address | IPv6Address, internal: bool) -> bool:
    if address.is_multicast or address.is_link_local or address.is_unspecified:
        return False
    return address.is_global or (internal and (address.version == 6 or not address.is_reserved))


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    inside = [address.sixtofour, *(address.teredo or ())]
    if int(address) >> 32 in (_NAT64, 0) and int(address) > 1:
        inside.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(each for each in inside if each)]


@dataclass
class Session:
    """GET requests that belong together; an address stays pinned for as long as the session lives.

    For one thread. Used in a `with`, whose end closes the connections.
    """

    deadline: float
    """The time.monotonic() after which nothing more is read."""
    internal: frozenset[str] = frozenset()
    """Names that a person said may have an internal address."""
    pins: Mapping[str, Pin] = field(default_factory=dict)
    verify: bool = True
    """False where certificates are judged elsewhere and a page must be had in spite of them."""
    resolver: Resolver = resolve
    _addresses: dict[str, str] = field(default_factory=dict, init=False)
    _pools: dict[str, httpcore.ConnectionPool] = field(default_factory=dict, init=False, repr=False)
    """By scheme: only https needs the certificates of authorities, which take a while to load."""
    _connected: int = field(default=0, init=False)
    """Connections that were begun."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in self._pools.values():
            pool.close()

    def get(self, url: str, headers: Mapping[str, str], largest: int = LARGEST, hops: int = HOPS) -> Answer:
        """Follows at most `hops` redirects. Raises FetchError when there is no first answer."""
        began = time.monotonic()
        answer = self._once(url, headers, largest)
        way: list[str] = []
        while answer.beyond and len(way) < hops and answer.beyond not in (*way, answer.url):
            try:
                further = self._once(answer.beyond, headers, largest)
            except FetchError:
                break
            way.append(answer.url)
            answer = further
        return replace(answer, way=tuple(way), seconds=time.monotonic() - began)

    def left(self) -> float:
        """Seconds until the deadline."""
        return self.deadline - time.monotonic()

    def connecting(self, name: str, port: int) -> tuple[str, int]:
        """Address and port where a connection for a name begins. Raises Forbidden, OSError."""
        self._connected += 1
        return self._place(name, port)

    def _place(self, name: str, port: int) -> tuple[str, int]:
        if pin := self.pins.get(name):
            return pin.address, pin.ports.get(port, port)
        if name not in self._addresses:
            allowed = [each for each in self.resolver(name, port) if permitted(each, name in self.internal)]
            if not allowed:
                raise Forbidden(f"{name}: alamatnya di jaringan dalam, tidak diperiksa tanpa izin")
            self._addresses[name] = allowed[0]
        return self._addresses[name], port

    def _once(self, url: str, headers: Mapping[str, str], largest: int) -> Answer:
        try:
            url = sound(url)
            wanted = [("Host", urlsplit(url).netloc), ("Accept-Encoding", "gzip, deflate"), *headers.items()]
            # Closing an answer that was not read to its end closes its connection too.
            with closing(self._sent(httpcore.Request("GET", url, headers=wanted))) as answer:
                shown = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in answer.headers}
                body = _unpacked(answer.iter_stream(), shown.get("content-encoding", ""), largest)
                return Answer(url, answer.status, shown, body, beyond=_beyond(url, answer.status, shown))
        except FetchError:
            raise
        except httpcore.TimeoutException:
            raise FetchError(f"{url}: tidak menjawab sampai batas waktu", late=True) from None
        except (httpcore.NetworkError, OSError) as error:
            raise FetchError(f"{url}: {cause(error.__context__ or error)}") from None
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, ValueError):
            raise FetchError(f"{url}: jawabannya bukan HTTP") from None

    def _sent(self, request: httpcore.Request) -> httpcore.Response:
        """The answer's head; asked once more where the host had meanwhile closed the connection that was kept."""
        pool, before = self._pool(request.url.scheme.decode()), self._connected
        try:
            return pool.handle_request(request)
        except (httpcore.NetworkError, httpcore.RemoteProtocolError):
            if self._connected > before:
                raise
            return pool.handle_request(request)

    def _pool(self, scheme: str) -> httpcore.ConnectionPool:
        if scheme not in self._pools:
            context = self._tls() if scheme == "https" else None
            self._pools[scheme] = httpcore.ConnectionPool(context, max_connections=OPEN, network_backend=_Pinned(self))
        return self._pools[scheme]

    def _tls(self) -> ssl.SSLContext:
        if self.verify:
            return ssl.create_default_context()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def sound(url: str) -> str:
    """The same address as it may stand in a request: http(s), ASCII, no login, no fragment. Raises Forbidden."""
    try:
        parts = urlsplit(url.strip())
        name, port = (parts.hostname or "").rstrip(".").encode("idna").decode(), parts.port
    except ValueError:
        raise Forbidden(f"{url[:200]!r}: bukan alamat yang sah") from None
    if parts.scheme not in ("http", "https") or not name or any(mark <= " " for mark in name):
        raise Forbidden(f"{url[:200]!r}: bukan alamat http atau https")
    place = (f"[{name}]" if ":" in name else name) + (f":{port}" if port else "")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]") if parts.query else ""
    return f"{parts.scheme}://{place}{path}{query}"


def _beyond(url: str, status: int, headers: Mapping[str, str]) -> str:
    if status not in REDIRECTS or not headers.get("location"):
        return ""
    try:
        return sound(urljoin(url, headers["location"]))
    except ValueError:
        return ""
    except Forbidden:
        return headers["location"][:500]


def _unpacked(chunks: Iterable[bytes], coding: str, largest: int) -> bytes:
    """At most `largest` bytes, however much they would unpack to; what does not unpack ends the body."""
    body = bytearray()
    packed = zlib.decompressobj(zlib.MAX_WBITS | 32) if coding in ("gzip", "x-gzip", "deflate") else None
    read = 0
    for chunk in chunks:
        read += len(chunk)
        try:
            body += packed.decompress(chunk, largest - len(body) + 1) if packed else chunk
        except zlib.error:
            break
        if max(read, len(body)) >= largest:
            break
    return bytes(body[:largest])


class _Pinned(httpcore.SyncBackend):
    """Connects where the session says, whatever name is asked for; the name still goes into SNI and is verified."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        address, real = self._session.connecting(host, port)
        wait = _wait(self._session, timeout, httpcore.ConnectTimeout)
        return _Timed(super().connect_tcp(address, real, wait, local_address, socket_options), self._session)


class _Timed(httpcore.NetworkStream):
    """A stream that ends with the session: a host that drips gains nothing."""

    def __init__(self, stream: httpcore.NetworkStream, session: Session) -> None:
        self._stream, self._session = stream, session

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _wait(self._session, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _wait(self._session, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        wait = _wait(self._session, timeout, httpcore.ConnectTimeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, wait), self._session)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _wait(session: Session, timeout: float | None, late: type[httpcore.TimeoutException]) -> float:
    left = session.left()
    if left <= 0:
        raise late
    return min(left, WAIT_S, timeout or WAIT_S)
