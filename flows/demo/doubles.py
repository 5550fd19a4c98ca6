"""Doubles of the web host's services, for machines without sshd, nginx or BIND. They act on the same real files."""

from __future__ import annotations

import asyncio
import mimetypes
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast

import asyncssh
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsig
import dns.tsigkeyring
import dns.update
import dns.zone

from flows.demo.parts import LOOPBACK, Loop

# --- SSH: commands run in a real shell as the current user, SFTP writes real files.


async def shell_server(loop: Loop, host_key: Path, authorized_keys: Path) -> int:
    """Port of an SSH server that runs commands in /bin/sh."""
    server = await asyncssh.listen(
        LOOPBACK,
        0,
        server_host_keys=[str(host_key)],
        authorized_client_keys=str(authorized_keys),
        process_factory=_run_command,
        sftp_factory=True,
        encoding=None,
    )
    loop.on_close(lambda: _close(server))
    return server.get_port()


async def _run_command(process: asyncssh.SSHServerProcess[bytes]) -> None:
    pipe = asyncio.subprocess.PIPE
    command = process.command or "exit 1"
    child = await asyncio.create_subprocess_exec("/bin/sh", "-c", command, stdin=pipe, stdout=pipe, stderr=pipe)
    given = asyncio.create_task(_feed(process, child))
    await asyncio.gather(_copy(child.stdout, process.stdout), _copy(child.stderr, process.stderr))
    status = await child.wait()
    given.cancel()
    process.exit(status if status >= 0 else 128 - status)


async def _feed(process: asyncssh.SSHServerProcess[bytes], child: asyncio.subprocess.Process) -> None:
    with suppress(ConnectionError, asyncssh.Error):
        while child.stdin and (data := await process.stdin.read(65536)):
            child.stdin.write(data)
            await child.stdin.drain()
    if child.stdin:
        child.stdin.close()


async def _copy(source: asyncio.StreamReader | None, target: asyncssh.SSHWriter[bytes]) -> None:
    while source and (data := await source.read(65536)):
        target.write(data)
        await target.drain()


async def _close(server: asyncssh.SSHAcceptor) -> None:
    server.close()


# --- HTTP: static files of the site whose server_name is asked for, read from the generated nginx files.

_LOCATION = re.compile(r"\blocation [^{]*\{[^}]*\}")
_SERVER_NAME = re.compile(r"\bserver_name\s+(\S+);")
_HEADER = re.compile(r'\badd_header\s+(\S+)\s+"?([^";]+?)"?(?: always)?;')
_ROOT = re.compile(r"\broot\s+(\S+);")


async def web_server(loop: Loop, sites: Path) -> int:
    """Port of an HTTP server for the sites whose nginx files are in `sites`."""
    server = await asyncio.start_server(lambda r, w: _answer(sites, r, w), LOOPBACK, 0)

    async def close() -> None:
        server.close()

    loop.on_close(close)
    return int(server.sockets[0].getsockname()[1])


async def _answer(sites: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        writer.write(_response(sites, head))
        await writer.drain()
    writer.close()


def _response(sites: Path, head: str) -> bytes:
    method, path = [*head.split("\r\n", 1)[0].split(), "", ""][:2]
    host = re.search(r"(?im)^host:\s*([^\s:]+)", head)
    configs = [_LOCATION.sub("", file.read_text()) for file in sorted(sites.glob("*.conf"))]
    config = next((text for text in configs if host and host[1] in _SERVER_NAME.findall(text)), "")
    candidate = re.search(r"(?im)^x-pelihara-release:\s*next\s*$", head)
    file = _file(config.replace("$release", "next" if candidate else "current"), path.partition("?")[0])
    body = file.read_bytes() if file else b"404 Not Found\n"
    kind = (mimetypes.guess_type(file.name)[0] if file else None) or "text/plain"
    headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Connection", "close")]
    lines = [f"HTTP/1.1 {'200 OK' if file else '404 Not Found'}", *(f"{k}: {v}" for k, v in headers)]
    lines += [f"{name}: {value}" for name, value in _HEADER.findall(config)]
    return "\r\n".join([*lines, "", ""]).encode() + (b"" if method == "HEAD" else body)


def _file(config: str, path: str) -> Path | None:
    """The file a static site would serve, never one outside its root or with a hidden name."""
    root = _ROOT.search(config)
    if root is None or "/." in path:
        return None
    top = Path(root[1]).resolve()
    file = (top / path.lstrip("/")).resolve()
    file = file / "index.html" if file.is_dir() else file
    return file if file.is_file() and file.is_relative_to(top) else None


# --- DNS: one zone in memory, queries and RFC 2136 updates signed with TSIG (RFC 8945).


async def name_server(loop: Loop, zone: str, text: str, keys: Mapping[str, str]) -> int:
    """Port (UDP and TCP) of a name server that is primary for one zone."""
    names = NameServer(dns.zone.from_text(text, origin=zone, relativize=False), dns.tsigkeyring.from_text(dict(keys)))
    tcp = await asyncio.start_server(names.tcp, LOOPBACK, 0)
    port = int(tcp.sockets[0].getsockname()[1])
    running = asyncio.get_running_loop()
    udp, _ = await running.create_datagram_endpoint(lambda: _Datagrams(names), local_addr=(LOOPBACK, port))

    async def close() -> None:
        tcp.close()
        udp.close()

    loop.on_close(close)
    return port


class NameServer:
    """A zone and the keys that may change it."""

    def __init__(self, zone: dns.zone.Zone, keys: dict[dns.name.Name, dns.tsig.Key]) -> None:
        self.zone, self._keys = zone, keys

    async def tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                size = int.from_bytes(await reader.readexactly(2), "big")
                answer = self.answer(await reader.readexactly(size))
                writer.write(len(answer).to_bytes(2, "big") + answer)
                await writer.drain()
        writer.close()

    def answer(self, wire: bytes) -> bytes:
        """The reply to one message; empty for what is no DNS message."""
        try:
            asked = dns.message.from_wire(wire, keyring=self._keys)
        except (dns.tsig.BadSignature, dns.message.UnknownTSIGKey):
            return self._bad_signature(wire)
        except dns.exception.DNSException:
            return b""
        reply = dns.message.make_response(asked)
        reply.flags |= dns.flags.AA
        if asked.opcode() == dns.opcode.UPDATE:
            reply.set_rcode(self._update(asked) if asked.had_tsig else dns.rcode.REFUSED)
        else:
            self._find(asked, reply)
        return reply.to_wire()

    def _bad_signature(self, wire: bytes) -> bytes:
        """RFC 8945 section 5.2.2; a key that is not known is answered the same way."""
        reply = dns.message.make_response(dns.message.from_wire(wire, keyring=False))
        reply.set_rcode(dns.rcode.NOTAUTH)
        reply.use_tsig(self._keys, tsig_error=dns.rcode.BADSIG)
        return reply.to_wire()

    def _find(self, asked: dns.message.Message, reply: dns.message.Message) -> None:
        for question in asked.question:
            if not question.name.is_subdomain(self.zone.origin or dns.name.root):
                reply.set_rcode(dns.rcode.REFUSED)
            elif self.zone.get_node(question.name) is None:
                reply.set_rcode(dns.rcode.NXDOMAIN)
            elif found := self.zone.get_rdataset(question.name, question.rdtype):
                reply.answer.append(dns.rrset.from_rdata_list(question.name, found.ttl, list(found)))

    def _update(self, asked: dns.message.Message) -> dns.rcode.Rcode:
        """RFC 2136 sections 3.2 (what must be so) and 3.4.2 (what is changed)."""
        if refusal := next(filter(None, map(self._unmet, asked.sections[1])), None):
            return refusal
        with self.zone.writer() as change:
            for record in asked.sections[2]:
                if record.deleting == dns.rdataclass.ANY and record.rdtype == dns.rdatatype.ANY:
                    change.delete(record.name)
                elif record.deleting == dns.rdataclass.ANY:
                    change.delete(record.name, record.rdtype)
                elif record.deleting is not None:
                    change.delete(record.name, *record)
                else:
                    change.add(record)
            change.update_serial(name=self.zone.origin or dns.name.root)
        return dns.rcode.NOERROR

    def _unmet(self, wanted: dns.rrset.RRset) -> dns.rcode.Rcode | None:
        found = self.zone.get_rdataset(wanted.name, wanted.rdtype)
        if wanted.deleting == dns.rdataclass.NONE:
            return dns.rcode.YXRRSET if found else None
        same = found is not None and (wanted.deleting == dns.rdataclass.ANY or set(found) == set(wanted))
        return None if same else dns.rcode.NXRRSET


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, names: NameServer) -> None:
        self._names = names

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        if answer := self._names.answer(data):
            self._transport.sendto(answer, addr)
